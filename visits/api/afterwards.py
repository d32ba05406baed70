"""What can be done about a load when it is over: its rejected rows to mend, and taking it back."""

from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from visits import access, mending
from visits.review import undo

from . import problems
from .reading import ERRORS, refuse_strange

_KEY = OpenApiParameter("key", str, OpenApiParameter.PATH, description="The id of the load.")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Named(_Part):
    type: str = Field(description="a model name in lower case")
    id: int
    title: str


class GoesBack(Named):
    part: str = Field(description="the row in the record; empty for the record itself")
    field: str
    before: str
    after: str


class Stays(Named):
    why: str
    because: Named | None = Field(description="the record or load that relies on it")


class UndoCounts(_Part):
    goes: dict[str, int]
    goes_back: int
    stays: int


class Undo(_Part):
    """What an undo takes back and what it leaves. The lists hold the first 200, `counts` all."""

    goes: dict[str, list[tuple[int, str]]] = Field(description="{type: [(id, title)]}: what the load made")
    goes_back: list[GoesBack] = Field(description="fields that get the value from before the load")
    stays: list[Stays] = Field(description="what people or later loads changed or rely on")
    counts: UndoCounts


class MayUndo(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.has_perm(access.UNDO))


class Afterwards:
    """Actions of `/api/v1/imports/ID/`."""

    run: Any

    @extend_schema(
        operation_id="imports_rejected",
        summary="Rejected rows, each with its problem, as a file to mend and load again",
        parameters=[_KEY],
        responses={
            (200, "text/csv"): bytes,
            (200, "application/x-ndjson"): bytes,
            (200, "application/xml"): bytes,
            (200, "application/zip"): bytes,
            **ERRORS,
        },
        tags=["imports"],
    )
    @action(detail=True, methods=["get"], url_path="rejected", url_name="rejected")
    def rejected(self, request: Request, key: str) -> HttpResponseBase:
        refuse_strange(request, ())
        file = mending.rejected(self.run(request, key))
        if file is None:
            raise NotFound("This load rejected no rows that can be mended in a file.")
        named = content_disposition_header(True, file.name)
        headers = {"Content-Disposition": str(named), "Cache-Control": "no-cache"}
        return StreamingHttpResponse(file.content, content_type=file.media_type, headers=headers)

    @extend_schema(
        operation_id="imports_undo_preview",
        summary="What an undo of the load would take back, and what it would leave",
        parameters=[_KEY],
        responses={200: Undo, **ERRORS},
        tags=["imports"],
    )
    @action(detail=True, methods=["get"], url_path="undo", url_name="undo", permission_classes=[MayUndo])
    def undo_preview(self, request: Request, key: str) -> Response:
        refuse_strange(request, ())
        return _answer(undo.rehearse, self.run(request, key))

    @extend_schema(
        operation_id="imports_undo",
        summary="Take the load back",
        request=None,
        parameters=[_KEY],
        responses={200: Undo, **ERRORS},
        tags=["imports"],
    )
    @undo_preview.mapping.post
    def take_back(self, request: Request, key: str) -> Response:
        refuse_strange(request, ())
        return _answer(lambda run: undo.report(undo.undo(run, request.user)), self.run(request, key))


def _answer(work: Any, run: Any) -> Response:
    try:
        return Response(work(run))
    except undo.UndoRefused as refused:
        raise problems.Conflict(str(refused), "not-to-undo") from refused
