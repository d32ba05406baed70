"""An XLSX file checked before anything reads it as a table, with bounded memory.

It is a zip of XML. What it says of its own size may be false, so every part is unpacked up to the size it claims and
written anew; whoever reads the copy sees nothing that was not measured. Every part is looked through for document
types and for cells beyond the limits, because a single cell far below makes a table of everything above it.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.parsers import expat

from django.utils.translation import gettext_noop as _

from .reading import MAX_COLUMNS, InputFile, UnreadableInput

MAX_PARTS = 1000
MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 200
SMALL = 10 * 2**20  # below this a high ratio harms nobody
MAX_ROWS = 200_000
MAX_CELLS = 5_000_000
_CHUNK = 256 * 1024
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)


@dataclass
class PartFacts:
    """What a table alone does not tell of one part: cells whose value is an error or was never computed.

    Of the workbook: its sheets with the keys of their parts; of its relations: the part of each key.
    """

    name: str
    sheets: list[tuple[str, str]] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    wrong: dict[tuple[int, int], str] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0


@contextmanager
def checked_package(file: InputFile) -> Iterator[tuple[str, dict[str, PartFacts]]]:
    """The path of a checked copy, and the facts of each XML part; UnreadableInput when it is broken or too large."""
    with file.open() as stream, tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        try:
            facts = _copied(file.name, zipfile.ZipFile(stream), copy)
        except _BROKEN as error:
            detail = _("It is no whole XLSX file: %(why)s.") % {"why": str(error)[:200] or type(error).__name__}
            raise UnreadableInput(file.name, "broken-xlsx", detail) from error
        except (zipfile.zlib.error, AssertionError) as error:  # type: ignore[attr-defined]
            raise UnreadableInput(
                file.name, "broken-xlsx", _("It cannot be unpacked: %(why)s.") % {"why": error}
            ) from error
        copy.flush()
        yield copy.name, facts


def _copied(name: str, package: zipfile.ZipFile, copy: object) -> dict[str, PartFacts]:
    parts = package.infolist()
    _check_sizes(name, parts)
    facts = {}
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:  # type: ignore[call-overload]
        for part in parts:
            if part.is_dir():
                continue
            scan = _Scan(name, part.filename) if part.filename.lower().endswith((".xml", ".rels")) else None
            with package.open(part) as source, target.open(part.filename, "w", force_zip64=True) as sink:
                while chunk := source.read(_CHUNK):
                    sink.write(chunk)
                    if scan:
                        scan.feed(chunk)
            if scan:
                facts[part.filename] = scan.done()
    return facts


def _check_sizes(name: str, parts: list[zipfile.ZipInfo]) -> None:
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS:
        raise UnreadableInput(
            name,
            "too-many-parts",
            _("It holds %(number)s parts, at most %(most)s are read.")
            % {"number": f"{len(parts):,}", "most": f"{MAX_PARTS:,}"},
        )
    if unpacked > MAX_UNPACKED or (unpacked > SMALL and unpacked > MAX_RATIO * max(packed, 1)):
        detail = _(
            "Unpacked it has %(bytes)s bytes; at most %(most)s MB, and %(times)s times its size, are read: save it as "
            "CSV."
        ) % {"bytes": f"{unpacked:,}", "most": MAX_UNPACKED // 2**20, "times": MAX_RATIO}
        raise UnreadableInput(name, "too-large-unpacked", detail)
    if len({part.filename for part in parts}) < len(parts):
        raise UnreadableInput(name, "broken-xlsx", _("It holds two parts of one name."))


class _Scan:
    """One XML part: refuses a document type and cells beyond the limits, and collects the facts of a sheet."""

    def __init__(self, file: str, part: str) -> None:
        self._file, self._part = file, part
        self._facts = PartFacts(part)
        self._row = self._column = 0
        self._kind = ""
        self._inside = self._formula = self._value = self._formula_text = False
        self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, final: bool = False) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            detail = _("Its part %(part)s is no well-formed XML: %(why)s.") % {
                "part": self._part,
                "why": expat.ErrorString(error.code),
            }
            raise UnreadableInput(self._file, "broken-xlsx", detail) from error

    def done(self) -> PartFacts:
        self.feed(b"", final=True)
        return self._facts

    def _doctype(self, name: str, *_rest: object) -> None:
        detail = _("Its part %(part)s has a document type (and may declare entities): that is refused.") % {
            "part": self._part
        }
        raise UnreadableInput(self._file, "entities", detail, value=name)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > 100:
            raise UnreadableInput(
                self._file, "too-deep", _("Elements of its part %(part)s lie too deep.") % {"part": self._part}
            )
        local = name.rpartition(":")[2]
        if local == "row":
            self._row = _number(attributes.get("r", "")) or self._row + 1
            self._column = 0
        elif local == "c":
            row, column = _place(attributes.get("r", ""))
            self._row, self._column = row or self._row, column or self._column + 1
            self._kind = attributes.get("t", "")
            self._inside, self._formula, self._value, self._formula_text = True, False, False, False
        elif local == "sheet" and "name" in attributes:
            key = next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")
            self._facts.sheets.append((attributes["name"], key))
        elif local == "Relationship":
            self._facts.parts[attributes.get("Id", "")] = attributes.get("Target", "")
        elif self._inside:
            self._formula |= local == "f"
            self._formula_text = local == "f"
            # A formula whose result is the empty text has a type; without one it was never computed.
            self._value |= local == "is" or self._kind == "str"

    def _text(self, text: str) -> None:
        self._value |= self._inside and not self._formula_text and not text.isspace()

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name.rpartition(":")[2] != "c" or not self._inside:
            return
        self._inside = False
        if self._value or self._formula:
            self._count()
        if self._kind == "e":
            self._facts.wrong[self._row, self._column] = "an error"
        elif self._formula and not self._value:
            self._facts.wrong[self._row, self._column] = _("a formula that was never computed")

    def _count(self) -> None:
        facts = self._facts
        facts.rows, facts.columns = max(facts.rows, self._row), max(facts.columns, self._column)
        if facts.columns > MAX_COLUMNS or facts.rows > MAX_ROWS + 1 or facts.rows * facts.columns > MAX_CELLS:
            detail = _(
                "%(part)s has a cell at %(column)s%(row)s: at most %(rows)s rows, %(columns)s columns and "
                "%(cells)s cells are read. Save it as CSV."
            ) % {
                "part": self._part,
                "column": column_letters(self._column),
                "row": self._row,
                "rows": f"{MAX_ROWS:,}",
                "columns": MAX_COLUMNS,
                "cells": f"{MAX_CELLS:,}",
            }
            raise UnreadableInput(self._file, "too-many-cells", detail, row=self._row)
        if len(facts.wrong) > MAX_ROWS:
            raise UnreadableInput(
                self._file, "too-many-errors", _("%(part)s has too many cells with an error.") % {"part": self._part}
            )


def facts_of_sheet(sheet: str, facts: dict[str, PartFacts]) -> PartFacts:
    """The facts of a sheet by its name."""
    book = facts.get("xl/workbook.xml", PartFacts(""))
    relations = facts.get("xl/_rels/workbook.xml.rels", PartFacts("")).parts
    target = relations.get(dict(book.sheets).get(sheet, ""), "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return facts.get(part, PartFacts(part))


def column_letters(number: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _place(reference: str) -> tuple[int, int]:
    """`B3` -> (3, 2); zeros for what is no reference."""
    match = re.fullmatch(r"([A-Za-z]{1,7})([0-9]{1,9})", reference)
    if not match:
        return 0, 0
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
