"""What a cell may mean: candidates with a score, and whether one of them is certain.

A score is the likeness of the names; where a question says more (a country, a post, a day), that counts for 30 of
100. Certain is what `namesakes` says of an official, and what alone has exactly this name of anything else.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from visits import catalogue, merged, names
from visits.imports.titles import ParsedPerson, parse_visitors
from visits.models import CountryName, Official
from visits.namesakes import Pool, who_is

from .entities import Entity, entity_of, heirs, present
from .kinds import KINDS
from .nearest import NEAREST, Asked, Near, nearest
from .properties import Row, Wanted, rank_meant, time_of

MOST = 50  # candidates of one question
_PROPERTIES = 0.3  # of a score
_CONTRADICTS = ("country", "date", "wikidata", "code")  # what a certain match may not differ in
_ITEM = re.compile(r"Q[1-9][0-9]{0,18}", re.ASCII)
_JOINT = re.compile(r",\s*| of (?:the )?| for (?:the )?", re.IGNORECASE)
_OTHER_NAMES = 0.45  # likeness below which a name that was left off is no spelling of the one asked for


@dataclass(frozen=True)
class Question:
    """A cell and what stands beside it: texts and ids of entities by property. No kinds: all of them."""

    text: str
    kinds: tuple[str, ...] = ()
    limit: int = MOST
    properties: Mapping[str, Wanted] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """`agreement` has what the question says, by property: yes or no, and nothing where one of both is silent."""

    entity: Entity
    row: Row
    likeness: float
    agreement: dict[str, bool]
    score: float
    match: bool = False

    @property
    def id(self) -> str:
        return KINDS[self.entity.kind].entity_id(self.row)

    @property
    def name(self) -> str:
        return KINDS[self.entity.kind].title(self.row)

    @property
    def description(self) -> str:
        return KINDS[self.entity.kind].describe(self.row)


@dataclass
class _Read:
    """A question as it was understood. Where types read it differently: `keys` and `properties` by type."""

    question: Question
    kinds: tuple[str, ...]
    keys: dict[str, str]
    properties: dict[str, Mapping[str, Wanted]]
    entity: Entity | None = None
    person: ParsedPerson | None = None
    several: bool = False

    def countries(self, kind: str) -> set[str]:
        wanted = self.properties[kind].get("country")
        return wanted.countries if wanted else set()


def reconcile(questions: Mapping[str, Question]) -> dict[str, list[Candidate]]:
    """The candidates of each question, best first; the number of queries does not depend on how many there are."""
    known = catalogue.current()
    labels = Labels(known, questions.values())
    return _answered({key: _read(one, known, labels) for key, one in questions.items()}, known, prefix=False)


def suggest(prefix: str, kinds: Iterable[str] = (), skip: int = 0, limit: int = 10) -> list[Candidate]:
    """What somebody who types the beginning of a name, or an id, may mean."""
    known = catalogue.current()
    read = _read(Question(prefix, tuple(kinds), MOST), known, None)
    return _answered({"": read}, known, prefix=True)[""][skip : skip + limit]


class Labels:
    """What the texts in and beside the cells mean as countries and as times; one query for all questions."""

    def __init__(self, known: catalogue.Catalogue, questions: Iterable[Question]) -> None:
        self._known = known
        self._codes: dict[str, set[str]] = defaultdict(set)
        for code, country in known.countries.items():
            self._codes[names.search_key(country.name)].add(code)
        labels = set()
        for one in questions:
            labels |= {key for wanted in one.properties.values() for key in wanted.keys}
            labels |= {names.search_key(place) for _title, place in _titles_and_places(one)}
        for key, code in CountryName.objects.filter(key__in=labels).values_list("key", "country"):
            self._codes[key].add(code)

    def countries(self, text: str) -> set[str]:
        code = self._known.country_codes.get(names.clean(text).lower())
        return {code} if code else self._codes.get(names.search_key(text), set())

    def understood(self, wanted: Wanted) -> Wanted:
        """With countries and a time."""
        entities = [entity_of(one, self._known) for one in wanted.ids]
        found = {one.pk for one in entities if one and one.kind == "country"}
        times = [time for text in wanted.texts if (time := time_of(text))[0]]
        found = found.union(*map(self.countries, wanted.texts))
        return replace(wanted, countries=found, time=times[0] if times else (None, None))


def _titles_and_places(question: Question) -> list[tuple[str, str]]:
    """How a cell may be read as the title of a post and its country: `Foreign Minister of Japan`, `President, Chad`."""
    if question.kinds and "post" not in question.kinds:
        return []
    text = names.clean(question.text)
    return [(text[: joint.start()], text[joint.end() :]) for joint in _JOINT.finditer(text)]


def _read(question: Question, known: catalogue.Catalogue, labels: Labels | None) -> _Read:
    text = names.clean(question.text)
    kinds = question.kinds or tuple(KINDS)
    beside = {name: labels.understood(one) for name, one in question.properties.items()} if labels else {}
    read = _Read(question, kinds, dict.fromkeys(kinds, names.search_key(text)), dict.fromkeys(kinds, beside))
    read.entity = _identified(text, beside, kinds, known)
    if "official" in kinds:
        persons = parse_visitors(text)
        read.several = len(persons) > 1
        if len(persons) == 1:
            read.person = persons[0]
            read.keys["official"] = " ".join(names.name_tokens(persons[0].name))
    if labels and "country" not in beside:
        for title, place in _titles_and_places(question):
            if countries := labels.countries(place):
                read.keys["post"] = names.search_key(title)
                read.properties["post"] = {**beside, "country": Wanted([place], countries=countries)}
    return read


def _identified(
    text: str, beside: Mapping[str, Wanted], kinds: tuple[str, ...], known: catalogue.Catalogue
) -> Entity | None:
    """What a cell with an id or a code in capitals means, or a code beside an empty cell."""
    entity = entity_of(text, known)
    codes = [text] if text else [names.clean(one) for one in beside["code"].texts] if "code" in beside else []
    for code in codes:
        if entity is None and code.isupper() and code.lower() in known.country_codes:
            entity = Entity("country", known.country_codes[code.lower()])
    return entity if entity and entity.kind in kinds else None


def _answered(reads: dict[str, _Read], known: catalogue.Catalogue, prefix: bool) -> dict[str, list[Candidate]]:
    order = list(reads)
    near: dict[str, list[Near]] = {key: [] for key in order}
    for one in nearest(_asked(reads, prefix)):
        near[order[one.number]].append(one)
    identified = _identified_entities(reads)
    wanted = {Entity(one.kind, one.pk) for found in near.values() for one in found} | set(identified.values())
    rows = present(wanted, known)
    different = _never_the_same() if any(one.kind == "official" for one in wanted) and not prefix else set()
    return {
        key: _judged(read, near[key], identified.get(key), rows, different, prefix)[: read.question.limit]
        for key, read in reads.items()
    }


def _never_the_same() -> set[frozenset[Entity]]:
    """Pairs of officials of whom somebody judged that they are two."""
    return {frozenset(Entity("official", pk) for pk in pair) for pair in merged.different(Official)}


def _asked(reads: dict[str, _Read], prefix: bool) -> Iterable[Asked]:
    for number, read in enumerate(reads.values()):
        together = defaultdict(list)
        for kind in read.kinds:
            together[read.keys[kind], tuple(sorted(read.countries(kind)))].append(kind)
        for (key, countries), kinds in together.items():
            yield Asked(number, key, prefix or " " not in key, tuple(kinds), countries)


def _identified_entities(reads: dict[str, _Read]) -> dict[str, Entity]:
    """The records that cells name by id or Wikidata id, merged ones followed."""
    found = {key: read.entity for key, read in reads.items() if read.entity}
    moved = heirs(found.values())
    found = {key: moved.get(entity, entity) for key, entity in found.items()}
    items = {key: _items(read) for key, read in reads.items() if "official" in read.kinds}
    if any(items.values()):
        wanted = {text for texts in items.values() for text in texts}
        persons = dict(Official.objects.filter(wikidata__in=wanted).values_list("wikidata", "pk"))
        for key, texts in items.items():
            pks = {persons[text] for text in texts if text in persons}
            if len(pks) == 1:
                found[key] = Entity("official", pks.pop())
    return found


def _items(read: _Read) -> set[str]:
    """The ids of Wikidata in a cell and beside it."""
    beside = read.properties["official"].get("wikidata", Wanted())
    return {text for one in (read.question.text, *beside.texts) if _ITEM.fullmatch(text := names.clean(one))}


def _judged(
    read: _Read,
    near: list[Near],
    identified: Entity | None,
    rows: dict[Entity, Row],
    different: set[frozenset[Entity]],
    prefix: bool,
) -> list[Candidate]:
    found: dict[Entity, Candidate] = {}
    for one in near:
        entity = Entity(one.kind, one.pk)
        if entity in rows:
            found[entity] = _candidate(read, entity, rows[entity], _likeness(read, one, prefix))
    certain: Entity | None = None
    if identified and identified in rows:
        found[identified] = _candidate(read, identified, rows[identified], 1.0)
        certain = identified
    elif not prefix:
        certain = _certain(read, near, found, different)
    if certain:  # clients sort by score and look at the first alone
        best = max(one.score for one in found.values())
        found[certain] = replace(found[certain], match=True, score=best)
    return sorted(found.values(), key=lambda one: (not one.match, -one.score, one.name, str(one.entity.pk)))


def _likeness(read: _Read, one: Near, prefix: bool) -> float:
    """0 to 1: of the letters where whole names are compared, of the words where a part was asked for."""
    asked, key = read.keys[one.kind], names.search_key(one.key)
    if asked == key:
        return 1.0
    if prefix:
        return 0.95 if key.startswith(asked) else min(one.alike, 0.9)
    if " " not in asked:
        return min(one.alike, 0.99)
    return max(fuzz.token_sort_ratio(asked, key) / 100, min(one.alike, 0.99))


def _candidate(read: _Read, entity: Entity, row: Row, likeness: float) -> Candidate:
    agreement = {}
    beside = read.properties[entity.kind]
    for name, wanted in beside.items():
        one = KINDS[entity.kind].properties.get(name)
        agrees = one.agrees(row, wanted) if one and one.agrees else None
        if agrees is not None:
            agreement[name] = agrees
    asked = [name for name in beside if name in KINDS[entity.kind].properties]
    if not asked:
        return Candidate(entity, row, likeness, agreement, round(100 * likeness, 1))
    # what is not known of a candidate speaks neither for nor against it
    share = sum(agreement.get(name, 0.5) for name in asked) / len(asked)
    score = 100 * (likeness * (1 - _PROPERTIES) + share * _PROPERTIES)
    return Candidate(entity, row, likeness, agreement, round(score, 1))


# certain or not


def _certain(
    read: _Read, near: list[Near], found: dict[Entity, Candidate], different: set[frozenset[Entity]]
) -> Entity | None:
    """The one record that is meant; None where there is none, or more than one may be."""
    fitting = {one: candidate for one, candidate in found.items() if not _contradicted(candidate)}
    certain = {entity for entity in fitting if entity.kind != "official" and _has_name(read, near, entity)}
    certain = _of_the_country(read, certain, found)
    if person := _person(read, near, found, fitting.keys(), different):
        certain.add(person)
    return certain.pop() if len(certain) == 1 else None


def _contradicted(candidate: Candidate) -> bool:
    return any(candidate.agreement.get(name) is False for name in _CONTRADICTS)


def _has_name(read: _Read, near: list[Near], entity: Entity) -> bool:
    asked = read.keys[entity.kind]
    spelled = {names.search_key(one.key) for one in near if (one.kind, one.pk) == (entity.kind, entity.pk)}
    return asked in spelled


def _of_the_country(read: _Read, certain: set[Entity], found: dict[Entity, Candidate]) -> set[Entity]:
    """Of those with the name, the ones that are known to be of the country that the question names."""
    placed = {one for one in certain if found[one].agreement.get("country")}
    return placed or certain


def _person(
    read: _Read,
    near: list[Near],
    found: dict[Entity, Candidate],
    fitting: Collection[Entity],
    different: set[frozenset[Entity]],
) -> Entity | None:
    """The official that the name means, as `namesakes` judges it among the candidates (of the country, if named).

    One who does not fit is looked at, too, where somebody who does is never the same: the name may be theirs alone.
    """
    name = read.person.name if read.person else ""
    if "official" not in read.kinds or read.several or not names.name_tokens(name):
        return None
    judged = {one for pair in different if not pair.isdisjoint(fitting) for one in pair}
    people = [
        one
        for one in found.values()
        if one.entity.kind == "official"
        and (one.entity in fitting or one.entity in judged)
        and (not read.countries("official") or one.agreement.get("country"))
    ]
    pool = Pool()
    pool.different = different
    for one in people:
        person = pool.add(one.entity, one.row["name"])
        for other in one.row["other_names"]:
            pool.call(person, other["text"])
        for seen in one.row["seen"]:
            pool.see(person, seen.rank, *(day.year if day else None for day in (seen.first, seen.last)))
    who = who_is(name, _rank(read), _year(read), pool).who
    if who is None or who.reference not in fitting:
        return None
    row = found[who.reference].row
    spelled = {names.name_key(text) for text in (row["name"], *(other["text"] for other in row["other_names"]))}
    if names.name_key(name) in spelled and len(names.name_tokens(name)) > 1:
        return who.reference
    # another spelling, or a surname: only where everybody who may be meant was looked at
    return who.reference if read.countries("official") and _all_seen(near) else None


def _all_seen(near: list[Near]) -> bool:
    mine = [one.alike for one in near if one.kind == "official" and one.near]
    return len(mine) < NEAREST or mine[-1] < _OTHER_NAMES


def _rank(read: _Read) -> str:
    for name in ("rank", "post"):
        if name in read.properties["official"]:
            ranks = {rank_meant(text) for text in read.properties["official"][name].texts} - {""}
            if len(ranks) == 1:
                return ranks.pop()
    return rank_meant(read.person.post) if read.person and read.person.post else ""


def _year(read: _Read) -> int | None:
    return read.properties["official"].get("date", Wanted()).year
