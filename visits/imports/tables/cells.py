"""The cells of one row, by column: what all tables share. A cell that cannot be understood is noted with its value."""

import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop as _

from visits import dates, names, record
from visits.enums import SourceKind
from visits.imports import country_labels
from visits.imports.cell_dates import read_dates
from visits.imports.reading import InputFile, InputRow, Options
from visits.imports.respelled import disarmed

from .columns import Table
from .grammar import entries, plain

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NO_ONE = "none"
_EXTERNAL_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*:\S.{0,199}")


@dataclass(frozen=True)
class Header:
    """The first row of a table: its headings as printed, and which column each is (`columns`: column -> heading).

    `ignored` headings stand in no record; `orders` are columns whose heading says how dates are written.
    """

    table: Table
    headings: tuple[str, ...]
    columns: Mapping[str, str]
    ignored: frozenset[str] = frozenset()
    orders: Mapping[str, str] = field(default_factory=dict)


class Cells:
    """The row by column name; notes a wrong cell on the row under the heading that the file has."""

    def __init__(self, row: InputRow, header: Header, file: InputFile, options: Options) -> None:
        self.row, self.file, self.header, self.options = row, file, header, options
        # References by an id in a list -> the uid that a new record with that id gets.
        self.references: dict[tuple[str, str], uuid.UUID] = {}
        cells = ((column, row.raw[heading]) for column, heading in header.columns.items())
        self._text = {column: names.clean(disarmed(cell)) for column, cell in cells if cell}

    def __getitem__(self, column: str) -> str:
        return self._text.get(column, "")

    def many(self, column: str) -> list[str]:
        """The entries of a cell."""
        return entries(self[column])

    def wrong(self, column: str, code: str, detail: str, value: str | None = None) -> None:
        heading = self.header.columns.get(column, column)
        self.row.problem(heading, self[column] if value is None else value, code, detail)

    def paths(self) -> dict[str, str]:
        """Field path of the record -> heading, for errors of the whole record."""
        headings = self.header.columns
        paths = {
            column.path or column.field: headings.get(column.name, column.name)
            for column in self.header.table.columns
            if column.path or column.field
        }
        if self["head"]:
            paths["delegations.0.members.0"] = headings["head"]
            paths["delegations.0.members.0.post_as_printed"] = headings.get("head_post", "head")
        return paths

    # One value

    def identity(self) -> dict[str, Any]:
        """`uid` and `external_ids`, which every record has, with its source and the row that it rests on."""
        return {
            "uid": self["uid"] or None,
            "external_ids": [plain(text) for text in self.many("external_id")],
            "sources": [self._source()],
            "citations": [self._citation()],
        }

    def choice(self, column: str, vocabulary: Collection[str], default: str = "unknown") -> str:
        """The word of the vocabulary; “State visit” is `state`."""
        word = re.sub(r" visit$", "", self[column].casefold()).replace("canceled", "cancelled").replace(" ", "-")
        if word and word not in vocabulary:
            self.wrong(column, "unknown-value", _("Write one of %(known)s.") % {"known": ", ".join(vocabulary)})
            return default
        return word or default

    def date(self, column: str, text: str | None = None) -> str:
        """One day, month or year."""
        start, end = self.days(column, text)
        if end:
            self.wrong(column, "two-dates", _("It names two days: write one here."), text)
        return start

    def days(self, column: str, text: str | None = None) -> tuple[str, str]:
        """(start, end), the end empty unless the cell names two."""
        written = self[column] if text is None else text
        try:
            return read_dates(written, self.header.orders.get(column) or self.options.date_order)
        except dates.DateError as error:
            self.wrong(column, "wrong-date", str(error), text)
            return "", ""

    def period(self) -> tuple[str, str]:
        """The columns start and end; the start may name both days."""
        (start, last), (end, later) = self.days("start"), self.days("end")
        if later or (last and end and last != end):
            self.wrong("end", "two-dates", _("It names another last day than the start does: write one day here."))
            return start, ""
        end = end or last
        try:
            dates.check_order(start, end)
        except dates.DateError as error:
            self.wrong("end", "wrong-order", str(error))
            return start, ""
        return start, end

    # Countries and organizations

    def country(self, column: str, text: str | None = None, start: str = "") -> str | None:
        """The code of the country that a cell (or a part of it) names; None for an empty one, or noted as wrong."""
        label = self[column] if text is None else text
        if not label:
            return None
        try:
            return self._country_of(label, start)
        except country_labels.LabelError as error:
            self.wrong(column, "unknown-country", str(error), text)
            return None

    def _country_of(self, label: str, start: str) -> str:
        try:
            return country_labels.country_of(label, start)
        except country_labels.LabelError:
            code = self.options.country_names.get(names.search_key(label))
            if code:
                return code
            raise

    def side(self, column: str, start: str = "", *, needed: bool = False) -> dict[str, Any]:
        """A side from the columns `guest`, `guest_organization`, `guest_as_printed` (or host, sender)."""
        label, own = self[column], self[f"{column}_organization"]
        if needed and not label and not own:
            self.wrong(column, "missing", _("Write the country, by code or name."))
        return self.side_of(column, label, own, self[f"{column}_as_printed"], start)

    def side_of(self, column: str, label: str, own: str = "", printed: str = "", start: str = "") -> dict[str, Any]:
        """A country or an international body by its label, or a body of that country by its own name or uid."""
        slug = country_labels.organization_of(label) if label else None
        side: dict[str, Any] = {}
        if slug:
            side["organization"] = {"slug": slug, "name": "" if label == slug else label}
        elif label and (code := self.country(column, label, start)):
            side["country"] = code
            if not country_labels.existed(code, start):
                reason = _("%(label)s (%(code)s) is not known to have existed at %(start)s.") % {
                    "label": label,
                    "code": code,
                    "start": start,
                }
                self.row.doubts.append(("country-out-of-time", reason))
        is_code = country_labels.is_code(label) or label == side.get("country")
        side["as_printed"] = printed or ("" if is_code or label == slug else label)
        if own and slug:
            self.wrong(
                f"{column}_organization",
                "two-organizations",
                _("“%(label)s” is an organization already.") % {"label": label},
            )
        elif own:
            side["organization"] = organization(own, side.get("country"))
        return side

    # References to other records

    def reference(self, column: str, kind: str, text: str | None = None) -> uuid.UUID | None:
        """The uid of the record (`visit`, `official`) that a cell names by its uid or by its id in a list."""
        written = plain(self[column] if text is None else text)
        if not written:
            return None
        found = self.named(kind, written)
        if found is None:
            detail = _("Write the uid of the %(kind)s, or its id in a list, as in ministry-list:2024-17.") % {
                "kind": kind
            }
            self.wrong(column, "unknown-reference", detail, text)
        return found

    def named(self, kind: str, text: str) -> uuid.UUID | None:
        """The uid of the record that a text names by its uid or by its id in a list; None for other text."""
        found = reference(kind, text)
        if found and not uid_of(text):
            self.references[kind, text] = found
        return found

    # Evidence

    def _source(self) -> dict[str, Any]:
        url = self["source_url"]
        if url and not re.fullmatch(r'https?://[^\s<>"]+', url):
            self.wrong("source_url", "wrong-url", _("Write a whole address that begins with http:// or https://."))
            url = ""
        return {
            "kind": SourceKind.DOCUMENT,
            "title": self["source_title"] or ("" if url else self.file.name),
            "publisher": self["source_publisher"],
            "url": url,
            "language": self["source_language"],
            "published": self.date("source_published"),
        }

    def _citation(self) -> dict[str, Any]:
        ids, headings = [plain(text) for text in self.many("external_id")], self.header.columns
        return {
            "exact": self["quote"],
            "external_id": ids[0].partition(":")[2] if ids else "",
            "file_sha256": self.file.sha256,
            "row": self.row.raw,
            "columns": {
                column.field: headings[column.name]
                for column in self.header.table.columns
                if column.field and self._text.get(column.name)
            },
        }


def uid_of(text: str) -> uuid.UUID | None:
    """The uid that a text is, or None."""
    try:
        return uuid.UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def reference(kind: str, text: str) -> uuid.UUID | None:
    """The uid that the text is, or the one that a record of this type has by its id in a list; None for other text."""
    return uid_of(text) or (record.uid_for(kind, text) if _EXTERNAL_ID.fullmatch(text) else None)


def organization(text: str, country: str | None) -> dict[str, Any]:
    """An organization by its uid, or by name and country."""
    uid = uid_of(text)
    return {"uid": uid, "country": country} if uid else {"name": text, "country": country}
