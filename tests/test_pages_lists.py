"""The pages of lists: filters, paging, what is said when something is not understood."""

import pytest

from tests.world import make_delegation, make_meeting, make_visit

pytestmark = pytest.mark.django_db


def titles(response):
    return [row["title"] for row in response.context["rows"]]


def test_visits_are_listed_newest_first(client, world):
    listed = [row["id"] for row in client.get("/visits/").context["rows"]]
    assert listed == [world.story.pk, world.from_organization.pk, world.thin.pk, world.without_year.pk]


def test_filters_of_the_address_are_applied(client, world):
    assert titles(client.get("/visits/?guest=US&kind=state")) == ["United States to France"]


def test_the_filters_that_are_on_can_be_taken_off(client, world):
    chips = client.get("/visits/?guest=TM&host=JP").context["chips"]
    assert {(chip.label, chip.text, chip.url) for chip in chips} == {
        ("Guest", "Turkmenistan", "/visits/?host=JP"),
        ("Host", "Japan", "/visits/?guest=TM"),
    }


def test_the_form_shows_what_is_chosen(client, world):
    form = client.get("/visits/?guest=tkm&guest=US&pair=TM-JP&from=2020").context["form"]
    guest = next(control for control in form.bar if control.name == "guest")
    assert (guest.value, guest.hidden, form.hidden) == ("TM", ["US"], [("pair", "TM-JP")])


def test_empty_controls_stay_out_of_the_address(client, world):
    response = client.get("/visits/?guest=TM&host=&q=")
    assert (response.status_code, response["Location"]) == (302, "/visits/?guest=TM")


def test_what_a_range_of_dates_leaves_out_is_said(client, world):
    page = client.get("/visits/?from=2024&guest=TM")
    assert (titles(page), page.context["left_out"]) == (["Foreign minister of Turkmenistan in Japan"], 1)
    assert page.context["with_undated"] == "/visits/?from=2024&guest=TM&undated=true"


@pytest.mark.parametrize(
    ("address", "without"),
    [
        ("/visits/?gest=TM&host=JP", "/visits/?host=JP"),
        ("/visits/?guest=QQQ&host=JP", "/visits/?host=JP"),
        ("/visits/?guest=TM&guest=QQQ", "/visits/?guest=TM"),
        ("/visits/?cursor=nonsense&host=JP", "/visits/?host=JP"),
        ("/meetings/?format=telepathy", "/meetings/"),
    ],
)
def test_what_is_not_understood_is_named_with_the_list_without_it(client, world, address, without):
    page = client.get(address)
    assert (page.status_code, page.context["without"]) == (400, without)
    assert client.get(without).status_code == 200


def test_a_filter_that_does_not_exist_is_named(client, world):
    assert "<code>gest=TM</code>" in client.get("/visits/?gest=TM").content.decode()


def test_marks_of_campaigns_are_no_filters(client, world):
    assert client.get("/visits/?utm_source=letter").status_code == 200


def test_pages_lead_forward_and_back(client):
    made = [make_visit(start=f"202{number}-01-01").pk for number in range(5)]
    first = client.get("/visits/?page_size=2")
    second = client.get(first.context["next"])
    assert [row["id"] for row in second.context["rows"]] == [made[2], made[1]]
    assert [row["id"] for row in client.get(second.context["previous"]).context["rows"]] == [made[4], made[3]]


def test_an_empty_list_says_so(client, db):
    assert "There is nothing here yet." in client.get("/visits/").content.decode()


def test_an_empty_tracker_says_what_to_do(client, db):
    assert "Nothing has been published yet" in client.get("/").content.decode()


def test_the_home_page_counts_lead_to_their_records(client, world):
    figures = {label: (name, count.number) for label, name, _query, count in client.get("/").context["figures"]}
    assert figures == {
        "visits": ("visits", 4),
        "meetings": ("meetings", 2),
        "officials": ("officials", 3),
        "open outcome": ("outcomes", 1),
    }


def test_what_is_to_come_stands_apart(client, db):
    make_visit(start="2999-05", status="planned", title="A visit to come")
    make_visit(start="1999-05", status="completed", title="A visit long ago")
    page = client.get("/").context
    assert ([row["title"] for row in page["coming"]], [row["title"] for row in page["latest"]]) == (
        ["A visit to come"],
        ["A visit long ago"],
    )


def test_countries_show_their_visits(client, world):
    rows = {row["code"]: (row["visits_out"], row["visits_in"]) for row in client.get("/countries/").context["rows"]}
    assert (rows["TM"], rows["JP"], rows["US"]) == ((2, 0), (0, 2), (1, 0))


def test_no_hidden_record_is_on_a_list(client, world):
    text = "".join(client.get(f"/{name}/").content.decode() for name in ("visits", "meetings", "officials", "outcomes"))
    assert [title for title in ("A draft", "In review", "Withdrawn", "Drafted Person") if title in text] == []


# Each list: filters' version of the reference data, rows, version, count; countries also what changed of the visits,
# outcomes the ledger.
LIST_QUERIES = {
    "visits": 4, "meetings": 4, "officials": 4, "posts": 4, "organizations": 4,
    "countries": 5, "topics": 4, "outcomes": 5, "dialogues": 4,
}  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", LIST_QUERIES)
def test_a_list_has_a_constant_number_of_queries(client, django_assert_num_queries, name, count):
    codes = ("TM", "JP", "UZ")
    for number in range(count):
        visit = make_visit(
            codes[number], "US", f"202{number}", head=f"Head {number}", post=f"Post {number}",
            topics=["hydrogen", "trade"], outcomes=["A plan"], dialogue=f"dialogue-{number}",
        )  # fmt: skip
        make_visit("eu", codes[number])
        make_meeting(visits=[visit], participants=[("Ken Mori", "JP")])
    client.get(f"/{name}/")
    with django_assert_num_queries(LIST_QUERIES[name]):
        client.get(f"/{name}/")


def test_a_meeting_says_who_met(client):
    meeting = make_meeting(participants=[("Aina Orazowa", "TM"), ("Ken Mori", "JP"), ("Yuki Abe", "JP")])
    make_delegation(meeting, "eu")
    assert [row["sides"] for row in client.get("/meetings/").context["rows"]] == [
        ["Turkmenistan", "Japan", "European Union"]
    ]


@pytest.mark.parametrize("query", ["host=jpn", "host=JP", "region=central-asia", "region=143"])
def test_the_form_keeps_a_value_in_any_writing(client, world, query):
    form = client.get(f"/visits/?{query}").context["form"]
    chosen = {one.name: one.value for one in [*form.bar, *form.more] if one.value}
    assert chosen == ({"host": "JP"} if "host" in query else {"region": "143"})
