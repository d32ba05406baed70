"""One search over names and texts: reference data from memory, people by their names, records by their words.

`search` gives what a text means as a whole and what was found, by kind; `suggesting.suggest` what may be meant while
somebody types. All of it is what the public sees.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import known, texts
from .asked import MAX_QUERY, Asked
from .marking import Piece, highlight, plain, snippet
from .meaning import Answer, answers, read
from .named import MODELS, Found, Named, called, nearly_called
from .spelling import corrected
from .texts import Group, Hit

__all__ = [
    "KINDS", "MAX_QUERY", "Answer", "Asked", "Findings", "Group", "Hit", "Piece", "highlight", "plain", "search",
    "snippet",
]  # fmt: skip

KINDS = {
    "officials": gettext_lazy("Officials"),
    "countries": gettext_lazy("Countries"),
    "organizations": gettext_lazy("Organizations"),
    "posts": gettext_lazy("Posts"),
    "topics": gettext_lazy("Topics"),
    "dialogues": gettext_lazy("Dialogues"),
    "visits": gettext_lazy("Visits"),
    "meetings": gettext_lazy("Meetings"),
    "outcomes": gettext_lazy("Outcomes"),
    "quotes": gettext_lazy("Quotes"),
    "sources": gettext_lazy("Sources"),
}
MOST = 50  # hits of one kind


@dataclass(frozen=True)
class Findings:
    """What was found, by kind, best first; kinds without a hit are left out.

    `meant`: pages that are just what was asked for. `nearly`: no name is written so, these are like it. `partly`:
    nothing has all words, these have one of them. `rather`: other spellings of what was typed.
    """

    asked: Asked
    meant: list[Answer] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    rather: list[str] = field(default_factory=list)
    nearly: bool = False
    partly: bool = False


def search(
    text: str, limit: int = 8, kinds: Iterable[str] = KINDS, *, only: str = "", any_word: bool = True
) -> Findings:
    """What the public may see of `text`: the best `limit` of each kind; with `only` the best 50 of that one.

    With `any_word` what has one of the words, where nothing has all.
    """
    asked = Asked(text)
    if not asked.key:
        return Findings(asked)
    index = known.current()
    limits = {kind: MOST if kind == only else 1 if only else limit for kind in KINDS if kind in set(kinds)}
    reading = read(asked, index)
    meant = answers(asked, reading)
    by_name = _by_name(asked, index, limits)
    understood = bool(meant) and (reading.names_people or not reading.rest)
    in_texts = texts.find(asked, limits)
    no_misprint = any(group.count >= limit for group in in_texts.values())
    nearly = {} if by_name or understood or no_misprint else _nearly(asked, index, limits)
    found = by_name | nearly | in_texts
    partly = not found and not understood and any_word and bool(asked.one_by_one.key)
    if partly:
        found = _by_name(asked.one_by_one, index, limits) | texts.find(asked.one_by_one, limits)
    rather = corrected(asked, index) if nearly or partly or not (found or meant) else []
    groups = {kind: found[kind] for kind in KINDS if kind in found}
    return Findings(asked, meant, groups, rather, bool(nearly), partly and bool(found))


def _by_name(asked: Asked, index: known.Index, limits: Mapping[str, int]) -> dict[str, Group]:
    matches = [match for text in asked.alternatives for match in index.beginning(text, limits)]
    people = called(asked, [kind for kind in MODELS if kind in limits], max(limits.values()))
    return _groups(matches, people, asked, index, limits)


def _nearly(asked: Asked, index: known.Index, limits: Mapping[str, int]) -> dict[str, Group]:
    matches = [match for text in asked.alternatives for match in index.like(text, limits)]
    people = nearly_called(asked, [kind for kind in MODELS if kind in limits], max(limits.values()))
    return _groups(matches, people, asked, index, limits)


def _groups(
    matches: list[known.Match],
    people: Mapping[str, Found],
    asked: Asked,
    index: known.Index,
    limits: Mapping[str, int],
) -> dict[str, Group]:
    groups = of_reference(matches, asked, limits)
    return groups | {kind: of_people(found, asked, index, limits[kind]) for kind, found in people.items()}


def of_reference(matches: list[known.Match], asked: Asked, limits: Mapping[str, int]) -> dict[str, Group]:
    groups: dict[str, dict[known.Entity, known.Match]] = {}
    for match in matches:
        groups.setdefault(match.entity.kind, {}).setdefault(match.entity, match)
    return {
        kind: Group([of_entity(one, asked) for one in list(found.values())[: limits[kind]]], len(found), more=False)
        for kind, found in groups.items()
    }


def of_entity(match: known.Match, asked: Asked) -> Hit:
    one = match.entity
    title = highlight(one.name, asked.words, by_sound=True)
    spelt = match.text if not any(piece.hit for piece in title) and match.text != one.name else ""
    note = one.note if not one.former else _("former country")
    return Hit(one.kind, one.id, one.url, title, highlight(spelt, asked.words, by_sound=True), note)


def of_people(found: Found, asked: Asked, index: known.Index, limit: int) -> Group:
    hits = [of_person(one, asked, index) for one in found.best[:limit]]
    return Group(hits, len(found.best), found.more)


def of_person(one: Named, asked: Asked, index: known.Index) -> Hit:
    title = highlight(one.name, asked.words, by_sound=True)
    spelt = "" if any(piece.hit for piece in title) else one.spelt
    country = index.codes.get((one.country or "").lower())
    note = ", ".join(filter(None, (one.note, country.name if country else "")))
    return Hit(one.kind, one.id, one.url, title, highlight(spelt, asked.words, by_sound=True), note)
