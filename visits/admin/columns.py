"""“Confirm columns”: what each heading of an uploaded table is read as, when the tracker does not know it by itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import BinaryField
from django.db.models.functions import Substr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz
from unfold.widgets import UnfoldAdminSelectWidget

from visits import field_names, loads, names
from visits.enums import DateOrder, RecordType, RunStatus
from visits.imports.reading import HEAD_BYTES, Heading, InputFile, Reader, Tabular, UnreadableInput
from visits.imports.registry import READERS, guess
from visits.imports.tables import TABLES, Table
from visits.imports.tables.columns import date_order, key
from visits.models import ImportRun

LEAVE_OUT = "-"
_WAITS = gettext_lazy("It waits until its columns are confirmed.")
_THREE_NUMBERS = re.compile(r"\s*(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*\d{2,4}\b")


@dataclass
class Uploaded:
    """The tables of one type of record in a load: its headings over all files, and which stand together in a file."""

    table: Table
    label: str
    headings: dict[str, Heading] = field(default_factory=dict)
    files: list[tuple[str, set[str]]] = field(default_factory=list)


def reader_for(file: InputFile, named: str) -> Reader | None:
    """The reader that was asked for, that recognises the file, or else one of tables for its suffix."""
    if named:
        return READERS.get(named)
    tabular = (one for one in READERS.values() if isinstance(one, Tabular) and file.name.lower().endswith(one.suffixes))
    return guess(file) or next(tabular, None)


def format_of(inputs: list[tuple[str, bytes]], named: str) -> str:
    """The format to load these files in: the reader of tables where no reader knows their headings; else as asked."""
    if named or not inputs:
        return named
    files = [InputFile.of(name, content) for name, content in inputs]
    readers = [reader_for(file, "") for file in files]
    unknown = any(guess(file) is None for file in files)
    first = readers[0]
    return first.name if unknown and first and all(reader is first for reader in readers) else ""


def holds_tables(run: ImportRun) -> bool:
    """Whether a file of the load is a table with columns to choose, told from its beginning."""
    beginning = Substr("content", 1, HEAD_BYTES, output_field=BinaryField())
    files = (
        InputFile.of(name, bytes(head)) for name, head in run.files.filter(origin={}).values_list("name", beginning)
    )
    return any(isinstance(reader_for(file, run.format), Tabular) for file in files)


def uploaded_tables(run: ImportRun) -> list[Uploaded]:
    """The tables of a load, by type of record; a file that cannot be read is left to the load, which says why."""
    found: dict[str, Uploaded] = {}
    for stored in run.files.filter(origin={}):
        file = InputFile.of(stored.name, bytes(stored.content))
        reader = reader_for(file, run.format)
        if not isinstance(reader, Tabular):
            continue
        try:
            kind, headings = reader.headings(file)
        except UnreadableInput:
            continue
        table = next(one for one in TABLES.values() if one.record == kind)
        uploaded = found.setdefault(kind, Uploaded(table, str(RecordType(kind).label)))
        uploaded.files.append((file.name, {heading.text for heading in headings}))
        for heading in headings:
            uploaded.headings.setdefault(heading.text, heading)
    return list(found.values())


def settle(run: ImportRun, user: Any, tables: list[Uploaded]) -> bool:
    """Take over what this sender chose before; whether that leaves nothing to ask."""
    columns, open_questions = {}, False
    for one in tables:
        before = loads.remembered(user, one.table.record)
        for heading in one.headings.values():
            chosen = before.get(names.search_key(heading.text))
            if chosen is not None and chosen != heading.column:
                columns[heading.text] = chosen
            elif heading.column is None:
                open_questions = True
        open_questions |= bool(_missing(one, columns)) or "" in set(_orders(one))
    run.columns = columns
    run.message = str(_WAITS) if open_questions else ""
    run.save(update_fields=["columns", "message"])
    return not open_questions


def waits(run: ImportRun) -> bool:
    """Whether it was uploaded and waits until its columns are confirmed."""
    return run.status == RunStatus.QUEUED and bool(run.message)


def _missing(one: Uploaded, columns: Mapping[str, str]) -> dict[str, list[str]]:
    """{file: required columns that none of its headings is read as}."""
    missing = {}
    for name, headings in one.files:
        known = {columns.get(text, one.headings[text].column) for text in headings}
        if absent := [column for column in one.table.required if column not in known]:
            missing[name] = absent
    return missing


def _orders(one: Uploaded) -> Iterator[str]:
    """Of each example that is a date of three numbers: the order that it proves, or "" when it may be either."""
    for heading in one.headings.values():
        for example in () if date_order(heading.text) else heading.examples:
            if match := _THREE_NUMBERS.match(example):
                first, second = map(int, match.groups())
                yield DateOrder.DAY_FIRST if first > 12 else DateOrder.MONTH_FIRST if second > 12 else ""


class ColumnsForm(forms.Form):
    """A select for each heading, and the order of dates. `groups` are the rows as the page shows them."""

    date_order = forms.ChoiceField(
        label=gettext_lazy("Dates of three numbers"),
        required=False,
        choices=[
            ("", gettext_lazy("Read only those that are clear, such as 2024-02-01 or 13/2/2024")),
            (DateOrder.DAY_FIRST, gettext_lazy("1/2/2024 is 1 February: the day stands first")),
            (DateOrder.MONTH_FIRST, gettext_lazy("1/2/2024 is 2 January: the month stands first")),
        ],
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, run: ImportRun, user: Any, tables: list[Uploaded], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run, self.user, self.tables = run, user, tables
        self._name: dict[tuple[str, str], str] = {}
        self._how: dict[str, tuple[str, str]] = {}
        orders = [order for one in tables for order in _orders(one)]
        self.has_numbers = bool(orders)
        proven = set(filter(None, orders))
        self.fields["date_order"].initial = run.date_order or (proven.pop() if len(proven) == 1 else "")
        for one in tables:
            chosen = self._preselect(one, loads.remembered(user, one.table.record))
            for number, heading in enumerate(one.headings.values()):
                name = f"{one.table.record}-{number}"
                self._name[one.table.record, heading.text] = name
                initial, how = chosen[heading.text]
                self._how[name] = (how, initial)
                self.fields[name] = forms.ChoiceField(
                    label=heading.text or _("A column without a heading"),
                    choices=self._options(one.table),
                    initial=initial,
                    widget=UnfoldAdminSelectWidget,
                    error_messages={"required": _("Choose what it is, or leave it out.")},
                )

    def _preselect(self, one: Uploaded, before: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """{heading: (what is preselected, how it came to be)}; a column is suggested once, for what is most like it."""
        found = {text: self._sure(heading, before) for text, heading in one.headings.items()}
        taken = {column for column, _how in found.values()}
        unsure = [heading for text, heading in one.headings.items() if not found[text][0] and heading.nearest]
        for heading in sorted(unsure, key=lambda heading: _likeness(heading, one.table), reverse=True):
            if heading.nearest and heading.nearest not in taken:
                found[heading.text] = heading.nearest, "suggested"
                taken.add(heading.nearest)
        return found

    def _sure(self, heading: Heading, before: Mapping[str, str]) -> tuple[str, str]:
        last_time = before.get(names.search_key(heading.text))
        chosen = self.run.columns.get(heading.text, last_time)
        column = heading.column if chosen is None else chosen
        if column is None:
            return "", "unknown"
        is_as_last_time = chosen is not None and chosen == last_time
        return column or LEAVE_OUT, "remembered" if is_as_last_time else "known" if chosen is None else "chosen"

    @staticmethod
    def _options(table: Table) -> list[tuple[str, str]]:
        return [
            ("", _("Choose …")),
            (LEAVE_OUT, _("– leave it out –")),
            *((column.name, label_of_column(column.name)) for column in table.columns),
        ]

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The tables with their headings, what is preselected and why, and what is missing."""
        return [
            {
                "label": one.label,
                "files": [name for name, _headings in one.files],
                "missing": [
                    {"file": file, "columns": [label_of_column(name) for name in absent]}
                    for file, absent in _missing(one, self._preselected(one)).items()
                ],
                "rows": [
                    {"heading": heading, "field": self[name], "how": self._how[name][0]}
                    for heading in one.headings.values()
                    for name in [self._name[one.table.record, heading.text]]
                ],
                "columns": one.table.columns,
            }
            for one in self.tables
        ]

    def _preselected(self, one: Uploaded) -> dict[str, str]:
        return {text: self._how[self._name[one.table.record, text]][1] for text in one.headings}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for one in self.tables:
            chosen = self._chosen(one, cleaned)
            for file, headings in one.files:
                self._refuse_doubles(one, {text: chosen[text] for text in headings if chosen.get(text)})
                if not self.errors and (absent := _missing(one, chosen).get(file)):
                    needed = ", ".join(map(label_of_column, absent))
                    words = _("%(file)s: choose the heading that is %(columns)s; every row needs it.")
                    self.add_error(None, words % {"file": file, "columns": needed})
        return cleaned

    def _chosen(self, one: Uploaded, cleaned: Mapping[str, str]) -> dict[str, str]:
        """{heading: column, or "" to leave it out} of what was chosen."""
        given = {text: cleaned.get(self._name[one.table.record, text]) for text in one.headings}
        return {text: "" if column == LEAVE_OUT else column for text, column in given.items() if column}

    def _refuse_doubles(self, one: Uploaded, chosen: Mapping[str, str]) -> None:
        taken: dict[str, str] = {}
        for text, column in chosen.items():
            if column in taken:
                words = _("“%(other)s” is read as this already: keep one of the two.") % {"other": taken[column]}
                self.add_error(self._name[one.table.record, text], words)
            taken.setdefault(column, text)

    def answers(self) -> tuple[dict[str, str], str]:
        """{heading: column} where it is not what the tracker takes it for by itself, and the order of dates."""
        columns = {
            text: column
            for one in self.tables
            for text, column in self._chosen(one, self.cleaned_data).items()
            if column != one.headings[text].column
        }
        return columns, self.cleaned_data["date_order"]

    def remember(self) -> None:
        """Keep what was chosen for this sender's next file; a choice that is given up is given up there too."""
        for one in self.tables:
            before = loads.remembered(self.user, one.table.record)
            chosen = self._chosen(one, self.cleaned_data)
            kept = {
                text: column
                for text, column in chosen.items()
                if column != one.headings[text].column or names.search_key(text) in before
            }
            loads.remember(self.user, one.table.record, kept)


def _likeness(heading: Heading, table: Table) -> float:
    """How like the nearest column's names a heading is, of 100."""
    column = table.by_name[heading.nearest or ""]
    return max(fuzz.ratio(key(heading.text), key(name)) for name in (column.name, *column.aliases))


def label_of_column(name: str) -> str:
    """A column's name in words: `head_post` -> “head post”."""
    return field_names.in_words(name)
