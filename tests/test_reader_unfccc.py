"""Delegation lists of the climate negotiations: nothing lost, many rows one meeting, bad rows named."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.imports.reading import InputFile, InputRow, UnreadableInput
from visits.imports.registry import guess, open_inputs
from visits.imports.runs import Numbered, Numberer, batches, problems_of, rows_of
from visits.imports.unfccc import UnfcccReader
from visits.imports.unfccc_delegates import says_head
from visits.models import ImportRun

HEADER = (
    "Group_Type,Delegation,Honorific,Person_Name,Job_Title,Division,Affiliation,Year,Meeting,Location,Delegation_ISO"
)
PARTY, NGO = "Parties", "Non-governmental organizations"


def line(
    name,
    sender="Kenya",
    code="KEN",
    group=PARTY,
    post="NA",
    meeting="INC 1",
    year="1991",
    place="Geneva",
    honorific="Mr",
):
    cells = (group, sender, honorific, name, post, "NA", "Office of Rain", year, meeting, place, code)
    return ",".join(f'"{cell}"' for cell in cells)


def file_of(*lines: str, name: str = "lists.csv") -> InputFile:
    return InputFile.of(name, "\r\n".join([HEADER, *lines]).encode())


def read(*lines: str) -> list[InputRow]:
    return list(UnfcccReader().read(file_of(*lines)))


@pytest.fixture(scope="module")
def real_rows() -> list[InputRow]:
    folder = os.environ.get("TRACKER_DATA")
    if not folder:
        pytest.skip("real data absent: TRACKER_DATA is not set")
    files, _ = open_inputs([Path(folder) / "data" / "unfccc-precops"])
    return list(rows_of(files))


def test_nothing_is_lost_of_the_real_lists(real_rows: list[InputRow]) -> None:
    meetings = [row.record for row in real_rows if row.record]
    delegations = [delegation for meeting in meetings for delegation in meeting.delegations]
    counts = {
        "rows": sum(row.weight for row in real_rows),
        "duplicates": sum(row.repeats for row in real_rows),
        "problems": sum(len(row.problems) for row in real_rows),
        "meetings": len(meetings),
        "delegations": len(delegations),
        "senders": len({delegation.sender.as_printed for delegation in delegations}),
        "delegates": sum(len(delegation.members) for delegation in delegations),
    }
    assert counts == {
        "rows": 7830,
        "duplicates": 250,
        "problems": 0,
        "meetings": 11,
        "delegations": 2299,
        "senders": 645,
        "delegates": 7580,
    }


def test_every_real_row_is_cited_by_its_delegate(real_rows: list[InputRow]) -> None:
    for row in real_rows:
        if row.record:
            cited = [citation.row for citation in row.record.citations[1:]]
            assert sorted(map(str, cited)) == sorted(map(str, row.rows))


def test_the_folder_names_what_it_skips(shared_data: Path) -> None:
    files, skipped = open_inputs([shared_data / "data" / "unfccc-precops"])
    assert [reader.name for _, reader in files] == ["unfccc"]
    assert [file.name for file in skipped] == ["LICENSE", "README.md", "SOURCE.txt", "precops.cleaned.translated.csv"]


def test_rows_of_one_meeting_are_one_record() -> None:
    rows = read(
        line("Ann Lee"), line("Bo Kim"), line("Ida Poe", "Rain Watch", "NA", NGO), line("Ann Lee", meeting="INC 2")
    )
    first, second = (row.record for row in rows)
    assert (first.external_ids, first.title, first.date, first.place.as_printed, first.venue_country) == (
        ["unfccc:INC 1"],
        "INC 1, Geneva, 1991",
        "1991",
        "Geneva",
        "CH",
    )
    assert [(d.sender.country, d.sender.as_printed, len(d.members)) for d in first.delegations] == [
        ("KE", "Kenya", 2),
        (None, "Rain Watch", 1),
    ]
    assert (first.delegations[1].sender.organization.name, len(second.delegations)) == ("Rain Watch", 1)
    assert [(row.row, row.weight) for row in rows] == [(2, 3), (5, 1)]


def test_a_delegate_is_kept_as_printed() -> None:
    (row,) = read(line("Ann Lee", post="Counsellor"))
    member = row.record.delegations[0].members[0]
    assert (member.as_printed, member.name_as_printed, member.post_as_printed) == (
        "Mr Ann Lee, Counsellor, Office of Rain",
        "Ann Lee",
        "Counsellor",
    )
    assert (member.official.name, member.official.country, member.post) == ("Ann Lee", "KE", None)


def test_a_delegate_of_an_organization_is_no_official_by_name_alone() -> None:
    (row,) = read(line("Ida Poe", "Rain Watch", "NA", NGO))
    assert row.record.delegations[0].members[0].official is None


def test_na_is_nothing() -> None:
    (row,) = read(line("Ann Lee", honorific="NA"))
    member = row.record.delegations[0].members[0]
    assert (member.as_printed, member.post_as_printed) == ("Ann Lee, Office of Rain", "")


@pytest.mark.parametrize(
    ("post", "leads"),
    [
        ("Minister, Head of the Delegation", True),
        ("Directeur, Chef de la délégation", True),
        ("Director, Jefe de la Delegación", True),
        ("Deputy Director-General, Head of Delegation", True),
        ("Director, Deputy Head of Delegation", False),
        ("Alternate Head of the Delegation", False),
        ("Chef de la délégation suppléant", False),
        ("Counsellor", False),
    ],
)
def test_the_job_title_says_who_leads(post: str, leads: bool) -> None:
    assert says_head({"Job_Title": post}) is leads


def test_of_two_who_are_said_to_lead_nobody_is_the_head() -> None:
    (row,) = read(line("Ann Lee", post="Head of Delegation"), line("Bo Kim", post="Head of Delegation"))
    assert [member.head for member in row.record.delegations[0].members] == [False, False]


def test_a_code_that_is_none_is_mended_by_the_label_with_a_doubt() -> None:
    (row,) = read(line("Ann Lee", "Panama", "PNA"))
    assert (row.record.delegations[0].sender.country, [code for code, _ in row.doubts]) == ("PA", ["country-by-name"])


def test_former_countries_have_codes_of_their_own() -> None:
    (row,) = read(line("Ann Lee", "Union of Soviet Socialist Republics", "SUN"))
    assert row.record.delegations[0].sender.country == "SUHH"


def test_a_row_that_repeats_another_in_every_column_is_a_duplicate() -> None:
    repeated, meeting = read(line("Ann Lee"), line("Bo Kim"), line("Ann Lee"))
    assert (repeated.row, repeated.repeats, repeated.rejected, meeting.weight) == (4, True, False, 2)
    assert Numberer().number(repeated).duplicate


BAD_ROWS = {
    "no name": (line("NA"), "Person_Name", "NA", "missing"),
    "no year": (line("Bo Kim", year="91"), "Year", "91", "wrong-date"),
    "another place": (line("Bo Kim", place="Nairobi"), "Location", "Nairobi", "contradicts"),
    "no country": (line("Bo Kim", "Atlantis", "ATL"), "Delegation_ISO", "ATL", "unknown-country"),
    "a long sender": (line("Bo Kim", "x" * 400, "NA"), "Delegation", "x" * 199 + "…", "wrong-sender"),
    "a long name": (line("Bo " + "x" * 400), "Person_Name", "Bo " + "x" * 196 + "…", "string-too-long"),
    "a long title": (line("Bo Kim", post="x" * 1400), "Job_Title", "x" * 199 + "…", "string-too-long"),
}


@pytest.mark.parametrize(("bad", "field", "value", "code"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_named_and_the_others_make_the_meeting(bad: str, field: str, value: str, code: str) -> None:
    wrong, meeting = read(line("Ann Lee"), bad, line("Ida Poe"))
    found = [(p.row, p.field, p.value, p.code) for p in wrong.problems if p.field == field]
    assert found == [(3, field, value, code)]
    assert (wrong.rejected, meeting.weight) == (True, 2)


def test_a_refused_meeting_names_each_of_its_rows_once_to_mend() -> None:
    long = "INC " + "1" * 300
    rows = read(line("Ann Lee", meeting=long), line("Bo Kim"), line("Ida Poe", meeting=long))
    refused, kept = rows
    found = problems_of(ImportRun(), [Numbered(row) for row in rows])
    assert (refused.rejected, refused.weight, kept.weight) == (True, 2, 1)
    assert [(one.row, one.field, one.code, dict(one.raw)["Person_Name"]) for one in found] == [
        (2, "Meeting", "string-too-long", "Ann Lee"),
        (4, "Meeting", "string-too-long", "Ida Poe"),
    ]


REFUSED = {
    "no rows": (HEADER, "no-rows", 1),
    "a column is missing": (HEADER.replace("Meeting,", "") + "\na", "missing-column", 1),
    "a column is there twice": (HEADER + ",Year\na", "repeated-column", 1),
    "another encoding": (f"{HEADER}\n{line('Кто')}", "wrong-encoding", 2),
    "a NUL": (HEADER + "\nA\0", "nul", 2),
    "an open quotation mark": (f'{HEADER}\n"Parties', "broken-csv", 2),
    "a long line": (f"{HEADER}\n{'x' * 2_000_000}", "line-too-long", 2),
    "300 columns": (HEADER + ",c" * 300 + "\na", "too-many-columns", 1),
}


@pytest.mark.parametrize(("content", "code", "row"), REFUSED.values(), ids=REFUSED)
def test_a_broken_file_is_refused_before_its_first_row(content: str, code: str, row: int) -> None:
    encoded = content.encode("cp1251" if code == "wrong-encoding" else "utf-8")
    with pytest.raises(UnreadableInput) as refused:
        next(UnfcccReader().read(InputFile.of("lists.csv", encoded)))
    assert (refused.value.code, refused.value.row) == (code, row)


def test_a_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visits.imports.unfccc.MAX_ROWS", 2)
    with pytest.raises(UnreadableInput, match="more than 2 rows"):
        read(*[line("Ann Lee")] * 3)


def test_the_translated_edition_is_no_list() -> None:
    assert guess(file_of(line("Ann Lee"), name="lists.translated.csv")) is None


def test_a_load_that_goes_on_skips_whole_meetings() -> None:
    lines = [line("Ann Lee"), line("Bo Kim"), line("Ann Lee"), line("Ann Lee", meeting="INC 2")]
    rest = list(batches(iter(read(*lines)), Numberer(), skip=3))
    assert [[numbered.row.record.title for numbered in batch] for batch in rest] == [["INC 2, Geneva, 1991"]]


@given(st.data())
def test_a_mutated_list_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(
        "\n".join([HEADER, line("Ann Lee"), line("Bo Kim"), line("Ida Poe", "Rain Watch", "NA")]).encode()
    )
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        rows = list(UnfcccReader().read(InputFile.of("lists.csv", bytes(content))))
    except UnreadableInput:
        return
    assert all(bool(row.record) + bool(row.problems) + row.repeats == 1 for row in rows)
    assert sum(row.weight for row in rows) <= bytes(content).count(b"\n") + bytes(content).count(b"\r")
