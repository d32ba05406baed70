"""A printed place to a city: of the country, of one that followed it, and without the words for its region."""

import pytest

from tests.world import make_city, make_country
from visits import record
from visits.matching import Matcher

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("printed", "country", "found"),
    [
        ("Turku", "FI", "Turku"),
        ("Turku (Finland Proper)", "FI", "Turku"),
        ("Moscow", "SUHH", "Moscow"),
        ("Turku", "SUHH", None),
        ("Lubny", "SUHH", None),
    ],
)
def test_a_place_is_a_city_where_its_country_has_one(printed, country, found):
    soviet = make_country("SUHH")
    soviet.successors.add(make_country("RU"), make_country("UA"))
    cities = {"Turku": make_city("Turku", "FI"), "Moscow": make_city("Moscow", "RU")}
    make_city("Lubny", "RU"), make_city("Lubny", "UA")  # two successors have one: not certain
    match = Matcher().city(record.Place(as_printed=printed), country)
    assert match == (cities[found].pk if found else None)
