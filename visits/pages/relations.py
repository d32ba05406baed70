"""The page of a pair: visits each way, how even they are, who came, about what, what is open, meetings elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from visits import catalogue, enums, paging, rows, stats
from visits.filters import FilterError, MeetingFilter, VisitFilter
from visits.filters.base import Union
from visits.filters.persons import met_in_public
from visits.filters.values import Party
from visits.models import Digest, Meeting, Outcome
from visits.wording import in_words

from . import ruled
from .charts.both import Years, sheet_of, years_of
from .citable import citable, of_page
from .errors import refuses_unknown
from .ruled import Counting
from .strips import Scale, Strip

SHOWN, ELSEWHERE, PROMISES, TOPICS = 12, 25, 25, 12
_NOT_HELD = (enums.Status.PLANNED, enums.Status.POSTPONED, enums.Status.CANCELLED)


@dataclass(frozen=True)
class Side:
    code: str
    name: str
    url: str
    made: int
    made_url: str
    words: str


@dataclass(frozen=True)
class Rank:
    label: str
    numbers: list[tuple[int, str]]


@dataclass(frozen=True)
class Topic:
    name: str
    url: str
    number: int
    listed: str
    first: str
    last: str
    strip: Strip | None


@dataclass(frozen=True)
class Pair:
    """Two sides in the order asked for; `codes` as they are written."""

    one: Party
    other: Party
    codes: str
    counting: Counting
    by_year: stats.Groups
    sides: list[Side]

    @property
    def title(self) -> str:
        return self.counting.titled(f"{self.sides[0].name} – {self.sides[1].name}")

    @property
    def years(self) -> Years:
        """What was made each way by year."""
        there, back = (_("%(one)s to %(other)s") % {"one": one, "other": other} for one, other in self._ways())
        up = [(group.keys[0] or "", group.number, group.keys[1] == self.sides[0].code) for group in self.by_year]
        urls = self.counting.listed(pair=self.codes), self.sides[0].made_url, self.sides[1].made_url
        return years_of(up, (there, back), urls)

    def _ways(self) -> list[tuple[str, str]]:
        one, other = (side.name for side in self.sides)
        return [(one, other), (other, one)]


def _pair(request: HttpRequest, codes: str) -> Pair:
    """The pair of these codes in any writing, or Http404."""
    try:
        counting = ruled.counting(request, pair=codes)
    except FilterError as error:
        if any(problem.field == "pair" for problem in error.problems):
            raise Http404 from error
        raise
    known, ((one, other),) = counting.filters.known, counting.filters.chosen("pair")
    if one == other:
        raise Http404
    by_year = stats.groups(counting.filters, ["year", "guest"], counting.rule)
    made = dict(stats.groups(counting.filters, ["guest"], counting.rule).sums(0))
    sides = [_side(party, back, made, known, counting) for party, back in ((one, other), (other, one))]
    return Pair(one, other, f"{sides[0].code}-{sides[1].code}", counting, by_year, sides)


@require_safe
@refuses_unknown
def pair_chart(request: HttpRequest, codes: str, file_format: str) -> HttpResponse:
    """What was made each way by year, to take away."""
    pair = _pair(request, codes)
    return sheet_of(pair.years, pair.title, [pair.counting.sentence]).answer(pair.codes, file_format)


@require_safe
@refuses_unknown
def pair_page(request: HttpRequest, codes: str) -> HttpResponse:
    pair = _pair(request, codes)
    one, other, right, counting, sides = pair.one, pair.other, pair.codes, pair.counting, pair.sides
    if right != codes:
        return HttpResponsePermanentRedirect(paging.url_with(reverse("pair", args=[right]), request.GET))
    filters, known = counting.filters, counting.filters.known
    visits: Any = VisitFilter.open(_only(pair=right), known=known).digests
    meetings: Any = MeetingFilter.open(_only(pair=right)).qs
    total = sum(side.made for side in sides)
    last = rows.visit_table(_last(visits))
    topics, scale = _topics(pair)
    context = {
        "section": "countries",
        "codes": right,
        "sides": sides,
        "counting": counting,
        "switches": ruled.switches(filters, request, counting.rule),
        "years": pair.years,
        "files": counting.files("pair-chart", right, pair=right),
        "reference": of_page(request, _key(pair), pair.title, counting.page(reverse("pair", args=[right]))),
        "linked_data": {"@context": "https://schema.org", "@type": "WebPage", "name": pair.title},
        "undated": sum(group.number for group in pair.by_year if group.keys[0] == "unknown"),
        "even": round(200 * min(side.made for side in sides) / total) if total else None,
        "ranks": _ranks(sides, stats.groups(filters, ["guest", "rank"], counting.rule)),
        "last": last,
        "since": _days_since(last),
        "topics": topics,
        "scale": scale,
        "promises": rows.outcome_rows(_open(visits, meetings)),
        "elsewhere": rows.meeting_table(_elsewhere(meetings, one, other).newest_first()[:ELSEWHERE]),
        "all_meetings": paging.url_with(reverse("meetings"), {"pair": right}),
        "all_visits": paging.url_with(reverse("visits"), {"pair": right}),
        "timeline": counting.at(reverse("visits"), pair=right, view="timeline"),
        "visits": rows.visit_table(visits.newest_first()[:SHOWN]),
    }
    return citable(request, "pages/pair.html", context)


def _key(pair: Pair) -> str:
    return "-".join(["pair", pair.codes, *filter(None, pair.counting.asked.values())])


def _only(**values: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(values)
    return query


def _code(party: Party, known: catalogue.Catalogue) -> str:
    if party.country:
        return party.country
    entry = known.organizations.get(party.organization or 0)
    return entry.slug if entry else str(party.organization)


def _side(
    party: Party, back: Party, made: Mapping[str | None, int], known: catalogue.Catalogue, counting: Counting
) -> Side:
    code = _code(party, known)
    if party.country:
        name, url = known.countries[code].name, counting.page(reverse("country", args=[code]))
    else:
        entry = known.organizations.get(party.organization or 0)
        name, url = entry.name if entry else code, reverse("organization", args=[party.organization])
    made_url = counting.listed(guest=code, host=_code(back, known))
    number = made.get(code, 0)
    return Side(code, name, url, number, made_url, counting.words.by % {"name": in_words(name), "number": number})


def _ranks(sides: Sequence[Side], groups: Iterable[stats.Group]) -> list[Rank]:
    """How much a head of each rank led, each way, from the highest."""
    numbers = {(group.keys[1], group.keys[0]): group.number for group in groups}
    found = []
    for rank in enums.Rank:
        mine = [numbers.get((rank.value, side.code), 0) for side in sides]
        if any(mine):
            links = [f"{side.made_url}&post_rank={rank.value}" for side in sides]
            found.append(Rank(str(rank.label), list(zip(mine, links, strict=True))))
    return found


def _topics(pair: Pair) -> tuple[list[Topic], Scale | None]:
    """What it was about, with the years in which that was."""
    counting = pair.counting
    shown = stats.groups(counting.filters, ["topic"], counting.rule).among(bool)[:TOPICS]
    slugs = {one.keys[0] for one in shown}
    dated = stats.groups(counting.filters, ["topic", "year"], counting.rule).among(
        slugs.__contains__, lambda year: year != "unknown"
    )
    years: dict[str | None, list[int]] = defaultdict(list)
    for slug, year in (one.keys for one in dated):
        years[slug].append(int(year or 0))
    known = [year for found in years.values() for year in found]
    scale = Scale(min(known), max(known)) if known else None
    found = []
    for one in shown:
        slug, mine = one.keys[0] or "", sorted(years[one.keys[0]])
        strip = scale.strip((), [date(year, 6, 15) for year in mine]) if scale and mine else None
        url = counting.listed(pair=pair.codes, topic=slug)
        first, last = (str(mine[0]), str(mine[-1])) if mine else ("", "")
        found.append(Topic(one.labels[0], reverse("topic", args=[slug]), one.number, url, first, last, strip))
    return found, scale


def _last(visits: Any) -> QuerySet[Digest]:
    """The newest visit that has begun."""
    begun: QuerySet[Digest] = visits.filter(earliest__lte=timezone.now().date()).exclude(status__in=_NOT_HELD)
    return begun.order_by("-latest", "-pk")[:1]


def _days_since(last: list[dict[str, Any]]) -> int:
    """How long the last visit is over at least; 0 while it lasts."""
    if not last:
        return 0
    return max((timezone.now().date() - date.fromisoformat(last[0]["latest"])).days, 0)


def _open(visits: Any, meetings: Any) -> QuerySet[Outcome]:
    """What was promised between the two and is open, the nearest due date first."""
    within = met_in_public().filter(visit__in=visits.order_by().values("pk")).order_by().values("meeting")
    found = Union()
    found.add(Outcome.objects.filter(visit__in=visits.order_by().values("pk")), "pk")
    held: Any
    for held in (meetings.order_by().values("pk"), within):
        found.add(Outcome.objects.filter(meeting__in=held), "pk")
    return found.of(Outcome.objects.filter(life=enums.OutcomeLife.OPEN)).order_by("due_latest", "-pk")[:PROMISES]


def _elsewhere(meetings: Any, one: Party, other: Party) -> Any:
    """Meetings of both outside their own countries, calls among them."""
    home = [party.country for party in (one, other) if party.country]
    of_them = Meeting.objects.filter(visits__guest_country__in=home, visits__host_country__in=home).order_by()
    away = Q(venue_country__isnull=True) | ~Q(venue_country__in=home)
    return meetings.filter(away).exclude(pk__in=of_them.values("pk"))
