"""Whatever a model answers: what is kept stands in the text, and nothing is firmer than the rules allow."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_article_spans import assert_spans_are_exact
from visits import enums, record
from visits.imports.article import Document, Extraction, story
from visits.imports.article.extractor import source_of
from visits.imports.article.llm.reading import Checked
from visits.imports.article.llm.shape import Answer
from visits.imports.article.merging import merged
from visits.imports.article.quotes import Quotable

TEXT = (
    "Norwegian Prime Minister Ola  Berg made an official visit to Chile from 4 to 6 March 2024.\n\n"
    "On 5 March he met with Luis Vega, the President of Chile, in Santiago. They discussed “green hydrogen” and ports. "
    "He will return. They signed a memorandum of understanding on fisheries."
)
SIGNED = TEXT.rsplit(". ", 1)[1]
READ = story.read(Document(TEXT, published="2024-03-10"), "en", TEXT)
WORDS = [
    *("Ola Berg", "Luis Vega", "Chile", "Norwegian", "Santiago", "4 to 6 March 2024", "5 March", "official visit"),
    *("ports", "green hydrogen", "fisheries", "President of Chile", "a memorandum of understanding on fisheries"),
    *("Berg made", "They signed", "He will return", "Prime", "O", "хлеб", "", " ", "\u200b"),
]
QUOTES = [*WORDS, *TEXT.split("\n\n"), *TEXT.split(". "), TEXT, " ".join(TEXT.split()), "not there", '"ports"']
words = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
quotes = st.one_of(st.sampled_from(QUOTES), st.text(max_size=20))
values = st.one_of(st.sampled_from(["NO", "CL", "FR", "2024-03-04", "2024-03-05", "2024-03-06", "1999-01-01"]), words)


def some(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | kind


said = st.fixed_dictionaries({"value": values, "quote": quotes})
person = st.fixed_dictionaries({"name": words, "post": some(words), "quote": quotes})
modality = st.sampled_from([str(one) for one in enums.Modality])
side = st.fixed_dictionaries({"value": st.sampled_from(["NO", "CL", "FR"]), "quote": st.sampled_from(QUOTES)})
visit = st.fixed_dictionaries(
    {
        "guest": side,
        "host": side,
        "head": some(person),
        "members": st.lists(person, max_size=3),
        "start": some(said),
        "end": some(said),
        "kind": some(st.fixed_dictionaries({"value": st.sampled_from([*map(str, enums.VisitKind)]), "quote": quotes})),
        "status": some(st.fixed_dictionaries({"value": st.sampled_from([*map(str, enums.Status)]), "quote": quotes})),
        "cities": st.lists(said, max_size=3),
        "meetings": st.lists(
            st.fixed_dictionaries({"counterparts": st.lists(person, max_size=3), "date": some(said), "quote": quotes}),
            max_size=2,
        ),
        "topics": st.lists(st.fixed_dictionaries({"phrase": words, "modality": modality, "quote": quotes}), max_size=4),
        "outcomes": st.lists(
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from([*map(str, enums.OutcomeKind)]),
                    "phrase": words,
                    "modality": modality,
                    "quote": quotes,
                }
            ),
            max_size=4,
        ),
    }
)


def checked(answer: dict[str, Any]) -> list[record.VisitData]:
    source = source_of(Document(TEXT), "en", TEXT)
    return Checked(READ, source, "small").visits(Answer.model_validate(answer))


@given(st.lists(visit, max_size=3))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_is_kept_stands_in_the_text_and_can_be_stored(visits: list[dict[str, Any]]) -> None:
    found = checked({"visits": visits})
    assert_spans_are_exact(Extraction("en", TEXT, found))
    for one in found:
        assert record.parse(record.dump(one)) == one
        firm = [link.as_printed for link in one.topics if link.modality != "discussed"]
        firm += [outcome.title for outcome in one.outcomes if outcome.modality != "discussed"]
        assert all(words in SIGNED for words in firm)
        for name in (one.start, one.end):
            assert name in ("", "2024-03-04", "2024-03-05", "2024-03-06")
        for member in one.delegations[0].members:
            assert member.name_as_printed in " ".join(TEXT.split())


@given(st.lists(visit, max_size=2), st.lists(visit, max_size=2))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_two_readings_are_one_record_each(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    one, other = checked({"visits": first}), checked({"visits": second})
    both = merged(one, other)
    assert_spans_are_exact(Extraction("en", TEXT, both))
    for before, after in zip(one, both, strict=False):
        for name in ("start", "end", "places", "topics", "meetings", "outcomes"):
            assert not getattr(before, name) or getattr(before, name) == getattr(after, name)
        assert record.parse(record.dump(after)) == after


@given(st.text(alphabet="ab .,-–“”\"' \n\u00a0"), st.data())
def test_a_quote_is_found_where_it_stands_as_whole_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = Quotable(text).find(text[start:end].replace("\n", "  ").replace("“", '"'))
    if span:
        before, first = text[span[0] - 1 : span[0]], text[span[0]]
        last, after = text[span[1] - 1], text[span[1] : span[1] + 1]
        assert not (before.isalnum() and first.isalnum())
        assert not (last.isalnum() and after.isalnum())


def test_a_quote_is_found_whatever_its_blanks_dashes_and_marks() -> None:
    assert Quotable(TEXT).find('They  discussed "green\nhydrogen"') == (
        TEXT.index("They discussed"),
        TEXT.index(" and ports"),
    )
    assert Quotable(TEXT).find("Ola Berg") == (TEXT.index("Ola"), TEXT.index("Berg") + 4)
    assert [Quotable(TEXT).find(quote) for quote in ("la Berg", "Ola Ber", "ola berg", "", "...", "“")] == [None] * 6
