"""The four tables: told from their headings, read under many names, and documented from one list of columns."""

import csv
import io
import uuid
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from visits import enums, loads, models, record
from visits.imports.csv_table import CsvReader
from visits.imports.reading import Heading, InputFile, InputRow, Options, Tabular, UnreadableInput
from visits.imports.registry import READERS, guess
from visits.imports.tables import TABLES, Table
from visits.imports.tables.template import dictionary_csv, markdown, template_csv, template_xlsx
from visits.imports.xlsx_table import XlsxReader

EVERY = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def file_of(text: str, name: str = "some.csv") -> InputFile:
    return InputFile.of(name, text.encode())


def read(text: str, **options: Any) -> list[InputRow]:
    return list(CsvReader(Options(**options)).read(file_of(text)))


def table_of(*rows: dict[str, str]) -> str:
    target = io.StringIO()
    writer = csv.DictWriter(target, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()


def one(table: str, **cells: str) -> Any:
    """The record of one row; its problems fail the test."""
    needed = dict.fromkeys(TABLES[table].required, "")
    (row,) = read(table_of(needed | cells))
    assert row.problems == []
    return row.record


def problems(table: str, **cells: str) -> list[tuple[str, str]]:
    (row,) = read(table_of(dict.fromkeys(TABLES[table].required, "") | cells))
    return [(problem.field, problem.code) for problem in row.problems]


# every table


@EVERY
def test_a_template_reads_as_one_record_of_its_table(table: Table) -> None:
    file = file_of(template_csv(table))
    (row,) = CsvReader().read(file)
    assert (guess(file).name, row.problems, row.record.type) == ("csv", [], table.record)


@EVERY
def test_every_heading_means_one_column(table: Table) -> None:
    meant = {text: table.column_named(text) for column in table.columns for text in (column.name, *column.aliases)}
    assert meant == {text: column.name for column in table.columns for text in (column.name, *column.aliases)}


@EVERY
def test_case_spaces_underscores_and_accents_of_a_heading_do_not_matter(table: Table) -> None:
    for column in table.columns:
        ways = (column.name.upper(), column.name.replace("_", " "), column.name.replace("_", ""), f" {column.name} ")
        assert [table.column_named(way.replace("E", "É")) for way in ways] == [column.name] * len(ways)


@EVERY
def test_an_unknown_column_suggests_the_nearest(table: Table) -> None:
    header = [column.name for column in table.columns]
    with pytest.raises(UnreadableInput, match=f"did you mean “{header[1]}”") as refused:
        read(",".join([*header[:1], header[1] + "x", *header[2:]]) + "\n")
    assert (refused.value.code, refused.value.field) == ("unknown-column", header[1] + "x")


@EVERY
def test_two_headings_of_one_column_are_refused(table: Table) -> None:
    column = next(column for column in table.columns if column.aliases)
    with pytest.raises(UnreadableInput) as refused:
        read(template_csv(table).replace("\r\n", f",{column.aliases[0]}\r\n"))
    assert (refused.value.code, refused.value.field) == ("repeated-column", column.aliases[0])


@EVERY
def test_the_reason_column_of_a_file_of_rejected_rows_is_not_read(table: Table) -> None:
    first, second, *_rest = template_csv(table).split("\r\n")
    (row,) = read(f"problem,{first}\r\nwrong day,{second}\r\n")
    assert (row.problems, "problem" in row.raw) == ([], False)


@EVERY
def test_what_the_own_export_adds_for_people_is_not_read(table: Table) -> None:
    first, second, *_rest = template_csv(table).split("\r\n")
    added = [name for name in table.read_only if name not in first.split(",")]
    (row,) = read(f"{first},{','.join(added)}\r\n{second},{','.join(added)}\r\n")
    assert (row.problems, set(row.raw) & set(added)) == ([], set())


@EVERY
def test_the_dictionary_and_the_documentation_describe_every_column(table: Table) -> None:
    page = (Path(__file__).parents[1] / "docs" / "import-formats.md").read_text("utf-8")
    rows = list(csv.reader(io.StringIO(dictionary_csv([table]))))[1:]
    assert [(row[0], row[1]) for row in rows] == [(table.name, column.name) for column in table.columns]
    assert markdown(table) in page


def test_a_table_of_something_else_is_not_recognised() -> None:
    others = ("Nr. Name,Organization\n1,Lee,UN\n", "name,country\nOslo,NO\n", "date,price\n2024,7\n")
    assert [guess(file_of(text)) for text in others] == [None, None, None]


def test_a_small_table_of_officials_is_recognised_by_the_name_of_its_file() -> None:
    assert guess(file_of("name,country\nAnn Lee,NO\n", "officials-2024.csv")).name == "csv"


# the other tables


def test_a_meeting_lies_in_the_visit_that_it_names_by_its_id_in_a_list() -> None:
    meeting = one("meetings", date="2024-05-14", visits="my-list:7; " + str(uuid.UUID(int=5)))
    assert meeting.visits == [record.uid_for("visit", "my-list:7"), uuid.UUID(int=5)]


def test_participants_of_a_meeting_have_name_post_and_side() -> None:
    cell = "Ann Lee | Minister of Energy | Kenya; Bo Ek | Director | FI | body=Ministry of Trade; Eva Li | Envoy | eu"
    people = one("meetings", date="2024", participants=cell).participants
    assert [(p.name_as_printed, p.post.title, p.side.country) for p in people] == [
        ("Ann Lee", "Minister of Energy", "KE"),
        ("Bo Ek", "Director", "FI"),
        ("Eva Li", "Envoy", None),
    ]
    assert [p.side.organization and (p.side.organization.slug or p.side.organization.name) for p in people] == [
        None,
        "Ministry of Trade",
        "eu",
    ]


def test_members_of_a_meetings_delegations_say_who_sent_them() -> None:
    cell = "Ann Lee | Envoy | from=KE | head=yes; Bo Ek | Adviser | from=KE; Eva Li | Envoy | from=Finland"
    sent = one("meetings", date="2024", members=cell).delegations
    assert [(d.sender.country, [(m.name_as_printed, m.head) for m in d.members]) for d in sent] == [
        ("KE", [("Ann Lee", True), ("Bo Ek", False)]),
        ("FI", [("Eva Li", False)]),
    ]


def test_outcomes_say_kind_modality_and_date() -> None:
    cell = "joint statement: signed: On trade; Next session [March 2025]; plan: Roadmap | life=dropped"
    found = one("visits", guest="KE", host="FI", outcomes=cell).outcomes
    assert [(o.kind, o.modality, o.title, o.due, o.life) for o in found] == [
        ("joint-statement", "signed", "On trade", "", "open"),
        ("other", "discussed", "Next session", "2025-03", "open"),
        ("plan", "discussed", "Roadmap", "", "dropped"),
    ]


def test_a_visit_names_its_sender_trip_and_whom_it_accompanies() -> None:
    cells = {"sender": "European Union", "trip": "Northern tour", "trip_position": "2", "accompanies": "my-list:9"}
    visit = one("visits", guest="KE", host="FI", head="Ann Lee", head_post="Envoy", **cells)
    assert visit.delegations[0].sender.organization.slug == "eu"
    assert (visit.trip.title, visit.trip.position) == ("Northern tour", 2)
    assert visit.accompanies == record.uid_for("visit", "my-list:9")


def test_an_official_has_other_names_with_kind_and_language() -> None:
    cells = {"name": "Ann Lee", "other_names": "Энн Ли | spelling | ru | script=Cyrl; Ann Smith | former | en"}
    official = one("officials", country="Kenya", wikidata="https://www.wikidata.org/wiki/Q42", **cells)
    assert (official.country, official.wikidata) == ("KE", "Q42")
    assert [(n.text, n.kind, n.language, n.script) for n in official.other_names] == [
        ("Энн Ли", "spelling", "ru", "Cyrl"),
        ("Ann Smith", "former", "en", ""),
    ]


def test_a_tenure_takes_its_rank_from_the_title_and_its_country_from_the_person() -> None:
    tenure = one("tenures", official="Ann Lee", official_country="KE", post="Minister of Foreign Affairs", start="2022")
    assert (tenure.post.rank, tenure.post.country, tenure.start) == ("foreign-minister", "KE", "2022")


def test_an_official_of_a_tenure_may_be_named_by_the_id_in_a_list() -> None:
    assert one("tenures", official="my-list:p-3", post="Envoy").official.uid == record.uid_for(
        "official", "my-list:p-3"
    )


WRONG = [
    ("meetings", {"date": "2024", "participants": "Ann Lee | Envoy"}, [("participants", "needs-side")]),
    ("meetings", {"date": "2024", "members": "Ann Lee | Envoy"}, [("members", "needs-sender")]),
    ("meetings", {"date": "22-23 Jan 2024"}, [("date", "two-dates")]),
    ("meetings", {"date": "2024", "visits": "17"}, [("visits", "unknown-reference")]),
    ("visits", {"guest": "KE", "host": "FI", "outcomes": "treaty: On trade"}, [("outcomes", "unknown-kind")]),
    ("visits", {"guest": "KE", "host": "FI", "trip_position": "2"}, [("trip_position", "no-trip")]),
    ("officials", {"name": "", "country": "KE"}, [("name", "missing")]),
    ("officials", {"name": "Ann", "other_names": "An | nick"}, [("other_names", "unknown-value")]),
    ("tenures", {"official": "Ann", "post": "Envoy", "rank": "boss"}, [("rank", "unknown-value")]),
    ("tenures", {"official": "Ann", "post": "Envoy", "start": "2024", "end": "2023"}, [("end", "wrong-order")]),
]


@pytest.mark.parametrize(("table", "cells", "expected"), WRONG)
def test_a_wrong_cell_is_named_by_its_column(table: str, cells: dict[str, str], expected: Any) -> None:
    assert problems(table, **cells) == expected


# what a sender says of a table


def test_the_readers_of_tables_are_tabular() -> None:
    assert [name for name, reader in READERS.items() if isinstance(reader, Tabular)] == ["csv", "xlsx"]


def test_a_sender_says_what_a_heading_means_and_what_is_left_out() -> None:
    (row,) = read("Who,host,Mood\nKE,FI,good\n", columns={"who": "guest", "MOOD": ""})
    assert (row.record.guest.country, row.raw) == ("KE", {"Who": "KE", "host": "FI", "Mood": "good"})


def test_a_heading_read_as_a_column_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="did you mean “guest”"):
        read("Who,host\nKE,FI\n", columns={"Who": "gest"})


def test_headings_are_told_with_what_they_are_nearest_to_and_examples() -> None:
    kind, found = CsvReader().headings(file_of("gest,host,problem\nKE,FI,x\nJP,FI,\n"))
    assert (kind, found) == (
        "visit",
        [
            Heading("gest", None, "guest", ("KE", "JP")),
            Heading("host", "host", None, ("FI",)),
            Heading("problem", "", None, ("x",)),
        ],
    )


@pytest.mark.parametrize(("order", "start"), [("dmy", "2024-02-01"), ("mdy", "2024-01-02")])
def test_the_order_of_a_date_is_told_by_the_sender_or_the_heading(order: str, start: str) -> None:
    (told,) = read("guest,host,start\nKE,FI,1/2/2024\n", date_order=order)
    heading = {"dmy": "start (dd/mm/yyyy)", "mdy": "Start Date (m/d/y)"}[order]
    (said,) = read(f"guest,host,{heading}\nKE,FI,1/2/2024\n")
    assert [told.record.start, said.record.start] == [start, start]


def test_a_country_that_only_the_tracker_knows_is_read() -> None:
    (row,) = read("guest,host\nSunrise Isles,FI\n", country_names={"sunrise isles": "x-sunrise"})
    assert (row.record.guest.country, row.record.guest.as_printed) == ("x-sunrise", "Sunrise Isles")


@pytest.mark.django_db
def test_the_command_is_told_of_columns_and_of_dates(tmp_path: Path) -> None:
    models.Country.objects.create(code="KE", name="Kenya")
    models.Country.objects.create(code="FI", name="Finland")
    (tmp_path / "some.csv").write_text("Who,host,start\nKE,FI,1/2/2024\n")
    run = loads.load_paths([tmp_path / "some.csv"], trust=True, columns={"Who": "guest"}, date_order="dmy")
    assert (run.counts["created"], models.Visit.objects.get().start) == (1, "2024-02-01")


@pytest.mark.django_db
def test_visits_and_their_meetings_come_from_two_tables(tmp_path: Path) -> None:
    models.Country.objects.create(code="KE", name="Kenya")
    models.Country.objects.create(code="FI", name="Finland")
    (tmp_path / "meetings.csv").write_text("external_id,visit,date\nmy-list:m1,my-list:7,2024-05-14\n")
    (tmp_path / "visits.csv").write_text("external_id,guest,host\nmy-list:7,KE,FI\n")
    run = loads.load_paths([tmp_path], trust=True)
    link = models.MeetingVisit.objects.get()
    assert (run.counts["created"], link.meeting.date, link.visit.host_country_id) == (2, "2024-05-14", "FI")


# several tables in one workbook


def book_of(**sheets: list[list[str]]) -> InputFile:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return InputFile.of("some.xlsx", target.getvalue())


def test_the_sheets_of_a_workbook_are_read_whom_others_name_first() -> None:
    rows = list(XlsxReader().read(InputFile.of("all.xlsx", template_xlsx())))
    assert [(row.file, row.record.type, row.problems) for row in rows] == [
        ("all.xlsx#officials", "official", []),
        ("all.xlsx#tenures", "tenure", []),
        ("all.xlsx#visits", "visit", []),
        ("all.xlsx#meetings", "meeting", []),
    ]


def test_sheets_are_told_by_their_headings_too_and_others_are_left_alone() -> None:
    table = [["guest", "host"], ["KE", "FI"]]
    rows = list(XlsxReader().read(book_of(**{"Read me": [["about"], ["this"]], "2023": table, "2024": table})))
    assert [row.file for row in rows] == ["some.xlsx#2023", "some.xlsx#2024"]


def test_the_headings_of_a_workbook_are_those_of_its_visits_and_what_is_unknown_elsewhere() -> None:
    file = book_of(officials=[["name", "Mood"], ["Ann Lee", "good"]], visits=[["guest", "host"], ["KE", "FI"]])
    kind, found = XlsxReader().headings(file)
    assert (kind, [(heading.text, heading.column) for heading in found]) == (
        "visit",
        [("guest", "guest"), ("host", "host"), ("Mood", None)],
    )


# downloads


@pytest.mark.django_db
def test_templates_and_dictionaries_are_downloaded(client: Client) -> None:
    page = client.get("/templates/").content.decode()
    names = [f"{name}.{form}" for name in TABLES for form in ("csv", "xlsx")]
    for name in [*names, "all-tables.xlsx", "data-dictionary.csv"]:
        answer = client.get(f"/templates/{name}")
        assert (answer.status_code, f'href="/templates/{name}"' in page) == (200, True)
        if name != "data-dictionary.csv":
            file = InputFile.of(name, answer.content)
            assert [row.problems for row in guess(file).read(file)] == [[]] * (4 if "all" in name else 1)


@pytest.mark.django_db
def test_a_template_that_does_not_exist_is_not_found(client: Client) -> None:
    assert [client.get(f"/templates/{name}").status_code for name in ("posts.csv", "all-tables.csv")] == [404, 404]


def test_vocabularies_in_the_dictionary_are_whole() -> None:
    said = {
        (table, column): TABLES[table].by_name[column].holds
        for table, column in (("visits", "kind"), ("visits", "status"), ("meetings", "format"), ("tenures", "rank"))
    }
    vocabularies = (enums.VisitKind, enums.Status, enums.MeetingFormat, enums.Rank)
    pairs = [(text, word) for text, words in zip(said.values(), vocabularies, strict=True) for word in words.values]
    assert [word for text, word in pairs if word not in text] == []


@given(st.data())
def test_a_mutated_template_of_any_table_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(template_csv(data.draw(st.sampled_from(list(TABLES.values())))).encode())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        rows = list(CsvReader().read(InputFile.of("some.csv", bytes(content))))
    except UnreadableInput:
        return
    assert all((row.record is None) == any(p.severity == "error" for p in row.problems) for row in rows)


@pytest.mark.django_db
def test_officials_are_read_before_the_visits_that_name_them(tmp_path: Path) -> None:
    models.Country.objects.create(code="KE", name="Kenya")
    models.Country.objects.create(code="FI", name="Finland")
    (tmp_path / "a-visits.csv").write_text("guest,host,head,head_post\nKE,FI,Ann Lee,Envoy\n")
    (tmp_path / "b-officials.csv").write_text("external_id,name,country\nmy-list:p1,Ann Lee,KE\n")
    loads.load_paths([tmp_path], trust=True)
    assert models.Member.objects.get().official == models.Official.objects.get()


@pytest.mark.django_db
def test_an_id_in_a_list_names_the_record_that_has_it_whatever_its_uid(tmp_path: Path) -> None:
    models.Country.objects.create(code="KE", name="Kenya")
    models.Country.objects.create(code="FI", name="Finland")
    own = uuid.UUID(int=9)
    (tmp_path / "meetings.csv").write_text("visit,date\nmy-list:7,2024-05-14\n")
    (tmp_path / "visits.csv").write_text(f"uid,external_id,guest,host\n{own},my-list:7,KE,FI\n")
    loads.load_paths([tmp_path], trust=True)
    assert models.MeetingVisit.objects.get().visit.uid == own


@pytest.mark.django_db
def test_a_tenure_of_somebody_who_is_not_known_by_this_id_is_refused(tmp_path: Path) -> None:
    models.Country.objects.create(code="KE", name="Kenya")
    (tmp_path / "tenures.csv").write_text("Holder,post,country\nmy-list:p9,Envoy,KE\n")
    run = loads.load_paths([tmp_path / "tenures.csv"], trust=True)
    assert list(run.problems.values_list("field", "code")) == [("Holder", "unknown-official")]
    assert not models.Official.objects.exists()


@pytest.mark.django_db
def test_officials_and_tenures_of_one_workbook_find_each_other() -> None:
    models.Country.objects.create(code="KE", name="Kenya")
    officials = [["external_id", "name", "country"], ["my-list:p1", "Ann Lee", "KE"]]
    tenures = [["official", "post", "country", "start"], ["my-list:p1", "Envoy", "KE", "2022"]]
    file = book_of(tenures=tenures, officials=officials)
    run = loads.create_run([(file.name, file.content or b"")], user=None, trust=True)
    loads.run_load(run.pk)
    assert models.Tenure.objects.get().official == models.Official.objects.get(name="Ann Lee")


def test_every_heading_that_is_wrong_is_named_at_once():
    with pytest.raises(UnreadableInput) as refused:
        READERS["csv"].check(InputFile.of("visits.csv", b"guest,hst,mood\nJP,FR,good\n"))
    assert [(one.code, one.field) for one in refused.value.as_problems()] == [
        ("unknown-column", "hst"),
        ("unknown-column", "mood"),
        ("missing-column", "host"),
    ]
