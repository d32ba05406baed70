"""Records to rows and back: nothing is lost on the way, whatever the record holds."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import make_country, make_dialogue, make_topic
from visits import enums, mapping, names, record
from visits.mapping.proposal import propose
from visits.matching import Matcher
from visits.models import Meeting, Visit

pytestmark = pytest.mark.django_db

line = st.text("abcdefgh éж-", min_size=1, max_size=12).map(names.clean).filter(names.search_key)
maybe = st.just("") | line
edtf = st.sampled_from(["", "2024", "2024-01", "2024-01-22", "XXXX-01-22", "201X", "2024~"])
side = st.sampled_from(["TM", "JP", "UZ"]).flatmap(
    lambda code: st.builds(record.Side, country=st.just(code), as_printed=maybe)
)


def some(values, size=2, key=lambda value: value):
    return st.lists(values, max_size=size, unique_by=key)


full_name = st.tuples(line, line).map(lambda pair: f"Ada{pair[0]} Lovelace{pair[1]}"[:60])
person = {"as_printed": line, "name_as_printed": maybe, "post_as_printed": maybe}
member = st.builds(record.Member, **person)
participant = st.builds(record.Participant, **person, side=side)


def printed(one):
    return names.search_key(one.as_printed)


topics = some(st.builds(record.TopicLink, as_printed=line, modality=st.sampled_from(list(enums.Modality))), key=printed)
dialogues = some(st.builds(record.DialogueLink, as_printed=line), key=printed)
outcomes = some(
    st.builds(record.Outcome, title=line, due=edtf, kind=st.sampled_from(list(enums.OutcomeKind))),
    key=lambda one: names.search_key(one.title),
)
delegations = some(st.builds(record.Delegation, sender=side, members=some(member, key=printed)), 1, lambda one: 0)
meetings = some(
    st.builds(
        record.Meeting,
        title=line,
        date=edtf,
        participants=some(participant, key=printed),
        topics=topics,
        outcomes=outcomes,
        place=st.none() | st.builds(record.Place, as_printed=line),
    ),
    key=lambda one: names.search_key(one.title),
)
visits = st.builds(
    record.VisitData,
    title=maybe,
    start=edtf,
    kind=st.sampled_from(list(enums.VisitKind)),
    kind_as_printed=maybe,
    status=st.sampled_from(list(enums.Status)),
    guest=side,
    host=side,
    places=some(st.builds(record.Place, as_printed=line), key=printed),
    summary=maybe,
    delegations=delegations,
    topics=topics,
    dialogues=dialogues,
    outcomes=outcomes,
    meetings=meetings,
)


def bring_in(item):
    proposal = propose([(item, mapping.identity(item), [])], Matcher())[0]
    with transaction.atomic():
        mapping.write([proposal.plan], run=None, state="published")
    return proposal


def without_uids(data):
    if isinstance(data, dict):
        return {key: without_uids(value) for key, value in data.items() if key != "uid"}
    return [without_uids(value) for value in data] if isinstance(data, list) else data


@pytest.fixture
def places():
    for code in ("TM", "JP", "UZ"):
        make_country(code)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(item=visits)
def test_a_record_comes_back_as_it_went_in(places, item):
    Visit.objects.all().delete()
    Meeting.objects.all().delete()
    bring_in(item)
    (back,) = mapping.to_records(Visit.objects.all())
    assert without_uids(record.dump(back)) == without_uids(record.dump(item))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(item=visits)
def test_a_record_that_is_there_differs_in_nothing(places, item):
    Visit.objects.all().delete()
    Meeting.objects.all().delete()
    bring_in(item)
    (back,) = mapping.to_records(Visit.objects.all())
    assert propose([(back, back.uid, [])], Matcher())[0].plan.is_empty


def test_topics_and_dialogues_are_found_by_their_names(places):
    make_topic("hydrogen")
    make_dialogue("cajd", "Central Asia plus Japan")
    bring_in(
        record.VisitData(
            guest=record.Side(country="TM"),
            host=record.Side(country="JP"),
            topics=[record.TopicLink(as_printed="Hydrogen")],
            dialogues=[record.DialogueLink(as_printed="central asia plus japan")],
        )
    )
    visit = Visit.objects.get()
    assert visit.topic_links.get().topic.slug == "hydrogen"
    assert visit.dialogue_links.get().dialogue.slug == "cajd"


def test_a_known_head_is_not_replaced_by_another(places):
    def heads(name):
        member = record.Member(as_printed=name, head=True)
        delegation = record.Delegation(sender=record.Side(country="TM"), members=[member])
        return record.VisitData(
            external_ids=["list:1"], guest=delegation.sender, host=record.Side(country="JP"), delegations=[delegation]
        )

    bring_in(heads("Ada One"))
    bring_in(heads("Ada Two"))
    members = Visit.objects.get().delegations.get().members.order_by("as_printed")
    assert list(members.values_list("as_printed", "head")) == [("Ada One", True), ("Ada Two", False)]


def test_reading_out_takes_a_constant_number_of_queries(places, django_assert_num_queries):
    def one(number):
        bring_in(
            record.VisitData(
                external_ids=[f"list:{number}"],
                guest=record.Side(country="TM"),
                host=record.Side(country="JP"),
                topics=[record.TopicLink(as_printed=f"Topic {number}")],
            )
        )

    one(1)
    # ids, visits, places, delegations, topics, dialogues, outcomes, links to meetings, external ids,
    # and the citations of visits and of topic links
    with django_assert_num_queries(11):
        mapping.to_records(Visit.objects.all())
    one(2)
    one(3)
    with django_assert_num_queries(11):
        mapping.to_records(Visit.objects.all())


def test_a_meeting_that_lies_in_two_visits_is_one(places):
    meeting = record.Meeting(uid=record.uid_for("meeting", "1"), title="Talks")
    for number, guest in enumerate(("TM", "UZ")):
        bring_in(
            record.VisitData(
                external_ids=[f"list:{number}"],
                guest=record.Side(country=guest),
                host=record.Side(country="JP"),
                meetings=[meeting],
            )
        )
    assert Meeting.objects.get().visits.count() == 2
