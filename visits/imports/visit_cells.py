"""The cells of one row to one VisitRecord; every cell that cannot be understood is noted with its value."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from visits import dates, names, record
from visits.enums import DialogueRole, Modality, SourceKind, Status, VisitKind

from . import country_labels
from .cell_dates import read_dates
from .reading import InputFile, InputRow
from .titles import parse_visitors, rank_of

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# The field that each column fills, for the citation's map from field to column.
_FIELDS = {
    "uid": "uid",
    "external_id": "external_ids",
    "title": "title",
    "start": "start",
    "end": "end",
    "kind": "kind",
    "kind_as_printed": "kind_as_printed",
    "status": "status",
    "guest": "guest.country",
    "guest_organization": "guest.organization",
    "guest_as_printed": "guest",
    "host": "host.country",
    "host_organization": "host.organization",
    "host_as_printed": "host",
    "cities": "places",
    "head": "delegations.head",
    "head_post": "delegations.head.post",
    "members": "delegations",
    "topics": "topics",
    "dialogues": "dialogues",
    "summary": "summary",
}


class Cells:
    """The row by column name; notes a wrong cell on the row under the heading that the file has."""

    def __init__(self, row: InputRow, headings: Mapping[str, str]) -> None:
        self.row, self._headings = row, headings
        cells = ((column, row.raw[heading]) for column, heading in headings.items())
        self._text = {column: names.clean(cell) for column, cell in cells if cell}

    def __getitem__(self, column: str) -> str:
        return self._text.get(column, "")

    def many(self, column: str) -> list[str]:
        text = self[column]
        return [part for part in (piece.strip() for piece in text.split(";")) if part] if text else []

    def wrong(self, column: str, code: str, detail: str, value: str | None = None) -> None:
        heading = self._headings.get(column, column)
        self.row.problem(heading, self[column] if value is None else value, code, detail)

    def columns(self) -> dict[str, str]:
        """Field -> heading, of the cells that say something."""
        return {_FIELDS[column]: self._headings[column] for column in _FIELDS if self._text.get(column)}

    def paths(self) -> dict[str, str]:
        """Field path of the record -> heading, for errors of the whole record."""
        paths = {field: self._headings[column] for column, field in _FIELDS.items() if column in self._headings}
        for column in ("title", "publisher", "url", "language", "published"):
            paths[f"sources.0.{column}"] = self._headings.get(f"source_{column}", column)
        paths["citations.0.exact"] = self._headings.get("quote", "quote")
        if self["head"]:
            paths["delegations.0.members.0"] = self._headings["head"]
            paths["delegations.0.members.0.post_as_printed"] = self._headings.get("head_post", "head")
        return paths


def visit_of(cells: Cells, file: InputFile) -> Callable[[], record.VisitData]:
    """What makes the record; problems with single cells are noted at once."""
    start, end = _days(cells)
    guest, host = _side(cells, "guest", start), _side(cells, "host", start)
    members = _members(cells, guest.get("country"))
    shape: dict[str, Any] = {
        "uid": cells["uid"] or None,
        "external_ids": cells.many("external_id"),
        "title": cells["title"],
        "start": start,
        "end": end,
        "kind": _choice(cells, "kind", VisitKind),
        "kind_as_printed": cells["kind_as_printed"],
        "status": _choice(cells, "status", Status),
        "guest": guest,
        "host": host,
        "places": [_place(text, host.get("country")) for text in cells.many("cities")],
        "summary": cells["summary"],
        "delegations": [{"sender": guest, "members": members}] if members else [],
        "topics": [_topic(cells, text) for text in cells.many("topics")],
        "dialogues": [_dialogue(text) for text in cells.many("dialogues")],
        "sources": [_source(cells, file)],
        "citations": [_citation(cells, file)],
    }
    return lambda: record.VisitData.model_validate(shape)


def _days(cells: Cells) -> tuple[str, str]:
    read: dict[str, tuple[str, str]] = {}
    for column in ("start", "end"):
        try:
            read[column] = read_dates(cells[column])
        except dates.DateError as error:
            cells.wrong(column, "wrong-date", str(error))
            read[column] = ("", "")
    (start, last), (end, later) = read["start"], read["end"]
    if later or (last and end and last != end):
        cells.wrong("end", "two-dates", "It names another last day than the start does: write one day here.")
        return start, ""
    end = end or last
    try:
        dates.check_order(start, end)
    except dates.DateError as error:
        cells.wrong("end", "wrong-order", str(error))
        return start, ""
    return start, end


def _side(cells: Cells, column: str, start: str) -> dict[str, Any]:
    label, own = cells[column], cells[f"{column}_organization"]
    printed = cells[f"{column}_as_printed"] or ("" if country_labels.is_code(label) else label)
    side: dict[str, Any] = {"as_printed": printed}
    slug = country_labels.organization_of(label) if label else None
    try:
        if not label:
            cells.wrong(column, "missing", "Write the country, by code or name.")
        elif slug:
            side["organization"] = {"slug": slug, "name": "" if label == slug else label}
        else:
            side["country"] = country_labels.country_of(label, start)
            if not country_labels.existed(side["country"], start):
                reason = f"{label} ({side['country']}) is not known to have existed at {start}."
                cells.row.doubts.append(("country-out-of-time", reason))
    except country_labels.LabelError as error:
        cells.wrong(column, "unknown-country", str(error))
    if own and slug:
        cells.wrong(f"{column}_organization", "two-organizations", f"“{label}” is an organization already.")
    elif own:
        side["organization"] = {"name": own, "country": side.get("country")}
    return side


def _members(cells: Cells, country: str | None) -> list[dict[str, Any]]:
    """The head first (the rest of a head cell with several persons follow), then the others."""
    members = []
    if cells["head"] and cells["head_post"]:
        members.append(_member(cells["head"], cells["head_post"], country, f"{cells['head']}, {cells['head_post']}"))
    elif cells["head"]:
        for person in parse_visitors(cells["head"]):
            members.append(_member(person.name_as_printed, person.post_as_printed, country, person.as_printed))
            members[-1] |= _meant(person.name, person.post, country)
    elif cells["head_post"]:
        members.append(_member("", cells["head_post"], country, cells["head_post"]))
    if members:
        members[0]["head"] = True
    for text in cells.many("members"):
        name, _, post = (part.strip() for part in text.partition("|"))
        members.append(_member(name, post, country, text.replace(" | ", ", ").strip("| ")))
    return members


def _member(name: str, post: str, country: str | None, printed: str) -> dict[str, Any]:
    return {"as_printed": printed, "name_as_printed": name, "post_as_printed": post} | _meant(name, post, country)


def _meant(name: str, post: str, country: str | None) -> dict[str, Any]:
    return {
        "official": {"name": name, "country": country} if name else None,
        "post": {"title": post, "rank": rank_of(post, country), "country": country} if post else None,
    }


def _place(text: str, country: str | None) -> dict[str, Any]:
    return {"as_printed": text, "city": text, "country": country}


def _topic(cells: Cells, text: str) -> dict[str, Any]:
    before, colon, after = text.partition(":")
    modality = before.strip().casefold()
    if colon and modality in Modality.values:
        text = after.strip()
    elif colon and re.fullmatch(r"[A-Za-z]+", before):
        firm = ", ".join(Modality.values)
        cells.wrong("topics", "unknown-modality", f"“{before}” before the colon is none of {firm}.", text)
    return {
        "topic": text if _SLUG.fullmatch(text) and len(text) <= 80 else None,
        "as_printed": text,
        "modality": modality if colon and modality in Modality.values else Modality.DISCUSSED,
    }


def _dialogue(text: str) -> dict[str, Any]:
    before, colon, after = text.partition(":")
    session = bool(colon) and before.strip().casefold() == DialogueRole.SESSION.value
    text = after.strip() if session else text
    slug = text if _SLUG.fullmatch(text) and len(text) <= 80 else None
    return {
        "dialogue": slug,
        "as_printed": text,
        "role": DialogueRole.SESSION if session else DialogueRole.ABOUT,
    }


def _choice(cells: Cells, column: str, vocabulary: type[VisitKind] | type[Status]) -> str:
    """The word of the vocabulary; “State visit” is `state`."""
    word = re.sub(r" visit$", "", cells[column].casefold()).replace("canceled", "cancelled")
    if word and word not in vocabulary.values:
        cells.wrong(column, "unknown-value", f"Write one of {', '.join(vocabulary.values)}.")
        return "unknown"
    return word or "unknown"


def _source(cells: Cells, file: InputFile) -> dict[str, Any]:
    published = ""
    try:
        published = read_dates(cells["source_published"])[0]
    except dates.DateError as error:
        cells.wrong("source_published", "wrong-date", str(error))
    url = cells["source_url"]
    if url and not re.fullmatch(r'https?://[^\s<>"]+', url):
        cells.wrong("source_url", "wrong-url", "Write a whole address that begins with http:// or https://.")
        url = ""
    return {
        "kind": SourceKind.DOCUMENT,
        "title": cells["source_title"] or ("" if url else file.name),
        "publisher": cells["source_publisher"],
        "url": url,
        "language": cells["source_language"],
        "published": published,
    }


def _citation(cells: Cells, file: InputFile) -> dict[str, Any]:
    ids = cells.many("external_id")
    return {
        "exact": cells["quote"],
        "external_id": ids[0].partition(":")[2] if ids else "",
        "file_sha256": file.sha256,
        "row": cells.row.raw,
        "columns": cells.columns(),
    }
