"""The notes of a page: each fact's citations as numbered marks, each note with its quote or its row."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest, Least, Substr

from visits.models import Citation, Source
from visits.rows import cut_around

from .quotes import Quote, sentence_around

LIMIT = 200  # what is read of a text on each side of a quote
_HEAVY = ("text_vector", "source__raw", "source__text")


@dataclass
class Note:
    """A quote or a row of a source, and the number it has on this page (0 until something refers to it)."""

    citation: Citation
    number: int = 0

    @property
    def source(self) -> Source:
        return self.citation.source

    @property
    def quote(self) -> Quote | None:
        return quote_of(self.citation)

    @property
    def checked(self) -> bool:
        return is_checked(self.citation)

    @property
    def cells(self) -> list[dict[str, Any]]:
        return cells_of(self.citation)

    @property
    def url(self) -> str:
        """Where the source shows it; a data set has too many rows to show them all, so it is asked for."""
        asked = "" if self.citation.exact else f"?citation={self.citation.pk}"
        return f"{self.source.get_absolute_url()}{asked}#citation-{self.citation.pk}"


def with_context(citations: QuerySet[Citation]) -> QuerySet[Citation]:
    """Citations with their sources, and of each source's text only what stands next to the quote."""
    start, end = F("start"), F("end")
    return (
        citations.select_related("source")
        .defer(*_HEAVY)
        .annotate(
            has_text=models.ExpressionWrapper(Q(source__text__isnull=False), output_field=models.BooleanField()),
            text_before=Substr("source__text", Greatest(start + 1 - LIMIT, 1), Least(start, LIMIT)),
            text_after=Substr("source__text", end + 1, LIMIT),
        )
    )


def quote_of(citation: Citation) -> Quote | None:
    """The sentence to show of a citation that comes from `with_context`; None for a row of a table."""
    if not citation.exact:
        return None
    before = getattr(citation, "text_before", None)
    after = getattr(citation, "text_after", None)
    return sentence_around(
        citation.prefix if before is None else before, citation.exact, citation.suffix if after is None else after
    )


def is_checked(citation: Citation) -> bool:
    """Whether the database has compared the quote with the text of its source."""
    return citation.start is not None and bool(getattr(citation, "has_text", False))


def cells_of(citation: Citation) -> list[dict[str, Any]]:
    """The row as printed: its columns, those first from which a fact was read."""
    used = set((citation.columns or {}).values())
    free = citation.source.free_to_show
    cells = [
        {"column": name, "value": value if free else cut_around("", str(value), "")[1], "used": name in used}
        for name, value in (citation.row or {}).items()
    ]
    return sorted(cells, key=lambda one: not one["used"])


@dataclass
class Evidence:
    """What a page refers to. Numbers follow the order in which the page's facts are read."""

    citations: Sequence[Citation]
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._of_target: dict[tuple[str, int], list[tuple[str, Note]]] = defaultdict(list)
        self._of_column: dict[str, list[Note]] = defaultdict(list)
        self._count = 0
        known: dict[tuple[Any, ...], Note] = {}
        for citation in self.citations:
            note = known.setdefault(_place_in_source(citation), Note(citation))
            self._of_target[_target(citation)].append((citation.field, note))
            for path in citation.columns or {}:
                name = path.partition(".")[0]
                if note not in self._of_column[name]:
                    self._of_column[name].append(note)
        self.notes = list(known.values())

    def marks(self, record: models.Model | None, *fields: str) -> list[Note]:
        """The notes of these fields of a record ("" is the whole of it, no field at all is any field)."""
        found: list[Note] = []
        if record is not None:
            key = (record._meta.model_name or "", record.pk)
            found = [note for name, note in self._of_target[key] if not fields or name in fields]
        for name in fields:
            found += self._of_column.get(name, [])
        unique = list(dict.fromkeys(map(id, found)))
        by_id = {id(note): note for note in found}
        return [self._numbered(by_id[one]) for one in unique]

    def notes_of(self, record: models.Model) -> list[Note]:
        """All notes of a record, without numbering them: whoever shows them does (`numbered`)."""
        return [note for _name, note in self._of_target[record._meta.model_name or "", record.pk]]

    def numbered(self, notes: Iterable[Note]) -> list[Note]:
        return [self._numbered(note) for note in notes]

    def rest(self, record: models.Model, elsewhere: Collection[str]) -> list[Note]:
        """The notes of a record's fields that are not marked elsewhere."""
        key = (record._meta.model_name or "", record.pk)
        return self.marks(record, *{name for name, _ in self._of_target[key] if name not in elsewhere} or {" "})

    def _numbered(self, note: Note) -> Note:
        if not note.number:
            self._count += 1
            note.number = self._count
        return note

    @property
    def listed(self) -> list[Note]:
        """All notes by number, those that no mark refers to last."""
        for note in self.notes:
            self._numbered(note)
        return sorted(self.notes, key=lambda note: note.number)

    @property
    def sources(self) -> list[dict[str, Any]]:
        """Each source once, with how many notes come from it and whom its text credits."""
        grouped: dict[int, dict[str, Any]] = {}
        for note in self.listed:
            entry = grouped.setdefault(note.source.pk, {"source": note.source, "notes": 0, "credited": []})
            entry["notes"] += 1
            credited = note.citation.attributed_to
            if credited and credited not in entry["credited"]:
                entry["credited"].append(credited)
        return list(grouped.values())


def _place_in_source(citation: Citation) -> tuple[Any, ...]:
    return citation.source_id, citation.start, citation.end, citation.exact, citation.external_id


_COLUMNS = {
    "visit": "visit_id",
    "meeting": "meeting_id",
    "delegation": "delegation_id",
    "member": "member_id",
    "participant": "participant_id",
    "topiclink": "topic_link_id",
    "dialoguelink": "dialogue_link_id",
    "outcome": "outcome_id",
    "tenure": "tenure_id",
    "official": "official_id",
}


def _target(citation: Citation) -> tuple[str, int]:
    for name, column in _COLUMNS.items():
        if pk := getattr(citation, column):
            return name, pk
    raise ValueError(f"citation {citation.pk} points at nothing")


def evidence_of(records: Mapping[str, Iterable[models.Model]]) -> Evidence:
    """The evidence of these records, by the citation's column: `{"visit": [visit], "member": [...]}`; one query."""
    wanted = Q(pk__in=[])
    for column, rows in records.items():
        if ids := [row.pk for row in rows]:
            wanted |= Q(**{f"{column}__in": ids})
    return Evidence(list(with_context(Citation.objects.filter(wanted).order_by("pk"))))
