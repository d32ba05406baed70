"""What changed: the newest changes on the first page, the history of one record. As the public saw it: no names of
editors, and nothing of what is not published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from visits import changes
from visits.enums import ChangeAction
from visits.filters import FILTERS
from visits.models import Change, Meeting, Visit
from visits.rows import SHAPES

LONGEST = 50  # entries of one record that are shown, the newest

FIELDS = {
    "accompanies": _("the visit that it accompanies"),
    "citations": _("evidence"),
    "date": _("date"),
    "delegations": _("delegation"),
    "dialogue": _("dialogue"),
    "dialogues": _("dialogues"),
    "due": _("due date"),
    "end": _("end"),
    "external_ids": _("ids in data sets"),
    "format": _("format"),
    "fulfilled_by": _("what fulfilled it"),
    "guest": _("guest"),
    "host": _("host"),
    "kind": pgettext_lazy("of a visit", "kind"),
    "kind_as_printed": _("kind as printed"),
    "life": _("what became of it"),
    "meeting": _("meeting"),
    "meetings": _("meetings"),
    "modality": _("how firm it is"),
    "outcomes": _("outcomes"),
    "participants": _("participants"),
    "place": _("place"),
    "places": _("places"),
    "start": _("start"),
    "status": _("status"),
    "summary": _("summary"),
    "title": _("title"),
    "topics": _("topics"),
    "trip": _("trip"),
    "venue": _("country of the meeting"),
    "visit": _("visit"),
    "visits": _("visits"),
}


@dataclass(frozen=True)
class Entry:
    """One change in words; `title` and `url` are of a record that is public."""

    at: datetime
    what: str
    fields: str
    title: str = ""
    url: str = ""


def history_of(record: Visit | Meeting) -> list[Entry]:
    """The newest first."""
    return [_entry(change) for change in changes.of_record(record)[:LONGEST]]


def newest(number: int) -> list[Entry]:
    """The records that were published or changed last, each with what happened to it last."""
    found = changes.latest(number)
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for kind in ("visit", "meeting"):
        if ids := [change.record for change in found if change.kind == kind]:
            name = changes.KINDS[kind]
            public = FILTERS[name].public().filter(pk__in=ids)
            rows |= {(kind, row["id"]): row for row in SHAPES[name].read(public, ["id", "title", "url"])}
    return [
        _entry(change, row["title"], row["url"]) for change in found if (row := rows.get((change.kind, change.record)))
    ]


def _entry(change: Change, title: str = "", url: str = "") -> Entry:
    words = ", ".join(str(FIELDS.get(field, field)) for field in change.fields)
    return Entry(change.at, str(ChangeAction(change.action).label), words, title, url)
