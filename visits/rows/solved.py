"""What is worked out of the year of a visit or meeting whose sources give none."""

from collections.abc import Callable, Iterable
from typing import Any

from visits import catalogue, solving

from .parts import Expansion, Row, url


def solved_by(find: Callable[..., dict[int, solving.Solution]]) -> Expansion:
    """The solutions by the id of their record; None where the year is known or nothing can be said of it."""

    def expansion(ids: list[Any], known: catalogue.Catalogue) -> dict[Any, Row | None]:
        found = find(ids, public=True)
        return {pk: _solved(found[pk]) if pk in found else None for pk in ids}

    return expansion


def _solved(solution: solving.Solution) -> Row | None:
    """Nothing where no year remains: that is a doubt, which editors see."""
    if not solution.years or not solution.bounded:
        return None
    return {"years": list(solution.years), "lines": [_line(line) for line in solution.lines]}


def _line(line: solving.Line) -> Row:
    return {
        "kind": line.kind,
        "text": line.text,
        "leaves": line.leaves,
        "url": line.url or None,
        "tenures": list(line.tenures),
        "sources": _sources(line.sources),
    }


def _sources(found: Iterable[solving.Cited]) -> list[Row]:
    return [{"id": one.id, "title": one.title, "url": url(f"sources/{one.id}/")} for one in found]
