"""Lists as files: tables by a registry of columns, JSON Lines of records or rows; read in chunks, memory is flat.

A column is one entry: name, label, expression over a row of `visits.rows`. Visits, meetings and officials begin
with the columns of the tables that editors load, in the same cells; columns to be read alone stand behind. CSV is
UTF-8 with a byte-order mark, as spreadsheets need one; lines end with CR LF (RFC 4180). A cell that a spreadsheet would
take for a formula begins with an apostrophe (https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from django.db.models import F, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import mapping, paging, record
from .imports.reading import AnyRecord
from .imports.respelled import armed
from .imports.tables import TABLES
from .imports.tables.written import cells_of
from .rows import SHAPES, Row

CHUNK = 500
BOM = "\ufeff"


@dataclass(frozen=True)
class Column:
    name: str
    label: Any
    value: Callable[[Row], Any]


def plain(name: str, label: Any) -> Column:
    return Column(name, label, lambda row: row[name])


def joined(name: str, label: Any, part: Callable[[Row], Any]) -> Column:
    """A list of the row as one cell."""
    return Column(name, label, lambda row: "; ".join(str(part(one)) for one in row[name] if part(one)))


def inner(name: str, label: Any, *path: str) -> Column:
    """A value inside the row's dicts; nothing where one of them is absent."""

    def value(row: Row) -> Any:
        found: Any = row
        for step in path:
            found = found.get(step) if found else None
        return found

    return Column(name, label, value)


def table_columns(kind: str) -> tuple[Column, ...]:
    """The columns of the table that editors load (`imports.tables`), so that an edited file is an update."""
    return tuple(
        Column(name, capfirst(name.replace("_", " ")), lambda row, name=name: row["cells"][name])  # type: ignore[misc]
        for name in TABLES[kind].by_name
    )


def _head(row: Row) -> str:
    return "; ".join(one["head"]["name"] for one in row["delegations"] if one["head"] and one["head"]["name"])


_IDS = (plain("id", _("Id")), plain("uid", _("Permanent id")), plain("url", _("Address")))
_ADDRESS = (plain("id", _("Id")), plain("url", _("Address")))
_BOUNDS = (plain("earliest", _("Earliest day")), plain("latest", _("Latest day")))
_EVIDENCED = plain("evidenced", _("Share of facts evidenced"))
_NAMES = joined("other_names", _("Other names"), lambda name: name["text"])
_COUNTRY = inner("country", _("Country"), "country", "code")

COLUMNS: dict[str, tuple[Column, ...]] = {
    "visits": (
        *table_columns("visits"),
        *_ADDRESS,
        *_BOUNDS,
        inner("guest_name", _("Name of the guest"), "guest", "name"),
        inner("host_name", _("Name of the host"), "host", "name"),
        Column("head_name", _("Name of the head"), _head),
        plain("meetings", _("Meetings")),
        _EVIDENCED,
    ),
    "meetings": (
        *table_columns("meetings"),
        *_ADDRESS,
        *_BOUNDS,
        inner("venue_name", _("Name of the country"), "venue", "name"),
        _EVIDENCED,
    ),
    "officials": (
        *table_columns("officials"),
        *_ADDRESS,
        inner("country_name", _("Name of the country"), "country", "name"),
    ),
    "posts": (
        *_IDS,
        plain("title", _("Title")),
        plain("rank", _("Rank")),
        _COUNTRY,
        inner("organization", _("Organization"), "organization", "name"),
    ),
    "organizations": (
        *_IDS,
        plain("slug", _("Short address")),
        plain("name", _("Name")),
        plain("short_name", _("Short name")),
        _NAMES,
        plain("kind", _("Kind")),
        _COUNTRY,
    ),
    "countries": (
        plain("code", _("Code")),
        plain("alpha3", _("Three-letter code")),
        plain("url", _("Address")),
        plain("name", _("Name")),
        plain("official_name", _("Official name")),
        plain("kind", _("Kind")),
        plain("valid_from", _("Valid from")),
        plain("valid_to", _("Valid to")),
        inner("region", _("Region"), "region", "name"),
        joined("successors", _("Successors"), str),
    ),
    "topics": (
        plain("slug", _("Short address")),
        plain("url", _("Address")),
        plain("name", _("Name")),
        _NAMES,
        inner("parent", _("Broader topic"), "parent", "slug"),
    ),
    "outcomes": (
        *_IDS,
        plain("title", _("Title")),
        plain("kind", _("Kind")),
        plain("modality", _("How firm")),
        plain("due", _("Due")),
        plain("life", _("Life")),
        plain("overdue", _("Overdue")),
        inner("visit", _("Visit"), "visit", "url"),
        inner("meeting", _("Meeting"), "meeting", "url"),
        inner("fulfilled_by", _("Fulfilled by"), "fulfilled_by", "url"),
        inner("dialogue", _("Dialogue"), "dialogue", "slug"),
        joined("topics", _("Topics"), lambda topic: topic["name"]),
    ),
    "dialogues": (
        plain("slug", _("Short address")),
        plain("url", _("Address")),
        plain("name", _("Name")),
        _NAMES,
        plain("since", _("Since")),
        plain("website", _("Website")),
        joined("countries", _("Countries"), lambda country: country["code"]),
        joined("organizations", _("Organizations"), lambda body: body["name"]),
    ),
}
RECORDS = ("visits", "meetings")  # their JSON Lines are VisitRecords, which can be loaded again
# What the columns of a table need of its rows, beside the cells of its records.
_FIELDS = {
    "visits": ("id", "url", "earliest", "latest", "guest", "host", "delegations", "meetings", "evidenced"),
    "meetings": ("id", "url", "earliest", "latest", "venue", "evidenced"),
    "officials": ("id", "url", "country"),
}


def csv_lines(kind: str, queryset: QuerySet[Any], order: paging.Order, site: str = "") -> Iterator[str]:
    """The lines of a CSV file of this list; addresses of records begin with `site`."""
    yield BOM
    yield from csv_text(value_rows(kind, queryset, order, site))


def csv_text(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Lines of CSV (RFC 4180) of these rows."""
    writer = csv.writer(_Echo())
    for values in rows:
        yield writer.writerow([cell(value) for value in values])


def value_rows(kind: str, queryset: QuerySet[Any], order: paging.Order, site: str = "") -> Iterator[list[Any]]:
    """The names of the columns, then the values of each row."""
    columns = COLUMNS[kind]
    yield [column.name for column in columns]
    for row in _rows(kind, queryset, order, with_cells=kind in _FIELDS):
        if site and row.get("url"):
            row["url"] = site.rstrip("/") + row["url"]
        yield [column.value(row) for column in columns]


def table_values(kind: str, queryset: QuerySet[Any]) -> Iterator[list[str]]:
    """The columns of the table that editors load, then the cells of each record in the order of uids."""
    columns = list(TABLES[kind].by_name)
    yield columns
    for item in records_by_uid(queryset):
        cells = cells_of(item)
        yield [cells[column] for column in columns]


def json_lines(kind: str, queryset: QuerySet[Any], order: paging.Order) -> Iterator[bytes]:
    """One JSON object a line: of visits and meetings VisitRecords, of other lists the rows of the API."""
    lines = _records(queryset, order) if kind in RECORDS else _rows(kind, queryset, order)
    for line in lines:
        yield orjson.dumps(line) + b"\n"


def lines_by_uid(queryset: QuerySet[Any]) -> Iterator[bytes]:
    """One VisitRecord a line in the order of uids, so that two trackers with the same records write the same bytes."""
    for found in records_by_uid(queryset):
        yield orjson.dumps(record.dump(found)) + b"\n"


def records_by_uid(queryset: QuerySet[Any]) -> Iterator[AnyRecord]:
    ids = list(queryset.order_by("uid").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = queryset.model._default_manager.filter(pk__in=ids[start : start + CHUNK])
        yield from mapping.to_records(chunk.order_by("uid"))


def cell(value: Any) -> Any:
    """A value as a cell that no spreadsheet takes for a formula; an absent one is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return armed(value) if isinstance(value, str) else value


class _Echo:
    """What csv writes to, so that each line comes back."""

    def write(self, line: str) -> str:
        return line


def chunks(queryset: QuerySet[Any], order: paging.Order, read: Callable[[QuerySet], list[Row]]) -> Iterator[list[Row]]:
    """The whole list in its order, a few hundred rows at a time."""
    cursor: str | None = ""
    while cursor is not None:
        page = paging.page(queryset, order, read, cursor=cursor, size=CHUNK)
        yield page.rows
        cursor = page.next


def _rows(kind: str, queryset: QuerySet[Any], order: paging.Order, *, with_cells: bool = False) -> Iterator[Row]:
    if not with_cells:
        for chunk in chunks(queryset, order, SHAPES[kind].read):
            yield from chunk
        return
    for chunk in chunks(queryset, order, partial(SHAPES[kind].read, fields=_FIELDS[kind])):
        ids = [row["id"] for row in chunk]
        records = mapping.to_records(queryset.model._default_manager.filter(pk__in=ids).order_by("pk"))
        cells = {pk: cells_of(item) for pk, item in zip(sorted(ids), records, strict=True)}
        yield from ({**row, "cells": cells[row["id"]]} for row in chunk)


def _keys(queryset: QuerySet[Any]) -> list[Row]:
    return list(queryset.values(paging.KEY, record_id=F("pk"), page_pk=F("pk")))


def _records(queryset: QuerySet[Any], order: paging.Order) -> Iterator[Row]:
    model = queryset.model
    for chunk in chunks(queryset, order, _keys):
        ids: Sequence[int] = [row["record_id"] for row in chunk]
        same = order.sort(model._default_manager.filter(pk__in=ids), backwards=False)
        for found in mapping.to_records(same):
            yield record.dump(found)
