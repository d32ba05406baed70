"""In which language an answer is: a page in its reader's, what machines read in English whoever asks.

A reader's choice is a cookie; without one the browser's Accept-Language decides. Addresses are the same in every
language, so that a query string means the same to page, API and export.
"""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

_OF_MACHINES = re.compile(r"/(?:api/.+|healthz|metrics|[\w/-]+\.(?:csv|xlsx|jsonl|ics|atom))")


def is_of_machines(path: str) -> bool:
    return _OF_MACHINES.fullmatch(path) is not None


class ReaderLanguageMiddleware(LocaleMiddleware):
    """Django's own, but for what machines read; and what depends on the reader says so to caches."""

    def process_request(self, request: HttpRequest) -> None:
        if is_of_machines(request.path_info):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if is_of_machines(request.path_info):
            response.headers.setdefault("Content-Language", settings.LANGUAGE_CODE)
            return response
        answer: HttpResponseBase = super().process_response(request, response)
        patch_vary_headers(answer, ["Accept-Language", "Cookie"])
        return answer


@csrf_exempt
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the choice and go back. The cookie gives no right to anything, so no page needs a token for this form."""
    return set_language(request)
