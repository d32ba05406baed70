"""The page of acceptance in a browser: read by axe, narrow and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.test_browser_editor import sign_in
from tests.test_corrections import STORY, load, mended
from tests.world import make_country, make_user
from visits import access
from visits.review import decide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_readable_by_all_and_fits_a_phone(page: Page, live_server, theme):
    access.ensure_groups()
    make_country("NO"), make_country("CL")
    elena = make_user("elena", group="Editor", is_staff=True)
    candidate = load()
    decide.accept(candidate, elena, item=mended(candidate))
    decide.reject(load(STORY.replace("Berg", "Dahl"), "other.txt"), elena)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, live_server, "elena")
    page.goto(f"{live_server.url}/admin/acceptance/")
    page.locator("table a").first.click()
    found = Axe().run(page, context=".desk").response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
