"""Feeds from their address to candidates: asked politely, each story once, nothing published, nothing lost."""

from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from tests.hostile_server import answer, serving
from tests.world import make_country
from visits import feeds, fetching, loads, tasks
from visits.imports.feed_file import listing_of
from visits.imports.reading import UnreadableInput
from visits.models import Candidate, Feed, FeedEntry, FeedHost, ImportRun, Source, Visit

pytestmark = pytest.mark.django_db

VISIT = (
    "The foreign minister of Turkmenistan, Rashid Meredov, visited Japan on 22 January 2024. He met the prime minister."
)
OTHER = "The museum of carpets has opened a new hall. More than a thousand people came on the first day of the show."


def story(text: str) -> bytes:
    return answer(f"<!doctype html><html><head><title>News</title></head><body><p>{text}</p></body></html>".encode())


def rss(*items: str, **headers: str) -> bytes:
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{"".join(items)}</channel></rss>'
    return answer(body.encode(), kind="application/rss+xml", **headers)


def item(link: str, title: str = "A story", guid: str = "", date: str = "Tue, 23 Jan 2024 10:00:00 GMT") -> str:
    return f"<item><title>{title}</title><link>{link}</link><guid>{guid or link}</guid><pubDate>{date}</pubDate></item>"


@pytest.fixture
def server(settings):
    for code in ("TM", "JP"):
        make_country(code)
    settings.FEED_GAP = 0
    with serving() as server:
        settings.FETCH_ALLOW = {("127.0.0.1", server.port)}
        server.answers |= {"/visit": story(VISIT), "/other": story(OTHER)}
        yield server


def make_feed(server, path: str = "/feed", **values) -> Feed:
    feed = Feed(name="Ministry", url=server.url(path), **values)
    feeds.begin(feed)
    feed.save()
    return feed


def tick() -> None:
    """What beat and the workers do, until nothing is left to do."""
    for _round in range(4):
        for host in feeds.due_hosts():
            feeds.take_turn(host)
        for run in feeds.gather():
            loads.run_load(run.pk)
        feeds.settle()


def due(feed: Feed) -> Feed:
    Feed.objects.filter(pk=feed.pk).update(next_at=timezone.now())
    feed.refresh_from_db()
    return feed


def states() -> list[tuple[str, str]]:
    return [(urlsplit(url).path, state) for url, state in FeedEntry.objects.order_by("pk").values_list("url", "state")]


# from a feed to the queue


def test_what_tells_of_a_visit_waits_for_an_editor_and_the_rest_is_set_aside(server):
    server.answers["/feed"] = rss(item(server.url("/other"), "A museum"), item(server.url("/visit"), "A visit"))
    feed = make_feed(server, publisher="Ministry of Foreign Affairs")
    tick()
    assert states() == [("/visit", "visit"), ("/other", "nothing")]
    assert list(Candidate.objects.order_by("state").values_list("state", "action")) == [
        ("aside", "nothing"),
        ("pending", "create"),
    ]
    assert (Visit.objects.count(), ImportRun.objects.get().trust) == (0, False)
    assert FeedEntry.objects.get(state="nothing").note == "no visit found"
    feed.refresh_from_db()
    assert (feed.status, feed.message, feed.failures) == ("well", "", 0)
    assert feed.next_at > timezone.now() + timedelta(minutes=50)


def test_what_a_host_forbids_machines_is_neither_polled_nor_fetched(server):
    server.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /visit\nDisallow: /secret", kind="text/plain")
    server.answers["/feed"] = rss(item(server.url("/visit")), item(server.url("/other")))
    feed, secret = make_feed(server), make_feed(server, "/secret")
    tick()
    assert states() == [("/other", "nothing"), ("/visit", "error")]
    assert "robots.txt" in FeedEntry.objects.get(state="error").note
    for one in (feed, secret):
        one.refresh_from_db()
    assert (feed.status, secret.status, "robots.txt" in secret.message) == ("well", "resting", True)
    assert {"/visit", "/secret"} & {*server.paths} == set()


def test_a_source_has_the_address_the_bytes_and_the_day(server):
    server.answers["/feed"] = rss(item(server.url("/visit")))
    make_feed(server, publisher="Ministry")
    tick()
    source = Source.objects.get()
    assert (source.url, source.published, source.publisher) == (server.url("/visit"), "2024-01-23", "Ministry")
    assert bytes(source.raw) == server.answers["/visit"].split(b"\r\n\r\n", 1)[1]
    assert (source.text, source.sha256) == (VISIT, FeedEntry.objects.get().sha256)
    assert timezone.now() - source.retrieved_at < timedelta(minutes=5)


def test_a_story_is_fetched_once_whatever_names_it(server):
    server.answers["/feed"] = rss(item(server.url("/visit"), guid="1"))
    server.answers["/too"] = rss(item(server.url("/visit"), guid="2"), item(server.url("/copy"), guid="3"))
    server.answers["/copy"] = server.answers["/visit"]
    feed = make_feed(server)
    tick()
    make_feed(server, "/too")
    due(feed)
    tick()
    assert server.paths.count("/visit") == 1
    assert states() == [("/visit", "visit"), ("/copy", "known"), ("/visit", "known")]
    assert Candidate.objects.count() == 1


def test_a_page_is_looked_at_for_its_links(server):
    links = "".join(
        f'<a href="{href}">{text}</a>'
        for href, text in [
            ("/visit#top", "Minister of Turkmenistan visits Japan"),
            ("/about", "About us"),
            ("http://other.example/x", "A story that stands elsewhere"),
            ("javascript:alert(1)", "One that would run something here"),
            ("mailto:a@b.example", "Write to us about it all"),
        ]
    )
    server.answers["/page"] = answer(f"<!doctype html><html><body>{links}</body></html>".encode())
    make_feed(server, "/page", kind="page")
    tick()
    assert states() == [("/visit", "visit")]


def test_links_of_a_page_by_what_their_address_holds(server):
    page = b"<html><body><a href='/visit'>x</a><a href='/other'>A title that is quite long</a></body></html>"
    listing = listing_of(page, "http://a.example/", "page", links="/vis")
    assert [(one.url, one.title) for one in listing.entries] == [("http://a.example/visit", "x")]


def test_what_was_no_visit_is_read_again_from_the_bytes_that_were_kept(server, monkeypatch):
    server.answers["/feed"] = rss(item(server.url("/other")))
    make_feed(server)
    tick()
    assert feeds.read_again(FeedEntry.objects.all()) == 1
    tick()
    assert (states(), server.paths) == ([("/other", "nothing")], ["/robots.txt", "/feed", "/other"])
    assert FeedEntry.objects.get().note == "no visit found"


# politeness


def test_a_feed_that_did_not_change_is_not_sent_again(server):
    server.answers["/feed"] = rss(item(server.url("/visit")), ETag='"1"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")
    feed = make_feed(server)
    tick()
    server.answers["/feed"] = answer(b"", "304 Not Modified")
    due(feed)
    tick()
    asked = [request for request in server.requests if request.startswith("GET /feed")][1]
    assert 'If-None-Match: "1"' in asked
    assert "If-Modified-Since: Mon, 01 Jan 2024" in asked
    feed.refresh_from_db()
    assert (feed.status, feed.etag, FeedEntry.objects.count()) == ("well", '"1"', 1)


def test_a_feed_that_fails_is_asked_less_and_less_and_then_rests(server):
    server.answers["/feed"] = answer(b"", "500 Oh")
    feed = make_feed(server)
    waits = []
    while due(feed).status != "resting":
        feeds.take_turn(feed.host)
        feed.refresh_from_db()
        if feed.next_at:
            waits.append(round((feed.next_at - timezone.now()).total_seconds() / 3600))
    assert waits == [1, 2, 4, 8, 16, 24, 24]
    assert (feed.failures, feed.message) == (8, "The server answers 500.")


def test_a_host_says_when_it_may_be_asked_again(server):
    server.answers["/feed"] = answer(b"", "429 Slow down", Retry_After="7200")
    feed = make_feed(server, every=15)
    make_feed(server, "/too")
    assert feeds.take_turn(feed.host) == 1
    feed.refresh_from_db()
    assert feed.next_at > timezone.now() + timedelta(minutes=110)
    assert feeds.due_hosts() == []
    assert feeds.take_turn(feed.host) == 0


def test_requests_to_a_host_have_a_gap(server, settings):
    settings.FEED_GAP = 0.2
    server.answers["/feed"] = rss(item(server.url("/visit")))
    feed = make_feed(server)
    began = timezone.now()
    assert feeds.take_turn(feed.host) == 2
    assert (timezone.now() - began).total_seconds() > 0.2
    assert FeedHost.objects.get().free_at > began + timedelta(seconds=0.4)


@pytest.mark.django_db(transaction=True)
def test_one_at_a_time_asks_a_host(server):
    feed = make_feed(server)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [feeds.HOST_LOCK, feed.host])
        assert feeds.take_turn(feed.host) == 0
    finally:
        other.close()
    assert server.requests == []


@pytest.mark.parametrize(
    ("url", "words"), [("http://169.254.169.254/", "no public address"), ("http://a.example:22/", "Port")]
)
def test_a_feed_at_an_address_that_is_never_fetched_rests_at_once(server, settings, url, words):
    feed = make_feed(server)
    Feed.objects.filter(pk=feed.pk).update(url=url, host="somewhere")
    feeds.take_turn("somewhere")
    feed.refresh_from_db()
    assert (feed.status, words in feed.message, feed.next_at) == ("resting", True, None)


# what goes wrong


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b"<html><head><link rel=alternate type='application/rss+xml' href='/rss'></head></html>",
            "http://a.example/rss",
        ),
        (b"no xml at all", "no RSS or Atom feed"),
        (b"", "no RSS or Atom feed"),
        (b"<rss>" + b"<item></item>" * 6000, "more entries"),
        (b"x" * (6 * 2**20), "at most 4 MB"),
        (b"<rss><channel><title>" + b"&" * 400_000, "more entries"),
        (b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss/>', "defines entities"),
        (b"file:///etc/passwd", "no RSS or Atom feed"),
        (b"/etc/passwd", "no RSS or Atom feed"),
    ],
)
def test_what_is_no_feed_says_why(content, words):
    with pytest.raises(UnreadableInput) as refused:
        listing_of(content, "http://a.example/", "feed")
    assert words in refused.value.detail


def test_entities_that_are_hidden_in_another_encoding_are_not_expanded():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = (
        f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY l0 "ha">'
        f'<!ENTITY x SYSTEM "file:///etc/passwd">{laughs}]><rss version="2.0"><channel>'
        "<item><title>&l9; &x; end</title><link>http://a.example/1</link></item></channel></rss>"
    )
    (entry,) = listing_of(body.encode("utf-16"), "http://a.example/", "feed").entries
    assert len(entry.title) < 100
    assert "root:" not in entry.title


def test_an_atom_feed_with_relative_links_and_markup_in_titles():
    body = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry><id>tag:1</id>
        <title type="html">&lt;b&gt;Talks&lt;/b&gt; &amp;amp; more&lt;script&gt;x&lt;/script&gt;</title>
        <link href="/1"/><updated>2024-01-23T10:00:00Z</updated></entry>
        <entry><id>tag:2</id><title>Without an address</title></entry></feed>"""
    listing = listing_of(body.encode(), "http://a.example/feed", "feed")
    (entry,) = listing.entries
    assert (entry.guid, entry.url, entry.published) == ("tag:1", "http://a.example/1", "2024-01-23")
    assert (entry.title, listing.left_out) == ("Talks & more x", 1)


def test_a_story_that_cannot_be_fetched_is_tried_again_later_and_then_says_why(server):
    server.answers["/busy"] = answer(b"", "503 Busy")
    server.answers["/feed"] = rss(item(server.url("/busy")), item(server.url("/absent")), item("http://10.0.0.1/x"))
    feed = make_feed(server)
    for _try in range(4):
        FeedEntry.objects.update(next_at=timezone.now())
        for host in [feed.host, "10.0.0.1"]:
            feeds.take_turn(host)
    notes = {
        urlsplit(url).path: (state, note) for url, state, note in FeedEntry.objects.values_list("url", "state", "note")
    }
    assert notes["/busy"] == ("error", "The server answers 503.")
    assert notes["/absent"] == ("error", "The server answers 404.")
    assert notes["/x"] == ("error", "“10.0.0.1” is at 10.0.0.1, which is no public address.")
    assert (server.paths.count("/busy"), server.paths.count("/absent")) == (4, 1)


def test_a_story_that_is_no_text_says_so_beside_those_that_are(server):
    server.answers["/binary"] = answer(b"\x89PNG\r\n", kind="text/html")
    server.answers["/feed"] = rss(item(server.url("/binary")), item(server.url("/visit")))
    make_feed(server)
    tick()
    assert states() == [("/visit", "visit"), ("/binary", "error")]
    assert FeedEntry.objects.get(state="error").note == "It is no text but a picture."


def test_a_fault_of_ours_does_not_make_a_host_be_asked_without_end(server, monkeypatch):
    feed = make_feed(server)
    monkeypatch.setattr(feeds, "fetch", lambda *args, **options: 1 / 0)
    assert feeds.take_turn(feed.host) == 1
    feed.refresh_from_db()
    assert (feed.status, feed.message) == ("failing", "An error of ours: ZeroDivisionError.")


# killed in the middle


class Killed(BaseException):
    pass


@pytest.mark.parametrize("where", ["_note", "_twin", "_load_of", "_settle"])
def test_who_is_killed_in_the_middle_is_followed_by_another(server, monkeypatch, where):
    def kill(*args):
        raise Killed

    server.answers["/feed"] = rss(item(server.url("/other")), item(server.url("/visit")))
    make_feed(server)
    with monkeypatch.context() as patch:
        patch.setattr(feeds, where, kill)
        with pytest.raises(Killed):
            tick()
    now = timezone.now()
    Feed.objects.filter(next_at__lt=now + timedelta(minutes=3)).update(next_at=now)
    FeedEntry.objects.update(next_at=now)
    tick()
    assert sorted(states()) == [("/other", "nothing"), ("/visit", "visit")]
    assert (Candidate.objects.count(), ImportRun.objects.count()) == (2, 1)


@pytest.mark.parametrize("path", ["/feed", "/visit"])
def test_what_kills_every_worker_is_given_up(server, monkeypatch, path):
    def kill(url, *args, **options):
        if url.endswith(path):
            raise Killed
        return fetching.fetch(url, *args, **options)

    server.answers["/feed"] = rss(item(server.url("/visit")))
    feed = make_feed(server)
    monkeypatch.setattr(feeds, "fetch", kill)
    for _time in range(10):
        FeedEntry.objects.update(next_at=timezone.now())
        Feed.objects.filter(next_at__lt=timezone.now() + timedelta(minutes=3)).update(next_at=timezone.now())
        with suppress(Killed):
            feeds.take_turn(feed.host)
    feed.refresh_from_db()
    if path == "/feed":
        assert (feed.status, feed.message, feed.next_at) == ("resting", "It broke off 8 times.", None)
    else:
        entry = FeedEntry.objects.get()
        assert (feed.status, entry.state, entry.note) == ("well", "error", "It broke off 4 times.")


def test_a_load_that_was_taken_back_can_be_read_again(server):
    from visits.review import undo

    server.answers["/feed"] = rss(item(server.url("/visit")))
    make_feed(server)
    tick()
    undo.undo(ImportRun.objects.get(), None, "")
    assert Candidate.objects.get().state == "undone"
    feeds.read_again(FeedEntry.objects.all())
    tick()
    assert list(Candidate.objects.order_by("pk").values_list("state", flat=True)) == ["undone", "pending"]


def test_a_tick_sends_what_is_due(server, queue, monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr(tasks.ask_host, "apply_async", lambda args, **options: asked.append(args))
    server.answers["/feed"] = rss(item(server.url("/visit")))
    feed = make_feed(server)
    tasks.read_feeds()
    assert asked == [(feed.host,)]
    tasks.ask_host(feed.host)
    with django_capture_on_commit_callbacks() as callbacks:
        tasks.read_feeds()
    assert (len(callbacks), ImportRun.objects.get().status) == (1, "queued")
