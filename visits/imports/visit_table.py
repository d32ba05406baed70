"""Tables of visits, whatever file they come in: the header checked, each row to a record. One row, one visit."""

from collections.abc import Iterable, Iterator, Sequence

from visits import names

from .csv_columns import COLUMNS, TEMPLATE_COLUMNS, column_named, nearest_column
from .reading import MAX_COLUMNS, InputFile, InputRow, UnreadableInput, build
from .visit_cells import Cells, visit_of


def visit_rows(file: InputFile, name: str, rows: Iterable[tuple[int, dict[str, str], int]]) -> Iterator[InputRow]:
    """(number, the verbatim row by heading, how many cells it has) to rows with records; `name` is in reports."""
    headings: dict[str, str] = {}
    for number, raw, count in rows:
        row = InputRow(name, number, raw)
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


def checked_header(file: str, cells: Sequence[str], row: int = 1) -> list[str]:
    """The headings as printed; UnreadableInput for one that is unknown, repeated or missing."""
    if len(cells) > MAX_COLUMNS:
        detail = f"It has {len(cells)} columns, at most {MAX_COLUMNS} are read."
        raise UnreadableInput(file, "too-many-columns", detail, row)
    seen: dict[str, str] = {}
    for heading in cells:
        column = column_named(heading)
        if column is None:
            near = nearest_column(heading)
            hint = f"did you mean “{near}”?" if near else f"known are {', '.join(COLUMNS)}."
            what = f"“{names.clean(heading)}” is no known column" if heading.strip() else "A column has no heading"
            raise UnreadableInput(file, "unknown-column", f"{what}: {hint}", row, heading, heading)
        if column in seen:
            detail = f"“{heading}” and “{seen[column]}” are both the column {column}: keep one."
            raise UnreadableInput(file, "repeated-column", detail, row, heading, heading)
        seen[column] = heading
    for wanted in TEMPLATE_COLUMNS:
        if wanted.required and wanted.name not in seen:
            detail = f"The column {wanted.name} is missing: add it."
            raise UnreadableInput(file, "missing-column", detail, row, wanted.name)
    return list(cells)
