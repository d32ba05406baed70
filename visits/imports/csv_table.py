"""Tables as CSV: visits, meetings, officials or tenures, told from the headings. The columns are in `tables`.

Cells are data: a cell that begins with `=` is kept as it is and never evaluated. An unknown or repeated column, a
wrong encoding and an open quotation mark refuse the file; a wrong cell rejects its row.
"""

import csv
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from .csv_rows import csv_rows
from .reading import MAX_FILES, Heading, InputFile, InputRow, Options, UnreadableInput
from .tables import TABLES
from .tables.cells import Header
from .tables.header import described, read_header, recognised
from .tables.rows import Row, table_rows

_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 50


class CsvReader:
    name = "csv"
    label: Any = gettext_lazy("Table of visits, meetings, officials or tenures (CSV)")
    suffixes: tuple[str, ...] = (".csv", ".tsv")

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self._whole: deque[str] = deque(maxlen=MAX_FILES)  # hashes of files that were checked

    def told(self, options: Options) -> "CsvReader":
        return CsvReader(options)

    def recognises(self, name: str, head: bytes) -> bool:
        """By its headings: a column that is needed, and few that most other tables have instead."""
        if not name.lower().endswith((*self.suffixes, ".txt")):
            return False
        wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
        lines = head.decode("utf-16" if wide else "utf-8-sig", errors="ignore").splitlines()
        return recognised(name, _split_header(lines[0] if lines else "")[1]) is not None

    def headings(self, file: InputFile) -> tuple[str, list[Heading]]:
        rows = [cells for _number, cells in islice(_rows(file), _LOOKED_AT)]
        table, headings = described(rows[0] if rows else [], rows[1:], self.options)
        return table.record, headings

    def check(self, file: InputFile) -> None:
        self.count(file)

    def count(self, file: InputFile) -> int:
        """One pass over the whole file: its encoding, its header, its quotation marks; no cell is read."""
        rows = _rows(file)
        self._header(file, rows)
        number = sum(1 for _row in rows)
        if not number:
            raise UnreadableInput(file.name, "no-rows", _("Below the header it holds no row."), row=1)
        self._whole.append(file.sha256)
        return number

    def turn(self, file: InputFile) -> int:
        """Officials, then tenures, then visits with everything else, then meetings."""
        return list(TABLES.values()).index(self._header(file, _rows(file)).table)

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row per record, numbered as a spreadsheet does: the header is 1, blank rows count."""
        if file.sha256 not in self._whole:
            self.check(file)
        rows = _rows(file)
        header = self._header(file, rows)
        yield from table_rows(file, file.name, header, rows, self.options)

    def _header(self, file: InputFile, rows: Iterator[Row]) -> Header:
        _number, cells = next(rows, (1, []))
        return read_header(file, cells, self.options)


def _rows(file: InputFile) -> Iterator[Row]:
    """(number, cells) of the header, whatever it holds, and of each row that is not blank."""
    for number, cells in csv_rows(file, lambda line: _split_header(line)[0]):
        if number == 1 or any(cell.strip() for cell in cells):
            yield number, cells


def _split_header(line: str) -> tuple[str, list[str]]:
    """The delimiter under which the most headings are known, and the headings."""

    def headings(delimiter: str) -> list[str]:
        try:
            return next(csv.reader([line.strip("\r\n")], delimiter=delimiter), [])
        except csv.Error:
            return []

    def known(delimiter: str) -> tuple[int, int]:
        found = headings(delimiter)
        return max(sum(map(bool, map(table.column_named, found))) for table in TABLES.values()), len(found)

    best = max(_DELIMITERS, key=known)
    return best, headings(best)
