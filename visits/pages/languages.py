"""Names in the reader's language are as editors left them, also where a page asks for nothing else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from visits import catalogue, native


class NativeNamesMiddleware:
    """Below the middleware that chooses the language. Readers of the records' own language cost no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not native.is_own():
            catalogue.hold_native_names()
        return self.get_response(request)
