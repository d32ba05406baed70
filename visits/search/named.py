"""Officials, posts and organizations by their names: one statement finds for all kinds, one asks what is public.

The first is written by hand: of a word that thousands of names have only so many are taken before they are sorted,
which a query of the ORM cannot say, and it is asked at every letter that somebody types.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from rapidfuzz import fuzz

from visits import enums, lookup, names

from . import fixed
from .asked import Asked
from .fixed import Statement

MODELS = {kind: model for kind, (model, _remark) in fixed.NAMED.items()}
NEAR = 200  # names of a table that are ranked
MOST = 1000
_MOST_WORDS = 4
_SHORT = 3  # letters
_TAKEN = 2000  # names of a table that are sorted, short ones first
_CHECKED = 60  # records of a kind that are first asked whether they are public
_UNLIKE = 1.0  # of 2: what is less like sounds so by chance
_LIKE = 1.2  # of 2: what one word of several has to be like


@dataclass(frozen=True)
class Named:
    """A public record found by a name; `spelt` is the name that was found where that is not its own."""

    kind: str
    id: int
    name: str
    spelt: str
    country: str | None
    note: str

    @property
    def url(self) -> str:
        return reverse(self.kind.removesuffix("s"), args=[f"{self.id}-{names.slug(self.name)}"])


@dataclass(frozen=True)
class Found:
    """The best of one kind; `more` when there are others that were not looked at."""

    best: list[Named]
    more: bool


def called(asked: Asked, kinds: Iterable[str], limit: int, near: int = NEAR) -> dict[str, Found]:
    """Those that are called so, by kind; as typed, else without a patronymic or an office."""
    found: dict[str, Found] = {}
    steps = {kind: list(_exact_steps(asked, kind)) for kind in kinds}
    for level in range(max(map(len, steps.values()), default=0)):
        wanted = {kind: of[level] for kind, of in steps.items() if kind not in found and level < len(of)}
        found |= _best(wanted, asked, limit, near)
    return found


def nearly_called(asked: Asked, kinds: Iterable[str], limit: int) -> dict[str, Found]:
    """Those that are called nearly so; no post, for these are called alike, and no name has so many words."""
    if len(asked.key.split()) > _MOST_WORDS:
        return {}
    kinds = [kind for kind in kinds if kind != "posts"]
    sounds = {kind: [what.sound for what in _wanted(asked, kind) if what.sound] for kind in kinds}
    return _best({kind: of for kind, of in sounds.items() if of}, asked, limit, MOST)


def _wanted(asked: Asked, kind: str) -> list[lookup.Wanted]:
    return [lookup.Wanted(text, person=kind == "officials") for text in asked.alternatives]


def _exact_steps(asked: Asked, kind: str) -> Iterator[lookup.Beginnings]:
    """Ever looser conditions; of alternatives each is one of them."""
    every = [what.exact_steps for what in _wanted(asked, kind) if what.exact_steps]
    for level in range(max(map(len, every), default=0)):
        yield [part for steps in every for part in steps[min(level, len(steps) - 1)]]


def _best(wanted: Mapping[str, Any], asked: Asked, limit: int, near: int) -> dict[str, Found]:
    """`wanted` are beginnings of words, or sounds, by kind."""
    if not wanted:
        return {}
    rows = _rows(part for kind, step in wanted.items() for part in _names(kind, step, asked.key, near))
    full = {kind for kind in wanted if sum(row[0] == kind for row in rows) >= near}
    scores: dict[tuple[str, int], tuple[float, bool, str]] = {}
    keys = [names.search_key(text) for text in asked.alternatives]
    for kind, pk, text, own_key, own in rows:
        if (score := max(_likeness(key, own_key) for key in keys)) >= (_UNLIKE if len(keys) == 1 else _LIKE):
            known = scores.get((kind, pk), (-1.0, False, ""))
            scores[kind, pk] = max(known, (score, own, "" if own else text))
    waiting = {
        kind: sorted((pk for one, pk in scores if one == kind), key=lambda pk: (-scores[kind, pk][0], pk))
        for kind in wanted
    }
    found: dict[str, list[Named]] = {kind: [] for kind in wanted}
    checked = max(_CHECKED, limit)
    while asking := {kind: ids[:checked] for kind, ids in waiting.items() if ids and len(found[kind]) < limit}:
        public = {row[:2]: row for row in _rows(fixed.public_named(kind, ids) for kind, ids in asking.items())}
        for kind, ids in asking.items():
            found[kind] += [_named(public[kind, pk], scores[kind, pk][2]) for pk in ids if (kind, pk) in public]
            waiting[kind] = waiting[kind][checked:]
        checked = 10 * MOST  # all the others
    few = {kind: wanted[kind] for kind in full if len(found[kind]) < limit} if near < MOST else {}
    there = {kind: Found(best, bool(waiting[kind]) or kind in full) for kind, best in found.items() if best}
    return there | _best(few, asked, limit, MOST)


def _likeness(key: str, own: str) -> float:
    """How like a name is to what was typed, in any order of the words; a part of it counts for as much again."""
    return (max(fuzz.ratio(key, own), fuzz.token_sort_ratio(key, own)) + fuzz.partial_ratio(key, own)) / 100


# statements


def _rows(statements: Iterable[Statement]) -> list[tuple[Any, ...]]:
    parts = list(statements)
    return fixed.fetch((" UNION ALL ".join(f"({sql})" for sql, _ in parts), [one for _, of in parts for one in of]))


def _names(kind: str, step: Any, key: str, near: int) -> Iterator[Statement]:
    """Of each table of names those that are meant: kind, owner, text, key, whether it is the owner's own name."""
    model = MODELS[kind]
    for number, (table, owner, _key) in enumerate(lookup.tables(model)):
        columns = f"'{kind}', {'id' if owner == 'pk' else owner}, {'text' if number else model.NAME}, key, {not number}"
        source = table.model._meta.db_table
        for condition, order, values in _conditions(step, key):
            taken = f"SELECT * FROM {source} WHERE {condition} LIMIT {_TAKEN}"  # noqa: S608 (all of it is ours)
            yield f"SELECT {columns} FROM ({taken}) AS taken ORDER BY {order} LIMIT {near}", values  # noqa: S608
    if abroad := lookup.native_names(model, step)[:near]:
        known = "unnest(%s::text[], %s::text[], %s::text[]) AS known (slug, text, key)"
        told: list[Any] = [[one.record for one in abroad], [one.text for one in abroad], [one.key for one in abroad]]
        owners = f"{known} JOIN {model._meta.db_table} USING (slug)"
        yield f"SELECT '{kind}', id, text, known.key, false FROM {owners}", told  # noqa: S608


def _conditions(step: Any, key: str) -> Iterator[tuple[str, str, list[str]]]:
    """Condition, order and parameters; of a short word also the names that have it whole, which may be few."""
    if isinstance(step[0], str):
        for sound in step:
            yield "forms %%> %s", "word_similarity(%s, forms) DESC, id", [sound, sound]
        return
    parts, values = [], []
    for every in step:
        parts.append(" AND ".join(f"({' OR '.join(['forms LIKE %s'] * len(beginnings))})" for beginnings in every))
        values += [f"% {one}%" for beginnings in every for one in beginnings]
    yield " OR ".join(parts), "length(key), id", values
    if len(key) <= _SHORT:
        yield "forms LIKE %s", "length(key), id", [f"% {key} %"]


def _named(row: tuple[Any, ...], spelt: str) -> Named:
    kind, pk, name, country, note = row
    if kind == "organizations":
        note = "" if note == enums.OrganizationKind.OTHER else str(enums.OrganizationKind(note).label)
    return Named(kind, pk, name, spelt, country, note or "")
