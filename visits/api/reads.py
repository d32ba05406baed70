"""Reads of the API pass by what only pages, forms and writes need: sessions, messages, tokens of forms, htmx, ..."""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import Resolver404, resolve

from .resources import RESOURCES

_READ = re.compile(rf"/api/v1/(?:{'|'.join(one.name for one in RESOURCES)})/(?:[^/]+/)?")


class ReadsMiddleware:
    """What stands above it in the settings holds for all; what stands below is left out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"} or not _READ.fullmatch(request.path_info):
            return self.get_response(request)
        try:
            request.resolver_match = found = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        return response.render() if isinstance(response, SimpleTemplateResponse) else response
