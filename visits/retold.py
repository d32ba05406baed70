"""Sentences that are kept with records, said again in the reader's language.

What a load, a check or a judgement says is kept in English, one language for what happened whoever looks. A sentence
that came from a message of the catalogue is found by its fixed words, and what stood between them is put into the
translation; any other text stays as it is.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language, gettext, gettext_noop, override
from django.utils.translation.trans_real import translation

from . import native

_PLACE = re.compile(r"%\((\w+)\)[sd]|%%")
_LEAST = 9  # letters that a message has beside its places; fewer may stand in any sentence
_LONGEST = 2000
# What stands before a colon, or where something is, within such sentences.
_HEADS = (
    gettext_noop("Line %(line)s"),
    gettext_noop("Leg in line %(line)s"),
    gettext_noop("President in line %(line)s"),
    gettext_noop("Visit %(id)s, line %(line)s"),
    gettext_noop("Leg %(id)s, line %(line)s"),
    gettext_noop("Sheet %(sheet)s, cell %(cell)s"),
)
Pattern = tuple[re.Pattern[str], str, tuple[str, ...]]


def kept() -> override:
    """Texts that are kept with records are made within it (`with kept():`; as a decorator threads would share it)."""
    return override(settings.LANGUAGE_CODE)


def retold(text: str) -> str:
    """A kept text in the active language."""
    if native.is_own() or not text or len(text) > _LONGEST:
        return text
    return _said(text, str(get_language()))


@lru_cache(maxsize=4096)
def _retold(text: str, language: str) -> str:
    for pattern, said, names in _patterns(language):
        if match := pattern.fullmatch(text):
            return _filled(said, names, match, language)
    if "; " in text:
        return "; ".join(_said(part, language) for part in text.split("; "))
    head, colon, rest = text.partition(": ")
    return f"{_head(head, language)}{colon}{_said(rest, language)}" if rest else text


def _filled(said: str, names: tuple[str, ...], match: re.Match[str], language: str) -> str:
    """What stands in quotation marks or is a tag is quoted as it is; other parts may be messages themselves."""
    parts = {name: match[place + 1] for place, name in enumerate(names)}
    return said % {
        name: part if any(f"{mark}%({name})s" in said for mark in "“«<") else _part(part, language)
        for name, part in parts.items()
    }


def _said(text: str, language: str) -> str:
    whole = gettext(text)
    return whole if whole != text else _retold(text, language)


def _part(text: str, language: str) -> str:
    known = _head(text, language)
    return known if known != text or not text else _said(text, language)


def _head(text: str, language: str) -> str:
    for own in _HEADS:
        if match := _pattern(own).fullmatch(text):
            return gettext(own) % dict(zip(_named(own), match.groups(), strict=True))
    return text


@lru_cache(maxsize=8)
def _patterns(language: str) -> list[Pattern]:
    """The messages with places, those with the most words of their own first."""
    found = []
    for own, said in _messages(language):
        names = tuple(match[1] for match in _PLACE.finditer(own) if match[1])
        fixed = _PLACE.sub("", own)
        if names and sum(map(str.isalpha, fixed)) >= _LEAST and set(_named(said)) <= set(names):
            found.append((-len(fixed), own, said, names))
    return [(_pattern(own), said, names) for _length, own, said, names in sorted(found)]


def _messages(language: str) -> Iterator[tuple[str, str]]:
    catalogue = translation(language)._catalog  # type: ignore[attr-defined]
    for own in {key[0] if isinstance(key, tuple) else key for key in catalogue.keys()}:  # noqa: SIM118 - no dict
        if own and "\x04" not in own and "\n" not in own:
            said = catalogue.get(own)
            if isinstance(said, str) and said:
                yield own, said


def _named(text: str) -> Iterator[str]:
    return (match[1] for match in _PLACE.finditer(text) if match[1])


@lru_cache(maxsize=2048)
def _pattern(own: str) -> re.Pattern[str]:
    parts, at = [], 0
    for match in _PLACE.finditer(own):
        parts += [re.escape(own[at : match.start()]), "(.+?)" if match[1] else "%"]
        at = match.end()
    return re.compile("".join(parts) + re.escape(own[at:]), re.DOTALL)
