"""What of a load can be taken back: which rows go, which fields go back, what stays and because of what.

The load's rows are joined to units: a record with all that belongs to it, or a row that the load added to a record
of somebody else. A unit stays when somebody else edited or judged a row of it, added one, or refers to one; what a
staying unit refers to stays as well. Preview and undo ask the same survey.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import ForeignKey, ManyToManyRel, Min, Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from visits import enums, field_names, merged, models
from visits.models import Candidate, Doubt, ImportRun, Judgement, RetiredId

from . import ledger, titles
from .ledger import PARENTS, Ids, Ledger, Owner, Put, among
from .merging.rules import KINDS

Unit = tuple[type[Model], int]
# Who refers to a record without relying on it: its doubts and candidates are asked apart, the runs and events not.
_NOT_ASKED = {Candidate, Doubt, ImportRun, models.MeetingVisit}


@dataclass
class Stay:
    """Why a unit, or one field of a row, stays. `because` is the record or load that relies on it, if one does."""

    unit: Unit
    why: str
    because: Unit | None = None
    follows: bool = False  # from another unit that stays


@dataclass
class Survey:
    """`goes`: ids of rows by table, whole; `heads` those of them that are records, or rows added to a record."""

    run: ImportRun
    ledger: Ledger
    goes: Ids = field(default_factory=dict)
    heads: dict[type[Model], list[int]] = field(default_factory=dict)
    back: list[Put] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.heads and not self.back


def look(run: ImportRun) -> Survey:
    """Survey a load; the number of queries does not depend on how much it brought."""
    told = ledger.read(run)
    units = _Units(told)
    units.block_edited()
    units.block_judged()
    units.block_merged()
    units.block_named_by_candidates()
    for model in PARENTS:
        units.block_relied_on(model)
    units.block_meetings()
    units.spread()
    survey = Survey(run, told)
    units.sort_into(survey)
    _sort_puts(survey)
    return survey


class _Units:
    def __init__(self, told: Ledger) -> None:
        self.told = told
        self.rows = {model: _rows(model, ids) for model, ids in told.made.items()}
        self.unit_of: dict[Unit, Unit] = {}
        for model in PARENTS:
            for pk in self.rows[model]:
                self._unit(model, pk)
        self.members: dict[Unit, list[Unit]] = defaultdict(list)
        for row, unit in self.unit_of.items():
            self.members[unit].append(row)
        self.stays: dict[Unit, Stay] = {}

    def _unit(self, model: type[Model], pk: int) -> Unit:
        """The row that this row goes with: the topmost of those above it that the load made too."""
        if (model, pk) not in self.unit_of:
            unit = (model, pk)
            for name in PARENTS[model]:
                above = self.rows[model][pk].get(f"{name}_id")
                parent = model._meta.get_field(name).related_model
                if above is not None and above in self.rows[parent]:  # type: ignore[index]
                    unit = self._unit(parent, above)  # type: ignore[arg-type]
            self.unit_of[model, pk] = unit
        return self.unit_of[model, pk]

    def block(self, row: Unit, why: str, because: Unit | None = None) -> None:
        unit = self.unit_of.get(row)
        if unit is not None and unit not in self.stays:
            self.stays[unit] = Stay(unit, why, because)

    def block_edited(self) -> None:
        for row, owner in self.told.edited.items():
            self.block(row, *_edited(owner))
        for model, rows in self.rows.items():
            for pk, values in rows.items():
                if values.get("locked_fields"):
                    self.block((model, pk), _("somebody edited it"))

    def block_judged(self) -> None:
        judged = Doubt.objects.filter(judgement__user__isnull=False)
        for name in Doubt.TARGETS:
            model: Any = Doubt._meta.get_field(name).related_model
            for pk in _values(judged.filter(**{f"{name}__in": among(self.rows[model])}), f"{name}_id"):
                self.block((model, pk), _("somebody settled a doubt about it"))

    def block_merged(self) -> None:
        """What others were merged into: an address that leads to it, and the way back, rely on it."""
        for model, rows in self.rows.items():
            if not issubclass(model, models.bases.Record):
                continue
            kind = model._meta.model_name
            retired = RetiredId.objects.filter(kind=kind, merged_into__in=among(rows))
            names = _merged_names(kind) if retired.exists() else {}
            pairs: list[Any] = list(retired.order_by("pk").values_list("merged_into", "record_id"))
            for pk, gone in pairs:
                what = names.get(gone) or f"{model._meta.verbose_name} {gone}"
                self.block((model, pk), _("%(what)s was merged into it") % {"what": what})

    def block_named_by_candidates(self) -> None:
        """Later loads that changed a record, and whatever waits or was decided with one of the load's sources."""
        others = Candidate.objects.exclude(run=self.told.run)
        for name in ("visit", "meeting", "official", "tenure"):
            model: Any = Candidate._meta.get_field(name).related_model
            later = others.filter(state="accepted", **{f"{name}__in": among(self.rows[model])})
            for pk, run in later.order_by().values_list(f"{name}_id").annotate(Min("run")):
                self.block((model, pk), *_edited(Owner(run=run)))
        reading = others.exclude(state="undone").filter(source__in=among(self.rows[models.Source]))
        for pk, run in reading.order_by().values_list("source_id").annotate(Min("run")):
            why = _("load %(run)s reads from it") % {"run": run}
            self.block((models.Source, pk), why, (ImportRun, run))
        rejected = self.told.run.candidates.filter(state="rejected", source__in=among(self.rows[models.Source]))
        for pk in _values(rejected, "source_id"):
            self.block((models.Source, pk), _("a text in it was rejected by hand"))

    def block_relied_on(self, model: type[Model]) -> None:
        """Rows of others that belong to a row of the load, or refer to one."""
        ids = self.rows[model]
        if not ids:
            return
        for relation in model._meta.related_objects:
            other: Any = relation.related_model
            if other in _NOT_ASKED or hasattr(other, "pgh_tracked_model"):
                continue
            if isinstance(relation, ManyToManyRel):
                for pk, first in _by_many(relation, ids):
                    self.block((model, pk), _relied(other, first), (other, first))
                continue
            column = relation.field.name
            found = other._default_manager.filter(**{f"{column}__in": among(ids)})
            if other in self.rows:
                found = found.exclude(pk__in=among([*self.rows[other], *self._going_back(other, f"{column}_id")]))
            pairs = list(found.order_by().values_list(f"{column}_id").annotate(Min("pk")))
            self._block_by_rows(model, other, column, pairs)

    def _going_back(self, model: type[Model], column: str) -> list[int]:
        """Rows of others whose reference was set by this load, and will be taken back."""
        return [put.id for put in self.told.puts if (put.model, put.column) == (model, column) and not put.since]

    def _block_by_rows(self, model: type[Model], other: Any, column: str, pairs: list[tuple[int, int]]) -> None:
        belongs = column in PARENTS.get(other, ()) or issubclass(other, models.bases.OtherName)
        firsts = [first for _pk, first in pairs]
        makers = self.told.makers(other, firsts) if belongs else {}
        above = titles.records_of(other, firsts)
        for pk, first in pairs:
            if belongs:
                self.block((model, pk), *_added(other, first, makers.get(first, Owner())))
            else:
                record = above.get(first, (other, first))
                self.block((model, pk), _relied(*record), record)

    def block_meetings(self) -> None:
        """Links of meetings to visits of which the load made one side, and somebody else the link."""
        links, mine = models.MeetingVisit, self.rows[models.MeetingVisit]
        strange = links._default_manager.exclude(pk__in=among(mine))
        for pk, visit in strange.filter(meeting__in=among(self.rows[models.Meeting])).values_list("meeting", "visit"):
            self.block((models.Meeting, pk), _("visit %(id)s has it") % {"id": visit}, (models.Visit, visit))
        for pk, meeting in strange.filter(visit__in=among(self.rows[models.Visit])).values_list("visit", "meeting"):
            why = _("meeting %(id)s was put in it") % {"id": meeting}
            self.block((models.Visit, pk), why, (models.Meeting, meeting))

    def spread(self) -> None:
        """What a staying unit refers to stays too."""
        beside = self._beside()
        waiting = deque(self.stays)
        while waiting:
            unit = waiting.popleft()
            for target in [*self._references(unit), *beside.get(unit, ())]:
                other = self.unit_of[target]
                if other not in self.stays:
                    because = unit if not PARENTS[unit[0]] else None
                    self.stays[other] = Stay(other, _relied(*unit), because, follows=True)
                    waiting.append(other)

    def _references(self, unit: Unit) -> Iterator[Unit]:
        for model, pk in self.members[unit]:
            for name, parent in _references_of(model):
                value = self.rows[model][pk].get(name)
                if value is not None and value in self.rows[parent] and self.unit_of[parent, value] != unit:
                    yield parent, value

    def _beside(self) -> dict[Unit, list[Unit]]:
        """The meetings of each visit, and the visit of each meeting that lies in no visit of somebody else."""
        beside: dict[Unit, list[Unit]] = defaultdict(list)
        rows = self.rows[models.MeetingVisit].values()
        elsewhere = {row["meeting_id"] for row in rows if row["visit_id"] not in self.rows[models.Visit]}
        elsewhere |= {pk for (model, pk), stay in self.stays.items() if model is models.Meeting and _is_home(stay)}
        for row in rows:
            meeting, visit = (models.Meeting, row["meeting_id"]), (models.Visit, row["visit_id"])
            if row["visit_id"] in self.rows[models.Visit] and row["meeting_id"] in self.rows[models.Meeting]:
                beside[visit].append(meeting)
                if row["meeting_id"] not in elsewhere:
                    beside[meeting].append(visit)
        return beside

    def sort_into(self, survey: Survey) -> None:
        order = list(PARENTS)
        stays = [stay for stay in self.stays.values() if stay.unit[0] is not models.MeetingVisit]
        survey.stays = sorted(stays, key=lambda stay: (stay.follows, order.index(stay.unit[0]), stay.unit[1]))
        goes: dict[type[Model], set[int]] = defaultdict(set)
        heads: dict[type[Model], list[int]] = defaultdict(list)
        for unit, rows in self.members.items():
            if unit in self.stays or self._is_link_that_stays(unit):
                continue
            for model, pk in rows:
                goes[model].add(pk)
            if not self._is_link_of_what_goes(unit):
                heads[unit[0]].append(unit[1])
        survey.goes = dict(goes)
        survey.heads = {model: sorted(heads[model]) for model in PARENTS if heads.get(model)}

    def _ends(self, unit: Unit) -> list[tuple[Unit, bool]]:
        row = self.rows[unit[0]][unit[1]]
        ends = [(models.Meeting, row["meeting_id"]), (models.Visit, row["visit_id"])]
        return [(end, end in self.unit_of) for end in ends]

    def _is_link_that_stays(self, unit: Unit) -> bool:
        """A link goes with either end; between what stays and what is not of this load it stays."""
        if unit[0] is not models.MeetingVisit:
            return False
        ends = self._ends(unit)
        return any(is_mine for _end, is_mine in ends) and all(end in self.stays for end, is_mine in ends if is_mine)

    def _is_link_of_what_goes(self, unit: Unit) -> bool:
        return unit[0] is models.MeetingVisit and any(is_mine for _end, is_mine in self._ends(unit))


def _is_home(stay: Stay) -> bool:
    return stay.because is not None and stay.because[0] is models.Visit


def _rows(model: type[Model], ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Foreign keys and locks of these rows."""
    names = [name for name, _parent in _references_of(model)]
    names += [f"{name}_id" for name in PARENTS[model] if f"{name}_id" not in names]
    if any(column.name == "locked_fields" for column in model._meta.concrete_fields):
        names.append("locked_fields")
    rows = model._default_manager.filter(pk__in=among(ids)).order_by()
    return {row.pop("pk"): row for row in rows.values("pk", *names)}


def _references_of(model: type[Model]) -> list[tuple[str, type[Model]]]:
    """The foreign keys of a table to tables that a load writes."""
    columns = [column for column in model._meta.concrete_fields if isinstance(column, ForeignKey)]
    return [(column.attname, column.related_model) for column in columns if column.related_model in PARENTS]


def _values(rows: Any, name: str) -> list[int]:
    return list(rows.order_by().values_list(name, flat=True).distinct())


def _by_many(relation: ManyToManyRel, ids: Iterable[int]) -> list[tuple[int, int]]:
    """(row of the load, first row that names it) over a many-to-many relation."""
    if relation.through is models.MeetingVisit:
        return []
    here, there = relation.field.m2m_reverse_name(), relation.field.m2m_column_name()
    rows = relation.through._default_manager.filter(**{f"{here}__in": among(ids)})  # type: ignore[union-attr]
    return list(rows.order_by().values_list(here).annotate(Min(there)))


def _merged_names(kind: str | None) -> dict[int, str]:
    """Of records that were merged away, what they were called."""
    rows = Judgement.objects.filter(kind=enums.JudgementKind.MERGE, detail__kind=kind).order_by("pk")
    return {gone: titles_[1] for gone, titles_ in rows.values_list("detail__dropped", "detail__titles")}


def _edited(owner: Owner) -> tuple[str, Unit | None]:
    if owner.run:
        return _("load %(run)s changed it later") % {"run": owner.run}, (ImportRun, owner.run)
    return _("somebody edited it"), None


def _added(model: type[Model], pk: int, owner: Owner) -> tuple[str, Unit | None]:
    what = str(model._meta.verbose_name)
    if owner.run:
        return _("load %(run)s added to it: %(what)s") % {"run": owner.run, "what": what}, (ImportRun, owner.run)
    return _("somebody added to it: %(what)s") % {"what": what}, None


def _relied(model: type[Model], pk: int) -> str:
    return _("%(what)s %(id)s relies on it") % {"what": model._meta.verbose_name, "id": pk}


def _sort_puts(survey: Survey) -> None:
    """Fields that go back, and those that stay because somebody changed them since, or what they named is gone."""
    lost = _lost(survey)
    for put in survey.ledger.puts:
        label = capfirst(field_names.in_words(put.column.removesuffix("_id")))
        if put.since:
            what = {"field": label, "run": put.since.run}
            if put.since.run:
                why = _("%(field)s was changed since by load %(run)s") % what
                survey.stays.append(Stay((put.model, put.id), why, (ImportRun, put.since.run)))
            else:
                survey.stays.append(Stay((put.model, put.id), _("%(field)s was changed since") % what))
        elif not put.is_known or (put.model, put.id, put.column) in lost:
            why = _("%(field)s: what it was is gone") % {"field": label}
            survey.stays.append(Stay((put.model, put.id), why))
        else:
            survey.back.append(put)


def _lost(survey: Survey) -> set[tuple[type[Model], int, str]]:
    """Foreign keys that would name what is no more, now or after this undo."""
    wanted: dict[type[Model], dict[Any, list[Put]]] = defaultdict(lambda: defaultdict(list))
    for put in survey.ledger.puts:
        column = next(one for one in put.model._meta.concrete_fields if one.attname == put.column)
        if isinstance(column, ForeignKey) and put.before is not None:
            wanted[column.related_model][put.before].append(put)
    lost = set()
    for target, puts in wanted.items():
        found = set(target._default_manager.filter(pk__in=list(puts)).values_list("pk", flat=True))
        if target in KINDS.values():
            for value, heir in merged.heirs(target, puts.keys() - found).items():
                found.add(heir)
                for put in puts.pop(value):
                    put.before = heir
                    puts[heir].append(put)
        gone = puts.keys() - (found - survey.goes.get(target, set()))
        lost |= {(put.model, put.id, put.column) for value in gone for put in puts[value]}
    return lost
