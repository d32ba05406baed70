"""The public shapes as plain dicts: what the API answers, what pages list and what exports write.

Each function takes a QuerySet that is already public, `fields` (None: all) and `expand`, and gives a list of dicts
in the order of the QuerySet. The number of queries does not depend on the number of rows.
"""

from functools import partial

from visits import solving

from .encounters import (
    DELEGATIONS,
    MEETING_PARTS,
    MEETING_TABLE,
    VISIT_PARTS,
    delegations_of,
    meetings_by_visit,
    participants_by_meeting,
    visits_by_meeting,
)
from .evidence import CITATIONS, SOURCES, citations_by, cut_around
from .parts import Expansion, Only, Row, Shape, UnknownPart
from .people import COUNTRIES, OFFICIALS, ORGANIZATIONS, POSTS, TENURES
from .solved import solved_by
from .subjects import DIALOGUES, OUTCOMES, TOPICS, outcomes_by


def _delegations_by(owner: str) -> Expansion:
    return lambda ids, known: delegations_of(owner, ids, known)


VISITS = Shape(
    VISIT_PARTS,
    {
        "delegations": _delegations_by("visit"),
        "meetings": meetings_by_visit,
        "outcomes": outcomes_by("visit"),
        "citations": citations_by("visit"),
        "solved": solved_by(solving.of_visits),
    },
    when_undated=("solved",),
)
MEETINGS = Shape(
    MEETING_PARTS,
    {
        "visits": visits_by_meeting,
        "participants": participants_by_meeting,
        "delegations": _delegations_by("meeting"),
        "outcomes": outcomes_by("meeting"),
        "citations": citations_by("meeting"),
        "solved": solved_by(solving.of_meetings),
    },
    when_undated=("solved",),
)

# What the tables of pages show of a row, and lead to.
TABLES: dict[str, tuple[str, ...]] = {
    "visits": (
        "id", "url", "title", "start", "end", "earliest", "latest", "kind", "status", "host", "guest", "delegations",
        "places", "topics",
    ),
    "meetings": (
        "id", "url", "title", "date", "earliest", "latest", "format", "status", "venue", "place", "topics", "sides",
    ),
}  # fmt: skip
visit_table = partial(VISITS.read, fields=TABLES["visits"])
meeting_table = partial(MEETING_TABLE.read, fields=TABLES["meetings"])

visit_rows = VISITS.read
meeting_rows = MEETINGS.read
delegation_rows = DELEGATIONS.read
official_rows = OFFICIALS.read
post_rows = POSTS.read
tenure_rows = TENURES.read
country_rows = COUNTRIES.read
organization_rows = ORGANIZATIONS.read
topic_rows = TOPICS.read
dialogue_rows = DIALOGUES.read
outcome_rows = OUTCOMES.read
source_rows = SOURCES.read
citation_rows = CITATIONS.read

SHAPES: dict[str, Shape] = {
    "visits": VISITS,
    "meetings": MEETINGS,
    "delegations": DELEGATIONS,
    "officials": OFFICIALS,
    "posts": POSTS,
    "tenures": TENURES,
    "countries": COUNTRIES,
    "organizations": ORGANIZATIONS,
    "topics": TOPICS,
    "outcomes": OUTCOMES,
    "dialogues": DIALOGUES,
    "sources": SOURCES,
    "citations": CITATIONS,
}

__all__ = [
    "SHAPES",
    "TABLES",
    "Only",
    "Row",
    "Shape",
    "UnknownPart",
    "cut_around",
    *(f"{kind}_{form}" for kind in ("visit", "meeting") for form in ("rows", "table")),
]
