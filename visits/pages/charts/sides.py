"""Who goes to whom: the same numbers by guest and host as a map, a matrix and a network."""

from bisect import bisect_right
from cmath import exp
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, islice
from math import ceil, pi, sqrt
from typing import Any, NamedTuple

import numpy as np
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext as _

from visits import paging, stats
from visits.filters import ListFilter
from visits.stats.counting import CONTROLS

from . import world

FLOWS, SIDE, NODES = 60, 20, 28  # drawn at most: lines of the map, guests and hosts of the matrix, of the network
LISTED = 25  # pairs of the network
LEVELS = 5


def level(number: int, most: int) -> int:
    """How dark, from 1 to LEVELS: the root keeps the small apart from each other."""
    return max(1, min(LEVELS, round(LEVELS * sqrt(number / most) + 0.2))) if number else 0


@dataclass(frozen=True)
class Shade:
    """A class of numbers that are drawn alike."""

    level: int
    low: int
    high: int

    @property
    def top(self) -> int:
        """Where its key stands in a file of the map."""
        return world.SHOWN_HEIGHT - 20 * (LEVELS + 1 - self.level)

    @property
    def words(self) -> str:
        return "–".join(str(intcomma(number)) for number in dict.fromkeys((self.low, self.high)))


def shades_of(numbers: Iterable[int]) -> list[Shade]:
    """LEVELS classes with about as many of the numbers in each; equal numbers are never parted."""
    ordered = sorted(numbers)
    classes: dict[int, list[int]] = {}
    for number in ordered:
        classes.setdefault(ceil(LEVELS * bisect_right(ordered, number) / len(ordered)), []).append(number)
    step = (LEVELS - 1) / max(len(classes) - 1, 1)  # few classes lie far apart
    return [
        Shade(LEVELS - round(step * place), found[0], found[-1])
        for place, found in reversed(list(enumerate(reversed(classes.values()))))
    ]


def _name(filters: ListFilter, key: str | None) -> str:
    """Of a guest or host."""
    return stats.GROUPINGS["host"].words(key, {}, filters.known) if key else ""


def _words(group: stats.Group) -> str:
    guest, host = group.labels
    return _("%(guest)s to %(host)s: %(number)s") % {"guest": guest, "host": host, "number": group.number}


# map


@dataclass(frozen=True)
class Land:
    path: str
    level: int
    words: str
    url: str | None


@dataclass(frozen=True)
class Spot:
    """A host without a shape: a small country, by its capital."""

    x: float
    y: float
    level: int
    words: str
    url: str | None


@dataclass(frozen=True)
class Flow:
    path: str
    width: float
    words: str
    url: str | None


@dataclass
class Map:
    """`missing` are the names with their numbers that have no place: former countries, organizations."""

    grey: str = ""
    shades: list[Shade] = field(default_factory=list)
    lands: list[Land] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    missing: list[tuple[str, int, str | None]] = field(default_factory=list)
    drawn: int = 0
    of: int = 0
    width: int = world.WIDTH
    height: int = world.SHOWN_HEIGHT


def map_of(filters: ListFilter, groups: stats.Groups) -> Map:
    shapes, points = world.shapes(), world.points()
    received = dict(groups.sums(1))
    found = Map(grey="".join(path for code, path in sorted(shapes.items()) if code not in received), of=len(groups))
    found.shades = shades_of(received.values())
    for code, number in received.items():
        dark = next(shade.level for shade in found.shades if shade.low <= number <= shade.high)
        name, url = _name(filters, code), stats.listed(filters, [stats.GROUPINGS["host"]], [code])
        words = _("%(host)s received %(number)s") % {"host": name, "number": number}
        if code in shapes:
            found.lands.append(Land(shapes[code], dark, words, url))
        elif code in points:
            found.spots.append(Spot(*points[code], dark, words, url))
        else:
            found.missing.append((name, number, url))
    placed = (
        group for group in groups.among(points.__contains__, points.__contains__) if group.keys[0] != group.keys[1]
    )
    lines = list(islice(placed, FLOWS))
    found.drawn = len(lines)
    for group in reversed(lines):
        path = _curve(points[group.keys[0] or ""], points[group.keys[1] or ""])
        width = round(0.6 + 4.4 * sqrt(group.number / lines[0].number), 2)
        found.flows.append(Flow(path, width, _words(group), group.url))
    return found


def _curve(start: world.Point, end: world.Point) -> str:
    """From the guest's capital to the host's, bent to its left, so that both directions are seen."""
    (x, y), (to_x, to_y) = start, end
    bend = 0.18
    middle_x, middle_y = (x + to_x) / 2 + (to_y - y) * bend, (y + to_y) / 2 - (to_x - x) * bend
    return f"M{x:g} {y:g}Q{middle_x:.1f} {middle_y:.1f} {to_x:g} {to_y:g}"


# matrix


@dataclass(frozen=True)
class Cell:
    number: int
    level: int
    words: str
    url: str | None


@dataclass(frozen=True)
class Line:
    name: str
    total: int
    url: str | None
    cells: list[Cell | None]


@dataclass
class Matrix:
    """The guests and hosts with the largest numbers; totals are over all of them."""

    hosts: list[tuple[str, str, str | None]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    guests_of: int = 0
    hosts_of: int = 0


def matrix_of(filters: ListFilter, groups: stats.Groups) -> Matrix:
    sent, received = groups.sums(0), groups.sums(1)
    guests, hosts = dict(sent[:SIDE]), dict(received[:SIDE])
    shown = groups.among(guests.__contains__, hosts.__contains__)
    known = {group.keys: group for group in shown}
    most = shown[0].number if shown else 1
    found = Matrix(guests_of=len(sent), hosts_of=len(received))
    for host in hosts:
        url = stats.listed(filters, [stats.GROUPINGS["host"]], [host])
        found.hosts.append((host or "", _name(filters, host), url))
    for guest, total in guests.items():
        cells: list[Cell | None] = []
        for host in hosts:
            both = known.get((guest, host))
            cells.append(Cell(both.number, level(both.number, most), _words(both), both.url) if both else None)
        url = stats.listed(filters, [stats.GROUPINGS["guest"]], [guest])
        found.lines.append(Line(_name(filters, guest), total, url, cells))
    return found


# network


@dataclass(frozen=True)
class Node:
    x: float
    y: float
    radius: float
    label: str
    anchor: str
    words: str
    url: str | None


@dataclass(frozen=True)
class Edge:
    x: float
    y: float
    to_x: float
    to_y: float
    width: float
    words: str
    url: str


@dataclass
class Network:
    """`pairs` are the counterparts with the largest numbers, whether drawn or not."""

    pairs: list["Pair"] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    of: int = 0
    width: int = 1000
    height: int = 640


class Pair(NamedTuple):
    """Two counterparts, both directions together."""

    one: str
    other: str
    number: int
    labels: tuple[str, str]
    url: str

    @property
    def page(self) -> str:
        return reverse("pair", args=[f"{self.one}-{self.other}"])


def _only(filters: ListFilter, **changes: str) -> str:
    """The list of those among the visits."""
    return paging.url_with(reverse("visits"), filters.data, **dict.fromkeys(CONTROLS) | changes)


def network_of(filters: ListFilter, groups: stats.Groups) -> Network:
    codes = sorted({key or "" for own in groups.keys for key in own})
    place = {code: rank for rank, code in enumerate(codes)}
    guest, host = (
        np.array([place[key or ""] for key in own], np.intp)[ranks]
        for own, ranks in zip(groups.keys, groups.ranks, strict=True)
    )
    numbers = np.bincount(np.minimum(guest, host) * len(codes) + np.maximum(guest, host), groups.numbers)
    of_each = np.bincount(np.concatenate([guest, host]), np.tile(groups.numbers, 2), len(codes))
    shown = {codes[rank]: int(of_each[rank]) for rank in np.argsort(-of_each, kind="stable")[:NODES].tolist()}
    pairs = np.flatnonzero(numbers)
    pairs = pairs[np.argsort(-numbers[pairs], kind="stable")]
    ones, others = np.divmod(pairs, len(codes))

    def made(chosen: Any) -> list[Pair]:
        keys = ((codes[one], codes[other]) for one, other in zip(ones[chosen], others[chosen], strict=True))
        return [
            Pair(
                *both,
                int(number),
                (_name(filters, both[0]), _name(filters, both[1])),
                _only(filters, pair="-".join(both)),
            )
            for both, number in zip(keys, numbers[pairs[chosen]], strict=True)
        ]

    drawn = np.array([code in shown for code in codes], np.bool_)
    links = made(drawn[ones] & drawn[others] & (ones != others))
    found = Network(made(slice(LISTED)), of=len(codes), height=min(640, 180 + 40 * len(shown)))
    weights = tuple((pair.one, pair.other, pair.number) for pair in links)
    places = _places(tuple(shown), weights, found.width, found.height)
    for pair in reversed(links):
        (x, y), (to_x, to_y) = places[pair.one], places[pair.other]
        width = round(0.8 + 6 * sqrt(pair.number / links[0].number), 2)
        words = _("%(one)s and %(other)s: %(number)s") % {
            "one": pair.labels[0], "other": pair.labels[1], "number": pair.number,
        }  # fmt: skip
        found.edges.append(Edge(x, y, to_x, to_y, width, words, pair.url))
    alone, most = not filters.chosen("country"), max(shown.values(), default=1)
    for code, number in shown.items():
        name = _name(filters, code)
        x, y = places[code]
        url = _only(filters, country=code) if alone else None
        words = _("%(name)s: %(number)s") % {"name": name, "number": number}
        anchor = "end" if x > found.width * 0.8 else "start"
        found.nodes.append(Node(x, y, round(4 + 12 * sqrt(number / most), 1), name, anchor, words, url))
    return found


@lru_cache(maxsize=100)
def _places(
    codes: tuple[str, ...], links: tuple[tuple[str, str, int], ...], width: int, height: int
) -> dict[str, world.Point]:
    """Counterparts near each other, all apart: springs and repulsion, from a circle on, the same each time."""
    count = len(codes)
    at = [complex(0.5, 0.5) + 0.45 * exp(2j * pi * place / max(count, 1)) for place in range(count)]
    if count > 2:
        number = {code: place for place, code in enumerate(codes)}
        most = max((many for _one, _two, many in links), default=1)
        springs = [(number[one], number[two], 0.35 + 0.65 * many / most) for one, two, many in links]
        _settle(at, springs, 0.9 / sqrt(count))
    left, right = min((p.real for p in at), default=0), max((p.real for p in at), default=1)
    top, bottom = min((p.imag for p in at), default=0), max((p.imag for p in at), default=1)
    return {
        code: (
            round(30 + (p.real - left) / ((right - left) or 1) * (width - 160), 1),
            round(30 + (p.imag - top) / ((bottom - top) or 1) * (height - 60), 1),
        )
        for code, p in zip(codes, at, strict=True)
    }


def _settle(at: list[complex], springs: Sequence[tuple[int, int, float]], apart: float) -> None:
    """Points as complex numbers; each spring with its strength."""
    every, heat = list(combinations(range(len(at)), 2)), 0.12
    for _round in range(70):
        push = [0j] * len(at)
        for one, two in every:
            way = at[one] - at[two]
            away = way * (apart / max(abs(way), 0.01)) ** 2
            push[one] += away
            push[two] -= away
        for one, two, strength in springs:
            way = at[one] - at[two]
            back = way * (abs(way) / apart * strength)
            push[one] -= back
            push[two] += back
        for place, force in enumerate(push):
            length = max(abs(force), 0.0001)
            at[place] += force * (min(length, heat) / length)
        heat *= 0.95
