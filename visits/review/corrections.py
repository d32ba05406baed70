"""What editors made of what a reader proposed, value by value: kept with each decision, counted for the page.

A value is known again by its key: a person by the name, a topic by its words. With the same key and another value it
was mended; with a key that is gone it was taken out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from pydantic import ValidationError

from visits import record
from visits.enums import Fate
from visits.models import Judgement, ReadValue
from visits.record import Citation, Member, Participant, Side, VisitData

_Key = tuple[str, str]  # field, and what the value is known again by
_Place = tuple[str, str]  # target and field of its citation


@dataclass(frozen=True, slots=True)
class _Value:
    value: str
    citation: Citation | None


def keep(judgement: Judgement, proposed: dict[str, Any], accepted: dict[str, Any] | None) -> None:
    """Keep the fate of each value that a reader found in a text; `accepted` is None when the record was rejected."""
    before = _parsed(proposed)
    if before is None or not any(one.rule and one.start is not None for one in before.citations):
        return  # no reading of a text: a row of a table says what it says
    after = _parsed(accepted) if accepted is not None else None
    ReadValue.objects.bulk_create([ReadValue(judgement=judgement, **fate) for fate in fates(before, after)])


def _parsed(data: dict[str, Any] | None) -> VisitData | None:
    try:
        item = record.parse(data) if data else None
    except ValidationError:
        return None
    return item if isinstance(item, VisitData) else None


def fates(proposed: VisitData, accepted: VisitData | None) -> Iterator[dict[str, Any]]:
    """For each value of a reader what became of it, and what an editor added."""
    before, after = _values(proposed), _values(accepted) if accepted else {}
    for key, one in before.items():
        if accepted is None:
            fate = Fate.REJECTED
        elif key not in after:
            fate = Fate.REMOVED
        else:
            fate = Fate.KEPT if after[key].value == one.value else Fate.MENDED
        said = one.citation
        yield {
            "field": key[0],
            "fate": fate,
            "rule": said.rule if said else "",
            "confidence": said.confidence if said else None,
        }
    for key in after.keys() - before.keys():
        yield {"field": key[0], "fate": Fate.ADDED}


def _values(item: VisitData) -> dict[_Key, _Value]:
    """The values of a record by field and key; of two with one key the first."""
    cited = {(citation.target, citation.field): citation for citation in reversed(item.citations)}
    found: dict[_Key, _Value] = {}
    for field, key, value, place in _told(item):
        if value:
            found.setdefault((field, key), _Value(value, cited.get(place)))
    return found


def _told(item: VisitData) -> Iterator[tuple[str, str, str, _Place]]:
    yield "guest", "", _side(item.guest), ("", "guest")
    yield "host", "", _side(item.host), ("", "host")
    for name in ("start", "end"):
        yield name, "", getattr(item, name), ("", name)
    for name in ("kind", "status"):
        value = str(getattr(item, name))
        yield name, "", "" if value == "unknown" else value, ("", name)
    for number, place in enumerate(item.places):
        yield "places", place.as_printed or place.city, place.city or place.as_printed, (f"/places/{number}", "city")
    yield from _people(item)
    for number, topic in enumerate(item.topics):
        words, target = topic.as_printed or topic.topic or "", f"/topics/{number}"
        yield "topics", f"{words} {topic.topic or ''}", topic.topic or words, (target, "topic")
        yield "topics.modality", f"{words} {topic.topic or ''}", str(topic.modality), (target, "modality")
    for number, outcome in enumerate(item.outcomes):
        target = f"/outcomes/{number}"
        yield "outcomes", outcome.title, str(outcome.kind), (target, "title")
        yield "outcomes.modality", outcome.title, str(outcome.modality), (target, "modality")
    for number, link in enumerate(item.dialogues):
        words = link.as_printed or link.dialogue or ""
        yield "dialogues", words, f"{link.dialogue or words} {link.role}", (f"/dialogues/{number}", "dialogue")


def _people(item: VisitData) -> Iterator[tuple[str, str, str, _Place]]:
    for number, delegation in enumerate(item.delegations):
        for position, member in enumerate(delegation.members):
            target = f"/delegations/{number}/members/{position}"
            if member.head:
                yield "head", "", _name(member) or member.post_as_printed, (target, "head")
            yield from _person("members", member, target)
    for number, meeting in enumerate(item.meetings):
        for position, participant in enumerate(meeting.participants):
            yield from _person("participants", participant, f"/meetings/{number}/participants/{position}")
        whom = next((_name(one) for one in meeting.participants if _name(one)), str(number))
        yield "meetings.date", whom, meeting.date, (f"/meetings/{number}", "date")


def _person(role: str, person: Member | Participant, target: str) -> Iterator[tuple[str, str, str, _Place]]:
    printed = person.name_as_printed or _name(person)
    yield f"{role}.name", printed, _name(person), (target, "name_as_printed")
    yield f"{role}.post", printed, person.post_as_printed, (target, "post_as_printed")


def _name(person: Member | Participant) -> str:
    return (person.official.name if person.official else "") or person.name_as_printed


def _side(side: Side) -> str:
    body = side.organization
    return side.country or (body.slug or body.name if body else "") or side.as_printed


# counting


@dataclass(frozen=True, slots=True)
class Tally:
    """How many values of one month, field or rule had which fate."""

    what: Any
    kept: int = 0
    mended: int = 0
    removed: int = 0
    rejected: int = 0
    added: int = 0
    claimed: float | None = None  # the mean of the confidences

    @property
    def proposed(self) -> int:
        return self.kept + self.mended + self.removed + self.rejected

    @property
    def percent(self) -> int | None:
        """How many of a hundred proposed values were accepted as read; None where none was proposed."""
        return round(100 * self.kept / self.proposed) if self.proposed else None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the page of acceptance shows."""

    months: list[Tally]
    fields: list[Tally]
    rules: list[Tally]


def acceptance(month: datetime | None = None, months: int = 12) -> Acceptance:
    """The fates by month, the newest first, and by field and rule, of one month or of all."""
    values = ReadValue.objects.order_by()
    of_month = TruncMonth("judgement__created_at")
    chosen = values.alias(month=of_month).filter(month=month) if month else values
    return Acceptance(
        months=sorted(_tallies(values, of_month), key=lambda one: one.what, reverse=True)[:months],
        fields=sorted(_tallies(chosen, F("field")), key=lambda one: one.what),
        rules=sorted(_tallies(chosen.exclude(rule=""), F("rule")), key=lambda one: (-one.proposed, one.what)),
    )


def _tallies(values: QuerySet[ReadValue, Any], what: Any) -> list[Tally]:
    counts = {str(fate): Count("pk", filter=Q(fate=fate)) for fate in Fate}
    rows = values.values(what=what).annotate(claimed=Avg("confidence"), **counts)
    return [Tally(**row) for row in rows]
