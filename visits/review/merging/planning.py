"""The steps of one merge, worked out before anything is written; what the preview shows is what is done."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import IntegerField, Model, Value

from visits import enums, models, names

from . import rules
from .rules import COLLISIONS, COLUMNS, EMPTY, Collision, Column, Reference

Row = dict[str, Any]
Step = dict[str, Any]  # as it is kept in a judgement, see `steps`
_KIND_OF_NAME = {
    models.Official: enums.NameKind.SPELLING,
    models.Organization: enums.NameKind.COMMON,
    models.Topic: enums.NameKind.SYNONYM,
}


@dataclass
class Field:
    """A column in which two records differ, and what it will be."""

    model: type[Model]
    column: str
    kept: Any
    dropped: Any
    stays: Any
    why: str


@dataclass
class Met:
    """Two rows that would be one thing twice. `goes` leads to `stays`."""

    model: type[Model]
    stays: int
    goes: int
    how: Collision


@dataclass
class Plan:
    model: type[Model]
    kept: int
    dropped: int
    steps: list[Step] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    met: list[Met] = field(default_factory=list)


def plan(model: type[Model], kept: int, dropped: int) -> Plan:
    """How the record with the younger id becomes the older one. Reads, and writes nothing."""
    found = Plan(model, kept, dropped)
    _merge(found, model, kept, dropped)
    return found


def rows_of(model: type[Model], **which: Any) -> list[Row]:
    """Rows as they are stored, what the database works out left out."""
    columns = [column for column in model._meta.concrete_fields if not getattr(column, "generated", False)]
    found = model._default_manager.filter(**which).order_by("pk")
    return list(found.values(*(column.attname for column in columns)))


def _merge(found: Plan, model: type[Model], kept: int, dropped: int) -> None:
    both = {row["id"]: row for row in rows_of(model, pk__in=[kept, dropped])}
    stays, goes = both[kept], both[dropped]
    called: list[Row] = []
    references = rules.references(model)
    plain = _naming([one for one in references if not _is_told_apart(one)], dropped)
    for reference in references:
        moved = _move(found, reference, kept, dropped, plain.get(reference, []))
        if issubclass(reference.model, models.bases.OtherName):
            called = moved
    found.steps.append(_delete(model, goes, kept))
    chosen = _choose(found, model, stays, goes)
    _call(found, model, stays, goes, chosen, called)


def _is_told_apart(reference: Reference) -> bool:
    """Whether the rows of two records may meet, or their names count; all other rows only move."""
    return bool(rules.uniqueness(reference)) or issubclass(reference.model, models.bases.OtherName)


def _naming(references: list[Reference], pk: int) -> dict[Reference, list[int]]:
    """By column: the ids of the rows that name a record in it, in one statement."""
    parts = [
        one.model._default_manager.filter(**{one.attname: pk})
        .order_by()
        .annotate(place=Value(place, IntegerField()))
        .values_list("place", "pk")
        for place, one in enumerate(references)
    ]
    found: dict[Reference, list[int]] = defaultdict(list)
    if parts:
        for place, row in parts[0].union(*parts[1:], all=True).order_by("place", "pk"):
            found[references[place]].append(row)
    return found


def _move(found: Plan, reference: Reference, kept: int, dropped: int, ids: list[int]) -> list[Row]:
    """Have the rows that name one record name the other; the rows that then do, where that matters.

    `ids` are the rows, where they only move.
    """
    unique = rules.uniqueness(reference)
    if not _is_told_apart(reference):
        if reference.model is found.model and kept in ids:
            ids.remove(kept)  # a topic is not below itself
        _add_move(found, reference, ids, kept, dropped)
        return []
    rows = rows_of(reference.model, **{f"{reference.attname}__in": [kept, dropped]})
    moving = {row["id"]: row for row in rows if row[reference.attname] == dropped}
    staying = {row["id"]: row for row in rows if row[reference.attname] == kept}
    for rule in unique:
        for row, twin in _pairs(reference.model, rule, moving.values(), staying.values()):
            how = COLLISIONS[rule.name]
            if how is Collision.YIELDS:
                found.steps.append(_set(reference.model, row["id"], rule.flag, before=True, after=False))
                found.met.append(Met(reference.model, twin["id"], row["id"], how))
                continue
            first, second = (twin, row) if how is Collision.GOES else sorted((twin, row), key=lambda one: one["id"])
            found.met.append(Met(reference.model, first["id"], second["id"], how))
            if how is Collision.MERGES:
                _merge(found, reference.model, first["id"], second["id"])
            else:
                found.steps.append(_delete(reference.model, second, first["id"]))
            (moving if second is row else staying).pop(second["id"])
    _add_move(found, reference, list(moving), kept, dropped)
    return [*staying.values(), *moving.values()]


def _pairs(
    model: type[Model], rule: rules.Uniqueness, moving: Iterable[Row], staying: Iterable[Row]
) -> list[tuple[Row, Row]]:
    """(row that moves, row that is there and says the same)."""
    columns = [str(model._meta.get_field(name).attname) for name in rule.columns]  # type: ignore[union-attr]

    def counted(rows: Iterable[Row]) -> dict[tuple[Any, ...], Row]:
        return {tuple(row[name] for name in columns): row for row in rows if not rule.flag or row[rule.flag]}

    there = counted(staying)
    return [(row, there[key]) for key, row in counted(moving).items() if key in there]


def _add_move(found: Plan, reference: Reference, ids: list[int], kept: int, dropped: int) -> None:
    if ids:
        name = str(reference.model._meta.model_name)
        step = {"do": "move", "model": name, "column": reference.attname, "from": dropped, "to": kept, "ids": ids}
        found.steps.append(step)


# columns


def _choose(found: Plan, model: type[Model], stays: Row, goes: Row) -> Row:
    """What the record that stays has in the end."""
    chosen = dict(stays)
    for column in model._meta.concrete_fields:
        if column.generated:
            continue  # PostgreSQL makes it from the others
        rule = COLUMNS[model][column.name]
        name = column.attname
        value, why = _value(rule, column.name, name, stays, goes)
        chosen[name] = value
        if rule not in {Column.OWN, Column.FOLLOWS, Column.LOCKS} and stays[name] != goes[name]:
            found.fields.append(Field(model, column.name, stays[name], goes[name], value, why))
    for name in ("name", "title"):
        if "key" in stays and name in stays and chosen[name] != stays[name]:
            chosen["key"] = goes["key"]
    for name, value in chosen.items():
        if value != stays[name]:
            found.steps.append(_set(model, stays["id"], name, stays[name], value))
    locks = {*goes["locked_fields"], *(one.column for one in found.fields if one.why == "above")}
    if added := sorted(locks - set(stays["locked_fields"])):
        columns = {column.name: column.attname for column in model._meta.concrete_fields}
        seen = {name: chosen[columns[name]] for name in added if name in columns}
        step = {"do": "lock", "model": model._meta.model_name, "id": stays["id"], "added": added}
        found.steps.append(step | {"seen": seen, "from": sorted(locks)})
    return chosen


def _value(rule: Column, column: str, name: str, stays: Row, goes: Row) -> tuple[Any, str]:
    """The value of a column, and why it is that one."""
    mine, other = stays[name], goes[name]
    if rule in {Column.OWN, Column.FOLLOWS, Column.LOCKS} or mine == other:
        return mine, ""
    if rule is Column.EITHER:
        return mine or other, "either"
    if rule is Column.JOIN:
        return "\n\n".join(filter(None, (mine, other))), "both"
    if rule is Column.PARENT and (lineage := _lineage(stays, goes)):
        return lineage
    if other not in EMPTY and column in goes["locked_fields"] and column not in stays["locked_fields"]:
        return other, "edited"
    if mine in EMPTY and other not in EMPTY:
        return other, "filled"
    return mine, "older"


def _lineage(stays: Row, goes: Row) -> tuple[Any, str] | None:
    """Where a topic goes of which one is above the other."""
    parents = dict(models.Topic.objects.values_list("pk", "parent"))
    if stays["id"] in _above(goes["id"], parents):
        return stays["parent_id"], "above"
    if goes["id"] in _above(stays["id"], parents):
        return goes["parent_id"], "above"
    return None


def _above(topic: int, parents: dict[int, int | None]) -> set[int]:
    found: set[int] = set()
    above = parents.get(topic)
    while above is not None and above not in found:
        found.add(above)
        above = parents.get(above)
    return found


def _call(found: Plan, model: type[Model], stays: Row, goes: Row, chosen: Row, called: list[Row]) -> None:
    """Keep the name that is not the name any more, so that it is found and matched."""
    if model not in _KIND_OF_NAME:
        return
    meta: Any = model._meta
    relation = meta.get_field("other_names")
    for text in {stays["name"], goes["name"]} - {chosen["name"]}:
        if any((row["text"], row["language"]) == (text, "") for row in called):
            continue
        values = {relation.field.attname: stays["id"], "text": text, "key": names.search_key(text)}
        values["kind"] = str(_KIND_OF_NAME[model])
        found.steps.append({"do": "add", "model": relation.related_model._meta.model_name, "values": values})


# steps


def _set(model: type[Model], pk: int, column: str, before: Any, after: Any) -> Step:
    values = {"before": before, "after": after}
    return {"do": "set", "model": model._meta.model_name, "id": pk, "column": column, **values}


def _delete(model: type[Model], row: Row, heir: int) -> Step:
    return {"do": "delete", "model": model._meta.model_name, "row": row, "heir": heir}
