"""Words that were searched for, marked in a text, and the stretch of a long text in which they stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from visits import names

SNIPPET = 200
_WORD = re.compile(r"[^\W_]+(?:['’ʼ-][^\W_]+)*")
_SHORT = 3  # a shorter word has to be a whole one


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `hit` where it is what was searched for."""

    text: str
    hit: bool


def highlight(text: str, query: str, *, by_sound: bool = False) -> list[Piece]:
    """The text in pieces, those words marked that begin with a word of the query, accents and alphabet aside."""
    wanted = names.search_key(query).split()
    sounds = [sound for word in wanted if len(sound := names.sound_key(word)) > _SHORT] if by_sound else []
    pieces, end = list[Piece](), 0
    for match in _WORD.finditer(text):
        if wanted and _is_meant(match[0], wanted, sounds):
            pieces += [Piece(text[end : match.start()], False), Piece(match[0], True)]
            end = match.end()
    return [piece for piece in (*pieces, Piece(text[end:], False)) if piece.text]


def _is_meant(word: str, wanted: Sequence[str], sounds: Sequence[str]) -> bool:
    key = names.search_key(word)
    if any(part == one or (len(one) >= _SHORT and part.startswith(one)) for part in key.split() for one in wanted):
        return True
    return bool(sounds) and names.sound_key(key).startswith(tuple(sounds))


def snippet(text: str, query: str, length: int = SNIPPET) -> list[Piece]:
    """At most `length` characters of the text around the first word that was searched for, in pieces."""
    if len(text) > length:
        pieces = highlight(text, query)
        first = len(pieces[0].text) if len(pieces) > 1 and not pieces[0].hit else 0
        start = max(0, min(first - length // 3, len(text) - length))
        text = _whole_words(text, start, length)
    return highlight(text, query)


def _whole_words(text: str, start: int, length: int) -> str:
    cut = text[start : start + length]
    if start and " " in cut:
        cut = "…" + cut[cut.find(" ") + 1 :]
    if start + length < len(text) and " " in cut:
        cut = cut[: cut.rfind(" ")] + "…"
    return cut


def plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)
