"""The preview of a load: what each row of its files would do, by verdict, a page at a time. Nothing is written."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import paging
from visits.enums import Verdict
from visits.models import ImportRun, PreviewRow

from .proposal_view import label_of, part_of, words_of

_MOST_COMPARED = 4000  # characters; longer texts are shown whole, before and after
_ALIKE = 0.4
_FILE_PROBLEMS = 20
DOUBTFUL = "doubtful"

# What a tab shows, and its words. "" is every row.
TABS: tuple[tuple[str, Any], ...] = (
    ("", gettext_lazy("All rows")),
    (Verdict.ADDED, gettext_lazy("Added")),
    (Verdict.CHANGED, gettext_lazy("Changed")),
    (Verdict.UNCHANGED, gettext_lazy("Unchanged")),
    (DOUBTFUL, gettext_lazy("Doubtful")),
    (Verdict.WRONG, gettext_lazy("Wrong")),
    (Verdict.DUPLICATE, gettext_lazy("Duplicates")),
    (Verdict.NOTHING, gettext_lazy("Nothing to record")),
)


@dataclass
class Piece:
    """Some words of a value, and whether they are gone, new, or in both."""

    text: str
    mark: str = ""


@dataclass
class Change:
    """One field, before and after; `conflict` when somebody edited it, so that the load leaves it to an editor."""

    label: str
    before: list[Piece]
    after: list[Piece]
    conflict: bool


@dataclass
class Addition:
    """A part that a record would get; `conflict` as for a change."""

    label: str
    words: str
    conflict: bool


@dataclass
class Shown:
    """One row of the preview as the page shows it."""

    row: dict[str, Any]
    verdict: str
    url: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)


def preview_context(run: ImportRun, params: Any) -> dict[str, Any]:
    """The rows of one tab that match the search, a page of them; counts of every tab. `paging.BrokenCursor`."""
    show, words = params.get("show", ""), params.get("q", "").replace("\x00", "").strip()[:200]
    found = _searched(run.preview_rows.all(), words)
    page = paging.page(_of_tab(found, show), paging.BY_ID, _read, cursor=params.get("cursor", ""))
    here = reverse("admin:visits_importrun_preview", args=[run.pk])
    asked = {"show": show or None, "q": words or None}
    return {
        "run": run,
        "show": show,
        "words": words,
        "tabs": list(_tabs(found, here, show, words)),
        "rows": [_shown(row) for row in page.rows],
        "next_url": paging.url_with(here, {}, **asked, cursor=page.next) if page.next else "",
        "previous_url": paging.url_with(here, {}, **asked, cursor=page.previous) if page.previous else "",
        "file_problems": list(run.problems.filter(Q(row=None) | Q(row=0))[:_FILE_PROBLEMS]),
    }


def preview_page(request: HttpRequest, run: ImportRun, context: dict[str, Any]) -> HttpResponse:
    """The page; an address that no tab or cursor answers leads to the first page, and says so."""
    here = reverse("admin:visits_importrun_preview", args=[run.pk])
    if request.GET.get("show", "") not in dict(TABS):
        messages.warning(request, _("There are no rows of this kind: here are all."))
        return HttpResponseRedirect(here)
    try:
        rows = preview_context(run, request.GET)
    except paging.BrokenCursor as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(here)
    return TemplateResponse(request, "admin/desk/preview.html", {**context, **rows})


def _searched(rows: QuerySet[PreviewRow], words: str) -> QuerySet[PreviewRow]:
    for word in words.split():
        rows = rows.filter(title__icontains=word)
    return rows


def _of_tab(rows: QuerySet[PreviewRow], show: str) -> QuerySet[PreviewRow]:
    if show == DOUBTFUL:
        return rows.exclude(doubts=[])
    return rows.filter(verdict=show) if show else rows


def _tabs(rows: QuerySet[PreviewRow], here: str, show: str, words: str) -> Iterator[dict[str, Any]]:
    counts: Counter[str] = Counter(dict(rows.order_by().values_list("verdict").annotate(Count("pk"))))
    numbers = {**counts, "": counts.total(), DOUBTFUL: rows.exclude(doubts=[]).order_by().count()}
    for name, label in TABS:
        number = numbers.get(name, 0)
        if number or name in {"", show}:
            url = paging.url_with(here, {}, show=name or None, q=words or None)
            yield {"name": name, "label": label, "number": number, "url": url, "is_current": name == show}


_COLUMNS = (
    "file", "row", "verdict", "type", "title", "record_id", "added", "difference", "doubts", "problems",
)  # fmt: skip


def _read(rows: QuerySet[PreviewRow]) -> list[dict[str, Any]]:
    return list(rows.values(*_COLUMNS, paging.KEY, page_pk=F("pk")))


def _shown(row: dict[str, Any]) -> Shown:
    url = ""
    if row["record_id"] and row["type"]:
        url = reverse(f"admin:visits_{row['type']}_change", args=[row["record_id"]])
    shown = Shown(row, str(Verdict(row["verdict"]).label), url)
    shown.facts = [(label_of(name), words_of(value)) for name, value in row["added"].items() if words_of(value)]
    for entry in row["difference"]:
        if "added" in entry:
            shown.additions.append(_addition(entry))
        else:
            shown.changes.append(_change(entry))
    return shown


def _addition(entry: dict[str, Any]) -> Addition:
    values = [words_of(value) for value in entry["added"].values() if isinstance(value, str | list | dict)]
    words = ", ".join(dict.fromkeys(filter(None, values)))
    return Addition(part_of(entry["path"]), words, bool(entry.get("conflict")))


def _change(entry: dict[str, Any]) -> Change:
    part, name = part_of(entry["path"]), entry.get("field", "")
    label = ": ".join(filter(None, (part, label_of(name)))) or _("Record")
    before, after = compared(words_of(entry["before"]), words_of(entry["after"]))
    return Change(capfirst(label), before, after, bool(entry.get("conflict")))


def compared(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Two values in pieces, word by word: `gone` in the first, `new` in the second; whole when little is alike."""
    whole = [Piece(before, "gone")] if before else [], [Piece(after, "new")] if after else []
    if not before or not after or len(before) + len(after) > _MOST_COMPARED:
        return whole
    old, new = (re.findall(r"\w+|\s+|[^\w\s]", text) for text in (before, after))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return whole
    left: list[Piece] = []
    right: list[Piece] = []
    for what, a, b, c, d in matcher.get_opcodes():
        for pieces, text, mark in ((left, old[a:b], "gone"), (right, new[c:d], "new")):
            if text:
                pieces.append(Piece("".join(text), "" if what == "equal" else mark))
    return left, right
