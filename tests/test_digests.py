"""What is counted of visits is what the visits say, whoever wrote them: digests and columns against a recount."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.undoing import load, take_back, visit
from tests.world import (
    add_external_id,
    build_world,
    cite,
    make_country,
    make_delegation,
    make_dialogue,
    make_meeting,
    make_official,
    make_organization,
    make_post,
    make_source,
    make_topic,
    make_visit,
)
from visits.models import Citation, DialogueLink, Digest, DigestChange, ExternalId, Member, Outcome, TopicLink, Visit
from visits.stats import held
from visits.stats.columns import CODED, DAYS, ROW, read

pytestmark = pytest.mark.django_db


def digests():
    return sorted(Digest.objects.values_list(*ROW))


def as_rows(columns):
    """The rows that columns stand for, in the order of ROW."""
    days = ([date.fromordinal(day + 1) if day >= 0 else None for day in columns.days[name].tolist()] for name in DAYS)
    values = ([columns[name].values[code] for code in columns[name].codes.tolist()] for name in CODED)
    return list(zip(columns.visit.tolist(), *values, *days, strict=True))


def check():
    """The digests as they are kept are those made anew, and the columns have them."""
    kept = digests()
    assert as_rows(held.current()) == kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT visits_digest_all(%s)", [list(Visit.objects.values_list("pk", flat=True))])
    assert kept == digests()
    assert as_rows(held.current()) == as_rows(read()) == kept
    return kept


@pytest.fixture
def story():
    for code in ("TM", "JP", "UZ"):
        make_country(code)
    found = make_visit("TM", "JP", "2024-01-22", head="Aina Orazowa", topics=["hydrogen"], outcomes=["A plan"])
    cite(found, make_source("On 22 January"), "22 January", "start")
    return found


def sets_of(record):
    return Digest.objects.values_list("topics", "ranks", "sources").get(visit=record.pk)


def test_a_published_world_is_digested():
    build_world()
    assert {row[0] for row in check()} == set(Visit.objects.published().values_list("pk", flat=True))


def test_a_digest_says_what_the_visit_says(story):
    hydrogen, trade = make_topic("hydrogen").pk, make_topic("trade").pk
    meeting = make_meeting(visits=[story], topics=["trade"])
    assert sets_of(story)[0] == " ".join(sorted((str(hydrogen), str(trade))))
    type(meeting).objects.update(state="withdrawn")
    assert sets_of(story)[0] == str(hydrogen)
    check()


CHANGES = {
    "another host": lambda story: Visit.objects.update(host_country=make_country("UZ")),
    "an organization as guest": lambda story: Visit.objects.update(
        guest_country=None, guest_organization=make_organization("eu")
    ),
    "another date": lambda story: Visit.objects.update(start="201X", end=""),
    "a summary": lambda story: Visit.objects.update(summary="Talks."),
    "withdrawn": lambda story: Visit.objects.update(state="withdrawn"),
    "withdrawn and published again": lambda story: [
        Visit.objects.update(state=state) for state in ("withdrawn", "published")
    ],
    "a topic more": lambda story: TopicLink.objects.create(visit=story, topic=make_topic("trade")),
    "another topic": lambda story: TopicLink.objects.update(topic=make_topic("trade")),
    "a topic less": lambda story: TopicLink.objects.all().delete(),
    "a topic of an outcome": lambda story: Outcome.objects.get().topics.add(make_topic("trade")),
    "no outcome": lambda story: (Outcome.objects.get().topics.add(make_topic("trade")), Outcome.objects.all().delete()),
    "a meeting that goes": lambda story: make_meeting(visits=[story], topics=["trade"]).delete(),
    "a meeting that is hidden": lambda story: type(make_meeting(visits=[story], topics=["trade"])).objects.update(
        state="draft"
    ),
    "another post": lambda story: Member.objects.update(post=make_post("Envoy", rank="senior-official")),
    "another rank": lambda story: Member.objects.get().post and type(make_post()).objects.update(rank="minister"),
    "no head": lambda story: Member.objects.update(head=False),
    "one more delegation": lambda story: make_delegation(story, "UZ", "Envoy Two"),
    "another source": lambda story: Citation.objects.update(source=make_source("On 22 January again")),
    "a source of a topic": lambda story: cite(TopicLink.objects.get(), make_source("hydrogen"), "hydrogen"),
    "a source of a head": lambda story: cite(Member.objects.get(), make_source("Aina"), "Aina"),
    "a source of an outcome": lambda story: cite(Outcome.objects.get(), make_source("A plan"), "A plan"),
    "a source of a dialogue": lambda story: cite(
        DialogueLink.objects.create(visit=story, dialogue=make_dialogue("c5")), make_source("C5"), "C5"
    ),
    "another modality": lambda story: TopicLink.objects.update(modality="signed"),
    "another modality of an outcome": lambda story: Outcome.objects.update(modality="signed"),
    "a topic as printed alone": lambda story: TopicLink.objects.update(topic=None, as_printed="water"),
    "a dialogue": lambda story: DialogueLink.objects.create(visit=story, dialogue=make_dialogue("c5")),
    "a session of a dialogue": lambda story: (
        DialogueLink.objects.create(visit=story, dialogue=make_dialogue("c5")),
        DialogueLink.objects.update(role="session"),
    ),
    "a session that is a meeting": lambda story: DialogueLink.objects.create(
        meeting=make_meeting(visits=[story]), dialogue=make_dialogue("c5"), role="session"
    ),
    "an id": lambda story: add_external_id(story, "hsg-visits:7"),
    "no id": lambda story: (add_external_id(story, "hsg-visits:7"), ExternalId.objects.all().delete()),
    "no source": lambda story: Citation.objects.all().delete(),
    "no visit": lambda story: story.delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_change_reaches_the_digest(story, change):
    make_visit("JP", "TM", "2020")
    make_official("Somebody Else")
    change(story)
    check()


def test_loads_and_what_is_taken_back_reach_the_digests(story):
    before = check()
    topics = [{"as_printed": "hydrogen", "topic": "hydrogen"}]
    run = load(visit(1, topics=topics), visit(2, host={"country": "UZ", "as_printed": "Uzbekistan"}))
    assert len(check()) == 3
    load(visit(1, kind="state", topics=[]))
    check()
    take_back(run)
    check()
    assert before[0] in digests()


# the columns that a process holds


def test_what_nothing_changed_is_asked_for_once(story, django_assert_num_queries):
    held.current()
    with django_assert_num_queries(1):
        columns = held.current()
    assert as_rows(columns) == digests()


def test_they_are_read_within_a_request(client, story, monkeypatch):
    monkeypatch.setattr(held, "_held", {})
    assert client.get("/visits/narrow/?guest=TM").status_code == 200


def test_what_is_rolled_back_is_not_held(story):
    before = digests()
    point = transaction.savepoint()
    make_visit("JP", "UZ", "2001")
    assert len(held.current()) == 2
    transaction.savepoint_rollback(point)
    assert as_rows(held.current()) == before


def test_of_more_changes_than_are_worth_it_all_are_read_anew(story, monkeypatch):
    held.current()
    monkeypatch.setattr(held, "MOST", 0)
    make_visit("JP", "UZ", "2001")
    assert as_rows(held.current()) == digests()


def test_changes_are_forgotten_after_a_day_but_for_the_newest(story):
    make_visit("JP", "UZ", "2001")
    newest = DigestChange.objects.latest("pk")
    DigestChange.objects.update(at=timezone.now() - timedelta(days=2))
    DigestChange.objects.forget()
    assert list(DigestChange.objects.all()) == [newest]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_ends_late_is_not_missed():
    """Its changes have a lower number than those of one that began after it and ended before it."""
    for code in ("TM", "JP"):
        make_country(code)
    late = connection.copy()
    late.set_autocommit(False)
    try:
        with late.cursor() as cursor:
            cursor.execute(
                "INSERT INTO visits_digest (visit, host_country, kind, status, exact) "
                "VALUES (-1, 'JP', 'state', 'unknown', false)"
            )
        early = make_visit("TM", "JP", "2001").pk
        assert held.current().visit.tolist() == [early]
        late.commit()
        assert held.current().visit.tolist() == [-1, early]
        with late.cursor() as cursor:
            cursor.execute("DELETE FROM visits_digest WHERE visit = -1")
        late.commit()
        assert held.current().visit.tolist() == [early]
    finally:
        late.close()


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_is_read_anew():
    make_visit("TM", "JP", "2001")
    assert len(held.current()) == 1
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE visits_digest, visits_digestchange")
    assert len(held.current()) == 0
