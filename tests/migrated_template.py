"""A migrated, empty database that test databases are copied from: a copy is made in no time."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from django.conf import settings

from tracker.embedded.postgres import Cluster
from tracker.state import CHECKOUT

_PREFIX = "template_"
_UNFINISHED = "test_tracker_making_"


def template_name() -> str:
    """Named after all that decides what migrating gives."""
    migrations = (CHECKOUT / "visits" / "migrations").glob("*.py")
    decisive = [CHECKOUT / "uv.lock", *migrations]
    digest = hashlib.sha256(" ".join(settings.INSTALLED_APPS).encode())
    for path in sorted(decisive):
        digest.update(path.read_bytes())
    return _PREFIX + digest.hexdigest()[:12]


def ensure_template(cluster: Cluster) -> str:
    """The template's name; it is made when it is not there, by one process at a time."""
    name = template_name()
    with (cluster.folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if name not in databases(cluster, _PREFIX):
            _make(cluster, name)
    return name


def _make(cluster: Cluster, name: str) -> None:
    unfinished = f"{_UNFINISHED}{os.getpid()}"
    with psycopg.connect(cluster.url(), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{unfinished}"')
        _migrate(cluster.url(unfinished))
        server.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')


def _migrate(url: str) -> None:
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tracker.settings"}
    command = [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"]
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=True)


def drop_leftovers(cluster: Cluster) -> None:
    """What killed runs and older migrations left."""
    old_templates = set(databases(cluster, _PREFIX)) - {template_name()}
    for name in [*old_templates, *databases(cluster, "test_tracker_")]:
        if name in old_templates or not _is_in_use(name):
            drop(cluster, name)


def _is_in_use(test_database: str) -> bool:
    """Whether the run whose process id is in the name goes on."""
    numbers = [int(part) for part in test_database.split("_") if part.isdecimal()]
    return any(Path(f"/proc/{pid}").exists() for pid in numbers)


def databases(cluster: Cluster, prefix: str) -> list[str]:
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    with psycopg.connect(cluster.url(), autocommit=True) as server:
        return [name for (name,) in server.execute(query, [prefix])]


def drop(cluster: Cluster, name: str) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
