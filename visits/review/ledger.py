"""What a load did, row by row, from the history that triggers keep: what it made, what it changed, who came after it.

History counts and not `locked_fields` alone: it also sees what bulk statements, links by uid and other loads did.
A change that was taken back counts no more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import IntegerField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from pghistory.models import Context

from visits import mapping, models
from visits.mapping.tree import ROOTS
from visits.models import Candidate, ImportRun

Ids = dict[type[Model], set[int]]

# The tables that a load writes. A row of a table with parents goes and stays with the row that it belongs to.
PARENTS: dict[type[Model], tuple[str, ...]] = {
    models.Visit: (),
    models.Meeting: (),
    models.Official: (),
    models.Tenure: (),
    models.Trip: (),
    models.Post: (),
    models.City: (),
    models.Organization: (),
    models.Source: (),
    models.MeetingVisit: (),
    models.Delegation: ("visit", "meeting"),
    models.Outcome: ("visit", "meeting"),
    models.VisitPlace: ("visit",),
    models.TopicLink: ("visit", "meeting"),
    models.DialogueLink: ("visit", "meeting"),
    models.Participant: ("meeting",),
    models.Member: ("delegation",),
    models.OfficialName: ("official",),
    models.Citation: tuple(models.evidence.TARGETS),
    models.ExternalId: ("visit", "meeting", "official", "tenure"),
}
# Taking a step to the public is no edit, and a lock is one only with what it locks (locks are looked at apart).
_NO_EDIT = {"state", "locked_fields", "created_at", "changed_at", "created_by_run_id", "uid", "id"}
_LINKS = {"accompanies_id", "fulfilled_by_visit_id", "fulfilled_by_meeting_id"}
# Columns that make sense together only: when one was changed since, none goes back.
_TOGETHER = (
    {"start", "end"},
    {"name", "key"},
    {"text", "key"},
    {"guest_country_id", "guest_organization_id"},
    {"sender_country_id", "sender_organization_id"},
    {"side_country_id", "side_organization_id"},
    {"life", "fulfilled_by_visit_id", "fulfilled_by_meeting_id"},
)


class Owner(NamedTuple):
    """Who did it: a load (`run`), the undo of a load (`undone`), else a person. `quiet`: a merge, which is no edit of
    what it moves, or what the tracker derived by itself."""

    run: int | None = None
    undone: int | None = None
    quiet: bool = False


@dataclass
class Put:
    """A field that a load changed in a row that it did not make. `since` is who changed it after the load."""

    model: type[Model]
    id: int
    column: str
    before: Any
    after: Any
    since: Owner | None = None
    is_known: bool = True


@dataclass
class Ledger:
    """`made` are rows that the load made and that are there; `edited` those of them that others changed since."""

    run: ImportRun
    contexts: list[Any]
    made: Ids
    edited: dict[tuple[type[Model], int], Owner] = field(default_factory=dict)
    puts: list[Put] = field(default_factory=list)

    def makers(self, model: type[Model], ids: Iterable[int]) -> dict[int, Owner]:
        """Who made these rows, where history knows."""
        events = _event_model(model)
        if events is None:
            return {}
        rows = events.objects.filter(pgh_label="insert", pgh_obj__in=among(ids)).order_by("pgh_id")
        return {pk: _owner(metadata) for pk, metadata in rows.values_list("pgh_obj_id", "pgh_context__metadata")}


def among(ids: Iterable[int]) -> RawSQL:
    """Any number of ids as one parameter of `__in`."""
    array = f"{{{','.join(map(str, ids))}}}"  # as text: a list of 50,000 numbers takes longer to hand over than to find
    return RawSQL("SELECT unnest(%s::bigint[])", [array], output_field=IntegerField())


def read(run: ImportRun) -> Ledger:
    """Everything that the load did and that still stands, with a number of queries that does not depend on how much."""
    done = Context.objects.filter(metadata__contains={"run": run.pk}).exclude(metadata__has_key="undo")
    contexts = list(done.values_list("pk", flat=True))
    ledger = Ledger(run, contexts, {model: _made(model, run, contexts) for model in PARENTS})
    ledger.made[models.ExternalId] = _external_ids(run)
    for model in PARENTS:
        if events := _event_model(model):
            _read_edits(ledger, model, events)
            _read_changes(ledger, model, events)
    ledger.puts += _renewed_rows(ledger)
    return ledger


def _event_model(model: type[Model]) -> Any:
    relation = getattr(model, "events", None)
    return relation.rel.related_model if relation is not None else None


def _made(model: type[Model], run: ImportRun, contexts: list[Any]) -> set[int]:
    events = _event_model(model)
    rows = model._default_manager.all()
    if any(column.name == "created_by_run" for column in model._meta.concrete_fields):
        return set(rows.filter(created_by_run=run).values_list("pk", flat=True))
    if events is None:
        return set()
    made = events.objects.filter(pgh_label="insert", pgh_context__in=contexts).values("pgh_obj_id")
    return set(rows.filter(pk__in=made).values_list("pk", flat=True))


def _external_ids(run: ImportRun) -> set[int]:
    """Ids of data sets that the load gave: all of a record that it made, of others what it says it added."""
    written = Candidate.objects.filter(state="accepted", action="change")
    partly = run.candidates.filter(state="pending", action="change")  # what a person's edit contradicts
    given = _given(written.filter(run=run)) | _given(partly) - _given(written.exclude(run=run))
    made: set[int] = set()
    for kind in ROOTS:
        rows = models.ExternalId.objects.filter(**{f"{kind}__created_by_run": run})
        told = _told(kind, run.candidates.filter(action="create"))
        for pk, slug, value, target in rows.values_list("pk", "dataset__slug", "value", f"{kind}_id"):
            if f"{slug}:{value}" in told[target]:
                made.add(pk)
        targets = {target for one, target, _name in given if one == kind}
        rows = models.ExternalId.objects.filter(**{f"{kind}__in": among(targets)})
        for pk, slug, value, target in rows.values_list("pk", "dataset__slug", "value", f"{kind}_id"):
            if (kind, target, f"{slug}:{value}") in given:
                made.add(pk)
    return made


def _given(candidates: QuerySet[Candidate]) -> set[tuple[str, int, str]]:
    """(kind, id, data set:id) of what these candidates say they added."""
    said = candidates.filter(difference__contains=[{"model": "external_id"}])
    return {
        (kind, target, entry["added"]["value"])
        for kind, target, entries in said.values_list("type", Coalesce(*(f"{kind}_id" for kind in ROOTS)), "difference")
        for entry in entries
        if entry["model"] == "external_id"
    }


def _told(kind: str, candidates: QuerySet[Candidate]) -> dict[int, set[str]]:
    told: dict[int, set[str]] = defaultdict(set)
    rows = candidates.filter(**{f"{kind}__isnull": False}).order_by()
    for target, names in rows.values_list(f"{kind}_id", "record__external_ids"):
        told[target].update(names or ())
    return told


def _first(run: ImportRun) -> int:
    return run.candidates.order_by("pk").values_list("pk", flat=True).first() or 0


# who changed what, from the events of rows


def _read_edits(ledger: Ledger, model: type[Model], events: Any) -> None:
    """Rows that the load made and that somebody else changed."""
    others = events.objects.filter(pgh_label="update", pgh_obj__in=among(ledger.made[model]))
    others = others.exclude(pgh_context__in=ledger.contexts) if ledger.contexts else others
    touched = set(others.values_list("pgh_obj_id", flat=True))
    for pk, fields in _stories(events, touched):
        for column, story in fields.items():
            owner = story[-1][1]
            linked = owner.run and column in _LINKS  # a link by uid that the row itself asked for
            if column not in _NO_EDIT and owner.run != ledger.run.pk and not linked and len(story) > 1:
                ledger.edited[model, pk] = owner


def _read_changes(ledger: Ledger, model: type[Model], events: Any) -> None:
    """Fields that the load changed in rows that others made."""
    mine = events.objects.filter(pgh_label="update", pgh_context__in=ledger.contexts)
    touched = set(mine.values_list("pgh_obj_id", flat=True)) - ledger.made[model]
    there = set(model._default_manager.filter(pk__in=among(touched)).values_list("pk", flat=True))
    for pk, fields in _stories(events, there):
        puts = [
            put
            for column, story in fields.items()
            if column not in _NO_EDIT and (put := _put(ledger.run.pk, model, pk, column, story))
        ]
        held = {put.column: put.since for put in puts if put.since}
        held |= {name: story[-1][1] for name, story in fields.items() if _came_after(ledger.run.pk, name, fields)}
        for put in puts:
            for group in _TOGETHER:
                if put.column in group and (others := group & held.keys()):
                    put.since = put.since or held[min(others)]
        ledger.puts += puts


Story = list[tuple[Any, Owner, int]]


def _came_after(run: int, column: str, fields: dict[str, Story]) -> bool:
    """Whether somebody else changed this column after the load changed one that belongs to it."""
    _value, owner, number = fields[column][-1]
    if owner.run == run or len(fields[column]) < 2:
        return False
    return any(
        column in group and any(fields[other][-1][1].run == run and fields[other][-1][2] < number for other in group)
        for group in _TOGETHER
        if group <= fields.keys()
    )


def _put(run: int, model: type[Model], pk: int, column: str, story: Story) -> Put | None:
    after = [value for value, owner, _number in story if owner.run == run]
    if not after:
        return None
    if story[-1][1].run != run:
        return Put(model, pk, column, None, after[-1], since=story[-1][1])
    rest = list(story)
    while rest and rest[-1][1].run == run:
        rest.pop()
    return Put(model, pk, column, rest[-1][0] if rest else None, after[-1], is_known=bool(rest))


def _stories(events: Any, ids: Collection[int]) -> Iterator[tuple[int, dict[str, Story]]]:
    """Of each row, column by column: the values that it had, each with who gave it; what was taken back is left out."""
    if not ids:
        return
    columns = [column.attname for column in events._meta.concrete_fields if not column.attname.startswith("pgh_")]
    rows = events.objects.filter(pgh_obj__in=among(ids)).order_by("pgh_obj_id", "pgh_id")
    current, fields = None, dict[str, Story]()
    for row in rows.values("pgh_obj_id", "pgh_id", "pgh_label", "pgh_context__metadata", *columns).iterator():
        if row["pgh_obj_id"] != current:
            if current is not None:
                yield current, fields
            current, fields = row["pgh_obj_id"], {column: [] for column in columns}
        if row["pgh_label"] == "delete":
            continue
        if row["pgh_label"] == "insert":
            fields = {column: [] for column in columns}
        owner = _owner(row["pgh_context__metadata"])
        for column in columns:
            _tell(fields[column], row[column], owner, row["pgh_id"])
    if current is not None:
        yield current, fields


def _tell(story: Story, value: Any, owner: Owner, number: int) -> None:
    if story and story[-1][0] == value:
        return
    if story and owner.quiet:
        story[-1] = (value, *story[-1][1:])
        return
    while len(story) > 1 and owner.undone and story[-1][1].run == owner.undone:
        story.pop()
    if not story or story[-1][0] != value:
        story.append((value, owner, number))


def _owner(metadata: dict[str, Any] | None) -> Owner:
    data = metadata or {}
    if data.get("undo"):
        return Owner(undone=data["undo"])
    return Owner(run=data.get("run"), quiet=bool(data.get("merge") or data.get("derived")))


# rows of data sets, of which no history is kept: from the candidates


def _renewed_rows(ledger: Ledger) -> list[Put]:
    """The rows that the load renewed in citations that are not its own, with the row of the load before it."""
    puts = []
    for kind in ROOTS:
        mine = _rows_told(kind, ledger.run.candidates.filter(action="change", state__in=["accepted", "pending"]))
        earlier = Candidate.objects.filter(pk__lt=_first(ledger.run), state="accepted").order_by("pk")
        before = _rows_told(kind, earlier.filter(**{f"{kind}__in": among(mine)}))
        ids = [pk for pk in mine if any(before.get(pk, {}).get(key, row) != row for key, row in mine[pk].items())]
        for pk, node in mapping.fetch(kind, ids).items():
            for cited in node.citations:
                key = tuple(cited.values[name] for name in _WORDS)
                was, now = before[pk].get(key), mine[pk].get(key)
                is_mine = cited.id in ledger.made[models.Citation]
                if was and now and was != now and not is_mine and cited.values["row"] == now[0]:
                    for column, old, new in zip(("row", "columns"), was, now, strict=True):
                        puts.append(Put(models.Citation, cited.id or 0, column, old, new))
    return puts


_WORDS = ("field", "exact", "start", "external_id")
Row = tuple[dict[str, str], dict[str, str] | None]


def _rows_told(kind: str, candidates: QuerySet[Candidate]) -> dict[int, dict[tuple[Any, ...], Row]]:
    told: dict[int, dict[tuple[Any, ...], Row]] = defaultdict(dict)
    rows = candidates.filter(**{f"{kind}__isnull": False}).values_list(f"{kind}_id", "record__citations")
    for target, citations in rows:
        for cited in citations or ():
            if cited.get("row"):
                key = (cited.get("field", ""), cited.get("exact", ""), cited.get("start"), cited.get("external_id", ""))
                told[target][key] = (cited["row"], cited.get("columns") or None)
    return told
