"""A hand edit locks what it changed, knows who and why, and sees when somebody else was faster."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.world import cite, make_city, make_dialogue, make_meeting, make_source, make_topic, make_visit
from visits import edit, history
from visits.models import Delegation, Member, Official, OfficialName, RetiredId, TopicLink, Visit, VisitPlace

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(db):
    return make_visit(head="Aina Orazowa", topics=["hydrogen"], place="Tokyo")


# locks


def test_a_changed_field_is_locked(visit, editor):
    assert edit.apply(visit, {"kind": "state", "status": visit.status}, user=editor) == {"kind"}
    assert Visit.objects.get(pk=visit.pk).locked_fields == ["kind"]


def test_locks_add_up(visit, editor):
    edit.apply(visit, {"kind": "state"}, user=editor)
    edit.apply(visit, {"title": "A state visit"}, user=editor)
    assert Visit.objects.get(pk=visit.pk).locked_fields == ["kind", "title"]


def test_an_edit_that_changes_nothing_locks_nothing(visit, editor):
    assert edit.apply(visit, {"kind": visit.kind}, user=editor) == set()
    assert Visit.objects.get(pk=visit.pk).locked_fields == []


def test_a_relinked_member_is_locked_in_its_own_row(visit, editor):
    member = Member.objects.get()
    other = Official.objects.create(name="Other Person", key="other person")
    edit.apply(member, {"official": other}, user=editor)
    member.refresh_from_db()
    visit.refresh_from_db()
    assert (member.official, member.locked_fields, visit.locked_fields) == (other, ["official"], [])


@pytest.mark.parametrize(
    ("make", "list_name"),
    [
        (lambda visit: VisitPlace(visit=visit, as_printed="Osaka"), "places"),
        (lambda visit: TopicLink(visit=visit, topic=make_topic("trade")), "topics"),
        (lambda visit: Delegation(visit=visit, sender_country=visit.guest_country), "delegations"),
    ],
)
def test_a_row_that_joins_or_leaves_a_list_locks_the_list(visit, editor, make, list_name):
    row = make(visit)
    with edit.deed(editor):
        edit.save(row)
    visit.refresh_from_db()
    joined, visit.locked_fields = visit.locked_fields, []
    visit.save()
    with edit.deed(editor):
        edit.remove(row)
    visit.refresh_from_db()
    assert (joined, visit.locked_fields) == ([list_name], [list_name])


def test_a_new_row_locks_the_fields_that_it_has_values_in(visit, editor):
    row = TopicLink(visit=visit, topic=make_topic("trade"), as_printed="commerce")
    with edit.deed(editor):
        edit.save(row)
    assert TopicLink.objects.get(pk=row.pk).locked_fields == ["as_printed", "topic"]


def test_members_of_a_dialogue_are_one_list(editor):
    dialogue = make_dialogue("c5", members=["TM"])
    with edit.deed(editor):
        edit.save(dialogue, {"countries"})
    assert dialogue.locked_fields == ["members"]


# keys and rules


def test_the_key_follows_the_name(editor):
    official = Official.objects.create(name="Raşit Meredow", key="rasit meredow")
    edit.apply(official, {"name": "Ýusup Meredow"}, user=editor)
    with edit.deed(editor):
        edit.save(OfficialName(official=official, text="Юсуп Мередов", language="ru"))
    official.refresh_from_db()
    assert (official.key, official.other_names.get().key) == ("yusup meredow", "yusup meredov")
    assert official.locked_fields == ["name", "other_names"]


def test_what_is_wrong_is_named_and_nothing_is_written(visit, editor):
    with pytest.raises(ValidationError) as caught:
        edit.apply(visit, {"start": "soon", "title": "New"}, user=editor)
    assert list(caught.value.message_dict) == ["start"]
    assert Visit.objects.get(pk=visit.pk).title == ""


# who, when, why


def test_history_says_who_did_what_and_why(visit, editor):
    edit.apply(visit, {"kind": "state"}, user=editor, reason="the programme says so")
    entry = history.of(visit)[0]
    assert (entry.who, entry.reason) == ("editor", "the programme says so")
    assert entry.rows == [
        history.RowChange("Visit", "update", [history.FieldChange("Kind", "Kind not stated", "State visit")])
    ]


def test_history_tells_of_parts_that_are_gone(visit, editor):
    with edit.deed(editor):
        edit.remove(visit.topic_links.get())
    assert history.of(visit)[0].rows == [history.RowChange("Topic link: hydrogen", "delete", [])]


def test_history_takes_as_many_queries_for_many_events(visit, editor, django_assert_num_queries):
    edit.apply(visit, {"title": "one"}, user=editor)
    with CaptureQueriesContext(connection) as first:
        history.of(visit)
    for title in ("two", "three"):
        edit.apply(visit, {"title": title}, user=editor)
    with django_assert_num_queries(len(first)):
        assert len(history.of(visit)) > 3


# two people at one record


def test_a_record_that_nobody_touched_is_unchanged(visit):
    edit.check_unchanged(visit, edit.seen_now(visit))


@pytest.mark.parametrize(
    "change",
    [
        lambda visit: Visit.objects.filter(pk=visit.pk).update(summary="Other words"),
        lambda visit: Member.objects.update(post_as_printed="Prime Minister"),
        lambda visit: visit.places.create(city=make_city("Osaka", "JP")),
        lambda visit: visit.topic_links.all().delete(),
        lambda visit: make_meeting(visits=[visit]),
        lambda visit: cite(Member.objects.get(), make_source(), "came to Tokyo"),
    ],
)
def test_a_change_of_the_record_or_of_a_part_is_seen(visit, change):
    seen = edit.seen_now(visit)
    change(visit)
    with pytest.raises(edit.Stale):
        edit.check_unchanged(visit, seen)


def test_a_stale_edit_is_told_what_changed_and_by_whom(visit, editor, reviewer):
    seen = edit.seen_now(visit)
    edit.apply(visit, {"kind": "state"}, user=reviewer)
    with pytest.raises(edit.Stale) as caught:
        edit.apply(visit, {"kind": "working"}, user=editor, seen=seen)
    assert Visit.objects.get(pk=visit.pk).kind == "state"
    assert [(entry.who, entry.rows[0].fields[0].after) for entry in caught.value.entries] == [
        ("reviewer", "State visit")
    ]


def test_the_fingerprint_is_of_content_alone(visit):
    before = edit.fingerprint(visit)
    visit.locked_fields = ["title"]
    visit.save()
    assert edit.fingerprint(visit) == before


def test_a_deleted_record_is_told(visit):
    seen = edit.seen_now(visit)
    Visit.objects.filter(pk=visit.pk).delete()
    with pytest.raises(ValidationError, match="deleted meanwhile"):
        edit.check_unchanged(visit, seen)


# removal


def test_a_removed_record_keeps_its_id(visit, editor):
    delegation = visit.delegations.get()
    pk = visit.pk
    with edit.deed(editor):
        edit.remove(visit)
    retired = RetiredId.objects.order_by("kind").values_list("kind", "record_id")
    assert list(retired) == [("delegation", delegation.pk), ("visit", pk)]
