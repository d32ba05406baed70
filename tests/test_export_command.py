"""What is published goes out by one command, loads into an empty tracker, and goes out again as the same bytes."""

import io

import pytest
from django.core.management import CommandError, call_command

from visits import loads
from visits.models import Meeting, Official, Visit

pytestmark = pytest.mark.django_db


def export(*args):
    out = io.StringIO()
    call_command("export_visits", *args, stdout=out)
    return out.getvalue()


def test_an_export_loads_and_is_exported_as_the_same_bytes(world):
    first = export()
    kept = Official.objects.count()
    Visit.objects.all().delete()
    Meeting.objects.all().delete()
    run = loads.run_load(loads.create_run([("export.jsonl", first.encode())], user=None, trust=True).pk)
    assert (run.rejected, run.review) == (0, 0)
    assert export() == first
    assert Official.objects.count() == kept


def test_nothing_unpublished_is_exported(world):
    published = Visit.objects.published().count() + Meeting.objects.published().filter(visits=None).count()
    types = [line.split('"')[3] for line in export().splitlines()]
    assert types.count("visit") + types.count("meeting") == published
    assert "draft" not in export().lower()


def test_filters_are_those_of_the_list(world):
    assert len(export("host=FR").splitlines()) == 1
    with pytest.raises(CommandError, match="guset"):
        export("guset=FR")


def test_csv_has_a_line_for_each_visit(world):
    assert export("--format", "csv").count("\r\n") == Visit.objects.published().count() + 1
