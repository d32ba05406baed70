"""A record names others by uid: whichever is accepted first, in the end they are linked."""

from itertools import permutations

import pytest

from tests.test_loads import load, visit
from tests.world import make_country, make_user
from visits import record
from visits.models import Candidate, Meeting, Visit
from visits.review import decide, undo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def countries():
    return [make_country(code) for code in ("TM", "JP")]


def uid(number):
    return record.uid_for("visit", f"desk-list:{number}")


def names_others():
    """The first visit names the second in two ways; the meeting names both, and the second's outcome the meeting."""
    meeting = {"type": "meeting", "uid": str(record.uid_for("test", "meeting")), "title": "Talks", "date": "2024-01-22"}
    outcome = {"title": "Another visit", "kind": "plan", "modality": "proposed", "life": "fulfilled"}
    return [
        visit(1, accompanies=str(uid(2)), outcomes=[outcome | {"fulfilled_by": str(uid(2))}]),
        visit(2, "Bahar Atayeva", outcomes=[outcome | {"title": "More talks", "fulfilled_by": meeting["uid"]}]),
        meeting | {"visits": [str(uid(1)), str(uid(2))]},
    ]


def assert_linked():
    first, second = (Visit.objects.get(uid=uid(number)) for number in (1, 2))
    meeting = Meeting.objects.get()
    assert (first.accompanies, first.outcomes.get().fulfilled_by_visit) == (second, second)
    assert (second.outcomes.get().fulfilled_by_meeting, set(meeting.visits.all())) == (meeting, {first, second})


@pytest.mark.parametrize("order", permutations(range(3)))
def test_candidates_accepted_in_any_order_are_linked(order):
    load(*names_others(), trust=False)
    candidates = list(Candidate.objects.all())
    for place in order:
        decide.accept(candidates[place], make_user(f"editor {place}"))
    assert_linked()


@pytest.mark.parametrize("order", permutations(range(3)))
def test_loads_of_one_record_each_in_any_order_are_linked(order):
    for place in order:
        load(names_others()[place])
    assert_linked()


def test_what_one_load_brought_and_an_editor_accepts_is_linked():
    first, second, meeting = names_others()
    load(first, meeting)
    load(second, trust=False)
    decide.accept(Candidate.objects.get(state="pending"), make_user("editor"))
    assert_linked()


def test_what_was_taken_back_and_comes_again_is_linked_again():
    first, second, meeting = names_others()
    load(first, meeting)
    undo.undo(load(second))
    assert Visit.objects.get().accompanies is None
    load(second)
    assert_linked()


def test_a_link_that_an_editor_set_or_cut_stays():
    first, second, _meeting = names_others()
    load(first)
    Visit.objects.update(locked_fields=["accompanies"])
    load(second)
    assert Visit.objects.get(uid=uid(1)).accompanies is None
