"""Names that reference data have in the languages of the interface are found, whatever language the reader has."""

import pytest
from django.test import RequestFactory
from django.utils import translation

from tests.test_api_reading import get
from tests.world import make_country, make_dialogue, make_organization, make_topic
from visits import lookup, native
from visits.filters import FilterError, VisitFilter
from visits.models import Country, Dialogue, Organization, Topic
from visits.search import plain, search

MODELS = {"countries": Country, "topics": Topic, "dialogues": Dialogue, "organizations": Organization}


@pytest.fixture(params=["en", "ru"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def reference(db):
    make_country("TM")
    make_topic("hydrogen")
    make_organization("eu")
    make_dialogue("apec-leaders", "APEC Economic Leaders' Meeting")


@pytest.mark.parametrize(
    ("text", "kind", "url"),
    [
        ("водород", "topics", "/topics/hydrogen/"),
        ("саммит атэс", "dialogues", "/dialogues/apec-leaders/"),
        ("европейский союз", "organizations", "/organizations/"),
        ("европ союз", "organizations", "/organizations/"),
        ("Туркменистан", "countries", "/countries/TM/"),
    ],
)
def test_the_search_finds_them(client, reference, language, text, kind, url):
    (hit,) = search(text).groups[kind].hits
    assert hit.url.startswith(url)
    suggested = get(client, f"suggest/?q={text}").json()["suggestions"]
    assert any(one["kind"] == kind and one["url"].startswith(url) for one in suggested)


def test_the_name_that_was_found_is_shown(reference):
    (hit,) = search("европейский").groups["organizations"].hits
    assert (plain(hit.title), plain(hit.snippet)) == ("European Union", "Европейский союз")


def test_a_name_that_is_nearly_so_is_found(reference):
    found = search("Европейскй саюз")
    assert (found.nearly, [plain(hit.title) for hit in found.groups["organizations"].hits]) == (
        True,
        ["European Union"],
    )


@pytest.mark.parametrize(
    ("kind", "text", "own"),
    [
        ("topics", "водород", "Hydrogen"),
        ("dialogues", "атэс", "APEC Economic Leaders' Meeting"),
        ("organizations", "евр союз", "European Union"),
        ("countries", "Туркмен", "Turkmenistan"),
    ],
)
def test_lists_find_them_by_name(client, reference, kind, text, own):
    found = get(client, f"{kind}/?q={text}").json()["results"]
    assert [one["name"] for one in found] == [own]


@pytest.mark.django_db
def test_what_is_not_public_is_not_found_by_such_a_name():
    Organization.objects.create(slug="adb", name="Asian Development Bank", key="asian development bank")
    assert search("Азиатский банк развития").groups == {}


@pytest.mark.parametrize(
    ("query", "nearest"),
    [
        ("topic=Водород", "hydrogen"),
        ("dialogue=Саммит АТЭС", "apec-leaders"),
        ("guest=Европейский союз", "eu"),
        ("host=Туркменистан", "TM"),
    ],
)
def test_a_value_in_another_language_is_told_what_it_means(reference, language, query, nearest):
    with pytest.raises(FilterError) as refused:
        VisitFilter.open(RequestFactory().get(f"/visits/?{query}").GET)
    assert refused.value.problems[0].nearest[0] == nearest


@pytest.mark.parametrize("kind", MODELS)
def test_each_name_finds_its_record(kind):
    model = MODELS[kind]
    missed = [
        (record, text)
        for record, texts in native.everywhere(lookup.NATIVE[model][0]).items()
        for text in texts
        for step in lookup.Wanted(text, person=False).exact_steps[:1]
        if record not in {one.record for one in lookup.native_names(model, step)}
    ]
    assert missed == []


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.django_db
def test_they_take_a_constant_number_of_queries(django_assert_num_queries, count):
    for slug in ("adb", "afdb", "aiib")[:count]:
        make_organization(slug, is_reference=True)
    search("банк")
    with django_assert_num_queries(6):  # as of any word
        search("банк")
