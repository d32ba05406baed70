"""The sample records: true to the reference data, loaded once, taken back whole; and what loading them showed."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pydantic import BaseModel

from tests.world import make_country
from visits import enums, loads, names, record, reference
from visits.management.commands.load_samples import SAMPLES
from visits.models import (
    Citation,
    Delegation,
    Doubt,
    ImportRun,
    Meeting,
    Member,
    Official,
    Outcome,
    Participant,
    Post,
    RetiredId,
    Source,
    Tenure,
    Trip,
    Visit,
)
from visits.review import undo

BROUGHT = (Visit, Meeting, Official, Tenure, Post, Source, Trip, Delegation, Outcome)


def sample_records() -> list[Any]:
    return [record.parse(json.loads(line)) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]


def found(shape: Any, wanted: type) -> list[Any]:
    """Every shape of this kind in a record."""
    here = [shape] if isinstance(shape, wanted) else []
    for name in type(shape).model_fields:
        value = getattr(shape, name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, BaseModel):
                here += found(item, wanted)
    return here


def every(wanted: type) -> list[Any]:
    return [item for one in sample_records() for item in found(one, wanted)]


def load_samples() -> str:
    out = StringIO()
    call_command("load_samples", stdout=out)
    return out.getvalue()


def ids() -> dict[str, dict[Any, int]]:
    """uid -> id of all that samples bring."""
    return {
        model.__name__: dict(model._default_manager.filter(created_by_run__isnull=False).values_list("uid", "pk"))
        for model in BROUGHT
    }


@pytest.fixture
def reference_data(db: None) -> None:
    reference.load()


# the file


def test_each_sample_has_a_uid_of_its_own() -> None:
    uids = [one.uid for one in sample_records()]
    assert None not in uids
    assert len(set(uids)) == len(uids)


def test_samples_name_only_topics_dialogues_and_countries_of_the_reference_data() -> None:
    topics, dialogues, countries = (
        {item[key] for item in reference.read(name)}
        for name, key in (("topics", "slug"), ("dialogues", "slug"), ("countries", "code"))
    )
    links = every(record.DialogueLink) + every(record.Outcome)
    sides = every(record.Side) + every(record.OfficialRef) + every(record.PostRef)
    assert {link.topic for link in every(record.TopicLink)} - topics == set()
    assert {link.dialogue for link in links if link.dialogue} - dialogues == set()
    assert {side.country for side in sides if side.country} - countries == set()


def test_every_sample_cites_a_page_with_a_short_quote() -> None:
    for one in sample_records():
        assert one.citations, one.uid
        assert all(source.url and not source.text for source in one.sources), one.uid
        assert {citation.source for citation in one.citations} == set(range(len(one.sources))), one.uid
        for citation in one.citations:
            assert 0 < len(citation.exact.split()) <= 15, citation.exact
            assert (citation.start, citation.end) == (None, None), citation.exact


def test_every_citation_points_at_a_part_of_its_record() -> None:
    for one in sample_records():
        for citation in one.citations:
            part = one
            for step in citation.target.split("/")[1:]:
                part = part[int(step)] if step.isdigit() else getattr(part, step)


def test_samples_show_every_kind_of_record_that_pages_have_to_show() -> None:
    visits = [one for one in sample_records() if isinstance(one, record.VisitData)]
    assert {visit.status for visit in visits} == {"completed", "planned", "postponed"}
    assert {visit.kind for visit in visits} == {"state", "official", "working", "summit", "unknown"}
    assert {visit.guest.organization.slug for visit in visits if visit.guest.organization} == {"eu"}
    assert {visit.host.organization.slug for visit in visits if visit.host.organization} == {"nato"}
    outcomes = every(record.Outcome)
    assert {outcome.modality for outcome in outcomes} == {"proposed", "agreed", "signed"}
    assert {outcome.life for outcome in outcomes} == {"open", "fulfilled"}


# loading


def test_samples_load_published_with_nothing_to_review(reference_data: None) -> None:
    load_samples()
    run = ImportRun.objects.get()
    count = len(sample_records())
    assert run.sample
    assert run.counts == {"read": count, "created": count} | dict.fromkeys(
        ("changed", "unchanged", "duplicates", "review", "rejected"), 0
    )
    assert set(Visit.objects.values_list("state", flat=True)) == {enums.State.PUBLISHED}
    assert set(Source.objects.values_list("sample", flat=True)) == {True}
    assert Citation.objects.count() == sum(len(one.citations) for one in sample_records())


def test_everybody_in_the_samples_is_an_official_without_doubt(reference_data: None) -> None:
    load_samples()
    assert Member.objects.filter(official=None).count() == Participant.objects.filter(official=None).count() == 0
    assert Doubt.objects.count() == 0
    assert len({names.name_key(name) for name in Official.objects.values_list("name", flat=True)}) == (
        Official.objects.count()
    )


def test_one_official_stands_behind_all_spellings_and_has_the_tenure(reference_data: None) -> None:
    load_samples()
    meredov = Official.objects.get(other_names__text="Raşit Meredow")
    assert meredov.name == "Rashid Meredov"
    assert [str(tenure.start) for tenure in meredov.tenures.all()] == ["2001-07"]
    assert meredov.member_rows.count() == 2


def test_one_meeting_lies_in_three_visits(reference_data: None) -> None:
    load_samples()
    summit = Meeting.objects.get(title="Normandy summit in Paris")
    assert sorted(visit.guest_country_id or "" for visit in summit.visits.all()) == ["DE", "RU", "UA"]


def test_every_fulfilled_outcome_names_what_fulfilled_it(reference_data: None) -> None:
    load_samples()
    fulfilled = Outcome.objects.filter(life="fulfilled").values_list("fulfilled_by_meeting__title", flat=True)
    assert sorted(fulfilled) == [
        "First meeting of the C5+1 Critical Minerals Dialogue",
        "“Central Asia + Japan” Dialogue: first summit",
        "“Central Asia + Japan” Dialogue: first summit",
    ]


def test_samples_are_loaded_once(reference_data: None) -> None:
    load_samples()
    before = ids()
    assert "there already" in load_samples()
    run = loads.load_paths([SAMPLES], trust=True)
    assert (ImportRun.objects.count(), run.unchanged, run.read) == (2, len(sample_records()), len(sample_records()))
    assert ids() == before


def test_an_undo_leaves_nothing_and_loading_again_brings_back_the_same_ids(reference_data: None) -> None:
    load_samples()
    before = ids()
    undo.undo(ImportRun.objects.get())
    assert ids() == {model.__name__: {} for model in BROUGHT}
    assert Citation.objects.count() == 0
    load_samples()
    assert ids() == before
    assert RetiredId.objects.count() == 0


# what the samples showed of loads


@pytest.fixture
def countries(db: None) -> None:
    for code in ("TM", "JP"):
        make_country(code)


def load(*records: dict[str, Any]) -> ImportRun:
    lines = "\n".join(json.dumps(item) for item in records).encode()
    return loads.run_load(loads.create_run([("list.jsonl", lines)], user=None, trust=True).pk)


def visit(name: str, head: str = "Aina Orazowa", **fields: Any) -> dict[str, Any]:
    member = {"name_as_printed": head, "official": {"name": head, "country": "TM"}}
    return {
        "type": "visit",
        "uid": str(record.uid_for("test", name)),
        "guest": {"country": "TM"},
        "host": {"country": "JP"},
        "delegations": [{"sender": {"country": "TM"}, "members": [member]}],
    } | fields


def test_an_official_and_the_visits_that_name_them_come_in_one_load(countries: None) -> None:
    person = {"type": "official", "name": "Aina Orazowa", "country": "TM", "other_names": [{"text": "Айна Оразова"}]}
    load(visit("first"), person, visit("second", "Айна Оразова"))
    assert Official.objects.count() == 1
    assert Member.objects.filter(official__name="Aina Orazowa").count() == 2


def test_a_visit_names_one_that_comes_in_a_later_batch(countries: None) -> None:
    later = visit("later")
    person = {"type": "official", "name": "Bahar Atayeva", "country": "TM"}
    outcome = {"title": "Another visit", "life": "fulfilled", "fulfilled_by": later["uid"]}
    load(visit("first", outcomes=[outcome], accompanies=later["uid"]), person, later)
    first = Visit.objects.get(uid=record.uid_for("test", "first"))
    other = Visit.objects.get(uid=later["uid"])
    assert (first.accompanies, first.outcomes.get().fulfilled_by_visit) == (other, other)


def test_an_undo_counts_the_officials_of_records_and_of_visits(countries: None) -> None:
    person = {"type": "official", "name": "Bahar Atayeva", "country": "TM"}
    run = load(person, visit("first"))
    assert undo.undo(run).detail["deleted"]["official"] == 2


def test_what_goes_out_cites_the_same_parts_when_it_comes_back(reference_data: None, tmp_path: Path) -> None:
    """The first summit is the second meeting of one visit and the only one of another."""
    load_samples()
    files = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    for file in files:
        with file.open("w", encoding="utf-8") as stream:
            call_command("export_visits", stdout=stream)
        undo.undo(ImportRun.objects.latest("pk"))
        loads.load_paths([file], trust=True)
    assert files[0].read_text(encoding="utf-8") == files[1].read_text(encoding="utf-8")
    quote = Citation.objects.get(exact="establish partnerships in the field of artificial intelligence (AI)")
    assert quote.topic_link.topic.slug == "artificial-intelligence"
