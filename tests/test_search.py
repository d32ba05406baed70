"""The one search over names and texts."""

import pytest

from tests.world import (
    cite,
    make_country,
    make_dialogue,
    make_meeting,
    make_official,
    make_organization,
    make_source,
    make_topic,
    make_visit,
)
from visits import names
from visits.models import Citation, CountryName, Outcome, Source, SourceWords, TopicName
from visits.models.evidence import SEARCHED
from visits.search import Asked, Piece, highlight, plain, search, snippet, texts
from visits.search.named import called


def found(text, **options):
    return {kind: [plain(hit.title) for hit in group.hits] for kind, group in search(text, **options).groups.items()}


def marked(pieces):
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in pieces)


def quoted(text):
    return [marked(hit.snippet) for hit in search(text).groups["quotes"].hits]


@pytest.mark.django_db
class TestNames:
    @pytest.mark.parametrize(
        "spelling", ["Orazowa", "orazova", "Aina Orazowa", "ORAZOWA aina", "Ayna Orasowa", "Orozowa Aina"]
    )
    def test_an_official_is_found_in_any_spelling(self, spelling):
        make_visit(head="Aina Orazowa")
        assert found(spelling) == {"officials": ["Aina Orazowa"]}

    def test_another_name_leads_to_the_official_and_is_shown(self):
        make_official("Aina Orazowa", other_names=["安倍晋三"])
        make_visit(head="Aina Orazowa")
        (hit,) = search("安倍晋三").groups["officials"].hits
        assert (plain(hit.title), marked(hit.snippet)) == ("Aina Orazowa", "[安倍晋三]")

    def test_an_official_whom_nothing_published_reaches_is_not_found(self):
        make_visit(head="Aina Orazowa", state="draft")
        assert found("Orazowa") == {}

    def test_the_public_are_found_behind_many_who_are_not(self, monkeypatch):
        monkeypatch.setattr("visits.search.named._CHECKED", 2)
        for number in range(6):
            make_official(f"Aina {number}")
        make_visit(head="Aina Orazowa")
        (one,) = called(Asked("Aina"), ["officials"], 1, near=3)["officials"].best
        assert one.name == "Aina Orazowa"

    @pytest.mark.parametrize("name", ["turkmen", "Türkmenistan", "Туркменистан", "TM", "tkm", "Turkmenstan"])
    def test_a_country_is_found_by_a_part_of_its_name_by_others_and_by_codes(self, name):
        country = make_country("TM")
        for text in ("Туркменистан", "Türkmenistan"):
            CountryName.objects.create(country=country, text=text, key=names.search_key(text))
        assert found(name) == {"countries": ["Turkmenistan"]}

    def test_a_country_is_found_by_what_other_languages_call_it(self):
        make_country("DE")
        assert [found(name) for name in ("Germania", "독일", "Tyskland")] == [{"countries": ["Germany"]}] * 3

    def test_the_topic_of_this_name_comes_first(self):
        for slug in ("green-hydrogen", "hydrogen"):
            make_topic(slug)
        assert found("hydrogen")["topics"] == ["Hydrogen", "Green hydrogen"]

    def test_a_changed_synonym_is_known_at_once(self):
        synonym = TopicName.objects.create(topic=make_topic("trade"), text="commerce", key="commerce")
        assert found("commerce") == {"topics": ["Trade"]}
        synonym.text = synonym.key = "barter"
        synonym.save()
        assert [found("commerce"), found("barter")] == [{}, {"topics": ["Trade"]}]

    def test_posts_organizations_and_dialogues(self):
        make_visit(head="Aina Orazowa", post="Minister of Energy")
        make_organization("un")
        make_dialogue("energy-forum")
        assert found("energy") == {"posts": ["Minister of Energy"], "dialogues": ["Energy Forum"]}
        assert found("united nations") == {"organizations": ["United Nations"]}

    def test_nearly_the_name_is_said_to_be_nearly(self):
        make_topic("hydrogen")
        findings = search("hydrgoen")
        assert (found("hydrgoen"), findings.nearly, findings.rather) == ({"topics": ["Hydrogen"]}, True, ["Hydrogen"])

    def test_a_strange_word_among_others_is_put_right(self):
        make_topic("hydrogen")
        make_country("JP")
        assert search("hydrgoen cooperation Japan").rather == ["Hydrogen cooperation Japan"]


@pytest.mark.django_db
class TestTexts:
    def test_records_are_found_by_words_of_their_texts(self):
        make_visit(title="Talks in Tokyo", summary="They spoke about hydrogen.")
        make_meeting(title="Hydrogen round table")
        assert found("hydrogen") == {"visits": ["Talks in Tokyo"], "meetings": ["Hydrogen round table"]}

    def test_a_hit_says_where_and_when_and_shows_the_words(self):
        make_visit("TM", "JP", title="Talks", summary="They spoke about hydrogen.", start="2024-01-22", kind="official")
        (hit,) = search("hydrogen").groups["visits"].hits
        assert (hit.note, hit.when, marked(hit.snippet)) == (
            "Turkmenistan → Japan · Official visit", "22 January 2024", "They spoke about [hydrogen].",
        )  # fmt: skip

    def test_whole_words_come_before_words_that_begin_so(self):
        for title in ("Nigerian talks", "Niger"):
            make_visit(title=title)
        assert found("niger")["visits"] == ["Niger", "Nigerian talks"]

    def test_outcomes_of_public_records_alone(self):
        for state in ("published", "draft"):
            Outcome.objects.create(visit=make_visit(state=state), title=f"A {state} roadmap")
        assert found("roadmap") == {"outcomes": ["A published roadmap"]}

    def test_what_is_not_published_is_not_found(self, world):
        texts = ("draft", "in review", "withdrawn", "Drafted Person")
        assert [hit for text in texts for group in search(text).groups.values() for hit in group.hits] == []

    def test_a_quote_is_found_once_and_only_of_what_is_published(self):
        source = make_source("A summit was proposed.")
        public, hidden = make_visit(), make_visit(state="draft")
        for visit in (public, public, hidden):
            cite(visit, source, "summit was proposed")
        assert quoted("summit") == ["[summit] was proposed"]

    @pytest.mark.parametrize(
        ("typed", "titles"),
        [
            ('"carbon credits"', ["Carbon credits"]),
            ("“carbon credits”", ["Carbon credits"]),
            ("credits -carbon", ["Export credits for carbonated water", "Credits of a bank"]),
            ("bank or carbon", ["Credits of a bank", "Carbon credits"]),
            ("carbon bank", []),
        ],
    )
    def test_operators(self, typed, titles):
        for title in ("Carbon credits", "Credits of a bank", "Export credits for carbonated water"):
            make_visit(title=title)
        assert sorted(found(typed, any_word=False).get("visits", [])) == sorted(titles)

    def test_a_text_without_a_word_finds_nothing(self):
        assert [found(text) for text in ("", "  ", "\x00", "...", "'", "-hydrogen", '""')] == [{}] * 7

    def test_operators_of_the_database_are_words(self):
        make_visit(title="Talks")
        texts = ("a & b | !c", "':*", '"talks', "(((", "ŉʼ’ \\':*", "talks\\")
        assert [found(text) for text in texts] == [{}, {}, found("talks"), {}, {}, found("talks")]

    def test_what_has_one_of_the_words_when_nothing_has_all(self):
        make_visit(head="Aina Orazowa", title="Talks about hydrogen")
        assert found("Orazowa hydrogen") == {"officials": ["Aina Orazowa"], "visits": ["Talks about hydrogen"]}
        assert found("Orazowa hydrogen", any_word=False) == {}

    def test_one_kind_alone_has_more_hits(self):
        for number in range(10):
            make_visit(title=f"Talks {number}")
        findings = search("talks", 3, only="visits")
        assert [len(findings.groups["visits"].hits), findings.groups["visits"].count] == [10, 10]
        assert found("talks", kinds=["meetings"]) == {}

    def test_a_rare_word_is_found_among_old_rows_and_a_common_one_among_the_newest(self, monkeypatch):
        monkeypatch.setattr(texts, "WINDOW", 3)
        monkeypatch.setattr(texts, "ENOUGH", 2)
        for title in ("A rare word", *["A common word"] * 5):
            make_visit(title=title)
        groups = [search(word).groups["visits"] for word in ("rare", "common")]
        assert [(group.count, group.more) for group in groups] == [(1, False), (3, True)]


@pytest.mark.django_db
class TestSources:
    @pytest.fixture
    def source(self):
        source = make_source("The ministers met. They spoke about ammonia.", title="A story")
        cite(make_visit(), source, "The ministers met.")
        return source

    def hit(self, text):
        return [(plain(hit.title), marked(hit.snippet)) for hit in search(text).groups["sources"].hits]

    def test_a_text_that_is_not_free_is_found_but_only_quotes_of_it_are_shown(self, source):
        assert self.hit("ammonia") == [("A story", "")]
        assert self.hit("ministers") == [("A story", "The [ministers] met.")]

    def test_of_a_free_text_the_words_are_shown(self, source):
        Source.objects.update(free_to_show=True)
        assert self.hit("ammonia") == [("A story", "The ministers met. They spoke about [ammonia].")]

    def test_a_source_that_no_published_record_cites_is_not_found(self, source):
        Citation.objects.update(visit=make_visit(state="draft"))
        assert found("ammonia") == {}

    def test_its_words_follow_the_source(self, source):
        Source.objects.update(title="Another story")
        assert [list(found(text)) for text in ("another", "ammonia")] == [["sources"], ["sources"]]
        Citation.objects.all().delete()
        source.delete()
        assert SourceWords.objects.count() == 0

    def test_a_text_of_any_length_and_of_any_words_is_kept(self):
        strange = " ".join(chr(code) for code in range(0x4E00, 0x9FFF))
        make_source(f"ammonia {strange} " + "hydrogen " * SEARCHED)
        assert SourceWords.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Raşit Meredow came", "meredow", "Raşit [Meredow] came"),
        ("Raşit Meredow came", "rasit", "[Raşit] Meredow came"),
        ("Hydrogen-based fuels", "hydrogen", "[Hydrogen-based] fuels"),
        ("An oil and a gas field", "a oil", "An [oil] and [a] gas field"),
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
    assert len(plain(cut)) <= 202
