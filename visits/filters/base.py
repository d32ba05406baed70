"""Filters of a list: one declaration for page, API and export; nothing unknown is silently ignored."""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, Self

import django_filters
from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import catalogue, lookup

from .values import Known, Parse, UnknownValue, between, near, one_of

MAX_VALUES = 100  # of one filter


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a list's address; `url` is the list without it."""

    field: str
    value: str
    code: str
    detail: str
    nearest: tuple[str, ...] = ()
    url: str = ""


class FilterError(ValueError):
    """An unknown filter or value; all of them at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.detail}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Chip:
    """A filter that is on: its name and label, the value as typed and in words, and the list without it."""

    name: str
    label: str
    value: str
    text: str
    url: str


class _AllValues(forms.TextInput):
    """Every value of a repeated parameter, empty ones left out."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [value for value in data.getlist(name) if value.strip()]


class _Values(forms.Field):
    widget = _AllValues

    def __init__(self, *, parse: Parse, single: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.parse, self.single = parse, single
        self.known: Callable[[], catalogue.Catalogue] = catalogue.current

    def clean(self, values: list[str]) -> list[Known]:
        """The values as something known; a ValidationError holds one error for each that is not."""
        found, errors = [], []
        if len(values) > (1 if self.single else MAX_VALUES):
            errors.append(ValidationError(_("Too many values."), "too-many", {"value": values[-1], "nearest": ()}))
            values = []
        for value in dict.fromkeys(values):
            try:
                if "\x00" in value:
                    raise UnknownValue(_("It holds a NUL character."))
                found.append(self.parse(value, self.known()))
            except UnknownValue as error:
                about = {"value": value, "nearest": error.nearest}
                errors.append(ValidationError(str(error).replace("%", "%%"), "unknown-value", about))
        if errors:
            raise ValidationError(errors)
        return found


class AnyOf(django_filters.Filter):
    """A filter whose values are read by `parse`; repeated, it means any of them."""

    field_class = _Values

    def __init__(
        self,
        parse: Parse,
        label: Any,
        *,
        method: str | None = None,
        column: str = "",
        single: bool = False,
        choices: Iterable[tuple[str, Any]] = (),
        help_text: str = "",
        control: bool = False,
        example: str = "",
    ) -> None:
        super().__init__(label=label, method=method, parse=parse, single=single, required=False)
        self.column, self.choices, self.single, self.control = column, tuple(choices), single, control
        self.help_text, self.example = help_text, example

    def filter(self, queryset: QuerySet[Any], value: list[Known]) -> QuerySet[Any]:
        """Without a method: any of these values in the column."""
        if not value or not self.column:
            return queryset
        return queryset.filter(**{f"{self.column}__in": [known.key for known in value]})


def only(parse: Parse, label: Any, **options: Any) -> AnyOf:
    """A filter that takes one value."""
    return AnyOf(parse, label, single=True, **options)


def sorting(*orders: str) -> AnyOf:
    listed = [(order, order) for order in orders]
    help_text = f"The order of the list; {orders[0]} unless said otherwise."
    return only(one_of(*orders), gettext_lazy("Order"), control=True, choices=listed, help_text=help_text)


class ListFilter(django_filters.FilterSet):
    """Filters of one list. A trailing underscore keeps a name free of Python's words (`from_` is `from`)."""

    ordering = sorting("name")
    page_size = only(
        between(1, 500), gettext_lazy("Page size"), control=True, help_text="Rows of a page: 1 to 500, 50 otherwise."
    )
    path: str = ""
    leading: Sequence[Any] = ()  # ids that come before all others in the order by likeness, once `qs` is there

    @classmethod
    def get_filters(cls) -> dict[str, AnyOf]:
        return {name.rstrip("_"): one for name, one in super().get_filters().items()}

    @classmethod
    def public(cls) -> QuerySet[Any]:
        """All that the list shows when no filter is on."""
        raise NotImplementedError(cls)

    @classmethod
    def open(
        cls, data: QueryDict, path: str = "", *, also: Iterable[str] = (), known: catalogue.Catalogue | None = None
    ) -> Self:
        """The filters of an address, checked; FilterError. `also` are parameters that the caller reads itself."""
        found = cls(data, cls.public())
        found.path = path
        if known:
            found.known = known
        problems = [*found._strange(set(also)), *found._wrong()]
        if problems:
            raise FilterError(problems)
        return found

    def __init__(self, data: QueryDict, queryset: QuerySet[Any]) -> None:
        """As django-filter does it, but filters that the address does not name stay the declared ones."""
        self.is_bound, self.data, self.queryset = True, data, queryset
        self.request = self.form_prefix = None
        own = {name: copy(self.base_filters[name]) for name in data if name in self.base_filters}
        for one in own.values():
            one.method, one.model, one.parent = one.method, queryset.model, self
        self.filters = self.base_filters | own

    @cached_property
    def form(self) -> forms.Form:
        """Of those filters alone that the address names: to build all thirty takes longer than their query."""
        named = tuple(name for name in self.filters if name in self.data)
        form = _form_of(type(self), named)(self.data)  # type: ignore[arg-type]
        for one in form.fields.values():
            one.known = lambda: self.known  # type: ignore[attr-defined]
        return form

    @cached_property
    def known(self) -> catalogue.Catalogue:
        return catalogue.current()

    def chosen(self, name: str) -> list[Any]:
        """The keys of a filter's values."""
        return [known.key for known in self.form.cleaned_data.get(name) or ()]

    def one(self, name: str, default: Any = None) -> Any:
        return next(iter(self.chosen(name)), default)

    @property
    def digests(self) -> QuerySet[Any]:
        """What the filters give, in the narrowest table that can be listed and counted by."""
        return self.qs

    @property
    def walk(self) -> tuple[QuerySet[Any], Q] | None:
        """`digests` in two parts where a condition is one that many rows fit: the rest, and what to ask of its rows."""
        return None

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter is on."""
        return any(self.chosen(name) for name, one in self.filters.items() if not one.control)

    @property
    def order(self) -> str:
        return str(self.one("ordering", self.filters["ordering"].choices[0][0]))

    @property
    def size(self) -> int:
        return int(self.one("page_size", 50))

    def chips(self) -> list[Chip]:
        """The filters that are on, for a reader to take off one by one."""
        found = []
        for name, one in self.filters.items():
            values = [value for value in dict.fromkeys(self.data.getlist(name)) if value.strip()]
            if one.control:
                continue
            for value, known in zip(values, self.form.cleaned_data.get(name) or (), strict=True):
                found.append(Chip(name, str(one.label), value, known.label, self.url_without(name, value)))
        return found

    def url_without(self, name: str, value: str) -> str:
        """This list's address without one value of one parameter, from its first page."""
        query = self.data.copy()
        query.pop("cursor", None)
        rest = [other for other in query.getlist(name) if other != value]
        query.setlist(name, rest)
        if not rest:
            del query[name]
        return f"{self.path}?{query.urlencode()}" if query else self.path

    def _strange(self, also: set[str]) -> Iterable[Problem]:
        for name in self.data:
            if name in self.filters or name in also or name.startswith("utm_"):
                continue
            value = self.data.getlist(name)[-1] if self.data.getlist(name) else ""
            nearest = tuple(near(name, {known: known for known in self.filters}))
            detail = _("There is no filter “%(name)s”.") % {"name": name[:80]}
            yield Problem(name[:80], value[:200], "unknown-filter", detail, nearest, self._url_without_all(name))

    def _url_without_all(self, name: str) -> str:
        query = self.data.copy()
        query.pop("cursor", None)
        query.pop(name, None)
        return f"{self.path}?{query.urlencode()}" if query else self.path

    def _wrong(self) -> Iterable[Problem]:
        for name, errors in self.form.errors.as_data().items():
            for error in errors:
                about = error.params or {}
                value = str(about.get("value", ""))
                detail = " ".join(error.messages)
                nearest = tuple(about.get("nearest", ()))
                yield Problem(
                    name, value[:200], error.code or "unknown-value", detail, nearest, self.url_without(name, value)
                )


@lru_cache(maxsize=500)
def _form_of(filters: type[ListFilter], names: tuple[str, ...]) -> type[forms.Form]:
    return type(f"{filters.__name__}Form", (forms.Form,), {name: filters.base_filters[name].field for name in names})


@dataclass
class Union:
    """Ids from several index scans instead of one OR. Of a branch with several columns a row has one of them."""

    branches: list[tuple[QuerySet[Any], tuple[str, ...]]] = field(default_factory=list)

    def add(self, queryset: QuerySet[Any], *columns: str) -> None:
        self.branches.append((queryset.order_by(), columns))

    @property
    def parts(self) -> list[QuerySet[Any]]:
        return [_known(queryset, column) for queryset, columns in self.branches for column in columns]

    @property
    def ids(self) -> QuerySet[Any]:
        first, *rest = self.parts
        return first.union(*rest) if rest else first

    def of(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows whose id is in one of the parts."""
        return queryset.filter(Q(pk__in=self.ids)) if self.branches else queryset.none()

    def first_of(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The same where they are few: as an array that is made first, so that no costly condition comes before it."""
        return queryset.filter(lookup.IsOneOf(F("pk"), ArraySubquery(self.ids))) if self.branches else queryset.none()

    def expected(self) -> list[tuple[int, float]]:
        """How many rows each branch has, and what it costs to read them: as PostgreSQL thinks."""
        (plan,) = self._asked("EXPLAIN (FORMAT JSON) SELECT", None)[0]
        return [(one["Plan Rows"], one["Total Cost"]) for one in plan["Plan"]["Plans"]]

    def read(self, most: int | None = None) -> list[list[int]]:
        """The ids that each branch gives, some of them twice; at most so many of each."""
        return list(self._asked("SELECT", most)) if self.branches else []

    def _asked(self, verb: str, most: int | None) -> Any:
        scans = [_once(queryset, columns)[:most].query.sql_with_params() for queryset, columns in self.branches]
        arrays = ", ".join(f"ARRAY({sql})" for sql, _parameters in scans)
        with connections[self.branches[0][0].db].cursor() as cursor:
            cursor.execute(f"{verb} {arrays}", [one for _sql, parameters in scans for one in parameters])
            return cursor.fetchone()

    @property
    def fits(self) -> Q:
        """The same as a question to a row. Put together, so that PostgreSQL does not collect the parts all the same."""
        first, *rest = (
            queryset.filter(**{column: OuterRef("pk")}).values("pk")
            for queryset, columns in self.branches
            for column in columns
        )
        return Q(Exists(first.union(*rest, all=True)))


def _known(queryset: QuerySet[Any], column: str) -> QuerySet[Any]:
    return queryset.filter(**{f"{column}__isnull": False}).values(column)


def _once(queryset: QuerySet[Any], columns: tuple[str, ...]) -> QuerySet[Any]:
    """All columns of a branch in one scan."""
    if len(columns) == 1:
        return _known(queryset, *columns)
    return _known(queryset.annotate(of_one=Coalesce(*columns)), "of_one")


MANY = 50_000  # rows of a branch; what has more is found sooner by asking one after the other
CHEAP = 5_000.0  # cost, as PostgreSQL counts it, up to which it is not: about that of asking


@dataclass
class Common:
    """Something that many or few records have, who knows: found by the ids of the few, or by asking row after row."""

    having: Union

    @cached_property
    def ids(self) -> list[int] | None:
        """Those of the few."""
        if sum(rows for rows, _cost in self._expected) > 2 * MANY:
            return None
        found = self.having.read(MANY + 1)
        return None if any(len(ids) > MANY for ids in found) else sorted(set(chain.from_iterable(found)))

    @cached_property
    def all_ids(self) -> list[int]:
        return list(chain.from_iterable(self.having.read()))

    @cached_property
    def fits(self) -> Q:
        """Whether a row has it: of what few rows are read for the ids are."""
        cheap, asked = Union(), Union()
        for (_rows, cost), branch in zip(self._expected, self.having.branches, strict=True):
            (cheap if cost <= CHEAP else asked).branches.append(branch)
        few = Q(lookup.among(list(chain.from_iterable(cheap.read()))))
        return few | asked.fits if asked.branches else few

    def of(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self.having.of(queryset) if self.ids is None else queryset.filter(lookup.among(self.ids))

    @cached_property
    def _expected(self) -> list[tuple[int, float]]:
        return self.having.expected()
