"""Single writes: `PATCH` changes members of a record, `DELETE` takes it away; each is a hand edit (`visits.edit`)."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Model, ProtectedError
from django.http import HttpResponse
from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from pydantic import ValidationError as Misshapen
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from visits import access, catalogue, edit, enums
from visits.filters import values
from visits.models import Country, Dialogue, Meeting, Organization, Topic, Visit

from . import edit_documents, problems
from .answers import with_tag
from .reading import ERRORS, ReadingViewSet, refuse_strange, why_absent

_LONGEST = 1_000_000  # bytes
PATCHES: dict[str, type[edit_documents.Patch]] = {
    "visits": edit_documents.VisitPatch,
    "meetings": edit_documents.MeetingPatch,
    "officials": edit_documents.OfficialPatch,
    "posts": edit_documents.PostPatch,
    "tenures": edit_documents.TenurePatch,
    "organizations": edit_documents.OrganizationPatch,
    "topics": edit_documents.TopicPatch,
    "dialogues": edit_documents.DialoguePatch,
    "outcomes": edit_documents.OutcomePatch,
    "sources": edit_documents.SourcePatch,
}
# Members that are called otherwise than their columns.
_COLUMNS = {"venue": "venue_country", "website": "url", "original": "url"}
_REFERENCES: dict[str, type[Model]] = {
    "code": Country, "country": Country, "venue": Country, "organization": Organization, "dialogue": Dialogue,
    "parent": Topic,
}  # fmt: skip
_PARSERS = {
    Country: values.country, Organization: values.party, Dialogue: values.dialogue, Topic: values.topic,
}  # fmt: skip


class MergePatch(BaseParser):
    """A JSON object; `application/json` is read alike."""

    media_type = "application/merge-patch+json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        content = stream.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise problems.TooLarge(f"Send {_LONGEST} bytes at most.")
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError as error:
            detail = f"This is no JSON: {error}."
            raise problems.Invalid([problems.error("", "", "invalid-json", detail)], detail) from None


class PlainJson(MergePatch):
    media_type = "application/json"


class MayEdit(BasePermission):
    """Reading is open; writing needs a token whose user may do the same at the desk."""

    def has_permission(self, request: Request, view: Any) -> bool:
        verb = {"partial_update": "change", "destroy": "delete"}.get(view.action)
        model = view.resource.filters.public().model._meta.model_name
        return verb is None or request.user.has_perm(f"visits.{verb}_{model}")


class EditingViewSet(ReadingViewSet):
    """`changes` says what can be changed."""

    changes: type[edit_documents.Patch]
    parser_classes = [MergePatch, PlainJson]
    permission_classes = [MayEdit]

    def partial_update(self, request: Request, key: str) -> HttpResponse:
        refuse_strange(request, ("fields", "expand"))
        given = _read(self.changes, request.data)
        columns = _Columns()
        columns.take(given)
        with transaction.atomic():
            record = self._held(request, key)
            try:
                edit.apply(record, columns.values, user=request.user, reason=given.reason)
            except ValidationError as failure:
                raise problems.Invalid(list(columns.faults(failure)), "The change is not valid.") from failure
            return with_tag(self.row(request, key))

    def destroy(self, request: Request, key: str) -> HttpResponse:
        refuse_strange(request, ("fields", "expand", "reason"))
        reason = request.query_params.get("reason", "")[: edit_documents.MAX_REASON]
        with edit.deed(request.user, reason):
            record = self._held(request, key)
            try:
                edit.remove(record)
            except ProtectedError as kept:
                named = ", ".join(sorted({f"{one._meta.verbose_name} {one.pk}" for one in kept.protected_objects})[:20])
                raise problems.Conflict(f"Other records rely on it: {named}.", "relied-on") from kept
        return HttpResponse(status=204)

    def _held(self, request: Request, key: str) -> Model:
        """The record, which nobody else changes until the transaction ends; Stale, where `If-Match` is of another."""
        which = self.resource.record(key)
        record = which and which.public().filter(**{which.column: which.value}).first()
        if not record:
            raise why_absent(self.resource, request, key)
        if not access.may_edit(request.user, record):
            raise PermissionDenied
        edit.hold(record)
        if (given := request.headers.get("If-Match")) is not None:
            seen = [tag.removeprefix("W/") for tag in parse_etags(given)]  # gzip weakens it
            if seen != ["*"] and with_tag(self.row(request, key))["ETag"] not in seen:
                raise problems.Stale
        return record


def _read(shape: type[edit_documents.Patch], data: Any) -> edit_documents.Patch:
    try:
        return shape.model_validate(data)
    except Misshapen as failure:
        faults = [
            problems.error(
                ".".join(map(str, one["loc"])),
                "" if isinstance(one["input"], dict | list) else str(one["input"])[:200],
                one["type"].replace("_", "-"),
                one["msg"],
                nearest=list(shape.model_fields) if one["type"] == "extra_forbidden" else [],
            )
            for one in failure.errors(include_url=False, include_context=False)
        ]
        raise problems.Invalid(faults[:20], "The change is not valid.") from None


class _Columns:
    """The columns that a patch changes, with their values, and by which member each was named."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._members: dict[str, str] = {}

    def take(self, patch: edit_documents.Patch) -> None:
        named = patch.model_fields_set - {"reason"}
        for member in sorted(named):
            value = getattr(patch, member)
            if isinstance(value, edit_documents.SidePatch):
                self._take_side(member, value)
            elif member == "fulfilled_by":
                self._take_fulfilled(value, "life" in named)
            else:
                self._set(_COLUMNS.get(member, member), member, value)

    def faults(self, failure: ValidationError) -> Iterator[dict[str, Any]]:
        """What is wrong with the record as it would be, by the members that were named."""
        by_column = failure.error_dict if hasattr(failure, "error_dict") else {NON_FIELD_ERRORS: failure.error_list}
        for column, errors in by_column.items():
            member = "" if column == NON_FIELD_ERRORS else self._members.get(column, column)
            for error in errors:
                value = str(self.values.get(column, ""))[:200]
                yield problems.error(member, value, str(error.code or "invalid"), " ".join(error.messages))

    def _set(self, column: str, member: str, value: Any) -> None:
        model = _REFERENCES.get(member.rpartition(".")[2])
        self.values[column] = _found(model, member, value) if model and value is not None else value
        self._members[column] = member

    def _take_side(self, member: str, side: edit_documents.SidePatch) -> None:
        for name in sorted(side.model_fields_set):
            column = "country" if name == "code" else name
            self._set(f"{member}_{column}", f"{member}.{name}", getattr(side, name))

    def _take_fulfilled(self, given: edit_documents.RecordPatch | None, life_is_named: bool) -> None:
        for kind, model in (("visit", Visit), ("meeting", Meeting)):
            found = _found(model, "fulfilled_by.id", given.id) if given and given.type == kind else None
            self._set(f"fulfilled_by_{kind}", "fulfilled_by", found)
        if given and not life_is_named:
            self._set("life", "life", enums.OutcomeLife.FULFILLED)


def _found(model: type[Any], member: str, value: Any) -> Any:
    """The row that a code, slug or id means; Invalid names what is near."""
    parse = _PARSERS.get(model) or values.record(model.objects.published)
    try:
        key = parse(str(value), catalogue.current()).key
        if isinstance(key, values.Party):
            if key.organization is None:
                raise values.UnknownValue(f"“{str(value)[:80]}” is a country: name an organization.")
            key = key.organization
    except values.UnknownValue as unknown:
        fault = problems.error(member, str(value)[:200], "unknown-value", str(unknown), nearest=list(unknown.nearest))
        raise problems.Invalid([fault], str(unknown)) from unknown
    return model._default_manager.get(pk=key)


def viewset(reading: type[ReadingViewSet]) -> type[ReadingViewSet]:
    """The views of a resource that can be written too."""
    resource = reading.resource
    patch = PATCHES.get(resource.name)
    if patch is None:
        return reading
    key = OpenApiParameter("key", str, OpenApiParameter.PATH, description=f"The {resource.key} of the record.")
    match = OpenApiParameter(
        "If-Match", str, OpenApiParameter.HEADER, description="The ETag of what was read: 412 when it changed since."
    )
    documented = extend_schema_view(
        partial_update=extend_schema(
            operation_id=f"{resource.name}_change",
            summary=f"Change one {resource.singular}",
            description="A hand edit: what it changes is locked, and no load changes it any more.",
            parameters=[key, match],
            request={"application/merge-patch+json": patch, "application/json": patch},
            responses={200: resource.document, **ERRORS},
            tags=[resource.name],
        ),
        destroy=extend_schema(
            operation_id=f"{resource.name}_delete",
            summary=f"Delete one {resource.singular}",
            parameters=[key, match, OpenApiParameter("reason", str, description="Kept in the history.")],
            request=None,
            responses={204: None, **ERRORS},
            tags=[resource.name],
        ),
    )
    return documented(
        type(reading.__name__, (EditingViewSet, reading), {"changes": patch, "permission_classes": [MayEdit]})
    )
