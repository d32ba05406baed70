"""Lists as calendars and feeds: what is written is read back, and equals the list."""

from datetime import UTC, date, datetime, timedelta

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from tests.world import make_meeting, make_visit
from visits import atom, calendars, dates, exports
from visits.citing import one_line
from visits.entries import Entry
from visits.models import Outcome, Visit

CHANGED = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
texts = st.text(st.characters(codec="utf-8"), max_size=40) | st.text(";,:\\\n\r\"' <&>]a=", max_size=40)
starts = st.one_of(
    st.dates().map(date.isoformat),
    st.dates().map(lambda day: f"{day:%Y-%m}".zfill(7)),
    st.sampled_from(["2024", "201X", "19XX", "2024-01-22?", "2024~", "9999", "9999-12-31"]),
)


def entry(start, **values):
    first, last = dates.bounds(start)
    known = {
        "uid": "3f2a", "url": "/visits/1-x/", "title": "A visit", "changed": CHANGED, "lines": (), "tags": (),
        "words": dates.display(start), "first": first, "last": last,
        "is_exact": bool(dates.parse(start).day and "?" not in start),
    }  # fmt: skip
    return Entry(**known | values)


def events_of(response):
    calendar = Calendar.from_ical(b"".join(response.streaming_content))
    return calendar, calendar.walk("VEVENT")


def feed_of(response):
    found = feedparser.parse(response.content)
    assert not found.bozo, found.bozo_exception
    return found


@given(starts)
def test_an_event_spans_what_its_date_can_mean_and_ends_exclusively(start):
    event = calendars.event_of(entry(start), "https://x.org/")
    first, last = dates.bounds(start)
    [back] = Calendar.from_ical(b"BEGIN:VCALENDAR\r\n" + event.to_ical() + b"END:VCALENDAR\r\n").walk("VEVENT")
    assert back["DTSTART"].dt == first
    assert back["DTEND"].dt == (last + timedelta(days=1) if last < date.max else date.max)
    assert back["STATUS"] == ("CONFIRMED" if len(start) == 10 else "TENTATIVE")


@given(texts.map(one_line), st.lists(texts.map(one_line).filter(bool), max_size=3))
def test_any_text_goes_through_a_calendar(title, lines):
    event = calendars.event_of(
        entry("2024-01-22", title=title, lines=tuple(lines), tags=tuple(lines)), "https://x.org/"
    )
    [back] = Calendar.from_ical(b"BEGIN:VCALENDAR\r\n" + event.to_ical() + b"END:VCALENDAR\r\n").walk("VEVENT")
    assert (str(back["SUMMARY"]), str(back.get("DESCRIPTION", ""))) == (title, "\n".join(lines))


@given(texts.map(one_line), texts.map(one_line))
def test_any_text_goes_through_a_feed(title, line):
    written = atom.feed_of(
        [entry("2024-01-22", title=title, lines=(line,))],
        title,
        line,
        "https://x.org/l/",
        "https://x.org/",
        "https://x.org/l.atom",
    )
    found = feedparser.parse(written, sanitize_html=False)
    assert not found.bozo
    assert (found.entries[0].id, found.entries[0].updated) == ("urn:uuid:3f2a", "2024-05-06T07:08:09+00:00")


@pytest.mark.django_db
class TestCalendars:
    def test_a_calendar_holds_the_filter_and_counts_what_has_no_year(self, client, world):
        calendar, events = events_of(client.get("/visits.ics?guest=TM"))
        assert [(str(one["UID"]), str(one["URL"])) for one in events] == [
            (str(world.story.uid), f"http://testserver{world.story.get_absolute_url()}")
        ]
        assert "1 without a year is left out." in str(calendar["DESCRIPTION"])

    def test_an_event_says_who_where_and_when(self, client, world):
        event = events_of(client.get("/visits.ics?guest=TM"))[1][0]
        assert str(event["SUMMARY"]) == "Foreign minister of Turkmenistan in Japan (Aina Orazowa)"
        assert (event["DTSTART"].dt, event["DTEND"].dt, event["STATUS"], str(event["LOCATION"])) == (
            date(2024, 1, 22), date(2024, 1, 24), "CONFIRMED", "Tokyo, Japan",
        )  # fmt: skip
        assert event["DTSTAMP"].dt == Visit.objects.get(pk=world.story.pk).changed_at.replace(microsecond=0)

    def test_a_month_is_tentative_and_says_so(self, client):
        make_visit(start="2024-02")
        event = events_of(client.get("/visits.ics"))[1][0]
        assert (event["DTSTART"].dt, event["DTEND"].dt, event["STATUS"]) == (
            date(2024, 2, 1), date(2024, 3, 1), "TENTATIVE",
        )  # fmt: skip
        assert str(event["DESCRIPTION"]).startswith("The source gives no exact days: February 2024.")

    def test_a_cancelled_visit_is_cancelled_and_a_withdrawn_one_is_not_there(self, client):
        make_visit(start="2024-02-02", status="cancelled")
        make_visit(start="2024-02-02", state="withdrawn")
        assert [one["STATUS"] for one in events_of(client.get("/visits.ics"))[1]] == ["CANCELLED"]

    def test_meetings_without_a_title_are_named_by_their_people(self, client):
        make_meeting(date="2024-03-04", participants=[("Ken Mori", "JP"), ("Aina Orazowa", "TM")])
        assert [str(one["SUMMARY"]) for one in events_of(client.get("/meetings.ics"))[1]] == ["Ken Mori, Aina Orazowa"]

    def test_a_long_calendar_is_read_in_chunks_without_loss(self, client, monkeypatch):
        monkeypatch.setattr(exports, "CHUNK", 2)
        made = [str(make_visit(start=f"202{number}-01-01").uid) for number in range(5)]
        assert [str(one["UID"]) for one in events_of(client.get("/visits.ics"))[1]] == made[::-1]

    @pytest.mark.parametrize("address", ["/officials.ics", "/countries.atom", "/visits.pdf"])
    def test_a_list_without_days_is_no_calendar(self, client, db, address):
        assert client.get(address).status_code == 404


@pytest.mark.django_db
class TestFeeds:
    def test_a_feed_is_the_list_with_stable_ids(self, client, world):
        found = feed_of(client.get("/visits.atom?guest=TM&host=JP"))
        assert [one.id for one in found.entries] == [f"urn:uuid:{one.uid}" for one in (world.story, world.without_year)]
        assert (found.feed.id, found.feed.links[1].href) == (
            "http://testserver/visits/?guest=TM&host=JP",
            "http://testserver/visits.atom?guest=TM&host=JP",
        )

    def test_a_feed_is_cut_at_its_size_and_says_so(self, client, monkeypatch):
        monkeypatch.setattr(atom, "SIZE", 2)
        made = [make_visit(start=f"202{number}-01-01").uid for number in range(3)]
        found = feed_of(client.get("/visits.atom"))
        assert [one.id for one in found.entries] == [f"urn:uuid:{uid}" for uid in made[:0:-1]]
        assert found.feed.subtitle == "The newest 2; the list holds more: http://testserver/visits/"

    def test_a_feed_that_did_not_change_is_not_sent_again(self, client, world):
        etag = client.get("/outcomes.atom")["ETag"]
        assert client.get("/outcomes.atom", headers={"If-None-Match": etag}).status_code == 304

    def test_a_feed_of_outcomes_says_what_became_of_them(self, client, world):
        outcome = Outcome.objects.get()
        found = feed_of(client.get("/outcomes.atom?life=open"))
        assert [(one.title, one.link) for one in found.entries] == [
            (outcome.title, f"http://testserver{outcome.get_absolute_url()}")
        ]
        assert "Plan, Proposed, Open" in found.entries[0].summary

    def test_an_empty_feed_is_a_feed(self, client, db):
        assert feed_of(client.get("/meetings.atom")).entries == []
