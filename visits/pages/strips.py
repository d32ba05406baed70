"""Time as strips: on one scale of years, each person's or post's tenures as bars, the months seen in it as ticks.

A bar is solid where the post was surely held and pale where the dates leave it open. Places are in percent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from visits import dates
from visits.models import Tenure

_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
_TICKS = 6  # at most, with those at both ends


@dataclass(frozen=True)
class Bar:
    """From `x`, so wide; `sure` or not; `open` where no end is known."""

    x: float
    width: float
    sure: bool
    open: bool = False


def _lines(places: Iterable[float], tall: int) -> str:
    """Upright lines as one path, in hundredths of a percent: the strips of a post have thousands of them."""
    return "".join(f"M{round(100 * x)} 0v{tall}" for x in places)


@dataclass
class Strip:
    bars: list[Bar] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)

    @property
    def path(self) -> str:
        return _lines(self.ticks, 7)


@dataclass(frozen=True)
class Scale:
    """Whole years, the first and the last with all their days."""

    first: int
    last: int

    @cached_property
    def _days(self) -> tuple[int, int]:
        return date(self.first, 1, 1).toordinal(), date(self.last, 12, 31).toordinal()

    def place(self, day: date) -> float:
        start, end = self._days
        return round(100 * (day.toordinal() - start) / (end - start), 2)

    @property
    def years(self) -> list[tuple[int, float]]:
        """The years to write on the scale, each with its place."""
        span = self.last - self.first + 1
        step = next((step for step in _STEPS if span / step <= _TICKS), _STEPS[-1])
        begun = -(-self.first // step) * step
        return [(year, self.place(date(year, 1, 1))) for year in range(begun, self.last + 1, step)]

    @cached_property
    def path(self) -> str:
        return _lines((x for _year, x in self.years), 1)

    def strip(self, tenures: Iterable[Tenure], months: Iterable[date]) -> Strip:
        bars = [bar for tenure in tenures for bar in self._bars(tenure)]
        return Strip(bars, [self.place(month.replace(day=15)) for month in months])

    def _bars(self, tenure: Tenure) -> Iterable[Bar]:
        """A pale bar for all that the dates can mean, a solid one for what they surely mean."""
        (first, begun), (ended, last) = dates.bounds(tenure.start), dates.bounds(tenure.end)
        if not first and not last:
            return
        is_open = not tenure.end
        yield self._bar(first or date(self.first, 1, 1), last or date(self.last, 12, 31), False, is_open)
        until = ended or (date(self.last, 12, 31) if is_open else None)
        if begun and until and begun <= until:
            yield self._bar(begun, until, True, is_open)

    def _bar(self, first: date, last: date, sure: bool, is_open: bool) -> Bar:
        x = self.place(first)
        return Bar(x, max(round(self.place(last) - x, 2), 0.4), sure, is_open)


def scale_of(tenures: Sequence[Tenure], months: Sequence[date], today: date) -> Scale | None:
    """The years from the first to the last day that anything names; None when nothing is dated."""
    days = [day for tenure in tenures for text in (tenure.start, tenure.end) for day in dates.bounds(text) if day]
    days += months
    if not days:
        return None
    if any(tenure.start and not tenure.end for tenure in tenures):
        days.append(today)
    return Scale(min(days).year, max(days).year)
