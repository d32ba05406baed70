"""Rows of a flat XML file: one element per record, its children the columns (`from`, `from@id`), its own
attributes too (`@who`).

Streams with bounded memory: a document type (and so every entity, internal or external) is refused, nothing is
fetched, and a record larger than MAX_ROW_CHARACTERS or with too many columns ends the reading. Columns hold the
text as it stands in the file, white space included; a child that comes again is `from[2]`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from django.utils.translation import gettext_noop as _

from .reading import MAX_COLUMNS, MAX_ROW_CHARACTERS, InputFile, UnreadableInput

_CHUNK = 64 * 1024
_MAX_DEPTH = 50


@dataclass(slots=True)
class XmlRow:
    """`line` is where the record begins; `repeated` names columns that it holds more than once."""

    line: int
    columns: dict[str, str] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)


def xml_rows(file: InputFile, root: str, record: str) -> Iterator[XmlRow]:
    """The `record` elements right under `root`, in order; UnreadableInput names file and line."""
    target = _Collector(file.name, root, record)
    with file.open() as stream:
        while chunk := stream.read(_CHUNK):
            target.feed(chunk)
            yield from target.taken()
        target.feed(b"", final=True)
    yield from target.taken()


class _Collector:
    def __init__(self, file: str, root: str, record: str) -> None:
        self._file, self._root, self._record = file, root, record
        self._path: list[str] = []
        self._row: XmlRow | None = None
        self._size = self._started = self._fed = 0
        self._rows: list[XmlRow] = []
        self._column = ""
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def taken(self) -> list[XmlRow]:
        rows, self._rows = self._rows, []
        return rows

    def feed(self, chunk: bytes, final: bool = False) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            detail = _("It is no well-formed XML: %(reason)s in line %(line)s. Is the file complete?") % {
                "reason": reason,
                "line": error.lineno,
            }
            raise UnreadableInput(self._file, "broken-xml", detail, row=error.lineno) from error
        except (ValueError, LookupError) as error:
            raise self._refusal("broken-xml", _("Its encoding cannot be read: %(why)s.") % {"why": error}) from error
        # A tag or comment that does not end is scanned again with every chunk.
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > MAX_ROW_CHARACTERS and not final:
            raise self._refusal(
                "row-too-large",
                _("a tag or comment is longer than %(most)s bytes.") % {"most": f"{MAX_ROW_CHARACTERS:,}"},
            )
        # Names, attributes and comments make no text, but they take memory too.
        if self._row and self._parser.CurrentByteIndex - self._started > 8 * MAX_ROW_CHARACTERS:
            raise self._too_large()

    def _refusal(self, code: str, detail: str, value: str = "") -> UnreadableInput:
        line = self._parser.CurrentLineNumber
        return UnreadableInput(self._file, code, f"Line {line}: {detail}", row=line, value=value)

    def _too_large(self) -> UnreadableInput:
        detail = _("the record has more than %(most)s characters or %(columns)s columns.")
        limits = {"most": f"{MAX_ROW_CHARACTERS:,}", "columns": MAX_COLUMNS}
        return self._refusal("row-too-large", detail % limits)

    def _doctype(self, name: str, *_rest: object) -> None:
        raise self._refusal(
            "entities", _("a document type (and the entities that it may declare) is refused: remove it."), name
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != self._root:
            raise self._refusal(
                "wrong-root",
                _("the file begins with <%(name)s>, not <%(root)s>.") % {"name": name, "root": self._root},
                name,
            )
        self._path.append(name)
        depth = len(self._path)
        if depth > _MAX_DEPTH:
            raise self._refusal("too-deep", _("elements lie more than %(most)s deep.") % {"most": _MAX_DEPTH}, name)
        if depth == 2 and name == self._record:
            self._row, self._size = XmlRow(self._parser.CurrentLineNumber), 0
            self._started = self._parser.CurrentByteIndex
            self._attributes(self._row, "", attributes)
        if depth == 3 and self._row:
            self._column = name
            if name in self._row.columns:
                self._row.repeated.append(name)
                self._column = f"{name}[{self._row.repeated.count(name) + 1}]"
            self._row.columns[self._column] = ""
            self._attributes(self._row, self._column, attributes)

    def _attributes(self, row: XmlRow, name: str, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            row.columns[f"{name}@{key}"] = value
            self._size += len(value)
        if len(row.columns) + len(row.repeated) > MAX_COLUMNS or self._size > MAX_ROW_CHARACTERS:
            raise self._too_large()

    def _text(self, text: str) -> None:
        if self._row is None or len(self._path) < 3:
            return
        self._size += len(text)
        if self._size > MAX_ROW_CHARACTERS:
            raise self._too_large()
        self._row.columns[self._column] += text

    def _end(self, name: str) -> None:
        if len(self._path) == 2 and self._row:
            self._rows.append(self._row)
            self._row = None
        self._path.pop()
