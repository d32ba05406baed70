# ruff: noqa: S608 - the statements are made of our own words
"""Counting by a rule and groupings: the filters' own query inside one statement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Max, QuerySet
from django.urls import reverse

from visits import paging
from visits.enums import CountingRule
from visits.filters import VisitFilter
from visits.models import Tally

from .groupings import GROUPINGS, Grouping, table_of
from .rules import COLUMNS, NAMES, RULES, sentence

MOST = 20_000  # groups
CONTROLS = ("cursor", "page_size", "ordering", "view", "rule", "by", "cite")  # of an address, no filters


@dataclass(frozen=True)
class Group:
    """One number: its keys (None: the record has none) and their words, and the visits behind it with their list."""

    keys: tuple[str | None, ...]
    labels: tuple[str, ...]
    number: int
    visits: int
    filters: VisitFilter
    by: tuple[str, ...]

    @property
    def url(self) -> str | None:
        """Asked for few of the many groups that a chart adds up."""
        return listed(self.filters, [GROUPINGS[name] for name in self.by], self.keys)


@dataclass(frozen=True)
class Counted:
    """`total` is of all visits together; groups may share what they count. `skipped` visits are not counted."""

    rule: str
    sentence: str
    by: tuple[str, ...]
    total: int
    visits: int
    skipped: int
    groups: list[Group]
    cut: bool


def count(filters: VisitFilter, by: Sequence[str], rule: str = "visit") -> Counted:
    """The groups with their numbers, the largest first; two queries."""
    total, visits, used = _rows(filters, [], rule)[0]
    found = groups(filters, by, rule, MOST + 1) if by else []
    skipped = visits - used if rule == "day" else 0
    said = sentence(rule, filters)
    return Counted(rule, said, tuple(by), total, visits, skipped, found[:MOST], len(found) > MOST)


def groups(filters: VisitFilter, by: Sequence[str], rule: str = "visit", most: int | None = None) -> list[Group]:
    """The groups alone, the largest first; one query."""
    groupings = [GROUPINGS[name] for name in by]
    return [_group(filters, groupings, row) for row in _rows(filters, groupings, rule, most)]


def chosen_by(queryset: QuerySet[Any]) -> tuple[str, list[Any]]:
    """The visits of a queryset of digests as the table `chosen` of a WITH; EmptyResultSet when there can be none."""
    columns = queryset.order_by().values_list("pk", "earliest", "latest", *COLUMNS)
    statement, parameters = columns.query.sql_with_params()
    return f"WITH chosen (id, earliest, latest, {NAMES}) AS MATERIALIZED ({statement})", list(parameters)


def alike(filters: VisitFilter, needs: Sequence[str], part: str | None = None) -> tuple[str, list[Any]]:
    """Visits that are alike in these columns as one row with their `number`; of all visits what is added up already."""
    columns = ", ".join(needs)
    if part and not filters.is_narrowed:
        counted = f"SELECT {columns}, sum(number)::bigint AS number FROM visits_tally WHERE part = '{part}'"
        return f"WITH chosen AS MATERIALIZED ({counted} GROUP BY {columns})", []
    statement, parameters = filters.digests.order_by().values_list(*needs).query.sql_with_params()
    counted = f"SELECT {columns}, count(*) AS number FROM ({statement}) AS every ({columns}) GROUP BY {columns}"
    return f"WITH chosen AS MATERIALIZED ({counted})", list(parameters)


def _rows(
    filters: VisitFilter, groupings: Sequence[Grouping], rule: str, most: int | None = None
) -> list[tuple[Any, ...]]:
    """As counted; numbers of all visits are kept in the process until the tally changes."""
    if rule != CountingRule.VISIT or filters.is_narrowed:
        return _counted(filters, groupings, rule, most)
    key = (tuple(one.name for one in groupings), rule, most)
    return kept(key, filters, lambda: _counted(filters, groupings, rule, most))


_kept: dict[Any, list[tuple[Any, ...]]] = {}
_MOST_KEPT = 50


def kept(key: Any, filters: VisitFilter, count: Callable[[], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """What was counted of all visits: by a query for the tally's newest row, as long as there is none since."""
    newest = Tally.objects.aggregate(newest=Max("pk"))["newest"]
    key = (connection.settings_dict["NAME"], newest, filters.known, key)
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = count()
    return _kept[key]


def _counted(
    filters: VisitFilter, groupings: Sequence[Grouping], rule: str, most: int | None = None
) -> list[tuple[Any, ...]]:
    """Keys and names of each group, then its number and its visits; of no grouping the number, all visits, the used."""
    try:
        if rule == CountingRule.VISIT:
            needs = list(dict.fromkeys(column for one in groupings for column in one.columns)) or ["kind"]
            parts = {one.part for one in groupings} or {"kind"}
            start, parameters = alike(filters, needs, parts.pop() if len(parts) == 1 else None)
            measure, visits, whole, units = "sum(number)::bigint", "sum(number)::bigint", "sum(number)::bigint", ""
        else:
            start, parameters = chosen_by(filters.digests)
            measure, visits = f"{RULES[rule].measure}::bigint", "count(DISTINCT counted.visit)"
            whole, units = "(SELECT count(*) FROM chosen)", f"({RULES[rule].units}) AS counted"
    except EmptyResultSet:
        return [] if groupings else [(0, 0, 0)]
    if not groupings:
        (numbers,) = fetch(f"{start} SELECT {measure}, {whole}, {visits} FROM {units or 'chosen'}", parameters)
        return [tuple(number or 0 for number in numbers)]
    table, needed = table_of(groupings, filters.known)
    source = f"{units} JOIN {table} AS chosen ON chosen.id = counted.visit" if units else f"{table} AS chosen"
    parameters += needed
    keys, joins = [], []
    for number, one in enumerate(groupings):
        alias = f"by_{number}"
        keys += [one.key.format(alias=alias), one.called.format(alias=alias)]
        joins.append(one.join.format(alias=alias))
        parameters += one.parameters(filters.known)
    places = ", ".join(str(number) for number in range(1, len(keys) + 1))
    last = len(keys) + 1
    statement = f"""
        {start} SELECT {", ".join(keys)}, {measure}, {visits} FROM {source} {" ".join(joins)}
        GROUP BY {places} ORDER BY {last} DESC, {places} LIMIT {most or "ALL"}
    """
    return fetch(statement, parameters)


def fetch(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """As a SELECT, which the history has no need to know of."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({statement}) AS found", parameters)
        return list(cursor.fetchall())


def _group(filters: VisitFilter, groupings: Sequence[Grouping], row: tuple[Any, ...]) -> Group:
    *pairs, number, visits = row
    keys = tuple(pairs[::2])
    labels = tuple(
        one.words(key, name or "", filters.known) if key is not None else ""
        for one, key, name in zip(groupings, keys, pairs[1::2], strict=True)
    )
    return Group(keys, labels, number, visits, filters, tuple(one.name for one in groupings))


def listed(filters: VisitFilter, groupings: Sequence[Grouping], keys: Sequence[str | None]) -> str | None:
    """The list of just the visits of a group; None where the filters cannot say it."""
    if None in keys or any(not one.filter or (one.several and filters.chosen(one.filter)) for one in groupings):
        return None
    changes = dict.fromkeys(CONTROLS) | dict(zip((one.filter for one in groupings), keys, strict=True))
    return paging.url_with(reverse("visits"), filters.data, **changes)
