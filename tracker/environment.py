"""Reading the settings that an operator gives through environment variables."""

import ipaddress
import os
import secrets
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict


def flag(name: str, default: bool = False) -> bool:
    """Whether NAME is set to something like yes; where it is not set, the default."""
    text = os.environ.get(name, "").strip().lower()
    return text in {"1", "true", "yes", "on"} if text else default


def words(name: str, default: str) -> list[str]:
    """NAME as a list, separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def places(name: str) -> frozenset[tuple[str, int]]:
    """NAME as (address, port) pairs: `10.1.2.3:8080,[fd00::1]:80`."""
    found = set()
    for word in words(name, ""):
        address, _sign, port = word.rpartition(":")
        try:
            found.add((str(ipaddress.ip_address(address.strip("[]"))), int(port)))
        except ValueError:
            raise ValueError(f"{name} holds addresses with ports, such as 10.1.2.3:8080; not “{word}”") from None
    return frozenset(found)


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


def name_models() -> dict[str, str]:
    """{language: spaCy model or folder} from TRACKER_SPACY ("en=en_core_web_sm,ru=ru_core_news_sm"); empty: off."""
    pairs = [pair.partition("=") for pair in words("TRACKER_SPACY", "")]
    for language, _is, model in pairs:
        if not language.strip() or not model.strip():
            raise ImproperlyConfigured(
                "TRACKER_SPACY: write language=model, e.g. en=en_core_web_sm, with commas between"
            )
    return {language.strip(): model.strip() for language, _is, model in pairs}


def language_model() -> dict[str, Any] | None:
    """The OpenAI-compatible endpoint of TRACKER_LLM_URL, with its model, key, prices and limits; None: off."""
    url = os.environ.get("TRACKER_LLM_URL", "").strip().rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ImproperlyConfigured("TRACKER_LLM_URL: write http(s)://host/path, the key belongs into TRACKER_LLM_KEY")
    key = os.environ.get("TRACKER_LLM_KEY", "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ImproperlyConfigured("TRACKER_LLM_KEY: it holds characters that no key has")
    if not (model := os.environ.get("TRACKER_LLM_MODEL", "").strip()):
        raise ImproperlyConfigured("TRACKER_LLM_MODEL: name the model that TRACKER_LLM_URL is to be asked for")
    return {
        "url": url,
        "model": model[:80],
        "key": key,
        "price_in": _amount("TRACKER_LLM_PRICE_IN", "price of a million tokens that are sent; 0 if it is your own"),
        "price_out": _amount("TRACKER_LLM_PRICE_OUT", "price of a million tokens that come back; 0 if it is your own"),
        "ceiling": _amount("TRACKER_LLM_CEILING", "most that a day may cost", "1"),
        "timeout": float(_amount("TRACKER_LLM_TIMEOUT", "seconds to wait for an answer", "60", least=1)),
        "characters": int(_amount("TRACKER_LLM_CHARACTERS", "most characters of a text", "20000", least=1)),
    }


def _amount(name: str, meaning: str, default: str = "", *, least: int = 0) -> Decimal:
    try:
        amount = Decimal((os.environ.get(name) or default).strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not least <= amount < 10**9:
        raise ImproperlyConfigured(f"{name}: give it as a number from {least} on (the {meaning})")
    return amount
