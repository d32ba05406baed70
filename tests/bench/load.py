"""20,000 visits with their guests, hosts, heads and topics looked up, in one run and one database, side by side.

Before each way the tables are emptied, but for the 20,000 people and their posts that are looked up. The tracker
writes 14 rows and their history for each visit (sources, external ids, citations, candidates and judgements too);
django-import-export and the first SQL write 5, the second SQL writes all that the tracker writes.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import Figure
from .database import Database, fresh_database
from .generated import world, write

ROWS = 20_000
_NAMES = {
    "sql-bare": "COPY + upsert, records alone",
    "sql-everything": "COPY + upsert, all that the tracker writes",
    "tracker": "the tracker's load from CSV",
    "cached": "django-import-export, bulk and cached lookups",
    "bulk": "django-import-export, bulk",
    "plain": "django-import-export",
}


def measure() -> Iterator[Figure]:
    with fresh_database("bench_load") as database, tempfile.TemporaryDirectory() as folder:
        database.run("-m", "tests.bench.people")
        known = world()
        path = write(Path(folder) / "visits.csv", (known.visit(number) for number in range(ROWS)))
        found = {}
        for name in _NAMES:
            result = found[name] = _one(database, name, path)
            cpu = f"CPU {result['client']:.1f} + {result['server']:.1f} s"
            rate = f"{ROWS / result['seconds']:,.0f} rows/s"
            detail = f"{result['seconds']:.1f} s, {cpu}, {result['megabytes']} MB"
            yield Figure(f"{ROWS:,} visits: {_NAMES[name]}", rate, detail)
        ours = found["tracker"]
        for name, aim in (("sql-bare", ""), ("sql-everything", "aim: at most 1.5")):
            yield Figure(f"tracker's time / {_NAMES[name]}", *_ratio(ours, found[name], aim))
        for name in ("cached", "bulk", "plain"):
            yield Figure(f"time of {_NAMES[name]} / tracker", *_ratio(found[name], ours, "aim: 8 or more"))


def _one(database: Database, name: str, path: Path) -> dict[str, Any]:
    database.empty()
    found: dict[str, Any] = database.ask("-m", "tests.bench.contenders", name, str(path))
    visits, heads, topics, history = found["rows"]
    assert (visits, history) == (ROWS, ROWS), found
    assert heads > 0.99 * ROWS, found
    assert topics > ROWS, found
    return found


def _ratio(one: dict[str, Any], other: dict[str, Any], aim: str) -> tuple[str, str]:
    by_cpu = f"by CPU {_cpu(one) / _cpu(other):.1f}"
    return f"{one['seconds'] / other['seconds']:.1f}", ", ".join(filter(None, (aim, by_cpu)))


def _cpu(result: dict[str, Any]) -> float:
    """Of the program and of its PostgreSQL process."""
    return float(result["client"] + result["server"])
