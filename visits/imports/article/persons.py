"""Mentions of people, and who of them is the same person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from visits import names

from .gazetteer import Place
from .sentences import Sentence

_SAME_POST = {
    "premier": "minister",
    "pm": "minister",
    "prime": "minister",
    "external": "foreign",
    "diplomat": "minister",
}
_LINKS = {"of", "for", "and", "the", "affairs", "to", "top"}


@dataclass(slots=True, eq=False)
class Mention:
    """One place where a person is named; `name` and `post` are token ranges of its sentence.

    `kind`: post (a post and a name), honorific, plain (a name alone), title (a post alone), self (the author, "I"),
    pronoun, model (a name alone that the rules missed, see `more_people`).
    """

    sentence: int
    first: int
    last: int
    kind: str
    name: tuple[int, int] | None = None
    post: tuple[int, int] | None = None
    country: str = ""
    person: "Person | None" = None


@dataclass(slots=True, eq=False)
class Person:
    """One person of the text, from all mentions that mean them."""

    name: str = ""
    tokens: set[str] = field(default_factory=set)
    country: str = ""
    mentions: list[Mention] = field(default_factory=list)
    post_words: set[str] = field(default_factory=set)

    @property
    def best_name(self) -> Mention | None:
        """The mention with the fullest name, the earliest of equals."""
        named = [m for m in self.mentions if m.name]
        return max(
            named,
            key=lambda m: (m.kind == "post" or m.post is not None, m.name[1] - m.name[0]) if m.name else (False, 0),
            default=None,
        )

    @property
    def best_post(self) -> Mention | None:
        """The mention that gives the post in the most words, with a name beside it."""
        posted = [m for m in self.mentions if m.post and (m.name or m.kind == "byline")]
        return max(posted, key=lambda m: min(m.post[1] - m.post[0], 12) if m.post else 0, default=None)


@dataclass(slots=True)
class Line:
    """A sentence with what was found in it."""

    sentence: Sentence
    places: list[Place]
    mentions: list[Mention] = field(default_factory=list)

    def text(self, source: str, span: tuple[int, int]) -> str:
        tokens = self.sentence.tokens
        return source[tokens[span[0]].start : tokens[span[1] - 1].end]


class Cast:
    """Everybody in a text: adds mentions one by one and decides whom they mean."""

    def __init__(self, source: str, lines: Sequence[Line]) -> None:
        self.source, self.lines = source, lines
        self.persons: list[Person] = []
        self.speaker: Person | None = None

    def printed(self, mention: Mention, span: tuple[int, int]) -> str:
        return self.lines[mention.sentence].text(self.source, span)

    def add(self, mention: Mention, keys: list[str] | None = None) -> Person | None:
        """Take a named mention in, by the comparable words of its name; a lone surname that nobody bears yet makes a
        new person only with a post."""
        if not mention.name:
            return None
        keys = keys if keys is not None else name_keys(self.printed(mention, mention.name))
        if not keys:
            return None
        person = self._same(keys, mention)
        if person is None:
            if mention.kind in ("plain", "model") and len(keys) < 2:
                return None
            person = Person()
            self.persons.append(person)
        mention.person = person
        person.mentions.append(mention)
        if len(keys) >= len(person.tokens) or not person.name:
            person.name = self.printed(mention, mention.name)
        person.tokens |= set(keys)
        if mention.post:
            person.post_words |= set(names.search_key(self.printed(mention, mention.post)).split())
        if mention.country and not person.country:
            person.country = mention.country
        return person

    def known(self, keys: list[str]) -> bool:
        """Whether somebody of the text bears all these names."""
        return any(set(keys) <= person.tokens for person in self.persons)

    def _same(self, keys: list[str], mention: Mention) -> Person | None:
        wanted = set(keys)
        for person in reversed(self.persons):
            if len(keys) == 1:
                if keys[0] not in person.tokens or _contradicts(mention, person):
                    continue
                return person
            shared = wanted & person.tokens
            if shared == wanted or (shared == person.tokens and shared):
                if _contradicts(mention, person):
                    continue
                return person
        return None

    def leader(self, country: str, before: int, *, learn: bool = True) -> Person | None:
        """ "the Russian leader": the head of state or government last named, if nothing says another country's.

        "the Russian leader" may mean somebody whose country was not said; "Peru's leader" (`learn` False) not.
        """
        top = {"president", "minister", "king", "premier", "chancellor", "emir", "sultan", "президент", "премьер"}
        known = {id(person) for person in self.persons if person.country == country}
        latest: tuple[int, Person | None] = (-1, None)
        for person in self.persons:
            said = max((m.sentence for m in person.mentions if m.sentence <= before), default=-1)
            ranks = person.post_words & top and "foreign" not in person.post_words
            ours = id(person) in known if known or not learn else not person.country
            if ranks and ours and said > latest[0]:
                latest = (said, person)
        return latest[1]

    def by_title(self, words: Iterable[str], country: str, before: int, *, learn: bool = True) -> Person | None:
        """The person last named before this sentence whose post holds all these words.

        "the Thai premier" may mean somebody whose country was not said; "the Premier of Peru" (`learn` False) not.
        """
        wanted = {_SAME_POST.get(word, word) for word in words} - _LINKS
        fitting = [
            person
            for person in self.persons
            if wanted <= _post_words(person)
            and (not country or person.country == country or (learn and not person.country))
        ]
        if country and any(person.country == country for person in fitting):
            fitting = [person for person in fitting if person.country == country]
        said = [(max((m.sentence for m in p.mentions if m.sentence <= before), default=-1), p) for p in fitting]
        latest = max(said, key=lambda pair: pair[0], default=(-1, None))
        if latest[0] >= 0:
            return latest[1]
        ahead = min(fitting, key=lambda p: min(m.sentence for m in p.mentions), default=None)
        soon = ahead is not None and min(m.sentence for m in ahead.mentions) <= before + 3
        return ahead if country and (soon or len(fitting) == 1) else None  # the story names them later


def _post_words(person: Person) -> set[str]:
    """The words of a person's posts under one name each: a secretary of state is a foreign minister."""
    words = {_SAME_POST.get(word, word) for word in person.post_words}
    if "secretary" in words and words & {"state", "foreign"} and not words & {"deputy", "assistant", "under"}:
        words |= {"foreign", "minister"}
    return words


def _contradicts(mention: Mention, person: Person) -> bool:
    return bool(mention.country and person.country and mention.country != person.country)


def name_keys(name: str) -> list[str]:
    """The comparable words of a printed name, without initials."""
    return [word for word in names.name_tokens(name) if len(word) > 1]
