"""The visits of one text against its labels: what is right, wrong, missed and too much, value by value.

A label may forgive (see docs/article-reader.md): `optional` visits, other accepted values (`start_alt`, ...), days that
are derived or of single events, persons and outcomes that may be named.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from . import likeness
from .pairing import pairs

SCORED = (
    "is_visit",
    "visiting_country",
    "host_country",
    "start",
    "end",
    "head.name",
    "head.post",
    "delegation_members.name",
    "meetings.counterparts.name",
    "meetings.counterparts.post",
    "outcomes.kind",
    "status",
    "kind",
    "frameworks",
    "topics",
)
SHOWN = ("cities", "meetings.date", "sources_cited")  # beside the others, not in their mean
_SAME_PHRASE = 0.5
_SURE = 2.9  # an optional visit takes up one of ours where both countries or the head agree
Flat = dict[str, Any]


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"  # another value is right
    EXTRA = "extra"  # there is none
    MISSED = "missed"
    FORGIVEN = "forgiven"  # neither right nor wrong


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of one value: said (in which of our visits, the how many-th of its list) or expected."""

    field: str
    verdict: Verdict
    said: Any = None
    expected: Any = None
    visit: int | None = None
    item: int | None = None

    def __str__(self) -> str:
        words = {
            Verdict.WRONG: f"“{self.said}” instead of “{self.expected}”",
            Verdict.MISSED: f"“{self.expected}” missed",
            Verdict.EXTRA: f"“{self.said}” is too much",
        }
        return f"{self.field}: {words.get(self.verdict) or f'“{self.said}” {self.verdict}'}"


def marks(gold: Flat, said: Sequence[Flat]) -> list[Mark]:
    """The marks of one text: `gold` is its label, `said` the visits of the reader."""
    ambiguous = bool(gold.get("ambiguous"))
    expected = [{**visit, "optional": True} if ambiguous else visit for visit in gold.get("visits", ())]
    found = [] if ambiguous else _about_the_text(bool(gold.get("is_visit")), expected, said)
    pairing = [
        (one, other)
        for one, other in pairs(expected, said, _visits_alike)
        if not expected[one].get("optional") or _visits_alike(expected[one], said[other]) >= _SURE
    ]
    theirs = dict(pairing)
    for one, visit in enumerate(expected):
        if not visit.get("optional"):
            found += _compared(visit, said[theirs[one]] if one in theirs else {}, theirs.get(one))
    for other, visit in enumerate(said):
        if other not in theirs.values():
            found += _compared({}, visit, other)
    return found


def _about_the_text(tells: bool, expected: Sequence[Flat], said: Sequence[Flat]) -> list[Mark]:
    """Whether the text tells of a visit; a label without one forgives the optional visits that it names."""
    says = bool(said)
    if says and not tells:
        says = any(max((_visits_alike(one, other) for one in expected), default=0.0) < 4 for other in said)
    if not tells and not says:
        return []
    verdict = Verdict.RIGHT if tells and says else Verdict.EXTRA if says else Verdict.MISSED
    return [Mark("is_visit", verdict, says, tells)]


def _visits_alike(gold: Flat, said: Flat) -> float:
    """Two for each country, three for the head, a little for what tells two visits of one pair apart."""
    guest = _one_of(likeness.countries, _accepted(gold, "visiting_country"), said.get("visiting_country"))
    host = _one_of(likeness.countries, _accepted(gold, "host_country"), said.get("host_country"))
    head = _one_of(likeness.names, _head_names(gold), _head(said).get("name"))
    weight = 2.0 * guest + 2.0 * host + 3.0 * head
    if not weight:
        return 0.0
    weight += 0.4 * _one_of(_same, _accepted(gold, "status"), said.get("status"))
    weight += 0.4 * _one_of(likeness.days, _accepted(gold, "start"), said.get("start"))
    weight += 0.3 * _any(likeness.names, _texts(gold, "cities"), _texts(said, "cities"))
    weight += 0.3 * _any(likeness.names, _names(_counterparts(gold)), _names(_counterparts(said)))
    return weight - 0.05 * bool(gold.get("optional"))


def _compared(gold: Flat, said: Flat, number: int | None) -> list[Mark]:
    """The marks of a pair of visits; an empty one stands for none."""
    paper = _Paper(number)
    for name in ("visiting_country", "host_country"):
        right = _one_of(likeness.countries, _accepted(gold, name), said.get(name))
        paper.one(name, gold.get(name), said.get(name), right=right)
    _days(paper, gold, said)
    _head_of(paper, gold, said)
    _members(paper, gold, said)
    _met(paper, gold, said)
    _kind_and_status(paper, gold, said)
    _matters(paper, gold, said)
    return paper.marks


@dataclass
class _Paper:
    """Marks are written here, value by value, about the visit of ours with this number."""

    number: int | None
    marks: list[Mark] = field(default_factory=list)

    def one(
        self,
        name: str,
        expected: Any,
        said: Any,
        *,
        right: bool = False,
        may_miss: bool = False,
        may_add: bool = False,
        item: int | None = None,
    ) -> None:
        """The mark of a single value."""
        if said and expected:
            verdict = Verdict.RIGHT if right else Verdict.WRONG
        elif said:
            verdict = Verdict.FORGIVEN if may_add else Verdict.EXTRA
        elif expected:
            verdict = Verdict.FORGIVEN if may_miss else Verdict.MISSED
        else:
            return
        self.marks.append(Mark(name, verdict, said or None, expected or None, self.number, item))

    def several(
        self,
        name: str,
        expected: Sequence[Any],
        said: Sequence[Any],
        alike: Callable[[Any, Any], float],
        may_add: Callable[[Any], bool] = lambda one: False,
    ) -> list[tuple[int, int]]:
        """The marks of a list, paired as well as can be; the pairs."""
        paired = pairs(expected, said, alike)
        ours = {other: one for one, other in paired}
        for other, value in enumerate(said):
            partner = expected[ours[other]] if other in ours else None
            self.one(name, partner, value, right=True, may_add=other not in ours and may_add(value), item=other)
        for one, value in enumerate(expected):
            if one not in ours.values():
                self.one(name, value, None)
        return paired


def _days(paper: _Paper, gold: Flat, said: Flat) -> None:
    dates, ours = ([one["date"] for one in _meetings(visit) if one.get("date")] for visit in (gold, said))
    events = {str(one) for one in (*dates, *_list(gold, "event_dates"))}
    for name in ("start", "end"):
        given = said.get(name)
        paper.one(
            name,
            gold.get(name),
            given,
            right=_one_of(likeness.days, _accepted(gold, name), given),
            may_miss=bool(gold.get(f"{name}_derived") or gold.get(f"{name}_partial")),
            may_add=str(given) in events or _one_of(likeness.days, _list(gold, f"{name}_alt"), given),
        )
    paper.several("meetings.date", dates, ours, likeness.days, lambda one: str(one) in events)


def _head_of(paper: _Paper, gold: Flat, said: Flat) -> None:
    wanted, given = _head(gold), _head(said)
    name, post = given.get("name"), given.get("post")
    right = bool(wanted.get("name")) and _one_of(likeness.names, _head_names(gold), name)
    other = _one_of(likeness.names, _list(gold, "head_alt"), name)
    instead = other and not wanted.get("name")
    paper.one("head.name", wanted.get("name"), name, right=right, may_add=instead)
    same_post = _posts_alike(wanted.get("post"), post) or (right and other)
    paper.one("head.post", wanted.get("post"), post, right=same_post, may_add=instead)


def _members(paper: _Paper, gold: Flat, said: Flat) -> None:
    expected, given = (_names(_people(visit, "delegation_members")) for visit in (gold, said))
    others = [*_list(gold, "members_optional"), *_head_names(gold)]
    may_add = lambda name: _one_of(likeness.names, others, name)  # noqa: E731
    paper.several("delegation_members.name", expected, given, _names_alike, may_add)


def _met(paper: _Paper, gold: Flat, said: Flat) -> None:
    expected, given = _counterparts(gold), _counterparts(said)
    others = _list(gold, "meetings_optional")
    may_add = lambda name: _one_of(likeness.names, others, name)  # noqa: E731
    paired = paper.several(
        "meetings.counterparts.name", _names(expected), _names(given), _names_alike, may_add
    )  # fmt: skip
    name, theirs = "meetings.counterparts.post", {other: one for one, other in paired}
    for other, person in enumerate(given):
        post = person.get("post")
        if other in theirs:
            wanted = expected[theirs[other]].get("post")
            paper.one(name, wanted, post, right=_posts_alike(wanted, post), item=other)
        else:
            paper.one(name, None, post, may_add=may_add(person["name"]), item=other)
    for one, person in enumerate(expected):
        if one not in theirs.values():
            paper.one(name, person.get("post"), None)


def _kind_and_status(paper: _Paper, gold: Flat, said: Flat) -> None:
    status = said.get("status")
    paper.one("status", gold.get("status"), status, right=_one_of(_same, _accepted(gold, "status"), status))
    wanted, given = _kind(gold), _kind(said)
    accepted = _accepted(gold, "kind")
    right = _one_of(_same, accepted, given)
    paper.one("kind", wanted, given, right=right, may_miss=_any(_same, ["unknown"], accepted), may_add=right)


def _matters(paper: _Paper, gold: Flat, said: Flat) -> None:
    expected, given = ([_outcome_kind(one) for one in _list(visit, "outcomes")] for visit in (gold, said))
    others = {_outcome_kind(one) for one in _list(gold, "outcomes_optional")}
    paper.several("outcomes.kind", expected, given, _same, lambda kind: kind in others)
    for name in ("frameworks", "topics", "sources_cited"):
        paper.several(name, _texts(gold, name), _texts(said, name), _phrases_alike)
    cities = _list(gold, "cities_alt")
    may_add = lambda city: _one_of(likeness.names, cities, city)  # noqa: E731
    paper.several("cities", _texts(gold, "cities"), _texts(said, "cities"), _names_alike, may_add)


# reading the flat shape


def _list(visit: Flat, name: str) -> list[Any]:
    value = visit.get(name)
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def _accepted(visit: Flat, name: str) -> list[Any]:
    """The value and the others that a label accepts."""
    return [one for one in (visit.get(name), *_list(visit, f"{name}_alt")) if one]


def _head(visit: Flat) -> Flat:
    head = visit.get("head") or {}
    return head if isinstance(head, dict) else {"name": head}


def _head_names(visit: Flat) -> list[Any]:
    head = _head(visit)
    return [one for one in (head.get("name"), *_list(head, "aliases"), *_list(visit, "head_alt")) if one]


def _people(visit: Flat, name: str) -> list[Flat]:
    people = [one if isinstance(one, dict) else {"name": one} for one in _list(visit, name)]
    return [{**one, "name": str(one["name"])} for one in people if one.get("name")]


def _meetings(visit: Flat) -> list[Flat]:
    return [one for one in _list(visit, "meetings") if isinstance(one, dict)]


def _counterparts(visit: Flat) -> list[Flat]:
    return [person for meeting in _meetings(visit) for person in _people(meeting, "counterparts")]


def _names(people: Sequence[Flat]) -> list[str]:
    return [person["name"] for person in people]


def _texts(visit: Flat, name: str) -> list[str]:
    items = (one if isinstance(one, dict) else {"text": one} for one in _list(visit, name))
    return [str(text) for one in items if (text := one.get("text") or one.get("name"))]


def _kind(visit: Flat) -> Any:
    kind = visit.get("kind")
    return None if kind and _same("unknown", kind) else kind


def _outcome_kind(outcome: Any) -> str:
    """The kind in one word; "none" for an outcome without one."""
    kind = likeness.folded((outcome.get("kind") if isinstance(outcome, dict) else outcome) or "none").strip()
    return {"mou": "memorandum", "memorandum of understanding": "memorandum", "statement": "joint statement"}.get(
        kind, kind
    )


# likeness of values


def _one_of(alike: Callable[[Any, Any], Any], accepted: Sequence[Any], said: Any) -> bool:
    return bool(said) and any(alike(one, said) for one in accepted)


def _any(alike: Callable[[Any, Any], Any], left: Sequence[Any], right: Sequence[Any]) -> bool:
    return any(alike(one, other) for one in left for other in right)


def _same(one: Any, other: Any) -> bool:
    return likeness.folded(one) == likeness.folded(other)


def _names_alike(one: str, other: str) -> float:
    return (1.0 + 0.01 * _same(one, other)) if likeness.names(one, other) else 0.0


def _phrases_alike(one: str, other: str) -> float:
    share = likeness.phrases(one, other)
    return share if share >= _SAME_PHRASE else 0.0


def _posts_alike(one: Any, other: Any) -> bool:
    return bool(one and other) and likeness.posts(str(one), str(other))
