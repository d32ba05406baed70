"""Reading the settings that an operator gives through environment variables."""

import os
import secrets
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict


def flag(name: str) -> bool:
    """Whether NAME is set to something like yes."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str) -> list[str]:
    """NAME as a list, separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret_key(state: Path) -> str:
    """SECRET_KEY, else one that is made once and kept in the state folder for its owner alone."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    path = state / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text()


def database(url: str) -> dict[str, Any]:
    """An entry of DATABASES from a libpq URL; what is no place or name goes to OPTIONS.

    Statements are prepared on the server: without that, Django's planning costs 40 % of a request.
    """
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    return {
        "ENGINE": "tracker.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "server_side_binding": True, "prepare_threshold": 5} | parts,
    }
