"""Claims about a stay, the years that all of them leave, and the lines that say why. Nothing is read here."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from visits import dates

from .stay import YEARS, Stay, years_in_words

_WEEKDAYS = (
    ("monday", "понедельник"), ("tuesday", "вторник"), ("wednesday", "сред"), ("thursday", "четверг"),
    ("friday", "пятниц"), ("saturday", "суббот"), ("sunday", "воскресень"),
)  # fmt: skip
_MONTHS = "|".join([*(m.lower() for m in calendar.month_name[1:]), *(m.lower() for m in calendar.month_abbr[1:])])
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"


@dataclass(frozen=True)
class Cited:
    """A source behind a line."""

    id: int
    title: str

    @property
    def url(self) -> str:
        return reverse("source", args=[self.id])


@dataclass(frozen=True)
class Line:
    """One step of the derivation: `text` says what is known, `leaves` which years that leaves by itself."""

    kind: str  # tenure, untold (no tenure is known), visit, meeting, calendar, weekday, published, past
    text: str
    leaves: str = ""
    url: str = ""
    tenures: tuple[int, ...] = ()
    sources: tuple[Cited, ...] = ()

    def __str__(self) -> str:
        sources = "; ".join(source.title for source in self.sources)
        return self.text + (f": {self.leaves}" if self.leaves else "") + (f" [{sources}]" if sources else "")


@dataclass(frozen=True)
class Solution:
    """The years that remain, in order, with the lines that left them."""

    stay: Stay
    years: tuple[int, ...]
    lines: tuple[Line, ...]

    @property
    def only(self) -> int | None:
        """The year, when it is the only one."""
        return self.years[0] if len(self.years) == 1 else None

    @property
    def bounded(self) -> bool:
        return not self.years or (self.years[0] > YEARS[0] and self.years[-1] < YEARS[-1])

    @property
    def words(self) -> str:
        return years_in_words(self.years)

    @property
    def start(self) -> str:
        """The first day in the only year."""
        return self.stay.dated(self.only) if self.only else ""

    @property
    def end(self) -> str:
        return self.stay.dated(self.only, end=True) if self.only else ""

    @property
    def dates(self) -> str:
        return dates.display_range(self.start, self.end)

    @property
    def derivation(self) -> str:
        """All of it as text, for the reason of an edit."""
        return "\n".join(map(str, self.lines))


@dataclass(frozen=True)
class Span:
    """A tenure, or a record whose days are known, with the days between which it may have been."""

    text: str
    first: date | None
    last: date | None
    tenure: int | None = None
    sources: tuple[Cited, ...] = ()


@dataclass(frozen=True)
class Claim:
    """Something that holds on a day of the stay: one of its spans does. Without spans nothing is known of it."""

    kind: str
    text: str
    spans: tuple[Span, ...] = ()
    url: str = ""
    stay: Stay | None = None  # of the visit that a meeting lies in, where that is meant

    def years(self, stay: Stay) -> set[int]:
        if not self.spans:
            return set(YEARS)
        return {year for span in self.spans for year in (self.stay or stay).years_between(span.first, span.last)}

    def line(self, stay: Stay) -> Line:
        """As a line; of a claim without spans its text says that nothing is known."""
        sources = dict.fromkeys(source for span in self.spans for source in span.sources)
        return Line(
            self.kind,
            self.text % {"spans": _(" and ").join(span.text for span in self.spans)} if self.spans else self.text,
            years_in_words(self.years(stay)) if self.spans else "",
            self.url,
            tuple(span.tenure for span in self.spans if span.tenure),
            tuple(sources),
        )


@dataclass(frozen=True)
class Words:
    """The words that a source has for the day, and when it was published."""

    text: str
    source: Cited
    published: date | None


@dataclass
class Case:
    """A visit or meeting of which the year is asked."""

    stay: Stay
    claims: list[Claim] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    taken_place: bool = False


def solve(case: Case, today: date) -> Solution | None:
    """The years that all claims leave; None when no claim says anything."""
    stay, years = case.stay, set(YEARS)
    for claim in case.claims:
        years &= claim.years(stay)
    if len(years) == len(YEARS):
        return None
    known = sorted(case.claims, key=lambda claim: (not claim.spans, min(claim.years(stay), default=0)))
    lines = [claim.line(stay) for claim in known]
    for line, fits in _narrower(case, today):
        left = set(filter(fits, years))
        if left != years:
            years = left
            lines.append(line)
    return Solution(stay, tuple(sorted(years)), tuple(lines))


def _narrower(case: Case, today: date) -> Iterator[tuple[Line, Callable[[int], bool]]]:
    """What else the calendar and the sources say, each with the years that fit it."""
    stay = case.stay
    if (29, 2) in {(part.day, part.month) for part in (stay.first, stay.last)}:
        yield Line("calendar", _("29 February comes in leap years only")), stay.exists
    if case.taken_place:
        for words in case.words:
            if words.published:
                text = _("the source that tells of it was published on or before %(date)s") % {
                    "date": dates.display(words.published.isoformat())
                }
                line = Line("published", text, sources=(words.source,))
                yield _leaving(line, stay.years_between(None, words.published))
        past = stay.years_between(None, today)
        yield _leaving(Line("past", _("it has taken place, so it is not in the future")), past)
    for words in case.words:
        if (weekday := weekday_in(words.text, stay)) is not None:
            day = dates.display(str(stay.first)).partition(",")[0]
            text = _("the source says that %(day)s was a %(weekday)s") % {
                "day": day,
                "weekday": calendar.day_name[weekday],
            }
            line = Line("weekday", text, sources=(words.source,))
            yield line, lambda year, weekday=weekday: stay.days(year)[0].weekday() == weekday  # type: ignore[misc]


def _leaving(line: Line, years: range) -> tuple[Line, Callable[[int], bool]]:
    return replace(line, leaves=years_in_words(years)), years.__contains__


def weekday_in(text: str, stay: Stay) -> int | None:
    """The weekday that a text gives the first day of the stay (0 is Monday), when it gives one and no other.

    It stands right beside the number of the day: "Monday, 22 January", "Monday, January 22", "22 January (Monday)".
    """
    if not stay.exact or not stay.first.day:
        return None
    told = [
        (number, name)
        for number, words in enumerate(_WEEKDAYS)
        if re.search(name := rf"\b(?:{'|'.join(words)})\w*", text, re.IGNORECASE)
    ]
    if len(told) != 1:
        return None
    [(weekday, name)] = told
    before = rf"{name}[,\s]+(?:the\s+)?(?:(?:{_MONTHS})\.?\s+)?{_DAY}"
    behind = rf"\b{_DAY}(?:\s+(?:of\s+)?[^\W\d]+)?\s*[,(]\s*{name}"
    days = {int(match["day"]) for one in (before, behind) for match in re.finditer(one, text, re.IGNORECASE)}
    return weekday if days == {stay.first.day} else None
