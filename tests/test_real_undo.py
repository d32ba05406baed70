"""Taking back the real travels and visits: what was there before is there again, byte for byte."""

import io
import time

import pytest
from django.core.management import call_command

from tests.world import build_world
from visits import loads, reference
from visits.models import Citation, Official, Visit
from visits.review import undo

pytestmark = pytest.mark.django_db


def exported():
    out = io.StringIO()
    call_command("export_visits", stdout=out)
    return out.getvalue()


def test_two_sets_are_taken_back_in_the_order_in_which_they_came(shared_data):
    reference.load()
    build_world()
    before = exported()
    visits, travels = (loads.load_paths([shared_data / "data" / name]) for name in ("hsg-visits", "hsg-travels"))
    both = exported()
    undo.undo(visits)
    alone = exported()
    undo.undo(travels)
    assert exported() == before
    loads.load_paths([shared_data / "data" / "hsg-travels"])
    assert exported() == alone
    loads.load_paths([shared_data / "data" / "hsg-visits"])
    assert exported() == both


def test_an_undo_of_7535_records_is_quick(shared_data):
    reference.load()
    run = loads.load_paths([shared_data / "data" / "hsg-visits", shared_data / "data" / "hsg-travels"])
    assert run.created == 7535
    started = time.perf_counter()
    said = undo.preview(run)
    looked = time.perf_counter()
    done = undo.undo(run)
    ended = time.perf_counter()
    assert (Visit.objects.count(), Citation.objects.count(), Official.objects.filter(created_by_run=run).count()) == (
        0,
        0,
        0,
    )
    assert (done.detail["deleted"], said["counts"]["stays"]) == (said["counts"]["goes"], 0)
    assert (looked - started < 30, ended - looked < 60) == (True, True)
