"""Rejected rows come back as a file that says why, and that loads when it is mended."""

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest
from django.core.management import call_command

from tests.world import make_country, make_user
from visits import access, loads, mending
from visits.models import ImportProblem, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def countries():
    for code in ("TM", "JP", "US", "CH", "GB", "FR"):
        make_country(code)


def load(*files):
    run = loads.create_run(files, user=None, trust=True)
    return loads.run_load(run.pk)


def file_of(run):
    file = mending.rejected(run)
    return file.name, b"".join(file.content)


def wrong(run):
    return sorted(run.problems.values_list("field", "value", "code"))


def mended(run, *replaced):
    """The rejected file with these bytes replaced, loaded; its run."""
    name, content = file_of(run)
    for before, after in replaced:
        assert before in content
        content = content.replace(before, after)
    return load((name, content))


def mends(file, rejected, *replaced):
    """Unmended the same problems come again; mended everything loads."""
    run = load(file)
    assert run.rejected == rejected
    again = mended(run)
    assert (again.rejected, again.read, wrong(again)) == (rejected, rejected, wrong(run))
    after = mended(run, *replaced)
    assert (after.rejected, after.read, after.duplicates) == (0, rejected, 0)
    return run, after


CSV = '''Host;guest;start;summary
Japan;TM;2024-01-22;They met.
Japan;TM;yesterday;=SUM(A1)
Japan;TM;2024-02-30;
Japan;Atlantis;tomorrow;"Two
lines; a ""quote"""
'''


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_table_comes_back_with_its_own_headings_and_a_reason():
    name, content = file_of(load(("visits.csv", CSV.encode())))
    header, *rows = rows_of(content)
    assert (name, content[:3]) == ("visits-rejected.csv", b"\xef\xbb\xbf")
    assert header == ["Host", "guest", "start", "summary", "problem"]
    assert [row[:4] for row in rows] == [
        ["Japan", "TM", "yesterday", "'=SUM(A1)"],
        ["Japan", "TM", "2024-02-30", ""],
        ["Japan", "Atlantis", "tomorrow", 'Two\nlines; a "quote"'],
    ]
    assert rows[0][4].startswith("start “yesterday”: ")


def test_all_problems_of_a_row_stand_in_one_cell():
    run = load(("visits.csv", CSV.encode()))
    reason = rows_of(file_of(run)[1])[3][4]
    assert [part.split("”")[0] for part in reason.split(" | ")] == ["start “tomorrow", "guest “Atlantis"]


def test_a_mended_table_loads():
    replaced = (b"yesterday", b"2024-01-23"), (b"2024-02-30", b"2024-02-29"), (b"Atlantis", b"TM")
    mends(("visits.csv", CSV.encode()), 3, *replaced, (b"tomorrow", b"2024-01-25"))
    assert sorted(Visit.objects.values_list("start", "summary")) == [
        ("2024-01-22", "They met."),
        ("2024-01-23", "=SUM(A1)"),
        ("2024-01-25", 'Two lines; a "quote"'),
        ("2024-02-29", ""),
    ]


@pytest.mark.parametrize("row", ["Japan,TM,2024-01-22,They met,and spoke", "Japan,TM,2024-01-22"])
def test_a_row_of_the_wrong_width_comes_back_whole_and_is_wrong_until_mended(row):
    run = load(("visits.csv", f"host,guest,start,summary\n{row}\n".encode()))
    content = file_of(run)[1]
    assert [cell for cell in row.split(",") if cell not in content.decode("utf-8-sig")] == []
    assert wrong(mended(run)) == [("", wrong(mended(run))[0][1], "wrong-cell-count")]


def test_a_sheet_comes_back_as_a_table():
    book = openpyxl.Workbook()
    book.active.title = "visits"
    for row in (("host", "guest", "start"), ("Japan", "TM", "yesterday"), ("Japan", "TM", "2024-01-22")):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    run, _after = mends(("visits.xlsx", stream.getvalue()), 1, (b"yesterday", b"2024-01-23"))
    assert file_of(run)[0] == "visits-visits-rejected.csv"


RECORD = {
    "type": "visit",
    "external_ids": ["our-list:1"],
    "guest": {"country": "TM"},
    "host": {"country": "JP"},
    "start": "2024-01-22",
}


def line(**values):
    return json.dumps(RECORD | values, ensure_ascii=False)


def test_records_in_json_lines_come_back_as_they_were_with_their_problem():
    lines = [line(external_ids=["our-list:2"]), line(start="soon"), '{"type": "visit",']
    run, after = mends(
        ("list.jsonl", "\n".join(lines).encode()),
        2,
        (b"soon", b"2024-01-23"),
        (b'\n{"type": "visit",\n', f"\n{line(external_ids=['our-list:3'])}\n".encode()),
    )
    first, note, broken = file_of(run)[1].decode().splitlines()
    assert list(json.loads(first)) == ["problem", *RECORD]
    assert list(json.loads(note)) == ["problem"]
    assert (broken, after.created) == (lines[2], 2)


def test_a_json_array_comes_back_as_json_lines():
    content = json.dumps([RECORD, RECORD | {"start": "soon", "external_ids": ["our-list:2"]}, 5]).encode()
    replaced = (b"soon", b"2024-01-23"), (b"\n5\n", f"\n{line(external_ids=['our-list:3'])}\n".encode())
    run, _after = mends(("list.json", content), 2, *replaced)
    assert file_of(run)[0] == "list-rejected.jsonl"


def test_a_problem_is_not_told_twice():
    run = mended(load(("list.jsonl", line(start="soon").encode())))
    assert file_of(run)[1].count(b'"problem"') == 1


VISIT = """<visit><id>{id}</id><start-date>{start}</start-date><end-date>1995-04-05</end-date>
<visitor>Prime   Minister
 John Major &amp; others</visitor><from id="united-kingdom">United Kingdom</from>
<description>A -- visit</description>{more}
</visit>"""
XML = "<?xml version='1.0' encoding='UTF-8'?>\n<visits>\n{}\n</visits>\n"


def hsg(*visits):
    texts = [VISIT.format(**{"start": "1995-04-04", "more": ""} | visit) for visit in visits]
    return "visits.xml", XML.format("\n".join(texts)).encode()


def test_elements_come_back_as_xml_that_says_why():
    file = hsg({"id": 1}, {"id": 2, "start": "4 April--"}, {"id": 3, "more": "<id>4</id>"})
    run, after = mends(file, 2, (b"4 April--</", b"1995-04-04</"), (b"<id>4</id>", b""))
    name, content = file_of(run)
    assert (name, after.created) == ("visits-rejected.xml", 2)
    first, second = ElementTree.fromstring(content).findall("visit")
    assert first.find("visitor").text == "Prime   Minister\n John Major & others"
    assert [child.text for child in second.findall("id")] == ["3", "4"]
    assert b"start-date \xe2\x80\x9c4 April" in content


TRIP = """<trip who="major-john"><id>{id}</id><role>president</role><name>William J. Clinton</name>
<start-date>{start}</start-date><end-date>1995-04-05</end-date><country id="france">France</country>
<locale>Paris</locale><remarks>A visit.</remarks></trip>"""


def test_travels_come_back_as_travels():
    trips = [TRIP.format(id=1, start="1995-04-04"), TRIP.format(id=2, start="April")]
    file = "travels.xml", f"<trips>{''.join(trips)}</trips>".encode()
    run, _after = mends(file, 1, (b"April</", b"1995-04-04</"))
    assert b'<trip who="major-john">' in file_of(run)[1]


LISTS = """Group_Type,Delegation,Honorific,Person_Name,Job_Title,Year,Meeting,Location,Delegation_ISO
Parties,Japan,Mr,Ann Lee,=NA,1991,INC 1,Geneva,JPN
Parties,Japan,Mr,Bo Kim,=NA,nineteen,INC 1,Geneva,JPN
"""


def test_a_delegate_comes_back_and_joins_the_meeting():
    run, _after = mends(("lists.csv", LISTS.encode()), 1, (b"nineteen", b"1991"))
    visits = load(("lists.csv", LISTS.replace("nineteen", "1991").encode()))
    assert rows_of(file_of(run)[1])[0][-2:] == ["Delegation_ISO", "problem"]
    assert visits.rejected == 0


def test_several_files_come_back_in_one_archive():
    run = load(("a/visits.csv", CSV.encode()), ("b/visits.csv", CSV.encode()), ("list.jsonl", line(start="x").encode()))
    name, content = file_of(run)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["visits-rejected.csv", "2-visits-rejected.csv", "list-rejected.jsonl"]
    assert name == f"load-{run.pk}-rejected.zip"


def test_nothing_comes_back_where_nothing_was_rejected():
    assert mending.rejected(load(("list.jsonl", line().encode()))) is None


def test_a_dry_run_gives_the_rejected_rows_too():
    run = loads.create_run([("visits.csv", CSV.encode())], user=None, dry_run=True)
    assert len(rows_of(file_of(loads.run_load(run.pk))[1])) == 4


def test_a_row_is_written_once_whatever_is_wrong_with_it():
    run = load(("visits.csv", CSV.encode()))
    assert ImportProblem.objects.filter(run=run).count() == 4
    assert len(rows_of(file_of(run)[1])) == 1 + 3


def test_a_script_downloads_the_rejected_rows(client):
    user = make_user("ed")
    run = loads.create_run([("visits.csv", CSV.encode())], user=user)
    loads.run_load(run.pk)
    headers = {"Authorization": f"Token {access.create_token(user, 'test')}"}
    answer = client.get(f"/api/v1/imports/{run.pk}/rejected/", headers=headers)
    assert answer["Content-Disposition"] == 'attachment; filename="visits-rejected.csv"'
    assert b"".join(answer.streaming_content) == file_of(run)[1]


def test_a_script_hears_when_there_is_nothing_to_mend(client):
    user = make_user("ed")
    run = loads.create_run([("list.jsonl", line().encode())], user=user)
    loads.run_load(run.pk)
    headers = {"Authorization": f"Token {access.create_token(user, 'test')}"}
    assert client.get(f"/api/v1/imports/{run.pk}/rejected/", headers=headers).status_code == 404


def test_the_command_writes_the_rejected_rows(tmp_path):
    file, rejected = tmp_path / "visits.csv", tmp_path / "mend.csv"
    file.write_text(CSV)
    with pytest.raises(SystemExit):
        call_command("import_visits", str(file), "--rejected", str(rejected), stdout=io.StringIO())
    assert len(rows_of(rejected.read_bytes())) == 4
