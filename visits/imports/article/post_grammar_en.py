"""People in English sentences: the grammar of posts and names.

"Turkmen Foreign Minister N", "N, the Minister of Trade and Industry of X", "Mr N", "the Minister". Which words build
a post is in the lexicon (`posts.toml`); a capitalised word that builds none may be a name.
"""

from . import lexicon
from .gazetteer import Place
from .persons import Line, Mention

_DASHES = "-‐‑–"
_QUOTES = "“”\"'‘’«»"


def _words(key: str) -> frozenset[str]:
    return lexicon.words("en", "posts", key)


class PostGrammar:
    """Finds posts and names in one line."""

    def __init__(self, line: Line) -> None:
        self.tokens = line.sentence.tokens
        self.line = line
        self.at: dict[int, Place] = {i: p for p in line.places for i in range(p.first, p.last)}
        letters = [t for t in self.tokens if t.is_word and len(t.text) > 1]
        self.shouting = bool(letters) and all(t.text.isupper() for t in letters)

    # what a token can be

    def low(self, index: int) -> str:
        return self.tokens[index].low if 0 <= index < len(self.tokens) else ""

    def is_head(self, index: int) -> bool:
        return self.low(index) in _words("heads")

    def builds(self, index: int) -> bool:
        """Whether the word can stand inside a post without being its head."""
        if not 0 <= index < len(self.tokens):
            return False
        token = self.tokens[index]
        return token.low in _words("modifiers") or (token.capital and token.low in _words("portfolio"))

    def glued(self, index: int) -> bool:
        """Whether a dash stands here without white space around it."""
        return (
            0 < index < len(self.tokens) - 1
            and self.tokens[index].text in _DASHES
            and self.tokens[index - 1].end == self.tokens[index].start
            and self.tokens[index].end == self.tokens[index + 1].start
        )

    def country(self, first: int, last: int) -> str:
        """Whose official it is: the first country named in the post that is not where they are sent."""
        for index in range(first, last):
            place = self.at.get(index)
            if place and place.kind == "demonym" and self.low(place.last) == "affairs":
                continue  # a director of Soviet affairs is no Soviet official
            if place and place.code and self.low(place.first - 1) not in ("to", "in", "on", "for", "at"):
                before = self.low(place.first - 2) if self.low(place.first - 1) == "the" else ""
                if before not in ("to", "in", "on", "for", "at"):
                    return place.code
        return ""

    # posts

    def post_left(self, head: int) -> int:
        """Where the post of this head begins."""
        left = head
        while left > 0 and (before := self.left_step(left)) is not None:
            left = before
        while left < head and self.low(left) in ("and", "&", "'s"):
            left += 1
        return left

    def left_step(self, left: int) -> int | None:
        """One step to the left inside a post: a country, its 's, a word that builds posts, a dash, an "and"."""
        previous = left - 1
        place = self.at.get(previous)
        if place and place.kind != "city":
            return place.first
        if self.low(previous) in ("'s", "'"):
            return previous if self.at.get(previous - 1) else None
        if self.builds(previous) or self.is_head(previous):
            return previous
        if self.low(left) in _words("styles") and self.low(previous) in ("his", "her"):
            return previous
        if self.glued(previous):
            return previous - 1 if self.builds(previous - 1) or self.at.get(previous - 1) else None
        if self.low(previous) in ("and", "&") and self.joins_left(left, previous - 1):
            return previous - 1
        return None

    def joins_left(self, left: int, before: int) -> bool:
        """ "Transport and Communications Minister", but not "... Affairs and Senior Director"."""
        return (
            before >= 0
            and self.tokens[left].capital
            and self.tokens[before].capital
            and self.builds(left)
            and self.builds(before)
            and self.low(left) not in _words("leading")
        )

    def next_head(self, head: int) -> int:
        """The head that "Deputy" in "Deputy Foreign Minister" leads to, or -1."""
        position = head + 1
        while position < min(head + 5, len(self.tokens)):
            if self.is_head(position):
                return position
            if not (self.builds(position) or self.glued(position)) or (
                not self.tokens[position].text[:1].isupper() and self.tokens[head].capital and not self.glued(position)
            ):
                return -1
            position += 1
        return -1

    def post_right(self, head: int, *, loose: bool = False) -> int:
        while (following := self.next_head(head)) > 0:
            head = following
        right = head + 1
        while self.low(right) in _words("after") or (self.glued(right) and self.low(right + 1) in _words("after")):
            right += 2 if self.glued(right) else 1
        while True:
            end = self.complement(right, self.low(head), loose=loose)
            if end == right:
                return right
            right = end

    def complement(self, index: int, head: str, *, loose: bool) -> int:
        """The end of "of the Cabinet of Ministers", "for Trade and Industry" that begins here, or `index`."""
        link = self.low(index)
        if link not in _words("connectors") or link in ("and", "&", "with"):
            return index
        if link in ("to", "on", "in") and head not in _words("takes_to"):
            return index
        position, end = index + 1, index
        while position < len(self.tokens):
            low = self.low(position)
            if low in ("the", "a", "an", "his", "her", "its") and position == index + 1:
                position += 1
                continue
            step = self.consumed(position, loose=loose)
            if step:
                position += step
                end = position
                continue
            if low in ("and", "&", ",") and end == position and self.list_goes_on(position):
                position += 2 if low == "," and self.low(position + 1) in ("and", "&") else 1
                continue
            if (
                (
                    low in ("of", "for", "the", "'s", "'", "on", "at", "with")
                    or (low == "in" and self.low(position - 1) in _words("houses"))
                )
                and end == position
                and (self.consumed(position + 1, loose=loose) or self.low(position + 1) == "the")
            ):
                position += 1
                if low in ("'s", "'"):
                    end = position
                elif self.low(position) == "the":
                    position += 1
                end_before = end
                if not self.consumed(position, loose=loose):
                    return end_before
                continue
            break
        return end if end > index + 1 or self.consumed(index + 1, loose=loose) else index

    def consumed(self, position: int, *, loose: bool) -> int:
        """How many tokens from here belong to a complement: a country, a portfolio word, an organization's name."""
        if position >= len(self.tokens):
            return 0
        place, token = self.at.get(position), self.tokens[position]
        if place:
            return place.last - position
        if self.is_head(position):
            return 1 if self.low(position - 1) in ("the", "of", "to") or self.at.get(position - 1) else 0
        if token.low in _words("portfolio") and (
            token.capital or self.low(position - 1) in ("of", "for", "and", "the") or loose
        ):
            return 1
        if self.glued(position) and (self.consumed(position + 1, loose=loose)):
            return 1
        if token.text in _QUOTES and token.text not in "’'":
            for size in range(2, 7):
                if position + size < len(self.tokens) and self.tokens[position + size].text in _QUOTES:
                    return size + 1
            return 0
        if token.is_word and token.capital and token.low not in _words("not_names"):
            return self.organization(position, loose=loose)
        if loose and token.is_word and not token.capital and token.low not in _words("apposition_stops"):
            return 1
        return 0

    def organization(self, position: int, *, loose: bool) -> int:
        """An unknown capitalised word belongs if the capitals around it end in a portfolio word, as names do not."""
        run = position
        while run < len(self.tokens) and self.tokens[run].is_word and self.tokens[run].capital and run - position < 5:
            if run > position and self.low(run) in _words("portfolio"):
                return run - position + 1
            run += 1
        return run - position if loose else 0

    def list_goes_on(self, position: int) -> bool:
        """Whether after "," or "and" the portfolio goes on, rather than a new post beginning."""
        run = position + 1
        if self.low(run) in ("and", "&"):
            run += 1
        if self.low(run) == "the":
            return False
        first = run
        while run < len(self.tokens) and self.builds(run) and not self.is_head(run):
            run += 1
        if run == first or self.is_head(run) or self.at.get(first):
            return False
        return self.low(position) != "," or any(
            self.low(i) in ("and", "&") for i in range(position, min(position + 8, len(self.tokens)))
        )

    # names

    def name(self, index: int) -> tuple[int, int] | None:
        """The name that begins here, honorifics skipped: (first, last) or None."""
        index = self.skip_honorifics(index)
        first, last = index, index
        while last < len(self.tokens) and last - first < 9:
            step = self.name_part(last, first)
            if not step:
                break
            last += step
        if last == first or all(len(self.tokens[i].text) < 2 or not self.tokens[i].is_word for i in range(first, last)):
            return None
        return first, last

    def skip_honorifics(self, index: int) -> int:
        while self.low(index) in _words("honorifics") and (self.tokens[index].capital or self.low(index) == "the"):
            if not self.tokens[index + 1 : index + 2]:
                return index
            following = index + 2 if self.low(index + 1) == "." else index + 1
            if following < len(self.tokens) and (
                self.tokens[following].capital or self.tokens[following].text in "(‘“"
            ):
                index = following
            else:
                return index
        return index

    def name_part(self, position: int, first: int) -> int:
        token = self.tokens[position]
        if token.is_word and self.is_name_word(position):
            if len(token.text) == 1 and self.low(position + 1) == ".":
                return 2 if position + 2 < len(self.tokens) and self.tokens[position + 2].capital else 1
            return 1
        if position == first:
            return 0
        if self.glued(position) and self.tokens[position + 1].is_word and position + 1 not in self.at:
            return 2
        if token.low in _words("particles") and self.glued(position + 1) and self.is_name_word(position + 2):
            return 3
        if (
            token.low in _words("particles")
            and not token.capital
            and token.low != "of"
            and (self.is_name_word(position + 1) or self.low(position + 1) in _words("particles"))
        ):
            return 1
        if (
            token.text in "“\"'‘("
            and position + 3 < len(self.tokens)
            and self.tokens[position + 1].capital
            and self.tokens[position + 2].text in "”\"'’)"
            and self.is_name_word(position + 3)
        ):
            return 3
        if token.text == "," and self.low(position + 1) in _words("suffixes"):
            return 3 if self.low(position + 2) == "." else 2
        return 0

    def is_name_word(self, position: int) -> bool:
        if not 0 <= position < len(self.tokens):
            return False
        token = self.tokens[position]
        if not token.is_word or not token.capital:
            return False
        if position in self.at and not self.is_given_name(position) and not self.is_surname(position):
            return False
        low = token.low
        if (
            low in _words("not_names")
            or low in _words("portfolio")
            or (self.is_head(position) and not (low in _words("surnames") and self.is_name_word(position - 1)))
        ):
            return False
        return not (len(token.text) > 3 and token.text.isupper() and not self.shouting) or self.beside_name(position)

    def is_given_name(self, position: int) -> bool:
        """A city's name between a post and a surname is a given name: "President Milan Kos"."""
        place = self.at[position]
        before = position - 2 if self.low(position - 1) == "." else position - 1
        after_post = self.is_head(before) or self.builds(before) or self.low(before) in _words("honorifics")
        single = place.kind == "city" and place.last - place.first == 1
        return single and after_post and position + 1 not in self.at and self.is_name_word(position + 1)

    def is_surname(self, position: int) -> bool:
        """A city's name behind a given name that a post or honorific leads in: "their colleague Ann Birmingham"."""
        place = self.at[position]
        if place.kind != "city" or place.last - place.first > 1 or position + 1 in self.at:
            return False
        before = position - 1
        while before >= 0 and before not in self.at and self.is_name_word(before):
            before -= 1
        given = position - 1 - before
        titled = self.low(before) in _words("honorifics") and self.low(before) != "the"
        sent = given > 0 and before in self.at and self.low(before - 1) in ("to", "of")  # "Ambassador to X Ann Paris"
        leads = self.is_head(before) or titled or sent or self.low(before) in _words("surname_after")
        return leads and before >= 0 and given <= 2 and (given > 0 or self.low(before) in _words("surname_after"))

    def beside_name(self, position: int) -> bool:
        """ "Ms. KAMO Yuki", "Mr. Yerlan ABENOV": a surname in capitals beside a given name or an honorific."""
        before = position - 2 if self.low(position - 1) == "." else position - 1
        if self.low(before) in _words("honorifics") and before >= 0:
            return True
        return any(
            0 <= other < len(self.tokens)
            and self.tokens[other].capital
            and len(self.tokens[other].text) > 1
            and not self.tokens[other].text.isupper()
            and other not in self.at
            and self.tokens[other].low not in _words("not_names")
            and self.tokens[other].low not in _words("portfolio")
            and self.tokens[other].low not in _words("heads")
            for other in (position - 1, position + 1)
        )

    # mentions

    def mentions(self) -> list[Mention]:
        found: list[Mention] = []
        position = 0
        while position < len(self.tokens):
            mention = self.mention_at(position)
            if mention is None:
                position += 1
                continue
            found.append(mention)
            position = mention.last
        return self.merged(found)

    def mention_at(self, position: int) -> Mention | None:
        if self.is_head(position):
            return self.posted(position)
        if self.tokens[position].capital and self.low(position) in _words("honorifics") and not self.builds(position):
            return self.honoured(position)
        if self.is_name_word(position):
            return self.plain(position)
        return None

    def posted(self, head: int) -> Mention | None:
        left, right = self.post_left(head), self.post_right(head)
        name = self.name(right)
        start = self.skip_honorifics(right)
        if (
            name is None
            and self.low(right) == ","
            and self.low(right + 1) in ("the", "his", "her", "mr", "mrs", "ms", "dr", "general", "hon", "sheikh", "sir")
        ):
            name = self.name(right + 1) if self.skip_honorifics(right + 1) > right + 1 else None
        if name is None and self.low(right) == ",":
            name = self.name_between_commas(right)
        if name and start > right and self.low(right) == "the" and start == right + 1:
            name = None  # "the minister the Xs ..." is no apposition
        index = self.line.sentence.index
        country = self.country(left, right)
        if name and self.is_house(name[1]):
            return None  # King X International Airport
        if name:
            return Mention(index, left, name[1], "post", name, (left, right), country)
        determined = self.low(left - 1) in ("the", "our", "its", "his", "her") or self.tokens[left].capital
        if self.low(head) == "leader" and not country:
            return None
        if determined and self.low(head) not in ("head", "member", "chair", "lead", "official", "officials"):
            return Mention(index, left, right, "title", None, (left, right), country)
        return None

    def name_between_commas(self, comma: int) -> tuple[int, int] | None:
        """ "the Minister of Trade of X, Ann Berg, said"."""
        name = self.name(comma + 1)
        if name and name[1] - name[0] >= 2 and self.low(name[1]) in (",", "."):
            return name
        return None

    def honoured(self, position: int) -> Mention | None:
        start = self.skip_honorifics(position)
        name = self.name(position) if start > position else None
        if not name or (start == position + 1 and self.low(position) in ("the", "his", "her", "he")):
            return None
        post, country = self.apposition(name[1])
        last = post[1] if post else name[1]
        return Mention(self.line.sentence.index, position, last, "honorific", name, post, country)

    def plain(self, position: int) -> Mention | None:
        name = self.name(position)
        if not name or name[0] != position or self.is_house(name[1]) or self.in_house(position):
            return None
        post, country = self.apposition(name[1])
        last = post[1] if post else name[1]
        return Mention(self.line.sentence.index, position, last, "post" if post else "plain", name, post, country)

    def is_house(self, after: int) -> bool:
        """ "Marco Polo Hotel": a name that goes on in a capitalised word of places is no person's."""
        token = self.tokens[after] if after < len(self.tokens) else None
        houses = token is not None and (token.low in _words("venues") or token.low in _words("portfolio"))
        return bool(token and token.capital and houses)

    def in_house(self, position: int) -> bool:
        """ "Istana Merdeka": capitalised words behind a word that leads in a house's name."""
        first = position
        while self.low(first) not in _words("venue_leads"):
            if first == 0 or not self.tokens[first - 1].is_word or not self.tokens[first - 1].capital:
                return False
            first -= 1
        return True

    def apposition(self, index: int) -> tuple[tuple[int, int] | None, str]:
        """ ", the Minister of Trade of X" after a name: the post's range and country."""
        if self.low(index) != ",":
            return None, ""
        start = index + 1
        while self.low(start) in ("the", "a", "an", "his", "her", "its", "who", "is", "then"):
            start += 1
        for head in range(start, min(start + 8, len(self.tokens))):
            if self.is_head(head):
                left = self.post_left(head)
                if left > start:
                    return None, ""
                right = self.joined(self.post_right(head, loose=True))
                if self.name(right):  # "X, Foreign Minister Y": the post is the next one's
                    return None, ""
                return (start, right), self.country(start, right)
            if not (self.builds(head) or head in self.at or self.low(head) in ("'s", "and", "-")):
                return None, ""
        return None, ""

    def joined(self, right: int) -> int:
        """Past "and Minister of Foreign Affairs" when one person holds both posts."""
        if self.low(right) != "and":
            return right
        position = right + 1
        while self.builds(position) and not self.is_head(position):
            position += 1
        if not self.is_head(position) or self.name(self.post_right(position)):
            return right
        return self.post_right(position, loose=True)

    def merged(self, found: list[Mention]) -> list[Mention]:
        """ "Special Assistant to the President and Senior Director at the Council N": two posts of one person."""
        out: list[Mention] = []
        for mention in found:
            before = out[-1] if out else None
            if before and before.kind == "title" and before.post and mention.name:
                between = [self.low(i) for i in range(before.last, mention.first)]
                country = before.country or mention.country
                if mention.kind == "post" and mention.post and between in ([], ["and"]):
                    post = (before.first, mention.post[1])
                    out[-1] = Mention(mention.sentence, before.first, mention.last, "post", mention.name, post, country)
                    continue
                if (
                    mention.kind == "honorific"
                    and between[:1] in (["to"], ["in"], ["of"])
                    and self.at.get(before.last + 1)
                    and len(between) <= 4
                    and self.at.get(mention.first - 1)
                ):
                    out[-1] = Mention(
                        mention.sentence, before.first, before.post[1], "post", mention.name, before.post, country
                    )
                    continue
            out.append(mention)
        return out
