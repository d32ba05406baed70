"""Stories that editors have settled, as labelled texts: what they accepted is the label, what they rejected is not.

A story is settled when a person decided about everything that was proposed from it. A visit that a person entered by
hand with this story as evidence is one that the reader missed; one that rests on other sources too may hold more than
the story tells, so it is optional.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from visits import mapping, record
from visits.enums import CandidateState, SourceKind, State
from visits.imports.article.predictions import flat_visit
from visits.models import Candidate, Citation, Judgement, Source, Visit
from visits.models.evidence import TO_RECORD
from visits.record import VisitData

_PERSONS = Judgement.objects.filter(candidate=OuterRef("pk"), user__isnull=False, kind__in=("accept", "reject"))
_AT_ONCE = 200


def sources() -> QuerySet[Source]:
    """The settled stories, the oldest first."""
    candidates = Candidate.objects.filter(source=OuterRef("pk"))
    by_person = candidates.filter(Exists(_PERSONS))
    open_ones = candidates.filter(Q(state=CandidateState.PENDING) | ~Exists(_PERSONS)).exclude(
        state=CandidateState.UNDONE
    )
    live = by_person.exclude(state=CandidateState.UNDONE)
    documents = Source.objects.filter(kind=SourceKind.DOCUMENT, text__gt="")
    return documents.filter(Exists(live), ~Exists(open_ones)).order_by("pk")


def stories(chosen: QuerySet[Source]) -> Iterator[dict[str, Any]]:
    """One labelled text for each source, in the form that `labels.read` reads."""
    batch: list[Source] = []
    for source in chosen.iterator(chunk_size=_AT_ONCE):
        batch.append(source)
        if len(batch) == _AT_ONCE:
            yield from _batch(batch)
            batch = []
    yield from _batch(batch)


def _batch(batch: list[Source]) -> Iterator[dict[str, Any]]:
    by_source: dict[int, list[dict[str, Any]]] = {source.pk: [] for source in batch}
    targets: set[int] = set()
    decided = Candidate.objects.filter(source__in=batch, state=CandidateState.ACCEPTED, type="visit").order_by("pk")
    for candidate in decided.only("source_id", "record", "visit_id"):
        item = record.parse(candidate.record)
        if isinstance(item, VisitData) and candidate.source_id:
            by_source[candidate.source_id].append(flat_visit(item))
            targets.add(candidate.visit_id or 0)
    for source_id, visit, alone in _by_hand(batch, targets):
        by_source[source_id].append(flat_visit(visit) if alone else {**flat_visit(visit), "optional": True})
    for source in batch:
        yield _story(source, by_source[source.pk])


def _by_hand(batch: list[Source], targets: set[int]) -> Iterator[tuple[int, VisitData, bool]]:
    """(source, visit, whether it rests on that source alone) of visits that no candidate brought."""
    paths = [path for path in TO_RECORD if path == "visit" or path.endswith("__visit")]
    found: dict[int, set[int]] = {}
    for path in paths:
        rows = Citation.objects.filter(source__in=batch, **{f"{path}__isnull": False}).values_list(path, "source_id")
        for visit, source in rows.order_by(path, "source_id").distinct():
            found.setdefault(visit, set()).add(source)
    own = {visit: citing for visit, citing in found.items() if visit not in targets}
    if not own:
        return
    visits = Visit.objects.filter(pk__in=own, created_by_run=None, state=State.PUBLISHED).order_by("pk")
    for visit, item in zip(visits, mapping.to_records(visits), strict=True):
        if isinstance(item, VisitData):
            for source in sorted(own[visit.pk]):
                yield source, item, len(item.sources) == 1


def _story(source: Source, visits: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": str(source.uid),
        "lang": source.language.split("-")[0],
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "published": source.published,
        "text": source.text,
        "gold": {"is_visit": any(not visit.get("optional") for visit in visits), "visits": visits},
    }


def count(*, free: bool) -> int:
    """How many settled stories there are whose texts are (not) free to show."""
    total = sources().aggregate(n=Count("pk", filter=Q(free_to_show=free)))
    return int(total["n"])
