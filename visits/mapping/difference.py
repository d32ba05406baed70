"""The difference between the rows that a record wants and those that are there, before anything is written.

Missing data never erases: an empty wanted value changes nothing, an absent row is not removed. What a person
edited is locked: a differing wanted value is a conflict and waits for an editor. So is, of another account of a record
that is known already, whatever contradicts it (`accounts`).
"""

import uuid
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from visits import names
from visits.matches import Planned

from . import accounts
from .tree import Evidence, Node

# Values that say nothing, so that they change nothing.
_EMPTY: tuple[Any, ...] = (None, "", "unknown")
_NOT_COMPARED = {"position"}


@dataclass
class Change:
    """One field of a present row that the record would change."""

    path: str
    node: Node
    column: str
    before: Any
    after: Any
    conflict: bool = False
    contradicts: bool = False  # another account says so
    told: Node | None = None  # of an account: the row that says it

    @property
    def name(self) -> str:
        """What it is called when an editor takes it: where it is, and which field."""
        return f"{self.path}:{self.column.removesuffix('_id')}"


@dataclass
class Plan:
    """What a record would add and change. `root` is the present root, or the wanted one of a new record."""

    wanted: Node
    present: Node | None
    added: list[tuple[Node, Node]] = field(default_factory=list)
    withheld: list[tuple[Node, Node]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    citations: list[Evidence] = field(default_factory=list)
    rows_renewed: list[Evidence] = field(default_factory=list)
    external_ids: list[tuple[str, str]] = field(default_factory=list)
    # The wanted node -> the row that stands for it (itself when it is new).
    standing: dict[int, Node] = field(default_factory=dict)

    # Meetings that are there already, and the visit that names them too.
    linked: list[tuple[Node, Node, int]] = field(default_factory=list)

    # Visits that an edit puts a meeting into.
    joins: list[uuid.UUID] = field(default_factory=list)

    # Of another account of a known record: the names of its people, and what it says alike (told, known, column).
    people: accounts.Names | None = None
    agreed: list[tuple[Node, Node, str]] = field(default_factory=list)
    undecided: dict[int, frozenset[str]] = field(default_factory=dict)

    def add(self, child: Node, parent: Node) -> None:
        """Plan a row and all below it."""
        self.added.append((child, parent))
        self.added += [(kid, node) for node in child.walk() for kids in node.lists.values() for kid in kids]

    @property
    def root(self) -> Node:
        return self.present or self.wanted

    @property
    def clean(self) -> list[Change]:
        return [change for change in self.changes if not change.conflict]

    @property
    def conflicts(self) -> list[Change]:
        return [change for change in self.changes if change.conflict]

    @property
    def is_empty(self) -> bool:
        parts = (
            self.added,
            self.withheld,
            self.changes,
            self.citations,
            self.rows_renewed,
            self.external_ids,
            self.joins,
        )
        return self.present is not None and not any(parts)

    @property
    def has_conflicts(self) -> bool:
        return bool(self.withheld or self.conflicts)

    @property
    def contradicts(self) -> bool:
        return any(change.contradicts for change in self.changes)


def compare(
    wanted: Node,
    present: Node | None,
    meetings: Mapping[uuid.UUID, Node] | None = None,
    people: accounts.Names | None = None,
) -> Plan:
    """The plan that brings the present record up to the wanted one; all of it when there is none.

    `meetings` are those that exist outside the present record: a visit that names one is linked to it. With `people`
    it is another account of the present record.
    """
    plan = Plan(wanted, present, people=people)
    if present is None:
        plan.standing[id(wanted)] = wanted
        plan.external_ids = list(wanted.external_ids)
        for list_name, children in wanted.lists.items():
            _compare_list(plan, list_name, children, wanted, [], meetings or {})
        present_citations: list[Evidence] = []
    else:
        plan.external_ids = [pair for pair in wanted.external_ids if pair not in present.external_ids]
        _compare_row(plan, wanted, present, meetings or {})
        present_citations = list(present.citations)
    _compare_citations(plan, present_citations)
    return plan


def _compare_row(plan: Plan, wanted: Node, present: Node, meetings: Mapping[uuid.UUID, Node]) -> None:
    plan.standing[id(wanted)] = present
    if plan.people is not None:
        _compare_account(plan, wanted, present)
        for list_name, children in wanted.lists.items():
            _compare_list(plan, list_name, children, present, present.lists.get(list_name, []), meetings)
        return
    edit = plan.wanted.edit
    for column, after in wanted.values.items():
        before = present.values[column]
        if column in _NOT_COMPARED or after in _EMPTY or after == before:
            continue
        if column == "key" and wanted.values.get("name") == present.values.get("name"):
            continue
        if column == "head" and not after:
            continue
        if _same_side_otherwise(column, present):
            continue
        if not edit and column in {"official_id", "post_id"} and before is not None and isinstance(after, Planned):
            continue  # the printed name was linked already; a name that matches nobody undoes no link
        locked = ("name" if column == "key" else column.removesuffix("_id")) in present.locked
        plan.changes.append(Change(present.path, present, column, before, after, locked))
        if edit and (other := _other_of_side(column, wanted, present)):
            plan.changes.append(Change(present.path, present, other, present.values[other], None, locked))
    for list_name, children in wanted.lists.items():
        _compare_list(plan, list_name, children, present, present.lists.get(list_name, []), meetings)


def _compare_list(
    plan: Plan,
    list_name: str,
    children: list[Node],
    parent: Node,
    there: list[Node],
    meetings: Mapping[uuid.UUID, Node],
) -> None:
    """The wanted rows of one list under their parent, against those that are there."""
    unmatched = list(there)
    for child in children:
        if twin := _twin(child, unmatched, edit=plan.wanted.edit, people=plan.people):
            unmatched.remove(twin)
            _compare_row(plan, child, twin, meetings)
            _compare_head(plan, child, twin, there)
            continue
        if child.kind.name == "meeting" and (known := meetings.get(child.uid)):  # type: ignore[arg-type]
            _compare_row(plan, child, known, meetings)
            plan.linked.append((known, parent, int(child.path.rpartition("/")[2])))
            continue
        _compare_head(plan, child, None, there)
        if child.values.get("head") and any(one.values["head"] for one in there):
            child.values["head"] = False  # a delegation has one head: the one that is there stays
        for node in child.walk():
            plan.standing[id(node)] = node
        if list_name in parent.locked:
            plan.withheld.append((child, parent))
        else:
            plan.add(child, parent)


def _compare_account(plan: Plan, told: Node, known: Node) -> None:
    """What another account says of one row: it agrees, it adds to what is empty or vague, or it contradicts."""
    said = {}
    for column, after in told.values.items():
        before = known.values[column]
        if _same_side_otherwise(column, known) or _other_of_side_is_known(column, known):
            continue
        if column == "end":
            after = accounts.end_of(after, known.values["start"])
        said[column] = accounts.verdict(column, after, before)
        if said[column] == accounts.ADDS and column == "end" and accounts.ends_before(after, known.values["start"]):
            said[column] = accounts.CONTRADICTS
        if said[column] == accounts.CONTRADICTS and column == "start" and _is_within(told, known):
            said[column] = accounts.SAYS_NOTHING
        if said[column] == accounts.AGREES:
            plan.agreed.append((told, known, column))
        elif said[column]:
            contradicts = said[column] == accounts.CONTRADICTS
            locked = column.removesuffix("_id") in known.locked
            conflict = locked or contradicts
            plan.changes.append(Change(known.path, known, column, before, after, conflict, contradicts, told))
            if locked:
                said[column] = accounts.CONTRADICTS  # its words are no evidence of what stays
    plan.undecided[id(told)] = accounts.undecided(told, said) - {"head"}


def _is_within(told: Node, known: Node) -> bool:
    """Whether a story names one day of a known stay alone, which is not said to be its first."""
    return not told.values.get("end") and accounts.is_within(told.values["start"], known.values)


def _compare_head(plan: Plan, told: Node, known: Node | None, there: list[Node]) -> None:
    """Who leads by another account: the same, the first who is said to, or somebody else than is known."""
    if plan.people is None or not told.values.get("head"):
        return
    leader = next((one for one in there if one.values["head"]), None)
    if leader is None and known is not None:
        plan.changes.append(Change(known.path, known, "head", False, True, "head" in known.locked))
    elif leader is known and known is not None:
        plan.agreed.append((told, known, "head"))
    elif leader is not None:
        plan.changes.append(Change(leader.path, leader, "head", True, False, True, True, told))
        plan.undecided[id(told)] = plan.undecided.get(id(told), frozenset()) | {"head"}


def take(plan: Plan, names_: Collection[str]) -> None:
    """Let these conflicting values of an account replace what is there, with the words that carry them.

    A list that is locked is taken by the path of the row that would join it. Who leads is never taken so: a delegation
    has one head.
    """
    for change in plan.changes:
        if change.name in names_ and change.conflict and change.column != "head":
            change.conflict = False
            if change.told is not None:
                left = plan.undecided.get(id(change.told), frozenset())
                plan.undecided[id(change.told)] = left - accounts.fields_of(change.column)
    for child, parent in [pair for pair in plan.withheld if pair[0].path in names_]:
        plan.add(child, parent)
        plan.withheld.remove((child, parent))
    plan.citations, plan.rows_renewed = [], []
    _compare_citations(plan, list(plan.present.citations) if plan.present else [])


def _other_of_side_is_known(column: str, known: Node) -> bool:
    """Whether the known side is an organization where a country is told, or the other way round."""
    role, _, part = column.removesuffix("_id").rpartition("_")
    if part not in {"country", "organization"} or role not in {"guest", "sender", "side"}:
        return False
    return known.values[f"{role}_{'organization' if part == 'country' else 'country'}_id"] is not None


def _same_side_otherwise(column: str, present: Node) -> bool:
    """A wanted side that is given as country where the row has an organization by hand is left alone."""
    return column.endswith("_country_id") and column.removesuffix("_country_id") in present.locked


def _other_of_side(column: str, wanted: Node, present: Node) -> str | None:
    """The column to empty where a side becomes an organization instead of a country, or the other way round."""
    role, _, part = column.removesuffix("_id").rpartition("_")
    other = f"{role}_{'organization' if part == 'country' else 'country'}_id"
    if part not in {"country", "organization"} or role == "host" or other not in present.values:
        return None
    return other if present.values[other] is not None and wanted.values[other] is None else None


def _keys(node: Node) -> list[Hashable]:
    """By what a nested row is known again, the surest first."""
    values, keys = node.values, list[Hashable]()
    match node.kind.name:
        case "member" | "participant":
            printed = values["as_printed"] or values["name_as_printed"]
            keys = (
                [("printed", names.search_key(printed), names.search_key(values["post_as_printed"]))] if printed else []
            )
            keys += [("printed", names.search_key(printed))] if printed else []
            keys += [("official", values["official_id"])] if values["official_id"] else []
        case "delegation":
            keys = [
                ("uid", node.uid),
                ("sender", values["sender_country_id"], values["sender_organization_id"]),
            ]
        case "topic_link":
            printed = names.search_key(values["as_printed"])
            keys = [("printed", printed)] if printed else [("topic", values["topic_id"])]
        case "dialogue_link":
            keys = [("dialogue", values["dialogue_id"])] if values["dialogue_id"] else []
            keys += [("printed", names.search_key(values["as_printed"]))] if values["as_printed"] else []
        case "place":
            keys = [("printed", names.search_key(values["as_printed"])), ("city", values["city_id"])]
        case "outcome":
            keys = [("uid", node.uid), ("title", names.search_key(values["title"]))]
        case "official_name":
            keys = [("text", values["text"], values["language"])]
        case _:
            keys = [("uid", node.uid)]
    return keys


def _twin(child: Node, present: list[Node], *, edit: bool, people: accounts.Names | None) -> Node | None:
    """The row that stands for the child; in an edit the head is the head and a printed name the person, too."""
    if people is not None and child.kind.name == "topic_link":
        return accounts.twin(child, present, people)
    keys_of = _keys_of_edit if edit else _keys
    for key in keys_of(child):
        if people is not None and isinstance(key, tuple) and not any(key[1:]):
            continue  # two places of which no city is known are not one
        for node in present:
            if key in keys_of(node):
                return node
    return accounts.twin(child, present, people) if people is not None else None


def _keys_of_edit(node: Node) -> list[Hashable]:
    keys = _keys(node)
    if node.kind.name in {"member", "participant"} and node.values["name_as_printed"]:
        keys.append(("name", names.search_key(node.values["name_as_printed"])))
    return [*keys, "head"] if node.values.get("head") else keys


def _compare_citations(plan: Plan, unmatched: list[Evidence]) -> None:
    """Citations that are not there yet; a data set's row that changed renews its citation."""
    for cited in plan.wanted.citations:
        target = plan.standing[id(cited.target)]
        if cited.values["field"] in plan.undecided.get(id(cited.target), ()):
            continue
        twin = next((one for one in unmatched if one.target is target and _same_words(one, cited)), None)
        if twin is None:
            plan.citations.append(cited)
            continue
        unmatched.remove(twin)
        if twin.values["row"] != cited.values["row"]:
            twin.values |= {name: cited.values[name] for name in ("row", "columns", "file_sha256")}
            plan.rows_renewed.append(twin)


def _same_words(one: Evidence, other: Evidence) -> bool:
    same = ("field", "exact", "start", "external_id")
    return one.source == other.source and all(one.values[name] == other.values[name] for name in same)
