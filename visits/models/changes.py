"""What the public saw change: marks that triggers leave in the transaction of every write, and the feed made of them.

A mark says that a record, or a part of it, was written. `visits.changes` takes the marks of transactions that are
done, asks what the public sees now, and adds to the feed what is different. So a write pays for one narrow row, also
in bulk, and whatever way it comes (load, hand edit, merge, undo), the feed has it.
"""

import hashlib
from collections.abc import Iterator

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from visits import enums

from .events import Delegation, Meeting, MeetingVisit, Member, Participant, Visit, VisitPlace
from .evidence import TARGETS, Citation, ExternalId, Source
from .people import Official, OfficialName, Organization, OrganizationName, Post, Tenure
from .places import Country, CountryName
from .subjects import Dialogue, DialogueLink, DialogueName, Outcome, Topic, TopicLink, TopicName


class Mark(models.Model):
    """A record that a transaction wrote; written by triggers alone, and gone once the feed has it."""

    deed = models.BigIntegerField(db_index=True, help_text="the transaction: its marks are taken together")
    kind = models.CharField(max_length=15, help_text="model name in lower case")
    record = models.BigIntegerField()
    fields = ArrayField(models.CharField(max_length=40), help_text="none: it may be public now, or no more")

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"


class Change(models.Model):
    """One change as the public saw it. Its id is its place: one writer at a time adds, so that none comes in before."""

    at = models.DateTimeField(db_index=True, help_text="when it came into the feed; never falls")
    kind = models.CharField(max_length=15, help_text="model name in lower case")
    record = models.BigIntegerField()
    uid = models.UUIDField()
    slug = models.CharField(max_length=80, blank=True, help_text="of a record whose address is a slug")
    action = models.CharField(max_length=10, choices=enums.ChangeAction)
    fields = ArrayField(models.CharField(max_length=40), default=list, help_text="of the API's shape")
    heir = models.JSONField(null=True, help_text="id, uid and slug of the record that it was merged into")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index("kind", "record", models.F("id").desc(), name="change_of_record")]

    def __str__(self) -> str:
        return f"{self.kind} {self.record}: {self.action}"


# Records with an entry of their own in the feed: when one is there, and what says nothing to the public.
_STATED, _ALWAYS, _REFERENCE, _REACHED = "state = 'published'", "true", "is_reference", "false"
_OWN: dict[type[models.Model], str] = {
    Visit: _STATED,
    Meeting: _STATED,
    Outcome: _REACHED,
    Official: _REACHED,
    Post: _REACHED,
    Organization: _REFERENCE,
    Topic: _ALWAYS,
    Dialogue: _ALWAYS,
    Country: _ALWAYS,
    Source: _REACHED,
}
_SILENT = (
    "id", "uid", "locked_fields", "created_by_run_id", "created_at", "changed_at", "key", "forms", "text_vector",
    "earliest", "latest", "due_latest", "notes", "position", "is_reference",
)  # fmt: skip

# Parts: (kind of the record, column that names it, field of it).
_EITHER = (("visit", "visit_id"), ("meeting", "meeting_id"))


def _of_either(field: str) -> list[tuple[str, str, str]]:
    return [(kind, column, field) for kind, column in _EITHER]


_PARTS: dict[type[models.Model], list[tuple[str, str, str]]] = {
    VisitPlace: [("visit", "visit_id", "places")],
    Delegation: _of_either("delegations"),
    Member: [("delegation", "delegation_id", "delegations")],
    Participant: [("meeting", "meeting_id", "participants")],
    MeetingVisit: [("visit", "visit_id", "meetings"), ("meeting", "meeting_id", "visits")],
    TopicLink: _of_either("topics"),
    DialogueLink: _of_either("dialogues"),
    Outcome: _of_either("outcomes"),
    Citation: [("of_outcome" if name == "outcome" else name, f"{name}_id", "citations") for name in TARGETS],
    ExternalId: [*_of_either("external_ids"), ("official", "official_id", "external_ids")],
    OfficialName: [("official", "official_id", "other_names")],
    Tenure: [("official", "official_id", "tenures"), ("post", "post_id", "tenures")],
    OrganizationName: [("organization", "organization_id", "other_names")],
    TopicName: [("topic", "topic_id", "other_names")],
    DialogueName: [("dialogue", "dialogue_id", "other_names")],
    CountryName: [("country", "country_id", "other_names")],
}
# Of these tables the columns that the public sees: the file of a source is not compared, its text by its hash.
_SEEN: dict[type[models.Model], str] = {
    Source: "id, kind, slug, title, publisher, url, language, published, retrieved_at, md5(text) AS text, sha256, "
    "free_to_show, sample",
}
# What may be public no more once a row does not name it: (kind, column).
_NAMED: dict[type[models.Model], list[tuple[str, str]]] = {
    Visit: [("organization", "guest_organization_id"), ("organization", "host_organization_id")],
    Delegation: [("organization", "sender_organization_id")],
    Member: [("official", "official_id"), ("post", "post_id")],
    Participant: [("official", "official_id"), ("post", "post_id"), ("organization", "side_organization_id")],
    Post: [("organization", "organization_id")],
    Tenure: [("post", "post_id")],
    Citation: [("organization", "attributed_organization_id"), ("source", "source_id")],
}
# Members of dialogues, topics of outcomes and successors of countries are rows of tables without a model: the migration
# 0019 makes their triggers (`migrations/_marks.py`).


def number_of(code: str) -> int:
    """A country has no id: in marks and in the feed it goes by this number of its code; SQL twin of `_NUMBER`."""
    return int(hashlib.md5(code.encode(), usedforsecurity=False).hexdigest()[:15], 16)


_NUMBER = "('x' || left(md5({0}), 15))::bit(60)::bigint"


# SQL of the triggers. `VALUES` unfolds a row into the records that it belongs to or names.
_TAKE = """INSERT INTO visits_mark (deed, kind, record, fields)
SELECT pg_current_xact_id()::text::bigint, kind, record, fields FROM (
{marked}
) AS marked (kind, record, fields)
WHERE record IS NOT NULL;
RETURN NULL;"""
_UNFOLDED = """SELECT DISTINCT u.kind, u.record, u.fields FROM {rows} AS r
CROSS JOIN LATERAL (VALUES {values}) AS u (kind, record, fields)"""
_DIFFERING = """(
    SELECT found.* FROM (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows) AS found JOIN (
        SELECT id FROM old_rows o JOIN new_rows n USING (id)
        WHERE to_jsonb(o) - '{{{silent}}}'::text[] IS DISTINCT FROM to_jsonb(n) - '{{{silent}}}'::text[]
    ) AS differing USING (id)
)"""
_NO_MORE = "(SELECT o.* FROM old_rows o JOIN new_rows n USING (id) WHERE ({old}) IS DISTINCT FROM ({new}))"
_COLUMNS = """SELECT own.* FROM (
    SELECT '{kind}', {record}, CASE WHEN {turned} THEN ARRAY['state'] ELSE ARRAY(
        SELECT key FROM jsonb_each(to_jsonb(o)) AS was JOIN jsonb_each(to_jsonb(n)) AS is_now USING (key)
        WHERE was.value IS DISTINCT FROM is_now.value AND key <> ALL ('{{{silent}}}')
    ) END FROM {old} o JOIN {new} n USING ({key}) WHERE {where}
) AS own (kind, record, fields) WHERE fields <> '{{}}'"""


def _value(kind: str, column: str, field: str = "") -> str:
    fields = f"'{field}'" if field else ""
    record = _NUMBER.format(f"r.{column}") if kind == "country" else f"r.{column}::bigint"
    return f"('{kind}', {record}, ARRAY[{fields}]::text[])"


def _record(model: type[models.Model], row: str = "") -> str:
    return _NUMBER.format(f"{row}code") if model is Country else f"{row}id"


def _belongs(model: type[models.Model]) -> list[str]:
    return [_value(kind, column, field) for kind, column, field in _PARTS.get(model, ())]


def _names(model: type[models.Model]) -> list[str]:
    return [_value(kind, column) for kind, column in _NAMED.get(model, ())]


def _unfolded(rows: str, values: list[str]) -> list[str]:
    return [_UNFOLDED.format(rows=rows, values=", ".join(values))] if values else []


def _itself(model: type[models.Model], rows: str, where: str) -> list[str]:
    name = model._meta.model_name
    return [f"SELECT '{name}', {_record(model)}, ARRAY[]::text[] FROM {rows} WHERE {where}"] if model in _OWN else []  # noqa: S608


def _seen(model: type[models.Model], rows: str) -> str:
    return f"(SELECT {_SEEN[model]} FROM {rows})" if model in _SEEN else rows  # noqa: S608


def _inserted(model: type[models.Model]) -> list[str]:
    own = _itself(model, "new_rows", _OWN[model]) if _OWN.get(model, _REACHED) != _REACHED else []
    return [*_unfolded("new_rows", _belongs(model)), *own]


def _deleted(model: type[models.Model]) -> list[str]:
    where = _STATED if _OWN.get(model) == _STATED else _ALWAYS
    return [*_unfolded("old_rows", _belongs(model) + _names(model)), *_itself(model, "old_rows", where)]


def _updated(model: type[models.Model]) -> list[str]:
    silent, stated = ",".join(name for name in _SILENT if name not in {"id", "position"}), _OWN.get(model) == _STATED
    found = _unfolded(_DIFFERING.format(silent=silent), _belongs(model))
    columns = [column for _kind, column in _NAMED.get(model, ())]
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in "on")
    found += _unfolded(_NO_MORE.format(old=old, new=new), _names(model))
    if model in _OWN:
        own = _COLUMNS.format(
            kind=model._meta.model_name,
            record=_record(model, "n."),
            key="code" if model is Country else "id",
            old=_seen(model, "old_rows"),
            new=_seen(model, "new_rows"),
            turned="o.state <> n.state" if stated else "false",
            silent=",".join(_SILENT),
            where="'published' IN (o.state, n.state)" if stated else "true",
        )
        found.append(own)
    return found


def _triggers(model: type[models.Model]) -> Iterator[pgtrigger.Trigger]:
    for name, operation, marked, rows in (
        ("mark_insert", pgtrigger.Insert, _inserted(model), {"new": "new_rows"}),
        ("mark_update", pgtrigger.Update, _updated(model), {"old": "old_rows", "new": "new_rows"}),
        ("mark_delete", pgtrigger.Delete, _deleted(model), {"old": "old_rows"}),
    ):
        if marked:
            yield pgtrigger.Trigger(
                name=name,
                operation=operation,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(**rows),
                func=_TAKE.format(marked="\nUNION ALL\n".join(marked)),
            )


for _model in dict.fromkeys((*_OWN, *_PARTS)):
    pgtrigger.register(*_triggers(_model))(_model)
