"""The documentation in a real browser, under the strict content policy."""

import pytest

from tests.world import build_world


@pytest.mark.django_db(transaction=True)
def test_an_address_can_be_tried_in_the_browser(live_server, page):
    build_world()
    page.goto(f"{live_server.url}/api/")
    page.get_by_role("link", name="Try it").click()
    page.locator("#operations-search-search .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.locator("#operations-search-search input[type=text]").fill("orazowa")
    page.get_by_role("button", name="Execute").click()
    page.locator("#operations-search-search .live-responses-table").get_by_text("Aina Orazowa").first.wait_for()
