"""Dates as people write them in a table, to EDTF. What can be read in two ways is refused, never guessed."""

import re
from functools import lru_cache

from visits import dates

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_YEAR = r"(?P<year>\d{4})"
_LAST = r"(?P<last>\d{1,2})(?:st|nd|rd|th)?"
_DASH = r" ?(?:-|–|—|to) ?"
_WRITTEN = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}(?:{_DASH}{_LAST})? {_MONTH}(?:,? {_YEAR})?",  # 22 January 2024, 22–23 January 2024, 22 January
        rf"{_MONTH} {_DAY}(?:{_DASH}{_LAST})?(?:,? {_YEAR})?",  # January 22, 2024
        rf"{_MONTH},? {_YEAR}",  # January 2024
        r"(?P<year>\d{4})/(?P<number>\d{1,2})/(?P<day>\d{1,2})",  # 2024/1/22
        r"(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>\d{4})",  # 22.01.2024: with dots the day is first
    )
]
_AMBIGUOUS = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})")


@lru_cache(maxsize=20_000)
def read_dates(text: str) -> tuple[str, str]:
    """(start, end) in EDTF; end is "" unless the text names two days. DateError says how to write it."""
    text = re.sub(r"[T ]00:00(?::00(?:\.0+)?)?Z?$", "", text.strip())
    if not text:
        return "", ""
    if match := _AMBIGUOUS.fullmatch(text):
        first, second, year = match.groups()
        year = year if len(year) == 4 else f"20{year}"
        raise dates.DateError(
            f"“{text}” can be read in two ways: write {year}-{int(second):02d}-{int(first):02d} or "
            f"{year}-{int(first):02d}-{int(second):02d} (year, month, day)."
        )
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        raise dates.DateError(f"“{text}” is a spreadsheet's day number: format the column as text, 2024-01-22.")
    for pattern in _WRITTEN:
        if match := pattern.fullmatch(text):
            try:
                return _edtf(text, match.groupdict())
            except dates.DateError as error:
                raise dates.DateError(f"“{text}” is no day of the calendar. {error}") from error
    if "/" in text and text.count("/") == 1:  # an EDTF interval
        start, end = text.split("/")
        return str(dates.parse(start.strip())), str(dates.parse(end.strip()))
    return str(dates.parse(text)), ""


def _edtf(text: str, parts: dict[str, str | None]) -> tuple[str, str]:
    number = parts.get("number")
    month = int(number) if number else _month(parts.get("month") or "")
    year = parts.get("year") or "XXXX"
    days = [int(day) for day in (parts.get("day"), parts.get("last")) if day]
    if not days:
        return str(dates.parse(f"{year}-{month:02d}")), ""
    start, *end = (str(dates.parse(f"{year}-{month:02d}-{day:02d}")) for day in days)
    return start, end[0] if end else ""


def _month(word: str) -> int:
    key = word.casefold()
    for number, month in enumerate(_MONTHS, start=1):
        if month.startswith(key) or (key == "sept" and number == 9):
            return number
    raise dates.DateError(f"“{word}” is no month: write the date as 2024-01-22.")
