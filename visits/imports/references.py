"""References by an id in a list, in rows of tables: to the records that have these ids in the tracker.

A reader sees no tracker: it takes a reference for the uid that a record gets by that id when it is new. A record that
is there may have another uid (it came with one of its own, or got the id later).
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from visits import models, record

from .reading import InputRow


class Numbered(Protocol):
    """An input row, perhaps one that repeats an earlier one."""

    row: InputRow
    duplicate: bool


def settle(batch: Sequence[Numbered]) -> None:
    """Put the uids that records have in the place of those made from their ids; a query for each kind of record."""
    rows = [one.row for one in batch if one.row.record is not None and one.row.cells is not None and not one.duplicate]
    wanted: dict[str, dict[str, uuid.UUID]] = defaultdict(dict)
    for row in rows:
        for (kind, text), uid in row.cells.references.items():
            wanted[kind][text] = uid
    if not wanted:
        return
    own = {
        made: item.uid
        for item in (one.row.record for one in batch)
        if item and item.uid
        for text in item.external_ids
        if (made := wanted[item.type].get(text)) and made != item.uid
    }
    own |= {made: found for kind, ids in wanted.items() for made, found in _others(kind, ids)}
    for row in rows if own else ():
        _replace(row.record, own)


def _others(kind: str, ids: Mapping[str, uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(uid made from the id, uid of the record) where these differ."""
    values = [text.partition(":")[2] for text in ids]
    known = models.ExternalId.objects.filter(value__in=values, **{f"{kind}__isnull": False})
    rows = known.values_list("dataset__slug", "value", f"{kind}__uid")
    pairs = ((ids.get(f"{slug}:{value}"), uid) for slug, value, uid in rows)
    return [(made, uid) for made, uid in pairs if made and made != uid]


def _replace(item: Any, own: Mapping[uuid.UUID, uuid.UUID]) -> None:
    if isinstance(item, record.VisitData) and item.accompanies:
        item.accompanies = own.get(item.accompanies, item.accompanies)
    if isinstance(item, record.MeetingRecord):
        item.visits = [own.get(uid, uid) for uid in item.visits]
    if isinstance(item, record.TenureRecord) and item.official.uid:
        item.official.uid = own.get(item.official.uid, item.official.uid)
    for outcome in getattr(item, "outcomes", ()):
        if outcome.fulfilled_by:
            outcome.fulfilled_by = own.get(outcome.fulfilled_by, outcome.fulfilled_by)
