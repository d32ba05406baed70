"""Taking a load back: what it made goes, what it changed goes back; what people or later loads rely on stays.

What stayed can be taken back by a second undo, once nobody relies on it any more.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pghistory
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from visits import enums, mapping, models, origins
from visits.models import Candidate, Doubt, ImportRun, Judgement, RetiredId

from . import second_look, titles
from .ledger import Put, among
from .survey import Stay, Survey, Unit, look

_NAMED = 200  # of each list, in the detail of the judgement
_SEEN = ("state", "key", "position")  # columns that no list of changes shows: they follow others
_CANDIDATES = {models.Visit: "visit", models.Meeting: "meeting", models.Official: "official", models.Tenure: "tenure"}


class UndoRefused(Exception):
    """The load cannot be taken back; the message is for a person."""


def preview(run: ImportRun, limit: int = 200) -> dict[str, Any]:
    """What an undo would do, as data for a page; of each list the first `limit`, all of them in `counts`.

    `goes`       {type: [(id, title)]}: what the run made and nobody relies on
    `goes_back`  [{type, id, title, part, field, before, after}]: fields that get the value from before the run;
                 type and id are of the record, `part` is the row in it ("" for the record itself)
    `stays`      [{type, id, title, why, because: {type, id, title} | None}]
    `counts`     {"goes": {type: number}, "goes_back": number, "stays": number}

    Types are model names in lower case; `because` may also be an `importrun`.
    """
    return _report(look(run), limit)


def _report(survey: Survey, limit: int) -> dict[str, Any]:
    return {
        "goes": {_type(model): _titled(model, ids[:limit]) for model, ids in survey.heads.items()},
        "goes_back": _going_back(_shown(survey)[:limit]),
        "stays": _staying(survey.stays[:limit]),
        "counts": _counts(survey),
    }


def rehearse(run: ImportRun, limit: int = 200) -> dict[str, Any]:
    """The preview of an undo that would be done; UndoRefused when it would be refused."""
    _check(run)
    survey = look(run)
    _check_is_left(run, survey)
    return _report(survey, limit)


def report(judgement: Judgement) -> dict[str, Any]:
    """What an undo did, in the shape of its preview."""
    detail = judgement.detail
    return {
        "goes": detail["first_deleted"],
        "goes_back": detail["first_put_back"],
        "stays": detail["stays"],
        "counts": {"goes": detail["deleted"], "goes_back": detail["put_back"], "stays": detail["stays_count"]},
    }


def refusal(run: ImportRun) -> str:
    """Why the load cannot be taken back as it stands, in words; empty when it can."""
    if run.dry_run:
        return _("A dry run wrote nothing.")
    if run.status in {enums.RunStatus.QUEUED, enums.RunStatus.RUNNING}:
        return _("This load is still running: cancel it first.")
    return ""


@transaction.atomic
def undo(run: ImportRun, user: Any = None, reason: str = "") -> Judgement:
    """Take the load back. Ids of what goes are kept, so that the same record comes back under the same id."""
    mapping.write_alone()
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    _check(run)
    survey = look(run)
    _check_is_left(run, survey)
    resting = _visits_of(survey)
    words = reason or "load taken back"
    with pghistory.context(user=getattr(user, "pk", None), run=run.pk, undo=run.pk, reason=words):
        done = _report(survey, _NAMED)
        detail = {
            "deleted": done["counts"]["goes"],
            "first_deleted": done["goes"],
            "put_back": done["counts"]["goes_back"],
            "first_put_back": done["goes_back"],
            "stays": done["stays"],
            "stays_count": done["counts"]["stays"],
        }
        try:
            with transaction.atomic():
                _take_back(survey)
        except IntegrityError as error:
            raise UndoRefused(_("It contradicts what was changed since: %(why)s") % {"why": _first(error)}) from error
        origins.forget_texts(survey.goes.get(models.Source, ()))
        origins.forget_visits(survey.goes.get(models.Visit, ()))
        origins.recount(resting)
        run.status = enums.RunStatus.UNDONE
        run.save(update_fields=["status"])
        return Judgement.objects.create(kind=enums.JudgementKind.UNDO, run=run, user=user, reason=reason, detail=detail)


def _visits_of(survey: Survey) -> set[int]:
    """The visits of which something goes or goes back, but that stay: they may rest on less then."""
    rows: set[Unit] = {(model, pk) for model, ids in survey.heads.items() if model in _RESTED_ON for pk in ids}
    rows |= {(put.model, put.id) for put in survey.back if put.model is models.Visit}
    above = {pk for model, pk in titles.all_records_of(rows) if model is models.Visit}
    return above - survey.goes.get(models.Visit, set())


_RESTED_ON = (
    models.Citation, models.Delegation, models.Member, models.TopicLink, models.DialogueLink,
    models.Outcome,
)  # fmt: skip


def _check(run: ImportRun) -> None:
    if why := refusal(run):
        raise UndoRefused(why)


def _check_is_left(run: ImportRun, survey: Survey) -> None:
    if run.status == enums.RunStatus.UNDONE and survey.is_empty:
        raise UndoRefused(_("This load was taken back already."))


def _first(error: Exception) -> str:
    return str(error).splitlines()[0]


def _take_back(survey: Survey) -> None:
    _put_back(survey.back)
    second_look.forget(survey.run)
    _settle_candidates(survey)
    for name in Doubt.TARGETS:
        about: Any = Doubt._meta.get_field(name).related_model
        if ids := survey.goes.get(about):
            Doubt.objects.filter(**{f"{name}__in": among(ids)}).delete()
    for model, ids in survey.goes.items():
        _retire(model, ids)
        _delete(model, ids)
    connection.check_constraints()  # here, where it can be refused, not when the transaction ends


def _put_back(puts: Iterable[Put]) -> None:
    rows: dict[type[Model], dict[int, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for put in puts:
        rows[put.model][put.id][put.column] = put.before
    for model, values in rows.items():
        by_columns: dict[tuple[str, ...], list[Model]] = defaultdict(list)
        for pk, row in model._default_manager.in_bulk(list(values)).items():
            for column, value in values[pk].items():
                setattr(row, column, value)
            by_columns[tuple(sorted(values[pk]))].append(row)
        fields = {column.attname: column.name for column in model._meta.concrete_fields}
        for columns, changed in by_columns.items():
            model._default_manager.bulk_update(changed, [fields[name] for name in columns], batch_size=500)


def _settle_candidates(survey: Survey) -> None:
    """What was taken back may come again; of what stays, and of what a person deleted, the load stays the last word."""
    mine = survey.run.candidates.all()
    undone = {"state": enums.CandidateState.UNDONE, "source": None, "claimed_by": None, "claimed_until": None}
    changed = {(put.model, put.id) for put in survey.back}
    changed |= {(model, pk) for model, ids in survey.heads.items() if model not in _CANDIDATES for pk in ids}
    touched = titles.all_records_of(changed)
    staying = titles.all_records_of(stay.unit for stay in survey.stays)
    for model, name in _CANDIDATES.items():
        gone = survey.goes.get(model, set())
        mine.filter(**{f"{name}__in": among(gone)}).exclude(state=enums.CandidateState.REJECTED).update(
            **undone, **{name: None}
        )
        others = Candidate.objects.filter(**{f"{name}__in": among(gone)})
        others.filter(state=enums.CandidateState.PENDING, action=enums.Action.CHANGE).update(action=enums.Action.CREATE)
        others.update(**{name: None})
        accepted = mine.filter(state=enums.CandidateState.ACCEPTED, type=name, **{f"{name}__isnull": False})
        accepted.filter(**{f"{name}__in": among(pk for one, pk in touched if one is model)}).update(**undone)
        kept = among(pk for one, pk in staying if one is model)
        accepted.exclude(**{f"{name}__in": kept}).update(**undone)
    mine.filter(state__in=[enums.CandidateState.PENDING, enums.CandidateState.ASIDE]).update(**undone)
    if sources := survey.goes.get(models.Source):
        Candidate.objects.filter(source__in=among(sources)).update(source=None)


def _retire(model: type[Model], ids: Iterable[int]) -> None:
    """Keep the ids of records, so that they answer 410, and come back with the record."""
    if not issubclass(model, models.bases.Record):
        return
    gone = model._default_manager.filter(pk__in=among(ids)).order_by().values_list("pk", "uid")
    rows, values = gone.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {RetiredId._meta.db_table} (record_id, uid, kind) "  # noqa: S608 - a table of ours, a QuerySet
            f"SELECT gone.*, %s FROM ({rows}) gone ON CONFLICT DO NOTHING",
            [_type(model), *values],
        )


def _delete(model: type[Model], ids: Iterable[int]) -> None:
    """One statement: the survey has found all that hangs on these rows, and the constraints hold what it has not."""
    rows: Any = model._default_manager.filter(pk__in=among(ids)).order_by()
    rows._raw_delete(rows.db)


# in words


def _type(model: type[Model]) -> str:
    return str(model._meta.model_name)


def _titled(model: type[Model], ids: list[int]) -> list[tuple[int, str]]:
    words = titles.titles(model, ids)
    return [(pk, words.get(pk, "")) for pk in ids]


def _shown(survey: Survey) -> list[Put]:
    return [put for put in survey.back if put.column not in _SEEN]


def _counts(survey: Survey) -> dict[str, Any]:
    return {
        "goes": {_type(model): len(ids) for model, ids in survey.heads.items()},
        "goes_back": len(_shown(survey)),
        "stays": len(survey.stays),
    }


def _going_back(puts: list[Put]) -> list[dict[str, Any]]:
    above = titles.all_records_of((put.model, put.id) for put in puts)
    records = {(put.model, put.id): record for put, record in zip(puts, above, strict=True)}
    words = titles.titles_of(records.values())
    values = titles.titles_of(filter(None, (_named(put, put.before) or None for put in puts)))
    values |= titles.titles_of(filter(None, (_named(put, put.after) or None for put in puts)))
    shown = []
    for put in puts:
        model, pk = records[put.model, put.id]
        shown.append(
            {
                "type": _type(model),
                "id": pk,
                "title": words.get((model, pk), ""),
                "part": "" if put.model is model else str(put.model._meta.verbose_name),
                "field": put.column.removesuffix("_id"),
                "before": _value(put, put.before, values),
                "after": _value(put, put.after, values),
            }
        )
    return shown


def _named(put: Put, value: Any) -> tuple[type[Model], int] | None:
    """The row that a foreign key names."""
    column = next(one for one in put.model._meta.concrete_fields if one.attname == put.column)
    return (column.related_model, value) if column.is_relation and value is not None else None  # type: ignore[return-value]


def _value(put: Put, value: Any, values: dict[Any, str]) -> str:
    return values.get(_named(put, value), "" if value is None else str(value))


def _staying(stays: list[Stay]) -> list[dict[str, Any]]:
    above = titles.all_records_of(stay.unit for stay in stays)
    words = titles.titles_of([*above, *(stay.because for stay in stays if stay.because)])

    def one(model: type[Model], pk: int) -> dict[str, Any]:
        return {"type": _type(model), "id": pk, "title": words.get((model, pk), "")}

    return [
        {**one(*record), "why": _why(stay, record), "because": one(*stay.because) if stay.because else None}
        for stay, record in zip(stays, above, strict=True)
    ]


def _why(stay: Stay, record: tuple[type[Model], int]) -> str:
    """The reason; of a row that was added to a record, with what it is."""
    if stay.unit == record:
        return stay.why
    return f"{stay.unit[0]._meta.verbose_name}: {stay.why}"
