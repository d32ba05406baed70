"""An analyst in a real browser: filters, a visit, the sentence of a fact, Back; and no barrier that axe finds."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.world import World, build_world
from visits.models import Outcome
from visits.pages import looking

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


def test_what_narrows_the_list_is_a_step_that_back_takes_back(site, quiet_page):
    address, _world = site
    page = quiet_page
    page.goto(f"{address}/visits/")
    page.locator(".facets").get_by_role("link", name="Turkmenistan").first.click()
    expect(page).to_have_url(f"{address}/visits/?guest=TM")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("#count")).to_be_focused()

    page.get_by_role("navigation", name="Ways to look at it").get_by_role("link", name="Timeline").click()
    expect(page).to_have_url(f"{address}/visits/?guest=TM&view=timeline")
    expect(page.locator(".chart-bars")).to_be_visible()

    page.get_by_role("link", name="take off").first.click()
    expect(page).to_have_url(f"{address}/visits/?view=timeline")
    page.go_back()
    expect(page.locator(".chips li")).to_have_count(1)
    page.go_back()
    expect(page).to_have_url(f"{address}/visits/?guest=TM")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(2)


def paths_of(world: World) -> list[str]:
    """Every kind of page that a reader can open."""
    head = world.story.delegations.get().members.get(head=True)
    dialogue = world.story.dialogue_links.get().dialogue
    records = [world.story, world.meeting, head.official, head.post, world.source, dialogue, Outcome.objects.first()]
    return [
        "/", "/visits/?guest=TM&from=2024", "/visits/?guest=TV", *(f"/visits/?view={view}" for view in looking.CHARTS),
        "/visits/narrow/?guest=TM", "/visits/?gest=TM", "/nothing", *(one.get_absolute_url() for one in records),
        "/meetings/", "/officials/?valid_on=2024-01", "/posts/", "/organizations/", "/countries/", "/countries/JP/",
        "/countries/compare/?country=TM&country=JP", "/relations/TM-JP/", "/relations/TM-JP/brief/", "/topics/",
        "/topics/hydrogen/", "/outcomes/", "/dialogues/", "/templates/", "/api/",
        "/search/?q=hydrogen", "/search/?q=xqzj", "/account/", "/account/enter/x/",
    ]  # fmt: skip


SHIFTS = """window.shifted = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});"""


@pytest.mark.parametrize(("scheme", "widths"), [("light", [1280]), ("dark", [360, 768])])
def test_no_page_has_a_barrier_moves_breaks_the_policy_or_asks_another_host(site, browser, scheme, widths):
    address, world = site
    page = browser.new_context(color_scheme=scheme, viewport={"width": widths[0], "height": 900}).new_page()
    page.add_init_script(SHIFTS)
    found: list[tuple[str, str]] = []
    page.on("console", lambda said: found.append((page.url, said.text)) if said.type != "log" else None)
    page.on("request", lambda asked: None if asked.url.startswith(address) else found.append((page.url, asked.url)))
    for path in paths_of(world):
        page.goto(address + path)
        if page.locator("[hx-trigger=load]").count():
            page.locator(".facets").wait_for()
        found += [(path, f"moved by {moved}")] if (moved := page.evaluate("window.shifted")) else []
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            found += [(f"{path} at {width}", what) for what in barriers(page)]
    refused = "Failed to load resource: the server responded with a status of "
    assert [(path, what) for path, what in found if not what.startswith(refused)] == []


def barriers(page: Page) -> list[str]:
    """What axe finds on a page, and whether it is wider than its window."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    violations = Axe().run(page, options={"runOnly": rules}).response["violations"]
    found = [f"{one['id']}: {node['html'][:200]}" for one in violations for node in one["nodes"][:3]]
    too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return found + ["wider than its window"] * too_wide
