"""What happened to a record and all its parts: who, when, what and why, read from the events of the triggers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import ForeignKey, Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from visits import models

# The parts of each table: the name that the list has in a VisitRecord (and in `locked_fields`), table, foreign key.
PARTS: dict[type[Model], list[tuple[str, type[Model], str]]] = {
    models.Visit: [
        ("places", models.VisitPlace, "visit"),
        ("delegations", models.Delegation, "visit"),
        ("meetings", models.MeetingVisit, "visit"),
        ("topics", models.TopicLink, "visit"),
        ("dialogues", models.DialogueLink, "visit"),
        ("outcomes", models.Outcome, "visit"),
    ],
    models.Meeting: [
        ("visits", models.MeetingVisit, "meeting"),
        ("delegations", models.Delegation, "meeting"),
        ("participants", models.Participant, "meeting"),
        ("topics", models.TopicLink, "meeting"),
        ("dialogues", models.DialogueLink, "meeting"),
        ("outcomes", models.Outcome, "meeting"),
    ],
    models.Delegation: [("members", models.Member, "delegation")],
    models.Official: [
        ("other_names", models.OfficialName, "official"),
        ("tenures", models.Tenure, "official"),
    ],
    models.Post: [("tenures", models.Tenure, "post")],
}
# Named parts of reference data.
for _model, _names in (
    (models.Country, models.CountryName),
    (models.City, models.CityName),
    (models.Organization, models.OrganizationName),
    (models.Topic, models.TopicName),
    (models.Dialogue, models.DialogueName),
):
    PARTS[_model] = [("other_names", _names, str(_model._meta.model_name))]

_SILENT = {"id", "uid", "locked_fields", "created_by_run", "created_at", "changed_at", "position", "key"}
_MANY = 2000  # events of one record that are read; a record with more shows its newest


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """What happened to one row. `verb` is insert, update or delete."""

    what: str
    verb: str
    fields: list[FieldChange]


@dataclass
class Entry:
    """One deed: all that one person, rule or load did to the record in one go."""

    when: datetime
    who: str
    reason: str
    rows: list[RowChange] = field(default_factory=list)


@dataclass(frozen=True)
class _Event:
    row: dict[str, Any]
    before: dict[str, Any] | None
    model: type[Model]


def of(record: Model, since: dict[str, int] | None = None) -> list[Entry]:
    """The deeds that changed the record or its parts, newest first; only those after `since` (see `newest`)."""
    events = [event for event in _events(type(record), "pgh_obj_id", [record.pk]) if _is_new(event, since)]
    events.sort(key=lambda event: (event.row["pgh_created_at"], event.row["pgh_id"]))
    words = _Words(events)
    entries: dict[Any, Entry] = {}
    for event in events:
        if not (change := words.change(event)):
            continue
        row = event.row
        key = row["pgh_context_id"] or row["pgh_created_at"]
        if key not in entries:
            entries[key] = Entry(row["pgh_created_at"], words.who(row), words.reason(row))
        entries[key].rows.append(change)
    return list(reversed(entries.values()))


def newest(record: Model) -> dict[str, int]:
    """The id of the newest event of the record and its parts, by table."""
    ids: dict[str, int] = {}
    for event in _events(type(record), "pgh_obj_id", [record.pk]):
        table = str(event.model._meta.model_name)
        ids[table] = max(ids.get(table, 0), event.row["pgh_id"])
    return ids


def _is_new(event: _Event, since: dict[str, int] | None) -> bool:
    return since is None or event.row["pgh_id"] > since.get(str(event.model._meta.model_name), 0)


def _event_model(model: type[Model]) -> Any:
    """The table of a model's events, or None where no history is kept."""
    relation = getattr(model, "events", None)
    return relation.rel.related_model if relation is not None and hasattr(relation, "rel") else None


def _events(model: type[Model], column: str, ids: Iterable[int]) -> Iterator[_Event]:
    """Events of the rows whose `column` held one of these ids, and of their parts, deleted ones included."""
    event_model = _event_model(model)
    if event_model is None:
        return
    newest = event_model.objects.filter(**{f"{column}__in": list(ids)}).order_by("-pgh_id")
    rows = list(newest.values(*_columns(event_model), "pgh_context__metadata")[:_MANY])
    last: dict[int, dict[str, Any]] = {}
    for row in reversed(rows):
        yield _Event(row, last.get(row["pgh_obj_id"]), model)
        last[row["pgh_obj_id"]] = row
    owners = set(last)
    for _list, part, foreign_key in PARTS.get(model, ()):
        if owners:
            yield from _events(part, foreign_key, owners)


def _columns(event_model: Any) -> list[str]:
    return [column.attname for column in event_model._meta.concrete_fields]


class _Words:
    """Turns events into words; looks up who and what they name in one query for each table."""

    def __init__(self, events: list[_Event]) -> None:
        wanted: dict[type[Model], set[Any]] = defaultdict(set)
        for event in events:
            for foreign_key in _foreign_keys(event.model):
                for row in (event.row, event.before or {}):
                    if (value := row.get(foreign_key.attname)) is not None:
                        wanted[foreign_key.related_model].add(value)
        self.labels = {model: model._default_manager.in_bulk(list(ids)) for model, ids in wanted.items()}
        users = {pk for event in events if (pk := (event.row["pgh_context__metadata"] or {}).get("user")) is not None}
        self.users = get_user_model()._default_manager.in_bulk(list(users))

    def who(self, row: dict[str, Any]) -> str:
        context = row["pgh_context__metadata"] or {}
        user, run = context.get("user"), context.get("run")
        person = str(self.users.get(user, _("user %(id)s") % {"id": user})) if user is not None else ""
        load = _("load %(id)s") % {"id": run} if run else ""
        return ", ".join(filter(None, (person, load))) or str(context.get("rule") or "")

    def reason(self, row: dict[str, Any]) -> str:
        return str((row["pgh_context__metadata"] or {}).get("reason") or "")

    def change(self, event: _Event) -> RowChange | None:
        """The row's change in words; None when nothing that a reader cares for changed."""
        verb = event.row["pgh_label"]
        fields = [] if verb == "delete" else list(self._fields(event))
        if verb == "update" and not fields:
            return None
        return RowChange(self._name(event), verb, fields)

    def _fields(self, event: _Event) -> Iterator[FieldChange]:
        for column in event.model._meta.concrete_fields:
            if column.name in _SILENT or column.attname not in event.row:
                continue
            after = self._text(column, event.row[column.attname])
            before = self._text(column, event.before[column.attname]) if event.before else ""
            if before != after:
                yield FieldChange(capfirst(str(column.verbose_name)), before, after)

    def _text(self, column: Any, value: Any) -> str:
        if value is None or value == "":
            return ""
        if isinstance(column, ForeignKey):
            found = self.labels.get(column.related_model, {}).get(value)
            return str(found) if found is not None else f"{column.related_model._meta.verbose_name} {value}"
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        return ("yes" if value else "no") if isinstance(value, bool) else str(value)

    def _name(self, event: _Event) -> str:
        kind = capfirst(str(event.model._meta.verbose_name))
        row = event.row
        name = next((str(row[key]) for key in ("title", "name", "text", "as_printed") if row.get(key)), "")
        if not name:
            columns = [key for key in _foreign_keys(event.model) if key.name in _TELLING]
            name = next((text for key in columns if (text := self._text(key, row.get(key.attname)))), "")
        return f"{kind}: {name}" if name else kind


_TELLING = ("official", "topic", "dialogue", "city", "meeting", "sender_country", "sender_organization", "post")


def _foreign_keys(model: type[Model]) -> list[ForeignKey]:
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, ForeignKey) and column.name not in _SILENT
    ]
