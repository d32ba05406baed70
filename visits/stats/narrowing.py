# ruff: noqa: S608 - the statements are made of our own words
"""Facets: what the list can still be narrowed to, each choice with its number; none leads to an empty list.

The number of a choice is that of the list it leads to: of a facet that is on already, the list with that choice in
its place. One statement counts them all.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet

from visits import paging
from visits.filters import VisitFilter

from .counting import COLUMNS, CONTROLS, fetch, kept
from .groupings import GROUPINGS, table_of
from .rules import NAMES

FACETS = ("guest", "host", "region", "rank", "kind", "status", "topic", "year", "source")
SHOWN, MORE = 6, 60
LIMIT = 50_000  # of more visits the newest so many are counted: the numbers are “more than”
_PAGING = ("cursor",)


@dataclass(frozen=True)
class Choice:
    key: str
    label: str
    number: int
    on: bool
    url: str


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    choices: list[Choice]
    at_least: bool

    @property
    def first(self) -> list[Choice]:
        """What is on, then the largest (of years the latest)."""
        return sorted(self.choices, key=lambda one: not one.on)[:SHOWN]

    @property
    def rest(self) -> list[Choice]:
        return sorted(self.choices, key=lambda one: not one.on)[SHOWN : SHOWN + MORE]

    @property
    def on(self) -> bool:
        return any(choice.on for choice in self.choices)


def facets(filters: VisitFilter) -> list[Facet]:
    """All facets of a list of visits that have something to choose; one query, and two for those of all visits."""
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in FACETS}
    parts: list[str] = []
    parameters: list[Any] = []
    of_all: list[str] = []
    for name in FACETS:
        of = _without(filters, GROUPINGS[name].filter)
        if not of.is_narrowed:
            of_all.append(name)
            continue
        with suppress(EmptyResultSet):
            statement, needed = _part(name, filters, of)
            parts.append(statement)
            parameters += needed
    if parts:
        with suppress(EmptyResultSet):
            start, needed = _chosen(filters)
            parts[0] = f"{start} {parts[0]}"
            parameters = needed + parameters
        for name, *row in fetch(" UNION ALL ".join(parts), parameters):
            found[name].append(tuple(row))
    if of_all:
        for name, *row in kept(tuple(of_all), filters, lambda: _of_all(of_all, filters)):
            found[name].append(tuple(row))
    facets = [_facet(filters, name, found[name]) for name in FACETS]
    return [facet for facet in facets if len(facet.choices) > 1 or facet.on]


def _without(filters: VisitFilter, name: str) -> VisitFilter:
    """The list without this filter, if that is on."""
    if not filters.data.getlist(name):
        return filters
    others = filters.data.copy()
    del others[name]
    return type(filters).open(others, filters.path, also=CONTROLS)


def _chosen(filters: VisitFilter) -> tuple[str, list[Any]]:
    """The visits of a list, the newest of very many, as the table `chosen`."""
    newest: Any = filters.digests
    statement, parameters = newest.newest_first()[: LIMIT + 1].values_list(*COLUMNS).query.sql_with_params()
    return f"WITH chosen ({NAMES}) AS MATERIALIZED ({statement})", list(parameters)


def _part(name: str, filters: VisitFilter, of: VisitFilter) -> tuple[str, list[Any]]:
    """The numbers of one facet; one that is on has its own `chosen`, as if it were not."""
    start, parameters = ("", []) if of is filters else _chosen(of)
    if of is filters and filters.digests.query.is_empty():
        raise EmptyResultSet
    statement, needed = _numbers(name, filters, f"(SELECT count(*) > {LIMIT} FROM chosen)", "count(*)")
    return f"({start} {statement})", [*parameters, *needed]


def _of_all(names: list[str], filters: VisitFilter) -> list[tuple[Any, ...]]:
    """Of all visits what is added up already."""
    parts, parameters = [], list[Any]()
    for name in names:
        statement, needed = _numbers(name, filters, "false", "sum(number)")
        part = f"SELECT {NAMES}, number FROM visits_tally WHERE part = '{GROUPINGS[name].part}'"
        parts.append(f"(WITH chosen AS MATERIALIZED ({part}) {statement})")
        parameters += needed
    return fetch(" UNION ALL ".join(parts), parameters)


def _numbers(name: str, filters: VisitFilter, more: str, number: str) -> tuple[str, list[Any]]:
    """The numbers of one facet over `chosen`."""
    one = GROUPINGS[name]
    key, called, join = (text.format(alias="by_0") for text in (one.key, one.called, one.join))
    table, needed = table_of([one], filters.known)
    alike = f"(SELECT {one.needs}, {number} AS number FROM {table} AS chosen GROUP BY {one.needs}) AS chosen"
    statement = f"""
        SELECT '{name}', ({key})::text, ({called})::text, sum(number)::bigint, {more} FROM {alike} {join}
        GROUP BY 2, 3 HAVING sum(number) > 0
    """
    return statement, [*needed, *one.parameters(filters.known)]


def _facet(filters: VisitFilter, name: str, rows: list[tuple[Any, ...]]) -> Facet:
    """The choices that are shown: what is on, and the largest (of years all, the latest first)."""
    one = GROUPINGS[name]
    on = {*filters.data.getlist(one.filter), *map(_written, filters.chosen(one.filter))}
    shown = sorted((row for row in rows if row[0] is not None), key=lambda row: (row[0] not in on, -row[2]))
    shown = shown if name == "year" else shown[: SHOWN + MORE + len(on)]
    choices = [_choice(filters, name, key, called, number, key in on) for key, called, number, _more in shown]
    if name == "year":
        choices.sort(key=lambda one: one.key if one.key != "unknown" else "", reverse=True)
    else:
        choices.sort(key=lambda one: (-one.number, one.label))
    return Facet(name, str(one.label), choices, any(row[3] for row in rows))


def _choice(filters: VisitFilter, name: str, key: str, called: str | None, number: int, on: bool) -> Choice:
    one = GROUPINGS[name]
    changes: dict[str, str | None] = {**dict.fromkeys(_PAGING), one.filter: None if on else key}
    url = paging.url_with(filters.path, filters.data, **changes)
    return Choice(key, one.words(key, called or "", filters.known), number, on, url)


def _written(key: Any) -> str:
    """A value's key as a grouping has it."""
    return str(getattr(key, "country", None) or key)
