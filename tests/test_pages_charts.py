"""The list of visits drawn: every view of the same filters, its rule, its numbers, its files, and where marks lead."""

import re

import pytest
from django.test import RequestFactory
from django.utils.translation import override
from lxml import etree

from tests.test_api_reading import get
from tests.world import make_visit
from visits import stats
from visits.filters import VisitFilter
from visits.pages import looking
from visits.pages.charts import bars, sides
from visits.pages.charts import world as shapes
from visits.wording import in_words

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


def look(query, view, rule="visit"):
    request = RequestFactory().get(f"/visits/?{query}")
    return looking.look_at(VisitFilter.open(request.GET, "/visits/"), view, rule)


def shown(client, url):
    """How many visits the list at this address has."""
    return client.get(url).context["count"].number


@pytest.mark.parametrize("view", looking.CHARTS)
@pytest.mark.parametrize("rule", stats.RULES)
def test_every_view_says_its_rule_and_offers_its_numbers(client, world, view, rule):
    page = client.get(f"/visits/?view={view}&rule={rule}&multilateral=false")
    text = page.content.decode()
    assert str(stats.RULES[rule].sentence) in text
    assert "are left out." in text
    assert [label for label, _url in page.context["chart_files"]] == ["SVG", "PNG", "CSV", "JSON"]


@pytest.mark.parametrize("view", looking.CHARTS)
def test_every_address_of_a_view_answers(client, world, view):
    page = client.get(f"/visits/?view={view}&guest=TM&from=2000&undated=true")
    addresses = re.findall(r'(?:xlink:)?href="(/(?:visits|relations|api)[^"]*)"', page.content.decode())
    wrong = {address for address in addresses if client.get(address.replace("&amp;", "&")).status_code != 200}
    assert (wrong, len(addresses) > 10) == (set(), True)


def test_the_views_keep_the_filters_and_the_rule(client, world):
    page = client.get("/visits/?view=map&rule=stop&guest=TM")
    assert {way.label: way.url for way in page.context["switches"]["views"]} == {
        "Table": "/visits/?rule=stop&guest=TM",
        "Map": "/visits/?rule=stop&guest=TM&view=map",
        "Timeline": "/visits/?rule=stop&guest=TM&view=timeline",
        "Matrix": "/visits/?rule=stop&guest=TM&view=matrix",
        "Network": "/visits/?rule=stop&guest=TM&view=network",
    }
    assert set(page.context["form"].hidden) == {("view", "map"), ("rule", "stop")}


@pytest.mark.parametrize("query", ["view=pie", "rule=hour", "view=map&view=matrix"])
def test_an_unknown_view_or_rule_is_named(client, world, query):
    assert client.get(f"/visits/?{query}").status_code == 400


def test_files_of_the_list_know_no_view(client, world):
    page = client.get("/visits/?view=map&rule=stop&guest=TM")
    assert page.context["files"][0]["address"] == "/visits.csv?guest=TM"


# timeline


def test_years_are_bars_with_what_is_known_to_the_day_apart(world):
    make_visit("TM", "JP", "2024-03")
    drawing = look("guest=TM", "timeline").drawing
    assert [(bar.year, bar.number, bar.exact == bar.part, bar.url) for bar in drawing.bars] == [
        ("2024", 2, True, "/visits/?guest=TM&year=2024")
    ]
    assert drawing.has_part


def test_visits_without_a_year_are_told_in_words(world):
    assert look("guest=TM", "timeline").words == [
        "From 2024 to 2024; most in 2024 (1).",
        "Of a year that is not known: 1; these are in no bar.",
    ]


def test_few_visits_are_shown_one_by_one_the_imprecise_pale(world):
    spans = look("", "timeline").spans
    assert [(span.row["id"], span.bar and span.bar.sure) for span in spans] == [
        (world.thin.pk, True),
        (world.from_organization.pk, False),
        (world.story.pk, True),
        (world.without_year.pk, None),
    ]


def test_a_scale_has_few_round_lines():
    filters = VisitFilter.open(RequestFactory().get("/").GET)
    group = stats.Group(("2001", "day"), 187, 187, filters, ("year", "precision"), ({}, {}))
    assert [value for value, _y in bars.bars_of(filters, [group]).lines] == [50, 100, 150]


# who goes to whom


def test_a_host_is_shaded_and_a_line_runs_from_the_guest(client, world):
    drawing = look("", "map").drawing
    assert [(land.words, land.level, shown(client, land.url)) for land in drawing.lands] == [
        ("Japan received 2", 5, 2),
        ("France received 1", 1, 1),
        ("Uzbekistan received 1", 1, 1),
    ]
    assert [(flow.words, shown(client, flow.url)) for flow in drawing.flows] == [
        ("United States to France: 1", 1),
        ("Turkmenistan to Japan: 2", 2),
    ]


def test_hosts_without_a_place_are_named(world):
    make_visit("US", "SUHH", "1972-05-22")
    assert look("", "map").drawing.missing == [("Soviet Union", 1, "/visits/?host=SUHH")]


def test_the_map_knows_most_countries():
    assert (len(shapes.shapes()) > 160, len(shapes.points()) > 240, "AQ" in shapes.shapes()) == (True, True, False)
    assert all(0 <= x <= shapes.WIDTH and 0 <= y <= shapes.HEIGHT for x, y in shapes.points().values())


def test_the_equator_lies_in_the_middle():
    assert shapes.project(0, 0) == (shapes.WIDTH / 2, shapes.HEIGHT / 2)


def test_the_matrix_leads_to_the_visits_of_each_cell(client, world):
    drawing = look("", "matrix").drawing
    cells = [cell for line in drawing.lines for cell in line.cells if cell]
    assert [(cell.number, shown(client, cell.url)) for cell in cells] == [(2, 2), (1, 1), (1, 1)]
    assert (drawing.lines[0].name, drawing.lines[0].total) == ("Turkmenistan", 2)


def test_counterparts_are_joined_in_both_directions(client, world):
    make_visit("JP", "TM", "2020-01-01")
    found = look("", "network")
    pair = found.drawing.pairs[0]
    assert (pair.labels, pair.number, shown(client, pair.url)) == (("Japan", "Turkmenistan"), 3, 3)
    assert {node.words: shown(client, node.url) for node in found.drawing.nodes}["Japan: 3"] == 3


def test_a_network_is_the_same_each_time(world):
    assert look("", "network").drawing == look("", "network").drawing


@pytest.mark.parametrize(("number", "level"), [(0, 0), (1, 1), (25, 3), (100, 5)])
def test_the_root_of_a_number_says_how_strong_it_is(number, level):
    assert sides.level(number, 100) == level


# files


@pytest.mark.parametrize("view", looking.CHARTS)
def test_a_drawing_to_take_away_carries_title_rule_and_day(client, world, view):
    response = client.get(f"/visits/{view}.svg?guest=TM&rule=day")
    drawing = etree.fromstring(response.content)
    said = " ".join(drawing.itertext())
    assert (drawing.tag, drawing.find(f"{SVG}title").text) == (f"{SVG}svg", "Days of visits by Turkmenistan")
    assert (str(stats.RULES["day"].sentence) in said, "Data of" in said) == (True, True)
    assert response["Content-Disposition"] == f'attachment; filename="visits-{view}.svg"'


def test_a_picture_to_take_away(client, world):
    assert client.get("/visits/map.png").content[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_numbers_to_take_away_carry_their_rule(client, world):
    rule = stats.sentence("visit", VisitFilter.open(RequestFactory().get("/?multilateral=false").GET))
    lines = client.get("/visits/matrix.csv?guest=TM&multilateral=false").content.decode("utf-8-sig").splitlines()
    assert lines == [
        "guest,guest_name,host,host_name,number,visits,rule",
        f'TM,Turkmenistan,JP,Japan,2,2,"{rule}"',
    ]


def test_the_json_of_a_chart_has_its_numbers(client, world):
    page = client.get("/visits/?view=map&guest=TM&rule=day")
    body = get(client, dict(page.context["chart_files"])["JSON"].removeprefix("/api/v1/")).json()
    assert (body["rule"], body["total"]) == ("day", 2)


@pytest.mark.parametrize("view", looking.CHARTS)
def test_nothing_to_draw_is_said(client, db, view):
    assert "nothing is counted here" in client.get(f"/visits/?view={view}").content.decode()


# Filters' version of the reference data, what changed of what is counted; the timeline also few visits, their version.
QUERIES = {"map": 2, "matrix": 2, "network": 2, "timeline": 4}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("view", QUERIES)
def test_a_view_has_a_constant_number_of_queries(client, django_assert_num_queries, view, count):
    for number in range(count):
        make_visit(("TM", "JP", "UZ")[number], "US", f"202{number}", head=f"Head {number}", topics=["hydrogen"])
    client.get(f"/visits/?view={view}")
    with django_assert_num_queries(QUERIES[view]):
        client.get(f"/visits/?view={view}")


# facets and words


def test_facets_come_as_a_part_or_as_a_page(client, world):
    part = client.get("/visits/narrow/?host=JP", headers={"HX-Request": "true"})
    page = client.get("/visits/narrow/?host=JP")
    assert ("<html" in part.content.decode(), "<html" in page.content.decode()) == (False, True)
    assert [facet.name for facet in part.context["facets"]] == [facet.name for facet in page.context["facets"]]


@pytest.mark.parametrize("count", [1, 3])
def test_facets_take_a_constant_number_of_queries(client, django_assert_num_queries, count):
    for number in range(count):
        make_visit(("TM", "JP", "UZ")[number], "US", f"202{number}", head=f"Head {number}", topics=["hydrogen"])
    client.get("/visits/narrow/")
    with django_assert_num_queries(2):  # the version of the reference data, whether the numbers of all visits changed
        client.get("/visits/narrow/")


def test_names_have_their_article_in_an_english_sentence():
    names = ["United States", "Netherlands", "Holy See", "Solomon Islands", "European Union", "Japan", "Guinea"]
    assert [in_words(name) for name in names] == [
        "the United States", "the Netherlands", "the Holy See", "the Solomon Islands", "the European Union",
        "Japan", "Guinea",
    ]  # fmt: skip
    with override("ru"):
        assert in_words("United States") == "United States"
