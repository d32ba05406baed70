"""By what is counted: each grouping in SQL, and the filter of the list that has just the records of a group."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import enums
from visits.catalogue import Catalogue

Words = Callable[[str, str, Catalogue], str]


@dataclass(frozen=True)
class Grouping:
    """`key` and `name` are SQL over `chosen` and what `join` brings; a visit may be in several groups if `several`.

    `needs` are the columns of `chosen` that they ask for: visits that are alike in these can be counted as one row.
    `more` are columns that `chosen` does not have itself, and `whence` the joins that bring them.
    `join` brings the table that they need, with its `parameters`. Without a `filter` no list has just a group's visits.
    """

    name: str
    label: Any
    filter: str
    key: str
    words: Words
    needs: str
    called: str = "NULL::text"
    join: str = ""
    several: bool = False
    parameters: Callable[[Catalogue], list[Any]] = lambda known: []
    more: str = ""
    whence: str = ""
    of_whence: Callable[[Catalogue], list[Any]] = lambda known: []

    @property
    def columns(self) -> list[str]:
        """What it needs of the digests themselves."""
        return ["guest_country", "host_country"] if self.more else self.needs.split(", ")

    @property
    def part(self) -> str:
        """The part of the tally that has these columns."""
        return {"exact": "year"}.get(self.needs, "sides" if "_" in self.needs else self.needs)


def _plain(key: str, name: str, known: Catalogue) -> str:
    return name or key


def _country(key: str, name: str, known: Catalogue) -> str:
    if key in known.countries:
        return known.countries[key].name
    return known.organizations[pk].name if (pk := known.organization_slugs.get(key)) else name or key


def _of(vocabulary: Any) -> Words:
    return lambda key, name, known: str(vocabulary(key).label)


def _year(key: str, name: str, known: Catalogue) -> str:
    return _("year not known") if key == "unknown" else key


def _precision(key: str, name: str, known: Catalogue) -> str:
    return _("the day") if key == "day" else _("less than the day")


def _topic(key: str, name: str, known: Catalogue) -> str:
    return known.topics[known.topic_slugs[key]].name


def _region(key: str, name: str, known: Catalogue) -> str:
    return known.region_name(key)


def _topic_closure(known: Catalogue) -> list[Any]:
    """Each topic with itself and all that are broader."""
    pairs = [(below, entry.slug) for entry in known.topics.values() for below in known.narrower([entry.id])]
    return [[topic for topic, _slug in pairs], [slug for _topic, slug in pairs]]


def _homes(known: Catalogue) -> list[Any]:
    """Each country with the region that it lies in, once for guests and once for hosts."""
    homes = [list(known.countries), [entry.region for entry in known.countries.values()]]
    return homes + homes


def _region_closure(known: Catalogue) -> list[Any]:
    """Each region with all that it lies in; the world is none."""
    pairs = [
        (inner, outer) for outer, (_name, above) in known.regions.items() if above for inner in known.within(outer)
    ]
    return [[inner for inner, _outer in pairs], [outer for _inner, outer in pairs]]


# Sets are taken apart once each, however many visits have the same.
_RANK = """
    LEFT JOIN (
        SELECT every.ranks, unnest(string_to_array(every.ranks, ' ')) AS key
        FROM (SELECT DISTINCT ranks FROM chosen WHERE ranks <> '') AS every
    ) AS {alias} ON {alias}.ranks = chosen.ranks
"""
_TOPIC = """
    LEFT JOIN (
        SELECT DISTINCT every.topics, above.slug AS key
        FROM (SELECT DISTINCT topics FROM chosen WHERE topics <> '') AS every
        CROSS JOIN LATERAL unnest(string_to_array(every.topics, ' ')::bigint[]) AS one (topic)
        JOIN unnest(%s::bigint[], %s::text[]) AS above (topic, slug) ON above.topic = one.topic
    ) AS {alias} ON {alias}.topics = chosen.topics
"""
_HOMES = """
    LEFT JOIN unnest(%s::text[], %s::text[]) AS {alias}_guest (country, region)
    ON {alias}_guest.country = chosen.guest_country
    LEFT JOIN unnest(%s::text[], %s::text[]) AS {alias}_host (country, region)
    ON {alias}_host.country = chosen.host_country
"""
_REGION = """
    LEFT JOIN LATERAL (
        SELECT above.region AS key FROM unnest(%s::text[], %s::text[]) AS above (home, region)
        WHERE above.home = chosen.guest_region OR above.home = chosen.host_region
        GROUP BY above.region
    ) AS {alias} ON true
"""
_SOURCE = """
    LEFT JOIN (
        SELECT every.sources, source.id::text AS key, coalesce(nullif(source.title, ''), source.publisher) AS name
        FROM (SELECT DISTINCT sources FROM chosen WHERE sources <> '') AS every
        CROSS JOIN LATERAL unnest(string_to_array(every.sources, ' ')::bigint[]) AS one (source)
        JOIN visits_source AS source ON source.id = one.source
    ) AS {alias} ON {alias}.sources = chosen.sources
"""
_GUEST = "LEFT JOIN visits_organization AS {alias} ON {alias}.id = chosen.guest_organization"

GROUPINGS = {
    one.name: one
    for one in (
        Grouping("year", gettext_lazy("Year"), "year", "coalesce(chosen.year, 'unknown')", _year, "year"),
        Grouping(
            "guest", gettext_lazy("Guest"), "guest",
            "coalesce(chosen.guest_country, {alias}.slug, {alias}.id::text)", _country,
            "guest_country, guest_organization", "{alias}.name", _GUEST,
        ),
        Grouping("host", gettext_lazy("Host"), "host", "chosen.host_country", _country, "host_country"),
        Grouping(
            "region", gettext_lazy("Region"), "region", "{alias}.key", _region, "guest_region, host_region",
            join=_REGION, several=True, parameters=_region_closure, whence=_HOMES, of_whence=_homes,
            more="{alias}_guest.region AS guest_region, {alias}_host.region AS host_region",
        ),
        Grouping(
            "rank", gettext_lazy("Rank of the head"), "post_rank", "{alias}.key", _of(enums.Rank), "ranks", join=_RANK,
            several=True,
        ),
        Grouping("kind", gettext_lazy("Kind"), "kind", "chosen.kind", _of(enums.VisitKind), "kind"),
        Grouping(
            "precision", gettext_lazy("Known to"), "", "CASE WHEN chosen.exact THEN 'day' ELSE 'part' END", _precision,
            "exact",
        ),
        Grouping("status", gettext_lazy("Status"), "status", "chosen.status", _of(enums.Status), "status"),
        Grouping(
            "topic", gettext_lazy("Topic"), "topic", "{alias}.key", _topic, "topics", join=_TOPIC, several=True,
            parameters=_topic_closure,
        ),
        Grouping(
            "source", gettext_lazy("Source"), "source", "{alias}.key", _plain, "sources", "{alias}.name", _SOURCE,
            several=True,
        ),
    )
}  # fmt: skip


def table_of(groupings: Sequence[Grouping], known: Catalogue) -> tuple[str, list[Any]]:
    """`chosen` with the columns that these bring, and the parameters; they are called by_0, by_1, ..."""
    more = ["chosen.*", *(one.more.format(alias=f"by_{n}") for n, one in enumerate(groupings) if one.more)]
    whence = " ".join(one.whence.format(alias=f"by_{n}") for n, one in enumerate(groupings))
    parameters = [value for one in groupings for value in one.of_whence(known)]
    return f"(SELECT {', '.join(more)} FROM chosen {whence})" if len(more) > 1 else "chosen", parameters  # noqa: S608
