"""Records that alerts are about, as entries of an e-mail or a feed: those that are public still."""

from collections.abc import Iterable

from visits.entries import FIELDS, Entry, entry_of
from visits.filters import FILTERS
from visits.rows import SHAPES

_EXPANDED = {"meetings": ["participants"]}


def entries_of(kind: str, ids: Iterable[int]) -> dict[int, Entry]:
    queryset = FILTERS[kind].public().order_by().filter(pk__in=list(ids))
    rows = SHAPES[kind].read(queryset, ["id", *FIELDS[kind]], _EXPANDED.get(kind, []))
    return {row["id"]: entry_of(kind, row) for row in rows}


def still_public(kind: str, ids: Iterable[int]) -> set[int]:
    return set(FILTERS[kind].public().order_by().filter(pk__in=list(ids)).values_list("pk", flat=True))
