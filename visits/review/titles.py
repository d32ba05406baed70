"""Rows in words: the title of a record, and the record that a row belongs to."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from visits import models

from .ledger import PARENTS, among

Row = tuple[type[Model], int]
# What a title is made of.
_RELATED: dict[type[Model], tuple[str, ...]] = {
    models.Visit: ("guest_country", "guest_organization", "host_country"),
    models.Tenure: ("official", "post__country"),
    models.Post: ("country",),
    models.Member: ("official",),
    models.Participant: ("official",),
    models.Delegation: ("sender_country", "sender_organization"),
    models.TopicLink: ("topic",),
    models.DialogueLink: ("dialogue",),
    models.VisitPlace: ("city",),
    models.ExternalId: ("dataset",),
    models.MeetingVisit: (
        "meeting", "visit__guest_country", "visit__guest_organization", "visit__host_country",
    ),
}  # fmt: skip


def titles(model: type[Model], ids: Iterable[int]) -> dict[int, str]:
    """The rows as texts, those that are gone left out."""
    which = list(ids) if model is models.Country else among(ids)
    rows = model._default_manager.filter(pk__in=which).select_related(*_RELATED.get(model, ()))
    return {row.pk: str(row) for row in rows}


def titles_of(rows: Iterable[Row]) -> dict[Row, str]:
    """The titles of rows of any tables, in one query for each table."""
    by_model: dict[type[Model], set[int]] = defaultdict(set)
    for model, pk in rows:
        by_model[model].add(pk)
    return {(model, pk): title for model, ids in by_model.items() for pk, title in titles(model, ids).items()}


def records_of(model: type[Model], ids: Iterable[int]) -> dict[int, Row]:
    """The record that each of these rows belongs to: a member's visit, an official's name's official."""
    parents = PARENTS.get(model) or _named(model)
    rows: Any = model._default_manager.filter(pk__in=among(ids))
    if not parents:
        return {pk: (model, pk) for pk in rows.values_list("pk", flat=True)}
    found: dict[int, Row] = {}
    above: dict[type[Model], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.values("pk", *(f"{name}_id" for name in parents)):
        name = next(name for name in parents if row[f"{name}_id"] is not None)
        parent: Any = model._meta.get_field(name).related_model
        above[parent][row[f"{name}_id"]].append(row["pk"])
    for parent, children in above.items():
        for pk, record in records_of(parent, children).items():
            found |= dict.fromkeys(children[pk], record)
    return found


def all_records_of(rows: Iterable[Row]) -> list[Row]:
    """The record of each of these rows of any tables, in their order."""
    rows = list(rows)
    by_model: dict[type[Model], set[int]] = defaultdict(set)
    for model, pk in rows:
        by_model[model].add(pk)
    found = {(model, pk): record for model, ids in by_model.items() for pk, record in records_of(model, ids).items()}
    return [found.get(row, row) for row in rows]


def _named(model: type[Model]) -> tuple[str, ...]:
    """The owner of a further name of reference data."""
    if not issubclass(model, models.bases.OtherName):
        return ()
    return tuple(column.name for column in model._meta.concrete_fields if column.is_relation)
