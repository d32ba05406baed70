"""People in Russian sentences: posts and names in any case.

"министр иностранных дел Японии N", "со специальным посланником Президента США N", "N". A name's case is that of its
post; `nominative` undoes it for the name of the official, the printed form is kept beside it.
"""

from functools import cache

from . import lexicon
from .gazetteer import Place, ru_stem
from .persons import Cast, Line, Mention, Person

_DASHES = "-‐‑–"
_NAME_ENDINGS = (
    *("ого", "ому", "ыми", "ом", "ем", "ым", "им", "ой", "ою"),
    *("а", "у", "е", "ы", "и", "я", "ю", "й", "ь"),
)
_PREPOSITIONS = ("по", "при", "с", "в", "на")


@cache
def _stems(key: str) -> frozenset[str]:
    return frozenset(ru_stem(word) for word in lexicon.table("ru", "posts")[key])


def name_stem(word: str) -> str:
    """A name without its case ending: Токаевым and Токаева are токаев."""
    low = word.casefold().replace("ё", "е")
    for ending in _NAME_ENDINGS:
        if low.endswith(ending) and len(low) - len(ending) >= 3:
            return low[: -len(ending)]
    return low


class PostGrammar:
    """Finds posts and names in one line."""

    def __init__(self, line: Line) -> None:
        self.line, self.tokens = line, line.sentence.tokens
        self.at: dict[int, Place] = {i: p for p in line.places for i in range(p.first, p.last)}
        self.stems = [ru_stem(t.text) for t in self.tokens]

    def low(self, index: int) -> str:
        return self.tokens[index].low if 0 <= index < len(self.tokens) else ""

    def has(self, index: int, key: str) -> bool:
        return 0 <= index < len(self.tokens) and self.tokens[index].is_word and self.stems[index] in _stems(key)

    def glued(self, index: int) -> bool:
        return (
            0 < index < len(self.tokens) - 1
            and self.tokens[index].text in _DASHES
            and self.tokens[index - 1].end == self.tokens[index].start
            and self.tokens[index].end == self.tokens[index + 1].start
        )

    def is_name_word(self, index: int) -> bool:
        if not 0 <= index < len(self.tokens):
            return False
        token = self.tokens[index]
        if not token.is_word or not token.capital or not _is_cyrillic(token.text):
            return False
        if index in self.at and not (self.at[index].kind == "city" and self.is_name_word(index + 1)):
            return False  # a city's name before a surname is a given name: Милан
        if token.low in lexicon.words("ru", "posts", "not_names") or self.has(index, "heads"):
            return False
        if self.stems[index] in _stems("portfolio"):
            return False
        return not (token.text.isupper() and len(token.text) > 1)

    def name(self, index: int) -> tuple[int, int] | None:
        """The name that begins here; it ends where one of its words comes again."""
        while self.low(index) in lexicon.words("ru", "posts", "honorifics"):
            index += 1
        first, last, seen = index, index, set()
        while last < len(self.tokens) and last - first < 9:
            if self.is_name_word(last):
                stem = name_stem(self.tokens[last].text)
                if stem in seen or self.another_begins(first, last):
                    break
                seen.add(stem)
                last += 1
                if last < len(self.tokens) and self.tokens[last].text == "." and len(self.tokens[last - 1].text) == 1:
                    last += 1
            elif (
                last > first
                and self.glued(last)
                and (self.is_name_word(last + 1) or self.low(last + 1) in lexicon.words("ru", "posts", "particles"))
            ):
                last += 1
                if self.low(last) in lexicon.words("ru", "posts", "particles"):
                    last += 1
            elif (
                last > first
                and self.low(last) in lexicon.words("ru", "posts", "particles")
                and (self.is_name_word(last + 1) or self.glued(last + 1))
            ):
                last += 1
            else:
                break
        return (first, last) if last > first else None

    def another_begins(self, first: int, index: int) -> bool:
        """ "с Милошем Ковачем Андрей Белов": after two words in one case, two more in another are somebody else."""
        words = [token.low for token in self.tokens[first:index]]
        if len(words) != 2 or not words[0].endswith(("ом", "ем", "ым")):
            return False
        following = [token.low for token in self.tokens[index : index + 2]]
        return (
            len(following) == 2
            and self.is_name_word(index + 1)
            and not any(word.endswith(("ом", "ем", "ым", "ой")) for word in following)
        )

    def post_left(self, head: int) -> int:
        left = head
        while left > 0:
            if self.glued(left - 1) and (self.has(left - 2, "modifiers") or self.has(left - 2, "heads")):
                left -= 2
            elif self.has(left - 1, "modifiers") or (
                self.has(left - 1, "heads") and not self.tokens[left - 1].capital and self.has(left - 1, "modifiers")
            ):
                left -= 1
            elif (place := self.at.get(left - 1)) and place.kind == "demonym" and not self.glued(place.first - 1):
                left = place.first
            else:
                break
        return left

    def post_right(self, head: int) -> int:
        right = head + 1
        while right < len(self.tokens):
            place = self.at.get(right)
            if place and place.kind != "city":
                right = place.last
            elif self.glued(right) and (self.has(right + 1, "portfolio") or self.has(right + 1, "heads")):
                right += 2
            elif self.has(right, "portfolio") or self.has(right, "heads"):
                right += 1
            elif self.low(right) in _PREPOSITIONS and self.has(right + 1, "portfolio"):
                right += 2
            elif (
                self.low(right) in _PREPOSITIONS
                and (place := self.at.get(right + 1))
                and self.stems[head] in ("посол", "посл", "постпред", "представител")
            ):
                right = place.last
            elif (
                self.low(right) in ("и", ",")
                and self.has(right + 1, "portfolio")
                and not self.has(right + 1, "heads")
                and right > head + 1
            ):
                right += 2
            else:
                break
        return right

    def country(self, first: int, last: int) -> str:
        for index in range(first, last):
            place = self.at.get(index)
            if place and place.code and self.low(place.first - 1) not in ("в", "по", "при", "с"):
                return place.code
        return ""

    def mentions(self) -> list[Mention]:
        found: list[Mention] = []
        position = 0
        while position < len(self.tokens):
            mention = self.mention_at(position)
            if mention:
                found.append(mention)
                position = max(mention.last, position + 1)
            else:
                position += 1
        return found

    def mention_at(self, position: int) -> Mention | None:
        index = self.line.sentence.index
        leads = self.low(position) == "главе" and self.low(position - 1) == "во"
        if self.has(position, "heads") and position not in self.at and not leads:
            left, right = self.post_left(position), self.post_right(position)
            name = self.name(right)
            country = self.country(left, right)
            if name:
                return Mention(index, left, name[1], "post", name, (left, right), country)
            if country or self.tokens[position].capital:
                return Mention(index, left, right, "title", None, (left, right), country)
            return None
        if self.is_name_word(position):
            name = self.name(position)
            post = self.apposition(name[1]) if name and name[1] - name[0] > 1 else None
            if name and post:
                return Mention(index, position, post[1], "post", name, post, self.country(*post))
            if name:
                return Mention(index, position, name[1], "plain", name, None, "")
        return None

    def apposition(self, comma: int) -> tuple[int, int] | None:
        """ "N, главы МИД X": the post behind a name, in the same case, with no name of its own."""
        if self.low(comma) != ",":
            return None
        head = comma + 1
        while self.has(head, "modifiers") or (head in self.at and self.at[head].kind == "demonym"):
            head += 1
        if not self.has(head, "heads") or head in self.at:
            return None
        right = self.post_right(head)
        return None if self.name(right) or self.low(right) in ("и", "–", "—") else (comma + 1, right)


def _is_cyrillic(word: str) -> bool:
    return any("а" <= c <= "я" or c == "ё" for c in word.casefold())


def _keys(cast: Cast, mention: Mention) -> list[str]:
    line = cast.lines[mention.sentence].sentence.tokens
    words = [line[i].text for i in range(*mention.name)] if mention.name else []
    return [name_stem(word) for word in words if len(word) > 1 and _is_cyrillic(word)]


def find(cast: Cast) -> None:
    """Fill the mentions of every line and say whom they mean."""
    for line in cast.lines:
        line.mentions = PostGrammar(line).mentions()
    ordered = [mention for line in cast.lines for mention in line.mentions]
    for wanted in ("post", "plain"):
        for mention in ordered:
            if mention.kind == wanted and not (
                wanted == "plain"
                and mention.first == 0
                and len(_keys(cast, mention)) < 2
                and not cast.known(_keys(cast, mention))
            ):
                cast.add(mention, _keys(cast, mention))
    for person in cast.persons:
        person.post_words |= {
            ru_stem(word) for m in person.mentions if m.post for word in cast.printed(m, m.post).split()
        }
    for line in cast.lines:
        for mention in line.mentions:
            if mention.kind == "title" and mention.post:
                stems = {ru_stem(t.text) for t in line.sentence.tokens[slice(*mention.post)] if t.is_word}
                heads = stems & _stems("heads")
                if stems & {"мид", "внешнеполитическ", "дипведомств"}:  # its head is the foreign minister
                    heads = {"министр", "иностранн"}
                mention.person = cast.by_title(heads, mention.country, mention.sentence)
                if mention.person and mention.country and not mention.person.country:
                    mention.person.country = mention.country
        line.mentions = [m for m in line.mentions if m.person or m.kind == "title"]
    for person in cast.persons:
        person.name = nominative(cast, person)


def nominative(cast: Cast, person: Person) -> str:
    """The name in the nominative: a mention whose post stands in it, else the printed name with its case undone."""
    best = person.best_name
    if best is None or best.name is None:
        return person.name
    for mention in person.mentions:
        if (
            mention.name
            and mention.name[1] - mention.name[0] >= best.name[1] - best.name[0]
            and _case(cast, mention) == "nominative"
        ):
            return cast.printed(mention, mention.name)
    case = _case(cast, best)
    line = cast.lines[best.sentence].sentence.tokens
    first = line[best.name[0]].start
    text = cast.printed(best, best.name)
    for index in reversed(range(*best.name)):
        token = line[index]
        if token.is_word and token.low not in lexicon.words("ru", "posts", "particles"):
            text = text[: token.start - first] + _undone(token.text, case) + text[token.end - first :]
    return text


def _case(cast: Cast, mention: Mention) -> str:
    """The case of a mention by its post's head, else by the name's own endings."""
    line = cast.lines[mention.sentence].sentence.tokens
    if mention.post:
        heads = [i for i in range(*mention.post) if ru_stem(line[i].text) in _stems("heads")]
        whole = [i for i in heads if line[i + 1 : i + 2] and line[i + 1].text not in _DASHES]  # "премьер-" is no word
        head = line[(whole or heads)[0]].low if heads else ""
        if head.endswith(("ом", "ем", "авой", "егой")):
            return "instrumental"
        if head.endswith(("нта", "стра", "ера", "ика", "аря", "еля", "ана", "ора", "тра", "авы", "еги")):
            return "genitive"
        if head.endswith(("нту", "стру", "еру", "ику", "арю", "елю", "ану", "ору", "тру", "аве")):
            return "dative"
        return "nominative" if head else "unknown"
    words = [t.text for t in line[slice(*mention.name)] if t.is_word] if mention.name else []
    if len(words) < 2:
        return "unknown"
    if all(word.endswith(("ом", "ем", "ым")) for word in words[:2]):
        return "instrumental"
    if words[0][-1] in "бвгджзйклмнпрстфхцчшщь":
        return "nominative"
    if (
        all(word.endswith(("а", "я")) for word in words[:2])
        and words[-1].endswith(("ова", "ева", "ина", "а"))
        and mention.first > 0
        and line[mention.first - 1].text != "."
    ):
        return "genitive"
    return "unknown"


def _undone(word: str, case: str) -> str:
    if case == "instrumental":
        for ending, back in (
            ("ием", "ий"),
            ("еем", "ей"),
            ("аем", "ай"),
            ("овым", "ов"),
            ("евым", "ев"),
            ("иным", "ин"),
            ("ским", "ский"),
            ("ом", ""),
            ("ем", "ь"),
            ("ой", "а"),
        ):
            if word.endswith(ending) and len(word) > len(ending) + 1:
                stem = word[: -len(ending)]
                return stem + ("й" if ending == "ем" and stem[-1] in "аеиоуыэюя" else back)
    if case == "dative":
        for ending, back in (
            ("ию", "ий"),
            ("ею", "ей"),
            ("аю", "ай"),
            ("скому", "ский"),
            ("у", ""),
            ("ю", "ь"),
            ("е", "а"),
        ):
            if word.endswith(ending) and len(word) > len(ending) + 1:
                return word[: -len(ending)] + back
    if case == "genitive":
        for ending, back in (
            ("ия", "ий"),
            ("ея", "ей"),
            ("ая", "ай"),
            ("ского", "ский"),
            ("а", ""),
            ("ы", "а"),
            ("я", "ь"),
        ):
            if word.endswith(ending) and len(word) > len(ending) + 1:
                return word[: -len(ending)] + back
    return word
