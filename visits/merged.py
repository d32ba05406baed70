"""Which record stands for one that was merged away: by its id, its uid, or what it was called; which never are one."""

import uuid
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Model

from .enums import JudgementKind
from .models import Judgement, RetiredId

_LONGEST = 100  # merges in one chain
# From each retired id along the merges to the one that is still there.
_CHAINS = """
WITH RECURSIVE chain AS (
    SELECT record_id, uid, merged_into, 1 AS step FROM visits_retiredid
    WHERE kind = %(kind)s AND merged_into IS NOT NULL AND {which}
    UNION ALL
    SELECT chain.record_id, chain.uid, following.merged_into, step + 1
    FROM chain JOIN visits_retiredid following ON following.kind = %(kind)s AND following.record_id = chain.merged_into
    WHERE following.merged_into IS NOT NULL AND step < %(longest)s
)
SELECT {key}, merged_into FROM chain WHERE EXISTS (SELECT 1 FROM {table} heir WHERE heir.id = merged_into)
"""


def _follow(model: type[Model], key: str, values: Iterable[Any], array: str) -> dict[Any, int]:
    wanted = list(values)
    if not wanted:
        return {}
    table = connection.ops.quote_name(model._meta.db_table)
    query = _CHAINS.format(which=f"{key} = ANY(%(wanted)s::{array}[])", key=key, table=table)
    with connection.cursor() as cursor:
        cursor.execute(query, {"kind": model._meta.model_name, "wanted": wanted, "longest": _LONGEST})
        return dict(cursor.fetchall())


def heirs(model: type[Model], ids: Iterable[int]) -> dict[int, int]:
    """Of these ids those of records that were merged away: id -> id of the record that stands for it."""
    return _follow(model, "record_id", ids, "bigint")


def heirs_by_uid(model: type[Model], uids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    return _follow(model, "uid", uids, "uuid")


def heir(model: type[Model], pk: int) -> int | None:
    return heirs(model, [pk]).get(pk)


def find(model: type[Model], uid: uuid.UUID) -> int | None:
    """The record with this uid, or the one that it was merged into."""
    found = model._default_manager.filter(uid=uid).values_list("pk", flat=True).first()
    return found or heirs_by_uid(model, [uid]).get(uid)


def aliases(model: type[Model], *columns: str, **where: Any) -> Iterator[tuple[tuple[Any, ...], int]]:
    """What records that were merged away had in these columns, with the id of the record that stands for each."""
    gone = RetiredId.objects.filter(kind=model._meta.model_name, merged_into__isnull=False).values("record_id")
    events: Any = model.events.rel.related_model  # type: ignore[attr-defined]
    last = events.objects.filter(pgh_label="delete", pgh_obj_id__in=gone, **where).order_by("pgh_id")
    rows = {pk: values for pk, *values in last.values_list("pgh_obj_id", *columns)}
    standing = heirs(model, rows)
    return ((tuple(values), standing[pk]) for pk, values in rows.items() if pk in standing)


def by_slug(model: type[Model], slugs: Collection[str] | None = None) -> dict[str, int]:
    """slug -> id, of records that were merged away; all of them, or those with these slugs."""
    where = {"slug__isnull": False} if slugs is None else {"slug__in": list(slugs)}
    return {slug: pk for (slug,), pk in aliases(model, "slug", **where)}


def taken_back() -> list[int]:
    """Ids of judgements (merges, and that two are never the same) that were taken back."""
    rows = Judgement.objects.filter(kind=JudgementKind.UNDO, detail__has_key="judgement")
    return list(rows.values_list("detail__judgement", flat=True))


def different(model: type[Model]) -> dict[tuple[int, int], Judgement]:
    """The pairs that a person said are never the same, as the ids of the records that stand for them today."""
    rows = Judgement.objects.filter(kind=JudgementKind.DIFFERENT, detail__kind=model._meta.model_name)
    judged = list(rows.exclude(pk__in=taken_back()).select_related("user").order_by("pk"))
    standing = heirs(model, {pk for one in judged for pk in one.detail["ids"]})
    pairs = {}
    for one in judged:
        first, second = sorted(standing.get(pk, pk) for pk in one.detail["ids"])
        pairs[first, second] = one
    return pairs
