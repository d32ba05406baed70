"""What records would do to the tracker: matched and compared in a batch, nothing written."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from django.db.models import Q

from visits import enums, merged, models, record
from visits.matches import Match, Planned
from visits.matching import Matcher

from . import known_visits
from .difference import Plan, compare
from .incoming import identity, read
from .known_visits import Account
from .tree import KINDS, Node, fetch

_MERGED = {"official", "tenure"}  # records that can be merged


@dataclass
class Proposal:
    """One record with its plan: what a candidate is made from, and what accepting it writes."""

    item: record._Record
    uid: uuid.UUID
    plan: Plan
    matches: list[Match]
    doubts: list[tuple[str, str]] = field(default_factory=list)
    source: int | Planned | None = None
    account: Account | None = None  # of a story: which known visit it tells of, or may

    @property
    def asks(self) -> bool:
        """Whether an editor has to say first which visit it tells of."""
        return self.account is not None and self.account.asks

    @cached_property
    def data(self) -> dict[str, Any]:
        """The record as JSON data."""
        return record.dump(self.item)

    @cached_property
    def fingerprint(self) -> str:
        return _fingerprint(self.data)

    @property
    def type(self) -> str:
        return self.plan.wanted.kind.name

    @property
    def action(self) -> str:
        return enums.Action.CHANGE if self.plan.present else enums.Action.CREATE

    def difference(self) -> list[dict[str, Any]]:
        """The plan as data: changed fields before and after, and added rows (with ids once they are written)."""
        changed = [
            {
                "path": change.path,
                "model": change.node.kind.name,
                "id": change.node.id,
                "field": change.column.removesuffix("_id"),
                "before": _plain(change.before),
                "after": _plain(change.after),
                "conflict": change.conflict,
            }
            for change in self.plan.changes
        ]
        if self.plan.present is None:
            return changed
        rows = [(pair, False) for pair in self.plan.added] + [(pair, True) for pair in self.plan.withheld]
        added = [
            {
                "path": child.path,
                "model": child.kind.name,
                "id": child.id,
                "added": {name: _plain(value) for name, value in child.values.items() if value not in (None, "")},
                "conflict": conflict,
            }
            for (child, _), conflict in rows
        ]
        ids = [
            {
                "path": f"/external_ids/{index}",
                "model": "external_id",
                "id": None,
                "added": {"value": ":".join(pair)},
                "conflict": False,
            }
            for index, pair in enumerate(self.plan.external_ids)
        ]
        return changed + added + ids


def _plain(value: Any) -> Any:
    return repr(value) if isinstance(value, Planned) and value.id is None else getattr(value, "id", value)


def fingerprint(item: record._Record) -> str:
    """A hash of the record as parsed; the file that it came in does not count."""
    return _fingerprint(record.dump(item))


def _fingerprint(dumped: dict[str, Any]) -> str:
    data = {name: value for name, value in dumped.items() if name != "type"}
    if "citations" in data:
        data["citations"] = [
            {name: value for name, value in citation.items() if name != "file_sha256"} for citation in data["citations"]
        ]
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()


def find_present(items: Iterable[tuple[record._Record, uuid.UUID]]) -> dict[uuid.UUID, tuple[str, int, uuid.UUID]]:
    """Which incoming records are there already, by external id, else by uid: uid -> (type, id, its own uid)."""
    found: dict[uuid.UUID, tuple[str, int, uuid.UUID]] = {}
    by_type: dict[str, list[tuple[record._Record, uuid.UUID]]] = defaultdict(list)
    for item, uid in items:
        by_type[item.type].append((item, uid))  # type: ignore[attr-defined]
    for kind, pairs in by_type.items():
        owners: dict[str, list[uuid.UUID]] = defaultdict(list)
        for item, uid in pairs:
            for text in item.external_ids:
                owners[text].append(uid)
        values = [text.split(":", 1)[1] for text in owners]
        # the data sets' ids by themselves: with them the lookup is by index
        slugs = {text.split(":", 1)[0] for text in owners}
        datasets = list(models.Source.objects.filter(slug__in=slugs).values_list("pk", flat=True))
        known = models.ExternalId.objects.filter(dataset__in=datasets, value__in=values, **{f"{kind}__isnull": False})
        for slug, value, pk, own in known.values_list("dataset__slug", "value", f"{kind}_id", f"{kind}__uid"):
            for uid in owners.get(f"{slug}:{value}", ()):
                found[uid] = (kind, pk, own)
        rows = KINDS[kind].model._default_manager.filter(uid__in=[uid for _, uid in pairs]).values_list("uid", "pk")
        for uid, pk in rows:
            found.setdefault(uid, (kind, pk, uid))
        # A record that was merged away keeps its uid here: what was decided about its input stays decided.
        absent = [uid for _, uid in pairs if uid not in found or found[uid][2] != uid] if kind in _MERGED else []
        found |= {uid: (kind, pk, uid) for uid, pk in merged.heirs_by_uid(KINDS[kind].model, absent).items()}
    return found


def propose(
    items: Sequence[tuple[record._Record, uuid.UUID, list[tuple[str, str]]]], matcher: Matcher
) -> list[Proposal]:
    """Match and compare records (with their uids, which differ, and their readers' doubts) in one batch.

    A story of a known visit is compared with that visit, as another account of it; it keeps its own uid.
    """
    matcher.prepare(item for item, _, _ in items)
    present = find_present((item, uid) for item, uid, _ in items)
    by_type: dict[str, list[int]] = defaultdict(list)
    for kind, pk, _ in present.values():
        by_type[kind].append(pk)
    trees = {kind: fetch(kind, ids) for kind, ids in by_type.items()}
    proposals = []
    readings = {uid: read(item, present.get(uid, ("", 0, uid))[2], matcher) for item, uid, _ in items}
    accounts = _accounts(items, present, readings, trees, matcher)
    _compare_links(wanted for uid, (wanted, _) in readings.items() if uid in present)
    meetings = _known_meetings(wanted for wanted, _ in readings.values())
    for item, uid, doubts in items:
        kind, pk, own = present.get(uid, ("", 0, uid))
        wanted, matches = readings[uid]
        account = accounts.get(uid)
        known = account.visit if account else None
        if kind and wanted.uid != trees[kind][pk].uid:
            _add_only(wanted, trees[kind][pk])
        if known:
            plan = compare(wanted, trees["visit"][known], meetings, account.people if account else None)
        else:
            plan = compare(wanted, trees[kind][pk] if kind else None, meetings)
        source = matcher.source(item.sources[0]) if item.sources else None
        doubts = [*doubts, *_doubts_of(matches)]
        if account:
            doubts = [*doubts, *([(known_visits.QUESTION, account.question)] if account.asks else [])]
            matches = [*matches, account]
        proposals.append(Proposal(item, own, plan, matches, doubts, source, account))
    _join_edits([proposal.plan for proposal in proposals if proposal.plan.wanted.edit])
    return proposals


def _accounts(
    items: Sequence[tuple[record._Record, uuid.UUID, list[tuple[str, str]]]],
    present: dict[uuid.UUID, tuple[str, int, uuid.UUID]],
    readings: dict[uuid.UUID, tuple[Node, list[Match]]],
    trees: dict[str, dict[int, Node]],
    matcher: Matcher,
) -> dict[uuid.UUID, Account]:
    """What the stories among these tell of. Those of a known visit are read anew as its rows, and its tree is there."""
    stories = [
        (item, uid, readings[uid][0]) for item, uid, _ in items if uid not in present and known_visits.is_story(item)
    ]
    found, known = known_visits.find(stories)
    trees["visit"] = known | trees.get("visit", {})
    for item, uid, _wanted in stories:
        account = found.get(uid)
        if account and account.visit:
            readings[uid] = read(item, trees["visit"][account.visit].uid or uid, matcher)
    return found


def _add_only(wanted: Node, present: Node) -> None:
    """What comes for a record that was merged away adds to the other: where they differ, the merge has decided."""
    wanted.values = {name: present.values[name] or value for name, value in wanted.values.items()}


def _compare_links(known: Iterable[Node]) -> None:
    """Links by uid to records that are there are compared like any value, where the record itself is there."""
    wanted = [node for root in known for node in root.walk() if node.later]
    uids = {later for node in wanted for later in node.later.values()}
    ids = {
        (model, uid): pk
        for model in {model for model, _ in uids}
        for uid, pk in model._default_manager.filter(uid__in={uid for _, uid in uids}).values_list("uid", "pk")
    }
    for node in wanted:
        node.values |= {column: ids[later] for column, later in node.later.items() if later in ids}


def _join_edits(plans: Sequence[Plan]) -> None:
    """The visits that an edited meeting is not in yet."""
    plans = [plan for plan in plans if plan.present and plan.wanted.in_visits]
    links = models.MeetingVisit.objects.filter(meeting__in=[plan.root.id for plan in plans])
    known = set(links.values_list("meeting", "visit__uid")) if plans else set()
    for plan in plans:
        plan.joins = [uid for uid in plan.wanted.in_visits if (plan.root.id, uid) not in known]


def _known_meetings(visits: Iterable[Node]) -> dict[uuid.UUID, Node]:
    """The meetings named in visits that are there already, perhaps in another visit."""
    uids = [meeting.uid for visit in visits for meeting in visit.lists.get("meetings", ()) if meeting.uid]
    if not uids:
        return {}
    ids = models.Meeting.objects.filter(uid__in=uids).values_list("pk", flat=True)
    return {node.uid: node for node in fetch("meeting", ids).values() if node.uid}


def _doubts_of(matches: Iterable[Match]) -> list[tuple[str, str]]:
    return [
        (f"{match.answer}-person", f"{match.printed}: {'; '.join(match.reasons)}")
        for match in matches
        if match.reference is None
    ]


def settled(proposals: Sequence[Proposal]) -> set[uuid.UUID]:
    """The uids whose input came before and waits, was rejected, or was the last to be accepted for its record."""
    prints = {proposal.uid: proposal.fingerprint for proposal in proposals}
    rows = (
        models.Candidate.objects.filter(Q(key__in=list(prints)), ~Q(state=enums.CandidateState.UNDONE))
        .order_by("pk")
        .values_list("key", "fingerprint", "state")
    )
    last: dict[uuid.UUID, str] = {}
    known = set()
    for key, print_, state in rows:
        if state == enums.CandidateState.ACCEPTED:
            last[key] = print_
        elif print_ == prints[key]:
            known.add(key)
    return known | {key for key, print_ in last.items() if print_ == prints[key]}


__all__ = ["Proposal", "find_present", "fingerprint", "identity", "propose", "settled"]
