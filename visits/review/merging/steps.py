"""The steps of a merge, as a judgement keeps them: each is taken, and taken back from what is there by then.

move    rows name another record: model, column, from, to, ids
set     a column of one row: model, id, column, before, after
lock    fields that the other record had locked: model, id, added, from (all of its locks), seen (values by then)
delete  a row goes, and leads to `heir`: model, row
add     a further name: model, values, id
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from visits import history, merged
from visits.models import RetiredId, bases
from visits.review.ledger import among

from .planning import Step
from .rules import foreign_keys

Unit = tuple[type[Model], int]


@dataclass
class Return:
    """What taking a merge back finds: rows that went back, and what stays as it is, with why."""

    back: Counter[str] = field(default_factory=Counter)
    stays: list[tuple[Unit, str]] = field(default_factory=list)
    gone: Counter[str] = field(default_factory=Counter)
    missing: set[Unit] = field(default_factory=set)  # rows that could not be put back
    coming: set[Unit] = field(default_factory=set)  # rows that are put back in the end

    def stay(self, model: type[Model], pk: int, why: str) -> None:
        self.stays.append(((model, pk), why))


def plain(steps: list[Step]) -> list[Step]:
    """As JSON holds them."""
    found: list[Step] = json.loads(json.dumps(steps, cls=_Encoder))
    return found


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)  # with all of its digits


def model_of(step: Step) -> type[Model]:
    for model in apps.get_app_config("visits").get_models(include_auto_created=True):
        if model._meta.model_name == step["model"]:
            return model
    raise LookupError(step["model"])


def column_of(model: type[Model], name: str) -> Any:
    return next(column for column in model._meta.concrete_fields if column.attname == name)


# doing


def take(steps: Iterable[Step]) -> None:
    for step in steps:
        _TAKE[step["do"]](model_of(step), step)


def _move(model: type[Model], step: Step) -> None:
    rows = model._default_manager.filter(pk__in=among(step["ids"]), **{step["column"]: step["from"]})
    rows.order_by().update(**{step["column"]: step["to"]})


def _set(model: type[Model], step: Step) -> None:
    model._default_manager.filter(pk=step["id"]).update(**{step["column"]: step["after"]})


def _lock(model: type[Model], step: Step) -> None:
    row: Any = model._default_manager.get(pk=step["id"])
    locked = sorted({*row.locked_fields, *step["added"]})
    model._default_manager.filter(pk=row.pk).update(locked_fields=locked)
    step["lists"] = {name: ids for name, ids in _lists(row).items() if name in step["added"]}


def _lists(row: Model) -> dict[str, list[int]]:
    """The ids of the rows in each list of a record."""
    return {
        name: list(part._default_manager.filter(**{owner: row.pk}).order_by("pk").values_list("pk", flat=True))
        for name, part, owner in history.PARTS.get(type(row), ())
    }


def _delete(model: type[Model], step: Step) -> None:
    row = step["row"]
    if issubclass(model, bases.Record):
        RetiredId.objects.create(
            kind=str(model._meta.model_name), record_id=row["id"], uid=row["uid"], merged_into=step["heir"]
        )
    rows: Any = model._default_manager.filter(pk=row["id"]).order_by()
    rows._raw_delete(rows.db)


def _add(model: type[Model], step: Step) -> None:
    step["id"] = model._default_manager.create(**step["values"]).pk


_TAKE = {"move": _move, "set": _set, "lock": _lock, "delete": _delete, "add": _add}


# undoing


def take_back(steps: list[Step], locked_by_others: set[tuple[str, int, str]]) -> Return:
    """Put things back, the last first. `locked_by_others`: (model, id, field) that later merges locked as well."""
    found = Return()
    found.coming = {(model_of(step), step["row"]["id"]) for step in steps if step["do"] == "delete"}
    for step in reversed(steps):
        model = model_of(step)
        if step["do"] == "lock":
            _unlock(model, step, locked_by_others, found)
        else:
            _BACK[step["do"]](model, step, found)
    return found


def _move_back(model: type[Model], step: Step, found: Return) -> None:
    column, origin = step["column"], step["from"]
    rows = model._default_manager.filter(pk__in=among(step["ids"]))
    now = dict(rows.order_by("pk").values_list("pk", column))
    record = column_of(model, column).related_model
    if (record, origin) in found.missing:
        for pk in now:
            found.stay(model, pk, _("what it named before is gone"))
        return
    mine = [pk for pk, value in now.items() if value == step["to"]]
    rows.filter(pk__in=among(mine)).order_by().update(**{column: origin})
    label = str(model._meta.verbose_name_plural)
    found.back[label] += len(mine)
    found.gone[label] += len(step["ids"]) - len(now)
    for pk, value in now.items():
        if value != step["to"]:
            found.stay(model, pk, _label(model, column, _("%(field)s was changed since")))


def _set_back(model: type[Model], step: Step, found: Return) -> None:
    column, pk = step["column"], step["id"]
    before, after = (column_of(model, column).to_python(step[name]) for name in ("before", "after"))
    row = model._default_manager.filter(pk=pk)
    now = row.values_list(column, flat=True).first()
    if not row.exists():
        found.gone[str(model._meta.verbose_name_plural)] += 1
    elif now != after:
        found.stay(model, pk, _label(model, column, _("%(field)s was changed since")))
    elif not _is_there(model, column, before) and (column_of(model, column).related_model, before) not in found.coming:
        if (heir := _heir(model, column, before)) is not None:
            row.update(**{column: heir})
        found.stay(model, pk, _label(model, column, _("%(field)s: what it was is gone")))
    else:
        row.update(**{column: before})


def _unlock(model: type[Model], step: Step, others: set[tuple[str, int, str]], found: Return) -> None:
    """What was edited since stays locked, and so does what a later merge locks."""
    row: Any = model._default_manager.filter(pk=step["id"]).first()
    if row is None:
        return
    kept = {name for name in step["added"] if (step["model"], step["id"], name) in others}
    for name, value in step["seen"].items():
        column = model._meta.get_field(name)
        if getattr(row, column.attname) != column.to_python(value):  # type: ignore[union-attr]
            kept.add(name)
    now = _lists(row)
    kept |= {name for name, ids in step["lists"].items() if now[name] != ids}
    locked = sorted(set(row.locked_fields) - (set(step["added"]) - kept))
    model._default_manager.filter(pk=row.pk).update(locked_fields=locked)


def _restore(model: type[Model], step: Step, found: Return) -> None:
    row, label = dict(step["row"]), str(model._meta.verbose_name)
    RetiredId.objects.filter(kind=model._meta.model_name, record_id=row["id"]).delete()
    for column in foreign_keys(model):
        name = column.attname
        value = column.to_python(row[name])
        if value is None or _is_there(model, name, value):
            continue
        row[name] = _heir(model, name, value)
        if row[name] is None and not column.null:
            found.missing.add((model, row["id"]))
            found.gone[str(model._meta.verbose_name_plural)] += 1
            return
        if column.name != "created_by_run":
            found.stay(model, row["id"], _label(model, name, _("%(field)s: what it was is gone")))
    values = {name: column_of(model, name).to_python(value) for name, value in row.items()}
    model._default_manager.bulk_create([model(**values)])
    found.back[label] += 1


def _forget(model: type[Model], step: Step, found: Return) -> None:
    row = model._default_manager.filter(pk=step["id"])
    if row.filter(**step["values"]).delete()[0] == 0 and row.exists():
        found.stay(model, step["id"], _("it was edited since"))


def _is_there(model: type[Model], column: str, value: Any) -> bool:
    related = column_of(model, column).related_model
    if related is None or value is None:
        return True
    return bool(related._default_manager.filter(pk=value).exists())


def _heir(model: type[Model], column: str, value: Any) -> Any:
    related = column_of(model, column).related_model
    return merged.heir(related, value) if issubclass(related, bases.Record) else None


def _label(model: type[Model], column: str, words: str) -> str:
    return words % {"field": capfirst(str(column_of(model, column).verbose_name))}


_BACK = {"move": _move_back, "set": _set_back, "delete": _restore, "add": _forget}
