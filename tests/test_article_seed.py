"""The story that the product started from, and all labelled texts, where the shared data are present."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.article_texts import counterparts, head, names_and_posts
from tests.test_article_spans import assert_spans_are_exact
from visits import enums
from visits.imports.article import Extraction, RulesExtractor
from visits.imports.article.inputs import document_at, documents
from visits.imports.article.predictions import flat_visit
from visits.record import VisitData


@pytest.fixture
def articles(shared_data: Path) -> Path:
    return shared_data / "articles"


@pytest.fixture
def extraction(articles: Path) -> Extraction:
    return RulesExtractor().extract(document_at(articles / "dev" / "seed.json")[1])


@pytest.fixture
def gold(articles: Path) -> dict:
    data = json.loads((articles / "dev" / "seed.json").read_text(encoding="utf-8"))
    return data["gold"]["visits"][0]


@pytest.fixture
def visit(extraction: Extraction) -> VisitData:
    (only,) = extraction.visits
    return only


def test_who_went_where_and_when(visit: VisitData, gold: dict) -> None:
    assert (visit.guest.country, visit.host.country) == (gold["visiting_country"], gold["host_country"])
    assert (visit.start, visit.end) == (gold["start"].replace("--", "XXXX-"), gold["end"].replace("--", "XXXX-"))
    assert head(visit).name_as_printed == gold["head"]["name"]
    assert head(visit).post_as_printed.endswith(gold["head"]["post"])
    assert (visit.status.value, visit.kind.value) == (gold["status"], gold["kind"])


def test_whom_they_met_with_posts_as_printed(visit: VisitData, gold: dict) -> None:
    expected = [(c["name"], c["post"]) for meeting in gold["meetings"] for c in meeting["counterparts"]]
    assert names_and_posts(counterparts(visit)) == expected


def test_its_proposals_are_outcomes_and_never_stronger_than_proposed(visit: VisitData, gold: dict) -> None:
    expected = len(gold["outcomes"]) + len(gold["outcomes_optional"])
    assert len(visit.outcomes) == expected
    assert {o.modality for o in visit.outcomes} <= {enums.Modality.DISCUSSED, enums.Modality.PROPOSED}
    assert {t.modality for t in visit.topics} == {enums.Modality.DISCUSSED}


def test_the_dialogue_the_topics_and_the_credited_party(visit: VisitData, gold: dict) -> None:
    assert [link.dialogue for link in visit.dialogues] == ["central-asia-japan"]
    assert len({topic.topic for topic in visit.topics if topic.topic}) >= 9
    assert {c.attributed_to for c in visit.citations} == set(gold["sources_cited"])


def test_every_span_is_exact(articles: Path) -> None:
    for _name, document in documents(articles / "dev"):
        assert_spans_are_exact(RulesExtractor().extract(document))


def test_the_labelled_texts_are_read_as_well_as_measured(articles: Path, tmp_path: Path) -> None:
    predictions = tmp_path / "predictions.jsonl"
    extractor = RulesExtractor()
    with predictions.open("w", encoding="utf-8") as file:
        for name, document in documents(articles / "dev"):
            visits = [flat_visit(visit) for visit in extractor.extract(document).visits]
            file.write(json.dumps({"id": name, "visits": visits}, ensure_ascii=False) + "\n")
    for language, least in (("en", 0.70), ("ru", 0.50)):
        scores = tmp_path / f"{language}.json"
        command = [
            sys.executable,
            articles / "score.py",
            articles / "dev",
            predictions,
            "--lang",
            language,
            "--json",
            scores,
        ]
        subprocess.run(command, check=True, capture_output=True)
        measured = json.loads(scores.read_text(encoding="utf-8"))
        assert measured["micro"]["f1"] >= least
        assert min(measured[field]["p"] for field in ("visiting_country", "host_country", "head.name")) >= 0.85
        assert measured["is_visit"]["fp"] == 0
