"""Tables as XLSX: the columns and rules of the CSV tables, on sheets named visits, meetings, officials or tenures.

Each sheet whose name or headings are those of a table is read, officials first, then tenures, visits, meetings; where
there is none, the first sheet is taken for one. A formula counts with the value that was stored with it; one without a
value, an error and a merged area reject their row. A cell that is typed as a date is the day it shows. Nothing is
evaluated and no link is followed.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from .reading import (
    MAX_COLUMNS,
    MAX_ROW_CHARACTERS,
    MAX_VALUE,
    Heading,
    InputFile,
    InputRow,
    Options,
    UnreadableInput,
)
from .tables import TABLES, Table
from .tables.columns import key
from .tables.header import described, read_header, recognised
from .tables.rows import Row, table_rows
from .xlsx_package import MAX_ROWS, PartFacts, checked_package, column_letters, facts_of_sheet

MAX_SHEETS = 50
_LOOKED_AT = 50


class XlsxReader:
    name = "xlsx"
    label: Any = gettext_lazy("Tables of visits, meetings, officials and tenures (XLSX)")
    suffixes: tuple[str, ...] = (".xlsx", ".xlsm")

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()

    def told(self, options: Options) -> "XlsxReader":
        return XlsxReader(options)

    def recognises(self, name: str, head: bytes) -> bool:
        return name.lower().endswith(self.suffixes) and head.startswith(b"PK\x03\x04")

    def headings(self, file: InputFile) -> tuple[str, list[Heading]]:
        """Of the sheet of visits, else of the first table; of other sheets those that are not known there."""
        with _opened(file) as sheets:
            found = [sheet.described(self.options) for sheet in sheets]
        table, headings = next((one for one in found if one[0].name == "visits"), found[0])
        others = [one for _table, more in found for one in more if one.column is None and one not in headings]
        return table.record, headings + others

    def check(self, file: InputFile) -> None:
        self.count(file)

    def count(self, file: InputFile) -> int:
        """Reads the headers and every row below them."""
        with _opened(file) as sheets:
            for sheet in sheets:
                sheet.begin(self.options)
            number = sum(1 for sheet in sheets for _ in sheet.rows())  # every row: a fault further down refuses all
        if not number:
            raise UnreadableInput(file.name, "no-rows", _("Below the header it holds no row."), row=1)
        return number

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row per record, numbered as the spreadsheet does; reports name the sheet beside the file."""
        with _opened(file) as sheets:
            for sheet in sheets:
                sheet.begin(self.options)
            empty = True
            for sheet in sheets:
                name = f"{file.name}#{sheet.name}"
                for row in table_rows(file, name, sheet.header, sheet.rows(), self.options):
                    sheet.note_wrong_cells(row)
                    empty = False
                    yield row
            if empty:
                raise UnreadableInput(file.name, "no-rows", _("Below the header it holds no row."), row=1)


@contextmanager
def _opened(file: InputFile) -> Iterator[list["_Sheet"]]:
    """The sheets that hold tables, in the order of the tables."""
    with checked_package(file) as (path, facts):
        try:
            book = CalamineWorkbook.from_path(path)
            names = book.sheet_names
            if len(names) > MAX_SHEETS:
                detail = _("It has %(number)s sheets; at most %(most)s are read.") % {
                    "number": len(names),
                    "most": MAX_SHEETS,
                }
                raise UnreadableInput(file.name, "too-many-sheets", detail)
            sheets = [_Sheet(file, book.get_sheet_by_index(place), facts) for place in range(len(names))]
        except (CalamineError, ValueError, IndexError, OSError) as error:
            detail = _("It is no whole XLSX file: %(why)s.") % {"why": str(error)[:MAX_VALUE]}
            raise UnreadableInput(file.name, "broken-xlsx", detail) from error
        if not sheets:
            raise UnreadableInput(file.name, "broken-xlsx", _("It is no whole XLSX file: it has no sheet."))
        tables = [sheet for sheet in sheets if sheet.table]
        order = list(TABLES.values())
        yield sorted(tables, key=lambda sheet: order.index(sheet.table)) or sheets[:1]  # type: ignore[arg-type]


class _Sheet:
    """One sheet, and the table that its name or its headings tell it to be."""

    def __init__(self, file: InputFile, sheet: CalamineSheet, facts: dict[str, PartFacts]) -> None:
        self._file, self._sheet, self._facts = file, sheet, facts
        self.name = sheet.name
        self._first_column = (sheet.start or (0, 0))[1]
        self._headings, self._number = self._first_row()
        named = next((table for table in TABLES.values() if key(self.name) == table.name), None)
        self.table: Table | None = (named or recognised("", self._headings)) if self._headings else None

    def _first_row(self) -> tuple[list[str], int]:
        """The first row that is not blank, up to its last heading, and its number."""
        for number, values in enumerate(self._sheet.iter_rows(), start=1):
            cells = [_text(value) for value in values]
            if width := max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0):
                return cells[:width], number
        return [], 1

    def described(self, options: Options) -> tuple[Table, list[Heading]]:
        rows = [cells for _number, cells in islice(self._cells(), _LOOKED_AT)]
        return described(self._headings, rows, options, self.table)

    def begin(self, options: Options) -> None:
        """Read the header and what the cells alone do not tell; the rows may be read then."""
        if not self._headings:
            raise UnreadableInput(
                self._file.name, "no-rows", _("The sheet “%(sheet)s” is empty.") % {"sheet": self.name}
            )
        try:
            self.header = read_header(self._file, self._headings, options, self._number, self.table)
        except UnreadableInput as error:
            where = {"why": error.detail, "sheet": self.name, "row": self._number}
            error.detail = _("%(why)s (in the sheet “%(sheet)s”, row %(row)s)") % where
            error.args = (f"{self._file.name}: {error.detail}",)
            raise
        self._wrong = facts_of_sheet(self.name, self._facts).wrong
        self._merged = self._merged_rows()

    def _merged_rows(self) -> dict[int, list[tuple[int, int]]]:
        """The first and last merged column of each row that has such."""
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        spans = 0
        for (top, left), (bottom, right) in self._sheet.merged_cell_ranges or ():
            spans += bottom - top + 1
            if spans > MAX_ROWS:
                detail = _("The sheet “%(sheet)s” has merged cells in more than %(most)s rows: unmerge them.") % {
                    "sheet": self.name,
                    "most": f"{MAX_ROWS:,}",
                }
                raise UnreadableInput(self._file.name, "merged-cells", detail)
            for row in range(top + 1, bottom + 2):
                found[row].append((left + 1, right + 1))
        return found

    def rows(self) -> Iterator[Row]:
        """(number, cells as text) of each row below the header that is not blank."""
        width = len(self._headings)
        for number, cells in self._cells():
            if sum(map(len, cells)) > MAX_ROW_CHARACTERS:
                detail = _("Row %(number)s of the sheet “%(sheet)s” is longer than %(most)s characters.") % {
                    "number": number,
                    "sheet": self.name,
                    "most": f"{MAX_ROW_CHARACTERS:,}",
                }
                raise UnreadableInput(self._file.name, "row-too-large", detail, row=number)
            beyond = next((place for place, cell in enumerate(cells[width:], start=width) if cell.strip()), None)
            if beyond is not None:
                where = f"{column_letters(self._first_column + beyond + 1)}{number}"
                detail = _("Cell %(where)s of the sheet “%(sheet)s” has no heading above it: give it one.") % {
                    "where": where,
                    "sheet": self.name,
                }
                raise UnreadableInput(self._file.name, "unknown-column", detail, number, where, cells[beyond])
            yield number, cells[:width]

    def _cells(self) -> Iterator[Row]:
        for number, values in enumerate(self._sheet.iter_rows(), start=1):
            if number > self._number:
                cells = [_text(value) for value in values]
                if any(cell.strip() for cell in cells):
                    yield number, cells

    def note_wrong_cells(self, row: InputRow) -> None:
        """Reject a row with a cell that only looks empty."""
        for place, heading in enumerate(self.header.headings, start=self._first_column + 1):
            where = f"Sheet {self.name}, cell {column_letters(place)}{row.row}"
            value = row.raw.get(heading, "")
            if what := self._wrong.get((row.row, place)):
                row.problem(
                    heading,
                    value,
                    "no-value",
                    _("%(where)s holds %(what)s: write the value itself.") % {"where": where, "what": what},
                )
            if any(left <= place <= right for left, right in self._merged.get(row.row, ())[:MAX_COLUMNS]):
                detail = _("%(where)s is part of merged cells: unmerge them and write the value into each.") % {
                    "where": where
                }
                row.problem(heading, value, "merged-cells", detail)


def _text(value: object) -> str:
    """A cell as the text that a CSV file would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
