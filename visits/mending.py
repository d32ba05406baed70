"""The rejected rows of a load as a file to mend and load again, in the form that they came in, each with its problem.

Tables come as CSV with a last column `problem`, records in JSON as JSON Lines with a member `problem`, XML with a
comment before each element. The readers ignore these. A load of several files gives a ZIP with a file for each.
"""

import csv
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import PurePath
from tempfile import TemporaryFile
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from .imports.reading import BEYOND, PROBLEM, OfElements
from .imports.registry import READERS
from .imports.respelled import armed
from .models import ImportProblem, ImportRun

_BLOCK = 2**16
_LINE = ["line"]  # the columns of a record in JSON: its text
_TEXTS = {"title", "publisher", "url", "published", "sha256", "encoding"}  # of an article, which cannot be mended
_WRONG_WIDTH = "wrong-cell-count"


class RejectedFile(NamedTuple):
    """A file to download: its name, its media type, its bytes piece by piece."""

    name: str
    media_type: str
    content: Iterator[bytes]


@dataclass
class _Row:
    """A rejected row as it stood in its file, by column, and all that is wrong with it."""

    cells: list[tuple[str, str]]
    problems: list[str] = field(default_factory=list)
    is_too_short: bool = False

    @property
    def problem(self) -> str:
        return " | ".join(self.problems)


@dataclass(frozen=True)
class _Form:
    suffix: str
    media_type: str


_CSV = _Form(".csv", "text/csv; charset=utf-8")
_JSONL = _Form(".jsonl", "application/x-ndjson")
_XML = _Form(".xml", "application/xml")


def rejected(run: ImportRun) -> RejectedFile | None:
    """The rows that the load rejected; None when there are none that can be mended (an article cannot)."""
    files = [(file, form) for file in _files(run) if (form := _form_of(run, file))]
    if not files:
        return None
    if len(files) == 1:
        file, form = files[0]
        return RejectedFile(_name(file, form), form.media_type, _content(run, file, form))
    return RejectedFile(f"load-{run.pk}-rejected.zip", "application/zip", _zipped(run, files))


def _files(run: ImportRun) -> list[str]:
    """The files with rejected rows, in the order of the load."""
    rows = run.problems.filter(raw__isnull=False).order_by("pk").values_list("file", flat=True)
    return list(dict.fromkeys(rows.iterator()))


def _form_of(run: ImportRun, file: str) -> _Form | None:
    first = run.problems.filter(raw__isnull=False, file=file).order_by("pk").first()
    columns = [name for name, _text in _cells(first)] if first else []
    if not columns or _TEXTS.issuperset(columns):
        return None
    if columns == _LINE and not file.lower().endswith((".csv", ".tsv")):
        return _JSONL
    return _XML if file.lower().endswith(".xml") else _CSV


def _name(file: str, form: _Form) -> str:
    """visits.xlsx#sheet -> visits-sheet-rejected.csv"""
    path, _sign, sheet = file.rpartition("#") if "#" in file else (file, "", "")
    stem = "-".join(filter(None, (PurePath(path).stem, sheet)))
    plain = re.sub(r"[^\w. -]", "_", stem)
    return f"{plain}-rejected{form.suffix}"


def _cells(problem: ImportProblem) -> list[tuple[str, str]]:
    return [(name, text) for name, text in problem.raw or ()]


def _rows(run: ImportRun, file: str) -> Iterator[_Row]:
    """Each rejected row once, in the order of the file."""
    problems = run.problems.filter(raw__isnull=False, file=file).order_by("row", "pk")
    for _number, same in groupby(problems.iterator(chunk_size=1000), key=lambda problem: problem.row):
        row: _Row | None = None
        for problem in same:
            row = row or _Row(_cells(problem))
            row.problems.append(_in_words(problem))
            row.is_too_short |= problem.code == _WRONG_WIDTH
        if row:
            yield row


def _in_words(problem: ImportProblem) -> str:
    value = f"“{problem.value}”" if problem.field and problem.value else ""
    where = " ".join(filter(None, (problem.field, value)))
    return f"{where}: {problem.detail}" if where else problem.detail


def _content(run: ImportRun, file: str, form: _Form) -> Iterator[bytes]:
    rows = _rows(run, file)
    return {_CSV: _table, _JSONL: _lines, _XML: _elements}[form](rows)


def _zipped(run: ImportRun, files: Iterable[tuple[str, _Form]]) -> Iterator[bytes]:
    taken: set[str] = set()
    with TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, (file, form) in enumerate(files, start=1):
                name = _name(file, form)
                name = f"{number}-{name}" if name in taken else name
                taken.add(name)
                with archive.open(name, "w") as entry:
                    for block in _content(run, file, form):
                        entry.write(block)
        target.seek(0)
        while block := target.read(_BLOCK):
            yield block


# tables


class _Echo:
    """What csv writes to, so that each line comes back."""

    def write(self, line: str) -> str:
        return line


def _table(rows: Iterator[_Row]) -> Iterator[bytes]:
    """CSV in UTF-8 with a byte order mark, as spreadsheets like it; no cell is a formula."""
    writer = csv.writer(_Echo())
    first = next(rows)
    headings = [name for name, _text in first.cells if not name.startswith(BEYOND)]
    yield b"\xef\xbb\xbf" + writer.writerow([*headings, PROBLEM]).encode()
    for row in chain([first], rows):
        texts = dict(row.cells)
        beyond = [text for name, text in row.cells if name.startswith(BEYOND)]
        if row.is_too_short and not beyond:
            beyond = [""]  # a row of the wrong width stays one until somebody mends it
        cells = [*(texts.get(name, "") for name in headings), row.problem, *beyond]
        yield writer.writerow([armed(cell) for cell in cells]).encode()


# JSON


def _lines(rows: Iterator[_Row]) -> Iterator[bytes]:
    """Each record as it was written, with its problem as the first member; what is no object, below a line of it."""
    for row in rows:
        text = row.cells[0][1].strip()
        problem = json.dumps(row.problem, ensure_ascii=False)
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            yield f'{{"{PROBLEM}": {problem}}}\n{text}\n'.encode()
        elif PROBLEM in record or not record:
            rest = {name: value for name, value in record.items() if name != PROBLEM}
            yield f"{json.dumps({PROBLEM: row.problem, **rest}, ensure_ascii=False)}\n".encode()
        else:
            yield f'{{"{PROBLEM}": {problem}, {text[1:].lstrip()}\n'.encode()


# XML


def _elements(rows: Iterator[_Row]) -> Iterator[bytes]:
    first = next(rows)
    reader = _reader_of(first)
    root, record = reader.element
    needed = " ".join(f"<{column}>" for column in reader.columns if "@" not in column)
    about = f"A <{record}> has {needed}. What a comment names is to be mended in the element below it."
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n<!-- {about} -->\n'.encode()
    for row in chain([first], rows):
        yield f"<!-- {_comment(row.problem)} -->\n{_element(record, row)}\n".encode()
    yield f"</{root}>\n".encode()


def _reader_of(row: _Row) -> OfElements:
    """The reader whose columns the row has most of."""
    names = {name for name, _text in row.cells}
    readers = [reader for reader in READERS.values() if isinstance(reader, OfElements)]
    return max(readers, key=lambda reader: len(names & set(reader.columns)))


def _comment(text: str) -> str:
    return re.sub("-(?=-)|-$", "\u2010", text)


def _element(name: str, row: _Row) -> str:
    """The element with its children and their attributes, the text as it stood, white space included."""
    attributes: dict[str, dict[str, str]] = {"": {}}
    children: dict[str, str] = {}
    for column, text in row.cells:
        child, sign, attribute = column.partition("@")
        if sign:
            attributes.setdefault(child, {})[attribute] = text
            if child:
                children.setdefault(child, "")
        else:
            children[child] = text
    inside = "".join(
        _tagged(re.sub(r"\[\d+\]$", "", child), attributes.get(child, {}), escape(text, {"\r": "&#13;"}))
        for child, text in children.items()
    )
    return _tagged(name, attributes[""], inside)


def _tagged(name: str, attributes: dict[str, str], inside: str) -> str:
    told = "".join(f" {key}={quoteattr(text)}" for key, text in attributes.items())
    return f"<{name}{told}>{inside}</{name}>"
