"""A document taken apart: its lines, people, places and dates, and the country it speaks from."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from . import lexicon, more_people, people_en, people_ru, sentences
from .dates_in_text import DateReader, Reckoning, When
from .document import Document
from .frames import CodedLine, country_frames
from .gazetteer import Gazetteer, gazetteer
from .persons import Cast, Line

NameFinder = Callable[[str, str], list[tuple[int, int]]]  # language, text: where names of people stand
_FUTURE = {
    "en": re.compile(
        r"\b(?:will|plans? to|is to|are to|set to|due to|due in|expected to|scheduled|leaves|flies|departs|heads for"
        r"|tomorrow)\b"
    ),
    "ru": re.compile(
        r"\b(?:буд\w+|предстоит|планиру\w+|ожида\w+|должен|должна|намерен\w*|посетит|прибудет|состоится|состоятся)\b"
    ),
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
    only_places: list[str] = field(default_factory=list)
    country_counts: Counter[str] = field(default_factory=Counter)

    def low(self, index: int) -> str:
        """A sentence in lower case with its white space folded."""
        sentence = self.lines[index].sentence
        return " ".join(self.text[sentence.start : sentence.end].casefold().replace("’", "'").split())


def read(document: Document, language: str, text: str, more_names: NameFinder | None = None) -> Story:
    """Sentences, places, people and dates of a document; names that the rules missed may come from elsewhere."""
    names = gazetteer(language)
    lines = [Line(s, names.find_places(s.tokens)) for s in sentences.split(text, language)]
    only_places: list[str] = []
    for line in lines:
        if _is_only_place(line) and line.sentence.index < 8:
            only_places += [place.code for place in line.places if place.code]
            line.places = []
    cast = Cast(text, lines)
    (people_ru if language == "ru" else people_en).find(cast)
    if more_names:
        more_people.add(cast, more_names(language, text))
    reader = DateReader(language, Reckoning.of(document.published))
    whens = [_whens(reader, text, line, language) for line in lines]
    coded, focus = [], None
    for line, when in zip(lines, whens, strict=True):
        coded.append(CodedLine(line, when, language, focus, cast.speaker.best_name if cast.speaker else None))
        focus = next((m for m in line.mentions if m.person and not line.sentence.heading), focus)
    story = Story(document, language, text, names, lines, cast, whens, coded, only_places=only_places)
    story.country_counts = Counter(p.code for line in lines for p in line.places if p.code)
    story.home = _home(story)
    _learn_countries(story)
    return story


def _learn_countries(story: Story) -> None:
    """Whose officials people are, from "a D delegation headed by P", "P of C" and posts that one country has."""
    for line in story.coded:
        for frame in country_frames(story.language):
            for match in line.matches(frame):
                person = match.guest.mention.person if match.guest and match.guest.mention else None
                if person and not person.country and match.sender and match.sender.place:
                    person.country = match.sender.place.code
    own = lexicon.table(story.language, "posts").get("own_posts", {})
    whole = lexicon.table(story.language, "posts").get("own_posts_whole", {})
    for person in story.cast.persons:
        if person.country or story.home or person.best_post is None or person.best_post.post is None:
            continue
        post = story.cast.printed(person.best_post, person.best_post.post).casefold()
        person.country = next(
            (code for code, titles in own.items() if post.startswith(tuple(titles))),
            next((code for code, titles in whole.items() if post in titles), ""),
        )


def _whens(reader: DateReader, text: str, line: Line, language: str) -> list[When]:
    start, end = line.sentence.start, line.sentence.end
    future = bool(_FUTURE[language].search(text[start:end].casefold()))
    return [reader.lasting(w, text, start, end) for w in reader.find(text, start, end, future=future)]


def _is_only_place(line: Line) -> bool:
    """ "Jakarta." as a paragraph of its own is a dateline."""
    words = [t for t in line.sentence.tokens if t.is_word]
    return bool(words) and len(line.places) == 1 and line.places[0].last - line.places[0].first >= len(words)


def _home(story: Story) -> str:
    """The country of the dateline, else of the publisher if the text speaks of that country or is its own release."""
    for line in story.lines[:8]:
        if line.sentence.dateline:
            place = line.sentence.dateline.title() if line.sentence.dateline.isupper() else line.sentence.dateline
            found = story.names.find_places(sentences.tokens(place, 0, len(place)))
            if found and found[0].code:
                return found[0].code
    for code in story.only_places:
        return code
    own = story.names.publisher_country(story.document.publisher)
    official = story.names.is_official(story.document.publisher)
    return own if own and (official or story.country_counts[own]) else ""
