"""Dates and ranges of days in a sentence, as EDTF.

"from January 22nd to 23rd" without a year anywhere gives XXXX-01-22 and XXXX-01-23: a year is taken from the text or
from the publication date, never guessed. A weekday needs the publication date: the nearest such day, behind or ahead
as the tense says.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from visits import dates

from . import lexicon

_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]|20)\d\d"
_DASH = r"\s*(?:-|–|—|to|and|through|until|till|по|и|до)\s*(?:the\s+)?"


@dataclass(frozen=True, slots=True)
class When:
    """A date of the text: offsets, EDTF start and end (the same for one day), the rule that read it."""

    first: int
    last: int
    start: str
    end: str
    rule: str

    @property
    def is_day(self) -> bool:
        return len(self.start) == 10


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What undated words are counted from: the publication day, and a year that the text itself states."""

    published: date | None = None
    year: str = ""

    @classmethod
    def of(cls, published: str) -> "Reckoning":
        try:
            parsed = dates.parse(published) if published else None
        except dates.DateError:
            return cls()
        if not parsed or not parsed.has_year or not parsed.earliest:
            return cls()
        return cls(parsed.earliest if parsed.day else None, parsed.year if "X" not in parsed.year else "")


class DateReader:
    """Reads the dates of one language."""

    def __init__(self, language: str, reckoning: Reckoning) -> None:
        table = lexicon.table(language, "dates")
        self.months: dict[str, int] = table["months"]
        self.weekdays: dict[str, int] = table["weekdays"]
        self.relative: dict[str, int] = table["relative"]
        self.numbers: dict[str, int] = table["numbers"]
        self.reckoning = reckoning
        month = "|".join(sorted(self.months, key=len, reverse=True))
        self.patterns = [(name, re.compile(text, re.IGNORECASE)) for name, text in _patterns(month).items()]
        self.weekday = re.compile(rf"\b(?P<back>last |this past )?(?P<word>{'|'.join(self.weekdays)})\b", re.IGNORECASE)
        self.day_word = re.compile(rf"\b(?:{'|'.join(self.relative)})\b", re.IGNORECASE)
        self.length = re.compile(rf"\b(?P<n>\d+|{'|'.join(self.numbers)})[- ]?day\b", re.IGNORECASE)

    def find(self, text: str, start: int, end: int, *, future: bool = False) -> list[When]:
        """All dates between two offsets, in order, not overlapping."""
        found: list[When] = []
        for name, pattern in self.patterns:
            for match in pattern.finditer(text, start, end):
                when = self._read(name, match)
                if when and not any(w.first < when.last and when.first < w.last for w in found):
                    found.append(when)
        found += [
            w
            for w in self._relative(text, start, end, future=future)
            if not any(o.first < w.last and w.first < o.last for o in found)
        ]
        return sorted(found, key=lambda when: when.first)

    def _read(self, name: str, match: re.Match[str]) -> When | None:
        part = {key: value for key, value in match.groupdict().items() if value}
        month = self.months.get(part.get("month", "").casefold(), 0)
        month2 = self.months.get(part.get("month2", "").casefold(), 0) or month
        year = part.get("year") or self._year(month, part.get("day"))
        first, last = (
            _edtf(year, month, part.get("day")),
            _edtf(year, month2, part.get("day2") or part.get("day")),
        )
        if "day" in part and not part.get("day2") and month2 == month:
            last = first
        if not _valid(first) or not _valid(last) or (not month and "year" not in part):
            return None
        if first > last and "X" not in first:
            return None
        begin = min(match.start(key) for key in part)
        return When(begin, match.end(), first, last, name)

    def _year(self, month: int, day: str | None) -> str:
        """The year of a day that has none: the publication's, or its neighbour at the turn of the year."""
        published = self.reckoning.published
        if published is None:
            return self.reckoning.year or "XXXX"
        distance = month - published.month
        shift = -1 if distance > 8 else 1 if distance < -8 else 0
        return str(published.year + shift)

    def _relative(self, text: str, start: int, end: int, *, future: bool) -> list[When]:
        published = self.reckoning.published
        if published is None:
            return []
        found = []
        for match in self.weekday.finditer(text, start, end):
            if not match.group("word")[:1].isupper() and match.group("word").isascii():
                continue
            behind = (published.weekday() - self.weekdays[match.group("word").casefold()]) % 7
            day = published - timedelta(days=behind)
            if future and not match.group("back"):
                day = published + timedelta(days=(7 - behind) % 7)
            found.append(When(match.start("word"), match.end("word"), day.isoformat(), day.isoformat(), "weekday"))
        for match in self.day_word.finditer(text, start, end):
            day = published + timedelta(days=self.relative[match.group().casefold()])
            found.append(When(match.start(), match.end(), day.isoformat(), day.isoformat(), "relative-day"))
        return found

    def lasting(self, when: When, text: str, start: int, end: int) -> When:
        """The date with the end that "a three-day visit" gives it."""
        match = self.length.search(text, start, end)
        if not match or when.start != when.end or not when.is_day or "X" in when.start:
            return when
        word = match.group("n").casefold()
        days = int(word) if word.isdigit() else self.numbers[word]
        if not 1 <= days <= 30:
            return when
        return replace(when, end=(date.fromisoformat(when.start) + timedelta(days=days - 1)).isoformat())


def _patterns(month: str) -> dict[str, str]:
    """Range and day patterns, the longest first."""
    lead = r"\b(?:from\s+|between\s+|с\s+)?(?:the\s+)?"
    one, two = rf"(?P<month>{month})\.?\s+(?P<day>{_DAY})", rf"(?P<month2>{month})\.?\s+(?P<day2>{_DAY})"
    day, day2, year = rf"(?P<day>{_DAY})", rf"(?P<day2>{_DAY})", rf"(?:,?\s+(?P<year>{_YEAR})\b)?"
    return {
        "month-day-to-month-day": rf"{lead}{one}(?:,?\s+{_YEAR})?{_DASH}{two}\b{year}",
        "day-month-to-day-month": (
            rf"{lead}{day}\s+(?P<month>{month})(?:\s+{_YEAR})?{_DASH}{day2}\s+(?P<month2>{month})\b{year}"
        ),
        "month-days": rf"{lead}{one}{_DASH}{day2}\b{year}",
        "days-month": rf"{lead}{day}{_DASH}{day2}\s+(?:of\s+)?(?P<month>{month})\b{year}",
        "month-day": rf"\b{one}\b{year}",
        "day-month": rf"\b{day}\s+(?:of\s+)?(?P<month>{month})\b{year}",
        "month-year": rf"\b(?P<month>{month})\.?,?\s+(?P<year>{_YEAR})\b",
    }


def _edtf(year: str, month: int, day: str | None) -> str:
    text = year
    if month:
        text += f"-{month:02d}"
        if day:
            text += f"-{int(re.sub(r'[a-z]+$', '', day, flags=re.IGNORECASE)):02d}"
    return text


def _valid(text: str) -> bool:
    try:
        dates.parse(text)
    except dates.DateError:
        return False
    return True
