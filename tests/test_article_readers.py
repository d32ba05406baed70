"""Which reader reads: chosen by the settings in one place, for loads and commands alike. spaCy adds names."""

import importlib.util
import json
import sys
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from tests.article_texts import head
from tests.model_server import KEY, raw, says, serving
from tests.test_article_model import TEXT, answer
from tests.test_article_spans import assert_spans_are_exact
from tests.world import make_country
from tracker import environment
from visits import loads
from visits.imports.article import Document, Extraction, RulesExtractor, choice, names_by_spacy
from visits.imports.article.llm import ModelExtractor
from visits.imports.article.names_by_spacy import SpacyExtractor
from visits.models import Candidate, ModelCall

needs_spacy = pytest.mark.skipif(importlib.util.find_spec("spacy") is None, reason="spaCy is not installed")


# the choice


def test_rules_alone_are_the_default(settings):
    assert (settings.ARTICLE_NAME_MODELS, settings.ARTICLE_LLM) == ({}, None)
    assert type(choice.configured()) is RulesExtractor


def test_each_part_that_is_configured_goes_on_top(settings):
    settings.ARTICLE_NAME_MODELS = {"en": "small"}
    assert type(choice.configured()) is SpacyExtractor
    with serving(says("")) as server:
        settings.ARTICLE_LLM = vars(server.endpoint())
        reader = choice.configured()
    assert isinstance(reader, ModelExtractor)
    assert (type(reader.base), reader.endpoint.model) == (SpacyExtractor, "small")
    assert type(choice.named("llm").base) is RulesExtractor


# the environment

GIVEN = {
    "TRACKER_LLM_URL": "http://127.0.0.1:11434/v1/",
    "TRACKER_LLM_MODEL": "small",
    "TRACKER_LLM_KEY": KEY,
    "TRACKER_LLM_PRICE_IN": "0.15",
    "TRACKER_LLM_PRICE_OUT": "0.60",
}


@pytest.fixture
def env(monkeypatch):
    def give(**changes: str | None) -> None:
        for name, value in {**GIVEN, **changes}.items():
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)

    return give


def test_the_endpoint_comes_from_the_environment(env):
    env()
    assert environment.language_model() == {
        "url": "http://127.0.0.1:11434/v1",
        "model": "small",
        "key": KEY,
        "price_in": Decimal("0.15"),
        "price_out": Decimal("0.60"),
        "ceiling": Decimal(1),
        "timeout": 60.0,
        "characters": 20_000,
    }


def test_without_an_address_there_is_no_model(env):
    env(TRACKER_LLM_URL=None)
    assert environment.language_model() is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRACKER_LLM_URL", "ftp://127.0.0.1/v1"),
        ("TRACKER_LLM_URL", f"http://me:{KEY}@127.0.0.1/v1"),
        ("TRACKER_LLM_URL", "127.0.0.1:11434"),
        ("TRACKER_LLM_MODEL", None),
        ("TRACKER_LLM_KEY", "sk-\nX-Other: header"),
        ("TRACKER_LLM_PRICE_IN", None),
        ("TRACKER_LLM_PRICE_OUT", "cheap"),
        ("TRACKER_LLM_CEILING", "-1"),
        ("TRACKER_LLM_CEILING", "NaN"),
        ("TRACKER_LLM_TIMEOUT", "0"),
        ("TRACKER_LLM_CHARACTERS", "Infinity"),
    ],
)
def test_what_is_wrong_is_said_by_its_name_and_without_the_key(env, name, value):
    env(**{name: value})
    with pytest.raises(ImproperlyConfigured, match=rf"\A{name}: ") as caught:
        environment.language_model()
    assert KEY not in str(caught.value)


def test_models_of_names_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("TRACKER_SPACY", "en=en_core_web_sm, ru=/models/ru")
    assert environment.name_models() == {"en": "en_core_web_sm", "ru": "/models/ru"}
    monkeypatch.setenv("TRACKER_SPACY", "en_core_web_sm")
    with pytest.raises(ImproperlyConfigured, match="TRACKER_SPACY: write language=model"):
        environment.name_models()


# spaCy


@pytest.fixture
def names(tmp_path: Path) -> str:
    """A model that knows two persons whose names the rules take for something else."""
    import spacy

    pipeline = spacy.blank("en")
    ruler: Any = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": name} for name in ("Will Park", "Hope Hall")])
    ruler.add_patterns([{"label": "ORG", "pattern": "Ports Board"}])
    pipeline.to_disk(tmp_path / "names")
    return str(tmp_path / "names")


def read(names: str, text: str) -> Extraction:
    extraction = SpacyExtractor({"en": names}).extract(Document(text))
    assert_spans_are_exact(extraction)
    return extraction


@needs_spacy
def test_a_name_that_the_rules_missed_makes_a_visit(names):
    text = "Will Park of Norway visited Chile."
    assert RulesExtractor().extract(Document(text)).visits == []
    (visit,) = read(names, text).visits
    assert (visit.guest.country, visit.host.country, head(visit).name_as_printed) == ("NO", "CL", "Will Park")
    (citation,) = [one for one in visit.citations if one.field == "name_as_printed"]
    assert (citation.rule, citation.confidence) == ("name:model", 0.6)


@needs_spacy
def test_a_name_behind_a_post_belongs_to_it(names):
    (visit,) = read(names, "Norwegian envoy Will Park visited Chile.").visits
    assert (head(visit).name_as_printed, head(visit).post_as_printed) == ("Will Park", "Norwegian envoy")


@needs_spacy
@pytest.mark.parametrize(
    "text",
    [
        "Norwegian Prime Minister Ola Berg visited Chile with the Ports Board.",
        "Norwegian Prime Minister Ola Berg visited Chile.\n\nWill Park stayed at home.",
        "The President of Norway will visit Chile. Park said so.",
        "Nobody went anywhere.",
        "",
    ],
)
def test_what_the_rules_found_stays_as_it_is(names, text):
    assert read(names, text) == RulesExtractor().extract(Document(text))


@needs_spacy
def test_a_language_without_a_model_is_read_by_rules(names):
    text = "Министр торговли Перу Хосе Диас посетил Токио."
    assert read(names, text) == RulesExtractor().extract(Document(text))


@needs_spacy
def test_a_model_that_is_not_there_is_said():
    extraction = SpacyExtractor({"en": "no_such_model"}).extract(Document("Ola Berg of Norway visited Chile."))
    assert extraction.notes == [
        "names of people were found by rules alone: spaCy has no model “no_such_model” (install it, or name its folder)"
    ]


@needs_spacy
def test_a_model_that_finds_no_names_is_said(tmp_path):
    import spacy

    spacy.blank("en").to_disk(tmp_path / "empty")
    (note,) = SpacyExtractor({"en": str(tmp_path / "empty")}).extract(Document("Ola Berg visited Chile.")).notes[-1:]
    assert note.endswith("finds no names of people")


def test_without_spacy_the_rules_read_and_say_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    names_by_spacy.pipeline.cache_clear()
    text = "Norwegian Prime Minister Ola Berg visited Chile."
    extraction = SpacyExtractor({"en": "en_core_web_sm"}).extract(Document(text))
    assert extraction.visits == RulesExtractor().extract(Document(text)).visits
    assert extraction.notes == [
        "names of people were found by rules alone: spaCy is not installed (`uv sync --extra spacy`)"
    ]


# loads


@pytest.mark.django_db(transaction=True)
def test_a_preview_is_paid_once_and_the_load_finds_the_same(settings):
    make_country("NO"), make_country("CL")
    story = json.dumps({"text": TEXT, "published": "2024-03-10"}).encode()
    with serving(says(answer()), raw(b"", 500)) as server:
        settings.ARTICLE_LLM = vars(server.endpoint())
        preview = loads.run_load(loads.create_run([("a.json", story)], user=None, dry_run=True).pk)
        assert (preview.review, ModelCall.objects.count(), Candidate.objects.count()) == (1, 1, 0)
        run = loads.run_load(loads.apply(preview, None).pk)
        assert len(server.asked) == 1
    candidate = run.candidates.get()
    assert (candidate.record["host"]["country"], candidate.record["start"]) == ("CL", "2024-03-04")
    assert candidate.state == "pending"


@pytest.mark.django_db(transaction=True)
def test_a_model_that_fails_stops_no_load(settings):
    make_country("NO"), make_country("CL")
    story = b"Norwegian Prime Minister Ola Berg visited Chile."
    with serving(raw(b"", 401)) as server:
        settings.ARTICLE_LLM = vars(server.endpoint())
        run = loads.run_load(loads.create_run([("a.txt", story)], user=None).pk)
    candidate = run.candidates.get()
    assert candidate.record["host"]["country"] == "CL"
    assert [one["reason"] for one in candidate.doubts if one["code"] == "note"] == [
        "read by rules alone: the language model was of no help: it answered with the error 401"
    ]


@pytest.mark.django_db(transaction=True)
def test_the_command_reads_with_what_is_configured(settings, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"text": TEXT, "published": "2024-03-10"}))
    with serving(says(answer())) as server:
        settings.ARTICLE_LLM = vars(server.endpoint())
        out = StringIO()
        call_command("extract_article", str(tmp_path), stdout=out, no_color=True)
    assert "NO to CL, 4–6 March 2024, unknown, completed" in out.getvalue()
    assert "model:small" in out.getvalue()
    assert KEY not in out.getvalue()
