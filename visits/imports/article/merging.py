"""Two readings of one text as one: what the first found stands, the second fills what it left open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from visits import enums
from visits.record import Citation, VisitData

from .predictions import code_of


@dataclass(frozen=True, slots=True)
class _Gap:
    """Something that a reading may leave open: whether it does, how to take it over, and which citations are its."""

    is_open: Callable[[VisitData], bool]
    take: Callable[[VisitData, VisitData], None]
    cites: Callable[[Citation], bool]


def _field(name: str, nothing: object = "") -> _Gap:
    return _Gap(
        lambda record: getattr(record, name) == nothing,
        lambda record, other: setattr(record, name, getattr(other, name)),
        lambda citation: citation.target == "" and citation.field == name,
    )


def _list(name: str) -> _Gap:
    return _Gap(
        lambda record: not getattr(record, name),
        lambda record, other: setattr(record, name, getattr(other, name)),
        lambda citation: citation.target.startswith(f"/{name}/"),
    )


def _members(record: VisitData) -> list[object]:
    return [member for delegation in record.delegations for member in delegation.members]


def _take_delegation(record: VisitData, other: VisitData) -> None:
    record.delegations = other.delegations


_GAPS = (
    _field("start"),
    _field("end"),
    _field("kind", enums.VisitKind.UNKNOWN),
    _field("status", enums.Status.UNKNOWN),
    _list("places"),
    _list("meetings"),
    _list("topics"),
    _list("outcomes"),
    _Gap(
        lambda record: not _members(record),
        _take_delegation,
        lambda citation: citation.target.startswith("/delegations/"),
    ),
)


def merged(first: Sequence[VisitData], second: Sequence[VisitData]) -> list[VisitData]:
    """The visits of the first reading, their gaps filled from the second, then the visits that only the second saw."""
    rest = {pair(record): record for record in second}
    found = []
    for record in first:
        other = rest.pop(pair(record), None)
        found.append(_filled(record, other) if other else record)
    seen = {pair(record) for record in first}
    return [*found, *(record for key, record in rest.items() if key not in seen)]


def _filled(record: VisitData, other: VisitData) -> VisitData:
    filled = record.model_copy(deep=True)
    for gap in _GAPS:
        if not gap.is_open(filled) or gap.is_open(other):
            continue
        before = filled.model_copy(deep=True)
        gap.take(filled, other)
        own = [citation for citation in filled.citations if not gap.cites(citation)]
        filled.citations = [*own, *(citation for citation in other.citations if gap.cites(citation))]
        if not _is_possible(filled):
            filled = before
    return filled


def _is_possible(record: VisitData) -> bool:
    """Whether two readings fit together: the rules' start and the model's end may not."""
    try:
        VisitData.model_validate(record.model_dump())
    except ValueError:
        return False
    return True


def pair(record: VisitData) -> tuple[str | None, str | None]:
    """By which two readings know a visit again: who went where."""
    return code_of(record.guest), code_of(record.host)
