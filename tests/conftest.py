"""What every test may ask for. Databases are real: an embedded cluster that this run starts or joins."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.settings import TEST_CLUSTER, USES_TEST_CLUSTER
from tracker.embedded.sharing import shared_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[None]:
    """The PostgreSQL of the tests; what a killed run left in it is dropped by the next first comer."""
    if not USES_TEST_CLUSTER:
        yield
        return
    with shared_cluster(TEST_CLUSTER) as use:
        if use.started:
            _drop_leftovers()
        yield


def _drop_leftovers() -> None:
    with psycopg.connect(TEST_CLUSTER.url(), autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'"):
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def django_db_modify_db_settings(cluster: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """pytest-django's hook just before it makes the test databases."""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with `data/` and `articles/` that TRACKER_DATA names; without it the test is skipped."""
    folder = os.environ.get("TRACKER_DATA")
    if not folder:
        pytest.skip("real data absent: TRACKER_DATA is not set")
    return Path(folder)
