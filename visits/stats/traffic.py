"""Visits of some countries, made and received, by year, by partner and in all."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from visits.filters import VisitFilter

from .chosen import chosen
from .combinations import measured
from .counting import units_of
from .rules import Units


class Flow(NamedTuple):
    """A number of one country's visits: of a year, with a partner (`name` is an organization's), or of all."""

    code: str
    made: bool
    year: str | None
    partner: str | None
    name: str | None
    number: int


def flows(filters: VisitFilter, codes: Sequence[str], rule: str = "visit") -> list[Flow]:
    """Of these countries, among the visits that the filters give."""
    units = units_of(filters, rule)
    filters.known.meet(chosen(filters).column("guest_organization").values)
    return [flow for code in codes for made in (True, False) for flow in _flows(filters, units, code, made)]


def _flows(filters: VisitFilter, units: Units, code: str, made: bool) -> Iterator[Flow]:
    visits, known = chosen(filters), filters.known
    side = visits.column("guest_country" if made else "host_country")
    mine = units.where(side.where(lambda value: value == code))
    if not mine.visits:
        return
    yield Flow(code, made, None, None, None, mine.total)
    for (year,), number in measured(visits, mine, ("year",)):
        yield Flow(code, made, year or "unknown", None, None, number)
    if made:
        for (host,), number in measured(visits, mine, ("host_country",)):
            yield Flow(code, made, None, host, None, number)
        return
    for (guest, body), number in measured(visits, mine, ("guest_country", "guest_organization")):
        if body and not guest:
            yield Flow(code, made, None, known.body(body).slug, known.body(body).name, number)
        else:
            yield Flow(code, made, None, guest, None, number)
