"""A candidate laid out for reading: its text in segments with marks, its record in items, linked both ways."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from visits import field_names
from visits.models import Candidate, Country

_PARTS = ("places", "delegations", "members", "participants", "topics", "dialogues", "outcomes", "meetings")
_HIDDEN = {"type", "uid", "sources", "citations", "external_ids", *_PARTS}
_COUNTRIES = {"country", "venue_country"}
_SHORT = {"places", "topics", "dialogues", "outcomes"}
# How a reader asks; JSON keeps no order. What is not named here comes after, by its name.
_ORDER = (
    "title", "name", "name_as_printed", "post_as_printed", "topic", "dialogue", "city", "guest", "host", "sender",
    "side", "start", "end", "date", "kind", "modality", "status", "format", "official", "post", "head", "rank",
    "organization", "country", "summary", "as_printed",
)  # fmt: skip
HEADINGS = {
    "places": "place",
    "delegations": "delegation",
    "members": "member",
    "participants": "participant",
    "topics": "topic",
    "dialogues": "dialogue",
    "outcomes": "outcome",
    "meetings": "meeting",
}


@dataclass
class Mark:
    """A citation of the candidate. `number` joins its highlight in the text with its field in the record."""

    number: int
    target: str
    field: str
    exact: str
    start: int | None
    end: int | None
    rule: str
    confidence: float | None
    attributed_to: str


@dataclass
class Segment:
    """A stretch of the text under the same marks; the first one of a mark carries its anchor."""

    text: str
    marks: list[Mark]
    anchors: list[int]

    @property
    def numbers(self) -> str:
        """Of its marks, the narrowest first: a click means that one."""
        return " ".join(
            str(mark.number) for mark in sorted(self.marks, key=lambda one: (one.end or 0) - (one.start or 0))
        )


@dataclass
class Line:
    label: str
    value: str
    marks: list[Mark]
    before: str | None = None
    conflict: bool = False


@dataclass
class Item:
    """The record itself (path "") or one of its parts."""

    path: str
    heading: str
    depth: int
    is_short: bool = False
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    matches: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Layout:
    items: list[Item]
    segments: list[Segment]
    quotes: list[Mark]
    changes: list[dict[str, Any]]
    attributed_to: list[str]


def layout(candidate: Candidate) -> Layout:
    """How a candidate is shown. `quotes` are citations without a place in a text; `changes` is what would change."""
    record = _with_country_names(candidate.record or {})
    marks, segments, quotes = text_side(candidate, record)
    items = list(_items(record, "", _("Record"), 0, marks))
    _attach_matches(items, candidate.matches)
    _attach_changes(items, candidate.difference)
    return Layout(
        items=items,
        segments=segments,
        quotes=quotes,
        changes=[change for change in candidate.difference if "added" not in change],
        attributed_to=sorted({mark.attributed_to for mark in marks if mark.attributed_to}),
    )


def text_side(candidate: Candidate, record: dict[str, Any]) -> tuple[list[Mark], list[Segment], list[Mark]]:
    """The marks of a record, the candidate's text cut by them, and those that have no place in it."""
    text = (candidate.source.text if candidate.source else "") or ""
    marks = list(_marks(record))
    placed = [mark for mark in marks if _is_placed(mark, text)]
    return marks, list(_segments(text, placed)), [mark for mark in marks if mark not in placed]


def _with_country_names(record: dict[str, Any]) -> dict[str, Any]:
    """The record with the names of countries where it has their codes."""
    names = dict(Country.objects.values_list("code", "name"))

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(part) for part in value]
        if not isinstance(value, dict):
            return value
        return {
            key: names.get(part, part) if key in _COUNTRIES and isinstance(part, str) else named(part)
            for key, part in value.items()
        }

    return {key: value if key in {"citations", "sources"} else named(value) for key, value in record.items()}


def _marks(record: dict[str, Any]) -> Iterator[Mark]:
    for number, citation in enumerate(record.get("citations", ()), 1):
        yield Mark(
            number,
            citation.get("target", ""),
            citation.get("field", ""),
            citation.get("exact", "") or ", ".join(citation.get("row", {}).values())[:300],
            citation.get("start"),
            citation.get("end"),
            citation.get("rule", ""),
            citation.get("confidence"),
            citation.get("attributed_to", ""),
        )


def _is_placed(mark: Mark, text: str) -> bool:
    return mark.start is not None and mark.end is not None and text[mark.start : mark.end] == mark.exact


def _items(record: dict[str, Any], path: str, heading: str, depth: int, marks: list[Mark]) -> Iterator[Item]:
    mine = [mark for mark in marks if mark.target == path]
    part = path.rsplit("/", 2)[-2] if path else ""
    item = Item(path, heading, depth, is_short=part in _SHORT)
    for name in sorted(record, key=_place):
        if name not in _HIDDEN and (words := words_of(record[name])):
            item.lines.append(Line(label_of(name), words, [mark for mark in mine if mark.field == name]))
    shown = {mark.number for line in item.lines for mark in line.marks}
    item.marks = [mark for mark in mine if mark.number not in shown]
    yield item
    for part in _PARTS:
        for index, child in enumerate(record.get(part, ())):
            heading = _("%(part)s %(number)s") % {
                "part": capfirst(field_names.in_words(HEADINGS[part])),
                "number": index + 1,
            }
            yield from _items(child, f"{path}/{part}/{index}", heading, depth + 1, marks)


def _place(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def label_of(name: str) -> str:
    """A field's name in words."""
    return str(capfirst(field_names.in_words(name)))


def part_of(path: str) -> str:
    """Where a part stands in its record: `/delegations/0/members/1` -> "Delegation 1, member 2"; "" is the record."""
    steps = path.strip("/").split("/")
    named = [
        _("%(part)s %(number)s") % {"part": field_names.in_words(HEADINGS.get(part, part)), "number": int(index) + 1}
        for part, index in zip(steps[::2], steps[1::2], strict=False)
        if index.isdecimal()
    ]
    return capfirst(", ".join(named))


def words_of(value: Any) -> str:
    """A value of a record in one line; references by what they print."""
    if isinstance(value, dict) and value.keys() == {"id", "name"}:
        return str(value["name"])
    if isinstance(value, dict):
        return ", ".join(filter(None, (words_of(value[name]) for name in sorted(value, key=_place) if name != "uid")))
    if isinstance(value, list):
        return ", ".join(map(words_of, value))
    if isinstance(value, bool):
        return _("yes") if value else ""
    return "" if value is None else str(value)


def _segments(text: str, marks: list[Mark]) -> Iterator[Segment]:
    """The text cut wherever a mark begins or ends."""
    cuts = sorted({0, len(text), *(cut for mark in marks for cut in (mark.start or 0, mark.end or 0))})
    seen: set[int] = set()
    for start, end in pairwise(cuts):
        over = [mark for mark in marks if (mark.start or 0) <= start and end <= (mark.end or 0)]
        anchors = [mark.number for mark in over if mark.number not in seen]
        seen.update(anchors)
        yield Segment(text[start:end], over, anchors)


def _attach_matches(items: list[Item], matches: list[dict[str, Any]]) -> None:
    for match in matches:
        owners = [item for item in items if match["path"] == item.path or match["path"].startswith(f"{item.path}/")]
        if owners:
            max(owners, key=lambda item: len(item.path)).matches.append(match)


def _attach_changes(items: list[Item], difference: list[dict[str, Any]]) -> None:
    by_path = {item.path: item for item in items}
    for change in difference:
        item = by_path.get(change["path"])
        if item is None or "added" in change:
            continue
        label = label_of(change["field"])
        for line in item.lines:
            if line.label == label:
                line.before, line.conflict = words_of(change["before"]), bool(change.get("conflict"))
