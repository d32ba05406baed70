"""A text as sentences of tokens that keep their offsets. Offsets are Unicode code points of the given text.

Nothing is rewritten but what a database can't hold (NUL, lone surrogates), each by one code point, so that every
offset stays true. Page furniture and author biographies are left out of the sentences, not out of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import lexicon

LIMIT = 100_000
LONGEST = 3_000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TOKEN = re.compile(
    r"(?P<abbreviation>(?:[A-ZА-ЯЁ]\.){2,}|[A-Z]\.(?=\s?[A-Z]))"
    r"|(?P<clitic>['’]s\b)"
    r"|(?P<number>\d+(?:[.,:]\d+)*(?:st|nd|rd|th)?\b)"
    r"|(?P<word>[^\W_]+(?:['’ʼ](?!s\b)[^\W\d_]+)*)"
    r"|(?P<mark>\S)"
)
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[\n]")
_LINE = re.compile(r"[^\n]*\n?")
_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3})(?:, [A-ZА-ЯЁ][\w. ]{2,20}){0,2}"
    r"(?:, [A-ZА-ЯЁ]?\w+\.? \d{1,2}\.?)?"
    r"(?: ?\([^)\n]{2,30}\))?\s{0,3}(?:[-–—]+\s+){1,3}"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark; `low` is its case-folded text with plain apostrophes."""

    text: str
    low: str
    start: int
    end: int
    is_word: bool

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


@dataclass(slots=True)
class Sentence:
    """Tokens between two offsets; `paragraph` counts blocks of lines, `heading` marks a title."""

    index: int
    start: int
    end: int
    paragraph: int
    heading: bool
    tokens: list[Token] = field(default_factory=list)
    dateline: str = ""


def storable(text: str) -> str:
    """The text with what PostgreSQL refuses replaced one for one."""
    return _UNSTORABLE.sub(" ", text)


def tokens(text: str, start: int, end: int) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(text, start, end):
        word = match.group()
        low = word.casefold().replace("’", "'").replace("ʼ", "'").replace("ё", "е")
        found.append(Token(word, low, match.start(), match.end(), match.lastgroup in ("word", "abbreviation")))
    return found


def split(text: str, language: str) -> list[Sentence]:
    """The sentences of the story, in order."""
    story = text[:LIMIT]
    found: list[Sentence] = []
    for number, (start, end, heading) in enumerate(_blocks(story, language)):
        for first, last in _sentences(story, start, end, language):
            if _is_biography(story[first:last], language):
                continue
            place, body = _dateline(story, first, last)
            parts = tokens(story, body, last)
            if parts:
                found.append(Sentence(len(found), body, last, number, heading, parts, place))
    return found


def _blocks(text: str, language: str) -> Iterator[tuple[int, int, bool]]:
    """Paragraphs: lines joined where a line break only wraps; furniture left out; (start, end, is a heading)."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text) if m.group()]
    wrapped = _is_wrapped([text[a:b] for a, b in lines])
    starts, ends = (
        lexicon.phrases(language, "text", "furniture_starts"),
        lexicon.phrases(language, "text", "ends_story"),
    )
    block: list[int] = []
    for position, (start, end) in enumerate(lines):
        line = text[start:end].strip()
        low = line.casefold()
        if position > 3 and len(line) < 60 and low.startswith(ends):
            break
        furniture = len(line) < 300 and low.startswith(starts)
        if block and (not line or furniture or not _continues(text, block[1], line, wrapped)):
            yield block[0], block[1], _is_heading(text[block[0] : block[1]])
            block = []
        if line and not furniture:
            block = [block[0] if block else start, end]
    if block:
        yield block[0], block[1], _is_heading(text[block[0] : block[1]])


def _dateline(text: str, start: int, end: int) -> tuple[str, int]:
    """("TOKYO", the offset after "TOKYO, April 27 - "): where the reporter sat is no place of the story."""
    match = _DATELINE.match(text, start, min(end, start + 120))
    if match and match.end() < end and (match.group("place").isupper() or text[match.end() - 2] in "–—"):
        return match.group("place"), match.end()
    return "", start


def _is_wrapped(lines: list[str]) -> bool:
    """Whether lines are cut at a fixed width: nearly all of like length, few of them ending a sentence."""
    long = [line.strip() for line in lines if len(line.strip()) > 40]
    if len(long) < 4 or sum(len(line) > 100 for line in long) > len(long) / 5:
        return False
    return sum(line[-1] not in '.!?”"’»' for line in long) > len(long) / 2


def _continues(text: str, end: int, line: str, wrapped: bool) -> bool:
    before = text[max(0, end - 200) : end].rstrip()
    if (
        line[:1].islower()
        or before.endswith((",", "–", "-", "—", ";"))
        or line[:1] in ",.;)"
        or line in ("-", "–", "—")
    ):
        return True
    return wrapped and not before.endswith((".", "!", "?", "”", '"'))


def _is_heading(block: str) -> bool:
    words = block.split()
    return len(words) <= 30 and not block.rstrip().endswith((".", "!", "?", "”", '"', ":", "…"))


def _sentences(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    short = lexicon.words(language, "text", "abbreviations")
    first = start
    for match in _END.finditer(text, start, end):
        if match.group() == "\n" or _is_abbreviation(text, first, match.start(), match.end(), short):
            continue
        yield from _trimmed(text, first, match.end())
        first = match.end()
    yield from _trimmed(text, first, end)


def _is_abbreviation(text: str, first: int, dot: int, after: int, short: frozenset[str]) -> bool:
    if text[dot] != ".":
        return False
    word = re.search(r"[\w.]+$", text[max(first, dot - 20) : dot])
    following = text[after : after + 3].lstrip()
    if following[:1].islower():
        return True
    if not word:
        return False
    last = word.group()
    return (
        last.casefold() in short
        or (len(last) == 1 and last.isupper())
        or bool(re.fullmatch(r"(?:\w\.)+\w", last) and following[:1].isupper() and len(last) <= 3)
    )


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:  # no sentence: lists, tables, nonsense; pieces keep the work in proportion
        cut = text.rfind(" ", start + 1, start + LONGEST)
        cut = cut if cut > start else start + LONGEST
        yield start, cut
        start = cut
    if start < end:
        yield start, end


def _is_biography(sentence: str, language: str) -> bool:
    low = " ".join(sentence.casefold().split())
    return any(cue in low for cue in lexicon.phrases(language, "text", "biography"))
