"""What can be read: one entry a resource, with its shape, its filters, its orders and how one record is found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop as _

from visits import names, paging, rows
from visits.filters import FILTERS, ListFilter
from visits.filters.values import MAX_ID
from visits.paging import Order

from . import documents


@dataclass(frozen=True)
class Resource:
    """A list and its records. `find` says what is unique of the record of a key in an address, or gives None."""

    name: str
    singular: str
    document: type[documents.Resource]
    summary: str
    orders: tuple[Order, ...]
    find: Callable[[str], tuple[str, Any] | None]
    key: str = "id"
    shape: rows.Shape = field(init=False)
    filters: type[ListFilter] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", rows.SHAPES[self.name])
        object.__setattr__(self, "filters", FILTERS[self.name])

    def record(self, key: str) -> rows.Only | None:
        found = self.find(key)
        return rows.Only(self.filters.public, *found) if found else None

    def order(self, name: str) -> Order:
        return next(order for order in self.orders if order.name == name)


def number_of(key: str) -> int | None:
    """The id in an address, alone or with a slug behind it."""
    digits = key.partition("-")[0]
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20 and int(digits) <= MAX_ID):
        return None
    return int(digits)


def _by_id(key: str) -> tuple[str, Any] | None:
    pk = number_of(key)
    return None if pk is None else ("pk", pk)


def _by_slug(key: str) -> tuple[str, Any] | None:
    return None if "\x00" in key else ("slug", key)


def _by_id_or_slug(key: str) -> tuple[str, Any] | None:
    return _by_id(key) if key[:1].isdecimal() else _by_slug(key.lower())


def _by_code(key: str) -> tuple[str, Any] | None:
    code = names.clean(key)
    return ("code", code if code.startswith("x-") else code.upper()) if "\x00" not in key else None


DATED = (paging.NEWEST, paging.OLDEST, paging.LATEST_ID, paging.BY_ID)
NUMBERED = (paging.LATEST_ID, paging.BY_ID)
NAMED = (paging.BY_NAME, paging.BEST)
CODED = (paging.COUNTRIES_BY_NAME, paging.COUNTRIES_BEST)

RESOURCES = (
    Resource("visits", "visit", documents.Visit, _("Stays of one guest at one host."), DATED, _by_id),
    Resource("meetings", "meeting", documents.Meeting, _("Encounters, alone or within visits."), DATED, _by_id),
    Resource("delegations", "delegation", documents.Delegation, _("Who travelled for one side."), NUMBERED, _by_id),
    Resource("officials", "official", documents.Official, _("Persons."), NAMED, _by_id),
    Resource("posts", "post", documents.Post, _("Offices."), (paging.BY_TITLE, paging.BEST), _by_id),
    Resource("tenures", "tenure", documents.Tenure, _("Who held which post, from when to when."), NUMBERED, _by_id),
    Resource(
        "countries",
        "country",
        documents.Country,
        _("Countries and former ones."),
        CODED,
        _by_code,
        "code",
    ),
    Resource(
        "organizations", "organization", documents.Organization, _("Ministries, bodies, firms."), NAMED, _by_id_or_slug
    ),
    Resource("topics", "topic", documents.Topic, _("What was talked about, as a tree."), NAMED, _by_slug, "slug"),
    Resource("outcomes", "outcome", documents.Outcome, _("What came of it."), (*NUMBERED, paging.BY_DUE), _by_id),
    Resource(
        "dialogues", "dialogue", documents.Dialogue, _("Standing frameworks and members."), NAMED, _by_slug, "slug"
    ),
    Resource("sources", "source", documents.Source, _("Documents and data sets."), NUMBERED, _by_id),
    Resource("citations", "citation", documents.Citation, _("The evidence of single facts."), NUMBERED, _by_id),
)
