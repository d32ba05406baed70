"""Travels abroad of presidents and secretaries of state, as the Office of the Historian publishes them in XML (CC0).

One `<trip>` is one leg: one visit of the United States to the country, its delegation headed by the traveller.
Source: https://history.state.gov/departmenthistory/travels
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from visits import names
from visits.enums import Rank, SourceKind, Status
from visits.record import (
    Citation,
    Delegation,
    Member,
    OfficialRef,
    Participant,
    Place,
    PostRef,
    Side,
    SourceRef,
    TripRef,
    VisitData,
    uid_for,
)

from .hsg_checks import Columns, is_whole
from .hsg_countries import country_of
from .hsg_journeys import Leg, PresidentsLegs, likely_doubles, names_a_president, trips_of
from .hsg_kinds import kind_of_leg
from .hsg_places import places_of
from .hsg_talks import meeting_of, talk_of
from .reading import InputFile, InputRow, KeptRows, UnreadableInput, build
from .xml_rows import XmlRow, xml_rows

DATASET = "hsg-travels"
SOURCE = SourceRef(
    kind=SourceKind.DATASET,
    slug=DATASET,
    title="Travels Abroad of the President and Secretary of State",
    publisher="Office of the Historian, U.S. Department of State",
    url="https://history.state.gov/departmenthistory/travels",
    language="en",
    free_to_show=True,
)
# Which column each field was read from.
COLUMNS = {
    "external_ids": "id",
    "start": "start-date",
    "end": "end-date",
    "host": "country",
    "host.country": "country@id",
    "places": "locale",
    "kind": "remarks",
    "kind_as_printed": "remarks",
    "summary": "remarks",
    "delegations": "name",
    "delegations.head": "name",
    "delegations.head.post": "role",
    "accompanies": "remarks",
}
_CHECKED = Columns(
    row="Leg",
    required=("@who", "id", "role", "name", "start-date", "end-date", "country", "country@id", "locale", "remarks"),
    may_be_empty=("locale", "remarks"),
    country="country",
    place="locale",
)
PRESIDENT = "president"
PRESIDENT_OF_US = PostRef(title="President of the United States", rank=Rank.HEAD_OF_STATE, country="US")
_POSTS = {
    PRESIDENT: PRESIDENT_OF_US,
    "secretary": PostRef(title="Secretary of State", rank=Rank.FOREIGN_MINISTER, country="US"),
}
_ELECT = PostRef(title="President-elect of the United States", rank=Rank.OTHER, country="US")
_MADE_AS = re.compile(r"\[Visit made as (President-elect)\.?\]", re.IGNORECASE)
# Names are compared without initials, and by likeness: these differ by too little to be told apart by name.
_ALIKE = {"bush-george-h-w", "bush-george-w", "adams-john", "adams-john-quincy"}
_HEAD = re.compile(rb"<trips[\s>].*?<trip[\s>].*?<(?:role|name)[\s>]", re.DOTALL)


class HsgTravelsReader:
    name = DATASET
    label: Any = gettext_lazy("Travels of presidents and secretaries of state (Office of the Historian, XML)")
    suffixes: tuple[str, ...] = ()
    element, columns = ("trips", "trip"), _CHECKED.required

    def __init__(self, presidents: PresidentsLegs | None = None) -> None:
        self._presidents = presidents

    def recognises(self, name: str, head: bytes) -> bool:
        wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
        return name.lower().endswith(".xml") and bool(_HEAD.search(head.replace(b"\0", b"") if wide else head))

    def check(self, file: InputFile) -> None:
        self.count(file)

    def count(self, file: InputFile) -> int:
        number = sum(1 for _ in xml_rows(file, "trips", "trip"))
        if not number:
            raise UnreadableInput(file.name, "no-rows", _("It holds no <trip>."))
        return number

    def among(self, files: Sequence[InputFile], kept: KeptRows) -> "HsgTravelsReader":
        """A reader that finds the president's leg that a secretary accompanied, in these files and in earlier loads."""
        legs = (leg for file in files for leg in _legs(file, PRESIDENT))
        earlier = (leg for number, text in enumerate(kept(DATASET)) for leg in _leg(number, text, PRESIDENT))
        return HsgTravelsReader(PresidentsLegs(DATASET, legs, earlier))

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row per `<trip>`, numbered from 1 within the file."""
        self.check(file)
        legs = {leg.number: leg for leg in _legs(file)}
        trips, doubles = trips_of(DATASET, legs.values()), likely_doubles(legs.values())
        presidents = self._presidents or PresidentsLegs(DATASET, _legs(file, PRESIDENT))
        for number, xml in enumerate(xml_rows(file, "trips", "trip"), start=1):
            row = InputRow(file.name, number, xml.columns, dataset=DATASET)
            if is_whole(row, xml, _CHECKED) and _has_known_role(row, xml):
                text = {column: names.clean(value) for column, value in xml.columns.items()}
                visit = _Visit(text, trips.get(number), presidents, legs[number])
                build(row, lambda row=row, visit=visit: visit.record(row, file.sha256), COLUMNS)  # type: ignore[misc]
                row.doubts += _doubts(visit, doubles.get(number, []), searched=self._presidents is not None)
            yield row


def _has_known_role(row: InputRow, xml: XmlRow) -> bool:
    role = names.clean(xml.columns["role"])
    if role not in _POSTS:
        row.problem(
            "role",
            role,
            "unknown-role",
            _("Leg in line %(line)s: write one of %(known)s.") % {"line": xml.line, "known": ", ".join(_POSTS)},
        )
    return role in _POSTS


def _doubts(visit: "_Visit", alike: list[str], searched: bool) -> Iterator[tuple[str, str]]:
    if alike:
        others = ", ".join(f"{DATASET}:{one}" for one in alike)
        reason = _("The same traveller, days, country and place as %(others)s: perhaps one leg, written twice.") % {
            "others": others
        }
        yield "likely-double", reason
    if searched and visit.names_a_president and not visit.accompanied:
        yield "accompanied-not-found", _("No leg of that president is in this country on or about these days.")
    if visit.accompanied and visit.accompanied.doubt:
        yield visit.accompanied.doubt


def _legs(file: InputFile, role: str = "") -> Iterator[Leg]:
    """The legs of a file whose days can be read, of all travellers or of one role."""
    for number, xml in enumerate(xml_rows(file, "trips", "trip"), start=1):
        yield from _leg(number, xml.columns, role)


def _leg(number: int, columns: Mapping[str, str], role: str) -> Iterator[Leg]:
    text = {column: names.clean(value) for column, value in columns.items()}
    if role and text.get("role") != role:
        return
    try:
        start, end = (date.fromisoformat(text[column]) for column in ("start-date", "end-date"))
        place = text["locale"]
        yield Leg(number, text["id"], text["@who"], text["name"] or "?", start, end, text["country@id"], place)
    except (KeyError, ValueError):
        return  # the row itself says what is wrong with it


class _Visit:
    """One leg as a record."""

    def __init__(self, text: dict[str, str], trip: TripRef | None, presidents: PresidentsLegs, leg: Leg) -> None:
        self._text, self._trip = text, trip
        self.names_a_president = text["role"] != PRESIDENT and names_a_president(text["remarks"])
        self.accompanied = presidents.accompanied(leg, text["remarks"]) if self.names_a_president else None

    def record(self, row: InputRow, sha256: str) -> VisitData:
        text = self._text
        country = country_of(text["country@id"], text["country"], text["start-date"], text["locale"])
        kind, kind_as_printed = kind_of_leg(text["remarks"])
        guest = Side(country="US", as_printed="United States")
        places = [Place(as_printed=place) for place in places_of(text["locale"], country or "")]
        traveller = self._traveller()
        talk = talk_of(text["remarks"], country or "")
        citations = [Citation(external_id=text["id"], file_sha256=sha256, row=row.raw, columns=COLUMNS)]
        meetings = []
        if talk:
            days = text["start-date"], text["end-date"]
            us = Participant.model_validate(traveller.model_dump(exclude={"head"}) | {"side": {"country": "US"}})
            meetings = [meeting_of(talk, us, days, country, places)]
            cited = Citation(target="/meetings/0", external_id=text["id"], file_sha256=sha256, exact=talk.words)
            citations.append(cited)
        return VisitData(
            external_ids=[f"{DATASET}:{text['id']}"],
            start=text["start-date"],
            end=text["end-date"],
            kind=kind,
            kind_as_printed=kind_as_printed,
            status=Status.COMPLETED,
            guest=guest,
            host=Side(country=country, as_printed=text["country"]),
            places=places,
            summary=text["remarks"],
            delegations=[Delegation(sender=guest, members=[traveller])],
            meetings=meetings,
            trip=self._trip,
            accompanies=self.accompanied.uid if self.accompanied else None,
            sources=[SOURCE],
            citations=citations,
        )

    def _traveller(self) -> Member:
        text = self._text
        elect = _MADE_AS.search(text["remarks"]) if text["role"] == PRESIDENT else None
        return Member(
            as_printed=text["name"],
            name_as_printed=text["name"],
            post_as_printed=elect[1] if elect else "",
            official=official_of(text["@who"], text["name"]),
            post=_ELECT if elect else _POSTS[text["role"]],
            head=True,
        )


def official_of(key: str, name: str) -> OfficialRef:
    """A president or secretary by the key and the name that the office gives."""
    uid = uid_for("official", DATASET, key) if key in _ALIKE else None
    return OfficialRef(uid=uid, name=name, country="US")
