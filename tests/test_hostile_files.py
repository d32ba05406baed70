"""Hostile and broken files: each a clear error with file, row, field and value, nothing half done.

Every file is made here. Those that are made to eat memory are loaded in a process of their own, whose peak is measured.
"""

import gzip
import io
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.world import make_country, make_user
from visits import access, loads
from visits.imports.reading import UnreadableInput
from visits.models import Candidate, ImportRun, Judgement, Source, Visit

pytestmark = pytest.mark.django_db

CSV = "guest,host,start,summary\n"
ROW = "KE,FI,2024-05-01,Talks\n"
XML = "<trips><trip who='lee-ann' role='president'><id>1</id><role>president</role><name>Ann Lee</name>"
LISTS = "Group_Type,Delegation,Person_Name,Job_Title,Year,Meeting,Location,Delegation_ISO\n"
MEGABYTE = 2**20


@pytest.fixture(autouse=True)
def countries():
    return [make_country(code) for code in ("KE", "FI")]


def package(sheet: str) -> bytes:
    """An XLSX file of one sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "[Content_Types].xml", f'<Types xmlns="{types}"><Default Extension="xml" ContentType="x/y"/></Types>'
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Target="xl/workbook.xml" '
            f'Type="{office}/officeDocument"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="visits" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Target="worksheets/sheet1.xml" '
            f'Type="{office}/worksheet"/></Relationships>',
        )
        book.writestr("xl/worksheets/sheet1.xml", sheet.replace("<worksheet", f'<worksheet xmlns="{main}"', 1))
    return target.getvalue()


def sheet(*rows: str, more: str = "", after: str = "") -> str:
    body = "".join(f'<row r="{number}">{cells}</row>' for number, cells in enumerate(rows, start=1))
    return f"<worksheet><sheetData>{body}{more}</sheetData>{after}</worksheet>"


def text(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


HEADINGS = text("A1", "guest") + text("B1", "host")
FIRST = text("A2", "KE") + text("B2", "FI")
LINE = json.dumps({"type": "visit", "guest": {"country": "KE"}, "host": {"country": "FI"}})

# name, bytes -> code, row, field, value
REFUSED: dict[str, tuple[str, bytes, str, int, str, str]] = {
    "truncated XML": ("a.xml", f"{XML}<start-date>2009".encode(), "broken-xml", 1, "", ""),
    "XML with an entity": (
        "a.xml",
        f'<!DOCTYPE trips [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n{XML}&e;</trip></trips>'.encode(),
        "entities",
        1,
        "",
        "trips",
    ),
    "XML in an encoding that is none": (
        "a.xml",
        f"<?xml version='1.0' encoding='klingon'?>{XML}</trip></trips>".encode(),
        "broken-xml",
        1,
        "",
        "",
    ),
    "XML of deep elements": ("a.xml", f"{XML}{'<x>' * 60}".encode(), "too-deep", 1, "", "x"),
    "XML of 300 columns": (
        "a.xml",
        f"{XML}{''.join(f'<c{n}>1</c{n}>' for n in range(300))}</trip></trips>".encode(),
        "row-too-large",
        1,
        "",
        "",
    ),
    "CSV in Windows-1251": (
        "a.csv",
        f"{CSV}{ROW}KE,FI,2024,Встреча в столице\n".encode("cp1251"),
        "wrong-encoding",
        3,
        "",
        "KE,FI,2024,������� � �������\n",
    ),
    "CSV in UTF-16 without its mark": (
        "a.csv",
        f"{CSV}{ROW}".encode("utf-16-le"),
        "nul",
        1,
        "",
        "␀".join("guest,host,start,summary") + "␀\n",
    ),
    "half a character of UTF-16": ("a.csv", f"{CSV}{ROW}".encode("utf-16")[:-1], "wrong-encoding", 2, "", ""),
    "CSV with a NUL": ("a.csv", f"{CSV}{ROW}KE,FI,2024,a\0b\n".encode(), "nul", 3, "", "KE,FI,2024,a␀b\n"),
    "CSV with an open quotation mark": ("a.csv", f'{CSV}{ROW}KE,FI,2024,"Talks\n'.encode(), "broken-csv", 3, "", ""),
    "CSV of 300 columns": (
        "a.csv",
        (",".join(["guest", "host", *(f"c{n}" for n in range(298))]) + "\n" + ROW).encode(),
        "too-many-columns",
        1,
        "",
        "",
    ),
    "CSV with a misspelt heading": ("a.csv", b"guest,host,sumary\nKE,FI,x\n", "unknown-column", 1, "sumary", "sumary"),
    "CSV of a header alone": ("a.csv", CSV.encode(), "no-rows", 1, "", ""),
    "gzip that is called CSV": ("a.csv", gzip.compress(f"{CSV}{ROW}".encode()), "no-text", 0, "", ""),
    "a zip that is called CSV": ("a.csv", package(sheet(HEADINGS, FIRST)), "no-text", 0, "", ""),
    "CSV that is called XLSX": ("a.xlsx", f"{CSV}{ROW}".encode(), "broken-xlsx", 0, "", ""),
    "a truncated XLSX": ("a.xlsx", package(sheet(HEADINGS, FIRST))[:-30], "broken-xlsx", 0, "", ""),
    "an XLSX with an entity": (
        "a.xlsx",
        package(f'<!DOCTYPE worksheet [<!ENTITY e "x">]>{sheet(HEADINGS, FIRST)}'),
        "entities",
        0,
        "",
        "worksheet",
    ),
    "an XLSX with a cell far below": (
        "a.xlsx",
        package(
            sheet(HEADINGS, FIRST).replace(
                "</sheetData>", f'<row r="1048576">{text("A1048576", "x")}</row></sheetData>'
            )
        ),
        "too-many-cells",
        1048576,
        "",
        "",
    ),
    "an XLSX with a value beside the table": (
        "a.xlsx",
        package(sheet(HEADINGS, FIRST, text("A3", "KE") + text("B3", "FI") + text("D3", "lost"))),
        "unknown-column",
        3,
        "D3",
        "lost",
    ),
    "a 0-byte file": ("a.csv", b"", "empty-file", 0, "", ""),
    "an array of JSON that ends early": (
        "a.json",
        f"[{LINE},\n{LINE}".encode(),
        "broken-json",
        2,
        "",
        "",
    ),
    "JSON nested beyond all measure": (
        "a.json",
        b'[{"type": "visit", "guest": ' + b"[" * 200_000,
        "broken-json",
        1,
        "",
        "",
    ),
    "a delegation list with a NUL": (
        "a.csv",
        f"{LISTS}Parties,Kenya,A\0nn,NA,1991,INC 1,Geneva,KEN\n".encode(),
        "nul",
        2,
        "",
        "Parties,Kenya,A␀nn,NA,1991,INC 1,Geneva,KEN\n",
    ),
    "an article with a NUL": ("a.txt", b"The minister\0 came.", "binary", 0, "", ""),
    "an article in Windows-1251": ("a.txt", "Встреча".encode("cp1251"), "encoding", 0, "", "c2f1f2f0e5f7e0"),
}


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def assert_nothing_was_written() -> None:
    assert [model.objects.count() for model in (Visit, Candidate, Judgement, Source)] == [0, 0, 0, 0]


def found_in(run: ImportRun) -> list[tuple[str, int, str, str, str]]:
    return list(run.problems.values_list("file", "row", "field", "value", "code"))


@pytest.mark.parametrize(("name", "content", "code", "row", "field", "value"), REFUSED.values(), ids=REFUSED)
def test_a_broken_file_is_refused_by_name_before_anything_is_taken(tmp_path, name, content, code, row, field, value):
    with pytest.raises(UnreadableInput) as refused:
        loads.load_paths([write(tmp_path, name, content)])
    error = refused.value
    assert (error.file, error.code, error.row, error.field, error.value) == (name, code, row, field, value)
    assert_nothing_was_written()
    failed = ImportRun.objects.first()
    assert failed is None or (failed.status, found_in(failed)) == ("failed", [(name, row, field, value, code)])


FORMULA = '<c r="A3" t="str"><f>1+1</f></c>' + text("B3", "FI")
REJECTED: dict[str, tuple[str, bytes, str, int, str, str, str]] = {
    "a cell too many": (
        "a.csv",
        f"{CSV}{ROW}KE,FI,2024,Talks,more\n".encode(),
        "wrong-cell-count",
        3,
        "",
        '{"guest": "KE", "host": "FI", "start": "2024", "summary": "Talks"}',
        "a.csv",
    ),
    "a date that is none": (
        "a.csv",
        f"{CSV}{ROW}KE,FI,2024-02-31,Talks\n".encode(),
        "wrong-date",
        3,
        "start",
        "2024-02-31",
        "a.csv",
    ),
    "a formula that was never computed": (
        "a.xlsx",
        package(sheet(HEADINGS, FIRST, '<c r="A3"><f>B3</f></c>' + text("B3", "FI"))),
        "no-value",
        3,
        "guest",
        "",
        "a.xlsx#visits",
    ),
    "a number of a million digits": (
        "a.jsonl",
        f'{LINE}\n{{"type": "visit", "guest": {"9" * 1_000_000}}}\n'.encode(),
        "broken-json",
        2,
        "",
        None,
        "a.jsonl",
    ),
    "a line of JSON nested beyond all measure": (
        "a.jsonl",
        f"{LINE}\n{'[' * 200_000}\n".encode(),
        "broken-json",
        2,
        "",
        "[" * 199 + "…",
        "a.jsonl",
    ),
    "half a surrogate": (
        "a.jsonl",
        f'{LINE}\n{{"type": "visit", "title": "\\ud800"}}\n'.encode(),
        "broken-json",
        2,
        "",
        '{"type": "visit", "title": "\\ud800"}',
        "a.jsonl",
    ),
}


@pytest.mark.parametrize(("name", "content", "code", "row", "field", "value", "shown"), REJECTED.values(), ids=REJECTED)
def test_a_broken_row_is_rejected_by_name_and_the_good_one_is_kept(
    tmp_path, name, content, code, row, field, value, shown
):
    run = loads.load_paths([write(tmp_path, name, content)], trust=True)
    found = [one for one in found_in(run) if one[4] == code]
    assert [(one[0], one[1], one[2], one[4]) for one in found] == [(shown, row, field, code)]
    assert value is None or found[0][3] == value
    assert (run.read, run.created, run.rejected, Visit.objects.count()) == (2, 1, 1, 1)


def test_merged_cells_reject_each_of_their_rows_and_no_other(tmp_path):
    merged = '<mergeCells count="1"><mergeCell ref="A3:A4"/></mergeCells>'
    rows = HEADINGS, FIRST, text("A3", "KE") + text("B3", "FI"), text("B4", "FI")
    run = loads.load_paths([write(tmp_path, "a.xlsx", package(sheet(*rows, after=merged)))], trust=True)
    found = {(row, field, code) for _f, row, field, _v, code in found_in(run) if code == "merged-cells"}
    assert (found, run.created, run.rejected) == (
        {(3, "guest", "merged-cells"), (4, "guest", "merged-cells")},
        1,
        2,
    )


def test_mixed_line_ends_are_line_ends_and_formulas_are_text(tmp_path):
    content = f"{CSV.strip()}\r\nKE,FI,2024,=1+1\rKE,FI,2023,+cmd\nKE,FI,2022,@x".encode()
    run = loads.load_paths([write(tmp_path, "a.csv", content)], trust=True)
    assert (run.read, run.created) == (3, 3)
    assert list(Visit.objects.order_by("start").values_list("summary", flat=True)) == ["@x", "+cmd", "=1+1"]


# a folder


def test_one_bad_file_among_a_hundred_is_named_and_the_others_are_loaded(tmp_path):
    for number in range(99):
        write(tmp_path, f"{number:02}.csv", f"{CSV}KE,FI,{1900 + number},Talks\n".encode())
    write(tmp_path, "50-bad.csv", f"{CSV}{ROW}KE,FI,2024,a\0b\n".encode())
    run = loads.load_paths([tmp_path], trust=True)
    assert (run.status, run.read, run.created, run.rejected) == ("done", 100, 99, 1)
    assert found_in(run) == [("50-bad.csv", 3, "", "KE,FI,2024,a␀b\n", "nul")]
    assert Visit.objects.filter(start="2024").count() == 0


def test_every_bad_file_is_named_in_one_pass(tmp_path):
    bad = {
        "a.xlsx": (package(sheet(HEADINGS, FIRST))[:-30], "broken-xlsx"),
        "b.csv": (b"", "empty-file"),
        "c.jsonl": (b"\n\n", "no-rows"),
        "d.csv": (f"{CSV}{ROW}\xff".encode("latin-1"), "wrong-encoding"),
    }
    for name, (content, _code) in bad.items():
        write(tmp_path, name, content)
    with pytest.raises(UnreadableInput) as refused:
        loads.load_paths([tmp_path])
    codes = [(problem.file, problem.code) for problem in refused.value.as_problems()]
    assert sorted(codes) == [(name, code) for name, (_content, code) in bad.items()]
    write(tmp_path, "e.csv", f"{CSV}{ROW}".encode())
    run = loads.load_paths([tmp_path], trust=True)
    assert (run.read, run.created, run.rejected) == (5, 1, 4)
    assert sorted((file, code) for file, _r, _f, _v, code in found_in(run)) == sorted(codes)


def test_strange_things_in_a_folder_are_named_or_left_alone(tmp_path):
    write(tmp_path, "good.csv", f"{CSV}{ROW}".encode())
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    (tmp_path / "circle").symlink_to(tmp_path)
    (tmp_path / "README.md").touch()
    run = loads.load_paths([tmp_path], trust=True)
    assert (run.read, run.created, run.skipped_files) == (1, 1, ["README.md", "circle", "device.csv", "pipe.csv"])


@pytest.mark.parametrize("path", ["/dev/zero", "pipe.csv"])
def test_what_is_no_file_is_refused_at_once(tmp_path, path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UnreadableInput) as refused:
        loads.load_paths([tmp_path / path])
    assert refused.value.code == "no-file"


def test_a_name_of_control_characters_bytes_and_great_length_is_shown_so_that_it_can_be_stored(tmp_path):
    folder = tmp_path / ("x" * 250) / ("y" * 250)
    folder.mkdir(parents=True)
    write(folder, "a\n\x1b[31m.csv", f"{CSV}KE,FI,soon,Talks\n".encode())
    Path(os.fsdecode(os.fsencode(str(folder)) + b"/b\xff.csv")).write_text(f"{CSV}KE,FI,then,Talks\n")
    run = loads.load_paths([tmp_path], trust=True)
    names = [file for file, *_rest in found_in(run)]
    assert [name.rpartition("/")[2] for name in names] == ["a��[31m.csv", "b�.csv"]
    assert {len(name) for name in names} == {500}


@pytest.fixture
def deep_folder(tmp_path):
    """A table in a folder that lies a thousand deep; no path leads there by calling oneself, so `rm` takes it away."""
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    with open(os.open("a.csv", os.O_CREAT | os.O_WRONLY, dir_fd=here), "w") as stream:
        stream.write(f"{CSV}{ROW}")
    os.close(here)
    yield tmp_path
    subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


def test_a_folder_a_thousand_deep_is_walked(deep_folder):
    run = loads.load_paths([deep_folder], trust=True)
    assert (run.read, run.created) == (1, 1)


# sent to the API


def sent(client, *files: tuple[str, bytes]):
    """The answer, and the load as a worker leaves it."""
    user = make_user("loader", "add_importrun")
    key = {"Authorization": f"Token {access.create_token(user, 'test')}"}
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    answer = client.post("/api/v1/imports/", {"file": uploads}, headers=key)
    return answer, loads.run_load(answer.json()["id"]) if answer.status_code == 202 else None


@pytest.mark.parametrize(
    "what", ["truncated XML", "CSV with a NUL", "a truncated XLSX", "a delegation list with a NUL"]
)
def test_a_broken_upload_fails_by_name_and_brings_nothing(client, what):
    name, content, code, row, field, value = REFUSED[what]
    answer, run = sent(client, (name, content))
    assert (answer.status_code, run.status, found_in(run)) == (202, "failed", [(name, row, field, value, code)])
    assert_nothing_was_written()


@pytest.mark.parametrize("content", [b"", b"\0" * 100, gzip.compress(b"guest,host", mtime=0)])
def test_an_upload_that_is_nothing_is_refused_at_once(client, content):
    answer, _run = sent(client, ("a.csv", content))
    assert (answer.status_code, ImportRun.objects.count()) == (400, 0)


def test_one_broken_upload_of_several_stops_no_other(client):
    bad, good = f"{CSV}{ROW}KE,FI,2024,a\0b\n".encode(), f"{CSV}{ROW}".encode()
    _answer, run = sent(client, ("bad.csv", bad), ("good.csv", good))
    assert (run.status, run.read, run.review, run.rejected) == ("done", 2, 1, 1)
    assert [(file, row, code) for file, row, _f, _v, code in found_in(run)] == [("bad.csv", 3, "nul")]
