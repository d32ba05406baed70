"""Every citation quotes exactly what stands at its offsets, whatever the text."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.article_texts import read
from visits import record
from visits.imports.article import Document, Extraction, RulesExtractor

PIECES = [
    "Norwegian Prime Minister Ola Berg visited Chile",
    "President Luis Vega",
    "Министр торговли Перу Хосе Диас посетил Токио",
    "in Santiago",
    "from March 4th to 6th",
    "they discussed hydrogen energy and “green” growth",
    "according to the Ministry of Foreign Affairs of Norway",
    "signed a memorandum of understanding on ports",
    "met with Kari Lund, the Minister of Energy, Mining and Industry of Chile",
    "OSLO, June 3 - ",
    "accompanied by Finance Minister Nils Dahl",
    "\u200b",
    "\x00",
    "\ud800",
    "👩🏽‍🚀",
    "é",
    "\r\n",
    "\n\n",
    ". ",
    ", ",
    " ",
    "’s visit to",
    "“",
    "(",
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=25).map("".join)


def assert_spans_are_exact(extraction: Extraction) -> None:
    for visit in extraction.visits:
        assert visit.citations
        for citation in visit.citations:
            assert citation.start is not None
            assert extraction.text[citation.start : citation.end] == citation.exact
            assert extraction.text[: citation.start].endswith(citation.prefix)
            assert extraction.text[citation.end :].startswith(citation.suffix)
            _resolve(visit.model_dump(), citation.target)


def _resolve(data: object, pointer: str) -> None:
    for part in pointer.split("/")[1:]:
        data = data[int(part)] if isinstance(data, list) else data[part]  # type: ignore[index]


@given(texts)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_spans_are_exact_on_any_text(text: str) -> None:
    assert_spans_are_exact(RulesExtractor().extract(Document(text, language="en")))
    assert_spans_are_exact(RulesExtractor().extract(Document(text, language="ru")))


@given(texts)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_read_is_a_valid_record_and_can_be_stored(text: str) -> None:
    for visit in read(f"Norwegian Prime Minister Ola Berg visited Chile. {text}").visits:
        assert record.parse(record.dump(visit)) == visit
        assert "\x00" not in visit.sources[0].text
        visit.sources[0].text.encode("utf-8")


def test_offsets_count_code_points_not_bytes_or_units() -> None:
    extraction = read("👩🏽‍🚀 Émigrés of the 𝒟. Norwegian Prime Minister Ola Berg visited Chile.")
    assert_spans_are_exact(extraction)
    assert extraction.visits[0].citations[0].exact


@pytest.mark.parametrize("words", ["visit to the city of ", "according to ", "1 January 2 ", "“A” "])
def test_a_long_text_of_the_same_words_is_read_in_time(words: str) -> None:
    began = time.process_time()
    assert RulesExtractor().extract(Document(words * 8_000, language="en")).visits == []
    assert time.process_time() - began < 20


def test_only_the_beginning_of_a_huge_text_is_read_and_that_is_said() -> None:
    extraction = read("Norwegian Prime Minister Ola Berg visited Chile. " + "Nothing else happened. " * 10_000)
    assert extraction.notes == ["only the first 100,000 characters were read"]
    assert len(extraction.visits) == 1
