"""What a table is: its columns in one list, from which come the reader, the templates and the documentation."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from visits import names
from visits.imports.reading import AnyRecord

if TYPE_CHECKING:
    from .cells import Cells

_DATE_ORDER = re.compile(r"\(\s*([dmy]+)\s*[/.\- ]\s*([dmy]+)\s*[/.\- ]\s*([dmy]+)\s*\)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """`aliases` are other headings that mean the same; `many` holds several entries with `;` between them.

    `field` is what the column fills, for the citation's map from field to column; `path` is that field in the
    record, for errors, where it has another name there.
    """

    name: str
    holds: str
    example: str = ""
    aliases: tuple[str, ...] = ()
    many: bool = False
    required: bool = False
    field: str = ""
    path: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """One kind of table. `make` turns the cells of a row into what makes its record.

    `record` is the type of its records. `read_only` are the columns that the tracker's own export adds for people:
    in a file with a `uid` column they are ignored. `tells` are columns of which one has to be there for a file to be
    recognised by its headings alone.
    """

    name: str
    record: str
    label: str
    columns: tuple[Column, ...]
    read_only: tuple[str, ...]
    make: Callable[["Cells"], Callable[[], AnyRecord]]
    tells: tuple[str, ...] = ()
    by_name: Mapping[str, Column] = field(init=False, repr=False)
    _by_key: Mapping[str, str] = field(init=False, repr=False)
    _ignored: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        keys = {key(alias): column.name for column in self.columns for alias in column.aliases}
        keys |= {key(column.name): column.name for column in self.columns}
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})
        object.__setattr__(self, "_by_key", keys)
        object.__setattr__(self, "_ignored", frozenset(map(key, self.read_only)))

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    def column_named(self, heading: str) -> str | None:
        """The column that a heading means, in any case and under its other names; None if unknown."""
        return self._by_key.get(key(heading))

    def nearest_column(self, heading: str) -> str | None:
        """The column that an unknown heading comes nearest to, for a suggestion."""
        near = process.extractOne(key(heading[:100]), self._by_key.keys(), scorer=fuzz.ratio, score_cutoff=55)
        return self._by_key[near[0]] if near else None

    def is_read_only(self, heading: str) -> bool:
        return key(heading) in self._ignored


def key(heading: str) -> str:
    """By what headings are compared: `Start_Date (dd/mm/yyyy)` is `startdate`."""
    return names.search_key(_DATE_ORDER.sub("", heading).replace("_", " ")).replace(" ", "")


def date_order(heading: str) -> str:
    """`dmy` or `mdy` where a heading says how its dates are written: “start (dd/mm/yyyy)”; else empty."""
    match = _DATE_ORDER.search(heading)
    order = "".join(part[0].lower() for part in match.groups()) if match else ""
    return order if order in {"dmy", "mdy"} else ""


UID = Column("uid", "The record's own id, from an export; leave it empty for a new record.", "", ("uuid",), field="uid")
SOURCES = (
    Column(
        "source_url",
        "Where it is written: a whole address.",
        "https://example.org/news/17",
        ("url", "link", "source", "web page", "website"),
        path="sources.0.url",
    ),
    Column(
        "source_title",
        "The title of that page or document.",
        "Minister visits Helsinki",
        ("headline",),
        path="sources.0.title",
    ),
    Column("source_publisher", "Who published it.", "Example News", ("publisher",), path="sources.0.publisher"),
    Column(
        "source_published",
        "When it was published.",
        "2024-05-15",
        ("published", "source date", "publication date"),
        path="sources.0.published",
    ),
    Column(
        "source_language",
        "The language of the source, as a code.",
        "en",
        ("language",),
        path="sources.0.language",
    ),
    Column(
        "quote",
        "The exact sentence of the source that says so.",
        "",
        ("quotation", "evidence"),
        path="citations.0.exact",
    ),
)


def external_id(what: str, example: str, *aliases: str) -> Column:
    return Column(
        "external_id",
        f"The id that your list gives to {what}, as list:id. The same id later is an update.",
        example,
        ("external_ids", "id", *aliases),
        many=True,
        field="external_ids",
    )
