"""Rows of a table to records, whatever file they come in."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_noop as _

from visits.imports.reading import BEYOND, InputFile, InputRow, Options, build

from .cells import Cells, Header

Row = tuple[int, Sequence[str]]


def table_rows(file: InputFile, name: str, header: Header, rows: Iterable[Row], options: Options) -> Iterator[InputRow]:
    """(number, cells) to rows with records; `name` is what reports call the file.

    `raw` is the row as it stands in the file, without the columns that are there to be read alone.
    """
    width = len(header.headings)
    kept = [(place, heading) for place, heading in enumerate(header.headings) if heading not in header.ignored]
    for number, cells in rows:
        count = len(cells)
        raw = {heading: cells[place] if place < count else "" for place, heading in kept}
        row = InputRow(name, number, raw)
        if count != width:
            detail = _(
                "The row has %(count)s cells, the header %(width)s: put cells that hold a comma or a line "
                "break in quotation marks."
            ) % {"count": count, "width": width}
            row.problem("", raw, "wrong-cell-count", detail)
            raw |= {f"{BEYOND}{place}": cell for place, cell in enumerate(cells[width:], start=1)}
        else:
            read = row.cells = Cells(row, header, file, options)
            build(row, header.table.make(read), read.paths)
        yield row
