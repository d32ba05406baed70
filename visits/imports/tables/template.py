"""Templates and data dictionaries of the tables, and their columns as documentation; all from the lists of columns."""

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from visits.imports.xlsx_package import column_letters

from . import TABLES, Table

DICTIONARY = "data dictionary"
_DICTIONARY_HEADER = ("table", "column", "needed", "what it holds", "example", "several entries", "other headings")
_WIDTHS = (12, 24, 9, 70, 30, 16, 40)


def template_rows(table: Table) -> list[list[str]]:
    """The headings and one example row."""
    return [[column.name for column in table.columns], [column.example for column in table.columns]]


def dictionary_rows(tables: Iterable[Table]) -> list[list[str]]:
    """What each column holds, below a header."""
    return [
        list(_DICTIONARY_HEADER),
        *(
            [
                table.name,
                column.name,
                "yes" if column.required else "",
                column.holds,
                column.example,
                "with ; between" if column.many else "",
                ", ".join(column.aliases),
            ]
            for table in tables
            for column in table.columns
        ),
    ]


def template_csv(table: Table) -> str:
    return _csv(template_rows(table))


def dictionary_csv(tables: Iterable[Table]) -> str:
    return _csv(dictionary_rows(tables))


def template_xlsx(tables: Iterable[Table] = tuple(TABLES.values())) -> bytes:
    """A workbook with a sheet for each table, each with one example row, and a data dictionary."""
    tables = list(tables)
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        sheet = book.create_sheet(table.name)
        _fill(sheet, template_rows(table))
        for place, column in enumerate(table.columns, start=1):
            sheet.column_dimensions[column_letters(place)].width = max(14, len(column.name) + 2)
            sheet.column_dimensions[column_letters(place)].number_format = "@"  # a date stays as it is typed
    dictionary = book.create_sheet(DICTIONARY)
    _fill(dictionary, dictionary_rows(tables))
    for place, width in enumerate(_WIDTHS, start=1):
        dictionary.column_dimensions[column_letters(place)].width = width
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def markdown(table: Table) -> str:
    """The columns as the table in docs/import-formats.md."""
    rows = [("column", "what it holds", "example", "other headings"), ("---",) * 4]
    for column in table.columns:
        name = f"`{column.name}`" + (" (needed)" if column.required else "")
        example = f"`{column.example}`" if column.example else ""
        rows.append((name, column.holds, example, ", ".join(column.aliases)))
    lines = ("|".join(f" {cell.replace('|', chr(92) + '|')} ".replace("  ", " ") for cell in row) for row in rows)
    return "".join(f"|{line}|\n" for line in lines).replace("| --- | --- | --- | --- |", "|---|---|---|---|")


def _csv(rows: Sequence[Sequence[str]]) -> str:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue()


def _fill(sheet: Worksheet, rows: Sequence[Sequence[str]]) -> None:
    """The rows as text, whatever they begin with; the first is the header and stays in sight."""
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            cell.number_format = "@"
            if text:
                cell.value, cell.data_type = text, "s"
            cell.alignment = Alignment(wrap_text=number > 1, vertical="top")
            cell.font = Font(bold=number == 1)
    sheet.freeze_panes = "A2"
