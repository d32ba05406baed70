"""One load from start to end: read, propose, triage, bring in, report. For the command, the admin and the API.

Each batch is one transaction: its records, candidates, problems and the run's counts. A load that was killed is
run again and goes on behind the last batch; its rows are numbered anew, so that identities are the same.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pghistory
from django.db import IntegrityError, connection, transaction
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from . import enums, models
from .imports import runs
from .imports.reading import InputFile, InputRow, Reader, UnreadableInput
from .imports.registry import guess, open_inputs, reader_named
from .mapping import KINDS, Proposal, link_later, write_planned
from .matching import Matcher, Planned
from .models import Candidate, ImportFile, ImportProblem, ImportRun, Judgement
from .record import SourceRef, uid_for
from .review import decide, triage

_LOCK = 7_302_613  # one load writes at a time: two overlapping ones make no doubles
_RUN_LOCK = 7_302_614
_ANALYZE_AFTER = {4**power for power in range(10)}  # batches: tables grow fast at first
Progress = Callable[[ImportRun], None]
Inputs = Sequence[tuple[InputFile, Reader]]


def create_run(
    files: Iterable[tuple[str, bytes]],
    *,
    user: Any,
    format: str = "",  # noqa: A002 - the word of the command and the API
    dry_run: bool = False,
    trust: bool = False,
) -> ImportRun:
    """A queued run with its files, for a worker; UnreadableInput when a file is empty, too large or unknown."""
    reader = reader_named(format) if format else None
    inputs = []
    for name, content in files:
        file = InputFile.of(name, content)
        if reader is None and guess(file) is None:
            raise UnreadableInput(name, "unknown-format", _("No reader knows this file: name its format."))
        inputs.append((file, content))
    if not inputs:
        raise UnreadableInput("", "no-file", _("There is no file to load."))
    with transaction.atomic():
        run = ImportRun.objects.create(
            user=user,
            format=format,
            name=", ".join(file.name for file, _content in inputs)[:500],
            sha256=inputs[0][0].sha256 if len(inputs) == 1 else "",
            dry_run=dry_run,
            trust=trust,
        )
        ImportFile.objects.bulk_create(
            [ImportFile(run=run, name=file.name, sha256=file.sha256, content=content) for file, content in inputs]
        )
    return run


def run_load(run_id: int, progress: Progress | None = None) -> ImportRun:
    """Do a queued load, or go on with one that was killed. A run that another worker is doing is left to it."""
    with _alone(run_id) as alone:
        run = ImportRun.objects.get(pk=run_id)
        if alone and run.status in {enums.RunStatus.QUEUED, enums.RunStatus.RUNNING}:
            _run_files(run, progress)
    return run


@contextmanager
def _alone(run_id: int) -> Iterator[bool]:
    """Whether this connection alone does the run; the database lets go when the connection dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_RUN_LOCK, run_id])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_RUN_LOCK, run_id])


def _run_files(run: ImportRun, progress: Progress | None) -> None:
    reader = reader_named(run.format) if run.format else None
    inputs = []
    for stored in run.files.all():
        file = InputFile.of(stored.name, bytes(stored.content))
        known = reader or guess(file)
        if known:
            inputs.append((file, known))
        else:
            run.skipped_files = [*run.skipped_files, file.name]
    try:
        _load(run, inputs, progress)
    except UnreadableInput as error:
        fail(run, error)


def load_paths(
    paths: Sequence[str | Path],
    *,
    user: Any = None,
    format: str = "",  # noqa: A002
    dry_run: bool = False,
    trust: bool = False,
    sample: bool = False,
    progress: Progress | None = None,
) -> ImportRun:
    """Load files and folders of this machine in this process; UnreadableInput when nothing of it can be read."""
    inputs, skipped = open_inputs(paths, reader_named(format) if format else None)
    run = ImportRun(
        user=user,
        format=format,
        name=", ".join(str(path) for path in paths)[:500],
        sha256=inputs[0][0].sha256 if len(inputs) == 1 else "",
        dry_run=dry_run,
        trust=trust,
        sample=sample,
        skipped_files=[file.name for file in skipped],
    )
    run.save()
    try:
        _load(run, inputs, progress)
    except UnreadableInput as error:
        fail(run, error)
        raise
    except BaseException as error:
        run.status, run.message = enums.RunStatus.FAILED, f"{type(error).__name__}: {error}"
        run.save(update_fields=["status", "message"])
        raise
    return run


def fail(run: ImportRun, error: UnreadableInput) -> None:
    """The run read nothing, or broke off: say why."""
    run.status, run.message, run.finished_at = enums.RunStatus.FAILED, str(error), timezone.now()
    run.save()
    runs.problem_row(run, error.as_problem()).save()


def cancel(run: ImportRun, user: Any = None) -> None:
    """Ask a run to stop behind its batch; one that has not begun is cancelled at once."""
    ImportRun.objects.filter(pk=run.pk).update(cancel_requested=True)
    ImportRun.objects.filter(pk=run.pk, status=enums.RunStatus.QUEUED).update(
        status=enums.RunStatus.CANCELLED, finished_at=timezone.now()
    )


def report(run: ImportRun) -> dict[str, Any]:
    """What the command prints with --json and the API answers: `read` is the sum of the other counts."""
    problems = run.problems.values("file", "row", "field", "value", "code", "detail")
    return {"run": run.pk, **run.counts, "skipped_files": run.skipped_files, "errors": list(problems)}


def _load(run: ImportRun, inputs: Inputs, progress: Progress | None) -> None:
    for file, reader in inputs:
        reader.check(file)
    if run.status == enums.RunStatus.QUEUED:
        run.status, run.started_at = enums.RunStatus.RUNNING, timezone.now()
        run.save()
    cancelled = False
    try:
        for number, batch in enumerate(runs.batches(runs.rows_of(inputs), runs.Numberer(), run.read), start=1):
            _one_batch(run, batch)
            if number in _ANALYZE_AFTER and not run.dry_run:
                _analyze()
            if progress:
                progress(run)
            if ImportRun.objects.filter(pk=run.pk, cancel_requested=True).exists():
                cancelled = True
                break
    except UnreadableInput:
        if not run.read:
            raise
        run.refresh_from_db()
        raise
    if not run.dry_run:
        _link_forward(run)
    run.status = enums.RunStatus.CANCELLED if cancelled else enums.RunStatus.DONE
    run.finished_at = timezone.now()
    run.save()
    run.files.all().delete()


def _one_batch(run: ImportRun, batch: Sequence[runs.Numbered]) -> None:
    """One transaction; when the database refuses it, each row alone, so that one bad row stops no other."""
    before = {name: getattr(run, name) for name in ("read", *models.imports.COUNTS)}
    try:
        _write_batch(run, batch)
    except IntegrityError as error:
        for name, value in before.items():
            setattr(run, name, value)
        if len(batch) > 1:
            for numbered in batch:
                _one_batch(run, [numbered])
            return
        row = batch[0].row
        detail = str(error).splitlines()[0]
        row.problem("", "", "refused-by-database", _("The database refuses it: %(detail)s") % {"detail": detail})
        _write_batch(run, batch)


@transaction.atomic
def _write_batch(run: ImportRun, batch: Sequence[runs.Numbered]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    result, matcher = runs.propose_batch(batch)
    run.read += sum(numbered.row.weight for numbered in batch)
    run.duplicates += result.duplicates
    run.unchanged += result.unchanged
    run.rejected += sum(numbered.row.weight for numbered in result.rejected)
    ImportProblem.objects.bulk_create(runs.problems_of(run, batch))
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
    if not run.dry_run:
        with pghistory.context(run=run.pk, user=run.user_id, reason="load"):
            _bring_in(run, judged, trusted)
            _keep_documents(run, result.nothing, matcher)
    run.save()


_NAMES_OTHERS = (
    "$ ? (exists(@.accompanies) || exists(@.visits) || exists(@.outcomes[*].fulfilled_by) "
    "|| exists(@.meetings[*].outcomes[*].fulfilled_by))"
)


@transaction.atomic
def _link_forward(run: ImportRun) -> None:
    """Links to records that came in a later batch of the same load."""
    names_others = RawSQL("record @? %s::jsonpath", [_NAMES_OTHERS], output_field=BooleanField())
    waiting = run.candidates.filter(names_others, state=enums.CandidateState.ACCEPTED)
    with pghistory.context(run=run.pk, user=run.user_id, reason="load"):
        for candidates in _batched(waiting.iterator(chunk_size=runs.CHUNK), runs.CHUNK):
            link_later([proposal.plan for proposal in decide.proposals_of(candidates)])


def _batched(items: Iterable[Candidate], size: int) -> Iterator[list[Candidate]]:
    """Lists of at most `size` items (itertools.batched of Python 3.12)."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _analyze() -> None:
    """Statistics of what this load wrote: without them the planner reads whole tables for each batch."""
    with connection.cursor() as cursor:
        for kind in KINDS.values():
            cursor.execute(f"ANALYZE {connection.ops.quote_name(kind.model._meta.db_table)}")


Judged = Sequence[tuple[runs.Numbered, Proposal, triage.Rule]]


def _bring_in(run: ImportRun, judged: Judged, trusted: frozenset[str]) -> None:
    """Write what the rules accept, and a candidate with its judgement for each proposal."""
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
        candidates.append(candidate)
    Candidate.objects.bulk_create(candidates)
    if run.sample:
        models.Source.objects.filter(created_by_run=run, sample=False).update(sample=True)
    Judgement.objects.bulk_create(
        [
            Judgement(kind=enums.JudgementKind.ACCEPT, candidate=candidate, run=run, rule=rule.name, reason=rule.reason)
            for candidate, (_n, _p, rule) in zip(candidates, judged, strict=True)
            if rule.accepts
        ]
    )


def _keep_documents(run: ImportRun, rows: Sequence[runs.Numbered], matcher: Matcher) -> None:
    """Documents in which no record was found: kept for a later look, as candidates without one."""
    documents = [(numbered.row, numbered.row.document or SourceRef(title=numbered.row.file)) for numbered in rows]
    known = set(
        Candidate.objects.filter(fingerprint__in=[_print_of(row) for row, _d in documents]).values_list(
            "fingerprint", flat=True
        )
    )
    sources = [matcher.source(document) for _row, document in documents]
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
