"""The real visits as a table: nothing changes unless a cell was edited."""

import json

import pytest

from tests.test_table_round_trip import as_csv, nothing_but, outcome_of, rows_of
from tests.varied import export, load
from visits import loads, reference

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def visits(shared_data, django_db_setup, django_db_blocker):
    """The rows of the exported table, with the real visits loaded once for all tests of this module."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        reference.load()
        loads.load_paths([shared_data / "data" / "hsg-visits"])
        yield rows_of("visits")
        transaction.set_rollback(True)


def test_a_table_that_nobody_edited_changes_nothing(visits):
    before = export()
    assert outcome_of(load("visits.csv", as_csv(visits))) == nothing_but(3264)
    assert export() == before


def test_five_edited_cells_change_five_visits(visits):
    edits = {"status": "cancelled", "start": "1990-01-01", "summary": "Edited.", "kind": "state", "title": "Edited"}
    rows = [dict(row) for row in visits]
    wanted = [row for row in rows if row["kind"] not in {"", "state"} and row["end"] > "1990-01-01"][10:60:10]
    for row, (column, cell) in zip(wanted, edits.items(), strict=True):
        row[column] = cell
    before = set(export().splitlines())
    run = load("visits.csv", as_csv(rows))
    assert outcome_of(run) == nothing_but(3259, 5), loads.report(run)
    after = set(export().splitlines())
    assert {json.loads(line)["uid"] for line in after - before} == {row["uid"] for row in wanted}
