"""What legs of journeys are to each other: trips of one traveller, legs that look like one, whom a leg accompanies."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext_noop as _
from rapidfuzz import fuzz

from visits import names
from visits.record import TripRef, uid_for

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MOST_NAMED = 10
_LONGEST_NAME = 200
_DAYS_APART = 2
_ALIKE_PLACES = 80
_ACCOMPANIED = re.compile(r"\baccompanied President (?P<name>[^.;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg as far as others need it. `country` and `place` as the source prints and keys them."""

    number: int
    id: str
    traveller: str
    name: str
    start: date
    end: date
    country: str
    place: str

    def overlap(self, other: "Leg") -> int:
        """Days that both have; 0 or less when there is none."""
        return (min(self.end, other.end) - max(self.start, other.start)).days + 1


def trips_of(dataset: str, legs: Iterable[Leg]) -> dict[int, TripRef]:
    """The trip of each leg, by the leg's number: legs of one traveller, each begun by the day after the one before.

    A leg without a neighbour is no trip. The order within one day is the file's.
    """
    found: dict[int, TripRef] = {}
    for same in _by_traveller(legs).values():
        for run in _runs(sorted(same, key=lambda leg: (leg.start, leg.number))):
            if len(run) > 1:
                title = f"{run[0].name[:_LONGEST_NAME]}, {days_in_words(run[0].start, max(leg.end for leg in run))}"
                uid = uid_for("trip", dataset, run[0].traveller, run[0].start.isoformat())
                for position, leg in enumerate(run, start=1):
                    found[leg.number] = TripRef(uid=uid, title=title, position=position)
    return found


def likely_doubles(legs: Iterable[Leg]) -> dict[int, list[str]]:
    """The ids of other legs with the same traveller, days, country and place, by the leg's number."""
    alike: dict[tuple[str, date, date, str, str], list[Leg]] = defaultdict(list)
    for leg in legs:
        alike[leg.traveller, leg.start, leg.end, leg.country, leg.place].append(leg)
    return {
        leg.number: [other.id for other in same[:_MOST_NAMED] if other is not leg]
        for same in alike.values()
        if len(same) > 1
        for leg in same
    }


def names_a_president(remarks: str) -> bool:
    """Whether the traveller accompanied a president."""
    return bool(_ACCOMPANIED.search(remarks))


@dataclass(frozen=True, slots=True)
class Company:
    """The visit of a president that a leg accompanies, and what is odd about that, as (code, reason)."""

    uid: uuid.UUID
    doubt: tuple[str, str] | None = None


class PresidentsLegs:
    """The legs of presidents, to find the one that a secretary accompanied."""

    def __init__(self, dataset: str, legs: Iterable[Leg], kept: Iterable[Leg] = ()) -> None:
        """`kept` are legs that earlier loads brought; of two with one id the one in `legs` counts."""
        self._dataset = dataset
        self._given = legs, kept

    @cached_property
    def _legs(self) -> list[Leg]:
        """Read when the first leg in company asks."""
        legs, kept = map(list, self._given)
        known = {leg.id for leg in legs}
        return legs + [leg for leg in kept if leg.id not in known]

    def accompanied(self, leg: Leg, remarks: str) -> Company | None:
        """The president's leg that these remarks name: same country, common days, the longest if several.

        Of two that are equally likely the one of the same place, else the first. Where the lists disagree, the only
        leg in the country that lies at most two days off, or the one of the same days at a place of the same name in
        another country; each with a doubt.
        """
        named = _ACCOMPANIED.search(remarks)
        if not named:
            return None
        words = set(re.findall(r"[\w’'-]+", named["name"]))
        his = [other for other in self._legs if other.name.split()[-1] in words]
        there = [other for other in his if other.country == leg.country]
        if common := [other for other in there if other.overlap(leg) > 0]:
            best = max(common, key=lambda other: (other.overlap(leg), other.place == leg.place, -other.number))
            return self._company(best)
        near = [other for other in there if other.overlap(leg) >= -(_DAYS_APART - 1)]
        if len(near) == 1:
            when = days_in_words(near[0].start, near[0].end)
            reason = _("That president's leg in this country is listed for other days: %(when)s.") % {"when": when}
            return self._company(near[0], ("accompanied-other-days", reason))
        same = [other for other in his if (other.start, other.end) == (leg.start, leg.end) and _alike(other, leg)]
        if len(same) == 1:
            reason = _("That president's leg of these days is listed under another country: %(country)s.") % {
                "country": same[0].country
            }
            return self._company(same[0], ("accompanied-other-country", reason))
        return None

    def _company(self, leg: Leg, doubt: tuple[str, str] | None = None) -> Company:
        return Company(uid_for("visit", f"{self._dataset}:{leg.id}"), doubt)


def _alike(leg: Leg, other: Leg) -> bool:
    """Whether the places are the same but for spelling, or one with a word more (“St. Martin Island”)."""
    keys = [names.search_key(one.place) for one in (leg, other)]
    return all(keys) and fuzz.partial_ratio(*keys) >= _ALIKE_PLACES


def days_in_words(start: date, end: date) -> str:
    """“5 April 2009”, “1–5 April 2009”, “31 March – 5 April 2009”, “30 December 1999 – 2 January 2000”."""
    last = f"{end.day} {_MONTHS[end.month - 1]} {end.year}"
    if start == end:
        return last
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{last}"
    first = f"{start.day} {_MONTHS[start.month - 1]}"
    return f"{first} – {last}" if start.year == end.year else f"{first} {start.year} – {last}"


def _by_traveller(legs: Iterable[Leg]) -> dict[str, list[Leg]]:
    found: dict[str, list[Leg]] = defaultdict(list)
    for leg in legs:
        found[leg.traveller].append(leg)
    return found


def _runs(legs: Sequence[Leg]) -> Iterable[list[Leg]]:
    run: list[Leg] = []
    last = date.min
    for leg in legs:
        if run and leg.start - last > timedelta(days=1):
            yield run
            run = []
        run.append(leg)
        last = max(last, leg.end)
    if run:
        yield run
