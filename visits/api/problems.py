"""Errors as `application/problem+json` (RFC 9457), each field's fault under `errors`."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from visits.filters import FilterError
from visits.paging import BrokenCursor
from visits.rows import UnknownPart

CONTENT_TYPE = "application/problem+json"


class Invalid(exceptions.APIException):
    """400 with errors of our shape."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = "The request cannot be understood."

    def __init__(self, errors: Iterable[dict[str, Any]], detail: str | None = None) -> None:
        super().__init__(detail)
        self.errors = list(errors)


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The file is too large."
    default_code = "too-large"


class Conflict(exceptions.APIException):
    """409: it cannot be done as things stand; the code says why."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"

    def __init__(self, detail: str, code: str) -> None:
        super().__init__(detail, code)
        self.errors = [error("", "", code, detail)]


class Stale(exceptions.APIException):
    """412: the record is no longer what the sender has seen."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "The record was changed meanwhile: read it again. Nothing was written."
    default_code = "stale"


class Gone(exceptions.APIException):
    """410: withdrawn, deleted, or merged into another record."""

    status_code = status.HTTP_410_GONE
    default_detail = "This record was withdrawn."
    default_code = "gone"

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.extra = extra


def error(field: str, value: str, code: str, detail: str, row: int | None = None, **extra: Any) -> dict[str, Any]:
    return {"row": row, "field": field, "value": value, "code": code, "detail": detail, **extra}


def answer(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception; None leaves it to the server (500)."""
    known = _as_api_exception(exception)
    if known is None:
        return None
    set_rollback()
    errors = known.errors if isinstance(known, Invalid | Conflict) else _errors_of(known)
    body = {
        "type": "about:blank",
        "title": HTTPStatus(known.status_code).phrase,
        "status": known.status_code,
        "detail": _summary(known),
        "errors": errors,
        **getattr(known, "extra", {}),
    }
    return Response(body, known.status_code, headers=_headers(known), content_type=CONTENT_TYPE)


def _as_api_exception(exception: Exception) -> exceptions.APIException | None:
    match exception:
        case exceptions.APIException():
            return exception
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case FilterError():
            return Invalid(_filter_errors(exception), "The list has no such filter or value.")
        case BrokenCursor():
            return Invalid([error("cursor", exception.value, "broken-cursor", str(exception))], str(exception))
        case UnknownPart():
            detail = f"There is no {exception.value!r}: use one of {', '.join(exception.known) or 'none'}."
            known = list(exception.known)
            return Invalid(
                [error(exception.parameter, exception.value, "unknown-value", detail, nearest=known)], detail
            )
    return None


def _filter_errors(failure: FilterError) -> list[dict[str, Any]]:
    return [
        error(one.field, one.value, one.code, one.detail, nearest=list(one.nearest), url=one.url)
        for one in failure.problems
    ]


def _summary(known: exceptions.APIException) -> str:
    return str(known.detail) if isinstance(known.detail, str) else "The request is not valid."


def _errors_of(known: exceptions.APIException) -> list[dict[str, Any]]:
    if not isinstance(known, exceptions.ValidationError):
        return []
    found = []
    details = known.detail if isinstance(known.detail, dict) else {"": known.detail}
    for field, messages in details.items():
        listed = messages if isinstance(messages, list) else [messages]
        found += [error(field, "", getattr(one, "code", "invalid"), str(one)) for one in listed]
    return found


def _headers(known: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if auth := getattr(known, "auth_header", None):
        headers["WWW-Authenticate"] = auth
    if wait := getattr(known, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers
