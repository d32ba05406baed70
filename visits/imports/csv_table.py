"""Tables of visits as CSV: one row, one visit. The columns are in `csv_columns`, in any order.

Cells are data: a cell that begins with `=` is kept as it is and never evaluated. An unknown or repeated column, a
wrong encoding and an open quotation mark refuse the file; a wrong cell rejects its row.
"""

import csv
from collections.abc import Iterator

from visits import names

from .csv_columns import COLUMNS, TEMPLATE_COLUMNS, column_named, nearest_column
from .reading import MAX_COLUMNS, MAX_ROW_CHARACTERS, InputFile, InputRow, UnreadableInput, build
from .text_lines import text_lines
from .visit_cells import Cells, visit_of

_DELIMITERS = (",", ";", "\t", "|")


class CsvReader:
    name = "csv"
    label = "Table of visits (CSV)"
    suffixes: tuple[str, ...] = (".csv", ".tsv")

    def recognises(self, name: str, head: bytes) -> bool:
        """By its header: it has a guest, a host and nothing that most other tables have instead."""
        if not name.lower().endswith((*self.suffixes, ".txt")):
            return False
        wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
        text = head.decode("utf-16" if wide else "utf-8-sig", errors="ignore")
        header = _split_header(text.splitlines()[0] if text.splitlines() else "")[1]
        return {"guest", "host"} <= {column_named(heading) for heading in header}

    def check(self, file: InputFile) -> None:
        if not sum(1 for _ in self._rows(file)):
            raise UnreadableInput(file.name, "no-rows", "Below the header it holds no row.", row=1)

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row per visit, numbered as a spreadsheet does: the header is 1, blank rows count."""
        self.check(file)
        headings: dict[str, str] = {}
        for number, raw, count in self._rows(file):
            row = InputRow(file.name, number, raw)
            headings = headings or {column_named(heading) or heading: heading for heading in raw}
            expected = len(raw)
            if count != expected:
                detail = (
                    f"The row has {count} cells, the header {expected}: "
                    "put cells that hold a comma or a line break in quotation marks."
                )
                row.problem("", raw, "wrong-cell-count", detail)
            else:
                cells = Cells(row, headings)
                build(row, visit_of(cells, file), cells.paths)
            yield row

    def _rows(self, file: InputFile) -> Iterator[tuple[int, dict[str, str], int]]:
        """(number, the verbatim row by heading, how many cells it has) of each row that is not blank."""
        lines = _Bounded(file)
        header: list[str] = []
        delimiter, _ = _split_header(lines.peek())
        table = csv.reader(lines, delimiter=delimiter, strict=True)
        number = 0
        try:
            for cells in table:
                number += 1
                lines.row_begins()
                if number == 1:
                    header = _checked_header(file.name, cells)
                elif any(cell.strip() for cell in cells):
                    padded = [*cells, *[""] * (len(header) - len(cells))]
                    yield number, dict(zip(header, padded, strict=False)), len(cells)
        except csv.Error as error:
            detail = f"Row {number + 1} (line {table.line_num}) is broken: {error}. Is a quotation mark left open?"
            raise UnreadableInput(file.name, "broken-csv", detail, row=number + 1) from error


class _Bounded:
    """The lines of a file for the CSV parser; a record that never ends is refused."""

    def __init__(self, file: InputFile) -> None:
        self._file, self._lines = file, text_lines(file)
        self._first: str | None = next(self._lines, "")
        self._size = 0

    def peek(self) -> str:
        return self._first or ""

    def row_begins(self) -> None:
        self._size = 0

    def __iter__(self) -> "_Bounded":
        return self

    def __next__(self) -> str:
        line, self._first = (self._first, None) if self._first else (next(self._lines), None)
        self._size += len(line)
        if self._size > MAX_ROW_CHARACTERS:
            detail = f"A row is longer than {MAX_ROW_CHARACTERS:,} characters: is a quotation mark left open?"
            raise UnreadableInput(self._file.name, "row-too-large", detail, value=line[:100])
        return line


def _split_header(line: str) -> tuple[str, list[str]]:
    """The delimiter under which the most headings are known, and the headings."""

    def headings(delimiter: str) -> list[str]:
        try:
            return next(csv.reader([line.strip("\r\n")], delimiter=delimiter), [])
        except csv.Error:
            return []

    best = max(_DELIMITERS, key=lambda delimiter: sum(map(bool, map(column_named, headings(delimiter)))))
    return best, headings(best)


def _checked_header(file: str, cells: list[str]) -> list[str]:
    """The headings as printed; UnreadableInput for one that is unknown, repeated or missing."""
    if len(cells) > MAX_COLUMNS:
        raise UnreadableInput(
            file, "too-many-columns", f"It has {len(cells)} columns, at most {MAX_COLUMNS} are read.", 1
        )
    seen: dict[str, str] = {}
    for heading in cells:
        column = column_named(heading)
        if column is None:
            near = nearest_column(heading)
            hint = f"did you mean “{near}”?" if near else f"known are {', '.join(COLUMNS)}."
            what = f"“{names.clean(heading)}” is no known column" if heading.strip() else "A column has no heading"
            raise UnreadableInput(file, "unknown-column", f"{what}: {hint}", 1, heading, heading)
        if column in seen:
            detail = f"“{heading}” and “{seen[column]}” are both the column {column}: keep one."
            raise UnreadableInput(file, "repeated-column", detail, 1, heading, heading)
        seen[column] = heading
    for wanted in TEMPLATE_COLUMNS:
        if wanted.required and wanted.name not in seen:
            raise UnreadableInput(
                file, "missing-column", f"The column {wanted.name} is missing: add it.", 1, wanted.name
            )
    return cells
