"""Counting by a rule and groupings, over the columns of the visits that the filters give."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple, overload
from weakref import WeakKeyDictionary

import numpy as np
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import ngettext
from numpy.typing import NDArray

from visits import paging
from visits.catalogue import Catalogue
from visits.filters import VisitFilter

from . import rules
from .chosen import Chosen, Places, chosen
from .columns import Coded
from .combinations import Combinations, measured
from .groupings import GROUPINGS, Grouping, Keys, Names
from .rules import RULES, Units

CONTROLS = ("cursor", "page_size", "ordering", "view", "rule", "by", "cite")  # of an address, no filters


class Group(NamedTuple):
    """One number: its keys (None: the record has none) and their words, and the visits behind it with their list."""

    keys: Keys
    number: int
    visits: int
    filters: VisitFilter
    by: tuple[str, ...]
    names: tuple[Names, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Asked for few of the many groups that a chart adds up; so is `url`."""
        return tuple(
            GROUPINGS[name].words(key, names, self.filters.known) if key is not None else ""
            for name, key, names in zip(self.by, self.keys, self.names, strict=True)
        )

    @property
    def url(self) -> str | None:
        return listed(self.filters, [GROUPINGS[name] for name in self.by], self.keys)


@dataclass(frozen=True, eq=False)
class Groups(Sequence[Group]):
    """Groups in order, as arrays: a chart adds up thousands of which it shows few, and those alone are made.

    `ranks` are for each grouping the places of their keys in `keys`.
    """

    filters: VisitFilter
    by: tuple[str, ...]
    keys: tuple[list[str | None], ...]
    names: tuple[Names, ...]
    ranks: tuple[NDArray[np.int64], ...]
    numbers: NDArray[np.int64]
    visits: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, which: int) -> Group: ...
    @overload
    def __getitem__(self, which: slice) -> "Groups": ...
    def __getitem__(self, which: int | slice) -> "Group | Groups":
        if isinstance(which, slice):
            return self._at(which)
        keys = tuple(own[ranks[which]] for own, ranks in zip(self.keys, self.ranks, strict=True))
        return Group(keys, int(self.numbers[which]), int(self.visits[which]), self.filters, self.by, self.names)

    def _at(self, which: slice | NDArray[np.bool_]) -> "Groups":
        ranks = tuple(own[which] for own in self.ranks)
        return replace(self, ranks=ranks, numbers=self.numbers[which], visits=self.visits[which])

    def among(self, *tests: Callable[[str | None], bool]) -> "Groups":
        """Those each of whose keys passes its test."""
        found = np.ones(len(self), np.bool_)
        for own, ranks, test in zip(self.keys, self.ranks, tests, strict=True):
            found &= np.fromiter(map(test, own), np.bool_, len(own))[ranks]
        return self._at(found)

    def sums(self, place: int) -> list[tuple[str | None, int]]:
        """The keys of one grouping with what their groups come to, the largest first."""
        numbers = np.bincount(self.ranks[place], self.numbers, len(self.keys[place])).astype(np.int64)
        order = np.argsort(-numbers, kind="stable").tolist()
        return [(self.keys[place][rank], int(numbers[rank])) for rank in order]


@dataclass(frozen=True)
class Counted:
    """`total` is of all visits together; groups may share what they count. `skipped` visits are not counted."""

    rule: str
    sentence: str
    by: tuple[str, ...]
    total: int
    visits: int
    skipped: int
    groups: Groups


def sentence(rule: str, filters: VisitFilter) -> str:
    """To be printed beside the numbers: what is counted, and whether that is all."""
    said = rules.sentence(rule, filters)
    places, more = _all_places(filters)
    if not more:
        return said
    cut = ngettext(
        "Only the newest visit of these is counted.", "Only the newest %(number)s of these are counted.", len(places)
    )
    return f"{said} {cut % {'number': intcomma(len(places))}}"


def count(filters: VisitFilter, by: Sequence[str], rule: str = "visit") -> Counted:
    """The groups with their numbers, the largest first."""
    places, _more = _all_places(filters)
    units = units_of(filters, rule)
    found = _groups(filters, units, by)
    skipped = len(places) - units.visits if rule == "day" else 0
    said = sentence(rule, filters)
    return Counted(rule, said, tuple(by), units.total, len(places), skipped, found)


def groups(filters: VisitFilter, by: Sequence[str], rule: str = "visit") -> Groups:
    """The groups alone, the largest first."""
    return _groups(filters, units_of(filters, rule), by)


def number(filters: VisitFilter) -> int | None:
    """How many visits the filters give, where the columns can tell."""
    found = chosen(filters)
    return len(_all_places(filters)[0]) if found.is_answered else None


def by_country(filters: VisitFilter, side: str) -> dict[str, int]:
    """How many of the visits each country made (`guest`) or received (`host`)."""
    found = measured(chosen(filters), units_of(filters, "visit"), (f"{side}_country",))
    return {code: many for (code,), many in found if code}


def units_of(filters: VisitFilter, rule: str) -> Units:
    """What the rule counts of these visits; kept beside the filters as they are."""
    kept = chosen(filters).units
    if rule not in kept:
        kept[rule] = RULES[rule].units(chosen(filters).columns, _all_places(filters)[0])
    found: Units = kept[rule]
    return found


def _all_places(filters: VisitFilter) -> tuple[NDArray[np.intp], bool]:
    found = chosen(filters)
    places, more = found.places()
    return np.arange(len(found.columns)) if isinstance(places, slice) else places, more


def _groups(filters: VisitFilter, units: Units, by: Sequence[str]) -> Groups:
    """The largest first, then by their keys; none without a grouping."""
    if not by:
        return Groups(filters, (), (), (), (), np.zeros(0, np.int64), np.zeros(0, np.int64))
    visits, groupings = chosen(filters), [GROUPINGS[name] for name in by]
    if "guest" in by:
        filters.known.meet(visits.column("guest_organization").values)
    if units.shared is None and not any(one.several for one in groupings):
        keys, ranks, numbers, counted = _alone(visits, units, groupings, filters.known)
    else:
        count = _shared if units.shared is not None else _summed
        rows = count(visits, units, groupings, filters.known)
        keys, ranks = [], []
        for own in zip(*(row[0] for row in rows), strict=True) if rows else [()] * len(by):
            keys.append(_in_order(own))
            place = {key: rank for rank, key in enumerate(keys[-1])}
            ranks.append(np.array([place[key] for key in own], np.int64))
        numbers, counted = (np.array([row[which] for row in rows], np.int64) for which in (1, 2))
    order = np.lexsort((*reversed(ranks), -numbers))
    names = tuple(one.named(key for key in own if key is not None) for one, own in zip(groupings, keys, strict=True))
    ranks = [own[order] for own in ranks]
    return Groups(filters, tuple(by), tuple(keys), names, tuple(ranks), numbers[order], counted[order])


def _in_order(keys: Iterable[str | None]) -> list[str | None]:
    """Each once, None last."""
    return sorted(set(keys), key=lambda key: (key is None, key or ""))


Arrays = tuple[list[list[str | None]], list[NDArray[np.int64]], NDArray[np.int64], NDArray[np.int64]]


def _alone(visits: Chosen, units: Units, groupings: Sequence[Grouping], known: Catalogue) -> Arrays:
    """Where each visit has one key of a grouping: keys, their ranks, numbers and visits of the groups."""
    codes, keys = np.zeros(len(units.places), np.int64), []
    for one in groupings:
        own, ranks = _ranked(visits, units.places, one, known)
        codes = codes * len(own) + ranks
        keys.append(own)
    counted = np.bincount(codes)
    found = np.flatnonzero(counted)
    numbers = counted if units.weights is None else np.bincount(codes, units.weights).astype(np.int64)
    rest, columns = found, []
    for own in reversed(keys):
        rest, ranks = np.divmod(rest, len(own))
        columns.append(ranks)
    return keys, columns[::-1], numbers[found], counted[found]


def _ranked(
    visits: Chosen, places: Places, grouping: Grouping, known: Catalogue
) -> tuple[list[str | None], NDArray[np.int64]]:
    """The keys of a grouping in order, None last, and of each visit the place of its key among them."""
    found, keyed = Combinations(visits, places, grouping.columns), Keyed([grouping], known)
    made = [keyed.of(value)[0][0] for value in found.values(found.there)]
    ordered = _in_order(made)
    rank, ranks = {key: place for place, key in enumerate(ordered)}, np.zeros(found.many, np.int64)
    ranks[found.there] = [rank[key] for key in made]
    return ordered, ranks[found.codes]


def _summed(
    visits: Chosen, units: Units, groupings: Sequence[Grouping], known: Catalogue
) -> list[tuple[Keys, int, int]]:
    """Visits that are alike are added up as one."""
    keys, found = Keyed(groupings, known), Combinations(visits, units.places, _columns_of(groupings))
    there, numbers, counted = found.there, Counter[Keys](), Counter[Keys]()
    weights, alone = found.numbers(units.weights)[there], found.numbers()[there]
    for value, weight, many in zip(found.values(there), weights.tolist(), alone.tolist(), strict=True):
        for key in keys.of(value):
            numbers[key] += weight
            counted[key] += many
    return [(key, weight, counted[key]) for key, weight in numbers.items()]


def _shared(
    visits: Chosen, units: Units, groupings: Sequence[Grouping], known: Catalogue
) -> list[tuple[Keys, int, int]]:
    """What several visits share counts once in a group."""
    keys, found = Keyed(groupings, known), Combinations(visits, units.places, _columns_of(groupings))
    values = dict(zip(found.there.tolist(), found.values(found.there), strict=True))
    together: dict[Keys, tuple[set[int], set[int]]] = {}
    shared = units.shared.tolist() if units.shared is not None else []
    for which, place, unit in zip(found.codes.tolist(), units.places.tolist(), shared, strict=True):
        for key in keys.of(values[which]):
            counted, among = together.setdefault(key, (set(), set()))
            counted.add(unit)
            among.add(place)
    return [(key, len(counted), len(among)) for key, (counted, among) in together.items()]


def _columns_of(groupings: Sequence[Grouping]) -> list[str]:
    return list(dict.fromkeys(name for one in groupings for name in one.columns))


_made: WeakKeyDictionary[Catalogue, dict[str, dict[Any, Keys]]] = WeakKeyDictionary()


class Keyed:
    """The keys of visits by their values in the columns of some groupings; each is made once for a catalogue."""

    def __init__(self, groupings: Sequence[Grouping], known: Catalogue) -> None:
        names = _columns_of(groupings)
        self.places = [tuple(names.index(name) for name in one.columns) for one in groupings]
        self.groupings, self.known = groupings, known
        made = _made.setdefault(known, {})
        self._made = [made.setdefault(one.name, {}) for one in groupings]

    def of(self, values: tuple[Any, ...]) -> list[Keys]:
        found = []
        for one, places, made in zip(self.groupings, self.places, self._made, strict=True):
            own = tuple(values[place] for place in places)
            if own not in made:
                made[own] = one.keys(self.known, *own)
            found.append(made[own])
        return list(product(*found))


class _Spread:
    """The keys of every value of a column, laid out for arrays: `members` are places in `keys`, value by value."""

    def __init__(self, column: Coded, grouping: Grouping, known: Catalogue) -> None:
        keyed, places = Keyed([grouping], known), dict[str | None, int]()
        members, lengths = list[int](), list[int]()
        for value in column.values:
            own = [places.setdefault(key, len(places)) for (key,) in keyed.of((value,))]
            members += own
            lengths.append(len(own))
        self.known, self.keys = known, list(places)
        self.members, self.lengths = np.array(members, np.intp), np.array(lengths, np.intp)

    def numbers(self, of_values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Of each key, from those of the values."""
        weights = np.repeat(of_values, self.lengths)
        return np.bincount(self.members, weights, len(self.keys)).astype(np.int64)


_spread: WeakKeyDictionary[Coded, _Spread] = WeakKeyDictionary()


def by_key(visits: Chosen, places: Places, grouping: Grouping) -> tuple[list[str | None], NDArray[np.int64]]:
    """The keys of one grouping with the numbers of these visits, those that none has among them."""
    known, (found, counted) = visits.filters.known, _each(visits, places, grouping.columns)
    if len(grouping.columns) == 1:
        column = visits.column(grouping.columns[0])
        spread = _spread.get(column)
        if spread is None or spread.known is not known:
            spread = _spread[column] = _Spread(column, grouping, known)
        return spread.keys, spread.numbers(counted)
    keyed, numbers, there = Keyed([grouping], known), Counter[str | None](), np.flatnonzero(counted)
    for value, many in zip(found.values(there), counted[there].tolist(), strict=True):
        for (key,) in keyed.of(value):
            numbers[key] += many
    return list(numbers), np.array(list(numbers.values()), np.int64)


_of_all: WeakKeyDictionary[Coded, tuple[tuple[Coded, ...], NDArray[np.int64]]] = WeakKeyDictionary()


def _each(visits: Chosen, places: Places, names: Sequence[str]) -> tuple[Combinations, NDArray[np.int64]]:
    """How many visits have each combination; of most visits all but the others, as those of all are kept."""
    few = visits.fewer(places)
    found = Combinations(visits, few, names)
    if few is not places and found.are_sparse:
        few, found = places, Combinations(visits, places, names)
    if few is places:
        return found, found.numbers()
    first, *others = found.columns
    kept = _of_all.get(first)
    if kept is None or kept[0] != tuple(others):
        kept = _of_all[first] = tuple(others), Combinations(visits, slice(None), names).numbers()
    return found, kept[1] - found.numbers()


def listed(filters: VisitFilter, groupings: Sequence[Grouping], keys: Sequence[str | None]) -> str | None:
    """The list of just the visits of a group; None where the filters cannot say it."""
    if None in keys or any(not one.filter or (one.several and filters.chosen(one.filter)) for one in groupings):
        return None
    changes = dict.fromkeys(CONTROLS) | dict(zip((one.filter for one in groupings), keys, strict=True))
    return paging.url_with(reverse("visits"), filters.data, **changes)
