"""Rows of a table that name a record that is there: an update of the cells that were edited, and of nothing else.

The present record is written as the export would write it, and its cells are compared with the row's. What is the
same, or what a spreadsheet made of the same, is no edit; the edited cells are read again and laid over the record.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from django.utils.translation import gettext_noop as _
from pydantic import ValidationError

from visits import mapping, models, names
from visits.identity import source_uid
from visits.mapping import KINDS

from .overlay import Entries, Overlay
from .reading import AnyRecord, InputRow, note_errors
from .respelled import disarmed, is_same
from .tables.cells import NO_ONE, Cells, uid_of
from .tables.grammar import entries, plain, write_cell
from .tables.written import HEAD_COLUMNS, SOURCE_COLUMNS, cell_of, cells_of, entries_of, first_document

_DATES = frozenset({"start", "end", "date", "source_published"})
_UNREADABLE = frozenset({"no-value", "merged-cells"})  # cells that say nothing, though they are not blank


class Numbered(Protocol):
    """An input row with the uid of its record."""

    row: InputRow
    uid: uuid.UUID | None
    duplicate: bool


def lay_edits(batch: Sequence[Numbered]) -> None:
    """Make each row of a table whose record is there the edit that it is; a constant number of queries."""
    rows = [one for one in batch if one.row.cells is not None and not one.duplicate]
    found = _find(rows)
    present = _present(set(found.values()))
    done: set[uuid.UUID | None] = set()
    for place, one in enumerate(rows):
        item = present.get(found.get(place, ("", 0)))
        if item is None or item.uid in done:
            continue
        done.add(item.uid)
        _lay(one.row, item, by_uid=uid_of(one.row.cells["uid"]) is not None)
        one.uid = item.uid


Key = tuple[str, int]  # type of record, id


def _find(rows: Sequence[Numbered]) -> dict[int, Key]:
    """Place in the batch -> the record that the row names, by uid before external id."""
    by_uid: dict[str, dict[uuid.UUID, list[int]]] = defaultdict(lambda: defaultdict(list))
    by_id: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, one in enumerate(rows):
        cells: Cells = one.row.cells
        kind = cells.header.table.record
        if uid := uid_of(cells["uid"]):
            by_uid[kind][uid].append(place)
        for text in map(plain, cells.many("external_id")):
            by_id[kind][text].append(place)
    found: dict[int, Key] = {}
    for kind, uids in by_uid.items():
        for uid, pk in KINDS[kind].model._default_manager.filter(uid__in=list(uids)).values_list("uid", "pk"):
            found |= dict.fromkeys(uids[uid], (kind, pk))
    for kind, ids in by_id.items():
        values = [text.partition(":")[2] for text in ids]
        known = models.ExternalId.objects.filter(value__in=values, **{f"{kind}__isnull": False})
        for slug, value, pk in known.values_list("dataset__slug", "value", kind):
            for place in ids.get(f"{slug}:{value}", ()):
                if found.setdefault(place, (kind, pk)) != (kind, pk):
                    detail = _("The id %(slug)s:%(value)s belongs to another record than the uid does.") % {
                        "slug": slug,
                        "value": value,
                    }
                    rows[place].row.problem("external_id", f"{slug}:{value}", "id-taken", detail)
    return {place: key for place, key in found.items() if not _is_taken(rows[place].row)}


def _is_taken(row: InputRow) -> bool:
    return any(problem.code == "id-taken" for problem in row.problems)


def _present(keys: Iterable[Key]) -> dict[Key, AnyRecord]:
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, pk in keys:
        by_kind[kind].append(pk)
    found: dict[Key, AnyRecord] = {}
    for kind, pks in by_kind.items():
        queryset = KINDS[kind].model._default_manager.filter(pk__in=pks).order_by("pk")
        found |= {(kind, pk): item for pk, item in zip(sorted(pks), mapping.to_records(queryset), strict=True)}
    return found


def _lay(row: InputRow, present: AnyRecord, *, by_uid: bool) -> None:
    """Make the row's record the edit of the present one, or note what is wrong with an edited cell."""
    cells: Cells = row.cells
    edited, lists = _edited(cells, present)
    unreadable = [problem for problem in row.problems if problem.code in _UNREADABLE]
    row.problems, row.record = unreadable, None
    if unreadable:
        return
    again = _read_again(cells, present, edited, lists)
    read, problems = again.read(edited)
    if read is None:
        row.problems = problems
        return
    overlay = Overlay(present, read, edited - lists.keys(), {name: one for name, (one, _new) in lists.items()})
    try:
        item = overlay.laid()
    except ValidationError as error:
        note_errors(row, error, cells.paths())
        return
    _cite(overlay, item, row, by_uid=by_uid)
    if not edited & {"guest", "host", "start"}:
        row.doubts = []
    row.record = item
    headings = cells.header.columns
    for column, value, code, detail in overlay.notes:
        if by_uid or code != "not-removed":
            row.problem(headings.get(column, column), value, code, detail, severity="warning")


def _edited(cells: Cells, present: AnyRecord) -> tuple[set[str], dict[str, tuple[Entries, list[str]]]]:
    """The columns whose cells say something else than the record; of those with entries, which are gone and new."""
    written, parts = cells_of(present), entries_of(present)
    edited: set[str] = set()
    lists: dict[str, tuple[Entries, list[str]]] = {}
    for column, heading in cells.header.columns.items():
        text = cells.row.raw.get(heading, "")
        if column == "uid" or not text.strip():
            continue  # a blank cell erases nothing
        if column not in parts:
            if not is_same(text, written[column], is_date=column in _DATES):
                edited.add(column)
            continue
        missing, new = _entries(text, [entry for entry, _part in parts[column]])
        if missing or new:
            edited.add(column)
            lists[column] = Entries([part for _entry, part in parts[column]], missing), new
    return edited, lists


def _entries(text: str, there: list[str]) -> tuple[dict[int, str], list[str]]:
    """The present entries that a cell does not show any more, by place, and the entries that are new in it."""
    written = Counter(names.clean(entry) for entry in entries(disarmed(text)))
    missing: dict[int, str] = {}
    for place in range(len(entries(cell_of(there)))):
        entry = names.clean(there[place])
        if written[entry]:
            written[entry] -= 1
        else:
            missing[place] = entry
    return missing, list(written.elements())


class _Again:
    """The row with its edited cells, and those of the present record where they are needed to understand them."""

    def __init__(self, cells: Cells, raw: dict[str, str]) -> None:
        header = replace(cells.header, columns={name: name for name in raw} | dict(cells.header.columns))
        self._headings = header.columns
        self._row = InputRow(cells.row.file, cells.row.row, {header.columns[name]: text for name, text in raw.items()})
        self._cells = Cells(self._row, header, cells.file, cells.options)

    def read(self, edited: Collection[str]) -> tuple[AnyRecord | None, list[Any]]:
        """The record that the cells say, or None and what is wrong with the edited ones."""
        made: AnyRecord | None = None
        try:
            made = self._cells.header.table.make(self._cells)()
        except ValidationError as error:
            note_errors(self._row, error, self._cells.paths())
            return None, self._row.problems
        wrong = {self._headings.get(column, column) for column in edited}
        problems = [problem for problem in self._row.problems if problem.field in wrong]
        return (None if problems else made), problems


def _read_again(
    cells: Cells, present: AnyRecord, edited: set[str], lists: dict[str, tuple[Entries, list[str]]]
) -> _Again:
    written, parts = cells_of(present), entries_of(present)
    raw = {}
    for column in cells.header.table.by_name:
        if column in parts:
            raw[column] = write_cell(lists[column][1]) if column in lists else ""
        elif column in edited:
            raw[column] = disarmed(cells.row.raw[cells.header.columns[column]].strip())
        elif column in HEAD_COLUMNS:
            raw[column] = _head_cell(column, cells, edited, written[column])
        elif column == "end" and "start" in edited and not cells["end"]:
            raw[column] = ""  # the start may name both days
        else:
            raw[column] = written[column]
    return _Again(cells, raw)


def _head_cell(column: str, cells: Cells, edited: set[str], cell: str) -> str:
    """A cell about the head that was not edited: it counts where another was, and where the file has it."""
    printed = {"head_is": "head", "head_office": "head_post"}.get(column)
    if not edited & set(HEAD_COLUMNS) or not cells[column] or (cell == NO_ONE and printed in edited):
        return ""
    return cell


def _cite(overlay: Overlay, item: AnyRecord, row: InputRow, *, by_uid: bool) -> None:
    """Cite a source that the row names anew; the citation of a list's own row follows the row."""
    edited, present = overlay.edited, overlay.present
    source, citation = overlay.read.sources[0], overlay.read.citations[0]
    shown = first_document(present)
    if edited & {"quote", *SOURCE_COLUMNS}:
        if "quote" in edited or shown is None or shown[1].uid != source_uid(source):
            citation.row, citation.columns = ({} if citation.exact else row.raw), {}
            item.sources, item.citations = [source], [citation]
        else:
            detail = _("The source stands in other records too: change it in the admin.")
            changed = sorted(edited & set(SOURCE_COLUMNS))
            overlay.notes += [(column, row.cells[column], "not-changed", detail) for column in changed]
    elif edited | overlay.lists.keys() and shown and not by_uid:
        ids = {plain(text).partition(":")[2] for text in row.cells.many("external_id")}
        rows = (one for one in present.citations if one.row and one.source == shown[0])
        own = next((one for one in rows if one.external_id in ids), None)
        if own:
            item.sources, item.citations = [shown[1]], [own.model_copy(update={"row": row.raw})]
