"""A database of its own for one benchmark: migrated, with the reference data, on the tracker's PostgreSQL."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tracker.embedded.postgres import Cluster
from tracker.state import CHECKOUT, state_folder

# What a load writes; reference data stays.
WRITTEN = (
    "visit", "meeting", "delegation", "member", "participant", "topiclink", "source", "sourcewords", "externalid",
    "citation", "candidate", "judgement", "importproblem", "digest", "digestchange",
)  # fmt: skip


class Database:
    def __init__(self, cluster: Cluster, name: str) -> None:
        self.url = cluster.url(name)

    def run(self, *command: str) -> str:
        """A Python program on this database; what it prints."""
        environment = os.environ | {"DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "tracker.settings"}
        return subprocess.run(
            [sys.executable, *command], cwd=CHECKOUT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def each(self, *command: str) -> Iterator[Any]:
        """What a program prints as JSON, line by line."""
        for line in self.run(*command).splitlines():
            if line.startswith("["):
                yield json.loads(line)

    def ask(self, *command: str) -> Any:
        """What a program prints as JSON in its last line."""
        return json.loads(self.run(*command).splitlines()[-1])

    def empty(self) -> None:
        """Take back what a load wrote, with its history."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            tables = [f"visits_{name}" for name in WRITTEN]
            events = connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)",
                [[f"{table}event" for table in tables]],
            ).fetchall()
            connection.execute(f"TRUNCATE {', '.join([*tables, *(name for (name,) in events)])} CASCADE")
            connection.execute("CHECKPOINT")
            connection.execute("VACUUM ANALYZE")


@contextmanager
def fresh_database(name: str) -> Iterator[Database]:
    cluster = Cluster(state_folder())
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            database = Database(cluster, name)
            database.run("manage.py", "migrate", "-v0", "--skip-checks")
            database.run("manage.py", "load_reference")
            yield database
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
