"""Lists and details of every resource, for everybody."""

from typing import Any

from django.db.models import Model
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from pydantic import create_model
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from visits import enums, merged, paging
from visits.filters.base import ListFilter
from visits.models import Organization, RetiredId, Topic

from . import documents, problems
from .access import TokenAuthentication, UserThrottle, VisitorThrottle
from .answers import listed, tagged
from .resources import RESOURCES, Resource, number_of

READ_BY_US = ("cursor", "count", "fields", "expand")
ERRORS = {("default", problems.CONTENT_TYPE): OpenApiResponse(documents.Problem, "What is wrong with the request.")}


def words(request: Request, name: str) -> list[str] | None:
    """The values of a parameter, repeated or joined by commas; None when it is absent."""
    given = request.query_params.getlist(name)
    return [word.strip() for value in given for word in value.split(",")] if given else None


def wants_count(request: Request) -> bool:
    value = request.query_params.get("count", "false").lower()
    if value not in {"true", "false", "1", "0"}:
        detail = f"“{value[:80]}” is neither true nor false."
        raise problems.Invalid([problems.error("count", value[:200], "unknown-value", detail)], detail)
    return value in {"true", "1"}


class ReadingViewSet(ViewSet):
    """Read-only; `resource` says what."""

    resource: Resource
    authentication_classes = [TokenAuthentication]
    permission_classes = [AllowAny]
    throttle_classes = [VisitorThrottle, UserThrottle]
    lookup_field = "key"
    lookup_value_regex = "[^/]+"

    def list(self, request: Request) -> HttpResponseBase:
        filters = self.resource.filters.open(request.query_params, request.path, also=READ_BY_US)
        fields, expand = words(request, "fields"), words(request, "expand") or []

        def read(queryset: Any) -> list[dict[str, Any]]:
            return self.resource.shape.read(queryset, fields, expand)

        self.resource.shape.chosen(fields, expand)
        count = wants_count(request)
        order = self.resource.order(filters.order)
        cursor = request.query_params.get("cursor", "")
        rows, walk = filters.digests, filters.walk
        page = paging.page(
            rows, order, read, cursor=cursor, size=filters.size, count=count, walk=walk, leading=filters.leading
        )
        left_out = {"undated_left_out": filters.left_out()} if count and hasattr(filters, "left_out") else {}
        return listed(request, page, **left_out)

    def retrieve(self, request: Request, key: str) -> HttpResponseBase:
        refuse_strange(request, ("fields", "expand"))
        return tagged(request, self.row(request, key))

    def row(self, request: Request, key: str) -> dict[str, Any]:
        """One record as the address asks for it; NotFound, Gone."""
        found = self.resource.record(key)
        fields, expand = words(request, "fields"), words(request, "expand") or []
        shape = self.resource.shape
        shape.chosen(fields, expand)
        row = shape.one(found, fields, expand) if found is not None else None
        if found is not None and row and fields is None and row.get("earliest", "") is None:
            row = shape.one(found, fields, [*expand, *(set(shape.when_undated) - set(expand))])
        if not row:
            raise why_absent(self.resource, request, key)
        return row


def refuse_strange(request: Request, known: tuple[str, ...]) -> None:
    """400 for a parameter that is not read here (`utm_*` aside)."""
    strange = [name for name in request.query_params if name not in known and not name.startswith("utm_")]
    if strange:
        detail = "There is no such parameter here."
        raise problems.Invalid(
            [problems.error(name[:80], "", "unknown-filter", detail, nearest=list(known)) for name in strange], detail
        )


def why_absent(resource: Resource, request: Request, key: str) -> Exception:
    """410 for what was public and is no more, with what it was merged into; else 404."""
    model: type[Model] = resource.filters.public().model
    pk = number_of(key)
    if pk is None:
        return (
            _merged(resource, request, merged.by_slug(model, [key]).get(key))
            if _has_slug(model) and "\x00" not in key
            else NotFound()
        )
    if hasattr(model, "state") and model._default_manager.filter(pk=pk, state=enums.State.WITHDRAWN).exists():
        return problems.Gone()
    retired = RetiredId.objects.filter(kind=model._meta.model_name, record_id=pk).first()
    if retired is None:
        return NotFound()
    heir = merged.heir(model, pk)
    return _merged(resource, request, heir) if heir else problems.Gone("This record was deleted.")


def _has_slug(model: type[Model]) -> bool:
    return model in {Organization, Topic}


def _merged(resource: Resource, request: Request, pk: int | None) -> Exception:
    """410 that leads to the record that stands for one that was merged away, if that is public."""
    successor = resource.filters.public().filter(pk=pk).first()
    if successor is None:
        return problems.Gone("This record was deleted.") if pk else NotFound()
    address = getattr(successor, resource.key) if resource.key != "id" else successor.pk
    url = request.build_absolute_uri(f"../{address}/")
    return problems.Gone("This record was merged into another.", merged_into=successor.pk, url=url)


# the OpenAPI document


def list_parameters(filters: type[ListFilter]) -> list[OpenApiParameter]:
    found = []
    for name, one in filters.base_filters.items():
        schema: dict[str, Any] = {"type": "integer" if name == "page_size" else "string"}
        if name == "page_size":
            schema |= {"minimum": 1, "maximum": 500, "default": 50}
        elif one.choices and one.control:
            schema |= {"enum": [value for value, _label in one.choices], "default": one.choices[0][0]}
        elif one.choices and name not in {"undated", "alone", "overdue", "multilateral"}:
            schema |= {"enum": [value for value, _label in one.choices]}
        elif one.choices:
            schema = {"type": "boolean"}
        if not one.single:
            schema = {"type": "array", "items": schema}
        text = str(one.help_text or f"{one.label}.")
        found.append(OpenApiParameter(name, schema, description=text, explode=True if not one.single else None))
    return found


def _shared_parameters(resource: Resource) -> list[OpenApiParameter]:
    def some_of(values: list[str]) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "enum": values}}

    found = [
        OpenApiParameter(
            "fields", some_of(resource.shape.names), description="These members alone, joined by commas.", explode=False
        )
    ]
    if resource.shape.expansions:
        names = list(resource.shape.expansions)
        text = "What is deep, in place of its number: joined by commas."
        found.append(OpenApiParameter("expand", some_of(names), description=text, explode=False))
    return found


_PAGING = [
    OpenApiParameter("cursor", str, description="Where the page begins: from `next` or `previous`."),
    OpenApiParameter("count", bool, description="Whether to count the records: `count`."),
]


def list_document(document: type[Any], **more: Any) -> type[Any]:
    """The shape of a page of a list."""
    return create_model(
        f"{document.__name__}List",
        count=(int | None, None),
        next=(str | None, ...),
        previous=(str | None, ...),
        results=(list[document], ...),  # type: ignore[valid-type]
        **more,
    )


def viewset(resource: Resource) -> type[ReadingViewSet]:
    """The views of one resource, with their part of the OpenAPI document."""
    name = resource.singular
    dated = {"undated_left_out": (int | None, None)} if hasattr(resource.filters, "left_out") else {}
    key = OpenApiParameter("key", str, OpenApiParameter.PATH, description=f"The {resource.key} of the {name}.")
    documented = extend_schema_view(
        list=extend_schema(
            operation_id=f"{resource.name}_list",
            summary=f"List {resource.name}",
            description=resource.summary,
            parameters=[*list_parameters(resource.filters), *_PAGING, *_shared_parameters(resource)],
            responses={200: list_document(resource.document, **dated), 304: None, **ERRORS},
            tags=[resource.name],
            auth=[],
        ),
        retrieve=extend_schema(
            operation_id=f"{resource.name}_retrieve",
            summary=f"Read one {name}",
            parameters=[key, *_shared_parameters(resource)],
            responses={200: resource.document, 304: None, **ERRORS},
            tags=[resource.name],
            auth=[],
        ),
    )
    made = type(f"{name.capitalize()}ViewSet", (ReadingViewSet,), {"resource": resource})
    return documented(made)


VIEWSETS = {resource.name: viewset(resource) for resource in RESOURCES}
