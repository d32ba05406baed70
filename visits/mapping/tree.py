"""A record as a tree of rows: what each kind of row holds, and how such trees are read from the database."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from visits import models

_PERSON = ("official_id", "post_id", "as_printed", "name_as_printed", "post_as_printed", "position")


@dataclass(frozen=True)
class Kind:
    """One table in the tree. `lists` are its children by the name they have in VisitRecord."""

    name: str
    model: type[Model]
    columns: tuple[str, ...]
    lists: tuple[tuple[str, str], ...] = ()

    @property
    def has_uid(self) -> bool:
        return issubclass(self.model, models.bases.Record)

    @property
    def has_locks(self) -> bool:
        return hasattr(self.model, "locked_fields")


_ABOUT = (("topics", "topic_link"), ("dialogues", "dialogue_link"), ("outcomes", "outcome"))
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "visit",
            models.Visit,
            (
                "title", "start", "end", "kind", "kind_as_printed", "status", "guest_country_id",
                "guest_organization_id", "guest_as_printed", "host_country_id", "host_organization_id",
                "host_as_printed", "summary", "trip_id", "trip_position", "accompanies_id",
            ),
            (("places", "place"), ("delegations", "delegation"), *_ABOUT, ("meetings", "meeting")),
        ),
        Kind(
            "meeting",
            models.Meeting,
            (
                "title", "date", "format", "status", "venue_country_id", "city_id", "place_as_printed", "summary",
            ),
            (("delegations", "delegation"), ("participants", "participant"), *_ABOUT),
        ),
        Kind(
            "delegation",
            models.Delegation,
            ("sender_country_id", "sender_organization_id", "sender_as_printed", "position"),
            (("members", "member"),),
        ),
        Kind("member", models.Member, (*_PERSON, "head")),
        Kind(
            "participant",
            models.Participant,
            (*_PERSON, "side_country_id", "side_organization_id", "side_as_printed"),
        ),
        Kind("place", models.VisitPlace, ("city_id", "as_printed", "position")),
        Kind("topic_link", models.TopicLink, ("topic_id", "as_printed", "modality", "position")),
        Kind("dialogue_link", models.DialogueLink, ("dialogue_id", "as_printed", "role", "position")),
        Kind(
            "outcome",
            models.Outcome,
            (
                "kind", "modality", "title", "due", "life", "fulfilled_by_visit_id", "fulfilled_by_meeting_id",
                "dialogue_id", "position",
            ),
        ),
        Kind(
            "official",
            models.Official,
            ("name", "key", "country_id", "wikidata"),
            (("other_names", "official_name"),),
        ),
        Kind(
            "official_name",
            models.OfficialName,
            ("text", "key", "kind", "language", "script", "start", "end"),
        ),
        Kind("tenure", models.Tenure, ("official_id", "post_id", "start", "end")),
    )
}  # fmt: skip
ROOTS = ("visit", "meeting", "official", "tenure")


@dataclass(eq=False)
class Node:
    """One row: wanted (from a record) or present (from the database, with its id)."""

    kind: Kind
    values: dict[str, Any]
    path: str = ""
    id: int | None = None
    uid: uuid.UUID | None = None
    locked: frozenset[str] = frozenset()
    lists: dict[str, list["Node"]] = field(default_factory=dict)
    # Columns that name another record by its uid, which may come later in the same load.
    later: dict[str, tuple[type[Model], uuid.UUID]] = field(default_factory=dict)
    # Only of a root:
    external_ids: list[tuple[str, str]] = field(default_factory=list)
    citations: list["Evidence"] = field(default_factory=list)
    state: str = ""
    in_visits: list[uuid.UUID] = field(default_factory=list)
    edit: bool = False

    def walk(self) -> Iterable["Node"]:
        """This node and all below it, parents first."""
        yield self
        for children in self.lists.values():
            for child in children:
                yield from child.walk()


@dataclass(eq=False)
class Evidence:
    """A citation: what it points at, its source (an id or a planned row), and its columns."""

    target: Node
    source: Any
    values: dict[str, Any]
    id: int | None = None
    attributed: Any = None


CITATION_COLUMNS = (
    "field", "exact", "prefix", "suffix", "start", "end", "attributed_to", "external_id", "file_sha256", "row",
    "columns", "rule", "confidence",
)  # fmt: skip


def fetch(kind_name: str, ids: Iterable[int]) -> dict[int, Node]:
    """The trees of these records, by id, with a number of queries that does not depend on how many they are."""
    roots = _rows(KINDS[kind_name], "id", ids)
    nodes = {node.id: node for _, node in roots if node.id is not None}
    _attach_lists(KINDS[kind_name], list(nodes.values()))
    for node in nodes.values():
        set_paths(node)
    _attach_external_ids(kind_name, nodes)
    _attach_citations(nodes)
    return nodes


def _rows(kind: Kind, column: str, ids: Iterable[int]) -> list[tuple[int, Node]]:
    """Rows of a kind whose `column` is in ids, as (that column, node)."""
    wanted = list(ids)
    if not wanted:
        return []
    extra = ["id", *(["uid"] if kind.has_uid else []), *(["locked_fields"] if kind.has_locks else [])]
    if kind.name in {"visit", "meeting"}:
        extra.append("state")
    query = kind.model._default_manager.filter(**{f"{column}__in": wanted})
    query = query.order_by("position", "pk") if "position" in kind.columns else query.order_by("pk")
    found = []
    for row in query.values(column, *extra, *kind.columns):
        node = Node(
            kind,
            {name: row[name] for name in kind.columns},
            id=row["id"],
            uid=row.get("uid"),
            locked=frozenset(row.get("locked_fields") or ()),
            state=row.get("state", ""),
        )
        found.append((row[column], node))
    return found


def _attach_lists(kind: Kind, parents: list[Node]) -> None:
    by_id = {node.id: node for node in parents if node.id is not None}
    for list_name, child_name in kind.lists:
        child_kind = KINDS[child_name]
        for node in parents:
            node.lists[list_name] = []
        pairs = _meetings_of(by_id) if child_name == "meeting" else _rows(child_kind, f"{kind.name}_id", by_id)
        for parent_id, child in pairs:
            by_id[parent_id].lists[list_name].append(child)
        if child_kind.lists and pairs:
            _attach_lists(child_kind, list({id(child): child for _, child in pairs}.values()))


def _meetings_of(visits: Iterable[int]) -> list[tuple[int, Node]]:
    links = list(
        models.MeetingVisit.objects.filter(visit__in=list(visits))
        .order_by("position", "meeting__earliest", "pk")
        .values_list("visit_id", "meeting_id")
    )
    meetings = {node.id: node for _, node in _rows(KINDS["meeting"], "id", {meeting for _, meeting in links})}
    return [(visit, meetings[meeting]) for visit, meeting in links]


def set_paths(node: Node, path: str = "") -> None:
    """Give a node and all below it their JSON Pointers; a meeting in several visits has another in each."""
    node.path = path
    for name, children in node.lists.items():
        for index, child in enumerate(children):
            set_paths(child, f"{path}/{name}/{index}")


def _attach_external_ids(kind_name: str, nodes: dict[int, Node]) -> None:
    query = models.ExternalId.objects.filter(**{f"{kind_name}__in": list(nodes)}).order_by("dataset__slug", "value")
    for pk, slug, value in query.values_list(f"{kind_name}_id", "dataset__slug", "value"):
        nodes[pk].external_ids.append((slug, value))


def _attach_citations(nodes: dict[int, Node]) -> None:
    targets: dict[str, dict[int, tuple[Node, Node]]] = defaultdict(dict)
    for root in nodes.values():
        for node in root.walk():
            if node.id is not None and node.kind.name in models.evidence.TARGETS:
                targets[node.kind.name].setdefault(node.id, (root, node))
    for kind_name, of_kind in targets.items():
        query = models.Citation.objects.filter(**{f"{kind_name}__in": list(of_kind)}).order_by("pk")
        columns = ("id", f"{kind_name}_id", "source_id", "attributed_organization_id", *CITATION_COLUMNS)
        for row in query.values(*columns):
            root, node = of_kind[row[f"{kind_name}_id"]]
            values = {name: row[name] for name in CITATION_COLUMNS}
            root.citations.append(
                Evidence(node, row["source_id"], values, row["id"], row["attributed_organization_id"])
            )
