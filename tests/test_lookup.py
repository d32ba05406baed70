"""Records are found by their names in any spelling, the best first."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.world import make_country, make_official, make_organization, make_topic
from visits import lookup, names
from visits.models import Country, CountryName, Official, Organization, Topic

KEYS = st.lists(st.text("abcdefghijklmnopqrstuvwxyz0159", min_size=1, max_size=9), min_size=1, max_size=4).map(" ".join)


def best(text, rows=Official):
    found = lookup.best(rows._default_manager.all(), text)
    named = rows._default_manager.in_bulk(found)
    return [str(named[pk]) for pk in found]


@pytest.fixture
def several(db):
    for name, others in {
        "Rashid Meredov": ["Raşit Meredow"],
        "Shinzo Abe": ["安倍晋三"],
        "Xi Jinping": [],
        "Park Geun-hye": [],
        "Nursultan Nazarbayev": [],
        "Mohammed bin Salman": [],
        "Surangel Whipps": [],
        "Li Keqiang": [],
        "Alina Linde": [],
    }.items():
        make_official(name, other_names=others)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Рашид Мередов", "Rashid Meredov"),
        ("Raşit Meredow", "Rashid Meredov"),
        ("MEREDOV Rashid", "Rashid Meredov"),
        ("Рашид Овезгельдыевич Мередов", "Rashid Meredov"),
        ("R. Meredov", "Rashid Meredov"),
        ("Rashed Meredof", "Rashid Meredov"),
        ("mered", "Rashid Meredov"),
        ("Abe Shinzo", "Shinzo Abe"),
        ("Abe Shinzō", "Shinzo Abe"),
        ("安倍晋三", "Shinzo Abe"),
        ("习近平", "Xi Jinping"),
        ("Xi Jin Ping", "Xi Jinping"),
        ("Pak Geun-hye", "Park Geun-hye"),
        ("Nasarbajew", "Nursultan Nazarbayev"),
        ("Noursoultan Nazarbaïev", "Nursultan Nazarbayev"),
        ("محمد بن سلمان", "Mohammed bin Salman"),
        ("Muhamad Salman", "Mohammed bin Salman"),
        ("Surangel Whipps, Jr.", "Surangel Whipps"),
        ("President Li", "Li Keqiang"),
    ],
)
def test_an_official_is_found_first_by_any_spelling(several, typed, name):
    assert best(typed)[:1] == [name]


def test_a_whole_short_word_comes_before_words_that_begin_so(several):
    assert best("Li") == ["Li Keqiang", "Alina Linde"]


def test_nothing_is_found_by_what_is_no_word(several):
    assert [best(text) for text in ("", " ", "!!", "😀", "\u200b", "\x00")] == [[]] * 6


def test_what_is_typed_may_be_long(several):
    assert best("Meredov " * 2000) == ["Rashid Meredov"]


@pytest.mark.django_db
def test_signs_of_patterns_are_no_patterns():
    make_official("Aina Orazowa")
    assert [best(text) for text in ("%", "_", "a%a", "\\")] == [[]] * 4


@pytest.mark.django_db
def test_the_nearest_of_one_sound_comes_first():
    for name in ("Dina Mori", "Tina Mori"):
        make_official(name)
    assert best("Tina") == ["Tina Mori", "Dina Mori"]
    assert best("Dina") == ["Dina Mori", "Tina Mori"]


@pytest.mark.django_db
def test_countries_organizations_and_topics_are_found_the_same_way():
    country = make_country("KZ")
    CountryName.objects.create(country=country, text="Казахстан", key=names.search_key("Казахстан"), language="ru")
    make_organization("Ministry of Energy")
    make_topic("hydrogen")
    assert best("Казахстан", Country) == best("Kasachstan", Country) == best("qazaqstan", Country) == ["Country KZ"]
    assert best("energy ministry", Organization) == ["Ministry Of Energy"]
    assert best("hidrogen", Topic) == ["Hydrogen"]


@pytest.mark.django_db
def test_the_rows_found_may_be_any_part_and_in_one_order():
    for name in ("Mori Aoki", "Aoki Mori", "Mori Ito"):
        make_official(name)
    rows = Official.objects.exclude(name="Aoki Mori")
    assert [str(one) for one in lookup.found(rows, "mori")] == ["Mori Ito", "Mori Aoki"]


def sql(function, text):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT trim({function}(%s))", [text])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@given(KEYS)
def test_the_database_hears_as_we_do(key):
    assert sql("visits_sounds", key) == names.sound_key(key)


@pytest.mark.django_db
@given(KEYS)
def test_every_form_of_a_name_is_among_its_forms(key):
    forms = f" {sql('visits_name_forms', key)} "
    bare = [f"0{word}" for word in names.bare_key(key).split()]
    for form in (key, names.sound_key(key), names.sound_key(key.replace(" ", "")), *bare):
        assert f" {form} " in forms
