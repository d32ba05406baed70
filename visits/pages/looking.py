"""The list of visits as a table or as one of four charts of the same filters, and the charts as files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from visits import paging, rows, stats
from visits.filters import ListFilter, VisitFilter
from visits.stats.counting import CONTROLS
from visits.wording import words_of

from . import ruled
from .charts import bars, sides
from .charts.sheet import MEDIA, Sheet
from .errors import refuses_unknown

VIEWS = {
    "table": gettext_lazy("Table"),
    "map": gettext_lazy("Map"),
    "timeline": gettext_lazy("Timeline"),
    "matrix": gettext_lazy("Matrix"),
    "network": gettext_lazy("Network"),
}
CHARTS = [name for name in VIEWS if name != "table"]
PARAMETERS = ("view", "rule")
SHOWN, SPANS = 100, 60  # numbers in the page's table, visits one by one
_BY = {"timeline": ("year", "precision")}
_PAIRS = ("guest", "host")


@dataclass
class Look:
    """A chart with all that is said about it."""

    view: str
    rule: str
    counted: stats.Counted
    drawing: Any
    words: list[str]
    query: str
    spans: list[bars.Span] = field(default_factory=list)
    scale: Any = None

    @property
    def numbers(self) -> Sequence[stats.Group]:
        groups = self.counted.groups
        return sorted(groups, key=lambda one: one.keys[0] or "") if self.view == "timeline" else groups[:SHOWN]

    @property
    def headings(self) -> list[str]:
        return [str(stats.GROUPINGS[name].label) for name in self.counted.by]

    @property
    def rule_label(self) -> str:
        return str(stats.RULES[self.rule].name.label)

    @property
    def number(self) -> str:
        """What was counted, in one line: “81 days of 26 visits”."""
        visits = ngettext("%(number)s visit", "%(number)s visits", self.counted.visits) % {
            "number": intcomma(self.counted.visits)
        }
        if self.rule == "visit":
            return visits
        units = f"{intcomma(self.counted.total)} {self.rule_label.lower()}"
        return _("%(units)s of %(visits)s") % {"units": units, "visits": visits}

    @property
    def title(self) -> str:
        if self.rule == "visit":
            return self.query[:1].upper() + self.query[1:]
        return _("%(units)s of %(visits)s") % {"units": self.rule_label, "visits": self.query}

    @property
    def sentence(self) -> str:
        return self.counted.sentence


def asked(request: HttpRequest) -> tuple[str, str]:
    """The view and the rule of an address; FilterError for others than ours."""
    return ruled.chosen(request, "view", list(VIEWS), "table"), ruled.rule_of(request)


def look_at(filters: ListFilter, view: str, rule: str) -> Look:
    """A chart of the visits that the filters give; the number of queries does not depend on them."""
    counted = stats.count(filters, _BY.get(view, _PAIRS), rule)
    look = Look(view, rule, counted, None, [], words_of(filters, _("visits")))
    if view == "timeline":
        look.drawing = bars.bars_of(filters, counted.groups)
        if counted.visits <= SPANS:
            few = rows.visit_table(filters.qs.order_by("earliest", "pk"))
            look.spans, look.scale = bars.spans_of(few)
        look.words = list(_years_in_words(counted))
        return look
    if view == "map":
        look.drawing = sides.map_of(filters, counted.groups)
    elif view == "matrix":
        look.drawing = sides.matrix_of(filters, counted.groups)
    else:
        look.drawing = sides.network_of(filters, counted.groups)
    look.words = list(_sides_in_words(look))
    return look


def _years_in_words(counted: stats.Counted) -> Iterable[str]:
    years: dict[str, int] = {}
    for group in counted.groups:
        years[group.keys[0] or ""] = years.get(group.keys[0] or "", 0) + group.number
    unknown = years.pop("unknown", 0)
    if years:
        most = sorted(years.items(), key=lambda item: (-item[1], item[0]))[:3]
        named = ", ".join(f"{year} ({intcomma(number)})" for year, number in most)
        yield _("From %(first)s to %(last)s; most in %(most)s.") % {
            "first": min(years), "last": max(years), "most": named,
        }  # fmt: skip
    if unknown:
        yield _("Of a year that is not known: %(number)s; these are in no bar.") % {"number": intcomma(unknown)}


def _sides_in_words(look: Look) -> Iterable[str]:
    if look.view == "network":
        named = [f"{_named(pair.labels)} ({intcomma(pair.number)})" for pair in look.drawing.pairs[:3]]
    else:
        named = [
            _("%(guest)s to %(host)s (%(number)s)")
            % {"guest": one.labels[0], "host": one.labels[1], "number": intcomma(one.number)}
            for one in look.counted.groups[:3]
        ]
    if named:
        yield _("The largest: %(named)s.") % {"named": "; ".join(named)}


def _named(labels: tuple[str, str]) -> str:
    return _("%(one)s and %(other)s") % {"one": labels[0], "other": labels[1]}


def switches(filters: ListFilter, request: HttpRequest, view: str, rule: str) -> dict[str, list[ruled.Switch]]:
    """The views, the rules, multilateral in or out: each with its address."""
    views = [
        ruled.switch(request, "view", name if name != "table" else None, label, name == view)
        for name, label in VIEWS.items()
    ]
    return {"views": views, **ruled.switches(filters, request, rule)}


def files(request: HttpRequest, view: str) -> list[tuple[str, str]]:
    """The chart and its numbers to take away."""
    without = dict.fromkeys(name for name in CONTROLS if name not in {"rule", "by"})
    found = [
        (name.upper(), paging.url_with(reverse("chart-file", args=[view, name]), request.GET, **without))
        for name in MEDIA
    ]
    numbers = paging.url_with(reverse("api:stats"), request.GET, **without, by=",".join(_BY.get(view, _PAIRS)))
    return [*found, ("JSON", numbers)]


@require_safe
@refuses_unknown
def narrow_page(request: HttpRequest) -> HttpResponse:
    """What the list of visits can be narrowed down to: within it, or as a page where there are no scripts."""
    filters = VisitFilter.open(request.GET, reverse("visits"), also=PARAMETERS)
    asked(request)
    context = {
        "section": "visits",
        "facets": stats.facets(filters),
        "chips": filters.chips(),
        "words": words_of(filters, _("visits")),
        "back": paging.url_with(reverse("visits"), request.GET),
    }
    part = request.headers.get("HX-Request") and "HX-History-Restore-Request" not in request.headers
    return render(request, "pages/parts/facets.html" if part else "pages/narrow.html", context)


@require_safe
@refuses_unknown
def chart_file(request: HttpRequest, view: str, file_format: str) -> HttpResponse:
    """A chart as a drawing or a picture with its rule on it, or its numbers."""
    filters = VisitFilter.open(request.GET, reverse("visits"), also=("rule",))
    return sheet_of(look_at(filters, view, ruled.rule_of(request))).answer(f"visits-{view}", file_format)


def sheet_of(look: Look) -> Sheet:
    drawing = f"pages/charts/{look.view}.svg"
    return Sheet(look.title, [look.sentence, *look.words], drawing, _heights(look), {"look": look}, _numbers(look))


def _heights(look: Look) -> int:
    if look.view == "matrix":
        return 150 + 24 * len(look.drawing.lines)
    return round(look.drawing.height)


def _numbers(look: Look) -> Iterable[list[Any]]:
    """The numbers of a chart, the rule in every row."""
    yield [*(name for by in look.counted.by for name in (by, f"{by}_name")), "number", "visits", "rule"]
    for one in look.counted.groups:
        named = [value or "" for pair in zip(one.keys, one.labels, strict=True) for value in pair]
        yield [*named, one.number, one.visits, look.sentence]
