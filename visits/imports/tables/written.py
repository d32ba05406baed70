"""Records as rows of tables: the cells of the export, which read back as what they were written from.

A cell can be less than the record (a visit with two documents shows the first), never other than it: loading
compares cells, so what nobody edited changes nothing (`visits.imports.edits`).
"""

from collections.abc import Callable, Iterable
from typing import Any

from visits import record
from visits.enums import SourceKind, Status, VisitKind
from visits.imports import country_labels
from visits.imports.reading import AnyRecord

from . import entries
from .grammar import CUT, write_cell
from .visits import write_trip

# A spreadsheet holds 32,767 characters in a cell and cuts what is longer without a word.
LONGEST_CELL = 30_000
Cells = dict[str, str]


def cells_of(item: AnyRecord) -> Cells:
    """The cells of a record by column, of each column that its table has; an empty cell is an empty text."""
    return _WRITERS[item.type](item)


def entries_of(item: AnyRecord) -> dict[str, list[tuple[str, Any]]]:
    """Of each column with several entries: (entry, the part of the record that it shows), in the record's order."""
    return _ENTRIES[item.type](item)


def cell_of(texts: Iterable[str]) -> str:
    """Entries as one cell; one that no spreadsheet would hold is cut behind an entry and ends with CUT."""
    texts = list(texts)
    cell = write_cell(texts)
    if len(cell) <= LONGEST_CELL:
        return cell
    kept, length = [], len(CUT)
    for text in texts:
        length += len(text) + 2
        if length > LONGEST_CELL:
            break
        kept.append(text)
    return write_cell([*kept, CUT])


def main_delegation(delegations: list[record.Delegation]) -> record.Delegation | None:
    """The delegation whose head and sender have columns of their own."""
    return delegations[0] if delegations else None


def head_of(delegation: record.Delegation | None) -> record.Member | None:
    return next((one for one in delegation.members if one.head), None) if delegation else None


def first_document(item: AnyRecord) -> tuple[int, record.SourceRef] | None:
    """The source that the source columns show: the first document (data sets show as external ids)."""
    documents = ((place, one) for place, one in enumerate(item.sources) if one.kind == SourceKind.DOCUMENT)
    return next(documents, None)


def _visit(item: record.VisitData) -> Cells:
    main = main_delegation(item.delegations)
    sender = main.sender if main and main.sender != item.guest else record.Side()
    return {
        **_identity(item),
        "title": item.title,
        "start": item.start,
        "end": item.end,
        "kind": "" if item.kind == VisitKind.UNKNOWN else item.kind.value,
        "kind_as_printed": item.kind_as_printed,
        "status": _status(item.status),
        **_side("guest", item.guest),
        **_side("host", item.host),
        **_head(head_of(main)),
        **_side("sender", sender),
        **_lists(item),
        "trip": write_trip(item.trip) if item.trip else "",
        "trip_position": str(item.trip.position or "") if item.trip else "",
        "accompanies": str(item.accompanies or ""),
        "summary": item.summary,
        **_source(item),
    }


def _meeting(item: record.MeetingRecord) -> Cells:
    place = item.place
    return {
        **_identity(item),
        "title": item.title,
        "date": item.date,
        "format": "" if item.format.value == "unknown" else item.format.value,
        "status": _status(item.status),
        "country": item.venue_country or "",
        "city": place.city if place else "",
        "place_as_printed": place.as_printed if place and place.as_printed != place.city else "",
        **_lists(item),
        "summary": item.summary,
        **_source(item),
    }


def _official(item: record.OfficialRecord) -> Cells:
    return {
        **_identity(item),
        "name": item.name,
        "country": item.country or "",
        "wikidata": item.wikidata,
        **_lists(item),
        **_source(item),
    }


def _tenure(item: record.TenureRecord) -> Cells:
    body = item.post.organization
    return {
        **_identity(item),
        "official": str(item.official.uid or item.official.name),
        "official_country": item.official.country or "",
        "post": item.post.title or str(item.post.uid or ""),
        "organization": (body.name or str(body.uid or "")) if body else "",
        "country": item.post.country or "",
        "rank": item.post.rank.value,
        "start": item.start,
        "end": item.end,
        **_lists(item),
        **_source(item),
    }


def _identity(item: AnyRecord) -> Cells:
    return {"uid": str(item.uid or "")}


def _status(status: Status) -> str:
    return "" if status == Status.UNKNOWN else status.value


def _side(name: str, side: record.Side) -> Cells:
    label, body = entries.side_labels(side)
    own = side.organization
    if own and label == own.slug and not country_labels.organization_of(label):
        label, body = "", own.name  # a body that only this tracker knows
    return {name: label, f"{name}_organization": body, f"{name}_as_printed": side.as_printed}


def _head(head: record.Member | None) -> Cells:
    if head is None:
        return dict.fromkeys(HEAD_COLUMNS, "")
    named = entries.meant(head)
    return dict(zip(HEAD_COLUMNS, (head.name_as_printed, head.post_as_printed, *named), strict=True))


HEAD_COLUMNS = ("head", "head_post", "head_as_printed", "head_is", "head_office")


def _source(item: AnyRecord) -> Cells:
    shown = first_document(item)
    if shown is None:
        return dict.fromkeys((*SOURCE_COLUMNS, "quote"), "")
    place, source = shown
    quotes = [one for one in item.citations if one.source == place and one.exact]
    whole = [one for one in quotes if not one.target and not one.field]
    cells = {f"source_{name}": getattr(source, name) for name in ("url", "title", "publisher", "published", "language")}
    return {**cells, "quote": (whole or quotes)[0].exact if quotes else ""}


SOURCE_COLUMNS = ("source_url", "source_title", "source_publisher", "source_published", "source_language")


def _lists(item: AnyRecord) -> Cells:
    return {column: cell_of(text for text, _part in pairs) for column, pairs in entries_of(item).items()}


Pairs = dict[str, list[tuple[str, Any]]]


def _visit_entries(item: record.VisitData) -> Pairs:
    main = main_delegation(item.delegations)
    head = head_of(main)
    sender = main.sender if main else item.guest
    return {
        **_external_ids(item),
        "cities": [(entries.write_place(one, item.host.country), one) for one in item.places],
        "members": [
            (entries.write_member(member, delegation.sender, sender), (number, member))
            for number, delegation in enumerate(item.delegations)
            for member in delegation.members
            if member is not head
        ],
        **_about(item),
    }


def _meeting_entries(item: record.MeetingRecord) -> Pairs:
    nobody = record.Side()
    return {
        **_external_ids(item),
        "visits": [(str(uid), uid) for uid in item.visits],
        "participants": [(entries.write_person(one, side=one.side), one) for one in item.participants],
        "members": [
            (entries.write_member(member, delegation.sender, nobody), (number, member))
            for number, delegation in enumerate(item.delegations)
            for member in delegation.members
        ],
        **_about(item),
    }


def _official_entries(item: record.OfficialRecord) -> Pairs:
    names = [(entries.write_other_name(one), one) for one in item.other_names]
    return {**_external_ids(item), "other_names": names}


def _external_ids(item: AnyRecord) -> Pairs:
    return {"external_id": [(text.replace(";", "\\;"), text) for text in item.external_ids]}


def _about(item: record.VisitData | record.MeetingRecord) -> Pairs:
    return {
        "topics": [(entries.write_topic(one), one) for one in item.topics],
        "dialogues": [(entries.write_dialogue(one), one) for one in item.dialogues],
        "outcomes": [(entries.write_outcome(one), one) for one in item.outcomes],
    }


_WRITERS: dict[str, Callable[[Any], Cells]] = {
    "visit": _visit,
    "meeting": _meeting,
    "official": _official,
    "tenure": _tenure,
}
_ENTRIES: dict[str, Callable[[Any], Pairs]] = {
    "visit": _visit_entries,
    "meeting": _meeting_entries,
    "official": _official_entries,
    "tenure": _external_ids,
}
