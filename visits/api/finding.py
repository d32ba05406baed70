"""`/api/v1/search/?q=`: one search over names, texts and quotes; `/api/v1/suggest/?q=` while somebody types."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from visits import search
from visits.search import suggesting

from . import finding_documents, problems
from .answers import tagged
from .entrance import Open
from .reading import ERRORS, refuse_strange

_Q = OpenApiParameter("q", {"type": "string", "maxLength": search.MAX_QUERY}, required=True)
_KIND = OpenApiParameter(
    "kind", {"type": "array", "items": {"type": "string", "enum": list(search.KINDS)}},
    description="Only these kinds; may be repeated.", explode=True,
)  # fmt: skip


def _marked(pieces: Iterable[search.Piece]) -> str:
    return "".join(f"«{piece.text}»" if piece.hit else piece.text for piece in pieces)


def _row(hit: search.Hit) -> dict[str, Any]:
    return {
        "kind": hit.kind,
        "id": hit.id,
        "title": search.plain(hit.title),
        "snippet": _marked(hit.snippet),
        "note": hit.note,
        "when": hit.when,
        "url": hit.url,
    }


def _page(query: str, **more: str) -> str:
    return f"{reverse('search')}?{urlencode({'q': query} | more)}"


def _asked(request: Request) -> str:
    """The text that is searched for, or 400."""
    text = request.query_params.get("q", "")
    if not text.strip() or len(text) > search.MAX_QUERY or "\x00" in text:
        detail = f"Ask for a word or more, of {search.MAX_QUERY} characters at most: ?q=hydrogen"
        raise problems.Invalid([problems.error("q", text[:200], "unknown-value", detail)], detail)
    return text


def _kinds(request: Request) -> list[str]:
    """The kinds that are asked for, all unless said otherwise, or 400."""
    wanted = request.query_params.getlist("kind")
    if strange := [kind for kind in wanted if kind not in search.KINDS]:
        detail = f"A kind is one of: {', '.join(search.KINDS)}."
        raise problems.Invalid([problems.error("kind", strange[0][:200], "unknown-value", detail)], detail)
    return wanted or list(search.KINDS)


class SearchView(Open):
    @extend_schema(
        operation_id="search",
        summary="Search names, titles, quotes and sources",
        description='The best hits of each kind; a list\'s `q` finds all of one kind. `"side by side"`, `-without` '
        "and `or` are understood.",
        parameters=[_Q, _KIND],
        responses={200: finding_documents.SearchResults, 304: None, **ERRORS},
        tags=["search"],
        auth=[],
    )
    def get(self, request: Request) -> HttpResponseBase:
        refuse_strange(request, ("q", "kind"))
        text, kinds = _asked(request), _kinds(request)
        found = search.search(text, kinds=kinds, any_word=False)
        body = {
            "query": text,
            "meant": [{"kind": one.kind, "title": one.title, "note": one.note, "url": one.url} for one in found.meant],
            "nearly": found.nearly,
            "kinds": [
                {"kind": kind, "count": group.count, "more": group.more, "url": _page(text, kind=kind)}
                for kind, group in found.groups.items()
            ],
            "results": [_row(hit) for group in found.groups.values() for hit in group.hits],
        }
        return tagged(request, body)


class SuggestView(Open):
    @extend_schema(
        operation_id="suggest",
        summary="What may be meant, while somebody types",
        description="Pages whose names begin with the words that are typed, few of each kind; none for one letter. "
        "In the language of the reader (cookie or Accept-Language), as the pages that it is a part of.",
        parameters=[_Q],
        responses={200: finding_documents.Suggestions, 304: None, **ERRORS},
        tags=["search"],
        auth=[],
    )
    def get(self, request: Request) -> HttpResponseBase:
        refuse_strange(request, ("q",))
        text = _asked(request)
        language = translation.get_language_from_request(request._request)
        with translation.override(language):
            return self._answer(request, text, language)

    def _answer(self, request: Request, text: str, language: str) -> HttpResponseBase:
        """In the language of the reader, for it is a part of the pages."""
        found = suggesting.suggest(text)
        number = len(found)
        message = ngettext("%(number)d suggestion", "%(number)d suggestions", number) % {"number": number}
        rows = [
            {
                "kind": one.kind,
                "label": str(suggesting.LABELS[one.kind]),
                "title": search.plain(one.title),
                "parts": [{"text": piece.text, "hit": piece.hit} for piece in one.title],
                "note": one.note,
                "url": one.url,
            }
            for one in found
        ]
        body = {"query": text, "message": message if rows else _("No suggestions"), "url": _page(text)}
        response = tagged(request, body | {"suggestions": rows})
        response["Cache-Control"] = "private, max-age=60"
        response["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response
