"""An analyst in a real browser: filters, a visit, the sentence of a fact, Back; and no barrier that axe finds."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.world import World, build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, transactional_db) -> tuple[str, World]:
    return live_server.url, build_world()


@pytest.fixture
def quiet_page(page: Page):
    """A page whose console stays empty: no script error, no breach of the content policy."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert said == []


def test_an_analyst_filters_opens_a_visit_and_the_sentence_of_a_fact_and_goes_back(site, quiet_page):
    address, _world = site
    page = quiet_page
    page.goto(f"{address}/visits/")
    expect(page.locator("tbody tr")).to_have_count(4)

    page.get_by_label("Guest", exact=True).select_option("TM")
    expect(page).to_have_url(f"{address}/visits/?guest=TM")
    expect(page.locator("tbody tr")).to_have_count(2)

    page.get_by_role("link", name="Foreign minister of Turkmenistan in Japan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Foreign minister of Turkmenistan in Japan")

    mark = page.locator(".dateline .ref a").first
    mark.press("Enter")
    card = page.get_by_role("dialog")
    expect(card).to_contain_text("came to Tokyo on 22 January 2024.")
    expect(card.get_by_role("link", name="in the source")).to_have_attribute(
        "href", re.compile(r"/sources/\d+/#citation")
    )
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(mark).to_be_focused()

    page.go_back()
    expect(page).to_have_url(f"{address}/visits/?guest=TM")
    expect(page.get_by_label("Guest", exact=True)).to_have_value("TM")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.go_back()
    expect(page).to_have_url(f"{address}/visits/")
    expect(page.locator("tbody tr")).to_have_count(4)


def test_without_scripts_a_mark_leads_to_its_note(site, browser):
    address, _world = site
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/visits/?guest=TM&host=JP")
    page.get_by_role("link", name="Foreign minister of Turkmenistan in Japan").click()
    page.locator(".dateline .ref a").first.click()
    expect(page).to_have_url(re.compile(r"#note-\d$"))
    expect(page.locator(".notes li:target")).to_contain_text("came to Tokyo on 22 January 2024.")


def test_pages_of_a_list_are_walked_with_real_addresses(site, quiet_page):
    address, _world = site
    page = quiet_page
    page.goto(f"{address}/visits/?page_size=3")
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile(r"cursor="))
    expect(page.locator("tbody tr")).to_have_count(1)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(3)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_main_pages_have_no_barrier(site, browser, scheme, width):
    address, world = site
    page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}).new_page()
    head = world.story.delegations.get().members.get(head=True)
    paths = [
        "/", "/visits/?guest=TM&from=2024", world.story.get_absolute_url(), world.meeting.get_absolute_url(),
        head.official.get_absolute_url(), head.post.get_absolute_url(), "/officials/?valid_on=2024-01",
        "/countries/", "/countries/JP/", "/topics/hydrogen/", "/outcomes/",
        "/templates/", world.source.get_absolute_url(), "/search/?q=hydrogen", "/visits/?gest=TM", "/nothing",
        "/relations/TM-JP/brief/", world.story.dialogue_links.get().dialogue.get_absolute_url(),
    ]  # fmt: skip
    found = {path: barriers(page, address + path) for path in paths}
    assert {path: what for path, what in found.items() if what} == {}


def barriers(page: Page, address: str) -> list[str]:
    """What axe finds on a page, and whether it is wider than its window."""
    page.goto(address)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    violations = Axe().run(page, options={"runOnly": rules}).response["violations"]
    found = [f"{one['id']}: {node['html'][:200]}" for one in violations for node in one["nodes"][:3]]
    too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return found + ["wider than its window"] * too_wide
