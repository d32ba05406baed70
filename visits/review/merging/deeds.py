"""Merging, taking a merge back, and saying that two records are never the same: each one transaction, one judgement."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from visits import mapping, merged
from visits.enums import JudgementKind
from visits.models import Judgement, RetiredId, Suggestion
from visits.retold import kept as kept_words
from visits.review import titles

from . import steps
from .planning import Plan, plan
from .rules import KINDS

_NAMED = 200  # of what stays, in the detail of a judgement


class MergeRefused(Exception):
    """It cannot be done like this; the message is for a person."""


@transaction.atomic
def merge(one: Model, other: Model, user: Any, reason: str = "") -> Judgement:
    """Make two records one: the older id stays, the other leads to it, the locks of both hold."""
    mapping.write_alone()
    found = planned(one, other, lock=True)
    kind = _kind(found.model)
    with kept_words():
        words = titles.titles(found.model, [found.kept, found.dropped])
        why = _("%(dropped)s merged into %(kept)s") % {"dropped": words[found.dropped], "kept": words[found.kept]}
    with _deed(user, f"{why}: {reason}" if reason else why):
        steps.take(found.steps)
        # Seen in the history of the record that stays, even if nothing of its own changed.
        found.model._default_manager.filter(pk=found.kept).update(uid=_uid(found))
    Suggestion.objects.filter(kind=kind, first__in=[found.kept, found.dropped], second=found.dropped).delete()
    Suggestion.objects.filter(kind=kind, first=found.dropped).delete()
    moved = steps.plain(found.steps)
    detail = {"kind": kind, "kept": found.kept, "dropped": found.dropped, "moved": moved}
    detail["titles"] = [words[found.kept], words[found.dropped]]
    return Judgement.objects.create(kind=JudgementKind.MERGE, user=user, reason=reason, detail=detail)


def planned(one: Model, other: Model, *, lock: bool = False) -> Plan:
    """The plan of a merge; MergeRefused when there cannot be one."""
    model = type(one)
    if type(other) is not model or model not in KINDS.values():
        raise MergeRefused(_("Only two officials, two organizations, two posts or two topics can be merged."))
    ids = sorted((one.pk, other.pk))
    if ids[0] == ids[1]:
        raise MergeRefused(_("This is one record already."))
    rows = model._default_manager.filter(pk__in=ids).order_by("pk")
    there = set((rows.select_for_update(of=("self",)) if lock else rows).values_list("pk", flat=True))
    for record in (one, other):
        if record.pk not in there:
            raise MergeRefused(_absent(record))
    if (judged := merged.different(model).get((ids[0], ids[1]))) is not None:
        words = {"who": judged.user or judged.rule, "when": f"{judged.created_at:%Y-%m-%d}"}
        raise MergeRefused(_("%(who)s said on %(when)s that they are never the same: take that back first.") % words)
    return plan(model, *ids)


def _absent(record: Model) -> str:
    heir = merged.heir(type(record), record.pk)
    if heir is None:
        return _("%(record)s has been deleted.") % {"record": record}
    return _("%(record)s has been merged already, into number %(heir)s.") % {"record": record, "heir": heir}


def _kind(model: type[Model]) -> str:
    return str(model._meta.model_name)


def _uid(found: Plan) -> Any:
    return found.model._default_manager.values_list("uid", flat=True).get(pk=found.kept)


@contextmanager
def _deed(user: Any, reason: str) -> Iterator[None]:
    """One deed in the history; what the database refuses is said in words."""
    try:
        with transaction.atomic(), pghistory.context(user=getattr(user, "pk", None), reason=reason, merge=True):
            yield
            connection.check_constraints()  # here, where it can be refused, not when the transaction ends
    except IntegrityError as error:
        why = str(error).splitlines()
        raise MergeRefused(
            _("It contradicts what is there by now: %(why)s") % {"why": why[-1] if len(why) > 1 else why[0]}
        ) from error


# taking back


def done(kind: str = "") -> list[Judgement]:
    """The merges that stand, newest first; of one kind, if it is given."""
    rows = Judgement.objects.filter(kind=JudgementKind.MERGE).exclude(pk__in=merged.taken_back())
    rows = rows.filter(detail__kind=kind) if kind else rows
    return list(rows.select_related("user").order_by("-pk"))


def into(record: Model) -> list[Judgement]:
    """The merges that stand and that made this record what it is."""
    kind = _kind(type(record))
    return [one for one in done(kind) if one.detail["kept"] == record.pk] if kind in KINDS else []


@transaction.atomic
def unmerge(judgement: Judgement, user: Any, reason: str = "") -> Judgement:
    """Make of one record the two that it was. What was changed since in contradiction stays, and is named."""
    mapping.write_alone()
    _check_stands(judgement)
    detail = judgement.detail
    model = KINDS[detail["kind"]]
    later = [one for one in done() if one.pk > judgement.pk]
    _check_kept(judgement, model, later)
    if blocking := next((one for one in later if _relies(one, judgement)), None):
        words = {"dropped": blocking.detail["titles"][1], "kept": blocking.detail["titles"][0]}
        raise MergeRefused(
            _("%(dropped)s was merged into %(kept)s later, which builds on this: take that merge back first.") % words
        )
    locked = {
        (step["model"], step["id"], name)
        for one in later
        for step in one.detail["moved"]
        if step["do"] == "lock"
        for name in step["from"]
    }
    kept, dropped = detail["titles"]
    with kept_words():
        why = _("%(dropped)s taken out of %(kept)s") % {"dropped": dropped, "kept": kept}
    with _deed(user, f"{why}: {reason}" if reason else why):
        found = steps.take_back(detail["moved"], locked)
    undone = {
        "judgement": judgement.pk,
        **{name: detail[name] for name in ("kind", "kept", "dropped", "titles")},
        "back": dict(+found.back),
        "gone": dict(+found.gone),
        "stays": _staying(found),
        "stays_count": len(found.stays),
    }
    return Judgement.objects.create(kind=JudgementKind.UNDO, user=user, reason=reason, detail=undone)


def rehearse_unmerge(judgement: Judgement) -> dict[str, Any]:
    """What taking a merge back would do, as the detail of its judgement; MergeRefused when it would be refused."""
    with transaction.atomic():
        detail: dict[str, Any] = unmerge(judgement, None).detail
        transaction.set_rollback(True)
    return detail


def _check_stands(judgement: Judgement) -> None:
    judgement = Judgement.objects.get(pk=judgement.pk)
    if judgement.kind != JudgementKind.MERGE:
        raise MergeRefused(_("This is no merge."))
    if judgement.pk in merged.taken_back():
        raise MergeRefused(_("This merge was taken back already."))


def _check_kept(judgement: Judgement, model: type[Model], later: list[Judgement]) -> None:
    kept = judgement.detail["kept"]
    rows = model._default_manager.filter(pk=kept)
    if rows.select_for_update(of=("self",)).order_by().values_list("pk", flat=True).first():
        return
    title = judgement.detail["titles"][0]
    retired = RetiredId.objects.filter(kind=_kind(model), record_id=kept).first()
    into = next((one for one in later if one.detail["dropped"] == kept and one.detail["kind"] == _kind(model)), None)
    if retired and retired.merged_into and into:
        words = {"kept": title, "into": into.detail["titles"][0]}
        raise MergeRefused(_("%(kept)s was itself merged into %(into)s later: take that merge back first.") % words)
    raise MergeRefused(_("%(kept)s has been deleted since: there is nothing to take apart.") % {"kept": title})


def _relies(later: Judgement, earlier: Judgement) -> bool:
    """Whether a later merge took away what this one left, moved or filled, or leads to what it moved."""
    touched: set[tuple[str, int]] = set()
    came: set[tuple[str, int]] = set()
    filled: set[tuple[str, int, str]] = set()
    for step in earlier.detail["moved"]:
        match step["do"]:
            case "move":
                came |= {(step["model"], pk) for pk in step["ids"]}
            case "add":
                came.add((step["model"], step["id"]))
            case "set":
                filled.add((step["model"], step["id"], step["column"]))
            case "delete":
                touched.add((step["model"], step["heir"]))
    for step in later.detail["moved"]:
        if step["do"] == "delete":
            if (step["model"], step["row"]["id"]) in touched | came or (step["model"], step["heir"]) in came:
                return True
        elif step["do"] == "set" and (step["model"], step["id"], step["column"]) in filled:
            return True
    return False


def _staying(found: steps.Return) -> list[dict[str, Any]]:
    shown = found.stays[:_NAMED]
    above = titles.all_records_of(unit for unit, _why in shown)
    words = titles.titles_of(above)
    return [
        {"type": _kind(model), "id": pk, "title": words.get((model, pk), ""), "why": why}
        for (model, pk), (_unit, why) in zip(above, shown, strict=True)
    ]


# never the same


@transaction.atomic
def call_different(one: Model, other: Model, user: Any, reason: str = "") -> Judgement:
    """Say that two records are never the same: nobody is asked again, and they cannot be merged."""
    mapping.write_alone()
    found = planned(one, other, lock=True)
    detail = {"kind": _kind(found.model), "ids": [found.kept, found.dropped]}
    detail["titles"] = [str(record) for record in sorted((one, other), key=lambda record: record.pk)]
    Suggestion.objects.filter(kind=detail["kind"], first=found.kept, second=found.dropped).delete()
    return Judgement.objects.create(kind=JudgementKind.DIFFERENT, user=user, reason=reason, detail=detail)


@transaction.atomic
def take_back_different(judgement: Judgement, user: Any, reason: str = "") -> Judgement:
    mapping.write_alone()
    if judgement.kind != JudgementKind.DIFFERENT:
        raise MergeRefused(_("This is no such judgement."))
    if judgement.pk in merged.taken_back():
        raise MergeRefused(_("This was taken back already."))
    detail = {"judgement": judgement.pk, "kind": judgement.detail["kind"], "ids": judgement.detail["ids"]}
    detail["titles"] = judgement.detail["titles"]
    return Judgement.objects.create(kind=JudgementKind.UNDO, user=user, reason=reason, detail=detail)
