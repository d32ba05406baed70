"""An editor settles stories at the desk in a browser: keys and clicks counted; read by axe, narrow and dark."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.test_browser_editor import quiet, sign_in  # noqa: F401 - a fixture
from tests.test_corrections import load
from tests.world import make_country, make_topic, make_user, make_visit
from tracker.embedded.processes import wait_until
from visits import access
from visits.models import Candidate, Citation, Official, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A typical story: one visit, a name that may be either of two, somebody who is not wanted, a kind that is not stated in
# the reader's words.
STORY = (
    "Norwegian Prime Minister Berg visited Chile on 4 March 2024.\n\n"
    "He met with Luis Vega, the President of Chile, and Eva Soto, the Minister of Trade of Chile. "
    "They discussed green hydrogen and a bridge of glass. They proposed to create a forum of ports. "
    "The mood was businesslike."
)


@pytest.fixture
def story(transactional_db) -> Candidate:
    access.ensure_groups()
    for name in ("elena", "rashid"):
        make_user(name, group="Editor", is_staff=True)
    for code in ("NO", "CL"):
        make_country(code)
    make_topic("hydrogen")
    for name, year in (("Ola Berg", 2014), ("Ole Berg", 2015)):
        make_visit("NO", "CL", f"{year}-05-01", head=name, rank="head-of-government", post="Prime Minister")
    return load(STORY)


class Hands:
    """Real keys and clicks, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.count += 1
            self.page.keyboard.press(key)

    def click(self, locator, **how) -> None:
        self.count += how.get("click_count", 1)
        locator.click(**how)


def open_queue(page: Page, server) -> None:
    sign_in(page, server, "elena")
    page.goto(f"{server.url}/admin/visits/candidate/")


def take_next(page: Page) -> None:
    page.get_by_role("button", name="Take the next one").click()
    expect(page.get_by_role("heading", name="The proposed record")).to_be_visible()
    page.wait_for_load_state()


def unit(page: Page, name: str):
    return page.locator(f'[data-unit="{name}"]')


def middle_of(page: Page, word: str) -> dict[str, float]:
    """Where a word of the story stands on the screen."""
    return page.evaluate(
        """(word) => {
          const walk = document.createTreeWalker(document.querySelector(".desk-prose"), NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const at = walk.currentNode.textContent.indexOf(word);
            if (at >= 0) {
              const range = document.createRange();
              range.setStart(walk.currentNode, at);
              range.setEnd(walk.currentNode, at + word.length);
              const box = range.getBoundingClientRect();
              return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
            }
          }
        }""",
        word,
    )


def test_a_typical_story_is_settled_with_at_most_twelve_keys_and_clicks(story, live_server, quiet: Page):  # noqa: F811
    page, hands = quiet, Hands(quiet)
    open_queue(page, live_server)
    hands.click(page.get_by_role("button", name="Take the next one"))
    expect(page.get_by_role("heading", name="The proposed record")).to_be_visible()
    page.wait_for_load_state()
    hands.press("d", "3")  # the doubt, and the second of the two who may be Berg
    expect(unit(page, "/delegations/0/members/0").get_by_role("radio", name="Ola Berg")).to_be_checked()
    hands.click(unit(page, "/meetings/0/participants/1").get_by_role("checkbox", name="Take"))  # dropped
    hands.click(unit(page, ":kind").locator("summary"))
    hands.press("e", "w")  # edited: a working visit
    where = middle_of(page, "businesslike")
    page.mouse.dblclick(where["x"], where["y"])  # words of the text
    hands.count += 2
    hands.press("c")  # are its evidence
    expect(page.locator("#desk-said")).to_contain_text("“businesslike”: Kind")
    hands.press("a")
    expect(page.get_by_text("is now in review")).to_be_visible()
    visit = Visit.objects.get(start="2024-03-04")
    assert visit.delegations.get().members.get().official == Official.objects.get(name="Ola Berg")
    assert [one.official.name for one in visit.meetings.get().participants.all()] == ["Luis Vega"]
    assert (visit.kind, Citation.objects.get(visit=visit, field="kind").exact) == ("working", "businesslike")
    assert hands.count <= 12


def test_a_field_and_its_words_find_each_other(story, live_server, quiet: Page):  # noqa: F811
    page = quiet
    open_queue(page, live_server)
    take_next(page)
    unit(page, ":start").locator("summary").focus()
    expect(page.locator("mark.desk-lit")).to_have_text(["4 March 20243"])
    page.locator("mark", has_text="Luis Vega").click(position={"x": 3, "y": 6})
    expect(page.locator('[name="f:/meetings/0/participants/0:name_as_printed"]')).to_be_focused()
    expect(page.locator("mark.desk-lit").first).to_contain_text("Luis Vega")
    page.keyboard.press("Escape")
    expect(unit(page, "/meetings/0/participants/0").get_by_role("checkbox", name="Take")).to_be_focused()
    page.evaluate(
        """() => {
          const [first, last] = ["Luis Vega", "President"].map((words) =>
            [...document.querySelectorAll("mark")].find((one) => one.textContent.startsWith(words)));
          const range = document.createRange();
          range.setStart(first.firstChild, 0);
          range.setEnd(last.firstChild, last.firstChild.length);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }"""
    )
    page.keyboard.press("c")  # across marks, without their numbers
    expect(page.locator('[name="quote:/meetings/0/participants/0:name_as_printed"]')).to_have_value(
        re.compile("^Luis Vega, the President")
    )
    page.get_by_label("Take from (%) on").fill("85")
    expect(unit(page, "/topics/0").get_by_role("checkbox", name="Take")).not_to_be_checked()
    expect(page.locator("#desk-said")).to_contain_text("85 %")
    page.get_by_role("button", name="Add a topic").click()
    expect(page.locator('[name="f:/topics/1:topic"]')).to_be_focused()
    page.keyboard.type("Hydrogen")
    page.keyboard.press("Enter")  # looks again, and takes nothing away
    expect(unit(page, "/topics/1").locator(".desk-unit-words")).to_contain_text("Hydrogen")
    expect(unit(page, "/topics/0").get_by_role("checkbox", name="Take")).not_to_be_checked()
    assert Visit.objects.filter(start="2024-03-04").count() == 0


def test_a_mistyped_key_rejects_nothing_and_leaving_gives_back(story, live_server, quiet: Page):  # noqa: F811
    page = quiet
    open_queue(page, live_server)
    take_next(page)
    page.keyboard.press("r")
    expect(page.locator("#desk-said")).to_contain_text("Press r again to reject.")
    assert Candidate.objects.get().claimed_by.username == "elena"
    page.goto(f"{live_server.url}/admin/visits/candidate/?state__exact=pending")  # the page tells that it is left
    assert wait_until(lambda: Candidate.objects.get().claimed_by is None, 20)
    take_next(page)
    page.keyboard.press("r")
    with page.expect_navigation():
        page.keyboard.press("r")
    assert Candidate.objects.get().state == "rejected"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_desk_is_readable_by_all_and_fits_a_phone(story, live_server, page: Page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 740})
    open_queue(page, live_server)
    take_next(page)
    for details in page.locator("[data-unit] details").all():
        details.evaluate("(one) => { one.open = true; }")
    unit(page, ":start").locator("summary").focus()
    page.wait_for_timeout(500)  # the admin's own colours fade in
    found = Axe().run(page, context=".desk").response["violations"]
    assert [(one["id"], [node["html"][:150] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
