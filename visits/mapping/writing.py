"""Plans into the database: a fixed number of bulk statements for any number of records."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

from visits import models, origins
from visits.matches import Planned
from visits.models.copying import copy_rows
from visits.record import uid_for

from .difference import Plan
from .tree import Evidence, Node

_PLANNED_ORDER = (models.Source, models.Organization, models.City, models.Trip, models.Post, models.Official)
_CHILD_ORDER = (
    "meeting", "delegation", "place", "member", "participant", "topic_link", "dialogue_link", "outcome",
    "official_name",
)  # fmt: skip


_WRITING = 7_302_613


def write_alone() -> None:
    """Wait until no other load or undo writes; held until the transaction ends. So overlapping ones make no doubles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITING])


def write(plans: Sequence[Plan], *, run: models.ImportRun | None, state: str) -> None:
    """Bring in the clean part of each plan. New visits and meetings get `state`; nodes get their ids.

    Runs in the caller's transaction. Ids of records that were taken back and come again are the same.
    """
    writer = _Writer(run, state)
    writer.planned(value for plan in plans for value in _references(plan))
    for kind in ("visit", "meeting", "official", "tenure"):
        writer.create([(plan.wanted, None) for plan in plans if not plan.present and plan.wanted.kind.name == kind])
    for kind in _CHILD_ORDER:
        pairs = [pair for plan in plans for pair in plan.added if pair[0].kind.name == kind]
        writer.create(pairs)
        if kind == "meeting":
            writer.link_meetings(plans, pairs)
    writer.change(plans)
    writer.evidence(plans)
    writer.link_later(plans)
    origins.note_written(_rests(plan) for plan in plans if _may_rest_otherwise(plan))


def write_planned(references: Iterable[Any], run: models.ImportRun | None) -> None:
    """Write rows that are planned and not there yet, and nothing else: the sources of what waits for an editor."""
    _Writer(run, "").planned(references)


def link_later(plans: Sequence[Plan]) -> None:
    """Set the links by uid that were open when these plans were written, to what has come since."""
    _Writer(None, "").link_later(plans)


class _Writer:
    def __init__(self, run: models.ImportRun | None, state: str) -> None:
        self.run, self.state = run, state

    def planned(self, references: Iterable[Any]) -> None:
        """The officials, posts, organizations, sources, ... that the records bring with them."""
        found: dict[type[Model], dict[uuid.UUID, list[Planned]]] = defaultdict(lambda: defaultdict(list))
        for value in references:
            if isinstance(value, Planned) and value.id is None:
                found[value.model][value.uid].append(value)
                body = value.values.get("organization_id")
                if isinstance(body, Planned) and body.id is None:
                    found[body.model][body.uid].append(body)
        for model in _PLANNED_ORDER:
            rows = [self._made(uid) | _ids(same[0].values) for uid, same in found[model].items()]
            for pk, same in zip(self._insert(model, rows), found[model].values(), strict=True):
                for planned in same:
                    planned.id = pk
            if model is models.Source:
                origins.note_texts(same[0].id or 0 for same in found[model].values() if same[0].values.get("text"))

    def create(self, pairs: Sequence[tuple[Node, Node | None]]) -> None:
        """Insert nodes of one kind, each under its parent (which has its id by now)."""
        if not pairs:
            return
        kind = pairs[0][0].kind
        rows = []
        for node, parent in pairs:
            values = _ids(node.values)
            if parent is not None and kind.name != "meeting":
                values[f"{parent.kind.name}_id"] = parent.id
            if kind.has_uid and node.uid:
                values |= self._made(node.uid)
            if kind.name in {"visit", "meeting"}:
                values["state"] = self.state
            rows.append(values)
        for (node, _), pk in zip(pairs, self._insert(kind.model, rows), strict=True):
            node.id = pk

    def _made(self, uid: uuid.UUID) -> dict[str, Any]:
        return {"uid": uid, "created_by_run_id": self.run.pk if self.run else None}

    def _insert(self, model: type[Model], rows: list[dict[str, Any]]) -> list[int]:
        """Insert; a uid that was retired comes back under the id it had."""
        if rows and issubclass(model, models.bases.Record):
            retired = models.RetiredId.objects.filter(
                kind=model._meta.model_name, uid__in=[row["uid"] for row in rows], merged_into__isnull=True
            )
            old = {uid: (pk, record_id) for pk, uid, record_id in retired.values_list("pk", "uid", "record_id")}
            if old:
                rows = [row | {"id": old[row["uid"]][1]} if row["uid"] in old else row for row in rows]
                models.RetiredId.objects.filter(pk__in=[pk for pk, _ in old.values()]).delete()
        return copy_rows(model, rows)

    def link_meetings(self, plans: Sequence[Plan], pairs: Sequence[tuple[Node, Node]]) -> None:
        """New meetings and those that are there already, to the visits that name them."""
        wanted = [(child, parent, int(child.path.rpartition("/")[2])) for child, parent in pairs]
        wanted += [link for plan in plans for link in plan.linked]
        copy_rows(
            models.MeetingVisit,
            [
                {"meeting_id": _id(meeting), "visit_id": _id(visit), "position": position}
                for meeting, visit, position in wanted
            ],
        )

    def change(self, plans: Iterable[Plan]) -> None:
        """One UPDATE per table and set of changed columns."""
        rows: dict[tuple[type[Model], tuple[str, ...]], dict[int, dict[str, Any]]] = defaultdict(dict)
        by_row: dict[int, tuple[Node, dict[str, Any]]] = {}
        for plan in plans:
            for change in plan.clean:
                node, values = by_row.setdefault(id(change.node), (change.node, {}))
                values[change.column] = change.after
        for node, values in by_row.values():
            rows[node.kind.model, tuple(sorted(values))][node.id or 0] = _ids(values)
        for (model, columns), values_by_id in rows.items():
            found = model._default_manager.in_bulk(list(values_by_id))
            for pk, row in found.items():
                for column, value in values_by_id[pk].items():
                    setattr(row, column, value)
            names = [model._meta.get_field(column.removesuffix("_id")).name for column in columns]
            model._default_manager.bulk_update(found.values(), names, batch_size=500)

    def evidence(self, plans: Iterable[Plan]) -> None:
        plans = list(plans)
        slugs = {slug for plan in plans for slug, _ in plan.external_ids}
        datasets = dict(models.Source.objects.filter(slug__in=slugs).values_list("slug", "pk"))
        for slug in slugs - datasets.keys():
            uid = uid_for("source", slug)
            row = models.Source.objects.create(uid=uid, kind="dataset", slug=slug, title=slug, created_by_run=self.run)
            datasets[slug] = row.pk
        copy_rows(
            models.ExternalId,
            [
                {"dataset_id": datasets[slug], "value": value, f"{plan.root.kind.name}_id": plan.root.id}
                for plan in plans
                for slug, value in plan.external_ids
            ],
        )
        copy_rows(
            models.Citation,
            [self._citation(plan, one) for plan in plans for one in plan.citations if self._is_there(plan, one)],
        )
        renewed = [one for plan in plans for one in plan.rows_renewed]
        if renewed:
            found = models.Citation.objects.in_bulk([one.id for one in renewed])
            for one in renewed:
                for name in ("row", "columns", "file_sha256"):
                    setattr(found[one.id], name, one.values[name])
            models.Citation.objects.bulk_update(found.values(), ["row", "columns", "file_sha256"], batch_size=500)

    @staticmethod
    def _is_there(plan: Plan, one: Evidence) -> bool:
        """Whether what it points at was written (a withheld row was not)."""
        return plan.standing[id(one.target)].id is not None

    def _citation(self, plan: Plan, one: Evidence) -> dict[str, Any]:
        node = plan.standing[id(one.target)]
        return {
            "source_id": one.source.id if isinstance(one.source, Planned) else one.source,
            "attributed_organization_id": one.attributed,
            "created_by_run_id": self.run.pk if self.run else None,
            f"{node.kind.name}_id": node.id,
            **one.values,
        }

    def link_later(self, plans: Iterable[Plan]) -> None:
        """Links by uid to records that are there by now; links of meetings to the visits they name."""
        wanted: dict[type[Model], set[uuid.UUID]] = defaultdict(set)
        nodes = []
        for plan in plans:
            wanted[models.Visit].update(plan.wanted.in_visits)
            for node in plan.wanted.walk():
                for column, (model, uid) in node.later.items():
                    wanted[model].add(uid)
                    nodes.append((plan.standing[id(node)], column, model, uid))
        ids = {
            (model, uid): pk
            for model, uids in wanted.items()
            if uids
            for uid, pk in model._default_manager.filter(uid__in=uids).values_list("uid", "pk")
        }
        for node, column, model, uid in nodes:
            free = node.values.get(column) is None and column.removesuffix("_id") not in node.locked
            if (model, uid) in ids and free and node.id:
                node.kind.model._default_manager.filter(pk=node.id).update(**{column: ids[model, uid]})
        links = [
            models.MeetingVisit(meeting_id=_id(plan.root), visit_id=ids[models.Visit, uid])
            for plan in plans
            for uid in plan.wanted.in_visits
            if (models.Visit, uid) in ids
        ]
        models.MeetingVisit.objects.bulk_create(links, ignore_conflicts=True)


def _may_rest_otherwise(plan: Plan) -> bool:
    """Whether a visit may rest on more or other origins than before."""
    if plan.root.kind.name != "visit":
        return False
    sides = {"guest_country_id", "guest_organization_id", "host_country_id"}
    return plan.present is None or bool(plan.citations) or any(change.column in sides for change in plan.clean)


def _rests(plan: Plan) -> tuple[int, set[int], bool]:
    """A written visit, what it rests on as far as the plan tells, and whether that is to be looked at closely."""
    own = [one for one in plan.citations if not one.target.path.startswith("/meetings")]
    sources: set[int] = {one.source.id if isinstance(one.source, Planned) else one.source for one in own}  # type: ignore[misc]
    return _id(plan.root), sources, plan.present is not None or any(one.values["attributed_to"] for one in own)


def _references(plan: Plan) -> Iterable[Any]:
    nodes: list[Node] = [child for child, _ in plan.added]
    if plan.present is None:
        nodes.append(plan.wanted)
    for node in nodes:
        yield from node.values.values()
    yield from (change.after for change in plan.clean)
    yield from (one.source for one in plan.citations)


def _ids(values: dict[str, Any]) -> dict[str, Any]:
    """Planned references as the ids they have by now."""
    return {name: value.id if isinstance(value, Planned) else value for name, value in values.items()}


def _id(node: Node) -> int:
    """The id of a node that is written by now."""
    assert node.id is not None  # noqa: S101 - parents are written first
    return node.id
