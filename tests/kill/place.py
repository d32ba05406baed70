"""A tracker in a state folder of its own: prepared once, its database put back to that before each round."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.running import environment
from tracker.embedded.postgres import DATABASE, Cluster
from tracker.embedded.sharing import shared_cluster
from tracker.state import CHECKOUT

_PREPARED = "prepared"
# Suggestions are worked out anew by a task of its own, behind the load.
_BOOKKEEPING = (
    *("visits_importrun", "visits_importfile", "visits_apitoken", "visits_suggestion"),
    # Gathered, and written by the statement: how many there are depends on when and how.
    *("visits_mark", "visits_change", "visits_digestchange"),
)


class Place:
    def __init__(self, state: Path) -> None:
        self.state = state
        self.cluster = Cluster(state)
        self.token = ""
        self.rounds = 0

    def manage(self, *words: str, database: str = DATABASE) -> bytes:
        """What a command says on standard output; CalledProcessError when it fails."""
        extra = {} if database == DATABASE else {"DATABASE_URL": self.cluster.url(database)}
        return self._run("manage.py", *words, **extra)

    def _run(self, *words: str, **extra: str) -> bytes:
        variables = environment(self.state, TRACKER_SAMPLES="0", **extra)
        result = subprocess.run([sys.executable, *words], cwd=CHECKOUT, env=variables, capture_output=True, check=False)
        assert result.returncode == 0, f"{words}: {result.stdout.decode()}{result.stderr.decode()}"
        return result.stdout

    def prepare(self) -> None:
        """Migrations, reference data and a token, kept as a template."""
        with shared_cluster(self.cluster):
            self._run("-m", "tracker.preparation")
            self.token = self.manage("create_token", "admin", "kill").decode().strip()
            self._copy(DATABASE, _PREPARED)

    def fresh(self, name: str = DATABASE) -> None:
        """The database as it was prepared. Ids of loads go on, so that nothing queued earlier hits a later one."""
        with psycopg.connect(self.cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._copy(_PREPARED, name)
        self.rounds += 1
        with psycopg.connect(self.cluster.url(name), autocommit=True) as connection:
            first = self.rounds * 1000
            connection.execute(f"SELECT setval(pg_get_serial_sequence('visits_importrun', 'id'), {first})")

    def _copy(self, template: str, name: str) -> None:
        with psycopg.connect(self.cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')

    def export(self, database: str = DATABASE) -> bytes:
        return self.manage("export_visits", "--format", "jsonl", database=database)

    def rows(self, database: str = DATABASE) -> dict[str, int]:
        """How many rows each table of records, candidates, problems and history has."""
        with psycopg.connect(self.cluster.url(database)) as connection:
            found = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'visits\\_%' ORDER BY 1"
            ).fetchall()
            names = [name for (name,) in found if name not in _BOOKKEEPING]
            counted = ((name, connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()) for name in names)
            return {name: row[0] for name, row in counted if row}

    def loads(self, database: str = DATABASE) -> list[dict[str, object]]:
        """All loads: status, counts, message."""
        with psycopg.connect(self.cluster.url(database), row_factory=psycopg.rows.dict_row) as connection:
            columns = "id, status, message, read, created, changed, unchanged, duplicates, review, rejected"
            return connection.execute(f"SELECT {columns} FROM visits_importrun ORDER BY id").fetchall()


@contextmanager
def temporary() -> Iterator[Place]:
    """A prepared place that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-kill-"))
    folder.chmod(0o755)
    place = Place(folder)
    try:
        place.prepare()
        yield place
    finally:
        shutil.rmtree(place.cluster.folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
