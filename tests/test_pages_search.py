"""The search page: answers, kinds with their own addresses, marked words; nothing of a text comes through as HTML."""

import re

import pytest

from tests.world import cite, make_country, make_meeting, make_source, make_topic, make_visit

pytestmark = pytest.mark.django_db


def body(client, **asked):
    return client.get("/search/", asked).content.decode()


def headings(client, **asked):
    return [section.kind for section in client.get("/search/", asked).context["shown"]]


def test_what_was_found_stands_by_kind_and_each_kind_has_an_address(client):
    for number in range(8):
        make_visit(title=f"Hydrogen talks {number}")
    make_meeting(title="Hydrogen round table")
    page = body(client, q="hydrogen")
    assert re.findall(r'href="(/search/\?q=hydrogen[^"]*)"', page) == [
        "/search/?q=hydrogen", "/search/?q=hydrogen&amp;kind=visits", "/search/?q=hydrogen&amp;kind=meetings",
        "/search/?q=hydrogen&amp;kind=visits",
    ]  # fmt: skip
    assert page.count("<mark>Hydrogen</mark> talks") == 6
    one_kind = body(client, q="hydrogen", kind="visits")
    assert (one_kind.count("<mark>Hydrogen</mark> talks"), 'href="/visits/?q=hydrogen"' in one_kind) == (8, True)
    assert headings(client, q="hydrogen", kind="visits") == ["visits"]


def test_an_unknown_kind_is_an_error_that_leads_to_all_kinds(client):
    response = client.get("/search/?q=hydrogen&kind=visitors")
    assert (response.status_code, response.context["without"]) == (400, "/search/?q=hydrogen")


def test_what_is_meant_comes_first_and_is_not_said_twice(client):
    make_country("JP")
    response = client.get("/search/?q=japan")
    assert [answer.url for answer in response.context["answers"]] == [
        "/countries/JP/", "/visits/?host=JP", "/visits/?guest=JP",
    ]  # fmt: skip
    assert headings(client, q="japan") == []


def test_nothing_says_what_was_searched_and_what_may_be_tried(client):
    page = body(client, q="qqqq")
    assert "Searched: Officials, Countries, Organizations" in page
    assert "visits to Japan 1961" in page


def test_another_spelling_is_a_link(client):
    make_topic("hydrogen")
    assert 'href="/search/?q=Hydrogen"' in body(client, q="hydrgoen")


@pytest.mark.parametrize("free", [False, True])
def test_html_of_a_text_does_not_come_through(client, free):
    evil = '<script>alert(1)</script><b onclick="alert(1)">hydrogen</b> & <img src=x onerror=alert(1)><mark>'
    visit = make_visit(title=evil, summary=evil)
    cite(visit, make_source(evil, title=evil, publisher=evil, free_to_show=free), evil)
    for asked in ({"q": "hydrogen"}, {"q": evil}, {"q": "hydrogen", "kind": evil}):
        page = body(client, **asked)
        assert [tag for tag in ("<script>", "<img", "<b onclick", "</b>") if tag in page] == []
    assert "&gt;<mark>hydrogen</mark>&lt;/b&gt; &amp; &lt;img" in body(client, q="hydrogen")


@pytest.mark.parametrize("number", [1, 3])
def test_all_kinds_take_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for one in range(number):
        visit = make_visit(head=f"Hydrogen Person {one}", post=f"Hydrogen Officer {one}", title=f"Hydrogen {one}")
        make_meeting(title=f"Hydrogen {one}")
        make_topic(f"hydrogen-{one}")
        source = make_source(f"On hydrogen {one}")
        cite(visit, source, f"hydrogen {one}")
        visit.outcomes.create(title=f"Hydrogen {one}")
    client.get("/search/?q=hydrogen")
    # Reference data; names, who is public; newest ids, words, words that go on; visits, meetings, outcomes;
    # quotes and sources: who is public, rows; quotes of sources.
    with django_assert_num_queries(15):
        assert len(client.get("/search/?q=hydrogen").context["shown"]) == 8


def test_a_meeting_without_a_title_is_called_by_who_met(client):
    make_meeting(summary="About pipelines", participants=[("Ken Mori", "JP"), ("Aina Orazowa", "TM")])
    assert "Ken Mori, Aina Orazowa" in body(client, q="pipelines")
