"""Lists as files."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.world import make_meeting, make_official, make_visit
from visits import exports, mapping, paging, record
from visits.exports import BOM, COLUMNS, cell
from visits.filters import FILTERS
from visits.imports.respelled import FORMULA_STARTS
from visits.models import Visit


def read_csv(response):
    text = b"".join(response.streaming_content).decode()
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def read_xlsx(response):
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)), read_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    return [["" if value is None else str(value) for value in row] for row in rows]


def read_lines(response):
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


@pytest.mark.django_db
class TestFiles:
    def test_a_csv_holds_the_visible_filter(self, client, world):
        rows = read_csv(client.get("/visits.csv?guest=TM&host=JP"))
        assert [row["id"] for row in rows] == [str(world.story.pk), str(world.without_year.pk)]

    def test_a_row_of_visits_reads_well(self, client, world):
        row = read_csv(client.get("/visits.csv?kind=official"))[0]
        assert {name: row[name] for name in ("url", "guest", "host_name", "start", "head", "head_post", "cities")} == {
            "url": f"http://testserver{world.story.get_absolute_url()}",
            "guest": "TM",
            "host_name": "Japan",
            "start": "2024-01-22",
            "head": "Aina Orazowa",
            "head_post": "Foreign Minister",
            "cities": "Tokyo",
        }

    @pytest.mark.parametrize("kind", COLUMNS)
    def test_every_list_has_a_csv_with_its_columns(self, client, world, kind):
        rows = read_csv(client.get(f"/{kind}.csv"))
        assert [list(rows[0]), len(rows)] == [
            [column.name for column in COLUMNS[kind]],
            FILTERS[kind].public().count(),
        ]

    @pytest.mark.parametrize("kind", COLUMNS)
    def test_every_list_has_json_lines(self, client, world, kind):
        assert len(read_lines(client.get(f"/{kind}.jsonl"))) == FILTERS[kind].public().count()

    def test_json_lines_of_visits_are_records_that_can_be_loaded_again(self, client, world):
        lines = read_lines(client.get("/visits.jsonl"))
        records = mapping.to_records(Visit.objects.published().newest_first())
        assert lines == [record.dump(record.parse(line)) for line in lines] == [record.dump(one) for one in records]

    def test_nothing_unpublished_is_in_a_file(self, client, world):
        files = [f"/{kind}.{form}" for kind in COLUMNS for form in ("csv", "jsonl")]
        text = "".join(b"".join(client.get(file).streaming_content).decode() for file in files)
        assert [title for title in ("A draft", "In review", "Withdrawn", "Drafted Person") if title in text] == []

    def test_an_unknown_filter_is_refused_in_files_too(self, client, world):
        assert client.get("/visits.csv?gest=TM").status_code == 400

    def test_a_long_list_is_read_in_chunks_without_loss(self, client, monkeypatch):
        monkeypatch.setattr(exports, "CHUNK", 2)
        made = [make_visit(start=f"202{number}-01-01").pk for number in range(5)]
        rows = read_csv(client.get("/visits.csv"))
        lines = read_lines(client.get("/visits.jsonl?ordering=start"))
        assert [int(row["id"]) for row in rows] == made[::-1]
        assert [line["start"] for line in lines] == [f"202{number}-01-01" for number in range(5)]

    def test_a_formula_in_a_name_is_disarmed(self, client):
        make_visit(head='=HYPERLINK("http://example.org")')
        make_official("=1+1")
        assert read_csv(client.get("/officials.csv"))[0]["name"] == '\'=HYPERLINK("http://example.org")'

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_number_of_queries_does_not_grow(self, django_assert_num_queries, count):
        for number in range(count):
            visit = make_visit(start=f"202{number}", head=f"Head {number}", topics=["hydrogen"])
            make_meeting(visits=[visit])
        queryset = FILTERS["visits"].public()
        list(exports.csv_lines("visits", queryset, paging.NEWEST))  # reads the reference data once
        # rows and version of the reference data; then the records: ids, visits and their lists, meetings and theirs,
        # external ids, citations by what they point at, and what they name
        with django_assert_num_queries(26):
            list(exports.csv_lines("visits", queryset, paging.NEWEST))

    @pytest.mark.parametrize("kind", COLUMNS)
    def test_every_list_is_a_workbook_with_the_same_rows(self, client, world, kind):
        plain = read_csv(client.get(f"/{kind}.csv"))
        rows = [[*plain[0]], *([cell.removesuffix(".0") for cell in row.values()] for row in plain)]
        assert read_xlsx(client.get(f"/{kind}.xlsx")) == rows

    def test_a_formula_in_a_workbook_is_text(self, client):
        make_official("=1+1")
        make_visit(head="=1+1")
        assert read_xlsx(client.get("/officials.xlsx"))[1][2] == "'=1+1"


@given(st.text())
def test_no_cell_begins_like_a_formula(text):
    assert not str(cell(text)).startswith(FORMULA_STARTS)


@pytest.mark.parametrize(("value", "expected"), [(None, ""), (True, "true"), (3, 3), ("-1", "'-1"), ("a", "a")])
def test_a_cell(value, expected):
    assert cell(value) == expected
