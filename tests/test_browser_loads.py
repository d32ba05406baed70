"""An editor's file from upload to undo: columns confirmed, rows looked through, the wrong ones mended, taken back."""

import csv
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.test_browser_editor import sign_in
from tests.world import make_country, make_user, make_visit
from visits import access, loads
from visits.models import ImportRun, PreviewRow, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ODD = (
    "Visitor nation,Receiving nation,Arrival,Weather\n"
    "Turkmenistan,Japan,22/1/2024,cold\n"
    "Turkmenistan,Atlantis,1/2/2024,grey\n"
    "Japan,Turkmenistan,3/4/2024,sunny\n"
)


@pytest.fixture
def desk(transactional_db):
    access.ensure_groups()
    make_user("elena", group="Editor", is_staff=True)
    make_country("TM"), make_country("JP")


@pytest.fixture
def odd_file(tmp_path) -> Path:
    path = tmp_path / "visits.csv"
    path.write_text(ODD)
    return path


def upload(page: Page, server, path: Path, button: str = "Preview") -> None:
    page.goto(f"{server.url}/admin/visits/importrun/load/")
    page.set_input_files("[name=uploads]", path)
    page.get_by_role("button", name=button, exact=True).click()


def choose_columns(page: Page) -> None:
    page.get_by_label("Visitor nation").select_option("guest")
    page.get_by_label("Receiving nation").select_option("host")
    page.get_by_label("Weather").select_option(label="– leave it out –")
    page.get_by_label("Dates of three numbers").select_option("dmy")
    page.get_by_role("button", name="Go on to the preview").click()


def mended(path: Path, folder: Path) -> Path:
    """The file of rejected rows, with what was wrong put right."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["Receiving nation"] for row in rows] == ["Atlantis"]
    rows[0]["Receiving nation"] = "Japan"
    better = folder / "mended.csv"
    with better.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return better


def test_a_file_is_confirmed_previewed_mended_applied_and_taken_back(desk, live_worker, live_server, page, odd_file):
    sign_in(page, live_server, "elena")
    upload(page, live_server, odd_file)
    expect(page.get_by_role("heading", name="Confirm columns: visits.csv")).to_be_visible()
    choose_columns(page)

    expect(page.get_by_role("heading", name="Preview: visits.csv")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Wrong 1").click()
    expect(page.locator(".desk-row")).to_have_count(1)
    expect(page.locator(".desk-row")).to_contain_text("Atlantis")
    assert Visit.objects.count() == 0
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rejected rows").click()
    better = mended(download.value.path(), odd_file.parent)

    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("link", name="Review 2")).to_be_visible(timeout=20_000)
    first = ImportRun.objects.get(preview__isnull=False)

    upload(page, live_server, better)
    expect(page.get_by_role("heading", name="Confirm columns: mended.csv")).to_be_visible()
    expect(page.get_by_text("as you chose last time").first).to_be_visible()
    page.get_by_label("Dates of three numbers").select_option("dmy")
    page.get_by_role("button", name="Go on to the preview").click()
    expect(page.get_by_role("link", name="Added 1")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("link", name="Review 1")).to_be_visible(timeout=20_000)

    page.goto(f"{live_server.url}/admin/visits/importrun/{first.pk}/change/")
    page.get_by_role("link", name="Take it back").click()
    expect(page.get_by_role("heading", name="What goes", exact=True)).to_be_visible()
    page.get_by_label("Reason").fill("the wrong file")
    page.get_by_role("button", name="Take the load back").click()
    expect(page.get_by_text("The load is taken back")).to_be_visible()
    first.refresh_from_db()
    assert first.status == "undone"


def test_all_of_it_works_without_scripts_and_by_keyboard(desk, live_worker, live_server, browser, odd_file):
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server, "elena")
    upload(page, live_server, odd_file)
    page.get_by_label("Visitor nation").focus()
    page.keyboard.type("guest")
    choose_columns(page)
    run = ImportRun.objects.get()
    for _attempt in range(40):
        page.goto(f"{live_server.url}/admin/visits/importrun/{run.pk}/change/")
        if page.url.endswith("/preview/"):
            break
        page.wait_for_timeout(250)
    page.get_by_role("link", name="Added 2").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".desk-row")).to_have_count(2)
    page.locator(".desk-row summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".desk-row dl").first).to_be_visible()


def make_preview() -> ImportRun:
    run = ImportRun.objects.create(name="visits.csv", dry_run=True, status="done", read=3, rejected=1)
    visit = make_visit()
    known = {"run": run, "file": "visits.csv", "type": "visit", "title": "Turkmenistan to Japan"}
    PreviewRow.objects.bulk_create(
        [
            PreviewRow(
                **known, row=2, verdict="added", added={"guest": "Turkmenistan", "delegations": ["Turkmenistan"]},
                doubts=[{"code": "odd", "reason": "It ends before it begins"}],
            ),
            PreviewRow(
                **known, row=3, verdict="changed", record_id=visit.pk,
                difference=[
                    {"path": "", "field": "summary", "before": "About gas.", "after": "About oil.", "conflict": True},
                    {"path": "/delegations/0", "added": {"sender": "Japan"}, "conflict": False},
                ],
            ),
            PreviewRow(
                **known, row=4, verdict="wrong",
                problems=[{"field": "host", "value": "Atlantis", "code": "unknown-country", "detail": "Write a code."}],
            ),
        ]
    )  # fmt: skip
    return run


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_pages_of_a_load_have_no_barrier(desk, live_server, browser, scheme, width, odd_file):
    page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}).new_page()
    sign_in(page, live_server, "elena")
    plain = "external_id,guest,host,summary\nour-list:1,TM,JP,Gas.\n"
    for text in (plain, plain.replace("Gas", "Oil"), plain.replace("TM,JP", "TM,Atlantis")):
        run = loads.run_load(loads.create_run([("a.csv", text.encode())], user=None, trust=True).pk)
    changed, waiting = run.pk - 1, loads.create_run([("a.csv", ODD.encode())], user=None, format="csv", dry_run=True)
    ImportRun.objects.filter(pk=waiting.pk).update(message="It waits.")
    paths = [
        f"{run.pk}/change/", f"{changed}/undo/", f"{waiting.pk}/columns/", f"{make_preview().pk}/preview/", "load/",
    ]  # fmt: skip
    found = {path: barriers(page, f"{live_server.url}/admin/visits/importrun/{path}") for path in paths}
    assert {path: what for path, what in found.items() if what} == {}


def barriers(page: Page, address: str) -> list[str]:
    """What axe finds in our part of a page, and whether the page is wider than its window."""
    page.goto(address)
    expect(page.locator(".desk").first).to_be_visible()
    page.wait_for_timeout(500)  # the admin's own colours fade in
    violations = Axe().run(page, context=".desk").response["violations"]
    found = [f"{one['id']}: {node['html'][:200]}" for one in violations for node in one["nodes"][:3]]
    too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return found + ["wider than its window"] * too_wide
