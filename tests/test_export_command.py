"""What is published goes out by one command, loads into an empty tracker, and goes out again as the same bytes."""

import csv
import io
import json

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection

from tests.varied import RECORDS, export, load, make_reference, make_varied
from tests.world import make_visit
from visits import loads
from visits.models import Visit

pytestmark = pytest.mark.django_db


def empty_the_tracker():
    """Nothing is left but reference data."""
    tables = ", ".join(model._meta.db_table for model in apps.get_app_config("visits").get_models())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
    make_reference()


def test_an_export_loads_into_an_empty_tracker_and_is_exported_as_the_same_bytes():
    make_varied()
    first = export()
    empty_the_tracker()
    assert export() == ""
    run = load("export.jsonl", first.encode())
    assert (run.rejected, run.review, run.created) == (0, 0, len(first.splitlines()))
    assert export() == first


def test_the_order_of_the_lines_does_not_matter():
    make_varied()
    first = export()
    empty_the_tracker()
    load("export.jsonl", "".join(line + "\n" for line in reversed(first.splitlines())).encode())
    assert export() == first


def test_an_export_loaded_where_it_came_from_changes_nothing():
    make_varied()
    first = export()
    run = load("export.jsonl", first.encode())
    assert (run.unchanged, run.read, export()) == (run.read, len(first.splitlines()), first)


def test_everything_that_was_loaded_is_exported():
    make_varied()
    lines = [json.loads(line) for line in export().splitlines()]
    by_uid = {line["uid"]: line for line in lines}
    wanted = {one["uid"] for one in RECORDS}
    assert wanted <= set(by_uid)
    official, tenure, visit = (by_uid[one["uid"]] for one in RECORDS[:3])
    assert official == RECORDS[0]
    assert (tenure["start"], tenure["post"]["organization"]["name"]) == ("2021", "Ministry of Energy")
    assert [one.get("life") for one in visit["outcomes"]] == ["fulfilled", None]
    assert {source.get("text") for source in visit["sources"]} == {RECORDS[2]["sources"][0]["text"], None}
    assert sorted(one["exact"] for one in visit["citations"]) == sorted(one["exact"] for one in RECORDS[2]["citations"])
    assert [one for one in lines if one["type"] == "meeting"] == [by_uid[RECORDS[4]["uid"]]]


def test_nothing_unpublished_is_exported():
    make_varied()
    for state in ("draft", "in-review", "withdrawn"):
        make_visit(state=state, title="Secret", head="Secret Person")
    assert "secret" not in export().lower()


def test_filters_are_those_of_the_list(world):
    assert len(export("host=FR").splitlines()) == 1
    with pytest.raises(CommandError, match="guset"):
        export("guset=FR")


def test_csv_has_a_line_for_each_visit(world):
    assert export("--format", "csv").count("\r\n") == Visit.objects.published().count() + 1


@pytest.mark.parametrize(("kind", "count"), [("visits", 4), ("meetings", 2), ("officials", 6), ("tenures", 1)])
def test_each_table_is_exported_as_csv(kind, count):
    make_varied()
    assert export("--format", "csv", "--table", kind).count("\r\n") == count + 1


def test_the_tables_loaded_into_an_empty_tracker_give_the_same_tables():
    make_varied()
    names = ("officials", "tenures", "visits", "meetings")
    before = {name: export("--format", "csv", "--table", name) for name in names}
    empty_the_tracker()
    for name in names:
        run = load(f"{name}.csv", before[name].encode())
        assert (run.rejected, run.review) == (0, 0), loads.report(run)
    assert {name: shown(export("--format", "csv", "--table", name)) for name in names} == {
        name: shown(text) for name, text in before.items()
    }


def shown(text):
    """The rows of a table, what each tracker and file says of itself aside."""
    aside = {"id", "url", "evidenced", *(f"source_{name}" for name in ("url", "title", "publisher", "published"))}
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    return sorted(
        [{name: cell for name, cell in row.items() if name not in aside} for row in rows], key=lambda row: row["uid"]
    )
