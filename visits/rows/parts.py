"""How rows are read: a shape is a list of parts, each with the columns it needs and how they become its value.

A list is one SELECT of plain columns and JSON subqueries, however many rows it has; `fields` leaves out the
columns of the parts that nobody asked for. What is deep is fetched by expansions, a constant number of queries each.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connections
from django.db.models import F, Func, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import RawSQL
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


@lru_cache(maxsize=1000)
def _plain(name: str) -> Callable[[Row, catalogue.Catalogue], Any]:
    return lambda row, known: row[name]


Expansion = Callable[[list[Any], catalogue.Catalogue], dict[Any, Any]]


_VERSION = "known_version"


@dataclass(frozen=True)
class Statement:
    """The columns of some parts as SQL, for the rows with these ids: put together by Django once, then kept."""

    using: str
    text: str
    parameters: tuple[Any, ...]
    names: tuple[str, ...]
    key_type: str
    read: Callable[[Any], Any]

    def of(self, ids: list[Any]) -> dict[Any, Row]:
        """Rows by their ids."""
        return self.within(f"SELECT unnest(%s::{self.key_type}[])", (ids,))

    def within(self, inner: str, parameters: Sequence[Any]) -> dict[Any, Row]:
        """The rows whose ids a statement gives."""
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"{self.text} = ANY(ARRAY({inner}))", (*self.parameters, *parameters))
            return {row[0]: dict(zip(self.names, row, strict=True)) for row in self.read(cursor.fetchall())}


@dataclass(frozen=True)
class Only:
    """The record with a value in a unique column, if it is among what `public` gives."""

    public: Callable[[], QuerySet[Any]]
    column: str
    value: Any


class _Value(Value):
    """Stands where the value will be."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [_VALUE]


_VALUE = _Value(None)


@lru_cache(maxsize=100)
def _id_of(public: Callable[[], QuerySet[Any]], column: str) -> tuple[QuerySet[Any], str, tuple[Any, ...]]:
    """What is public, and the id of a record by a column: put together by Django once, then kept."""
    rows = public()
    compiler = rows.filter(**{column: _VALUE}).order_by().values("pk").query.get_compiler(rows.db)
    text, parameters = compiler.as_sql()
    return rows, text, tuple(parameters)


@dataclass(frozen=True, eq=False)
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
        parts = self.chosen(fields, expand)
        paged = [_PAGE] if _PAGE in queryset.query.annotations else []
        keys = list(queryset.values_list("pk", *paged))
        if not keys:
            return []
        ids = [key[0] for key in keys]
        found = self._statement(queryset, parts).of(ids)
        rows = self._built([found[pk] for pk in ids], parts, expand, known)
        if paged:
            for (pk, key), row in zip(keys, rows, strict=True):
                row |= {_PAGE: key, "page_pk": pk}
        return rows

    def one(self, only: Only, fields: Iterable[str] | None = None, expand: Iterable[str] = ()) -> Row | None:
        """The row of one record, by a single statement; UnknownPart."""
        parts = self.chosen(fields, expand)
        rows, inner, parameters = _id_of(only.public, only.column)
        values = [only.value if one is _VALUE else one for one in parameters]
        found = list(self._statement(rows, parts).within(inner, values).values())
        return self._built(found, parts, expand, None)[0] if found else None

    def _statement(self, queryset: QuerySet[Any], parts: list[Part]) -> Statement:
        model: Any = getattr(queryset.model, "stands_for", queryset.model)
        return _statement(self, model, queryset.db, tuple(part.name for part in parts))

    def _built(
        self, found: list[Row], parts: list[Part], expand: Iterable[str], known: catalogue.Catalogue | None
    ) -> list[Row]:
        known = known or catalogue.current(found[0][_VERSION])
        builds = [(part.name, part.build or _plain(part.columns[0])) for part in parts]
        with native.asked_once(), _mounted():
            rows = [{name: build(row, known) for name, build in builds} for row in found]
        for name in expand:
            deep = self.expansions[name]([row["pk"] for row in found], known)
            for row, plain in zip(rows, found, strict=True):
                row[name] = deep[plain["pk"]]
        return rows


@lru_cache(maxsize=500)
def _statement(shape: Shape, model: type[Model], using: str, names: tuple[str, ...]) -> Statement:
    """Its ids come by way of a subquery: so the plan does not depend on their number, and is made once."""
    parts = [part for part in shape.parts if part.name in names]
    columns = dict.fromkeys(column for part in parts for column in part.columns)
    extra = {alias: expression for part in parts for alias, expression in part.extra.items()}
    extra[_VERSION] = RawSQL(catalogue.VERSION, (), TextField())  # noqa: S611 - no input
    query = model._base_manager.order_by().values("pk", *columns, **extra).query
    compiler = query.get_compiler(using)
    text, parameters = compiler.as_sql()
    converters = compiler.get_converters([selected[0] for selected in compiler.select])
    pk: Any = model._meta.pk
    text += f" WHERE {connections[using].ops.quote_name(model._meta.db_table)}.{pk.column}"
    return Statement(
        using,
        text,
        tuple(parameters),
        tuple(query.selected or ()),
        pk.cast_db_type(connections[using]),
        partial(compiler.apply_converters, converters=converters) if converters else list,
    )


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


_prefix: ContextVar[str] = ContextVar("prefix", default="")


@contextmanager
def _mounted() -> Iterator[None]:
    """While many addresses are put together: where this site is mounted, is asked for once."""
    before = _prefix.set(get_script_prefix())
    try:
        yield
    finally:
        _prefix.reset(before)


def url(path: str) -> str:
    """An absolute path of this site, where it is mounted."""
    return (_prefix.get() or get_script_prefix()) + path


def record_url(kind: str, pk: int, title: str) -> str:
    """The page of a record, as its `get_absolute_url` gives it."""
    return url(f"{kind}/{pk}-{names.slug(title)}/")


class _Object(Func):
    """JSON text: JSONB, as Django makes it, sorts keys that nobody looks up."""

    function = "json_build_object"
    output_field = TextField()  # the driver reads it, nested ones with it

    def __init__(self, **shape: Any) -> None:
        super().__init__(*shape.values())
        self.keys = tuple(shape)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        return super().as_sql(compiler, connection, **{**context, "arg_joiner": self})

    def join(self, values: list[str]) -> str:
        return ", ".join(f"'{key}', {value}" for key, value in zip(self.keys, values, strict=True))


class _Array(ArraySubquery):
    template = "array_to_json(ARRAY(%(subquery)s))"
    output_field = TextField()  # type: ignore[assignment]


def gathered(queryset: QuerySet[Any], **shape: Any) -> _Array:
    """A list of objects from another table; `queryset` refers to the outer row."""
    return _Array(queryset.values(item=_Object(**shape)))


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
