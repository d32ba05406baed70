"""For which side of a visit a source speaks: the guest's, the host's, or neither.

Only an office speaks for its country: the party that the text credits, else the source's publisher. The printed words
decide (an office, and a name of one of the two sides in it); what they do not say is not guessed. A data set speaks for
nobody.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from visits.models import Country, CountryName, Organization, OrganizationName

GUEST, HOST, NEITHER = "guest", "host", ""

_LEXICON = Path(__file__).resolve().parent / "data" / "lexicon" / "places.toml"
_MORE_OFFICES = ("minister", "president", "spokes", "foreign affairs", "foreign office", "премьер", "мид")
_NO_OFFICE = re.compile(r"news agency|newspaper|информационн\w* агентств\w*", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_ENDING = re.compile(r"[аеёийоуыьэюя]+$", re.IGNORECASE)
_SHORT = 3  # letters of a name that is told from a word by its capitals

Party = tuple[str | None, int | None]  # a country, or an organization


@cache
def _lexicon() -> dict[str, Any]:
    return tomllib.loads(_LEXICON.read_text(encoding="utf-8"))


@cache
def _offices() -> re.Pattern[str]:
    words = {word.strip() for word in (*_lexicon()["official_publishers"]["words"], *_MORE_OFFICES)}
    return re.compile("|".join(rf"\b{re.escape(word)}" for word in sorted(words)), re.IGNORECASE)


def is_office(printed: str) -> bool:
    """Whether a printed party or publisher is an office or somebody in one, of whatever country."""
    return bool(_offices().search(printed)) and not _NO_OFFICE.search(printed)


@dataclass(frozen=True, slots=True)
class Told:
    """What decides for whom a citation speaks."""

    attributed_to: str
    publisher: str
    is_dataset: bool = False


class Speakers:
    """Knows what guests and hosts are called; made for many visits at once, with four queries."""

    def __init__(self, parties: Iterable[Party]) -> None:
        parties = set(parties)
        countries = {country for country, _body in parties if country}
        bodies = {body for _country, body in parties if body}
        called: dict[Party, list[str]] = defaultdict(list)
        if countries:
            for code, name, official, demonyms in Country.objects.filter(pk__in=countries).values_list(
                "code", "name", "official_name", "demonyms"
            ):
                called[code, None] += [name, official, *demonyms]
            labels = CountryName.objects.filter(country__in=countries).exclude(kind="label")
            for code, text in labels.values_list("country_id", "text"):
                called[code, None].append(text)
            for code in countries:
                called[code, None] += self._houses(code)
        if bodies:
            for pk, name, slug in Organization.objects.filter(pk__in=bodies).values_list("pk", "name", "slug"):
                called[None, pk] += [name, *self._houses((slug or "").upper())]
            others = OrganizationName.objects.filter(organization__in=bodies)
            for pk, text in others.values_list("organization_id", "text"):
                called[None, pk].append(text)
        self._patterns = {party: _pattern(names) for party, names in called.items()}

    @staticmethod
    def _houses(code: str) -> list[str]:
        """Houses and offices whose names do not say their country: the White House."""
        entries = (_lexicon()[table].get(code, ()) for table in ("metonyms", "publishers"))
        return [name for names in entries for entry in names for name in entry.split("|")]

    def side(self, told: Told, guest: Party, host: Party) -> str:
        """For whom it speaks."""
        if told.is_dataset:
            return NEITHER
        own = self._named(told.publisher, guest, host) if is_office(told.publisher) else NEITHER
        if not told.attributed_to:
            return own
        if not is_office(told.attributed_to):
            return NEITHER
        return self._named(told.attributed_to, guest, host, unnamed=own)

    def _named(self, printed: str, guest: Party, host: Party, unnamed: str = NEITHER) -> str:
        """The one side that is named; of an embassy the first; `unnamed` where no side is."""
        found = []
        for side, party in ((GUEST, guest), (HOST, host)):
            if match := self._search(party, printed):
                found.append((match.start(), side))
        if not found:
            return unnamed
        if len(found) == 1 or re.search(r"embass|посольств", printed, re.IGNORECASE):
            return min(found)[1]
        return NEITHER

    def _search(self, party: Party, printed: str) -> re.Match[str] | None:
        patterns = self._patterns.get(party, ())
        found = [match for pattern in patterns if (match := pattern.search(printed))]
        return min(found, key=lambda match: match.start()) if found else None


def _pattern(names: Iterable[str]) -> list[re.Pattern[str]]:
    """Names in running words: short ones with their capitals, Russian ones with any ending."""
    long: set[str] = set()
    short: set[str] = set()
    for name in filter(None, names):
        words = r"\s+".join(map(_word, name.split()))
        (short if len(name) <= _SHORT else long).add(words)
    patterns = []
    if long:
        patterns.append(re.compile(rf"(?<!\w)(?:{'|'.join(sorted(long, key=len, reverse=True))})(?!\w)", re.IGNORECASE))
    if short:
        patterns.append(re.compile(rf"(?<!\w)(?:{'|'.join(sorted(short))})(?!\w)"))
    return patterns


def _word(word: str) -> str:
    if not _CYRILLIC.search(word):
        return re.escape(word)
    stem = _ENDING.sub("", word)
    return re.escape(stem if len(stem) > _SHORT else word) + r"\w{0,4}"
