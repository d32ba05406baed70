"""The word lists and patterns in visits/data/lexicon, read once per process."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).resolve().parents[2] / "data" / "lexicon"
LANGUAGES = ("en", "ru")


@cache
def table(language: str, name: str) -> dict[str, Any]:
    """One file of a language: `posts`, `visits`, `talks`, `text`, `dates`; language "" for what all share."""
    path = LEXICON / language / f"{name}.toml" if language else LEXICON / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def words(language: str, name: str, key: str) -> frozenset[str]:
    """One list of a file as a set of lower-case words and phrases."""
    return frozenset(entry.casefold() for entry in table(language, name).get(key, ()))


@cache
def phrases(language: str, name: str, key: str) -> tuple[str, ...]:
    """One list of a file, longest first, so that the most specific phrase is met first."""
    return tuple(sorted((entry.casefold() for entry in table(language, name).get(key, ())), key=len, reverse=True))


@cache
def phrase_pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these phrases in running text, white space and apostrophes as they come."""
    parts = [_flexible(phrase) for phrase in sorted(phrases, key=len, reverse=True)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def _flexible(phrase: str) -> str:
    words = (re.escape(word).replace(r"\*", r"\w*").replace("'", "['’]") for word in phrase.split())
    words = (word.replace("ё", "е").replace("е", "[её]") for word in words)
    return r"\s+".join(words)


def sure(what: str) -> float:
    """How sure the reader is of such a value: `confidence.toml`."""
    return float(table("", "confidence")["confidence"][what])
