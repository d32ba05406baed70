"""Lists as XLSX: the rows of the CSV file as a sheet, written row by row to disk, so that memory is flat."""

from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from .exports import cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 1_048_576  # of a sheet
_BLOCK = 2**16


def xlsx_bytes(name: str, rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A workbook of these rows, of which the first is the header; what no sheet can hold goes on to a further one."""
    book = Workbook(write_only=True)
    header: Sequence[Any] = ()
    sheet: Any = None
    count = 0
    for values in rows:
        header = header or values
        if sheet is None or count == MAX_ROWS:
            sheet = book.create_sheet(name if sheet is None else f"{name} {len(book.worksheets) + 1}")
            sheet.freeze_panes = "A2"
            sheet.append(list(header))
            count = 1
            if values is header:
                continue
        sheet.append([_value(value) for value in values])
        count += 1
    with TemporaryFile() as target:
        book.save(target)
        target.seek(0)
        while block := target.read(_BLOCK):
            yield block


def _value(value: Any) -> Any:
    """Text stays text; nothing is a formula."""
    value = cell(value)
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
