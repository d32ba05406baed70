"""Which step leads where, that every other one is refused, and which meetings go with their visit."""

import pytest
from django.contrib.auth import get_user_model

from visits import states
from visits.enums import State
from visits.models import Country, Meeting, Visit
from visits.states import TransitionRefused

pytestmark = pytest.mark.django_db

TABLE = {
    (states.submit, State.DRAFT): State.IN_REVIEW,
    (states.send_back, State.IN_REVIEW): State.DRAFT,
    (states.publish, State.DRAFT): State.PUBLISHED,
    (states.publish, State.IN_REVIEW): State.PUBLISHED,
    (states.publish, State.WITHDRAWN): State.PUBLISHED,
    (states.withdraw, State.PUBLISHED): State.WITHDRAWN,
}
STEPS = (states.submit, states.send_back, states.publish, states.withdraw)


@pytest.fixture
def user():
    return get_user_model().objects.create(username="rev")


def make(model, state):
    if model is Meeting:
        return Meeting.objects.create(state=state)
    guest, host = (
        Country.objects.get_or_create(code=code, defaults={"name": name})[0]
        for code, name in (("TM", "Turkmenistan"), ("JP", "Japan"))
    )
    return Visit.objects.create(guest_country=guest, host_country=host, state=state)


@pytest.mark.parametrize("model", [Visit, Meeting])
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_leads_on_or_is_refused(model, state, step, user):
    record = make(model, state)
    if goal := TABLE.get((step, state)):
        step(record, user)
    else:
        goal = state
        with pytest.raises(TransitionRefused):
            step(record, user)
    assert (record.state, model.objects.get(pk=record.pk).state) == (goal, goal)


@pytest.mark.parametrize("state", State)
def test_the_open_steps_are_those_of_the_table(state):
    expected = [step.__name__ for step in STEPS if (step, state) in TABLE]
    assert [step.name for step in states.open_steps(Visit(state=state))] == expected


def test_a_refusal_speaks_to_a_person(user):
    with pytest.raises(TransitionRefused, match=r"Only a draft .* this record is: published"):
        states.submit(make(Visit, State.PUBLISHED), user)


def test_a_stale_copy_is_judged_by_what_is_stored(user):
    visit = make(Visit, State.DRAFT)
    Visit.objects.filter(pk=visit.pk).update(state=State.WITHDRAWN)
    with pytest.raises(TransitionRefused):
        states.submit(visit, user)


def test_a_deleted_record_is_refused(user):
    visit = make(Visit, State.DRAFT)
    Visit.objects.filter(pk=visit.pk).delete()
    with pytest.raises(TransitionRefused, match="deleted"):
        states.publish(visit, user)


def test_history_says_who_and_why(user):
    visit = make(Visit, State.PUBLISHED)
    states.withdraw(visit, user, "the source was retracted")
    event = visit.events.order_by("pgh_id").last()
    assert event.state == State.WITHDRAWN
    assert event.pgh_context.metadata == {"user": user.pk, "reason": "the source was retracted"}


def test_the_only_visit_takes_its_meeting_along(user):
    visit, meeting = make(Visit, State.DRAFT), make(Meeting, State.DRAFT)
    meeting.visits.add(visit)
    seen = []
    for step in (states.submit, states.publish, states.withdraw, states.publish):
        step(visit, user)
        meeting.refresh_from_db()
        seen.append(meeting.state)
    assert seen == [State.IN_REVIEW, State.PUBLISHED, State.WITHDRAWN, State.PUBLISHED]


def test_a_meeting_of_two_visits_takes_its_own_steps(user):
    one, other, meeting = make(Visit, State.DRAFT), make(Visit, State.DRAFT), make(Meeting, State.DRAFT)
    meeting.visits.add(one, other)
    states.publish(one, user)
    meeting.refresh_from_db()
    assert meeting.state == State.DRAFT


def test_a_meeting_withdrawn_by_itself_stays_so_when_its_visit_is_published(user):
    visit, meeting = make(Visit, State.IN_REVIEW), make(Meeting, State.WITHDRAWN)
    meeting.visits.add(visit)
    states.publish(visit, user)
    meeting.refresh_from_db()
    assert meeting.state == State.WITHDRAWN


def test_a_rule_publishes_what_waits_and_leaves_what_a_person_withdrew():
    records = [make(Visit, state) for state in State]
    meeting = make(Meeting, State.IN_REVIEW)
    meeting.visits.add(records[1])
    assert states.publish_by_rule([visit.pk for visit in records]) == 2
    after = [Visit.objects.get(pk=visit.pk).state for visit in records]
    meeting.refresh_from_db()
    assert after == [State.PUBLISHED, State.PUBLISHED, State.PUBLISHED, State.WITHDRAWN]
    assert meeting.state == State.PUBLISHED


def test_a_rule_publishes_in_a_constant_number_of_statements(django_assert_num_queries):
    ids = [make(Visit, State.DRAFT).pk for _ in range(5)]
    with django_assert_num_queries(5):  # savepoint, lock, visits, their meetings, release
        states.publish_by_rule(ids)


def test_a_rule_publishes_meetings_too():
    meeting = make(Meeting, State.DRAFT)
    assert states.publish_by_rule([meeting.pk], model=Meeting) == 1
