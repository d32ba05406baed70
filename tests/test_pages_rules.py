"""The switch of what is counted on the pages of a pair, a country and several countries, and in what they give away."""

import pytest
from django.test import RequestFactory

from tests.test_api_reading import get
from tests.world import make_country, make_meeting, make_visit
from visits import stats
from visits.filters import VisitFilter

pytestmark = pytest.mark.django_db

PAGES = ["/relations/TM-JP/", "/countries/TM/", "/countries/compare/?country=TM&country=JP"]
FILES = ["/relations/TM-JP.{}", "/countries/TM.{}"]


@pytest.fixture
def traffic(db):
    """Of TM to JP three visits in a row: two touch, one is a summit; a meeting lies in two of different years."""
    last = make_visit("TM", "JP", "2023-12-30", "2023-12-31", head="Aina Orazowa", topics=["hydrogen"])
    first = make_visit("TM", "JP", "2024-01-01", "2024-01-04", head="Aina Orazowa", topics=["hydrogen"])
    make_visit("TM", "JP", "2024-06", kind="summit")
    make_visit("JP", "TM", "2024-09-09")
    make_meeting(visits=[last, first], participants=[("Ken Mori", "JP")])


def also(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}"


def sentence(rule: str, query: str) -> str:
    return stats.sentence(rule, VisitFilter.open(RequestFactory().get(f"/?{query}").GET))


def years_of(page):
    return page["years"] if "years" in page else page["beside"][0].years


def number(client, url):
    return client.get(url).context["count"].number


@pytest.mark.parametrize("url", PAGES)
def test_the_page_says_by_which_rule_it_counts(client, traffic, url):
    queries = [f"rule={rule}&multilateral=false" for rule in stats.RULES]
    pages = [client.get(also(url, query)).content.decode() for query in queries]
    said = [sentence(rule, "multilateral=false") for rule in stats.RULES]
    assert [[one for one in said if one in page] for page in pages] == [[one] for one in said]


COUNTED = {
    "": ({2023: 1, 2024: 2}, {2024: 1}),
    "rule=stop": ({2023: 1, 2024: 1}, {2024: 1}),
    "rule=meeting": ({2023: 1, 2024: 1}, {}),
    "rule=day": ({2023: 2, 2024: 4}, {2024: 1}),
    "multilateral=false": ({2023: 1, 2024: 1}, {2024: 1}),
    "multilateral=true": ({2024: 1}, {}),
    "rule=stop&multilateral=false": ({2023: 1}, {2024: 1}),
}


@pytest.mark.parametrize("url", PAGES)
def test_years_are_counted_as_asked(client, traffic, url):
    found = {query: years_of(client.get(also(url, query)).context).bars for query in COUNTED}
    assert {
        query: tuple({bar.year: value for bar in bars if (value := getattr(bar, way))} for way in ("there", "back"))
        for query, bars in found.items()
    } == COUNTED


@pytest.mark.parametrize(
    ("query", "made", "words"),
    [
        ("", [3, 1], ["visits by Turkmenistan", "visit by Japan"]),
        ("rule=stop", [2, 1], ["country stops by Turkmenistan", "country stop by Japan"]),
        ("rule=meeting", [1, 0], ["meeting on visits by Turkmenistan", "meetings on visits by Japan"]),
        ("rule=day", [6, 1], ["days of visits by Turkmenistan", "day of visits by Japan"]),
        ("multilateral=false", [2, 1], ["visits by Turkmenistan", "visit by Japan"]),
    ],
)
def test_the_numbers_of_both_sides_follow(client, traffic, query, made, words):
    sides = client.get(f"/relations/TM-JP/?{query}").context["sides"]
    assert ([side.made for side in sides], [side.words for side in sides]) == (made, words)


def test_a_meeting_in_two_years_counts_once_in_all(client, traffic):
    page = client.get("/relations/TM-JP/?rule=meeting").context
    assert [(topic.name, topic.number) for topic in page["topics"]] == [("Energy", 1), ("Hydrogen", 1)]
    assert [count for count, _url in page["ranks"][0].numbers] == [1, 0]
    country = client.get("/countries/TM/?rule=meeting").context
    assert (country["traffic"].made, country["partners"][0].made, country["topics"][0].number) == (1, 1, 1)


def test_records_are_shown_whatever_is_counted(client, traffic):
    page = client.get("/relations/TM-JP/?multilateral=true").context
    assert (len(page["visits"]), page["last"][0]["start"]) == (4, "2024-09-09")


def test_nothing_that_is_counted_is_said(client, traffic):
    page = client.get("/relations/JP-TM/?rule=meeting&multilateral=true").content.decode()
    assert ("nothing is counted here" in page, "No visit between them" in page) == (True, False)


@pytest.mark.parametrize("url", PAGES)
def test_every_mark_leads_to_its_records(client, traffic, url):
    bars = years_of(client.get(also(url, "multilateral=false")).context).bars
    numbers = [(bar.url, bar.there + bar.back) for bar in bars]
    numbers += [(bar.there_url, bar.there) for bar in bars if bar.there]
    numbers += [(bar.back_url, bar.back) for bar in bars if bar.back]
    assert [number(client, address) for address, _value in numbers] == [value for _address, value in numbers]


@pytest.mark.parametrize("url", PAGES)
def test_the_switch_keeps_the_address(client, traffic, url):
    switches = client.get(also(url, "rule=day&multilateral=true")).context["switches"]
    assert {way.label: way.url for ways in switches.values() for way in ways} == {
        "Visits": also(url, "multilateral=true"),
        "Country stops": also(url, "multilateral=true&rule=stop"),
        "Meetings": also(url, "multilateral=true&rule=meeting"),
        "Days": also(url, "multilateral=true&rule=day"),
        "in": also(url, "rule=day"),
        "out": also(url, "rule=day&multilateral=false"),
        "alone": also(url, "rule=day&multilateral=true"),
    }


@pytest.mark.parametrize("url", [*PAGES, *(file.format("csv") for file in FILES)])
def test_what_is_unknown_is_named(client, traffic, url):
    queries = ["rule=hour", "multilateral=perhaps", "rule=day&rule=stop"]
    answers = [client.get(also(url, query)) for query in queries]
    named = [(answer.status_code, [one.field for one in answer.context["problems"]]) for answer in answers]
    assert named == [(400, ["rule"]), (400, ["multilateral"]), (400, ["rule"])]
    assert [client.get(answer.context["without"]).status_code for answer in answers] == [200, 200, 200]


@pytest.mark.parametrize("url", FILES)
def test_files_count_by_the_rule_and_carry_it(client, traffic, url):
    query = "rule=stop&multilateral=false"
    lines = client.get(f"{url.format('csv')}?{query}").content.decode("utf-8-sig").splitlines()
    said = sentence("stop", "multilateral=false")
    assert [line.split(",", 3)[1:] for line in lines[1:]] == [["1", "0", f'"{said}"'], ["0", "1", f'"{said}"']]
    drawing = client.get(f"{url.format('svg')}?{query}").content.decode()
    assert "(country stops, without multilateral visits)" in drawing


@pytest.mark.parametrize("url", PAGES)
def test_addresses_of_files_keep_the_rule(client, traffic, url):
    page = client.get(also(url, "rule=stop&multilateral=false")).context
    files = dict(page["beside"][0].traffic.files if "beside" in page else (page.get("files") or page["traffic"].files))
    rows = client.get(files["CSV"]).content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[1:3] for row in rows[1:]] == [[str(bar.there), str(bar.back)] for bar in years_of(page).bars]
    body = get(client, files["JSON"].removeprefix("/api/v1/")).json()
    assert (body["rule"], body["total"]) == ("stop", 2)
    assert list(files) == ["SVG", "PNG", "CSV", "JSON"]


def test_other_filters_of_a_comparison_are_shown_and_kept(client, traffic):
    page = client.get("/countries/compare/?country=TM&country=JP&topic=hydrogen&rule=day").context
    assert [(chip.name, chip.url) for chip in page["chips"]] == [
        ("topic", "/countries/compare/?country=TM&country=JP&rule=day")
    ]
    assert page["beside"][0].without == "/countries/compare/?country=JP&topic=hydrogen&rule=day"
    assert set(page["kept"]) == {("country", "TM"), ("country", "JP"), ("topic", "hydrogen"), ("rule", "day")}
    rows = client.get(dict(page["beside"][0].traffic.files)["CSV"]).content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == ["2", "4"]


def test_a_pair_is_cited_with_its_rule(client, traffic):
    text = client.get("/relations/TM-JP/?rule=stop&cite=txt").content.decode()
    assert ("Turkmenistan – Japan (country stops)" in text, "/relations/TM-JP/?rule=stop" in text) == (True, True)


def test_another_writing_of_the_address_keeps_the_rule(client, traffic):
    make_country("TM")
    places = [client.get(f"{url}?rule=day")["Location"] for url in ("/relations/tkm-jpn/", "/countries/tm/")]
    assert places == ["/relations/TM-JP/?rule=day", "/countries/TM/?rule=day"]


# Here the pair has neither promises nor meetings elsewhere.
QUERIES = {PAGES[0]: 9, PAGES[1]: 13, PAGES[2]: 2}
# Which meetings lie in the visits; which bodies are international, and which dialogues are of more than two.
MORE = {"meeting": 1, "multilateral": 2}


@pytest.mark.parametrize("url", PAGES)
def test_counting_takes_a_constant_number_of_queries(client, django_assert_num_queries, traffic, url):
    for query in COUNTED:
        client.get(also(url, query))
        with django_assert_num_queries(QUERIES[url] + sum(more for word, more in MORE.items() if word in query)):
            client.get(also(url, query))
