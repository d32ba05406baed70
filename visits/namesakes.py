"""Is this printed name somebody whom we know? An answer with reasons: one, none, or ambiguous.

Names are compared by `likeness`, time by years, offices by rank: how like two names must be depends on how near the
post and the years are. Nothing is read or written here.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import likeness, names
from .enums import Rank
from .likeness import (
    GRADES,
    LONGER,
    MIDDLE_NAME,
    SAME,
    SPELT,
    SURNAME,
    SURNAMES,
    Grade,
    Words,
    is_full,
    own_words,
    sound,
    without_article,
    words_of,
)

# Posts that one person holds at a time, in a country.
HEADS = frozenset((Rank.HEAD_OF_STATE.value, Rank.HEAD_OF_GOVERNMENT.value))
HEIR = "heir"  # of a monarch; no rank of a post, only one to compare by
SINGLE = HEADS | {Rank.FOREIGN_MINISTER.value, Rank.RELIGIOUS_LEADER.value, HEIR}
# Posts that one person may hold one behind the other, under the same name.
_LEADING_RANKS = HEADS | {HEIR}
# Years between two mentions of one holder of a post within which a like name means the holder too.
_HOLDS_ON = 6
_AT_ANY_RANK = 15  # years, in posts that several hold at a time
# Years from everybody who is known and has the surname, or the whole name, beyond which it is somebody else.
_TOO_FAR, _TOO_FAR_SAME_NAME = 20, 40
_CLEARLY_NEARER = 4  # years
_MOST_SHOWN = 10
_WHOLE_NAMES, _PARTS_OF_NAMES = (SAME, SPELT, LONGER), (SURNAMES, SURNAME, MIDDLE_NAME)
_LEADING = {
    "president": Rank.HEAD_OF_STATE, "prime minister": Rank.HEAD_OF_GOVERNMENT, "premier": Rank.HEAD_OF_GOVERNMENT,
    "chancellor": Rank.HEAD_OF_GOVERNMENT,
}  # fmt: skip
_HEIR = re.compile(r"(?:hereditary |crown )(?:grand )?(?:prince|princess|duke|duchess)\b")
_ELECT = re.compile(r"(.+?)\s*-\s*(?:elect|designate)")
_REGAL = re.compile(
    r"\b(?:king|queen|emperor|empress|sultan|amir|emir|shah|tsar|prince|princess|grand duke|grand duchess|pope)\b"
)

Span = tuple[int, int]


def standing(rank: str, title: str = "") -> str:
    """The rank to compare by: a president-elect is seen in the post of the president, a crown prince in his own."""
    if rank not in HEADS and _HEIR.match(title.casefold()):
        return HEIR
    elect = _ELECT.fullmatch(title.casefold().replace("- ", "-")) if rank == Rank.OTHER else None
    return _LEADING[elect[1]].value if elect and elect[1] in _LEADING else rank


def is_regal(title: str) -> bool:
    """Whether it is the title of somebody who is called by a name without surname."""
    return bool(_REGAL.search(title.casefold()))


@dataclass(eq=False)
class Known:
    """An official: the words of each of their names, and when they are seen at each rank."""

    reference: Any
    name: str
    home: "Pool" = field(repr=False)
    spellings: set[Words] = field(default_factory=set)
    ranks: dict[str, list[Span]] = field(default_factory=dict)
    firm: dict[str, list[Span]] = field(default_factory=dict)  # of these, where more than a surname is printed
    reigns: bool = False  # seen with the title of a monarch

    def seen(self, rank: str, first: int | None, last: int | None, *, firm: bool = True) -> None:
        """Note the years; one that is not known is not noted, the rank is."""
        span = (first if first is not None else last, last if last is not None else first)
        for noted in (self.ranks, self.firm) if firm else (self.ranks,):
            spans = noted.setdefault(rank, [])
            if span[0] is not None and span not in spans:
                spans.append(span)  # type: ignore[arg-type]

    def apart(self, year: int | None) -> int | None:
        """Years between `year` and the nearest in which they are seen; None where either is unknown."""
        return _apart((span for spans in self.ranks.values() for span in spans), year)

    def apart_at(self, ranks: Iterable[str], year: int | None) -> int | None:
        return _apart((span for rank in ranks for span in self.ranks.get(rank, ())), year)

    def is_outside(self, rank: str, year: int) -> bool:
        """Whether a year is before or behind all in which more than a surname is seen at a rank: it may be a parent's,
        or a child's."""
        before, after = self.nearest(self.firm.get(rank, ()), year)
        return (before is None) != (after is None) and _apart(self.firm[rank], year) != 0

    @staticmethod
    def nearest(spans: Sequence[Span], year: int) -> tuple[int | None, int | None]:
        """The last year before and the first after of these."""
        before = max((min(last, year - 1) for first, last in spans if first < year), default=None)
        return before, min((max(first, year + 1) for first, last in spans if last > year), default=None)


class Pool:
    """The officials of one country, found by key and by the sound of each word.

    From `begin` on it is noted what is added, until `restore` takes that back. `beside` are the pools of countries
    that this one followed or was followed by; `different` holds who are never the same.
    """

    def __init__(self) -> None:
        self.people: list[Known] = []
        self.beside: list[Pool] = []
        self.different: set[frozenset[Any]] = set()
        self.waiting: set[str] = set()  # how the words of full names sound that stayed as printed
        self._undo: list[Callable[[], Any]] | None = None
        self._by_key: dict[str, list[Known]] = defaultdict(list)
        self._by_sound: dict[str, list[Known]] = defaultdict(list)
        self._holders: dict[str, list[Known]] = defaultdict(list)

    def begin(self) -> None:
        self._undo = []

    def restore(self) -> None:
        for step in reversed(self._undo or ()):
            step()
        self._undo = None

    def _append(self, people: list[Known], one: Known) -> None:
        if one in people:
            return
        people.append(one)
        if self._undo is not None:
            self._undo.append(people.pop)

    def add(self, reference: Any, name: str) -> Known:
        one = Known(reference, name, self)
        self._append(self.people, one)
        self.call(one, name)
        return one

    def call(self, one: Known, name: str) -> bool:
        """Add one of their names; whether it is a new one."""
        words = words_of(name)
        if words in one.spellings:
            return False
        one.spellings.add(words)
        if self._undo is not None:
            self._undo.append(lambda: one.spellings.discard(words))
        self._append(self._by_key[names.name_key(name)], one)
        for word in own_words(words) or words:
            self._append(self._by_sound[_index(word)], one)
        return True

    def see(
        self, one: Known, rank: str, first: int | None, last: int | None, *, regal: bool = False, firm: bool = True
    ) -> None:
        """Note the years in which they are seen at a rank; not `firm` by a surname alone."""
        before = [{name: list(spans) for name, spans in noted.items()} for noted in (one.ranks, one.firm)]
        reigned = one.reigns
        one.seen(rank, first, last, firm=firm)
        one.reigns |= regal
        self._append(self._holders[rank], one)
        if self._undo is not None:
            self._undo.append(lambda: one.__dict__.update(ranks=before[0], firm=before[1], reigns=reigned))

    def wait(self, name: str) -> None:
        """Note a full name that stayed as printed: a surname may be theirs, so that it waits, too."""
        new = set(map(sound, own_words(words_of(name)))) - self.waiting
        self.waiting |= new
        if self._undo is not None and new:
            self._undo.append(lambda: self.waiting.difference_update(new))

    def named(self, name: str) -> list[Known]:
        """Those who have this name in any order of its words."""
        return list(self._by_key.get(names.name_key(name), ()))

    def near(self, name: str) -> list[Known]:
        """Those who have a name with this key, or a word that sounds like one of its words."""
        words = words_of(name)
        found = {id(one): one for one in self.named(name)}
        for word in own_words(words) or words:
            found |= {id(one): one for one in self._by_sound.get(_index(word), ())}
        return list(found.values())

    def is_alone(self, one: Known, rank: str, year: int) -> bool:
        """Whether nobody else is seen at a rank between `year` and the nearest year in which this one is."""
        if one.apart_at([rank], year) == 0:
            return True
        before, after = one.nearest(one.ranks.get(rank, ()), year)
        gaps = [(low, high) for low, high in ((before, year), (year, after)) if low is not None and high is not None]
        gap = min(gaps, key=lambda span: span[1] - span[0], default=(year, year))
        return not self._others_between(one, rank, *gap)

    def holds_on(self, one: Known, rank: str, year: int) -> bool:
        """Whether they are seen at a rank shortly before and shortly after, and nobody else in between."""
        before, after = one.nearest(one.firm.get(rank, ()), year)
        if before is None or after is None or after - before > _HOLDS_ON:
            return False
        return not self._others_between(one, rank, before, after)

    def _others_between(self, one: Known, rank: str, low: int, high: int) -> bool:
        return any(
            low < last and first < high
            for other in self._holders.get(rank, ())
            if other is not one
            for first, last in other.ranks.get(rank, ())
        )


def _index(word: str) -> str:
    return sound(without_article(word))[:3] or word


@dataclass(frozen=True)
class Answer:
    """`who` is set for `one` only. `none` means: nobody whom we know. `reasons` has a line for each candidate.

    `likely` are those of an ambiguous name, each with its line in `reasons`.
    """

    word: str
    who: Known | None
    reasons: list[str]
    candidates: list[str] = field(default_factory=list)
    likely: list[Known] = field(default_factory=list)


@dataclass(frozen=True)
class _Likely:
    """Somebody with a like name: how like, how many years away, and whether that suffices."""

    who: Known
    grade: Grade
    apart: int | None
    is_same_post: bool
    suffices: bool
    waits: bool  # what is known later may tell

    @property
    def is_too_far(self) -> bool:
        return not _within(self.apart or 0, _TOO_FAR_SAME_NAME if self.grade in _WHOLE_NAMES else _TOO_FAR)

    @property
    def order(self) -> tuple[int, int]:
        return GRADES.index(self.grade), self.apart or 0

    @property
    def place(self) -> tuple[tuple[int, int], str, tuple[Words, ...]]:
        """The same place however the pool was filled."""
        return self.order, self.who.name, tuple(sorted(self.who.spellings))

    def words(self) -> str:
        near = "" if self.apart is None else f", {_years(self.apart)}"
        post = ", same post" if self.is_same_post else ""
        return f"same country{post}, {self.grade.words}{near}: {self.who.name}"


def who_is(
    name: str,
    rank: str,
    year: int | None,
    pool: Pool,
    *,
    regal: bool = False,
    final: bool = False,
    by_surname: bool = False,
) -> Answer:
    """Whom of the pool (the officials of one country) a name means, printed with an office of this rank.

    `final`: nothing more will become known, so that what would wait is decided. `by_surname`: a surname in a post that
    one person holds at a time is somebody by itself, unless one who has it is known in that post.
    """
    words = words_of(name)
    if not words:
        return Answer("none", None, ["no name"])
    likely = sorted(_likely(words, name, rank, year, pool, regal=regal), key=lambda one: one.place)
    likely = [one for one in likely if not _is_denied(one, likely, pool)]
    sure = [one for one in likely if one.suffices]
    if len(sure) > 1:
        sure = _clearly_first(sure)
    if not final and not is_full(name) and pool.waiting.intersection(map(sound, own_words(words))):
        return _ambiguous(likely, [one.who.name for one in likely])
    if len(sure) == 1:
        return Answer("one", sure[0].who, [sure[0].words()])
    alone = [one for one in likely if one.grade.near]
    if year is None and len(alone) == 1 and alone[0].is_same_post:  # without a year nothing else can speak for it
        return Answer("one", alone[0].who, [f"{alone[0].words()}, the only one"])
    if not alone and (found := _beside(name, words, rank, year, pool)):
        return found
    full = is_full(name) or regal
    doubtful = sure or [one for one in likely if one.grade.near or (one.waits and not final)]
    if final:
        doubtful = [one for one in doubtful if not one.is_too_far]
        if by_surname and rank in SINGLE and year is not None and not full:
            doubtful = [one for one in doubtful if one.is_same_post or (rank in HEADS and one.who.ranks.keys() & HEADS)]
    if doubtful:
        return _ambiguous(doubtful, sorted({one.who.name for one in doubtful}))
    if full:
        return Answer("none", None, ["no official of this country has this name: a new one"])
    return Answer("none", None, ["a surname alone, and no official of this country who may be meant has it"])


def _ambiguous(likely: list[_Likely], candidates: list[str]) -> Answer:
    shown = likely[:_MOST_SHOWN]
    return Answer("ambiguous", None, [one.words() for one in shown], candidates, [one.who for one in shown])


def _likely(words: Words, name: str, rank: str, year: int | None, pool: Pool, *, regal: bool) -> Iterator[_Likely]:
    for one in pool.near(name):
        reign = regal and one.reigns
        grades = [grade for other in one.spellings if (grade := likeness.compare(words, other, regal=reign))]
        # One who is also called Hamad bin Khalifa is not Hamad bin Jassim, however like a shorter name of theirs is.
        if grades and any(likeness.are_apart(words, other) for other in one.spellings):
            continue
        # A name of a reign is no surname of somebody else, nor is a surname one.
        is_other = regal != one.reigns and (regal or is_full(name))
        if grades and not (is_other and min(grades, key=GRADES.index) in _PARTS_OF_NAMES):
            yield _weighed(one, min(grades, key=GRADES.index), rank, year, pool)


def _weighed(one: Known, grade: Grade, rank: str, year: int | None, pool: Pool) -> _Likely:
    anywhere = one.apart(year)
    if grade is SAME and anywhere is None:
        return _Likely(one, grade, None, rank in one.ranks, suffices=True, waits=False)
    if year is None:
        return _Likely(one, grade, None, rank in one.ranks, suffices=False, waits=False)
    here = one.apart_at([rank], year)
    suffices = _within(anywhere, grade.anywhere)
    waits = False
    if here is not None and rank in SINGLE:
        is_alone = pool.is_alone(one, rank, year)
        limit = (
            grade.alone if is_alone and not (grade in _PARTS_OF_NAMES and one.is_outside(rank, year)) else grade.apart
        )
        suffices |= _within(here, limit) or _within(here, grade.apart)
        suffices |= pool.holds_on(one, rank, year)
        waits = is_alone and here <= _HOLDS_ON
    elif here is not None and grade.apart is not None and grade.apart >= _AT_ANY_RANK:
        suffices |= here <= _AT_ANY_RANK
    if rank in _LEADING_RANKS:
        suffices |= _within(one.apart_at(_LEADING_RANKS - {rank}, year), grade.elsewhere)
    return _Likely(one, grade, anywhere, here is not None, suffices, waits)


def _is_denied(one: _Likely, likely: list[_Likely], pool: Pool) -> bool:
    """Whether somebody who is never the same as this one has the name more closely."""
    return any(
        other.order < one.order and frozenset((one.who.reference, other.who.reference)) in pool.different
        for other in likely
    )


def _clearly_first(sure: list[_Likely]) -> list[_Likely]:
    """The one of several who has the name, or who is much nearer in time; else all."""
    named = [one for one in sure if one.grade is SAME]
    if len(named) == 1:
        return named
    first, second = sorted(named or sure, key=lambda one: one.apart or 0)[:2]
    return [first] if (second.apart or 0) - (first.apart or 0) >= _CLEARLY_NEARER and not first.apart else sure


def _beside(name: str, words: Words, rank: str, year: int | None, pool: Pool) -> Answer | None:
    """The same name in the same leading post of the country that came before or after this one."""
    if rank not in HEADS or year is None or not is_full(name):
        return None
    found = [
        one
        for other in pool.beside
        for one in other.near(name)
        if words in one.spellings and _within(one.apart_at([rank], year), _HOLDS_ON)
    ]
    if len(found) != 1:
        return None
    line = f"a country that followed the other, same post, the same name, {_years(found[0].apart(year) or 0)}"
    return Answer("one", found[0], [f"{line}: {found[0].name}"])


def _years(apart: int) -> str:
    return "in those years" if not apart else "a year apart" if apart == 1 else f"{apart} years apart"


def _within(apart: int | None, limit: int | None) -> bool:
    return apart is not None and limit is not None and apart <= limit


def _apart(spans: Iterable[Span], year: int | None) -> int | None:
    if year is None:
        return None
    return min((max(first - year, year - last, 0) for first, last in spans), default=None)


__all__ = ["HEADS", "SINGLE", "Answer", "Known", "Pool", "is_full", "is_regal", "standing", "who_is"]
