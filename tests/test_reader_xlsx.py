"""Tables of visits as XLSX: as the CSV table, with what spreadsheets add, and hostile files refused."""

import datetime
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.imports import xlsx_package
from visits.imports.csv_table import CsvReader
from visits.imports.reading import InputFile, InputRow, UnreadableInput
from visits.imports.registry import guess
from visits.imports.tables.template import template_csv, template_xlsx
from visits.imports.tables.visits import TABLE
from visits.imports.xlsx_table import XlsxReader

HEADER = ["guest", "host", "start", "end", "summary"]
ROW = ["KE", "Finland", "2024-05-13", "2024-05-15", "Talks."]


def book_of(*rows: list[Any], title: str = "visits") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def file_of(book: openpyxl.Workbook) -> InputFile:
    target = io.BytesIO()
    book.save(target)
    return InputFile.of("some.xlsx", target.getvalue())


def read(*rows: list[Any]) -> list[InputRow]:
    return list(XlsxReader().read(file_of(book_of(*rows))))


def rezipped(content: bytes, change: dict[str, bytes]) -> bytes:
    """The package with some parts replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change.get(name, old.read(name)))
        for name in change.keys() - set(old.namelist()):
            new.writestr(name, change[name])
    return target.getvalue()


GOOD = file_of(book_of(HEADER, ROW)).content or b""


def test_a_row_is_the_visit_that_its_csv_would_be() -> None:
    (row,) = read(HEADER, ROW)
    text = "\n".join(",".join(cells) for cells in (HEADER, ROW))
    (same,) = CsvReader().read(InputFile.of("some.csv", text.encode()))
    left_out = {"sources", "citations"}
    assert row.record.model_dump(exclude=left_out) == same.record.model_dump(exclude=left_out)
    assert (row.file, row.row, row.raw) == ("some.xlsx#visits", 2, dict(zip(HEADER, ROW, strict=True)))


@pytest.mark.parametrize(
    ("cell", "start"),
    [
        (datetime.date(2024, 5, 13), "2024-05-13"),
        (datetime.datetime.combine(datetime.date(2024, 5, 13), datetime.time()), "2024-05-13"),
        (2024, "2024"),
        ("May 2024", "2024-05"),
    ],
)
def test_dates_typed_as_dates_and_written_as_words_are_read(cell: Any, start: str) -> None:
    (row,) = read(["guest", "host", "start"], ["KE", "FI", cell])
    assert (row.record.start, row.problems) == (start, [])


def test_a_date_that_was_formatted_away_is_refused_by_its_column() -> None:
    (row,) = read(["guest", "host", "start"], ["KE", "FI", 45313])
    assert [(p.file, p.row, p.field, p.value, p.code) for p in row.problems] == [
        ("some.xlsx#visits", 2, "start", "45313", "wrong-date")
    ]


def test_a_sheet_named_visits_goes_before_the_first() -> None:
    book = book_of(["about", "this"], title="Read me")
    sheet = book.create_sheet("Visits")
    sheet.append(HEADER)
    sheet.append(ROW)
    (row,) = XlsxReader().read(file_of(book))
    assert (row.file, row.record.host.country) == ("some.xlsx#Visits", "FI")


def test_blank_rows_and_a_table_further_in_keep_the_spreadsheets_numbers() -> None:
    book = book_of([])
    for place, row in ((3, HEADER), (4, ROW), (6, ROW)):
        for column, cell in enumerate(row, start=2):
            book.active.cell(place, column, cell)
    assert [row.row for row in XlsxReader().read(file_of(book))] == [4, 6]


def with_cell(xml: bytes) -> bytes:
    """The good workbook with this instead of the cell E2."""
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        before, _, after = package.read(sheet).rpartition(b'<c r="E2"')
    return rezipped(GOOD, {sheet: before + xml + after.partition(b"</c>")[2]})


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (b'<c r="E2" t="str"><f>A1</f><v>Met.</v></c>', "Met."),
        (b'<c r="E2" t="str"><f>A1</f><v></v></c>', ""),
        (b'<c r="E2" t="inlineStr"><is><t>Met.</t></is></c>', "Met."),
    ],
)
def test_a_formula_counts_with_its_stored_value_only(cell: bytes, value: str) -> None:
    (row,) = XlsxReader().read(InputFile.of("some.xlsx", with_cell(cell)))
    assert (row.raw["summary"], row.problems) == (value, [])


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        (b'<c r="E2"><f>1+1</f></c>', "a formula that was never computed"),
        (b'<c r="E2"><f>1+1</f><v></v></c>', "a formula that was never computed"),
        (b'<c r="E2" t="e"><v>#REF!</v></c>', "an error"),
    ],
)
def test_a_cell_that_only_looks_empty_rejects_its_row(cell: bytes, what: str) -> None:
    (row,) = XlsxReader().read(InputFile.of("some.xlsx", with_cell(cell)))
    assert [(p.row, p.field, p.code, p.detail) for p in row.problems] == [
        (2, "summary", "no-value", f"Sheet visits, cell E2 holds {what}: write the value itself.")
    ]


def test_merged_cells_reject_the_rows_they_touch() -> None:
    book = book_of(HEADER, ROW, ROW, ROW)
    book.active.merge_cells("A2:A3")
    rows = list(XlsxReader().read(file_of(book)))
    codes = [{problem.code for problem in row.problems} for row in rows]
    assert ["merged-cells" in found for found in codes] == [True, True, False]
    assert rows[0].problems[0].detail.startswith("Sheet visits, cell A2")


def test_an_unknown_column_names_sheet_and_row() -> None:
    with pytest.raises(UnreadableInput, match=r"did you mean “guest”\? \(in the sheet “visits”, row 1\)"):
        read(["gest", "host"], ["KE", "FI"])


def test_a_cell_without_a_heading_above_it_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="Cell C2 of the sheet “visits” has no heading"):
        read(["guest", "host"], ["KE", "FI", "lost?"])


def test_text_that_begins_like_a_formula_is_text() -> None:
    book = book_of(HEADER, ROW)
    book.active["E2"].value, book.active["E2"].data_type = "=cmd()", "s"
    (row,) = XlsxReader().read(file_of(book))
    assert row.record.summary == "=cmd()"


def test_the_template_reads_back_as_the_csv_template_does() -> None:
    (row,) = XlsxReader().read(InputFile.of("template.xlsx", template_xlsx([TABLE])))
    (same,) = CsvReader().read(InputFile.of("template.csv", template_csv(TABLE).encode()))
    assert (row.raw, row.problems) == (same.raw, [])


def test_the_template_explains_every_column() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx([TABLE])))
    rows = list(book["data dictionary"].iter_rows(min_row=2, values_only=True))
    assert [(row[1], row[3]) for row in rows] == [(column.name, column.holds) for column in TABLE.columns]


def with_sheet(xml: bytes) -> bytes:
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return rezipped(GOOD, {"xl/worksheets/sheet1.xml": head + xml + b"</sheetData></worksheet>"})


def hostile() -> Iterator[tuple[str, bytes, str]]:
    yield "cut off", GOOD[: len(GOOD) // 2], "broken-xlsx"
    yield "no zip", b"PK\x03\x04" + b"x" * 100, "broken-xlsx"
    yield "no workbook", rezipped(GOOD, {"xl/workbook.xml": b"<workbook/>"}), "broken-xlsx"
    yield "broken XML", rezipped(GOOD, {"xl/workbook.xml": b"<workbook>"}), "broken-xlsx"
    entity = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    yield "entities", rezipped(GOOD, {"xl/sharedStrings.xml": entity}), "entities"
    yield "a bomb", rezipped(GOOD, {"xl/media/image1.bin": b"\0" * 30 * 2**20}), "too-large-unpacked"
    yield "a cell far below", with_sheet(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "too-many-cells"
    yield "a cell far right", with_sheet(b'<row r="1"><c r="XFD1"><v>1</v></c></row>'), "too-many-cells"
    yield "300 columns", with_sheet(b'<row r="1">' + b"<c><v>1</v></c>" * 300 + b"</row>"), "too-many-cells"
    yield "no rows", file_of(book_of(HEADER)).content or b"", "no-rows"
    yield "an empty sheet", file_of(book_of()).content or b"", "no-rows"
    yield "too many parts", rezipped(GOOD, {f"x/{n}.bin": b"" for n in range(1001)}), "too-many-parts"


@pytest.mark.parametrize(("content", "code"), [pytest.param(c, code, id=name) for name, c, code in hostile()])
def test_a_broken_or_hostile_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        list(XlsxReader().read(InputFile.of("some.xlsx", content)))
    assert refused.value.code == code


def test_a_size_that_is_a_lie_is_found_out() -> None:
    content = rezipped(GOOD, {"xl/sharedStrings.xml": b"<sst>" + b" " * 50 * 2**20 + b"</sst>"})
    lying = content.replace((50 * 2**20 + 11).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(UnreadableInput) as refused:
        list(XlsxReader().read(InputFile.of("some.xlsx", lying)))
    assert refused.value.code == "broken-xlsx"


def test_styled_but_empty_cells_far_away_do_no_harm() -> None:
    book = book_of(HEADER, ROW)
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    assert len(list(XlsxReader().read(file_of(book)))) == 1


def test_too_many_rows_are_refused_by_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_package, "MAX_ROWS", 1)
    with pytest.raises(UnreadableInput, match="has a cell at A3"):
        read(HEADER, ROW, ROW)


def test_a_workbook_is_recognised_by_name_and_signature() -> None:
    assert guess(InputFile.of("some.xlsx", GOOD)).name == "xlsx"
    assert guess(InputFile.of("some.xlsx", b"no zip at all, but text")) is None


@given(st.data())
def test_a_mutated_workbook_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        rows = list(XlsxReader().read(InputFile.of("some.xlsx", bytes(content))))
    except UnreadableInput:
        return
    assert all((row.record is None) == bool(row.problems) for row in rows)


@given(st.data())
def test_a_mutated_sheet_is_read_or_refused(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        name = data.draw(st.sampled_from([name for name in package.namelist() if name.endswith((".xml", ".rels"))]))
        part = bytearray(package.read(name))
    for _ in range(data.draw(st.integers(1, 3))):
        part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.integers(32, 126))
    try:
        rows = list(XlsxReader().read(InputFile.of("some.xlsx", rezipped(GOOD, {name: bytes(part)}))))
    except UnreadableInput:
        return
    assert all((row.record is None) == bool(row.problems) for row in rows)
