"""Extracted visits in the flat shape that quality is measured in (one line of JSON per text)."""

from typing import Any

from visits import enums
from visits.record import Member, Outcome, Participant, Side, VisitData

_WEAK = (enums.Modality.DISCUSSED, enums.Modality.PROPOSED)
_FORMATS = {
    enums.MeetingFormat.IN_PERSON: "in person",
    enums.MeetingFormat.VIDEO: "video",
    enums.MeetingFormat.PHONE: "phone",
}


def code_of(side: Side) -> str | None:
    """The country's code, or the organization's in capitals; the Soviet Union is SU here."""
    if side.country:
        return "SU" if side.country == "SUHH" else side.country
    return side.organization.slug.upper() if side.organization and side.organization.slug else None


def flat_visit(visit: VisitData) -> dict[str, Any]:
    members = [m for d in visit.delegations for m in d.members]
    head = next((m for m in members if m.head), None)
    return {
        "visiting_country": code_of(visit.guest),
        "host_country": code_of(visit.host),
        "cities": [place.as_printed or place.city for place in visit.places],
        "kind": visit.kind.value,
        "status": visit.status.value if visit.status != enums.Status.UNKNOWN else None,
        "start": visit.start or None,
        "end": visit.end or None,
        "head": {**_person(head), "country": code_of(visit.guest)} if head else None,
        "delegation_members": [_person(m) for m in members if not m.head],
        "meetings": [
            {
                "counterparts": [{**_person(p), "country": code_of(p.side)} for p in meeting.participants],
                "date": meeting.date or None,
                "format": _FORMATS.get(meeting.format),
            }
            for meeting in visit.meetings
        ],
        "topics": list(dict.fromkeys(topic.as_printed for topic in visit.topics)),
        "outcomes": [{"kind": outcome_kind(o), "text": o.title} for o in visit.outcomes],
        "frameworks": [link.as_printed for link in visit.dialogues],
        "sources_cited": list(dict.fromkeys(c.attributed_to for c in visit.citations if c.attributed_to)),
    }


def _person(person: Member | Participant) -> dict[str, Any]:
    name = person.official.name if person.official else person.name_as_printed
    return {"name": name or None, "post": person.post_as_printed or None}


def outcome_kind(outcome: Outcome) -> str:
    """plan and other are a proposal while discussed or proposed, a commitment once agreed or signed."""
    if outcome.kind in (enums.OutcomeKind.PLAN, enums.OutcomeKind.OTHER):
        return "proposal" if outcome.modality in _WEAK else "commitment"
    return outcome.kind.value.replace("-", " ")
