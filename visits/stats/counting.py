"""Counting by a rule and groupings: the filters' own query inside one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from visits import paging
from visits.filters import ListFilter

from .groupings import GROUPINGS, Grouping
from .rules import CHOSEN, COLUMNS, NAMES, RULES, sentence

MOST = 20_000  # groups
CONTROLS = ("cursor", "page_size", "ordering", "view", "rule", "by", "cite")  # of an address, no filters


@dataclass(frozen=True)
class Group:
    """One number: its keys (None: the record has none) and their words, and the visits behind it with their list."""

    keys: tuple[str | None, ...]
    labels: tuple[str, ...]
    number: int
    visits: int
    url: str | None


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


def count(filters: ListFilter, by: Sequence[str], rule: str = "visit") -> Counted:
    """The groups with their numbers, the largest first; two queries."""
    total, visits, used = _rows(filters, [], rule)[0]
    found = groups(filters, by, rule, MOST + 1) if by else []
    skipped = visits - used if rule == "day" else 0
    said = sentence(rule, filters)
    return Counted(rule, said, tuple(by), total, visits, skipped, found[:MOST], len(found) > MOST)


def groups(filters: ListFilter, by: Sequence[str], rule: str = "visit", most: int | None = None) -> list[Group]:
    """The groups alone, the largest first; one query."""
    groupings = [GROUPINGS[name] for name in by]
    return [_group(filters, groupings, row) for row in _rows(filters, groupings, rule, most)]


def chosen_by(queryset: QuerySet[Any]) -> tuple[str, list[Any]]:
    """The visits of a queryset as the table `chosen` of a WITH; EmptyResultSet when nothing can be among them."""
    statement, parameters = queryset.order_by().values_list(*COLUMNS).query.sql_with_params()
    return f"WITH visit ({NAMES}) AS ({statement}), chosen AS MATERIALIZED ({CHOSEN})", list(parameters)


def _rows(
    filters: ListFilter, groupings: Sequence[Grouping], rule: str, most: int | None = None
) -> list[tuple[Any, ...]]:
    """Keys and names of each group, then its number and its visits; of no grouping the number, all visits, the used."""
    try:
        start, parameters = chosen_by(filters.qs)
    except EmptyResultSet:
        return [] if groupings else [(0, 0, 0)]
    counted = f"{RULES[rule].measure}::bigint, count(DISTINCT counted.visit)"
    units = f"FROM ({RULES[rule].units}) AS counted"
    if not groupings:
        whole = f"{RULES[rule].measure}::bigint, (SELECT count(*) FROM chosen), count(DISTINCT counted.visit)"  # noqa: S608 - no input
        return _fetch(f"{start} SELECT {whole} {units}", parameters)
    keys, joins = [], []
    for number, one in enumerate(groupings):
        alias = f"by_{number}"
        keys += [one.key.format(alias=alias), one.called.format(alias=alias)]
        joins.append(one.join.format(alias=alias))
        parameters += one.parameters(filters.known)
    places = ", ".join(str(number) for number in range(1, len(keys) + 1))
    last = len(keys) + 1
    statement = f"""
        {start} SELECT {", ".join(keys)}, {counted}
        {units} JOIN chosen ON chosen.id = counted.visit {" ".join(joins)}
        GROUP BY {places} ORDER BY {last} DESC, {places} LIMIT {most or "ALL"}
    """
    return _fetch(statement, parameters)


def _fetch(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _group(filters: ListFilter, groupings: Sequence[Grouping], row: tuple[Any, ...]) -> Group:
    *pairs, number, visits = row
    keys = tuple(pairs[::2])
    labels = tuple(
        one.words(key, name or "", filters.known) if key is not None else ""
        for one, key, name in zip(groupings, keys, pairs[1::2], strict=True)
    )
    return Group(keys, labels, number, visits, listed(filters, groupings, keys))


def listed(filters: ListFilter, groupings: Sequence[Grouping], keys: Sequence[str | None]) -> str | None:
    """The list of just the visits of a group; None where the filters cannot say it."""
    if None in keys or any(not one.filter or (one.several and filters.chosen(one.filter)) for one in groupings):
        return None
    changes = dict.fromkeys(CONTROLS) | dict(zip((one.filter for one in groupings), keys, strict=True))
    return paging.url_with(reverse("visits"), filters.data, **changes)
