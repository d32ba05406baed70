"""The word lists and patterns that editors may extend."""

import re

import pytest

from visits import enums
from visits.imports.article import lexicon
from visits.imports.article.frames import country_frames, frames, meeting_frames
from visits.imports.article.gazetteer import gazetteer, ru_stem
from visits.imports.article.people_ru import name_stem
from visits.imports.article.sentences import split, tokens

FILES = ("dates", "posts", "talks", "text", "visits")


@pytest.mark.parametrize("language", lexicon.LANGUAGES)
def test_every_pattern_compiles_and_has_a_name_of_its_own(language: str) -> None:
    every = [*frames(language), *meeting_frames(language), *country_frames(language)]
    names = [frame.name for frame in frames(language)]
    assert len(names) == len(set(names))
    assert all(
        frame.pattern.pattern and "{" not in re.sub(r"\{\d*,?\d*\}", "", frame.pattern.pattern) for frame in every
    )


@pytest.mark.parametrize("language", lexicon.LANGUAGES)
def test_what_the_lists_name_exists(language: str) -> None:
    visits, talks, posts = (lexicon.table(language, name) for name in ("visits", "talks", "posts"))
    assert {frame["status"] for frame in visits["frame"]} <= {*enums.Status.values, ""}
    assert set(visits["kinds"]) <= set(enums.VisitKind.values)
    assert {item["modality"] for item in [*talks["topic"], *talks["outcome"]]} <= set(enums.Modality.values)
    assert {item["kind"] for item in [*talks["outcome"], *talks["outcome_kind"]]} <= set(enums.OutcomeKind.values)
    assert {item["rank"] for item in posts["rank"]} <= set(enums.Rank.values)


def test_both_languages_have_the_same_files() -> None:
    for language in lexicon.LANGUAGES:
        assert sorted(path.stem for path in (lexicon.LEXICON / language).glob("*.toml")) == sorted(FILES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the U.S. and the US", [("US", "name"), ("US", "name")]),
        ("the US envoy told us", [("US", "demonym")]),
        ("New Zealand, not Zealand", [("NZ", "name")]),
        ("South Korea and North Korean soldiers", [("KR", "name"), ("KP", "demonym")]),
        ("from Paris to the South China Sea", [("FR", "city"), ("", "region")]),
    ],
)
def test_countries_are_found_by_name_people_and_city(text: str, found: list[tuple[str, str]]) -> None:
    places = gazetteer("en").find_places(tokens(text, 0, len(text)))
    assert [(place.code, place.kind) for place in places] == found


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("в Японии и Китае", ["JP", "CN"]),
        ("российско-оманское сотрудничество", ["RU", "OM"]),
        ("с Южной Кореей и КНДР", ["KR", "KP"]),
        ("Соединённых Штатов Америки", ["US"]),
        ("с Никосом", []),
    ],
)
def test_russian_countries_are_found_in_any_case(text: str, codes: list[str]) -> None:
    assert [place.code for place in gazetteer("ru").find_places(tokens(text, 0, len(text)))] == codes


@pytest.mark.parametrize(
    "forms", [("Россия", "России", "Россией"), ("японский", "японского"), ("Китай", "Китае", "Китаем")]
)
def test_russian_words_share_a_stem_in_all_cases(forms: tuple[str, ...]) -> None:
    assert len({ru_stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    "forms", [("Козлов", "Козлова", "Козловым"), ("Сергей", "Сергея", "Сергеем"), ("Мехта", "Мехты", "Мехтой")]
)
def test_russian_names_share_a_stem_in_all_cases(forms: tuple[str, ...]) -> None:
    assert len({name_stem(form) for form in forms}) == 1


def test_sentences_keep_their_offsets_and_leave_furniture_out() -> None:
    text = "PUBLISHED : 3 Jan 2020\nMr. Berg of the U.S. came.\nHe left at 5 p.m. on Friday. Good.\n\nRead more: a link"
    assert [text[s.start : s.end] for s in split(text, "en")][:2] == [
        "Mr. Berg of the U.S. came.",
        "He left at 5 p.m. on Friday.",
    ]
    assert all("a link" not in text[s.start : s.end] for s in split(text, "en"))
