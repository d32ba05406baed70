"""Dates as people write them in a table, to EDTF. What can be read in two ways is refused, never guessed.

`1/2/2024` is read only where the file or the sender says in which order its numbers stand.
"""

import re
from functools import lru_cache

from django.utils.translation import gettext_noop as _

from visits import dates

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"(?:{'|'.join(f'{day[:3]}(?:{day[3:]})?' for day in _WEEKDAYS)})\.?,? (?=\S)", re.IGNORECASE)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_YEAR = r"(?P<year>\d{4})"
_LAST = r"(?P<last>\d{1,2})(?:st|nd|rd|th)?"
_DASH = r" ?(?:-|–|—|to|until|till) ?"
_WRITTEN = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}(?:{_DASH}{_LAST})? (?:of )?{_MONTH}(?:,? {_YEAR})?",  # 22 January 2024, 22–23 January 2024
        rf"{_DAY}-{_MONTH}-{_YEAR}",  # 22-Jan-2024
        rf"{_MONTH} {_DAY}(?:{_DASH}{_LAST})?(?:,? {_YEAR})?",  # January 22, 2024
        rf"{_MONTH},? {_YEAR}",  # January 2024
        r"(?P<year>\d{4})/(?P<number>\d{1,2})/(?P<day>\d{1,2})",  # 2024/1/22
        rf"{_YEAR} {_MONTH} {_DAY}",  # 2024 January 22
    )
]
_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_ABOUT = re.compile(r"(?:c\.|ca\.?|circa|about|around) ?(?=\S)", re.IGNORECASE)
_DECADE = re.compile(r"(\d{3})0s")
_SEASON = re.compile(r"(?:(?:early|mid|late)[ -])?(?:spring|summer|autumn|fall|winter)\b.*", re.IGNORECASE)
_PART = re.compile(r"(?:early|mid|late|beginning of|end of|(?:first|second) half of|q[1-4])[ -].*", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:\s[-–—]\s|[–—]|\s(?:to|until|till)\s|(?<=[A-Za-z.])-(?=[A-Za-z]))\s*", re.IGNORECASE)
_ORDERS = {"dmy": _("day, month, year"), "mdy": _("month, day, year")}


@lru_cache(maxsize=20_000)
def read_dates(text: str, order: str = "") -> tuple[str, str]:
    """(start, end) in EDTF; end is "" unless the text names two. DateError says how to write it.

    `order` (`dmy`, `mdy`, or empty: not said) is how dates of three numbers are written.
    """
    text = re.sub(r"[T ]00:00(?::00(?:\.0+)?)?Z?$", "", " ".join(text.split()))
    if not text:
        return "", ""
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        raise dates.DateError(
            _("“%(text)s” is a spreadsheet's day number: format the column as text, 2024-01-22.") % {"text": text}
        )
    if _SEASON.fullmatch(text) or _PART.fullmatch(text):
        raise dates.DateError(
            _("“%(text)s” is no exact time: write the months (March - May 2024) or the year alone.") % {"text": text}
        )
    if found := _one(text, order):
        return found
    if "/" in text and text.count("/") == 1:  # an EDTF interval
        start, end = text.split("/")
        return str(dates.parse(start.strip())), str(dates.parse(end.strip()))
    halves = _BETWEEN.split(text)
    if len(halves) == 2 and all(halves):
        return _two(text, halves[0], halves[1], order)
    return str(dates.parse(text)), ""


def _one(text: str, order: str) -> tuple[str, str] | None:
    """One date, or two days of one month; None when the text is written in no way that is known here."""
    if match := _ABOUT.match(text):
        start, end = _one(text[match.end() :], order) or (str(dates.parse(text[match.end() :])), "")
        if end or start[-1] in "?~%":
            raise dates.DateError(
                _("“%(text)s” is no one date: write 2024~ or 2024-01~ for about then.") % {"text": text}
            )
        return f"{start}~", ""
    if match := _DECADE.fullmatch(text):
        return f"{match[1]}X", ""
    if match := _NUMBERS.fullmatch(text):
        return _of_numbers(text, match, order), ""
    weekday = _WEEKDAY.match(text)
    written = text[weekday.end() :] if weekday else text
    for pattern in _WRITTEN:
        if match := pattern.fullmatch(written):
            try:
                found = _edtf(match.groupdict())
            except dates.DateError as error:
                raise dates.DateError(
                    _("“%(text)s” is no day of the calendar. %(why)s") % {"text": text, "why": error}
                ) from error
            if weekday:
                _check_weekday(text, weekday[0], found[0])
            return found
    return None


def _of_numbers(text: str, match: re.Match[str], order: str) -> str:
    """A date of three numbers, the year last. With dots the day is first, unless the sender says otherwise."""
    first, sign, second, year = match.groups()
    order = order or ("dmy" if sign == "." else "")
    if len(year) == 2:
        raise dates.DateError(_("“%(text)s” has a year of two digits: write four, as in 2024-01-22.") % {"text": text})
    ways = {"dmy": (second, first), "mdy": (first, second)}
    valid = {name: day for name, (month, number) in ways.items() if (day := _day(year, month, number))}
    if order in valid:
        return valid[order]
    if order:
        raise dates.DateError(
            _("“%(text)s” is no day of the calendar when read as %(order)s.") % {"text": text, "order": _ORDERS[order]}
        )
    if not valid:
        raise dates.DateError(
            _("“%(text)s” is no day of the calendar: write year, month, day, as in 2024-01-22.") % {"text": text}
        )
    choices = " or ".join(dict.fromkeys(valid.values()))
    raise dates.DateError(
        _(
            "“%(text)s” does not say which number is the day: write %(choices)s (year, month, day), or say the order "
            "for all: in its heading, as in start (dd/mm/yyyy), or with the option date order (dmy or mdy)."
        )
        % {"text": text, "choices": choices}
    )


def _day(year: str, month: str, day: str) -> str:
    try:
        return str(dates.parse(f"{year}-{int(month):02d}-{int(day):02d}"))
    except dates.DateError:
        return ""


def _two(text: str, first: str, last: str, order: str) -> tuple[str, str]:
    """Two dates; what the first leaves out (its year) is that of the last."""
    end, later = _one(last, order) or (str(dates.parse(last)), "")
    found = _one(first, order) or _month_alone(first) or (str(dates.parse(first)), "")
    start, more = found
    if later or more:
        raise dates.DateError(_("“%(text)s” names more than two dates.") % {"text": text})
    if start.startswith("XXXX") and not end.startswith("XXXX"):
        start = end[:4] + start[4:]
        if start[:7] > end[:7]:
            raise dates.DateError(_("“%(text)s” ends before it starts: write both years.") % {"text": text})
        start = str(dates.parse(start))
    return start, end


def _month_alone(word: str) -> tuple[str, str] | None:
    """“March” of “March - May 2024”."""
    if not re.fullmatch(r"[A-Za-z]{3,9}\.?", word):
        return None
    return f"XXXX-{_month(word.rstrip('.')):02d}", ""


def _check_weekday(text: str, word: str, day: str) -> None:
    """The day of the week has to be the day's own; without a year nobody can tell."""
    earliest = dates.bounds(day)[0]
    name = word.strip(" .,").casefold()[:3]
    if earliest and len(day) == 10 and _WEEKDAYS[earliest.weekday()][:3] != name:
        raise dates.DateError(
            _("“%(text)s” was a %(weekday)s: mend the day or its name.")
            % {"text": text, "weekday": _WEEKDAYS[earliest.weekday()].capitalize()}
        )


def _edtf(parts: dict[str, str | None]) -> tuple[str, str]:
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
    raise dates.DateError(_("“%(word)s” is no month: write the date as 2024-01-22.") % {"word": word})
