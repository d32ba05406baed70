"""Tables of visits as XLSX: the columns and rules of the CSV table, on the sheet “visits” or the first one.

A formula counts with the value that was stored with it; one without a value, an error and a merged area reject their
row. A cell that is typed as a date is the day it shows. Nothing is evaluated and no link is followed.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from .reading import MAX_COLUMNS, MAX_ROW_CHARACTERS, MAX_VALUE, InputFile, InputRow, UnreadableInput
from .visit_table import checked_header, visit_rows
from .xlsx_package import MAX_ROWS, PartFacts, checked_package, column_letters, facts_of_sheet

MAX_SHEETS = 50
SHEET = "visits"


class XlsxReader:
    name = "xlsx"
    label = "Table of visits (XLSX)"
    suffixes: tuple[str, ...] = (".xlsx", ".xlsm")

    def recognises(self, name: str, head: bytes) -> bool:
        return name.lower().endswith(self.suffixes) and head.startswith(b"PK\x03\x04")

    def check(self, file: InputFile) -> None:
        """Reads the header and looks for a row below it."""
        with checked_package(file) as (path, facts):
            if not any(True for _ in _Table(file, path, facts).rows()):
                raise UnreadableInput(file.name, "no-rows", "Below the header it holds no row.", row=1)

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row per visit, numbered as the spreadsheet does; reports name the sheet beside the file."""
        with checked_package(file) as (path, facts):
            table = _Table(file, path, facts)
            empty = True
            for row in visit_rows(file, f"{file.name}#{table.sheet.name}", table.rows()):
                table.note_wrong_cells(row)
                empty = False
                yield row
            if empty:
                raise UnreadableInput(file.name, "no-rows", "Below the header it holds no row.", row=1)


class _Table:
    """The sheet of one workbook that holds the visits."""

    def __init__(self, file: InputFile, path: str, facts: dict[str, PartFacts]) -> None:
        self._file = file
        self.sheet = self._opened(path)
        self._wrong = facts_of_sheet(self.sheet.name, facts).wrong
        self._first_column = (self.sheet.start or (0, 0))[1]
        self._header: list[str] = []
        self._merged = self._merged_rows()

    def _opened(self, path: str) -> CalamineSheet:
        name = self._file.name
        try:
            book = CalamineWorkbook.from_path(path)
            sheets = book.sheet_names
            if len(sheets) > MAX_SHEETS:
                raise UnreadableInput(
                    name, "too-many-sheets", f"It has {len(sheets)} sheets; at most {MAX_SHEETS} are read."
                )
            index = next((place for place, sheet in enumerate(sheets) if sheet.strip().casefold() == SHEET), 0)
            return book.get_sheet_by_index(index)
        except (CalamineError, ValueError, IndexError, OSError) as error:
            raise UnreadableInput(
                name, "broken-xlsx", f"It is no whole XLSX file: {str(error)[:MAX_VALUE]}."
            ) from error

    def _merged_rows(self) -> dict[int, list[tuple[int, int]]]:
        """The first and last merged column of each row that has such."""
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        spans = 0
        for (top, left), (bottom, right) in self.sheet.merged_cell_ranges or ():
            spans += bottom - top + 1
            if spans > MAX_ROWS:
                detail = f"The sheet {self.sheet.name} has merged cells in more than {MAX_ROWS:,} rows: unmerge them."
                raise UnreadableInput(self._file.name, "merged-cells", detail)
            for row in range(top + 1, bottom + 2):
                found[row].append((left + 1, right + 1))
        return found

    def rows(self) -> Iterator[tuple[int, dict[str, str], int]]:
        """(number, the row as text by heading, how many cells it has) of each row that is not blank."""
        header: list[str] = []
        width = 0
        for number, values in enumerate(self.sheet.iter_rows(), start=1):
            cells = [_text(value) for value in values]
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                width = max(place for place, cell in enumerate(cells, start=1) if cell.strip())
                header = self._header = self._checked(number, cells[:width])
                continue
            if sum(map(len, cells)) > MAX_ROW_CHARACTERS:
                detail = (
                    f"Row {number} of the sheet {self.sheet.name} is longer than {MAX_ROW_CHARACTERS:,} characters."
                )
                raise UnreadableInput(self._file.name, "row-too-large", detail, row=number)
            beyond = next((place for place, cell in enumerate(cells[width:], start=width) if cell.strip()), None)
            if beyond is not None:
                where = f"{column_letters(self._first_column + beyond + 1)}{number}"
                detail = f"Cell {where} of the sheet {self.sheet.name} has no heading above it: give it one."
                raise UnreadableInput(self._file.name, "unknown-column", detail, number, where, cells[beyond])
            yield number, dict(zip(header, cells, strict=False)), width

    def _checked(self, number: int, cells: list[str]) -> list[str]:
        try:
            return checked_header(self._file.name, cells, number)
        except UnreadableInput as error:
            error.detail = f"{error.detail} (sheet {self.sheet.name}, row {number})"
            error.args = (f"{self._file.name}: {error.detail}",)
            raise

    def note_wrong_cells(self, row: InputRow) -> None:
        """Reject a row with a cell that only looks empty."""
        for place, heading in enumerate(self._header, start=self._first_column + 1):
            where = f"Sheet {self.sheet.name}, cell {column_letters(place)}{row.row}"
            if what := self._wrong.get((row.row, place)):
                row.problem(heading, row.raw[heading], "no-value", f"{where} holds {what}: write the value itself.")
            if any(left <= place <= right for left, right in self._merged.get(row.row, ())[:MAX_COLUMNS]):
                detail = f"{where} is part of merged cells: unmerge them and write the value into each."
                row.problem(heading, row.raw[heading], "merged-cells", detail)


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
