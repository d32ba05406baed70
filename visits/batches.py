"""One batch of a load in one transaction: its records, candidates, judgements, problems and the run's counts."""

from collections.abc import Sequence

import pghistory
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from . import enums, models
from .imports import runs
from .imports.reading import InputRow
from .mapping import Proposal, write_alone, write_planned
from .mapping.carrying import Carried
from .matches import Planned
from .matching import Matcher
from .models import Candidate, ImportProblem, ImportRun, Judgement
from .models.copying import copy_objects, copy_rows
from .previews import COUNTERS, Rehearsal, Written
from .record import SourceRef, uid_for
from .review import decide, triage, worth

_PATIENCE = 3  # so often a batch that met a deadlock is tried again
_DEADLOCK = "40P01"


class GaveWay(Exception):
    """Somebody waits to save a record that the dry run holds."""


def bring_in(
    run: ImportRun, batch: Sequence[runs.Numbered], carried: Carried, rehearsal: Rehearsal | None = None
) -> None:
    """One transaction; when the database refuses it, each row alone, so that one bad row stops no other."""
    try:
        written = _write_patiently(run, batch, carried)
    except IntegrityError as error:
        if len(batch) > 1:
            for numbered in batch:
                bring_in(run, [numbered], carried, rehearsal)
            return
        row = batch[0].row
        detail = str(error).splitlines()[0]
        row.problem("", "", "refused-by-database", _("The database refuses it: %(detail)s") % {"detail": detail})
        written = _write_patiently(run, batch, carried)
    if rehearsal:
        rehearsal.note(batch, written)
        rehearsal.progress()
        if rehearsal.is_in_the_way():
            raise GaveWay


def _write_patiently(run: ImportRun, batch: Sequence[runs.Numbered], carried: Carried) -> Written:
    """The batch, again after a deadlock with somebody's edit; the run's counts are as before when it fails."""
    before = {name: getattr(run, name) for name in COUNTERS}
    for attempt in range(_PATIENCE):
        try:
            return _write_batch(run, batch, carried)
        except (IntegrityError, OperationalError) as error:
            carried.forget()
            for name, value in before.items():
                setattr(run, name, value)
            if getattr(error.__cause__, "sqlstate", "") != _DEADLOCK or attempt + 1 == _PATIENCE:
                raise
    raise AssertionError


@transaction.atomic
def _write_batch(run: ImportRun, batch: Sequence[runs.Numbered], carried: Carried) -> Written:
    write_alone()
    result, matcher = runs.propose_batch(batch, carried.take())
    run.read += runs.weight(batch)
    run.duplicates += runs.weight(result.duplicates)
    run.unchanged += runs.weight(one for one, _proposal in result.unchanged)
    run.rejected += runs.weight(result.rejected)
    problems = ImportProblem.objects.bulk_create(runs.problems_of(run, batch))
    trusted = triage.trusted_datasets()
    judged = [(one, proposal, triage.verdict(proposal, run, trusted)) for one, proposal in result.fresh]
    for numbered, proposal, rule in judged:
        if not rule.accepts:
            run.review += numbered.row.weight
        elif proposal.plan.present is None:
            run.created += numbered.row.weight
        else:
            run.changed += numbered.row.weight
    run.review += len(result.nothing)
    with pghistory.context(run=run.pk, user=run.user_id, reason="load"):
        written, candidates = _bring_in(run, judged, trusted)
        _keep_documents(run, result.nothing, matcher)
    carried.keep(matcher, written)
    connection.check_constraints()  # here, where a row that is refused is known, not when the transaction ends
    if not run.dry_run:
        run.save(update_fields=COUNTERS)
    return Written(result, problems, [(pair[1], candidate) for pair, candidate in zip(judged, candidates, strict=True)])


Judged = Sequence[tuple[runs.Numbered, Proposal, triage.Rule]]


def _bring_in(run: ImportRun, judged: Judged, trusted: frozenset[str]) -> tuple[list[Proposal], list[Candidate]]:
    """Write what the rules accept (it is answered), and a candidate with its judgement for each proposal."""
    accepted = [proposal for _n, proposal, rule in judged if rule.accepts or triage.is_trusted(proposal, run, trusted)]
    decide.write(accepted, run=run, state=enums.State.PUBLISHED)
    write_planned((proposal.source for _n, proposal, _rule in judged), run)
    candidates = []
    for numbered, proposal, rule in judged:
        candidate = runs.candidate_of(run, numbered, proposal)
        candidate.difference = proposal.difference()
        candidate.reasons = [{"rule": rule.name, "reason": rule.reason}]
        if proposal.plan.root.id:
            setattr(candidate, f"{candidate.type}_id", proposal.plan.root.id)
        candidate.state = enums.CandidateState.ACCEPTED if rule.accepts else enums.CandidateState.PENDING
        if not rule.accepts:
            candidate.turn = worth.turn(candidate, candidate.turn)
        candidates.append(candidate)
    copy_objects(candidates)
    if run.sample:
        models.Source.objects.filter(created_by_run=run, sample=False).update(sample=True)
    copy_rows(
        Judgement,
        [
            {
                "kind": enums.JudgementKind.ACCEPT,
                "candidate_id": candidate.pk,
                "run_id": run.pk,
                "rule": rule.name,
                "reason": rule.reason,
            }
            for candidate, (_n, _p, rule) in zip(candidates, judged, strict=True)
            if rule.accepts
        ],
    )
    return accepted, candidates


def _keep_documents(run: ImportRun, rows: Sequence[runs.Numbered], matcher: Matcher) -> None:
    """Documents in which no record was found: kept for a later look, as candidates without one."""
    documents = [(numbered.row, numbered.row.document or SourceRef(title=numbered.row.file)) for numbered in rows]
    known = set(
        Candidate.objects.filter(fingerprint__in=[_print_of(row) for row, _d in documents]).values_list(
            "fingerprint", flat=True
        )
    )
    sources = [matcher.source(document) for _row, document in documents]
    for source, (row, _document) in zip(sources, documents, strict=True):
        runs.keep_original(source, row)
    write_planned(sources, run)
    Candidate.objects.bulk_create(
        [
            Candidate(
                run=run,
                file=row.file,
                row=row.row,
                key=uid_for("nothing", _print_of(row)),
                fingerprint=_print_of(row),
                action=enums.Action.NOTHING,
                state=enums.CandidateState.ASIDE if run.feed_id else enums.CandidateState.PENDING,
                raw=[row.raw],
                doubts=[{"code": code, "reason": reason} for code, reason in row.doubts],
                source_id=source.id if isinstance(source, Planned) else source,
            )
            for (row, _document), source in zip(documents, sources, strict=True)
            if _print_of(row) not in known
        ]
    )


def _print_of(row: InputRow) -> str:
    return uid_for("nothing", *row.raw.values()).hex
