"""Cursor pages: every row once, forwards and backwards, in constant time at any depth."""

import base64
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.world import make_country, make_official, make_visit
from visits import catalogue, paging, rows
from visits.models import Country, Official, Visit

DATES = ["2024-01-22", "2024-01-22", "2024-01-22", "2023", "XXXX-01-22", "XXXX-05-01", "1961-05-31"]


def walk(queryset, order, read, size):
    """Every id of a list, page by page."""
    found, cursor = [], ""
    while True:
        page = paging.page(queryset, order, read, cursor=cursor, size=size)
        found += [row.get("id", row.get("code")) for row in page.rows]
        if page.next is None:
            return found
        cursor = page.next


@pytest.fixture
def visits(db):
    return [make_visit(start=start) for start in DATES]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_newest_first_shows_every_visit_once(visits, size):
    newest = [visits[index].pk for index in (2, 1, 0, 3, 6, 5, 4)]
    assert walk(Visit.objects.all(), paging.NEWEST, rows.visit_rows, size) == newest


@pytest.mark.parametrize("size", [1, 3, 7])
def test_oldest_first_has_those_without_a_year_last_too(visits, size):
    oldest = [visits[index].pk for index in (6, 3, 0, 1, 2, 4, 5)]
    assert walk(Visit.objects.all(), paging.OLDEST, rows.visit_rows, size) == oldest


@pytest.mark.parametrize("order", [paging.NEWEST, paging.OLDEST, paging.BY_ID, paging.LATEST_ID])
def test_the_way_back_is_the_way_there(visits, order):
    there, cursor = [], ""
    while True:
        page = paging.page(Visit.objects.all(), order, rows.visit_rows, cursor=cursor, size=2)
        there.append([row["id"] for row in page.rows])
        if not page.next:
            break
        cursor = page.next
    back = [there[-1]]
    while page.previous:
        page = paging.page(Visit.objects.all(), order, rows.visit_rows, cursor=page.previous, size=2)
        back.insert(0, [row["id"] for row in page.rows])
    assert back == there


@pytest.mark.django_db
def test_names_are_sorted_without_accents_and_case():
    for name in ("Örn Beta", "orn alpha", "Zed", "Orn Gamma"):
        make_official(name)
    found = walk(Official.objects.all(), paging.BY_NAME, rows.official_rows, 2)
    assert [Official.objects.get(pk=pk).name for pk in found] == ["orn alpha", "Örn Beta", "Orn Gamma", "Zed"]


@pytest.mark.django_db
def test_countries_are_paged_by_their_codes():
    for code in ("TM", "JP", "SUHH"):
        make_country(code)
    found = walk(Country.objects.all(), paging.COUNTRIES_BY_NAME, rows.country_rows, 1)
    assert found == ["JP", "SUHH", "TM"]


def test_a_count_is_made_only_if_it_is_asked_for(visits):
    counts = [
        paging.page(Visit.objects.all(), paging.NEWEST, rows.visit_rows, count=wish).count for wish in (False, True)
    ]
    assert counts == [None, 7]


@pytest.mark.parametrize("cursor_at", [0, 2])
def test_a_page_is_one_query_at_any_depth(visits, cursor_at):
    cursor = ""
    for _ in range(cursor_at):
        cursor = paging.page(Visit.objects.all(), paging.NEWEST, rows.visit_rows, cursor=cursor, size=2).next
    catalogue.current()
    with CaptureQueriesContext(connection) as captured:
        paging.page(Visit.objects.all(), paging.NEWEST, rows.visit_rows, cursor=cursor, size=2)
    assert len(captured) == 2  # the rows, the version of the reference data
    assert "OFFSET" not in captured[0]["sql"]


def test_an_empty_list_has_one_page(db):
    page = paging.page(Visit.objects.all(), paging.NEWEST, rows.visit_rows)
    assert (page.rows, page.next, page.previous) == ([], None, None)


def coded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "é", "=", "a" * 3000, coded(1), coded([]), coded(["start", False, "2024-01-01", 1]),
        coded(["-start", 0, "2024-01-01", 1]), coded(["-start", False, "today", 1]),
        coded(["-start", False, "2024-01-01", "1"]), coded(["-start", False, "2024-01-01", 2**63]),
        coded(["-start", False, None, 1]), coded(["-start", False, "2024-01-01", True]), coded("[" * 900),
    ],
)  # fmt: skip
def test_a_broken_cursor_is_refused(cursor):
    with pytest.raises(paging.BrokenCursor):
        paging.decode(cursor, paging.NEWEST)


@given(st.text(max_size=40))
def test_no_text_is_a_cursor_by_chance(text):
    with pytest.raises(paging.BrokenCursor):
        paging.decode(text, paging.BY_NAME)


@given(st.booleans(), st.text(max_size=300).filter(lambda text: "\x00" not in text), st.integers(0, 2**63 - 1))
def test_a_cursor_comes_back_as_it_was(backwards, key, pk):
    try:
        key.encode()
    except UnicodeEncodeError:
        return
    cursor = paging.decode(paging.encode(paging.BY_NAME, backwards, key, pk), paging.BY_NAME)
    assert (cursor.backwards, cursor.key, cursor.pk) == (backwards, key, pk)
