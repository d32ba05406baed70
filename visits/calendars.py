"""Lists as iCalendar (RFC 5545): one event a record, streamed; what has no year is left out and counted.

An event spans all days that its dates can mean; where they are no exact days it is tentative. The end is exclusive,
as the standard has it. The uid of the record is the uid of the event, so that a calendar knows it again.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event

from . import citing, enums, exports, paging
from .entries import Entry, entry_of, read

KINDS = ("visits", "meetings")
MEDIA_TYPE = "text/calendar; charset=utf-8"
_END = b"END:VCALENDAR\r\n"


def ics_bytes(
    kind: str, queryset: QuerySet[Any], order: paging.Order, reference: citing.Reference, site: str
) -> Iterator[bytes]:
    """The calendar of a list; addresses of records begin with `site`."""
    yield _head(reference, queryset.filter(earliest__isnull=True).count())
    for rows in exports.chunks(queryset.filter(earliest__isnull=False), order, read(kind)):
        for row in rows:
            yield event_of(entry_of(kind, row), site).to_ical()
    yield _END


def _head(reference: citing.Reference, left_out: int) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Diplomatic-visit tracker//EN")
    calendar.add("version", "2.0")
    about = [citing.plain(reference)]
    if left_out:
        words = ngettext("%(number)d without a year is left out.", "%(number)d without a year are left out.", left_out)
        about.append(words % {"number": left_out})
    for name in ("name", "x-wr-calname"):
        calendar.add(name, citing.one_line(reference.title))
    for name in ("description", "x-wr-caldesc"):
        calendar.add(name, " ".join(about))
    calendar.add("url", reference.url)
    calendar.add("x-published-ttl", "P1D")
    return calendar.to_ical().removesuffix(_END)


def event_of(entry: Entry, site: str) -> Event:
    """The event of an entry that has a year."""
    first, last = entry.first or date.min, entry.last or date.max
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed)
    event.add("last-modified", entry.changed)
    event.add("dtstart", first)
    event.add("dtend", min(last, date.max - timedelta(days=1)) + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("status", _status(entry))
    event.add("transp", "TRANSPARENT")
    event.add("url", site.rstrip("/") + entry.url)
    event.add("description", "\n".join(_lines(entry)))
    if entry.place:
        event.add("location", entry.place)
    if entry.tags:
        event.add("categories", list(entry.tags))
    return event


def _status(entry: Entry) -> str:
    if entry.status == enums.Status.CANCELLED:
        return "CANCELLED"
    return "CONFIRMED" if entry.is_exact and entry.status != enums.Status.POSTPONED else "TENTATIVE"


def _lines(entry: Entry) -> Iterator[str]:
    if not entry.is_exact:
        yield _("The source gives no exact days: %(dates)s.") % {"dates": entry.words}
    yield from entry.lines
