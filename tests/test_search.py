"""The one search over names and texts."""

import pytest

from tests.world import cite, make_country, make_meeting, make_official, make_source, make_topic, make_visit
from visits.search import Piece, highlight, search, search_any, snippet


def found(text):
    return {kind: [str(hit.record) for hit in hits] for kind, hits in search(text).items()}


def marked(pieces):
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in pieces)


@pytest.mark.django_db
class TestFinding:
    @pytest.mark.parametrize("spelling", ["Orazowa", "orazova", "Aina Orazowa", "ORAZOWA aina"])
    def test_an_official_is_found_in_any_spelling(self, spelling):
        make_visit(head="Aina Orazowa")
        assert found(spelling) == {"officials": ["Aina Orazowa"]}

    def test_another_name_leads_to_the_official(self):
        make_official("Aina Orazowa", other_names=["Айна Оразова"])
        make_visit(head="Aina Orazowa")
        assert found("Оразова")["officials"] == ["Aina Orazowa"]

    def test_an_official_whom_nothing_published_reaches_is_not_found(self):
        make_visit(head="Aina Orazowa", state="draft")
        assert found("Orazowa") == {}

    def test_a_country_is_found_by_a_part_of_its_name(self):
        make_country("TM")
        assert found("turkmen") == {"countries": ["Turkmenistan"]}

    def test_the_topic_of_this_name_comes_first(self):
        for slug in ("green-hydrogen", "hydrogen"):
            make_topic(slug)
        assert found("hydrogen")["topics"] == ["Hydrogen", "Green hydrogen"]

    def test_records_are_found_by_words_of_their_texts(self):
        make_visit(title="Talks in Tokyo", summary="They spoke about hydrogen.")
        make_meeting(title="Hydrogen round table")
        assert found("hydrogen") == {"visits": ["Talks in Tokyo"], "meetings": ["Hydrogen round table"]}

    def test_what_is_not_published_is_not_found(self, world):
        texts = ("draft", "in review", "withdrawn", "Drafted Person")
        assert [record for text in texts for hits in search(text).values() for record in hits] == []

    def test_a_quote_is_found_once_and_only_of_what_is_published(self):
        source = make_source("A summit was proposed.")
        public, hidden = make_visit(), make_visit(state="draft")
        for visit in (public, public, hidden):
            cite(visit, source, "summit was proposed")
        hits = search("summit")["quotes"]
        assert [marked(hit.snippet) for hit in hits] == ["[summit] was proposed"]

    def test_a_text_without_a_word_finds_nothing(self):
        assert [search(text) for text in ("", "  ", "\x00", "...", "'")] == [{}] * 5

    def test_operators_of_the_database_are_words(self):
        make_visit(title="Talks")
        assert [search(text) for text in ("a & b | !c", "':*", '"talks', "(((")] == [{}, {}, search("talks"), {}]

    def test_what_has_one_of_the_words_when_nothing_has_all(self):
        make_visit(head="Aina Orazowa", title="Talks about hydrogen")
        hits = search_any("Orazowa hydrogen")
        assert {kind: [str(hit.record) for hit in found] for kind, found in hits.items()} == {
            "officials": ["Aina Orazowa"],
            "visits": ["Talks about hydrogen"],
        }


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Raşit Meredow came", "meredow", "Raşit [Meredow] came"),
        ("Raşit Meredow came", "rasit", "[Raşit] Meredow came"),
        ("Hydrogen-based fuels", "hydrogen", "[Hydrogen-based] fuels"),
        ("Nothing here", "", "Nothing here"),
        ("", "word", ""),
    ],
)
def test_the_words_that_were_searched_for_are_marked(text, query, expected):
    assert marked(highlight(text, query)) == expected


def test_a_snippet_of_a_long_text_is_cut_around_the_word():
    text = "before " * 60 + "summit " + "after " * 60
    cut = snippet(text, "summit")
    assert Piece("summit", True) in cut
    assert len("".join(piece.text for piece in cut)) <= 202
