"""On how many independent origins a visit rests: copies of one text are one origin; for whom these speak.

A text is known by its runs of four words. Of two texts, one is a copy of the other when enough of the shorter one's
runs stand in the longer: a header, small edits, or an end that is cut off do not matter. Short texts about one visit
are alike anyway, so of them more has to stand there. Copies of copies are one origin, so that the order of loading does
not matter.

What is worked out is kept (`TextPrint`, `Corroboration`) by whatever writes: loads, undo, hand edits; `rebuild` makes
it anew.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Max, Q

from . import enums, speakers
from .models import Citation, Corroboration, Source, TextPrint, Visit

_RUN = 4  # words
_MOST_WORDS = 20_000
_SKETCH = 48  # hashes that a text is found by
_SHARED = 2  # of them that two texts have to share to be compared
_ENOUGH = 0.4  # of the shorter one's runs
_MORE_OF_SHORT = 0.4  # at most, for texts of up to _SHORT runs
_SHORT = 40
_PART = 0.15  # of the longer one's runs: a digest of many stories is a copy of none
_AT_ONCE = 2000
Runs = frozenset[int]


def _in_parts(ids: Iterable[int]) -> Iterator[list[int]]:
    whole = iter(ids)
    while part := list(islice(whole, _AT_ONCE)):
        yield part


def runs_of(text: str) -> Runs:
    """The runs of words of a text, as hashes."""
    words = [word for word, _n in zip(re.findall(r"\w+", text.casefold()), range(_MOST_WORDS), strict=False)]
    last = max(len(words) - _RUN + 1, 1 if words else 0)
    return frozenset(_hash(" ".join(words[at : at + _RUN])) for at in range(last))


def _hash(words: str) -> int:
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), signed=True)


def are_copies(one: Runs, other: Runs) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    shared = len(one & other)
    if not shorter:
        return False
    needed = _ENOUGH + _MORE_OF_SHORT * min(1, _SHORT / shorter)
    return shared >= needed * shorter and shared >= _PART * longer


def sketch_of(runs: Runs) -> list[int]:
    """The smallest hashes: two texts that share many runs share some of these."""
    return sorted(runs)[:_SKETCH]


# texts and their copies


def note_texts(ids: Iterable[int]) -> None:
    """Find the copies of these sources' texts, among them and among all others, whichever came first."""
    for some in _in_parts(sorted(set(ids))):
        _note(some)


def _note(ids: Collection[int]) -> None:
    TextPrint.objects.filter(source__in=ids).delete()
    texts = Source.objects.filter(pk__in=ids, kind=enums.SourceKind.DOCUMENT, text__isnull=False).exclude(text="")
    runs = {pk: runs_of(text or "") for pk, text in texts.values_list("pk", "text")}
    runs = {pk: found for pk, found in runs.items() if found}
    TextPrint.objects.bulk_create([TextPrint(source=pk, origin=pk, sketch=sketch_of(runs[pk])) for pk in runs])
    pairs = _alike(list(runs))
    unread = {pk for pair in pairs for pk in pair} - runs.keys()
    compared = runs | {
        pk: runs_of(text or "") for pk, text in Source.objects.filter(pk__in=unread).values_list("pk", "text")
    }
    copies = [(one, other) for one, other in pairs if are_copies(compared[one], compared[other])]
    _join(copies)


def _alike(ids: list[int]) -> list[tuple[int, int]]:
    """Pairs of texts, one of them of these, that share hashes of their sketches."""
    if not ids:
        return []
    query = """
        SELECT DISTINCT least(one.source, other.source), greatest(one.source, other.source)
        FROM visits_textprint one
        JOIN visits_textprint other ON other.sketch && one.sketch AND other.source <> one.source
        WHERE one.source = ANY(%s) AND (
            SELECT count(*) FROM unnest(one.sketch) AS mine WHERE mine = ANY(other.sketch)
        ) >= least(%s, cardinality(one.sketch), cardinality(other.sketch))
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [ids, _SHARED])
        return list(cursor.fetchall())


def _join(copies: list[tuple[int, int]]) -> None:
    """Give copies, and what is a copy of them already, one origin: the smallest id among them."""
    if not copies:
        return
    touched = {pk for pair in copies for pk in pair}
    known = dict(TextPrint.objects.filter(source__in=touched).values_list("source", "origin"))
    leads: dict[int, int] = {}

    def lead(pk: int) -> int:
        while leads.get(pk, pk) != pk:
            pk = leads[pk]
        return pk

    for one, other in copies:
        first, second = sorted((lead(known[one]), lead(known[other])))
        leads[second] = first
    moved: dict[int, list[int]] = defaultdict(list)
    for origin in {*known.values()}:
        if lead(origin) != origin:
            moved[lead(origin)].append(origin)
    for origin, others in moved.items():
        TextPrint.objects.filter(origin__in=others).update(origin=origin)
    if moved:
        recount(citing(TextPrint.objects.filter(origin__in=list(moved)).values("source")))


def forget_texts(ids: Iterable[int]) -> None:
    """Sources that are gone, or lost their text: what was one origin through them alone is so no more."""
    ids = list(ids)
    gone = TextPrint.objects.filter(source__in=ids)
    origins = set(gone.values_list("origin", flat=True))
    gone.delete()
    rest = list(TextPrint.objects.filter(origin__in=origins).values_list("source", flat=True))
    if rest:
        note_texts(rest)
        recount(citing(rest))


# visits and their origins

# From a citation to the visit whose own row it cites; what meetings rest on is counted with the meetings.
_PATHS = (
    "visit",
    "delegation__visit",
    "member__delegation__visit",
    "topic_link__visit",
    "dialogue_link__visit",
    "outcome__visit",
)


def citing(sources: Any) -> set[int]:
    """The visits that cite these sources."""
    found: set[int] = set()
    for path in _PATHS:
        rows = Citation.objects.filter(source__in=sources, **{f"{path}__isnull": False}).order_by()
        found.update(rows.values_list(f"{path}_id", flat=True).distinct())
    return found


def recount(visits: Iterable[int]) -> None:
    """Work out anew on what these visits rest; the number of queries does not depend on how many they are."""
    for some in _in_parts(sorted(set(visits))):
        _recount(some)


def _recount(ids: Collection[int]) -> None:
    there = {
        pk: ((guest, body), (host, None))
        for pk, guest, body, host in Visit.objects.filter(pk__in=ids).values_list(
            "pk", "guest_country", "guest_organization", "host_country"
        )
    }
    told = list(_told(ids))
    asked = speakers.Speakers({party for sides in there.values() for party in sides} if _any_office(told) else ())
    origins: dict[int, set[int]] = defaultdict(set)
    sides: dict[int, set[str]] = defaultdict(set)
    for visit, origin, said in told:
        if visit in there:
            origins[visit].add(origin)
            sides[visit].add(asked.side(said, *there[visit]))
    rows = [Corroboration(visit=pk, origins=len(origins[pk]), sides=_sides(sides[pk])) for pk in there]
    Corroboration.objects.filter(visit__in=ids).delete()
    Corroboration.objects.bulk_create([row for row in rows if row.origins != 1 or row.sides])


def _told(ids: Collection[int]) -> Iterator[tuple[int, int, speakers.Told]]:
    """The citations of these visits: (visit, origin, what says for whom it speaks)."""
    cited: set[tuple[int, int, str]] = set()
    for path in _PATHS:
        rows = Citation.objects.filter(**{f"{path}__in": list(ids)}).order_by()
        cited.update(rows.values_list(f"{path}_id", "source_id", "attributed_to").distinct())
    wanted = {source for _visit, source, _party in cited}
    about = {
        pk: (kind == enums.SourceKind.DATASET, publisher)
        for pk, kind, publisher in Source.objects.filter(pk__in=wanted).values_list("pk", "kind", "publisher")
    }
    same = origins_of(wanted)
    for visit, source, party in cited:
        is_dataset, publisher = about[source]
        yield visit, same[source], speakers.Told(party, publisher, is_dataset)


def origins_of(sources: Iterable[int]) -> dict[int, int]:
    """source -> its origin: itself, or the oldest of its copies."""
    wanted = set(sources)
    known = dict(TextPrint.objects.filter(source__in=wanted).values_list("source", "origin"))
    return {pk: known.get(pk, pk) for pk in wanted}


def _any_office(told: Iterable[tuple[int, int, speakers.Told]]) -> bool:
    return any(speakers.is_office(printed) for _v, _o, said in told for printed in (said.attributed_to, said.publisher))


def _sides(found: set[str]) -> str:
    if {speakers.GUEST, speakers.HOST} <= found:
        return enums.Told.BOTH
    return next(iter(found)) if len(found) == 1 else ""


def forget_visits(ids: Iterable[int]) -> None:
    """Visits that are gone."""
    for some in _in_parts(ids):
        Corroboration.objects.filter(visit__in=some).delete()


def note_written(visits: Iterable[tuple[int, set[int], bool]]) -> None:
    """After a load: (visit, its sources, whether somebody is credited). One source that is no office's is not asked."""
    written = list(visits)
    single = {next(iter(sources)) for _pk, sources, credited in written if len(sources) == 1 and not credited}
    plain = set()
    if single:
        rows = Source.objects.filter(pk__in=single).values_list("pk", "kind", "publisher")
        plain = {pk for pk, kind, name in rows if kind == enums.SourceKind.DATASET or not speakers.is_office(name)}
    recount(pk for pk, sources, credited in written if credited or len(sources) != 1 or not sources <= plain)


def rebuild() -> int:
    """Make all of it anew; how many visits there are."""
    TextPrint.objects.all().delete()
    texts = Source.objects.filter(kind=enums.SourceKind.DOCUMENT, text__isnull=False).order_by("pk")
    for some in _in_parts(texts.values_list("pk", flat=True).iterator()):
        _note(some)
    last = Visit.objects.aggregate(last=Max("pk"))["last"] or 0
    Corroboration.objects.filter(~Q(visit__in=Visit.objects.values("pk"))).delete()
    for first in range(0, last + 1, _AT_ONCE):
        recount(Visit.objects.filter(pk__gte=first, pk__lt=first + _AT_ONCE).values_list("pk", flat=True))
    return int(Visit.objects.count())
