"""Counts that stay cheap: exact up to a limit, above it “more than”."""

import time
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

LIMIT = 50_000
MANY, RECENT = 10_000, 600  # of more rows the number may be so many seconds old, where a page says so of all of them


class Count(NamedTuple):
    number: int
    capped: bool


def capped_count(queryset: QuerySet, limit: int = LIMIT) -> Count:
    """How many rows, counted no further than the limit."""
    number = queryset.order_by().values("pk")[: limit + 1].count()
    return Count(min(number, limit), number > limit)


_recent: dict[tuple[str, str], tuple[float, Count]] = {}


def recent_count(name: str, queryset: QuerySet) -> Count:
    """Where there are many, what this process counted in the last ten minutes is enough."""
    key = (str(connection.settings_dict["NAME"]), name)
    at, found = _recent.get(key, (0.0, Count(0, False)))
    if found.number < MANY or time.monotonic() - at > RECENT:
        found = capped_count(queryset)
        _recent[key] = (time.monotonic(), found)
    return found
