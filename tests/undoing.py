"""Loads that are taken back, for the tests of that: their records, and what is left."""

import io
import json

from django.core.management import call_command

from visits import edit, loads, record
from visits.models import (
    Citation,
    ExternalId,
    Meeting,
    MeetingVisit,
    Member,
    Official,
    OfficialName,
    Outcome,
    Participant,
    Post,
    Source,
    Tenure,
    Trip,
    Visit,
    VisitPlace,
)
from visits.review import undo


def uid(name):
    return str(record.uid_for("test", name))


def visit(number=1, head="Aina Orazowa", dataset="desk-list", **fields):
    member = {"as_printed": f"Foreign Minister {head}", "name_as_printed": head, "head": True}
    member |= {"official": {"name": head, "country": "TM"}, "post": {"title": "Foreign Minister", "country": "TM"}}
    return {
        "type": "visit",
        "uid": uid(f"visit {number}"),
        "external_ids": [f"{dataset}:{number}"],
        "guest": {"country": "TM", "as_printed": "Turkmenistan"},
        "host": {"country": "JP", "as_printed": "Japan"},
        "start": "2024-01-22",
        "end": "2024-01-23",
        "delegations": [{"sender": {"country": "TM"}, "members": [member]}],
        "sources": [{"kind": "dataset", "slug": dataset, "title": "Our list"}],
        "citations": [{"external_id": str(number), "row": {"id": str(number), "who": head}}],
    } | fields


def meeting(number=1, **fields):
    return {"uid": uid(f"meeting {number}"), "title": f"Talks {number}", "date": "2024-01-22"} | fields


def load(*records, trust=True, user=None):
    lines = "\n".join(json.dumps(item) for item in records).encode()
    run = loads.create_run([("list.jsonl", lines)], user=user, trust=trust)
    return loads.run_load(run.pk)


def by_hand():
    """In one transaction of a test, a statement without a context would be taken for one of the load before it."""
    return edit.deed(None, "by hand")


def take_back(run, user=None):
    """Undo; what the preview said is what the undo says and did."""
    said = undo.preview(run)
    judgement = undo.undo(run, user)
    assert (judgement.detail["deleted"], judgement.detail["stays"]) == (said["counts"]["goes"], said["stays"])
    for kind, rows in said["goes"].items():
        model = next(one for one in ALL if one._meta.model_name == kind)
        assert not model.objects.filter(pk__in=[pk for pk, _title in rows]).exists()
    for one in said["stays"]:
        model = next(one_ for one_ in ALL if one_._meta.model_name == one["type"])
        assert model.objects.filter(pk=one["id"]).exists()
    return judgement


ALL = (
    Visit, Meeting, Official, Post, Tenure, Trip, Source, Citation, ExternalId, Member, Participant, OfficialName,
    Outcome, VisitPlace, MeetingVisit,
)  # fmt: skip


def left():
    return {model.__name__: model.objects.count() for model in ALL if model.objects.exists()}


def staying(run, kind="visit"):
    """Why each record of a kind stays."""
    return [one["why"] for one in undo.preview(run)["stays"] if one["type"] == kind]


def exported():
    out = io.StringIO()
    call_command("export_visits", stdout=out)
    return out.getvalue()
