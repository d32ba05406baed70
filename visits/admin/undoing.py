"""The page of an undo: what goes, what goes back and what stays, before anything does."""

from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from visits.models import ImportRun
from visits.review import undo

from .preview import compared
from .proposal_view import label_of

SHOWN = 200


def undo_context(run: ImportRun) -> dict[str, Any]:
    """Each list cut at SHOWN, with how many there are in all; records with links to their pages at the desk."""
    found = undo.preview(run, SHOWN)
    counts = found["counts"]
    return {
        "run": run,
        "goes": [
            {
                "label": _plural(kind),
                "number": counts["goes"].get(kind, len(rows)),
                "rows": [{"title": title, "url": _url(kind, pk)} for pk, title in rows],
                "more": counts["goes"].get(kind, len(rows)) - len(rows),
            }
            for kind, rows in found["goes"].items()
            if rows
        ],
        "goes_back": [_going_back(one) for one in found["goes_back"]],
        "goes_back_count": counts["goes_back"],
        "goes_back_more": counts["goes_back"] - len(found["goes_back"]),
        "stays": [_staying(one) for one in found["stays"]],
        "stays_count": counts["stays"],
        "stays_more": counts["stays"] - len(found["stays"]),
    }


def _going_back(one: dict[str, Any]) -> dict[str, Any]:
    now, then = compared(one["after"], one["before"])
    field = label_of(f"{one['part']}: {one['field']}" if one["part"] else one["field"])
    return {"title": one["title"], "url": _url(one["type"], one["id"]), "field": field, "now": now, "then": then}


def _staying(one: dict[str, Any]) -> dict[str, Any]:
    because = one.get("because")
    return {
        "kind": _singular(one["type"]),
        "title": one["title"],
        "url": _url(one["type"], one["id"]),
        "why": one["why"],
        "because": because and {"title": because["title"], "url": _url(because["type"], because["id"])},
    }


def _plural(kind: str) -> str:
    return str(capfirst(apps.get_model("visits", kind)._meta.verbose_name_plural))


def _singular(kind: str) -> str:
    return str(capfirst(apps.get_model("visits", kind)._meta.verbose_name))


def _url(kind: str, pk: Any) -> str:
    """The record's page at the desk; empty for what has none of its own."""
    name = {"run": "importrun", "load": "importrun"}.get(kind, kind)
    try:
        return reverse(f"admin:visits_{name}_change", args=[pk])
    except NoReverseMatch:
        return ""
