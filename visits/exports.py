"""Lists as files: CSV by a registry of columns, JSON Lines of records or rows; read in chunks by key: memory is flat.

A column is one entry: name, label, expression over a row of `visits.rows`. CSV is UTF-8 with a byte-order mark, as
spreadsheets need one; lines end with CR LF (RFC 4180). A cell that a spreadsheet would take for a formula begins
with an apostrophe (https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from . import mapping, paging, record
from .rows import SHAPES, Row

CHUNK = 500
BOM = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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


def _side(name: str, label: Any) -> tuple[Column, ...]:
    return (
        inner(f"{name}_code", _("%s code") % label, name, "code"),
        inner(name, label, name, "name"),
        inner(f"{name}_organization", _("%s organization") % label, name, "organization", "name"),
        inner(f"{name}_as_printed", _("%s as printed") % label, name, "as_printed"),
    )


def _heads(part: str) -> Callable[[Row], str]:
    return lambda row: "; ".join(str(d["head"][part]) for d in row["delegations"] if d["head"] and d["head"][part])


_IDS = (plain("id", _("Id")), plain("uid", _("Permanent id")), plain("url", _("Address")))
_EXTERNAL = joined("external_ids", _("Ids in data sets"), str)
_ABOUT = (
    joined("topics", _("Topics"), lambda topic: topic["name"]),
    joined("dialogues", _("Dialogues"), lambda dialogue: dialogue["name"]),
    plain("outcomes", _("Outcomes")),
    plain("summary", _("Summary")),
    plain("evidenced", _("Share of facts evidenced")),
)
_NAMES = joined("other_names", _("Other names"), lambda name: name["text"])
_COUNTRY = inner("country", _("Country"), "country", "code")

COLUMNS: dict[str, tuple[Column, ...]] = {
    "visits": (
        *_IDS,
        _EXTERNAL,
        plain("title", _("Title")),
        plain("start", _("Start")),
        plain("end", _("End")),
        plain("earliest", _("Earliest day")),
        plain("latest", _("Latest day")),
        plain("kind", _("Kind")),
        plain("kind_as_printed", _("Kind as printed")),
        plain("status", _("Status")),
        *_side("guest", _("Guest")),
        *_side("host", _("Host")),
        Column("head", _("Head of delegation"), _heads("name")),
        Column("head_post", _("Post of the head"), _heads("post")),
        Column("head_as_printed", _("Head as printed"), _heads("as_printed")),
        Column("members", _("Members"), lambda row: sum(one["members"] for one in row["delegations"])),
        joined("places", _("Places"), lambda place: place["city"] or place["as_printed"]),
        plain("meetings", _("Meetings")),
        *_ABOUT,
    ),
    "meetings": (
        *_IDS,
        _EXTERNAL,
        plain("title", _("Title")),
        plain("date", _("Date")),
        plain("earliest", _("Earliest day")),
        plain("latest", _("Latest day")),
        plain("format", _("Format")),
        plain("status", _("Status")),
        inner("venue_code", _("Country code"), "venue", "code"),
        inner("venue", _("Country"), "venue", "name"),
        inner("city", _("City"), "place", "city"),
        inner("place_as_printed", _("Place as printed"), "place", "as_printed"),
        plain("participants", _("Participants")),
        plain("visits", _("Visits")),
        *_ABOUT,
    ),
    "officials": (*_IDS, plain("name", _("Name")), _NAMES, _COUNTRY, plain("wikidata", _("Wikidata id"))),
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


def csv_lines(kind: str, queryset: QuerySet[Any], order: paging.Order, site: str = "") -> Iterator[str]:
    """The lines of a CSV file of this list; addresses of records begin with `site`."""
    columns = COLUMNS[kind]
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow([column.name for column in columns])
    for row in _rows(kind, queryset, order):
        if site and row.get("url"):
            row["url"] = site.rstrip("/") + row["url"]
        yield writer.writerow([cell(column.value(row)) for column in columns])


def json_lines(kind: str, queryset: QuerySet[Any], order: paging.Order) -> Iterator[bytes]:
    """One JSON object a line: of visits and meetings VisitRecords, of other lists the rows of the API."""
    lines = _records(queryset, order) if kind in RECORDS else _rows(kind, queryset, order)
    for line in lines:
        yield orjson.dumps(line) + b"\n"


def lines_by_uid(queryset: QuerySet[Any]) -> Iterator[bytes]:
    """One VisitRecord a line in the order of uids, so that two trackers with the same records write the same bytes."""
    ids = list(queryset.order_by("uid").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = queryset.model._default_manager.filter(pk__in=ids[start : start + CHUNK])
        for found in mapping.to_records(chunk.order_by("uid")):
            yield orjson.dumps(record.dump(found)) + b"\n"


def cell(value: Any) -> Any:
    """A value as a cell that no spreadsheet takes for a formula; an absent one is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


class _Echo:
    """What csv writes to, so that each line comes back."""

    def write(self, line: str) -> str:
        return line


def _chunks(queryset: QuerySet[Any], order: paging.Order, read: Callable[[QuerySet], list[Row]]) -> Iterator[list[Row]]:
    cursor: str | None = ""
    while cursor is not None:
        page = paging.page(queryset, order, read, cursor=cursor, size=CHUNK)
        yield page.rows
        cursor = page.next


def _rows(kind: str, queryset: QuerySet[Any], order: paging.Order) -> Iterator[Row]:
    for chunk in _chunks(queryset, order, SHAPES[kind].read):
        yield from chunk


def _keys(queryset: QuerySet[Any]) -> list[Row]:
    return list(queryset.values(paging.KEY, record_id=F("pk"), page_pk=F("pk")))


def _records(queryset: QuerySet[Any], order: paging.Order) -> Iterator[Row]:
    model = queryset.model
    for chunk in _chunks(queryset, order, _keys):
        ids: Sequence[int] = [row["record_id"] for row in chunk]
        same = order.sort(model._default_manager.filter(pk__in=ids), backwards=False)
        for found in mapping.to_records(same):
            yield record.dump(found)
