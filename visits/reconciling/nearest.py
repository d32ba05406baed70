"""The records whose names are nearest to what many questions ask, in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, transaction

from .kinds import KINDS, Kind

# Shares of common trigrams from which names are compared: below them are other names, and the index is slow. The first
# is of whole words, in any order; two letters alone reach the second with a whole word only.
_ALIKE = "0.5"
_WITHIN = "0.7"
NEAREST = 50  # of one question, type, and side of the border


@dataclass(frozen=True)
class Asked:
    """One name. `within`: a name may have more words than these (a surname, the beginning of a name)."""

    number: int
    key: str
    within: bool
    kinds: tuple[str, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True)
class Near:
    """A record with a name like the one asked for, by its best name; `near`: of a country that was asked for."""

    number: int
    kind: str
    pk: Any
    key: str
    alike: float
    near: bool


def nearest(asked: Iterable[Asked]) -> list[Near]:
    """The nearest of each question and type, in its countries and elsewhere, best first."""
    rows = [one for one in asked if one.key]
    if not rows:
        return []
    columns = (
        [one.number for one in rows],
        [one.key for one in rows],
        [one.within for one in rows],
        [",".join(one.kinds) for one in rows],
        [",".join(one.countries) for one in rows],
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.strict_word_similarity_threshold', %s, true), "
            "set_config('pg_trgm.word_similarity_threshold', %s, true)",
            [_ALIKE, _WITHIN],
        )
        cursor.execute(_statement(), [*columns, NEAREST])
        found = cursor.fetchall()
    return [
        Near(number, kind, pk if kind == "country" else int(pk), key, alike, near)
        for number, kind, pk, key, alike, near in found
    ]


@cache
def _statement() -> str:
    branches = " UNION ALL ".join(branch for kind in KINDS.values() for branch in _branches(kind))
    return f"""
        SELECT a.number, f.kind, f.pk, f.key, f.alike, f.near
        FROM unnest(%s::int[], %s::text[], %s::bool[], %s::text[], %s::text[])
             AS a(number, key, within, kinds, countries)
        CROSS JOIN LATERAL (
            SELECT *, row_number() OVER (PARTITION BY kind, near ORDER BY alike DESC, pk) AS place FROM (
                SELECT DISTINCT ON (kind, pk)
                    kind, pk, key, alike, coalesce(country = ANY(string_to_array(a.countries, ',')), false) AS near
                FROM ({branches}) AS spelled ORDER BY kind, pk, alike DESC
            ) AS owners
        ) AS f
        WHERE f.place <= %s ORDER BY a.number, f.alike DESC, f.kind, f.pk
    """  # noqa: S608 - our own tables and columns


def _branches(kind: Kind) -> list[str]:
    """One for each place of names and way of asking: an OR of both would be slow for either."""
    pk = "code" if kind.id == "country" else "id"
    return [
        f"""
            SELECT '{kind.id}' AS kind, o.{pk}::text AS pk, ({kind.country})::text AS country,
                ({names.key})::text AS key,
                greatest(similarity({names.key}, a.key), 0.8 * word_similarity(a.key, {names.key})) AS alike
            FROM {names.source}
            WHERE '{kind.id}' = ANY(string_to_array(a.kinds, ',')) AND {condition.format(forms=names.forms)}
        """  # noqa: S608
        for names in kind.names
        for condition in ("NOT a.within AND a.key <<%% {forms}", "a.within AND a.key <%% {forms}")
    ]
