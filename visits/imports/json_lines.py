"""VisitRecords in JSON: one per line (`jsonl`), or one file with an array or a single record (`json`).

The shape is `visits.record`; its JSON Schema is published. A bad line rejects that line alone. The member `problem`
of a file of rejected rows is not read, nor is a line that holds nothing else.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from visits import names, record, scripts

from .reading import PROBLEM, InputFile, InputRow, UnreadableInput, build
from .text_lines import text_lines

MAX_ARRAY_BYTES = 32 * 2**20
# A meeting with thousands of delegates is one line.
MAX_LINE_CHARACTERS = 16 * 2**20
# What a text may hold: a million small objects take 30 times the room of their text.
MAX_VALUES = 2_000_000
_DEEPEST = 10
_TYPED = re.compile(rb'"type"\s*:\s*"(?:visit|meeting|official|tenure)"')


class JsonLinesReader:
    name = "jsonl"
    label: Any = gettext_lazy("JSON Lines of records")
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")

    def recognises(self, name: str, head: bytes) -> bool:
        if name.lower().endswith(self.suffixes):
            return True
        first, newline, rest = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
        one_line = first.startswith(b"{") and bool(_TYPED.search(first))
        return one_line and bool(newline) and rest.lstrip()[:1] in {b"{", b""}

    def check(self, file: InputFile) -> None:
        self.count(file)

    def count(self, file: InputFile) -> int:
        number = sum(1 for _ in _lines(file))
        if not number:
            raise UnreadableInput(file.name, "no-rows", _("It holds no record."))
        return number

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row per line that is not blank, numbered by line."""
        self.check(file)
        for number, text in _lines(file):
            yield _row(file.name, number, text)


def _lines(file: InputFile) -> Iterator[tuple[int, str]]:
    """(number, text) of each line that is neither blank nor a mere note of what is wrong with the next."""
    for number, line in enumerate(text_lines(file, MAX_LINE_CHARACTERS), start=1):
        text = line.strip()
        if text and not (text.startswith(_NOTE) and _is_note(text)):
            yield number, text


_NOTE = f'{{"{PROBLEM}":'


def _is_note(text: str) -> bool:
    try:
        return list(orjson.loads(text)) == [PROBLEM]
    except orjson.JSONDecodeError:
        return False


class JsonReader:
    name = "json"
    label: Any = gettext_lazy("JSON array of records")
    suffixes: tuple[str, ...] = (".json",)

    def recognises(self, name: str, head: bytes) -> bool:
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        return start[:1] in {b"[", b"{"} and bool(_TYPED.search(start))

    def check(self, file: InputFile) -> None:
        self.count(file)

    def count(self, file: InputFile) -> int:
        return len(self._items(file))

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row per element of the array, numbered from 1."""
        for number, item in enumerate(self._items(file), start=1):
            yield _row(file.name, number, orjson.dumps(item).decode(), item)

    def _items(self, file: InputFile) -> list[Any]:
        if file.size > MAX_ARRAY_BYTES:
            limit = MAX_ARRAY_BYTES // 2**20
            detail = _("A JSON array is read up to %(limit)s MB: write JSON Lines, one record per line.") % {
                "limit": limit
            }
            raise UnreadableInput(file.name, "too-large", detail)
        with file.open() as stream:
            content = stream.read().removeprefix(b"\xef\xbb\xbf")
        if _has_too_many(content):
            raise UnreadableInput(file.name, "too-many-values", _TOO_MANY)
        try:
            data = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            detail = _("It is no JSON: %(why)s in line %(line)s, column %(column)s.") % {
                "why": error.msg,
                "line": error.lineno,
                "column": error.colno,
            }
            raise UnreadableInput(file.name, "broken-json", detail, row=error.lineno) from error
        items = data if isinstance(data, list) else [data]
        if not items:
            raise UnreadableInput(file.name, "no-rows", _("It holds no record."))
        return items


_TOO_MANY = _("It holds more than %(most)s values: write JSON Lines, one record per line.") % {
    "most": f"{MAX_VALUES:,}"
}


def _has_too_many(text: bytes) -> bool:
    return len(text) > MAX_VALUES and text.count(b"[") + text.count(b"{") + text.count(b",") > MAX_VALUES


def _row(file: str, number: int, text: str, data: Any = None) -> InputRow:
    row = InputRow(file, number, {"line": text})
    if data is None and len(text) > MAX_VALUES and _has_too_many(text.encode()):
        row.problem("", text, "too-many-values", _TOO_MANY)
        return row
    try:
        item = orjson.loads(text) if data is None else data
    except orjson.JSONDecodeError as error:
        row.problem(
            "",
            text,
            "broken-json",
            _("It is no JSON: %(why)s (column %(column)s).") % {"why": error.msg, "column": error.colno},
        )
        return row
    if not isinstance(item, dict):
        row.problem("", text, "no-object", _("A record is an object with named fields."))
        return row
    known = {name: value for name, value in item.items() if name != PROBLEM}
    if not text.isascii() or "\\u" in text:
        for path, name in _names_of_people(known):
            if next(scripts.hidden_words(name), None) is not None:
                row.problem(path, name, "hidden-characters", names.disguise(name))
    if not row.problems:
        build(row, lambda: record.parse(known))
    return row


def _names_of_people(data: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Names by which officials are meant, wherever they stand; no deeper than records go."""
    if path.count(".") > _DEEPEST:
        return
    for name, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        here = f"{path}.{name}" if path else str(name)
        if isinstance(value, dict | list):
            yield from _names_of_people(value, here)
        elif isinstance(value, str) and re.search(r"(?:^|official\.)name$|other_names\.\d+\.text$", here):
            yield here, value
