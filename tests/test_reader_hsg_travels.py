"""The travels of presidents and secretaries of state: nothing lost, trips and company found, hostile XML refused."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import make_country
from visits import dates, loads, names
from visits.enums import VisitKind
from visits.imports.hsg_kinds import kind_of_leg
from visits.imports.hsg_places import places_of
from visits.imports.hsg_talks import talk_of
from visits.imports.hsg_travels import HsgTravelsReader
from visits.imports.reading import InputFile, InputRow, UnreadableInput
from visits.imports.registry import guess, open_inputs
from visits.imports.runs import rows_of
from visits.models import Visit
from visits.record import VisitData, uid_for

GOOD = """<trip role="president" who="lee-ann">
  <id>7</id><role>president</role><name>Ann  Lee</name>
  <start-date>1975-03-01</start-date><end-date>1975-03-04</end-date>
  <country id="russia">U.S.S.R.</country><locale>Moscow,
    Kiev</locale><remarks>State visit; saw the <em>port</em>.</remarks>
</trip>"""


def leg(number, start, end="", who="lee-ann", role="president", country="france", place="Paris", remarks="Met many."):
    name = " ".join(word.title() for word in reversed(who.split("-")))
    return f"""<trip role="{role}" who="{who}"><id>{number}</id><role>{role}</role><name>{name}</name>
      <start-date>{start}</start-date><end-date>{end or start}</end-date>
      <country id="{country}">{country.title()}</country>
      <locale>{place}</locale><remarks>{remarks}</remarks></trip>"""


def file_of(*legs: str, name: str = "some.xml") -> InputFile:
    return InputFile.of(name, f"<?xml version='1.0'?>\n<trips>{''.join(legs)}</trips>".encode())


def read(*legs: str) -> list[InputRow]:
    return list(HsgTravelsReader().read(file_of(*legs)))


def visits(*legs: str) -> list[VisitData]:
    return [row.record for row in read(*legs)]


@pytest.fixture(scope="module")
def real_rows() -> list[InputRow]:
    folder = os.environ.get("TRACKER_DATA")
    if not folder:
        pytest.skip("real data absent: TRACKER_DATA is not set")
    files, _ = open_inputs([Path(folder) / "data" / "hsg-travels"])
    return list(rows_of(files))


def test_nothing_is_lost_of_the_real_travels(real_rows: list[InputRow]) -> None:
    records = [row.record for row in real_rows]
    assert None not in records
    counts = {
        "ids": len({visit.external_ids[0] for visit in records}),
        "of presidents": sum(row.raw["role"] == "president" for row in real_rows),
        "travellers": len({visit.delegations[0].members[0].as_printed for visit in records}),
        "country ids": len({row.raw["country@id"] for row in real_rows}),
        "labels": len({visit.host.as_printed for visit in records}),
        "locales cited": len({names.clean(visit.citations[0].row["locale"]) for visit in records} - {""}),
        "locales kept": len({", ".join(place.as_printed for place in visit.places) for visit in records} - {""}),
        "without a place": sum(not visit.places for visit in records),
        "days": sum(dates.inclusive_days(visit.start, visit.end) for visit in records),
    }
    assert counts == {
        "ids": 4271,
        "of presidents": 832,
        "travellers": 55,
        "country ids": 177,
        "labels": 197,
        "locales cited": 829,
        "locales kept": 829,
        "without a place": 54,
        "days": 11057,
    }


def test_of_380_real_legs_that_accompany_the_president_one_has_no_leg_of_his(real_rows: list[InputRow]) -> None:
    doubts = {row.raw["id"]: code for row in real_rows for code, _ in row.doubts if code.startswith("accompanied")}
    assert sum(bool(row.record.accompanies) for row in real_rows) == 379
    assert doubts == {
        "313": "accompanied-other-country",
        "3466": "accompanied-other-days",
        "3467": "accompanied-other-days",
        "1681": "accompanied-not-found",
        "1919": "accompanied-other-days",
    }


def test_real_legs_that_look_like_one_are_kept_with_a_doubt(real_rows: list[InputRow]) -> None:
    doubted = {row.raw["id"] for row in real_rows if "likely-double" in dict(row.doubts)}
    assert doubted == {"3992", "4019", "3993", "4020", "4118", "4119", "2121", "2123"}


def test_the_folder_names_what_it_skips(shared_data: Path) -> None:
    files, skipped = open_inputs([shared_data / "data" / "hsg-travels"])
    assert [reader.name for _, reader in files] == ["hsg-travels"] * 55
    assert [file.name for file in skipped] == [
        "LICENSE.md",
        "README.md",
        "SOURCE.txt",
        "code-tables/travel-role-codes.xml",
        "presidents/presidents.xml",
        "schema/trips.rnc",
        "schema/trips.sch",
    ]


def test_a_leg_is_a_visit_of_the_united_states() -> None:
    (visit,) = visits(GOOD)
    head = visit.delegations[0].members[0]
    assert (visit.external_ids, visit.start, visit.end, visit.status) == (
        ["hsg-travels:7"],
        "1975-03-01",
        "1975-03-04",
        "completed",
    )
    assert (visit.guest.country, visit.host.country, visit.host.as_printed) == ("US", "SUHH", "U.S.S.R.")
    assert [place.as_printed for place in visit.places] == ["Moscow", "Kiev"]
    assert (visit.kind, visit.kind_as_printed, visit.summary) == ("state", "State visit", "State visit; saw the port.")
    assert (head.head, head.as_printed, head.official.name, head.post.title, head.post.rank) == (
        True,
        "Ann Lee",
        "Ann Lee",
        "President of the United States",
        "head-of-state",
    )


def test_the_row_is_cited_verbatim_with_the_keys_of_its_element() -> None:
    (visit,) = visits(GOOD)
    row = visit.citations[0].row
    assert (row["@who"], row["country@id"], row["locale"]) == ("lee-ann", "russia", "Moscow,\n    Kiev")


def test_a_journey_made_before_the_office_is_the_president_elects() -> None:
    (visit,) = visits(leg(1, "1928-11-26", remarks="Good will trip. [Visit made as President-elect.]"))
    head = visit.delegations[0].members[0]
    assert (head.post.title, head.post.rank, head.post_as_printed) == (
        "President-elect of the United States",
        "other",
        "President-elect",
    )


def test_legs_that_follow_each_other_are_one_trip() -> None:
    records = visits(
        leg(1, "2009-03-31", "2009-04-03"),
        leg(2, "2009-04-03", "2009-04-04", country="germany"),
        leg(3, "2009-04-05"),
        leg(4, "2009-04-07"),
    )
    trips = [record.trip and (record.trip.title, record.trip.position) for record in records]
    title = "Ann Lee, 31 March – 5 April 2009"
    assert trips == [(title, 1), (title, 2), (title, 3), None]
    assert {record.trip.uid for record in records if record.trip} == {
        uid_for("trip", "hsg-travels", "lee-ann", "2009-03-31")
    }


def test_legs_of_one_day_keep_the_order_of_the_file() -> None:
    records = visits(leg(9, "2009-04-03"), leg(3, "2009-04-03", country="italy"))
    assert [record.trip.position for record in records] == [1, 2]


def test_legs_of_two_travellers_are_no_trip() -> None:
    assert [record.trip for record in visits(leg(1, "2009-04-03"), leg(2, "2009-04-03", who="kim-bo"))] == [None, None]


def test_whoever_accompanies_the_president_is_linked_to_that_leg_in_another_file() -> None:
    company = leg(5, "2009-04-02", who="kim-bo", role="secretary", remarks="Accompanied President Lee on a tour.")
    files = [
        file_of(company, name="a.xml"),
        file_of(leg(1, "2009-03-31", "2009-04-03"), leg(2, "2009-04-03"), name="b.xml"),
    ]
    reader = HsgTravelsReader()
    rows = list(rows_of([(file, reader) for file in files]))
    assert [row.record.accompanies for row in rows] == [uid_for("visit", "hsg-travels:1"), None, None]


PRESIDENTS = file_of(leg(1, "2009-03-31", "2009-04-03"), leg(2, "2009-04-03"), name="presidents.xml")
IN_COMPANY = file_of(
    leg(5, "2009-04-02", who="kim-bo", role="secretary", remarks="Accompanied President Lee."), name="secretaries.xml"
)


@pytest.mark.django_db
@pytest.mark.parametrize("order", [(PRESIDENTS, IN_COMPANY), (IN_COMPANY, PRESIDENTS, IN_COMPANY)])
def test_whoever_accompanies_the_president_is_linked_to_that_leg_of_another_load(order: tuple[InputFile, ...]) -> None:
    for code in ("US", "FR"):
        make_country(code)
    for file in order:
        loads.run_load(loads.create_run([(file.name, file.content)], user=None, trust=True).pk)
    accompanied = Visit.objects.exclude(accompanies=None).values_list("uid", "accompanies__uid")
    assert list(accompanied) == [(uid_for("visit", "hsg-travels:5"), uid_for("visit", "hsg-travels:1"))]


@pytest.mark.parametrize(
    "other",
    [
        leg(1, "2009-04-05"),
        leg(1, "2009-04-02", country="italy", place="Rome"),
        leg(1, "2009-04-01", country="italy"),
        leg(1, "2009-04-02", who="poe-ida"),
        leg(1, "2009-04-01") + leg(2, "2009-04-03"),
    ],
)
def test_a_leg_of_other_days_country_or_president_is_not_accompanied(other: str) -> None:
    company = leg(5, "2009-04-02", who="kim-bo", role="secretary", remarks="Accompanied President Lee.")
    reader = HsgTravelsReader()
    rows = list(rows_of([(file_of(company, other), reader)]))
    assert (rows[0].record.accompanies, [code for code, _ in rows[0].doubts]) == (None, ["accompanied-not-found"])


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (leg(1, "2009-04-04", "2009-04-06"), "accompanied-other-days"),
        (leg(1, "2009-04-02", country="italy", place="Paris Island (West)"), "accompanied-other-country"),
    ],
)
def test_the_one_leg_that_can_be_meant_is_accompanied_with_a_doubt(other: str, code: str) -> None:
    company = leg(5, "2009-04-02", who="kim-bo", role="secretary", remarks="Accompanied President Lee.")
    row = next(rows_of([(file_of(company, other), HsgTravelsReader())]))
    assert (row.record.accompanies, [code for code, _ in row.doubts]) == (uid_for("visit", "hsg-travels:1"), [code])


def test_two_legs_that_look_like_one_are_kept_with_a_doubt() -> None:
    first, second = read(leg(1, "2009-04-03"), leg(2, "2009-04-03"))
    assert [[code for code, _ in row.doubts] for row in (first, second)] == [["likely-double"]] * 2
    assert first.record.external_ids != second.record.external_ids


@pytest.mark.parametrize(
    ("locale", "country", "places"),
    [
        ("Paris", "FR", ("Paris",)),
        ("Moscow, Kiev", "SUHH", ("Moscow", "Kiev")),
        ("Riyadh, Rawdat Khurain", "SA", ("Riyadh", "Rawdat Khurain")),
        ("Mexico, D.F., Tlaxcala", "MX", ("Mexico, D.F.", "Tlaxcala")),
        ("Birch Grove, Sussex", "GB", ("Birch Grove, Sussex",)),
        ("Bodenmais, Grafenau", "DE", ("Bodenmais, Grafenau",)),
        ("Nago; Naha", "JP", ("Nago", "Naha")),
        ("Belfast, Hillsborough (Northern Ireland)", "GB", ("Belfast", "Hillsborough (Northern Ireland)")),
        ("", "VA", ()),
    ],
)
def test_places_are_parted_only_where_that_is_certain(locale: str, country: str, places: tuple[str, ...]) -> None:
    assert places_of(locale, country) == places


@pytest.mark.parametrize(
    ("remarks", "expected"),
    [
        ("State visit; met with the King.", (VisitKind.STATE, "State visit")),
        ("Stopped while returning to the U.S.", (VisitKind.TRANSIT, "Stopped while returning to the U.S.")),
        ("Overnight stop en route to Rome.", (VisitKind.TRANSIT, "Overnight stop en route to Rome")),
        ("Fishing trip.", (VisitKind.PRIVATE, "Fishing trip")),
        ("Attended the NATO Summit Meeting.", (VisitKind.SUMMIT, "Attended the NATO Summit Meeting")),
        ("Discussed a peace conference with the King.", (VisitKind.UNKNOWN, "")),
        ("Met with the King.", (VisitKind.UNKNOWN, "")),
    ],
)
def test_the_remarks_say_the_kind(remarks: str, expected: tuple[VisitKind, str]) -> None:
    assert kind_of_leg(remarks) == expected


@pytest.mark.parametrize(
    ("remarks", "host", "met"),
    [
        ("Met with President Ann Lee.", "KE", [("President", "Ann Lee", "KE")]),
        (
            "Met with King Bo II, Foreign Minister Ida de la Poe, and senior officials. Toured the port.",
            "KE",
            [("King", "Bo II", "KE"), ("Foreign Minister", "Ida de la Poe", "KE")],
        ),
        ("Met with Finnish Foreign Minister Ann Lee.", "CH", [("Foreign Minister", "Ann Lee", "FI")]),
        ("Met with Finnish President Ann Lee and Prime Minister Bo Kim.", "CH", [("President", "Ann Lee", "FI")]),
        ("Met with President Lee and President Kim.", "KE", None),
        ("Met with President Lee. Attended the NATO Summit.", "BE", None),
        ("Met with Prime Minister Lee.", "BM", None),
        ("Met with EU High Representative Ann Lee.", "KE", None),
        ("Met with the President and senior officials.", "KE", None),
        ("Met with President Lee en route to Rome.", "KE", None),
        ("Discussed trade with President Lee.", "KE", None),
    ],
)
def test_persons_are_met_only_where_that_is_plain(remarks: str, host: str, met: list[tuple[str, str, str]]) -> None:
    talk = talk_of(remarks, host)
    assert (talk and [(person.post, person.name, country) for person, country in talk.persons]) == met


def test_a_talk_is_a_meeting_of_the_visit_with_the_words_that_say_so() -> None:
    (visit,) = visits(leg(1, "2009-03-31", "2009-04-02", remarks="Met with President Bo Kim. Toured the port."))
    (meeting,) = visit.meetings
    people = [(one.side.country, one.official.name, one.post.title) for one in meeting.participants]
    assert people == [("US", "Ann Lee", "President of the United States"), ("FR", "Bo Kim", "President")]
    assert (meeting.date, meeting.venue_country, meeting.place.as_printed) == ("2009", "FR", "Paris")
    assert (visit.citations[1].target, visit.citations[1].exact) == ("/meetings/0", "Met with President Bo Kim.")


def test_real_persons_who_were_met_have_a_post_a_name_and_a_side(real_rows: list[InputRow]) -> None:
    people = [one for row in real_rows for meeting in row.record.meetings for one in meeting.participants[1:]]
    assert all(one.post.title and one.official.name and one.side.country for one in people)
    assert len(people) > 2000


BAD_CELLS = {
    "<id>7</id>": ("<id>seven</id>", "id", "seven", "wrong-id"),
    'id="russia"': ('id="atlantis"', "country@id", "atlantis", "unknown-country"),
    "<end-date>1975-03-04": ("<end-date>1975-02-04", "end-date", "1975-02-04", "wrong-order"),
    "<start-date>1975-03-01": ("<start-date>1975-13-01", "start-date", "1975-13-01", "wrong-date"),
    "<role>president": ("<role>envoy", "role", "envoy", "unknown-role"),
    ' who="lee-ann"': ("", "@who", "", "missing"),
}


@pytest.mark.parametrize(("good", "bad"), BAD_CELLS.items())
def test_a_bad_leg_is_named_and_the_next_is_read(good: str, bad: tuple[str, str, str, str]) -> None:
    printed, field, value, code = bad
    first, second = read(GOOD.replace(good, printed), GOOD.replace("<id>7", "<id>9"))
    assert [(p.file, p.row, p.field, p.value, p.code) for p in first.problems] == [("some.xml", 1, field, value, code)]
    assert (first.record, second.problems, second.record.external_ids) == (None, [], ["hsg-travels:9"])


WHOLE = f"<trips>\n{GOOD}\n</trips>"
REFUSED = {
    "truncated": (WHOLE[:-60], "broken-xml", 6),
    "entities": (f'<!DOCTYPE trips [<!ENTITY a "b">]>\n{WHOLE}', "entities", 1),
    "another root": ("<visits><visit/></visits>", "wrong-root", 1),
    "no legs": ("<trips></trips>", "no-rows", 0),
    "huge attributes": (f'<trips><trip who="{"7" * 2_000_000}"/></trips>', "row-too-large", 1),
    "300 attributes": ("<trips><trip " + " ".join(f'a{n}=""' for n in range(300)) + "/></trips>", "row-too-large", 1),
}


@pytest.mark.parametrize(("content", "code", "line"), REFUSED.values(), ids=REFUSED)
def test_a_broken_file_is_refused_before_its_first_row(content: str, code: str, line: int) -> None:
    rows = HsgTravelsReader().read(InputFile.of("some.xml", content.encode()))
    with pytest.raises(UnreadableInput) as refused:
        next(rows)
    assert (refused.value.file, refused.value.code, refused.value.row) == ("some.xml", code, line)


def test_a_list_of_presidents_is_no_travels() -> None:
    assert guess(InputFile.of("some.xml", b"<presidents><president><id>a</id></president></presidents>")) is None


@given(st.data())
def test_mutated_xml_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(WHOLE.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        rows = list(HsgTravelsReader().read(InputFile.of("some.xml", bytes(content))))
    except UnreadableInput:
        return
    assert all((row.record is None) == bool(row.problems) for row in rows)


@given(st.lists(st.sampled_from(["Paris", "Nice", "Xyz", "D.F.", "Sussex", "Lyon (South)"]), min_size=1, max_size=6))
def test_places_joined_again_are_the_printed_line(parts: list[str]) -> None:
    line = ", ".join(parts)
    assert ", ".join(places_of(line, "FR")) == line
