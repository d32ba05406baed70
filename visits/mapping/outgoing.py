"""From rows to VisitRecords: what the JSON Lines export writes and an empty tracker reads."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model, QuerySet

from visits import enums, models, record

from .tree import Evidence, Node, fetch, set_paths

_NAMES: dict[type[Model], tuple[str, ...]] = {
    models.Official: ("uid", "name", "country_id", "wikidata"),
    models.Post: ("uid", "title", "rank", "organization_id", "country_id"),
    models.Organization: ("uid", "slug", "name", "kind", "country_id"),
    models.City: ("name", "country_id"),
    models.Topic: ("slug",),
    models.Dialogue: ("slug",),
    models.Trip: ("uid", "title"),
    models.Visit: ("uid",),
    models.Meeting: ("uid",),
    models.Source: (
        "uid",
        "kind",
        "slug",
        "title",
        "publisher",
        "url",
        "language",
        "published",
        "text",
        "free_to_show",
    ),
}
_COLUMNS: dict[str, type[Model]] = {
    "official_id": models.Official,
    "post_id": models.Post,
    "guest_organization_id": models.Organization,
    "host_organization_id": models.Organization,
    "sender_organization_id": models.Organization,
    "side_organization_id": models.Organization,
    "city_id": models.City,
    "topic_id": models.Topic,
    "dialogue_id": models.Dialogue,
    "trip_id": models.Trip,
    "accompanies_id": models.Visit,
    "fulfilled_by_visit_id": models.Visit,
    "fulfilled_by_meeting_id": models.Meeting,
}

AnyRecord = record.VisitData | record.MeetingRecord | record.OfficialRecord | record.TenureRecord


def to_records(queryset: QuerySet[Any]) -> list[AnyRecord]:
    """The records of a QuerySet of visits, meetings, officials or tenures, in its order.

    The number of queries does not depend on the number of records. No ids, no load times, no locks, no meetings that
    are not published; texts only of sources that are free to show.
    """
    kind = queryset.model._meta.model_name or ""
    ids = list(queryset.values_list("pk", flat=True))
    nodes = fetch(kind, ids)
    for node in nodes.values():
        _leave_out_unpublished(node)
    writer = _Writing(nodes.values())
    if kind == "meeting":
        writer.read_visits(nodes)
    make: dict[str, Callable[[Node], AnyRecord]] = {
        "visit": writer.visit,
        "meeting": writer.meeting_record,
        "official": writer.official,
        "tenure": writer.tenure,
    }
    records = []
    for node in (nodes[pk] for pk in ids if pk in nodes):
        set_paths(node)
        records.append(make[kind](node))
    return records


def _leave_out_unpublished(root: Node) -> None:
    """Meetings of a visit that are not public, and the citations in them; the others move up."""
    meetings = root.lists.get("meetings", [])
    public = [meeting for meeting in meetings if meeting.state == enums.State.PUBLISHED]
    if len(public) == len(meetings):
        return
    root.lists["meetings"] = public
    set_paths(root, "")
    there = {id(node) for node in root.walk()}
    root.citations = [one for one in root.citations if id(one.target) in there]


class _Writing:
    """The referred-to rows of a batch, read once, and the shapes made from them."""

    def __init__(self, roots: Iterable[Node]) -> None:
        wanted: dict[type[Model], set[int]] = defaultdict(set)
        for root in roots:
            for node in root.walk():
                for column, value in node.values.items():
                    if value is not None and column in _COLUMNS:
                        wanted[_COLUMNS[column]].add(value)
            wanted[models.Source].update(one.source for one in root.citations)
        self.rows: dict[type[Model], dict[int, dict[str, Any]]] = {model: {} for model in _NAMES}
        self._read(models.Post, wanted.pop(models.Post, set()))
        bodies = {row["organization_id"] for row in self.rows[models.Post].values()} - {None}
        wanted[models.Organization] |= bodies
        for model, ids in wanted.items():
            self._read(model, ids)
        self.in_visits: dict[int, list[Any]] = defaultdict(list)

    def _read(self, model: type[Model], ids: set[int]) -> None:
        if ids:
            rows = model._default_manager.filter(pk__in=ids)
            if model in {models.Visit, models.Meeting}:
                rows = rows.filter(state=enums.State.PUBLISHED)
            self.rows[model] = {row.pop("pk"): row for row in rows.values("pk", *_NAMES[model])}

    def read_visits(self, meetings: Iterable[int]) -> None:
        links = models.MeetingVisit.objects.filter(
            meeting__in=list(meetings), visit__state=enums.State.PUBLISHED
        ).order_by("visit__uid")
        for meeting, uid in links.values_list("meeting_id", "visit__uid"):
            self.in_visits[meeting].append(uid)

    def _row(self, node: Node, column: str) -> dict[str, Any] | None:
        value = node.values[column]
        return self.rows[_COLUMNS[column]].get(value) if value is not None else None

    def _organization(self, pk: int | None) -> record.OrganizationRef | None:
        row = self.rows[models.Organization].get(pk) if pk else None
        if row is None:
            return None
        return record.OrganizationRef(
            uid=row["uid"], slug=row["slug"], name=row["name"], kind=row["kind"], country=row["country_id"]
        )

    def _side(self, node: Node, prefix: str) -> record.Side:
        return record.Side(
            country=node.values[f"{prefix}_country_id"],
            organization=self._organization(node.values[f"{prefix}_organization_id"]),
            as_printed=node.values[f"{prefix}_as_printed"],
        )

    def _person(self, node: Node) -> dict[str, Any]:
        official, post = self._row(node, "official_id"), self._row(node, "post_id")
        printed = {name: node.values[name] for name in ("as_printed", "name_as_printed", "post_as_printed")}
        return printed | {
            "official": official
            and record.OfficialRef(
                uid=official["uid"],
                name=official["name"],
                country=official["country_id"],
                wikidata=official["wikidata"],
            ),
            "post": post
            and record.PostRef(
                uid=post["uid"],
                title=post["title"],
                rank=post["rank"],
                country=post["country_id"],
                organization=self._organization(post["organization_id"]),
            ),
        }

    def _place(self, node: Node, printed: str) -> record.Place | None:
        city = self._row(node, "city_id")
        if not city and not printed:
            return None
        return record.Place(
            as_printed=printed,
            city=city["name"] if city else "",
            country=city["country_id"] if city else None,
        )

    def _delegations(self, node: Node) -> list[record.Delegation]:
        return [
            record.Delegation(
                uid=one.uid,
                sender=self._side(one, "sender"),
                members=[record.Member(**self._person(m), head=m.values["head"]) for m in one.lists["members"]],
            )
            for one in node.lists["delegations"]
        ]

    def _about(self, node: Node) -> dict[str, Any]:
        topics = [
            record.TopicLink(
                topic=(self._row(one, "topic_id") or {}).get("slug"),
                as_printed=one.values["as_printed"],
                modality=one.values["modality"],
            )
            for one in node.lists["topics"]
        ]
        dialogues = [
            record.DialogueLink(
                dialogue=(self._row(one, "dialogue_id") or {}).get("slug"),
                as_printed=one.values["as_printed"],
                role=one.values["role"],
            )
            for one in node.lists["dialogues"]
        ]
        return {
            "topics": topics,
            "dialogues": dialogues,
            "outcomes": [self._outcome(o) for o in node.lists["outcomes"]],
        }

    def _outcome(self, node: Node) -> record.Outcome:
        later = self._row(node, "fulfilled_by_visit_id") or self._row(node, "fulfilled_by_meeting_id") or {}
        plain = {name: node.values[name] for name in ("kind", "modality", "title", "due", "life")}
        dialogue = (self._row(node, "dialogue_id") or {}).get("slug")
        return record.Outcome(uid=node.uid, **plain, fulfilled_by=later.get("uid"), dialogue=dialogue)

    def _evidence(self, root: Node) -> dict[str, Any]:
        """`sources` in the order of their uids, and the citations that point into them."""
        order = sorted({one.source for one in root.citations}, key=lambda pk: str(self.rows[models.Source][pk]["uid"]))
        sources = []
        for pk in order:
            row = dict(self.rows[models.Source][pk])
            row["text"] = (row["text"] or "") if row["free_to_show"] else ""
            sources.append(record.SourceRef(**row))
        index = {pk: number for number, pk in enumerate(order)}
        cited = sorted(root.citations, key=lambda one: _citation_order(one, index))
        return {"sources": sources, "citations": [_citation(one, index[one.source]) for one in cited]}

    def _identity(self, node: Node) -> dict[str, Any]:
        return {"uid": node.uid, "external_ids": [f"{slug}:{value}" for slug, value in node.external_ids]}

    def visit(self, node: Node) -> record.VisitData:
        trip, leader = self._row(node, "trip_id"), self._row(node, "accompanies_id")
        names = ("title", "start", "end", "kind", "kind_as_printed", "status", "summary")
        return record.VisitData(
            **self._identity(node),
            **{name: node.values[name] for name in names},
            guest=self._side(node, "guest"),
            host=self._side(node, "host"),
            places=[place for one in node.lists["places"] if (place := self._place(one, one.values["as_printed"]))],
            delegations=self._delegations(node),
            **self._about(node),
            meetings=[record.Meeting(**self._meeting(one)) for one in node.lists["meetings"]],
            trip=record.TripRef(**trip, position=node.values["trip_position"]) if trip else None,
            accompanies=leader["uid"] if leader else None,
            **self._evidence(node),
        )

    def _meeting(self, node: Node) -> dict[str, Any]:
        return {
            "uid": node.uid,
            **{name: node.values[name] for name in ("title", "date", "format", "status", "summary")},
            "venue_country": node.values["venue_country_id"],
            "place": self._place(node, node.values["place_as_printed"]),
            "participants": [
                record.Participant(**self._person(one), side=self._side(one, "side"))
                for one in node.lists["participants"]
            ],
            "delegations": self._delegations(node),
            **self._about(node),
        }

    def meeting_record(self, node: Node) -> record.MeetingRecord:
        visits = self.in_visits[node.id or 0]
        return record.MeetingRecord(**self._identity(node) | self._meeting(node), visits=visits, **self._evidence(node))

    def official(self, node: Node) -> record.OfficialRecord:
        names = ("text", "kind", "language", "script", "start", "end")
        return record.OfficialRecord(
            **self._identity(node),
            name=node.values["name"],
            country=node.values["country_id"],
            wikidata=node.values["wikidata"],
            other_names=[
                record.OtherName(**{name: one.values[name] for name in names}) for one in node.lists["other_names"]
            ],
            **self._evidence(node),
        )

    def tenure(self, node: Node) -> record.TenureRecord:
        person = self._person(Node(node.kind, node.values | dict.fromkeys(_PRINTED, "")))
        return record.TenureRecord(
            **self._identity(node),
            official=person["official"],
            post=person["post"],
            start=node.values["start"],
            end=node.values["end"],
            **self._evidence(node),
        )


_PRINTED = ("as_printed", "name_as_printed", "post_as_printed")


def _citation_order(one: Evidence, index: dict[int, int]) -> tuple[Any, ...]:
    values = one.values
    start = -1 if values["start"] is None else values["start"]
    return one.target.path, values["field"], index[one.source], start, values["exact"], values["external_id"]


def _citation(one: Evidence, source: int) -> record.Citation:
    values = one.values | {"row": one.values["row"] or {}, "columns": one.values["columns"] or {}}
    return record.Citation(target=one.target.path, source=source, **values)
