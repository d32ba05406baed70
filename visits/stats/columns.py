# ruff: noqa: S608 - the statement is made of our own words
"""The digests of all visits as arrays in the memory of the process: what facets and charts count, column by column.

A million visits take some 60 MB. Values are kept once each and named by their place (`Coded`), so that whatever is
asked of a value is asked once, however many visits have it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg.pq import Format

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]

CODED = (
    "guest_country", "guest_organization", "host_country", "host_organization", "kind", "status", "year", "topics",
    "ranks", "sources", "modalities", "dialogues", "datasets", "exact",
)  # fmt: skip
DAYS = ("earliest", "latest")
NO_DAY = -1
_FIRST = date(1, 1, 1)


def day(moment: date) -> int:
    """Days since the first of our calendar, as `earliest` and `latest` have them."""
    return moment.toordinal() - 1


@dataclass(frozen=True, eq=False)
class Coded:
    """A column: of each visit the place of its value in `values`; the first is None."""

    codes: Codes
    values: list[Any]

    def where(self, test: Callable[[Any], bool]) -> Mask:
        """The visits whose value passes."""
        passed = np.fromiter(map(test, self.values), np.bool_, len(self.values))
        found: Mask = passed[self.codes]
        return found

    def with_any(self, elements: Iterable[str]) -> Mask:
        """Of a column of sets the visits with one of these elements."""
        owners, members, known = self._members
        wanted, passed = np.zeros(len(known), np.bool_), np.zeros(len(self.values), np.bool_)
        wanted[[known[element] for element in elements if element in known]] = True
        passed[owners[wanted[members]]] = True
        found: Mask = passed[self.codes]
        return found

    @cached_property
    def _members(self) -> tuple[NDArray[np.intp], NDArray[np.intp], dict[str, int]]:
        """Whose, and which, in the order of `values`; and what number an element has."""
        owners, members, known = list[int](), list[int](), dict[str, int]()
        for place, value in enumerate(self.values):
            for element in (value or "").split():
                owners.append(place)
                members.append(known.setdefault(element, len(known)))
        return np.array(owners, np.intp), np.array(members, np.intp), known

    @cached_property
    def _places(self) -> dict[Any, int]:
        return {value: place for place, value in enumerate(self.values)}

    def changed(self, gone: Mask, at: NDArray[np.intp], values: Sequence[Any]) -> "Coded":
        """Without the visits that are gone, and with others at these places."""
        known, new = self._places, dict.fromkeys(value for value in values if value not in self._places)
        if new:
            known = known | {value: len(self.values) + n for n, value in enumerate(new)}
        codes = np.insert(self.codes[~gone], at, [known[value] for value in values])
        return Coded(codes, [*self.values, *new] if new else self.values)


@dataclass(frozen=True)
class Columns:
    """Published visits in the order of their ids; a day that is not known is NO_DAY."""

    visit: NDArray[np.int64]
    coded: dict[str, Coded]
    days: dict[str, NDArray[np.int32]]

    def __len__(self) -> int:
        return len(self.visit)

    def __getitem__(self, name: str) -> Coded:
        return self.coded[name]

    def places(self, visits: Iterable[int]) -> NDArray[np.intp]:
        """Where these visits stand; those that are not here are left out."""
        wanted = np.unique(np.fromiter(visits, np.int64))
        found = np.searchsorted(self.visit, wanted)
        there = found < len(self.visit)
        there[there] = self.visit[found[there]] == wanted[there]
        places: NDArray[np.intp] = found[there]
        return places

    def mask(self, visits: Iterable[int]) -> Mask:
        found = np.zeros(len(self), np.bool_)
        found[self.places(visits)] = True
        return found

    def newest(self, places: NDArray[np.intp] | slice, most: int) -> NDArray[np.intp]:
        """The newest of these places; those without a year are the oldest."""
        at = np.arange(len(self))[places]
        if len(at) <= most:
            return at
        order = (self.days["earliest"][at].astype(np.int64) << 32) + at
        found: NDArray[np.intp] = at[np.argpartition(order, len(at) - most)[len(at) - most :]]
        return found

    def changed(self, visits: Sequence[int], rows: Sequence[Sequence[Any]]) -> "Columns":
        """With these visits as the rows have them (in the order of ROW); without those that have no row."""
        gone = self.mask(visits)
        rows = sorted(rows, key=lambda row: int(row[0]))
        ids, *coded, earliest, latest = zip(*rows, strict=True) if rows else [()] * len(ROW)
        at = np.searchsorted(self.visit[~gone], np.array(ids, np.int64))

        def with_rows(kept: NDArray[Any], new: Sequence[Any]) -> NDArray[Any]:
            return np.insert(kept[~gone], at, np.array(new, kept.dtype))

        dated = zip(DAYS, (earliest, latest), strict=True)
        return Columns(
            with_rows(self.visit, ids),
            {name: self[name].changed(gone, at, new) for name, new in zip(CODED, coded, strict=True)},
            {name: with_rows(self.days[name], [NO_DAY if one is None else day(one) for one in new])
             for name, new in dated},
        )  # fmt: skip


ROW = ("visit", *CODED, *DAYS)
_VALUES = ", ".join(
    f"""{name} AS MATERIALIZED (
        SELECT value, row_number() OVER ()::int AS code
        FROM (SELECT DISTINCT {name} AS value FROM visits_digest WHERE {name} IS NOT NULL) AS once
    )"""
    for name in CODED
)
# The arrays of one statement have their rows in one order. A SELECT, which the history has no need to know of.
_READ = f"""
    SELECT * FROM (
    WITH {_VALUES}
    SELECT string_agg(int8send(visit), ''),
        {", ".join(f"string_agg(int4send(coalesce({name}.code, 0)), '')" for name in CODED)},
        {", ".join(f"string_agg(int4send(coalesce({name} - DATE '{_FIRST}', {NO_DAY})), '')" for name in DAYS)},
        {", ".join(f"(SELECT array_agg(value ORDER BY code) FROM {name})" for name in CODED)}
    FROM visits_digest {" ".join(f"LEFT JOIN {name} ON {name}.value = visits_digest.{name}" for name in CODED)}
    ) AS found
"""


def read() -> Columns:
    """All digests as they are now; one query, some seconds for a million."""
    with connection.cursor() as cursor:
        cursor.cursor.format = Format.BINARY
        cursor.execute(_READ)
        found = [value or b"" for value in cursor.fetchone()]
    values = found[1 + len(CODED) + len(DAYS) :]
    visit = np.frombuffer(found[0], ">i8").astype(np.int64)
    order = np.argsort(visit, kind="stable")
    numbers = []
    for place in range(1, 1 + len(CODED) + len(DAYS)):
        numbers.append(np.frombuffer(found[place], ">i4").astype(np.int32)[order])
        found[place] = b""  # of a million visits each takes some megabytes
    coded = {
        name: Coded(codes, [None, *own]) for name, codes, own in zip(CODED, numbers[: len(CODED)], values, strict=True)
    }
    return Columns(visit[order], coded, dict(zip(DAYS, numbers[len(CODED) :], strict=True)))
