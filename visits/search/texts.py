"""Visits, meetings, outcomes, quotes and sources by the words in them, the best of the newest first.

One statement ranks all kinds. It is written by hand: only so many of the newest matches are ranked, and they are
looked for among the newest rows first: a common word has enough there, a rare one is asked for again among all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Left

from visits import dates, enums, lookup
from visits.models import Citation, Meeting, Outcome, Source, Visit
from visits.models.events import title_of_meeting, who_met
from visits.models.evidence import SEARCHED

from . import fixed
from .asked import Asked
from .marking import Piece, highlight, snippet

NEWEST = 500  # matches of a kind that are ranked
WINDOW = 20_000  # rows, the newest, in which they are looked for first
ENOUGH = 50  # matches there, for which older rows are not looked at
_PAGE = 10  # matches of whole words, for which words that go on are not looked for
_CHECKED = 40  # rows that are first asked whether they are public
# Table, id, vector, and which rows may be counted.
_TABLES = {
    "visits": ("visits_visit", "id", "text_vector", "state = 'published'"),
    "meetings": ("visits_meeting", "id", "text_vector", "state = 'published'"),
    "outcomes": ("visits_outcome", "id", "to_tsvector('simple', visits_fold(title))", "true"),
    "quotes": ("visits_citation", "id", "text_vector", "exact <> ''"),
    "sources": ("visits_sourcewords", "source", "words", "true"),
}
# What was typed, folded; and the same where the last word, of three letters or more, may go on. Not each word: of the
# beginning of a common word the index has to collect all rows, while it skips through those of a whole one.
_WORDS = "websearch_to_tsquery('simple', visits_fold(%s))"
_BEGINNING = rf"regexp_replace({_WORDS}::text, '(\w\w\w)''$', '\1'':*')::tsquery"
KINDS = tuple(_TABLES)
_UNCHECKED = ("outcomes", "quotes", "sources")  # whether these are public is asked of the best ones


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is, its title and the stretch in which the words stand, both in pieces."""

    kind: str
    id: int | str
    url: str
    title: list[Piece]
    snippet: list[Piece]
    note: str = ""
    when: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `count` is all of it, or at least so many where `more` is true."""

    hits: list[Hit]
    count: int
    more: bool


@dataclass(frozen=True)
class Ranked:
    """Ids, the best first; how many there are, or at least so many where `more` is true."""

    ids: list[int]
    count: int
    more: bool


def find(asked: Asked, limits: Mapping[str, int]) -> dict[str, Group]:
    """The best of each of these kinds; kinds without a hit are left out."""
    wanted = {kind: NEWEST if kind in _UNCHECKED else limits[kind] for kind in _TABLES if kind in limits}
    found, shown = _ranked(asked, wanted), _Shown(asked)
    groups = {kind: shown.group(kind, ranked, limits[kind]) for kind, ranked in found.items()}
    return {kind: group for kind, group in groups.items() if group.hits}


class _Shown:
    """What is shown of the rows of each kind."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def group(self, kind: str, ranked: Ranked, limit: int) -> Group:
        group: Group = getattr(self, f"_{kind}")(ranked, limit)
        return group

    def _visits(self, ranked: Ranked, limit: int) -> Group:
        sides = ("guest_country", "guest_organization", "host_country")
        rows = Visit.objects.published().select_related(*sides).defer("text_vector")
        return Group([self._visit(one) for one in _in_order(rows, ranked.ids)], ranked.count, ranked.more)

    def _visit(self, one: Visit) -> Hit:
        words = self.asked.words
        kind = str(enums.VisitKind(one.kind).label) if one.kind != enums.VisitKind.UNKNOWN else ""
        sides = f"{one.guest} → {one.host_country}" if one.title else ""
        title, found = highlight(str(one), words), snippet(one.summary, words)
        printed = " → ".join(filter(None, (one.guest_as_printed, one.host_as_printed)))
        if not _has(title) and not _has(found) and _has(as_printed := highlight(printed, words)):
            found = [*as_printed, *([Piece(" · ", False), *found] if found else [])]
        note = " · ".join(filter(None, (sides, kind)))
        return Hit("visits", one.pk, one.get_absolute_url(), title, found, note, one.dates)

    def _meetings(self, ranked: Ranked, limit: int) -> Group:
        rows = Meeting.objects.published().annotate(who=who_met()).defer("text_vector")
        rows = rows.select_related("venue_country", "city")
        return Group([self._meeting(one) for one in _in_order(rows, ranked.ids)], ranked.count, ranked.more)

    def _meeting(self, one: Any) -> Hit:
        name = title_of_meeting(one.title, one.who, one.pk)
        place = ", ".join(dict.fromkeys(str(part) for part in (one.city, one.venue_country) if part))
        title, found = highlight(name, self.asked.words), snippet(one.summary, self.asked.words)
        url, note = one.get_absolute_url(), place or one.place_as_printed
        return Hit("meetings", one.pk, url, title, found, note, one.dates)

    def _outcomes(self, ranked: Ranked, limit: int) -> Group:
        records = ("meeting", "visit__guest_country", "visit__guest_organization", "visit__host_country")
        ids, more = _checked(ranked, limit, lambda ids: [(pk, pk) for (pk,) in fixed.fetch(fixed.public_outcomes(ids))])
        rows = Outcome.objects.select_related("visit", *records).defer("visit__text_vector", "meeting__text_vector")
        return Group([self._outcome(one) for one in _in_order(rows, ids[:limit])], len(ids), more)

    def _outcome(self, one: Outcome) -> Hit:
        record = one.visit or one.meeting
        kind, modality = enums.OutcomeKind(one.kind).label, enums.Modality(one.modality).label
        title = snippet(one.title, self.asked.words)
        when = record.dates if record else ""
        return Hit("outcomes", one.pk, one.get_absolute_url(), title, [], f"{kind} · {modality} · {record}", when)

    def _quotes(self, ranked: Ranked, limit: int) -> Group:
        """The same words of one source once."""
        found, more = _checked(
            ranked, limit, lambda ids: [(pk, (pk, words)) for pk, *words in fixed.fetch(fixed.public_quotes(ids))]
        )
        once = {tuple(words): pk for pk, words in reversed(found)}
        ids = [pk for pk in (pk for pk, _words in found) if pk in set(once.values())]
        heavy = ("text_vector", "row", "columns", "source__raw", "source__text")
        rows = Citation.objects.select_related("source").defer(*heavy)
        return Group([self._quote(one) for one in _in_order(rows, ids[:limit])], len(ids), more)

    def _quote(self, one: Citation) -> Hit:
        url = f"{one.source.get_absolute_url()}?citation={one.pk}#citation-{one.pk}"
        title = [Piece(str(one.source), False)]
        found = snippet(one.exact, self.asked.words)
        return Hit("quotes", one.pk, url, title, found, one.source.publisher, _published(one.source))

    def _sources(self, ranked: Ranked, limit: int) -> Group:
        """Sources that public records cite; of a text that is not free to show only what a record quotes."""
        ids, more = _checked(ranked, limit, lambda ids: [(pk, pk) for (pk,) in fixed.fetch(fixed.public_sources(ids))])
        found = _in_order(Source.objects.defer("raw", "text"), ids[:limit])
        texts = self._texts(found)
        return Group([self._source(one, texts.get(one.pk, "")) for one in found], len(ids), more)

    def _source(self, one: Source, text: str) -> Hit:
        title, found = highlight(str(one), self.asked.words), snippet(text, self.asked.words)
        url = one.get_absolute_url()
        return Hit("sources", one.pk, url, title, found if _has(found) else [], one.publisher, _published(one))

    def _texts(self, found: Iterable[Source]) -> dict[int, str]:
        """What may be shown of each: its text where that is free to show, else a quote with one of the words."""
        free = [one.pk for one in found if one.free_to_show]
        others = [one.pk for one in found if not one.free_to_show]
        texts: dict[int, str] = {}
        if free:
            free_texts = Source.objects.filter(pk__in=free).annotate(start=Left("text", SEARCHED))
            texts |= {pk: text or "" for pk, text in free_texts.values_list("pk", "start")}
        if others:
            words = self.asked.one_by_one if self.asked.one_by_one.key else self.asked
            texts |= fixed.fetch(fixed.quotes_of(others, _WORDS, words.text, NEWEST))
        return texts


# ranking


def _ranked(asked: Asked, limits: Mapping[str, int]) -> dict[str, Ranked]:
    """Where whole words are found seldom, also what has words that begin as the last one."""
    tops = _tops()
    found = _matching(asked, limits, tops, _WORDS)
    few = {kind: limits[kind] for kind in limits if kind not in found or found[kind].count < _PAGE}
    longer = {} if asked.has_operators else _matching(asked, few, tops, _BEGINNING)
    return found | {kind: _joined(found.get(kind), one, limits[kind]) for kind, one in longer.items()}


def _matching(asked: Asked, limits: Mapping[str, int], tops: Mapping[str, int], query: str) -> dict[str, Ranked]:
    """Among the newest rows; of what has few matches there, among all."""
    large = {kind for kind in limits if tops[kind] > WINDOW}
    above = {kind: tops[kind] - WINDOW if kind in large else 0 for kind in limits}
    found = _best(asked, limits, query, lambda kind: _among_newest(kind, above[kind], query))
    found |= {kind: Ranked(one.ids, one.count, more=True) for kind, one in found.items() if kind in large}
    few = {kind: limits[kind] for kind in limits if kind in large - {k for k in found if found[k].count >= ENOUGH}}
    return found | _best(asked, few, query, lambda kind: _among_all(kind, query))


def _joined(whole: Ranked | None, longer: Ranked, limit: int) -> Ranked:
    """Whole words before words that go on."""
    first = whole.ids if whole else []
    ids = list(dict.fromkeys([*first, *longer.ids]))
    return Ranked(ids[:limit], max(longer.count, len(first)), longer.more)


def _tops() -> dict[str, int]:
    """The newest id of each table."""
    parts = (f"(SELECT max({key}) FROM {table})" for table, key, _vector, _which in _TABLES.values())  # noqa: S608
    ((*tops,),) = fixed.fetch((f"SELECT {', '.join(parts)}", []))
    return {kind: top or 0 for kind, top in zip(_TABLES, tops, strict=True)}


def _best(asked: Asked, limits: Mapping[str, int], query: str, matching: Callable[[str], str]) -> dict[str, Ranked]:
    """The best of what a statement for each kind gives; it names the query once, and so does the ranking."""
    if not limits:
        return {}
    parts = (
        f"""(SELECT '{kind}', id, number FROM (
            SELECT id, count(*) OVER () AS number, ts_rank(words, {query}) AS rank FROM ({matching(kind)}) AS newest
        ) AS ranked ORDER BY rank DESC, id DESC LIMIT {limit})"""  # noqa: S608
        for kind, limit in limits.items()
    )
    rows = fixed.fetch((" UNION ALL ".join(parts), [asked.text] * 2 * len(limits)))
    found = {}
    for kind in limits:
        if ids := [pk for one, pk, _number in rows if one == kind]:
            number = next(number for one, _pk, number in rows if one == kind)
            found[kind] = Ranked(ids, number, more=number >= NEWEST)
    return found


def _among_newest(kind: str, above: int, query: str) -> str:
    table, key, vector, which = _TABLES[kind]
    rows = f"SELECT {key} AS id, {vector} AS words FROM {table} WHERE {which} AND {key} > {above}"  # noqa: S608
    return f"{rows} AND {vector} @@ {query} ORDER BY {key} DESC LIMIT {NEWEST}"


def _among_all(kind: str, query: str) -> str:
    """Sorted behind a fence: told to stop at so many, PostgreSQL would walk through all rows for a rare word."""
    table, key, vector, which = _TABLES[kind]
    rows = f"SELECT {key} AS id, {vector} AS words FROM {table} WHERE {which} AND {vector} @@ {query} OFFSET 0"  # noqa: S608
    return f"SELECT * FROM ({rows}) AS every ORDER BY id DESC LIMIT {NEWEST}"  # noqa: S608


# what is public


def _in_order(rows: QuerySet[Any], ids: list[int]) -> list[Any]:
    found = {one.pk: one for one in rows.filter(lookup.among(ids))}
    return [found[pk] for pk in ids if pk in found]


def _checked(
    ranked: Ranked, limit: int, public: Callable[[list[int]], Iterable[tuple[int, Any]]]
) -> tuple[list[Any], bool]:
    """What `public` gives for the ranked ids, in their order; whether there may be more.

    Few are asked first: that usually is enough.
    """
    found, checked = list[Any](), 0
    for stop in (_CHECKED, len(ranked.ids)):
        if len(found) < limit and (part := ranked.ids[checked:stop]):
            there = dict(public(part))
            found += [there[pk] for pk in part if pk in there]
            checked = stop
    return found, ranked.more or checked < len(ranked.ids)


def _published(source: Source) -> str:
    return dates.display(source.published) if source.published else ""


def _has(pieces: list[Piece]) -> bool:
    return any(piece.hit for piece in pieces)
