"""How much of a source the public sees around the words that carry a fact: their sentence, cut as everywhere."""

import re
from typing import NamedTuple

from visits.rows import cut_around

_SENTENCE_END = re.compile(r"[.!?…][\"”»’)\]]*\s+(?=[\"“«‘(\[]?[^\W\d_a-zа-яё])|\n+")


class Quote(NamedTuple):
    """A sentence in three parts; `words` carries the value. Where text was left out stands “…”."""

    before: str
    words: str
    after: str


def sentence_around(before: str, words: str, after: str) -> Quote:
    """The sentence of `words` by what stands before and after them, cut to the public length between words."""
    before, after = _last_sentence(before), _first_sentence(after)
    left, middle, right = cut_around(before, words, after)
    if left != before and " " in left:
        left = "…" + left[left.index(" ") + 1 :]
    if right != after and " " in right:
        right = right[: right.rindex(" ")] + "…"
    return Quote(left, middle, right)


def _last_sentence(text: str) -> str:
    ends = list(_SENTENCE_END.finditer(text))
    return text[ends[-1].end() :] if ends else text


def _first_sentence(text: str) -> str:
    end = _SENTENCE_END.search(text)
    return text[: end.end()].rstrip() if end else text
