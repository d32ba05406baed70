"""The traffic of countries: visits made and received by year and by partner; several countries side by side."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from visits import native, paging, stats
from visits.catalogue import CountryEntry
from visits.filters import VisitFilter

from .charts.both import Years, years_of
from .controls import Option
from .errors import refuses_unknown
from .ruled import Counting, counting_of, switches

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
    """What a rule counts of one country, made and received: in all, by year and by partner."""

    code: str
    name: str
    counting: Counting
    flows: list[stats.Flow] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.counting.page(reverse("country", args=[self.code]))

    @property
    def made_url(self) -> str:
        return self.counting.listed(guest=self.code)

    @property
    def received_url(self) -> str:
        return self.counting.listed(host=self.code)

    @property
    def by_year(self) -> list[stats.Flow]:
        return [flow for flow in self.flows if flow.year]

    @property
    def made(self) -> int:
        return self._all(made=True)

    @property
    def received(self) -> int:
        return self._all(made=False)

    @property
    def made_words(self) -> str:
        return self.counting.words.made % {"number": self.made}

    @property
    def received_words(self) -> str:
        return self.counting.words.received % {"number": self.received}

    def _all(self, made: bool) -> int:
        return sum(flow.number for flow in self.flows if flow.made == made and not flow.year and not flow.partner)

    @property
    def known_years(self) -> list[int]:
        return [int(flow.year) for flow in self.by_year if flow.year and flow.year.isdecimal()]

    @property
    def undated(self) -> int:
        return sum(flow.number for flow in self.by_year if flow.year == "unknown")

    @property
    def highest(self) -> int:
        """The most of a year in one direction."""
        return max((flow.number for flow in self.by_year if flow.year != "unknown"), default=0)

    def years(self, span: range | None = None, most: int = 0, tall: int = 100) -> Years:
        """What was made goes up, what was received down."""
        numbers = [(flow.year or "", flow.number, flow.made) for flow in self.by_year]
        urls = self.counting.listed(country=self.code), self.made_url, self.received_url
        heads = pgettext("visits, meetings or days", "made"), pgettext("visits, meetings or days", "received")
        return years_of(numbers, heads, urls, span=span, most=most, tall=tall)

    @property
    def files(self) -> list[tuple[str, str]]:
        return self.counting.files("country-chart", self.code, country=self.code)

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
                self.counting.page(reverse("pair", args=[f"{self.code}-{code}"])),
                made[code],
                self.counting.listed(guest=self.code, host=code),
                received[code],
                self.counting.listed(guest=code, host=self.code),
            )
            for code in sorted(together, key=lambda code: (-together[code], names[code]))
        ]


def traffic_of(counting: Counting, codes: Sequence[str]) -> dict[str, Traffic]:
    """The traffic of these countries among the visits that are counted; one query."""
    known = counting.filters.known
    found = {code: Traffic(code, known.countries[code].name, counting) for code in codes}
    for flow in stats.flows(counting.filters, codes, counting.rule):
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
@refuses_unknown
def compare_page(request: HttpRequest) -> HttpResponse:
    """`?country=TM&country=UZ`: the same numbers of each, on one scale."""
    counting = counting_of(request, request.GET, request.path)
    filters = counting.filters
    codes = [party.country for party in filters.chosen("country") if party.country][:MOST]
    traffic = traffic_of(counting, codes) if codes else {}
    years = [year for one in traffic.values() for year in one.known_years]
    span = range(min(years), max(years) + 1) if years else None
    most = max((one.highest for one in traffic.values()), default=0) or 1
    beside = [
        Beside(
            one,
            one.years(span, most, 70),
            one.partners(filters.known.countries)[:PARTNERS],
            paging.url_with(request.path, _with(filters, [other for other in codes if other != code])),
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
        "kept": [(name, value) for name, values in _with(filters, codes).lists() for value in values],
        "chips": [chip for chip in filters.chips() if chip.name not in {"country", "multilateral"}],
        "options": options,
        "is_full": len(codes) == MOST,
        "limit": MOST,
        "counting": counting,
        "switches": switches(filters, request, counting.rule),
        "all_visits": paging.url_with(reverse("visits"), filters.data, rule=None),
    }
    return render(request, "pages/compare.html", context)


def _with(filters: VisitFilter, codes: Sequence[str]) -> QueryDict:
    """What the address asks for, of these countries."""
    query = filters.data.copy()
    query.setlist("country", list(codes))
    return query
