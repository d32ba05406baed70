# ruff: noqa: S608 - the statement is made of our own words
"""Visits of some countries, made and received, by year and by partner: added up where they lie."""

from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet

from visits.filters import VisitFilter

from .counting import alike, fetch

_PARTNER = "coalesce(guest_country, body.slug, body.id::text)"
_STATEMENT = f"""
    {{start}}, codes AS (SELECT unnest(%s::text[]) AS code)
    SELECT code, true, coalesce(year, 'unknown'), NULL, NULL, sum(number)::bigint
    FROM chosen JOIN codes ON code = guest_country GROUP BY 1, 3
    UNION ALL
    SELECT code, false, coalesce(year, 'unknown'), NULL, NULL, sum(number)::bigint
    FROM chosen JOIN codes ON code = host_country GROUP BY 1, 3
    UNION ALL
    SELECT code, true, NULL, host_country, NULL, sum(number)::bigint
    FROM chosen JOIN codes ON code = guest_country GROUP BY 1, 4
    UNION ALL
    SELECT code, false, NULL, {_PARTNER}, body.name, sum(number)::bigint
    FROM chosen JOIN codes ON code = host_country LEFT JOIN visits_organization AS body ON body.id = guest_organization
    GROUP BY 1, 4, 5
"""


class Flow(NamedTuple):
    """A number of one country's visits: of a year, or with a partner (`name` is an organization's)."""

    code: str
    made: bool
    year: str | None
    partner: str | None
    name: str | None
    number: int


def flows(filters: VisitFilter, codes: Sequence[str]) -> list[Flow]:
    """Of these countries, among the visits that the filters give; one query."""
    try:
        start, parameters = alike(filters, ["year", "guest_country", "guest_organization", "host_country"])
    except EmptyResultSet:
        return []
    return [Flow(*row) for row in fetch(_STATEMENT.format(start=start), [*parameters, list(codes)])]
