"""Whose turn it is: the order of what waits, and that two editors never get the same."""

import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from tests.world import make_country, make_user
from visits.models import Candidate, ImportRun, Visit
from visits.review import decide, queue, undo, worth

pytestmark = pytest.mark.django_db

DAY = datetime(2024, 3, 1, tzinfo=UTC)
RECORD: dict[str, Any] = {"type": "visit", "guest": {"country": "TM"}, "host": {"country": "JP"}}


def make_candidate(record: dict[str, Any] | None = None, days: int = 0, **values: Any) -> Candidate:
    """One that came so many days after the first of March."""
    run = ImportRun.objects.get_or_create(name="stories", defaults={"status": "done"})[0]
    known = {
        "key": uuid.uuid4(),
        "fingerprint": "x",
        "action": "create",
        "record": RECORD if record is None else record,
    }
    candidate = Candidate(run=run, **known | values)
    candidate.turn = worth.turn(candidate, DAY + timedelta(days=days))
    candidate.save()
    return candidate


def led_by(rank: str, **more: Any) -> dict[str, Any]:
    member = {"name_as_printed": "Aina Orazowa", "head": True, "post": {"title": "A post", "rank": rank}}
    return {**RECORD, "delegations": [{"sender": {"country": "TM"}, "members": [member]}], **more}


def user(name: str) -> User:
    return make_user(name, "decide_candidate", "view_candidate", is_staff=True)


# order


@pytest.mark.parametrize(
    ("record", "points"),
    [
        ({}, 0),
        (RECORD, 4),
        ({**RECORD, "start": "2024-03-04"}, 6),
        ({**RECORD, "start": "XXXX-03-04"}, 4),
        (led_by("head-of-state"), 24),
        (led_by("foreign-minister"), 16),
        (led_by("minister"), 10),
        (led_by("ambassador"), 4),
        (led_by("minister", outcomes=[{"title": "A plan"}]), 14),
        (led_by("minister", outcomes=[{"title": "A plan"}, {"title": "A pact", "modality": "signed"}]), 18),
        ({**RECORD, "meetings": [{"participants": [{"post": {"title": "King", "rank": "head-of-state"}}]}]}, 24),
    ],
)
def test_what_a_record_is_worth(record, points):
    assert worth.points(Candidate(record=record, action="create")) == points


def test_what_contradicts_an_edit_is_worth_more_than_a_change_that_does_not():
    change = {"path": "", "field": "start", "conflict": True}
    assert worth.points(Candidate(record=RECORD, action="change", difference=[change])) == 6
    assert worth.points(Candidate(record=RECORD, action="change")) == 0


def test_a_point_is_worth_a_day_of_waiting():
    plain = make_candidate()
    later = make_candidate(led_by("head-of-state"), days=19)
    too_late = make_candidate(led_by("head-of-state"), days=21)
    nothing = make_candidate({}, days=30, action="nothing")
    assert list(queue.waiting()) == [later, plain, too_late, nothing]


def test_what_was_set_aside_is_no_part_of_the_queue():
    make_candidate(state="aside", action="nothing")
    assert queue.take_next(user("elena")) is None


# claims


def test_two_editors_get_two_and_the_third_none():
    first, second = make_candidate(), make_candidate()
    elena, rashid, aina = map(user, ("elena", "rashid", "aina"))
    assert [queue.take_next(one) for one in (elena, rashid, aina)] == [first, second, None]


def test_who_passes_one_over_gets_the_following_and_the_first_again_at_the_end():
    one, two = make_candidate(), make_candidate()
    elena = user("elena")
    assert queue.take_next(elena) == one
    assert queue.take_next(elena, one) == two
    assert queue.take_next(elena, two) == one
    one.delete()
    assert queue.take_next(elena, two) is None


def test_an_editor_has_one_at_a_time():
    first, second = make_candidate(), make_candidate()
    elena, rashid = user("elena"), user("rashid")
    assert queue.take(first, elena)
    assert queue.take(second, elena)
    assert queue.take_next(rashid) == first
    assert not queue.take(first, elena)
    assert list(Candidate.objects.filter(claimed_by=elena)) == [second]


def test_a_claim_that_was_not_renewed_ends():
    only = make_candidate()
    elena, rashid = user("elena"), user("rashid")
    queue.take_next(elena)
    assert queue.take_next(rashid) is None
    Candidate.objects.update(claimed_until=Now())
    assert queue.take_next(rashid) == only
    assert not queue.take(only, elena)


def test_a_claim_lasts_ten_minutes_from_its_last_renewal():
    only, elena = make_candidate(), user("elena")
    queue.take(only, elena)
    Candidate.objects.update(claimed_until=Now() + timedelta(seconds=1))
    queue.take(only, elena)
    left = Candidate.objects.filter(claimed_until__gt=Now() + timedelta(minutes=9, seconds=59))
    assert list(left) == [only]


def test_what_is_given_back_is_free():
    only, elena, rashid = make_candidate(), user("elena"), user("rashid")
    queue.take_next(elena)
    assert not queue.release(rashid, only)
    assert queue.release(elena, only)
    assert queue.take_next(rashid) == only


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_another_s_claim_refuses_a_decision_and_one_s_own_ends_with_it(decision):
    make_country("TM"), make_country("JP")
    only, elena, rashid = make_candidate(), user("elena"), user("rashid")
    queue.take_next(elena)
    with pytest.raises(decide.DecisionRefused, match="elena is at it"):
        getattr(decide, decision)(only, rashid)
    getattr(decide, decision)(only, elena)
    only.refresh_from_db()
    assert (only.claimed_by, only.claimed_until) == (None, None)


def test_an_undo_takes_what_somebody_is_at():
    only, elena = make_candidate(), user("elena")
    queue.take_next(elena)
    undo.undo(only.run, elena, "the wrong file")
    only.refresh_from_db()
    assert (only.state, only.claimed_by) == ("undone", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"claimed_until": None},
        {"state": "accepted"},
        {"state": "aside"},
    ],
)
def test_the_database_refuses_a_claim_without_end_and_one_of_what_does_not_wait(wrong):
    only = make_candidate()
    queue.take_next(user("elena"))
    with pytest.raises(IntegrityError, match="candidate_claim_ends_and_waits"), transaction.atomic():
        Candidate.objects.filter(pk=only.pk).update(**wrong)


def test_the_database_refuses_a_second_claim_of_one_editor():
    make_candidate(), make_candidate()
    elena = user("elena")
    with pytest.raises(IntegrityError, match="candidate_one_for_each_editor"), transaction.atomic():
        Candidate.objects.update(claimed_by=elena, claimed_until=Now() + timedelta(minutes=1))


# two connections at once


def in_a_thread(work: Any) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_what_another_connection_is_just_claiming_is_skipped():
    first, second = make_candidate(), make_candidate()
    elena, rashid = user("elena"), user("rashid")
    taken, may_end, got = threading.Event(), threading.Event(), []

    def claim_and_wait() -> None:
        with transaction.atomic():
            got.append(queue.take_next(elena))
            taken.set()
            may_end.wait(60)

    thread = in_a_thread(claim_and_wait)
    assert taken.wait(60)
    got.append(queue.take_next(rashid))  # does not wait for the other
    may_end.set()
    thread.join(60)
    assert got == [first, second]
    assert set(Candidate.objects.values_list("claimed_by__username", flat=True)) == {"elena", "rashid"}


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_empty_the_queue_and_get_nothing_twice():
    wanted = {make_candidate().pk for _ in range(24)}
    got: dict[str, list[int]] = {"elena": [], "rashid": []}
    people = {name: user(name) for name in got}
    begin = threading.Barrier(2)

    def work(name: str) -> None:
        begin.wait(60)
        while one := queue.take_next(people[name]):
            got[name].append(one.pk)
            decide.reject(one, people[name])

    threads = [in_a_thread(lambda name=name: work(name)) for name in got]
    for thread in threads:
        thread.join(120)
    assert len(got["elena"]) + len(got["rashid"]) == 24
    assert {*got["elena"], *got["rashid"]} == wanted
    assert Visit.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_windows_of_one_editor_take_turns():
    for _ in range(8):
        make_candidate()
    elena, refused, begin = user("elena"), [], threading.Barrier(2)

    def work() -> None:
        begin.wait(60)
        try:
            for _ in range(6):
                queue.take_next(elena)
        except IntegrityError as error:
            refused.append(error)

    for thread in [in_a_thread(work), in_a_thread(work)]:
        thread.join(120)
    assert refused == []
    assert Candidate.objects.filter(claimed_by=elena).count() == 1


# progress


def test_progress_counts_what_people_decided_since_then():
    elena, rashid = user("elena"), user("rashid")
    before = datetime(2000, 1, 1, tzinfo=UTC)
    for name in (elena, elena, rashid):
        decide.reject(make_candidate(), name)
    make_candidate(), make_candidate()
    queue.take_next(rashid)
    found = queue.progress(elena, before)
    assert (found.waiting, found.taken, found.done, found.mine, found.all) == (2, 1, 3, 2, 5)
    assert queue.progress(elena, datetime(9999, 1, 1, tzinfo=UTC)).done == 0
