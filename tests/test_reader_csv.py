"""Tables of visits: what editors write is understood, and what is wrong is named by file, row, field and value."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits import dates
from visits.imports.cell_dates import read_dates
from visits.imports.country_labels import LabelError, country_of
from visits.imports.csv_table import CsvReader
from visits.imports.reading import InputFile, InputRow, UnreadableInput
from visits.imports.registry import guess
from visits.imports.tables.template import template_csv
from visits.imports.tables.visits import TABLE


def read(content: str | bytes) -> list[InputRow]:
    content = content.encode() if isinstance(content, str) else content
    return list(CsvReader().read(InputFile.of("some.csv", content)))


def one(**cells: str) -> InputRow:
    cells = {"guest": "Kenya", "host": "Finland"} | cells
    table = io.StringIO()
    writer = csv.DictWriter(table, cells)
    writer.writeheader()
    writer.writerow(cells)
    (row,) = read(table.getvalue())
    return row


def problems(row: InputRow) -> list[tuple[str, int, str, str, str]]:
    return [(p.file, p.row, p.field, p.value, p.code) for p in row.problems]


# what is understood


def test_the_template_reads_as_one_visit() -> None:
    file = InputFile.of("template.csv", template_csv(TABLE).encode())
    (row,) = CsvReader().read(file)
    visit = row.record
    assert guess(file).name == "csv"
    assert (visit.guest.country, visit.host.country, visit.start, visit.end) == ("KE", "FI", "2024-05-13", "2024-05-15")
    assert [member.official.name for member in visit.delegations[0].members] == ["Amina Odhiambo", "Peter Mwangi"]
    assert [(link.topic, link.modality) for link in visit.topics] == [("hydrogen", "discussed"), ("trade", "agreed")]
    assert [source.url for source in visit.sources] == ["https://example.org/news/17"]


def test_columns_come_in_any_order_and_under_other_names() -> None:
    (row,) = read("Host Country;Start Date;Guest Country;Leader\r\nFI;2024;KE;President Ann Lee\r\n")
    visit = row.record
    head = visit.delegations[0].members[0]
    assert (visit.guest.country, visit.host.country, visit.start) == ("KE", "FI", "2024")
    assert (head.head, head.name_as_printed, head.post_as_printed) == (True, "Ann Lee", "President")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_do_not_matter(encoding: str, end: str) -> None:
    (row,) = read(f"guest,host,summary{end}Кения,Finland,Переговоры{end}".encode(encoding))
    assert (row.record.guest.country, row.record.guest.as_printed, row.record.summary) == ("KE", "Кения", "Переговоры")


def test_a_cell_that_looks_like_a_formula_is_text() -> None:
    assert one(summary="=1+1", title="@SUM(A1)").record.summary == "=1+1"


def test_rows_are_numbered_as_in_a_spreadsheet() -> None:
    rows = read('guest,host,summary\nKE,FI,"two\nlines"\n,,\nKE,FI,\n')
    assert [row.row for row in rows] == [2, 4]


def test_the_row_is_cited_verbatim_with_its_file_and_columns() -> None:
    row = one(summary=" Talks  on trade ", external_id="my-list:17", quote="They talked.")
    cited = row.record.citations[0]
    assert (cited.row, cited.external_id, cited.exact) == (row.raw, "17", "They talked.")
    assert cited.row["summary"] == " Talks  on trade "
    assert cited.columns == {
        "guest.country": "guest",
        "host.country": "host",
        "summary": "summary",
        "external_ids": "external_id",
    }
    assert [source.title for source in row.record.sources] == ["some.csv"]


def test_an_organization_may_be_the_guest() -> None:
    visit = one(guest="European Union", host_organization="Ministry of Energy").record
    assert (visit.guest.country, visit.guest.organization.slug) == (None, "eu")
    assert (visit.host.country, visit.host.organization.name) == ("FI", "Ministry of Energy")


def test_a_country_before_its_time_is_a_doubt() -> None:
    row = one(guest="Russia", start="1975-01-01")
    assert (row.record.guest.country, [code for code, _ in row.doubts]) == ("RU", ["country-out-of-time"])


LABELS = {
    ("jp", ""): "JP",
    ("SUHH", ""): "SUHH",
    ("USSR", "1975"): "SUHH",
    ("Côte d’Ivoire", ""): "CI",
    ("Zaire", "1980-01-01"): "CD",
}


@pytest.mark.parametrize(("label", "code"), LABELS.items())
def test_codes_and_names_pick_the_country(label: tuple[str, str], code: str) -> None:
    assert country_of(*label) == code


def test_an_ambiguous_name_is_refused_with_the_choices() -> None:
    with pytest.raises(LabelError, match=r"CD \(.*\) or CG"):
        country_of("Congo")


WRITTEN = {
    "2024-01-22": ("2024-01-22", ""),
    "22 January 2024": ("2024-01-22", ""),
    "January 22, 2024": ("2024-01-22", ""),
    "22nd Sept. 2024": ("2024-09-22", ""),
    "22–23 Jan 2024": ("2024-01-22", "2024-01-23"),
    "January 2024": ("2024-01", ""),
    "2024": ("2024", ""),
    "22 January": ("XXXX-01-22", ""),
    "XXXX-01-22": ("XXXX-01-22", ""),
    "2024-01~": ("2024-01~", ""),
    "2024/1/22": ("2024-01-22", ""),
    "22.01.2024": ("2024-01-22", ""),
    "2024-01-22 00:00:00": ("2024-01-22", ""),
    "2024-01-22/2024-01-25": ("2024-01-22", "2024-01-25"),
    "2024-01-22 to 2024-01-25": ("2024-01-22", "2024-01-25"),
    "Jan 22-23, 2024": ("2024-01-22", "2024-01-23"),
    "30 Jan - 2 Feb 2024": ("2024-01-30", "2024-02-02"),
    "Dec 30, 2023 – Jan 2, 2024": ("2023-12-30", "2024-01-02"),
    "March-May 2024": ("2024-03", "2024-05"),
    "22-Jan-2024": ("2024-01-22", ""),
    "Monday, 22 January 2024": ("2024-01-22", ""),
    "c. 1900": ("1900~", ""),
    "1990s": ("199X", ""),
    "": ("", ""),
}


@pytest.mark.parametrize(("text", "expected"), WRITTEN.items())
def test_dates_are_read_as_people_write_them(text: str, expected: tuple[str, str]) -> None:
    assert read_dates(text) == expected


UNCERTAIN = [
    "1/2/2024", "13/2/2024", "1-2-24", "45313", "30 February 2024", "soon", "3 Foo 2024", "Spring 2024", "mid-May 2024",
    "30 Dec - 2 Jan 2024", "Tuesday, 22 January 2024", "22-23 Jan - 25 Jan 2024",
]  # fmt: skip


@pytest.mark.parametrize("text", UNCERTAIN)
def test_a_date_that_is_not_certain_is_refused(text: str) -> None:
    with pytest.raises(dates.DateError, match=text):
        read_dates(text)


@pytest.mark.parametrize(("order", "text"), [("mdy", "13/2/2024"), ("dmy", "2/13/2024"), ("mdy", "13.2.2024")])
def test_a_date_against_the_order_that_was_said_is_refused(order: str, text: str) -> None:
    with pytest.raises(dates.DateError, match="no day of the calendar when read as"):
        read_dates(text, order)


@given(st.dates(), st.sampled_from("/.-"))
def test_every_day_reads_the_same_in_the_order_that_was_said(day: Any, sign: str) -> None:
    first, second, year = f"{day.day:02d}", f"{day.month:02d}", f"{day.year:04d}"
    assert read_dates(sign.join((first, second, year)), "dmy") == (day.isoformat(), "")
    assert read_dates(sign.join((second, first, year)), "mdy") == (day.isoformat(), "")


@given(st.dates())
def test_every_day_reads_the_same_in_words_and_digits(day: Any) -> None:
    written = f"{day.day} {day:%B} {day.year:04d}"
    assert read_dates(written) == read_dates(day.isoformat()) == (day.isoformat(), "")


# what is refused


WRONG_CELLS = {
    "start": ("1/2/2024", "wrong-date"),
    "kind": ("holiday", "unknown-value"),
    "status": ("maybe", "unknown-value"),
    "guest": ("Kennya", "unknown-country"),
    "host": ("", "missing"),
    "topics": ("hoped: trade", "unknown-modality"),
    "source_url": ("example.org", "wrong-url"),
    "source_published": ("soon", "wrong-date"),
    "source_language": ("English!", "string-pattern-mismatch"),
    "external_id": ("17", "string-pattern-mismatch"),
    "uid": ("17", "uuid-parsing"),
    "head": ("x" * 400, "string-too-long"),
}


@pytest.mark.parametrize(("column", "wrong"), WRONG_CELLS.items())
def test_a_wrong_cell_rejects_its_row_by_name(column: str, wrong: tuple[str, str]) -> None:
    value, code = wrong
    row = one(**{column: value})
    assert row.record is None
    assert ("some.csv", 2, column, value if len(value) <= 200 else value[:199] + "…", code) in problems(row)


def test_every_problem_of_every_row_comes_in_one_pass() -> None:
    rows = read("guest,host,start,end\nKE,FI,2024,2023\nKenya,Finnland,x,\nKE,FI,2024,2024\n")
    assert [(p.row, p.field, p.value) for row in rows for p in row.problems] == [
        (2, "end", "2023"),
        (3, "start", "x"),
        (3, "host", "Finnland"),
    ]
    assert [row.record is None for row in rows] == [True, True, False]


def test_a_row_with_too_few_or_too_many_cells_is_rejected() -> None:
    rows = read("guest,host,title\nKE,FI\nKE,FI,a,b\nKE,FI,a\n")
    assert [[p.code for p in row.problems] for row in rows] == [["wrong-cell-count"], ["wrong-cell-count"], []]


REFUSED = {
    "unknown column": (b"gest,host\nKE,FI\n", "unknown-column", 1, "gest"),
    "repeated column": (b"guest,host,Host Country\nKE,FI,FI\n", "repeated-column", 1, "Host Country"),
    "missing column": (b"guest,start\nKE,2024\n", "missing-column", 1, "host"),
    "no heading": (b"guest,host,\nKE,FI,x\n", "unknown-column", 1, ""),
    "Windows-1251": ("guest,host\nКения,FI\n".encode("cp1251"), "wrong-encoding", 2, ""),
    "NUL": (b"guest,host\nKE,F\0I\n", "nul", 2, ""),
    "UTF-16 without a mark": ("guest,host\nKE,FI\n".encode("utf-16-le"), "nul", 1, ""),
    "half a UTF-16 character": ("guest,host\nKE,FI\n".encode("utf-16")[:-1], "wrong-encoding", 2, ""),
    "open quotation mark": (b'guest,host\nKE,"FI\nKE,FI\n', "broken-csv", 2, ""),
    "endless line": (b"guest,host\n" + b"x" * 2**21, "line-too-long", 2, ""),
    "endless row": (b'guest,host\n"' + b"x\n" * 2**20, "row-too-large", 2, ""),
    "300 columns": (b"guest,host" + b",title" * 300 + b"\n", "too-many-columns", 1, ""),
    "a zipped file": (b"PK\x03\x04.....", "no-text", 0, ""),
    "no rows": (b"guest,host\n", "no-rows", 1, ""),
}


@pytest.mark.parametrize(("content", "code", "row", "field"), REFUSED.values(), ids=REFUSED)
def test_a_broken_file_is_refused_before_its_first_row(content: bytes, code: str, row: int, field: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        read(content)
    problem = refused.value.as_problem()
    assert (problem.file, problem.code, problem.row, problem.field) == ("some.csv", code, row, field)


def test_a_table_of_something_else_is_not_recognised() -> None:
    assert guess(InputFile.of("people.csv", b"Nr. Name,Organization\n1,Lee,UN\n")) is None


@given(st.data())
def test_mutated_tables_are_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(template_csv(TABLE).encode())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        rows = read(bytes(content))
    except UnreadableInput:
        return
    assert all((row.record is None) == bool(row.problems) for row in rows)
