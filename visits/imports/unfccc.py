"""Attendance lists of the climate negotiations before the first COP, by Bagozzi, Blinova and Emuru (CC BY).

One row is one delegate; all rows of one `Meeting` are one record, a meeting with its delegations. A row that repeats
an earlier one in every column is a duplicate. Source: https://github.com/bagozzib/UNFCCC-Attendance-Data
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from pydantic import ValidationError

from visits import names
from visits.enums import MeetingFormat, SourceKind, Status
from visits.record import Citation, Delegation, MeetingRecord, Member, Place, Side, SourceRef

from . import country_labels
from .csv_rows import csv_rows
from .reading import BEYOND, MAX_COLUMNS, PROBLEM, InputFile, InputRow, UnreadableInput, build, note_errors
from .respelled import disarmed
from .unfccc_delegates import member_of, says_head, sender_of, told

DATASET = "unfccc"
MAX_ROWS = 100_000
SOURCE = SourceRef(
    kind=SourceKind.DATASET,
    slug=DATASET,
    title="UNFCCC Attendance Data",
    publisher="Benjamin E. Bagozzi, Daria Blinova, Rakesh Emuru",
    url="https://github.com/bagozzib/UNFCCC-Attendance-Data",
    language="en",
    free_to_show=True,
)
# Which column each field was read from: of the meeting, and of each delegate.
MEETING_COLUMNS = {
    "external_ids": "Meeting",
    "title": "Meeting",
    "date": "Year",
    "place": "Location",
    "venue_country": "Location",
}
MEMBER_COLUMNS = {
    "delegation.sender": "Delegation",
    "delegation.sender.country": "Delegation_ISO",
    "as_printed": "Person_Name",
    "name_as_printed": "Person_Name",
    "post_as_printed": "Job_Title",
    "official": "Person_Name",
    "head": "Job_Title",
}
_MEETING_FIELDS = MEETING_COLUMNS | {"external_id": "Meeting"}
_REQUIRED = ("Delegation", "Person_Name", "Job_Title", "Year", "Meeting", "Location", "Delegation_ISO")
_OWN = {"Group_Type", "Person_Name", "Delegation_ISO", "Meeting"}


@dataclass(slots=True)
class _Meeting:
    """The rows of one meeting with their numbers and senders, in the order of the file."""

    numbers: list[int] = field(default_factory=list)
    rows: list[tuple[dict[str, str], Side, Member]] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def first(self) -> dict[str, str]:
        return self.rows[0][0]


class UnfcccReader:
    name = DATASET
    label: Any = gettext_lazy("Delegation lists of climate negotiations (UNFCCC attendance data, CSV)")
    suffixes: tuple[str, ...] = ()

    def recognises(self, name: str, head: bytes) -> bool:
        """By its header. The translated edition of the same rows is not for it: the originals are what was printed."""
        if not name.lower().endswith(".csv") or name.lower().endswith(".translated.csv"):
            return False
        wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
        first = (head.decode("utf-16" if wide else "utf-8-sig", errors="ignore").splitlines() or [""])[0]
        return {cell.strip('" ') for cell in first.split(",")} >= _OWN

    def check(self, file: InputFile) -> None:
        self.count(file)

    def count(self, file: InputFile) -> int:
        total = 0
        for number, _raw, _is_whole in _rows(file):
            total += 1
            if number > MAX_ROWS:
                detail = _(
                    "It has more than %(most)s rows, which one reading holds in memory: split it by meeting."
                ) % {"most": f"{MAX_ROWS:,}"}
                raise UnreadableInput(file.name, "too-many-rows", detail, row=number)
        if not total:
            raise UnreadableInput(file.name, "no-rows", _("Below the header it holds no row."), row=1)
        return total

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """Rows that are wrong or repeated, as they come; then one row per meeting, which has all its input rows."""
        self.check(file)
        seen: set[tuple[str, ...]] = set()
        meetings: dict[str, _Meeting] = {}
        for number, raw, is_whole in _rows(file):
            row = InputRow(file.name, number, raw, dataset=DATASET)
            checked = _checked(row, is_whole, meetings)
            cells = tuple(raw.values())
            if checked is None:
                yield row
            elif cells in seen:
                row.repeats = True
                yield row
            else:
                seen.add(cells)
                meeting = meetings.setdefault(told(raw["Meeting"]), _Meeting())
                meeting.numbers.append(number)
                sender, member, doubt = checked
                meeting.rows.append((raw, sender, member))
                if doubt and ("country-by-name", doubt) not in meeting.doubts:
                    meeting.doubts.append(("country-by-name", doubt))
        for meeting in meetings.values():
            row = InputRow(file.name, meeting.numbers[0], meeting.first, dataset=DATASET, doubts=meeting.doubts)
            row.rows, row.numbers = [raw for raw, _sender, _member in meeting.rows], meeting.numbers
            build(row, lambda meeting=meeting: _record(meeting, file.sha256), _MEETING_FIELDS)  # type: ignore[misc]
            yield row


def _rows(file: InputFile) -> Iterator[tuple[int, dict[str, str], bool]]:
    """(number, the verbatim row by heading, whether it is as wide as the header) of each row that is not blank.

    In a file of rejected rows, the column that says why is left out.
    """
    header: list[str] = []
    mended = False
    for number, cells in csv_rows(file, lambda _line: ","):
        if number == 1:
            header = _checked_header(file.name, cells)
            mended = PROBLEM in header
        elif any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(header) - len(cells))]
            raw = dict(zip(header, padded, strict=False))
            if mended:
                raw = {name: disarmed(cell) for name, cell in raw.items() if name != PROBLEM}
            raw |= {f"{BEYOND}{place}": cell for place, cell in enumerate(cells[len(header) :], start=1)}
            yield number, raw, len(cells) == len(header)


def _checked_header(file: str, cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    if len(header) > MAX_COLUMNS:
        detail = _("It has %(number)s columns, at most %(most)s are read.") % {
            "number": len(header),
            "most": MAX_COLUMNS,
        }
        raise UnreadableInput(file, "too-many-columns", detail, 1)
    for column in _REQUIRED:
        if column not in header:
            raise UnreadableInput(
                file, "missing-column", _("The column %(column)s is missing: add it.") % {"column": column}, 1, column
            )
    for column in header:
        if header.count(column) > 1:
            detail = _("The column %(column)s is there more than once: keep one.") % {"column": column}
            raise UnreadableInput(file, "repeated-column", detail, 1, column, column)
    return header


def _checked(row: InputRow, is_whole: bool, meetings: dict[str, _Meeting]) -> tuple[Side, Member, str] | None:
    """The sender and the delegate of a row, with a doubt; None when the row is wrong, which is noted."""
    raw = row.raw
    if not is_whole:
        detail = _("The row has more or fewer cells than the header: put cells that hold a comma in quotation marks.")
        row.problem("", raw, "wrong-cell-count", detail)
        return None
    for column in ("Meeting", "Year", "Delegation", "Person_Name"):
        if not told(raw[column]):
            row.problem(column, raw[column], "missing", _("It is missing: give it a value."))
    if wrong := names.disguise(raw["Person_Name"]):
        row.problem("Person_Name", raw["Person_Name"], "no-name", wrong)
    if told(raw["Year"]) and not re.fullmatch(r"[0-9]{4}", told(raw["Year"])):
        row.problem("Year", raw["Year"], "wrong-date", _("Write the year in four digits."))
    for column in ("Year", "Location"):
        same = meetings.get(told(raw["Meeting"]))
        if same and not row.problems and told(same.first[column]) != told(raw[column]):
            detail = _("Row %(row)s of the same meeting says %(value)s: one of the two is wrong.") % {
                "row": same.numbers[0],
                "value": same.first[column],
            }
            row.problem(column, raw[column], "contradicts", detail)
    if row.problems:
        return None
    try:
        group = told(raw.get("Group_Type", ""))
        sender, doubt = sender_of(told(raw["Delegation_ISO"]), told(raw["Delegation"]), group, told(raw["Year"]))
    except country_labels.LabelError as error:
        row.problem("Delegation_ISO", raw["Delegation_ISO"], "unknown-country", str(error))
    except ValueError as error:  # a name that is too long, an ill-formed label
        row.problem("Delegation", raw["Delegation"], "wrong-sender", str(error).splitlines()[0])
    if row.problems:
        return None
    try:
        return sender, member_of(raw, sender.country), doubt
    except ValidationError as error:
        note_errors(row, error, MEMBER_COLUMNS | {"name": "Person_Name"})
    return None


def _record(meeting: _Meeting, sha256: str) -> MeetingRecord:
    key, place = told(meeting.first["Meeting"]), told(meeting.first["Location"])
    delegations, cited = _delegations(meeting, key)
    whole = Citation(external_id=key, file_sha256=sha256, row=meeting.first, columns=MEETING_COLUMNS)
    return MeetingRecord(
        external_ids=[f"{DATASET}:{key}"],
        title=", ".join(part for part in (key, place, told(meeting.first["Year"])) if part),
        date=told(meeting.first["Year"]),
        format=MeetingFormat.IN_PERSON if place else MeetingFormat.UNKNOWN,
        status=Status.COMPLETED,
        venue_country=country_labels.country_of_city(place) if place else None,
        place=Place(as_printed=place) if place else None,
        delegations=delegations,
        sources=[SOURCE],
        citations=[whole, *(one.model_copy(update={"file_sha256": sha256}) for one in cited)],
    )


def _delegations(meeting: _Meeting, key: str) -> tuple[list[Delegation], list[Citation]]:
    """The delegations in the order of the file, and a citation of each member with its row."""
    delegations: dict[str, Delegation] = {}
    heads: dict[str, list[int]] = {}
    positions = []
    for raw, sender, member in meeting.rows:
        label = sender.as_printed
        delegation = delegations.setdefault(label, Delegation(sender=sender))
        if says_head(raw):
            heads.setdefault(label, []).append(len(delegation.members))
        positions.append((raw, label, len(delegation.members)))
        delegation.members.append(member)
    for label, places in heads.items():
        if len(places) == 1:  # of several who are said to lead, nobody is marked
            delegations[label].members[places[0]].head = True
    index = {label: position for position, label in enumerate(delegations)}
    cited = [
        Citation(
            target=f"/delegations/{index[label]}/members/{place}",
            external_id=key,
            row=raw,
            columns=MEMBER_COLUMNS,
        )
        for raw, label, place in positions
    ]
    return list(delegations.values()), cited
