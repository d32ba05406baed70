"""Over a varied world: whatever is merged, edited in between and taken apart again, all is as if never merged."""

import contextlib

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.test_merging import everything
from tests.varied import make_varied
from tests.world import make_official, make_topic
from visits import edit
from visits.models import Meeting, Official, Organization, Post, Topic, Visit
from visits.review import merging

pytestmark = pytest.mark.django_db

MODELS = {"official": Official, "organization": Organization, "post": Post, "topic": Topic}
pairs = st.tuples(st.sampled_from(list(MODELS)), st.integers(0, 7), st.integers(0, 7))
# Of fields that no merge touches, or of records that it does not know.
edits = st.lists(st.sampled_from(["visit", "meeting", "newcomer", "topic"]), max_size=3)
histories = st.lists(st.tuples(pairs, edits), min_size=1, max_size=4)
few = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def varied(db):
    make_varied()


def change(what: str, number: int) -> None:
    """An edit that contradicts no merge."""
    if what == "visit":
        edit.apply(Visit.objects.order_by("pk")[number % 2], {"summary": f"Edit {number}."}, user=None)
    elif what == "meeting":
        edit.apply(Meeting.objects.order_by("pk")[number % 2], {"title": f"Edit {number}."}, user=None)
    elif what == "newcomer":
        make_official(f"New Person {number}", "JP")
    else:
        make_topic(f"new-{number}")


def play(history, *, with_merges: bool) -> tuple[dict, int]:
    """The world in the end; of the merges, all of which were taken back, how many there were."""
    done = []
    people = {kind: list(model.objects.order_by("pk")) for kind, model in MODELS.items()}
    for number, ((kind, one, other), changes) in enumerate(history):
        rows = people[kind]
        if with_merges:
            with contextlib.suppress(merging.MergeRefused):
                done.append(merging.merge(rows[one % len(rows)], rows[other % len(rows)], None))
        for what in changes:
            change(what, number)
    for judgement in reversed(done):
        assert merging.unmerge(judgement, None).detail["stays"] == []
    return everything(), len(done)


def without_ids(tables: dict) -> dict:
    """Rows that were made in both runs have ids, uids and times of their own."""
    fresh = {"uid", "id", "created_at", "official_id"}
    kept = {}
    for name, rows in tables.items():
        plain = [{key: value for key, value in row.items() if not ("New Person" in str(row) or "new-" in str(row))
                  or key not in fresh} for row in rows]  # fmt: skip
        kept[name] = plain
    return kept


@few
@given(histories)
def test_merged_edited_and_taken_apart_the_world_is_as_if_never_merged(varied, history):
    worlds, merges = [], 0
    for with_merges in (False, True):
        with transaction.atomic():
            world, merges = play(history, with_merges=with_merges)
            worlds.append(without_ids(world))
            transaction.set_rollback(True)
    assume(merges)
    assert worlds[1] == worlds[0]


@few
@given(st.lists(pairs, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_in_any_order_that_is_not_refused_it_comes_apart_whole(varied, chosen, random):
    with transaction.atomic():
        before = everything()
        people = {kind: list(model.objects.order_by("pk")) for kind, model in MODELS.items()}
        done = []
        for kind, one, other in chosen:
            rows = people[kind]
            with contextlib.suppress(merging.MergeRefused):
                done.append(merging.merge(rows[one % len(rows)], rows[other % len(rows)], None))
        while done:
            random.shuffle(done)
            taken = [one for one in done if _is_taken_back(one)]
            assert taken, "what is left is refused for ever"
            done = [one for one in done if one not in taken]
        assert everything() == before
        transaction.set_rollback(True)


def _is_taken_back(judgement) -> bool:
    try:
        merging.unmerge(judgement, None)
    except merging.MergeRefused:
        return False
    return True
