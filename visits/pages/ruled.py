"""By which rule the charts of a page count: what its address asks for, the switch, the words for what is counted."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy, pgettext

from visits import paging, stats
from visits.filters import FilterError, ListFilter, Problem, VisitFilter

from .charts.sheet import MEDIA

PARAMETERS = ("rule", "multilateral")


@dataclass(frozen=True)
class Switch:
    """One of several ways to look; the one that is on has no need of its link."""

    label: str
    url: str
    on: bool


@dataclass(frozen=True)
class Words:
    """What a rule counts of one side, for a number: all that it made, what it received, what was made by it."""

    made: Any
    received: Any
    by: Any


WORDS = {
    "visit": Words(
        ngettext_lazy("visit made", "visits made", "number"),
        ngettext_lazy("visit received", "visits received", "number"),
        ngettext_lazy("visit by %(name)s", "visits by %(name)s", "number"),
    ),
    "stop": Words(
        ngettext_lazy("country stop made", "country stops made", "number"),
        ngettext_lazy("country stop received", "country stops received", "number"),
        ngettext_lazy("country stop by %(name)s", "country stops by %(name)s", "number"),
    ),
    "meeting": Words(
        ngettext_lazy("meeting on visits made", "meetings on visits made", "number"),
        ngettext_lazy("meeting on visits received", "meetings on visits received", "number"),
        ngettext_lazy("meeting on visits by %(name)s", "meetings on visits by %(name)s", "number"),
    ),
    "day": Words(
        ngettext_lazy("day of visits made", "days of visits made", "number"),
        ngettext_lazy("day of visits received", "days of visits received", "number"),
        ngettext_lazy("day of visits by %(name)s", "days of visits by %(name)s", "number"),
    ),
}


@dataclass(frozen=True)
class Counting:
    """The visits that a page counts, and by which rule."""

    filters: VisitFilter
    rule: str

    @property
    def asked(self) -> dict[str, str | None]:
        """The parameters as an address says them; what is as usual has no need to be said."""
        taken = self.filters.one("multilateral")
        said = None if taken is None else str(taken).lower()
        return {"rule": None if self.rule == "visit" else self.rule, "multilateral": said}

    @property
    def sentence(self) -> str:
        return stats.sentence(self.rule, self.filters)

    @property
    def label(self) -> str:
        return str(stats.RULES[self.rule].name.label)

    @property
    def words(self) -> Words:
        return WORDS[self.rule]

    def titled(self, title: str) -> str:
        """The title of a page or a file with what is not as usual."""
        said = [self.label.lower()] if self.rule != "visit" else []
        taken = self.filters.one("multilateral")
        if taken is not None:
            said.append(_("only multilateral visits") if taken else _("without multilateral visits"))
        return f"{title} ({', '.join(said)})" if said else title

    def at(self, path: str, **changes: str | None) -> str:
        """An address with these filters and this rule; of the sides only those of `changes`."""
        return paging.url_with(path, self.filters.data, **self.asked | dict.fromkeys(("country", "pair")) | changes)

    def page(self, path: str) -> str:
        """Another page that counts, by the same rule."""
        return paging.url_with(path, {}, **self.asked)

    def listed(self, **sides: str) -> str:
        """The list of these visits of these sides."""
        return self.at(reverse("visits"), **sides, rule=None)

    def files(self, name: str, code: str, **side: str) -> list[tuple[str, str]]:
        """A chart by year to take away; its numbers also from the API."""
        found = [(one.upper(), self.at(reverse(name, args=[code, one]))) for one in MEDIA]
        return [*found, ("JSON", self.at(reverse("api:stats"), by="year,guest", **side))]


def chosen(request: HttpRequest, name: str, known: list[str], usual: str) -> str:
    """The value of a parameter that is no filter; FilterError for others than ours."""
    value = request.GET.get(name, usual)
    if value not in known or len(request.GET.getlist(name)) > 1:
        detail = _("Use one of %(known)s.") % {"known": ", ".join(known)}
        without = paging.url_with(request.path, request.GET, **{name: None})
        raise FilterError([Problem(name, value[:200], "unknown-value", detail, (), without)])
    return value


def rule_of(request: HttpRequest) -> str:
    return chosen(request, "rule", list(stats.RULES), "visit")


def counting(request: HttpRequest, **side: str) -> Counting:
    """The visits of a country or a pair, multilateral in or out and by the rule that the address asks for."""
    query = QueryDict(mutable=True)
    query.update(side)
    query.setlist("multilateral", request.GET.getlist("multilateral"))
    return counting_of(request, query)


def counting_of(request: HttpRequest, query: QueryDict, path: str = "") -> Counting:
    """The visits that these filters give, by the rule that the address asks for."""
    given = QueryDict(mutable=True)
    for name, values in query.lists():
        if filled := [value for value in values if value.strip()]:
            given.setlist(name, filled)
    return Counting(VisitFilter.open(given, path or reverse("visits"), also=("rule",)), rule_of(request))


def switch(request: HttpRequest, name: str, value: str | None, label: Any, on: bool) -> Switch:
    """This page with another value of one parameter; None: as usual."""
    return Switch(str(label), paging.url_with(request.path, request.GET, cursor=None, **{name: value}), on)


def switches(filters: ListFilter, request: HttpRequest, rule: str) -> dict[str, list[Switch]]:
    """The rules, multilateral in or out: each with its address."""
    taken = filters.one("multilateral")
    return {
        "rules": [
            switch(request, "rule", name if name != "visit" else None, one.name.label, name == rule)
            for name, one in stats.RULES.items()
        ],
        "multilateral": [
            switch(request, "multilateral", value, label, taken is on)
            for value, label, on in (
                (None, pgettext("multilateral visits", "in"), None),
                ("false", pgettext("multilateral visits", "out"), False),
                ("true", pgettext("multilateral visits", "alone"), True),
            )
        ],
    }
