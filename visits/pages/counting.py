"""Counts that stay cheap: exact up to a limit, above it “more than”."""

from typing import NamedTuple

from django.db.models import QuerySet

LIMIT = 50_000


class Count(NamedTuple):
    number: int
    capped: bool


def capped_count(queryset: QuerySet, limit: int = LIMIT) -> Count:
    """How many rows, counted no further than the limit."""
    number = queryset.order_by().values("pk")[: limit + 1].count()
    return Count(min(number, limit), number > limit)
