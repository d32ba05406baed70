"""Suggestions by keyboard in a real browser, and a search page without barriers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.test_browser_analyst import barriers
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(live_server, transactional_db) -> str:
    build_world()
    return live_server.url


def test_suggestions_are_walked_by_keyboard(address, page: Page):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}/visits/")
    box, suggestions = page.get_by_role("combobox", name="Search names"), page.locator("#site-search-list")
    options = suggestions.get_by_role("option")
    box.press_sequentially("oraz")
    expect(options).to_have_text(["Aina Orazowa Turkmenistan", "Search everything for oraz"])
    expect(page.get_by_role("group", name="Officials")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="1 suggestion")).to_have_count(1)

    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    box.press("Escape")
    expect(suggestions).to_be_hidden()
    expect(box).to_have_value("oraz")

    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/officials/\d+-aina-orazowa/$"))

    box.press_sequentially("oraz")
    expect(options.first).to_be_visible()
    box.press("Enter")
    expect(page).to_have_url(f"{address}/search/?q=oraz")
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_search_has_no_barrier(address, browser, scheme):
    found = {}
    for width in (360, 1280):
        page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}).new_page()
        page.goto(f"{address}/search/?q=japan")
        found["results", width] = barriers(page)
        box = page.get_by_role("combobox")
        box.fill("")
        box.press_sequentially("jap")
        expect(page.get_by_role("option").first).to_be_visible()
        box.press("ArrowDown")
        found["suggestions", width] = barriers(page)
    assert {where: what for where, what in found.items() if what} == {}
