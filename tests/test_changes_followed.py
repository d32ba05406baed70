"""The feed of changes: topics of outcomes, members of dialogues, countries and sources."""

import pytest
from django.db import connection

from tests.test_changes import ask, read
from tests.world import (
    cite,
    make_country,
    make_dialogue,
    make_organization,
    make_source,
    make_user,
    make_visit,
)
from visits import changes, reference, states
from visits.models import Citation, Country, CountryName, Member, Source, Topic
from visits.models.changes import number_of
from visits.record import uid_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    """A published visit with its people, topic and outcome, that the feed has."""
    visit = make_visit(head="Aina Orazowa", topics=["hydrogen"], outcomes=["A summit"])
    read()
    return visit


def test_other_topics_of_an_outcome_change_it_and_its_visit(visit):
    outcome, cursor = visit.outcomes.get(), changes.newest()
    outcome.topics.set([Topic.objects.get(slug="hydrogen")])
    assert read(cursor) == [
        ("visit", visit.pk, "changed", ("outcomes",)),
        ("outcome", outcome.pk, "changed", ("topics",)),
    ]
    cursor = changes.newest()
    outcome.topics.through.objects.update(topic=Topic.objects.get(slug="energy"))
    assert read(cursor, "outcome") == [("outcome", outcome.pk, "changed", ("topics",))]
    cursor = changes.newest()
    outcome.topics.clear()
    assert read(cursor, "outcome") == [("outcome", outcome.pk, "changed", ("topics",))]


@pytest.mark.parametrize("members", ["countries", "organizations"])
def test_other_members_of_a_dialogue_change_it(db, members):
    dialogue = make_dialogue("three-plus-japan", members=["TM", "UZ"])
    dialogue.organizations.add(make_organization("eu"))
    one = getattr(dialogue, members).first()
    read()
    cursor = changes.newest()
    getattr(dialogue, members).remove(one)
    assert read(cursor) == [("dialogue", dialogue.pk, "changed", (members,))]
    cursor = changes.newest()
    getattr(dialogue, members).add(one)
    assert read(cursor) == [("dialogue", dialogue.pk, "changed", (members,))]


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        (lambda: Country.objects.filter(pk="TM").update(official_name="Türkmenistan"), ("official_name",)),
        (lambda: CountryName.objects.create(country_id="TM", text="Turkmenia", key="turkmenia"), ("other_names",)),
        (lambda: Country.objects.get(pk="TM").successors.add(make_country("UZ")), ("successors",)),
    ],
    ids=["its columns", "its names", "its successors"],
)
def test_a_country_changes(client, db, action, fields):
    make_country("TM"), make_country("UZ")
    read()
    cursor = changes.newest()
    action()
    assert [(what, written) for _kind, _pk, what, written in read(cursor)] == [("changed", fields)]
    (item,) = ask(client, f"?since={cursor}&type=country")["results"]
    assert item["record"] == {"id": "TM", "uid": str(uid_for("country", "TM")), "url": "/countries/TM/"}


def test_a_country_comes_and_goes(db):
    make_country("TM")
    number = number_of("TM")
    assert read() == [("country", number, "created", ())]
    cursor = changes.newest()
    Country.objects.all().delete()
    assert read(cursor) == [("country", number, "deleted", ())]


def test_the_lock_of_a_country_is_no_change(db):
    make_country("TM")
    read()
    cursor = changes.newest()
    Country.objects.update(locked_fields=["name"])
    assert read(cursor) == []


def test_the_number_of_a_country_is_the_same_in_the_database(db):
    codes = [item["code"] for item in reference.read("countries")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, ('x' || left(md5(code), 15))::bit(60)::bigint FROM unnest(%s::text[]) AS code", [codes]
        )
        found = dict(cursor.fetchall())
    assert (found, len(set(found.values()))) == ({code: number_of(code) for code in codes}, len(codes))


def test_a_source_is_public_with_what_cites_it(visit):
    user = make_user("elena", is_superuser=True)
    source = make_source()
    cursor = changes.newest()
    cite(Member.objects.get(), source, "Orazowa")
    assert read(cursor, "source") == [("source", source.pk, "created", ())]
    cursor = changes.newest()
    states.withdraw(visit, user)
    assert read(cursor, "source") == [("source", source.pk, "deleted", ())]
    states.publish(visit, user)
    read()
    cursor = changes.newest()
    Citation.objects.all().delete()
    assert read(cursor, "source") == [("source", source.pk, "deleted", ())]


def test_a_source_of_another_citation_stays(visit):
    one, other = make_source(), make_source(title="Another")
    cite(visit, one, "On 22 January")
    cite(visit, other, "On 22 January")
    read()
    cursor = changes.newest()
    Citation.objects.filter(source=one).update(source=other)
    assert read(cursor, "source") == [("source", one.pk, "deleted", ())]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"url": "https://example.org/", "title": "A story"}, ("original", "title")),
        ({"retrieved_at": "2024-01-22T12:00Z"}, ("retrieved",)),
        ({"trusted": False, "raw": b"bytes"}, None),
    ],
)
def test_a_public_source_changes(visit, values, fields):
    source = make_source()
    cite(visit, source, "On 22 January")
    Source.objects.create(title="that nothing cites")
    read()
    cursor = changes.newest()
    Source.objects.update(**values)
    assert read(cursor) == ([("source", source.pk, "changed", fields)] if fields else [])
