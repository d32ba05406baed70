"""The template of a table of visits as XLSX: the columns with an example, and a sheet that says what they hold."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from .csv_columns import TEMPLATE_COLUMNS
from .xlsx_package import column_letters
from .xlsx_table import SHEET

_DICTIONARY = ("column", "needed", "what it holds", "example", "several entries", "other headings")
_WIDTHS = (24, 9, 70, 30, 16, 40)


def template_xlsx() -> bytes:
    """The template: a sheet “visits” with a header and one example row, and a data dictionary."""
    book = Workbook()
    visits = book.worksheets[0]
    visits.title = SHEET
    _fill(visits, [[column.name for column in TEMPLATE_COLUMNS], [column.example for column in TEMPLATE_COLUMNS]])
    for place, column in enumerate(TEMPLATE_COLUMNS, start=1):
        visits.column_dimensions[column_letters(place)].width = max(14, len(column.name) + 2)
        visits.column_dimensions[column_letters(place)].number_format = "@"  # a date stays as it is typed
    dictionary = book.create_sheet("data dictionary")
    rows = [
        [
            column.name,
            "yes" if column.required else "",
            column.holds,
            column.example,
            "with ; between" if column.many else "",
            ", ".join(column.aliases),
        ]
        for column in TEMPLATE_COLUMNS
    ]
    _fill(dictionary, [list(_DICTIONARY), *rows])
    for place, width in enumerate(_WIDTHS, start=1):
        dictionary.column_dimensions[column_letters(place)].width = width
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _fill(sheet: Worksheet, rows: list[list[str]]) -> None:
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
