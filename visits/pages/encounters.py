"""What the pages of a visit and of a meeting share: their parts, loaded with a constant number of queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from visits import enums, native
from visits.models import (
    Country,
    Delegation,
    DialogueLink,
    Meeting,
    Member,
    Organization,
    Outcome,
    Participant,
    TopicLink,
)

Side = Country | Organization


def members() -> QuerySet[Member]:
    return Member.objects.select_related("official", "post__country").order_by("-head", "position", "pk")


def delegations() -> QuerySet[Delegation]:
    parts = Delegation.objects.select_related("sender_country", "sender_organization")
    return parts.prefetch_related(Prefetch("members", members()))


def participants() -> QuerySet[Participant]:
    return Participant.objects.select_related(
        "official",
        "post__country",
        "side_country",
        "side_organization",
        "member__official",
        "member__post__country",
    )


def topic_links() -> QuerySet[TopicLink]:
    return TopicLink.objects.select_related("topic")


def dialogue_links() -> QuerySet[DialogueLink]:
    return DialogueLink.objects.select_related("dialogue")


def outcomes() -> QuerySet[Outcome]:
    """Outcomes; what fulfilled them is named only where it is public."""
    published = enums.State.PUBLISHED
    return Outcome.objects.select_related(
        "dialogue",
        "fulfilled_by_visit__guest_country",
        "fulfilled_by_visit__guest_organization",
        "fulfilled_by_visit__host_country",
        "fulfilled_by_meeting",
    ).annotate(
        fulfilled_in_public=ExpressionWrapper(
            Q(fulfilled_by_visit__state=published) | Q(fulfilled_by_meeting__state=published), BooleanField()
        )
    )


def subjects() -> list[Prefetch]:
    """Topics, dialogues and outcomes of a visit or meeting."""
    return [
        Prefetch("topic_links", topic_links()),
        Prefetch("dialogue_links", dialogue_links()),
        Prefetch("outcomes", outcomes()),
    ]


def meeting_parts() -> list[Prefetch]:
    return [Prefetch("participants", participants()), Prefetch("delegations", delegations()), *subjects()]


@dataclass
class Attendance:
    """Those of one side who took part in a meeting."""

    side: Side
    people: list[Member | Participant] = field(default_factory=list)


def attendance(meeting: Meeting) -> list[Attendance]:
    """Participants and the members of the meeting's own delegations, by side, in the order of the record."""
    by_side: dict[tuple[str, Any], Attendance] = {}
    for side, person in _present(meeting):
        by_side.setdefault((type(side).__name__, side.pk), Attendance(side)).people.append(person)
    return list(by_side.values())


MANY = 12  # sides that a page shows whole


def roll(found: list[Attendance]) -> list[Attendance]:
    """Many sides by name, countries first; few as the record has them."""
    if len(found) <= MANY:
        return found
    return sorted(found, key=lambda one: (isinstance(one.side, Organization), native.in_order(str(one.side))))


def _present(meeting: Meeting) -> Iterator[tuple[Side, Member | Participant]]:
    for participant in meeting.participants.all():
        yield participant.side, participant
    for delegation in meeting.delegations.all():
        for member in delegation.members.all():
            yield delegation.sender, member


def person_name(person: Member | Participant) -> str:
    """The official's name; else the name as printed, a participant's also from the delegation's member."""
    linked = getattr(person, "member", None)
    return person.display_name or (linked.display_name if linked else "") or person.post_as_printed


def meeting_heading(meeting: Meeting, guest: Side | None = None) -> str:
    """The title; without one, whom the guest met, or who met."""
    if meeting.title:
        return meeting.title
    hosts = [a for a in attendance(meeting) if guest is None or a.side != guest]
    names = [person_name(person) for a in hosts for person in a.people]
    if not names:
        return _("Meeting")
    shown = ", ".join(names[:3]) + (_(" and others") if len(names) > 3 else "")
    return _("Meeting with %(names)s") % {"names": shown} if guest else _("Meeting of %(names)s") % {"names": shown}


def nested_records(meeting: Meeting) -> dict[str, list[Any]]:
    """The meeting and all that belongs to it, by the column in which a citation points at it."""
    own = list(meeting.delegations.all())
    return {
        "meeting": [meeting],
        "participant": list(meeting.participants.all()),
        "delegation": own,
        "member": [member for delegation in own for member in delegation.members.all()],
        "topic_link": list(meeting.topic_links.all()),
        "dialogue_link": list(meeting.dialogue_links.all()),
        "outcome": list(meeting.outcomes.all()),
    }


def joined(parts: Iterable[dict[str, list[Any]]]) -> dict[str, list[Any]]:
    """Several records' parts as one."""
    together: dict[str, list[Any]] = {}
    for part in parts:
        for column, rows in part.items():
            together.setdefault(column, []).extend(rows)
    return together
