"""What visits say of a topic: how firmly in which year, and whose visits they are."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from visits import enums
from visits.filters import VisitFilter

from .chosen import Chosen, chosen
from .columns import NO_DAY
from .combinations import measured
from .counting import units_of
from .rules import Units

NO_PLACE = -1


@dataclass(frozen=True)
class Spoken:
    """`firm`: visits by the year in which they begin and how firm (a visit may be firm in several ways)."""

    firm: Counter[tuple[int | None, str]]
    countries: Counter[str]
    since: date | None


def spoken_of(filters: VisitFilter, topics: Collection[int]) -> Spoken:
    """Among the visits that the filters give, of any of these topics; their meetings and outcomes are counted in."""
    visits, units = chosen(filters), units_of(filters, "visit")
    firm, countries = Counter[tuple[int | None, str]](), Counter[Any]()
    for way in enums.Modality.values:
        so_firm = visits.columns["modalities"].with_any(f"{topic}.{way}" for topic in topics)
        for (year,), number in measured(visits, units.where(so_firm), ("year",)):
            firm[int(year) if year else None, way] = number
    at_home = _at_home(visits, units)
    for side, counted in (("guest", units), ("host", units), ("guest", at_home)):
        for (code,), number in measured(visits, counted, (f"{side}_country",)):
            countries[code] += -number if counted is at_home else number
    del countries[None]
    days = visits.columns.days["earliest"][units.places]
    known = days[days != NO_DAY]
    return Spoken(firm, countries, date.fromordinal(int(known.min()) + 1) if len(known) else None)


def _at_home(visits: Chosen, units: Units) -> Units:
    """Those in which guest and host are one country."""
    guest, host = visits.column("guest_country"), visits.column("host_country")
    places = {code: place for place, code in enumerate(host.values)}
    as_host = np.array([places.get(code, NO_PLACE) if code else NO_PLACE for code in guest.values])
    return units.where(as_host[guest.codes] == host.codes)
