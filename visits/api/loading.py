"""`/api/v1/imports/`: what the command `import_visits` takes, loaded by a worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Count, F, QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import ViewSet

from visits import access, enums, loads, paging, previews, tasks
from visits.imports.reading import MAX_FILE_BYTES, UnreadableInput
from visits.imports.registry import READERS
from visits.models import ImportProblem, ImportRun

from . import load_documents, problems
from .access import LoadThrottle, TokenAuthentication, UserThrottle, VisitorThrottle
from .afterwards import Afterwards
from .answers import listed
from .reading import ERRORS, list_document, refuse_strange
from .resources import number_of

ADDRESS = "url"  # of an article, instead of a file
OPTIONS = ("format", "dry_run", "trust", "name", "columns", "date_order")
_LONGEST_REQUEST = 10_000
_TRUE, _FALSE = {"true", "1", "on"}, {"false", "0", ""}


@dataclass(frozen=True)
class Sent:
    """A file that is the whole body of a request."""

    content: bytes
    extension: str


class Body(BaseParser):
    extension = ""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        content = stream.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise problems.TooLarge
        return Sent(bytes(content), self.extension)


class JsonBody(Body):
    media_type = "application/json"
    extension = "json"


class JsonLinesBody(Body):
    media_type = "application/x-ndjson"
    extension = "jsonl"


class JsonLinesBodyToo(Body):
    media_type = "application/jsonl"
    extension = "jsonl"


class CsvBody(Body):
    media_type = "text/csv"
    extension = "csv"


class TextBody(Body):
    media_type = "text/plain"
    extension = "txt"


class MayLoad(BasePermission):
    """Reading needs a user, loading the permission to load."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        return bool(user.is_authenticated and (request.method != "POST" or user.has_perm(access.LOAD)))


def run_row(run: Any, request: Request) -> dict[str, Any]:
    """A run as the API shows it."""
    here = reverse("api:imports-detail", args=[run.pk], request=request)
    return {
        "id": run.pk,
        "url": here,
        "status": run.status,
        "name": run.name,
        "format": run.format,
        "dry_run": run.dry_run,
        "trust": run.trust,
        "columns": run.columns,
        "date_order": run.date_order,
        "preview": run.preview_id,
        "applied": run.applied_by,
        "total": run.total,
        **run.counts,
        "skipped_files": run.skipped_files,
        "message": run.message,
        "problems": run.number_of_problems,
        "problems_url": here + "problems/",
        "rows_url": here + "rows/" if run.dry_run else None,
        **{name: getattr(run, name) for name in ("created_at", "started_at", "finished_at")},
    }


def _flag(options: Mapping[str, Any], name: str) -> bool:
    value = str(options.get(name, "")).lower()
    if value not in _TRUE | _FALSE:
        detail = f"“{value[:80]}” is neither true nor false."
        raise problems.Invalid([problems.error(name, value[:200], "unknown-value", detail)], detail)
    return value in _TRUE


def _columns(options: Mapping[str, Any]) -> dict[str, str]:
    """What the sender says of headings: a JSON object of texts."""
    text = str(options.get("columns", "")) or "{}"
    try:
        columns = orjson.loads(text)
    except orjson.JSONDecodeError:
        columns = None
    if not isinstance(columns, dict) or not all(isinstance(column, str) for column in columns.values()):
        detail = 'It is a JSON object of headings and columns, as {"Who came": "guest", "Remarks": ""}.'
        raise problems.Invalid([problems.error("columns", text[:200], "unknown-value", detail)], detail)
    return columns


def _uploaded(request: Request) -> tuple[list[tuple[str, bytes]], list[str], Mapping[str, Any]]:
    """The files of a request, the addresses of articles, and its options, from the form or from the query string."""
    sent: Any = request.data
    if isinstance(sent, Sent):
        if asked := _asked_for(sent):
            return [], [str(asked[ADDRESS])], {**request.query_params.dict(), **asked}
        name = request.query_params.get("name") or f"upload.{sent.extension}"
        return [(name, sent.content)], [], request.query_params
    options = {**request.query_params.dict(), **{name: sent[name] for name in sent}}
    strange = [name for name in sent if name not in (*OPTIONS, "file", ADDRESS)]
    if strange:
        detail = "There is no such field: files come as `file`."
        raise problems.Invalid([problems.error(name[:80], "", "unknown-field", detail) for name in strange], detail)
    files = request.FILES.getlist("file")
    if sum(file.size or 0 for file in files) > MAX_FILE_BYTES:
        raise problems.TooLarge
    addresses = list(filter(None, sent.getlist(ADDRESS))) if ADDRESS in sent else []
    return [(file.name or "upload", file.read()) for file in files], addresses, options


def _asked_for(sent: Sent) -> dict[str, Any]:
    """A body that is no record but {"url": address of an article}, with options beside it; else empty."""
    if sent.extension != "json" or len(sent.content) > _LONGEST_REQUEST:
        return {}
    try:
        body = orjson.loads(sent.content)
    except orjson.JSONDecodeError:
        return {}
    names = body.keys() if isinstance(body, dict) else set()
    fits = ADDRESS in names and names <= {ADDRESS, *OPTIONS} and isinstance(body[ADDRESS], str)
    return body if fits else {}


class ImportViewSet(Afterwards, ViewSet):
    """One's own loads; of staff, all."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [MayLoad]
    parser_classes = [MultiPartParser, JsonBody, JsonLinesBody, JsonLinesBodyToo, CsvBody, TextBody]
    throttle_classes = [VisitorThrottle, UserThrottle, LoadThrottle]
    lookup_field = "key"
    lookup_value_regex = "[^/]+"

    def runs(self, request: Request) -> QuerySet[Any]:
        runs = ImportRun.objects.annotate(number_of_problems=Count("problems"), applied_by=F("applied__pk"))
        return runs if request.user.is_staff else runs.filter(user=request.user.pk)

    def run(self, request: Request, key: str) -> Any:
        found = self.runs(request).filter(pk=number_of(key)).first()
        if found is None:
            raise NotFound
        return found

    def list(self, request: Request) -> HttpResponseBase:
        refuse_strange(request, ("cursor", "page_size"))

        def read(queryset: Any) -> list[dict[str, Any]]:
            return [run_row(run, request) | {"page_key": run.page_key, "page_pk": run.pk} for run in queryset]

        return listed(request, _page(request, self.runs(request), paging.LATEST_ID, read))

    def retrieve(self, request: Request, key: str) -> Response:
        refuse_strange(request, ())
        return Response(run_row(self.run(request, key), request))

    def create(self, request: Request) -> Response:
        refuse_strange(request, OPTIONS)
        files, addresses, options = _uploaded(request)
        trust = _flag(options, "trust")
        if trust and not request.user.has_perm(access.TRUST):
            raise PermissionDenied("You may load, but not grant trust.")
        try:
            run = loads.create_run(
                files,
                user=request.user,
                format=str(options.get("format", "")),
                dry_run=_flag(options, "dry_run"),
                trust=trust,
                columns=_columns(options),
                date_order=str(options.get("date_order", "")),
                addresses=addresses,
            )
        except UnreadableInput as refused:
            failures = [
                problems.error(one.field, one.value or one.file, one.code, one.detail) for one in refused.as_problems()
            ]
            raise problems.Invalid(failures, refused.detail) from refused
        return self._queued(request, run)

    def _queued(self, request: Request, run: ImportRun) -> Response:
        tasks.hand_over(run)
        row = run_row(self.run(request, str(run.pk)), request)
        return Response(row, 202, headers={"Location": row["url"]})

    @action(detail=True, methods=["get"], url_path="rows", url_name="rows")
    def rows(self, request: Request, key: str) -> HttpResponseBase:
        refuse_strange(request, ("cursor", "page_size", "verdict", "doubtful"))
        run = self.run(request, key)
        verdict = request.query_params.get("verdict", "")
        if verdict and verdict not in enums.Verdict:
            detail = f"It is one of {', '.join(enums.Verdict.values)}."
            raise problems.Invalid([problems.error("verdict", verdict[:200], "unknown-value", detail)], detail)

        def read(queryset: Any) -> list[dict[str, Any]]:
            return list(queryset.values(*previews.ROW_COLUMNS, "page_key", page_pk=F("pk")))

        found = previews.rows_of(run, verdict, _flag(request.query_params, "doubtful"))
        return listed(request, _page(request, found, paging.BY_ID, read), counts=previews.counts(run))

    @action(detail=True, methods=["post"], url_path="apply", url_name="apply")
    def apply(self, request: Request, key: str) -> Response:
        refuse_strange(request, ())
        run = self.run(request, key)
        if run.trust and not request.user.has_perm(access.TRUST):
            raise PermissionDenied("You may load, but not grant trust.")
        try:
            return self._queued(request, loads.apply(run, request.user))
        except loads.ApplyRefused as refused:
            raise problems.Conflict(refused.detail, refused.code) from refused

    @action(detail=True, methods=["get"], url_path="problems", url_name="problems")
    def problems(self, request: Request, key: str) -> HttpResponseBase:
        refuse_strange(request, ("cursor", "page_size"))
        run = self.run(request, key)
        columns = ("file", "row", "field", "value", "code", "detail")

        def read(queryset: Any) -> list[dict[str, Any]]:
            rows = queryset.values(*columns, "page_key", "pk")
            return [{("page_pk" if name == "pk" else name): value for name, value in row.items()} for row in rows]

        problems_of_run = ImportProblem.objects.filter(run=run)
        return listed(request, _page(request, problems_of_run, paging.BY_ID, read))

    @action(detail=True, methods=["post"], url_path="cancel", url_name="cancel")
    def cancel(self, request: Request, key: str) -> Response:
        refuse_strange(request, ())
        run = self.run(request, key)
        loads.cancel(run, request.user)
        return Response(run_row(self.run(request, key), request), 202)


def _page(request: Request, queryset: QuerySet[Any], order: paging.Order, read: Any) -> paging.Page:
    size = number_of(request.query_params.get("page_size", str(paging.PAGE_SIZE)))
    if size is None or not 1 <= size <= paging.MAX_PAGE_SIZE:
        detail = f"It goes from 1 to {paging.MAX_PAGE_SIZE}."
        value = request.query_params["page_size"][:200]
        raise problems.Invalid([problems.error("page_size", value, "unknown-value", detail)], detail)
    return paging.page(queryset, order, read, cursor=request.query_params.get("cursor", ""), size=size)


# the OpenAPI document

_KEY = OpenApiParameter("key", str, OpenApiParameter.PATH, description="The id of the load.")
_PAGING = [
    OpenApiParameter("cursor", str, description="Where the page begins: from `next` or `previous`."),
    OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}),
]
_COLUMNS = "Of tables: a JSON object of headings and the columns that they are read as; an empty one is left out."
_DATE_ORDER = "Of tables: how 1/2/2024 is read; it is refused otherwise."
_OPTIONS = [
    OpenApiParameter("format", {"type": "string", "enum": list(READERS)}, description="Guessed when it is absent."),
    OpenApiParameter("dry_run", bool, description="Report alone, write nothing."),
    OpenApiParameter("trust", bool, description="Publish without review; needs that permission."),
    OpenApiParameter("name", str, description="What reports call the file."),
    OpenApiParameter("columns", str, description=_COLUMNS),
    OpenApiParameter("date_order", {"type": "string", "enum": enums.DateOrder.values}, description=_DATE_ORDER),
]
_URL_WORDS = "The address of an article: a worker fetches it."
_ANY_RECORDS = {
    "description": "A VisitRecord, or a list of them (their schema is at schema/visit-record.json), or the address of "
    "an article with the options of this request.",
    "anyOf": [
        {
            "type": "object",
            "required": [ADDRESS],
            "properties": {ADDRESS: {"type": "string", "format": "uri", "maxLength": 2000, "description": _URL_WORDS}},
        },
        {"type": "object"},
        {"type": "array", "items": {"type": "object"}},
    ],
}
_FORM = {
    "type": "object",
    "properties": {
        ADDRESS: {"type": "string", "format": "uri", "description": _URL_WORDS},
        "file": {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}},
        "format": {"type": "string", "enum": list(READERS)},
        "dry_run": {"type": "boolean"},
        "trust": {"type": "boolean"},
        "columns": {"type": "string", "description": _COLUMNS},
        "date_order": {"type": "string", "enum": enums.DateOrder.values},
    },
}
_TEXT = {"type": "string"}
_ROWS = list_document(load_documents.PreviewRow, counts=(dict[str, int], ...))
_ACCEPTED = OpenApiResponse(load_documents.Run, "The load is queued; its address is in Location.")

extend_schema_view(
    list=extend_schema(
        operation_id="imports_list",
        summary="List one's own loads (of staff, all)",
        parameters=_PAGING,
        responses={200: list_document(load_documents.Run), 304: None, **ERRORS},
        tags=["imports"],
    ),
    retrieve=extend_schema(
        operation_id="imports_retrieve",
        summary="Read one load: its progress and counts",
        parameters=[_KEY],
        responses={200: load_documents.Run, **ERRORS},
        tags=["imports"],
    ),
    create=extend_schema(
        summary="Load a file, or an article by its address",
        description="What the command `import_visits` takes: VisitRecords, CSV, a known data set, an article.",
        parameters=_OPTIONS,
        request={
            "multipart/form-data": _FORM,
            "application/json": _ANY_RECORDS,
            "application/x-ndjson": _TEXT,
            "text/csv": _TEXT,
            "text/plain": _TEXT,
        },
        responses={202: _ACCEPTED, **ERRORS},
        tags=["imports"],
    ),
    problems=extend_schema(
        operation_id="imports_problems",
        summary="What was wrong in a load, by file, row and field",
        parameters=[_KEY, *_PAGING],
        responses={200: list_document(load_documents.RunProblem), 304: None, **ERRORS},
        tags=["imports"],
    ),
    rows=extend_schema(
        operation_id="imports_rows",
        summary="What a dry run says of each input record",
        parameters=[
            _KEY,
            OpenApiParameter("verdict", {"type": "string", "enum": enums.Verdict.values}),
            OpenApiParameter("doubtful", bool, description="Only those with doubts."),
            *_PAGING,
        ],
        responses={200: _ROWS, 304: None, **ERRORS},
        tags=["imports"],
    ),
    apply=extend_schema(
        summary="Load what a dry run showed",
        description="Once, as long as its files are kept: 409 says why not.",
        parameters=[_KEY],
        request=None,
        responses={202: _ACCEPTED, **ERRORS},
        tags=["imports"],
    ),
    cancel=extend_schema(
        summary="Ask a load to stop behind its batch",
        parameters=[_KEY],
        request=None,
        responses={202: load_documents.Run, **ERRORS},
        tags=["imports"],
    ),
)(ImportViewSet)
