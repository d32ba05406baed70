"""How long pages, lists, details, facets and searches take at 100,000 and a million generated visits.

Beside them, in the same run: the bare program L, stock Django and Django REST framework, Datasette over the same visits
in SQLite. The databases are built once and kept (six minutes for the million).
TRACKER_BENCH_ROWS=100000 asks that one alone; TRACKER_BENCH_PARTS="beside pages" only these parts.
"""

import os
from collections.abc import Iterator

from . import Figure
from .kept import kept_database

LONG = True
SIZES = [int(rows) for rows in (os.environ.get("TRACKER_BENCH_ROWS") or "100000 1000000").split()]
PARTS = (os.environ.get("TRACKER_BENCH_PARTS") or "beside served datasette filtered pages search").split()


def measure() -> Iterator[Figure]:
    for visits in SIZES:
        database = kept_database(visits)
        for part in PARTS:
            for work, measured, reference in database.each("-m", "tests.bench.reading", part):
                yield Figure(f"{visits:,}: {work}", measured, reference)
