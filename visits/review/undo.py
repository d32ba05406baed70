"""Taking a run back: what it created goes, what it changed goes back; what people or later runs rely on stays."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import pghistory
from django.db import transaction
from django.db.models import DO_NOTHING, SET_NULL, Exists, Model, OuterRef, Q
from django.utils.translation import gettext as _

from visits import enums, mapping, models
from visits.mapping import KINDS, Node
from visits.models import Candidate, ImportRun, Judgement, RetiredId

_ENTITIES = (models.Official, models.Post, models.Organization, models.City, models.Trip, models.Source)


class UndoRefused(Exception):
    """The run cannot be taken back; the message is for a person."""


class _Survey:
    """What a run did, and what of it can be taken back."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.candidates = list(Candidate.objects.filter(run=run, state=enums.CandidateState.ACCEPTED).order_by("-pk"))
        self.goes: dict[str, list[int]] = defaultdict(list)
        self.stays: list[dict[str, Any]] = []
        self.back: list[tuple[Candidate, dict[str, Any]]] = []
        self.gone: list[tuple[Candidate, dict[str, Any]]] = []
        self._look()

    def _look(self) -> None:
        created: dict[str, dict[int, Candidate]] = defaultdict(dict)
        for candidate in self.candidates:
            target = getattr(candidate, f"{candidate.type}_id")
            if target is None:
                continue
            if candidate.action == enums.Action.CREATE:
                created[candidate.type][target] = candidate
            else:
                self._changes(candidate)
        for kind, by_id in created.items():
            trees = mapping.fetch(kind, by_id)
            later = self._touched_later(kind, by_id)
            for pk, tree in trees.items():
                if why := _why_stays(tree, later.get(pk)):
                    self.stays.append({"type": kind, "id": pk, "why": why})
                else:
                    self.goes[kind].append(pk)

    def _touched_later(self, kind: str, ids: Iterable[int]) -> dict[int, int]:
        later = Candidate.objects.filter(
            ~Q(run=self.run), state=enums.CandidateState.ACCEPTED, **{f"{kind}__in": list(ids)}
        )
        return dict(later.values_list(f"{kind}_id", "run_id"))

    def _changes(self, candidate: Candidate) -> None:
        for entry in candidate.difference:
            if entry.get("conflict"):
                continue
            (self.gone if "added" in entry else self.back).append((candidate, entry))


def _why_stays(tree: Node, later_run: int | None) -> str:
    if any(node.locked for node in tree.walk()):
        return _("somebody edited it")
    if later_run:
        return _("load %(run)s changed it later") % {"run": later_run}
    return ""


def preview(run: ImportRun, limit: int = 200) -> dict[str, Any]:
    """What an undo would do, as data for a page; of each list the first `limit`, all of them in `counts`.

    `goes`       {type: [(id, title)]}: what the run made and nobody relies on
    `goes_back`  [{type, id, title, part, field, before, after}]: fields that get the value from before the run;
                 type and id are of the record, `part` is the row in it ("" for the record itself)
    `stays`      [{type, id, title, why, because: {type, id, title} | None}]
    `counts`     {"goes": {type: number}, "goes_back": number, "stays": number}
    """
    survey = _Survey(run)
    back = [
        {
            "type": candidate.type,
            "id": getattr(candidate, f"{candidate.type}_id"),
            "title": str(candidate.target),
            "part": "" if entry["model"] == candidate.type else entry["model"],
            "field": entry["field"],
            "before": str(entry["before"] or ""),
            "after": str(entry["after"] or ""),
        }
        for candidate, entry in survey.back[:limit]
    ]
    return {
        "goes": {kind: _titled(kind, ids[:limit]) for kind, ids in survey.goes.items()},
        "goes_back": back,
        "stays": [
            {**one, "title": dict(_titled(one["type"], [one["id"]])).get(one["id"], ""), "because": None}
            for one in survey.stays[:limit]
        ],
        "counts": {
            "goes": {kind: len(ids) for kind, ids in survey.goes.items()},
            "goes_back": len(survey.back),
            "stays": len(survey.stays),
        },
    }


def _titled(kind: str, ids: list[int]) -> list[tuple[int, str]]:
    rows = KINDS[kind].model._default_manager.in_bulk(ids)
    return [(pk, str(rows[pk])) for pk in ids if pk in rows]


@transaction.atomic
def undo(run: ImportRun, user: Any = None, reason: str = "") -> Judgement:
    """Take the run back. Ids of what goes are kept, so that the same record comes back under the same id."""
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.status == enums.RunStatus.UNDONE:
        raise UndoRefused(_("This load was taken back already."))
    if run.status in {enums.RunStatus.QUEUED, enums.RunStatus.RUNNING}:
        raise UndoRefused(_("This load is still running: cancel it first."))
    survey = _Survey(run)
    with pghistory.context(user=getattr(user, "pk", None), run=run.pk, reason=reason or "load taken back"):
        for candidate, entry in survey.back:
            _put_back(candidate, entry, survey)
        for candidate, entry in survey.gone:
            _remove_added(candidate, entry, survey)
        models.Citation.objects.filter(created_by_run=run).exclude(_kept(survey)).delete()
        for kind, ids in survey.goes.items():
            _delete(KINDS[kind].model, ids)
        staying = {(one["type"], one["id"]) for one in survey.stays}
        undone = [
            candidate.pk
            for candidate in survey.candidates
            if (candidate.type, getattr(candidate, f"{candidate.type}_id")) not in staying
        ]
        Candidate.objects.filter(Q(pk__in=undone) | Q(run=run, state=enums.CandidateState.PENDING)).update(
            state=enums.CandidateState.UNDONE, source=None
        )
        deleted = Counter({kind: len(ids) for kind, ids in survey.goes.items()})
        deleted.update(_remove_entities(run))
        run.status = enums.RunStatus.UNDONE
        run.save(update_fields=["status"])
        detail = {
            "deleted": deleted,
            "put_back": len(survey.back),
            "stays": survey.stays,
        }
        return Judgement.objects.create(kind=enums.JudgementKind.UNDO, run=run, user=user, reason=reason, detail=detail)


def _put_back(candidate: Candidate, entry: dict[str, Any], survey: _Survey) -> None:
    """The value before, if nobody changed or locked the field since."""
    kind = KINDS[entry["model"]]
    row = kind.model._default_manager.filter(pk=entry["id"]).first()
    column = entry["field"] if entry["field"] in kind.columns else f"{entry['field']}_id"
    if row is None:
        return
    if entry["field"] in getattr(row, "locked_fields", ()) or getattr(row, column) != entry["after"]:
        target = getattr(candidate, f"{candidate.type}_id")
        survey.stays.append({"type": candidate.type, "id": target, "why": _("%(field)s was changed since") % entry})
        return
    setattr(row, column, entry["before"])
    row.save(update_fields=[kind.model._meta.get_field(entry["field"]).name])


def _remove_added(candidate: Candidate, entry: dict[str, Any], survey: _Survey) -> None:
    kind = KINDS[entry["model"]]
    row = kind.model._default_manager.filter(pk=entry["id"]).first()
    if row is None:
        return
    if getattr(row, "locked_fields", ()):
        target = getattr(candidate, f"{candidate.type}_id")
        survey.stays.append({"type": candidate.type, "id": target, "why": _("somebody edited a row of it")})
        return
    _delete(kind.model, [entry["id"]])


def _kept(survey: _Survey) -> Q:
    """Citations of records that stay, whole."""
    kept = Q(pk__in=[])
    for one in survey.stays:
        node = mapping.fetch(one["type"], [one["id"]]).get(one["id"])
        for part in node.walk() if node else ():
            if part.kind.name in models.evidence.TARGETS:
                kept |= Q(**{f"{part.kind.name}_id": part.id})
    return kept


def _delete(model: type[Model], ids: list[int]) -> None:
    """Delete rows and what hangs on them; keep the ids of those that have uids."""
    kind = model._meta.model_name or ""
    if model is models.Visit:
        alone = models.Meeting.objects.filter(visits__in=ids).exclude(
            pk__in=models.MeetingVisit.objects.exclude(visit__in=ids).values("meeting")
        )
        _delete(models.Meeting, list(alone.values_list("pk", flat=True)))
    if issubclass(model, models.bases.Record):
        rows = model._default_manager.filter(pk__in=ids).values_list("pk", "uid")
        RetiredId.objects.bulk_create(
            [RetiredId(kind=kind, record_id=pk, uid=uid) for pk, uid in rows], ignore_conflicts=True
        )
    if model in {models.Visit, models.Meeting}:
        for name in (models.Delegation, models.Outcome):
            owned = name._default_manager.filter(**{f"{kind}__in": ids}).values_list("pk", "uid")
            RetiredId.objects.bulk_create(
                [RetiredId(kind=name._meta.model_name or "", record_id=pk, uid=uid) for pk, uid in owned],
                ignore_conflicts=True,
            )
    model._default_manager.filter(pk__in=ids).delete()


def _remove_entities(run: ImportRun) -> dict[str, int]:
    """Officials, posts, sources ... that the run brought and nothing refers to any more."""
    removed = {}
    for model in _ENTITIES:
        free = model._default_manager.filter(created_by_run=run, locked_fields=[])
        for relation in model._meta.related_objects:
            if _holds(relation):
                uses = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
                free = free.exclude(Exists(uses))
        ids = list(free.values_list("pk", flat=True))
        _delete(model, ids)
        if ids:
            removed[model._meta.model_name or ""] = len(ids)
    return removed


def _holds(relation: Any) -> bool:
    """Whether a row that refers to an entity needs it: its own names, and its history, do not."""
    model = relation.related_model
    on_delete = getattr(relation, "on_delete", None)
    return not issubclass(model, models.bases.OtherName) and on_delete not in {DO_NOTHING, SET_NULL}
