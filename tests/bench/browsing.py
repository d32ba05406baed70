"""What a reader's browser meets: weight, first paint on a slow line, shifts, strangers, barriers.

Walks the pages of a running tracker (`TRACKER_ADDRESS`, by default http://127.0.0.1:8000) in Chromium.
"""

import json
import os
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import urlopen

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.bench import Figure

LONG = True
ADDRESS = os.environ.get("TRACKER_ADDRESS", "http://127.0.0.1:8000")
WIDTHS = (360, 768, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FAST_3G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
"""Lighthouse's figures: round trip 150 ms, 1.6 Mbit/s down, 750 kbit/s up."""

PAGES = [
    *("/", "/visits/", "/visits/?host=US&year=1961&kind=state", "/visits/?guest=JP&q=summit"),
    *("/visits/?guest=TV&year=1890", "/visits/?view=map", "/visits/?view=timeline", "/visits/?view=matrix"),
    *("/visits/?view=network", "/visits/narrow/?host=US", "/visits/?guest=nobody", "/nothing/"),
    *("/search/?q=hydrogen", "/search/?q=Meredow", "/search/?q=xqzj", "/meetings/", "/officials/"),
    *(
        "/officials/?valid_on=2013-05",
        "/posts/",
        "/organizations/",
        "/countries/",
        "/topics/",
        "/outcomes/",
        "/dialogues/",
    ),
    *("/countries/US/", "/countries/SUHH/", "/countries/compare/?country=TM&country=UZ", "/relations/TM-JP/"),
    *("/relations/US-GB/", "/relations/TM-JP/brief/", "/templates/", "/api/"),
]
KINDS = ("visits", "meetings", "officials", "posts", "organizations", "topics", "outcomes", "dialogues", "sources")

_SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({type: "layout-shift", buffered: true});
"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"


def measure() -> Iterator[Figure]:
    paths = list(pages())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        for path in paths:
            weight, paint, shift, trouble = _first_visit(browser, path)
            barriers = _barriers(browser, path)
            said = "; ".join(trouble + barriers) or "quiet"
            yield Figure(path, f"{weight / 1000:.0f} kB", f"painted {paint:.0f} ms, shift {shift:.3f}; {said}")


def pages() -> Iterator[str]:
    """Every kind of page, each record by the first that the API has of it."""
    yield from PAGES
    for kind in KINDS:
        with urlopen(f"{ADDRESS}/api/v1/{kind}/?page_size=1") as answer:
            for record in json.load(answer)["results"]:
                yield urlsplit(record["url"]).path


def _first_visit(browser: Browser, path: str) -> tuple[int, float, float, list[str]]:
    """Bytes over the line, first contentful paint in ms and layout shift of a reader who comes for the first time."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, trouble = _listened(context)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", FAST_3G)
    weights: list[float] = []
    line.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.add_init_script(_SHIFTS)
    page.goto(ADDRESS + path, wait_until="load")
    page.wait_for_load_state("networkidle")
    found = page.evaluate(_PAINT), page.evaluate("window.shifted")
    context.close()
    return int(sum(weights)), *found, trouble


def _barriers(browser: Browser, path: str) -> list[str]:
    """What axe finds at three widths in both schemes, and where the page is wider than its window."""
    found = []
    for scheme in SCHEMES:
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(ADDRESS + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            answer = Axe().run(page, options={"runOnly": RULES}).response
            found += [f"{scheme} {width} {one['id']}: {one['nodes'][0]['html'][:120]}" for one in answer["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append(f"{scheme} {width} too wide")
        context.close()
    return found


def _listened(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what it complains of: its console, requests to other hosts."""
    page, trouble = context.new_page(), []
    host = urlsplit(ADDRESS).netloc
    page.on("console", lambda said: trouble.append(said.text[:150]) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: trouble.append(str(error)[:150]))
    page.on(
        "request", lambda asked: trouble.append(asked.url) if urlsplit(asked.url).netloc not in {host, ""} else None
    )
    return page, trouble
