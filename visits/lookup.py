"""Records by their names, in any spelling, the best first: for search, lists, autocompletes and the API.

Every name has `forms` (a generated column with a trigram index): its words as spelt and as they sound
(`names.sound_key`), all of them as one word, and each without vowels behind a 0. A name is found when each word that
was typed begins one of these; a patronymic, an initial or an office may be missing; else the most similar are taken.
Names that reference data have in the languages of the interface (`native`) are in no table: they are looked for here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    F,
    Func,
    IntegerField,
    Max,
    Model,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Length, LPad
from rapidfuzz import fuzz

from . import names, native, scripts
from .models import Country, Dialogue, Official, Organization, Topic
from .models.bases import Fold, OtherName

MOST_WORDS = 8
BEST = 100  # that are ranked by likeness; behind them rows follow by name
RANK = "found_rank"
_RANKED = 1000  # of a common word: whole words first, then short names
_LONGEST = 300  # of what is typed
_OFFICES = {
    "president", "premier", "prime", "minister", "foreign", "chancellor", "secretary", "state", "king", "queen",
    "prince", "princess", "emir", "sultan",
}  # fmt: skip
_VOWELLESS = {"Arab", "Hebr"}
_ALIKE = 85  # of 100: as like has a name to sound


class IsOneOf(Func):
    """A column = ANY(array)."""

    arg_joiner = " = ANY("
    template = "%(expressions)s)"
    output_field = BooleanField()


# Any of these: all of these: any of these beginnings of words.
Beginnings = list[list[list[str]]]


@dataclass(frozen=True)
class Wanted:
    """What was typed, as it is looked for; `steps` are ever looser conditions over `forms`."""

    text: str
    person: bool

    @cached_property
    def key(self) -> str:
        return " ".join(self.words)

    @cached_property
    def words(self) -> list[str]:
        cleaned = names.clean(self.text)[:_LONGEST]
        found = names.name_tokens(cleaned) if self.person else names.search_key(cleaned).split()
        return list(dict.fromkeys(found))[:MOST_WORDS]

    @property
    def steps(self) -> list[Q]:
        found = [_condition(step) for step in self.exact_steps]
        return found + ([Q(forms__trigram_word_similar=self.sound)] if self.sound else [])

    @cached_property
    def exact_steps(self) -> list[Beginnings]:
        """All words, then without what a name may lack."""
        if not self.words:
            return []
        found = [_all_of(self.words)]
        if self.person and len(self.words) > 1:
            fewer = [w for w in names.without_patronymic(self.words) if len(w) > 1 and w not in _OFFICES]
            if fewer and fewer != self.words:
                found.append(_all_of(fewer))
        if scripts.script_of(self.text) in _VOWELLESS and (bare := names.bare_key(self.text).split()):
            found.append([[[f"0{word}"] for word in bare]])
        return found

    @cached_property
    def sound(self) -> str:
        """By which a name is found that is nearly so; "" of what is too short."""
        return names.sound_key(self.key) if len(self.key) > 2 else ""


def _all_of(words: list[str]) -> Beginnings:
    """Each word begins one of the words, as spelt or as it sounds, or all as one begin the whole.

    A single letter is a word of its own, where nothing stands beside it: too many names begin with it.
    """
    if len(words) == 1 and len(words[0]) == 1:
        return [[[f"{words[0]} "]]]
    found = []
    for word in words:
        sound = names.sound_key(word)
        if len(sound) > 3:
            sound = sound.rstrip("i")  # of a word that goes on it may be part of another sound: Tokay(ev)
        found.append([word] if sound == word else [word, sound])
    joined = names.sound_key("".join(words))
    return [found, [[joined]]] if len(words) > 1 and len(joined) > 3 else [found]


def _condition(step: Beginnings) -> Q:
    found = Q()
    for every in step:
        part = Q()
        for beginnings in every:
            part &= reduce(or_, (Q(forms__contains=f" {one}") for one in beginnings))
        found |= part
    return found


def among(ids: Iterable[int], column: str = "pk") -> IsOneOf:
    """Rows with these ids, by one parameter however many they are: so the statement stays one that is prepared."""
    return IsOneOf(column, Cast(Value(list(ids)), ArrayField(BigIntegerField())))


def with_word(word: str) -> Q:
    """Names of which a word begins so, as spelt or as it sounds; a short word has to be a whole one."""
    key = names.search_key(word)
    return Q(forms__contains=f" {key} ") if len(key) < 3 else _condition(_all_of(key.split()))


def best(rows: QuerySet, text: str, limit: int = BEST) -> list[Any]:
    """Ids of those of `rows` whose names are meant, the most similar first."""
    what = Wanted(text, person=rows.model is Official)
    abroad = _by_native_name(rows.model, what)
    return next((ids for step in what.steps if (ids := _most_similar(rows, step, what.key, limit, abroad))), [])


def found(rows: QuerySet, text: str, column: str = "name", also: Q | None = None) -> QuerySet:
    """`ranked` without the ids."""
    return ranked(rows, text, column, also)[0]


def ranked(rows: QuerySet, text: str, column: str = "name", also: Q | None = None) -> tuple[QuerySet, list[Any]]:
    """All of `rows` whose names are meant, by RANK: the best first, then by the name in `column`; and ids of the best.

    `also` are rows that come before all others (by a code, by a short name).
    """
    what = Wanted(text, person=rows.model is Official)
    first = list(rows.filter(also).order_by().values_list("pk", flat=True)[:BEST]) if also is not None else []
    meant, abroad = Q(pk__in=first), _by_native_name(rows.model, what)
    for step in what.steps:
        if ids := _most_similar(rows, step, what.key, BEST, abroad):
            first += [pk for pk in ids if pk not in first]
            meant = Q(pk__in=first) | _owners(rows.model, step, also) if len(ids) == BEST else Q(pk__in=first)
            break
    place = Func(Cast(Value(first), ArrayField(rows.model._meta.pk)), F("pk"), function="array_position")
    place = Cast(Coalesce(place, Value(len(first) + 1), output_field=IntegerField()), TextField())
    rank = Concat(LPad(place, 4, Value("0")), Value(" "), Fold(column), output_field=TextField())
    return rows.filter(meant).annotate(**{RANK: rank}).order_by(RANK, "pk"), first


def _most_similar(rows: QuerySet, step: Q, key: str, limit: int, abroad: Mapping[Any, float]) -> list[Any]:
    """The best of each table of names, put together; more of them as long as too few are among `rows`."""
    size = 2 * limit
    while True:
        scores = dict(abroad)
        full = False
        for table, owner, own_key in tables(rows.model):
            likeness = TrigramWordSimilarity(key, own_key) + TrigramSimilarity(own_key, key)
            whole = Case(When(forms__contains=f" {key} ", then=0), default=1)
            near = ArraySubquery(table.filter(step).order_by(whole, Length(own_key), "pk").values("pk")[:_RANKED])
            # An array, not a join: so the rows are taken by their keys, and no table is read whole.
            scored = table.filter(IsOneOf("pk", near)).order_by().values_list(owner).annotate(score=Max(likeness))
            pairs = list(scored.order_by("-score", owner)[:size])
            full = full or (len(pairs) == size and size < _RANKED)
            for pk, score in pairs:
                scores[pk] = max(score, scores.get(pk, 0.0))
        there = set(rows.filter(pk__in=list(scores)).order_by().values_list("pk", flat=True)) if scores else set()
        if len(there) >= limit or not full:
            return sorted(there, key=lambda pk: (-scores[pk], str(pk)))[:limit]
        size *= 10


# names in the languages of the interface

# Models with such names: their kind, and the column with the key.
NATIVE: dict[type[Model], tuple[str, str]] = {
    Country: ("country", "code"),
    Topic: ("topic", "slug"),
    Dialogue: ("dialogue", "slug"),
    Organization: ("organization", "slug"),
}


@dataclass(frozen=True)
class Native:
    """A name of reference data in one of the languages, with the key of its record."""

    record: str
    text: str
    key: str
    forms: str


def native_names(model: type[Model], step: Any) -> list[Native]:
    """Those that are meant by a step: of `exact_steps`, or what it has to sound like."""
    if model not in NATIVE or not step:
        return []
    meant = _sounds(step) if isinstance(step[0], str) else _begins(step)
    return [name for name in _native_names(NATIVE[model][0]) if meant(name.forms)]


def _begins(step: Beginnings) -> Callable[[str], bool]:
    return lambda forms: any(
        all(any(f" {one}" in forms for one in beginnings) for beginnings in every) for every in step
    )


def _sounds(step: Sequence[str]) -> Callable[[str], bool]:
    return lambda forms: any(fuzz.partial_ratio(sound, forms) >= _ALIKE for sound in step)


@cache
def _native_names(kind: str) -> list[Native]:
    return list(_every_native_name(kind))


def _every_native_name(kind: str) -> Iterator[Native]:
    for record, texts in native.everywhere(kind).items():
        for text in texts:
            key = names.search_key(text)
            sound = names.sound_key(key)
            yield Native(record, text, key, f" {key} {sound} {sound.replace(' ', '')} ")


def _by_native_name(model: type[Model], what: Wanted) -> dict[Any, float]:
    """Ids of records that are called so in a language of the interface, with their likeness."""
    found = next((few for step in what.exact_steps if (few := native_names(model, step))), [])
    scores: dict[str, float] = {}
    for name in found:
        likeness = (fuzz.partial_ratio(what.key, name.key) + fuzz.ratio(what.key, name.key)) / 100
        scores[name.record] = max(likeness, scores.get(name.record, 0.0))
    if not scores or model is Country:
        return dict(scores)
    known = model._default_manager.filter(**{f"{NATIVE[model][1]}__in": list(scores)})
    return {pk: scores[record] for pk, record in known.order_by().values_list("pk", NATIVE[model][1])}


def tables(model: type[Model]) -> list[tuple[QuerySet, str, Any]]:
    """The tables of its names: rows, the column with the owner's id, the key that is compared."""
    keyed = any(field.name == "key" for field in model._meta.concrete_fields)
    tables: list[tuple[QuerySet, str, Any]] = [
        (model._default_manager.all(), "pk", F("key") if keyed else Fold("name"))
    ]
    if (others := _other_names(model)) is not None:
        tables.append((others._default_manager.all(), f"{model._meta.model_name}_id", F("key")))
    return tables


def _owners(model: type[Model], step: Q, also: Q | None) -> Q:
    """Rows one of whose names is meant: each table by its own index, so that none is read whole."""
    parts = [table.filter(step).order_by().values(owner) for table, owner, _key in tables(model)]
    if also is not None:
        parts.append(model._default_manager.filter(also).order_by().values("pk"))
    first, *others = parts
    return Q(pk__in=first.union(*others, all=True) if others else first)


def _other_names(model: type[Model]) -> type[OtherName] | None:
    relation = getattr(model, "other_names", None)
    return relation.rel.related_model if relation is not None else None
