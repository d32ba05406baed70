"""What editors make of what articles gave: kept value by value, counted on a page, exported as labels."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.world import make_country, make_user
from visits import access, loads, states
from visits.imports.article.measuring import settled
from visits.models import Candidate, Citation, Judgement, ModelCall, ReadValue, Source, Visit
from visits.review import corrections, decide, undo

pytestmark = pytest.mark.django_db

STORY = (
    "Norwegian Prime Minister Ola Berg visited Chile on 4 March 2024.\n\n"
    "He met with Luis Vega, the President of Chile. They discussed green hydrogen. "
    "They proposed to create a forum of ports."
)


@pytest.fixture
def elena(db):
    access.ensure_groups()
    for code in ("NO", "CL", "TM", "JP"):
        make_country(code)
    return make_user("elena", group="Editor", is_staff=True)


def load(text: str = STORY, name: str = "story.txt") -> Candidate:
    run = loads.run_load(loads.create_run([(name, text.encode())], user=None).pk)
    return run.candidates.get()


def fates() -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for value in ReadValue.objects.all():
        key = value.field, value.fate
        found[key] = found.get(key, 0) + 1
    return found


def mended(candidate: Candidate) -> dict[str, Any]:
    """The candidate's record as an editor would send it back."""
    item = json.loads(json.dumps(candidate.record))
    item["start"] = "2024-03-05"
    item["kind"] = "official"
    item["outcomes"] = []
    return item


# each decision


def test_what_is_accepted_as_read_is_kept_with_its_rule_and_confidence(elena):
    judgement = decide.accept(load(), elena)
    assert {fate for _field, fate in fates()} == {"kept"}
    assert judgement.detail == {}
    host = ReadValue.objects.get(field="host")
    assert (host.judgement, host.rule, host.confidence) == (judgement, "host-votes:visited", 0.65)


def test_what_an_editor_mends_takes_out_and_adds_is_kept_apart(elena):
    candidate = load()
    judgement = decide.accept(candidate, elena, item=mended(candidate))
    found = fates()
    assert found["start", "mended"] == found["kind", "added"] == found["outcomes", "removed"] == 1
    assert found["guest", "kept"] == found["participants.name", "kept"] == 1
    assert judgement.detail["proposed"]["start"] == "2024-03-04"
    assert "text" not in judgement.detail["proposed"]["sources"][0]
    candidate.refresh_from_db()
    assert (candidate.record["start"], candidate.visit.start) == ("2024-03-05", "2024-03-05")


def test_a_rejected_record_rejects_each_of_its_values(elena):
    decide.reject(load(), elena, "not a visit")
    assert {fate for _field, fate in fates()} == {"rejected"}


def test_a_row_of_a_table_is_no_reading(elena):
    run = loads.run_load(loads.create_run([("a.csv", b"guest,host,start\nNO,CL,2024-03-04\n")], user=None).pk)
    decide.accept(run.candidates.get(), elena)
    assert fates() == {}


def test_a_text_without_a_record_has_no_values(elena):
    decide.reject(load("Nothing happened in the capital yesterday, and nobody came to see it."), elena)
    assert fates() == {}


def test_what_was_decided_is_not_rewritten(elena):
    decide.accept(load(), elena)
    with pytest.raises(ProgrammingError, match="Cannot update or delete"):
        ReadValue.objects.update(fate="mended")


def test_a_topic_that_keeps_its_words_and_gets_another_slug_is_taken_out_and_added(elena):
    candidate = load()
    item = json.loads(json.dumps(candidate.record))
    del item["topics"][0]["topic"]
    decide.accept(candidate, elena, item=item)
    assert (fates()["topics", "removed"], fates()["topics", "added"]) == (1, 1)


# the page


def page(client, query: str = "") -> str:
    return client.get(reverse("admin:acceptance") + query).content.decode()


def test_the_page_says_when_nothing_is_decided(client, elena):
    client.force_login(elena)
    assert "No value of an article has been decided about yet." in page(client)


def test_the_page_counts_by_month_field_and_rule(client, elena):
    client.force_login(elena)
    candidate = load()
    decide.accept(candidate, elena, item=mended(candidate))
    decide.reject(load(STORY.replace("Berg", "Dahl"), "other.txt"), elena)
    this = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = corrections.acceptance()
    (start,) = [one for one in found.fields if one.what == "start"]
    assert (start.proposed, start.kept, start.mended, start.rejected, start.percent) == (2, 0, 1, 1, 0)
    (host,) = [one for one in found.rules if one.what == "host-votes:visited"]
    assert (host.proposed, host.kept, host.claimed) == (2, 1, pytest.approx(0.65))
    assert [one.what for one in found.months] == [this]
    text = page(client)
    assert f'href="?month={this:%Y-%m}#chosen"' in text
    assert "First day" in text
    assert "host-votes:visited" in page(client, f"?month={this:%Y-%m}")
    assert "Nothing was decided in this month." in page(client, "?month=1999-01")


@pytest.mark.parametrize("month", ["2024-13", "yesterday", "2024-01' OR 1=1"])
def test_a_month_that_is_none_is_not_found(client, elena, month):
    client.force_login(elena)
    assert client.get(reverse("admin:acceptance"), {"month": month}).status_code == 404


def test_the_page_is_for_those_who_see_judgements(client, elena):
    client.force_login(make_user("newcomer", is_staff=True))
    assert client.get(reverse("admin:acceptance")).status_code == 403
    client.logout()
    assert client.get(reverse("admin:acceptance")).status_code == 302


def test_the_page_takes_a_constant_number_of_queries(client, elena):
    client.force_login(elena)
    client.get(reverse("admin:acceptance"))
    counts = []
    for number in range(3):
        decide.accept(load(STORY.replace("March", ("March", "May", "July")[number]), f"{number}.txt"), elena)
        if number != 1:  # with one story, and with three
            with CaptureQueriesContext(connection) as queries:
                page(client)
            counts.append(len(queries))
    # session, user, permissions of the user and of the groups, months, fields, rules
    assert counts == [7, 7]


def test_what_the_model_costs_is_shown_where_there_is_one(client, elena, settings):
    client.force_login(elena)
    assert "The language model" not in page(client)
    settings.ARTICLE_LLM = {"model": "small", "ceiling": 2, "key": "sk-secret", "url": "http://127.0.0.1:1"}
    ModelCall.objects.create(model="small", state="answered", tokens_in=1, tokens_out=1, cost="0.25")
    text = page(client)
    assert "The language model small has cost 0.2500 today; the ceiling is 2." in text
    assert "sk-secret" not in text


# the labels


def export(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("export_gold", str(folder), *options, stdout=out)
    return out.getvalue()


def labels(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]


def test_settled_stories_are_labels_that_the_report_reads(elena, tmp_path):
    candidate = load()
    decide.accept(candidate, elena, item=mended(candidate))
    decide.reject(load("Norwegian Prime Minister Ola Berg visited Chile, says a novel by Kari Lund.", "b.txt"), elena)
    load(STORY.replace("Berg", "Dahl"), "waits.txt")
    assert export(tmp_path / "gold", "--all-texts") == f"2 settled stories written to {tmp_path / 'gold'}\n"
    first, second = sorted(labels(tmp_path / "gold"), key=lambda one: not one["gold"]["is_visit"])
    assert list(first) == ["id", "lang", "title", "publisher", "url", "published", "text", "gold"]
    assert (first["id"], first["lang"], first["text"]) == (str(candidate.source.uid), "en", STORY)
    (visit,) = first["gold"]["visits"]
    assert (visit["start"], visit["kind"], visit["head"]["name"]) == ("2024-03-05", "official", "Ola Berg")
    assert second["gold"] == {"is_visit": False, "visits": []}
    out = StringIO()
    call_command("extraction_report", str(tmp_path / "gold"), "--json", stdout=out)
    fields = json.loads(out.getvalue())["languages"]["all"]["fields"]
    assert (fields["start"]["extra"], fields["kind"]["missing"], fields["is_visit"]["extra"]) == (1, 1, 1)


def test_texts_that_are_not_free_go_out_only_when_asked_for(elena, tmp_path):
    candidate = load()
    decide.accept(candidate, elena)
    assert export(tmp_path / "one").splitlines()[1] == (
        "1 left out, whose texts are not free to show (--all-texts takes them too)"
    )
    assert labels(tmp_path / "one") == []
    Source.objects.filter(pk=candidate.source_id).update(free_to_show=True)
    export(tmp_path / "two")
    assert len(labels(tmp_path / "two")) == 1


def test_what_a_rule_accepted_or_an_undo_took_back_is_not_settled(elena):
    loads.run_load(loads.create_run([("story.txt", STORY.encode())], user=None, trust=True).pk)
    assert list(settled.sources()) == []
    candidate = load(STORY.replace("March", "May"), "other.txt")
    decide.accept(candidate, elena)
    assert list(settled.sources()) == [candidate.source]
    undo.undo(candidate.run, elena, "wrong")
    assert list(settled.sources()) == []


def test_a_visit_that_the_reader_missed_and_an_editor_entered_is_part_of_the_label(elena):
    candidate = load("A long way went Ola Berg of Norway to see the ports of Chile, which are famous.", "c.txt")
    assert candidate.action == "nothing"
    decide.reject(candidate, elena, "entered by hand")
    visit = Visit.objects.create(guest_country_id="NO", host_country_id="CL", start="2024-03-04", state="published")
    at = candidate.source.text.index("Chile")
    Citation.objects.create(source=candidate.source, visit=visit, field="host", exact="Chile", start=at, end=at + 5)
    (story,) = settled.stories(settled.sources())
    assert (story["gold"]["is_visit"], [one["host_country"] for one in story["gold"]["visits"]]) == (True, ["CL"])
    other = Source.objects.create(kind="document", title="Elsewhere")
    Citation.objects.create(source=other, visit=visit, field="guest", exact="Norway")
    (story,) = settled.stories(settled.sources())
    assert (story["gold"]["is_visit"], [one["optional"] for one in story["gold"]["visits"]]) == (False, [True])


def test_a_folder_that_holds_something_is_left_alone(elena, tmp_path):
    (tmp_path / "mine.json").write_text("{}")
    with pytest.raises(CommandError, match="is not empty"):
        export(tmp_path)


def test_labels_take_few_queries_however_many_stories(elena):
    counts = []
    for number in range(3):
        decide.accept(load(STORY.replace("March", ("March", "May", "July")[number]), f"{number}.txt"), elena)
        with CaptureQueriesContext(connection) as queries:
            stories = list(settled.stories(settled.sources()))
        counts.append(len(queries))
        assert len(stories) == number + 1
    assert counts[0] == counts[2]


def test_judgements_still_name_what_they_judged(elena):
    candidate = load()
    decide.accept(candidate, elena, "fine", item=mended(candidate))
    judgement = Judgement.objects.get(candidate=candidate)
    assert (judgement.user, judgement.kind, judgement.reason) == (elena, "accept", "fine")
    states.publish(Visit.objects.get(), elena)
    assert Visit.objects.get().state == "published"
