"""Years as bars, what is known to the day and what is not; few visits also one by one on a scale of years."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from visits import dates, stats
from visits.filters import ListFilter
from visits.pages.strips import Bar, Scale, Strip

HEIGHT, PLOT, TOP = 260, 222, 18
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
_YEARS_SHOWN, _LINES = 9, 4


@dataclass(frozen=True)
class YearBar:
    """Places across are in percent, heights in pixels; `part` is what is known to the month or year alone."""

    year: str
    x: float
    width: float
    exact: float
    part: float
    number: int
    words: str
    url: str | None

    @property
    def exact_y(self) -> float:
        return round(PLOT - self.exact, 1)

    @property
    def part_y(self) -> float:
        return round(PLOT - self.exact - self.part, 1)


@dataclass
class Bars:
    bars: list[YearBar] = field(default_factory=list)
    lines: list[tuple[int, float]] = field(default_factory=list)
    years: list[tuple[str, float]] = field(default_factory=list)
    has_part: bool = False
    height: int = HEIGHT
    plot: int = PLOT


def bars_of(filters: ListFilter, groups: Iterable[stats.Group]) -> Bars:
    """Groups by year and precision (`stats.count(filters, ["year", "precision"])`) as bars of all years in between."""
    numbers: dict[str, dict[str, int]] = defaultdict(dict)
    for group in groups:
        year, precision = group.keys
        numbers[year or ""][precision or ""] = group.number
    known = sorted(year for year in numbers if year.isdecimal())
    if not known:
        return Bars()
    span = range(int(known[0]), int(known[-1]) + 1)
    most = max(sum(numbers[year].values()) for year in known)
    step = next(step for step in _nice() if most / step <= _LINES)
    scale = (PLOT - TOP) / most
    found = Bars(lines=[(value, round(PLOT - value * scale, 1)) for value in range(step, most + 1, step)])
    wide = 100 / len(span)
    for place, number in enumerate(span):
        year = f"{number:04d}"
        mine = numbers.get(year)
        if mine:
            exact, part = mine.get("day", 0), mine.get("part", 0)
            words = _("%(year)s: %(number)s") % {"year": year, "number": exact + part}
            if part:
                found.has_part = True
                words += _(" (%(number)s of them known to the month or year alone)") % {"number": part}
            url = stats.listed(filters, [stats.GROUPINGS["year"]], [year])
            x, width = round(place * wide + 0.1 * wide, 3), round(0.8 * wide, 3)
            found.bars.append(
                YearBar(year, x, width, round(exact * scale, 1), round(part * scale, 1), exact + part, words, url)
            )
    found.years = [(str(year), round(x, 3)) for year, x in every(span)]
    return found


def every(span: range) -> list[tuple[int, float]]:
    """The years to write below bars, each with its place in percent."""
    step = next((step for step in _STEPS if len(span) / step <= _YEARS_SHOWN), _STEPS[-1])
    return [(year, 100 * (place + 0.5) / len(span)) for place, year in enumerate(span) if year % step == 0]


def _nice() -> Iterable[int]:
    tens = 1
    while True:
        yield from (tens, 2 * tens, 5 * tens)
        tens *= 10


@dataclass(frozen=True)
class Span:
    """One visit on the scale: solid when known to the day, pale over all days that its dates can mean."""

    row: dict[str, Any]
    bar: Bar | None

    @property
    def strip(self) -> Strip:
        return Strip([self.bar] if self.bar else [])


def spans_of(rows: Sequence[dict[str, Any]]) -> tuple[list[Span], Scale | None]:
    """Visits in the order of their days, those without a year last and without a bar."""
    days = [date.fromisoformat(row[name]) for row in rows for name in ("earliest", "latest") if row[name]]
    if not days:
        return [], None
    scale = Scale(min(days).year, max(days).year)
    return [Span(row, _bar(scale, row)) for row in rows], scale


def _bar(scale: Scale, row: dict[str, Any]) -> Bar | None:
    if not row["earliest"] or not row["latest"]:
        return None
    first, last = date.fromisoformat(row["earliest"]), date.fromisoformat(row["latest"])
    x = min(scale.place(first), 99.5)
    exact = dates.inclusive_days(row["start"], row["end"]) is not None
    return Bar(x, max(round(scale.place(last) - x, 2), 0.5), exact)
