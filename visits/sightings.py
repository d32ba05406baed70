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
        SELECT person.*, v.id AS visit, v.earliest AS begun, NULL::bigint AS meeting, v.earliest, v.latest, v.start,
               coalesce(nullif(v."end", ''), v.start) AS "end"
          FROM person JOIN visits_visit v ON v.id = person.visit_id AND v.state = 'published'
        UNION ALL
        SELECT person.*, v.id, v.earliest, t.id, t.earliest, t.latest, t.date, t.date
          FROM person
          CROSS JOIN LATERAL (SELECT * FROM visits_meeting WHERE id = person.meeting_id OFFSET 0) t
          LEFT JOIN LATERAL (SELECT * FROM visits_meetingvisit WHERE meeting_id = t.id OFFSET 0) i ON true
          LEFT JOIN visits_visit v ON v.id = i.visit_id AND v.state = 'published'
         WHERE person.meeting_id IS NOT NULL AND t.state = 'published'
    )
"""
# What is past soonest and what begins latest; the bounds of a single date stand in its row.
_SPAN = """min(CASE start WHEN "end" THEN latest ELSE visits_edtf_latest(start) END || ' ' || start),
           max(CASE start WHEN "end" THEN earliest ELSE visits_edtf_earliest("end") END || ' ' || "end")"""
_TOGETHER = """
    SELECT official_id, post_id, count(DISTINCT visit), count(DISTINCT meeting),
           {span}
      FROM seen WHERE official_id IS NOT NULL AND post_id IS NOT NULL {more}
     GROUP BY 1, 2 ORDER BY 1, 2
"""
_DURING = "AND earliest <= %(last)s AND latest >= %(first)s"
# All that a page says of one official or post, {by} the other of the two; what it was asked of is read once.
_SAID = """
    SELECT 'seen', official_id, post_id, NULL::text, count(DISTINCT visit), count(DISTINCT meeting),
           {span},
           array_agg(DISTINCT date_trunc('month', earliest)::date) FILTER (WHERE earliest IS NOT NULL)
      FROM seen WHERE official_id IS NOT NULL AND post_id IS NOT NULL GROUP BY 2, 3
    UNION ALL
    SELECT 'title', {by}_id, NULL, post_as_printed, count(DISTINCT visit), count(DISTINCT meeting), NULL, NULL, NULL
      FROM seen WHERE post_as_printed <> '' GROUP BY 2, 4
    UNION ALL
    SELECT 'name', NULL, NULL, name_as_printed, count(DISTINCT visit), count(DISTINCT meeting), NULL, NULL, NULL
      FROM seen WHERE name_as_printed <> '' AND '{by}' = 'post' GROUP BY 4
    UNION ALL
    SELECT 'all', NULL, NULL, NULL, count(DISTINCT visit), count(DISTINCT meeting), NULL, NULL, NULL FROM seen
    UNION ALL
    (SELECT DISTINCT ON (coalesce(begun, '0001-01-01'), visit) 'visit', visit, NULL, NULL, NULL, NULL, NULL, NULL, NULL
       FROM seen WHERE visit > 0 ORDER BY coalesce(begun, '0001-01-01') DESC, visit DESC LIMIT %(newest)s)
    UNION ALL
    (SELECT DISTINCT ON (coalesce(earliest, '0001-01-01'), meeting) 'meeting', meeting, NULL, NULL, NULL, NULL, NULL,
            NULL, NULL
       FROM seen WHERE meeting > 0 ORDER BY coalesce(earliest, '0001-01-01') DESC, meeting DESC LIMIT %(newest)s)
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
    rows = _read(column, ids, _TOGETHER.format(span=_SPAN, more=_DURING if during else ""), **more)
    return [
        _seen(official, post, visits, meetings, first, last, [])
        for official, post, visits, meetings, first, last in rows
    ]


@dataclass
class Said:
    """What public records say of one official or one post; `titles` as printed by the id of the other of the two."""

    seen: list[Seen] = field(default_factory=list)
    titles: dict[int | None, list[Printed]] = field(default_factory=dict)
    names: list[Printed] = field(default_factory=list)
    visits: int = 0
    meetings: int = 0
    newest_visits: list[int] = field(default_factory=list)
    newest_meetings: list[int] = field(default_factory=list)

    def other_titles(self, pk: int, title: str) -> list[Printed]:
        return [one for one in self.titles.get(pk, ()) if one.text != title]


def said_of(column: str, pk: int, newest: int = 0) -> Said:
    """All of one official or post (its names as printed are an official's alone); one query."""
    found = Said()
    by = {"official": "post", "post": "official"}[column]
    for kind, one, other, text, visits, meetings, first, last, months in _read(
        column, [pk], _SAID.format(span=_SPAN, by=by), newest=newest
    ):
        if kind == "seen":
            found.seen.append(_seen(one, other, visits, meetings, first, last, months or []))
        elif kind == "title":
            found.titles.setdefault(one, []).append(Printed(text, visits, meetings))
        elif kind == "name":
            found.names.append(Printed(text, visits, meetings))
        elif kind == "all":
            found.visits, found.meetings = visits, meetings
        else:
            (found.newest_visits if kind == "visit" else found.newest_meetings).append(one)
    found.seen.sort(key=lambda one: (one.official, one.post))
    for printed in (found.names, *found.titles.values()):
        printed.sort(key=lambda one: (-one.visits, -one.meetings, one.text))
    return found


def _seen(
    official: int, post: int, visits: int, meetings: int, first: str | None, last: str | None, months: list[date]
) -> Seen:
    return Seen(official, post, visits, meetings, (first or " ").split(" ")[1], (last or " ").split(" ")[1], months)


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
