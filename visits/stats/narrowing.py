"""Facets: what the list can still be narrowed to, each choice with its number; none leads to an empty list.

The number of a choice is that of the list it leads to: of a facet that is on already, the list with that choice in
its place. One statement counts them all.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from visits import paging
from visits.filters import ListFilter

from .counting import COLUMNS, CONTROLS
from .groupings import GROUPINGS
from .rules import CHOSEN, NAMES

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


def facets(filters: ListFilter) -> list[Facet]:
    """All facets of a list of visits that have something to choose; one query."""
    parts: list[str] = []
    parameters: list[Any] = []
    for name in FACETS:
        with suppress(EmptyResultSet):
            statement, needed = _part(name, filters)
            parts.append(statement)
            parameters += needed
    if not parts:
        return []
    with suppress(EmptyResultSet):
        start, needed = _chosen(filters)
        parts[0] = f"{start} {parts[0]}"
        parameters = needed + parameters
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        rows = cursor.fetchall()
    found = [_facet(filters, name, [row[1:] for row in rows if row[0] == name]) for name in FACETS]
    return [facet for facet in found if len(facet.choices) > 1 or facet.on]


def _chosen(filters: ListFilter) -> tuple[str, list[Any]]:
    """The visits of a list, the newest of very many, as the table `chosen`."""
    queryset: Any = filters.qs
    statement, parameters = queryset.newest_first()[: LIMIT + 1].values_list(*COLUMNS).query.sql_with_params()
    return f"WITH visit ({NAMES}) AS ({statement}), chosen AS MATERIALIZED ({CHOSEN})", list(parameters)


def _part(name: str, filters: ListFilter) -> tuple[str, list[Any]]:
    """The numbers of one facet; one that is on has its own `chosen`, as if it were not."""
    one, start = GROUPINGS[name], ""
    parameters: list[Any] = []
    if filters.data.getlist(one.filter):
        others = filters.data.copy()
        del others[one.filter]
        start, parameters = _chosen(type(filters).open(others, filters.path, also=CONTROLS))
    elif filters.qs.query.is_empty():
        raise EmptyResultSet
    key, called, join = (text.format(alias="by_0") for text in (one.key, one.called, one.join))
    more = f"(SELECT count(*) > {LIMIT} FROM chosen)"  # noqa: S608 - no input
    counted = f"SELECT '{name}', ({key})::text, ({called})::text, count(*), {more}"
    return f"({start} {counted} FROM chosen {join} GROUP BY 2, 3)", [*parameters, *one.parameters(filters.known)]


def _facet(filters: ListFilter, name: str, rows: list[tuple[Any, ...]]) -> Facet:
    choices = [_choice(filters, name, *row[:3]) for row in rows if row[0] is not None]
    if name == "year":
        choices.sort(key=lambda one: one.key if one.key != "unknown" else "", reverse=True)
    else:
        choices.sort(key=lambda one: (-one.number, one.label))
    return Facet(name, str(GROUPINGS[name].label), choices, any(row[3] for row in rows))


def _choice(filters: ListFilter, name: str, key: str, called: str | None, number: int) -> Choice:
    one = GROUPINGS[name]
    on = key in {*filters.data.getlist(one.filter), *map(_written, filters.chosen(one.filter))}
    changes: dict[str, str | None] = {**dict.fromkeys(_PAGING), one.filter: None if on else key}
    url = paging.url_with(filters.path, filters.data, **changes)
    return Choice(key, one.words(key, called or "", filters.known), number, on, url)


def _written(key: Any) -> str:
    """A value's key as a grouping has it."""
    return str(getattr(key, "country", None) or key)
