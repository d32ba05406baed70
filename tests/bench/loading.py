"""How fast tables and articles come in. All in one transaction that is rolled back: the database stays as it was."""

import csv
import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

from . import Figure

ROWS = 5_000
_CODES = ("TM", "JP", "US", "FR", "DE", "UZ", "KZ", "IN", "BR", "ZA")


def measure() -> Iterator[Figure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    import django

    django.setup()
    from django.db import transaction

    from visits import reference

    with transaction.atomic():
        reference.load()
        yield from _table()
        if folder := os.environ.get("TRACKER_DATA"):
            yield from _real_visits(Path(folder) / "data" / "hsg-visits")
            yield from _articles(Path(folder) / "articles" / "dev")
        transaction.set_rollback(True)


def _table() -> Iterator[Figure]:
    from visits import loads
    from visits.imports.reading import InputFile
    from visits.imports.registry import reader_named

    content = _generated(ROWS)
    began = time.perf_counter()
    read = sum(1 for _row in reader_named("csv").read(InputFile.of("bench.csv", content)))
    reading = time.perf_counter() - began
    began = time.perf_counter()
    run = loads.run_load(loads.create_run([("bench.csv", content)], user=None, trust=True).pk)
    loading = time.perf_counter() - began
    assert (read, run.created) == (ROWS, ROWS), loads.report(run)
    yield Figure(
        f"load {ROWS:,} visits from CSV", f"{ROWS / loading:,.0f} rows/s", f"reading alone {read / reading:,.0f}"
    )


def _generated(rows: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["external_id", "guest", "host", "start", "end", "kind", "head", "head_post", "summary"])
    for number in range(rows):
        guest, host = _CODES[number % 10], _CODES[(number // 10 + number % 10 + 1) % 10]
        day = f"{1990 + number % 35}-{1 + number % 12:02d}-{1 + number % 28:02d}"
        head = f"{chr(65 + number % 26)}da{number % 97} Person{number % 211}"
        writer.writerow(
            [f"bench:{number}", guest, host if host != guest else "EG", day, day, "working", head, "Minister", "Talks."]
        )
    return out.getvalue().encode()


def _real_visits(folder: Path) -> Iterator[Figure]:
    from visits import loads

    for work in ("load the real visits", "load them again"):
        began = time.perf_counter()
        run = loads.load_paths([folder])
        took = time.perf_counter() - began
        yield Figure(work, f"{took:.1f} s", f"{run.created:,} created, {run.unchanged:,} unchanged; aim: under 30 s")


def _articles(folder: Path) -> Iterator[Figure]:
    from visits.imports.article import RulesExtractor
    from visits.imports.article.inputs import documents

    extractor, texts = RulesExtractor(), [document for _name, document in documents(folder)]
    extractor.extract(texts[0])
    began = time.perf_counter()
    for document in texts:
        extractor.extract(document)
    rate = len(texts) / (time.perf_counter() - began)
    yield Figure(f"read {len(texts)} articles", f"{rate:,.0f} texts/s", "aim: 20")
