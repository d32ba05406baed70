"""Saved searches: saving the list that one looks at, renaming, how often one hears of it, the private feed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_http_methods, require_POST, require_safe

from visits import alerts, atom, catalogue, dates, enums
from visits.models import Reader, SavedSearch
from visits.paging import url_with

from .account import for_readers
from .counting import capped_count

KINDS = tuple(enums.SearchKind.values)


class SearchForm(forms.ModelForm):
    class Meta:
        model = SavedSearch
        fields = ("name", "frequency", "changed_too")
        widgets = {"frequency": forms.RadioSelect}


def save_path(request: HttpRequest, name: str) -> str:
    """Where the list that is shown can be saved; nothing for lists that cannot."""
    if name not in KINDS:
        return ""
    return url_with(reverse("saved-new"), request.GET, of=name, cursor=None, page_size=None, cite=None)


@for_readers
@require_safe
def saved_page(request: HttpRequest, reader: Reader) -> HttpResponse:
    searches = reader.searches.annotate(mailed=Max("mailings__sent_at", filter=Q(mailings__tries__gt=0))).order_by(
        "name", "pk"
    )
    known = catalogue.current()
    context = {"section": "", "reader": reader, "searches": [_shown(search, known) for search in searches]}
    return render(request, "pages/saved.html", context)


@for_readers
@require_http_methods(["GET", "HEAD", "POST"])
def new_page(request: HttpRequest, reader: Reader) -> HttpResponse:
    kind = request.GET.get("of", "")
    if kind not in KINDS:
        raise Http404
    query = alerts.kept_query(request.GET, also=("of",))
    try:
        filters = alerts.filters_of(kind, query)
    except alerts.BrokenSearch as problem:
        return render(request, "pages/saved_edit.html", {"section": "", "broken": str(problem)}, status=400)
    words = alerts.words(kind, filters)
    search = SavedSearch(reader=reader, kind=kind, query=query)
    form = SearchForm(request.POST or None, instance=search, initial={"name": capfirst(words)[:120]})
    context = {
        "section": "", "form": form, "words": words, "count": capped_count(filters.qs), "is_new": True,
        "list": alerts.list_path(kind, query), "reader": reader,
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        if alerts.save(form.save(commit=False)):
            return redirect("saved")
        form.add_error(None, ValidationError(_("You have %(number)d searches; delete one first.")
                                             % {"number": alerts.MOST}))  # fmt: skip
    status = 400 if request.method == "POST" else 200
    return render(request, "pages/saved_edit.html", context, status=status)


@for_readers
@require_http_methods(["GET", "HEAD", "POST"])
def search_page(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    search = get_object_or_404(reader.searches, pk=pk)
    was_off = search.frequency == enums.Frequency.OFF
    form = SearchForm(request.POST or None, instance=search)
    if request.method == "POST" and form.is_valid():
        form.save()
        if was_off and search.frequency != enums.Frequency.OFF:
            alerts.pass_over(search)
        return redirect("saved")
    context = {"section": "", "form": form, "is_new": False, "reader": reader, **_shown(search)}
    return render(request, "pages/saved_edit.html", context, status=400 if request.method == "POST" else 200)


@for_readers
@require_POST
def delete(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    get_object_or_404(reader.searches, pk=pk).delete()
    return redirect("saved")


@for_readers
@require_POST
def renew_feed(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """The feed gets another address; the former one is a 404 from now on."""
    search = get_object_or_404(reader.searches, pk=pk)
    search.feed_version += 1
    search.save(update_fields=["feed_version"])
    return redirect("saved-search", pk)


@require_safe
@cache_control(private=True, max_age=0)
@conditional_page
def feed(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The private feed: whoever has its address reads it."""
    search = alerts.of_feed(pk, key)
    if search is None:
        raise Http404
    with translation.override(search.reader.language):
        body = alerts.feed_of(search, _words(search), alerts.list_path(search.kind, search.query))
    response = HttpResponse(body, content_type=atom.MEDIA_TYPE)
    response["X-Robots-Tag"] = "noindex"
    return response


@csrf_exempt  # RFC 8058: the reader's mail program posts here; the address itself is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def stop_page(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """No more e-mails of one search, without signing in. Opening it asks; only a POST stops them."""
    search = alerts.of_stop(pk, key)
    if search is None:
        raise Http404
    if request.method == "POST":
        alerts.stop(search)
        search.frequency = enums.Frequency.OFF
    response = render(request, "pages/saved_stop.html", {"section": "", "search": search})
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response


def _shown(search: SavedSearch, known: catalogue.Catalogue | None = None) -> dict[str, Any]:
    return {
        "search": search,
        "words": _words(search, known),
        "list": alerts.list_path(search.kind, search.query),
        "feed": alerts.feed_path(search),
        "day": dates.display(f"{mailed:%Y-%m-%d}") if (mailed := getattr(search, "mailed", None)) else "",
    }


def _words(search: SavedSearch, known: catalogue.Catalogue | None = None) -> str:
    """In words; of filters that are no longer understood as they are written."""
    try:
        return alerts.words(search.kind, alerts.filters_of(search.kind, search.query, known))
    except alerts.BrokenSearch:
        return f"{search.kind}?{search.query}"
