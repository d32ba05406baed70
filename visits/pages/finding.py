"""The search page: what a text means as a whole, and what was found by it, kind by kind, with the words marked."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from visits.filters import FilterError, Problem
from visits.search import KINDS, MAX_QUERY, Group, Hit, search, texts

from .errors import unknown_filter
from .lists import LISTS

SHOWN, SHOWN_NAMES = 6, 4  # hits of each kind; of those found by their names


@dataclass(frozen=True)
class Section:
    """One kind: its heading, what was found of it, its own page, and the list in which all of it may be filtered."""

    kind: str
    heading: Any
    group: Group
    url: str
    list_url: str
    hits: list[Hit]

    @property
    def has_more(self) -> bool:
        return self.group.more or self.group.count > len(self.hits)


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:MAX_QUERY]
    kind = request.GET.get("kind", "")
    if kind and kind not in KINDS:
        detail = _("“%(value)s” is not known here.") % {"value": kind[:80]}
        return unknown_filter(request, FilterError([Problem("kind", kind[:200], "unknown-value", detail)]))
    found = search(query, SHOWN, only=kind)
    listed = not (found.asked.has_operators or found.nearly or found.partly)
    sections = [
        Section(
            one,
            KINDS[one],
            group,
            _address(query, one),
            _list(one, found.asked.text) if listed else "",
            group.hits if kind or one in texts.KINDS else group.hits[:SHOWN_NAMES],
        )
        for one, group in found.groups.items()
    ]
    said = {answer.url for answer in found.meant}
    context = {
        "section": "",
        "query": query,
        "kind": kind,
        "everything": _address(query),
        "sections": sections,
        "shown": [
            section
            for section in sections
            if kind == section.kind or (not kind and not {hit.url for hit in section.hits} <= said)
        ],
        "answers": [] if kind else found.meant,
        "nearly": found.nearly,
        "partly": found.partly,
        "rather": [(other, _address(other)) for other in found.rather],
        "searched": list(KINDS.values()),
    }
    return render(request, "pages/search.html", context)


def _address(query: str, kind: str = "") -> str:
    return f"{reverse('search')}?{urlencode({'q': query} | ({'kind': kind} if kind else {}))}"


def _list(kind: str, query: str) -> str:
    return f"{reverse(kind)}?{urlencode({'q': query})}" if kind in LISTS else ""
