"""Which records may be one: pairs with like names, weighed by what speaks for and against it, the best first.

The pairs are found by SQL over the names' keys: only names that share the beginning of a word, within a country, are
compared, so that a hundred thousand officials take seconds. They are stored (`Suggestion`), and found anew every night,
after each load that a worker does, and when an editor asks.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from rapidfuzz.distance import DamerauLevenshtein

from visits import merged, models, names
from visits.models import Suggestion
from visits.models.bases import Earliest, Latest

from . import merging

Pair = tuple[int, int]

MOST = 5_000  # pairs of one kind that are kept
_COMMON = 60  # records of a country that share the beginning of a word: beyond that it tells nothing
_WORTH = 0.35  # the score from which a pair is shown
_APART = (8, 25, 40)  # years: close, far, too far
# Words that make another post of one.
_QUALIFIERS = frozenset(
    ("acting", "interim", "deputy", "vice", "first", "former", "elect", "assistant", "caretaker", "designate", "second")
)
_NUMERAL = re.compile(r"[ivx]+")

# id, block (what is compared within: a country), key
_NAMES = {
    "official": """
        SELECT id, coalesce(country_id, '') AS block, key FROM visits_official
        UNION SELECT o.id, coalesce(o.country_id, ''), n.key
        FROM visits_officialname n JOIN visits_official o ON o.id = n.official_id""",
    "organization": """
        SELECT id, coalesce(country_id, '') AS block, key FROM visits_organization
        UNION SELECT o.id, coalesce(o.country_id, ''), n.key
        FROM visits_organizationname n JOIN visits_organization o ON o.id = n.organization_id""",
    "post": "SELECT id, coalesce(country_id, '') AS block, key FROM visits_post",
    "topic": """
        SELECT id, '' AS block, btrim(regexp_replace(visits_fold(name), '[^a-z0-9]+', ' ', 'g')) AS key
        FROM visits_topic UNION SELECT topic_id, '', key FROM visits_topicname""",
}
# From which likeness of names a pair is looked at.
_LIKE = {"official": 0.4, "organization": 0.65, "post": 0.6, "topic": 0.8}
_PAIRS = """
WITH stems AS MATERIALIZED (
    SELECT id, block, key, stem FROM (
        SELECT id, block, key, stem, count(*) OVER (PARTITION BY block, stem) AS times FROM (
            SELECT DISTINCT id, block, key, left(word, 3) AS stem
            FROM likeness, unnest(string_to_array(key, ' ')) word WHERE length(word) > 1
        ) each
    ) counted WHERE times <= %(common)s
), alike AS (
    SELECT a.id AS first, b.id AS second, similarity(a.key, b.key) AS likeness
    FROM stems a JOIN stems b ON a.block = b.block AND a.stem = b.stem AND a.id < b.id
    UNION ALL
    SELECT a.id, b.id, 1 FROM likeness a JOIN likeness b ON a.key = b.key AND a.block <> b.block AND a.id < b.id
    WHERE position(' ' IN a.key) > 0 AND %(across)s
)
SELECT first, second, max(likeness) FROM alike GROUP BY first, second
HAVING max(likeness) >= %(like)s ORDER BY max(likeness) DESC, first, second LIMIT %(most)s
"""


@dataclass
class Weighed:
    """How much speaks for a pair, from 0 to 1, and what."""

    score: float
    reasons: list[dict[str, str]] = field(default_factory=list)

    def speaks(self, weight: float, reason: str) -> None:
        self.score += weight
        self.reasons.append({"speaks": "for" if weight >= 0 else "against", "reason": reason})


def refresh(kinds: Iterable[str] = tuple(_NAMES)) -> dict[str, int]:
    """Find the pairs anew; how many of each kind wait. What was put off stays put off."""
    return {kind: _refresh(kind) for kind in kinds}


@transaction.atomic
def _refresh(kind: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"suggestions of {kind}"])
    judged = merged.different(merging.KINDS[kind])
    alike = {pair: likeness for pair, likeness in _alike(kind).items() if pair not in judged}
    weighed = weigh(kind, alike)
    found = sorted((one for one in weighed.items() if one[1].score >= _WORTH), key=lambda one: (-one[1].score, one[0]))[
        :MOST
    ]
    rows = [
        Suggestion(kind=kind, first=first, second=second, score=one.score, reasons=one.reasons)
        for (first, second), one in found
    ]
    before = {
        (first, second): pk
        for pk, first, second in Suggestion.objects.filter(kind=kind).values_list("pk", "first", "second")
    }
    gone = [pk for pair, pk in before.items() if pair not in {(one.first, one.second) for one in rows}]
    Suggestion.objects.filter(pk__in=gone).delete()
    Suggestion.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["kind", "first", "second"],
        update_fields=["score", "reasons"],
    )
    return len(rows)


def _alike(kind: str) -> dict[Pair, float]:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS likeness")
        cursor.execute(f"CREATE TEMP TABLE likeness ON COMMIT DROP AS {_NAMES[kind]}")
        cursor.execute("ANALYZE likeness")
        values = {"common": _COMMON, "like": _LIKE[kind], "most": 4 * MOST, "across": kind == "official"}
        cursor.execute(_PAIRS, values)
        return {(first, second): likeness for first, second, likeness in cursor.fetchall()}


def put_off(suggestion: Suggestion) -> None:
    """Later: the pair goes to the end of the queue."""
    Suggestion.objects.filter(pk=suggestion.pk).update(put_off_at=Now())


# weighing


def weigh(kind: str, alike: dict[Pair, float]) -> dict[Pair, Weighed]:
    """What speaks for and against each pair, with a number of queries that does not depend on how many they are."""
    if not alike:
        return {}
    return _WEIGH[kind](alike)


def likeness_of(kind: str, first: int, second: int) -> float:
    """How like the names of two records are."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH likeness AS MATERIALIZED (SELECT * FROM ({_NAMES[kind]}) named WHERE id IN (%s, %s)) "  # noqa: S608
            "SELECT max(similarity(a.key, b.key)) FROM likeness a JOIN likeness b ON a.id < b.id",
            [first, second],
        )
        row = cursor.fetchone()
    return float(row[0] or 0) if row else 0.0


@dataclass
class _Known:
    """What is known of an official."""

    name: str = ""
    country: str | None = None
    wikidata: str = ""
    names: set[str] = field(default_factory=set)
    posts: dict[int, str] = field(default_factory=dict)
    ranks: set[str] = field(default_factory=set)
    first: int | None = None
    last: int | None = None


def _ids(pairs: Iterable[Pair]) -> list[int]:
    return sorted({pk for pair in pairs for pk in pair})


def _officials(alike: dict[Pair, float]) -> dict[Pair, Weighed]:
    known = _known(_ids(alike))
    together = _together(alike)
    following = set(models.Country.successors.through._default_manager.values_list("from_country", "to_country"))
    open_names = _open_names({one.country for one in known.values()})
    weighed = {}
    for (first, second), likeness in alike.items():
        if first not in known or second not in known:
            continue
        one, other = known[first], known[second]
        found = weighed[first, second] = Weighed(0.7 * likeness)
        _weigh_names(found, one, other)
        _weigh_countries(found, one, other, following)
        _weigh_posts(found, one, other)
        _weigh_time(found, one, other)
        if (first, second) in together:
            found.speaks(-0.6, _("both are in one delegation or meeting: %(what)s") % {"what": together[first, second]})
        if one.wikidata and other.wikidata:
            found.speaks(-0.8, _("their Wikidata ids differ"))
        if left := _left_open(open_names.get(one.country, {}), one, other):
            found.speaks(0.1, _("printed names left open between them: %(names)s") % {"names": ", ".join(left)})
        found.score = round(min(max(found.score, 0.0), 1.0), 4)
    return weighed


def _known(ids: list[int]) -> dict[int, _Known]:
    known: dict[int, _Known] = {}
    for pk, name, country, wikidata in models.Official.objects.filter(pk__in=ids).values_list(
        "pk", "name", "country", "wikidata"
    ):
        known[pk] = _Known(name, country, wikidata, {name})
    for pk, text in models.OfficialName.objects.filter(official__in=ids).values_list("official", "text"):
        known[pk].names.add(text)
    for pk, post, title, rank, first, last in _appearances(ids):
        one = known[pk]
        if post:
            one.posts[post] = title
            one.ranks.add(rank)
        years = [day.year for day in (first, last) if day]
        one.first = min([year for year in (one.first, *years) if year is not None], default=None)
        one.last = max([year for year in (one.last, *years) if year is not None], default=None)
    return known


def _appearances(ids: list[int]) -> Iterable[tuple[Any, ...]]:
    """(official, post, its title, rank, first and last day) from delegations, meetings and tenures."""
    columns = ("official", "post", "post__title", "post__rank")
    parts = []
    for model, first, last in (
        (models.Member, Min("delegation__visit__earliest"), Max("delegation__visit__earliest")),
        (models.Member, Min("delegation__meeting__earliest"), Max("delegation__meeting__earliest")),
        (models.Participant, Min("meeting__earliest"), Max("meeting__earliest")),
        (models.Tenure, Earliest("start"), Latest("end")),
    ):
        rows = model._default_manager.filter(official__in=ids).order_by().values(*columns)
        parts.append(rows.annotate(first=first, last=last).values_list(*columns, "first", "last"))
    return parts[0].union(*parts[1:], all=True)


def _together(pairs: Iterable[Pair]) -> dict[Pair, str]:
    """Pairs that are seen side by side."""
    firsts, seconds = zip(*pairs, strict=True)
    found = {}
    for table, owner in (("visits_member", "delegation_id"), ("visits_participant", "meeting_id")):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT wanted.first, wanted.second, min(b.as_printed) FROM unnest(%s::bigint[], %s::bigint[]) "  # noqa: S608
                f"AS wanted(first, second) JOIN {table} a ON a.official_id = wanted.first "
                f"JOIN {table} b ON b.{owner} = a.{owner} AND b.official_id = wanted.second GROUP BY 1, 2",
                [list(firsts), list(seconds)],
            )
            found.update({(first, second): printed for first, second, printed in cursor.fetchall()})
    return found


def _open_names(countries: set[str | None]) -> dict[str | None, dict[str, frozenset[str]]]:
    """Printed names that the matcher could not decide between officials, by country."""
    found: dict[str | None, dict[str, frozenset[str]]] = defaultdict(dict)
    open_ = models.Doubt.objects.filter(code="ambiguous-person", judgement=None).order_by()
    parts = []
    for path, side in (("member", "member__delegation__sender_country"), ("participant", "participant__side_country")):
        rows = open_.filter(Q(**{f"{path}__isnull": False, f"{path}__official": None, f"{side}__in": countries}))
        parts.append(rows.values_list(side, f"{path}__name_as_printed", f"{path}__as_printed"))
    for country, name, printed in parts[0].union(parts[1], all=True):
        text = name or printed
        found[country][text] = frozenset(names.name_tokens(text))
    return found


def _left_open(open_names: dict[str, frozenset[str]], one: _Known, other: _Known) -> list[str]:
    mine, theirs = ({word for text in known.names for word in names.name_tokens(text)} for known in (one, other))
    return [text for text, words in open_names.items() if words and words <= mine and words <= theirs][:3]


def _weigh_names(found: Weighed, one: _Known, other: _Known) -> None:
    mine, theirs = _closest(one.names, other.names)
    words, others = names.name_tokens(mine), names.name_tokens(theirs)
    mine_all, theirs_all = Counter(words), Counter(others)  # Sabah al-Ahmad al-Sabah has one word twice
    if mine_all == theirs_all:
        same = _("the same name") if words == others else _("the same words")
        found.speaks(0.15, f"{same}: {mine}" if mine == theirs else f"{same}: {mine} / {theirs}")
    elif mine_all < theirs_all or theirs_all < mine_all:
        found.speaks(0.1, _("one name has all words of the other: %(one)s / %(other)s") % _two(mine, theirs))
    else:
        letters = DamerauLevenshtein.distance(" ".join(words), " ".join(others))
        said = _("names differ in %(letters)s letters: %(one)s / %(other)s")
        if letters == 1:
            said = _("names differ in one letter: %(one)s / %(other)s")
        found.speaks(0.1 if letters <= 2 else 0.0, said % {"letters": letters, **_two(mine, theirs)})
    if _numerals(words) != _numerals(others):
        found.speaks(-0.6, _("their numbers differ: %(one)s / %(other)s") % _two(mine, theirs))
    elif _initials(words) and _initials(others) and _initials(words) != _initials(others):
        found.speaks(-0.5, _("their initials differ: %(one)s / %(other)s") % _two(mine, theirs))
    elif _is_another_first_name(words, others):
        found.speaks(-0.3, _("one surname, but another first name"))


def _two(one: str, other: str) -> dict[str, str]:
    return {"one": one, "other": other}


def _closest(mine: set[str], theirs: set[str]) -> tuple[str, str]:
    """The two names, one of each, that differ least."""
    keys = {text: " ".join(sorted(names.name_tokens(text))) for text in mine | theirs}
    pairs = [(DamerauLevenshtein.normalized_distance(keys[a], keys[b]), a, b) for a in mine for b in theirs]
    return min(pairs)[1:]


def _initials(words: Iterable[str]) -> list[str]:
    return [word for word in words if len(word) == 1]


def _numerals(words: Iterable[str]) -> set[str]:
    return {word for word in words if len(word) > 1 and _NUMERAL.fullmatch(word)}


def _is_another_first_name(words: Sequence[str], others: Sequence[str]) -> bool:
    """All words but one are the same, and that one is another word: a brother, a son."""
    mine, theirs = (
        list((Counter(words) - Counter(others)).elements()),
        list((Counter(others) - Counter(words)).elements()),
    )
    if len(words) != len(others) or len(mine) != 1 or len(theirs) != 1 or len(words) < 2:
        return False
    if len(mine[0]) == 1 or len(theirs[0]) == 1:
        return mine[0][0] != theirs[0][0]
    return DamerauLevenshtein.normalized_similarity(mine[0], theirs[0]) < 0.55


def _weigh_countries(found: Weighed, one: _Known, other: _Known, following: set[tuple[str, str]]) -> None:
    if one.country == other.country:
        if one.country:
            found.speaks(0.0, _("the same country"))
    elif {(one.country, other.country), (other.country, one.country)} & following:
        found.speaks(0.0, _("one country followed the other"))
    else:
        found.speaks(-0.25, _("other countries"))


def _weigh_posts(found: Weighed, one: _Known, other: _Known) -> None:
    if same := one.posts.keys() & other.posts.keys():
        found.speaks(0.15, _("the same post: %(post)s") % {"post": one.posts[min(same)]})
    elif (one.ranks & other.ranks) - {"", "other"}:
        found.speaks(0.08, _("posts of the same rank"))
    elif one.posts and other.posts:
        titles = {"one": next(iter(one.posts.values())), "other": next(iter(other.posts.values()))}
        found.speaks(-0.05, _("other posts: %(one)s / %(other)s") % titles)


def _weigh_time(found: Weighed, one: _Known, other: _Known) -> None:
    if one.first is None or other.first is None or one.last is None or other.last is None:
        return
    apart = max(one.first - other.last, other.first - one.last, 0)
    years = {"one": _years(one.first, one.last), "other": _years(other.first, other.last), "apart": apart}
    if apart == 0:
        found.speaks(0.1, _("seen at the same time: %(one)s and %(other)s") % years)
    elif apart <= _APART[0]:
        found.speaks(0.1, _("close in time: %(one)s and %(other)s") % years)
    elif apart <= _APART[1]:
        found.speaks(0.0, _("%(apart)s years apart: %(one)s and %(other)s") % years)
    else:
        found.speaks(-0.2 if apart <= _APART[2] else -0.4, _("%(apart)s years apart: %(one)s and %(other)s") % years)


def _years(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _organizations(alike: dict[Pair, float]) -> dict[Pair, Weighed]:
    columns = ("pk", "name", "kind", "country", "slug")
    called = _called(models.OrganizationName, "organization", alike)
    rows = {pk: rest for pk, *rest in models.Organization.objects.filter(pk__in=_ids(alike)).values_list(*columns)}
    weighed = {}
    for (first, second), likeness in alike.items():
        if first not in rows or second not in rows:
            continue
        found = weighed[first, second] = Weighed(0.8 * likeness)
        (name, kind, country, slug), (other_name, other_kind, other_country, other_slug) = rows[first], rows[second]
        _weigh_words(found, name, other_name)
        _show_closest(found, name, other_name, called[first], called[second])
        if country == other_country:
            found.speaks(0.05 if country else 0.0, _("the same country") if country else _("neither has a country"))
        if "other" not in {kind, other_kind}:
            same = kind == other_kind
            found.speaks(0.05 if same else -0.2, _("of one kind") if same else _("of two kinds"))
        if slug and other_slug:
            found.speaks(-0.4, _("both are in the reference data"))
        found.score = round(min(max(found.score, 0.0), 1.0), 4)
    return weighed


def _posts(alike: dict[Pair, float]) -> dict[Pair, Weighed]:
    columns = ("pk", "title", "rank", "organization__name")
    rows = {pk: rest for pk, *rest in models.Post.objects.filter(pk__in=_ids(alike)).values_list(*columns)}
    holders: dict[int, set[int]] = defaultdict(set)
    for model in (models.Member, models.Participant, models.Tenure):
        held = model._default_manager.filter(post__in=list(rows), official__isnull=False)
        for post, official in held.order_by().values_list("post", "official").distinct():
            holders[post].add(official)
    weighed = {}
    for (first, second), likeness in alike.items():
        if first not in rows or second not in rows:
            continue
        found = weighed[first, second] = Weighed(0.7 * likeness)
        (title, rank, body), (other_title, other_rank, other_body) = rows[first], rows[second]
        _weigh_words(found, title, other_title)
        if rank == other_rank:
            found.speaks(0.05, _("of one rank"))
        else:
            found.speaks(-0.3, _("of two ranks"))
        if qualified := _QUALIFIERS & (
            set(names.search_key(title).split()) ^ set(names.search_key(other_title).split())
        ):
            found.speaks(-0.3, _("one of them alone is: %(word)s") % {"word": ", ".join(sorted(qualified))})
        if body and other_body:
            same = body == other_body
            words = _("at one organization: %(one)s") if same else _("at two organizations: %(one)s / %(other)s")
            found.speaks(0.1 if same else -0.2, words % _two(body, other_body))
        if both := holders[first] & holders[second]:
            found.speaks(0.15, _("held by the same people: %(number)s") % {"number": len(both)})
        found.score = round(min(max(found.score, 0.0), 1.0), 4)
    return weighed


def _topics(alike: dict[Pair, float]) -> dict[Pair, Weighed]:
    topics = models.Topic.objects.filter(pk__in=_ids(alike)).values_list("pk", "name", "parent")
    rows = {pk: (name, parent) for pk, name, parent in topics}
    called = _called(models.TopicName, "topic", alike)
    weighed = {}
    for (first, second), likeness in alike.items():
        if first not in rows or second not in rows:
            continue
        found = weighed[first, second] = Weighed(0.85 * likeness)
        (name, parent), (other_name, other_parent) = rows[first], rows[second]
        _show_closest(found, name, other_name, called[first], called[second])
        _weigh_words(found, name, other_name)
        if first == other_parent or second == parent:
            found.speaks(-0.4, _("one is a part of the other"))
        elif parent is not None and parent == other_parent:
            found.speaks(0.05, _("below the same topic"))
        found.score = round(min(max(found.score, 0.0), 1.0), 4)
    return weighed


def _called(model: Any, owner: str, pairs: Iterable[Pair]) -> dict[int, set[str]]:
    """The further names of each record."""
    called: dict[int, set[str]] = defaultdict(set)
    for pk, text in model.objects.filter(**{f"{owner}__in": _ids(pairs)}).values_list(owner, "text"):
        called[pk].add(text)
    return called


def _show_closest(found: Weighed, name: str, other: str, names_: set[str], others: set[str]) -> None:
    mine, theirs = _closest({name, *names_}, {other, *others})
    if (mine, theirs) != (name, other):
        found.speaks(0.0, _("names that are alike: %(one)s / %(other)s") % _two(mine, theirs))


def _weigh_words(found: Weighed, one: str, other: str) -> None:
    words, others = names.search_key(one).split(), names.search_key(other).split()
    if sorted(words) == sorted(others):
        found.speaks(0.15, _("the same words: %(one)s / %(other)s") % _two(one, other))
        return
    letters = DamerauLevenshtein.distance(" ".join(words), " ".join(others))
    if letters <= 2:
        found.speaks(0.15, _("names differ in %(letters)s letters") % {"letters": letters})
    elif len(words) == len(others) and len(set(words) ^ set(others)) == 2:
        mine, theirs = set(words) - set(others), set(others) - set(words)
        found.speaks(-0.3, _("another word: %(one)s / %(other)s") % _two(mine.pop(), theirs.pop()))


_WEIGH = {"official": _officials, "organization": _organizations, "post": _posts, "topic": _topics}
