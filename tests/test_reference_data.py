"""The reference files: whole, consistent, and enough for the real data."""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse as parse_xml  # the data sets are ours to trust

import pycountry
import pytest
from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

from tests import cldr_names
from visits import dates, enums, names, reference
from visits.imports import hsg_countries
from visits.imports.titles import parse_visitors

FILES = sorted(reference.FOLDER.glob("*.json"))
Item = dict[str, Any]


@cache
def table(name: str) -> dict[str, Any]:
    return json.loads((reference.FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def items(name: str) -> list[Item]:
    return table(name)["items"]


def repeated(values: list[Any]) -> list[Any]:
    seen: set[Any] = set()
    return [value for value in values if value in seen or seen.add(value)]  # type: ignore[func-returns-value]


def spans(country: Item) -> Iterator[tuple[str, str, str]]:
    """Each name of a country with the first and last day on which it means it, as sortable text."""
    whole = {"from": None, "to": None}
    for name in ({"text": country["name"]} | whole, {"text": country["official_name"]} | whole, *country["names"]):
        first = max(name["from"] or "", country["valid_from"] or "")
        yield names.search_key(name["text"]), first, min(name["to"] or "9999", country["valid_to"] or "9999")


# every file


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_where_its_facts_come_from(path: Path) -> None:
    assert table(path.stem)["origin"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_composed_unicode_without_tabs(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text).replace("\t", "")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("regions", "code"),
        ("countries", "code"),
        ("hsg-countries", "id"),
        ("topics", "slug"),
        ("dialogues", "slug"),
        ("organizations", "slug"),
        ("ranks", "slug"),
    ],
)
def test_a_file_is_sorted_and_names_nothing_twice(name: str, key: str) -> None:
    keys = [item[key] for item in items(name)]
    assert repeated(keys) == []
    if name not in ("countries", "ranks"):
        assert keys == sorted(keys)


@pytest.mark.parametrize("name", ["countries", "topics", "dialogues", "organizations", "cities"])
def test_every_name_has_a_text_a_language_and_stands_once(name: str) -> None:
    for item in items(name):
        texts = [name["text"] for name in item["names"]]
        assert repeated(texts) == []
        assert [text for text in texts if text != names.clean(text) or not text] == []
        assert [n for n in item["names"] if not re.fullmatch(r"[a-z]{2,3}(-\w+)*", n["language"])] == []


# countries


def test_every_country_of_iso_3166_is_there() -> None:
    codes = {country["code"]: country["alpha3"] for country in items("countries")}
    wanted = {country.alpha_2: country.alpha_3 for country in pycountry.countries}
    assert {code: codes.get(code) for code in wanted} == wanted


def test_a_former_country_has_an_end_and_successors_and_the_others_have_none() -> None:
    kinds = {c["code"]: c["kind"] for c in items("countries")}
    assert set(kinds.values()) == set(enums.CountryKind.values)
    ended = {c["code"] for c in items("countries") if c["valid_to"]}
    succeeded = {c["code"] for c in items("countries") if c["successors"]}
    assert ended == succeeded == {code for code, kind in kinds.items() if kind == "former"}


def test_regions_and_successors_exist() -> None:
    regions = {region["code"] for region in items("regions")}
    codes = {country["code"] for country in items("countries")}
    assert {r["parent"] for r in items("regions")} - regions == {None}
    assert {c["region"] for c in items("countries")} <= regions
    assert {code for c in items("countries") for code in c["successors"]} <= codes


def test_every_region_leads_to_the_world() -> None:
    parents = {region["code"]: region["parent"] for region in items("regions")}
    for code in parents:
        steps = 0
        while code is not None and steps < 6:
            code, steps = parents[code], steps + 1
        assert steps < 6


def test_dates_are_edtf_and_in_order() -> None:
    for country in items("countries"):
        dates.check_order(country["valid_from"] or "", country["valid_to"] or "")
        for name in country["names"]:
            dates.check_order(name["from"] or "", name["to"] or "")


def test_the_last_successor_begins_when_its_predecessor_ends() -> None:
    by_code = {country["code"]: country for country in items("countries")}
    for former in (c for c in items("countries") if c["kind"] == "former"):
        started = max(by_code[code]["valid_from"] or "" for code in former["successors"])
        if started:
            gap = date.fromisoformat(started) - date.fromisoformat(former["valid_to"])
            assert abs(gap.days) <= 1


def test_a_name_on_a_day_is_one_country_or_said_to_be_ambiguous() -> None:
    said = {names.search_key(entry["text"]): set(entry["codes"]) for entry in table("countries")["ambiguous"]["names"]}
    by_key = defaultdict(list)
    for country in items("countries"):
        for key, first, last in spans(country):
            by_key[key].append((country["code"], first, last))
    clashes = {
        key: {a[0], b[0]}
        for key, uses in by_key.items()
        for a, b in combinations(uses, 2)
        if a[0] != b[0] and max(a[1], b[1]) <= min(a[2], b[2])
    }
    assert clashes == said


def test_a_demonym_is_one_country_or_said_to_be_ambiguous() -> None:
    said = {entry["text"]: set(entry["codes"]) for entry in table("countries")["ambiguous"]["demonyms"]}
    by_text = defaultdict(set)
    for country in items("countries"):
        for demonym in (*country["demonyms"], *country["demonyms_ru"]):
            by_text[demonym].add(country["code"])
    assert {text: codes for text, codes in by_text.items() if len(codes) > 1} == said


@pytest.mark.parametrize(
    ("label", "day", "code"),
    [
        ("Republic of China", "1945-04-26", "CN"),
        ("Republic of China", "1961-07-31", "TW"),
        ("Zaire", "1989-06-29", "CD"),
        ("Burma", "2013-05-20", "MM"),
        ("Federal Republic of Germany", "1975-01-01", "DE"),
        ("Upper Volta", "1965-03-29", "BF"),
        ("U.S.S.R.", "1959-09-15", "SUHH"),
        ("West Germany", "1975-01-01", "DE"),
    ],
)
def test_a_name_and_a_day_pick_the_country(label: str, day: str, code: str) -> None:
    key = names.search_key(label)
    assert {
        c["code"] for c in items("countries") for k, first, last in spans(c) if k == key and first <= day <= last
    } == {code}


def test_capitals_are_on_the_globe() -> None:
    capitals = [c["capital"] for c in items("countries") if c["capital"]]
    assert [c for c in capitals if not (-90 <= c["lat"] <= 90 and -180 <= c["lon"] <= 180)] == []
    assert {c["code"] for c in items("countries") if c["kind"] == "country" and not c["capital"]} == set()


# topics, dialogues, organizations, cities


def test_topics_are_a_tree_of_enough_topics() -> None:
    parents = {topic["slug"]: topic["parent"] for topic in items("topics")}
    assert len(parents) >= 80
    for slug in parents:
        path: list[str] = []
        at: str | None = slug
        while at is not None:
            assert at not in path
            path.append(at)
            at = parents[at]


def test_a_phrase_belongs_to_one_topic() -> None:
    by_phrase = defaultdict(set)
    for topic in items("topics"):
        for phrase in (*topic["synonyms"], *(name["text"] for name in topic["names"])):
            by_phrase[phrase.casefold()].add(topic["slug"])
    assert {phrase: slugs for phrase, slugs in by_phrase.items() if len(slugs) > 1} == {}


def test_topic_phrases_are_lower_case_and_no_bare_common_word() -> None:
    phrases = {phrase for topic in items("topics") for phrase in topic["synonyms"]}
    assert {phrase for phrase in phrases if phrase != phrase.lower()} == set()
    assert phrases & {"development", "cooperation", "relations", "issues", "security", "partnership"} == set()


def test_dialogues_have_members_that_exist() -> None:
    known = {c["code"] for c in items("countries")} | {o["slug"] for o in items("organizations")}
    assert len(items("dialogues")) >= 12
    assert {member for d in items("dialogues") for member in d["members"]} <= known
    for dialogue in items("dialogues"):
        dates.parse(dialogue["since"])


@pytest.mark.parametrize("name", ["dialogues", "organizations"])
def test_a_name_belongs_to_one_entry(name: str) -> None:
    by_key = defaultdict(set)
    for item in items(name):
        texts = [item["name"], item.get("short_name"), *(n["text"] for n in item["names"])]
        for text in filter(None, texts):
            by_key[text.casefold()].add(item["slug"])
    assert {key: slugs for key, slugs in by_key.items() if len(slugs) > 1} == {}


def test_organizations_have_known_kinds_and_the_promised_slugs() -> None:
    assert {o["kind"] for o in items("organizations")} <= set(enums.OrganizationKind.values)
    assert {"eu", "un", "nato"} <= {o["slug"] for o in items("organizations")}


def test_a_city_is_once_in_a_country_that_exists() -> None:
    codes = {country["code"] for country in items("countries")}
    keys = [(city["country"], names.search_key(city["name"])) for city in items("cities")]
    assert repeated(keys) == []
    assert {country for country, _ in keys} <= codes


def test_every_capital_is_a_city() -> None:
    capitals = {(city["country"], city["name"]) for city in items("cities") if city["capital"]}
    assert capitals == {
        (c["code"], c["capital"]["name"]) for c in items("countries") if c["capital"] and c["kind"] != "former"
    }


def test_a_city_name_leads_to_one_city_or_is_said_to_be_ambiguous() -> None:
    said = {names.search_key(e["text"]): {c["country"] for c in e["cities"]} for e in table("cities")["ambiguous"]}
    by_key = defaultdict(set)
    for city in items("cities"):
        for text in (city["name"], *(n["text"] for n in city["names"])):
            by_key[names.search_key(text)].add((city["country"], city["name"]))
    found = {key: {country for country, _ in cities} for key, cities in by_key.items() if len(cities) > 1}
    assert found == said


# ranks and titles


def test_ranks_are_the_vocabulary_in_order() -> None:
    assert [rank["slug"] for rank in items("ranks")] == list(enums.Rank.values)
    assert [rank["order"] for rank in items("ranks")] == list(range(1, len(items("ranks")) + 1))


def test_titles_have_a_rank_and_stand_once_for_a_country() -> None:
    ranks, kinds = set(enums.Rank.values), {None, *enums.OrganizationKind.values}
    assert {t["rank"] for t in items("titles")} | {t.get("among_leaders", "other") for t in items("titles")} <= ranks
    assert {t["organization_kind"] for t in items("titles")} <= kinds
    keys = [
        (t["language"], t["title"].casefold(), country)
        for t in items("titles")
        for country in t.get("countries", [None])
    ]
    assert repeated(keys) == []


def test_a_misprint_is_mended_to_a_title_or_a_form_of_address() -> None:
    known = {t["title"].casefold() for t in items("titles")} | {h.casefold() for h in table("titles")["honorifics"]}
    mended = set(table("titles")["misprints"].values()) - {"secretary"}
    assert mended <= known


# loading


@pytest.mark.django_db
def test_loading_fills_the_tables_and_loading_again_changes_nothing() -> None:
    reference.load()
    assert sum(reference.load().values()) == 0


# the real data


def hsg_rows(folder: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Country id, label, first day, last day and place of every visit and leg."""

    def text(element: Any, tag: str) -> str:
        return names.clean(element.findtext(tag) or "")

    for pattern, tag, country in (
        ("hsg-visits/data/*.xml", "visit", "from"),
        ("hsg-travels/*-travels/*.xml", "trip", "country"),
    ):
        for path in sorted((folder / "data").glob(pattern)):
            for element in parse_xml(path).iter(tag):
                country_id = element.find(country).attrib["id"]
                label, place = text(element, country), text(element, "locale")
                yield country_id, label, text(element, "start-date"), text(element, "end-date"), place


def test_every_country_id_of_both_data_sets_has_a_code(shared_data: Path) -> None:
    assert {row[0] for row in hsg_rows(shared_data)} == {item["id"] for item in items("hsg-countries")}


def test_every_printed_label_is_a_country_that_existed_then(shared_data: Path) -> None:
    by_code = {country["code"]: country for country in items("countries")}
    for country_id, label, first, last, place in hsg_rows(shared_data):
        country = by_code[hsg_countries.country_of(country_id, label, first, place) or ""]
        assert (country["valid_from"] or "") <= first <= last <= (country["valid_to"] or "9999"), (label, first)


def test_every_rule_for_a_label_is_used(shared_data: Path) -> None:
    seen = {(row[0], row[1]) for row in hsg_rows(shared_data)}
    places = {(row[0], row[1], row[4]) for row in hsg_rows(shared_data)}
    rules = table("hsg-countries")["rules"]
    assert [r for r in rules if r["place"] is None and (r["id"], r["label"]) not in seen] == []
    assert [r for r in rules if r["place"] and (r["id"], r["label"], r["place"]) not in places] == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("russia", "U.S.S.R.", "1991-07-29", ""), "SUHH"),
        (("russia", "U.S.S.R.", "1992-02-16", ""), "RU"),
        (("united-kingdom", "United Kingdom", "1962-12-18", "Nassau (The Bahamas)"), "BS"),
        (("united-kingdom", "United Kingdom", "1962-12-18", "London"), "GB"),
        (("kosovo", "Yugoslavia (Kosovo)", "2001-07-24", ""), "YUCS"),
        (("serbia", "Serbia", "1997-05-31", ""), "YUCS"),
        (("serbia", "Serbia", "2020-09-04", ""), "RS"),
        (("hawaii", "Hawaii", "1874-12-12", ""), "x-hawaii"),
        (("somoa", "Somoa", "2022-09-28", ""), "WS"),
        (("taiwan", "China, Republic of", "1961-07-31", ""), "TW"),
        (("china", "China, Republic of", "1945-04-26", ""), "CN"),
        (("congo-kinshasa", "Congo, Democratic Republic of", "2014-05-03", ""), "CD"),
    ],
)
def test_label_date_and_place_pick_the_country(row: tuple[str, str, str, str], code: str) -> None:
    assert hsg_countries.country_of(*row) == code


def test_every_visitor_but_the_untitled_ones_begins_with_a_known_title(shared_data: Path) -> None:
    untitled = set()
    for path in sorted((shared_data / "data").glob("hsg-visits/data/*.xml")):
        for element in parse_xml(path).iter("visitor"):
            printed = names.clean("".join(element.itertext()))
            if not any(person.post for person in parse_visitors(printed)):
                untitled.add(printed)
    sheikhs = {visitor for visitor in untitled if visitor.startswith("Sheikh ")}
    assert len(untitled - sheikhs) == 2


def test_every_country_has_its_names_in_russian_french_and_its_own_languages():
    """Those of CLDR, as Babel has them; Russian ones that CLDR abbreviates (о-ва) are written out."""
    absent = []
    for country in items("countries"):
        code = country["code"]
        if len(code) != 2:
            continue
        texts = [country["name"], country["official_name"] or "", *(name["text"] for name in country["names"])]
        keys = {names.search_key(text) for text in texts}
        for language in ("ru", "fr", *get_official_languages(code, regional=True, de_facto=True)):
            try:
                text = Locale.parse(language).territories.get(code, code)
            except UnknownLocaleError:
                continue
            if names.search_key(text) not in keys and text != code and "о-в" not in text:
                absent.append((code, language, text))
    assert absent == []


def test_the_search_knows_what_other_languages_call_countries() -> None:
    assert items("country-names") == cldr_names.items(), "python -m tests.cldr_names"
