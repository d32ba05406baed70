"""Tables of visits as CSV: one row, one visit. The columns are in `csv_columns`, in any order.

Cells are data: a cell that begins with `=` is kept as it is and never evaluated. An unknown or repeated column, a
wrong encoding and an open quotation mark refuse the file; a wrong cell rejects its row.
"""

import csv
from collections.abc import Iterator

from .csv_columns import column_named
from .csv_rows import csv_rows
from .reading import InputFile, InputRow, UnreadableInput
from .visit_table import checked_header, visit_rows

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
        yield from visit_rows(file, file.name, self._rows(file))

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
