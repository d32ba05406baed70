"""What visits say of a topic: how firmly in which year, and whose visits they are."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from visits.filters import VisitFilter

from .chosen import chosen
from .columns import NO_DAY
from .counting import measured, units_of


@dataclass(frozen=True)
class Spoken:
    """`firm`: visits by the year in which they begin and how firm (a visit may be firm in several ways)."""

    firm: Counter[tuple[int | None, str]]
    countries: Counter[str]
    since: date | None


def spoken_of(filters: VisitFilter, topics: Collection[int]) -> Spoken:
    """Among the visits that the filters give, of any of these topics; their meetings and outcomes are counted in."""
    visits, units = chosen(filters), units_of(filters, "visit")
    firm, countries = Counter[tuple[int | None, str]](), Counter[str]()
    ways: dict[str, set[str]] = {}
    for (year, elements), number in measured(visits, units, ("year", "modalities")):
        if elements not in ways:
            pairs = (element.split(".") for element in (elements or "").split() if "." in element)
            ways[elements] = {modality for topic, modality in pairs if int(topic) in topics}
        for way in ways[elements]:
            firm[int(year) if year else None, way] += number
    for (guest, host), number in measured(visits, units, ("guest_country", "host_country")):
        for code in {guest, host} - {None}:
            countries[code] += number
    days = visits.columns.days["earliest"][units.places]
    known = days[days != NO_DAY]
    return Spoken(firm, countries, date.fromordinal(int(known.min()) + 1) if len(known) else None)
