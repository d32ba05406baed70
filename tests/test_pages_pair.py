"""The page of two countries: each way, how even, who, about what, what is open, where else they met."""

import pytest
import time_machine

from tests.world import make_meeting, make_visit

pytestmark = pytest.mark.django_db


def open_pair(client, codes="TM-JP"):
    return client.get(f"/relations/{codes}/").context


def number(client, url):
    return client.get(url).context["count"].number


@pytest.fixture
def both_ways(db):
    make_visit("TM", "JP", "2023-05-01", "2023-05-03", head="Aina Orazowa", topics=["hydrogen"], outcomes=["A summit"])
    make_visit("TM", "JP", "2024-01-22", head="Aina Orazowa", topics=["trade"])
    make_visit("JP", "TM", "2024-06-01", head="Ken Mori", post="Prime Minister", rank="head-of-government")
    make_visit("TM", "US", "2024-02-02", outcomes=["Another's"])
    make_visit("JP", "TM", "XXXX-03-03")


def test_visits_are_counted_each_way(client, both_ways):
    page = open_pair(client)
    assert [(side.name, side.made, number(client, side.made_url)) for side in page["sides"]] == [
        ("Turkmenistan", 2, 2),
        ("Japan", 2, 2),
    ]
    assert page["even"] == 100


@pytest.mark.parametrize(("back", "even"), [(0, 0), (1, 50), (3, 100)])
def test_reciprocity_is_twice_the_smaller_share(client, back, even):
    for day in range(1, 4):
        make_visit("TM", "JP", f"2024-01-0{day}")
    for day in range(back):
        make_visit("JP", "TM", f"2024-02-0{day + 1}")
    assert open_pair(client)["even"] == even


def test_years_have_both_directions(client, both_ways):
    page = open_pair(client)
    assert [(bar.words, number(client, bar.url)) for bar in page["years"].bars] == [
        ("2023: Turkmenistan to Japan 1, Japan to Turkmenistan 0", 1),
        ("2024: Turkmenistan to Japan 1, Japan to Turkmenistan 1", 2),
    ]
    assert page["undated"] == 1


def test_who_led_is_set_against_each_other(client, both_ways):
    ranks = open_pair(client)["ranks"]
    assert [(rank.label, [count for count, _url in rank.numbers]) for rank in ranks] == [
        ("Head of government", [0, 1]),
        ("Foreign minister", [2, 0]),
    ]
    assert number(client, ranks[1].numbers[0][1]) == 2


@time_machine.travel("2024-06-11")
def test_the_days_since_the_last_visit_are_said(client, both_ways):
    make_visit("TM", "JP", "2024-09-01", status="planned")
    make_visit("TM", "JP", "2024-06-10", status="cancelled")
    page = open_pair(client)
    assert (page["last"][0]["start"], page["since"]) == ("2024-06-01", 10)


def test_topics_come_with_their_years(client, both_ways):
    found = {topic.name: (topic.number, topic.first, topic.last) for topic in open_pair(client)["topics"]}
    assert found == {"Energy": (1, "2023", "2023"), "Hydrogen": (1, "2023", "2023"), "Trade": (1, "2024", "2024")}


def test_only_open_promises_between_the_two_are_shown(client, both_ways):
    assert [outcome["title"] for outcome in open_pair(client)["promises"]] == ["A summit"]


def test_meetings_in_third_countries_are_shown_and_those_of_visits_are_not(client, both_ways):
    people = [("Aina Orazowa", "TM"), ("Ken Mori", "JP")]
    make_meeting(title="On the margins", venue="US", participants=people)
    make_meeting(title="At home", venue="JP", participants=people)
    make_meeting(title="Others", venue="US", participants=[("Ken Mori", "JP"), ("John Doe", "US")])
    page = open_pair(client)
    assert [row["title"] for row in page["elsewhere"]] == ["On the margins"]
    assert number(client, page["all_meetings"]) == 2


def test_the_address_has_our_codes(client, both_ways):
    response = client.get("/relations/tkm-jpn/")
    assert (response.status_code, response["Location"]) == (301, "/relations/TM-JP/")


@pytest.mark.parametrize("codes", ["TM-QQ", "TM", "TM-TM"])
def test_what_is_no_pair_is_not_found(client, both_ways, codes):
    assert client.get(f"/relations/{codes}/").status_code == 404


def test_an_organization_is_a_side_too(client, world):
    page = open_pair(client, "eu-UZ")
    assert [(side.name, side.made) for side in page["sides"]] == [("European Union", 1), ("Uzbekistan", 0)]


def test_a_pair_without_visits_says_so(client, world):
    assert "No visit between them is recorded." in client.get("/relations/FR-JP/").content.decode()


# The versions of the reference data for both lists' filters; what changed of what is counted; then the rows and the
# version for them: the last visit, promises, meetings elsewhere, the latest visits.
QUERIES = 2 + 1 + 8


@pytest.mark.parametrize("count", [1, 3])
def test_a_pair_has_a_constant_number_of_queries(client, django_assert_num_queries, count):
    for one in range(count):
        visit = make_visit("TM", "JP", f"202{one}-01-01", head=f"Head {one}", topics=["hydrogen"], outcomes=["A plan"])
        make_meeting(visits=[visit], participants=[("Ken Mori", "JP")], outcomes=["Another"])
        make_meeting(venue="US", participants=[("Aina Orazowa", "TM"), ("Ken Mori", "JP")])
    client.get("/relations/TM-JP/")
    with django_assert_num_queries(QUERIES):
        client.get("/relations/TM-JP/")


# countries


def test_a_country_has_its_years_partners_and_topics(client, both_ways):
    page = client.get("/countries/TM/").context
    assert (page["traffic"].made, page["traffic"].received, page["traffic"].undated) == (3, 2, 1)
    assert [(one.name, one.made, one.received) for one in page["partners"]] == [
        ("Japan", 2, 2),
        ("United States", 1, 0),
    ]
    assert [number(client, one.made_url) for one in page["partners"]] == [2, 1]
    assert {group.labels[0]: number(client, group.url) for group in page["topics"]} == {
        "Energy": 1, "Hydrogen": 1, "Trade": 1,
    }  # fmt: skip


def test_countries_side_by_side_have_one_scale(client, both_ways):
    page = client.get("/countries/compare/?country=TM&country=us&country=").context
    assert [(one.traffic.name, one.traffic.made, one.traffic.received) for one in page["beside"]] == [
        ("Turkmenistan", 3, 2),
        ("United States", 0, 1),
    ]
    assert {(one.years.most, tuple(one.years.labels)) for one in page["beside"]} == {
        (2, (("2023", 25.0), ("2024", 75.0)))
    }
    assert page["beside"][1].without == "/countries/compare/?country=TM"


@pytest.mark.parametrize(("query", "status"), [("", 200), ("country=US", 200), ("country=QQ", 400), ("page=2", 400)])
def test_what_can_be_compared(client, both_ways, query, status):
    assert client.get(f"/countries/compare/?{query}").status_code == status


@pytest.mark.parametrize("codes", ["country=TM", "country=TM&country=JP&country=US"])
def test_comparing_takes_a_constant_number_of_queries(client, django_assert_num_queries, both_ways, codes):
    client.get("/countries/compare/?country=TM")
    with django_assert_num_queries(2):  # the version of the reference data, the numbers
        client.get(f"/countries/compare/?{codes}")


def test_the_drawing_of_both_ways_can_be_taken_away(client, both_ways):
    drawing = client.get("/relations/TM-JP.svg").content.decode()
    assert "Above: Turkmenistan to Japan; below: Japan to Turkmenistan." in drawing
    assert client.get("/relations/TM-JP.png").content.startswith(b"\x89PNG")
    rows = client.get("/relations/TM-JP.csv").content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[:3] for row in rows] == [
        ["year", "Turkmenistan to Japan", "Japan to Turkmenistan"], ["2023", "1", "0"], ["2024", "1", "1"],
    ]  # fmt: skip


def test_the_years_of_a_country_can_be_taken_away(client, both_ways):
    rows = client.get("/countries/JP.csv").content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[:3] for row in rows] == [
        ["year", "made", "received"], ["2023", "0", "1"], ["2024", "1", "1"],
    ]  # fmt: skip


def test_a_pair_can_be_cited(client, both_ways):
    assert client.get("/relations/TM-JP/?cite=txt").content.decode().startswith("“Turkmenistan – Japan.”")
