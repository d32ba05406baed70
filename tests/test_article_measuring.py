"""How readers are measured: what counts as the same, what is forgiven, what a confidence was worth."""

import json
from io import StringIO
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from visits.imports.article import Document, RulesExtractor
from visits.imports.article.measuring import figures, likeness, reliability
from visits.imports.article.measuring.pairing import pairs
from visits.imports.article.measuring.scoring import Mark, marks
from visits.imports.article.predictions import flat_visit

VISIT: dict[str, Any] = {
    "visiting_country": "NO",
    "host_country": "CL",
    "start": "2024-03-04",
    "head": {"name": "Ola Berg", "post": "Prime Minister"},
    "status": "completed",
    "kind": "unknown",
    "meetings": [{"counterparts": [{"name": "Luis Vega", "post": "President"}], "date": "2024-03-05"}],
    "topics": ["green hydrogen", "ports"],
}


def gold(*visits: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"is_visit": bool(visits), "visits": list(visits), **changes}


def outcome(label: dict[str, Any], *said: dict[str, Any]) -> dict[str, list[str]]:
    """{verdict: fields}, what is right left out."""
    found: dict[str, list[str]] = {}
    for mark in marks(label, said):
        if mark.verdict != "right":
            found.setdefault(str(mark.verdict), []).append(mark.field)
    return found


# the same or not


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ola Berg", "Mr. Ola BERG", True),
        ("Berg", "Ola Berg", True),
        ("Ola Berg", "Ola Hansen", False),
        ("Rashid Meredov", "Raşhid Meredow", True),
        ("Рашид Мередов", "Рашидом Мередовым", True),
        ("Рашид Мередов", "Rashid Meredov", True),
        ("Li Wei", "Lu Wei", False),
        ("Faisal Al Shoubaki", "Faisal Shoubaki", True),
        ("King Abdullah", "Abdullah", True),
        ("", "Ola Berg", False),
    ],
)
def test_names(one: str, other: str, same: bool) -> None:
    assert (likeness.names(one, other), likeness.names(other, one)) == (same, same)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Foreign Minister", "Minister for Foreign Affairs of Chile", True),
        ("Deputy Prime Minister", "Prime Minister", False),
        ("Minister of Energy", "Minister of Health", False),
        ("President", "President of the Republic of Chile", True),
        ("Premier", "Prime Minister", True),
        ("глава МИД", "министр иностранных дел", True),
    ],
)
def test_posts(one: str, other: str, same: bool) -> None:
    assert (likeness.posts(one, other), likeness.posts(other, one)) == (same, same)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("green hydrogen", "the production of green hydrogen", 1.0),
        ("ports", "ports and fisheries", 1.0),
        ("ports", "trade in ships, ports and coal", 0.0),
        ("trade and ports", "trade and coal", 0.0),
        ("of the", "ports", 0.0),
    ],
)
def test_phrases(one: str, other: str, share: float) -> None:
    assert likeness.phrases(one, other) == share


@pytest.mark.parametrize(
    ("wanted", "said", "same"),
    [
        ("2024-03", "2024-03-04", True),
        ("2024-03-04", "2024-03", False),
        ("--01-22", "XXXX-01-22", True),
        ("XXXX-01-22", "2024-01-22", False),
        ("2024", "2024-12-31", True),
        (None, None, False),
    ],
)
def test_days(wanted: str | None, said: str | None, same: bool) -> None:
    assert likeness.days(wanted, said) is same


# pairs


def test_each_is_paired_once_and_the_sum_is_the_greatest() -> None:
    gains = {("a", "x"): 3.0, ("a", "y"): 2.0, ("b", "x"): 2.5}
    assert pairs("ab", "xy", lambda one, other: gains.get((one, other), 0.0)) == [(0, 1), (1, 0)]


@given(st.lists(st.lists(st.integers(0, 5), min_size=4, max_size=4), min_size=1, max_size=4))
def test_no_other_pairing_is_better(gains: list[list[int]]) -> None:
    found = pairs(range(len(gains)), range(4), lambda one, other: float(gains[one][other]))
    best = max(sum(row[i] for row, i in zip(gains, order, strict=False)) for order in permutations(range(4)))
    assert sum(gains[one][other] for one, other in found) == best
    assert all(gains[one][other] for one, other in found)
    assert len({one for one, _ in found}) == len({other for _, other in found}) == len(found)


# marks


def test_what_is_right_is_right() -> None:
    assert outcome(gold(VISIT), VISIT) == {}


def test_a_missed_visit_misses_every_field_and_an_extra_one_has_all_too_much() -> None:
    fields = [
        "visiting_country",
        "host_country",
        "start",
        "meetings.date",
        "head.name",
        "head.post",
        "meetings.counterparts.name",
        "meetings.counterparts.post",
        "status",
        "topics",
        "topics",
    ]
    assert outcome(gold(VISIT)) == {"missed": ["is_visit", *fields]}
    assert outcome(gold(), VISIT) == {"extra": ["is_visit", *fields]}


def test_a_wrong_value_is_both_too_much_and_missing() -> None:
    assert outcome(gold(VISIT), {**VISIT, "status": "planned"}) == {"wrong": ["status"]}
    (scored,) = [mark for mark in marks(gold(VISIT), [{**VISIT, "status": "planned"}]) if mark.field == "status"]
    one = figures.by_field([scored])["status"]
    assert (one.right, one.extra, one.missing, str(scored)) == (0, 1, 1, "status: “planned” instead of “completed”")


FORGIVEN: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, list[str]]]] = [
    ("another accepted value", {"status_alt": ["ongoing"]}, {"status": "ongoing"}, {}),
    ("an accepted country", {"host_country_alt": ["AR"]}, {"host_country": "AR"}, {}),
    ("a derived day that is missing", {"start_derived": True}, {"start": None}, {"forgiven": ["start"]}),
    ("the day of an event as the end", {}, {"end": "2024-03-05"}, {"forgiven": ["end"]}),
    ("a listed day of an event", {"event_dates": ["2024-03-06"]}, {"end": "2024-03-06"}, {"forgiven": ["end"]}),
    ("another day", {}, {"end": "2024-03-09"}, {"extra": ["end"]}),
    (
        "somebody who may be named",
        {"members_optional": ["Kari Lund"]},
        {"delegation_members": [{"name": "Kari Lund"}]},
        {"forgiven": ["delegation_members.name"]},
    ),
    (
        "the head among the members",
        {},
        {"delegation_members": [{"name": "Berg"}]},
        {"forgiven": ["delegation_members.name"]},
    ),
    (
        "an outcome that may be named",
        {"outcomes_optional": [{"kind": "mou"}]},
        {"outcomes": [{"kind": "memorandum"}]},
        {"forgiven": ["outcomes.kind"]},
    ),
    ("another head", {"head_alt": ["Kari Lund"]}, {"head": {"name": "Kari Lund", "post": "Envoy"}}, {}),
]


@pytest.mark.parametrize(("label", "said", "expected"), [one[1:] for one in FORGIVEN], ids=[one[0] for one in FORGIVEN])
def test_what_a_label_forgives(label: dict[str, Any], said: dict[str, Any], expected: dict[str, list[str]]) -> None:
    assert outcome(gold({**VISIT, **label}), {**VISIT, **said}) == expected


def test_an_optional_visit_neither_helps_nor_hurts() -> None:
    other = {**VISIT, "host_country": "AR", "optional": True}
    assert outcome(gold(VISIT, other), VISIT) == outcome(gold(VISIT, other), VISIT, {**other, "start": "2020"}) == {}


def test_of_an_ambiguous_text_nothing_counts_but_visits_of_others() -> None:
    label = gold(VISIT, ambiguous=True)
    assert (outcome(label), outcome(label, VISIT)) == ({}, {})
    assert "visiting_country" in outcome(label, {"visiting_country": "FR", "host_country": "US"})["extra"]


def test_a_label_of_odd_shapes_breaks_nothing() -> None:
    odd = {"visiting_country": 7, "head": "Ola Berg", "meetings": ["Luis Vega"], "topics": [{}, 5], "outcomes": "mou"}
    assert outcome(gold(odd), odd) == {}


# reliability


def test_a_claim_is_right_or_wrong_with_the_confidence_of_its_citation() -> None:
    text = "Norwegian Prime Minister Ola Berg visited Chile. They discussed hydrogen and whales."
    visits = RulesExtractor().extract(Document(text)).visits
    said = [flat_visit(visit) for visit in visits]
    label = gold({**said[0], "topics": ["fish"], "host_country": "AR"})
    found = {(one.field, one.rule, one.confidence, one.right) for one in reliability.claims(visits, marks(label, said))}
    trust = visits[0].citations[0].confidence
    assert {one for one in found if one[0] in ("host_country", "topics", "status")} == {
        ("host_country", "host-votes:visited", trust, False),
        ("topics", "topic:discussed", 0.8, False),
        ("status", "status-of-trigger", 0.75, True),
    }


def test_claims_by_tenths() -> None:
    said = [reliability.Claim("start", "date", *one) for one in ((0.9, True), (0.94, False), (0.85, True), (0.5, True))]
    assert [(tenth, one.said, one.right) for tenth, one in reliability.by_confidence(said)] == [
        (0.5, 1, 1),
        (0.9, 3, 2),
    ]


# the command


def label_of(text: str, **changes: Any) -> dict[str, Any]:
    (visit,) = RulesExtractor().extract(Document(text)).visits
    return {"id": "one", "lang": "en", "text": text, "gold": gold({**flat_visit(visit), **changes})}


def report(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("extraction_report", str(folder), *options, stdout=out, no_color=True)
    return out.getvalue()


def test_the_report_has_scores_misses_reliability_and_speed(tmp_path: Path) -> None:
    label = label_of("Norwegian Prime Minister Ola Berg visited Chile.", status="planned")
    none = {"id": "two", "lang": "ru", "text": "Сегодня в городе шел дождь, и было холодно.", "gold": gold()}
    for one in (label, none):
        (tmp_path / f"{one['id']}.json").write_text(json.dumps(one), encoding="utf-8")
    found = json.loads(report(tmp_path, "--json"))
    assert {name: one["texts"] for name, one in found["languages"].items()} == {"all": 2, "en": 1, "ru": 1}
    assert found["languages"]["en"]["fields"]["status"] == {
        "precision": 0.0, "recall": 0.0, "f1": 0.0, "right": 0, "extra": 1, "missing": 1,
    }  # fmt: skip
    assert found["languages"]["all"]["no_visit"] == {"texts": 1, "clean": 1}
    assert found["misses"] == {"one": ["status: “completed” instead of “planned”"]}
    assert sum(one["said"] for one in found["reliability"]["bins"]) == 5
    assert found["speed"]["texts_per_second"] > 0
    words = report(tmp_path)
    assert "status: “completed” instead of “planned”" in words
    assert "instead of" not in report(tmp_path, "--no-misses")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}", 'has no "text"'),
        ('{"text": "a"}', 'has no "gold"'),
        ('{"text": "a", "gold": {"visits": [1]}}', 'has no "gold"'),
    ],
)
def test_what_is_no_label_is_said(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "one.json").write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=message):
        report(tmp_path)


def test_a_folder_without_labels_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no folder with \.json files"):
        report(tmp_path)


def test_a_reader_that_is_not_configured_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="TRACKER_LLM_URL"):
        report(tmp_path, "--reader", "llm")


# real texts


def test_the_rules_reach_their_aims_on_the_labelled_texts(shared_data: Path) -> None:
    found = json.loads(report(shared_data / "articles" / "dev", "--json", "--reader", "rules"))["languages"]
    assert found["en"]["fields"]["all"]["f1"] >= 0.70
    assert found["ru"]["fields"]["all"]["f1"] >= 0.50
    assert found["all"]["no_visit"] == {"texts": 6, "clean": 6}
    for name in ("visiting_country", "host_country", "head.name"):
        assert found["all"]["fields"][name]["precision"] >= 0.85


def test_a_mark_in_words() -> None:
    assert [str(Mark("start", verdict, "2024", "2023")) for verdict in ("missed", "extra", "forgiven")] == [
        "start: “2023” missed",
        "start: “2024” is too much",
        "start: “2024” forgiven",
    ]
