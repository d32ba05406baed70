"""From a printed name or label to a record: one, none, or ambiguous, with reasons a person can read.

A `Matcher` reads in bulk what a batch of records names. What it does not find, but what a record may bring with it
(an official with a full name, a post, an organization), it answers as a `Planned` row: nothing is written here.
It may go on to the next batch of a load when it is told what was written (`remember`).
"""

import re
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q

from . import merged, names, record
from .identity import collect, key_of, official_uid, post_uid, source_uid, trip_uid
from .likeness import is_full, words_of
from .matches import Appearance, Match, Newcomer, Planned, Reference, Spelling
from .mentions import Unknown, appearances, as_printed, is_firm
from .models import (
    City,
    CityName,
    Country,
    CountryName,
    Dialogue,
    DialogueName,
    Official,
    OfficialName,
    Organization,
    OrganizationName,
    Post,
    Source,
    Topic,
    TopicName,
    Trip,
)
from .models.evidence import TRUSTED_FROM_THE_START
from .namesakes import SINGLE, Known, Pool, is_regal, standing, who_is
from .newest import newest_events
from .offices import is_single

_MOST_PEOPLE = 200_000  # that are kept from batch to batch
_LONGEST = 60.0  # seconds until all is read again


class Matcher:
    """Matches the references of a batch of records."""

    def __init__(self) -> None:
        self._made_at, self._newest = time.monotonic(), ""
        self.codes = frozenset(Country.objects.values_list("code", flat=True))
        self.planned: dict[tuple[type[Model], uuid.UUID], Planned] = {}
        self._labels: dict[str, set[str]] | None = None
        self._people: dict[str | None, Pool] = {}
        self._officials: dict[int, tuple[Pool, Known]] = {}
        self._offices: dict[int | None, tuple[str, bool]] = {None: ("", False)}  # standing, of a monarch
        self._posts: dict[tuple[str, str | None, Any], int | Planned] = {}
        self._organizations: dict[Any, int | Planned] = {}
        self._by_uid: dict[tuple[type[Model], uuid.UUID], int] = {}
        self._people_by_uid: dict[tuple[type[Model], uuid.UUID], int] = {}
        # Answers with a planned row in them, which become ids when it is written.
        self._open: list[tuple[dict[Any, Any], Any]] = []
        self._asked: set[tuple[type[Model], uuid.UUID]] = set()
        self._topics: dict[str, int] | None = None
        self._dialogues: dict[str, int] | None = None
        self._cities: dict[tuple[str, str], int] | None = None
        self._successors: dict[str, list[str]] | None = None
        self._different: set[frozenset[Any]] | None = None
        self._sources: dict[Any, int] = {}

    def prepare(self, records: Iterable[record._Shape]) -> None:
        """Read in bulk what these records name, so that matching asks the database no more."""
        countries: set[str | None] = set()
        uids: dict[type[Model], set[uuid.UUID]] = defaultdict(set)
        for item in records:
            collect(item, countries, uids)
        self._read_people(countries)
        for model, wanted in uids.items():
            found = model._default_manager.filter(uid__in=wanted).values_list("uid", "pk")
            self._by_uid.update({(model, uid): pk for uid, pk in found})
            absent = [uid for uid in wanted if self._with_uid(model, uid) is None]
            self._by_uid.update({(model, uid): pk for uid, pk in merged.heirs_by_uid(model, absent).items()})
            self._asked.update((model, uid) for uid in wanted)

    def _read_people(self, countries: set[str | None]) -> None:
        """The officials and posts of these countries and of those before and behind them, where not read yet."""
        countries = {near for code in countries if code not in self._people for near in (code, *self._beside(code))}
        countries -= self._people.keys()
        if not countries:
            return
        named = Q(country__in=[c for c in countries if c])
        scope = named | Q(country__isnull=True) if None in countries else named
        for country in countries:
            self._people[country] = Pool()
            self._people[country].different = self._never_the_same()
        for country in countries:
            for other in self._beside(country):
                pools = self._people[country], self._people.get(other)
                if pools[1] and pools[1] not in pools[0].beside:
                    pools[0].beside.append(pools[1])
                    pools[1].beside.append(pools[0])
        people = {}
        for pk, name, country, uid in Official.objects.filter(scope).values_list("pk", "name", "country", "uid"):
            people[pk] = self._people[country].add(pk, name)
            self._officials[pk] = (self._people[country], people[pk])
            self._people_by_uid[Official, uid] = pk
        officials = Official.objects.filter(scope).values("pk")
        others = OfficialName.objects.filter(official__in=officials)
        for number, country, text in others.values_list("official", "official__country", "text"):
            self._people[country].call(people[number], text)
        for number, rank, title, first, last, printed in appearances(officials):
            title = title or ""
            at = standing(rank or "", title), first, last
            firm = is_firm(printed, title)
            self._officials[number][0].see(people[number], *at, regal=is_regal(title), firm=firm)
        self._wait(as_printed(countries))
        posts = Post.objects.filter(scope).values_list("pk", "key", "country", "organization", "uid", "rank", "title")
        for pk, key, country, organization, uid, rank, title in posts:
            self._posts[key, country, organization] = pk
            self._people_by_uid[Post, uid] = pk
            self._offices[pk] = standing(rank, title), is_regal(title)
        for (key, *where), pk in merged.aliases(Post, "key", "country_id", "organization_id"):
            self._posts.setdefault((key, where[0], where[1]), pk)
        for country in countries:
            self._people[country].begin()

    def _beside(self, code: str | None) -> list[str]:
        """The countries that a country followed, and that followed it."""
        if code is None:
            return []
        behind = self._followers()
        return [*behind.get(code, ()), *(one for one, codes in behind.items() if code in codes)]

    def _never_the_same(self) -> set[frozenset[Any]]:
        """Pairs of officials of whom somebody judged that they are two."""
        if self._different is None:
            self._different = {frozenset(pair) for pair in merged.different(Official)}
        return self._different

    # From batch to batch

    def remember(
        self,
        officials: Iterable[Newcomer],
        seen: list[Appearance],
        spellings: Iterable[Spelling] = (),
        unknown: Iterable[Unknown] = (),
    ) -> None:
        """Be as if made anew, now that the batch is written; in its transaction.

        `officials` came as records of their own. `seen` are all new appearances, `spellings` all new names,
        `unknown` who stayed as printed. What was only guessed in this batch is forgotten.
        """
        for pool in self._people.values():
            pool.restore()
        written = [one for one in self.planned.values() if one.id is not None]
        for one in written:
            if one.model is Official:
                self._meet(one.id or 0, one.uid, one.values["country_id"], [one.values["name"]])
            elif one.model is City and self._cities is not None:
                self._cities[one.values["country_id"], one.values["key"]] = one.id or 0
            elif one.model is Post:
                self._people_by_uid[Post, one.uid] = one.id or 0
        for newcomer in officials:
            self._meet(*newcomer)
        self._close()
        self._see(seen)
        for pk, text in spellings:
            if pk in self._officials:
                pool, known = self._officials[pk]
                pool.call(known, text)
        self._wait(unknown)
        for pool in self._people.values():
            pool.begin()
        self.planned.clear()
        self._by_uid.clear()
        self._asked.clear()
        self._newest = newest_events()

    def may_go_on(self) -> bool:
        """Whether nobody else changed, since `remember`, what was read here (asked in the next batch's transaction)."""
        if len(self._officials) > _MOST_PEOPLE or time.monotonic() - self._made_at > _LONGEST:
            return False
        return self._newest == newest_events()

    def _meet(self, pk: int, uid: uuid.UUID | None, country: str | None, spellings: list[str]) -> None:
        if (pool := self._people.get(country)) is None:
            return  # read from the tables when somebody of that country is named
        one = pool.add(pk, spellings[0])
        self._officials[pk] = (pool, one)
        for other in spellings[1:]:
            pool.call(one, other)
        if uid:
            self._people_by_uid[Official, uid] = pk

    def _wait(self, unknown: Iterable[Unknown]) -> None:
        for country, printed in unknown:
            if country in self._people and is_full(printed):
                self._people[country].wait(printed)

    def _close(self) -> None:
        for answers, key in self._open:
            found = answers.pop(key)
            pk = found.id if isinstance(found, Planned) else found
            if pk is not None and not any(isinstance(part, Planned) and part.id is None for part in key):
                answers[tuple(part.id if isinstance(part, Planned) else part for part in key)] = pk
        self._open.clear()

    def _see(self, seen: list[Appearance]) -> None:
        unknown = {post for _official, post, _first, _last, _printed in seen if post and post not in self._offices}
        for pk, rank, title in Post.objects.filter(pk__in=unknown).values_list("pk", "rank", "title"):
            self._offices[pk] = standing(rank, title), is_regal(title)
        for official, post, first, last, printed in seen:
            if official in self._officials:
                pool, one = self._officials[official]
                rank, regal = self._offices[post]
                firm = regal or is_firm(printed)
                pool.see(one, rank, first, last, regal=regal, firm=firm)

    def _plan(self, model: type[Model], uid: uuid.UUID, values: dict[str, Any]) -> int | Planned:
        """The row with this uid, or a new one; the same answer for the same uid."""
        if found := self._with_uid(model, uid):
            return found
        if (model, uid) not in self.planned:
            if (model, uid) not in self._asked:
                found = merged.find(model, uid)
            if found:
                self._by_uid[model, uid] = found
                return found
            self.planned[model, uid] = Planned(model, uid, values)
        return self.planned[model, uid]

    def _is_there(self, model: type[Model], uid: uuid.UUID) -> bool:
        known = self._with_uid(model, uid) is not None or (model, uid) in self.planned
        return known or ((model, uid) not in self._asked and merged.find(model, uid) is not None)

    def _with_uid(self, model: type[Model], uid: uuid.UUID) -> int | None:
        return self._people_by_uid.get((model, uid)) or self._by_uid.get((model, uid))

    # Countries

    def country(self, label: str) -> set[str]:
        """Codes that a printed label may mean (a code, a name, another name), whatever the date."""
        if label in self.codes:
            return {label}
        if self._labels is None:
            self._labels = defaultdict(set)
            for code, alpha3, name, official in Country.objects.values_list("code", "alpha3", "name", "official_name"):
                for text in (alpha3, name, official):
                    self._labels[names.search_key(text)].add(code)
            for code, key in CountryName.objects.values_list("country", "key"):
                self._labels[key].add(code)
        return self._labels.get(names.search_key(label), set())

    # Organizations

    def organization(self, ref: record.OrganizationRef | None) -> Reference:
        """By uid, slug, or name and country; a new one when only the name is known."""
        if ref is None or not (ref.uid or ref.slug or ref.name):
            return None
        key = (ref.uid, ref.slug, names.search_key(ref.name), ref.country)
        if key not in self._organizations:
            found: int | Planned | None = self.known_organization(ref)
            if found is None and ref.name:
                uid = ref.uid or record.uid_for("organization", ref.country or "", names.search_key(ref.name))
                values = {
                    "name": ref.name,
                    "key": key[2],
                    "kind": ref.kind,
                    "country_id": ref.country,
                    "slug": ref.slug,
                }
                found = self._plan(Organization, uid, values)
            if found is None:
                return None
            self._organizations[key] = found
            if isinstance(found, Planned):
                self._open.append((self._organizations, key))
        return self._organizations[key]

    def known_organization(self, ref: record.OrganizationRef) -> int | None:
        for condition in (ref.uid and Q(uid=ref.uid), ref.slug and Q(slug=ref.slug)):
            if condition:
                found = Organization.objects.filter(condition).values_list("pk", flat=True).first()
                if found:
                    return found
        if ref.uid and (heir := merged.heirs_by_uid(Organization, [ref.uid])):
            return heir[ref.uid]
        if ref.slug and (by_slug := merged.by_slug(Organization, [ref.slug])):
            return by_slug[ref.slug]
        key = names.search_key(ref.name)
        if not key:
            return None
        pks = list(Organization.objects.filter(key=key, country=ref.country).values_list("pk", flat=True)[:2])
        if not pks:
            others = OrganizationName.objects.filter(key=key, organization__country=ref.country)
            pks = list(others.values_list("organization", flat=True).distinct()[:2])
        return pks[0] if len(pks) == 1 else None

    # Posts and officials

    def post(self, ref: record.PostRef | None) -> Reference:
        if ref is None or not (ref.uid or ref.title):
            return None
        if ref.uid and (found := self._with_uid(Post, ref.uid)):
            return found
        organization = self.organization(ref.organization)
        title = key_of(ref.title)
        key = (title, ref.country, organization)
        if key not in self._posts:
            values: dict[str, Any] = {"title": ref.title, "key": title, "rank": ref.rank, "country_id": ref.country}
            values |= {"organization_id": organization, "single_holder": is_single(ref.title, ref.rank, ref.country)}
            planned = self._plan(Post, ref.uid or post_uid(ref), values)
            self._posts[key] = planned
            if isinstance(planned, Planned) or isinstance(organization, Planned):
                self._open.append((self._posts, key))
        return self._posts[key]

    def official(
        self, person: record.Person, path: str, year: int | None = None, *, final: bool = False
    ) -> Match | None:
        """Whom a printed name of this year means. What stays ambiguous stays as printed, with a doubt.

        `final`: the whole load is known, so that a surname in a post of one person is an official by itself.
        """
        ref = person.official
        printed = person.name_as_printed or person.as_printed or (ref.name if ref else "")
        if ref is None:
            return None
        if ref.uid:
            if not ref.name and not self._is_there(Official, ref.uid):
                return Match(path, str(ref.uid), "unknown", None, ["nobody has this uid, and the record gives no name"])
            reference = self._plan(Official, ref.uid, self._official_values(ref))
            return Match(path, printed, "one", reference, ["the record names them by uid"])
        if not words_of(ref.name):
            return None
        if ref.country not in self._people:
            self._read_people({ref.country})
        pool = self._people[ref.country]
        rank = standing(person.post.rank.value, person.post.title) if person.post else ""
        regal = is_regal(person.post.title) if person.post else False
        answer = who_is(ref.name, rank, year, pool, regal=regal, final=final, by_surname=final)
        if who := answer.who:
            is_new = (is_full(ref.name) or regal) and who.home.call(who, ref.name)
            who.home.see(who, rank, year, year, regal=regal, firm=regal or is_full(ref.name))
            spelling = ref.name if is_new else ""
            return Match(path, printed, "one", who.reference, answer.reasons, spelling=spelling)
        may_be_new = is_full(ref.name) or (final and year is not None and (regal or rank in SINGLE))
        if answer.word == "ambiguous" or not may_be_new:
            if is_full(ref.name):
                pool.wait(ref.name)
            likely = [one.reference for one in answer.likely]
            return Match(path, printed, answer.word, None, answer.reasons, answer.candidates, likely=likely)
        newcomer = self._newcomer(ref, year, pool)
        if newcomer is None:
            reasons = [*answer.reasons, "somebody of this name is known, and no date tells them apart"]
            return Match(path, printed, "ambiguous", None, reasons)
        one = pool.add(newcomer, ref.name)
        pool.see(one, rank, year, year, regal=regal, firm=regal or is_full(ref.name))
        if isinstance(newcomer, Planned):
            return Match(path, printed, "none", newcomer, answer.reasons)
        return Match(path, printed, "one", newcomer, ["this printed name was resolved to them before"])

    def is_somebody_else(self, person: record.Person, year: int | None) -> bool:
        """Whether a surname alone means none of those who have it: all lived too long before or after."""
        ref = person.official
        if ref is None or ref.uid or person.post is None or is_full(ref.name) or is_regal(person.post.title):
            return False
        pool, rank = self._people.get(ref.country), standing(person.post.rank.value, person.post.title)
        if pool is None or rank not in SINGLE or who_is(ref.name, rank, year, pool).word != "ambiguous":
            return False
        return who_is(ref.name, rank, year, pool, final=True).word == "none"

    def _newcomer(self, ref: record.OfficialRef, year: int | None, pool: Pool) -> Reference:
        """A new official; one who is not the namesake that is known has a uid with the year in it."""
        uid = official_uid(ref)
        bearer: Reference = self._with_uid(Official, uid) or self.planned.get((Official, uid))
        if any(one.reference == bearer for one in pool.named(ref.name)):
            if year is None:
                return None
            uid = record.uid_for("official", ref.country or "", names.name_key(ref.name), str(year))
        return self._plan(Official, uid, self._official_values(ref))

    @staticmethod
    def _official_values(ref: record.OfficialRef) -> dict[str, Any]:
        return {"name": ref.name, "key": key_of(ref.name), "country_id": ref.country, "wikidata": ref.wikidata}

    # Topics, dialogues, cities

    def topic(self, link: record.TopicLink) -> int | None:
        if self._topics is None:
            self._topics = _unique(TopicName.objects.values_list("key", "topic"))
            self._topics |= {names.search_key(name): pk for name, pk in Topic.objects.values_list("name", "pk")}
            self._topics |= merged.by_slug(Topic)
            self._topics |= dict(Topic.objects.values_list("slug", "pk"))
        return self._topics.get(link.topic or "") or self._topics.get(names.search_key(link.as_printed))

    def dialogue(self, slug: str | None, printed: str = "") -> int | None:
        if self._dialogues is None:
            self._dialogues = _unique(DialogueName.objects.values_list("key", "dialogue"))
            self._dialogues |= {names.search_key(name): pk for name, pk in Dialogue.objects.values_list("name", "pk")}
            self._dialogues |= dict(Dialogue.objects.values_list("slug", "pk"))
        return self._dialogues.get(slug or "") or self._dialogues.get(names.search_key(printed))

    def city(self, place: record.Place, country: str | None) -> Reference:
        """A city that the record names is taken or made; a printed place is one only if its country (or one
        that followed it) has such a city."""
        if self._cities is None:
            self._cities = {(c, key): pk for c, key, pk in CityName.objects.values_list("city__country", "key", "city")}
            self._cities |= {(c, key): pk for c, key, pk in City.objects.values_list("country", "key", "pk")}
        land = place.country or country
        if not land:
            return None
        key = names.search_key(place.city or place.as_printed)
        without_its_region = names.search_key(re.sub(r"\(.*?\)", "", place.city or place.as_printed))
        for wanted in (key, without_its_region):
            found = {pk for one in self._lands(land) if (pk := self._cities.get((one, wanted)))}
            if len(found) == 1:
                return found.pop()
        if not place.city:
            return None
        return self._plan(City, record.uid_for("city", land, key), {"name": place.city, "key": key, "country_id": land})

    def _lands(self, code: str) -> list[str]:
        """A country and those that followed it: Moscow in the Soviet Union is the city of Russia."""
        lands = [code]
        for land in lands:
            lands += [one for one in self._followers().get(land, ()) if one not in lands]
        return lands

    def _followers(self) -> dict[str, list[str]]:
        if self._successors is None:
            self._successors = defaultdict(list)
            links = Country.successors.through.objects.order_by("pk")
            for country, successor in links.values_list("from_country", "to_country"):
                self._successors[country].append(successor)
        return self._successors

    # Sources and trips

    def source(self, ref: record.SourceRef) -> int | Planned:
        """By uid, slug or URL, else by its text or title."""
        uid = ref.uid or source_uid(ref)
        if (Source, uid) in self.planned:
            return self.planned[Source, uid]
        if ref.slug:
            if ref.slug not in self._sources:
                found = Source.objects.filter(slug=ref.slug).values_list("pk", flat=True).first()
                if found:
                    self._sources[ref.slug] = found
            if ref.slug in self._sources:
                return self._sources[ref.slug]
        values = ref.model_dump(exclude={"uid"}) | {"text": ref.text or None}
        return self._plan(Source, uid, values | {"trusted": ref.slug in TRUSTED_FROM_THE_START})

    def trip(self, ref: record.TripRef | None) -> Reference:
        if ref is None or not (ref.uid or ref.title):
            return None
        return self._plan(Trip, trip_uid(ref), {"title": ref.title})


def _unique(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Keys that mean one thing only."""
    found: dict[str, set[int]] = defaultdict(set)
    for key, pk in pairs:
        found[key].add(pk)
    return {key: next(iter(pks)) for key, pks in found.items() if len(pks) == 1}
