"""An editor enters a visit with all that belongs to it, a reviewer publishes it, the public reads it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.world import make_city, make_country, make_official, make_post, make_source, make_topic, make_user
from visits import access
from visits.models import Citation, Meeting, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"
TEXT = (
    "Aina Orazowa, Foreign Minister of Turkmenistan, arrived in Tokyo on 22 January 2024. "
    "With Industry Minister Ken Mori she spoke about hydrogen. A summit of leaders was proposed."
)


@pytest.fixture
def desk(transactional_db):
    access.ensure_groups()
    for name, group in (("elena", "Editor"), ("rashid", "Reviewer")):
        make_user(name, group=group, is_staff=True)
    make_country("TM"), make_country("JP")
    make_official("Aina Orazowa", "TM"), make_official("Ken Mori", "JP")
    make_post("Foreign Minister", "TM"), make_topic("hydrogen"), make_city("Tokyo", "JP")
    make_source(TEXT, title="A visit to Tokyo")


@pytest.fixture
def quiet(page: Page):
    """A page whose console complains of nothing."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def sign_in(page: Page, server, name: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{server.url}/admin/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{server.url}/admin/")


def choose(page: Page, field: str, typed: str, option: str) -> None:
    """Type into an autocomplete and take an option."""
    page.locator(f'[name="{field}"] + .select2 .select2-selection').click()
    page.locator(".select2-container--open .select2-search__field").last.fill(typed)
    page.locator(".select2-results__option", has_text=option).first.click()


def save(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".errornote, .errorlist")).to_have_count(0)


def enter_visit(page: Page, server) -> None:
    page.goto(f"{server.url}/admin/")
    page.get_by_role("link", name="Enter a visit").click()
    choose(page, "guest_country", "turkm", "Turkmenistan")
    choose(page, "host_country", "JP", "Japan")
    page.fill("[name=start]", "2024-01-22")
    page.fill("[name=end]", "2024-01-23")
    choose(page, "places-0-city", "tok", "Tokyo")
    choose(page, "delegations-0-members-0-official", "orazova", "Aina Orazowa")
    choose(page, "delegations-0-members-0-post", "foreign", "Foreign Minister")
    page.check('[name="delegations-0-members-0-head"]')
    choose(page, "topic_links-0-topic", "hydro", "Hydrogen")
    page.locator("#outcomes-group").get_by_text("Add another Outcome").click()
    page.fill('[name="outcomes-0-title"]', "Summit of leaders")
    page.select_option('[name="outcomes-0-kind"]', "plan")
    page.select_option('[name="outcomes-0-modality"]', "proposed")
    page.locator("#citations-group").get_by_text("Add another").click()
    choose(page, "citations-0-source", "visit to", "A visit to Tokyo")
    page.fill('[name="citations-0-exact"]', "arrived in Tokyo  on\n22 January 2024")
    save(page, "Save and continue editing")


def enter_meeting(page: Page) -> None:
    page.get_by_role("link", name="Add a meeting").click()
    page.fill("[name=title]", "Talks on industry")
    page.select_option('[name="participants-0-member"]', label="Aina Orazowa")
    choose(page, "participants-1-official", "mori", "Ken Mori")
    choose(page, "participants-1-side_country", "japan", "Japan")
    save(page, "Save")


def test_from_an_empty_form_to_the_public_page(desk, live_server, quiet: Page):
    page = quiet
    sign_in(page, live_server, "elena")
    enter_visit(page, live_server)
    enter_meeting(page)
    expect(page.locator("#visit_form").get_by_role("link", name="Talks on industry")).to_be_visible()
    save(page, "Save and submit for review")

    visit, meeting, citation = Visit.objects.get(), Meeting.objects.get(), Citation.objects.get()
    assert (visit.state, meeting.state) == ("in-review", "in-review")
    assert visit.delegations.get().sender_country_id == "TM"
    assert visit.delegations.get().members.get(head=True).official.name == "Aina Orazowa"
    assert [str(person.side) for person in meeting.participants.all()] == ["Turkmenistan", "Japan"]
    assert (citation.exact, citation.visit) == ("arrived in Tokyo on 22 January 2024", visit)

    sign_in(page, live_server, "rashid")
    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Turkmenistan to Japan").first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("is now: published")).to_be_visible()

    page.context.clear_cookies()
    page.goto(live_server.url + visit.get_absolute_url())
    for words in ("Aina Orazowa", "Talks on industry", "Hydrogen", "Summit of leaders"):
        expect(page.get_by_text(re.compile(words)).first).to_be_visible()


def test_a_quote_that_is_not_in_the_text_is_refused_and_kept_in_the_form(desk, live_server, quiet: Page):
    page = quiet
    sign_in(page, live_server, "elena")
    page.goto(f"{live_server.url}/admin/visits/visit/add/")
    choose(page, "guest_country", "turkm", "Turkmenistan")
    choose(page, "host_country", "japan", "Japan")
    page.locator("#citations-group").get_by_text("Add another").click()
    choose(page, "citations-0-source", "visit", "A visit to Tokyo")
    page.fill('[name="citations-0-exact"]', "left Osaka")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("These words are not in the text of the source")).to_be_visible()
    expect(page.locator('[name="citations-0-exact"]')).to_have_value("left Osaka")
    assert Visit.objects.count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_the_desk_have_no_serious_barrier(desk, live_server, page: Page, scheme):
    page.emulate_media(color_scheme=scheme)
    sign_in(page, live_server, "elena")
    found = {}
    for path in ("/admin/", "/admin/visits/visit/add/", "/admin/visits/importrun/load/"):
        page.goto(live_server.url + path)
        page.wait_for_timeout(500)  # the admin's own colours fade in
        report = Axe().run(page).response["violations"]
        found[path] = [one["id"] for one in report if one["impact"] in {"serious", "critical"}]
    assert {path: barriers for path, barriers in found.items() if barriers} == {}
