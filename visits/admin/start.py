"""The start page of the desk: what waits, for this user."""

from typing import Any

from django.db.models import QuerySet

from visits import access, checks
from visits.enums import State
from visits.models import ImportRun, Meeting, Suggestion, Visit
from visits.review import queue

_SHOWN = 8


def start_context(user: Any) -> dict[str, Any]:
    """Drafts, what is in review, candidates, doubts and the last loads, each with how many there are in all."""
    pending = queue.waiting().select_related("source", "run")
    sees = {name: user.has_perm(f"visits.view_{name}") for name in ("candidate", "doubt", "importrun", "suggestion")}
    return {
        "desk": {
            "may_load": user.has_perm(access.LOAD),
            "may_add_visit": user.has_perm("visits.add_visit"),
            "candidates": _some(pending.defer("raw", "record", "source__text")) if sees["candidate"] else None,
            "in_review": _records(State.IN_REVIEW),
            "drafts": _records(State.DRAFT),
            "doubts": checks.open_by_code() if sees["doubt"] else None,
            "doubles": Suggestion.objects.count() if sees["suggestion"] else None,
            "runs": ImportRun.objects.all()[:_SHOWN] if sees["importrun"] else None,
        }
    }


def _records(state: State) -> dict[str, Any]:
    visits = Visit.objects.filter(state=state).select_related("guest_country", "guest_organization", "host_country")
    meetings = Meeting.objects.filter(state=state)
    return {
        "state": state,
        "visits": _some(visits.order_by("-changed_at")),
        "meetings": _some(meetings.order_by("-changed_at")),
    }


def _some(rows: QuerySet[Any]) -> dict[str, Any]:
    return {"rows": list(rows[:_SHOWN]), "count": rows.count()}
