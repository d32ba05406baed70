"""Countries, cities, regions, topics and dialogues found in tokens, from the reference data and the lexicon."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from . import lexicon
from .sentences import Token, tokens

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
_SOFT_ENDINGS = ("иями", "ией", "иям", "иях", "ия", "ии", "ию", "ие")


@dataclass(frozen=True, slots=True)
class Place:
    """Tokens first..last (exclusive) that name a country (`name`), its people (`demonym`), a city or a house of it."""

    first: int
    last: int
    kind: str
    code: str
    name: str


def ru_stem(word: str) -> str:
    """A Russian word without its case ending; acronyms stay whole."""
    if len(word) > 1 and word.isupper():
        return word.casefold().replace("ё", "е")
    low = word.casefold().replace("ё", "е")
    for ending in _SOFT_ENDINGS:  # Никосия keeps its и: it is no Никос
        if low.endswith(ending) and len(low) - len(ending) >= 2:
            return low[: len(low) - len(ending) + 1]
    for ending in lexicon.phrases("ru", "text", "case_endings"):
        if low.endswith(ending) and len(low) - len(ending) >= 3:
            return low[: -len(ending)]
    return low


class Trie:
    """Phrases of tokens to values; the longest phrase wins. `stem` folds inflected Russian words together."""

    def __init__(self, *, stem: bool = False, capital: bool = True) -> None:
        self.root: dict[str, Any] = {}
        self.stem, self.capital = stem, capital

    def key(self, token: Token) -> str:
        if self.stem and token.is_word:
            return ru_stem(token.text)
        return token.low

    def add(self, phrase: str, value: Any) -> None:
        node, parts = self.root, tokens(phrase, 0, len(phrase))
        for token in parts:
            node = node.setdefault(self.key(token), {})
        if parts:
            shout = parts[0].text if len(parts) == 1 and parts[0].text.isupper() and len(parts[0].text) <= 4 else ""
            node.setdefault("", []).append((value, shout))

    def match(self, line: Sequence[Token], position: int) -> tuple[int, Any] | None:
        node, best, index = self.root, None, position
        if self.capital and not line[position].text[:1].isupper():
            return None
        while index < len(line):
            following = node.get(self.key(line[index]))
            if following is None:
                break
            node = following
            index += 1
            for value, shout in node.get("", ()):
                if not shout or line[position].text == shout:
                    best = (index, value)
                    break
        return best


@dataclass(frozen=True, slots=True)
class Topic:
    slug: str
    phrase: str


class Gazetteer:
    """All that can be named, for one language."""

    def __init__(self, language: str, reference: Path = REFERENCE) -> None:
        self.language = language
        russian = language == "ru"
        self.places = Trie(stem=russian)
        self.demonyms = Trie(stem=russian, capital=not russian)
        self.topics = Trie(stem=russian, capital=False)
        self.dialogues = Trie(stem=russian)
        self.country_names: dict[str, str] = {}
        self._add_countries(_items(reference / "countries.json"))
        self._add_lexicon()
        self._add_topics(_items(reference / "topics.json"))
        self._add_dialogues(_items(reference / "dialogues.json"))

    def _add_countries(self, items: Iterable[dict[str, Any]]) -> None:
        former = []
        for item in items:
            code = item["code"]
            self.country_names[code] = item["name"]
            names = {item["name"], item.get("official_name") or item["name"]} if self.language == "en" else set()
            names |= {n["text"] for n in item["names"] if n["language"] == self.language and n.get("kind") != "label"}
            capital = item.get("capital") or {}
            if item.get("kind") == "former":
                former.append((code, names, item))
                continue
            for name in sorted(names):
                self.places.add(name, ("name", code, item["name"]))
            if self.language == "en" and capital.get("name"):
                self.places.add(capital["name"], ("city", code, capital["name"]))
            self._add_demonyms(code, item)
        for code, names, item in former:  # a living country's name goes before a former one's
            for name in sorted(names):
                self.places.add(name, ("name", code, item["name"]))
            self._add_demonyms(code, item)

    def _add_demonyms(self, code: str, item: dict[str, Any]) -> None:
        for demonym in item.get("demonyms_ru" if self.language == "ru" else "demonyms") or ():
            self.demonyms.add(demonym, ("demonym", code, item["name"]))
            if self.language == "en" and demonym[-1:] in "nic":
                self.demonyms.add(demonym + "s", ("demonym", code, item["name"]))

    def _add_lexicon(self) -> None:
        shared = lexicon.table("", "places")
        position = 1 if self.language == "ru" else 0
        for kind, key in (("city", "cities"), ("house", "metonyms")):
            for code, entries in shared[key].items():
                for entry in entries:
                    spellings = entry.split("|")
                    printed = spellings[min(position, len(spellings) - 1)]
                    for spelling in spellings:
                        self.places.add(spelling, (kind, code, printed))
        for code, entries in shared["short_names"].get(self.language, {}).items():
            for short in entries:
                self.places.add(short, ("name", code, self.country_names.get(code, short)))
        for entry in shared["regions"]["names"]:
            for spelling in entry.split("|"):
                self.places.add(spelling, ("region", "", entry.split("|")[0]))

    def _add_topics(self, items: Iterable[dict[str, Any]]) -> None:
        for item in items:
            names = [n["text"] for n in item.get("names", ()) if n.get("language", "en") == self.language]
            synonyms = [
                s if isinstance(s, str) else s["text"]
                for s in item.get("synonyms", ())
                if isinstance(s, str) or s.get("language", "en") == self.language
            ]
            for phrase in {*([item["name"]] if self.language == "en" else []), *names, *synonyms}:
                self.topics.add(phrase, Topic(item["slug"], phrase))

    def _add_dialogues(self, items: Iterable[dict[str, Any]]) -> None:
        for item in items:
            for phrase in {item["name"], *(n["text"] for n in item.get("names", ()))}:
                self.dialogues.add(phrase, (item["slug"], item["name"]))

    def find_places(self, line: Sequence[Token]) -> list[Place]:
        """Countries, people, cities, houses and regions in the order of the text, never overlapping."""
        found, index = [], 0
        while index < len(line):
            hits = [h for h in (self.places.match(line, index), self.demonyms.match(line, index)) if h]
            if not hits:
                index += 1
                continue
            last, (kind, code, name) = max(hits, key=lambda hit: hit[0])
            if len(hits) == 2 and hits[0][0] == hits[1][0] and code:  # "US": a noun or an adjective
                kind = hits[1][1][0] if _stands_before_noun(line, last) else hits[0][1][0]
            found.append(Place(index, last, kind, code, name))
            index = last
        return found

    def is_demonym(self, word: str) -> bool:
        """Whether a single word is a people's or a country's."""
        line = tokens(word, 0, len(word))
        return bool(line) and any(p.kind in ("demonym", "name") for p in self.find_places(line))

    def publisher_country(self, publisher: str) -> str:
        """The country that a publisher speaks for, or "" where its name does not say."""
        if not publisher:
            return ""
        low = publisher.casefold()
        for code, entries in lexicon.table("", "places")["publishers"].items():
            if any(entry.casefold() in low for entry in entries):
                return str(code)
        codes = {p.code for p in self.find_places(tokens(publisher, 0, len(publisher))) if p.code}
        return codes.pop() if len(codes) == 1 else ""

    def is_official(self, publisher: str) -> bool:
        """Whether a publisher is a country's own office, as the words of its name say."""
        low = publisher.casefold()
        return any(word in low for word in lexicon.table("", "places")["official_publishers"]["words"])


def _stands_before_noun(line: Sequence[Token], last: int) -> bool:
    return last < len(line) and line[last].is_word and line[last].low not in lexicon.words("en", "text", "after_noun")


def _items(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    data = json.loads(path.read_text(encoding="utf-8"))
    return data if isinstance(data, list) else list(data["items"])


@cache
def gazetteer(language: str) -> Gazetteer:
    """The gazetteer of a language, built once per process."""
    return Gazetteer(language)
