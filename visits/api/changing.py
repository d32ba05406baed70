"""`/api/v1/changes/?since=`: what was published, changed, merged and taken away, in an order that loses nothing."""

import uuid
from datetime import UTC, datetime
from typing import Any, Literal

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import Field
from rest_framework.request import Request

from visits import changes, enums, paging
from visits.filters.values import MAX_ID
from visits.models import Change

from . import problems
from .answers import tagged
from .documents import Part, Path
from .entrance import Open
from .reading import ERRORS, refuse_strange, words

GATHERED_HERE = 2_000  # marks; where more wait, the worker is at it

Kind = Literal[
    "visit", "meeting", "outcome", "official", "post", "organization", "topic", "dialogue", "country", "source"
]


class ChangedRecord(Part):
    id: int | str = Field(description="of a country its code")
    uid: uuid.UUID
    url: Path


class ChangeItem(Part):
    cursor: str = Field(description="its place in the feed: what comes after it is `?since=` this")
    at: datetime = Field(description="when it came into the feed; never falls from one item to the next")
    type: Kind
    record: ChangedRecord
    action: enums.ChangeAction
    fields: list[str] = Field(description="of a change: the members of the record's shape that were written")
    merged_into: ChangedRecord | None = Field(description="of a merge: the record that stands for it")


class Changes(Part):
    next: str | None = Field(description="the following page, while there is one")
    previous: None = Field(description="the feed is read forwards")
    cursor: str = Field(description="what to ask with the next time, whether or not something came")
    results: list[ChangeItem]


class ChangesView(Open):
    @extend_schema(
        operation_id="changes",
        summary="What changed, in order",
        description="Publishing a record creates it here, withdrawing deletes it. A change of a part (a delegation, "
        "member, topic, outcome, citation ...) changes the record that it belongs to. A reader that asks with the "
        "last `cursor` misses nothing; a record that changed several times since the last look may come once.",
        parameters=[
            OpenApiParameter(
                "since", {"type": "string", "maxLength": 40},
                description="The `cursor` of the last answer, or an instant of ISO 8601 (`2026-01-31T12:00:00Z`; a day "
                "begins at midnight UTC): what came behind it, or then and later. Nothing: from the beginning.",
            ),
            OpenApiParameter(
                "type", {"type": "array", "items": {"type": "string", "enum": list(changes.KINDS)}},
                description="These types alone.", explode=True,
            ),
            OpenApiParameter(
                "page_size", {"type": "integer", "minimum": 1, "maximum": paging.MAX_PAGE_SIZE,
                              "default": paging.PAGE_SIZE},
            ),
        ],
        responses={200: Changes, 304: None, **ERRORS},
        tags=["changes"],
        auth=[],
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponseBase:
        refuse_strange(request, ("since", "type", "page_size"))
        size, kinds = _size(request), _kinds(request)
        cursor, instant = _since(request.query_params.get("since", ""))
        changes.gather(GATHERED_HERE)
        newest = changes.newest()
        if cursor is not None and cursor > newest:
            raise _refused("since", str(cursor), "unknown-cursor", "This cursor is none of this feed: start anew.")
        found = list(changes.behind(cursor, instant, kinds)[: size + 1])
        page, more = found[:size], len(found) > size
        # Behind everything that was looked through: with `type`, what is not of it need not be read again.
        last = page[-1].pk if more else max(newest, page[-1].pk if page else 0)
        here = request.build_absolute_uri(request.path)
        following = paging.url_with(here, request.query_params, since=str(last)) if more else None
        body = {"next": following, "previous": None, "cursor": str(last), "results": [_item(one) for one in page]}
        return tagged(request, body, {"Link": f'<{following}>; rel="next"'} if following else None)


def _item(change: Change) -> dict[str, Any]:
    heir = change.heir
    return {
        "cursor": str(change.pk),
        "at": change.at.isoformat(),
        "type": change.kind,
        "record": _record(change.kind, change.record, str(change.uid), change.slug),
        "action": change.action,
        "fields": change.fields,
        "merged_into": _record(change.kind, heir["id"], heir["uid"], heir["slug"]) if heir else None,
    }


def _record(kind: str, pk: int, uid: str, slug: str) -> dict[str, Any]:
    return {"id": slug if kind == "country" else pk, "uid": uid, "url": changes.address(kind, pk, slug)}


def _refused(name: str, value: str, code: str, detail: str, **more: Any) -> problems.Invalid:
    return problems.Invalid([problems.error(name, value[:200], code, detail, **more)], detail)


def _size(request: Request) -> int:
    text = request.query_params.get("page_size", str(paging.PAGE_SIZE))
    if text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= paging.MAX_PAGE_SIZE:
        return int(text)
    raise _refused("page_size", text, "unknown-value", f"A whole number from 1 to {paging.MAX_PAGE_SIZE}.")


def _kinds(request: Request) -> list[str]:
    known = list(changes.KINDS)
    given = list(dict.fromkeys(words(request, "type") or []))
    for value in given:
        if value not in known:
            detail = f"There is no such type here: {', '.join(known)}."
            raise _refused("type", value, "unknown-value", detail, nearest=known)
    return given


def _since(text: str) -> tuple[int | None, datetime | None]:
    """A cursor or an instant; neither for nothing."""
    if not text:
        return None, None
    if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= MAX_ID:
        return int(text), None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+", 1) if text[-6:-5] == " " else text)
        if found.tzinfo is None:
            if len(text) > len("2026-W01-1"):
                raise ValueError(text)
            found = found.replace(tzinfo=UTC)
        return None, found.astimezone(UTC)
    except (ValueError, OverflowError):
        detail = "Neither a cursor of this feed nor an instant with its time zone: 2026-01-31T12:00:00Z."
        raise _refused("since", text, "unknown-value", detail) from None
