"""The feed of changes: as the public sees it, in an order that loses nothing."""

import threading

import pytest
from django.db import connection, transaction

from tests import undoing
from tests.world import (
    cite,
    hide_everywhere,
    make_country,
    make_meeting,
    make_official,
    make_organization,
    make_source,
    make_user,
    make_visit,
)
from visits import changes, edit, states
from visits.filters import FILTERS
from visits.models import Change, Delegation, Mark, Member, Official, Outcome, Topic, TopicLink, Visit
from visits.models.changes import number_of
from visits.review import merging, undo

pytestmark = pytest.mark.django_db
URL = "/api/v1/changes/"


@pytest.fixture
def user():
    return make_user("elena", is_superuser=True)


def read(since: int = 0, *kinds: str) -> list[tuple]:
    """(kind, record, action, fields) of what came behind a cursor."""
    changes.gather_all()
    columns = ("kind", "record", "action", "fields")
    return [(*rest, tuple(fields)) for *rest, fields in changes.behind(since, kinds=kinds).values_list(*columns)]


@pytest.fixture
def visit():
    """A published visit with its people, topic and outcome, that the feed has."""
    visit = make_visit(head="Aina Orazowa", topics=["hydrogen"], outcomes=["A summit"], place="Tokyo")
    read()
    return visit


def behind(action) -> list[tuple]:
    """What comes into the feed by an action, of visits."""
    cursor = changes.newest()
    action()
    return [(action, *fields) for _kind, _pk, action, fields in read(cursor, "visit")]


# what the public sees


def test_publishing_creates_the_visit_and_what_it_makes_public(user):
    visit = make_visit(state="draft", head="Aina Orazowa", outcomes=["A summit"])
    assert read(0, "visit", "official", "post", "outcome") == []
    states.publish(visit, user)
    head = Official.objects.get()
    assert read(0, "visit", "official", "post", "outcome") == [
        ("visit", visit.pk, "created", ()),
        ("outcome", visit.outcomes.get().pk, "created", ()),
        ("official", head.pk, "created", ()),
        ("post", Member.objects.get().post_id, "created", ()),
    ]


def test_withdrawing_deletes_it_and_what_nothing_else_reaches(visit, user):
    make_meeting(participants=[("Aina Orazowa", "TM")])
    read()
    cursor = changes.newest()
    states.withdraw(visit, user)
    assert read(cursor) == [
        ("visit", visit.pk, "deleted", ()),
        ("outcome", visit.outcomes.get().pk, "deleted", ()),
        ("post", Member.objects.get().post_id, "deleted", ()),
    ]


def test_publishing_again_creates_again(visit, user):
    states.withdraw(visit, user)
    read()
    assert behind(lambda: states.publish(visit, user)) == [("created",)]


def test_what_was_withdrawn_and_published_between_two_looks_is_the_same(visit, user):
    assert behind(lambda: (states.withdraw(visit, user), states.publish(visit, user))) == []


def test_a_change_says_which_fields_were_written(visit):
    assert behind(lambda: Visit.objects.filter(pk=visit.pk).update(summary="They talked.", start="2024-01-21")) == [
        ("changed", "start", "summary")
    ]


@pytest.mark.parametrize(
    ("action", "field"),
    [
        (lambda visit: visit.places.update(as_printed="Tôkyô"), "places"),
        (lambda visit: visit.delegations.update(sender_as_printed="Türkmenistan"), "delegations"),
        (lambda visit: Member.objects.update(as_printed="A. Orazowa"), "delegations"),
        (lambda visit: TopicLink.objects.update(modality="agreed"), "topics"),
        (lambda visit: Outcome.objects.update(life="dropped"), "outcomes"),
        (lambda visit: cite(visit, make_source(), "On 22 January"), "citations"),
        (lambda visit: cite(Member.objects.get(), make_source(), "Orazowa"), "citations"),
        (lambda visit: make_meeting(visits=[visit]), "meetings"),
        (lambda visit: TopicLink.objects.all().delete(), "topics"),
        (lambda visit: Delegation.objects.get().delete(), "delegations"),
    ],
    ids=["place", "delegation", "member", "topic", "outcome", "citation", "its part's citation", "meeting",
         "topic gone", "delegation gone"],
)  # fmt: skip
def test_a_change_of_a_part_changes_the_visit(visit, action, field):
    assert behind(lambda: action(visit)) == [("changed", field)]


@pytest.mark.parametrize(
    "action",
    [
        lambda visit: Visit.objects.update(locked_fields=["summary"]),
        lambda visit: Member.objects.update(locked_fields=["as_printed"]),
        lambda visit: Visit.objects.update(summary=visit.summary),
        lambda visit: Official.objects.update(notes="Ask her."),
        lambda visit: make_visit(state="draft", head="Aina Orazowa"),
        lambda visit: make_organization("a-firm"),
    ],
    ids=["locks", "locks of a part", "the same again", "notes of editors", "a draft", "what nothing names"],
)
def test_what_the_public_does_not_see_is_no_change(visit, action):
    cursor = changes.newest()
    action(visit)
    assert read(cursor) == []


def test_another_head_changes_the_visit_and_who_is_public(visit):
    cursor, former, new = changes.newest(), Official.objects.get(), make_official("Ken Mori", "JP")
    Member.objects.update(official=new)
    assert read(cursor) == [
        ("visit", visit.pk, "changed", ("delegations",)),
        ("official", former.pk, "deleted", ()),
        ("official", new.pk, "created", ()),
    ]


def test_a_trusted_load_creates_and_its_undo_deletes(user):
    for code in ("TM", "JP"):
        make_country(code)
    run = undoing.load(undoing.visit())
    visit, head = Visit.objects.get(), Official.objects.get()
    assert read(0, "visit", "official") == [("visit", visit.pk, "created", ()), ("official", head.pk, "created", ())]
    cursor = changes.newest()
    undo.undo(run, user)
    assert read(cursor, "visit", "official") == [
        ("visit", visit.pk, "deleted", ()),
        ("official", head.pk, "deleted", ()),
    ]
    cursor = changes.newest()
    undoing.load(undoing.visit())
    assert read(cursor, "visit") == [("visit", visit.pk, "created", ())]


def test_a_merge_says_what_it_was_merged_into(client, user):
    one, other = make_official("Aina Orazowa"), make_official("Ayna Orazova")
    make_visit(head="Aina Orazowa")
    second = make_visit(start="2024-03", head="Ayna Orazova")
    read()
    cursor = changes.newest()
    merging.merge(one, other, user)
    assert sorted(read(cursor, "visit", "official")) == [
        ("official", one.pk, "changed", ("other_names",)),
        ("official", other.pk, "merged", ()),
        ("visit", second.pk, "changed", ("delegations",)),
    ]
    results = client.get(f"{URL}?since={cursor}&type=official").json()["results"]
    (found,) = (item for item in results if item["action"] == "merged")
    assert found["merged_into"] == {"id": one.pk, "uid": str(one.uid), "url": f"/officials/{one.pk}/"}
    assert found["record"] == {"id": other.pk, "uid": str(other.uid), "url": f"/officials/{other.pk}/"}


def test_nothing_of_what_is_hidden_is_in_the_feed(world):
    hide_everywhere(world)
    hidden = {(record._meta.model_name, record.pk) for record in world.hidden}
    assert hidden & {(kind, record) for kind, record, _action, _fields in read()} == set()


def test_each_public_record_is_there_once(world):
    found = [(kind, record) for kind, record, _action, _fields in read()]
    there = [(kind, number_of(pk) if kind == "country" else pk) for kind, name in changes.KINDS.items()
             for pk in FILTERS[name].public().values_list("pk", flat=True)]  # fmt: skip
    assert sorted(found) == sorted(there)


# the order


@pytest.mark.django_db(transaction=True)
def test_who_commits_later_comes_later_however_early_it_began():
    early, late = make_visit(summary="first"), make_visit("US", "FR")
    read()
    cursor, written, may_commit = changes.newest(), threading.Event(), threading.Event()

    def begin_early_commit_late():
        with transaction.atomic():
            Visit.objects.filter(pk=early.pk).update(summary="second")
            written.set()
            may_commit.wait(20)
        connection.close()

    other = threading.Thread(target=begin_early_commit_late)
    other.start()
    assert written.wait(20)
    Visit.objects.filter(pk=late.pk).update(summary="done")
    assert read(cursor) == [("visit", late.pk, "changed", ("summary",))]
    cursor = changes.newest()
    may_commit.set()
    other.join()
    assert read(cursor) == [("visit", early.pk, "changed", ("summary",))]


@pytest.mark.django_db(transaction=True)
def test_one_at_a_time_gathers():
    make_visit()
    found = []

    def gather_meanwhile():
        found.append(changes.gather())
        connection.close()

    with transaction.atomic():
        assert changes.gather()
        make_visit("US", "FR")
        other = threading.Thread(target=gather_meanwhile)
        other.start()
        other.join()
    assert found == [0]


def test_a_gathering_that_fails_loses_nothing(visit, monkeypatch):
    Visit.objects.update(summary="They talked.")
    monkeypatch.setattr(changes, "_write", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        changes.gather()
    monkeypatch.undo()
    assert read(changes.newest()) == [("visit", visit.pk, "changed", ("summary",))]


def test_time_never_falls(visit):
    Change.objects.update(at="2100-01-01T00:00Z")
    Visit.objects.update(summary="They talked.")
    changes.gather()
    assert Change.objects.latest("pk").at.year == 2100


def test_the_marks_of_one_transaction_are_taken_together(monkeypatch):
    monkeypatch.setattr(changes, "_AT_ONCE", 1)
    make_visit(head="Aina Orazowa", topics=["hydrogen"])
    changes.gather()
    assert not Mark.objects.exists()


# the address


def ask(client, query: str = "") -> dict:
    return client.get(f"{URL}{query}").json()


def test_a_poller_reads_page_after_page_and_then_what_is_new(client, visit):
    pages, body = [], ask(client, "?page_size=3")
    while body["next"]:
        pages += body["results"]
        body = client.get(body["next"]).json()
    pages += body["results"]
    assert [int(one["cursor"]) for one in pages] == list(Change.objects.values_list("pk", flat=True))
    Visit.objects.update(summary="They talked.")
    new = ask(client, f"?since={body['cursor']}")
    assert [(one["type"], one["record"]["id"], one["action"], one["fields"]) for one in new["results"]] == [
        ("visit", visit.pk, "changed", ["summary"])
    ]
    assert ask(client, f"?since={new['cursor']}") == {
        "next": None, "previous": None, "cursor": new["cursor"], "results": []
    }  # fmt: skip


def test_what_is_next_is_in_the_link_header_and_what_is_known_is_not_sent_again(client, visit):
    answer = client.get(f"{URL}?page_size=1")
    assert answer.headers["Link"] == f'<{answer.json()["next"]}>; rel="next"'
    assert client.get(f"{URL}?page_size=1", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("since", "number"),
    [
        ("2024-01-22T12:00:00Z", 2),
        ("2024-01-22T12:00:01Z", 1),
        ("2024-01-22T15:00:01+03:00", 1),
        ("2024-01-22T15:00:01%2B03:00", 1),
        ("2024-01-22", 2),
        ("2024-01-23", 0),
    ],
)
def test_since_an_instant(client, db, since, number):
    first, second = make_visit(), make_visit("US", "FR")
    read()
    Change.objects.filter(record=first.pk).update(at="2024-01-22T12:00Z")
    Change.objects.filter(record=second.pk).update(at="2024-01-22T13:00Z")
    assert len(ask(client, f"?since={since}&type=visit")["results"]) == number


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("?since=yesterday", "since", "unknown-value"),
        ("?since=2024-01-22T12:00:00", "since", "unknown-value"),
        ("?since=-1", "since", "unknown-value"),
        ("?since=99999999", "since", "unknown-cursor"),
        ("?since=0001-01-01T00:00:00%2B14:00", "since", "unknown-value"),
        ("?type=trip", "type", "unknown-value"),
        ("?page_size=0", "page_size", "unknown-value"),
        ("?until=3", "until", "unknown-filter"),
    ],
)
def test_what_is_not_understood_is_named(client, db, query, field, code):
    answer = client.get(URL + query)
    assert (answer.status_code, [(one["field"], one["code"]) for one in answer.json()["errors"]]) == (
        400, [(field, code)]
    )  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_do_not_grow(client, django_assert_num_queries, number):
    for day in range(number):
        make_visit(start=f"2024-01-0{day + 1}")
    changes.gather()
    with django_assert_num_queries(3):
        ask(client)


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_of_gathering_do_not_grow(django_assert_num_queries, number):
    for day in range(number):
        make_visit(start=f"2024-01-0{day + 1}", head=f"Person {day}", topics=["hydrogen"], outcomes=["A summit"])
    with django_assert_num_queries(31):
        changes.gather()


def test_a_topic_is_named_by_its_slug(client, visit):
    assert ask(client, "?type=topic")["results"][0]["record"]["url"] == "/topics/energy/"
    assert Topic.objects.count() == 2


# pages


def test_the_page_of_a_visit_shows_what_the_public_saw_of_its_history(client, visit, user):
    with edit.deed(user, "a secret reason"):
        Visit.objects.filter(pk=visit.pk).update(summary="They talked.", kind="state")
    make_meeting(visits=[visit], state="draft", title="A draft meeting")
    changes.gather()
    page = client.get(visit.get_absolute_url()).content.decode()
    history = page.partition('id="history"')[2].partition("</section>")[0]
    assert [words for words in ("Published", "Changed: kind, meetings, summary") if words in history] == [
        "Published", "Changed: kind, meetings, summary"
    ]  # fmt: skip
    assert [words for words in ("secret reason", "elena", "draft meeting") if words in page] == []


def test_the_first_page_says_what_changed_last(client, visit):
    other = make_visit("US", "FR", state="draft", title="Not yet")
    Visit.objects.filter(pk=visit.pk).update(title="Minister in Tokyo")
    changes.gather()
    page = client.get("/").content.decode().partition('id="changed"')[2].partition("</section>")[0]
    assert "Minister in Tokyo</a>" in page
    assert "changed: title" in page
    assert str(other) not in page
