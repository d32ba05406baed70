"""When two names, posts, phrases, countries or days are taken for the same."""

import re
import unicodedata
from functools import cache
from typing import Any

from anyascii import anyascii
from rapidfuzz.distance import Levenshtein

from visits.imports.article import lexicon

_CYRILLIC = re.compile("[а-яё]")
_STEM = 6
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʻ`", "'"))


def folded(text: object) -> str:
    """In lower case, without accents, apostrophes alike."""
    parts = unicodedata.normalize("NFKD", str(text))
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold().translate(_APOSTROPHES)


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(folded(word) for word in lexicon.table("", "measuring")[name])


@cache
def _of_posts(name: str) -> frozenset[str]:
    return frozenset(folded(word) for language in lexicon.LANGUAGES for word in lexicon.words(language, "posts", name))


# names


@cache
def _name_words(name: str) -> tuple[str, ...]:
    """The words of a name that tell a person apart; a name of nothing but titles keeps them."""
    plain = re.sub(r"'s\b", " ", folded(name))
    words = [word for word in re.findall(r"\w+", plain.replace("'", "").replace("-", " ")) if len(word) > 1]
    names = [word for word in words if word not in _of_posts("particles")]
    own = [word for word in names if word not in _list("titles") and word not in _of_posts("honorifics")]
    return tuple(own or names or words)


@cache
def _same_word(one: str, other: str) -> bool:
    """Equal, or but for a case ending (both Cyrillic), or for a letter or two in either script."""
    if one == other:
        return True
    if _CYRILLIC.search(one) and _CYRILLIC.search(other):
        longest = max(len(one), len(other))
        return _same_letters(one, other) >= max(3, longest - 3)
    latin = [anyascii(word).casefold() for word in (one, other)]
    shortest = min(map(len, latin))
    slips = 0 if shortest < 4 else 1 if shortest < 7 else 2
    return Levenshtein.distance(*latin, score_cutoff=slips) <= slips


def _same_letters(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def names(one: Any, other: Any) -> bool:
    """Whether each word of the shorter name stands in the longer one."""
    few, many = sorted((_name_words(str(one or "")), _name_words(str(other or ""))), key=len)
    left = list(many)
    for word in few:
        match = next((candidate for candidate in left if _same_word(word, candidate)), None)
        if match is None:
            return False
        left.remove(match)
    return bool(few)


# phrases and posts


def _stem(word: str) -> str:
    if len(word) > _STEM:
        return word[:_STEM]
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


@cache
def _words(phrase: str) -> frozenset[str]:
    """The telling words of a phrase, cut to what inflection leaves alone."""
    found = re.findall(r"\w+", folded(phrase).replace("'s", " ").replace("-", " "))
    return frozenset(_stem(word) for word in found if word not in _list("small") and (len(word) > 1 or word.isdigit()))


def phrases(one: str, other: str) -> float:
    """The share of the shorter phrase's telling words that the other has; one word alone must be much of both."""
    first, second = sorted((_words(one), _words(other)), key=len)
    shared = len(first & second)
    if not first or shared < min(2, len(first)) or (len(first) == 1 and len(second) > 3):
        return 0.0
    return shared / len(first)


@cache
def _one_way(post: str) -> str:
    """The post in one of the ways to write it."""
    written = f" {folded(post)} "
    for name, others in lexicon.table("", "measuring")["posts"].items():
        for other in sorted(others, key=len, reverse=True):
            following = r"(?!\s+minis)" if other == "premier" else ""
            written = re.sub(rf"\b{re.escape(folded(other))}\b{following}", folded(name), written)
    return written


@cache
def posts(one: str, other: str) -> bool:
    """Whether two printed posts are one: half of their words shared, deputy or not alike, the same field."""
    first, second = _words(_one_way(one)), _words(_one_way(other))
    if not first or not second:
        return True
    deputies = [{word for word in _list("deputies") if word in folded(post)} for post in (one, other)]
    if deputies[0] != deputies[1]:
        return False
    common = {_stem(word) for word in _list("common")}
    if first - common and second - common and not (first & second) - common:
        return False
    if 4 * len(first & second) >= len(first) + len(second):
        return True
    highest = {_stem(word) for word in _list("highest")}
    return (first <= second or second <= first) and bool(highest & first & second)


# countries and days


def day(text: Any) -> str:
    """EDTF's XXXX-01-22 and --01-22 are one."""
    return re.sub(r"^XXXX-", "--", str(text or "").strip())


def days(expected: Any, said: Any) -> bool:
    """The same day, or one within the month or year that is expected."""
    wanted, given = day(expected), day(said)
    if not wanted or not given:
        return False
    is_day = len(wanted) == 10 or (wanted.startswith("--") and len(wanted) == 7)
    return given == wanted or (given.startswith(wanted) and (not is_day or wanted.startswith("--")))


def countries(one: Any, other: Any) -> bool:
    return bool(one and other) and str(one).strip().casefold() == str(other).strip().casefold()
