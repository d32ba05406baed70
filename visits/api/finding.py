"""`/api/v1/search/?q=`: one search over names, texts and quotes."""

from collections.abc import Iterable
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from visits import search
from visits.models import Citation

from . import documents, problems
from .access import TokenAuthentication, UserThrottle, VisitorThrottle
from .answers import tagged
from .reading import ERRORS, refuse_strange


def _plain(pieces: Iterable[search.Piece]) -> str:
    return "".join(f"«{piece.text}»" if piece.hit else piece.text for piece in pieces)


def _row(kind: str, hit: search.Hit) -> dict[str, Any]:
    record: Any = hit.record.source if isinstance(hit.record, Citation) else hit.record
    title = "".join(piece.text for piece in hit.title)
    return {"kind": kind, "title": title, "snippet": _plain(hit.snippet), "url": record.get_absolute_url()}


class SearchView(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [AllowAny]
    throttle_classes = [VisitorThrottle, UserThrottle]

    @extend_schema(
        operation_id="search",
        summary="Search names, titles and quotes",
        description="The best hits of each kind; a list's `q` finds all of one kind.",
        parameters=[OpenApiParameter("q", {"type": "string", "maxLength": search.MAX_QUERY}, required=True)],
        responses={200: documents.SearchResults, 304: None, **ERRORS},
        tags=["search"],
        auth=[],
    )
    def get(self, request: Request) -> HttpResponseBase:
        refuse_strange(request, ("q",))
        text = request.query_params.get("q", "")
        if not text.strip() or len(text) > search.MAX_QUERY or "\x00" in text:
            detail = f"Ask for a word or more, of {search.MAX_QUERY} characters at most: ?q=hydrogen"
            raise problems.Invalid([problems.error("q", text[:200], "unknown-value", detail)], detail)
        found = search.search(text)
        results = [_row(kind, hit) for kind, hits in found.items() for hit in hits]
        return tagged(request, {"query": text, "results": results})
