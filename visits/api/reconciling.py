"""`/api/reconcile/`: the service that OpenRefine and its like speak with."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from visits import catalogue, names, reconciling
from visits.reconciling import KINDS, PROPERTIES, Kind, Property

from . import exchange, problems
from .access import TokenAuthentication, UserThrottle, VisitorThrottle
from .reading import ERRORS, refuse_strange

VERSIONS = ["0.2"]
WIDTH, HEIGHT = 420, 320  # of a preview
_SUGGESTED = 10
_MOST_SUGGESTED = 50
_SHOWN = 5  # values of a property in a preview
_LARGEST = 3 * exchange.LONGEST  # bytes of a form: a letter may be written as nine

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type",
    "Access-Control-Expose-Headers": "Retry-After",
    "Access-Control-Max-Age": "86400",
}


class FormBody(BaseParser):
    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> QueryDict:
        content = stream.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise problems.TooLarge(f"The form has more than {_LARGEST} bytes.")
        text = content.decode("utf-8", "replace")
        if text.count("&") > 100:
            detail = "The form has more fields than “queries” or “extend”."
            raise problems.Invalid([problems.error("", "", "too-many-fields", detail)], detail)
        return QueryDict(text, encoding="utf-8")


class ServiceView(APIView):
    """Open to scripts of any web page: every answer, errors too, says so."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [AllowAny]
    throttle_classes = [VisitorThrottle, UserThrottle]
    parser_classes = [FormBody]

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in _CORS.items():
            response[name] = value
        return response

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        return Response(status=204)


def _parameter(name: str, text: str, **more: Any) -> OpenApiParameter:
    schema = {"type": more.pop("type", "string"), **more.pop("schema", {})}
    return OpenApiParameter(name, schema, description=text, **more)


_TYPE = _parameter("type", "A type; an empty one, as OpenRefine sends it, is any.", schema={"enum": ["", *KINDS]})
_PREFIX = _parameter("prefix", "The beginning of a name, or an id.", schema={"maxLength": names.MAX_NAME})
_QUERIES = "A batch of reconciliation queries, as JSON."
_EXTEND = "A data extension query, as JSON."
_FORM = {
    "type": "object",
    "properties": {
        "queries": {"type": "string", "description": _QUERIES},
        "extend": {"type": "string", "description": _EXTEND},
    },
}


class ReconciliationView(ServiceView):
    """`/api/reconcile/`: the manifest; candidates for `queries`; values for `extend`."""

    @extend_schema(
        operation_id="reconcile",
        summary="The reconciliation service: manifest, queries, data extension",
        description="Without parameters the manifest. Version 0.2 of the Reconciliation Service API.",
        parameters=[_parameter("queries", _QUERIES), _parameter("extend", _EXTEND)],
        responses={200: exchange.ServiceAnswer, **ERRORS},
        tags=["reconcile"],
        auth=[],
    )
    def get(self, request: Request) -> Response:
        refuse_strange(request, ("queries", "extend"))
        return _answer(request, request.query_params, manifest=True)

    @extend_schema(
        operation_id="reconcile_by_form",
        summary="Send queries, or a data extension, as a form",
        request={FormBody.media_type: _FORM},
        responses={200: exchange.ServiceAnswer, **ERRORS},
        tags=["reconcile"],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        return _answer(request, request.data, manifest=False)


def _answer(request: Request, sent: Any, manifest: bool) -> Response:
    if "queries" in sent and "extend" in sent:
        detail = "Send “queries” or “extend”, not both."
        raise problems.Invalid([problems.error("extend", "", "one-at-a-time", detail)], detail)
    if "queries" in sent:
        found = reconciling.reconcile(exchange.questions_of(sent["queries"]))
        return Response({key: {"result": [_candidate(one) for one in ones]} for key, ones in found.items()})
    if "extend" in sent:
        ids, wishes = exchange.extension_of(sent["extend"])
        asked = [_named(wish.id, ids) for wish in wishes]
        rows = reconciling.extend(ids, wishes)
        for row in rows.values():
            if row.get("url"):
                row["url"] = [{"str": request.build_absolute_uri(one["str"])} for one in row["url"]]
        return Response({"meta": [_meta(one) for one in asked], "rows": rows})
    if manifest:
        return Response(_manifest(request))
    detail = "Send a form with “queries” or “extend”."
    raise problems.Invalid([problems.error("queries", "", "required", detail)], detail)


def _candidate(one: reconciling.Candidate) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "type": [_type(KINDS[one.entity.kind])],
        "score": one.score,
        "match": one.match,
        "features": [
            {"id": "name", "value": round(100 * one.likeness, 1)},
            *({"id": name, "value": value} for name, value in one.agreement.items()),
        ],
    }


def _type(kind: Kind) -> dict[str, str]:
    return {"id": kind.id, "name": str(kind.name)}


def _named(property_id: str, ids: list[str]) -> Property:
    """A property as it is called for the first of these entities that has it."""
    for entity in ids:
        kind = KINDS.get(entity.partition("-")[0])
        if kind and property_id in kind.properties:
            return kind.properties[property_id]
    return PROPERTIES[property_id]


def _reference(one: Property) -> dict[str, str]:
    return {"id": one.id, "name": one.name}


def _meta(one: Property) -> dict[str, Any]:
    return _reference(one) | ({"type": _type(KINDS[one.type])} if one.type else {})


def _manifest(request: Request) -> dict[str, Any]:
    root = request.build_absolute_uri(reverse("api:reconcile"))

    def service(path: str) -> dict[str, str]:
        return {"service_url": root.rstrip("/"), "service_path": f"/{path}/"}

    flyout = {"flyout_service_url": root.rstrip("/"), "flyout_service_path": "/flyout/?id=${id}"}
    return {
        "versions": VERSIONS,
        "name": "Diplomatic visits",
        "identifierSpace": root + "view/",
        "schemaSpace": root + "suggest/type/",
        "defaultTypes": [_type(kind) for kind in KINDS.values()],
        "documentation": request.build_absolute_uri(reverse("api:documentation")) + "#reconcile",
        "logo": request.build_absolute_uri(static("favicon.svg")),
        "view": {"url": root + "view/{{id}}/"},
        "preview": {"url": root + "preview/{{id}}/", "width": WIDTH, "height": HEIGHT},
        "suggest": {
            "entity": service("suggest/entity") | flyout,
            "property": service("suggest/property"),
            "type": service("suggest/type"),
        },
        "extend": {
            "propose_properties": service("properties"),
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": "The most values of a record; 0: all.",
                },
                {
                    "name": "language",
                    "label": "Language",
                    "type": "text",
                    "default": "",
                    "help_text": "Of other names: ru, fr, ...; empty: any.",
                },
            ],
        },
        "batchSize": exchange.MOST_QUERIES,
        "standardizedScore": True,
    }


# suggesting; clients send parameters of Freebase's days, which are left unread


def _prefix(request: Request) -> str:
    text: str = request.query_params.get("prefix", "")
    if len(text) > names.MAX_NAME:
        raise exchange.too_long("prefix", text, names.MAX_NAME)
    return text


def _types(request: Request) -> tuple[str, ...]:
    given = [word for word in request.query_params.getlist("type") if word]
    return exchange.kinds_of(given, "type")


def _begins(prefix: str, *texts: str) -> bool:
    """Whether a word of one of the texts begins so."""
    key = names.search_key(prefix)
    return not prefix.strip() or (bool(key) and any(f" {key}" in f" {names.search_key(text)}" for text in texts))


class SuggestEntityView(ServiceView):
    @extend_schema(
        operation_id="suggest_entities",
        summary="Records whose name begins so",
        parameters=[
            _PREFIX,
            _TYPE,
            _parameter("cursor", "How many to skip.", type="integer", schema={"minimum": 0, "maximum": 1000}),
            _parameter("limit", "How many to show.", type="integer", schema={"minimum": 0, "maximum": _MOST_SUGGESTED}),
        ],
        responses={200: exchange.SuggestedEntities, **ERRORS},
        tags=["reconcile"],
        auth=[],
    )
    def get(self, request: Request) -> Response:
        skip = exchange.number_of(request.query_params.get("cursor", "0"), "cursor", 1000)
        limit = exchange.number_of(request.query_params.get("limit", str(_SUGGESTED)), "limit", _MOST_SUGGESTED)
        found = reconciling.suggest(_prefix(request), _types(request), skip, limit)
        result = [
            {
                "id": one.id,
                "name": one.name,
                "description": one.description,
                "notable": [_type(KINDS[one.entity.kind])],
            }
            for one in found
        ]
        return Response({"result": result})


class SuggestTypeView(ServiceView):
    @extend_schema(
        operation_id="suggest_types",
        summary="Types whose name begins so",
        parameters=[_PREFIX],
        responses={200: exchange.SuggestedTypes, **ERRORS},
        tags=["reconcile"],
        auth=[],
    )
    def get(self, request: Request) -> Response:
        prefix = _prefix(request)
        found = [kind for kind in KINDS.values() if _begins(prefix, kind.id, str(kind.name))]
        return Response({"result": [_type(kind) | {"description": str(kind.about)} for kind in found]})


def _properties(types: tuple[str, ...]) -> list[Property]:
    """Those of these types, each once; of all types where none is named."""
    found: dict[str, Property] = {}
    for kind in types or KINDS:
        for one in KINDS[kind].properties.values():
            found.setdefault(one.id, one)
    return list(found.values())


class SuggestPropertyView(ServiceView):
    @extend_schema(
        operation_id="suggest_properties",
        summary="Properties whose name begins so",
        parameters=[_PREFIX, _TYPE],
        responses={200: exchange.SuggestedProperties, **ERRORS},
        tags=["reconcile"],
        auth=[],
    )
    def get(self, request: Request) -> Response:
        prefix = _prefix(request)
        found = [one for one in _properties(_types(request)) if _begins(prefix, one.id, one.name)]
        return Response({"result": [_reference(one) for one in found]})


class ProposePropertiesView(ServiceView):
    @extend_schema(
        operation_id="propose_properties",
        summary="What can be fetched about records of a type",
        parameters=[
            _TYPE,
            _parameter("limit", "How many; 0: all.", type="integer", schema={"minimum": 0, "maximum": 1000}),
        ],
        responses={200: exchange.Proposal, **ERRORS},
        tags=["reconcile"],
        auth=[],
    )
    def get(self, request: Request) -> Response:
        types = _types(request)
        limit = exchange.number_of(request.query_params.get("limit", "0"), "limit", 1000)
        found = [_reference(one) for one in _properties(types) if one.values is not None]
        answer: dict[str, Any] = {"type": types[0]} if len(types) == 1 else {}
        if limit:
            answer["limit"] = limit
        return Response(answer | {"properties": found[:limit] if limit else found})


class FlyoutView(ServiceView):
    @extend_schema(
        operation_id="flyout",
        summary="A few words of HTML about a record",
        parameters=[_parameter("id", "An id: official-12, country-TM.", required=True)],
        responses={200: exchange.Flyout, **ERRORS},
        tags=["reconcile"],
        auth=[],
    )
    def get(self, request: Request) -> Response:
        given = request.query_params.get("id", "")
        found = _found(given)
        if found is None:
            raise NotFound
        kind, row = found
        html = format_html("<p><strong>{}</strong><br>{}</p>", kind.title(row), kind.describe(row) or kind.name)
        return Response({"id": given, "html": html})


# one record


def _found(given: str) -> tuple[Kind, dict[str, Any]] | None:
    """The type and the row of a public record; of a merged one that into which it went."""
    known = catalogue.current()
    entity = reconciling.entity_of(given, known)
    if entity is None:
        return None
    entity = reconciling.heirs([entity]).get(entity, entity)
    row = reconciling.present([entity], known).get(entity)
    return None if row is None else (KINDS[entity.kind], row)


Page = Callable[[HttpRequest, tuple[Kind, dict[str, Any]]], HttpResponse]


def _page(build: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page about the public record of an id, or 404; open to scripts of any web page."""

    @require_safe
    @wraps(build)
    def page(request: HttpRequest, entity: str) -> HttpResponse:
        found = _found(entity)
        response = build(request, found) if found else render(request, "404.html", status=404)
        for name, value in _CORS.items():
            response[name] = value
        return response

    return page


@_page
def view(request: HttpRequest, found: tuple[Kind, dict[str, Any]]) -> HttpResponse:
    """`/api/reconcile/view/official-12/`: to the page of the record."""
    return HttpResponseRedirect(found[1]["url"])


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]
@_page
def preview(request: HttpRequest, found: tuple[Kind, dict[str, Any]]) -> HttpResponse:
    """`/api/reconcile/preview/official-12/`: a small page that any site may frame."""
    kind, row = found
    wishes = [
        reconciling.Wish(one.id, limit=_SHOWN)
        for one in kind.properties.values()
        if one.values is not None and one.id not in _NOT_IN_A_PREVIEW
    ]
    entity = kind.entity_id(row)
    values = reconciling.extend([entity], wishes)[entity]
    context = {
        "kind": kind,
        "title": kind.title(row),
        "about": kind.describe(row),
        "facts": [(kind.properties[name].name, ones) for name, ones in values.items() if ones],
        "entity": entity,
    }
    return render(request, "api/preview.html", context)


_NOT_IN_A_PREVIEW = {"name", "title", "url", "post", "holders", "rank"}  # said by the heading or by the tenures
