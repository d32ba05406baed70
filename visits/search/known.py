"""Names of reference data in the memory of the process: countries, topics, dialogues, in every spelling known.

They are few and are asked for at every letter that somebody types. One cheap query asks whether they changed.
"""

import threading
from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import translation
from rapidfuzz import fuzz, process

from visits import enums, names, native, reference
from visits.models import Country, CountryName, Dialogue, DialogueName, Region, Topic, TopicName

KINDS = ("countries", "topics", "dialogues")
LIKE = 80  # of 100: as like has a misspelt name to be
_ABROAD = 2  # the rank of what other languages call a country
_BY_SOUND = 3
_UNLIKE = 50  # of 100: what is less like sounds so by chance
_SHORT = 4  # letters; what is shorter is not looked for by its sound
_VERSION = """
    SELECT (SELECT max(pgh_id) FROM visits_countryevent),
           (SELECT max(pgh_id) FROM visits_topicevent),
           (SELECT max(pgh_id) FROM visits_dialogueevent),
           (SELECT sum(hashtext(country_id || text)::bigint) FROM visits_countryname),
           (SELECT sum(hashtext(topic_id || text)::bigint) FROM visits_topicname),
           (SELECT sum(hashtext(dialogue_id || text)::bigint) FROM visits_dialoguename)
"""


_KIND = {"countries": "country", "topics": "topic", "dialogues": "dialogue"}


@dataclass(frozen=True, slots=True)
class Entity:
    """A country, topic or dialogue; `id` is its code or slug, `within` the kind, key and name of what it belongs to.

    `own` is the record's name, `name` what a reader of the active language calls it.
    """

    kind: str
    id: str
    own: str
    url: str
    within: tuple[str, str, str] | None = None
    former: bool = False

    @property
    def name(self) -> str:
        return native.name(_KIND[self.kind], self.id, self.own)

    @property
    def note(self) -> str:
        return native.name(*self.within) if self.within else ""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an entity; `rank` is 0 for its own name."""

    entity: Entity
    text: str
    key: str
    forms: str
    rank: int


@dataclass(frozen=True, slots=True)
class Match:
    """An entity, the name by which it was found, and how well: less is better."""

    entity: Entity
    text: str
    tier: int
    order: tuple[Any, ...]


@dataclass
class Index:
    """One state of these names."""

    listed: list[Name]
    codes: dict[str, Entity] = field(default_factory=dict)
    demonyms: dict[str, list[Entity]] = field(default_factory=dict)
    regions: dict[str, tuple[str, str]] = field(default_factory=dict)
    by_key: dict[str, list[Name]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for name in self.listed:
            self.by_key[name.key].append(name)

    @cached_property
    def words(self) -> dict[str, str]:
        """Words of their own names, by search key."""
        own = (word.strip("()") for name in self.listed if name.rank == 0 for word in name.text.split())
        return {key: word for word in own if len(key := names.search_key(word)) > 3}

    def called(self, key: str) -> list[Entity]:
        """Those with just this name, the present ones and their own names first."""
        found = sorted(self.by_key.get(key, ()), key=lambda name: (name.entity.former, name.rank))
        return list({name.entity: None for name in found})

    def beginning(self, text: str, kinds: Container[str] = KINDS) -> list[Match]:
        """Those of which each word that was typed begins a word of a name, or sounds like a whole one."""
        key = names.search_key(text)
        if not key:
            return []
        found = [name for name in self.listed if name.entity.kind in kinds]
        joined = _heard("".join(key.split())) if " " in key else ""
        as_one = [name for name in found if joined in name.forms] if joined else []
        for word in key.split():
            spelt, sound = f" {word}", _heard(word)
            found = [name for name in found if spelt in name.forms or sound in name.forms]
        best: dict[Entity, Match] = {}
        for name in (*found, *as_one):
            self._keep(best, name, key)
        if len(key) < _SHORT:
            best = {entity: match for entity, match in best.items() if match.tier < _BY_SOUND}
        if code := self.codes.get(key):
            best[code] = Match(code, code.id, 0, (0, 0, False, 0, code.own))
        return sorted(best.values(), key=lambda match: (match.tier, *match.order))

    def like(self, text: str, kinds: Container[str] = KINDS) -> list[Match]:
        """Those with a name that looks like what was typed: a letter wrong, missing or too many."""
        key = names.search_key(text)
        if len(key) < 4:
            return []
        listed = [name for name in self.listed if name.entity.kind in kinds]
        found = process.extract(key, [name.key for name in listed], scorer=fuzz.ratio, score_cutoff=LIKE, limit=20)
        best: dict[Entity, Match] = {}
        for _key, score, place in found:
            name = listed[place]
            match = Match(name.entity, name.text, 4, (-score, name.rank, name.entity.former, 0, name.entity.own))
            if name.entity not in best:
                best[name.entity] = match
        return list(best.values())

    @staticmethod
    def _keep(best: dict[Entity, Match], name: Name, key: str) -> None:
        tier = 0 if name.key == key else _tier(f" {name.key} ", key) + (name.rank == _ABROAD)
        if tier >= _BY_SOUND and fuzz.partial_ratio(key, name.key) < _UNLIKE:
            return
        order = (name.rank, -round(fuzz.ratio(key, name.key)), name.entity.former, KINDS.index(name.entity.kind))
        match = Match(name.entity, name.text, tier, (*order, name.entity.own))
        known = best.get(name.entity)
        if known is None or (match.tier, *match.order) < (known.tier, *known.order):
            best[name.entity] = match


def _tier(name: str, key: str) -> int:
    """1 as whole words, 2 as beginnings, else by sound; less is better."""
    if f" {key} " in name:
        return 1
    return 2 if all(f" {word}" in name for word in key.split()) else _BY_SOUND


def _heard(word: str) -> str:
    """What stands in the forms of a name that has a word which sounds so."""
    return f" {names.sound_key(word)} "


_lock = threading.Lock()
_held: tuple[Any, Index] | None = None


def current() -> Index:
    """The names as they are now; one query when nothing changed."""
    global _held
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        version = (connection.settings_dict["NAME"], cursor.fetchone())
    held = _held
    if held and held[0] == version:
        return held[1]
    with _lock:
        index = _load()
        _held = (version, index)
    return index


def _load() -> Index:
    countries, codes, demonyms = _countries()
    topics = {
        topic.pk: Entity("topics", topic.slug, topic.name, topic.get_absolute_url(), _within("topic", topic.parent))
        for topic in Topic.objects.select_related("parent")
    }
    dialogues = {
        one.pk: Entity("dialogues", one.slug, one.name, one.get_absolute_url()) for one in Dialogue.objects.all()
    }
    listed = [_name(entity, entity.own, 0) for entity in (*countries.values(), *topics.values(), *dialogues.values())]
    owners: tuple[tuple[Any, str, dict[Any, Entity]], ...] = (
        (CountryName, "country_id", countries),
        (TopicName, "topic_id", topics),
        (DialogueName, "dialogue_id", dialogues),
    )
    for model, owner, entities in owners:
        for key, text in model.objects.order_by("pk").values_list(owner, "text"):
            listed.append(_name(entities[key], text, 1))
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            listed += [
                _name(entity, entity.name, 1) for found in (countries, topics, dialogues) for entity in found.values()
            ]
    listed += [_name(countries[code], text, _ABROAD) for code, text in _other_languages() if code in countries]
    regions = {}
    for region in Region.objects.all():
        for language, _label in settings.LANGUAGES:
            with translation.override(language):
                regions[names.search_key(str(region))] = (region.code, region.name)
    once = {(name.entity, name.key): name for name in reversed(listed) if name.key}
    return Index(list(once.values()), codes, demonyms, regions)


def _within(kind: str, of: Any) -> tuple[str, str, str] | None:
    return (kind, getattr(of, "slug", of.pk), of.name) if of else None


def _countries() -> tuple[dict[str, Entity], dict[str, Entity], dict[str, list[Entity]]]:
    found: dict[str, Entity] = {}
    codes: dict[str, Entity] = {}
    demonyms: dict[str, list[Entity]] = defaultdict(list)
    for country in Country.objects.select_related("region"):
        former = country.kind == enums.CountryKind.FORMER
        region = _within("region", country.region)
        entity = Entity("countries", country.code, country.name, country.get_absolute_url(), region, former)
        found[country.code] = codes[country.code.lower()] = entity
        if country.alpha3:
            codes.setdefault(country.alpha3.lower(), entity)
        for demonym in country.demonyms:
            demonyms[names.search_key(demonym)].append(entity)
    return found, codes, demonyms


def _name(entity: Entity, text: str, rank: int) -> Name:
    key, sound = _keys(text)
    return Name(entity, text, key, f" {key} {sound} {sound.replace(' ', '')} ", rank)


@cache
def _keys(text: str) -> tuple[str, str]:
    key = names.search_key(text)
    return key, names.sound_key(key)


@cache
def _other_languages() -> list[tuple[str, str]]:
    """(code, name): what CLDR calls countries in languages beyond those of the reference data."""
    return [(item["code"], text) for item in reference.read("country-names") for text in item["names"]]
