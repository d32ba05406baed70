"""Answers to addresses that name a filter or a value that the list does not have."""

from collections.abc import Callable, Iterable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from visits.filters import FilterError, Problem
from visits.paging import BrokenCursor, url_with


def refuses_unknown(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of which a filter or value that is unknown makes that answer."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except FilterError as error:
            return unknown_filter(request, error)

    return answer


def unknown_filter(request: HttpRequest, error: FilterError | BrokenCursor) -> HttpResponse:
    """400: what was not understood, what is near it, and the list without it."""
    if isinstance(error, FilterError):
        problems = error.problems
    else:
        problems = [Problem("cursor", error.value, "broken-cursor", _("This is no address of a page of this list."))]
    context = {"section": "", "problems": problems, "without": _without(request, problems)}
    return render(request, "pages/400.html", context, status=400)


def _without(request: HttpRequest, problems: Iterable[Problem]) -> str:
    """The first page of the list, what was understood kept."""
    query = request.GET.copy()
    query.pop("cursor", None)
    for problem in problems:
        good = [value for value in query.getlist(problem.field) if value[:200] != problem.value]
        query.pop(problem.field, None)
        if good and problem.code != "unknown-filter":
            query.setlist(problem.field, good)
    return url_with(request.path, query)
