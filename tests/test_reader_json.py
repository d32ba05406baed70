"""VisitRecords in JSON: what is written reads back as the same record; a bad line names its field."""

import uuid
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visits import enums, names, record
from visits.imports.json_lines import JsonLinesReader, JsonReader
from visits.imports.reading import InputFile, InputRow, UnreadableInput
from visits.imports.registry import guess

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30).map(names.clean)
CODES = st.sampled_from(["TM", "JP", "SUHH", "x-hawaii"])
SLUGS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)
DAYS = st.one_of(
    st.just(""),
    st.dates().map(lambda day: day.isoformat()),
    st.sampled_from(["2024", "2024-01", "XXXX-01-22", "201X", "2024-05?", "1999~"]),
)


def shapes(model: type[record._Shape], **fields: Any) -> st.SearchStrategy[Any]:
    return st.builds(model, **fields)


ORGANIZATIONS = shapes(
    record.OrganizationRef,
    uid=st.none() | st.uuids(),
    slug=st.none() | SLUGS,
    name=WORDS,
    kind=st.sampled_from(enums.OrganizationKind),
    country=st.none() | CODES,
)
SIDES = shapes(record.Side, country=st.none() | CODES, organization=st.none() | ORGANIZATIONS, as_printed=WORDS)
PERSON = {
    "as_printed": WORDS,
    "name_as_printed": WORDS,
    "post_as_printed": WORDS,
    "official": st.none()
    | shapes(record.OfficialRef, uid=st.none() | st.uuids(), name=WORDS, country=st.none() | CODES),
    "post": st.none()
    | shapes(record.PostRef, title=WORDS, rank=st.sampled_from(enums.Rank), organization=st.none() | ORGANIZATIONS),
}
MEMBERS = shapes(record.Member, **PERSON, head=st.just(False))
PARTICIPANTS = shapes(record.Participant, **PERSON, side=SIDES)
DELEGATIONS = shapes(record.Delegation, uid=st.none() | st.uuids(), sender=SIDES, members=st.lists(MEMBERS, max_size=2))
PLACES = shapes(record.Place, as_printed=WORDS, city=WORDS, country=st.none() | CODES)
TOPICS = shapes(record.TopicLink, topic=st.none() | SLUGS, as_printed=WORDS, modality=st.sampled_from(enums.Modality))
DIALOGUES = shapes(record.DialogueLink, dialogue=SLUGS, as_printed=WORDS, role=st.sampled_from(enums.DialogueRole))
OUTCOMES = shapes(
    record.Outcome,
    uid=st.none() | st.uuids(),
    kind=st.sampled_from(enums.OutcomeKind),
    modality=st.sampled_from(enums.Modality),
    title=WORDS,
    due=DAYS,
    life=st.sampled_from(enums.OutcomeLife),
    fulfilled_by=st.none() | st.uuids(),
    dialogue=st.none() | SLUGS,
)
SHARED = {
    "topics": st.lists(TOPICS, max_size=2),
    "dialogues": st.lists(DIALOGUES, max_size=1),
    "outcomes": st.lists(OUTCOMES, max_size=1),
    "delegations": st.lists(DELEGATIONS, max_size=1),
}
MEETINGS = shapes(
    record.Meeting,
    uid=st.none() | st.uuids(),
    title=WORDS,
    date=DAYS,
    format=st.sampled_from(enums.MeetingFormat),
    place=st.none() | PLACES,
    participants=st.lists(PARTICIPANTS, max_size=1),
    **SHARED,
)
SOURCES = shapes(
    record.SourceRef,
    uid=st.none() | st.uuids(),
    kind=st.sampled_from(enums.SourceKind),
    title=WORDS,
    published=DAYS,
    text=st.text(st.characters(codec="utf-8"), max_size=50),
    free_to_show=st.booleans(),
)
CITATIONS = shapes(
    record.Citation,
    target=st.sampled_from(["", "/delegations/0", "/meetings/0/participants/1"]),
    source=st.just(0),
    exact=st.text(st.characters(codec="utf-8"), max_size=50),
    start=st.none() | st.integers(0, 10**6),
    row=st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=10), st.text(st.characters(codec="utf-8"))),
    confidence=st.none() | st.floats(0, 1),
)


@st.composite
def visits(draw: st.DrawFn) -> record.VisitData:
    sources = draw(st.lists(SOURCES, min_size=1, max_size=2))
    return record.VisitData(
        uid=draw(st.none() | st.uuids()),
        external_ids=draw(st.lists(SLUGS.map(lambda slug: f"{slug}:17"), max_size=2)),
        sources=sources,
        citations=draw(st.lists(CITATIONS, max_size=2)),
        title=draw(WORDS),
        start=draw(DAYS),
        kind=draw(st.sampled_from(enums.VisitKind)),
        status=draw(st.sampled_from(enums.Status)),
        guest=draw(SIDES),
        host=draw(SIDES),
        places=draw(st.lists(PLACES, max_size=1)),
        summary=draw(WORDS),
        meetings=draw(st.lists(MEETINGS, max_size=1)),
        trip=draw(st.none() | shapes(record.TripRef, title=WORDS, position=st.none() | st.integers(1, 9))),
        accompanies=draw(st.none() | st.uuids()),
        **{name: draw(values) for name, values in SHARED.items()},
    )


def lines(*items: Any) -> InputFile:
    return InputFile.of("some.jsonl", b"\n".join(orjson.dumps(item) for item in items))


def read(content: str) -> list[InputRow]:
    return list(JsonLinesReader().read(InputFile.of("some.jsonl", content.encode())))


@given(visits())
@settings(max_examples=60)
def test_a_written_visit_reads_back_the_same(visit: record.VisitData) -> None:
    (row,) = JsonLinesReader().read(lines(record.dump(visit)))
    assert row.problems == []
    assert row.record == visit
    assert record.dump(row.record) == record.dump(visit)


def test_every_type_of_record_reads_back_the_same() -> None:
    written = [
        record.MeetingRecord(title="Talks", date="2024-01", visits=[uuid.uuid4()]),
        record.OfficialRecord(name="Ann Lee", other_names=[record.OtherName(text="Анна Ли", script="Cyrl")]),
        record.TenureRecord(official=record.OfficialRef(name="Ann Lee"), post=record.PostRef(title="Minister")),
    ]
    for reader, content in (
        (JsonLinesReader(), b"\n\n".join(orjson.dumps(record.dump(item)) for item in written)),
        (JsonReader(), orjson.dumps([record.dump(item) for item in written])),
    ):
        file = InputFile.of("some.json", content)
        assert [row.record for row in reader.read(file)] == written


VISIT = '{"type":"visit","guest":{"country":"TM"},"host":{"country":"JP"}}'
BAD_LINES = {
    "nope": ("", "nope", "broken-json"),
    "[1]": ("", "[1]", "no-object"),
    '{"type":"trip"}': ("", '{"type": "trip"}', "union-tag-invalid"),
    VISIT.replace('"TM"', '"tm"'): ("guest.country", "tm", "string-pattern-mismatch"),
    VISIT[:-1] + ',"start":"1/2/2024"}': ("start", "1/2/2024", "value-error"),
    VISIT[:-1] + ',"knid":"state"}': ("knid", "state", "extra-forbidden"),
    VISIT[:-1] + ',"delegations":[{"members":[{"head":"maybe"}]}]}': (
        "delegations.0.members.0.head",
        "maybe",
        "bool-parsing",
    ),
    VISIT[:-1] + ',"title":"a\\u0000b"}': ("title", "a␀b", "value-error"),
}


@pytest.mark.parametrize(("line", "expected"), BAD_LINES.items())
def test_a_bad_line_is_named_and_the_next_is_read(line: str, expected: tuple[str, str, str]) -> None:
    bad, good = read(f"\n{line}\n{VISIT}\n")
    assert [(p.file, p.row, p.field, p.value, p.code) for p in bad.problems] == [("some.jsonl", 2, *expected)]
    assert (bad.record, good.row, good.problems) == (None, 3, [])


def test_all_errors_of_a_line_are_named() -> None:
    (row,) = read('{"type":"visit","start":"x","kind":"y"}')
    assert [problem.field for problem in row.problems] == ["start", "kind", "guest", "host"]


REFUSED = {
    "a broken array": (b'[{"type":"visit"}', "broken-json"),
    "an empty array": (b"[]", "no-rows"),
    "no UTF-8": (b'["\xff"]', "broken-json"),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED)
def test_a_broken_array_is_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        list(JsonReader().read(InputFile.of("some.json", content)))
    assert refused.value.code == code


def test_the_format_is_guessed_from_what_the_file_holds() -> None:
    contents = {
        "a.jsonl": f"{VISIT}\n{VISIT}",
        "b": f"{VISIT}\n",
        "c.json": f"[{VISIT}]",
        "d.json": '{"text":"A story"}',
    }
    readers = [guess(InputFile.of(name, text.encode())) for name, text in contents.items()]
    assert [reader.name if reader else None for reader in readers[:3]] == ["jsonl", "jsonl", "json"]
    assert readers[3] is None or readers[3].name == "article"


@given(st.data())
def test_mutated_lines_are_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(f"{VISIT}\n{VISIT[:-1]}".encode() + b',"start":"2024-01-22"}')
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    for reader in (JsonLinesReader(), JsonReader()):
        try:
            rows = list(reader.read(InputFile.of("some.jsonl", bytes(content))))
        except UnreadableInput:
            continue
        assert all((row.record is None) == bool(row.problems) for row in rows)
