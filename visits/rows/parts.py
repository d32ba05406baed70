"""How rows are read: a shape is a list of parts, each with the columns it needs and how they become its value.

A list is one SELECT of plain columns and JSON subqueries, however many rows it has; `fields` leaves out the
columns of the parts that nobody asked for. What is deep is fetched by expansions, a constant number of queries each.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import get_script_prefix

from visits import catalogue, names, native

Row = dict[str, Any]
_PAGE = "page_key"  # what paging needs beside a row's parts


class UnknownPart(ValueError):
    """A field or an expansion that the shape does not have."""

    def __init__(self, parameter: str, value: str, known: Sequence[str]) -> None:
        super().__init__(value)
        self.parameter, self.value, self.known = parameter, value, known


@dataclass(frozen=True)
class Part:
    """One field of a shape: plain columns, named expressions, and how a row of both becomes the value."""

    name: str
    columns: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    build: Callable[[Row, catalogue.Catalogue], Any] | None = None

    def value(self, row: Row, known: catalogue.Catalogue) -> Any:
        return self.build(row, known) if self.build else row[self.columns[0]]


Expansion = Callable[[list[Any], catalogue.Catalogue], dict[Any, Any]]


@dataclass(frozen=True)
class Shape:
    """Parts in the order in which they are shown; `expansions` turn the ids of a page into the deep values.

    Those of `when_undated` are shown unasked of a single record without a year.
    """

    parts: tuple[Part, ...]
    expansions: dict[str, Expansion] = field(default_factory=dict)
    when_undated: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [part.name for part in self.parts]

    def chosen(self, fields: Iterable[str] | None, expand: Iterable[str]) -> list[Part]:
        for name in expand:
            if name not in self.expansions:
                raise UnknownPart("expand", name, list(self.expansions))
        wanted = None if fields is None else set(fields)
        for name in wanted or ():
            if name not in self.names and name not in self.expansions:
                raise UnknownPart("fields", name, self.names)
        return [part for part in self.parts if wanted is None or part.name in wanted]

    def read(
        self,
        queryset: QuerySet[Any],
        fields: Iterable[str] | None = None,
        expand: Iterable[str] = (),
        known: catalogue.Catalogue | None = None,
    ) -> list[Row]:
        """The rows of a queryset in its order; UnknownPart."""
        expand = list(expand)
        parts = self.chosen(fields, expand)
        columns = dict.fromkeys(column for part in parts for column in part.columns)
        extra = {alias: expression for part in parts for alias, expression in part.extra.items()}
        paged = [_PAGE] if _PAGE in queryset.query.annotations else []
        found = list(queryset.values("pk", *paged, *columns, **extra))
        if not found:
            return []
        known = known or catalogue.current()
        rows = [{part.name: part.value(row, known) for part in parts} for row in found]
        for name in expand:
            deep = self.expansions[name]([row["pk"] for row in found], known)
            for row, plain in zip(rows, found, strict=True):
                row[name] = deep[plain["pk"]]
        if paged:
            for row, plain in zip(rows, found, strict=True):
                row |= {_PAGE: plain[_PAGE], "page_pk": plain["pk"]}
        return rows


# parts that many shapes have


def column(name: str, source: str = "") -> Part:
    return Part(name, (source or name,))


def text(name: str, source: str) -> Part:
    """A column as text."""
    return Part(name, (source,), build=lambda row, known: str(row[source]))


def day(name: str) -> Part:
    return Part(name, (name,), build=lambda row, known: row[name].isoformat() if row[name] else None)


UID = text("uid", "uid")
CHANGED = Part("changed", ("changed_at",), build=lambda row, known: row["changed_at"].isoformat())


def url(path: str) -> str:
    """An absolute path of this site, where it is mounted."""
    return get_script_prefix() + path


def record_url(kind: str, pk: int, title: str) -> str:
    """The page of a record, as its `get_absolute_url` gives it."""
    return url(f"{kind}/{pk}-{names.slug(title)}/")


def gathered(queryset: QuerySet[Any], **shape: Any) -> ArraySubquery:
    """An array of JSON objects from another table; `queryset` refers to the outer row."""
    return ArraySubquery(queryset.values(item=JSONObject(**shape)))


def counted(queryset: QuerySet[Any]) -> Any:
    """How many rows a correlated queryset has."""
    total = Func("pk", function="count", output_field=IntegerField())
    return Subquery(queryset.order_by().values(total=total))


def native_name(kind: str, key: str = "slug") -> Part:
    """The name as a reader of the active language calls it."""
    return Part(
        "name", ("pk", key, "name"), build=lambda row, known: native.name(kind, row[key] or row["pk"], row["name"])
    )


def mine(name: str, **more: Any) -> Q:
    """Rows that point at the outer row by this foreign key."""
    return Q(**{name: OuterRef("pk")}, **more)


def grouped(rows: Iterable[Row], owner: str, ids: Iterable[Any]) -> dict[Any, list[Row]]:
    """Rows by the id that they carry in `owner`, which is taken out; every id has a list."""
    found: dict[Any, list[Row]] = {pk: [] for pk in ids}
    for row in rows:
        found[row.pop(owner)].append(row)
    return found


# sides, countries, organizations


def country(code: str | None, known: catalogue.Catalogue) -> Row | None:
    if code is None:
        return None
    return {"code": code, "name": known.countries[code].name, "url": url(f"countries/{code}/")}


def organization(pk: int | None, slug: str | None, name: str | None) -> Row | None:
    if pk is None:
        return None
    shown = native.name("organization", slug or pk, name or "")
    return {"id": pk, "slug": slug, "name": shown, "url": record_url("organizations", pk, name or "")}


def side(code: str | None, organization_: Row | None, printed: str, known: catalogue.Catalogue) -> dict[str, Any]:
    """A guest, host, sender or side. `name` is the country's, or the organization's where no country is."""
    place = known.countries.get(code or "")
    name = place.name if place else (organization_ or {}).get("name", "")
    return {"code": code, "name": name, "organization": organization_, "as_printed": printed}


def side_part(name: str, role: str = "") -> Part:
    """A side of the row itself, by the columns `{role}_country`, `{role}_organization`, `{role}_as_printed`."""
    role = role or name
    code, pk = f"{role}_country_id", f"{role}_organization_id"
    label, slug, printed = f"{role}_organization__name", f"{role}_organization__slug", f"{role}_as_printed"

    def build(row: Row, known: catalogue.Catalogue) -> Row:
        return side(row[code], organization(row[pk], row[slug], row[label]), row[printed], known)

    return Part(name, (code, pk, label, slug, printed), build=build)


def person(found: Row) -> Row:
    """Somebody in a delegation or meeting, from the JSON of PERSON."""
    name = found["name"] or found["name_as_printed"] or found["as_printed"] or ""
    return {
        "id": found["official"],
        "name": name,
        "post": found["title"] or found["post_as_printed"] or "",
        "rank": found["rank"],
        "as_printed": found["as_printed"] or "",
        "url": record_url("officials", found["official"], name) if found["official"] else None,
    }


_PERSON = {
    "official": "official_id",
    "name": "official__name",
    "title": "post__title",
    "rank": "post__rank",
    "as_printed": "as_printed",
    "name_as_printed": "name_as_printed",
    "post_as_printed": "post_as_printed",
}
PERSON = {name: F(path) for name, path in _PERSON.items()}


def person_columns(prefix: str = "", through: str = "") -> dict[str, F]:
    """What `person` needs, as columns of a table of persons (or one that leads there)."""
    return {f"{prefix}{name}": F(f"{through}{path}") for name, path in _PERSON.items()}


def person_of(row: Row, prefix: str = "") -> Row:
    return {name: row[f"{prefix}{name}"] for name in _PERSON}
