"""The rows of a CSV file, with bounded memory: a record that never ends and an open quotation mark are refused."""

import csv
from collections.abc import Callable, Iterator

from django.utils.translation import gettext_noop as _

from .reading import MAX_ROW_CHARACTERS, InputFile, UnreadableInput
from .text_lines import text_lines


def csv_rows(file: InputFile, delimiter_of: Callable[[str], str]) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each row, numbered as a spreadsheet does: the header is 1, blank rows count.

    `delimiter_of` sees the first line.
    """
    csv.field_size_limit(MAX_ROW_CHARACTERS)  # one for the process: whoever set it last, here a row's own holds
    lines = _Bounded(file)
    table = csv.reader(lines, delimiter=delimiter_of(lines.peek()), strict=True)
    number = 0
    try:
        for cells in table:
            number += 1
            lines.row_begins(number + 1)
            yield number, cells
    except csv.Error as error:
        detail = _("Row %(row)s (line %(line)s) is broken: %(why)s. Is a quotation mark left open?") % {
            "row": number + 1,
            "line": table.line_num,
            "why": error,
        }
        raise UnreadableInput(file.name, "broken-csv", detail, row=number + 1) from error


class _Bounded:
    """The lines of a file for the CSV parser."""

    def __init__(self, file: InputFile) -> None:
        self._file, self._lines = file, text_lines(file)
        self._first: str | None = next(self._lines, "")
        self._row, self._size = 1, 0

    def peek(self) -> str:
        return self._first or ""

    def row_begins(self, number: int) -> None:
        self._row, self._size = number, 0

    def __iter__(self) -> "_Bounded":
        return self

    def __next__(self) -> str:
        line, self._first = (self._first, None) if self._first else (next(self._lines), None)
        self._size += len(line)
        if self._size > MAX_ROW_CHARACTERS:
            detail = _("Row %(row)s is longer than %(most)s characters: is a quotation mark left open?") % {
                "row": self._row,
                "most": f"{MAX_ROW_CHARACTERS:,}",
            }
            raise UnreadableInput(self._file.name, "row-too-large", detail, row=self._row, value=line[:100])
        return line
