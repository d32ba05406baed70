"""How much a confidence is worth: of the values said with 0.9, how many are right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from visits.record import Citation, Member, Participant, VisitData

from .scoring import Mark, Verdict

_JUDGED = (Verdict.RIGHT, Verdict.WRONG, Verdict.EXTRA)
_Place = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that a reader said with a confidence, and whether it was right."""

    field: str
    rule: str
    confidence: float
    right: bool


def claims(visits: Sequence[VisitData], marks: Iterable[Mark]) -> list[Claim]:
    """The claims among the marks of one text: what is forgiven is neither right nor wrong, and left out."""
    cited = [_citations(visit) for visit in visits]
    found = []
    for mark in marks:
        if mark.visit is None or mark.said is None or mark.verdict not in _JUDGED:
            continue
        citation = cited[mark.visit].get((mark.field, mark.item))
        if citation and citation.confidence is not None:
            right = mark.verdict is Verdict.RIGHT
            found.append(Claim(mark.field, citation.rule, citation.confidence, right))
    return found


def _citations(visit: VisitData) -> dict[_Place, Citation]:
    """The citation of each value of the flat shape, by field and place in its list."""
    cited = {(citation.target, citation.field): citation for citation in reversed(visit.citations)}
    where = {**_own(visit), **_people(visit), **_matters(visit)}
    return {place: cited[pointer] for place, pointer in where.items() if pointer in cited}


def _own(visit: VisitData) -> dict[_Place, tuple[str, str]]:
    dated = [f"/meetings/{number}" for number, meeting in enumerate(visit.meetings) if meeting.date]
    return {
        ("visiting_country", None): ("", "guest"),
        ("host_country", None): ("", "host"),
        **{(name, None): ("", name) for name in ("start", "end", "kind", "status")},
        **{("cities", i): (f"/places/{i}", "city") for i in range(len(visit.places))},
        **{("meetings.date", i): (target, "date") for i, target in enumerate(dated)},
    }


def _people(visit: VisitData) -> dict[_Place, tuple[str, str]]:
    members = [
        (f"/delegations/{number}/members/{position}", member)
        for number, delegation in enumerate(visit.delegations)
        for position, member in enumerate(delegation.members)
    ]
    met = [
        f"/meetings/{number}/participants/{position}"
        for number, meeting in enumerate(visit.meetings)
        for position, person in enumerate(meeting.participants)
        if _name(person)
    ]
    head = next((target for target, member in members if member.head), "")
    named = [target for target, member in members if not member.head and _name(member)]
    return {
        ("head.name", None): (head, "name_as_printed"),
        ("head.post", None): (head, "post_as_printed"),
        **{("delegation_members.name", i): (target, "name_as_printed") for i, target in enumerate(named)},
        **{("meetings.counterparts.name", i): (target, "name_as_printed") for i, target in enumerate(met)},
        **{("meetings.counterparts.post", i): (target, "post_as_printed") for i, target in enumerate(met)},
    }


def _matters(visit: VisitData) -> dict[_Place, tuple[str, str]]:
    first: dict[str, int] = {}  # a phrase that names two topics is said once
    for number, topic in enumerate(visit.topics):
        first.setdefault(topic.as_printed, number)
    return {
        **{("topics", i): (f"/topics/{number}", "topic") for i, number in enumerate(first.values())},
        **{("outcomes.kind", i): (f"/outcomes/{i}", "title") for i in range(len(visit.outcomes))},
        **{("frameworks", i): (f"/dialogues/{i}", "dialogue") for i in range(len(visit.dialogues))},
    }


def _name(person: Member | Participant) -> str:
    return (person.official.name if person.official else "") or person.name_as_printed


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some claims are right, beside the mean of what they claim."""

    said: int
    right: int
    claimed: float

    @property
    def share(self) -> float:
        return self.right / self.said


def _share(some: Sequence[Claim]) -> Share:
    return Share(len(some), sum(one.right for one in some), sum(one.confidence for one in some) / len(some))


def by_confidence(found: Iterable[Claim]) -> list[tuple[float, Share]]:
    """The claims by tenths of confidence, the lowest first."""
    tenths: dict[int, list[Claim]] = {}
    for claim in found:
        tenths.setdefault(int(claim.confidence * 10 + 0.5), []).append(claim)
    return [(tenth / 10, _share(some)) for tenth, some in sorted(tenths.items())]


def by_rule(found: Iterable[Claim]) -> list[tuple[str, Share]]:
    """The claims by field and rule, the most used first."""
    groups: dict[str, list[Claim]] = {}
    for claim in found:
        groups.setdefault(f"{claim.field}: {claim.rule}", []).append(claim)
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [(rule, _share(some)) for rule, some in ordered]
