"""What all readers share: input files, rows, problems, limits, and wrong values in words that say how to mend.

No database here: a reader sees bytes and yields rows. A file that cannot be read as a whole is an
`UnreadableInput`, raised before its first row; a row that cannot be read has problems and no record.
"""

import hashlib
import io
import json
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol, runtime_checkable

from django.utils.translation import gettext_noop as _
from pydantic import ValidationError

from visits import record
from visits.record import SourceRef

MAX_FILE_BYTES = 200 * 2**20  # of what is held in memory: an upload
MAX_BYTES_ON_DISK = 2 * 2**30
MAX_FILES = 5_000
MAX_ROW_CHARACTERS = 2**20
MAX_COLUMNS = 200
MAX_VALUE = 200
MAX_FILE_NAME = 500
HEAD_BYTES = 4096
PROBLEM = "problem"  # the column or member of a file of rejected rows that says why: to read, not to load
BEYOND = "…"  # begins the name, in a row as it stands in its file, of a cell that has no heading: …1, …2

AnySource = record.SourceRef
AnyRecord = record.VisitData | record.MeetingRecord | record.OfficialRecord | record.TenureRecord


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in one row. `row` 0 is the file itself; a `warning` does not reject the row."""

    file: str
    row: int
    field: str
    value: str
    code: str
    detail: str
    severity: str = "error"

    def as_dict(self) -> dict[str, str | int]:
        """The shape of reports and of `errors` in the API."""
        return {
            "file": self.file,
            "row": self.row,
            "field": self.field,
            "value": self.value,
            "code": self.code,
            "detail": self.detail,
            "severity": self.severity,
        }


@dataclass(slots=True)
class InputRow:
    """One row: verbatim, and the record it holds, or None when a problem rejects it.

    `row` is what a person counts: the row of the spreadsheet (the header is 1), the line, else the n-th record.
    `doubts` are (code, reason) pairs about a record that is kept. A document gives a row for each record that it
    holds (`part` counts them), with its bytes (`content`) and when they were fetched, or one row without a record and
    without problems: then `document` says what was read. A record that is made of many rows of a table has them all in
    `rows` (the first is `raw`) with their `numbers`, and counts as so many; a row that `repeats` an earlier one in
    every column is counted and left out.
    """

    file: str
    row: int
    raw: dict[str, str]
    record: AnyRecord | None = None
    problems: list[Problem] = field(default_factory=list)
    dataset: str | None = None
    doubts: list[tuple[str, str]] = field(default_factory=list)
    part: int = 0
    content: bytes | None = field(default=None, repr=False)
    retrieved_at: str = ""
    document: SourceRef | None = None
    rows: list[dict[str, str]] = field(default_factory=list, repr=False)
    numbers: list[int] = field(default_factory=list, repr=False)
    repeats: bool = False
    cells: Any = field(default=None, repr=False, compare=False)

    @property
    def all_raw(self) -> list[dict[str, str]]:
        """Every input row that the record is made of, verbatim."""
        return self.rows or [self.raw]

    @property
    def weight(self) -> int:
        """How many input rows this is, in the counts of a report."""
        return len(self.all_raw)

    @property
    def rejected(self) -> bool:
        return self.record is None and self.document is None and not self.repeats

    def problem(self, name: str, value: object, code: str, detail: str, severity: str = "error") -> None:
        """Note what is wrong with one field; an error rejects the row."""
        self.problems.append(Problem(self.file, self.row, name, shown(value), code, detail, severity))
        if severity == "error":
            self.record = None


class UnreadableInput(Exception):
    """A file that cannot be read as a whole; nothing of it is taken. `row` is the line, 0 if there is none."""

    def __init__(self, file: str, code: str, detail: str, row: int = 0, field: str = "", value: object = "") -> None:
        super().__init__(f"{file}: {detail}")
        self.file, self.code, self.detail = file, code, detail
        self.row, self.field, self.value = row, field, shown(value)
        # Of an input of several files of which none can be read: the errors of the others.
        self.others: list[UnreadableInput] = []

    def as_problem(self) -> Problem:
        return Problem(self.file, self.row, self.field, self.value, self.code, self.detail)

    def as_problems(self) -> list[Problem]:
        """This one and those of the other files."""
        return [error.as_problem() for error in (self, *self.others)]


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file on disk or in memory. `name` is what reports call it."""

    name: str
    sha256: str
    size: int
    path: Path | None = None
    content: bytes | None = field(default=None, repr=False)
    # Of what was fetched: its url, when (retrieved_at), type and charset as the server said; of an entry of a feed its
    # title, publisher and published too.
    origin: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def at(cls, path: Path, name: str = "") -> "InputFile":
        """A file on disk, hashed as it stands; UnreadableInput when it is absent, empty or too large."""
        name = file_name(name or path.name)
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):
                raise UnreadableInput(name, "no-file", _("It is no ordinary file."))
            size = facts.st_size
            _check_size(name, size, MAX_BYTES_ON_DISK)
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise UnreadableInput(
                name, "unreadable", _("It cannot be opened: %(why)s.") % {"why": error.strerror or error}
            ) from error
        return cls(name, digest, size, path=path)

    @classmethod
    def of(cls, name: str, content: bytes, origin: Mapping[str, str] | None = None) -> "InputFile":
        """A file in memory: an upload, the body of a request, or what was fetched."""
        name = file_name(name)
        _check_size(name, len(content), MAX_FILE_BYTES)
        return cls(name, hashlib.sha256(content).hexdigest(), len(content), content=content, origin=origin or {})

    def open(self) -> BinaryIO:
        """A fresh binary stream from the start."""
        if self.content is not None:
            return io.BytesIO(self.content)
        assert self.path is not None  # noqa: S101 - one of the two is always there
        try:
            return self.path.open("rb")
        except OSError as error:
            raise UnreadableInput(
                self.name, "unreadable", _("It cannot be opened: %(why)s.") % {"why": error.strerror}
            ) from error

    def head(self) -> bytes:
        with self.open() as stream:
            return stream.read(HEAD_BYTES)


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file in a folder that no reader knows (a README, a schema), with the reason in words."""

    name: str
    detail: str


class Reader(Protocol):
    """One format. `read` may be called again; it checks the whole file before it yields the first row."""

    name: str
    label: Any
    # A file that was named itself and that nobody recognises goes to the reader of its suffix, which says why not.
    suffixes: tuple[str, ...]

    def recognises(self, name: str, head: bytes) -> bool:
        """Whether a file of this name that begins with these bytes (at most HEAD_BYTES) is for this reader."""
        ...

    def check(self, file: InputFile) -> None:
        """Raise UnreadableInput when the file cannot be read as a whole."""
        ...

    def read(self, file: InputFile) -> Iterator[InputRow]: ...


@runtime_checkable
class OfElements(Protocol):
    """A reader of flat XML: its root and the element of a record, and the columns that a record needs."""

    element: tuple[str, str]
    columns: Collection[str]


# The rows of a data set, by its slug, that earlier loads brought: {column: value} as printed.
KeptRows = Callable[[str], Iterable[Mapping[str, str]]]


@runtime_checkable
class LooksAround(Protocol):
    """A reader whose records name records that stand in other files of the same input, or came in earlier."""

    def among(self, files: Sequence[InputFile], kept: KeptRows) -> Reader:
        """A reader of these files that knows what the others hold."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """What a sender says of tables: which column a heading means ("" leaves it out), how 1/2/2024 is read.

    `country_names` are names of countries that stand in the tracker alone, normalised, with their codes.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: str = ""
    country_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a table: the column that it is read as (None: unknown), else the one that it comes nearest to."""

    text: str
    column: str | None
    nearest: str | None = None
    examples: tuple[str, ...] = ()


@runtime_checkable
class Tabular(Protocol):
    """A reader of tables that a person may have headed in words of their own."""

    def told(self, options: Options) -> Reader:
        """The same reader with these options."""
        ...

    def headings(self, file: InputFile) -> tuple[str, list[Heading]]:
        """The type of record that the table holds, and its headings with values from its first rows."""
        ...


class Unreadable:
    """In the place of a reader: a file that cannot be read as a whole, beside others that can. One rejected row."""

    label = "unreadable"
    suffixes: tuple[str, ...] = ()

    def __init__(self, error: UnreadableInput) -> None:
        self.error = error
        self.name = f"unreadable {error.file}"

    def recognises(self, name: str, head: bytes) -> bool:
        return False

    def check(self, file: InputFile) -> None:
        raise self.error

    def read(self, file: InputFile) -> Iterator[InputRow]:
        yield InputRow(file.name, self.error.row, {}, problems=[self.error.as_problem()])


def together(errors: Sequence[UnreadableInput]) -> UnreadableInput:
    """The first of these errors, with the others."""
    first, *rest = errors
    first.others = rest
    return first


def file_name(name: str) -> str:
    """The name of a file as reports show it: what no text holds is replaced, the end of a long path kept."""
    name = re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "�", name)
    return name if len(name) <= MAX_FILE_NAME else f"…{name[1 - MAX_FILE_NAME :]}"


def shown(value: object) -> str:
    """A value as reports show it: text that can be stored, at most MAX_VALUE characters, an ellipsis where cut."""
    if not isinstance(value, str):
        value = "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    value = re.sub("[\ud800-\udfff]", "�", value[: MAX_VALUE + 1].replace("\x00", "␀"))
    return value if len(value) <= MAX_VALUE else value[: MAX_VALUE - 1] + "…"


# pydantic's error types, in words that say how to mend. Their places are the error's own context values.
_WORDS: dict[str, str] = {
    "missing": _("It is missing: give it a value."),
    "extra_forbidden": _("There is no such field: check its spelling or leave it out."),
    "string_too_long": _("It is longer than %(max_length)s characters: shorten it."),
    "too_long": _("It has more than %(max_length)s entries: split the record."),
    "string_type": _("It must be text."),
    "list_type": _("It must be a list."),
    "dict_type": _("It must be an object with named values."),
    "model_type": _("It must be an object with named fields."),
    "model_attributes_type": _("It must be an object with named fields."),
    "bool_type": _("Write true or false."),
    "bool_parsing": _("Write true or false."),
    "int_type": _("It must be a whole number."),
    "int_parsing": _("It must be a whole number."),
    "float_type": _("It must be a number."),
    "float_parsing": _("It must be a number."),
    "greater_than_equal": _("It must be %(ge)s or more."),
    "less_than_equal": _("It must be %(le)s or less."),
    "enum": _("Write one of: %(expected)s."),
    "literal_error": _("The value has to be %(expected)s."),
    "union_tag_invalid": _("“type” must be one of %(expected_tags)s."),
    "union_tag_not_found": _("“type” is missing: visit, meeting, official or tenure."),
    "uuid_parsing": _("A uid looks like 8f2b6c1e-4f6d-5a58-9a3c-5d1f0f7f3c21: leave it out if there is none."),
    "uuid_type": _("A uid is text: leave it out if there is none."),
}
_PATTERNS: dict[str, str] = {
    "country": _("Write a country code: two letters (JP), four for a former country (SUHH), or x-name."),
    "venue_country": _("Write a country code: two letters (JP), four for a former country (SUHH), or x-name."),
    "external_ids": _("Write it as data-set:id, for example hsg-visits:2138."),
    "url": _("Write a whole address that begins with http:// or https://."),
    "language": _("Write a language code such as en or pt-BR."),
    "wikidata": _("Write a Wikidata id such as Q42."),
    "script": _("Write a script of ISO 15924 such as Cyrl."),
    "file_sha256": _("Write the 64 hexadecimal digits of the file's sha256."),
    "target": _("Write a JSON Pointer into this record, for example /delegations/0."),
}


def detail_of(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors in words that say how to mend."""
    kind, context = error["type"], error.get("ctx") or {}
    if kind in {"value_error", "assertion_error"}:
        text = str(context.get("error", error["msg"]))
        return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
    if kind == "string_pattern_mismatch":
        names = [part for part in error["loc"] if isinstance(part, str)]
        name = names[-1] if names else ""
        return _PATTERNS.get(name, _("Write a slug: small letters, digits and hyphens."))
    words = _WORDS.get(kind)
    return words % _Context(context) if words else f"{error['msg']}."


class _Context(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def field_path(location: tuple[int | str, ...]) -> str:
    """`("visit", "delegations", 0, "members")` -> `delegations.0.members`; the record's own type is left out."""
    parts = location[1:] if location[:1] and location[0] in _TYPES else location
    return ".".join(str(part) for part in parts)


_TYPES = {"visit", "meeting", "official", "tenure"}


def note_errors(row: InputRow, error: ValidationError, columns: Mapping[str, str] | None = None) -> None:
    """Note all of pydantic's errors on the row, by column where `columns` maps a field path to one."""
    columns = columns or {}
    for item in error.errors(include_url=False):
        path = field_path(item["loc"])
        column = column_of(path, columns)
        value = row.raw.get(column) if column in row.raw else item.get("input")
        missing = item["type"] in {"missing", "union_tag_not_found"}
        row.problem(column, "" if missing else value, item["type"].replace("_", "-"), detail_of(item))


def column_of(path: str, columns: Mapping[str, str]) -> str:
    """The column of the longest known beginning of a field path, else the path itself."""
    parts = path.split(".")
    beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((columns[beginning] for beginning in beginnings if beginning in columns), path)


def build(
    row: InputRow,
    make: Callable[[], AnyRecord],
    columns: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None,
) -> None:
    """Set the row's record, or note why there is none. Earlier errors on the row stay and reject it.

    `columns` maps field paths of the record to columns of the row; a function is asked only when there are errors.
    """
    refused = any(problem.severity == "error" for problem in row.problems)
    try:
        made = make()
    except ValidationError as error:
        note_errors(row, error, columns() if callable(columns) else columns)
        return
    row.record = None if refused else made


def _check_size(name: str, size: int, most: int) -> None:
    if size == 0:
        raise UnreadableInput(name, "empty-file", _("The file is empty."))
    if size > most:
        detail = _("The file has %(size)s bytes; at most %(most)s MB are read: split it.") % {
            "size": f"{size:,}",
            "most": most // 2**20,
        }
        raise UnreadableInput(name, "too-large", detail)
