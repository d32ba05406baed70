"""What a dry run finds: kept in a file while its transaction is open, then rows to look through, a page at a time."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from django.db import DatabaseError, connection
from django.db.models import Count, Max, Model, QuerySet

from . import catalogue, enums, models, unattended
from .imports import runs
from .imports.reading import InputRow
from .mapping import KINDS, Proposal
from .mapping.words import Wording, title
from .models import Candidate, ImportProblem, ImportRun, PreviewRow

COUNTERS = ("read", *models.imports.COUNTS)
ROW_COLUMNS = (
    "file", "row", "verdict", "type", "title", "record_id", "added", "difference", "doubts", "problems",
)  # fmt: skip
_PROBLEM_COLUMNS = ("file", "row", "field", "value", "code", "detail", "raw")
_JSON = {"added", "difference", "doubts", "problems", "raw"}
_IN_MEMORY = 2**22  # bytes; what is more goes to disk
_RAW_TITLE = 120
_PROGRESS = f"UPDATE visits_importrun SET {', '.join(f'{name} = %s' for name in COUNTERS)} WHERE id = %s"  # noqa: S608
_HELD_UP = """
    SELECT EXISTS (
        SELECT FROM pg_locks AS waiting
        WHERE NOT granted AND locktype IN ('transactionid', 'tuple', 'advisory')
        AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
        AND NOT EXISTS (
            SELECT FROM pg_locks AS held
            WHERE held.pid = waiting.pid AND held.granted AND held.locktype = 'advisory' AND held.classid = %s
        )
    )
"""


class Rehearsal:
    """The notes of one dry run. It writes nothing to the tracker before `write`."""

    def __init__(self, run: ImportRun, keeps_rows: bool, gives_way: bool) -> None:
        self.run, self.keeps_rows, self.gives_way = run, keeps_rows, gives_way
        self._open = ExitStack()
        self._rows, self._problems = (self._open.enter_context(_notes()) for _ in range(2))
        self._countries = {code: entry.name for code, entry in catalogue.current().countries.items()}
        # Ids above these are made in the dry run: they are gone with its transaction.
        tables = {kind.model for kind in KINDS.values()} | {models.Organization, models.Post, models.City, models.Trip}
        self._highest = {model: _highest(model) for model in tables}
        self._beside = connection.copy()
        # Doubts about people that the end of the load settled: file, row, code, reason.
        self.settled: set[tuple[str, int | None, str, str]] = set()

    def __enter__(self) -> "Rehearsal":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._beside.close()

    def progress(self) -> None:
        """Show how far it came. The transaction is open, so it takes a second connection; a failure does no harm."""
        try:
            with self._beside.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
                cursor.execute(_PROGRESS, [*(getattr(self.run, name) for name in COUNTERS), self.run.pk])
        except DatabaseError:
            self._beside.close()

    def is_in_the_way(self) -> bool:
        """Whether somebody who edits, decides or undoes waits for this transaction, and it should give way.

        Another load, which is known by its lock, can wait.
        """
        if not self.gives_way:
            return False
        with connection.cursor() as cursor:
            cursor.execute(_HELD_UP, [unattended.RUN_LOCK])
            (waits,) = cursor.fetchone()
        return bool(waits)

    # taking notes

    def note(self, batch: Sequence[runs.Numbered], written: "Written") -> None:
        """What one batch came to, once it is written."""
        for problem in written.problems:
            self._problems.write(_line(getattr(problem, name) for name in _PROBLEM_COLUMNS))
        if self.keeps_rows:
            for row in self._preview_rows(batch, written):
                self._rows.write(_line(row))

    def _preview_rows(self, batch: Sequence[runs.Numbered], written: "Written") -> Iterator[list[Any]]:
        proposed = written.proposed
        verdicts: dict[int, str] = {}
        for verdict, rows in (
            (enums.Verdict.DUPLICATE, proposed.duplicates),
            (enums.Verdict.NOTHING, proposed.nothing),
            (enums.Verdict.WRONG, proposed.rejected),
        ):
            verdicts |= {id(one): verdict for one in rows}
        same = {id(one): proposal for one, proposal in proposed.unchanged}
        fresh = {id(one): pair for (one, _proposal), pair in zip(proposed.fresh, written.pairs, strict=True)}
        wording = Wording((proposal for proposal, _candidate in written.pairs), self._countries)
        for one in batch:
            if id(one) in fresh:
                proposal, candidate = fresh[id(one)]
                yield self._fresh_row(one.row, proposal, candidate, wording)
            elif id(one) in same:
                proposal = same[id(one)]
                yield self._row(one.row, enums.Verdict.UNCHANGED, proposal.type, record_id=self._root(proposal))
            else:
                yield self._row(one.row, verdicts[id(one)], getattr(one.row.record, "type", ""))

    def _fresh_row(self, row: InputRow, proposal: Proposal, candidate: Candidate, wording: Wording) -> list[Any]:
        verdict, added = enums.Verdict.CHANGED, {}
        if proposal.plan.present is None:
            verdict, added = enums.Verdict.ADDED, wording.new(proposal.plan.wanted)
        return self._row(
            row,
            verdict,
            proposal.type,
            record_id=self._root(proposal),
            added=added,
            difference=[self._without_new_ids(entry) for entry in wording.difference(proposal)],
            doubts=candidate.doubts,
        )

    def _row(self, row: InputRow, verdict: str, kind: str, **fields: Any) -> list[Any]:
        fields.setdefault("doubts", [{"code": code, "reason": reason} for code, reason in row.doubts])
        values: dict[str, Any] = {
            "file": row.file,
            "row": row.row,
            "verdict": verdict,
            "type": kind,
            "title": title(row.record, self._countries) or _raw_title(row),
            "record_id": None,
            "added": {},
            "difference": [],
            "problems": [
                {name: value for name, value in asdict(problem).items() if name not in {"file", "row"}}
                for problem in row.problems
            ],
        } | fields
        return [values[name] for name in ROW_COLUMNS]

    def _root(self, proposal: Proposal) -> int | None:
        present = proposal.plan.present
        return self._lasting(present.kind.model, present.id) if present else None

    def _lasting(self, model: type[Model], pk: Any) -> Any:
        """The id of a row that was there before the dry run, or None."""
        return pk if not isinstance(pk, int) or pk <= self._highest.get(model, pk) else None

    def _without_new_ids(self, entry: dict[str, Any]) -> dict[str, Any]:
        if entry["model"] not in KINDS:
            return entry  # an id of a data set
        kind = KINDS[entry["model"]]
        cleaned = entry | {"id": self._lasting(kind.model, entry["id"])}
        if "added" in entry:
            cleaned["added"] = {name: self._named(kind, name, value) for name, value in entry["added"].items()}
        else:
            cleaned |= {name: self._named(kind, entry["field"], entry[name]) for name in ("before", "after")}
        return cleaned

    def _named(self, kind: Any, column: str, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        model = kind.model._meta.get_field(column.removesuffix("_id")).related_model
        return value | {"id": self._lasting(model, value["id"])}

    # keeping them

    def write(self) -> None:
        """The notes into the tables of problems and preview rows; in the caller's transaction."""
        _copy(ImportProblem, self.run, _PROBLEM_COLUMNS, self._problems)
        _copy(PreviewRow, self.run, ROW_COLUMNS, self._rows, self._without_settled)

    def _without_settled(self, values: list[Any]) -> list[Any]:
        """A noted row without the doubts that came to nothing."""
        file, row, at = values[0], values[1], ROW_COLUMNS.index("doubts")
        if self.settled and values[at]:
            values[at] = [one for one in values[at] if (file, row, one["code"], one["reason"]) not in self.settled]
        return values


@dataclass
class Written:
    """What writing one batch came to: `pairs` are the fresh proposals with their candidates, in their order."""

    proposed: runs.Proposed
    problems: list[ImportProblem]
    pairs: list[tuple[Proposal, Candidate]]


def _notes() -> Any:
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)


def _highest(model: type[Model]) -> int:
    return model._default_manager.order_by().aggregate(highest=Max("pk"))["highest"] or 0


def _raw_title(row: InputRow) -> str:
    """The first words of a row that is no record."""
    words = (row.document and row.document.title) or ", ".join(filter(None, map(str.strip, row.raw.values())))
    return words[:_RAW_TITLE]


def _line(values: Iterable[Any]) -> bytes:
    return orjson.dumps(list(values), default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE)


def _copy(
    model: type[Model],
    run: ImportRun,
    columns: Sequence[str],
    notes: Any,
    mended: Callable[[list[Any]], list[Any]] = list,
) -> None:
    """Lines of JSON into a table, by COPY."""
    notes.seek(0)
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in ("run_id", *columns))
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy:
        for line in notes:
            values = zip(columns, mended(orjson.loads(line)), strict=True)
            copy.write_row([run.pk, *(_cell(name, value) for name, value in values)])


def _cell(name: str, value: Any) -> Any:
    if name in _JSON:
        return None if value is None else orjson.dumps(value).decode().replace("\\u0000", "\\ufffd")
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value


# looking through them


@dataclass(frozen=True)
class Preview:
    """A page of rows; `counts` {verdict: number of rows}, with `doubtful`; `after` begins the next page, or None."""

    rows: list[dict[str, Any]]
    counts: Mapping[str, int]
    after: int | None


def rows_of(run: ImportRun, verdict: str = "", doubtful: bool = False) -> QuerySet[PreviewRow]:
    """The preview rows of a dry run, by id, in the order of its input."""
    found = PreviewRow.objects.filter(run=run)
    if verdict:
        found = found.filter(verdict=verdict)
    return found.exclude(doubts=[]) if doubtful else found


def counts(run: ImportRun) -> dict[str, int]:
    """How many rows each verdict has, and how many are doubtful (these are among the others)."""
    by_verdict = dict(rows_of(run).order_by().values_list("verdict").annotate(Count("pk")))
    found = {verdict.value: by_verdict.get(verdict.value, 0) for verdict in enums.Verdict}
    return found | {"doubtful": rows_of(run, doubtful=True).count()}


def page(run: ImportRun, verdict: str = "", doubtful: bool = False, after: int = 0, size: int = 50) -> Preview:
    """Rows behind the one with the id `after`: dicts of ROW_COLUMNS with their `id`. Three queries."""
    found = rows_of(run, verdict, doubtful).filter(pk__gt=after).order_by("pk")
    rows = list(found.values("id", *ROW_COLUMNS)[: size + 1])
    more = len(rows) > size
    return Preview(rows[:size], counts(run), rows[size - 1]["id"] if more else None)
