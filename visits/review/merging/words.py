"""What a merge would do, in words for a page."""

from collections import Counter
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from visits import models
from visits.review import titles

from . import steps
from .deeds import planned
from .planning import Field, Plan
from .rules import Collision, foreign_keys

_WHY = {
    "older": _("of the older record"),
    "filled": _("the older record has none"),
    "edited": _("a person wrote it"),
    "either": _("one of them says so"),
    "both": _("both texts"),
    "above": _("one of them lies below the other"),
}
_HOW = {
    Collision.GOES: _("says the same as one that is there: it goes"),
    Collision.MERGES: _("is there on both sides: the two become one as well, the older id stays"),
    Collision.YIELDS: _("is the primary name of its language on both sides: it is one of the others from now on"),
}


def preview(one: Model, other: Model) -> dict[str, Any]:
    """What a merge of the two would do; MergeRefused when it would be refused.

    `kept`, `dropped`  the records
    `moves`   [(what, how many)]
    `fields`  [{of, field, kept, dropped, stays, why}]: where they differ
    `meets`   [{what, title, how}]: what would be there twice
    `beside`  how many visits and meetings name both, with both links
    `adds`    further names that come of it
    `locks`   fields of the dropped one that stay locked
    """
    found = planned(one, other)
    records = {record.pk: record for record in (one, other)}
    rows = titles.titles_of((met.model, pk) for met in found.met for pk in (met.stays, met.goes))
    return {
        "kept": records[found.kept],
        "dropped": records[found.dropped],
        "moves": _moves(found),
        "fields": _fields(found),
        "meets": [
            {
                "what": capfirst(str(met.model._meta.verbose_name)),
                "title": rows.get((met.model, met.goes), ""),
                "how": _HOW[met.how],
            }
            for met in found.met
        ],
        "beside": _beside(found),
        "adds": [step["values"]["text"] for step in found.steps if step["do"] == "add"],
        "locks": sorted({name for step in found.steps if step["do"] == "lock" for name in step["added"]}),
    }


def _moves(found: Plan) -> list[tuple[str, int]]:
    moved: Counter[str] = Counter()
    for step in found.steps:
        if step["do"] == "move":
            moved[_called(steps.model_of(step), step["column"])] += len(step["ids"])
    return list(moved.items())


def _beside(found: Plan) -> int:
    """Links to both topics in one visit or meeting stay, each with its words and its modality."""
    if found.model is not models.Topic:
        return 0
    links = models.TopicLink.objects.filter(topic=found.dropped)
    both = models.TopicLink.objects.filter(topic=found.kept)
    in_visits = both.filter(visit__in=links.filter(visit__isnull=False).values("visit")).values("visit").distinct()
    meetings = links.filter(meeting__isnull=False).values("meeting")
    return in_visits.count() + both.filter(meeting__in=meetings).values("meeting").distinct().count()


def _called(model: type[Model], column: str) -> str:
    """What rows are, seen from the record that they name."""
    if model is models.Visit:
        role = column.partition("_")[0]
        return str(_("Visits as guest") if role == "guest" else _("Visits as host"))
    if model is models.Citation and column == "attributed_organization_id":
        return str(_("Citations that credit it"))
    if model is models.Topic:
        return str(_("Narrower topics"))
    if model._meta.auto_created:
        owner = next(one for one in foreign_keys(model) if one.attname != column)
        return str(capfirst(str(owner.related_model._meta.verbose_name_plural)))
    return str(_NAMES.get(model) or capfirst(str(model._meta.verbose_name_plural)))


_NAMES: dict[type[Model], Any] = {
    models.Member: _("Places in delegations"),
    models.Participant: _("Places in meetings"),
    models.Delegation: _("Delegations sent"),
    models.OfficialName: _("Further names"),
    models.OrganizationName: _("Further names"),
    models.TopicName: _("Synonyms"),
    models.ExternalId: _("Ids of data sets"),
    models.TopicLink: _("Links from visits and meetings"),
}


def _fields(found: Plan) -> list[dict[str, Any]]:
    named = {
        (related, value)
        for field in found.fields
        if (related := _related(field))
        for value in (field.kept, field.dropped, field.stays)
        if value is not None
    }
    words = titles.titles_of(named)
    return [
        {
            "of": "" if field.model is found.model else capfirst(str(field.model._meta.verbose_name)),
            "field": capfirst(str(_column(field).verbose_name)),
            **{name: _text(field, getattr(field, name), words) for name in ("kept", "dropped", "stays")},
            "why": _WHY[field.why],
        }
        for field in found.fields
    ]


def _column(field: Field) -> Any:
    return field.model._meta.get_field(field.column)


def _related(field: Field) -> Any:
    return _column(field).related_model


def _text(field: Field, value: Any, words: dict[Any, str]) -> str:
    if value is None or value == "":
        return ""
    if related := _related(field):
        return words.get((related, value), str(value))
    if _column(field).choices:
        return str(dict(_column(field).flatchoices).get(value, value))
    return str(_("yes") if value else _("no")) if isinstance(value, bool) else str(value)
