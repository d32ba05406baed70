"""Whose side a code stands for, and who is meant by a printed name: what rules and model say in the same way."""

import re

from visits import enums, names, scripts
from visits.record import OfficialRef, OrganizationRef, Side

_WORDS_BEFORE, _WORDS_AFTER = re.compile(r"(?:\S+\s)?\S*$"), re.compile(r"\S*(?:\s\S+)?")
ORGANIZATIONS = {"EU": ("eu", "European Union"), "UN": ("un", "United Nations")}


def side_of(code: str, printed: str = "") -> Side:
    """A country, or an organization that has a code of its own."""
    if code not in ORGANIZATIONS:
        return Side(country=code, as_printed=printed)
    slug, name = ORGANIZATIONS[code]
    kind = enums.OrganizationKind.INTERNATIONAL
    return Side(organization=OrganizationRef(slug=slug, name=name, kind=kind), as_printed=printed)


def country_of(code: str) -> str | None:
    """The code as that of a country, else None."""
    return None if code in ORGANIZATIONS else code or None


def disguise_at(text: str, start: int, end: int) -> str:
    """Why the name that stands there may read like another one; a hidden character may have cut it short."""
    before, after = _WORDS_BEFORE.search(text, max(start - 60, 0), start), _WORDS_AFTER.match(text, end, end + 60)
    around = text[before.start() if before else start : after.end() if after else end]
    for word in text[start:end], *around.split():
        if wrong := names.disguise(word):
            beside = word.strip() not in text[start:end]
            if not beside or scripts.mixed_word(word) or any(scripts.hidden_words(word)):
                return wrong
    return ""


def official_at(text: str, start: int, end: int, name: str, code: str) -> OfficialRef | None:
    """Who is meant by the name that stands there; nobody for sure if it is disguised."""
    if disguise_at(text, start, end):
        return None
    return OfficialRef(name=name[:300], country=country_of(code))
