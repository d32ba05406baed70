"""Is this printed name somebody whom we know? An answer with reasons: one, none, or ambiguous.

Names are compared by their key (`names.name_key`), time by years, offices by rank. Nothing is read or written here.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz

from . import names

# Per cent of equal letters from which two names may be one name spelt in two ways.
SIMILAR = 88.0
# Years between two mentions beyond which a name of this kind does not mean the same person by itself.
APART_SAME_NAME = 25
APART_OTHER_SPELLING = 15
APART_SURNAME = 8
_NUMERAL = re.compile(r"[ivx]+")
_PARTICLES = frozenset(
    ("al", "el", "bin", "ben", "ibn", "bint", "von", "van", "der", "den", "de", "da", "di", "du", "la", "le", "dos")
)

Words = tuple[str, ...]
Years = tuple[int | None, int | None]


@dataclass
class Known:
    """An official: the words of each of their names, and from when to when they are seen at each rank."""

    reference: Any
    name: str
    spellings: set[Words] = field(default_factory=set)
    ranks: dict[str, Years] = field(default_factory=dict)

    def seen(self, rank: str, first: int | None, last: int | None) -> None:
        """Widen the years at a rank."""
        was_first, was_last = self.ranks.get(rank, (None, None))
        self.ranks[rank] = (_least(was_first, first), _most(was_last, last))

    def apart(self, year: int | None) -> int | None:
        """Years between `year` and the nearest in which they are seen; None where either is unknown."""
        return _apart(self.ranks.values(), year)

    def apart_at(self, rank: str, year: int | None) -> int | None:
        return _apart([self.ranks[rank]], year) if rank in self.ranks else None


class Pool:
    """The officials of one country, found by key, by first name, and by the initials of all words.

    From `begin` on it is noted what is added, until `restore` takes that back.
    """

    def __init__(self) -> None:
        self.people: list[Known] = []
        self._undo: list[Callable[[], Any]] | None = None
        self._by_key: dict[str, list[Known]] = defaultdict(list)
        self._by_first: dict[str, list[Known]] = defaultdict(list)
        self._by_initials: dict[tuple[str, ...], list[Known]] = defaultdict(list)

    def begin(self) -> None:
        self._undo = []

    def restore(self) -> None:
        for step in reversed(self._undo or ()):
            step()
        self._undo = None

    def _append(self, people: list[Known], one: Known) -> None:
        people.append(one)
        if self._undo is not None:
            self._undo.append(people.pop)

    def add(self, reference: Any, name: str) -> Known:
        one = Known(reference, name)
        self._append(self.people, one)
        self.call(one, name)
        return one

    def call(self, one: Known, name: str) -> None:
        """Add one of their names."""
        words = words_of(name)
        if words in one.spellings:
            return
        one.spellings.add(words)
        if self._undo is not None:
            self._undo.append(lambda: one.spellings.discard(words))
        same = self._by_key[_key(name)]
        if not any(one is other for other in same):
            self._append(same, one)
        if bare := _bare(words):
            self._append(self._by_first[bare[0]], one)
            self._append(self._by_initials[_initials(bare)], one)

    def see(self, one: Known, rank: str, first: int | None, last: int | None) -> None:
        """Widen the years in which they are seen at a rank."""
        before = one.ranks.get(rank)
        one.seen(rank, first, last)
        if self._undo is not None:
            self._undo.append(lambda: one.ranks.pop(rank) if before is None else one.ranks.update({rank: before}))

    def named(self, key: str) -> list[Known]:
        """Those who have this name in any order of its words."""
        return list(self._by_key.get(key, ()))

    def alike(self, words: Words) -> list[Known]:
        """Those who have a like name (`_alike` asks for the same first name or the same initials)."""
        bare = _bare(words)
        if not bare:
            return []
        near = [*self._by_first.get(bare[0], ()), *self._by_initials.get(_initials(bare), ())]
        found = {id(one): one for one in near if any(_alike(words, other) for other in one.spellings)}
        return list(found.values())


@lru_cache(maxsize=50_000)
def words_of(name: str) -> Words:
    return tuple(names.name_tokens(name))


@lru_cache(maxsize=50_000)
def _key(name: str) -> str:
    return names.name_key(name)


@dataclass(frozen=True)
class Answer:
    """`who` is set for `one` only. `none` means: nobody whom we know."""

    word: str
    who: Known | None
    reasons: list[str]
    candidates: list[str] = field(default_factory=list)


def who_is(name: str, rank: str, year: int | None, pool: Pool) -> Answer:
    """Whom of the pool (the officials of one country) a name means, printed with an office of this rank."""
    if is_full(name):
        return _by_full_name(name, rank, year, pool)
    return _by_surname(words_of(name), rank, year, pool)


def is_full(name: str) -> bool:
    """Whether a name tells a person apart: two words, or a name with its number (Abdullah II)."""
    tokens = words_of(name)
    return sum(len(token) > 1 or bool(_NUMERAL.fullmatch(token)) for token in tokens) > 1


def _by_full_name(name: str, rank: str, year: int | None, pool: Pool) -> Answer:
    words = words_of(name)
    same = pool.named(_key(name))
    near = [one for one in same if (one.apart(year) or 0) <= APART_SAME_NAME]
    if len(near) == 1:
        return Answer("one", near[0], [f"same country, same name as {near[0].name}"])
    if same:
        why = "more than one official has this name" if near else "the same name, but decades apart"
        return Answer("ambiguous", None, [why], _names(near or same))
    alike = pool.alike(words)
    close = [one for one in alike if _within(one.apart_at(rank, year), APART_OTHER_SPELLING)]
    if len(close) == 1:
        return Answer("one", close[0], [f"same country, same rank, close in time, a like name: {close[0].name}"])
    if year is None and len(alike) == 1 and rank in alike[0].ranks:
        return Answer("one", alike[0], [f"same country, same rank, a like name, the only one: {alike[0].name}"])
    if alike:
        return Answer("ambiguous", None, ["same country, a like name, but nothing else speaks for it"], _names(alike))
    return Answer("none", None, ["no official of this country has this name: a new one"])


def _by_surname(tokens: Words, rank: str, year: int | None, pool: Pool) -> Answer:
    if not tokens:
        return Answer("none", None, ["no name"])
    bearing = [one for one in pool.people if any(_has_word(words, tokens[-1]) for words in one.spellings)]
    close = [one for one in bearing if _within(one.apart_at(rank, year), APART_SURNAME)]
    if len(close) == 1:
        return Answer("one", close[0], [f"a surname: same country, same rank, close in time as {close[0].name}"])
    if bearing:
        return Answer("ambiguous", None, ["a surname alone: it may be any of these"], _names(bearing))
    return Answer("none", None, ["a surname alone, and no official of this country has it"])


def _alike(one: Words, other: Words) -> bool:
    """One name in two spellings, or one with more of its words behind the same first name; numbers must be equal.

    A first name in front of a name that is otherwise the same is often a son's: that is not alike.
    """
    if _numerals(one) != _numerals(other):
        return False
    words, others = _bare(one), _bare(other)
    shorter, longer = sorted((words, others), key=len)
    if len(shorter) > 1 and set(shorter) < set(longer):
        return words[0] == others[0]
    if len(words) != len(others):
        return False
    pairs = zip(sorted(words), sorted(others), strict=True)
    return all(word[0] == twin[0] for word, twin in pairs) and fuzz.ratio(" ".join(words), " ".join(others)) >= SIMILAR


def _initials(bare: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(word[0] for word in bare))


def _bare(words: Words) -> list[str]:
    return [word for word in words if len(word) > 1 and word not in _PARTICLES]


def _has_word(words: Words, word: str) -> bool:
    return any(word == other or (len(word) > 4 and fuzz.ratio(word, other) >= SIMILAR) for other in words)


def _numerals(words: Iterable[str]) -> set[str]:
    return {word for word in words if _NUMERAL.fullmatch(word)}


def _names(people: Iterable[Known]) -> list[str]:
    return sorted({one.name for one in people})


def _within(apart: int | None, limit: int) -> bool:
    return apart is not None and apart <= limit


def _apart(ranges: Iterable[Years], year: int | None) -> int | None:
    if year is None:
        return None
    gaps = []
    for first, last in ranges:
        if first is None and last is None:
            continue
        low, high = first if first is not None else last, last if last is not None else first
        assert low is not None and high is not None  # noqa: S101, PT018 - one of the two is known
        gaps.append(max(low - year, year - high, 0))
    return min(gaps, default=None)


def _least(*years: int | None) -> int | None:
    return min((year for year in years if year is not None), default=None)


def _most(*years: int | None) -> int | None:
    return max((year for year in years if year is not None), default=None)
