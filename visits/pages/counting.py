"""Counts that stay cheap: exact up to a limit, above it “more than”."""

import time
from typing import NamedTuple

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from visits import paging
from visits.filters import ListFilter

LIMIT = 50_000
MANY, RECENT = 10_000, 600  # of more rows the number may be so many seconds old, where a page says so of all of them


class Count(NamedTuple):
    number: int
    capped: bool

    def words(self, noun: str) -> str:
        """As a page says it: “7,553 visits”."""
        number = intcomma(self.number)
        return f"{_('more than %(number)s') % {'number': number} if self.capped else number} {noun}"


def capped_count(queryset: QuerySet, limit: int = LIMIT) -> Count:
    """How many rows, counted no further than the limit."""
    number = queryset.order_by().values("pk")[: limit + 1].count()
    return Count(min(number, limit), number > limit)


def count_of(filters: ListFilter, near: tuple[int, bool] | None = None) -> Count:
    """Where rows are asked one after the other the newest alone are, if what fits of them says something.

    `near` is what a first page has found already.
    """
    if filters.walk:
        if near is None:
            found, is_all = paging.nearest(filters.walk, paging.NEWEST)
            near = len(found), is_all
        if near[1] or near[0] >= paging.ENOUGH:
            return Count(near[0], not near[1])
    return capped_count(filters.digests)


_recent: dict[tuple[str, str], tuple[float, Count]] = {}


def recent_count(name: str, queryset: QuerySet) -> Count:
    """Where there are many, what this process counted in the last ten minutes is enough."""
    key = (str(connection.settings_dict["NAME"]), name)
    at, found = _recent.get(key, (0.0, Count(0, False)))
    if found.number < MANY or time.monotonic() - at > RECENT:
        found = capped_count(queryset)
        _recent[key] = (time.monotonic(), found)
    return found
