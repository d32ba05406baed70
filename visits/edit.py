"""The one way of a hand edit, for the admin and the API: hold, compare, validate, lock, say who and why.

What a person edited is locked: the name of each changed field goes to `locked_fields` of its row, the name of a
list (as in VisitRecord: "members", "places", "topics" ...) to that of the row above when something was added to
it or taken from it. No load changes what is locked (`visits.mapping.difference`).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import ForeignKey, Model, Q
from django.utils.translation import gettext as _

from visits import history, names, origins, scripts
from visits.models import (
    Citation,
    Delegation,
    DialogueLink,
    Outcome,
    RetiredId,
    Source,
    TopicLink,
    Visit,
    bases,
    evidence,
)

# Rows of one record: how they are found, what is not compared.
_NOT_COMPARED = {"locked_fields", "created_by_run", "created_at", "changed_at", "text_vector", "text", "raw"}
# Two columns that a load sees as one list.
_AS_LIST = {("dialogue", "countries"): "members", ("dialogue", "organizations"): "members"}
_IN_VISITS = TopicLink | DialogueLink | Outcome
_NOT_LOCKED = {"id", "uid", "key", "position", "state"} | _NOT_COMPARED


class Stale(Exception):
    """The record changed since it was read. `entries` say what, who and when; the message is for a person."""

    def __init__(self, entries: list[history.Entry]) -> None:
        self.entries = entries
        super().__init__(_("This record was changed meanwhile. Nothing of yours has been saved yet."))


@contextmanager
def deed(user: Any, reason: str = "") -> Iterator[None]:
    """One transaction whose history says who and why."""
    with transaction.atomic(), pghistory.context(user=getattr(user, "pk", None), reason=reason):
        yield


# two people at one record


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read in here is of one moment, also while a load writes: what a form shows, and its mark."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def fingerprint(record: Model) -> str:
    """What the record and all its parts hold now, as a hash; the same for the same content."""
    rows = [_content(record._meta.model, Q(pk=record.pk))]
    parts: dict[type[Model], list[Any]] = {}
    _collect(type(record), [record.pk], rows, parts)
    if targets := _cited(record, parts):
        rows.append(_content(Citation, targets))
    return hashlib.sha256(json.dumps(rows, default=str, sort_keys=True).encode()).hexdigest()


def seen_now(record: Model) -> str:
    """A mark of what a person sees now, which `check_unchanged` takes back."""
    newest = ",".join(f"{table}:{number}" for table, number in sorted(history.newest(record).items()))
    return f"{fingerprint(record)}@{newest}"


def check_unchanged(record: Model, seen: str) -> None:
    """Hold the record until the transaction ends; Stale when it is not what `seen` was made from."""
    hold(record)
    before, _at, newest = seen.partition("@")
    if before != fingerprint(record):
        raise Stale(history.of(record, since=_numbers(newest)))


def hold(record: Model) -> None:
    """Let nobody else change the record until the transaction ends; ValidationError when it is gone."""
    rows = type(record)._default_manager.select_for_update(of=("self",)).order_by()
    if not rows.filter(pk=record.pk).values_list("pk", flat=True).first():
        raise ValidationError(_("This record has been deleted meanwhile."), code="deleted")


def _numbers(text: str) -> dict[str, int]:
    pairs = (part.partition(":") for part in text.split(","))
    return {table: int(number) for table, _colon, number in pairs if number.isdecimal()}


def _content(model: type[Model], which: Q) -> list[Any]:
    columns = [column for column in model._meta.concrete_fields if column.name not in _NOT_COMPARED]
    names_ = [column.attname for column in columns if not getattr(column, "generated", False)]
    return [str(model._meta.label_lower), *model._default_manager.filter(which).order_by("pk").values_list(*names_)]


def _collect(model: type[Model], ids: list[Any], rows: list[Any], parts: dict[type[Model], list[Any]]) -> None:
    for many in model._meta.local_many_to_many:
        if many.remote_field.through._meta.auto_created:  # type: ignore[union-attr]
            owner = many.m2m_field_name()
            rows.append(_content(many.remote_field.through, Q(**{f"{owner}__in": ids})))  # type: ignore[arg-type]
    for _list, part, foreign_key in history.PARTS.get(model, ()):
        which = Q(**{f"{foreign_key}__in": ids})
        rows.append(_content(part, which))
        parts[part] = list(part._default_manager.filter(which).values_list("pk", flat=True))
        if part in history.PARTS and parts[part]:
            _collect(part, parts[part], rows, parts)


def _cited(record: Model, parts: dict[type[Model], list[Any]]) -> Q:
    which = Q()
    for name, model in evidence.TARGETS.items():
        ids = [record.pk] if isinstance(record, model) else parts.get(model, [])
        if ids:
            which |= Q(**{f"{name}__in": ids})
    return which


# writing


def save(row: Model, changed: Iterable[str] | None = None) -> None:
    """Save a row that a person changed or made: fill its key, lock what was changed, and the list it joined.

    `changed` are field names; None: every field that a new row has a value in. In the caller's `deed`.
    """
    is_new = row._state.adding
    fill_key(row)
    fields = _filled(row) if changed is None else set(changed)
    if hasattr(row, "locked_fields"):
        known = {column.name for column in row._meta.get_fields()} | {name for name, *_ in _lists(type(row))}
        kind = str(row._meta.model_name)
        locked = {_AS_LIST.get((kind, name), name) for name in (fields & known) - _NOT_LOCKED}
        row.locked_fields = _with(row.locked_fields, locked)
    row.save()
    if is_new:
        lock_list_of(row)
    _recount(row, fields)


def remove(row: Model) -> None:
    """Delete a row by hand: lock the list that it leaves; the id of a record is kept, so that it answers 410."""
    lock_list_of(row)
    _retire(row)
    rested = _visit_of(row)
    gone = row.pk
    row.delete()
    if isinstance(row, Source):
        origins.forget_texts([gone])
    if rested:
        origins.recount([rested])


def _recount(row: Model, changed: set[str]) -> None:
    """Work out anew what hangs on evidence: copies of a source's text, origins of a visit."""
    if isinstance(row, Source):
        if "text" in changed:
            origins.forget_texts([row.pk])
            origins.note_texts([row.pk])
        if changed & {"text", "publisher", "kind"}:
            origins.recount(origins.citing([row.pk]))
    elif isinstance(row, Citation | Visit) and (visit := _visit_of(row)):
        origins.recount([visit])


def _visit_of(row: Model) -> int | None:
    """The visit that rests on the evidence of this row, or that this row is or belongs to."""
    if isinstance(row, Visit):
        return row.pk
    if isinstance(row, Citation):
        part = next((getattr(row, name) for name in evidence.TARGETS if getattr(row, f"{name}_id")), None)
        return _visit_of(part) if part is not None else None
    above = getattr(row, "delegation", row)
    return getattr(above, "visit_id", None) if isinstance(above, Delegation | _IN_VISITS) else None


def lock_list_of(row: Model) -> None:
    """Lock the list, in the row above, that this row joins or leaves."""
    for owner_model, parts in history.PARTS.items():
        for list_name, part, foreign_key in parts:
            owner = getattr(row, foreign_key, None) if isinstance(row, part) else None
            if isinstance(owner, owner_model) and hasattr(owner, "locked_fields"):
                lock(owner, [list_name])


def lock(row: Any, names_: Iterable[str]) -> None:
    """Add names to the locked fields of a stored row."""
    row.refresh_from_db(fields=["locked_fields"])
    wanted = _with(row.locked_fields, names_)
    if wanted != row.locked_fields:
        row.locked_fields = wanted
        type(row)._default_manager.filter(pk=row.pk).update(locked_fields=wanted)


def fill_key(row: Any) -> None:
    """The key by which a name is searched and compared, from the name as it is now; what its letters tell of it."""
    if any(column.name == "key" for column in row._meta.concrete_fields):
        row.key = names.search_key(next(getattr(row, name) for name in ("text", "name", "title") if hasattr(row, name)))
    if isinstance(row, bases.OtherName):
        row.script = row.script or scripts.script_of(row.text)
        row.language = row.language or scripts.language_of(row.text)


def apply(record: Any, values: dict[str, Any], *, user: Any, reason: str = "", seen: str = "") -> set[str]:
    """Change fields of one stored row by hand; the names of those that differed, which are now locked.

    ValidationError names what is wrong; Stale when `seen` is given and the record changed since.
    """
    with deed(user, reason):
        if seen:
            check_unchanged(record, seen)
        else:
            hold(record)
        record.refresh_from_db()
        changed = {name for name, value in values.items() if getattr(record, name) != value}
        for name in changed:
            setattr(record, name, values[name])
        fill_key(record)
        record.full_clean()
        if changed:
            save(record, changed)
    return changed


def _filled(row: Model) -> set[str]:
    columns = [column for column in row._meta.concrete_fields if not getattr(column, "generated", False)]
    return {
        column.name
        for column in columns
        if not column.auto_created and getattr(row, column.attname) not in (None, "", column.get_default())
    } - {part_of for _m, parts in history.PARTS.items() for _l, part, part_of in parts if isinstance(row, part)}


def _lists(model: type[Model]) -> list[tuple[str, type[Model], str]]:
    return history.PARTS.get(model, [])


def _with(locked: list[str], names_: Iterable[str]) -> list[str]:
    return sorted({*locked, *names_})


def _retire(row: Model) -> None:
    retired: list[Model] = [row] if isinstance(row, bases.Record) else []
    for _list, part, foreign_key in _lists(type(row)):
        if issubclass(part, bases.Record) and isinstance(part._meta.get_field(foreign_key), ForeignKey):
            retired += part._default_manager.filter(**{foreign_key: row.pk})
    RetiredId.objects.bulk_create(
        [
            RetiredId(kind=str(one._meta.model_name), record_id=one.pk, uid=one.uid)  # type: ignore[attr-defined]
            for one in retired
        ],
        ignore_conflicts=True,
    )
