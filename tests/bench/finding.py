"""100,000 made-up officials with 230,000 other names, each in a published record: how long it takes to find one.

Each way of typing is tried with officials drawn at random, through `visits.lookup` alone and through the pages, the
API and the admin's autocomplete (in process, without a network). A plan that reads a whole table fails the run.
"""

from collections.abc import Iterator

from . import Figure
from .database import fresh_database

OFFICIALS = 100_000


def measure() -> Iterator[Figure]:
    with fresh_database("bench_finding") as database:
        database.run("-m", "tests.bench.finders", "fill", str(OFFICIALS))
        for found in database.ask("-m", "tests.bench.finders", "measure"):
            yield Figure(*found)
