"""One load from start to end: read, propose, triage, bring in, report. For the command, the admin and the API.

Each batch (`visits.batches`) is one transaction with the run's counts. A load that was killed is
run again and goes on behind the last batch; its rows are numbered anew, so that identities are the same.

A dry run is the same load inside one transaction that is rolled back: what a batch brings, the next one finds, so
that its report and differences are those of the real one. What it found is kept (`visits.previews`) until it is
applied or expires.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from . import articles, batches, catalogue, enums, names, previews, unattended
from .imports import runs
from .imports.reading import InputFile, Options, Reader, SkippedFile, Tabular, UnreadableInput, file_name, together
from .imports.registry import guess, open_inputs, reader_named
from .imports.tidying import tidy_between_batches
from .mapping import KINDS, write_alone
from .mapping.carrying import Carried
from .models import (
    Candidate,
    Citation,
    ColumnChoice,
    Doubt,
    ExternalId,
    ImportFile,
    ImportProblem,
    ImportRun,
    Judgement,
    PreviewRow,
)
from .previews import COUNTERS, Preview, Rehearsal
from .review import decide, second_look

_ANALYZE_AFTER = {4**power for power in range(10)}  # batches: tables grow fast at first
_WRITTEN_BESIDE = (ExternalId, Citation, Candidate, Judgement, Doubt)  # what comes with the records
_GIVES_WAY = 3  # so often a dry run begins again because somebody waits to save a record
Progress = Callable[[ImportRun], None]
Inputs = Sequence[tuple[InputFile, Reader]]


class ApplyRefused(Exception):
    """The dry run cannot be applied; `code` for a script, the message for a person."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def create_run(
    files: Iterable[tuple[str, bytes]],
    *,
    user: Any,
    format: str = "",  # noqa: A002 - the word of the command and the API
    dry_run: bool = False,
    trust: bool = False,
    columns: Mapping[str, str] | None = None,
    date_order: str = "",
    addresses: Iterable[str] = (),
) -> ImportRun:
    """A queued run with its files, for a worker; UnreadableInput when a file is empty, too large or unknown.

    `addresses` are those of articles: the worker fetches them.
    `columns` {heading: column, or "" to leave it out} and `date_order` are what a person says of tables: the columns
    are remembered for their next file.
    """
    reader = reader_named(format) if format else None
    inputs, errors = [], []
    for name, content in files:
        try:
            file = InputFile.of(name, content)
            if reader is None and guess(file) is None:
                raise UnreadableInput(name, "unknown-format", _("No reader knows this file: name its format."))
        except UnreadableInput as error:
            errors.append(error)
        else:
            inputs.append((file, content))
    to_fetch = []
    for url in addresses:
        try:
            to_fetch.append(articles.address_of(url))
        except UnreadableInput as error:
            errors.append(error)
    if errors:
        raise together(errors)
    if date_order and date_order not in enums.DateOrder:
        raise UnreadableInput("", "unknown-value", _("The order of dates is dmy or mdy."), 0, "date_order", date_order)
    if not inputs and not to_fetch:
        raise UnreadableInput("", "no-file", _("There is no file to load."))
    with transaction.atomic():
        run = ImportRun.objects.create(
            user=user,
            format=format,
            name=", ".join([*(file.name for file, _content in inputs), *to_fetch])[:500],
            sha256=inputs[0][0].sha256 if len(inputs) == 1 else "",
            dry_run=dry_run,
            trust=trust,
            columns=dict(columns or {}),
            date_order=date_order,
        )
        ImportFile.objects.bulk_create(
            [
                *(ImportFile(run=run, name=one.name, sha256=one.sha256, content=content) for one, content in inputs),
                *(ImportFile(run=run, name=url[:500], origin={"url": url}, content=b"") for url in to_fetch),
            ]
        )
        if user and columns:
            for table in _tables([(file, reader or guess(file)) for file, _content in inputs]):
                remember(user, table, columns)
    return run


def _tables(inputs: Iterable[tuple[InputFile, Reader | None]]) -> set[str]:
    """The types of records that these files are tables of."""
    readers: Iterable[tuple[InputFile, Any]] = inputs
    return {reader.headings(file)[0] for file, reader in readers if isinstance(reader, Tabular)}


def remembered(user: Any, table: str) -> dict[str, str]:
    """{heading, as `names.search_key` gives it: column, or ""} that this sender chose for a table of such records."""
    choices = ColumnChoice.objects.filter(user=user, table=table)
    return dict(choices.values_list("heading", "column"))


def remember(user: Any, table: str, columns: Mapping[str, str]) -> None:
    """Keep which column this sender means by a heading; a later choice replaces an earlier one."""
    chosen = {names.search_key(heading)[:200]: column for heading, column in columns.items()}
    ColumnChoice.objects.bulk_create(
        [ColumnChoice(user=user, table=table, heading=heading, column=column) for heading, column in chosen.items()],
        update_conflicts=True,
        unique_fields=["user", "table", "heading"],
        update_fields=["column"],
    )


@transaction.atomic
def apply(run: ImportRun, user: Any, *, trust: bool | None = None) -> ImportRun:
    """The queued real run of a dry run's files and options, which are its own from now on; ApplyRefused.

    What changed in the tracker since the dry run counts: compare the counts of both.
    """
    run = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    applied = ImportRun.objects.filter(preview=run).first()
    if not run.dry_run:
        raise ApplyRefused("no-dry-run", _("This load was no dry run: there is nothing to apply."))
    if applied:
        raise ApplyRefused("applied-already", _("This was applied already, by load %(run)s.") % {"run": applied.pk})
    if run.status != enums.RunStatus.DONE:
        raise ApplyRefused("not-done", _("The dry run is not done: there is nothing to apply."))
    if not run.files.exists():
        raise ApplyRefused("expired", _("Its files are kept no longer: load them again."))
    options = {name: getattr(run, name) for name in ("format", "name", "sha256", "columns", "date_order")}
    real = ImportRun.objects.create(user=user, trust=run.trust if trust is None else trust, preview=run, **options)
    run.files.update(run=real)
    return real


@transaction.atomic
def read_again(run: ImportRun, user: Any) -> ImportRun:
    """A queued run of the files of one that is over, to be told other columns; the old one keeps its report alone."""
    run = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if run.status in {enums.RunStatus.QUEUED, enums.RunStatus.RUNNING}:
        raise ApplyRefused("not-done", _("It is still being read: cancel it first."))
    if not run.files.exists():
        raise ApplyRefused("expired", _("Its files are kept no longer: load them again."))
    options = {name: getattr(run, name) for name in ("format", "name", "sha256", "dry_run", "trust", "preview")}
    run.preview = None
    run.save(update_fields=["preview"])
    again = ImportRun.objects.create(user=user, **options)
    run.files.update(run=again)
    run.preview_rows.all().delete()
    return again


@transaction.atomic
def discard(run: ImportRun) -> None:
    """Let go of a dry run's rows and files; its report stays. ApplyRefused while it is read."""
    run = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if not run.dry_run:
        raise ApplyRefused("no-dry-run", _("This load was no dry run."))
    if run.status in {enums.RunStatus.QUEUED, enums.RunStatus.RUNNING}:
        raise ApplyRefused("not-done", _("It is still being read: cancel it first."))
    run.files.all().delete()
    run.preview_rows.all().delete()


def preview(run: ImportRun, verdict: str = "", doubtful: bool = False, after: int = 0, size: int = 50) -> Preview:
    """A page of what a dry run found, row by row, behind the row with the id `after`; `visits.previews.Preview`."""
    return previews.page(run, verdict, doubtful, after, size)


def expire() -> None:
    """Delete the files and preview rows that nobody came back for (settings.PREVIEW_DAYS)."""
    long_ago = timezone.now() - timedelta(days=settings.PREVIEW_DAYS)
    for run in ImportRun.objects.filter(status=enums.RunStatus.QUEUED, created_at__lt=long_ago).exclude(message=""):
        cancel(run)  # it waits for somebody to confirm its columns
    ended = ImportRun.objects.filter(finished_at__lt=long_ago)
    PreviewRow.objects.filter(run__in=ended.filter(dry_run=True)).delete()
    ImportFile.objects.filter(run__in=ended).delete()


def run_load(run_id: int, progress: Progress | None = None) -> ImportRun:
    """Do a queued load, or go on with one that was killed. A run that another worker is doing is left to it."""
    with unattended.alone(run_id) as is_alone:
        run = ImportRun.objects.get(pk=run_id)
        if is_alone and run.status in unattended.GOING:
            _run_files(run, progress)
    return run


def _run_files(run: ImportRun, progress: Progress | None) -> None:
    reader = reader_named(run.format) if run.format else None
    inputs = []
    for stored in run.files.all():
        if stored.origin:
            inputs.append(articles.fetched(stored))
            continue
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
    except unattended.LOST:
        raise  # it stays as it is, and is done again
    except Exception as error:
        unattended.break_off(run.pk, f"{type(error).__name__}: {error}.")
        raise


def load_paths(
    paths: Sequence[str | Path],
    *,
    user: Any = None,
    format: str = "",  # noqa: A002
    dry_run: bool = False,
    trust: bool = False,
    columns: Mapping[str, str] | None = None,
    date_order: str = "",
    sample: bool = False,
    progress: Progress | None = None,
) -> ImportRun:
    """Load files and folders of this machine, and articles by their address, in this process.

    UnreadableInput when nothing of it can be read.
    """
    inputs, skipped = _opened(paths, reader_named(format) if format else None)
    run = ImportRun(
        user=user,
        format=format,
        name=file_name(", ".join(map(str, paths))),
        sha256=inputs[0][0].sha256 if len(inputs) == 1 else "",
        dry_run=dry_run,
        trust=trust,
        columns=dict(columns or {}),
        date_order=date_order,
        sample=sample,
        skipped_files=[file.name for file in skipped],
    )
    run.save()
    with unattended.alone(run.pk):
        try:
            _load(run, inputs, progress)
        except UnreadableInput as error:
            fail(run, error)
            raise
        except BaseException as error:
            connection.close_if_unusable_or_obsolete()
            with suppress(*unattended.LOST):
                unattended.break_off(run.pk, f"{type(error).__name__}: {error}.")
            raise
    return run


def _opened(paths: Sequence[str | Path], reader: Reader | None) -> tuple[Inputs, list[SkippedFile]]:
    addresses = [path for path in paths if isinstance(path, str) and articles.is_address(path)]
    files = [path for path in paths if path not in addresses]
    inputs: list[tuple[InputFile, Reader]] = [articles.fetched_from(url) for url in addresses]
    if not files:
        return inputs, []
    opened, skipped = open_inputs(files, reader)
    return [*opened, *inputs], skipped


def fail(run: ImportRun, error: UnreadableInput) -> None:
    """The run read nothing, or broke off: say why."""
    run.status, run.message, run.finished_at = enums.RunStatus.FAILED, str(error), timezone.now()
    run.save(update_fields=["status", "message", "finished_at"])
    ImportProblem.objects.bulk_create([runs.problem_row(run, problem) for problem in error.as_problems()])


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
    inputs, run.total = runs.checked(_told(run, inputs))
    run.status = enums.RunStatus.RUNNING
    run.started_at = run.started_at or timezone.now()
    run.save(update_fields=["status", "started_at", "total", "skipped_files"])
    cancelled = (_rehearse if run.dry_run else _perform)(run, inputs, progress)
    run.status = enums.RunStatus.CANCELLED if cancelled else enums.RunStatus.DONE
    run.finished_at = timezone.now()
    run.save(update_fields=["status", "finished_at"])
    if cancelled or not run.dry_run:
        run.files.all().delete()
    if run.preview_id:
        PreviewRow.objects.filter(run=run.preview_id).delete()


def _told(run: ImportRun, inputs: Inputs) -> Inputs:
    """The same inputs; readers of tables know what the sender said, and how countries are called in the tracker."""
    keys = catalogue.current().country_keys
    names_of_one = {key: next(iter(codes)) for key, codes in keys.items() if len(codes) == 1}
    options = Options(run.columns, run.date_order, names_of_one)
    told: dict[Reader, Reader] = {one: one.told(options) for _file, one in inputs if isinstance(one, Tabular)}
    return [(file, told.get(reader, reader)) for file, reader in inputs]


def _perform(run: ImportRun, inputs: Inputs, progress: Progress | None, rehearsal: Rehearsal | None = None) -> bool:
    """All batches, and what links them; whether it was cancelled."""
    cancelled = False
    carried = Carried()
    parts = runs.batches(runs.rows_of(inputs, runs.kept_rows), runs.Numberer(), run.read)
    with tidy_between_batches() as broom:
        for number, batch in enumerate(parts, start=1):
            batches.bring_in(run, batch, carried, rehearsal)
            runs.let_go(batch)
            broom.sweep()
            if number in _ANALYZE_AFTER:
                _analyze()
            if progress:
                progress(run)
            if ImportRun.objects.filter(pk=run.pk, cancel_requested=True).exists():
                cancelled = True
                break
    _look_again(run, carried, rehearsal)
    _link_forward(run)
    return cancelled


def _rehearse(run: ImportRun, inputs: Inputs, progress: Progress | None) -> bool:
    """A dry run: perform it all and roll it back, then keep what it found; whether it was cancelled.

    An editor who waits to save what it holds does not wait for its end: it gives way and begins again.
    """
    for attempt in range(_GIVES_WAY + 1):
        for name in COUNTERS:
            setattr(run, name, 0)
        with Rehearsal(run, keeps_rows=run.files.exists(), gives_way=attempt < _GIVES_WAY) as rehearsal:
            cancelled, broken = False, None
            try:
                with transaction.atomic():
                    try:
                        cancelled = _perform(run, inputs, progress, rehearsal)
                    except UnreadableInput as error:
                        broken = error
                    transaction.set_rollback(True)
            except batches.GaveWay:
                continue
            _analyze()
            with transaction.atomic():
                rehearsal.write()
                run.save(update_fields=COUNTERS)
        if broken:
            raise broken
        break
    return cancelled


@transaction.atomic
def _look_again(run: ImportRun, carried: Carried, rehearsal: Rehearsal | None) -> None:
    """People who stayed as printed, matched now that the whole load is known."""
    write_alone()
    with pghistory.context(run=run.pk, user=run.user_id, reason="load"):
        settled = second_look.look_again(run, carried.take())
    if rehearsal:
        rehearsal.settled = settled


@transaction.atomic
def _link_forward(run: ImportRun) -> None:
    """Links to records that came in a later batch or a later load."""
    with pghistory.context(run=run.pk, user=run.user_id, reason="load"):
        decide.link_run(run)
    decide.look_again_after(run)


def _analyze() -> None:
    """Statistics of what this load wrote: without them the planner reads whole tables for each batch."""
    with connection.cursor() as cursor:
        written: list[type[Model]] = [*(kind.model for kind in KINDS.values()), *_WRITTEN_BESIDE]
        for model in written:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
