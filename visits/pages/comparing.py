"""The traffic of countries: visits made and received by year and by partner; several countries side by side."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from visits import native, paging, stats
from visits.catalogue import CountryEntry
from visits.filters import FilterError, VisitFilter

from .charts.both import Years, years_of
from .charts.sheet import MEDIA
from .controls import Option
from .errors import unknown_filter

MOST, PARTNERS = 4, 8  # countries side by side, partners of each


@dataclass(frozen=True)
class Partner:
    name: str
    url: str
    made: int
    made_url: str
    received: int
    received_url: str


@dataclass
class Traffic:
    """Visits of one country, made and received, by year and by partner."""

    code: str
    name: str
    flows: list[stats.Flow] = field(default_factory=list)

    @property
    def url(self) -> str:
        return reverse("country", args=[self.code])

    @property
    def made_url(self) -> str:
        return paging.url_with(reverse("visits"), {"guest": self.code})

    @property
    def received_url(self) -> str:
        return paging.url_with(reverse("visits"), {"host": self.code})

    @property
    def by_year(self) -> list[stats.Flow]:
        return [flow for flow in self.flows if flow.year]

    @property
    def made(self) -> int:
        return sum(flow.number for flow in self.by_year if flow.made)

    @property
    def received(self) -> int:
        return sum(flow.number for flow in self.by_year if not flow.made)

    @property
    def known_years(self) -> list[int]:
        return [int(flow.year) for flow in self.by_year if flow.year and flow.year.isdecimal()]

    @property
    def undated(self) -> int:
        return sum(flow.number for flow in self.by_year if flow.year == "unknown")

    @property
    def highest(self) -> int:
        """The most visits of a year in one direction."""
        return max((flow.number for flow in self.by_year if flow.year != "unknown"), default=0)

    def years(self, span: range | None = None, most: int = 0, tall: int = 100) -> Years:
        """Visits made go up, visits received down."""
        numbers = [(flow.year or "", flow.number, flow.made) for flow in self.by_year]
        url = paging.url_with(reverse("visits"), {"country": self.code})
        return years_of(numbers, (_("visits made"), _("visits received")), url, span=span, most=most, tall=tall)

    def partners(self, countries: Mapping[str, CountryEntry]) -> list[Partner]:
        """Those with the most visits in both directions first."""
        made: Counter[str] = Counter()
        received: Counter[str] = Counter()
        names = {}
        for flow in self.flows:
            if flow.partner:
                (made if flow.made else received)[flow.partner] += flow.number
                known = countries.get(flow.partner)
                names[flow.partner] = known.name if known else flow.name or flow.partner
        together = made + received
        return [
            Partner(
                names[code],
                reverse("pair", args=[f"{self.code}-{code}"]),
                made[code],
                paging.url_with(reverse("visits"), {"guest": self.code, "host": code}),
                received[code],
                paging.url_with(reverse("visits"), {"guest": code, "host": self.code}),
            )
            for code in sorted(together, key=lambda code: (-together[code], names[code]))
        ]


def traffic_of(filters: VisitFilter, codes: Sequence[str]) -> dict[str, Traffic]:
    """The traffic of these countries among the visits that the filters give; one query."""
    found = {code: Traffic(code, filters.known.countries[code].name) for code in codes}
    for flow in stats.flows(filters, codes):
        found[flow.code].flows.append(flow)
    return found


@dataclass(frozen=True)
class Beside:
    """One country among those compared, on the scale of all of them."""

    traffic: Traffic
    years: Years
    partners: list[Partner]
    without: str


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """`?country=TM&country=UZ`: the same numbers of each, on one scale."""
    query = request.GET.copy()
    query.setlist("country", [value for value in query.getlist("country") if value.strip()])
    try:
        filters = VisitFilter.open(query, request.path)
    except FilterError as error:
        return unknown_filter(request, error)
    codes = [party.country for party in filters.chosen("country") if party.country][:MOST]
    traffic = traffic_of(filters, codes) if codes else {}
    years = [year for one in traffic.values() for year in one.known_years]
    span = range(min(years), max(years) + 1) if years else None
    most = max((one.highest for one in traffic.values()), default=0) or 1
    beside = [
        Beside(
            one,
            one.years(span, most, 70),
            one.partners(filters.known.countries)[:PARTNERS],
            _without(request, codes, code),
        )
        for code, one in traffic.items()
    ]
    options: list[Option] = sorted(
        ((code, entry.name) for code, entry in filters.known.countries.items()),
        key=lambda one: native.in_order(one[1]),
    )
    context = {
        "section": "countries",
        "beside": beside,
        "codes": codes,
        "options": options,
        "is_full": len(codes) == MOST,
        "limit": MOST,
        "formats": list(MEDIA),
        "sentence": stats.sentence("visit", filters),
        "all_visits": paging.url_with(reverse("visits"), filters.data),
    }
    return render(request, "pages/compare.html", context)


def _without(request: HttpRequest, codes: Sequence[str], code: str) -> str:
    left = "&".join(f"country={other}" for other in codes if other != code)
    return f"{request.path}?{left}" if left else request.path
