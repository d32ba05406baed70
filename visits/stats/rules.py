"""The counting rules: what counts as one, in arrays and in the sentence that is printed beside its numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from visits import enums
from visits.enums import CountingRule
from visits.filters import VisitFilter
from visits.models import MeetingVisit

from .columns import Columns

FEW = 10_000  # visits whose meetings are asked for one by one
_AFTER_ALL = 1 << 22  # more days than our calendar has


@dataclass(frozen=True)
class Units:
    """What is counted: of each the place of its visit, and what it weighs or, where several share it, which it is."""

    places: NDArray[np.intp]
    weights: NDArray[np.int64] | None = None
    shared: NDArray[np.int64] | None = None

    @property
    def total(self) -> int:
        if self.shared is not None:
            return len(np.unique(self.shared))
        return len(self.places) if self.weights is None else int(self.weights.sum())

    def where(self, chosen: NDArray[np.bool_]) -> "Units":
        """Those of the visits that are chosen among all."""
        kept = chosen[self.places]
        return Units(self.places[kept], *(one if one is None else one[kept] for one in (self.weights, self.shared)))

    @property
    def visits(self) -> int:
        return len(self.places) if self.shared is None else len(np.unique(self.places))


@dataclass(frozen=True)
class Rule:
    name: CountingRule
    sentence: Any
    units: Callable[[Columns, NDArray[np.intp]], Units]


def _visits(columns: Columns, places: NDArray[np.intp]) -> Units:
    return Units(places)


def _exact(columns: Columns, places: NDArray[np.intp]) -> NDArray[np.bool_]:
    exact: NDArray[np.bool_] = columns["exact"].where(bool)[places]
    return exact


def _stops(columns: Columns, places: NDArray[np.intp]) -> Units:
    """Of each guest at each host in the order of days: those that begin after a day without a visit."""
    exact = _exact(columns, places)
    days = places[exact]
    sides = np.zeros(len(days), np.int64)
    for name in ("guest_country", "guest_organization", "host_country"):
        sides = sides * len(columns[name].values) + columns[name].codes[days]
    earliest, latest = (columns.days[name][days].astype(np.int64) for name in ("earliest", "latest"))
    order = np.lexsort((days, earliest, sides))
    days, earliest, latest = days[order], earliest[order], latest[order]
    _values, pair = np.unique(sides[order], return_inverse=True)
    reached = np.maximum.accumulate(pair * _AFTER_ALL + latest)
    begins = np.ones(len(days), np.bool_)
    begins[1:] = pair[1:] * _AFTER_ALL + earliest[1:] > reached[:-1] + 1
    return Units(np.concatenate([places[~exact], days[begins]]))


def _meetings(columns: Columns, places: NDArray[np.intp]) -> Units:
    links = MeetingVisit.objects.filter(meeting__state=enums.State.PUBLISHED).order_by()
    if len(places) <= FEW:
        links = links.filter(visit__in=columns.visit[places].tolist())
    found = np.array(list(links.values_list("visit_id", "meeting_id")), np.int64).reshape(-1, 2)
    known = np.isin(found[:, 0], columns.visit[places])
    visits, meetings = found[known, 0], found[known, 1]
    return Units(np.searchsorted(columns.visit, visits), shared=meetings)


def _days(columns: Columns, places: NDArray[np.intp]) -> Units:
    days = places[_exact(columns, places)]
    return Units(days, columns.days["latest"][days].astype(np.int64) - columns.days["earliest"][days] + 1)


RULES = {
    rule.name.value: rule
    for rule in (
        Rule(
            CountingRule.VISIT,
            gettext_lazy("Counted are visits: one stay of one guest at one host counts once."),
            _visits,
        ),
        Rule(
            CountingRule.STOP,
            gettext_lazy(
                "Counted are country stops: visits of one guest to one host whose days overlap or follow each other "
                "count once, with the first of them; visits not known to the day each count."
            ),
            _stops,
        ),
        Rule(
            CountingRule.MEETING,
            gettext_lazy(
                "Counted are the meetings within these visits: a meeting within several of them counts once in each "
                "group and once in all."
            ),
            _meetings,
        ),
        Rule(
            CountingRule.DAY,
            gettext_lazy(
                "Counted are days of visits, the first and the last included, in the year of the first; visits not "
                "known to the day are left out."
            ),
            _days,
        ),
    )
}


def sentence(rule: str, filters: VisitFilter) -> str:
    """What is counted, and whether multilateral visits are among it."""
    asked = filters.one("multilateral")
    if asked is None:
        which = _("Summits, conferences and other multilateral visits are counted in.")
    elif asked:
        which = _("Only multilateral visits are counted: summits, conferences, sessions of dialogues of more than two.")
    else:
        which = _("Multilateral visits (summits, conferences, sessions of dialogues of more than two) are left out.")
    return f"{RULES[rule].sentence} {which}"
