"""The lists: a page of rows with its filters, and the same rows as files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from visits import exports, paging
from visits.models import Country, Dialogue, Meeting, Official, Organization, Outcome, Post, Topic, Visit
from visits.rows import SHAPES

from .counting import capped_count

FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


@dataclass(frozen=True)
class ListPage:
    """One list: what is public of it, its order, its words."""

    public: Callable[[], QuerySet]
    order: paging.Order
    title: Any
    about: Any


LISTS = {
    "visits": ListPage(Visit.objects.published, paging.NEWEST, _("Visits"), ""),
    "meetings": ListPage(Meeting.objects.published, paging.NEWEST, _("Meetings"), ""),
    "officials": ListPage(Official.objects.public, paging.BY_NAME, _("Officials"), ""),
    "posts": ListPage(Post.objects.public, paging.BY_TITLE, _("Posts"), ""),
    "organizations": ListPage(Organization.objects.public, paging.BY_NAME, _("Organizations"), ""),
    "countries": ListPage(Country.objects.all, paging.COUNTRIES_BY_NAME, _("Countries"), ""),
    "topics": ListPage(Topic.objects.all, paging.BY_NAME, _("Topics"), ""),
    "outcomes": ListPage(Outcome.objects.public, paging.LATEST_ID, _("Outcomes"), ""),
    "dialogues": ListPage(Dialogue.objects.all, paging.BY_NAME, _("Dialogues"), ""),
}


@require_safe
def list_page(request: HttpRequest, name: str) -> HttpResponse:
    listed = LISTS[name]
    queryset = listed.public()
    page = paging.page(queryset, listed.order, SHAPES[name].read, cursor=request.GET.get("cursor", ""))
    context = {
        "section": name,
        "name": name,
        "title": listed.title,
        "about": listed.about,
        "rows": page.rows,
        "count": capped_count(queryset),
        "next": page.next and paging.url_with(request.path, request.GET, cursor=page.next),
        "previous": page.previous and paging.url_with(request.path, request.GET, cursor=page.previous),
        "first": paging.url_with(request.path, request.GET, cursor=None),
        "query": request.GET.urlencode(),
        "formats": list(FORMATS),
    }
    return render(request, "pages/list.html", context)


@require_safe
def list_file(request: HttpRequest, name: str, file_format: str) -> HttpResponse | StreamingHttpResponse:
    listed = LISTS[name]
    queryset = listed.public()
    if file_format == "csv":
        lines: Any = exports.csv_lines(name, queryset, listed.order, request.build_absolute_uri("/"))
    else:
        lines = exports.json_lines(name, queryset, listed.order)
    response = StreamingHttpResponse(lines, content_type=FORMATS[file_format])
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    return response
