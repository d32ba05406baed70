"""A topic over time: since when it is talked about, how firmly year by year, and who talks about it.

What counts is what the lists of visits and meetings show for this topic, so that each number leads to its records.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from visits import catalogue, enums, stats
from visits.filters import FILTERS, VisitFilter

MOST = 12  # countries shown
_YEARS = 24  # rows of single years; a longer time is counted by decades


@dataclass(frozen=True)
class Talker:
    """A country, and how many visits and meetings about the topic it has a side in."""

    name: str
    url: str
    visits: int
    visits_url: str
    meetings: int
    meetings_url: str


@dataclass(frozen=True)
class Bar:
    """A stretch of a row's bar: how firm, how many, from where, how wide (in hundredths of the widest row)."""

    modality: str
    label: str
    number: int
    x: float
    width: float


@dataclass(frozen=True)
class Period:
    """A year or a decade, or the time without a year (`words` is empty then)."""

    words: str
    total: int
    bars: list[Bar]
    url: str


@dataclass(frozen=True)
class Talk:
    since: Any  # the first day that a dated record has; None without one
    firm: list[tuple[str, int]]  # how often it was discussed, proposed, agreed, signed
    periods: list[Period]
    talkers: list[Talker]


def talk_about(slug: str, topics: Collection[int]) -> Talk:
    """All that is said of this topic and its narrower ones; a constant number of queries."""
    query = QueryDict(urlencode({"topic": slug}))
    filters = VisitFilter.open(query)
    meetings = FILTERS["meetings"].open(query, known=filters.known).qs
    spoken = stats.spoken_of(filters, topics)
    by_year: dict[int | None, Counter[str]] = defaultdict(Counter)
    for (year, modality), number in (spoken.firm + _alone(topics)).items():
        by_year[year][modality] += number
    met, met_since = _met(meetings)
    firm = sum(by_year.values(), Counter[str]())
    return Talk(
        min((day for day in (spoken.since, met_since) if day), default=None),
        [(str(one.label), firm[one.value]) for one in enums.Modality if firm[one.value]],
        periods_of(by_year, slug),
        _talkers(spoken.countries, met, slug, filters.known.countries),
    )


_ALONE = """
    WITH spoken AS MATERIALIZED (
        SELECT DISTINCT meeting_id, modality FROM visits_topiclink WHERE topic_id = ANY(%s) AND meeting_id IS NOT NULL
    ), alone AS MATERIALIZED (
        SELECT meeting_id, modality FROM spoken WHERE NOT EXISTS (
            SELECT FROM visits_meetingvisit AS within WHERE within.meeting_id = spoken.meeting_id
            AND visit_id NOT IN (SELECT id FROM visits_visit WHERE NOT state = 'published')
        )
    )
    SELECT extract(year FROM earliest)::int, modality, count(*)
    FROM alone JOIN visits_meeting AS meeting ON meeting.id = meeting_id AND state = 'published' GROUP BY 1, 2
"""


def _alone(topics: Collection[int]) -> Counter[tuple[int | None, str]]:
    """Published meetings that lie in no published visit, by the year in which they begin and how firm."""
    return Counter({(year, way): number for year, way, number in _fetch(_ALONE, [list(topics)])})


_MET = """
    WITH met AS MATERIALIZED ({meetings})
    SELECT country, count(DISTINCT meeting)::int, NULL::date FROM (
        SELECT side_country_id, meeting_id FROM visits_participant WHERE meeting_id = ANY(ARRAY(SELECT id FROM met))
        UNION ALL
        SELECT sender_country_id, meeting_id FROM visits_delegation WHERE meeting_id = ANY(ARRAY(SELECT id FROM met))
    ) AS side (country, meeting) WHERE country IS NOT NULL GROUP BY 1
    UNION ALL
    SELECT NULL, 0, min(earliest) FROM met
"""


def _met(meetings: QuerySet[Any]) -> tuple[Counter[str], date | None]:
    """In how many of these meetings a country is a side or sends a delegation, and the day of the first."""
    try:
        chosen, parameters = meetings.order_by().values_list("id", "earliest").query.sql_with_params()
    except EmptyResultSet:
        return Counter(), None
    found = _fetch(_MET.format(meetings=chosen), list(parameters))
    since = next(day for country, _number, day in found if country is None)
    return Counter({country: number for country, number, _day in found if country}), since


def _fetch(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """As a SELECT, which the history has no need to know of."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({statement}) AS found", parameters)  # noqa: S608 - no input
        return list(cursor.fetchall())


def periods_of(by_year: dict[int | None, Counter[str]], slug: str) -> list[Period]:
    """The newest first, what has no year last; years without any are left out."""
    years = [year for year in by_year if year is not None]
    step = 10 if years and max(years) - min(years) >= _YEARS else 1
    together: dict[int | None, Counter[str]] = defaultdict(Counter)
    for year, numbers in by_year.items():
        together[year if year is None else year // step * step] += numbers
    widest = max((numbers.total() for numbers in together.values()), default=1)
    return [
        Period(_words(first, step), together[first].total(), _bars(together[first], widest), _url(slug, first, step))
        for first in sorted(together, key=lambda first: -(first or -1))
    ]


def _words(first: int | None, step: int) -> str:
    if first is None:
        return ""
    return str(first) if step == 1 else f"{first}–{first + step - 1}"


def _url(slug: str, first: int | None, step: int) -> str:
    if first is None:
        return ""
    query = {"topic": slug, "from": f"{first:04}", "to": f"{first + step - 1:04}"}
    return f"{reverse('visits')}?{urlencode(query)}"


def _bars(numbers: Counter[str], widest: int) -> list[Bar]:
    bars, x = [], 0.0
    for modality in enums.Modality:
        if number := numbers[modality]:
            width = 100 * number / widest
            bars.append(Bar(modality.value, str(modality.label), number, round(x, 2), round(width, 2)))
            x += width
    return bars


def _talkers(
    travelled: Counter[str], met: Counter[str], slug: str, known: dict[str, catalogue.CountryEntry]
) -> list[Talker]:
    """Countries by the number of their visits (guest or host) and meetings (a side or a delegation)."""
    codes = sorted(travelled | met, key=lambda code: (-travelled[code] - met[code], code))[:MOST]
    return [
        Talker(
            known[code].name,
            reverse("country", args=[code]),
            travelled[code],
            f"{reverse('visits')}?{urlencode({'topic': slug, 'country': code})}",
            met[code],
            f"{reverse('meetings')}?{urlencode({'topic': slug, 'country': code})}",
        )
        for code in codes
    ]
