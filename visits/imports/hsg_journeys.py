"""What legs of journeys are to each other: trips of one traveller, legs that look like one, whom a leg accompanies."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from visits.record import TripRef, uid_for

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MOST_NAMED = 10
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
                title = f"{run[0].name}, {days_in_words(run[0].start, max(leg.end for leg in run))}"
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


class PresidentsLegs:
    """The legs of presidents, to find the one that a secretary accompanied."""

    def __init__(self, dataset: str, legs: Iterable[Leg]) -> None:
        self._dataset = dataset
        self._by_country: dict[str, list[Leg]] = defaultdict(list)
        for leg in legs:
            self._by_country[leg.country].append(leg)

    def accompanied(self, leg: Leg, remarks: str) -> uuid.UUID | None:
        """The uid of the president's visit that these remarks name: same country, common days, the longest if several.

        Of two that are equally likely the one of the same place, else the first.
        """
        named = _ACCOMPANIED.search(remarks)
        if not named:
            return None
        words = set(re.findall(r"[\w’'-]+", named["name"]))
        common = [
            other
            for other in self._by_country[leg.country]
            if other.overlap(leg) > 0 and other.name.split()[-1] in words
        ]
        if not common:
            return None
        best = max(common, key=lambda other: (other.overlap(leg), other.place == leg.place, -other.number))
        return uid_for("visit", f"{self._dataset}:{best.id}")


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
