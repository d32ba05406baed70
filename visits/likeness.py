"""How like two names of persons are: the same, spelt otherwise, with more words, a surname alone, a relative's.

A likeness says nothing yet about whether they are one person: for that each needs its nearness in office and time
(`namesakes`). Names are compared as words (`names.name_tokens`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from . import names

Words = tuple[str, ...]

# Per cent of equal letters from which two words may be one word spelt in two ways; from the lower one when they sound
# the same too.
_SIMILAR, _SIMILAR_IN_SOUND, _SIMILAR_TOGETHER = 80.0, 65.0, 90.0
_LONG = 6  # letters of a word of which any one may be another
_MOST_WORDS = 12  # of a name that are compared

_NUMERAL = re.compile(r"[ivx]+")
_PATRONYMIC = frozenset(("bin", "ben", "ibn", "bint", "ould"))
_PARTICLES = _PATRONYMIC | frozenset(
    ("al", "el", "ul", "von", "van", "der", "den", "de", "da", "di", "du", "do", "la", "le", "dos", "e", "y")
)
_SERVANT = frozenset(("abd", "abdel", "abdul"))  # “Abd al-Aziz” is one name
_SHORT_FORMS = {"mohd": "mohammed", "muhd": "mohammed", "md": "mohammed"}
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("tch|tsch|sch|sh|ch|zh", "s"), ("kh", "h"), ("gh", "g"), ("ph", "f"), ("th", "t"), ("dh", "d"), ("dj", "j"),
        ("ck|q|c", "k"), ("ts|tz|z", "s"), ("w", "v"), ("g", "k"), ("d", "t"), ("b", "p"), ("j", "s"),
        ("^[hk]", "k"), ("[aeiouy]", ""), (r"([a-z])\1+", r"\1"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Grade:
    """How like two names are, and how many years may lie between two mentions that are to mean one person.

    `alone`: in one post that one person holds at a time, nobody else being seen in it in between; `apart`: the same
    although others were; `elsewhere`: in two leading posts; `anywhere`: whatever the posts. None: never by this alone.
    `near` asks for an editor where the years do not suffice.
    """

    words: str
    alone: int | None = None
    apart: int | None = None
    elsewhere: int | None = None
    anywhere: int | None = None
    near: bool = False


SAME = Grade("the same name", 25, 25, 25, 25, near=True)
SPELT = Grade("names differ in their spelling", 15, 15, 5, near=True)
LONGER = Grade("one name has more words", 18, 18, 18, near=True)
REGAL = Grade("the name of a reign", 25, 5, 5, near=True)
WITHOUT_FIRST = Grade("one name lacks the first word of the other", 20, 5)
SURNAMES = Grade("the same surname, no more is printed", 12, 10, 5, near=True)
SURNAME = Grade("a surname alone", 8, 4, 3, near=True)
MIDDLE_NAME = Grade("one word of the name alone", 5, 3, near=True)
OTHER_MIDDLE = Grade("first and last words are the same", 8)
INITIALS = Grade("other initials", 8, near=True)
IN_COMMON = Grade("two words in common", 8)
RELATED = Grade("the same surname")
# The surest first.
GRADES = (SAME, SPELT, LONGER, REGAL, WITHOUT_FIRST, SURNAMES, SURNAME, INITIALS, OTHER_MIDDLE, IN_COMMON, MIDDLE_NAME,
          RELATED)  # fmt: skip


@lru_cache(maxsize=50_000)
def words_of(name: str) -> Words:
    return tuple(names.name_tokens(name)[:_MOST_WORDS])


class _Parts:
    """The words of a name by what they are: `own` are given names and surnames in order."""

    def __init__(self, words: Words) -> None:
        self.numerals = {
            word for word in words[1:] if _NUMERAL.fullmatch(word) and (len(word) > 1 or word == words[-1])
        }
        self.initials = [word for word in words if len(word) == 1 and word not in _PARTICLES | self.numerals]
        self.own: list[str] = []
        self.fathers: set[int] = set()  # where in `own` a word behind “bin” stands
        follows, servant = False, ""
        for word in words:
            if word in _PATRONYMIC and self.own:
                follows = True
            elif word in _SERVANT:
                servant = "abdul"
            elif word == words[0] == "ibn" or not (len(word) == 1 or word in _PARTICLES or word in self.numerals):
                if follows:
                    self.fathers.add(len(self.own))
                self.own.append(servant + _SHORT_FORMS.get(word, word))
                follows, servant = False, ""
        if servant:
            self.own.append(servant)

    @cached_property
    def together(self) -> str:
        return "".join(self.own)


@lru_cache(maxsize=50_000)
def _parts(words: Words) -> _Parts:
    return _Parts(words)


def own_words(words: Words) -> list[str]:
    """Given names and surnames, without initials, particles and numbers."""
    return _parts(words).own


def is_full(name: str) -> bool:
    """Whether a name tells a person apart: two words, or a name with its number (Abdullah II)."""
    parts = _parts(words_of(name))
    return len(parts.own) + bool(parts.numerals) > 1


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """The consonants of a word, those that are confused in transliteration made one."""
    for pattern, one in _SOUNDS:
        word = pattern.sub(one, word)
    return word


@lru_cache(maxsize=200_000)
def similar(word: str, other: str) -> bool:
    """Whether two words may be one in two spellings: Nuri, Nouri; Geidar, Heydar; never Amata, Imata."""
    if word == other:
        return True
    if without_article(word) == without_article(other) or (len(word) > 2 and _folded(word) == _folded(other)):
        return True
    if min(len(word), len(other)) < 4:
        return False
    ratio = fuzz.ratio(word, other)
    if OSA.distance(word, other) == 1 and min(len(word), len(other)) >= _LONG:
        return True
    if word[0] == other[0] and (ratio >= _SIMILAR or (len(word) == len(other) and OSA.distance(word, other) == 1)):
        return True
    sounds = sound(word), sound(other)
    if word[0] != other[0] and {word[0], other[0]} & set("aeiou"):
        return False
    as_heard = sounds[0] == sounds[1] if min(map(len, sounds)) < 4 else OSA.distance(*sounds) < 2
    return ratio >= _SIMILAR_IN_SOUND and min(map(len, sounds)) > 2 and as_heard


def without_article(word: str) -> str:
    for article in ("abdul", "abdel", "al", "el"):
        if word.startswith(article) and len(word) > len(article) + 3:
            return word[len(article) :]
    return word


@lru_cache(maxsize=100_000)
def _folded(word: str) -> str:
    """Vowels that are written in several ways made one: Isa, Issa, Essa; Suharto, Soeharto."""
    for pattern, vowel in (("ou|oe|oo|o", "u"), ("ee|e|y", "i"), (r"([a-z])\1+", r"\1")):
        word = re.sub(pattern, vowel, word)
    return word


def compare(words: Words, other: Words, *, regal: bool = False) -> Grade | None:
    """The likeness of two names; None when they have nothing in common or are told apart.

    `regal`: both are called by the name of a reign, which is its first word.
    """
    return _compared(words, other, regal)


@lru_cache(maxsize=200_000)
def _compared(words: Words, other: Words, regal: bool) -> Grade | None:
    one, two = _parts(words), _parts(other)
    if not one.own or not two.own:
        return SAME if words == other else None
    if one.numerals and two.numerals and one.numerals != two.numerals:
        return None
    if regal:
        return _reign(one, two)
    if min(len(one.own), len(two.own)) == 1:
        return _single(one.own, two.own)
    if one.numerals != two.numerals or _are_turned(one, two) or _have_other_fathers(one, two):
        return None
    if sorted(one.own) == sorted(two.own):
        return INITIALS if _differ(one.initials, two.initials) else SAME
    return _several(one, two)


@lru_cache(maxsize=200_000)
def are_apart(words: Words, other: Words) -> bool:
    """Whether two names tell two people apart, whatever else these are called: other fathers, other numbers."""
    one, two = _parts(words), _parts(other)
    if one.numerals and two.numerals and one.numerals != two.numerals:
        return True
    if min(len(one.own), len(two.own)) < 2:
        return False
    return _are_turned(one, two) or _have_other_fathers(one, two)


def _reign(one: _Parts, two: _Parts) -> Grade | None:
    if not similar(one.own[0], two.own[0]) or _have_other_fathers(one, two):
        return None
    return SAME if len(one.own) > 1 and sorted(one.own) == sorted(two.own) else REGAL


def _single(own: Sequence[str], other: Sequence[str]) -> Grade | None:
    (word,), words = sorted((own, other), key=len)
    if not any(similar(word, one) for one in words):
        return None
    if len(words) == 1:
        return SURNAMES
    return SURNAME if similar(word, words[-1]) or similar(word, words[0]) else MIDDLE_NAME


def _several(one: _Parts, two: _Parts) -> Grade | None:
    shorter, longer = sorted((one, two), key=lambda parts: len(parts.own))
    pairs = _pairs(shorter.own, longer.own)
    first, last = similar(shorter.own[0], longer.own[0]), similar(shorter.own[-1], longer.own[-1])
    if _are_together(one, two):
        return SPELT
    if len(pairs) == len(shorter.own):
        if len(shorter.own) == len(longer.own):
            return SPELT
        if first:
            return LONGER
        if list(pairs) == list(range(len(longer.own) - len(pairs), len(longer.own))) and pairs[0] not in longer.fathers:
            return WITHOUT_FIRST
        return RELATED if last else None
    if first and last:
        return OTHER_MIDDLE
    if len(pairs) - len(longer.fathers.intersection(pairs)) > 1 and (
        len(longer.own) - 1 in pairs or _has_twin(shorter.own[-1:], longer.own)
    ):
        return IN_COMMON
    return RELATED if last else None


def _are_turned(one: _Parts, two: _Parts) -> bool:
    """Whether the first word of one is the father's in the other: Hamad bin Khalifa, Khalifa bin Hamad."""
    if similar(one.own[0], two.own[0]):
        return False
    return _has_twin(one.own[:1], _fathers(two)) or _has_twin(two.own[:1], _fathers(one))


def _have_other_fathers(one: _Parts, two: _Parts) -> bool:
    """Hamad bin Khalifa al-Thani, Hamad bin Jassim al-Thani."""
    if not one.fathers or not two.fathers:
        return False
    return not _has_twin(_fathers(one), two.own[1:]) and not _has_twin(_fathers(two), one.own[1:])


def _are_together(one: _Parts, two: _Parts) -> bool:
    """Words written apart or together: Abdelfattah, Abdel Fattah."""
    return (
        len(one.own) != len(two.own)
        and one.together[0] == two.together[0]
        and fuzz.ratio(one.together, two.together) >= _SIMILAR_TOGETHER
        and not _pairs_leave_a_word(one, two)
    )


def _pairs_leave_a_word(one: _Parts, two: _Parts) -> bool:
    """Whether one name simply has a word more."""
    shorter, longer = sorted((one.own, two.own), key=len)
    return len(_pairs(shorter, longer)) == len(shorter)


def _differ(initials: Sequence[str], others: Sequence[str]) -> bool:
    return bool(initials and others) and sorted(initials) != sorted(others)


def _fathers(parts: _Parts) -> list[str]:
    return [parts.own[index] for index in sorted(parts.fathers)]


def _has_twin(words: Iterable[str], others: Sequence[str]) -> bool:
    return any(similar(word, other) for word in words for other in others)


def _pairs(shorter: Sequence[str], longer: Sequence[str]) -> list[int]:
    """Where in the longer name the words of the shorter one stand, each at most once."""
    taken: list[int] = []
    for same in (True, False):
        for word in shorter:
            if same != (word in longer):
                continue
            for index, other in enumerate(longer):
                if index not in taken and (word == other if same else similar(word, other)):
                    taken.append(index)
                    break
    return sorted(taken)
