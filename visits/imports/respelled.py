"""What spreadsheets do to cells that nobody edited, and how it is seen through.

They type dates anew (2024-01-22 becomes 22/01/2024, 2024-01 becomes Jan-24), numbers (1 becomes 1.0) and truth values
(true becomes TRUE), change line ends, and keep the apostrophe that stands before what begins like a formula.
"""

import re
from contextlib import suppress
from datetime import date, timedelta

from visits import names

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(?::00(?:\.0+)?)?(?: ?AM)?Z?$|[T ]12:00(?::00)? AM$")
_WHOLE = re.compile(r"(-?\d+)\.0+")
_NUMBERS = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")
_WORDS = re.compile(r"(?:(\d{1,2})[ -])?([A-Za-z]{3,9})\.?[ -](\d{2}|\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_ZERO = date(1899, 12, 30)  # of spreadsheets' day numbers


def armed(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def disarmed(text: str) -> str:
    """The text without the apostrophe that `armed` put before it."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def is_same(written: str, cell: str, *, is_date: bool = False) -> bool:
    """Whether what stands in a file (`written`) is the cell, as it was exported or as a spreadsheet types it anew."""
    written, cell = names.clean(disarmed(written)), names.clean(disarmed(cell))
    if written == cell:
        return True
    if cell in {"true", "false"}:
        return written.casefold() == cell
    if (match := _WHOLE.fullmatch(written)) and match[1] == cell:
        return True
    return is_date and bool(cell) and cell in _days(written)


def _days(text: str) -> set[str]:
    """The EDTF dates that a spreadsheet may have shown like this; the first of a month may stand for the month."""
    text = _MIDNIGHT.sub("", text)
    found: set[date] = set()
    if match := _NUMBERS.fullmatch(text):
        first, middle, last = match.groups()
        orders = [(first, middle, last)] if len(first) > 2 else [(last, middle, first), (last, first, middle)]
        for year, month, day in orders:
            for whole in _years(year):
                with suppress(ValueError):
                    found.add(date(whole, int(month), int(day)))
    elif match := _WORDS.fullmatch(text):
        day, word, year = match.groups()
        month = next((number for number, name in enumerate(_MONTHS, 1) if word.casefold().startswith(name)), 0)
        for whole in _years(year) if month else ():
            with suppress(ValueError):
                found.add(date(whole, month, int(day or 1)))
    elif re.fullmatch(r"\d{4,5}(?:\.0+)?", text):
        found.add(_DAY_ZERO + timedelta(days=int(text.partition(".")[0])))
    return {day.isoformat() for day in found} | {day.isoformat()[:7] for day in found if day.day == 1}


def _years(text: str) -> list[int]:
    return [int(text)] if len(text) > 2 else [1900 + int(text), 2000 + int(text)]
