"""What a proposed record is worth to those who wait for it: a list of rules with points, and so its turn.

A point is worth a day of waiting: what is worth ten points comes before all that came up to ten days earlier and is
worth nothing. So nothing waits for ever. A rule is added here and nowhere else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from visits import dates
from visits.enums import Action, Modality, Rank
from visits.models import Candidate

_LEADERS = {Rank.HEAD_OF_STATE, Rank.HEAD_OF_GOVERNMENT}
_SECOND = {Rank.FOREIGN_MINISTER, Rank.DEPUTY_HEAD_OF_GOVERNMENT, Rank.SPEAKER}
_THIRD = {Rank.MINISTER, Rank.DEPUTY_MINISTER, Rank.REGIONAL_HEAD, Rank.MONARCH_FAMILY, Rank.RELIGIOUS_LEADER}
_FIRM = {Modality.AGREED, Modality.SIGNED}


@dataclass(frozen=True)
class _Seen:
    """What the rules look at."""

    candidate: Candidate
    ranks: frozenset[str]
    outcomes: frozenset[str]  # their modalities

    @property
    def record(self) -> dict[str, Any]:
        return self.candidate.record or {}


@dataclass(frozen=True)
class Rule:
    name: str
    points: int
    reason: Any
    applies: Callable[[_Seen], bool]


RULES: tuple[Rule, ...] = (
    Rule("leader", 20, _("a head of state or government"), lambda seen: bool(seen.ranks & _LEADERS)),
    Rule(
        "second",
        12,
        _("a foreign minister, deputy head of government or speaker"),
        lambda seen: bool(seen.ranks & _SECOND) and not seen.ranks & _LEADERS,
    ),
    Rule(
        "third",
        6,
        _("a minister or another who stands for a state"),
        lambda seen: bool(seen.ranks & _THIRD) and not seen.ranks & (_LEADERS | _SECOND),
    ),
    Rule("firm", 8, _("something was agreed or signed"), lambda seen: bool(seen.outcomes & _FIRM)),
    Rule("open", 4, _("something was proposed"), lambda seen: bool(seen.outcomes) and not seen.outcomes & _FIRM),
    Rule(
        "contradiction",
        6,
        _("it contradicts what a person edited"),
        lambda seen: any(change.get("conflict") for change in seen.candidate.difference),
    ),
    Rule("new", 4, _("a record that is not there yet"), lambda seen: seen.candidate.action == Action.CREATE),
    Rule(
        "dated",
        2,
        _("its day is known"),
        lambda seen: dates.bounds(seen.record.get("start") or seen.record.get("date") or "")[0] is not None,
    ),
)


def reasons(candidate: Candidate) -> list[Rule]:
    """The rules that apply; a text without a record is worth nothing."""
    record = candidate.record or {}
    if not record:
        return []
    seen = _Seen(candidate, frozenset(_ranks(record)), frozenset(_modalities(record)))
    return [rule for rule in RULES if rule.applies(seen)]


def points(candidate: Candidate) -> int:
    return sum(rule.points for rule in reasons(candidate))


def turn(candidate: Candidate, came: datetime) -> datetime:
    """Its place in the queue: the earliest is next."""
    return came - timedelta(days=points(candidate))


def _ranks(record: dict[str, Any]) -> Iterator[str]:
    """The ranks of all whom a record names."""
    if post := record.get("post"):
        yield post.get("rank", "")
    for name in ("delegations", "members", "participants", "meetings"):
        for part in record.get(name, ()):
            yield from _ranks(part)


def _modalities(record: dict[str, Any]) -> Iterator[str]:
    for outcome in record.get("outcomes", ()):
        yield outcome.get("modality", Modality.DISCUSSED)
    for meeting in record.get("meetings", ()):
        yield from _modalities(meeting)
