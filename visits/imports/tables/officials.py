"""The table of officials: one row, one person."""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as _

from visits import record

from . import entries
from .cells import Cells
from .columns import SOURCES, UID, Column, Table, external_id

COLUMNS = (
    UID,
    external_id("the person", "ministry-list:p-3", "official id", "person id"),
    Column(
        "name",
        "The name as it is to be shown.",
        "Amina Odhiambo",
        ("official", "full name", "display name"),
        required=True,
        field="name",
    ),
    Column(
        "other_names",
        "Other spellings and names, as text | kind | language: Амина Одиамбо | spelling | ru. Kinds: common, official, "
        "short, former, local, label, spelling, synonym. script=, since= and until= may follow.",
        "A. Odhiambo; Амина Одиамбо | spelling | ru",
        ("other name", "aliases", "also known as", "spellings"),
        many=True,
        field="other_names",
    ),
    Column(
        "country",
        "The country that the person acts for, by code or name.",
        "Kenya",
        ("nationality", "country code"),
        field="country",
    ),
    Column("wikidata", "The Wikidata id.", "", ("wikidata id", "qid"), field="wikidata"),
    *SOURCES,
)
READ_ONLY = ("id", "url", "country_name", "state", "created_at", "updated_at")


def make(cells: Cells) -> Callable[[], record.OfficialRecord]:
    """What makes the record; problems with single cells are noted at once."""
    if not cells["name"]:
        cells.wrong("name", "missing", _("Write the name."))
    shape: dict[str, Any] = {
        **cells.identity(),
        "name": cells["name"],
        "other_names": [entries.other_name(cells, "other_names", text) for text in cells.many("other_names")],
        "country": cells.country("country"),
        "wikidata": re.sub(r"^https?://(?:www\.)?wikidata\.org/(?:wiki|entity)/", "", cells["wikidata"]),
    }
    return lambda: record.OfficialRecord.model_validate(shape)


TABLE = Table("officials", "official", "Officials", COLUMNS, READ_ONLY, make, ("other_names", "wikidata", "uid"))
