"""Rows of visits, meetings and outcomes as entries of a calendar or feed: a title, a few lines, when it changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from . import citing, dates, enums
from .rows import SHAPES, Row


@dataclass(frozen=True)
class Entry:
    """`first` and `last` are its days, None without a year; `words` says its dates as precisely as they are known."""

    uid: str
    url: str
    title: str
    changed: datetime
    lines: tuple[str, ...]
    tags: tuple[str, ...]
    words: str = ""
    first: date | None = None
    last: date | None = None
    is_exact: bool = False
    status: str = ""
    place: str = ""


def read(kind: str) -> Callable[[QuerySet[Any]], list[Row]]:
    """How the rows of these entries are read."""
    fields = FIELDS[kind]
    return partial(SHAPES[kind].read, fields=fields)


def entry_of(kind: str, row: Row) -> Entry:
    return _MAKERS[kind](row)


_SHARED = ("uid", "url", "title", "changed", "topics")
FIELDS: dict[str, tuple[str, ...]] = {
    "visits": (
        *_SHARED, "start", "end", "earliest", "latest", "kind", "status", "host", "delegations", "places", "summary",
    ),
    "meetings": (*_SHARED, "id", "date", "earliest", "latest", "format", "status", "venue", "place", "summary"),
    "outcomes": (
        *_SHARED, "kind", "modality", "life", "overdue", "due", "visit", "meeting", "fulfilled_by", "dialogue",
    ),
}  # fmt: skip


def _visit(row: Row) -> Entry:
    heads = [one["head"]["name"] for one in row["delegations"] if one["head"] and one["head"]["name"]]
    unnamed = [name for name in heads if name not in row["title"]]
    places = _names(place["city"] or place["as_printed"] for place in row["places"])
    kind = enums.VisitKind(row["kind"])
    return _encounter(
        row,
        title=f"{row['title']} ({', '.join(unnamed)})" if unnamed else row["title"],
        start=row["start"],
        end=row["end"],
        kind=str(kind.label) if kind != enums.VisitKind.UNKNOWN else "",
        place=", ".join([*places, row["host"]["name"]]),
    )


def _meeting(row: Row) -> Entry:
    place = row["place"] and (row["place"]["city"] or row["place"]["as_printed"])
    form = enums.MeetingFormat(row["format"])
    return _encounter(
        row,
        title=row["title"],
        start=row["date"],
        end="",
        kind=str(form.label) if form != enums.MeetingFormat.UNKNOWN else "",
        place=", ".join(_names([place, row["venue"] and row["venue"]["name"]])),
    )


def _encounter(row: Row, title: str, start: str, end: str, kind: str, place: str) -> Entry:
    status = enums.Status(row["status"])
    words = dates.display_range(start, end)
    stated = str(status.label) if status != enums.Status.UNKNOWN else ""
    topics = _names(topic["name"] for topic in row["topics"])
    about = [_("About: %(topics)s") % {"topics": ", ".join(topics)}] if topics else []
    return Entry(
        uid=row["uid"],
        url=row["url"],
        title=citing.one_line(title),
        changed=datetime.fromisoformat(row["changed"]),
        lines=tuple(_names([words, place, kind, stated, *about, row["summary"]])),
        tags=tuple(_names([kind, *topics])),
        words=words,
        first=_day(row["earliest"]),
        last=_day(row["latest"]),
        is_exact=all(_is_exact(text) for text in (start, end) if text),
        status=status,
        place=citing.one_line(place),
    )


def _outcome(row: Row) -> Entry:
    life = _("Overdue") if row["overdue"] else str(enums.OutcomeLife(row["life"]).label)
    due = _("due %(date)s") % {"date": dates.display(row["due"])} if row["due"] else ""
    kind, firm = str(enums.OutcomeKind(row["kind"]).label), str(enums.Modality(row["modality"]).label)
    of, by = row["visit"] or row["meeting"], row["fulfilled_by"]
    lines = [
        ", ".join(_names([kind, firm, life, due])),
        _("Of: %(title)s") % {"title": of["title"]} if of else "",
        _("Fulfilled by: %(title)s") % {"title": by["title"]} if by else "",
        row["dialogue"]["name"] if row["dialogue"] else "",
    ]
    return Entry(
        uid=row["uid"],
        url=row["url"],
        title=citing.one_line(row["title"]),
        changed=datetime.fromisoformat(row["changed"]),
        lines=tuple(_names(lines)),
        tags=tuple(_names([kind, firm, life, *(topic["name"] for topic in row["topics"])])),
    )


_MAKERS: dict[str, Callable[[Row], Entry]] = {"visits": _visit, "meetings": _meeting, "outcomes": _outcome}


def _names(texts: Iterable[str | None]) -> list[str]:
    """Each text once on one line, empty ones left out."""
    return list(dict.fromkeys(cleaned for text in texts if text and (cleaned := citing.one_line(text))))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _is_exact(text: str) -> bool:
    """Whether it is one day without a doubt."""
    parsed = dates.parse(text)
    return bool(parsed.day and parsed.has_year and not parsed.qualifier)
