"""Whether a row of the Office of the Historian has all its columns once, and whether they can be understood."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from visits import dates, names

from .hsg_countries import country_of
from .reading import InputRow
from .xml_rows import XmlRow

_DAYS = ("start-date", "end-date")


@dataclass(frozen=True, slots=True)
class Columns:
    """What one data set calls a row and its columns; `may_be_empty` are those that need no text."""

    row: str
    required: Collection[str]
    may_be_empty: Collection[str]
    country: str
    place: str = ""


def is_whole(row: InputRow, xml: XmlRow, columns: Columns) -> bool:
    """Notes what is wrong, with the row's id and line; True when nothing is."""
    text = {column: names.clean(value) for column, value in xml.columns.items()}
    where = f"{columns.row} {text.get('id') or '(without an id)'}, line {xml.line}"
    note_repeated(row, xml, text, where)
    for column in columns.required:
        if column not in text:
            row.problem(
                column, "", "missing", _("%(where)s: <%(column)s> is missing.") % {"where": where, "column": column}
            )
        elif not text[column] and column not in columns.may_be_empty:
            row.problem(
                column,
                "",
                "empty",
                _("%(where)s: <%(column)s> is empty: give it a value.") % {"where": where, "column": column},
            )
    if text.get("id") and not re.fullmatch(r"[0-9]{1,12}", text["id"]):
        row.problem("id", text["id"], "wrong-id", _("%(where)s: the id has to be a number.") % {"where": where})
    for column in _DAYS:
        if text.get(column) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text[column]):
            row.problem(
                column, text[column], "wrong-date", _("%(where)s: write the day as 2024-01-22.") % {"where": where}
            )
    _check_country(row, text, where, columns)
    _check_days(row, text, where)
    return not row.problems


def note_repeated(row: InputRow, xml: XmlRow, text: dict[str, str], where: str) -> None:
    for column in xml.repeated:
        row.problem(
            column,
            text[column],
            "repeated",
            _("%(where)s: <%(column)s> is there more than once: keep one.") % {"where": where, "column": column},
        )


def _check_country(row: InputRow, text: dict[str, str], where: str, columns: Columns) -> None:
    column = f"{columns.country}@id"
    country_id, place = text.get(column, ""), text.get(columns.place, "")
    if country_id and not country_of(country_id, text.get(columns.country, ""), text.get("start-date", ""), place):
        detail = _("%(where)s: this country id is not in the table of known ids: add it there or mend it.") % {
            "where": where
        }
        row.problem(column, country_id, "unknown-country", detail)


def _check_days(row: InputRow, text: dict[str, str], where: str) -> None:
    if row.problems:
        return
    for column in _DAYS:
        try:
            dates.parse(text[column])
        except dates.DateError as error:
            row.problem(column, text[column], "wrong-date", f"{where}: {error}")
    if not row.problems and text["end-date"] < text["start-date"]:
        detail = _("%(where)s: it ends (%(end)s) before it starts (%(start)s).") % {
            "where": where,
            "end": text["end-date"],
            "start": text["start-date"],
        }
        row.problem("end-date", text["end-date"], "wrong-order", detail)
