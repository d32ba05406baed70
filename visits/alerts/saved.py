"""A saved search: its filters as the address of a list has them, and in words."""

from collections.abc import Iterable

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from visits import catalogue, changes
from visits.filters import FILTERS, FilterError, ListFilter
from visits.models import Reader, SavedSearch
from visits.wording import words_of

MOST = 100  # searches of one reader
LONGEST = 4_000  # characters of a search's filters
# What an address says of how to look at a list, which is no part of a search.
_NOT_SAVED = frozenset({"cursor", "page_size", "ordering", "cite", "view", "rule"})


class BrokenSearch(ValueError):
    """The filters are no longer understood: a topic that is gone, a value that has another name now."""


def kept_query(query: QueryDict, also: Iterable[str] = ()) -> str:
    """What is kept of a list's address: its filters, in one order."""
    kept = QueryDict(mutable=True)
    for name in sorted(query):
        if name in _NOT_SAVED or name in also or name.startswith("utm_"):
            continue
        if values := [value for value in dict.fromkeys(query.getlist(name)) if value.strip()]:
            kept.setlist(name, values)
    return kept.urlencode()


def filters_of(kind: str, query: str, known: catalogue.Catalogue | None = None) -> ListFilter:
    """The filters of a search; BrokenSearch with the reason for a person."""
    if len(query) > LONGEST:
        raise BrokenSearch(_("These filters are too long to be kept."))
    try:
        return FILTERS[kind].open(QueryDict(query), list_path(kind), known=known)
    except FilterError as error:
        raise BrokenSearch("; ".join(f"{one.field}: {one.detail}" for one in error.problems)) from None


def words(kind: str, filters: ListFilter) -> str:
    """What the search is for: “visits by Turkmenistan to Japan”."""
    return words_of(filters, {"visits": _("visits"), "meetings": _("meetings"), "outcomes": _("outcomes")}[kind])


def list_path(kind: str, query: str = "") -> str:
    return reverse(kind) + (f"?{query}" if query else "")


def save(search: SavedSearch) -> bool:
    """Keep a new search; what changed before now it has seen. False: its owner has as many as can be kept."""
    filters_of(search.kind, search.query)
    with transaction.atomic():
        Reader.objects.select_for_update().get(pk=search.reader_id)
        if SavedSearch.objects.filter(reader=search.reader_id).count() >= MOST:
            return False
        search.seen = changes.newest()
        search.save()
    return True
