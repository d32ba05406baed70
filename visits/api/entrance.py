"""The way in: the documentation page, the root, the schemas, and what is asked for in vain."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from visits import record

from .access import TokenAuthentication, UserThrottle, VisitorThrottle
from .answers import tagged
from .resources import RESOURCES

EXAMPLES = (
    (gettext_noop("Visits of Turkmenistan to Japan, newest first"), "visits/?guest=TM&host=JP"),
    (
        gettext_noop("What was proposed about hydrogen since 2020"),
        "visits/?topic=hydrogen&modality=proposed&from=2020",
    ),
    (gettext_noop("One record by the id that a data set gives it"), "visits/?external_id=hsg-visits:2138"),
    (gettext_noop("Titles and dates alone, 500 a page"), "visits/?fields=id,title,start,end&page_size=500"),
    (gettext_noop("With delegations, meetings and the evidence"), "visits/?expand=delegations,meetings,citations"),
    (
        gettext_noop("Visits to the United States by year and guest, conferences left out"),
        "stats/?host=US&by=year,guest&multilateral=false",
    ),
    (gettext_noop("What changed, and what will"), "changes/?since=2026-01-01"),
    (gettext_noop("A person by name, in any script"), "officials/?q=merkel"),
)


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """`/api/`: for people."""
    root = request.build_absolute_uri(reverse("api:root"))
    examples = [{"text": gettext(text), "url": root + path} for text, path in EXAMPLES]
    lists = [
        {
            "name": one.name,
            "summary": gettext(one.summary),
            "filters": list(one.filters.base_filters),
            "expand": list(one.shape.expansions),
        }
        for one in RESOURCES
    ]
    reconcile = request.build_absolute_uri(reverse("api:reconcile"))
    context = {"section": "api", "root": root, "examples": examples, "lists": lists, "reconcile": reconcile}
    return render(request, "api/documentation.html", context)


class Open(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [AllowAny]
    throttle_classes = [VisitorThrottle, UserThrottle]


class RootView(Open):
    """`/api/v1/`: where everything is."""

    @extend_schema(
        operation_id="root",
        summary="Where everything is",
        responses={200: {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}},
        tags=["api"],
        auth=[],
    )
    def get(self, request: Request) -> HttpResponseBase:
        names = {one.name: f"api:{one.name}-list" for one in RESOURCES}
        names |= {"imports": "api:imports-list", "search": "api:search", "suggest": "api:suggest"}
        names["changes"] = "api:changes"
        names |= {"stats": "api:stats", "schema": "api:schema"}
        names |= {"visit_record_schema": "api:visit-record", "documentation": "api:documentation"}
        names |= {"reconcile": "api:reconcile"}
        return tagged(request, {name: request.build_absolute_uri(reverse(view)) for name, view in names.items()})


class VisitRecordView(Open):
    """The JSON Schema of one VisitRecord, the shape of bulk loading and of the JSON Lines export."""

    @extend_schema(
        operation_id="visit_record_schema",
        summary="The JSON Schema of a VisitRecord",
        responses={200: {"type": "object", "additionalProperties": True}},
        tags=["api"],
        auth=[],
    )
    def get(self, request: Request) -> HttpResponseBase:
        return tagged(request, record.json_schema())


class NothingHere(Open):
    """Every other address below `/api/`: with the slash that is missing, or 404."""

    schema = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in {"GET", "HEAD"} and not request.path.endswith("/") and self._is_there(request):
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(request.path + "/" + (f"?{query}" if query else ""))
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404

    def _is_there(self, request: HttpRequest) -> bool:
        try:
            return resolve(request.path_info + "/").url_name != "nothing"
        except Resolver404:
            return False
