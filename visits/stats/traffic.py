"""Visits of some countries, made and received, by year and by partner."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from visits.filters import VisitFilter

from .chosen import chosen
from .counting import alike


class Flow(NamedTuple):
    """A number of one country's visits: of a year, or with a partner (`name` is an organization's)."""

    code: str
    made: bool
    year: str | None
    partner: str | None
    name: str | None
    number: int


def flows(filters: VisitFilter, codes: Sequence[str]) -> list[Flow]:
    """Of these countries, among the visits that the filters give."""
    return [flow for code in codes for made in (True, False) for flow in _flows(filters, code, made)]


def _flows(filters: VisitFilter, code: str, made: bool) -> Iterator[Flow]:
    found, known = chosen(filters), filters.known
    columns, (places, _more) = found.columns, found.places()
    own = columns["guest_country" if made else "host_country"].where(lambda value: value == code)
    mine = np.arange(len(columns))[places]
    mine = mine[own[mine]]
    years = alike(found, mine, ("year",))
    for (year,), many in zip(*years, strict=True):
        yield Flow(code, made, year or "unknown", None, None, int(many))
    if made:
        for (host,), many in zip(*alike(found, mine, ("host_country",)), strict=True):
            yield Flow(code, made, None, host, None, int(many))
        return
    known.meet(columns["guest_organization"].values)
    for (guest, body), many in zip(*alike(found, mine, ("guest_country", "guest_organization")), strict=True):
        if body and not guest:
            yield Flow(code, made, None, known.body(body).slug, known.body(body).name, int(many))
        else:
            yield Flow(code, made, None, guest, None, int(many))
