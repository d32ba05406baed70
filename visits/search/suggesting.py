"""What may be meant while somebody types: few of each kind, in three statements."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from . import KINDS, Hit, known, meaning, of_people, of_reference
from .asked import Asked
from .marking import Piece, highlight
from .named import called

SHORTEST = 2
PER_KIND = 4
_NEAR = 60  # names that are ranked
LABELS = KINDS | {"pairs": gettext_lazy("Relations"), "lists": gettext_lazy("Lists")}
_ORDER = ("countries", "officials", "topics", "dialogues", "organizations", "posts")
_PEOPLE = ("officials", "organizations", "posts")


@dataclass(frozen=True)
class Suggestion:
    """A page that may be meant; `note` is what it is or how else it is called."""

    kind: str
    title: list[Piece]
    note: str
    url: str


def suggest(text: str) -> list[Suggestion]:
    """What the text means as a whole first, then names that begin so, by kind; nothing for a single letter."""
    asked = Asked(text)
    if len(asked.key.replace(" ", "")) < SHORTEST or asked.has_operators:
        return []
    index = known.current()
    groups = of_reference(index.beginning(asked.words), asked, dict.fromkeys(known.KINDS, PER_KIND))
    people = called(asked, _PEOPLE, PER_KIND, _NEAR)
    groups |= {kind: of_people(found, asked, index, PER_KIND) for kind, found in people.items()}
    found = [*_meant(asked, index)]
    found += [_of(hit) for kind in _ORDER if kind in groups for hit in groups[kind].hits]
    return list({one.url: one for one in reversed(found)}.values())[::-1]


def _of(hit: Hit) -> Suggestion:
    spelt = "".join(piece.text for piece in hit.snippet)
    return Suggestion(hit.kind, hit.title, " · ".join(filter(None, (spelt, hit.note))), hit.url)


def _meant(asked: Asked, index: known.Index) -> Iterator[Suggestion]:
    """Records by an id, pairs and lists; the second country of a pair may be still half typed."""
    reading = meaning.read(asked, index)
    if reading.whole:
        return
    one = reading.countries[0][0] if len(reading.countries) == 1 and reading.rest else None
    others = index.beginning(" ".join(reading.rest), ["countries"])[:PER_KIND] if one else []
    pairs = [meaning.pair(one, match.entity) for match in others if one]
    for answer in pairs or meaning.answers(asked, reading):
        note = "" if answer.kind == "pairs" else answer.note
        yield Suggestion(answer.kind, highlight(answer.title, asked.words), note, answer.url)
