"""The page of one source: what published records take from it, in its text where that is free to show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from visits import field_names
from visits.enums import SourceKind
from visits.lookup import IsOneOf
from visits.models import Citation, Meeting, Official, Source, Visit
from visits.models.evidence import TO_RECORD

from .citable import citable, of_record
from .evidence import cells_of, is_checked, quote_of, with_context
from .permanent import record_page
from .quotes import Quote
from .structured import Describer

_Key = tuple[str, int]  # visit, meeting or official, and its id
_ROWS: dict[str, QuerySet[Any]] = {
    "visit": Visit.objects.select_related("guest_country", "guest_organization", "host_country"),
    "meeting": Meeting.objects.all(),
    "official": Official.objects.all(),
}
SHOWN, SHOWN_ROWS = 200, 50  # citations of a text, of a data set
# From a citation to the published record that it belongs to.
_PATHS = (*TO_RECORD, "tenure__official", "official")
_JOINED = [path.rpartition("__")[0] for path in _PATHS if "__" in path]
# What parts are called by.
_NAMED = (
    "delegation__sender_country", "delegation__sender_organization", "member__official", "participant__official",
    "topic_link__topic", "dialogue_link__dialogue", "tenure__official", "tenure__post__country",
)  # fmt: skip


def public() -> QuerySet[Source]:
    return Source.objects.public().defer("raw", "text")


@record_page(public)
def source_page(request: HttpRequest, source: Source) -> HttpResponse:
    limit = SHOWN if source.kind == SourceKind.DOCUMENT else SHOWN_ROWS
    cited = list(_citations(source, limit + 1))
    asked = _asked(request)
    shown = _with_asked(source, asked, cited[:limit])
    records = _records(shown)
    context = {
        "section": "",
        "source": source,
        "reference": of_record(request, source, str(source)),
        "linked_data": Describer(request).source(source),
        "entries": entries_of(shown, records),
        "asked": asked,
        "is_cut": len(cited) > limit,
        "text": whole_text(source, shown) if source.free_to_show else [],
    }
    return citable(request, "pages/source.html", context)


def _asked(request: HttpRequest) -> int | None:
    """The citation that the address asks for: `?citation=12`."""
    asked = request.GET.get("citation", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None


def _with_asked(source: Source, asked: int | None, shown: list[Citation]) -> list[Citation]:
    """The citations shown, the one that is asked for first when it is not among them."""
    if asked is None or any(one.pk == asked for one in shown):
        return shown
    return [*_citations(source, 1, pk=asked), *shown]


def _citations(source: Source, most: int, **which: Any) -> QuerySet[Citation]:
    """The first of those that belong to something public: looked up one by one, so that no data set is sorted whole."""
    mine = Citation.objects.filter(source=source, **which).public_of_few().order_by("start", "pk")[:most]
    few = Citation.objects.filter(IsOneOf(F("pk"), ArraySubquery(mine.values("pk"))))
    found = with_context(few).select_related("source", *_JOINED).prefetch_related(*_NAMED)
    return found.order_by("start", "pk")


@dataclass
class Entry:
    """A quote or a row, and the facts that published records take from it."""

    citations: list[Citation]
    all_records: Mapping[_Key, Any]

    @property
    def first(self) -> Citation:
        return self.citations[0]

    @property
    def quote(self) -> Quote | None:
        return quote_of(self.first)

    @property
    def cells(self) -> list[dict[str, Any]]:
        return cells_of(self.first)

    @property
    def checked(self) -> bool:
        return is_checked(self.first)

    @property
    def records(self) -> list[tuple[Any, list[str]]]:
        """The records, each with what the quote is evidence of."""
        found: dict[_Key, tuple[Any, list[str]]] = {}
        for citation in self.citations:
            key = _owner(citation)
            facts = found.setdefault(key, (self.all_records[key], []))[1]
            fact = _fact(citation)
            if fact and fact not in facts:
                facts.append(fact)
        return list(found.values())


def entries_of(citations: Iterable[Citation], records: Mapping[_Key, Any]) -> list[Entry]:
    """Citations of the same words together."""
    found: dict[tuple[Any, ...], Entry] = {}
    for one in citations:
        key = one.start, one.end, one.exact, one.external_id
        found.setdefault(key, Entry([], records)).citations.append(one)
    return list(found.values())


def _owner(citation: Citation) -> _Key:
    """The record that a citation belongs to: what it is, and its id."""
    for path in _PATHS:
        above, _dashes, last = path.rpartition("__")
        part: Any = citation
        for step in filter(None, above.split("__")):
            part = getattr(part, step, None)
        if pk := getattr(part, f"{last}_id", None):
            return last, pk
    raise ValueError(f"citation {citation.pk} points at nothing")


def _records(citations: Iterable[Citation]) -> dict[_Key, Any]:
    """The records of citations; one query for visits, one for meetings, one for officials."""
    owners = {_owner(one) for one in citations}
    found: dict[_Key, Any] = {}
    for kind, rows in _ROWS.items():
        if wanted := [pk for name, pk in owners if name == kind]:
            found |= {(kind, row.pk): row for row in rows.filter(pk__in=wanted)}
    return found


def _fact(citation: Citation) -> str:
    """What the quote is evidence of, in words."""
    for name, label in _parts().items():
        part = getattr(citation, name)
        if part is not None:
            return f"{label}: {part}" if label else field_names.in_words(citation.field)
    return field_names.in_words(citation.field)


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
    for start, end in pairwise(borders):
        over = [one for one in spans if (one.start or 0) <= start and end <= (one.end or 0)]
        stretches.append(Stretch(text[start:end], over, [one for one in over if one.start == start]))
    return stretches
