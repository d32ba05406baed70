"""Facets: what the list can still be narrowed to, each choice with its number; none leads to an empty list.

The number of a choice is that of the list it leads to: of a facet that is on already, the list with that choice in
its place.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.http import urlencode

from visits import paging
from visits.filters import VisitFilter

from .chosen import chosen
from .counting import by_key
from .groupings import GROUPINGS

FACETS = ("guest", "host", "region", "rank", "kind", "status", "topic", "year", "source")
SHOWN, MORE = 6, 60
_PAGING = ("cursor",)


@dataclass(frozen=True)
class Choice:
    key: str
    label: str
    number: int
    on: bool
    url: str


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    choices: list[Choice]
    at_least: bool
    left_out: int  # smaller choices that are not shown

    @property
    def first(self) -> list[Choice]:
        """What is on, then the largest (of years the latest)."""
        return sorted(self.choices, key=lambda one: not one.on)[:SHOWN]

    @property
    def rest(self) -> list[Choice]:
        return sorted(self.choices, key=lambda one: not one.on)[SHOWN:]

    @property
    def others(self) -> int:
        """How many there are beside the first."""
        return len(self.choices) - SHOWN + self.left_out

    @property
    def on(self) -> bool:
        return any(choice.on for choice in self.choices)


def facets(filters: VisitFilter) -> list[Facet]:
    """All facets of a list of visits that have something to choose."""
    filters.known.meet(chosen(filters).columns["guest_organization"].values)
    facets = [_facet(filters, name) for name in FACETS]
    return [facet for facet in facets if len(facet.choices) > 1 or facet.on]


def _facet(filters: VisitFilter, name: str) -> Facet:
    """The choices that are shown: what is on, and the largest (of years all, the latest first)."""
    one, visits = GROUPINGS[name], chosen(filters)
    places, more = visits.places(without=one.filter)
    keys, numbers = by_key(visits, places, one)
    on = {*filters.data.getlist(one.filter), *map(_written, filters.chosen(one.filter))}
    most = len(keys) if name == "year" else SHOWN + MORE
    shown = {keys[n]: int(numbers[n]) for n in np.argsort(-numbers, kind="stable")[:most]}
    shown |= {key: int(many) for key, many in zip(keys, numbers, strict=True) if key in on}
    found = {key: many for key, many in shown.items() if key is not None and many}
    names = one.named(found)
    without = paging.url_with(filters.path, filters.data, **dict.fromkeys((*_PAGING, one.filter)))
    choices = [
        Choice(key, one.words(key, names, filters.known), many, key in on, _url(without, one.filter, key, on))
        for key, many in found.items()
    ]
    if name == "year":
        choices.sort(key=lambda one: one.key if one.key != "unknown" else "", reverse=True)
    else:
        choices.sort(key=lambda one: (-one.number, one.label))
    without_key = None in keys and bool(numbers[keys.index(None)])
    left_out = int(np.count_nonzero(numbers)) - without_key - len(choices)
    return Facet(name, str(one.label), choices, more, left_out)


def _url(without: str, name: str, key: str, on: set[str]) -> str:
    """The list with this choice in the place of others, or without the filter where it is on."""
    return without if key in on else f"{without}{'&' if '?' in without else '?'}{urlencode({name: key})}"


def _written(key: Any) -> str:
    """A value's key as a grouping has it."""
    return str(getattr(key, "country", None) or key)
