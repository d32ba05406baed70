"""Answers to addresses that name a filter or a value that the list does not have."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from visits.filters import FilterError, Problem
from visits.paging import BrokenCursor, url_with


def unknown_filter(request: HttpRequest, error: FilterError | BrokenCursor) -> HttpResponse:
    """400: what was not understood, what is near it, and the list without it."""
    if isinstance(error, FilterError):
        problems, names = error.problems, [problem.field for problem in error.problems]
    else:
        names = ["cursor"]
        problems = [Problem("cursor", error.value, "broken-cursor", _("This is no address of a page of this list."))]
    without = url_with(request.path, request.GET, cursor=None, **dict.fromkeys(names))
    context = {"section": "", "problems": problems, "without": without}
    return render(request, "pages/400.html", context, status=400)
