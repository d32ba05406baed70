"""A document taken apart: its lines, people, places and dates, and the country it speaks from."""

import re
from collections import Counter
from dataclasses import dataclass, field

from . import lexicon, people_en, people_ru, sentences
from .dates_in_text import DateReader, Reckoning, When
from .document import Document
from .frames import CodedLine
from .gazetteer import Gazetteer, gazetteer
from .persons import Cast, Line, Person

_DATELINE = re.compile(r"^\s*(?P<place>[^\n.–—(]{2,60}?)\s*(?:[-–—]|\.\s*\n)")
_FUTURE = {
    "en": re.compile(r"\b(?:will|to|set|due|next|plans?|expected|scheduled|leaves?)\b"),
    "ru": re.compile(r"\b(?:буд\w+|предстоит|план\w+|ожида\w+|должен|намерен\w*|посетит|прибудет)\b"),
}


@dataclass(slots=True)
class Story:
    """All that later steps look at; `home` is the country that an unmarked "the Prime Minister" belongs to, or ""."""

    document: Document
    language: str
    text: str
    names: Gazetteer
    lines: list[Line]
    cast: Cast
    whens: list[list[When]]
    coded: list[CodedLine]
    home: str = ""
    speaker: Person | None = None
    country_counts: Counter[str] = field(default_factory=Counter)

    def low(self, index: int) -> str:
        """A sentence in lower case with its white space folded."""
        sentence = self.lines[index].sentence
        return " ".join(self.text[sentence.start : sentence.end].casefold().replace("’", "'").split())


def read(document: Document, language: str, text: str) -> Story:
    """Sentences, places, people and dates of a document."""
    names = gazetteer(language)
    lines = [Line(s, names.find_places(s.tokens)) for s in sentences.split(text, language)]
    for line in lines:
        line.places = [p for p in line.places if not _is_dateline(line, p)]
    cast = Cast(text, lines)
    (people_ru if language == "ru" else people_en).find(cast)
    reader = DateReader(language, Reckoning.of(document.published))
    whens = [_whens(reader, text, line, language) for line in lines]
    coded = [CodedLine(line, when, language) for line, when in zip(lines, whens, strict=True)]
    story = Story(document, language, text, names, lines, cast, whens, coded)
    story.country_counts = Counter(p.code for line in lines for p in line.places if p.code)
    story.home = _home(story)
    return story


def _whens(reader: DateReader, text: str, line: Line, language: str) -> list[When]:
    start, end = line.sentence.start, line.sentence.end
    future = bool(_FUTURE[language].search(text[start:end].casefold()))
    return [reader.lasting(w, text, start, end) for w in reader.find(text, start, end, future=future)]


def _is_dateline(line: Line, place: object) -> bool:
    """ "TOKYO, April 27 --" says where the reporter sat, not where anybody went."""
    first = getattr(place, "first", 1)
    if first > 2:
        return False
    head = [t.text for t in line.sentence.tokens[:14]]
    last = getattr(place, "last", 0)
    if (
        first == 0
        and len(head) <= last + 2
        and line.sentence.heading is not None
        and len(line.sentence.tokens) <= last + 1
    ):
        return True
    dash = next((i for i, word in enumerate(head) if word in "-–—" and i >= last), None)
    return (
        first == 0
        and dash is not None
        and all(t.isupper() or not t[:1].isalpha() or t[:1].isupper() for t in head[:dash])
        and dash - last <= 10
        and (head[0].isupper() or dash == last)
    )


def _home(story: Story) -> str:
    """The country of the dateline, else of the publisher."""
    for candidate in (_DATELINE.match(block) for block in re.split(r"\n+", story.text)[:8] if block.strip()):
        if candidate:
            place = candidate.group("place")
            found = story.names.find_places(sentences.tokens(place, 0, len(place)))
            if (
                found
                and found[0].first == 0
                and found[0].code
                and (place.isupper() or len(place.split()) <= 3)
            ):
                return found[0].code
    own = story.names.publisher_country(story.document.publisher)
    return own or lexicon.table("", "places").get("unknown", "")
