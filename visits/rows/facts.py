"""Which fields count as facts, and what share of a record's facts has evidence: the one list.

A citation of the whole record evidences the record's own fields. A row of a data set evidences all that was read
from it: the record's own fields and what hangs on it. Start and end are one fact, as texts say both in one breath.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.fields import BooleanField

from visits import enums
from visits.models import Citation, DialogueLink, Meeting, Member, Outcome, Participant, TopicLink

from .parts import Part, Row, gathered


@dataclass(frozen=True)
class Fact:
    """Something that a record says of itself, under any of these field names; stated if one of `columns` is."""

    fields: frozenset[str]
    columns: tuple[str, ...]
    unstated: tuple[Any, ...] = ("", None)

    def is_stated(self, row: Row) -> bool:
        return any(row[column] not in self.unstated for column in self.columns)


VISIT = (
    Fact(frozenset({"guest", "guest_country", "guest_organization"}), ("guest_country_id", "guest_organization_id")),
    Fact(frozenset({"host", "host_country", "host_organization"}), ("host_country_id",)),
    Fact(frozenset({"start", "end"}), ("start", "end")),
    Fact(frozenset({"kind"}), ("kind",), (enums.VisitKind.UNKNOWN.value,)),
)
MEETING = (
    Fact(frozenset({"date"}), ("date",)),
    Fact(frozenset({"venue_country", "place", "city"}), ("venue_country_id", "place_as_printed", "city_id")),
    Fact(frozenset({"format"}), ("format",), (enums.MeetingFormat.UNKNOWN.value,)),
)
_ROW = ExpressionWrapper(Q(row__isnull=False), output_field=BooleanField())


def cited(queryset: QuerySet[Any], target: str) -> ArraySubquery:
    """Of each row of a correlated queryset, whether it has a citation of its own."""
    return ArraySubquery(queryset.order_by().values(cited=Exists(Citation.objects.filter(**{target: OuterRef("pk")}))))


VISIT_NESTED = {
    "x_members": cited(Member.objects.filter(delegation__visit=OuterRef("pk")), "member"),
    "x_topics": cited(TopicLink.objects.filter(visit=OuterRef("pk")), "topic_link"),
    "x_dialogues": cited(DialogueLink.objects.filter(visit=OuterRef("pk")), "dialogue_link"),
    "x_outcomes": cited(Outcome.objects.filter(visit=OuterRef("pk")), "outcome"),
    "x_meetings": cited(Meeting.objects.published().filter(in_visits__visit=OuterRef("pk")), "meeting"),
}
MEETING_NESTED = {
    "x_members": cited(Member.objects.filter(delegation__meeting=OuterRef("pk")), "member"),
    "x_participants": cited(Participant.objects.filter(meeting=OuterRef("pk")), "participant"),
    "x_topics": cited(TopicLink.objects.filter(meeting=OuterRef("pk")), "topic_link"),
    "x_dialogues": cited(DialogueLink.objects.filter(meeting=OuterRef("pk")), "dialogue_link"),
    "x_outcomes": cited(Outcome.objects.filter(meeting=OuterRef("pk")), "outcome"),
}


def evidenced(target: str, facts: tuple[Fact, ...], nested: dict[str, ArraySubquery]) -> Part:
    """The part `evidenced`: the share of facts with evidence, 0 to 1; None where nothing is stated."""
    own = gathered(Citation.objects.filter(**{target: OuterRef("pk")}).order_by(), field=F("field"), row=_ROW)
    columns = tuple(dict.fromkeys(column for fact in facts for column in fact.columns))

    def build(row: Row, known: Any) -> float | None:
        return share(row, facts, [row[name] for name in nested], row["x_citations"])

    return Part("evidenced", columns, {"x_citations": own, **nested}, build)


def share(row: Row, facts: tuple[Fact, ...], nested: list[list[bool]], citations: list[dict[str, Any]]) -> float | None:
    """The share of facts evidenced; `nested` says of each nested row whether it is cited."""
    stated = [fact for fact in facts if fact.is_stated(row)]
    total = len(stated) + sum(map(len, nested))
    if not total:
        return None
    if any(citation["row"] for citation in citations):
        return 1.0
    fields = {citation["field"] for citation in citations}
    own = len(stated) if "" in fields else sum(bool(fact.fields & fields) for fact in stated)
    return round((own + sum(map(sum, nested))) / total, 2)
