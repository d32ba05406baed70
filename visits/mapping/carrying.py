"""The matcher of a load, carried from batch to batch, so that no batch reads again what the one before it knew."""

from collections.abc import Iterable, Iterator, Sequence

from visits import dates
from visits.matches import Appearance, Newcomer
from visits.matching import Matcher
from visits.mentions import Unknown

from .difference import Plan
from .proposal import Proposal
from .spellings import spellings_of
from .tree import Node

_PEOPLE = {"member", "participant"}


class Carried:
    """Empty after `take`, so that a batch that fails leaves nothing behind."""

    def __init__(self) -> None:
        self._matcher: Matcher | None = None

    def take(self) -> Matcher:
        """The matcher of the batch before, unless somebody changed what it knows; else a new one."""
        matcher, self._matcher = self._matcher, None
        return matcher if matcher and matcher.may_go_on() else Matcher()

    def keep(self, matcher: Matcher, proposals: Sequence[Proposal]) -> None:
        """Have it ready for the next batch, in the transaction in which these proposals were written.

        It is dropped when they changed what was there: what they took away is not worth following.
        """
        plans = [proposal.plan for proposal in proposals]
        if not any(plan.clean or (plan.present and plan.added) for plan in plans):
            matcher.remember(_officials(plans), list(_appearances(plans)), spellings_of(proposals), _unknown(plans))
            self._matcher = matcher

    def forget(self) -> None:
        self._matcher = None


def _officials(plans: Iterable[Plan]) -> Iterator[Newcomer]:
    for plan in plans:
        root = plan.root
        if root.kind.name == "official" and root.id and plan.present is None:
            spellings = [root.values["name"], *(name.values["text"] for name in root.lists["other_names"])]
            yield root.id, root.uid, root.values["country_id"], spellings


def _appearances(plans: Iterable[Plan]) -> Iterator[Appearance]:
    """Who was written into delegations, meetings and tenures, and when: as the tables have it."""
    for plan in plans:
        if plan.present is None:
            yield from _in_tree(plan.root, None)


def _in_tree(node: Node, year: int | None) -> Iterator[Appearance]:
    values, kind = node.values, node.kind.name
    if kind == "tenure":
        yield _id(values["official_id"]), _post(node), _first(values["start"]), _last(values["end"]), ""
    elif kind in _PEOPLE and values["official_id"]:
        yield _id(values["official_id"]), _post(node), year, year, values["name_as_printed"]
    for name, children in node.lists.items():
        day = year
        if name in {"delegations", "participants"}:
            # of a meeting's own delegation no day is known to the matcher
            day = _first(values["start"]) if kind == "visit" else None
            day = _first(values["date"]) if name == "participants" else day
        for child in children:
            yield from _in_tree(child, day)


def _unknown(plans: Iterable[Plan]) -> Iterator[Unknown]:
    """Who was written as printed alone, and for which country they stand."""
    for plan in plans:
        if plan.present is None:
            yield from _as_printed(plan.root, None)


def _as_printed(node: Node, sender: str | None) -> Iterator[Unknown]:
    values, kind = node.values, node.kind.name
    if kind in _PEOPLE and not values["official_id"] and values["name_as_printed"]:
        yield (sender if kind == "member" else values["side_country_id"]), values["name_as_printed"]
    for children in node.lists.values():
        for child in children:
            yield from _as_printed(child, values["sender_country_id"] if kind == "delegation" else None)


def _post(node: Node) -> int | None:
    return _id(node.values["post_id"]) if node.values["post_id"] else None


def _id(reference: object) -> int:
    return int(getattr(reference, "id", reference))  # type: ignore[call-overload]


def _first(day: str) -> int | None:
    earliest = dates.bounds(day)[0]
    return earliest.year if earliest else None


def _last(day: str) -> int | None:
    latest = dates.bounds(day)[1]
    return latest.year if latest else None
