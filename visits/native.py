"""What countries, regions, topics, dialogues and organizations are called in the language of the reader.

A record keeps its own (English) name: addresses, keys, matching, files and the API have that one. A page shows the
name that an editor chose for its language (`primary` among the other names), else the one in `data/native`, else what
Unicode CLDR calls the country or region, else the record's own: nothing is guessed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import get_language

FOLDER = Path(__file__).parent / "data" / "native"
_chosen: dict[tuple[str, str, str], str] = {}  # by language, kind and key; held by `visits.catalogue`


def hold(names: Iterable[tuple[str, str, str, str]]) -> None:
    """The names that editors chose for a language: (language, kind, key, name)."""
    global _chosen
    _chosen = {(language, kind, key): name for language, kind, key, name in names}


_OWN = "own"  # the language of the records
_asked: ContextVar[str] = ContextVar("asked", default="")


def _language() -> str:
    return _asked.get() or _active()


def _active() -> str:
    language = get_language()
    return _OWN if language is None or language == settings.LANGUAGE_CODE else language


@contextmanager
def asked_once() -> Iterator[None]:
    """While the names of many rows are put together: which language is active, is asked for once."""
    before = _asked.set(_active())
    try:
        yield
    finally:
        _asked.reset(before)


def name(kind: str, key: str | int | None, own: str) -> str:
    """The name to show of a record, by its key (a code, a slug, or an id where there is none) and its own name."""
    language = _language()
    if language == _OWN:
        return own
    known = str(key)
    return _chosen.get((language, kind, known)) or _written(language).get((kind, known)) or own


@lru_cache(maxsize=8)
def _written(language: str) -> Mapping[tuple[str, str], str]:
    """The names of a language by kind and key: CLDR's, and ours in their place."""
    found: dict[tuple[str, str], str] = {}
    with suppress(UnknownLocaleError, ValueError):
        for code, text in Locale.parse(language, sep="-").territories.items():
            found["country", code] = found["region", code] = text[:1].upper() + text[1:]
    path = FOLDER / f"{language}.json"
    if path.exists():
        listed = json.loads(path.read_text(encoding="utf-8"))
        found |= {
            (kind, key): text for kind, names in listed.items() if kind != "origin" for key, text in names.items()
        }
    return found


@lru_cache(maxsize=8)
def everywhere(kind: str) -> Mapping[str, tuple[str, ...]]:
    """What records of a kind are called in the languages of the interface, by key; their own names are not there."""
    found: dict[str, list[str]] = {}
    for language, _label in settings.LANGUAGES:
        for (one, key), text in _written(language).items():
            if one == kind and language != settings.LANGUAGE_CODE:
                found.setdefault(key, []).append(text)
    return {key: tuple(dict.fromkeys(texts)) for key, texts in found.items()}


def in_order(text: str) -> str:
    """A key that sorts names as readers of their language expect: case aside, “ё” right after “е”."""
    return text.casefold().replace("ё", "е\uffff")


def is_own() -> bool:
    """Whether the reader's language is the one of the records."""
    return _language() == _OWN
