"""The table of visits: one row, one visit."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as _

from visits import record
from visits.enums import Status, VisitKind
from visits.imports.titles import parse_visitors

from . import entries
from .cells import Cells, uid_of
from .columns import SOURCES, UID, Column, Table, external_id
from .grammar import read_entry, write_entry

KINDS, STATUSES = tuple(VisitKind.values), tuple(Status.values)
_SIDE = "a country by code (JP, SUHH) or name, or an international body by its name (European Union)."
TOPICS = Column(
    "topics",
    "What it was about, by topic slug or in words, with the printed words behind a | where they differ. Before a "
    "topic may stand how firm it was: discussed, proposed, agreed or signed (discussed if nothing stands there).",
    "hydrogen; agreed: trade",
    ("topic", "subjects", "themes", "agenda"),
    many=True,
    field="topics",
)
DIALOGUES = Column(
    "dialogues",
    "Standing dialogues that it was about; write session: before one that met then.",
    "",
    ("dialogue",),
    many=True,
    field="dialogues",
)
OUTCOMES = Column(
    "outcomes",
    "What came of it, as kind: modality: title [due date]. Kinds: agreement, memorandum, joint statement, declaration, "
    "plan, invitation, other; modalities as for topics. Kind, modality and date may be absent.",
    "memorandum: signed: Memorandum on hydrogen; plan: agreed: Next session [2025-03]",
    ("outcome", "results", "documents"),
    many=True,
    field="outcomes",
)
SUMMARY = Column(
    "summary",
    "What happened, in a few sentences.",
    "",
    ("description", "notes", "remarks", "comments"),
    field="summary",
)
STATUS = Column(
    "status",
    "planned, ongoing, completed, postponed, cancelled or unknown.",
    "completed",
    ("visit status", "meeting status"),
    field="status",
)
COLUMNS = (
    UID,
    external_id("the visit", "ministry-list:2024-17", "visit id"),
    Column("title", "A title; leave it empty and the page makes one.", "", ("name of visit",), field="title"),
    Column(
        "start",
        "The first day, as precisely as you know it: 2024-01-22, 22 January 2024, January 2024, 2024, or 22 January "
        "when the year is not known. 22-23 January 2024 gives both days.",
        "2024-05-13",
        ("start date", "from", "begin", "begins", "first day", "date", "dates", "arrival", "date from", "arrival date"),
        field="start",
    ),
    Column(
        "end",
        "The last day, written in the same way.",
        "2024-05-15",
        ("end date", "to", "until", "last day", "departure", "date to", "departure date"),
        field="end",
    ),
    Column(
        "kind",
        "state, official, working, private, informal, summit, transit or unknown.",
        "official",
        ("type", "visit type", "kind of visit", "type of visit"),
        field="kind",
    ),
    Column("kind_as_printed", "The words of the source for the kind.", "official visit", field="kind_as_printed"),
    STATUS,
    Column(
        "guest",
        f"Who came: {_SIDE}",
        "Kenya",
        ("guest country", "visitor country", "visiting country", "from country", "country of origin", "guest code"),
        required=True,
        field="guest.country",
        path="guest",
    ),
    Column(
        "guest_organization",
        "The guest's ministry, parliament or company, if it is one.",
        "",
        ("guest body",),
        field="guest.organization",
    ),
    Column(
        "guest_as_printed", "The guest as the source prints it.", "", ("guest label",), field="guest.as_printed"
    ),
    Column(
        "host",
        "Who received them: a country or an international body, like guest.",
        "Finland",
        (
            "host country", "destination", "destination country", "receiving country", "to country", "country visited",
            "visited country", "host code",
        ),
        required=True,
        field="host.country",
        path="host",
    ),
    Column(
        "host_organization",
        "The host's ministry, parliament or company, if it is one.",
        "",
        ("host body",),
        field="host.organization",
    ),
    Column("host_as_printed", "The host as the source prints it.", "", ("host label",), field="host.as_printed"),
    Column(
        "cities",
        "Cities in the host country: Helsinki; Turku. What the source prints, where it differs, behind | as=",
        "Helsinki",
        ("city", "place", "places", "location", "locations", "locale"),
        many=True,
        field="places",
    ),
    Column(
        "head",
        "Who led the delegation. Name alone with the post in head_post, or both as printed: President Amina Odhiambo.",
        "Amina Odhiambo",
        ("head of delegation", "visitor", "leader", "led by", "delegation head", "head name", "name of head"),
        field="delegations.head",
    ),
    Column(
        "head_post",
        "The post of the head.",
        "Minister of Foreign Affairs",
        ("post", "head title", "position", "post of head"),
        field="delegations.head.post",
    ),
    Column("head_as_printed", "The head exactly as the source prints them, name and post.", ""),
    Column(
        "head_is", "Whom the head's printed name means, where it is spelt otherwise: a name or uid.", "", ("head uid",)
    ),
    Column("head_office", "Which office the printed post means, where it has another title: a title or uid.", ""),
    Column(
        "sender",
        "Who sent the delegation, if not the guest: a country or an international body.",
        "",
        ("sent by", "sending country"),
        field="delegations.sender",
    ),
    Column("sender_organization", "The ministry, parliament or company that sent it, if not the guest's own.", ""),
    Column("sender_as_printed", "The sender exactly as the source prints it.", "", ("sender label",)),
    Column(
        "members",
        "Others in the delegation, as name | post: Peter Mwangi | Minister of Energy; Grace Njeri | Ambassador. "
        "from= names another sender, head=yes the head of that one.",
        "Peter Mwangi | Minister of Energy",
        ("delegation", "delegates", "delegation members", "members of delegation", "accompanied by", "entourage"),
        many=True,
        field="delegations",
    ),
    TOPICS,
    DIALOGUES,
    OUTCOMES,
    Column(
        "trip",
        "The tour that the visit is part of, in words or by uid: the same words in other rows are the same tour.",
        "",
        ("tour", "trip title"),
        field="trip",
    ),
    Column(
        "trip_position",
        "Which stop of the tour it is: 1, 2, 3.",
        "",
        ("stop", "leg", "trip order"),
        field="trip.position",
    ),
    Column(
        "accompanies",
        "The visit of somebody else that this one goes with, by uid or list:id.",
        "",
        ("accompanies visit", "accompanying"),
        field="accompanies",
    ),
    SUMMARY,
    *SOURCES,
)  # fmt: skip
READ_ONLY = (
    "id", "url", "earliest", "latest", "guest_name", "guest_code", "host_name", "host_code", "head_name",
    "meetings", "evidenced", "state", "created_at", "updated_at",
)  # fmt: skip


def make(cells: Cells) -> Callable[[], record.VisitData]:
    """What makes the record; problems with single cells are noted at once."""
    start, end = cells.period()
    guest, host = cells.side("guest", start, needed=True), cells.side("host", start, needed=True)
    shape: dict[str, Any] = {
        **cells.identity(),
        "title": cells["title"],
        "start": start,
        "end": end,
        "kind": cells.choice("kind", KINDS),
        "kind_as_printed": cells["kind_as_printed"],
        "status": cells.choice("status", STATUSES),
        "guest": guest,
        "host": host,
        "places": [entries.place(cells, "cities", text, host.get("country")) for text in cells.many("cities")],
        "delegations": _delegations(cells, guest, start),
        **entries.about(cells),
        "trip": _trip(cells),
        "accompanies": cells.reference("accompanies", "visit"),
        "summary": cells["summary"],
    }
    return lambda: record.VisitData.model_validate(shape)


def _delegations(cells: Cells, guest: dict[str, Any], start: str) -> list[dict[str, Any]]:
    own = cells["sender"] or cells["sender_organization"]
    sender = cells.side("sender", start) if own else guest
    found = entries.delegations(cells, sender, _head(cells, sender.get("country")), "members", start)
    if own and not any(one["sender"] is sender for one in found):
        found.insert(0, {"sender": sender, "members": []})
    return found


def _head(cells: Cells, country: str | None) -> list[dict[str, Any]]:
    """The head; the rest of a head cell with several persons follow."""
    name, post = cells["head"], cells["head_post"]
    named = {"as": cells["head_as_printed"], "is": cells["head_is"], "office": cells["head_office"]}
    if not (name or post or any(named.values())):
        return []
    if name and not post and not any(named.values()):
        persons = parse_visitors(name)
        found = [
            entries.person(one.name_as_printed, one.post_as_printed, country, {"as": one.as_printed})
            | {"official": entries.official("", one.name, country), "post": entries.office("", one.post, country)}
            for one in persons
        ] or [entries.person(name, post, country, named)]
    else:
        found = [entries.person(name, post, country, named)]
    found[0]["head"] = True
    return found


def _trip(cells: Cells) -> dict[str, Any] | None:
    entry = read_entry(cells["trip"])
    words, title = entry.part(0), entry.part(1)
    position = cells["trip_position"]
    if position and not (position.isascii() and position.isdigit() and int(position[:9]) > 0):
        cells.wrong("trip_position", "no-number", "Write 1, 2, 3 ...")
        position = ""
    if not words:
        if position:
            cells.wrong("trip_position", "no-trip", _("It has a place in a tour, but no tour: name the trip."))
        return None
    uid = uid_of(words)
    named = {"uid": uid, "title": title} if uid else {"title": words}
    return named | {"position": int(position[:9]) if position else None}


def write_trip(trip: record.TripRef) -> str:
    """The cell `trip` of this tour."""
    return write_entry([str(trip.uid), trip.title] if trip.uid else [trip.title])


TABLE = Table("visits", "visit", "Visits", COLUMNS, READ_ONLY, make)
