"""One set of filters a list, for page, API and export: the same query string means the same set everywhere.

`VisitFilter.open(request.GET, path)` raises FilterError, which names each unknown filter or value with what is near
it and the list without it; else `.qs`, `.order`, `.size`, `.chips()` and, of dated lists, `.left_out()`.
"""

from .base import Chip, FilterError, ListFilter, Problem
from .encounters import DelegationFilter, MeetingFilter, VisitFilter
from .entities import (
    CitationFilter,
    CountryFilter,
    DialogueFilter,
    OfficialFilter,
    OrganizationFilter,
    OutcomeFilter,
    PostFilter,
    SourceFilter,
    TenureFilter,
    TopicFilter,
)

FILTERS: dict[str, type[ListFilter]] = {
    "visits": VisitFilter,
    "meetings": MeetingFilter,
    "delegations": DelegationFilter,
    "officials": OfficialFilter,
    "posts": PostFilter,
    "tenures": TenureFilter,
    "countries": CountryFilter,
    "organizations": OrganizationFilter,
    "topics": TopicFilter,
    "outcomes": OutcomeFilter,
    "dialogues": DialogueFilter,
    "sources": SourceFilter,
    "citations": CitationFilter,
}

__all__ = ["FILTERS", "Chip", "FilterError", "ListFilter", "Problem", *sorted(one.__name__ for one in FILTERS.values())]
