"""Addresses that last: one right slug, merged records redirect, withdrawn and deleted ones answer 410."""

from collections.abc import Callable
from functools import wraps

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visits import merged
from visits.enums import State
from visits.models import RetiredId

View = Callable[..., HttpResponse]
Public = Callable[[], models.QuerySet]


class RecordKey:
    """URL converter: `12` or `12-any-slug`."""

    regex = r"[0-9]{1,18}(?:-[^/]*)?"

    def to_python(self, value: str) -> int:
        return int(value.partition("-")[0])

    def to_url(self, value: str | int) -> str:
        return str(value)


def record_page(public: Public) -> Callable[[View], View]:
    """Give a view the public record that its address names, or answer 301, 404 or 410 in its place."""

    def decorate(view: View) -> View:
        @require_safe
        @wraps(view)
        def page(request: HttpRequest, key: int) -> HttpResponse:
            record = public().filter(pk=key).first()
            if record is None:
                return _absent(request, public, key)
            address = record.get_absolute_url()
            if request.path != address:
                return moved(request, address)
            return view(request, record)

        return page

    return decorate


def moved(request: HttpRequest, address: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def _absent(request: HttpRequest, public: Public, key: int) -> HttpResponse:
    model = public().model
    retired = RetiredId.objects.filter(kind=model._meta.model_name, record_id=key).first()
    if retired and retired.merged_into:
        heir = public().filter(pk=merged.heir(model, key)).first()
        if heir:
            return moved(request, heir.get_absolute_url())
    if retired or _is_withdrawn(model, key):
        return render(request, "410.html", status=410)
    raise Http404


def _is_withdrawn(model: type[models.Model], key: int) -> bool:
    stated = any(field.name == "state" for field in model._meta.fields)
    return stated and model._default_manager.filter(pk=key, state=State.WITHDRAWN).exists()
