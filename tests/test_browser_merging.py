"""An editor works through the queue of what may be one by keyboard, and takes a merge apart again."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.test_browser_editor import quiet, sign_in  # noqa: F401 - a fixture
from tests.world import make_user, make_visit
from visits import access
from visits.models import Judgement, Official, Suggestion
from visits.review import suggestions

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(transactional_db):
    access.ensure_groups()
    make_user("elena", group="Editor", is_staff=True)
    for names in (("Rashid Meredov", "Rasit Meredow"), ("Aina Orazowa", "Aina Orazova"), ("Ken Mori", "Kenn Mori")):
        for year, name in enumerate(names, 2020):
            make_visit(start=f"{year}-01-22", head=name)
    suggestions.refresh()


def press(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def found_by_axe(page: Page) -> list[str]:
    page.wait_for_timeout(500)  # the admin's own colours fade in
    violations = Axe().run(page, context=".desk").response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in violations for node in one["nodes"][:3]]


def test_the_queue_is_worked_through_by_keyboard(desk, live_server, quiet: Page):  # noqa: F811
    page = quiet
    names = Official.objects.in_bulk()
    first, second, third = (f"One or two: {names[one.first]}, {names[one.second]}" for one in Suggestion.objects.all())
    sign_in(page, live_server, "elena")
    page.get_by_role("link", name="May be one").first.click()
    assert found_by_axe(page) == []
    page.get_by_role("link", name="Begin with the first").focus()
    press(page, "Enter")
    assert found_by_axe(page) == []
    expect(page.get_by_role("heading", name=first)).to_be_visible()
    press(page, "m")
    expect(page.get_by_text("are one now")).to_be_visible()
    expect(page.get_by_role("heading", name=second)).to_be_visible()
    page.get_by_label("Reason").press_sequentially("mn")  # words, no keys
    page.get_by_role("heading", name="What speaks for it").click()
    press(page, "l")
    expect(page.get_by_role("heading", name=third)).to_be_visible()
    press(page, "n")
    expect(page.get_by_role("heading", name=second)).to_be_visible()
    page.get_by_label("Keys m, n and l decide").uncheck()
    page.keyboard.press("m")
    page.reload()
    expect(page.get_by_label("Keys m, n and l decide")).not_to_be_checked()
    assert list(Judgement.objects.values_list("kind", flat=True)) == ["merge", "different"]

    page.get_by_role("link", name="Queue").click()
    page.get_by_role("link", name="What was decided").click()
    assert found_by_axe(page) == []
    page.get_by_role("link", name="Take apart").click()
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Take it apart").click()
    expect(page.get_by_text("is a record of its own again")).to_be_visible()
    assert Official.objects.count() == 6
