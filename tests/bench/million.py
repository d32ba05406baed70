"""A million visits, and a meeting on each tenth, from CSV: does the rate stay as it was, and the memory?

TRACKER_BENCH_ROWS=50000 makes it shorter. Named only: it takes an hour and some 15 GB of disk.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from . import Figure
from .database import fresh_database
from .generated import world, write

LONG = True
ROWS = int(os.environ.get("TRACKER_BENCH_ROWS") or 1_000_000)
MEETINGS = ROWS // 10
_PARTS = 10  # of each table, whose rates are compared
_MEMORY = "aim: under 1,000 MB"


def measure() -> Iterator[Figure]:
    with fresh_database("bench_million") as database, tempfile.TemporaryDirectory() as folder:
        database.run("-m", "tests.bench.people")
        known = world()
        visits = write(Path(folder) / "visits.csv", (known.visit(number) for number in range(ROWS)))
        meetings = write(Path(folder) / "meetings.csv", map(known.meeting, range(0, ROWS, ROWS // MEETINGS)))
        found: dict[str, Any] = database.ask("-m", "tests.bench.million", str(visits), str(meetings))
    assert found["created"] == ROWS + MEETINGS, found
    marks = [tuple(mark) for mark in found["marks"]]
    for name, first, rows in (("visits", 0, ROWS), ("meetings", ROWS, MEETINGS)):
        rates = list(_rates(marks, first, rows))
        tenths = ", ".join(f"{rate:,.0f}" for rate in rates)
        yield Figure(f"{rows:,} {name}, slowest tenth / fastest", f"{min(rates) / max(rates):.2f}", f"{tenths} rows/s")
    rate = (ROWS + MEETINGS) / found["seconds"]
    minutes = f"{found['seconds'] / 60:.0f} min"
    yield Figure(f"{ROWS:,} visits and {MEETINGS:,} meetings", minutes, f"{rate:,.0f} rows/s")
    yield Figure("memory at most", f"{found['megabytes']:,} MB", _MEMORY)


def _rates(marks: list[tuple[int, float]], first: int, rows: int) -> Iterator[float]:
    """Rows a second in each tenth of the `rows` from `first` on; `marks` are (rows read, seconds)."""
    wanted = [first + rows * part / _PARTS for part in range(_PARTS + 1)]
    nearest = [min(marks, key=lambda mark: abs(mark[0] - place)) for place in wanted]
    for (place, began), (more, ended) in pairwise(nearest):
        if more > place:
            yield (more - place) / (ended - began)


def main(paths: list[str]) -> None:
    """Load these files; prints seconds, megabytes, and when how many rows were read."""
    import django

    django.setup()
    from visits import loads

    began = time.perf_counter()
    marks: list[tuple[int, float]] = [(0, 0.0)]
    run = loads.load_paths(
        paths, trust=True, progress=lambda run: marks.append((run.read, time.perf_counter() - began))
    )
    seconds = time.perf_counter() - began
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"created": run.created, "seconds": seconds, "megabytes": megabytes, "marks": marks}))


if __name__ == "__main__":
    main(sys.argv[1:])
