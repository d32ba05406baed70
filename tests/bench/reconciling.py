"""Reconciliation of a column of names among the 100,000 made-up officials of `finding`, in batches as OpenRefine sends.

Each way of writing is asked alone and beside its country; right is the official whose name was written.
"""

from collections.abc import Iterator

from . import Figure
from .database import fresh_database
from .finding import OFFICIALS


def measure() -> Iterator[Figure]:
    with fresh_database("bench_reconciling") as database:
        database.run("-m", "tests.bench.finders", "fill", str(OFFICIALS))
        for figure in database.ask("-m", "tests.bench.reconcilers"):
            yield Figure(*figure)
