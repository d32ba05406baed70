"""Data extension: the values of properties of entities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from visits import catalogue

from .entities import Entity, entity_of, heirs, present, tenures_of
from .kinds import KINDS
from .properties import Row, Value

_NEED_TENURES = frozenset({"post", "tenures", "rank", "holders"})


@dataclass(frozen=True)
class Wish:
    """A property and how many of its values are wanted (0: all), of names those in one language ("": any)."""

    id: str
    limit: int = 0
    language: str = ""


def extend(ids: Sequence[str], wishes: Iterable[Wish]) -> dict[str, dict[str, list[Value]]]:
    """For each id the values of each property: none where there is no such thing, or it is not public."""
    wishes = list(wishes)
    known = catalogue.current()
    entities = {text: entity for text in ids if (entity := entity_of(text, known))}
    moved = heirs(entities.values())
    entities = {text: moved.get(entity, entity) for text, entity in entities.items()}
    rows = present(entities.values(), known)
    if any(wish.id in _NEED_TENURES for wish in wishes):
        _add_tenures(rows, known)
    return {text: {wish.id: _values(entities.get(text), rows, wish) for wish in wishes} for text in dict.fromkeys(ids)}


def _add_tenures(rows: Mapping[Entity, Row], known: catalogue.Catalogue) -> None:
    for kind in ("official", "post"):
        pks = [entity.pk for entity in rows if entity.kind == kind]
        if pks:
            for pk, tenures in tenures_of(kind, pks, known).items():
                rows[Entity(kind, pk)]["tenures"] = tenures


def _values(entity: Entity | None, rows: Mapping[Entity, Row], wish: Wish) -> list[Value]:
    row = rows.get(entity) if entity else None
    one = KINDS[entity.kind].properties.get(wish.id) if entity else None
    if row is None or one is None or one.values is None:
        return []
    if wish.language and wish.id == "other_names":
        wanted = wish.language.lower()
        row = row | {"other_names": [name for name in row["other_names"] if name["language"].lower() == wanted]}
    values = one.values(row)
    return values[: wish.limit] if wish.limit else values
