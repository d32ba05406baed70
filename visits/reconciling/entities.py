"""Entities by id: what an id means, where a merged one went, and the rows of those that are public."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Max, Min, QuerySet

from visits import catalogue, enums
from visits.models import Member, Official, Participant, RetiredId, Tenure
from visits.models.bases import Earliest, Latest
from visits.rows import SHAPES

from .kinds import KINDS, Kind
from .properties import Row

_MAX_ID = 2**63 - 1
_MOST_MERGES = 20  # of a chain
_UNUSED = ("uid", "external_ids", "changed")


@dataclass(frozen=True)
class Entity:
    """A type and a primary key."""

    kind: str
    pk: Any


@dataclass(frozen=True)
class Seen:
    """A post of an official, and from when to when they are seen in it or are known to have held it."""

    post: int | None
    title: str
    rank: str
    first: date | None
    last: date | None


def entity_of(text: str, known: catalogue.Catalogue) -> Entity | None:
    """What an id like `official-12` or `topic-hydrogen` means; it need not be there."""
    kind, _hyphen, key = text.partition("-")
    if kind not in KINDS or not key:
        return None
    if KINDS[kind].numbered:
        digits = key.isascii() and key.isdecimal() and len(key) < 20
        return Entity(kind, int(key)) if digits and int(key) <= _MAX_ID else None
    keys: dict[str, dict[str, Any]] = {
        "country": known.country_codes, "topic": known.topic_slugs, "dialogue": known.dialogue_slugs,
    }  # fmt: skip
    pk = keys[kind].get(key.lower())
    return None if pk is None else Entity(kind, pk)


def heirs(entities: Iterable[Entity]) -> dict[Entity, Entity]:
    """The records that these were merged into, at the end of their chains; one query unless there are chains."""
    numbered = {entity for entity in entities if KINDS[entity.kind].numbered}
    ends = {entity: entity for entity in numbered}
    waiting = set(numbered)
    for _step in range(_MOST_MERGES):
        if not waiting:
            break
        retired = RetiredId.objects.filter(
            kind__in={one.kind for one in waiting}, record_id__in={one.pk for one in waiting}, merged_into__isnull=False
        ).values_list("kind", "record_id", "merged_into")
        merged = {Entity(kind, pk): Entity(kind, into) for kind, pk, into in retired}
        for entity, end in ends.items():
            ends[entity] = merged.get(end, end)
        waiting = {into for one, into in merged.items() if one in waiting}
    return {entity: end for entity, end in ends.items() if end != entity}


def present(entities: Iterable[Entity], known: catalogue.Catalogue) -> dict[Entity, Row]:
    """The rows of those that are public: the API's, with what else candidates are judged and described by."""
    wanted: dict[str, set[Any]] = defaultdict(set)
    for entity in entities:
        wanted[entity.kind].add(entity.pk)
    found: dict[Entity, Row] = {}
    for kind, pks in wanted.items():
        found |= _read(KINDS[kind], pks, known)
    return found


def _read(kind: Kind, pks: set[Any], known: catalogue.Catalogue) -> dict[Entity, Row]:
    key = "code" if kind.id == "country" else "id"
    fields = [name for name in kind.shape.names if name not in _UNUSED]
    rows = {row[key]: row for row in kind.shape.read(kind.public().filter(pk__in=pks), fields, known=known)}
    if kind.id == "official":
        seen = _seen(list(rows))
        for pk, row in rows.items():
            row["seen"] = seen.get(pk, [])
    if kind.id == "country":
        for row in rows.values():
            row["successor_names"] = [(code, known.countries[code].name) for code in row["successors"]]
    return {Entity(kind.id, pk): row for pk, row in rows.items()}


def _seen(pks: list[int]) -> dict[int, list[Seen]]:
    """Posts with their time, from published records and tenures, in one query."""
    published = enums.State.PUBLISHED
    visits = Member.objects.filter(official__in=pks, delegation__visit__state=published)
    meetings = Member.objects.filter(official__in=pks, delegation__meeting__state=published)
    met = Participant.objects.filter(official__in=pks, meeting__state=published)
    held = Tenure.objects.filter(official__in=pks)
    parts = [
        _spans(visits, Min("delegation__visit__earliest"), Max("delegation__visit__latest")),
        _spans(meetings, Min("delegation__meeting__earliest"), Max("delegation__meeting__latest")),
        _spans(met, Min("meeting__earliest"), Max("meeting__latest")),
        _spans(held, Min(Earliest("start")), Max(Latest("end"))),
    ]
    spans: dict[tuple[int, int | None, str, str], list[date]] = defaultdict(list)
    for official, post, title, rank, first, last in parts[0].union(*parts[1:], all=True):
        spans[official, post, title or "", rank or ""] += [day for day in (first, last) if day]
    found: dict[int, list[Seen]] = defaultdict(list)
    for (official, post, title, rank), days in spans.items():
        found[official].append(Seen(post, title, rank, min(days, default=None), max(days, default=None)))
    return found


def _spans(queryset: QuerySet[Any], first: Any, last: Any) -> QuerySet[Any]:
    post = {"title": F("post__title"), "rank": F("post__rank")}
    grouped = queryset.order_by().values("official", "post", **post).annotate(first=first, last=last)
    return grouped.values_list("official", "post", "title", "rank", "first", "last")


def tenures_of(kind: str, pks: Iterable[int], known: catalogue.Catalogue) -> dict[int, list[Row]]:
    """The tenures of these officials, or of these posts as far as their holders are public; oldest first."""
    found: dict[int, list[Row]] = {pk: [] for pk in pks}
    queryset = Tenure.objects.filter(**{f"{kind}__in": list(found)})
    if kind == "post":
        queryset = queryset.filter(official__in=Official.objects.public().order_by().values("pk"))
    for row in SHAPES["tenures"].read(queryset.order_by("start", "pk"), known=known):
        found[row[kind]["id"]].append(row)
    return found
