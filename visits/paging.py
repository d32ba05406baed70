"""Cursor pages: lists are walked by key (day or name, then id); no OFFSET, no COUNT unless it is asked for.

A cursor is opaque to its reader: the direction, the order and the key of the row beside which the page begins.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateField, F, Func, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Cast, Coalesce
from django.utils.http import urlencode

from .lookup import RANK, among
from .models.bases import Fold
from .models.events import DUSK, NEWEST_FIRST, OLDEST_FIRST

PAGE_SIZE, MAX_PAGE_SIZE = 50, 500
KEY = "page_key"  # a page's rows carry this column beside their own
_MAX_CURSOR = 2000

Row = dict[str, Any]


class BrokenCursor(ValueError):
    """The cursor is none of ours, or of another order."""

    def __init__(self, value: str) -> None:
        super().__init__("This cursor is damaged or belongs to a list in another order; start at the first page.")
        self.value = value[:100]


@dataclass(frozen=True)
class Order:
    """One way to sort a list: by the key, then by the id; both in the same direction."""

    name: str
    key: Any
    descending: bool
    read_key: Callable[[Any], Any]
    read_id: Callable[[Any], Any] = int

    def sort(self, queryset: QuerySet, backwards: bool) -> QuerySet:
        keys = (F(KEY), F("pk"))
        falling = self.descending != backwards
        return queryset.annotate(**{KEY: self.key}).order_by(*(k.desc() if falling else k.asc() for k in keys))

    def beyond(self, queryset: QuerySet, key: Any, pk: Any, backwards: bool) -> QuerySet:
        compare = TupleLessThan if self.descending != backwards else TupleGreaterThan
        return queryset.filter(compare(Tuple(self.key, F("pk")), (key, pk)))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _code(value: Any) -> str:
    if not (isinstance(value, str) and value.isascii() and 0 < len(value) <= 80):
        raise ValueError(value)
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError(value)
    return value


NEWEST = Order("-start", NEWEST_FIRST, True, date.fromisoformat, _number)
OLDEST = Order("start", OLDEST_FIRST, False, date.fromisoformat, _number)
BY_ID = Order("id", F("pk"), False, _number, _number)
LATEST_ID = Order("-id", F("pk"), True, _number, _number)
BY_DUE = Order("due", Coalesce("due_latest", Value(DUSK, output_field=DateField())), False, date.fromisoformat, _number)
BY_NAME = Order("name", Fold("name"), False, _text, _number)
BY_TITLE = Order("title", Fold("title"), False, _text, _number)
BEST = Order("best", F(RANK), False, _text, _number)
COUNTRIES_BEST = Order("best", F(RANK), False, _text, _code)
COUNTRIES_BY_NAME = Order("name", Fold("name"), False, _text, _code)


@dataclass(frozen=True)
class ByShownName(Order):
    """By the names that are shown in another language than the records' own; `ranked` are the ids in that order.

    Cursors are those of the order by the own name, so that a page has one address in every language.
    """

    ranked: tuple[Any, ...] = ()

    @classmethod
    def of(cls, order: Order, ranked: Iterable[Any]) -> "ByShownName":
        return cls(order.name, order.key, order.descending, order.read_key, order.read_id, tuple(ranked))

    def sort(self, queryset: QuerySet, backwards: bool) -> QuerySet:
        place, last = self._place, F("pk")
        return queryset.annotate(**{KEY: self.key}).order_by(
            *((place.desc(), last.desc()) if backwards else (place.asc(), last.asc()))
        )

    def beyond(self, queryset: QuerySet, key: Any, pk: Any, backwards: bool) -> QuerySet:
        at = self.ranked.index(pk) + 1 if pk in self.ranked else len(self.ranked) + 1
        compare = TupleLessThan if backwards else TupleGreaterThan
        return queryset.filter(compare(Tuple(self._place, F("pk")), (at, pk)))

    @property
    def _place(self) -> Any:
        kind: Any = TextField() if any(isinstance(one, str) for one in self.ranked) else BigIntegerField()
        ids = Value(list(self.ranked), output_field=ArrayField(kind))
        found = Func(ids, Cast("pk", kind), function="array_position", output_field=IntegerField())
        return Coalesce(found, Value(len(self.ranked) + 1))


@dataclass(frozen=True)
class Cursor:
    backwards: bool
    key: Any
    pk: Any


@dataclass(frozen=True)
class Page:
    """Rows, and the cursors of the pages after and before them (None: there is none).

    `near`: how many of the next rows fit, where rows were asked one after the other, and whether these are all.
    """

    rows: list[Row]
    next: str | None
    previous: str | None
    count: int | None = None
    near: tuple[int, bool] | None = None


# Rows, and what is asked of one after the other: quicker than to collect what fits where much of it does.
Walk = tuple[QuerySet, Q]
NEAR = 2_500  # rows that are asked before all that fit are collected
ENOUGH = 50  # of them that fit, for a “more than”


def nearest(walk: Walk, order: Order, backwards: bool = False, enough: int = ENOUGH) -> tuple[list[Any], bool]:
    """What fits of the first rows, in order, as soon as that is more than enough; whether there are no more rows."""
    rows, fits = walk
    found, is_all = list[Any](), False
    for near in (NEAR // 4, NEAR):
        if not is_all and len(found) <= enough:
            first = list(order.sort(rows, backwards).values_list("pk", flat=True)[: near + 1])
            asked = rows.model._default_manager.filter(among(first[:near])).filter(fits)
            fitting = set(asked.order_by().values_list("pk", flat=True))
            found, is_all = [pk for pk in first if pk in fitting], len(first) <= near
    return found, is_all


def page(
    queryset: QuerySet,
    order: Order,
    read: Callable[[QuerySet], list[Row]],
    *,
    cursor: str = "",
    size: int = PAGE_SIZE,
    count: bool = False,
    walk: Walk | None = None,
    leading: Sequence[Any] = (),
) -> Page:
    """One page of a list. `read` turns a queryset into rows and keeps the column KEY; BrokenCursor.

    With `walk` it is first looked for among the next rows. `leading` are ids that come before all others by likeness.
    """
    at = decode(cursor, order) if cursor else None
    backwards = bool(at and at.backwards)

    def cut(rows: QuerySet) -> QuerySet:
        return order.beyond(rows, at.key, at.pk, backwards) if at else rows

    near, is_all = nearest((cut(walk[0]), walk[1]), order, backwards, size) if walk else ([], False)
    found = queryset
    if is_all or len(near) > size:
        found = queryset.model._default_manager.filter(among(near[: size + 1]))
    rows = []
    if order.key == F(RANK) and len(leading) > size and not at:
        rows = read(order.sort(queryset.filter(pk__in=leading), backwards)[: size + 1])
    if len(rows) <= size:
        rows = read(order.sort(cut(found), backwards)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    keys = [(row.pop(KEY), row.pop("page_pk")) for row in rows]
    total = queryset.order_by().count() if count else None
    has_next, has_previous = (bool(keys), more) if backwards else (more, bool(at and keys))
    return Page(
        rows,
        encode(order, False, *keys[-1]) if has_next else None,
        encode(order, True, *keys[0]) if has_previous else None,
        total,
        (len(near), is_all) if walk else None,
    )


def encode(order: Order, backwards: bool, key: Any, pk: Any) -> str:
    value = key.isoformat() if isinstance(key, date) else key
    data = json.dumps([order.name, backwards, value, pk], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def decode(text: str, order: Order) -> Cursor:
    """Read a cursor strictly; BrokenCursor."""
    try:
        if len(text) > _MAX_CURSOR or not text.isascii():
            raise ValueError(text[:100])
        padded = text + "=" * (-len(text) % 4)
        name, backwards, key, pk = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != order.name or not isinstance(backwards, bool) or "\x00" in str(key):
            raise ValueError(name)
        return Cursor(backwards, order.read_key(key), order.read_id(pk))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise BrokenCursor(text) from None


def url_with(path: str, params: Mapping[str, Any], **changes: str | None) -> str:
    """The address with these parameters set (None: taken away); of a QueryDict every value is kept."""
    lists = dict(params.lists()) if hasattr(params, "lists") else {k: [v] for k, v in params.items()}
    for name, value in changes.items():
        lists.pop(name, None)
        if value is not None:
            lists[name] = [value]
    query = urlencode(lists, doseq=True)
    return f"{path}?{query}" if query else path
