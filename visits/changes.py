"""The feed of changes: what was published, changed, merged and taken away, as the public sees it.

Triggers leave marks (`visits.models.changes`). `gather` takes the marks of transactions that are done, under a lock:
a mark of a transaction that is still open is not seen, and is taken later, behind everything that is in the feed by
then. So ids never come in before one that a reader has had, and whoever asks for what is behind a cursor misses none.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from . import merged
from .enums import ChangeAction
from .filters import FILTERS
from .models import (
    Change,
    Citation,
    Country,
    Delegation,
    DialogueLink,
    Mark,
    Meeting,
    Member,
    Outcome,
    Participant,
    Post,
    RetiredId,
    Tenure,
    TopicLink,
    Visit,
)
from .models.changes import number_of
from .models.copying import copy_rows
from .models.evidence import TO_RECORD
from .record import uid_for
from .rows import SHAPES

# Kinds of records in the feed, with the list that says which are public.
KINDS = {
    "visit": "visits",
    "meeting": "meetings",
    "outcome": "outcomes",
    "official": "officials",
    "post": "posts",
    "organization": "organizations",
    "topic": "topics",
    "dialogue": "dialogues",
    "country": "countries",
    "source": "sources",
}
SLUGS = ("topic", "dialogue")  # whose address is a slug
_AT_ONCE = 20_000  # marks; those of one transaction are never parted
_SLICE = 5_000  # ids in one statement
_GONE = (ChangeAction.DELETED, ChangeAction.MERGED)

Ids = Iterable[int]


@dataclass(frozen=True)
class _Shown:
    """A record as the public sees it, or saw it last."""

    uid: str
    slug: str
    action: str = ""


def gather(most: int = 0) -> int:
    """Add to the feed what was done since the last time; how many marks were taken.

    With `most`, nothing is done while more marks than that wait: the worker takes them. When another process is
    gathering, this one has nothing to do.
    """
    waiting = Mark.objects.order_by()[: (most or 1) + 1].count()
    if not waiting or (most and waiting > most):
        return 0
    with transaction.atomic():
        now = _begin()
        if now is None:
            return 0
        marks = _take()
        if marks:
            _write(_different(_records(marks)), now)
    return len(marks)


def gather_all() -> None:
    """Until no mark is left."""
    while gather():
        pass


def _begin() -> datetime | None:
    """Take the lock and say what time it is in the feed, where time never falls; None when another holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('feed of changes'))")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(
            "SELECT greatest(clock_timestamp(), (SELECT at FROM visits_change ORDER BY id DESC LIMIT 1)) AS now"
        )
        now: datetime = cursor.fetchone()[0]
        return now


def _take() -> list[tuple[str, int, list[str]]]:
    """The oldest marks, with all that their transactions left, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH oldest AS (SELECT deed FROM visits_mark ORDER BY id LIMIT %s), "
            "taken AS (DELETE FROM visits_mark WHERE deed IN (SELECT deed FROM oldest) "
            "RETURNING id, kind, record, fields) SELECT kind, record, fields FROM taken ORDER BY id",
            [_AT_ONCE],
        )
        return list(cursor.fetchall())


# what may be different


_ROOT = (("visit", "visit_id"), ("meeting", "meeting_id"))
_OF_DELEGATION = (("visit", "delegation__visit_id"), ("meeting", "delegation__meeting_id"))
# Parts that marks name, with the records that they belong to.
_OWNERS: dict[str, tuple[type[Any], tuple[tuple[str, str], ...]]] = {
    "delegation": (Delegation, _ROOT),
    "member": (Member, _OF_DELEGATION),
    "participant": (Participant, (("meeting", "meeting_id"),)),
    "topic_link": (TopicLink, _ROOT),
    "dialogue_link": (DialogueLink, _ROOT),
    "of_outcome": (Outcome, _ROOT),
    "tenure": (Tenure, (("official", "official_id"),)),
}
# What a public visit, meeting, official or post makes public: (kind, table, its key, column).
_REACHES: dict[str, list[tuple[str, type[Any], str, str]]] = {
    "visit": [
        ("outcome", Outcome, "visit", "pk"),
        ("official", Member, "delegation__visit", "official_id"),
        ("post", Member, "delegation__visit", "post_id"),
        ("organization", Visit, "pk", "guest_organization_id"),
        ("organization", Visit, "pk", "host_organization_id"),
        ("organization", Delegation, "visit", "sender_organization_id"),
    ],
    "meeting": [
        ("outcome", Outcome, "meeting", "pk"),
        ("official", Member, "delegation__meeting", "official_id"),
        ("post", Member, "delegation__meeting", "post_id"),
        ("official", Participant, "meeting", "official_id"),
        ("post", Participant, "meeting", "post_id"),
        ("organization", Participant, "meeting", "side_organization_id"),
        ("organization", Delegation, "meeting", "sender_organization_id"),
    ],
    "official": [("post", Tenure, "official", "post_id")],
    "post": [("organization", Post, "pk", "organization_id")],
}
# The ways from a citation to the record that makes its source public.
_CITED = {
    "visit": [path for path in TO_RECORD if path.endswith("visit")],
    "meeting": [path for path in TO_RECORD if path.endswith("meeting")],
    "official": ["official", "tenure__official"],
}
_PERHAPS = ("post",)  # a public one makes public what it names only where a record names it in that post

Touched = dict[str, dict[int, set[str]]]


def _records(marks: Iterable[tuple[str, int, list[str]]]) -> Touched:
    """By kind, the records that were written or may be public now or no more, with the fields that were written."""
    touched: Touched = {kind: {} for kind in KINDS}
    parts: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for kind, record, fields in marks:
        into = touched[kind] if kind in touched else parts[kind]
        into.setdefault(record, set()).update(field for field in fields if field)
    for kind, fields_by_id in parts.items():
        model, owners = _OWNERS[kind]
        columns = [column for _owner, column in owners]
        for pk, *ids in _values(model, "pk", fields_by_id, "pk", *columns):
            for (owner, _column), record in zip(owners, ids, strict=True):
                if record is not None:
                    touched[owner].setdefault(record, set()).update(fields_by_id[pk])
    return touched


def _reached(kind: str, touched: Touched, public: Container[int], certain: dict[str, set[int]]) -> None:
    """Add what these records may have made public, or taken away; `certain` is what a public one names."""
    found = list(touched[kind])
    for other, model, key, column in _REACHES.get(kind, ()):
        for owner, record in _values(model, key, found, key, column):
            if record is not None:
                touched[other].setdefault(record, set())
                if owner in public and kind not in _PERHAPS:
                    certain[other].add(record)
    for owner, source in _cited(kind, found):
        touched["source"].setdefault(source, set())
        if owner in public:
            certain["source"].add(source)


def _cited(kind: str, ids: Ids) -> Iterator[tuple[int, int]]:
    """The sources of these records and of what belongs to them."""
    for some in _slices(ids if kind in _CITED else ()):
        first, *others = (
            Citation.objects.filter(**{f"{path}__in": some}).order_by().values_list(path, "source")
            for path in _CITED[kind]
        )
        yield from first.union(*others)


def _values(model: type[Any], key: str, ids: Ids, *columns: str) -> Iterator[tuple[Any, ...]]:
    return _values_of(model.objects.all(), key, ids, *columns)


def _values_of(rows: QuerySet[Any], key: str, ids: Ids, *columns: str) -> Iterator[tuple[Any, ...]]:
    for some in _slices(ids):
        yield from rows.order_by().filter(**{f"{key}__in": some}).values_list(*columns)


def _slices(ids: Ids) -> Iterator[list[int]]:
    found = list(ids)
    for start in range(0, len(found), _SLICE):
        yield found[start : start + _SLICE]


# what is different


def _different(touched: Touched) -> list[dict[str, Any]]:
    """The entries of the feed; kinds in the order in which they make each other public."""
    found, certain = [], defaultdict[str, set[int]](set)
    for kind in KINDS:
        records = touched[kind]
        before = _last(kind, records)
        now = _public(kind, records, certain[kind], before)
        _reached(kind, touched, now, certain)
        heirs = _heirs(kind, [pk for pk in records if pk not in now and pk in before])
        for pk, written in records.items():
            if shown := now.get(pk):
                if pk not in before:
                    found.append(_entry(kind, pk, shown, ChangeAction.CREATED))
                elif fields := _fields(kind, written):
                    found.append(_entry(kind, pk, shown, ChangeAction.CHANGED, fields=fields))
            elif pk in heirs:
                found.append(_entry(kind, pk, before[pk], ChangeAction.MERGED, heir=heirs[pk]))
            elif pk in before:
                found.append(_entry(kind, pk, before[pk], ChangeAction.DELETED))
    return found


def _entry(kind: str, pk: int, shown: _Shown, action: ChangeAction, **more: Any) -> dict[str, Any]:
    entry = {"kind": kind, "record": pk, "uid": shown.uid, "slug": shown.slug, "action": action.value}
    return entry | {"fields": [], "heir": None} | more


def _public(
    kind: str, records: dict[int, set[str]], certain: Container[int], before: dict[int, _Shown]
) -> dict[int, _Shown]:
    """Of these records those that the public sees.

    What a public record names is public: whoever is known already is not asked for again, the others by their id.
    """
    if kind == "country":
        return _countries(records)
    queryset: QuerySet[Any] = FILTERS[KINDS[kind]].public()
    everybody = queryset.model._default_manager.all()
    found = {pk: before[pk] for pk, written in records.items() if not written and pk in certain and pk in before}
    rest = [pk for pk in records if pk not in found]
    for among, ids in (
        (everybody, [pk for pk in rest if pk in certain]),
        (queryset, [pk for pk in rest if pk not in certain]),
    ):
        columns = ("pk", "uid", "slug") if kind in SLUGS else ("pk", "uid")
        for pk, uid, *slug in _values_of(among, "pk", ids, *columns):
            found[pk] = _Shown(str(uid), slug[0] if slug else "")
    return found


def _countries(numbers: Ids) -> dict[int, _Shown]:
    """All are public; they have a code and no id."""
    wanted = set(numbers)
    codes = Country.objects.order_by().values_list("pk", flat=True) if wanted else []
    return {
        number: _Shown(str(uid_for("country", code)), code) for code in codes if (number := number_of(code)) in wanted
    }


def _last(kind: str, ids: Ids) -> dict[int, _Shown]:
    """Of these records those that the feed shows as public, as it named them last."""
    found = {}
    for some in _slices(ids):
        rows = Change.objects.filter(kind=kind, record__in=some).order_by("record", "-pk").distinct("record")
        for record, action, uid, slug in rows.values_list("record", "action", "uid", "slug"):
            if action not in _GONE:
                found[record] = _Shown(str(uid), slug)
    return found


def _heirs(kind: str, ids: list[int]) -> dict[int, dict[str, Any]]:
    """Of these records, which are gone, those that were merged into one that is public."""
    if not ids or not RetiredId.objects.filter(kind=kind, record_id__in=ids[:_SLICE]).exists():
        return {}
    standing = merged.heirs(FILTERS[KINDS[kind]].public().model, ids)
    public = _public(kind, {pk: set() for pk in standing.values()}, (), {})
    return {
        pk: {"id": heir, "uid": public[heir].uid, "slug": public[heir].slug}
        for pk, heir in standing.items()
        if heir in public
    }


# Columns whose name is not the name of a field of the API. What has no field there, the public is not told.
_NAMES = {
    **{f"{side}_{end}": side for side in ("guest", "host") for end in ("country", "organization", "as_printed")},
    "venue_country": "venue",
    "city": "place",
    "place_as_printed": "place",
    "trip_position": "trip",
    "fulfilled_by_visit": "fulfilled_by",
    "fulfilled_by_meeting": "fulfilled_by",
    "url": "website",
}
_OF_SOURCES = {"url": "original", "retrieved_at": "retrieved"}
_SHOWN = {kind: {*SHAPES[name].names, *SHAPES[name].expansions} for kind, name in KINDS.items()}


def _fields(kind: str, written: Iterable[str]) -> list[str]:
    """The fields of the API's shape that were written."""
    known = _OF_SOURCES if kind == "source" else _NAMES
    names = {name.removesuffix("_id") for name in written}
    return sorted({known.get(name, name) for name in names} & _SHOWN[kind])


def _write(entries: list[dict[str, Any]], now: datetime) -> None:
    copy_rows(Change, [entry | {"at": now} for entry in entries])


# reading it


def behind(cursor: int | None = None, instant: datetime | None = None, kinds: Iterable[str] = ()) -> QuerySet[Change]:
    """What came behind a cursor, or at an instant and later, in order; of these kinds alone."""
    wanted = Q()
    if cursor is not None:
        wanted &= Q(pk__gt=cursor)
    if instant is not None:
        wanted &= Q(at__gte=instant)
    if kinds := list(kinds):
        wanted &= Q(kind__in=kinds)
    return Change.objects.filter(wanted).order_by("pk")


def newest() -> int:
    """The cursor behind which nothing is yet."""
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def address(kind: str, pk: int, slug: str = "") -> str:
    """The page of a record, by the address that lasts."""
    return reverse(kind, args=[slug or pk])


def of_record(record: Visit | Meeting) -> QuerySet[Change]:
    """What the public saw happen to a record, the newest first."""
    return Change.objects.filter(kind=record._meta.model_name, record=record.pk).order_by("-pk")


def latest(number: int) -> list[Change]:
    """The newest published or changed visits and meetings, each once; at most so many."""
    found: dict[tuple[str, int], Change] = {}
    rows = Change.objects.filter(kind__in=("visit", "meeting")).exclude(action__in=_GONE).order_by("-pk")
    for change in rows[: 8 * number]:
        found.setdefault((change.kind, change.record), change)
    return list(found.values())[:number]
