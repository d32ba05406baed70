"""By what is counted: each grouping in SQL, and the filter of the list that has just the records of a group."""

from collections.abc import Callable
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

    `join` brings the table that they need, with its `parameters`. Without a `filter` no list has just a group's visits.
    """

    name: str
    label: Any
    filter: str
    key: str
    words: Words
    called: str = "NULL::text"
    join: str = ""
    several: bool = False
    parameters: Callable[[Catalogue], list[Any]] = lambda known: []


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


def _region_closure(known: Catalogue) -> list[Any]:
    """Each country with all regions that it lies in; the world is none."""
    pairs = [
        (code, region)
        for region, (_name, above) in known.regions.items()
        if above
        for code in known.countries_of(region)
    ]
    return [[code for code, _region in pairs], [region for _code, region in pairs]]


_RANK = """
    LEFT JOIN (
        SELECT DISTINCT delegation.visit_id AS visit, post.rank AS key
        FROM visits_member AS member
        JOIN visits_delegation AS delegation ON delegation.id = member.delegation_id
        JOIN visits_post AS post ON post.id = member.post_id
        JOIN chosen ON chosen.id = delegation.visit_id
        WHERE member.head
    ) AS {alias} ON {alias}.visit = chosen.id
"""
_MEETINGS = """
    SELECT link.visit_id AS visit, link.meeting_id AS meeting
    FROM visits_meetingvisit AS link
    JOIN chosen ON chosen.id = link.visit_id
    JOIN visits_meeting AS held ON held.id = link.meeting_id AND held.state = 'published'
"""
_TOPIC = f"""
    LEFT JOIN (
        SELECT DISTINCT linked.visit, above.slug AS key
        FROM (
            SELECT link.visit_id AS visit, link.topic_id AS topic
            FROM visits_topiclink AS link JOIN chosen ON chosen.id = link.visit_id
            UNION
            SELECT meetings.visit, link.topic_id
            FROM visits_topiclink AS link JOIN ({_MEETINGS}) AS meetings ON meetings.meeting = link.meeting_id
            UNION
            SELECT outcome.visit_id, named.topic_id
            FROM visits_outcome AS outcome JOIN chosen ON chosen.id = outcome.visit_id
            JOIN visits_outcome_topics AS named ON named.outcome_id = outcome.id
            UNION
            SELECT meetings.visit, named.topic_id
            FROM visits_outcome AS outcome JOIN ({_MEETINGS}) AS meetings ON meetings.meeting = outcome.meeting_id
            JOIN visits_outcome_topics AS named ON named.outcome_id = outcome.id
        ) AS linked
        JOIN unnest(%s::bigint[], %s::text[]) AS above (topic, slug) ON above.topic = linked.topic
    ) AS {{alias}} ON {{alias}}.visit = chosen.id
"""  # noqa: S608 - no input
_REGION = """
    LEFT JOIN (
        WITH lies (country, region) AS MATERIALIZED (SELECT * FROM unnest(%s::text[], %s::text[]))
        SELECT chosen.id AS visit, lies.region AS key FROM chosen JOIN lies ON lies.country = chosen.guest_country
        UNION
        SELECT chosen.id, lies.region FROM chosen JOIN lies ON lies.country = chosen.host_country
    ) AS {alias} ON {alias}.visit = chosen.id
"""
_SOURCE = """
    LEFT JOIN (
        SELECT cited.visit, cited.source::text AS key, coalesce(nullif(source.title, ''), source.publisher) AS name
        FROM (
            SELECT citation.visit_id AS visit, citation.source_id AS source
            FROM visits_citation AS citation JOIN chosen ON chosen.id = citation.visit_id
            UNION
            SELECT delegation.visit_id, citation.source_id
            FROM visits_citation AS citation
            JOIN visits_delegation AS delegation ON delegation.id = citation.delegation_id
            JOIN chosen ON chosen.id = delegation.visit_id
            UNION
            SELECT delegation.visit_id, citation.source_id
            FROM visits_citation AS citation
            JOIN visits_member AS member ON member.id = citation.member_id
            JOIN visits_delegation AS delegation ON delegation.id = member.delegation_id
            JOIN chosen ON chosen.id = delegation.visit_id
            UNION
            SELECT link.visit_id, citation.source_id
            FROM visits_citation AS citation JOIN visits_topiclink AS link ON link.id = citation.topic_link_id
            JOIN chosen ON chosen.id = link.visit_id
            UNION
            SELECT link.visit_id, citation.source_id
            FROM visits_citation AS citation JOIN visits_dialoguelink AS link ON link.id = citation.dialogue_link_id
            JOIN chosen ON chosen.id = link.visit_id
            UNION
            SELECT outcome.visit_id, citation.source_id
            FROM visits_citation AS citation JOIN visits_outcome AS outcome ON outcome.id = citation.outcome_id
            JOIN chosen ON chosen.id = outcome.visit_id
        ) AS cited
        JOIN visits_source AS source ON source.id = cited.source
    ) AS {alias} ON {alias}.visit = chosen.id
"""
_GUEST = "LEFT JOIN visits_organization AS {alias} ON {alias}.id = chosen.guest_organization"

GROUPINGS = {
    one.name: one
    for one in (
        Grouping("year", gettext_lazy("Year"), "year", "coalesce(chosen.year, 'unknown')", _year),
        Grouping(
            "guest", gettext_lazy("Guest"), "guest",
            "coalesce(chosen.guest_country, {alias}.slug, {alias}.id::text)", _country, "{alias}.name", _GUEST,
        ),
        Grouping("host", gettext_lazy("Host"), "host", "chosen.host_country", _country),
        Grouping(
            "region", gettext_lazy("Region"), "region", "{alias}.key", _region, join=_REGION, several=True,
            parameters=_region_closure,
        ),
        Grouping(
            "rank", gettext_lazy("Rank of the head"), "post_rank", "{alias}.key", _of(enums.Rank), join=_RANK,
            several=True,
        ),
        Grouping("kind", gettext_lazy("Kind"), "kind", "chosen.kind", _of(enums.VisitKind)),
        Grouping(
            "precision", gettext_lazy("Known to"), "", "CASE WHEN chosen.exact THEN 'day' ELSE 'part' END", _precision
        ),
        Grouping("status", gettext_lazy("Status"), "status", "chosen.status", _of(enums.Status)),
        Grouping(
            "topic", gettext_lazy("Topic"), "topic", "{alias}.key", _topic, join=_TOPIC, several=True,
            parameters=_topic_closure,
        ),
        Grouping(
            "source", gettext_lazy("Source"), "source", "{alias}.key", _plain, "{alias}.name", _SOURCE, several=True
        ),
    )
}  # fmt: skip
