"""Accept and reject: a decision writes the record and its judgement in one transaction."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import pghistory
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from visits import dates, enums, mapping, models, record, validation
from visits.mapping import Proposal, known_visits
from visits.matching import Matcher
from visits.models import Candidate, Doubt, ImportRun, Judgement
from visits.retold import kept

from . import corrections, queue


class DecisionRefused(Exception):
    """The candidate cannot be decided like this; the message is for a person."""


def write(proposals: Sequence[Proposal], *, run: ImportRun | None, state: str) -> None:
    """Bring in the clean part of these proposals, with their doubts, in the caller's transaction."""
    mapping.write([proposal.plan for proposal in proposals], run=run, state=state)
    mapping.write_spellings(mapping.spellings_of(proposals))
    Doubt.objects.bulk_create([doubt for proposal in proposals for doubt in _doubts(proposal)])


def _doubts(proposal: Proposal) -> list[Doubt]:
    """Doubts about the written rows: of a match at the person it is about, all others at the record."""
    plan = proposal.plan
    fresh = {id(child) for child, _parent in plan.added}
    by_path = {node.path: node for node in plan.wanted.walk()}
    doubts = []
    open_matches = {}
    for match in proposal.matches:
        node = by_path.get(match.path)
        if match.reference is None and node is not None and node.kind.name in {"member", "participant"}:
            reason = f"{match.printed}: {'; '.join(match.reasons)}"
            open_matches[f"{match.answer}-person", reason] = node
            if (plan.present is None or id(node) in fresh) and node.id:
                doubts.append(Doubt(code=f"{match.answer}-person", reason=reason, **{f"{node.kind.name}_id": node.id}))
    if plan.present is None and plan.root.kind.name in Doubt.TARGETS:
        doubts += [
            Doubt(code=code, reason=reason, **{f"{plan.root.kind.name}_id": plan.root.id})
            for code, reason in proposal.doubts
            if (code, reason) not in open_matches
        ]
    return doubts


def proposal_of(candidate: Candidate) -> Proposal | None:
    """The candidate matched and compared anew; None when its text held no record."""
    return next(iter(proposals_of([candidate])), None)


def proposals_of(candidates: Iterable[Candidate], matcher: Matcher | None = None) -> list[Proposal]:
    """The candidates matched and compared anew in one batch: of several for one record the last."""
    last = {candidate.key: candidate for candidate in candidates if candidate.record}
    items = []
    for candidate in last.values():
        doubts = [(one["code"], one["reason"]) for one in candidate.doubts if not _is_of_matching(one["code"])]
        items.append((record.parse(candidate.record), candidate.key, doubts))
    with kept():  # its reasons and doubts are
        return mapping.propose(items, matcher or Matcher())


def _is_of_matching(code: str) -> bool:
    """Whether a doubt comes anew whenever its record is matched."""
    return code.endswith("-person") or code == known_visits.QUESTION


def accept(
    candidate: Candidate,
    user: Any,
    reason: str = "",
    *,
    item: dict[str, Any] | None = None,
    take: Collection[str] = (),
) -> Judgement:
    """Write what the candidate proposes; a new record goes to review, and a reviewer publishes it.

    `item` replaces the candidate's record by one that the editor mended; the judgement keeps what was proposed. A
    person's decision overrides locks. Of another account of a known visit that holds for what is named in `take`
    alone (`Change.name`, or the path of a row): all else that it contradicts, or that is locked, stays as it is.
    """
    try:
        return _accept(candidate, user, reason, item, take)
    except _Outdated:
        refresh(Candidate.objects.filter(pk=candidate.pk, state=enums.CandidateState.PENDING))
        raise


class _Outdated(DecisionRefused):
    """What is known changed since the candidate was compared with it."""


@transaction.atomic
def _accept(
    candidate: Candidate, user: Any, reason: str, item: dict[str, Any] | None, take: Collection[str]
) -> Judgement:
    candidate = _pending(candidate, user)
    _alone_with_its_pair(candidate)
    proposed = candidate.record
    if item is not None:
        candidate.record = item
    proposal = proposal_of(candidate)
    if proposal is None:
        raise DecisionRefused(_("This text holds no record to accept: reject it, or enter the record by hand."))
    if proposal.item.edit and proposal.plan.present is None:
        raise DecisionRefused(_("The record that this edits is gone: reject it."))
    if faults := validation.faults(proposal.item, Matcher().codes):
        raise DecisionRefused(" ".join(f"{fault.field}: {fault.detail}" for fault in faults))
    if proposal.account:
        _check_account(candidate, proposal)
    if proposal.account and proposal.account.visit:
        mapping.take(proposal.plan, take)
        _check_order(proposal)
    else:
        _override_conflicts(proposal)
    with pghistory.context(user=getattr(user, "pk", None), run=candidate.run_id, reason=reason or "candidate accepted"):
        write([proposal], run=candidate.run, state=enums.State.IN_REVIEW)
        link_to(_uids(proposal))
        candidate.state = enums.CandidateState.ACCEPTED
        candidate.claimed_by = candidate.claimed_until = None
        candidate.difference = proposal.difference()
        setattr(candidate, f"{candidate.type}_id", proposal.plan.root.id)
        candidate.save()
        judgement = Judgement.objects.create(
            kind=enums.JudgementKind.ACCEPT,
            candidate=candidate,
            run=candidate.run,
            user=user,
            reason=reason,
            detail={"proposed": _without_text(proposed)} if candidate.record != proposed else {},
        )
        corrections.keep(judgement, proposed, candidate.record)
        if candidate.visit:
            look_again([candidate.visit])
        return judgement


_PAIRS = 7_302_614


def _alone_with_its_pair(candidate: Candidate) -> None:
    """Two stories of one guest and host are accepted one after the other: the second finds what the first brought."""
    if candidate.type == enums.RecordType.VISIT and candidate.record:
        sides = [candidate.record.get(role, {}).get("country") or "" for role in ("guest", "host")]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_PAIRS, " ".join(sides)])


def _check_account(candidate: Candidate, proposal: Proposal) -> None:
    """Nothing is accepted before an editor said which visit it tells of, nor as what nobody has seen."""
    account = proposal.account
    if account is None:
        return
    if account.asks:
        raise _Outdated(_("Say first which visit it tells of. %(question)s") % {"question": account.question})
    if account.visit != candidate.visit_id:
        raise _Outdated(
            _("Meanwhile a visit is known that it tells of (%(visit)s): look at the difference first.")
            % {"visit": account.printed}
        )


def _check_order(proposal: Proposal) -> None:
    """A stay that was put together from two accounts begins before it ends."""
    values = dict(proposal.plan.root.values)
    values |= {c.column: c.after for c in proposal.plan.clean if c.node is proposal.plan.root}
    try:
        dates.check_order(values["start"], values["end"])
    except dates.DateError as error:
        raise DecisionRefused(str(error)) from error


# stories that wait while a visit becomes known


def look_again(visits: Iterable[models.Visit]) -> None:
    """Compare the waiting stories of the same guest and host anew: these visits may be what they tell of."""
    pairs = {(visit.guest_country_id, visit.host_country_id) for visit in visits}
    waiting = _waiting_stories()
    which = Q(pk__in=[])
    for guest, host in pairs:
        which |= Q(record__host__country=host, **({"record__guest__country": guest} if guest else {}))
    refresh(waiting.filter(which))


def look_again_after(run: ImportRun) -> None:
    """The same for all visits that a load brought."""
    if _waiting_stories().exists():
        brought = models.Visit.objects.filter(created_by_run=run).order_by().distinct("guest_country", "host_country")
        look_again(brought.only("guest_country", "host_country"))


def _waiting_stories() -> QuerySet[Candidate]:
    waiting = Candidate.objects.filter(state=enums.CandidateState.PENDING, type=enums.RecordType.VISIT)
    return waiting.filter(record__sources__0__has_key="text")


def refresh(candidates: Iterable[Candidate]) -> None:
    """Match and compare waiting stories anew, and keep what came of it."""
    by_key = {candidate.key: candidate for candidate in candidates}
    changed = []
    for proposal in proposals_of(by_key.values()):
        candidate = by_key.get(proposal.uid)
        if candidate is None or proposal.type != enums.RecordType.VISIT:
            continue
        candidate.action, candidate.difference = proposal.action, proposal.difference()
        candidate.visit_id = proposal.plan.present.id if proposal.plan.present else None
        candidate.matches = [match.as_dict() for match in proposal.matches]
        candidate.doubts = [{"code": code, "reason": why} for code, why in proposal.doubts]
        changed.append(candidate)
    Candidate.objects.bulk_update(changed, ["action", "difference", "visit", "matches", "doubts"], batch_size=_AT_ONCE)


def _without_text(data: dict[str, Any]) -> dict[str, Any]:
    """A record whose sources leave their text to the tracker's own."""
    sources = [{key: value for key, value in one.items() if key != "text"} for one in data.get("sources", ())]
    return {**data, "sources": sources}


def _override_conflicts(proposal: Proposal) -> None:
    plan = proposal.plan
    for change in plan.changes:
        change.conflict = False
    for child, parent in plan.withheld:
        plan.add(child, parent)
    plan.withheld = []


# Which other records a record names by uid: these may come after it.
_NAMED = " || ".join(
    f"jsonb_path_query_array(record, '{path}')"
    for path in (
        "$.accompanies",
        "$.visits[*]",
        "$.outcomes[*].fulfilled_by",
        "$.meetings[*].outcomes[*].fulfilled_by",
    )
)
_AT_ONCE = 500


def _uids(proposal: Proposal) -> set[uuid.UUID]:
    """The records that a proposal wrote and that others may name: its own and its meetings."""
    return {node.uid for node in proposal.plan.wanted.walk() if node.uid and node.kind.name in {"visit", "meeting"}}


def link_to(uids: Collection[uuid.UUID]) -> None:
    """Link the records that were accepted before these records came, and that name them by uid."""
    _link(_accepted().extra(where=[f"({_NAMED}) ?| %s"], params=[[str(uid) for uid in uids]]))  # noqa: S610 - no input


def link_run(run: ImportRun) -> None:
    """Link what a load brought to what came later in it, and what earlier loads brought to what it brought."""
    _link(_accepted().filter(run=run).extra(where=[f"({_NAMED}) <> '[]'"]))  # noqa: S610 - no input
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT jsonb_array_elements_text({_NAMED}) FROM {Candidate._meta.db_table} "  # noqa: S608
            "WHERE state = %s AND run_id <> %s",
            [enums.CandidateState.ACCEPTED, run.pk],
        )
        named = [uuid.UUID(uid) for (uid,) in cursor]
    came = set()
    for model in (models.Visit, models.Meeting):
        came |= set(model._default_manager.filter(uid__in=named, created_by_run=run).values_list("uid", flat=True))
    if came:
        link_to(came)


def _accepted() -> QuerySet[Candidate]:
    return Candidate.objects.filter(state=enums.CandidateState.ACCEPTED)


def _link(candidates: QuerySet[Candidate]) -> None:
    matcher = Matcher()  # one for all: links change nothing that it knows
    for some in _batched(candidates.iterator(chunk_size=_AT_ONCE)):
        mapping.link_later([proposal.plan for proposal in proposals_of(some, matcher)])


def _batched(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    iterator = iter(candidates)
    while batch := list(islice(iterator, _AT_ONCE)):
        yield batch


@transaction.atomic
def reject(candidate: Candidate, user: Any, reason: str = "") -> Judgement:
    """Write nothing; the same input does not come back."""
    candidate = _pending(candidate, user)
    candidate.state = enums.CandidateState.REJECTED
    candidate.claimed_by = candidate.claimed_until = None
    candidate.save(update_fields=["state", "claimed_by", "claimed_until"])
    judgement = Judgement.objects.create(
        kind=enums.JudgementKind.REJECT, candidate=candidate, run=candidate.run, user=user, reason=reason
    )
    corrections.keep(judgement, candidate.record, None)
    return judgement


def _pending(candidate: Candidate, user: Any) -> Candidate:
    rows = models.Candidate.objects.select_related("claimed_by").annotate(is_claimed=queue.CLAIMED)
    candidate = rows.select_for_update(of=("self",)).get(pk=candidate.pk)
    if candidate.state != enums.CandidateState.PENDING:
        state = candidate.get_state_display()
        raise DecisionRefused(_("Somebody decided this already: %(state)s.") % {"state": state})
    if (other := queue.other_at(candidate, user)) is not None:
        raise DecisionRefused(_("%(user)s is at it: take the next one.") % {"user": other})
    return candidate
