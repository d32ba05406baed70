"""A dry run says what the real one does: the same report, the same differences, row by row."""

import json

import pytest

from tests.world import make_country
from visits import loads
from visits.mapping import KINDS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def countries():
    return {code: make_country(code) for code in ("TM", "JP", "UZ", "US")}


def visit(number=1, head="Aina Orazowa", **fields):
    member = {"as_printed": f"Foreign Minister {head}", "name_as_printed": head, "head": True}
    member |= {"official": {"name": head, "country": "TM"}, "post": {"title": "Foreign Minister", "country": "TM"}}
    return {
        "type": "visit",
        "external_ids": [f"desk-list:{number}"],
        "guest": {"country": "TM", "as_printed": "Turkmenistan"},
        "host": {"country": "JP", "as_printed": "Japan"},
        "start": "2024-01-22",
        "end": "2024-01-23",
        "delegations": [{"sender": {"country": "TM"}, "members": [member]}],
        "sources": [{"kind": "dataset", "slug": "desk-list", "title": "Our list"}],
        "citations": [{"external_id": str(number), "row": {"id": str(number), "who": head}}],
    } | fields


def queue(*records, **options):
    lines = "\n".join(json.dumps(item) for item in records).encode()
    return loads.create_run([("list.jsonl", lines)], **{"user": None, "trust": True, "dry_run": True} | options)


def load(*records, **options):
    return loads.run_load(queue(*records, **options).pk)


def highest():
    return {name: max(kind.model.objects.values_list("pk", flat=True), default=0) for name, kind in KINDS.items()}


def reported(run):
    return {name: value for name, value in loads.report(run).items() if name != "run"}


def lasting(kind, pk, before):
    return pk if not isinstance(pk, int) or pk <= before.get(kind, pk) else None


def test_what_one_row_brings_the_next_one_finds():
    run = load(visit(1), visit(2), visit(1, end="2024-01-24"))
    assert [(row["verdict"], row["title"]) for row in loads.preview(run).rows] == [
        ("added", "Turkmenistan to Japan, 22–23 January 2024, Aina Orazowa"),
        ("added", "Turkmenistan to Japan, 22–23 January 2024, Aina Orazowa"),
        ("changed", "Turkmenistan to Japan, 22–24 January 2024, Aina Orazowa"),
    ]
