"""Feeds at the desk: tried before they are saved, seen with what came of them, looked at and read again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.hostile_server import serving
from tests.test_feeds import OTHER, VISIT, item, make_feed, rss, story, tick
from tests.world import make_country, make_user
from visits import access
from visits.models import Candidate, Feed, FeedEntry

pytestmark = pytest.mark.django_db

ADD = reverse("admin:visits_feed_add")
FEEDS = reverse("admin:visits_feed_changelist")
STORIES = reverse("admin:visits_feedentry_changelist")


@pytest.fixture
def desk(client):
    access.ensure_groups()
    client.force_login(make_user("elena", group="Editor", is_staff=True))
    return client


@pytest.fixture
def server(settings):
    for code in ("TM", "JP"):
        make_country(code)
    settings.FEED_GAP = 0
    with serving() as server:
        settings.FETCH_ALLOW = {("127.0.0.1", server.port)}
        server.answers |= {"/visit": story(VISIT), "/other": story(OTHER)}
        server.answers["/feed"] = rss(item(server.url("/visit"), "A visit"), item(server.url("/other"), "A museum"))
        yield server


def typed(server, **values):
    return {"name": "Ministry", "url": server.url("/feed"), "kind": "feed", "every": 60, "active": "on", **values}


def test_a_feed_is_tried_before_it_is_saved(desk, server):
    answer = desk.post(ADD, typed(server, _try="1"))
    text = answer.content.decode()
    assert "2 stories stand there now." in text
    assert all(words in text for words in ("A visit", "A museum", "2024-01-23", "Read this one alone"))
    assert (Feed.objects.count(), FeedEntry.objects.count(), server.paths) == (0, 0, ["/feed"])


def test_what_a_try_shows_can_be_saved_from_there(desk, server):
    shown = desk.post(ADD, typed(server, _try="1")).context["typed"]
    desk.post(ADD, {**shown, "_save": "1"})
    feed = Feed.objects.get()
    assert (feed.name, feed.host, feed.user.username, feed.status) == ("Ministry", "127.0.0.1", "elena", "new")
    assert feed.next_at <= timezone.now()


def test_a_try_says_why_nothing_comes(desk, server):
    text = desk.post(ADD, typed(server, url=server.url("/visit"), _try="1")).content.decode()
    assert "It is a page and no feed. Choose “page with links”." in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "ftp://a.example/"}, "Only addresses that begin with http"),
        ({"url": "http://me:secret@a.example/"}, "user name or password"),
        ({"url": "http://a.example:22/"}, "Port 22"),
        ({"every": 1}, "greater than or equal to 15"),
    ],
)
def test_what_is_wrong_with_a_feed_is_said_at_its_field(desk, server, change, words):
    for button in ("_try", "_save"):
        answer = desk.post(ADD, {**typed(server), **change, button: "1"})
        assert words in answer.content.decode()
    assert (Feed.objects.count(), server.requests) == (0, [])


def test_the_list_says_when_and_what(desk, server):
    make_feed(server)
    tick()
    text = desk.get(FEEDS).content.decode()
    assert "Well" in text
    assert f"{STORIES}?feed__id__exact={Feed.objects.get().pk}&amp;state__exact=nothing" in text


def test_a_feed_at_rest_says_why_and_is_looked_at_again(desk, server):
    feed = make_feed(server)
    Feed.objects.update(status="resting", message="The server answers 500.", next_at=None, failures=8)
    assert "The server answers 500." in desk.get(FEEDS).content.decode()
    assert "8 failures in a row" in desk.get(reverse("admin:visits_feed_change", args=[feed.pk])).content.decode()
    desk.post(FEEDS, {"action": "look_now", "_selected_action": [feed.pk]})
    feed.refresh_from_db()
    assert (feed.status, feed.message, feed.failures, feed.next_at <= timezone.now()) == ("new", "", 0, True)


def test_another_address_is_looked_at_anew_and_another_name_is_not(desk, server):
    feed = make_feed(server)
    later = timezone.now() + timedelta(hours=1)
    Feed.objects.update(status="well", next_at=later)
    change = reverse("admin:visits_feed_change", args=[feed.pk])
    desk.post(change, typed(server, name="Another"))
    feed.refresh_from_db()
    assert (feed.name, feed.status, feed.next_at) == ("Another", "well", later)
    desk.post(change, typed(server, url=server.url("/too")))
    feed.refresh_from_db()
    assert (feed.status, feed.next_at < later) == ("new", True)


def test_what_was_no_visit_is_seen_with_the_readers_note_and_read_again(desk, server):
    make_feed(server)
    tick()
    text = desk.get(f"{STORIES}?state__exact=nothing").content.decode()
    assert "A museum" in text
    assert "no visit found" in text
    entry = FeedEntry.objects.get(state="nothing")
    answer = desk.post(STORIES, {"action": "read_again", "_selected_action": [entry.pk]}, follow=True)
    assert "1 story is read again." in answer.content.decode()
    entry.refresh_from_db()
    assert entry.state == "fetched"


def test_a_story_leads_to_what_it_proposes(desk, server):
    make_feed(server)
    tick()
    entry, candidate = FeedEntry.objects.get(state="visit"), Candidate.objects.get(state="pending")
    text = desk.get(reverse("admin:visits_feedentry_change", args=[entry.pk])).content.decode()
    assert reverse("admin:visits_candidate_change", args=[candidate.pk]) in text


def test_a_feed_is_deleted_with_its_stories_and_what_was_read_stays(desk, server):
    feed = make_feed(server)
    tick()
    desk.post(reverse("admin:visits_feed_delete", args=[feed.pk]), {"post": "yes"})
    assert (Feed.objects.count(), FeedEntry.objects.count(), Candidate.objects.count()) == (0, 0, 2)


@pytest.mark.parametrize("group", ["Contributor", "Reviewer"])
def test_who_may_not_change_feeds_sees_them(client, server, group):
    access.ensure_groups()
    client.force_login(make_user("nora", group=group, is_staff=True))
    feed = make_feed(server)
    assert client.get(FEEDS).status_code == 200
    assert client.post(ADD, typed(server, _try="1")).status_code == 403
    change = reverse("admin:visits_feed_change", args=[feed.pk])
    assert client.post(change, typed(server, _try="1")).status_code == 403
    client.post(FEEDS, {"action": "look_now", "_selected_action": [feed.pk]})
    assert server.requests == []


@pytest.mark.parametrize(("address", "count"), [(FEEDS, 6), (STORIES, 7)])
def test_queries_of_a_list_do_not_grow(desk, server, address, count):
    for number in (1, 2):
        for extra in range(number):
            feed = make_feed(server, f"/{number}-{extra}")
            FeedEntry.objects.create(feed=feed, guid="g", url=f"http://a.example/{number}{extra}", host="a.example")
        with CaptureQueriesContext(connection) as seen:
            desk.get(address)
        # session, user, permissions (2), [filter by feed,] count, rows
        assert len(seen) == count, [query["sql"][:150] for query in seen]


def queries_of(call) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert call().status_code == 200
    return len(seen)


def test_queries_of_a_try_do_not_grow_with_its_stories(desk, server):
    counts = []
    for number in (1, 3):
        server.answers["/feed"] = rss(*(item(server.url(f"/{one}")) for one in range(number)))
        counts.append(queries_of(lambda: desk.post(ADD, typed(server, _try="1"))))
    # session, user, permissions (2); how often it may be asked (3, with a savepoint), is the address taken;
    # what is known among stories, and among sources
    assert counts == [10, 10]


def test_queries_of_a_feed_and_of_a_story_do_not_grow(desk, server):
    counts = []
    for number in (1, 3):
        paths = [f"/story-{one}" for one in range(number)]
        server.answers |= {path: story(f"{VISIT} The talks about {path[-1]} cities were long.") for path in paths}
        server.answers["/feed"] = rss(*(item(server.url(path)) for path in paths))
        feed = Feed.objects.first() or make_feed(server)
        Feed.objects.update(next_at=timezone.now())
        tick()
        assert FeedEntry.objects.filter(state="visit").count() == number
        entry = FeedEntry.objects.first()
        for name, row in (("feed", feed), ("feedentry", entry)):
            url = reverse(f"admin:visits_{name}_change", args=[row.pk])
            desk.get(url)  # content types are asked for once
            counts.append(queries_of(lambda url=url: desk.get(url)))
    # session, user, permissions (2), the feed (for us, and for the form); of a story itself, and what it proposes
    assert counts == [6, 6, 6, 6]
