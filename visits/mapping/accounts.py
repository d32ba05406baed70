"""How another account of a known record is compared with it: each value agrees, adds, or contradicts.

A value that contradicts waits for an editor and is no evidence of what is there. Wording is no contradiction: a name
printed otherwise, another title, a less precise date. What is missing says nothing.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz

from visits import dates, likeness, names
from visits.matches import Planned

from .tree import Node

AGREES, ADDS, CONTRADICTS, SAYS_NOTHING = "agrees", "adds", "contradicts", ""

_EMPTY: tuple[Any, ...] = (None, "", "unknown")
# Told in words of one's own: never compared, and added only where nothing is.
_WORDING = frozenset(("title", "summary", "trip_id", "trip_position", "accompanies_id", "life", "due"))
_EDTF = frozenset(("start", "end", "date"))
_IN_TIME = ("planned", "ongoing", "completed")  # a status that only time changed
# Likenesses of two names that mean one person within one visit.
_ONE_PERSON = frozenset(
    (likeness.SAME, likeness.SPELT, likeness.LONGER, likeness.REGAL, likeness.WITHOUT_FIRST, likeness.SURNAMES,
     likeness.SURNAME, likeness.INITIALS)
)  # fmt: skip
_ALIKE = 85.0  # per cent of the words of two titles of one outcome


def verdict(column: str, told: Any, known: Any) -> str:
    """What a told value says of the known one."""
    if told in _EMPTY or column == "position" or column == "head":
        return SAYS_NOTHING
    if told == known:
        return AGREES
    if known in _EMPTY:
        return ADDS
    if column in _WORDING:
        return SAYS_NOTHING
    if column.endswith("_as_printed") or column == "as_printed":
        return AGREES if _says_the_same(str(told), str(known)) else SAYS_NOTHING
    if column in _EDTF:
        return _dates(str(told), str(known))
    if column == "status":
        return _status(str(told), str(known))
    if isinstance(told, Planned):
        return SAYS_NOTHING  # a name that nothing known goes by
    return CONTRADICTS


def _says_the_same(told: str, known: str) -> bool:
    return names.search_key(told) == names.search_key(known)


def _dates(told: str, known: str) -> str:
    """A date that is less precise agrees, one that is more precise adds."""
    wide, narrow = dates.parse(told), dates.parse(known)
    if _covers(wide, narrow):
        return AGREES
    return ADDS if _covers(narrow, wide) else CONTRADICTS


def _covers(wide: dates.PartialDate, narrow: dates.PartialDate) -> bool:
    """Whether all that the narrow one can mean lies within the wide one."""
    if not wide.has_year:
        return wide.month == narrow.month and wide.day in (None, narrow.day)
    if not narrow.has_year or not (wide.earliest and wide.latest and narrow.earliest and narrow.latest):
        return False
    return wide.earliest <= narrow.earliest and narrow.latest <= wide.latest


def _status(told: str, known: str) -> str:
    if told in _IN_TIME and known in _IN_TIME:
        return ADDS if _IN_TIME.index(told) > _IN_TIME.index(known) else SAYS_NOTHING
    return CONTRADICTS


def undecided(told: Node, said: Mapping[str, str]) -> frozenset[str]:
    """The fields of a told row whose words are no evidence of what is known, by the verdicts on its columns."""
    fields: set[str] = set()
    for column, value in told.values.items():
        if value in _EMPTY or column in _NAMING or column == "position":
            continue
        if said.get(column) not in {AGREES, ADDS}:
            fields |= fields_of(column)
    if said.get("post_id") != CONTRADICTS and {said.get("post_id"), said.get("post_as_printed")} & {AGREES, ADDS}:
        fields -= {"post", "post_as_printed"}
    return frozenset(fields)


# What a row is called: that a row is there says that it is meant.
_NAMING = frozenset(
    ("as_printed", "name_as_printed", "official_id", "guest_as_printed", "host_as_printed", "side_as_printed",
     "sender_as_printed", "kind_as_printed", "place_as_printed", "title", "summary", "life")
)  # fmt: skip


def end_of(told: str, start: str) -> str:
    """A told end without a year, in the year of the known start; "" where it may be in another."""
    if not told or not start:
        return told
    end, begin = dates.parse(told), dates.parse(start)
    if end.has_year or not begin.earliest or "X" in begin.year:
        return told
    if not begin.month or (end.month, end.day or 31) < (begin.month, begin.day or 1):
        return ""
    return str(dates.PartialDate(begin.year, end.month, end.day))


def is_within(day: str, known: Mapping[str, Any]) -> bool:
    """Whether a day lies in a known stay of several."""
    stay = known["start"], known.get("end") or ""
    if not all(stay):
        return False
    told, days = _days_of_year((day, day)), _days_of_year(stay)
    return bool(told) and told <= days and days_fit(stay, (day, ""), "") == SAME_DAYS


def ends_before(end: str, start: str) -> bool:
    last, first = dates.bounds(end)[1], dates.bounds(start)[0]
    return bool(last and first and last < first)


# rows


def twin(told: Node, there: list[Node], people: "Names") -> Node | None:
    """The row of the known record that a told row means, where it is printed otherwise."""
    match told.kind.name:
        case "member" | "participant":
            found = [one for one in there if same_person(told, one, people)]
            if not found and told.values.get("head") and not people.of(told):  # "the President", nobody named
                found = [one for one in there if one.values["head"]]
        case "meeting":
            found = [one for one in there if _same_meeting(told, one, people)]
        case "topic_link":
            found = [one for one in there if _same_topic(told, one)]
        case "outcome":
            found = [one for one in there if _same_outcome(told, one)]
        case _:
            found = []
    return found[0] if len(found) == 1 else None


def _same_topic(told: Node, known: Node) -> bool:
    """One topic, or the same words where one of the two is none that we know; one phrase may name several topics."""
    topics = told.values["topic_id"], known.values["topic_id"]
    if all(topics):
        return bool(topics[0] == topics[1])
    return _says_the_same(told.values["as_printed"], known.values["as_printed"]) and bool(told.values["as_printed"])


def _same_outcome(told: Node, known: Node) -> bool:
    if told.values["kind"] != known.values["kind"]:
        return False
    titles = (names.search_key(told.values["title"]), names.search_key(known.values["title"]))
    return fuzz.token_sort_ratio(*titles) >= _ALIKE


def _same_meeting(told: Node, known: Node, people: "Names") -> bool:
    """Somebody is in both, and the days may be one."""
    days = told.values["date"], known.values["date"]
    if all(days) and verdict("date", *days) == CONTRADICTS:
        return False
    return any(
        same_person(one, other, people)
        for one in told.lists.get("participants", ())
        for other in known.lists.get("participants", ())
    )


class Names(dict[int, list[str]]):
    """What officials are called: id -> names."""

    def of(self, person: Node) -> list[str]:
        """All names that a row gives its person."""
        values = person.values
        official = values["official_id"]
        if isinstance(official, Planned):
            called = [str(official.values.get("name") or "")]
        else:
            called = self.get(official, []) if official else []
        return [name for name in dict.fromkeys((values["name_as_printed"], *called)) if name]


def same_person(one: Node, other: Node, people: Names) -> bool:
    """Whether two rows of one visit mean the same person: one official, or names that are one's in two spellings."""
    officials = one.values["official_id"], other.values["official_id"]
    if all(isinstance(official, int) for official in officials):
        return bool(officials[0] == officials[1])
    return any(_alike(name, another) for name in people.of(one) for another in people.of(other))


@lru_cache(maxsize=20_000)
def _alike(name: str, other: str) -> bool:
    return likeness.compare(likeness.words_of(name), likeness.words_of(other)) in _ONE_PERSON


# times

_BESIDE = timedelta(days=1)
_PRINTED_WITHIN = timedelta(days=14)
_YEAR = timedelta(days=370)
_ANY_YEAR = 2000
SAME_DAYS, NEAR_DAYS, OTHER_DAYS = "same", "near", "other"
Stay = tuple[str, str]  # start and end, EDTF or empty


def days_fit(known: Stay, told: Stay, published: str) -> str:
    """Whether two stays may be one by their days: the same, near (too little is known), other."""
    known, told = _whole(known), _whole(told)
    printed = dates.bounds(published)[0]
    first, last = dates.bounds(known[0])[0], dates.bounds(known[1])[1]
    if not told[0] or not known[0]:
        if not first or not last or not printed or told[0]:
            return NEAR_DAYS
        return NEAR_DAYS if first - _PRINTED_WITHIN <= printed <= last + _PRINTED_WITHIN else OTHER_DAYS
    begun, ended = dates.bounds(told[0])[0], dates.bounds(told[1])[1]
    if first and last and begun and ended:
        if begun <= last and first <= ended:
            return SAME_DAYS if _is_precise(known) and _is_precise(told) else NEAR_DAYS
        return NEAR_DAYS if begun <= last + _BESIDE and first <= ended + _BESIDE else OTHER_DAYS
    if first and printed and abs(first - printed) > _YEAR:
        return OTHER_DAYS
    mine, others = _days_of_year(known), _days_of_year(told)
    if mine & others:
        return SAME_DAYS
    if not mine or not others:
        return NEAR_DAYS
    beside = {_move(day, step) for day in others for step in (-1, 1)}
    return NEAR_DAYS if mine & beside else OTHER_DAYS


def _whole(stay: Stay) -> Stay:
    return stay[0] or stay[1], stay[1] or stay[0]


def _is_precise(stay: Stay) -> bool:
    return all(dates.parse(day).month for day in stay)


def _days_of_year(stay: Stay) -> set[tuple[int, int]]:
    """Month and day of each day of the stay, as if it were in one year."""
    parts = [dates.parse(day) for day in stay]
    if not all(part.month for part in parts):
        return set()
    first, last = (_in_any_year(part) for part in parts)
    begun, ended = first[0], last[1]
    if ended < begun:
        ended = ended.replace(year=_ANY_YEAR + 1)
    return {
        ((begun + timedelta(days=step)).month, (begun + timedelta(days=step)).day)
        for step in range((ended - begun).days + 1)
    }


def _in_any_year(part: dates.PartialDate) -> tuple[date, date]:
    """First and last day."""
    whole = dates.PartialDate(str(_ANY_YEAR), part.month, part.day)
    assert whole.earliest  # noqa: S101 - it has a year
    assert whole.latest  # noqa: S101
    return whole.earliest, whole.latest


def _move(day: tuple[int, int], step: int) -> tuple[int, int]:
    moved = date(_ANY_YEAR, *day) + timedelta(days=step)
    return moved.month, moved.day


def fields_of(column: str) -> frozenset[str]:
    """The fields under which a citation may name a column: `guest_country_id` is `guest_country`, and `guest`."""
    name = column.removesuffix("_id")
    role, _sep, part = name.rpartition("_")
    fields = {name, f"{name}_as_printed"}
    if part in {"country", "organization"} and role:
        fields.add(role)
    return frozenset(fields)
