"""The page of one source: what published records take from it, in its text where that is free to show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from visits.models import Citation, Source

from .evidence import cells_of, is_checked, quote_of, with_context
from .permanent import record_page

SHOWN = 200
# From a citation to the published record that it belongs to.
_PATHS = (
    "visit",
    "meeting",
    "delegation__visit",
    "delegation__meeting",
    "member__delegation__visit",
    "member__delegation__meeting",
    "participant__meeting",
    "topic_link__visit",
    "topic_link__meeting",
    "dialogue_link__visit",
    "dialogue_link__meeting",
    "outcome__visit",
    "outcome__meeting",
    "tenure__official",
    "official",
)
_SIDES = ("guest_country", "guest_organization", "host_country")
_JOINED = [path for path in _PATHS] + [f"{p}__{side}" for p in _PATHS if p.endswith("visit") for side in _SIDES]


def public() -> QuerySet[Source]:
    return Source.objects.public().defer("raw", "text")


@record_page(public)
def source_page(request: HttpRequest, source: Source) -> HttpResponse:
    cited = list(_citations(source)[: SHOWN + 1])
    context = {
        "section": "",
        "source": source,
        "entries": [_entry(citation) for citation in cited[:SHOWN]],
        "is_cut": len(cited) > SHOWN,
        "text": whole_text(source, cited) if source.free_to_show else [],
    }
    return render(request, "pages/source.html", context)


def _citations(source: Source) -> QuerySet[Citation]:
    mine = Citation.objects.public().filter(source=source)
    return with_context(mine).select_related("source", *_JOINED).order_by("start", "pk")


def _entry(citation: Citation) -> dict[str, Any]:
    record = _record(citation)
    return {
        "citation": citation,
        "quote": quote_of(citation),
        "cells": cells_of(citation),
        "checked": is_checked(citation),
        "record": record,
        "fact": _fact(citation),
    }


def _record(citation: Citation) -> Any:
    for path in _PATHS:
        record: Any = citation
        for step in path.split("__"):
            record = getattr(record, step, None)
        if record is not None:
            return record
    raise ValueError(f"citation {citation.pk} points at nothing")


def _fact(citation: Citation) -> str:
    """What the quote is evidence of, in words."""
    for name, label in _parts().items():
        part = getattr(citation, name)
        if part is not None:
            return f"{label}: {part}" if label else citation.field.replace("_", " ")
    return citation.field.replace("_", " ")


def _parts() -> dict[str, str]:
    return {
        "member": _("member"),
        "participant": _("participant"),
        "topic_link": _("topic"),
        "dialogue_link": _("dialogue"),
        "outcome": _("outcome"),
        "delegation": _("delegation"),
        "tenure": _("tenure"),
    }


@dataclass
class Stretch:
    """A stretch of a text, and the citations that cover it."""

    text: str
    citations: list[Citation] = field(default_factory=list)
    starts: list[Citation] = field(default_factory=list)


def whole_text(source: Source, citations: Sequence[Citation]) -> list[Stretch]:
    """The text of the source in stretches, cut where a quote begins or ends."""
    spans = [one for one in citations if one.start is not None and one.end is not None]
    text = Source.objects.values_list("text", flat=True).get(pk=source.pk) or ""
    return cut_at(text, spans)


def cut_at(text: str, spans: Iterable[Citation]) -> list[Stretch]:
    spans = list(spans)
    borders = sorted({0, len(text), *(one.start or 0 for one in spans), *(one.end or 0 for one in spans)})
    stretches = []
    for start, end in zip(borders, borders[1:], strict=False):
        over = [one for one in spans if (one.start or 0) <= start and end <= (one.end or 0)]
        stretches.append(Stretch(text[start:end], over, [one for one in over if one.start == start]))
    return stretches
