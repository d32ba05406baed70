"""What somebody may have meant who typed a word that no name of the reference data has."""

from rapidfuzz import fuzz, process

from visits import names

from . import known
from .asked import Asked

LIKE = 75  # of 100
MOST = 3


def corrected(asked: Asked, index: known.Index) -> list[str]:
    """The text with its strange words put right, or the names that it is most like."""
    found = [match.entity.name for match in index.like(asked.words)]
    words = asked.words.split()
    if len(words) > 1:
        mended = [_mended(word, index) for word in words]
        found.append(" ".join(mended))
    return [one for one in dict.fromkeys(found) if names.search_key(one) != asked.key][:MOST]


def _mended(word: str, index: known.Index) -> str:
    key = names.search_key(word)
    if len(key) < 4 or key in index.words or any(other.startswith(key) for other in index.words):
        return word
    best = process.extractOne(key, list(index.words), scorer=fuzz.ratio, score_cutoff=LIKE)
    return index.words[best[0]] if best else word
