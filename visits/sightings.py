"""Who was seen in which post: published visits and meetings that name an official with a post, by their days.

A sighting says that the post was held on those days and nothing more; no tenure is made of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from . import dates, enums
from .models import Member, Participant

# How a person with a post stands in a public record, and the record whose days count.
_WAYS: tuple[tuple[type[Member] | type[Participant], str], ...] = (
    (Member, "delegation__visit"),
    (Member, "delegation__meeting"),
    (Participant, "meeting"),
)

# Every public row of these officials or posts; a meeting within visits comes once for each of them.
_SEEN = """
    WITH person AS (
        SELECT m.official_id, m.post_id, m.name_as_printed, m.post_as_printed, d.visit_id, d.meeting_id
          FROM visits_member m JOIN visits_delegation d ON d.id = m.delegation_id
         WHERE m.{column} = ANY(%(ids)s)
        UNION ALL
        SELECT p.official_id, p.post_id, p.name_as_printed, p.post_as_printed, NULL, p.meeting_id
          FROM visits_participant p
         WHERE p.{column} = ANY(%(ids)s)
    ), seen AS (
        SELECT person.*, v.id AS visit, NULL::bigint AS meeting, v.earliest, v.latest, v.start,
               coalesce(nullif(v."end", ''), v.start) AS "end"
          FROM person JOIN visits_visit v ON v.id = person.visit_id AND v.state = 'published'
        UNION ALL
        SELECT person.*, v.id, t.id, t.earliest, t.latest, t.date, t.date
          FROM person JOIN visits_meeting t ON t.id = person.meeting_id AND t.state = 'published'
          LEFT JOIN visits_meetingvisit i ON i.meeting_id = t.id
          LEFT JOIN visits_visit v ON v.id = i.visit_id AND v.state = 'published'
    )
"""
_TOGETHER = """
    SELECT official_id, post_id, count(DISTINCT visit), count(DISTINCT meeting),
           min(visits_edtf_latest(start) || ' ' || start), max(visits_edtf_earliest("end") || ' ' || "end")
      FROM seen WHERE official_id IS NOT NULL AND post_id IS NOT NULL {more}
     GROUP BY 1, 2 ORDER BY 1, 2
"""
_DURING = "AND earliest <= %(last)s AND latest >= %(first)s"
_MONTHS = """
    SELECT DISTINCT official_id, post_id, date_trunc('month', earliest)::date
      FROM seen WHERE official_id IS NOT NULL AND post_id IS NOT NULL AND earliest IS NOT NULL
     ORDER BY 1, 2, 3
"""
_PRINTED = """
    SELECT {column}, {printed}, count(DISTINCT visit), count(DISTINCT meeting)
      FROM seen WHERE {printed} <> ''
     GROUP BY 1, 2 ORDER BY 3 DESC, 4 DESC, 2
"""


@dataclass
class Seen:
    """One official in one post: how many visits and meetings name both, and from when to when they surely do.

    `first` is the date that is past soonest, `last` the one that begins latest: not “1976” but “12 December 1976”.
    """

    official: int
    post: int
    visits: int
    meetings: int
    first: str
    last: str
    months: list[date] = field(default_factory=list)

    @property
    def words(self) -> str:
        return dates.display_range(self.first, self.last)


class Printed(NamedTuple):
    """What sources print, and how many visits and meetings do."""

    text: str
    visits: int
    meetings: int


def seen(column: str, ids: Iterable[int], *, during: tuple[date, date] | None = None) -> list[Seen]:
    """Each official in each post, for these ids of `official` or `post`; one query."""
    more = {"first": during[0], "last": during[1]} if during else {}
    rows = _read(column, ids, _TOGETHER.format(more=_DURING if during else ""), **more)
    return [
        Seen(official, post, visits, meetings, (first or " ").split(" ")[1], (last or " ").split(" ")[1])
        for official, post, visits, meetings, first, last in rows
    ]


def with_months(column: str, pk: int) -> list[Seen]:
    """All of one official or post, each with the months in which records name it; two queries."""
    found = {(one.official, one.post): one for one in seen(column, [pk])}
    for official, post, month in _read(column, [pk], _MONTHS):
        found[official, post].months.append(month)
    return list(found.values())


def printed_names(official: int) -> list[Printed]:
    """The names under which an official stands in public records, the most frequent first."""
    rows = _read("official", [official], _PRINTED.format(column="official_id", printed="name_as_printed"))
    return [Printed(*row[1:]) for row in rows]


def printed_titles(column: str, pk: int, by: str) -> dict[int | None, list[Printed]]:
    """The titles as printed of one official by `post`, or of one post by `official`."""
    found: dict[int | None, list[Printed]] = {}
    for key, *row in _read(column, [pk], _PRINTED.format(column=f"{by}_id", printed="post_as_printed")):
        found.setdefault(key, []).append(Printed(*row))
    return found


def _read(column: str, ids: Iterable[int], query: str, **more: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SEEN.format(column=f"{column}_id") + query, {"ids": list(ids), **more})
        return cursor.fetchall()


def rows_of(during: tuple[date, date] | None, **who: Any) -> Iterator[QuerySet[Any]]:
    """Officials with a post in public records, of any time or of these days: one QuerySet for each way."""
    for model, path in _WAYS:
        named = model.objects.filter(official__isnull=False, post__isnull=False, **who)
        named = named.filter(**{f"{path}__state": enums.State.PUBLISHED})
        if during:
            named = named.filter(**{f"{path}__earliest__lte": during[1], f"{path}__latest__gte": during[0]})
        yield named
