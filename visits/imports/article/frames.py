"""Which sentences say that somebody visits somewhere: the patterns of `visits.toml` against a coded sentence.

A sentence is coded unit by unit: a person becomes `P3`, a country `C4`, a city `Y5`, a word of a people `D6`, a date
`N7` (the number is the unit's), everything else its lower-case word. So a pattern is a line of plain words.
"""

import re
from dataclasses import dataclass
from functools import cache

from . import lexicon
from .dates_in_text import When
from .gazetteer import Place
from .persons import Line, Mention

_GAPS = {"{gap}": 8, "{gap6}": 6, "{gap2}": 2, "{gap3}": 3, "{gap4}": 4, "{gap12}": 12}
_PLAIN = r"(?:(?!P\d|invit|пригла)[^\s;]+ )"
_OWNER = r"(?! ['’]s (?!plane |aircraft |delegation |team |motorcade |flight ))"  # "P's envoy" is not P
_COMPANY = (
    r"(?: ,? ?(?:accompanied|joined|together with|along with|flanked|в сопровождении|вместе с)"
    r" [^;]{0,150}?(?= (?:,|will|has|is) ))?"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of tokens first..last (exclusive) and what it is."""

    code: str
    first: int
    last: int
    mention: Mention | None = None
    place: Place | None = None
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of the lexicon, compiled."""

    name: str
    pattern: re.Pattern[str]
    status: str
    weight: float
    guest_is: str


@dataclass(frozen=True, slots=True)
class Match:
    """A frame that fits: the units of guest and hosts, and the trigger's token range."""

    frame: Frame
    guest: Unit | None
    hosts: tuple[Unit, ...]
    other: Unit | None
    sender: Unit | None
    first: int
    last: int


class CodedLine:
    """A line as a string of unit codes."""

    def __init__(
        self, line: Line, whens: list[When], language: str, focus: Mention | None = None, speaker: Mention | None = None
    ) -> None:
        self.line, self.language = line, language
        self.units = _with_pronouns(_units(line, whens), focus, speaker, language)
        self.starts: list[int] = []
        parts, at = [], 0
        for number, unit in enumerate(self.units):
            text = unit.code if unit.code.islower() or not unit.code[:1].isupper() else f"{unit.code}{number}"
            self.starts.append(at)
            parts.append(text)
            at += len(text) + 1
        self.text = " ".join(parts) + " "

    def unit_at(self, position: int) -> int:
        low, high = 0, len(self.starts) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.starts[middle] <= position else (low, middle - 1)
        return low

    def matches(self, frame: Frame) -> list[Match]:
        return [m for found in frame.pattern.finditer(self.text) if (m := self._match(frame, found))]

    def _match(self, frame: Frame, found: re.Match[str]) -> Match | None:
        groups = found.groupdict()
        guest = self._one(groups.get("guest"))
        hosts = tuple(
            self.units[int(code[1:])] for code in re.findall(r"[PCY]\d+|D\d+(?= capital)", groups.get("host") or "")
        )
        return Match(
            frame,
            guest,
            hosts,
            self._one(groups.get("other")),
            self._one(groups.get("sender")),
            self.unit_at(found.start()),
            self.unit_at(found.end() - 2) + 1,
        )

    def _one(self, code: str | None) -> Unit | None:
        return self.units[int(code[1:])] if code else None

    def words(self) -> str:
        return self.text


def _units(line: Line, whens: list[When]) -> list[Unit]:
    tokens = line.sentence.tokens
    mentions = {m.first: m for m in line.mentions}
    places = {p.first: p for p in line.places}
    units, index = [], 0
    while index < len(tokens):
        when = next((w for w in whens if w.first <= tokens[index].start < w.last), None)
        if index in mentions:
            mention = mentions[index]
            units.append(Unit("P", index, mention.last, mention=mention))
            index = max(mention.last, index + 1)
        elif when:
            last = index
            while last < len(tokens) and tokens[last].start < when.last:
                last += 1
            units.append(Unit("N", index, last, when=when))
            index = last
        elif index in places and places[index].kind != "region":
            place = places[index]
            code = {"name": "C", "demonym": "D"}.get(place.kind, "Y")
            units.append(Unit(code, index, place.last, place=place))
            index = place.last
        else:
            word = tokens[index].low
            units.append(Unit(word if not word[:1].isupper() else word.casefold(), index, index + 1))
            index += 1
    return units


def _with_pronouns(units: list[Unit], focus: Mention | None, speaker: Mention | None, language: str) -> list[Unit]:
    """ "he" is who the sentence, or the one before, was about; "who" the person right before it."""
    personal, relative = lexicon.words(language, "visits", "pronouns"), lexicon.words(language, "visits", "relative")
    about, found = focus, []
    for number, unit in enumerate(units):
        if unit.mention is not None and (about is focus or about is None):
            about = unit.mention
        meant = about if unit.code in personal else speaker if unit.code in ("i", "я") else None
        if unit.code in relative:
            meant = next((u.mention for u in reversed(units[max(0, number - 3) : number]) if u.mention), None)
        found.append(Unit("P", unit.first, unit.last, mention=meant) if meant else unit)
    return found


@cache
def frames(language: str) -> tuple[Frame, ...]:
    """The frames of a language in the order of the file."""
    return _compiled_frames(language, "frame")


@cache
def meeting_frames(language: str) -> tuple[Frame, ...]:
    """The frames of meetings that imply a visit."""
    return _compiled_frames(language, "meeting")


@cache
def country_frames(language: str) -> tuple[Frame, ...]:
    """The patterns that say whose official somebody is."""
    return _compiled_frames(language, "country")


@cache
def leader_frames(language: str) -> tuple[Frame, ...]:
    """The patterns that say who leads a delegation."""
    return _compiled_frames(language, "leader")


def _compiled_frames(language: str, key: str) -> tuple[Frame, ...]:
    return tuple(
        Frame(
            item["name"],
            compiled(item["pattern"], language),
            item.get("status", ""),
            float(item.get("weight", 0)),
            item.get("guest", ""),
        )
        for item in lexicon.table(language, "visits")[key]
    )


@cache
def compiled(pattern: str, language: str) -> re.Pattern[str]:
    """A pattern of the lexicon as a regular expression over coded sentences."""
    lead = "|".join(map(re.escape, lexicon.phrases(language, "visits", "host_lead")))
    place = r"(?:[CY]\d+|D\d+(?= capital\b) capital)"
    host = rf"(?:(?:{lead}|D\d+) ){{0,4}}{place}(?:(?: , and | , | and | и | & )(?:the |в |во )?[CY]\d+)*"
    verbs = "|".join(map(re.escape, lexicon.phrases(language, "visits", "auxiliaries")))
    text = pattern
    for name, size in _GAPS.items():
        text = text.replace(f" {name} ", f" {_PLAIN}{{0,{size}}}?").replace(f"{name} ", f"{_PLAIN}{{0,{size}}}?")
    subject = rf"(?:the |a )?(?P<guest>P\d+{_OWNER}|C\d+(?= (?:{verbs}) )){_COMPANY} "
    owner = "" if "{guest} ('s" in pattern else _OWNER
    text = re.sub(r"\{guest\} (?=\(\?:\(\?!P)", lambda _match: subject, text)
    text = text.replace("{guest}", rf"(?:the |a )?(?P<guest>[PC]\d+{owner}){_COMPANY}").replace(
        "{other}", r"(?:the |a )?(?P<other>P\d+)"
    )
    text = text.replace("{sender}", r"(?P<sender>[CD]\d+)")
    text = (
        text.replace("{receiver}", r"(?:the |a )?(?P<host>P\d+)")
        .replace("{date}", r"N\d+")
        .replace("{host}", f"(?P<host>{host})")
        .replace("{city}", r"(?P<host>Y\d+)")
    )
    text = text.replace("{people}", r"(?P<guest>D\d+)")
    return re.compile(
        rf"(?:(?<=\s)|^)(?:{text.removeprefix('^')})(?= )" if not pattern.startswith("^") else f"^{text[1:]}(?= )"
    )
