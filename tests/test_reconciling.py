"""What a cell of somebody's table means: candidates, what is certain, values to fetch. Nothing that is not public."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.world import (
    build_world,
    make_country,
    make_dialogue,
    make_official,
    make_organization,
    make_post,
    make_tenure,
    make_topic,
    make_user,
    make_visit,
)
from visits import catalogue, names
from visits.models import CountryName, Official, Organization, RetiredId, TopicName
from visits.reconciling import KINDS, Question, Wanted, Wish, extend, reconcile, suggest
from visits.review import merging

pytestmark = pytest.mark.django_db


def ask(text, *kinds, limit=10, **beside):
    properties = {name: Wanted(value if isinstance(value, list) else [value]) for name, value in beside.items()}
    return reconcile({"q": Question(text, kinds, limit, properties)})["q"]


def found(candidates):
    return [(one.name, one.match) for one in candidates]


def seen(name, country="TM", year="2010", post="Foreign Minister", rank="foreign-minister"):
    make_visit(country, "US", f"{year}-05-01", head=name, post=post, rank=rank)
    return Official.objects.get(name=name, country=country)


def call(country, text, language=""):
    CountryName.objects.create(
        country=make_country(country), text=text, key=names.search_key(text), language=language, kind="synonym"
    )


# names


@pytest.mark.parametrize(
    "text",
    [
        "Aina Orazowa", "ORAZOWA, Aina", "Айна Оразова", "aina   orazowa", "Foreign Minister Aina Orazowa",
        "\u200fAina Orazowa\u200e",
    ],
)  # fmt: skip
def test_an_official_is_found_under_any_spelling(world, text):
    make_official("Aina Orazowa", other_names=["Айна Оразова"])
    assert found(ask(text, "official")) == [("Aina Orazowa", True)]


def test_another_spelling_needs_country_post_and_time(world):
    seen("Rashid Meredov")
    assert found(ask("Raschid Meredow", "official")) == [("Rashid Meredov", False)]
    beside = {"country": "Turkmenistan", "post": "Minister of Foreign Affairs", "date": "2011-03-04"}
    assert found(ask("Raschid Meredow", "official", **beside)) == [("Rashid Meredov", True)]


def test_a_surname_is_certain_where_country_post_and_time_leave_one():
    seen("Park Geun-hye", "KR", "2013", "President", "head-of-state")
    seen("Park Chung-hee", "KR", "1965", "President", "head-of-state")
    beside = {"country": "KR", "date": "2013-05-07"}
    assert found(ask("President Park", "official", **beside))[0] == ("Park Geun-hye", True)
    assert [match for _name, match in found(ask("President Park", "official", country="KR"))] == [False, False]


def test_two_of_one_name_are_never_certain():
    seen("Ivan Petrov", "RU")
    seen("Ivan Petrov", "BG")
    assert found(ask("Ivan Petrov", "official")) == [("Ivan Petrov", False), ("Ivan Petrov", False)]
    best, other = ask("Ivan Petrov", "official", country="BG")
    assert (best.row["country"]["code"], best.match, other.match) == ("BG", True, False)
    assert best.score > other.score


def test_who_is_never_the_same_is_not_certain():
    old, new = seen("Benjamin Netanyahu", "IL", "1955"), seen("Binyamin Netanyahu", "IL", "2005")
    question = ("Foreign Minister Benjamin Netanyahu", "official")
    assert found(ask(*question, country="IL", date="2006"))[0] == ("Binyamin Netanyahu", True)
    merging.call_different(old, new, make_user("elena"))
    assert not any(match for _name, match in found(ask(*question, country="IL", date="2006")))


def test_two_people_in_one_cell_are_nobody(world):
    seen("Ken Mori", "JP", post="Prime Minister", rank="head-of-government")
    assert all(not one.match for one in ask("Prime Minister Ken Mori and Foreign Minister Aina Orazowa"))


def test_what_contradicts_the_name_is_not_certain(world):
    assert found(ask("Aina Orazowa", "official", country="Japan")) == [("Aina Orazowa", False)]


def test_a_candidate_says_what_speaks_for_it(world):
    (one,) = ask("Aina Orazowa", "official", country="TM", post="Foreign Minister", date="1950", rank="ambassador")
    assert one.agreement == {"country": True, "post": True, "date": False, "rank": False}
    assert one.description == "Turkmenistan · Foreign Minister 2021–2024"


def test_the_certain_one_has_the_highest_score():
    for code in ("TM", "JP"):
        seen(f"Head of {code}", code, post="President", rank="head-of-state")
    best, other = ask("President of Japan", "post")
    assert (best.name, best.match, other.name, other.match) == (
        "President, Japan",
        True,
        "President, Turkmenistan",
        False,
    )
    assert best.score > other.score


# other types


@pytest.mark.parametrize("text", ["TM", "TKM", "Turkmenistan", "Туркмения", "country-TM"])
def test_a_country_by_code_or_name(world, text):
    call("TM", "Туркмения", "ru")
    assert found(ask(text, "country"))[0] == ("Turkmenistan", True)


def test_a_name_of_two_countries_is_not_certain():
    for code in ("CD", "CG"):
        call(code, "Congo")
    assert found(ask("Congo", "country")) == [("Country CD", False), ("Country CG", False)]


def test_a_topic_by_synonym(world):
    TopicName.objects.create(topic=make_topic("hydrogen"), text="водород", key="vodorod")
    assert [(one.id, one.match) for one in ask("Водород", "topic")] == [("topic-hydrogen", True)]


def test_without_a_type_all_are_asked_and_one_name_of_two_types_is_not_certain(world):
    make_dialogue("trade", "Trade")
    assert {(one.id, one.match) for one in ask("Trade")} == {("topic-trade", False), ("dialogue-trade", False)}
    assert found(ask("Trade", "topic")) == [("Trade", True)]


def test_an_organization_and_a_dialogue(world):
    assert found(ask("European Union")) == [("European Union", True)]
    assert found(ask("Central Asia Japan", "dialogue")) == [("Central Asia Japan", True)]


# ids


def test_an_id_is_certain(world):
    one = Official.objects.get(name="Ken Mori")
    assert found(ask(f"official-{one.pk}")) == [("Ken Mori", True)]


def test_a_wikidata_id_in_or_beside_a_cell_is_certain(world):
    Official.objects.filter(name="Ken Mori").update(wikidata="Q42")
    assert found(ask("Q42")) == [("Ken Mori", True)]
    assert found(ask("K. Morri", "official", wikidata="Q42")) == [("Ken Mori", True)]
    assert found(ask("", "official", wikidata="Q42")) == [("Ken Mori", True)]


def test_the_id_of_a_merged_official_means_the_other(world):
    one = Official.objects.get(name="Ken Mori")
    RetiredId.objects.create(kind="official", record_id=10**6, uid=make_topic("trade").uid, merged_into=one.pk)
    RetiredId.objects.create(kind="official", record_id=10**6 + 1, uid=one.uid, merged_into=10**6)
    assert found(ask(f"official-{10**6 + 1}")) == [("Ken Mori", True)]
    assert extend([f"official-{10**6 + 1}"], [Wish("name")]) == {
        f"official-{10**6 + 1}": {"name": [{"str": "Ken Mori"}]}
    }


@pytest.mark.parametrize(
    "text", ["official-0", "official-99999999999999999999", "post-x", "topic-", "Q999", "ZZ", "😀", "\u200f"]
)
def test_an_id_or_a_name_of_nothing_finds_nothing(world, text):
    assert ask(text) == []


# only what is public


def test_nobody_finds_an_official_of_a_draft(world):
    hidden = Official.objects.get(name="Drafted Person")
    assert ask("Drafted Person", "official") == []
    assert ask(f"official-{hidden.pk}") == []
    assert suggest("Draft") == []
    assert extend([f"official-{hidden.pk}"], [Wish("name")]) == {f"official-{hidden.pk}": {"name": []}}


def test_a_time_known_from_a_draft_alone_says_nothing(world):
    make_visit(state="draft", start="1999-01-01", head="Aina Orazowa", post="Ambassador", rank="ambassador")
    (one,) = ask("Aina Orazowa", "official")
    assert one.description == "Turkmenistan · Foreign Minister 2021–2024"


def test_the_holders_of_a_post_are_those_that_are_public(world):
    post = make_post()
    make_tenure(Official.objects.get(name="Drafted Person"), post, "2019")
    values = extend([f"post-{post.pk}"], [Wish("holders"), Wish("tenures")])[f"post-{post.pk}"]
    assert [one["name"] for one in values["holders"]] == ["Aina Orazowa"]
    assert values["tenures"] == [{"str": "Aina Orazowa (2021/2024-06)"}]


# suggesting and fetching


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("ain", "Aina Orazowa"),
        ("oraz", "Aina Orazowa"),
        ("aina or", "Aina Orazowa"),
        ("turkm", "Turkmenistan"),
        ("hydr", "Hydrogen"),
    ],
)
def test_the_beginning_of_a_name_is_enough(world, prefix, name):
    assert suggest(prefix)[0].name == name


def test_suggestions_can_be_skipped(world):
    every = suggest("energy hydrogen trade", ["topic"], 0, 10)
    assert suggest("energy hydrogen trade", ["topic"], 1, 1) == every[1:2]


def test_the_values_of_an_official(world):
    one = Official.objects.get(name="Aina Orazowa")
    Official.objects.filter(pk=one.pk).update(wikidata="Q1")
    make_official("Aina Orazowa", other_names=["A. Orazowa", "Айна Оразова"])
    wishes = [Wish("wikidata"), Wish("country"), Wish("post"), Wish("tenures"), Wish("rank"), Wish("other_names", 1)]
    assert extend([f"official-{one.pk}"], wishes) == {
        f"official-{one.pk}": {
            "wikidata": [{"str": "Q1"}],
            "country": [{"id": "country-TM", "name": "Turkmenistan"}],
            "post": [{"id": f"post-{make_post().pk}", "name": "Foreign Minister"}],
            "tenures": [{"str": "Foreign Minister (2021/2024-06)"}],
            "rank": [{"str": "foreign-minister"}],
            "other_names": [{"str": "A. Orazowa"}],
        }
    }


def test_the_values_of_countries_topics_and_dialogues(world):
    make_country("SUHH").successors.add(make_country("TM"))
    dialogue = make_dialogue("ca-x", "CA X", ["UZ"])
    values = extend(
        ["country-SUHH", "country-JP", "topic-hydrogen", f"dialogue-{dialogue.slug}"],
        [Wish("alpha3"), Wish("successors"), Wish("region"), Wish("broader"), Wish("country")],
    )
    assert values["country-SUHH"]["successors"] == [{"id": "country-TM", "name": "Turkmenistan"}]
    assert values["country-JP"] | {"successors": []} == {
        "alpha3": [{"str": "JPN"}], "successors": [], "region": [{"str": "Eastern Asia"}], "broader": [], "country": [],
    }  # fmt: skip
    assert values["topic-hydrogen"]["broader"] == [{"id": "topic-energy", "name": "Energy"}]
    assert values["dialogue-ca-x"]["country"] == [{"id": "country-UZ", "name": "Uzbekistan"}]


def test_other_names_in_one_language(world):
    call("TM", "Туркмения", "ru")
    call("TM", "Turkménistan", "fr")
    assert extend(["country-TM"], [Wish("other_names", 0, "ru")])["country-TM"] == {
        "other_names": [{"str": "Туркмения"}]
    }


# how many queries


@pytest.mark.parametrize("number", [1, 3])
def test_a_batch_takes_the_same_queries_for_any_number_of_cells(number):
    build_world()
    for index in range(3):
        seen(f"Person Number{index}", "TM")
    catalogue.current()
    questions = {
        str(index): Question(f"Person Number{index}", ("official",), 5, {"country": Wanted(["Turkmenistan"])})
        for index in range(number)
    }
    with CaptureQueriesContext(connection) as captured:
        answers = reconcile(questions)
    assert all(found(one)[0][1] for one in answers.values())
    # the version of the reference data, labels of countries, savepoint, thresholds, names, release, ids, rows,
    # appearances, what is never the same: what was taken back, the pairs
    assert len(captured) == 11


@pytest.mark.parametrize("number", [1, 3])
def test_fetching_takes_the_same_queries_for_any_number_of_ids(world, number):
    for index in range(3):
        seen(f"Person Number{index}", "TM")
    ids = [f"official-{pk}" for pk in Official.objects.filter(name__startswith="Person").values_list("pk", flat=True)]
    catalogue.current()
    with CaptureQueriesContext(connection) as captured:
        extend(ids[:number], [Wish(name) for name in KINDS["official"].properties])
    # the version of the reference data, merged ids, ids, rows, appearances, tenures
    assert len(captured) == 6


def test_every_property_of_every_type_can_be_read(world):
    make_organization("ministry", "Ministry of Energy", is_reference=True, country=make_country("TM"))
    keys = {
        "official": Official.objects.get(name="Aina Orazowa").pk,
        "country": "TM",
        "post": make_post().pk,
        "organization": Organization.objects.get(slug="ministry").pk,
        "topic": "hydrogen",
        "dialogue": "central-asia-japan",
    }
    assert list(keys) == list(KINDS)
    for kind, key in keys.items():
        entity = f"{kind}-{key}"
        values = extend([entity], [Wish(name) for name in KINDS[kind].properties])[entity]
        shapes = {frozenset(value) for ones in values.values() for value in ones}
        assert shapes <= {frozenset(("id", "name")), frozenset(("str",)), frozenset(("int",))}
        assert values["url"][0]["str"].count("/") == 3
