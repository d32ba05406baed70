"""A topic over time: since when it is talked about, how firmly year by year, and who talks about it.

What counts is what the lists of visits and meetings show for this topic, so that each number leads to its records.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Min, QuerySet
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from visits import catalogue, enums
from visits.filters import FILTERS, VisitFilter
from visits.models import Delegation, Participant, TopicLink

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


def talk_about(slug: str, topics: Iterable[int]) -> Talk:
    """All that is said of this topic and its narrower ones; a constant number of queries."""
    query = QueryDict(urlencode({"topic": slug}))
    filters, meetings = VisitFilter.open(query), FILTERS["meetings"].open(query).qs
    sides = list(
        filters.digests.order_by()
        .values_list("guest_country", "host_country")
        .annotate(number=Count("pk"), day=Min("earliest"))
    )
    begun = [*(day for *_sides, day in sides), meetings.aggregate(day=Min("earliest"))["day"]]
    by_year = _by_year(list(topics))
    firm = sum(by_year.values(), Counter[str]())
    return Talk(
        min((day for day in begun if day), default=None),
        [(str(one.label), firm[one.value]) for one in enums.Modality if firm[one.value]],
        periods_of(by_year, slug),
        _talkers([row[:3] for row in sides], meetings, slug, filters.known.countries),
    )


# By the digests of visits: they are read in a tenth of the time.
_OF_VISITS = """
    SELECT extract(year FROM digest.earliest)::int, link.modality, count(*)
    FROM visits_topiclink AS link JOIN visits_digest AS digest ON digest.visit = link.visit_id
    WHERE link.topic_id = ANY(%s) GROUP BY 1, 2
"""


def _by_year(topics: list[int]) -> dict[int | None, Counter[str]]:
    """Links of published records by the first year of their record and by how firm they are."""
    found: dict[int | None, Counter[str]] = defaultdict(Counter)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({_OF_VISITS}) AS found", [topics])  # noqa: S608 - no input
        counted = cursor.fetchall()
    links = TopicLink.objects.filter(topic__in=topics, meeting__state=enums.State.PUBLISHED).order_by()
    of_meetings = links.values_list(ExtractYear("meeting__earliest"), "modality").annotate(number=Count("pk"))
    for year, modality, number in (*counted, *of_meetings):
        found[year][modality] += number
    return dict(found)


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
    sides: Iterable[tuple[str | None, str, int]],
    meetings: QuerySet[Any],
    slug: str,
    known: dict[str, catalogue.CountryEntry],
) -> list[Talker]:
    """Countries by the number of their visits (guest or host) and meetings (a side or a delegation)."""
    travelled: Counter[str] = Counter()
    for guest, host, number in sides:
        for code in {guest, host} - {None}:
            travelled[code or ""] += number
    inside = meetings.order_by().values("pk")
    sided = Participant.objects.filter(meeting__in=inside, side_country__isnull=False).order_by()
    sent = Delegation.objects.filter(meeting__in=inside, sender_country__isnull=False).order_by()
    pairs = sided.values_list("meeting", "side_country").union(sent.values_list("meeting", "sender_country"))
    met = Counter(code for _meeting, code in pairs)
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
