"""One search over names and texts: names by `lookup`, records and quotes by their text vectors."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import models
from django.db.models import F, QuerySet, Value

from . import lookup, names
from .models import (
    Citation,
    Country,
    Dialogue,
    Meeting,
    Official,
    Organization,
    Outcome,
    Post,
    Topic,
    Visit,
)
from .models.bases import Fold, Vector

MAX_QUERY = 200
SNIPPET = 200
_RANKED = 2000  # of a common word, only the newest matches are ranked
_WORD = re.compile(r"[^\W_]+(?:['’ʼ-][^\W_]+)*")


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `hit` where it is what was searched for."""

    text: str
    hit: bool


@dataclass(frozen=True)
class Hit:
    """One record found: its title and a snippet, both in pieces."""

    record: models.Model
    title: list[Piece]
    snippet: list[Piece]


Found = dict[str, list[Hit]]


def search(text: str, limit: int = 8) -> Found:
    """What the public may see of `text`, by kind, best first; kinds without a hit are left out.

    Kinds: officials, countries, organizations, posts, topics, dialogues, visits, meetings, outcomes, quotes.
    """
    text = names.clean(text)[:MAX_QUERY]
    key = names.search_key(text)
    if not key:
        return {}
    found = {kind: find(text, key, limit) for kind, find in _KINDS.items()}
    return {kind: hits for kind, hits in found.items() if hits}


def search_any(text: str, limit: int = 8) -> Found:
    """What has one of the words, for a text of several words that nothing has all of."""
    words = [word for word in names.clean(text)[:MAX_QUERY].split() if len(names.search_key(word)) > 2][:6]
    found: Found = {}
    for word in words if len(words) > 1 else ():
        for kind, hits in search(word, limit).items():
            known = {hit.record.pk for hit in found.get(kind, ())}
            found.setdefault(kind, []).extend(hit for hit in hits if hit.record.pk not in known)
    return {kind: found[kind][:limit] for kind in _KINDS if kind in found}


# names


def _by_name(public: Callable[[], QuerySet]) -> Callable[..., list[Hit]]:
    def find(text: str, key: str, limit: int) -> list[Hit]:
        place = {pk: number for number, pk in enumerate(lookup.best(public(), text, limit))}
        records = sorted(public().filter(pk__in=place), key=lambda one: place[one.pk]) if place else []
        return [Hit(record, highlight(str(record), text), []) for record in records]

    return find


# texts


def _query(text: str) -> SearchQuery:
    return SearchQuery(Fold(Value(text)), config="simple", search_type="websearch")


def _ranked(rows: QuerySet, text: str, limit: int, vector: Any = "text_vector") -> QuerySet:
    query = _query(text)
    newest = rows.annotate(words=F(vector) if isinstance(vector, str) else vector).filter(words=query)
    ids = newest.order_by("-pk").values("pk")[:_RANKED]
    return rows.filter(pk__in=ids).annotate(rank=SearchRank(vector, query)).order_by("-rank", "-pk")[:limit]


def _visits(text: str, key: str, limit: int) -> list[Hit]:
    sides = ("guest_country", "guest_organization", "host_country")
    rows = Visit.objects.published().select_related(*sides)
    return [Hit(one, highlight(str(one), text), snippet(one.summary, text)) for one in _ranked(rows, text, limit)]


def _meetings(text: str, key: str, limit: int) -> list[Hit]:
    found = _ranked(Meeting.objects.published(), text, limit)
    return [Hit(one, highlight(str(one), text), snippet(one.summary, text)) for one in found]


def _outcomes(text: str, key: str, limit: int) -> list[Hit]:
    found = _ranked(Outcome.objects.public(), text, limit, Vector("title"))
    return [Hit(one, highlight(one.title, text), []) for one in found]


def _quotes(text: str, key: str, limit: int) -> list[Hit]:
    """Ranked first, then asked whether they are public: that takes many joins, so it is asked of few."""
    ranked = _ranked(Citation.objects.exclude(exact=""), text, _RANKED).values_list("pk", flat=True)
    place = {pk: number for number, pk in enumerate(ranked)}
    public = Citation.objects.public().filter(pk__in=list(place)).select_related("source")
    rows = sorted(public.defer("source__raw", "source__text"), key=lambda one: place[one.pk])
    found: list[Hit] = []
    seen: set[tuple[int, str]] = set()
    for one in rows:
        if (one.source_id, one.exact) not in seen:
            seen.add((one.source_id, one.exact))
            found.append(Hit(one, highlight(str(one.source), ""), snippet(one.exact, text)))
    return found[:limit]


_KINDS: dict[str, Callable[[str, str, int], list[Hit]]] = {
    "officials": _by_name(lambda: Official.objects.public().select_related("country")),
    "countries": _by_name(Country.objects.all),
    "organizations": _by_name(Organization.objects.public),
    "posts": _by_name(lambda: Post.objects.public().select_related("country")),
    "topics": _by_name(Topic.objects.all),
    "dialogues": _by_name(Dialogue.objects.all),
    "visits": _visits,
    "meetings": _meetings,
    "outcomes": _outcomes,
    "quotes": _quotes,
}


# highlights


def highlight(text: str, query: str) -> list[Piece]:
    """The text in pieces, those words marked that begin with a word of the query, accents aside."""
    wanted = tuple(names.search_key(query).split())
    pieces, end = list[Piece](), 0
    for match in _WORD.finditer(text):
        if wanted and _begins(match[0], wanted):
            pieces += [Piece(text[end : match.start()], False), Piece(match[0], True)]
            end = match.end()
    return [piece for piece in (*pieces, Piece(text[end:], False)) if piece.text]


def _begins(word: str, wanted: Iterable[str]) -> bool:
    return any(part.startswith(tuple(wanted)) for part in names.search_key(word).split())


def snippet(text: str, query: str, length: int = SNIPPET) -> list[Piece]:
    """At most `length` characters of the text around the first word that was searched for, in pieces."""
    if len(text) > length:
        pieces = highlight(text, query)
        first = len(pieces[0].text) if len(pieces) > 1 and not pieces[0].hit else 0
        start = max(0, min(first - length // 3, len(text) - length))
        text = _whole_words(text, start, length)
    return highlight(text, query)


def _whole_words(text: str, start: int, length: int) -> str:
    cut = text[start : start + length]
    if start and " " in cut:
        cut = "…" + cut[cut.find(" ") + 1 :]
    if start + length < len(text) and " " in cut:
        cut = cut[: cut.rfind(" ")] + "…"
    return cut
