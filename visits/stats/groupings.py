"""By what is counted: the keys of each visit, and the filter of the list that has just the records of a group."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import enums
from visits.catalogue import Catalogue
from visits.models import Source

Keys = tuple[str | None, ...]
Names = dict[str, str]


def _plain(key: str, names: Names, known: Catalogue) -> str:
    return names.get(key, key)


def _no_names(keys: Iterable[str]) -> Names:
    return {}


@dataclass(frozen=True)
class Grouping:
    """`keys` are made of a visit's values in `columns`; there is more than one, or none (None), if `several`.

    `words` are those of a key, of what `named` asks the database for where the catalogue does not know it.
    Without a `filter` no list has just a group's visits.
    """

    name: str
    label: Any
    filter: str
    columns: tuple[str, ...]
    keys: Callable[..., Keys]
    words: Callable[[str, Names, Catalogue], str] = _plain
    several: bool = False
    named: Callable[[Iterable[str]], Names] = _no_names


def _guest(known: Catalogue, country: str | None, body: int | None) -> Keys:
    return (country or (known.body(body).slug if body else None),)


def _country(key: str, names: Names, known: Catalogue) -> str:
    if key in known.countries:
        return known.countries[key].name
    return known.body_of(key).name


def _regions(known: Catalogue, guest: str | None, host: str | None) -> Keys:
    """Of the regions of the two each with all that it lies in; the world is none."""
    return tuple(sorted({above for home in (guest, host) for above in known.above.get(home, ())})) or (None,)


def _topics(known: Catalogue, topics: str | None) -> Keys:
    """Each topic with all that are broader."""
    found = {above for one in (topics or "").split() for above in known.broader.get(int(one), ())}
    return tuple(sorted(found)) or (None,)


def _set(known: Catalogue, elements: str | None) -> Keys:
    return tuple((elements or "").split()) or (None,)


def _of(vocabulary: Any) -> Callable[[str, Names, Catalogue], str]:
    return lambda key, names, known: str(vocabulary(key).label)


def _year(key: str, names: Names, known: Catalogue) -> str:
    return _("year not known") if key == "unknown" else key


def _precision(key: str, names: Names, known: Catalogue) -> str:
    return _("the day") if key == "day" else _("less than the day")


def _titles(keys: Iterable[str]) -> Names:
    found = Source.objects.filter(pk__in=[int(key) for key in keys])
    rows = found.values_list("pk", Coalesce(NullIf("title", Value("")), "publisher"))
    return {str(pk): title for pk, title in rows}


GROUPINGS = {
    one.name: one
    for one in (
        Grouping("year", gettext_lazy("Year"), "year", ("year",), lambda known, year: (year or "unknown",), _year),
        Grouping("guest", gettext_lazy("Guest"), "guest", ("guest_country", "guest_organization"), _guest, _country),
        Grouping("host", gettext_lazy("Host"), "host", ("host_country",), lambda known, code: (code,), _country),
        Grouping(
            "region", gettext_lazy("Region"), "region", ("guest_region", "host_region"), _regions,
            lambda key, names, known: known.region_name(key), several=True,
        ),
        Grouping(
            "rank", gettext_lazy("Rank of the head"), "post_rank", ("ranks",), _set, _of(enums.Rank), several=True
        ),
        Grouping("kind", gettext_lazy("Kind"), "kind", ("kind",), lambda known, kind: (kind,), _of(enums.VisitKind)),
        Grouping(
            "precision", gettext_lazy("Known to"), "", ("exact",), lambda known, exact: ("day" if exact else "part",),
            _precision,
        ),
        Grouping(
            "status", gettext_lazy("Status"), "status", ("status",), lambda known, status: (status,), _of(enums.Status)
        ),
        Grouping(
            "topic", gettext_lazy("Topic"), "topic", ("topics",), _topics,
            lambda key, names, known: known.topics[known.topic_slugs[key]].name, several=True,
        ),
        Grouping("source", gettext_lazy("Source"), "source", ("sources",), _set, several=True, named=_titles),
    )
}  # fmt: skip
