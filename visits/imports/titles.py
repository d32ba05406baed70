"""A printed visitor into persons: “Prime Minister Gordon Brown” is a post and a name, “King Abdullah and Crown
Prince Hussein” are two persons, “Premier and Prince Sihanouk” is one with a joint post.

A grammar of titles, not of names: what stands before the name and is built of the titles in
`data/reference/titles.json` is the post; the rest is the name. Misprinted title words are mended (“Presidetn”),
the print is kept beside. Null beats a guess: without a title there is no post, and a spouse who is known by the
other's name alone has none of her own.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz.distance import OSA

from visits import names
from visits.enums import Rank

# Longer strings are no visitors; a record refuses them, and parsing them would take long.
MAX_LENGTH = 1000
TITLES = Path(__file__).parents[1] / "data" / "reference" / "titles.json"
_LEXICON: dict[str, Any] = json.loads(TITLES.read_text("utf-8"))

_ORDER = list(Rank)
_LESSER = {
    Rank.HEAD_OF_STATE: Rank.DEPUTY_HEAD_OF_GOVERNMENT,
    Rank.HEAD_OF_GOVERNMENT: Rank.DEPUTY_HEAD_OF_GOVERNMENT,
    Rank.FOREIGN_MINISTER: Rank.DEPUTY_MINISTER,
    Rank.MINISTER: Rank.DEPUTY_MINISTER,
    Rank.SPEAKER: Rank.PARLIAMENTARIAN,
}
_LESSER_WORDS = ("Deputy", "Vice", "Assistant", "Associate")
_COUNTED_WORDS = ("First", "Second", "Third", "Senior", "Executive", "Federal", "Special")
_BODIES = (
    "Republic", "Confederation", "Swiss Confederation", "Union", "State", "Government", "Transitional Government",
    "Council of State", "State Council", "Council of Ministers", "Cabinet", "Presidency", "Presidential Council",
    "Presidential Leadership Council", "Presidium", "Revolutionary Council", "Sovereign Council", "Junta",
    "National Assembly", "Parliament", "Senate", "House of Representatives", "Commission", "Party",
    "Communist Party", "Central Committee", "National Bank", "Republika Srpska", "Entity",
)  # fmt: skip
# Only these are mended when misprinted: others are too near to family names (Marshall, Kings).
_MENDED_WORDS = (
    "President",
    "Minister",
    "Premier",
    "Chancellor",
    "Chairman",
    "Secretary",
    "Governor",
    "Ambassador",
)
# Forms of address that come off a name; the others (Sheikh, Lord, Tunku) belong to it.
_ADDRESS = (
    "Dr", "Mr", "Ms", "Prof", "Professor", "Sir", "Dame", "H.E.", "His Excellency", "Her Excellency", "H.M.",
    "His Majesty", "Her Majesty", "The Honourable", "Hon", "The Right Honourable", "Rt Hon",
)  # fmt: skip
_ADDRESS_AFTER_A_TITLE = (
    *_ADDRESS, "Prince", "Princess", "Archbishop", "Cardinal", "Dato' Seri", "Dato Seri", "Datuk Seri", "Dato'",
    "Datuk", "Gen", "Lt. Gen", "General", "Lieutenant General", "Major General", "Brigadier General", "Brigadier",
    "Colonel", "Field Marshal", "Marshal", "Admiral",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParsedPerson:
    """One person of a printed string. `as_printed` is the person's own part; "" is what is not said."""

    as_printed: str
    name: str = ""
    post: str = ""
    name_as_printed: str = ""
    post_as_printed: str = ""
    honorific: str = ""

    @property
    def rank(self) -> Rank:
        """By the title's words alone; see `rank_of` for what a country or a data set adds."""
        return rank_of(self.post)


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_KNOWN = {item["title"].casefold(): item["title"] for item in _LEXICON["items"]}
for _word in _LEXICON["honorifics"]:
    _KNOWN.pop(_word.casefold(), None)  # Sheikh is a form of address, no post
_FIELDS = [
    *_LEXICON["portfolios"],
    "foreign affairs",
    "external affairs",
    "foreign relations",
    "external relations",
]
_FIELD = rf"(?:{_alternatives(_FIELDS)})"
_FIELD_LIST = rf"(?:the )?{_FIELD}(?:(?:, and |, | and | & )(?:the )?{_FIELD})*"
_OFFICE_LIST = rf"(?:foreign|{_FIELD})(?:(?:, and |, | and | & ){_FIELD})*"
_MODIFIERS = [*_LEXICON["same_rank"], *_LEXICON["other_rank"], *_LESSER_WORDS, *_COUNTED_WORDS]
_TITLE = (
    rf"(?:(?:{_alternatives(_MODIFIERS)})[ -])*"
    rf"(?:{_OFFICE_LIST} (?:Minister|Secretary)|{_alternatives(_KNOWN.values())})s?(?![\w'’])"
    rf"(?:-(?:elect|designate))?"
    rf"(?: (?:of|for) (?:{_FIELD_LIST}|(?:the )?(?:{_alternatives(_BODIES)})(?: for {_FIELD_LIST})?)(?![\w'’]))?"
    rf"(?:(?:, and |, | and | & ){_FIELD_LIST}(?![\w'’]))?"
)
_JOINT = r"(?:, and |, | and | & |/)"
_POST = re.compile(rf"(?:the )?{_TITLE}(?:{_JOINT}(?:the )?{_TITLE})*(?= |,|$)", re.IGNORECASE)
_JOINTS = re.compile(rf"{_JOINT}(?={_TITLE}(?:$|{_JOINT}))", re.IGNORECASE)
_ONE_TITLE = re.compile(_TITLE, re.IGNORECASE)
_PLURAL = re.compile(rf"(?:{_alternatives(_KNOWN.values())})s", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:Jr|Sr|[23](?:nd|rd)|I{1,3}|I?V|Ph\.?D|M\.?D)\.?(?=$|[ ,;])", re.IGNORECASE)
_SPOUSE = re.compile(r"(?P<form>(?:Mrs|Madame|Mme)\.?) (?P<name>\S.*)")
_WITH_SPOUSE = re.compile(r"and (?P<spouse>(?:Mrs|Madame|Mme)\.? (?P<name>\S.*))")
_FORM, _FORM_AFTER_A_TITLE = (
    re.compile(rf"(?:{_alternatives(forms)})\.?(?= )") for forms in (_ADDRESS, _ADDRESS_AFTER_A_TITLE)
)
_CANONICAL = {
    word.casefold(): word
    for phrase in (*_MODIFIERS, *_FIELDS, *_BODIES, *_KNOWN.values())
    for word in re.split(r"[ -]", phrase if phrase[:1].isupper() else phrase.title())
    if word.casefold() not in {"of", "the", "for", "and", "de", "du", "des", "et", "to", "in", "at"}
}


def parse_visitors(text: str) -> list[ParsedPerson]:
    """The persons that a visitor string names, in print order; [] for an empty one."""
    cleaned = names.clean(text)
    if len(cleaned) > MAX_LENGTH:
        return [ParsedPerson(cleaned, name_as_printed=cleaned)]
    return list(_parsed(cleaned))


@lru_cache(maxsize=20_000)
def _parsed(text: str) -> tuple[ParsedPerson, ...]:
    persons: list[ParsedPerson] = []
    shared = ""
    for part in _parts(text):
        title, rest = _split_title(part)
        couple = _WITH_SPOUSE.fullmatch(rest) if title else None
        if couple:  # “President and Mrs. Mubarak”
            printed = part[: len(part) - len(rest)].strip()
            persons.append(ParsedPerson(f"{printed} {couple['name']}", couple["name"], title, couple["name"], printed))
            part, title = couple["spouse"], ""
        person = _person(part, shared, persons[-1] if persons else None)
        if person.post_as_printed:
            shared = person.post if _PLURAL.fullmatch(person.post_as_printed) else ""
        persons.append(person)
    return tuple(persons)


@lru_cache(maxsize=20_000)
def rank_of(title: str, country: str | None = None, among_leaders: bool = False) -> Rank:
    """The rank of a title, of a joint one the highest; `other` when its words do not tell.

    `country` picks the meaning where it differs (a Secretary of State of the United States or of the Holy See);
    `among_leaders` is for data sets that list heads of state and of government only, where a Chairman is one.
    """
    parts = _JOINTS.split(title)
    if not all(_ONE_TITLE.fullmatch(part) for part in parts):
        parts = [title]  # “Foreign and Defence Minister” is one title
    return min((_rank_of_one(part.casefold(), country, among_leaders) for part in parts), key=_ORDER.index)


@cache
def _ranks() -> dict[tuple[str, str | None], tuple[Rank, Rank]]:
    """(title, country or None) -> its rank, and its rank among leaders."""
    found: dict[tuple[str, str | None], tuple[Rank, Rank]] = {}
    for item in _LEXICON["items"]:
        rank = Rank(item["rank"])
        for country in item.get("countries") or [None]:
            pair = (rank, Rank(item.get("among_leaders", rank)))
            found.setdefault((item["title"].casefold(), country), pair)
    return found


@lru_cache(maxsize=20_000)
def _rank_of_one(title: str, country: str | None, among_leaders: bool) -> Rank:
    for key in ((title, country), (title, None)):
        if key in _ranks():
            return _ranks()[key][among_leaders]
    if re.search(rf"-(?:elect|designate)$|^(?:{_alternatives(_LEXICON['other_rank'])})[ -]", title):
        return Rank.OTHER
    modifier = re.match(rf"({_alternatives((*_LEXICON['same_rank'], *_COUNTED_WORDS))})[ -](.+)", title, re.IGNORECASE)
    if modifier:
        return _rank_of_one(modifier[2], country, among_leaders)
    lesser = re.match(rf"({_alternatives(_LESSER_WORDS)})[ -](.+)", title, re.IGNORECASE)
    if lesser:
        rank = _rank_of_one(lesser[2], country, among_leaders)
        return _LESSER.get(rank, rank)
    if re.search(r"\b(?:foreign|external) (?:affairs|relations|and|minister)\b", title) and "minister" in title:
        return Rank.FOREIGN_MINISTER
    base = re.split(r" (?:of|for) ", title)[0]
    if base != title:
        return _rank_of_one(base, country, among_leaders)
    return Rank.MINISTER if title.endswith((" minister", " secretary")) else Rank.OTHER


def _parts(text: str) -> list[str]:
    """The text cut before every further person."""
    parts, start = [], 0
    for joint in re.finditer(r"\s*;\s*|, and |, | and | & ", text):
        name = _split_title(text[start:])[1]
        if len(text) - len(name) > joint.start():
            continue  # “Premier and Prince Sihanouk”, “Foreign and Defence Minister Lee”: the joint is in the post
        if _starts_person(joint.group().strip(), text[joint.end() :]):
            parts.append(text[start : joint.start()])
            start = joint.end()
    parts.append(text[start:])
    return [part for part in (piece.strip(" ,;") for piece in parts) if part]


def _starts_person(joint: str, right: str) -> bool:
    """Whether what follows the joint is somebody else and not more of the same name."""
    if joint == ";":
        return True
    next_post, next_rest = _split_title(right)
    if next_post:
        return bool(next_rest.strip(" ,;"))  # a title alone is the post of the one before
    if _SPOUSE.match(right):
        return True
    return joint.endswith(("and", "&")) and right[:1].isupper() and not _SUFFIX.match(right)


def _person(part: str, shared: str, before: ParsedPerson | None) -> ParsedPerson:
    spouse = _SPOUSE.fullmatch(part)
    if spouse:
        own = "" if before and before.name.endswith(spouse["name"]) else spouse["name"]
        return ParsedPerson(part, name=own, name_as_printed=part, honorific=spouse["form"])
    title, rest = _split_title(part)
    printed = part[: len(part) - len(rest)].strip(" ,") if title else ""
    if not title and (trailing := _trailing_title(part)):
        rest, printed = trailing
        title = _styled(_mend_start(printed))
    honorific, name = _split_address(rest, _FORM_AFTER_A_TITLE if title else _FORM)
    post = title[:-1] if _PLURAL.fullmatch(title) else title or shared
    mended = re.sub(r"\b([ae]l)- (?=\w)", r"\1-", name, flags=re.IGNORECASE)
    return ParsedPerson(part, mended, post, rest, printed, honorific)


@lru_cache(maxsize=20_000)
def _split_title(text: str) -> tuple[str, str]:
    """The mended title at the start of the text and what follows it verbatim; ("", text) without a title."""
    mended = _mend_start(text)
    match = _POST.match(mended)
    if not match:
        return "", text
    # Mending touches title words only, so what follows the title ends the printed text too.
    rest = mended[match.end() :].lstrip(" ,")
    return _styled(match.group()), text[len(text) - len(rest) :]


def _mend_start(text: str) -> str:
    """The text with the title words at its start spelt and spaced as they should be."""
    words = re.sub(r"^((?:\w+ )*\w+)- (elect|designate)\b", r"\1-\2", text, flags=re.IGNORECASE).split(" ")
    for index, word in enumerate(words):
        fixed = _fixed_word(word)
        if fixed is None:
            break
        words[index] = fixed
        if " " in fixed:
            break
    return " ".join(words)


@lru_cache(maxsize=20_000)
def _fixed_word(word: str) -> str | None:
    """A title word as it should be; None when it is none."""
    bare = word.rstrip(",;")
    key = bare.casefold()
    stem = key.partition("-")[0]
    if {key, stem, stem.removesuffix("s")} & (_CANONICAL.keys() | {"of", "the", "for", "and", "&"}):
        return word
    if key in _LEXICON["misprints"]:
        return _LEXICON["misprints"][key].capitalize() + word[len(bare) :]
    for known in _MENDED_WORDS:
        if bare.startswith(known) and bare[len(known) : len(known) + 1].isupper():
            return f"{known} {word[len(known) :]}"
        if len(bare) >= 6 and OSA.distance(key, known.casefold()) == 1:
            return known + word[len(bare) :]
    return None


def _trailing_title(part: str) -> tuple[str, str] | None:
    """“Name, Title” as (name, title)."""
    name, comma, title = part.partition(", ")
    return (name, title) if comma and _POST.fullmatch(_mend_start(title)) else None


def _split_address(name: str, form: re.Pattern[str]) -> tuple[str, str]:
    match = form.match(name)
    return (match.group(), name[match.end() :].strip()) if match else ("", name)


def _styled(title: str) -> str:
    """Title words with the capitals that they usually have; a joint of titles is an “and” or a comma."""
    plain = re.sub(r"^the ", "", title, flags=re.IGNORECASE)
    styled = re.sub(r"[\w’']+", lambda match: _CANONICAL.get(match.group().casefold(), match.group()), plain)
    styled = re.sub(r"-(elect|designate)\b", lambda match: match.group().lower(), styled, flags=re.IGNORECASE)
    return styled.replace(" & ", " and ")
