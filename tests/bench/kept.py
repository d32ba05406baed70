"""`python -m tests.bench.kept 100000`: a database of so many generated visits, built once and kept; prints its URL."""

import sys
import time

import psycopg

from tracker.embedded.postgres import Cluster
from tracker.embedded.sharing import shared_cluster
from tracker.state import state_folder

from .database import Database
from .plausible import fill

_EMPTY = "bench_empty"


def kept_database(visits: int) -> Database:
    """Brought up to the newest migration; built where it is not there yet."""
    cluster, name = Cluster(state_folder()), f"bench_{visits}"
    database = Database(cluster, name)
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as server:
        found = {name for (name,) in server.execute("SELECT datname FROM pg_database").fetchall()}
        if name not in found:
            if _EMPTY not in found:
                server.execute(f'CREATE DATABASE "{_EMPTY}"')
            empty = Database(cluster, _EMPTY)
            empty.run("manage.py", "migrate", "-v0", "--skip-checks")
            empty.run("manage.py", "load_reference")
            unfinished = f"{name}_unfinished"
            server.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{unfinished}" TEMPLATE "{_EMPTY}"')
            fill(cluster.url(unfinished), visits)
            server.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    database.run("manage.py", "migrate", "-v0", "--skip-checks")
    return database


if __name__ == "__main__":
    with shared_cluster(Cluster(state_folder())):
        began = time.perf_counter()
        print(kept_database(int(sys.argv[1])).url)
        print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
