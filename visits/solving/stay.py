"""Days without a year, and the years in which they meet a span of time whose bounds may be open."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from visits import dates
from visits.dates import PartialDate

YEARS = range(1, 9999)  # a stay over the turn of the year ends in the next one


@dataclass(frozen=True)
class Stay:
    """Days of which the year is not known; a year in here is that of the first day."""

    first: PartialDate
    last: PartialDate

    @property
    def over_new_year(self) -> bool:
        first, last = (self.first.month or 1, self.first.day or 1), (self.last.month or 12, self.last.day or 31)
        return last < first

    @property
    def exact(self) -> bool:
        return not (self.first.qualifier or self.last.qualifier)

    def days(self, year: int) -> tuple[date, date]:
        """The first and the last day that it can mean in this year; uncertain days can be any of the year."""
        end = year + self.over_new_year
        if not self.exact:
            return date(year, 1, 1), date(end, 12, 31)
        first_month, last_month = self.first.month or 1, self.last.month or 12
        first = min(self.first.day or 1, calendar.monthrange(year, first_month)[1])
        days = calendar.monthrange(end, last_month)[1]
        return date(year, first_month, first), date(end, last_month, min(self.last.day or days, days))

    def exists(self, year: int) -> bool:
        """False for 29 February in a year that has none."""
        leap = [(self.first, year), (self.last, year + self.over_new_year)]
        return not self.exact or all(
            calendar.isleap(its_year) for part, its_year in leap if (part.month, part.day) == (2, 29)
        )

    def years_between(self, first: date | None, last: date | None) -> range:
        """The years in which it has a day between these two; None is open."""
        low, high = YEARS[0], YEARS[-1]
        if first:
            near = range(max(first.year - 1, low), min(first.year + 2, high + 1))
            low = next((year for year in near if self.days(year)[1] >= first), high + 1)
        if last:
            near = range(min(last.year + 1, high), max(last.year - 2, low) - 1, -1)
            high = next((year for year in near if self.days(year)[0] <= last), low - 1)
        return range(low, high + 1)

    def dated(self, year: int, *, end: bool = False) -> str:
        part = self.last if end else self.first
        return str(replace(part, year=f"{year + (end and self.over_new_year):04d}"))


def stay_of(start: str, end: str = "") -> Stay | None:
    """The stay when neither day has a year; None for anything else."""
    try:
        first, last = dates.parse(start), dates.parse(end or start)
    except dates.DateError:
        return None
    return None if first.has_year or last.has_year else Stay(first, last)


def widest(start: str, end: str) -> tuple[date | None, date | None]:
    """The first and the last day on which a tenure with these dates may have been; None is open.

    A bound that its source gives as uncertain is moved by a year; bounds that contradict each other say nothing.
    """
    first, last = bound(start, 0), bound(end, 1)
    return (None, None) if first and last and last < first else (first, last)


def bound(text: str, side: int) -> date | None:
    try:
        day = dates.bounds(text)[side]
    except dates.DateError:
        return None
    if day is None or text[-1] not in "?~%":
        return day
    year = day.year + (1 if side else -1)
    return date(year, 12, 31) if side and year <= 9999 else date(year, 1, 1) if 1 <= year <= 9999 else None


def years_in_words(years: Collection[int]) -> str:
    """`2024`, `2024 or 2025`, `2020 to 2025`, `2002 or later`."""
    if not years:
        return _("no year")
    first, last = min(years), max(years)
    if first == YEARS[0] and last == YEARS[-1]:
        return _("any year")
    if last == YEARS[-1]:
        return _("%(year)s or later") % {"year": first}
    if first == YEARS[0]:
        return _("%(year)s or earlier") % {"year": last}
    if len(years) > 3 and len(years) == last - first + 1:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    if len(years) > 8:
        return _("%(count)s years between %(first)s and %(last)s") % {
            "count": len(years),
            "first": first,
            "last": last,
        }
    *others, final = sorted(years)
    return _("%(years)s or %(last)s") % {"years": ", ".join(map(str, others)), "last": final} if others else str(final)
