"""Any history of loads, edits and undos: the preview of an undo is what it does, and nobody's work is lost."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.undoing import exported, load, meeting, take_back, visit
from tests.world import make_country
from visits import edit
from visits.models import ImportRun, Visit
from visits.review import undo

pytestmark = pytest.mark.django_db

PLACES = ("Nara", "Kobe")
HEADS = ("Aina Orazowa", "Bahar Atayeva")

visits = st.builds(
    lambda number, end, summary, places, head, talks: visit(
        number,
        head,
        end=end,
        summary=summary,
        places=[{"as_printed": place} for place in places],
        meetings=[meeting(one) for one in talks],
    ),
    st.integers(1, 2),
    st.sampled_from(["2024-01-23", "2024-01-24"]),
    st.sampled_from(["", "They met.", "They talked."]),
    st.lists(st.sampled_from(PLACES), unique=True),
    st.sampled_from(HEADS),
    st.lists(st.integers(1, 2), unique=True, max_size=2),
)
loading = st.tuples(st.just("load"), st.lists(visits, min_size=1, max_size=2, unique_by=lambda one: one["uid"]))
editing = st.tuples(st.just("edit"), st.tuples(st.integers(0, 1), st.sampled_from(["Mine.", "Ours."])))
undoing = st.tuples(st.just("undo"), st.integers(0, 3))
histories = st.lists(st.one_of(loading, loading, undoing, editing), min_size=2, max_size=6)
few = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def countries():
    for code in ("TM", "JP"):
        make_country(code)


def play(history):
    """The summaries that a person wrote, by visit."""
    runs, written = [], {}
    for what, how in history:
        if what == "load":
            runs.append(load(*how))
        elif what == "edit":
            for one in Visit.objects.order_by("pk")[how[0] : how[0] + 1]:
                edit.apply(one, {"summary": how[1]}, user=None)
                if one.pk in written or "summary" in Visit.objects.get(pk=one.pk).locked_fields:
                    written[one.pk] = how[1]
        elif runs:
            undo_if_open(runs[how % len(runs)])
    return runs, written


def undo_if_open(run):
    run = ImportRun.objects.get(pk=run.pk)
    try:
        undo.rehearse(run)
    except undo.UndoRefused:
        return
    take_back(run)


def examples(test):
    """Each example in a tracker of its own."""

    def run(history):
        with transaction.atomic():
            test(history)
            transaction.set_rollback(True)

    return run


@few
@given(histories)
def test_no_undo_loses_what_a_person_wrote(history):
    @examples
    def check(history):
        runs, written = play(history)
        for run in reversed(runs):
            undo_if_open(run)
        assert dict(Visit.objects.filter(pk__in=written).values_list("pk", "summary")) == written

    check(history)


@few
@given(st.lists(st.one_of(loading, loading, undoing), min_size=2, max_size=6))
def test_where_nobody_edited_nothing_of_any_load_is_left(history):
    @examples
    def check(history):
        before = exported()
        runs, _written = play(history)
        for _again in runs:
            for run in reversed(runs):
                undo_if_open(run)
        assert exported() == before
        assert Visit.objects.count() == 0

    check(history)


@few
@given(st.lists(loading, min_size=2, max_size=4))
def test_the_last_load_goes_without_a_trace(history):
    @examples
    def check(history):
        play(history[:-1])
        before = exported()
        runs, _written = play(history[-1:])
        undo_if_open(runs[0])
        assert exported() == before

    check(history)
