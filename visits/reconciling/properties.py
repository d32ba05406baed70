"""What can be asked about, and compared with, a candidate: one entry a property.

`values` reads it from a row for data extension; `agrees` compares a row with what a query says: yes, no, or None where
one of the two says nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from visits import dates, enums, names
from visits.imports.titles import parse_visitors, rank_of

Row = dict[str, Any]
Value = dict[str, Any]
_SAME_TIME, _ANOTHER_TIME = 1, 25  # years from a time in which somebody is seen


@dataclass
class Wanted:
    """What a query says of one property: texts, ids of entities, and what these mean as countries and as a time."""

    texts: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    countries: set[str] = field(default_factory=set)
    time: tuple[date | None, date | None] = (None, None)

    @property
    def keys(self) -> set[str]:
        return {key for text in self.texts if (key := names.search_key(text))}

    @property
    def year(self) -> int | None:
        return self.time[0].year if self.time[0] else None


@dataclass(frozen=True)
class Property:
    """`type` is the kind of the entities that are its values; "" where they are plain."""

    id: str
    name: str
    values: Callable[[Row], list[Value]] | None = None
    agrees: Callable[[Row, Wanted], bool | None] | None = None
    type: str = ""


def time_of(text: str) -> tuple[date | None, date | None]:
    """The days that a cell can mean, a date with a time of day included; (None, None) where it is no date."""
    try:
        return dates.bounds(names.clean(text)[:10])
    except dates.DateError:
        return None, None


# values


def plain(*texts: Any) -> list[Value]:
    return [{"int" if isinstance(text, int) else "str": text} for text in texts if text not in (None, "")]


def entity(kind: str, key: Any, name: str) -> Value:
    return {"id": f"{kind}-{key}", "name": name}


def column(name: str) -> Callable[[Row], list[Value]]:
    return lambda row: plain(*row[name]) if isinstance(row[name], list) else plain(row[name])


def other_names(row: Row) -> list[Value]:
    return plain(*(one["text"] for one in row["other_names"]))


def linked(name: str, kind: str, key: str) -> Callable[[Row], list[Value]]:
    """The entity, or the entities, of a part of the row."""

    def values(row: Row) -> list[Value]:
        found = row[name] if isinstance(row[name], list) else [row[name]] if row[name] else []
        return [entity(kind, one[key], one["name"]) for one in found]

    return values


def post_of(tenure: Row) -> Value:
    return entity("post", tenure["post"]["id"], tenure["post"]["title"])


def holder_of(tenure: Row) -> Value:
    return entity("official", tenure["official"]["id"], tenure["official"]["name"])


def of_tenures(value: Callable[[Row], Value]) -> Callable[[Row], list[Value]]:
    """One value for each post or holder, however often it was held."""
    return lambda row: list({value(one)["id"]: value(one) for one in row["tenures"]}.values())


def in_words(value: Callable[[Row], Value]) -> Callable[[Row], list[Value]]:
    """`Foreign Minister (2001/2024)`: the time as EDTF writes it, an unknown end is empty."""
    return lambda row: plain(
        *(
            f"{value(one)['name']} ({one['start']}/{one['end']})" if one["start"] or one["end"] else value(one)["name"]
            for one in row["tenures"]
        )
    )


# comparisons


def same_country(row: Row, wanted: Wanted) -> bool | None:
    if not wanted.countries or not row["country"]:
        return None
    return row["country"]["code"] in wanted.countries


def same_text(*parts: str) -> Callable[[Row, Wanted], bool | None]:
    """Whether one of these columns is one of the values, spelling aside."""

    def agrees(row: Row, wanted: Wanted) -> bool | None:
        mine = {names.search_key(str(row[part])) for part in parts if row[part]}
        return bool(mine & wanted.keys) if mine and wanted.keys else None

    return agrees


def same_reference(part: str, kind: str, key: str) -> Callable[[Row, Wanted], bool | None]:
    """Whether a part of the row is one of the entities, by id or by name."""

    def agrees(row: Row, wanted: Wanted) -> bool | None:
        found = row[part] if isinstance(row[part], list) else [row[part]] if row[part] else []
        if not found or not (wanted.ids or wanted.keys):
            return None
        return any(
            f"{kind}-{one[key]}" in wanted.ids or {names.search_key(one["name"]), names.search_key(str(one[key]))}
            & wanted.keys
            for one in found
        )  # fmt: skip

    return agrees


def member_country(row: Row, wanted: Wanted) -> bool | None:
    if not wanted.countries or not row["countries"]:
        return None
    return any(one["code"] in wanted.countries for one in row["countries"])


def same_rank(row: Row, wanted: Wanted) -> bool | None:
    mine, theirs = ranks_of(row), {rank_meant(text) for text in wanted.texts} - {""}
    return bool(mine & theirs) if mine and theirs else None


def same_post(row: Row, wanted: Wanted) -> bool | None:
    """The same title, or another title of the same rank."""
    if not row["seen"] or not (wanted.ids or wanted.keys):
        return None
    mine = {f"post-{one.post}" for one in row["seen"]} | {names.search_key(one.title) for one in row["seen"]}
    return bool(mine & ({*wanted.ids} | wanted.keys)) or bool(same_rank(row, wanted))


def seen_then(row: Row, wanted: Wanted) -> bool | None:
    """Whether somebody is seen in that time; no only where decades lie between."""
    year = wanted.year
    spans = [(one.first or one.last, one.last or one.first) for one in row["seen"] if one.first or one.last]
    if year is None or not spans:
        return None
    apart = min(max(first.year - year, year - last.year, 0) for first, last in spans)
    return None if _SAME_TIME < apart <= _ANOTHER_TIME else apart <= _SAME_TIME


def existed_then(row: Row, wanted: Wanted) -> bool | None:
    first, last = wanted.time
    began, ended = dates.bounds(row["valid_from"])[0], dates.bounds(row["valid_to"])[1]
    if not first or not last or not (began or ended):
        return None
    return (not began or last >= began) and (not ended or first <= ended)


def ranks_of(row: Row) -> set[str]:
    """The ranks of a post, or of the posts of an official."""
    found = {one.rank for one in row["seen"]} if "seen" in row else {row["rank"]}
    return found - {"", enums.Rank.OTHER.value}


def rank_meant(text: str) -> str:
    """The rank that a word of the vocabulary or a title means; "" where it does not tell."""
    word = names.clean(text)
    key = names.search_key(word)
    for rank in enums.Rank:
        if key in (names.search_key(rank.value), names.search_key(str(rank.label))):
            return rank.value
    persons = parse_visitors(word)
    rank = rank_of(persons[0].post) if len(persons) == 1 and persons[0].post else enums.Rank.OTHER
    return "" if rank == enums.Rank.OTHER else rank.value
