"""Reference data in the memory of the process: countries, regions, topics, dialogues, well-known organizations.

Lists name them hundreds of times a page. One cheap query asks whether an editor changed any of them meanwhile:
the newest entries in their histories. A transaction that is rolled back never leaves its version behind, as
sequences do not roll back.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection

from . import names, native
from .models import Country, CountryName, Dialogue, Organization, Region, Topic

# An expression, so that a statement that is asked anyway can bring it.
VERSION = """(
    SELECT concat(
        (SELECT max(pgh_id) FROM visits_countryevent), ' ',
        (SELECT max(id) FROM visits_countryname), ' ',
        (SELECT max(pgh_id) FROM visits_topicevent), ' ',
        (SELECT max(pgh_id) FROM visits_dialogueevent), ' ',
        (SELECT max(pgh_id) FROM visits_organizationevent)
    )
)"""


@dataclass(frozen=True, slots=True)
class CountryEntry:
    """`own` is the record's name, `name` what a reader of the active language calls it; so with all below."""

    code: str
    alpha3: str
    own: str
    region: str | None

    @property
    def name(self) -> str:
        return native.name("country", self.code, self.own)


@dataclass(frozen=True, slots=True)
class TopicEntry:
    id: int
    slug: str
    own: str
    parent: int | None

    @property
    def name(self) -> str:
        return native.name("topic", self.slug, self.own)


@dataclass(frozen=True, slots=True)
class Entry:
    """A dialogue or an organization: slug and name."""

    kind: str
    id: int
    slug: str
    own: str

    @property
    def name(self) -> str:
        return native.name(self.kind, self.slug, self.own)


@dataclass(eq=False)
class Catalogue:
    """One state of the reference data; what is made of it can be kept beside it."""

    countries: dict[str, CountryEntry]
    regions: dict[str, tuple[str, str | None]]
    topics: dict[int, TopicEntry]
    dialogues: dict[int, Entry]
    organizations: dict[int, Entry]
    country_keys: dict[str, set[str]] = field(default_factory=dict)
    _bodies: dict[int, Entry] = field(default_factory=dict)  # other organizations that were asked for

    @cached_property
    def country_codes(self) -> dict[str, str]:
        """Every code in lower case, alpha-2, alpha-3 or former, to the code that we use."""
        by_alpha3 = {entry.alpha3.lower(): code for code, entry in self.countries.items() if entry.alpha3}
        return by_alpha3 | {code.lower(): code for code in self.countries}

    @cached_property
    def topic_slugs(self) -> dict[str, int]:
        return {entry.slug: pk for pk, entry in self.topics.items()}

    @cached_property
    def dialogue_slugs(self) -> dict[str, int]:
        return {entry.slug: pk for pk, entry in self.dialogues.items()}

    @cached_property
    def organization_slugs(self) -> dict[str, int]:
        return {entry.slug: pk for pk, entry in self.organizations.items()}

    @cached_property
    def region_slugs(self) -> dict[str, str]:
        """Codes and slugs of names (`143`, `central-asia`) to codes."""
        return {names.slug(name): code for code, (name, _) in self.regions.items()} | {
            code: code for code in self.regions
        }

    def region_name(self, code: str) -> str:
        return native.name("region", code, self.regions[code][0])

    def narrower(self, topics: Iterable[int]) -> set[int]:
        """These topics and all below them."""
        return _closure(topics, self._narrower)

    def countries_of(self, region: str) -> list[str]:
        """Codes of the countries in a region, the regions within it included."""
        inside = self.within(region)
        return sorted(code for code, entry in self.countries.items() if entry.region in inside)

    def within(self, region: str) -> set[str]:
        """A region and all that lie in it."""
        return _closure([region], self._subregions)

    def countries_named(self, key: str) -> list[str]:
        """Codes of the countries with a word in a name that begins with this search key; a short key is whole."""

        def means(words: set[str]) -> bool:
            return key in words or (len(key) > 2 and any(word.startswith(key) for word in words))

        return sorted(code for code, words in self.country_keys.items() if means(words))

    @cached_property
    def broader(self) -> dict[int, list[str]]:
        """Slugs of each topic and of all above it."""
        found: dict[int, list[str]] = defaultdict(list)
        for pk, entry in self.topics.items():
            for below in self.narrower([pk]):
                found[below].append(entry.slug)
        return found

    @cached_property
    def above(self) -> dict[str | None, list[str]]:
        """Each region with all that it lies in, but for the world."""
        found: dict[str | None, list[str]] = defaultdict(list)
        for outer, (_name, parent) in self.regions.items():
            if parent:
                for inner in self.within(outer):
                    found[inner].append(outer)
        return found

    def meet(self, organizations: Iterable[int | None]) -> None:
        """Of those that are not well known, ask for what `body` then knows; one query where there are new ones."""
        if unknown := {pk for pk in organizations if pk} - self.organizations.keys() - self._bodies.keys():
            rows = Organization.objects.filter(pk__in=unknown).values_list("pk", "slug", "name")
            self._bodies.update((pk, Entry("organization", pk, slug or str(pk), name)) for pk, slug, name in rows)

    def body(self, organization: int) -> Entry:
        """Any organization that was met; its slug is its id where it has none."""
        met = self.organizations.get(organization) or self._bodies.get(organization)
        return met or Entry("organization", organization, str(organization), str(organization))

    def body_of(self, slug: str) -> Entry:
        if pk := self.organization_slugs.get(slug):
            return self.organizations[pk]
        return next((one for one in self._bodies.values() if one.slug == slug), Entry("organization", 0, slug, slug))

    @cached_property
    def _narrower(self) -> dict[Any, list[Any]]:
        return _children((pk, entry.parent) for pk, entry in self.topics.items())

    @cached_property
    def _subregions(self) -> dict[Any, list[Any]]:
        return _children((code, parent) for code, (_, parent) in self.regions.items())


def _children(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    below = defaultdict(list)
    for child, parent in pairs:
        below[parent].append(child)
    return below


def _closure(start: Iterable[Any], below: dict[Any, list[Any]]) -> set[Any]:
    found: set[Any] = set()
    waiting = list(start)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += below.get(one, ())
    return found


_lock = threading.Lock()
_held: tuple[Any, Catalogue] | None = None
_names_held: Any = None


def current(version: str | None = None) -> Catalogue:
    """The reference data as they are now; one query when nothing changed, none where the caller knows VERSION."""
    global _held
    if version is None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {VERSION}")
            (version,) = cursor.fetchone()
    key = (connection.settings_dict["NAME"], version)
    held = _held
    if held and held[0] == key:
        return held[1]
    with _lock:
        loaded = _load()
        _held = (key, loaded)
    return loaded


_SHOWN = """
    SELECT language, 'country', country_id, text FROM visits_countryname WHERE "primary"
    UNION ALL SELECT n.language, 'topic', o.slug, n.text
    FROM visits_topicname AS n JOIN visits_topic AS o ON o.id = n.topic_id WHERE n."primary"
    UNION ALL SELECT n.language, 'dialogue', o.slug, n.text
    FROM visits_dialoguename AS n JOIN visits_dialogue AS o ON o.id = n.dialogue_id WHERE n."primary"
    UNION ALL SELECT n.language, 'organization', coalesce(o.slug, o.id::text), n.text
    FROM visits_organizationname AS n JOIN visits_organization AS o ON o.id = n.organization_id WHERE n."primary"
"""


def hold_native_names() -> None:
    """The names that somebody chose for a language, as they are now; for readers of another than the records'."""
    global _names_held
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), sum(hashtext(shown::text)) FROM ({_SHOWN}) AS shown")  # noqa: S608 - no input
        version = (connection.settings_dict["NAME"], cursor.fetchone())
        if version == _names_held:
            return
        cursor.execute(_SHOWN)
        native.hold(cursor.fetchall())
    _names_held = version


def _load() -> Catalogue:
    countries = {
        code: CountryEntry(code, alpha3, name, region)
        for code, alpha3, name, region in Country.objects.values_list("code", "alpha3", "name", "region_id")
    }
    keys = {code: set(names.search_key(entry.own).split()) for code, entry in countries.items()}
    for code, key in CountryName.objects.values_list("country_id", "key"):
        keys.setdefault(code, set()).update(key.split())
    return Catalogue(
        countries=countries,
        regions={code: (name, parent) for code, name, parent in Region.objects.values_list("code", "name", "parent")},
        topics={row[0]: TopicEntry(*row) for row in Topic.objects.values_list("pk", "slug", "name", "parent_id")},
        dialogues={row[0]: Entry("dialogue", *row) for row in Dialogue.objects.values_list("pk", "slug", "name")},
        organizations={
            pk: Entry("organization", pk, slug, name)
            for pk, slug, name in Organization.objects.filter(is_reference=True).values_list("pk", "slug", "name")
            if slug
        },
        country_keys=keys,
    )
