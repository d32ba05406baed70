"""Which visits the filters of a list give, by the columns: those filters that columns can answer are answered here.

Of the others (words, officials, dialogues, ...) the database gives the ids. Both have to mean the same as the list:
tests compare them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from weakref import WeakKeyDictionary

import numpy as np
from django.contrib.postgres.aggregates import ArrayAgg
from numpy.typing import NDArray

from visits import dates, enums, paging
from visits.catalogue import Catalogue
from visits.filters import VisitFilter
from visits.filters.base import Common
from visits.filters.encounters import attested, international_bodies, larger_dialogues
from visits.filters.values import Party
from visits.lookup import among
from visits.models import Digest, Source

from . import held
from .columns import NO_DAY, Coded, Columns, Mask, day

LIMIT = 50_000  # of more visits that the database has to give, the newest so many are counted: “more than”
Places = NDArray[np.intp] | slice
_ALL = slice(None)
_FIRM_ABOUT = "modality of topic"
_REGIONS = {"guest_region": "guest_country", "host_region": "host_country"}
_homes: WeakKeyDictionary[Coded, tuple[Catalogue, Coded]] = WeakKeyDictionary()


def _sided(columns: Columns, role: str, parties: list[Party]) -> Mask:
    found = np.zeros(len(columns), np.bool_)
    for part in ("country", "organization"):
        if keys := {key for party in parties if (key := getattr(party, part))}:
            found |= columns[f"{role}_{part}"].where(keys.__contains__)
    return found


def _either(columns: Columns, filters: VisitFilter) -> Mask:
    parties = filters.chosen("country")
    return _sided(columns, "guest", parties) | _sided(columns, "host", parties)


def _pair(columns: Columns, filters: VisitFilter) -> Mask:
    found = np.zeros(len(columns), np.bool_)
    for one, other in filters.chosen("pair"):
        for guest, host in ((one, other), (other, one)):
            found |= _sided(columns, "guest", [guest]) & _sided(columns, "host", [host])
    return found


def _region(columns: Columns, filters: VisitFilter) -> Mask:
    codes = {code for region in filters.chosen("region") for code in filters.known.countries_of(region)}
    return columns["guest_country"].where(codes.__contains__) | columns["host_country"].where(codes.__contains__)


def _year(columns: Columns, filters: VisitFilter) -> Mask:
    years = {None if year is None else f"{year:04d}" for year in filters.chosen("year")}
    return columns["year"].where(years.__contains__)


def _topic(columns: Columns, filters: VisitFilter) -> Mask:
    return columns["topics"].with_any(map(str, filters.known.narrower(filters.chosen("topic"))))


def _from(columns: Columns, filters: VisitFilter) -> Mask:
    first = dates.bounds(filters.one("from"))[0]
    return _dated(columns, filters, columns.days["latest"] >= day(cast(Any, first)))


def _to(columns: Columns, filters: VisitFilter) -> Mask:
    last = dates.bounds(filters.one("to"))[1]
    return _dated(columns, filters, columns.days["earliest"] <= day(cast(Any, last)))


def _dated(columns: Columns, filters: VisitFilter, inside: Mask) -> Mask:
    known = columns.days["earliest"] != NO_DAY
    return inside & known | ~known if filters.one("undated") else inside & known


def _firm(columns: Columns, filters: VisitFilter) -> Mask:
    return columns["modalities"].with_any(filters.chosen("modality"))


def _firm_about(columns: Columns, filters: VisitFilter) -> Mask:
    """With a topic too, its own modality."""
    topics, modalities = filters.known.narrower(filters.chosen("topic")), filters.chosen("modality")
    return columns["modalities"].with_any(f"{topic}.{modality}" for topic in topics for modality in modalities)


def _dataset(columns: Columns, filters: VisitFilter) -> Mask:
    named = Source.objects.filter(slug__in=filters.chosen("dataset")).values_list("pk", flat=True)
    return columns["datasets"].with_any(map(str, named))


def _multilateral(columns: Columns, filters: VisitFilter) -> Mask:
    bodies = set(international_bodies())
    found = columns["kind"].where(lambda kind: kind == enums.VisitKind.SUMMIT)
    found |= columns["host_organization"].where(bodies.__contains__)
    found |= columns["dialogues"].with_any(f"{one}.session" for one in larger_dialogues())
    return found if filters.one("multilateral") else ~found


def _attested(columns: Columns, filters: VisitFilter) -> Mask:
    found = np.zeros(len(columns), np.bool_)
    for kind in filters.chosen("corroboration"):
        visits, others = attested(kind)
        listed = columns.mask(visits.aggregate(ids=ArrayAgg("visit"))["ids"] or ())
        found |= ~listed if others else listed
    return found


_ANSWERED: dict[str, Callable[[Columns, VisitFilter], Mask]] = {
    "guest": lambda columns, filters: _sided(columns, "guest", filters.chosen("guest")),
    "host": lambda columns, filters: _sided(columns, "host", filters.chosen("host")),
    "country": _either,
    "pair": _pair,
    "region": _region,
    "post_rank": lambda columns, filters: columns["ranks"].with_any(filters.chosen("post_rank")),
    "kind": lambda columns, filters: columns["kind"].where(set(filters.chosen("kind")).__contains__),
    "status": lambda columns, filters: columns["status"].where(set(filters.chosen("status")).__contains__),
    "year": _year,
    "topic": _topic,
    "modality": _firm,
    _FIRM_ABOUT: _firm_about,
    "dialogue": lambda columns, filters: columns["dialogues"].with_any(map(str, filters.chosen("dialogue"))),
    "dataset": _dataset,
    "multilateral": _multilateral,
    "corroboration": _attested,
    "source": lambda columns, filters: columns["sources"].with_any(map(str, filters.chosen("source"))),
    "from": _from,
    "to": _to,
    "undated": lambda columns, filters: np.ones(len(columns), np.bool_),  # says something of `from` and `to` alone
}


@dataclass
class Chosen:
    """The visits of a list, and of the same list without one of its filters."""

    filters: VisitFilter
    columns: Columns
    units: dict[str, Any] = field(default_factory=dict)  # by rule, as `counting` has made them
    _masks: dict[frozenset[str] | str, Mask | None] = field(default_factory=dict)
    _others: dict[int, tuple[Places, Places]] = field(default_factory=dict)
    _places: dict[tuple[str, ...], tuple[Places, bool]] = field(default_factory=dict)
    _given: dict[frozenset[str], tuple[list[int], bool]] = field(default_factory=dict)
    _asked_of: dict[int, bool] = field(default_factory=dict)  # visits, and whether they have all common words

    def places(self, without: str = "") -> tuple[Places, bool]:
        """Where they stand in the columns; whether there are more, which are left out."""
        on = tuple(name for name in self._on if name != without)
        if on not in self._places:
            self._places[on] = self._found(on)
        return self._places[on]

    def _found(self, on: tuple[str, ...]) -> tuple[Places, bool]:
        asked = frozenset(on).difference(_ANSWERED, ("q",))
        masks = [self._answered(name) for name in on if name in _ANSWERED]
        words = self.filters.words if "q" in on else []
        masks += [self._having(word) for word in words if word.ids is not None]
        if {"topic", "modality"} <= set(on):
            masks.append(self._answered(_FIRM_ABOUT))
        if asked:
            few = self._asked(asked)
            if few is None:
                return self._newest(on)
            masks.append(few)
        places: Places = np.flatnonzero(np.logical_and.reduce(masks)) if masks else _ALL
        common = [word for word in words if word.ids is None]
        return self._nearest(places, common) if common else (places, False)

    def _having(self, word: Common) -> Mask:
        """The visits that have a word."""
        key = f"word {self.filters.words.index(word)}"
        if key not in self._masks:
            self._masks[key] = self.columns.mask(word.all_ids if word.ids is None else word.ids)
        return cast(Mask, self._masks[key])

    def _nearest(self, places: Places, words: list[Common]) -> tuple[Places, bool]:
        """Those of these places that have words that many have: of the newest, where enough of these do."""
        newest = self.columns.newest(places, paging.NEAR)
        is_all = len(newest) == (len(self.columns) if isinstance(places, slice) else len(places))
        visits = self.columns.visit[newest].tolist()
        if unknown := [visit for visit in visits if visit not in self._asked_of]:
            rows = Digest.objects.filter(among(unknown)).filter(*(word.fits for word in words))
            fitting = set(rows.order_by().values_list("pk", flat=True))
            self._asked_of |= {visit: visit in fitting for visit in unknown}
        found = newest[[self._asked_of[visit] for visit in visits]]
        if is_all or len(found) >= paging.ENOUGH:
            return np.sort(found), not is_all
        chosen = np.zeros(len(self.columns), np.bool_)
        chosen[places] = True
        return np.flatnonzero(np.logical_and.reduce([chosen, *map(self._having, words)])), False

    def fewer(self, places: Places) -> Places:
        """These places, or the others where those are fewer."""
        if not isinstance(places, slice) and 2 * len(places) <= len(self.columns):
            return places
        kept = self._others.get(id(places))
        if kept is None:
            others = np.ones(len(self.columns), np.bool_)
            others[places] = False
            kept = self._others[id(places)] = places, np.flatnonzero(others)
        return kept[1]

    def column(self, name: str) -> Coded:
        """A column, or the region in which the guests or hosts of another lie."""
        if name not in _REGIONS:
            return self.columns[name]
        countries, known = self.columns[_REGIONS[name]], self.filters.known
        made = _homes.get(countries)
        if made is None or made[0] is not known:
            homes = [known.countries[code].region if code in known.countries else None for code in countries.values]
            values = list(dict.fromkeys([None, *homes]))
            places = np.array([values.index(home) for home in homes], np.int32)
            made = _homes[countries] = known, Coded(places[countries.codes], values)
        return made[1]

    @property
    def is_answered(self) -> bool:
        """Whether the columns know all that the filters ask, or are told which visits have a word."""
        return all(name in _ANSWERED or name == "q" for name in self._on)

    @cached_property
    def _on(self) -> list[str]:
        filters = self.filters
        return [name for name, one in filters.filters.items() if not one.control and filters.chosen(name)]

    def _answered(self, name: str) -> Mask:
        if name not in self._masks:
            self._masks[name] = _ANSWERED[name](self.columns, self.filters)
        return cast(Mask, self._masks[name])

    def _asked(self, names: frozenset[str]) -> Mask | None:
        """What the database gives for these filters; None where that is too much."""
        if names not in self._masks:
            ids, more = self._ids(names)
            self._masks[names] = None if more else self.columns.mask(ids)
        return self._masks[names]

    def _newest(self, on: tuple[str, ...]) -> tuple[Places, bool]:
        ids, more = self._ids(frozenset(on))
        return self.columns.places(ids), more

    def _ids(self, names: frozenset[str]) -> tuple[list[int], bool]:
        if names not in self._given:
            self._given[names] = self._given_by(names)
        return self._given[names]

    def _given_by(self, names: frozenset[str]) -> tuple[list[int], bool]:
        data = self.filters.data.copy()
        for name in list(data):
            if name not in names:
                del data[name]
        filters = type(self.filters).open(data, self.filters.path, known=self.filters.known)
        rows: Any = filters.digests
        ids = list(rows.newest_first().values_list("pk", flat=True)[: LIMIT + 1])
        return ids[:LIMIT], len(ids) > LIMIT


def chosen(filters: VisitFilter) -> Chosen:
    """Kept beside the filters: all numbers of a page are of one moment."""
    kept = filters.__dict__
    if "_chosen" not in kept:
        kept["_chosen"] = Chosen(filters, held.current())
    found: Chosen = kept["_chosen"]
    return found
