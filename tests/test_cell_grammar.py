"""Cells with several entries: what is written reads back as the same, whatever signs the text holds."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits import enums, names, record
from visits.imports.reading import InputFile, InputRow, Options
from visits.imports.tables import TABLES, entries
from visits.imports.tables.cells import Cells, Header
from visits.imports.tables.grammar import CUT, read_entry, write_cell, write_entry
from visits.imports.tables.grammar import entries as split
from visits.imports.tables.visits import write_trip

# Signs that part entries are frequent here, and a text is as the tracker keeps it: cleaned.
TEXT = st.text(st.sampled_from("ab Яé;|:[]=\\-. 12"), max_size=12).map(names.clean)
SAID = TEXT.filter(lambda text: bool(text) and text != CUT)
SLUG = st.sampled_from(["trade", "green-energy", "g7"])
DAY = st.sampled_from(["", "2024", "2024-03", "2024-03-09", "XXXX-03-09", "2024~"])
COUNTRY = st.sampled_from(["KE", "FI", "JP"])


def cells_of(table: str = "visits", **texts: str) -> Cells:
    row = InputRow("some.csv", 2, texts)
    header = Header(TABLES[table], tuple(texts), {name: name for name in texts})
    return Cells(row, header, InputFile.of("some.csv", b"x"), Options())


@given(st.lists(SAID, min_size=1, max_size=3), st.dictionaries(st.sampled_from(["as", "is"]), SAID))
def test_parts_of_an_entry_read_back(parts: list[str], named: dict[str, str]) -> None:
    (text,) = split(write_cell([write_entry(parts, named)]))
    entry = read_entry(text, ("as", "is"))
    assert (entry.parts, entry.named) == (parts, named)


@given(st.lists(SAID, max_size=4))
def test_entries_of_a_cell_read_back(texts: list[str]) -> None:
    written = write_cell(write_entry([text]) for text in texts)
    assert [read_entry(text).part(0) for text in split(written)] == texts


@given(st.builds(record.TopicLink, topic=st.none() | SLUG, as_printed=SAID, modality=st.sampled_from(enums.Modality)))
def test_a_topic_reads_back(link: record.TopicLink) -> None:
    cells = cells_of(topics=entries.write_topic(link))
    (text,) = cells.many("topics")
    assert record.TopicLink(**entries.topic(cells, "topics", text)) == link


@given(st.builds(record.DialogueLink, dialogue=SLUG, as_printed=TEXT, role=st.sampled_from(enums.DialogueRole)))
def test_a_dialogue_reads_back(link: record.DialogueLink) -> None:
    cells = cells_of(dialogues=entries.write_dialogue(link))
    (text,) = cells.many("dialogues")
    assert record.DialogueLink(**entries.dialogue(cells, "dialogues", text)) == link


OUTCOMES = st.builds(
    record.Outcome,
    uid=st.none() | st.uuids(),
    kind=st.sampled_from(enums.OutcomeKind),
    modality=st.sampled_from(enums.Modality),
    title=SAID,
    due=DAY,
    life=st.sampled_from(enums.OutcomeLife),
    fulfilled_by=st.none() | st.uuids(),
    dialogue=st.none() | SLUG,
)


@given(OUTCOMES)
def test_an_outcome_reads_back(outcome: record.Outcome) -> None:
    cells = cells_of(outcomes=entries.write_outcome(outcome))
    (text,) = cells.many("outcomes")
    assert record.Outcome(**entries.outcome(cells, "outcomes", text)) == outcome
    assert cells.row.problems == []


NAMES = st.builds(
    record.OtherName,
    text=SAID,
    kind=st.sampled_from(enums.NameKind),
    language=st.sampled_from(["", "en", "ru"]),
    script=st.sampled_from(["", "Cyrl"]),
    start=DAY,
    end=DAY,
)


@given(NAMES)
def test_another_name_reads_back(name: record.OtherName) -> None:
    cells = cells_of("officials", other_names=entries.write_other_name(name))
    (text,) = cells.many("other_names")
    assert record.OtherName(**entries.other_name(cells, "other_names", text)) == name


@given(st.builds(record.Place, as_printed=SAID, city=TEXT, country=COUNTRY))
def test_a_place_reads_back(place: record.Place) -> None:
    cells = cells_of(cities=entries.write_place(place, "FI"))
    (text,) = cells.many("cities")
    assert record.Place(**entries.place(cells, "cities", text, "FI")) == place


PEOPLE = {
    "name_as_printed": SAID,
    "post_as_printed": TEXT,
    "as_printed": SAID,
    "official": st.none() | st.builds(record.OfficialRef, uid=st.uuids()),
    "post": st.none() | st.builds(record.PostRef, uid=st.uuids()),
}
SIDES = st.one_of(
    st.builds(record.Side, country=COUNTRY, as_printed=TEXT),
    st.builds(record.Side, organization=st.builds(record.OrganizationRef, slug=st.just("eu")), as_printed=TEXT),
    st.builds(
        record.Side,
        country=COUNTRY,
        organization=st.builds(record.OrganizationRef, uid=st.uuids()),
        as_printed=TEXT,
    ),
)


def meant(person: dict[str, Any]) -> tuple[Any, ...]:
    """What a person's entry has to keep: the print, and whom and which office it means."""
    official, post = person["official"], person["post"]
    printed = (person["as_printed"], person["name_as_printed"], person["post_as_printed"])
    return *printed, official and official["uid"], post and post["uid"]


@given(st.builds(record.Participant, side=SIDES, **PEOPLE))
def test_a_participant_reads_back(person: record.Participant) -> None:
    cells = cells_of("meetings", participants=entries.write_person(person, side=person.side))
    (text,) = cells.many("participants")
    found = entries.participant(cells, "participants", text, "")
    side = record.Side(**found["side"])
    assert meant(found) == meant(person.model_dump())
    assert (entries.side_labels(side), side.as_printed) == (entries.side_labels(person.side), person.side.as_printed)


@given(st.builds(record.Member, head=st.booleans(), **PEOPLE), SIDES)
def test_a_member_of_another_sender_reads_back(member: record.Member, sender: record.Side) -> None:
    text = entries.write_member(member, sender, record.Side(country="ZA"))
    (sent,) = entries.delegations(cells_of(members=text), {"country": "ZA"}, [], "members", "")
    (found,) = sent["members"]
    assert (meant(found), found["head"]) == (meant(member.model_dump()), member.head)
    assert entries.side_labels(record.Side(**sent["sender"])) == entries.side_labels(sender)


@given(st.builds(record.TripRef, uid=st.none() | st.uuids(), title=SAID))
def test_a_trip_reads_back(trip: record.TripRef) -> None:
    cells = cells_of(guest="KE", host="FI", trip=write_trip(trip))
    assert TABLES["visits"].make(cells)().trip == trip


@pytest.mark.parametrize(
    ("text", "title", "kind", "modality"),
    [
        ("On trade", "On trade", "other", "discussed"),
        ("Signed: On trade", "On trade", "other", "signed"),
        ("Joint statement: agreed: On trade: part two", "On trade: part two", "joint-statement", "agreed"),
        ("The plan: a start", "The plan: a start", "other", "discussed"),
        ("Roadmap\\: a start", "Roadmap: a start", "other", "discussed"),
    ],
)
def test_an_outcome_is_read_as_people_write_it(text: str, title: str, kind: str, modality: str) -> None:
    cells = cells_of(outcomes=text)
    found = entries.outcome(cells, "outcomes", text)
    assert (found["title"], found["kind"], found["modality"], cells.row.problems) == (title, kind, modality, [])


def test_a_uid_in_a_reference_is_the_record_itself() -> None:
    uid = uuid.UUID(int=7)
    assert cells_of(accompanies=str(uid)).reference("accompanies", "visit") == uid
