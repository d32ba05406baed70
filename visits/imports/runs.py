"""From input rows to candidates: numbered, checked, matched, compared. Nothing is decided here."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

import orjson
from django.utils.translation import gettext_noop as _

from visits import mapping, models, record, validation
from visits.mapping.proposal import Proposal, propose, settled
from visits.matches import Planned
from visits.matching import Matcher

from . import references
from .edits import lay_edits
from .reading import (
    InputFile,
    InputRow,
    KeptRows,
    LooksAround,
    Problem,
    Reader,
    Unreadable,
    UnreadableInput,
    column_of,
    shown,
    together,
)

CHUNK = 1000


@dataclass
class Numbered:
    """An input row with the uid of its record, or what it is instead."""

    row: InputRow
    uid: uuid.UUID | None = None
    duplicate: bool = False


class Numberer:
    """Gives each row its identity; the same rows in the same order get the same."""

    def __init__(self) -> None:
        self._rows: set[bytes] = set()
        self._occurrences: Counter[uuid.UUID] = Counter()

    def number(self, row: InputRow) -> Numbered:
        if row.repeats:
            return Numbered(row, duplicate=True)
        if row.record is None:
            return Numbered(row)
        printed = orjson.dumps([row.rows or row.raw, row.part], option=orjson.OPT_SORT_KEYS)
        digest = hashlib.blake2b(printed, digest_size=16).digest()  # a million of them stay in memory
        if digest in self._rows:
            return Numbered(row, duplicate=True)
        self._rows.add(digest)
        item: record._Record = row.record
        first = mapping.identity(item)
        if item.uid or item.external_ids:
            return Numbered(row, first)
        occurrence = self._occurrences[first]
        self._occurrences[first] += 1
        return Numbered(row, mapping.identity(item, occurrence) if occurrence else first)


@dataclass
class Proposed:
    """What one batch of rows came to."""

    fresh: list[tuple[Numbered, Proposal]] = field(default_factory=list)
    unchanged: list[tuple[Numbered, Proposal]] = field(default_factory=list)
    nothing: list[Numbered] = field(default_factory=list)
    duplicates: list[Numbered] = field(default_factory=list)
    rejected: list[Numbered] = field(default_factory=list)


@runtime_checkable
class Counts(Protocol):
    """A reader that can say cheaply how many input rows a file has."""

    def count(self, file: InputFile) -> int:
        """As `check`, and the rows that `read` will yield, by their weight."""
        ...


@runtime_checkable
class TakesTurns(Protocol):
    """A reader of files of which some name what stands in others."""

    def turn(self, file: InputFile) -> int:
        """When a checked file is to be read: smaller numbers first; 2 is the turn of all other files."""
        ...


def checked(
    inputs: Iterable[tuple[InputFile, Reader]],
) -> tuple[list[tuple[InputFile, Reader]], int | None]:
    """Every file checked before anything is taken: with its reader, or `Unreadable` when it is broken as a whole.

    In the order of reading: who is named by others comes first. And the number of input rows where all readers can
    count. UnreadableInput when no file can be read.
    """
    found: list[tuple[InputFile, Reader]] = []
    errors: list[UnreadableInput] = []
    total: int | None = 0
    for file, reader in inputs:
        number: int | None = None
        try:
            if isinstance(reader, Counts):
                number = reader.count(file)
            else:
                reader.check(file)
            found.append((file, reader))
        except UnreadableInput as error:
            number = 1
            errors.append(error)
            found.append((file, Unreadable(error)))
        total = None if total is None or number is None else total + number
    if errors and len(errors) == len(found):
        raise together(errors)
    found.sort(key=lambda one: one[1].turn(one[0]) if isinstance(one[1], TakesTurns) else 2)
    return found, total


def weight(rows: Iterable[Numbered]) -> int:
    """How many input rows these are, as reports count them."""
    return sum(numbered.row.weight for numbered in rows)


def nothing_kept(_dataset: str) -> Iterable[dict[str, str]]:
    return ()


def rows_of(inputs: Iterable[tuple[InputFile, Reader]], kept: KeptRows = nothing_kept) -> Iterator[InputRow]:
    """The rows of all files, in order. A file that breaks in the middle ends with a problem of its own."""
    inputs = list(inputs)
    seeing: dict[str, Reader] = {}
    for file, reader in inputs:
        if reader.name not in seeing:
            files = [other for other, same in inputs if same is reader]
            seeing[reader.name] = reader.among(files, kept) if isinstance(reader, LooksAround) else reader
        yield from seeing[reader.name].read(file)


def kept_rows(dataset: str) -> Iterable[dict[str, str]]:
    """Each row of a data set as the newest load of it cited it."""
    cited = models.Citation.objects.filter(source__slug=dataset, visit__isnull=False, field="", row__isnull=False)
    newest = cited.order_by("external_id", "-pk").distinct("external_id").values_list("row", flat=True)
    return (row for row in newest if row is not None)


def batches(rows: Iterator[InputRow], numberer: Numberer, skip: int) -> Iterator[list[Numbered]]:
    """Rows in batches in which no record comes twice; the first `skip` rows are numbered and left out.

    A record of many rows counts as so many. Officials have batches of their own: the records behind them find them
    by name.
    """
    batch: list[Numbered] = []
    keys: set[uuid.UUID] = set()
    read = size = 0
    for row in rows:
        numbered = numberer.number(row)
        read += row.weight
        if read <= skip:
            continue
        own = _uids(numbered)
        if size >= CHUNK or own & keys or (batch and _is_official(numbered) != _is_official(batch[-1])):
            yield batch
            batch, keys, size = [], set(), 0
        batch.append(numbered)
        size += row.weight
        keys |= own
    if batch:
        yield batch


def _is_official(numbered: Numbered) -> bool:
    return isinstance(numbered.row.record, record.OfficialRecord)


def _uids(numbered: Numbered) -> set[uuid.UUID]:
    """The records that a row would write: its own, and the meetings that it names by uid.

    Two stories of one guest and host may tell of one visit: the second has to find what the first brought.
    """
    item = numbered.row.record
    meetings = item.meetings if isinstance(item, record.VisitData) else []
    uids = {uid for uid in (numbered.uid, *(meeting.uid for meeting in meetings)) if uid}
    if isinstance(item, record.VisitData) and mapping.is_story(item):
        uids.add(record.uid_for("story", *(_side(side) for side in (item.guest, item.host))))
    return uids


def _side(side: record.Side) -> str:
    return side.country or (side.organization.slug or side.organization.name if side.organization else "")


def propose_batch(batch: Sequence[Numbered], matcher: Matcher | None = None) -> tuple[Proposed, Matcher]:
    """Check, match and compare one batch; with the matcher of the batch before, if there is one."""
    lay_edits(batch)
    references.settle(batch)
    result, matcher = Proposed(), matcher or Matcher()
    items = []
    for numbered in batch:
        row = numbered.row
        if numbered.duplicate:
            result.duplicates.append(numbered)
        elif row.record is None:
            (result.rejected if row.problems else result.nothing).append(numbered)
        elif faults := validation.disguises(row.record, _cells(row)) or validation.faults(row.record, matcher.codes):
            for fault in faults:
                field = column_of(fault.field, row.cells.paths()) if row.cells else fault.field
                row.problem(field, fault.value, fault.code, fault.detail)
            result.rejected.append(numbered)
        else:
            items.append(numbered)
    proposals = propose([(one.row.record, one.uid, one.row.doubts) for one in items], matcher)  # type: ignore[misc]
    known = settled(proposals)
    for numbered, proposal in zip(items, proposals, strict=True):
        if _is_of_nobody(numbered.row, proposal) or _edits_nothing(numbered.row, proposal):
            result.rejected.append(numbered)
        elif proposal.plan.is_empty or proposal.uid in known:
            result.unchanged.append((numbered, proposal))
        else:
            keep_original(proposal.source, numbered.row)
            result.fresh.append((numbered, proposal))
    return result, matcher


def _cells(row: InputRow) -> Iterator[tuple[str, str]]:
    return (cell for raw in row.all_raw for cell in raw.items() if not cell[1].isascii())


def keep_original(source: int | Planned | None, row: InputRow) -> None:
    """A source that is new gets the bytes that it was read from, their hash, and when they were fetched."""
    if isinstance(source, Planned) and source.id is None and row.content:
        fetched = datetime.fromisoformat(row.retrieved_at) if row.retrieved_at else None
        sha256 = hashlib.sha256(row.content).hexdigest()
        source.values |= {"raw": row.content, "sha256": sha256, "retrieved_at": fetched}


def _edits_nothing(row: InputRow, proposal: Proposal) -> bool:
    """Whether it is an edit of a record that is not there: then the row is refused."""
    if not proposal.plan.wanted.edit or proposal.plan.present:
        return False
    row.problem("uid", proposal.uid, "unknown-record", _("No record has this uid: without “edit” it is a new one."))
    return True


def _is_of_nobody(row: InputRow, proposal: Proposal) -> bool:
    """Whether it is a tenure of somebody who is not known, or one of several: then the row is refused."""
    wanted = proposal.plan.wanted
    if proposal.type != "tenure" or wanted.values["official_id"] is not None:
        return False
    reasons = "; ".join(reason for match in proposal.matches for reason in match.reasons)
    printed = next((match.printed for match in proposal.matches), "")
    name = row.cells.header.columns["official"] if row.cells else "official"
    detail = _(
        "Who held the post is not certain (%(reasons)s): name the official by uid, or load the official first."
    ) % {"reasons": reasons}
    row.problem(name, printed, "unknown-official", detail)
    return True


def let_go(batch: list[Numbered]) -> None:
    """Forget a batch that is written: its rows and their cells name each other."""
    for numbered in batch:
        numbered.row.cells = None
    batch.clear()


def candidate_of(run: models.ImportRun, numbered: Numbered, proposal: Proposal) -> models.Candidate:
    """The unsaved candidate of a proposal."""
    source = proposal.source
    return models.Candidate(
        run=run,
        file=numbered.row.file,
        row=numbered.row.row,
        type=proposal.type,
        key=proposal.uid,
        fingerprint=proposal.fingerprint,
        action=proposal.action,
        raw=numbered.row.all_raw,
        record=proposal.data,
        matches=[match.as_dict() for match in proposal.matches],
        doubts=[{"code": code, "reason": reason} for code, reason in proposal.doubts],
        source_id=source.id if isinstance(source, Planned) else source,
    )


def problems_of(run: models.ImportRun, batch: Iterable[Numbered]) -> list[models.ImportProblem]:
    """Every problem of these rows, with the row to mend; each row of a refused record of many rows has one."""
    return [found for one in batch for found in _problems(run, one.row)]


def _problems(run: models.ImportRun, row: InputRow) -> Iterator[models.ImportProblem]:
    for problem in row.problems:
        yield problem_row(run, problem, row.raw if problem.severity == "error" else None)
    if row.record is None and row.problems:
        first = row.problems[0]
        detail = _("It is refused with row %(row)s: %(why)s") % {"row": row.row, "why": first.detail}
        for number, raw in list(zip(row.numbers, row.rows, strict=True))[1:]:
            yield problem_row(run, replace(first, row=number, value="", detail=detail), raw)


def problem_row(run: models.ImportRun, problem: Problem, raw: dict[str, str] | None = None) -> models.ImportProblem:
    return models.ImportProblem(
        run=run,
        file=problem.file,
        row=problem.row,
        field=problem.field,
        value=shown(problem.value).replace("\x00", "�"),
        code=problem.code,
        detail=problem.detail,
        # pairs, because the order of the columns is part of the row and JSON objects lose it in the database
        raw=[[name, text.replace("\x00", "�")] for name, text in raw.items()] if raw else None,
    )
