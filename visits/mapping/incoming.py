"""From a VisitRecord to the rows it wants, with what each reference was matched to."""

import uuid
from collections import defaultdict
from typing import Any

from visits import dates, enums, names, record, scripts
from visits.matches import Match
from visits.matching import Matcher
from visits.models import Meeting, Visit

from .tree import KINDS, Evidence, Node


def identity(item: record._Record, occurrence: int = 0) -> uuid.UUID:
    """The uid of an incoming record: its own, else of its data set's id, else of what its source prints.

    Source, guest, host, start and head as printed, and the n-th occurrence of the same; of an article's visit
    source, countries and head.
    """
    if item.uid:
        return item.uid
    if item.external_ids:
        return record.uid_for(item.type, item.external_ids[0])  # type: ignore[attr-defined]
    if isinstance(item, record.OfficialRecord) and not occurrence:
        # as the uid of an official that a visit names: one person, whichever comes first
        return record.uid_for("official", item.country or "", names.name_key(item.name))
    source = str(item.sources[0].uid or _source_key(item.sources[0])) if item.sources else ""
    return record.uid_for(*(names.search_key(part) for part in (*_printed(item), source)), str(occurrence))


def _source_key(source: record.SourceRef) -> str:
    return source.slug or source.url or source.text or f"{source.publisher} {source.title}"


def _printed(item: record._Record) -> tuple[str, ...]:
    if isinstance(item, record.VisitData):
        heads = [member for delegation in item.delegations for member in delegation.members if member.head]
        head = heads[0].name_as_printed or heads[0].as_printed if heads else ""
        start = "" if item.sources and item.sources[0].text else item.start
        return "visit", _side_key(item.guest), _side_key(item.host), start, head
    if isinstance(item, record.MeetingRecord):
        people = sorted(person.as_printed or person.name_as_printed for person in item.participants)
        return "meeting", item.title, item.date, item.venue_country or "", *people
    if isinstance(item, record.OfficialRecord):
        return "official", item.country or "", names.name_key(item.name)
    assert isinstance(item, record.TenureRecord)  # noqa: S101 - the fourth of four
    post = item.post
    return (
        "tenure",
        item.official.name,
        item.official.country or "",
        post.title,
        post.country or "",
        item.start,
    )


def _side_key(side: record.Side) -> str:
    body = side.organization
    return side.country or (body.slug or body.name if body else "") or side.as_printed


class _Reading:
    """One record being read; collects what its references were matched to."""

    def __init__(self, matcher: Matcher, year: int | None) -> None:
        self.matcher, self.year = matcher, year
        self.matches: list[Match] = []
        self.by_path: dict[str, Node] = {}

    def node(self, kind: str, path: str, values: dict[str, Any], uid: uuid.UUID | None = None) -> Node:
        node = Node(KINDS[kind], values, path, uid=uid)
        self.by_path[path] = node
        return node

    def side(self, prefix: str, side: record.Side) -> dict[str, Any]:
        return {
            f"{prefix}_country_id": side.country,
            f"{prefix}_organization_id": self.matcher.organization(side.organization),
            f"{prefix}_as_printed": side.as_printed,
        }

    def one_side(self, prefix: str, side: record.Side) -> dict[str, Any]:
        """A side that is either a country or an organization; an organization with its country is the former."""
        values = self.side(prefix, side)
        if values[f"{prefix}_country_id"] and values[f"{prefix}_organization_id"]:
            values[f"{prefix}_country_id"] = None
        return values

    def person(self, person: record.Person, path: str, position: int) -> dict[str, Any]:
        match = self.matcher.official(person, path, self.year)
        if match:
            self.matches.append(match)
        return {
            "official_id": match.reference if match else None,
            "post_id": self.matcher.post(person.post),
            "as_printed": person.as_printed,
            "name_as_printed": person.name_as_printed,
            "post_as_printed": person.post_as_printed,
            "position": position,
        }

    def delegations(self, owner: Node, items: list[record.Delegation]) -> None:
        seen: dict[str, int] = defaultdict(int)
        owner.lists["delegations"] = []
        for index, item in enumerate(items):
            key = _side_key(item.sender)
            path = f"{owner.path}/delegations/{index}"
            uid = item.uid or record.uid_for(str(owner.uid), "delegation", key, str(seen[key]))
            seen[key] += 1
            node = self.node("delegation", path, self.one_side("sender", item.sender) | {"position": index}, uid)
            node.lists["members"] = [
                self.node(
                    "member",
                    f"{path}/members/{number}",
                    self.person(member, f"{path}/members/{number}", number) | {"head": member.head},
                )
                for number, member in enumerate(item.members)
            ]
            owner.lists["delegations"].append(node)

    def about(self, owner: Node, item: record.VisitData | record.Meeting) -> None:
        """Topics, dialogues and outcomes, which visits and meetings share."""
        owner.lists["topics"] = [
            self.node(
                "topic_link",
                f"{owner.path}/topics/{index}",
                {
                    "topic_id": self.matcher.topic(link),
                    "as_printed": link.as_printed or ("" if self.matcher.topic(link) else link.topic or ""),
                    "modality": link.modality.value,
                    "position": index,
                },
            )
            for index, link in enumerate(item.topics)
        ]
        owner.lists["dialogues"] = [
            self.node(
                "dialogue_link",
                f"{owner.path}/dialogues/{index}",
                {
                    "dialogue_id": (found := self.matcher.dialogue(link.dialogue, link.as_printed)),
                    "as_printed": link.as_printed or ("" if found else link.dialogue or ""),
                    "role": link.role.value,
                    "position": index,
                },
            )
            for index, link in enumerate(item.dialogues)
        ]
        owner.lists["outcomes"] = []
        for index, outcome in enumerate(item.outcomes):
            key = names.search_key(outcome.title)
            uid = outcome.uid or record.uid_for(str(owner.uid), "outcome", outcome.kind, key)
            values = {
                "kind": outcome.kind.value,
                "modality": outcome.modality.value,
                "title": outcome.title,
                "due": outcome.due,
                "life": enums.OutcomeLife.FULFILLED.value if outcome.fulfilled_by else outcome.life.value,
                "fulfilled_by_visit_id": None,
                "fulfilled_by_meeting_id": None,
                "dialogue_id": self.matcher.dialogue(outcome.dialogue) if outcome.dialogue else None,
                "position": index,
            }
            node = self.node("outcome", f"{owner.path}/outcomes/{index}", values, uid)
            if outcome.fulfilled_by:
                node.later["fulfilled_by_visit_id"] = (Visit, outcome.fulfilled_by)
                node.later["fulfilled_by_meeting_id"] = (Meeting, outcome.fulfilled_by)
            owner.lists["outcomes"].append(node)

    def meeting(self, item: record.Meeting, path: str, uid: uuid.UUID) -> Node:
        place = item.place
        values = {
            "title": item.title,
            "date": item.date,
            "format": item.format.value,
            "status": item.status.value,
            "venue_country_id": item.venue_country,
            "city_id": self.matcher.city(place, item.venue_country) if place else None,
            "place_as_printed": place.as_printed if place else "",
            "summary": item.summary,
        }
        node = self.node("meeting", path, values, uid)
        self.delegations(node, item.delegations)
        node.lists["participants"] = [
            self.node(
                "participant",
                f"{path}/participants/{index}",
                self.person(one, f"{path}/participants/{index}", index) | self.one_side("side", one.side),
            )
            for index, one in enumerate(item.participants)
        ]
        self.about(node, item)
        return node

    def visit(self, item: record.VisitData, uid: uuid.UUID) -> Node:
        values = {
            "title": item.title,
            "start": item.start,
            "end": item.end,
            "kind": item.kind.value,
            "kind_as_printed": item.kind_as_printed,
            "status": item.status.value,
            **self.one_side("guest", item.guest),
            **self.side("host", item.host),
            "summary": item.summary,
            "trip_id": self.matcher.trip(item.trip),
            "trip_position": item.trip.position if item.trip else None,
            "accompanies_id": None,
        }
        node = self.node("visit", "", values, uid)
        if item.accompanies:
            node.later["accompanies_id"] = (Visit, item.accompanies)
        node.lists["places"] = [
            self.node(
                "place",
                f"/places/{index}",
                {
                    "city_id": self.matcher.city(place, item.host.country),
                    "as_printed": place.as_printed or place.city,
                    "position": index,
                },
            )
            for index, place in enumerate(item.places)
        ]
        self.delegations(node, item.delegations)
        self.about(node, item)
        node.lists["meetings"] = [
            self.meeting(
                meeting,
                f"/meetings/{index}",
                meeting.uid or record.uid_for(str(uid), "meeting", meeting.date, *_people(meeting), str(index)),
            )
            for index, meeting in enumerate(item.meetings)
        ]
        return node

    def official(self, item: record.OfficialRecord, uid: uuid.UUID) -> Node:
        key = names.search_key(item.name)
        values = {"name": item.name, "key": key, "country_id": item.country, "wikidata": item.wikidata}
        node = self.node("official", "", values, uid)
        node.lists["other_names"] = [
            self.node(
                "official_name",
                f"/other_names/{index}",
                {
                    "text": name.text,
                    "key": names.search_key(name.text),
                    "kind": name.kind.value,
                    "language": name.language or scripts.language_of(name.text),
                    "script": name.script or scripts.script_of(name.text),
                    "start": name.start,
                    "end": name.end,
                },
            )
            for index, name in enumerate(item.other_names)
        ]
        return node

    def tenure(self, item: record.TenureRecord, uid: uuid.UUID) -> Node:
        match = self.matcher.official(record.Person(official=item.official), "/official")
        if match:
            self.matches.append(match)
        values = {
            "official_id": match.reference if match else None,
            "post_id": self.matcher.post(item.post),
            "start": item.start,
            "end": item.end,
        }
        return self.node("tenure", "", values, uid)


def read(item: record._Record, uid: uuid.UUID, matcher: Matcher) -> tuple[Node, list[Match]]:
    """The rows that a record wants, and what its references were matched to."""
    reading = _Reading(matcher, _year(item))
    if isinstance(item, record.VisitData):
        root = reading.visit(item, uid)
    elif isinstance(item, record.MeetingRecord):
        root = reading.meeting(item, "", uid)
        root.in_visits = list(item.visits)
    elif isinstance(item, record.OfficialRecord):
        root = reading.official(item, uid)
    else:
        assert isinstance(item, record.TenureRecord)  # noqa: S101 - the fourth of four
        root = reading.tenure(item, uid)
    root.edit = item.edit
    root.external_ids = [tuple(text.split(":", 1)) for text in item.external_ids]  # type: ignore[misc]
    root.citations = [evidence for cited in item.citations if (evidence := _evidence(cited, item, reading, root))]
    return root, reading.matches


def _evidence(cited: record.Citation, item: record._Record, reading: _Reading, root: Node) -> Evidence | None:
    """A citation of what it points at; of a row that cannot be cited, its nearest parent."""
    target, field_name = cited.target, cited.field
    node = reading.by_path.get(target)
    while node is None or node.kind.name in {"place", "official_name"}:
        target, _, last = target.rpartition("/")
        field_name = "" if last.isdigit() else last
        node = reading.by_path.get(target) if target else root
    values = cited.model_dump(exclude={"target", "source"}) | {"field": field_name}
    values["row"], values["columns"] = cited.row or None, cited.columns or None
    if not cited.exact and not cited.row:
        return None
    source = reading.matcher.source(item.sources[cited.source])
    attributed = None
    if cited.attributed_to:
        country = item.guest.country if isinstance(item, record.VisitData) else None
        ref = record.OrganizationRef(name=cited.attributed_to[: names.MAX_NAME], country=country)
        attributed = reading.matcher.known_organization(ref)
    return Evidence(node, source, values, attributed=attributed)


def _year(item: record._Record) -> int | None:
    """The year in which a record's people are seen, if it is known."""
    day = (
        item.start
        if isinstance(item, record.VisitData)
        else item.date
        if isinstance(item, record.MeetingRecord)
        else ""
    )
    earliest = dates.bounds(day)[0]
    return earliest.year if earliest else None


def _people(meeting: record.Meeting) -> list[str]:
    return [person.name_as_printed or person.as_printed for person in meeting.participants]
