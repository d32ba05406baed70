"""Dates as precise as their source: EDTF (ISO 8601-2:2019) with an earliest and a latest day.

What is read: a year `2024`, a month `2024-01`, a day `2024-01-22`; unspecified digits (`201X`, `20XX`), a day
or month without a year (`XXXX-01-22`, `XXXX-01`); a trailing `?`, `~` or `%` (uncertain, approximate, both).
Rules: https://www.loc.gov/standards/datetime/ , level 1. The bounds of a date without a year are None: a rule
of this project. `edtf_earliest` and `edtf_latest` in the database (first migration) give the same bounds.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel.dates import format_date
from django.conf import settings
from django.utils.translation import get_language, pgettext, to_locale
from django.utils.translation import gettext as _

PATTERN = r"(?:[0-9]{4}|[0-9]{3}X|[0-9]{2}XX|XXXX)(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?[?~%]?"
_PARTS = re.compile(r"([0-9X]{4})(?:-(\d\d))?(?:-(\d\d))?([?~%]?)")
_LEAP_YEAR = 2000


class DateError(ValueError):
    """The text is no date that we read; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A parsed EDTF date. `year` keeps its X digits; `month` and `day` are None where the source has none."""

    year: str
    month: int | None = None
    day: int | None = None
    qualifier: str = ""

    def __str__(self) -> str:
        parts = [self.year, *(f"{part:02d}" for part in (self.month, self.day) if part)]
        return "-".join(parts) + self.qualifier

    @property
    def has_year(self) -> bool:
        return self.year != "XXXX"

    @property
    def earliest(self) -> date | None:
        """The first day that it can mean, or None without a year."""
        if not self.has_year:
            return None
        return date(max(int(self.year.replace("X", "0")), 1), self.month or 1, self.day or 1)

    @property
    def latest(self) -> date | None:
        """The last day that it can mean, or None without a year."""
        if not self.has_year:
            return None
        year, month = int(self.year.replace("X", "9")), self.month or 12
        return date(year, month, self.day or calendar.monthrange(year, month)[1])


@lru_cache(maxsize=20_000)
def parse(text: str) -> PartialDate:
    """Read one EDTF date; DateError says what is wrong."""
    match = _PARTS.fullmatch(text)
    if not match or not re.fullmatch(PATTERN, text):
        raise DateError(
            _("“%(text)s” is no date: write 2024, 2024-01, 2024-01-22 or XXXX-01-22.") % {"text": text[:40]}
        )
    year, month, day, qualifier = match.groups()
    if "X" in year and month and year != "XXXX":
        raise DateError(_("“%(text)s” has a month but only a part of its year.") % {"text": text})
    if year == "0000" or (year == "XXXX" and not month):
        raise DateError(_("“%(text)s” names no year and no month.") % {"text": text})
    parsed = PartialDate(year, int(month) if month else None, int(day) if day else None, qualifier)
    days = calendar.monthrange(int(year) if parsed.has_year and "X" not in year else _LEAP_YEAR, parsed.month or 1)[1]
    if parsed.day and parsed.day > days:
        raise DateError(_("“%(text)s”: that month has %(days)s days.") % {"text": text, "days": days})
    return parsed


@lru_cache(maxsize=20_000)
def bounds(text: str) -> tuple[date | None, date | None]:
    """Earliest and latest day of an EDTF text; (None, None) for "" and for a date without a year."""
    if not text:
        return None, None
    parsed = parse(text)
    return parsed.earliest, parsed.latest


def check_order(start: str, end: str) -> None:
    """Refuse an end before its start, where both years are known (DateError)."""
    first, last = bounds(start)[0], bounds(end)[1]
    if first and last and last < first:
        raise DateError(_("It ends (%(end)s) before it starts (%(start)s).") % {"start": start, "end": end})


def surely_overlap(start: str, end: str, first: date, last: date) -> bool:
    """Whether start..end overlaps these days however its dates are read; an empty end is open, a start is needed."""
    begun, ended = bounds(start)[1], bounds(end)[0]
    return begun is not None and begun <= last and (not end or (ended is not None and ended >= first))


def inclusive_days(start: str, end: str) -> int | None:
    """Days from start to end, both counted; None unless both are exact days."""
    first, last = parse(start) if start else None, parse(end or start) if start else None
    if not first or not last or not first.day or not last.day or not first.earliest or not last.latest:
        return None
    return (last.latest - first.earliest).days + 1


def display(text: str, *, after: bool = False) -> str:
    """The date in words of the active language: `22 January 2024`, `22 January, year unknown`, `2010s`.

    `after` a preposition (since, until, about) a month stands in another case in some languages.
    """
    return _display(text, after, get_language() or settings.LANGUAGE_CODE) if text else ""


def display_range(start: str, end: str) -> str:
    """Both ends in words, what they share said once: `22–23 January 2024`, `30 April – 2 May 1961`."""
    return _display_range(start, end, get_language() or settings.LANGUAGE_CODE)


def since(start: str) -> str:
    return _("since %(date)s") % {"date": display(start, after=True)}


@lru_cache(maxsize=20_000)
def _display(text: str, after: bool, language: str) -> str:
    parsed = parse(text)
    after = after or parsed.qualifier in ("~", "%")
    if "X" in parsed.year and parsed.has_year:
        words = _("%(decade)ss") % {"decade": parsed.year.replace("X", "0")}
    elif parsed.has_year:
        day = date(int(parsed.year), parsed.month or 1, parsed.day or 1)
        words = _in_words(day, language, bool(parsed.day), with_year=True, after=after) if parsed.month else parsed.year
    else:
        day = date(_LEAP_YEAR, parsed.month or 1, parsed.day or 1)
        words = _in_words(day, language, bool(parsed.day), with_year=False, after=after)
        words = _("%(day)s, year unknown") % {"day": words}
    if parsed.qualifier in "?%" and parsed.qualifier:
        words = _("%(date)s (uncertain)") % {"date": words}
    if parsed.qualifier in "~%" and parsed.qualifier:
        words = _("about %(date)s") % {"date": words}
    return words


@lru_cache(maxsize=20_000)
def _display_range(start: str, end: str, language: str) -> str:
    if not end or end == start:
        return display(start)
    if not start:
        return _("until %(date)s") % {"date": display(end, after=True)}
    first, last = parse(start), parse(end)
    if first.day and last.day and first.year == last.year and not (first.qualifier or last.qualifier):
        if first.month == last.month:
            return f"{first.day}–{display(end)}"
        same_year = date(_LEAP_YEAR, first.month or 1, first.day)
        return f"{_in_words(same_year, language, True, with_year=False)} – {display(end)}"
    return f"{display(start)} – {display(end)}"


def _in_words(day: date, language: str, is_exact: bool, *, with_year: bool, after: bool = False) -> str:
    """By CLDR, which knows the name of a month by itself and the one that it has beside a day."""
    if is_exact:
        pattern = pgettext("CLDR pattern of a day", "d MMMM")
    elif after:
        pattern = pgettext("CLDR pattern of a month after a preposition", "MMMM")
    else:
        pattern = pgettext("CLDR pattern of a month", "LLLL")
    return format_date(day, f"{pattern} yyyy" if with_year else pattern, locale=to_locale(language))
