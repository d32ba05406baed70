"""The table of meetings: one row, one meeting, alone or in the visits that it names."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as _

from visits import record
from visits.enums import MeetingFormat

from . import entries
from .cells import Cells
from .columns import SOURCES, UID, Column, Table, external_id
from .visits import DIALOGUES, OUTCOMES, STATUS, STATUSES, SUMMARY, TOPICS

COLUMNS = (
    UID,
    external_id("the meeting", "ministry-list:m-17", "meeting id"),
    Column(
        "visits",
        "The visit or visits in which it took place, by uid or list:id; leave it empty for a meeting by itself.",
        "ministry-list:2024-17",
        ("visit", "visit id", "visit uid", "during visit"),
        many=True,
        field="visits",
    ),
    Column("title", "A title; leave it empty and the page makes one.", "", ("name of meeting",), field="title"),
    Column(
        "date",
        "The day, as precisely as you know it: 2024-01-22, 22 January 2024, January 2024, 2024.",
        "2024-05-14",
        ("day", "meeting date", "when", "held on"),
        required=True,
        field="date",
    ),
    Column(
        "format",
        "in-person, video, phone or unknown.",
        "in-person",
        ("meeting format", "held", "mode"),
        field="format",
    ),
    STATUS,
    Column(
        "country",
        "The country in which they met, by code or name.",
        "Finland",
        ("venue country", "venue", "host country"),
        field="venue_country",
    ),
    Column("city", "The city in which they met.", "Helsinki", ("venue city",), field="place"),
    Column(
        "place_as_printed",
        "The place exactly as the source prints it.",
        "",
        ("place", "location", "address"),
        field="place.as_printed",
    ),
    Column(
        "participants",
        "Who took part, as name | post | side; the side is a country or an international body, body= a ministry of it: "
        "Amina Odhiambo | Minister of Foreign Affairs | KE; Elina Aalto | Director | FI | body=Ministry of Energy.",
        "Amina Odhiambo | Minister of Foreign Affairs | Kenya; Elina Aalto | Minister for Foreign Affairs | Finland",
        ("participant", "attendees", "persons", "people", "with"),
        many=True,
        field="participants",
    ),
    Column(
        "members",
        "Members of delegations that came for this meeting, as name | post | from=country; head=yes marks the head.",
        "",
        ("delegations", "delegates"),
        many=True,
        field="delegations",
    ),
    TOPICS,
    DIALOGUES,
    OUTCOMES,
    SUMMARY,
    *SOURCES,
)
READ_ONLY = (
    "id", "url", "earliest", "latest", "venue", "venue_code", "venue_name", "evidenced", "state", "created_at",
    "updated_at",
)  # fmt: skip
FORMATS = tuple(MeetingFormat.values)


def make(cells: Cells) -> Callable[[], record.MeetingRecord]:
    """What makes the record; problems with single cells are noted at once."""
    date = cells.date("date")
    country = cells.country("country", start=date)
    references = [cells.reference("visits", "visit", text) for text in cells.many("visits")]
    shape: dict[str, Any] = {
        **cells.identity(),
        "visits": [uid for uid in references if uid],
        "title": cells["title"],
        "date": date,
        "format": cells.choice("format", FORMATS),
        "status": cells.choice("status", STATUSES),
        "venue_country": country,
        "place": _place(cells, country),
        "participants": [entries.participant(cells, "participants", text, date) for text in cells.many("participants")],
        "delegations": _delegations(cells, date),
        **entries.about(cells),
        "summary": cells["summary"],
    }
    return lambda: record.MeetingRecord.model_validate(shape)


def _place(cells: Cells, country: str | None) -> dict[str, Any] | None:
    city, printed = cells["city"], cells["place_as_printed"]
    return {"as_printed": printed or city, "city": city, "country": country} if city or printed else None


def _delegations(cells: Cells, date: str) -> list[dict[str, Any]]:
    found = entries.delegations(cells, {}, [], "members", date)
    if found and not found[0]["sender"]:
        cells.wrong("members", "needs-sender", _("Write name | post | from=country: who sent them."))
        return []
    return found


TABLE = Table("meetings", "meeting", "Meetings", COLUMNS, READ_ONLY, make, ("participants", "visits", "format"))
