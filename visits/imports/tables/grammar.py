"""Cells with several entries, and entries with several parts: how they are read, and how they are written.

Entries stand with `;` between them, parts of an entry with `|`; a part may have a name (`as=President Park`). Words
before a colon say of what kind an entry is or how firm it was. A backslash before `; | : [ ] = \\` keeps that sign as
a part of the text. What is written here reads back as the same.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

CUT = "…"  # ends a cell that was too long for a spreadsheet; it is no entry
_ENTRY = re.compile(r"(?:\\[;|:\[\]=\\]|[^;])+")
_PART = re.compile(r"(?:\\[;|:\[\]=\\]|[^|])+")
_ESCAPED = re.compile(r"\\([;|:\[\]=\\])")
_NAMED = re.compile(r"([a-z]+) ?=(?!=)(.*)", re.DOTALL)
_PREFIX = re.compile(r"([A-Za-z]+(?:[ -][A-Za-z]+)?) ?:(.*)", re.DOTALL)
_BRACKET = re.compile(r"(.*?) ?(?<!\\)\[([^\[\]\\]*)\]", re.DOTALL)


@dataclass(slots=True)
class Entry:
    """One entry of a cell: its words before colons, its parts by place and by name, what its square brackets hold."""

    text: str
    prefixes: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    bracket: str = ""
    strange: str = ""

    def part(self, place: int) -> str:
        return self.parts[place] if place < len(self.parts) else ""


def entries(cell: str) -> list[str]:
    """The entries of a cell, backslashes kept; empty ones are left out."""
    if not cell:
        return []
    pieces = _ENTRY.findall(cell) if "\\" in cell else cell.split(";")
    return [text for piece in pieces if (text := piece.strip()) and text != CUT]


def read_entry(
    text: str, named: Collection[str] = (), prefixes: Iterable[Collection[str]] = (), *, bracket: bool = False
) -> Entry:
    """An entry whose parts may have these names and which may begin with one word of each of these vocabularies.

    `strange` is a single word before a colon that is in none of them: it may be meant as one.
    """
    entry = Entry(text)
    for place, piece in enumerate(_parts(text)):
        match = _NAMED.fullmatch(piece)
        if match and match[1] in named:
            entry.named[match[1]] = plain(match[2].strip())
        elif place == 0:
            _read_first(entry, piece, list(prefixes), bracket)
        else:
            entry.parts.append(plain(piece))
    if not entry.parts:
        entry.parts.append("")
    return entry


def _parts(text: str) -> list[str]:
    if "|" not in text:
        return [text]
    # A part may be empty, so the separators are marked rather than the parts found.
    marked = re.sub(r"\\[;|:\[\]=\\]|\|", lambda found: "\0" if found[0] == "|" else found[0], text)
    return [piece.strip() for piece in marked.split("\0")]


def _read_first(entry: Entry, piece: str, vocabularies: list[Collection[str]], bracket: bool) -> None:
    while vocabularies and (match := _PREFIX.match(piece)):
        word = match[1].casefold().replace(" ", "-")
        place = next((number for number, words in enumerate(vocabularies) if word in words), None)
        if place is None:
            if not entry.prefixes and re.fullmatch(r"[A-Za-z-]+", match[1]):
                entry.strange = match[1]
            break
        entry.prefixes.append(word)
        vocabularies = vocabularies[place + 1 :]
        piece = match[2].strip()
    if bracket and (match := _BRACKET.fullmatch(piece)):
        piece, entry.bracket = match[1].strip(), match[2].strip()
    entry.parts.append(plain(piece))


def plain(text: str) -> str:
    """The text without the backslashes that keep a sign."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def write_entry(
    parts: Iterable[str],
    named: Mapping[str, str] | None = None,
    prefixes: Iterable[str] = (),
    bracket: str = "",
) -> str:
    """The entry that `read_entry` reads back; named parts that say nothing are left out, and so are empty ends."""
    places = [kept(part) for part in parts]
    while places and not places[-1]:
        places.pop()
    first = places[0] if places else ""
    words = "".join(f"{word}: " for word in prefixes)
    places[:1] = [f"{words}{first}{f' [{bracket}]' if bracket else ''}".strip()]
    extra = [f"{name}={kept(value)}" for name, value in (named or {}).items() if value]
    return " | ".join([*places, *extra]).strip() if any(places) or extra else ""


def kept(text: str) -> str:
    """The text with a backslash before each sign that would part it."""
    return re.sub(r"[;|:\[\]=\\]", r"\\\g<0>", text)


def write_cell(written: Iterable[str]) -> str:
    return "; ".join(text for text in written if text)
