"""`/api/v1/stats/`: visits counted by a rule and groupings, with the filters of the list of visits."""

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import Field
from rest_framework.request import Request

from visits import enums, stats
from visits.filters import VisitFilter

from . import problems
from .answers import tagged
from .documents import Part
from .entrance import Open
from .reading import ERRORS, list_parameters, words

MOST = 2  # groupings at once
GROUPS = 20_000  # shown at most


class StatsGroup(Part):
    keys: dict[str, str | None] = Field(description="the value of each grouping's filter; null: the record has none")
    labels: dict[str, str]
    number: int = Field(description="by the rule")
    visits: int = Field(description="that the number comes from")
    url: str | None = Field(description="absolute path of the list of just these visits, where filters can say it")


class Stats(Part):
    rule: enums.CountingRule
    sentence: str = Field(description="what is counted; to be printed beside the numbers")
    by: list[str]
    total: int = Field(description="of all visits together; groups may share what they count")
    visits: int = Field(description="that the filters give")
    skipped: int = Field(description="visits that the rule does not count")
    undated_left_out: int = Field(description="visits without a year that `from` and `to` leave out")
    cut: bool = Field(description="whether there are more groups than are shown")
    groups: list[StatsGroup]


def _chosen(request: Request, name: str, known: list[str], most: int) -> list[str]:
    given = list(dict.fromkeys(words(request, name) or []))
    wrong = [value for value in given if value not in known]
    if wrong or len(given) > most:
        detail = f"At most {most} of: {', '.join(known)}."
        value = (wrong or given)[-1]
        raise problems.Invalid([problems.error(name, value[:200], "unknown-value", detail, nearest=known)], detail)
    return given


class StatsView(Open):
    @extend_schema(
        operation_id="stats",
        summary="Count visits",
        description="Visits, country stops, meetings or days by one or two groupings, the largest group first. "
        "The filters are those of the list of visits; `multilateral` takes multilateral visits in or out.",
        parameters=[
            OpenApiParameter(
                "by", {"type": "array", "maxItems": MOST, "items": {"type": "string", "enum": list(stats.GROUPINGS)}},
                description="By what is counted; nothing: all together.",
            ),
            OpenApiParameter(
                "rule", {"type": "string", "enum": list(stats.RULES), "default": "visit"},
                description=" ".join(f"`{name}`: {rule.sentence}" for name, rule in stats.RULES.items()),
            ),
            *(one for one in list_parameters(VisitFilter) if one.name not in {"page_size", "ordering"}),
        ],
        responses={200: Stats, 304: None, **ERRORS},
        tags=["stats"],
        auth=[],
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponseBase:
        filters = VisitFilter.open(request.query_params, request.path, also=("by", "rule"))
        by = _chosen(request, "by", list(stats.GROUPINGS), MOST)
        rule = (_chosen(request, "rule", list(stats.RULES), 1) or ["visit"])[0]
        found = stats.count(filters, by, rule)
        groups = [
            {
                "keys": dict(zip(by, one.keys, strict=True)),
                "labels": dict(zip(by, one.labels, strict=True)),
                "number": one.number,
                "visits": one.visits,
                "url": one.url,
            }
            for one in found.groups[:GROUPS]
        ]
        body = {
            "rule": rule,
            "sentence": found.sentence,
            "by": by,
            "total": found.total,
            "visits": found.visits,
            "skipped": found.skipped,
            "undated_left_out": filters.left_out(),
            "cut": len(found.groups) > GROUPS,
            "groups": groups,
        }
        return tagged(request, body)
