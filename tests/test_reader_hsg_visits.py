"""The visits of the Office of the Historian: nothing lost, and hostile XML refused as a whole."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits import dates, names
from visits.enums import VisitKind
from visits.imports.hsg_countries import country_of
from visits.imports.hsg_kinds import kind_of
from visits.imports.hsg_visits import HsgVisitsReader
from visits.imports.reading import InputFile, InputRow, UnreadableInput
from visits.imports.registry import open_inputs

GOOD = """<visit>
  <id>7</id><start-date>1975-03-01</start-date><end-date>1975-03-04</end-date>
  <visitor>President  Ann
    Lee</visitor>
  <from id="russia">U.S.S.R.</from><description>State <em>visit</em>. Saw Boston.</description>
</visit>"""
KINDS = {
    "State visit; visited Boston.": (VisitKind.STATE, "State visit"),
    "Official Working Visit.": (VisitKind.WORKING, "Official Working Visit"),
    "Official visit. Private visit to Boston afterwards.": (VisitKind.OFFICIAL, "Official visit"),
    "Met with President Bush during a private visit.": (VisitKind.PRIVATE, "private visit"),
    "Arrived May 21. Met with the President during a private visit.": (VisitKind.PRIVATE, "private visit"),
    "Unofficial visit.": (VisitKind.INFORMAL, "Unofficial visit"),
    "Pastoral visit.": (VisitKind.UNKNOWN, "Pastoral visit"),
    "Attended the U.S.-EU Summit meeting.": (VisitKind.SUMMIT, "Attended the U.S.-EU Summit meeting"),
    "Working visit. Attended the Summit.": (VisitKind.WORKING, "Working visit"),
    "Met with President Wilson en route to a conference in London.": (VisitKind.UNKNOWN, ""),
    "Discussed trade. Private visit to Boston afterward.": (VisitKind.UNKNOWN, ""),
    "": (VisitKind.UNKNOWN, ""),
}


def rows_of(*visits: str) -> list[InputRow]:
    content = f"<?xml version='1.0'?>\n<visits>{''.join(visits)}</visits>"
    return list(HsgVisitsReader().read(InputFile.of("some.xml", content.encode())))


@pytest.fixture(scope="module")
def real_rows() -> list[InputRow]:
    import os

    folder = os.environ.get("TRACKER_DATA")
    if not folder:
        pytest.skip("real data absent: TRACKER_DATA is not set")
    files, _ = open_inputs([Path(folder) / "data" / "hsg-visits"])
    return [row for file, reader in files for row in reader.read(file)]


def test_nothing_is_lost_of_the_real_visits(real_rows: list[InputRow]) -> None:
    records = [row.record for row in real_rows]
    assert None not in records
    counts = {
        "ids": len({visit.external_ids[0] for visit in records}),
        "country ids": len({row.raw["from@id"] for row in real_rows}),
        "labels": len({visit.guest.as_printed for visit in records}),
        "visitors": len({names.clean(visit.citations[0].row["visitor"]) for visit in records}),
        "days": sum(dates.inclusive_days(visit.start, visit.end) for visit in records),
        "without a description": sum(not visit.summary for visit in records),
    }
    assert counts == {
        "ids": 3264,
        "country ids": 203,
        "labels": 235,
        "visitors": 1533,
        "days": 9108,
        "without a description": 6,
    }


def test_every_real_row_is_cited_verbatim(real_rows: list[InputRow]) -> None:
    cited = [(row.record.citations[0].row, row.record.citations[0].external_id) for row in real_rows]
    assert cited == [(row.raw, row.raw["id"]) for row in real_rows]


def test_the_folder_names_what_it_skips(shared_data: Path) -> None:
    files, skipped = open_inputs([shared_data / "data" / "hsg-visits"])
    assert [reader.name for _, reader in files] == ["hsg-visits"] * 16
    assert [file.name for file in skipped] == [
        "LICENSE.md",
        "README.md",
        "SOURCE.txt",
        "schema/visits.rnc",
        "schema/visits.sch",
    ]


def test_a_visit_is_read_with_its_delegation_and_its_row() -> None:
    (row,) = rows_of(GOOD)
    visit = row.record
    head = visit.delegations[0].members[0]
    assert (visit.external_ids, visit.start, visit.end, visit.kind, visit.summary) == (
        ["hsg-visits:7"],
        "1975-03-01",
        "1975-03-04",
        "state",
        "State visit. Saw Boston.",
    )
    assert (visit.guest.country, visit.guest.as_printed, visit.host.country) == ("SUHH", "U.S.S.R.", "US")
    assert (head.head, head.as_printed, head.official.name, head.post.title) == (
        True,
        "President Ann Lee",
        "Ann Lee",
        "President",
    )
    assert visit.citations[0].row["visitor"] == "President  Ann\n    Lee"


@pytest.mark.parametrize(("description", "expected"), KINDS.items())
def test_the_description_says_the_kind(description: str, expected: tuple[VisitKind, str]) -> None:
    assert kind_of(description) == expected


def test_label_and_date_pick_the_country() -> None:
    codes = [
        country_of("russia", "U.S.S.R.", "1975-01-01"),
        country_of("russia", "Russia", "1995-01-01"),
        country_of("kosovo", "Yugoslavia (Kosovo)", "1999-01-01"),
        country_of("somoa", "Samoa", "2000-01-01"),
        country_of("atlantis", "Atlantis", "2000-01-01"),
    ]
    assert codes == ["SUHH", "RU", "YUCS", "WS", None]


BAD_CELLS = {
    "<id>7</id>": ("<id>seven</id>", "id", "seven", "wrong-id"),
    'id="russia"': ('id="atlantis"', "from@id", "atlantis", "unknown-country"),
    "<end-date>1975-03-04": ("<end-date>1975-02-04", "end-date", "1975-02-04", "wrong-order"),
    "<start-date>1975-03-01": ("<start-date>1975-13-01", "start-date", "1975-13-01", "wrong-date"),
    "<start-date>1975-03-01</start-date>": ("", "start-date", "", "missing"),
    "<id>": ("<id>8</id><id>", "id", "8", "repeated"),
}


@pytest.mark.parametrize(("good", "bad"), BAD_CELLS.items())
def test_a_bad_visit_is_named_and_the_next_is_read(good: str, bad: tuple[str, str, str, str]) -> None:
    printed, field, value, code = bad
    first, second = rows_of(GOOD.replace(good, printed), GOOD.replace("<id>7", "<id>9"))
    assert [(p.file, p.row, p.field, p.value, p.code) for p in first.problems] == [("some.xml", 1, field, value, code)]
    assert (first.record, second.problems, second.record.external_ids) == (None, [], ["hsg-visits:9"])


WHOLE = f"<visits>\n{GOOD}\n</visits>"
REFUSED = {
    "truncated": (WHOLE[:-60], "broken-xml", 6),
    "entities": (f'<!DOCTYPE visits [<!ENTITY a "b">]>\n{WHOLE}', "entities", 1),
    "external entity": (f'<!DOCTYPE visits SYSTEM "file:///etc/passwd">\n{WHOLE}', "entities", 1),
    "another root": ("<travels><travel/></travels>", "wrong-root", 1),
    "no visits": ("<visits></visits>", "no-rows", 0),
    "an unknown encoding": (f'<?xml version="1.0" encoding="klingon"?>{WHOLE}', "broken-xml", 1),
    "depth": ("<visits>" + "<a>" * 100, "too-deep", 1),
    "a huge row": (f"<visits><visit><id>{'7' * 2_000_000}</id></visit></visits>", "row-too-large", 1),
    "an endless comment": ("<visits><!--" + "x" * 2_000_000, "row-too-large", 1),
    "an endless tag": ("<visits><visit " + "x" * 2_000_000, "row-too-large", 1),
    "300 columns": ("<visits><visit>" + "".join(f"<c{n}/>" for n in range(300)), "row-too-large", 1),
}


@pytest.mark.parametrize(("content", "code", "line"), REFUSED.values(), ids=REFUSED)
def test_a_broken_file_is_refused_before_its_first_row(content: str, code: str, line: int) -> None:
    rows = HsgVisitsReader().read(InputFile.of("some.xml", content.encode()))
    with pytest.raises(UnreadableInput) as refused:
        next(rows)
    assert (refused.value.file, refused.value.code, refused.value.row) == ("some.xml", code, line)


@given(st.data())
def test_mutated_xml_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(WHOLE.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        rows = list(HsgVisitsReader().read(InputFile.of("some.xml", bytes(content))))
    except UnreadableInput:
        return
    assert all((row.record is None) == bool(row.problems) for row in rows)
