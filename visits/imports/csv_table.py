"""Tables of visits as CSV: one row, one visit. The columns are in `csv_columns`, in any order.

Cells are data: a cell that begins with `=` is kept as it is and never evaluated. An unknown or repeated column, a
wrong encoding and an open quotation mark refuse the file; a wrong cell rejects its row.
"""

import csv
from collections.abc import Iterator

from visits import names

from .csv_columns import COLUMNS, TEMPLATE_COLUMNS, column_named, nearest_column
from .csv_rows import csv_rows
from .reading import MAX_COLUMNS, InputFile, InputRow, UnreadableInput, build
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
        header: list[str] = []
        for number, cells in csv_rows(file, lambda line: _split_header(line)[0]):
            if number == 1:
                header = checked_header(file.name, cells)
            elif any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * (len(header) - len(cells))]
                yield number, dict(zip(header, padded, strict=False)), len(cells)


def _split_header(line: str) -> tuple[str, list[str]]:
    """The delimiter under which the most headings are known, and the headings."""

    def headings(delimiter: str) -> list[str]:
        try:
            return next(csv.reader([line.strip("\r\n")], delimiter=delimiter), [])
        except csv.Error:
            return []

    best = max(_DELIMITERS, key=lambda delimiter: sum(map(bool, map(column_named, headings(delimiter)))))
    return best, headings(best)


def checked_header(file: str, cells: list[str]) -> list[str]:
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
