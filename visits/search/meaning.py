"""What a text means as a whole: a country, a pair, a year, a list with its filters, a record by one of its ids."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from visits import dates, enums, names, native
from visits.models import ExternalId, Meeting, Official, Organization, Outcome, Post, Source, Visit

from . import known
from .asked import Asked
from .named import Named, called

_LONGEST = 7  # words of a name
_TOKEN = re.compile(r"[^\s,;/→–—]+")
_CODES = re.compile(r"([A-Za-z]{2,4})-([A-Za-z]{2,4})")
_DECADE = re.compile(r"(1[0-9]{2}|20[0-9])0(?:s|-?[ех])")
_YEARS = re.compile(r"(1[0-9]{3}|20[0-9]{2})(?:[-–—](1[0-9]{3}|20[0-9]{2}))?")
_EXTERNAL = re.compile(r"([a-z0-9][a-z0-9-]{0,79}):(\S{1,200})")
_NUMBER = re.compile(r"(?:.*/)?(?:([a-z]+)[\s/#]+)?#?([0-9]{1,18})(?:-[^/]*)?/?")
_PUBLIC: dict[str, Any] = {
    "visits": Visit.objects.published,
    "meetings": Meeting.objects.published,
    "outcomes": Outcome.objects.public,
    "officials": Official.objects.public,
    "posts": Post.objects.public,
    "organizations": Organization.objects.public,
    "sources": Source.objects.public,
}
# Search keys of words that say which list is meant, and on which side a country is.
_LISTS = {
    **dict.fromkeys(("visit", "visits", "trip", "trips", "vizit", "vizity", "vizitov", "poezdki"), "visits"),
    **dict.fromkeys(("meeting", "meetings", "vstrecha", "vstrechi", "vstrech"), "meetings"),
}
_ROLES = {
    **dict.fromkeys(("to", "in", "at", "v", "vo"), "host"),
    **dict.fromkeys(("from", "by", "of", "iz"), "guest"),
    **dict.fromkeys(("since", "after", "posle"), "since"),
    **dict.fromkeys(("and", "with", "between", "on", "about", "i", "s", "mezhdu", "o", "the"), ""),
}


@dataclass(frozen=True)
class Answer:
    """A page that is just what was asked for; `kind` is what it is of."""

    kind: str
    title: str
    url: str
    note: str = ""


@dataclass
class Reading:
    """A text in its parts; `rest` are the words that are none of them."""

    countries: list[tuple[known.Entity, str]] = field(default_factory=list)
    topics: list[known.Entity] = field(default_factory=list)
    dialogues: list[known.Entity] = field(default_factory=list)
    regions: list[tuple[str, str]] = field(default_factory=list)
    years: tuple[str, str] | None = None
    visit_kind: enums.VisitKind | None = None
    listed: str = ""
    rest: list[str] = field(default_factory=list)
    whole: list[known.Entity] = field(default_factory=list)
    names_people: bool = False
    has_small_code: bool = False  # “de” may be Germany, or a part of a name

    @property
    def parts(self) -> int:
        """How many kinds of filters it has."""
        return sum(map(bool, (self.countries, self.topics, self.dialogues, self.regions, self.years, self.visit_kind)))


def answers(asked: Asked, reading: Reading) -> list[Answer]:
    """The pages that are meant, the most certain first."""
    if asked.has_operators:
        return []
    records = list(_records(asked.text))
    if records and not reading.years:
        return records
    found = [_page(entity) for entity in reading.whole]
    if len(reading.whole) == 1:
        found += _lists_of(reading.whole[0])
    elif not reading.whole:
        people = _people(asked.text) if reading.has_small_code else []
        reading.names_people = bool(people)
        found += map(_of_person, people) if people else [*_pairs(reading), *_lists(reading)]
    found += records
    return list({one.url: one for one in found}.values())


def _of_person(official: Named) -> Answer:
    return Answer("officials", official.name, official.url)


def _page(entity: known.Entity) -> Answer:
    return Answer(entity.kind, entity.name, entity.url, entity.note)


# reading


def read(asked: Asked, index: known.Index) -> Reading:
    """The longest names first, from left to right."""
    reading, tokens, role, place = Reading(), list(_tokens(asked.text, index)), "", 0
    if asked.has_operators:
        return reading
    reading.whole = index.called(asked.key)
    if not reading.whole and (code := index.codes.get(asked.key)):
        reading.whole = [code]
    while place < len(tokens):
        length, role = _take(reading, tokens, place, role, index, alone=len(tokens) < 3)
        place += length
    return reading


def _tokens(text: str, index: known.Index) -> Iterator[str]:
    for token in _TOKEN.findall(text):
        pair = _CODES.fullmatch(token)
        if pair and all(code.lower() in index.codes for code in pair.groups()):
            yield from (code.upper() for code in pair.groups())
        else:
            yield token


def _take(
    reading: Reading, tokens: list[str], place: int, role: str, index: known.Index, *, alone: bool
) -> tuple[int, str]:
    """How many words the part at this place has, and the side that the next country is on."""
    side = "" if role == "since" else role
    for length in range(min(_LONGEST, len(tokens) - place), 0, -1):
        key = names.search_key(" ".join(tokens[place : place + length]))
        if kind := _visit_kinds(get_language()).get(key):
            reading.visit_kind, reading.listed = kind, "visits"
            return length, ""
        if found := index.called(key) or (index.demonyms.get(key) if length == 1 else None):
            if found[0].kind == "countries":
                reading.countries.append((found[0], side))
            else:
                (reading.topics if found[0].kind == "topics" else reading.dialogues).append(found[0])
            return length, ""
        if region := index.regions.get(key):
            reading.regions.append(region)
            return length, ""
    token = tokens[place]
    key = names.search_key(token)
    if years := _YEARS.fullmatch(token):
        first, last = years[1], years[2] or years[1]
        reading.years = (first, "") if role == "since" else (min(first, last), max(first, last))
    elif decade := _DECADE.fullmatch(token):
        reading.years = (f"{decade[1]}0", f"{decade[1]}9")
    elif key in index.codes and (token.isupper() or alone) and key not in _ROLES:
        reading.countries.append((index.codes[key], side))
        reading.has_small_code |= not token.isupper()
    elif key in _LISTS:
        reading.listed = _LISTS[key]
    elif key in _ROLES:
        if _ROLES[key] == "host" and len(reading.countries) == 1 and not reading.countries[0][1]:
            reading.countries[0] = (reading.countries[0][0], "guest")  # Japan to France
        return 1, _ROLES[key]
    elif key:
        reading.rest.append(token)
    return 1, ""


@cache
def _visit_kinds(language: str) -> dict[str, enums.VisitKind]:
    """Search keys of “state visit” and its like, in English and in the reader's language."""
    found = {names.search_key(str(kind.label)): kind for kind in enums.VisitKind if kind != enums.VisitKind.UNKNOWN}
    english = {f"{kind.value} {word}": kind for kind in enums.VisitKind for word in ("visit", "visits")}
    return found | english


# pairs and lists


def _pairs(reading: Reading) -> Iterator[Answer]:
    sides = list(dict.fromkeys(entity for entity, _role in reading.countries))
    if len(sides) == 2:
        yield pair(*sides)


def pair(one: known.Entity, other: known.Entity) -> Answer:
    url = reverse("pair", args=[f"{one.id}-{other.id}"])
    return Answer("pairs", f"{one.name} – {other.name}", url, _("all between the two"))


def _lists_of(entity: known.Entity) -> list[Answer]:
    """The visits of a country, there and back, of a topic or of a dialogue."""
    if entity.kind == "countries":
        return [_list(Reading(countries=[(entity, role)]), {}, []) for role in ("host", "guest")]
    return [_list(Reading(**{entity.kind: [entity]}), {}, [])]  # type: ignore[arg-type]


def _lists(reading: Reading) -> Iterator[Answer]:
    """The list with these filters; for the words that are none, of whom they name, else with these words."""
    rest = " ".join(reading.rest)
    if not (reading.years or reading.listed or reading.parts > 1 or (reading.parts and rest)):
        return
    people = _people(rest)
    reading.names_people = bool(people)
    for official in people:
        yield _list(reading, {"official": official.id}, [official.name])
    yield from map(_of_person, people)
    if not people:
        yield _list(reading, {"q": rest} if rest else {}, [f"“{rest}”"] if rest else [])


def _people(rest: str) -> list[Named]:
    """Officials of whose name these are words, where they are few."""
    if not names.search_key(rest):
        return []
    words = set(names.sound_key(rest).split())
    found = called(Asked(rest), ["officials"], 3).get("officials")
    if not found or found.more:
        return []
    meant = [one for one in found.best if words <= set(names.sound_key(f"{one.name} {one.spelt}").split())]
    return meant if len(meant) < 3 else []


def _list(reading: Reading, filters: dict[str, Any], words: list[str]) -> Answer:
    listed = reading.listed or "visits"
    filters, words = dict(filters), list(words)
    sides = dict.fromkeys(reading.countries)
    if len(sides) == 1:
        ((entity, role),) = sides
        filters[role if role and listed == "visits" else "country"] = entity.id
        words.append({"host": _("to %s"), "guest": _("by %s")}.get(role, "%s") % entity.name)
    elif len(sides) > 1:
        (one, role), (other, other_role) = list(sides)[:2]
        if listed == "visits" and {role, other_role} == {"guest", "host"}:
            filters |= {role: one.id, other_role: other.id}
            guest, host = (one, other) if role == "guest" else (other, one)
            words.append(f"{guest.name} → {host.name}")
        else:
            filters["pair"] = f"{one.id}-{other.id}"
            words.append(f"{one.name} – {other.name}")
    for name, entities in (("topic", reading.topics), ("dialogue", reading.dialogues)):
        if entities:
            filters[name] = entities[0].id
            words.append(entities[0].name)
    if reading.regions and listed == "visits":
        code, name = reading.regions[0]
        filters["region"] = names.slug(name)
        words.append(native.name("region", code, name))
    if reading.visit_kind and listed == "visits":
        filters["kind"] = reading.visit_kind.value
        words.append(str(reading.visit_kind.label))
    if reading.years:
        first, last = reading.years
        if first == last and listed == "visits":
            filters["year"] = first
        else:
            filters |= {"from": first, "to": last} if last else {"from": first}
        words.append(first if first == last else f"{first}–{last}" if last else dates.since(first))
    title = _("Visits") if listed == "visits" else _("Meetings")
    url = f"{reverse(listed)}?{urlencode(filters)}" if filters else reverse(listed)
    return Answer("lists", f"{title}: {', '.join(words)}" if words else title, url)


# records by an id


def _records(text: str) -> Iterator[Answer]:
    if external := _EXTERNAL.fullmatch(text):
        yield from _of_data_set(*external.groups())
    elif uid := _uid(text):
        for kind, public in _PUBLIC.items():
            yield from (_record(kind, one) for one in public().filter(uid=uid))
    elif number := _NUMBER.fullmatch(text.lower()):
        word, digits = number.groups()
        kinds = [kind for kind in _PUBLIC if word in {kind, kind.removesuffix("s")}] if word else ["visits", "meetings"]
        for kind in kinds:
            yield from (_record(kind, one) for one in public_of(kind).filter(pk=int(digits)))


def public_of(kind: str) -> Any:
    found = _PUBLIC[kind]()
    return found.defer("raw", "text") if kind == "sources" else found


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def _of_data_set(slug: str, value: str) -> Iterator[Answer]:
    found = ExternalId.objects.filter(dataset__slug=slug, value=value).first()
    for kind in ("visits", "meetings", "officials"):
        pk = getattr(found, f"{kind.removesuffix('s')}_id", None)
        if pk is not None:
            yield from (_record(kind, one) for one in public_of(kind).filter(pk=pk))


def _record(kind: str, one: Any) -> Answer:
    return Answer(kind, str(one), one.get_absolute_url(), getattr(one, "dates", ""))
