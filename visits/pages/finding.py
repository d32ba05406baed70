"""The search page: what was found, by kind, with the words marked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from visits.search import MAX_QUERY, search, search_any

HEADINGS = {
    "officials": _("Officials"),
    "countries": _("Countries"),
    "organizations": _("Organizations"),
    "posts": _("Posts"),
    "topics": _("Topics"),
    "dialogues": _("Dialogues"),
    "visits": _("Visits"),
    "meetings": _("Meetings"),
    "outcomes": _("Outcomes"),
    "quotes": _("Quotes"),
}


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_QUERY]
    found = search(query)
    partly = {} if found else search_any(query)
    groups = [(kind, HEADINGS[kind], hits) for kind, hits in (found or partly).items()]
    context = {"section": "", "query": query, "groups": groups, "partly": bool(partly)}
    return render(request, "pages/search.html", context)
