"""How an answer is written: JSON once, its ETag, 304 where the reader has it already, links between pages."""

import hashlib
from typing import Any

import orjson
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from visits import paging


def to_json(data: Any) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS, default=str)


class Json(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else to_json(data)


def with_tag(data: Any, headers: dict[str, str] | None = None) -> HttpResponse:
    """200 with an ETag that is a hash of the body."""
    body = to_json(data)
    response = HttpResponse(body, content_type=Json.media_type, headers=headers)
    response["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache"
    return response


def tagged(request: Request, data: Any, headers: dict[str, str] | None = None) -> HttpResponseBase:
    """The same, or 304 when the reader has that body."""
    response = with_tag(data, headers)
    return get_conditional_response(request._request, etag=response["ETag"], response=response) or response


def listed(request: Request, page: paging.Page, **more: Any) -> HttpResponseBase:
    """A page of a list, its neighbours in the body and in the Link header."""
    here = request.build_absolute_uri(request.path)
    links = {
        name: paging.url_with(here, request.query_params, cursor=cursor) if cursor else None
        for name, cursor in (("next", page.next), ("previous", page.previous))
    }
    counts = {} if page.count is None else {"count": page.count}
    header = ", ".join(f'<{url}>; rel="{name}"' for name, url in links.items() if url)
    body = {**counts, **more, **links, "results": page.rows}
    return tagged(request, body, {"Link": header} if header else None)
