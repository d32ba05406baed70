"""What stands on an official's page as a ranking: countries, counterparts, topics, each number with its list."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from visits import catalogue, native, paging
from visits.filters import persons
from visits.models import Meeting, MeetingVisit, Member, Official, Outcome, Participant, TopicLink, Visit

SHOWN = 12  # of a ranking


@dataclass(frozen=True)
class Number:
    """How many records, and the list that has just these."""

    count: int
    url: str


@dataclass(frozen=True)
class Entry:
    name: str
    url: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Ranking:
    """The first entries by their numbers, and how many more there are."""

    entries: list[Entry]
    more: int

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Ranking":
        found = sorted(
            entries, key=lambda one: (-sum(number.count for number in one.numbers), native.in_order(one.name))
        )
        return cls(found[:SHOWN], max(len(found) - SHOWN, 0))


def listed(name: str, count: int, **filters: Any) -> Number:
    """A number that leads to its list."""
    return Number(count, paging.url_with(reverse(name), {key: str(value) for key, value in filters.items()}))


def visited(official: int, visit_ids: Collection[int]) -> Ranking:
    """The countries that they travelled to."""
    travels = persons.travels_of(Q(official=official)).of(Visit.objects.filter(pk__in=visit_ids))
    known = catalogue.current().countries
    return Ranking.of(
        Entry(known[code].name, reverse("country", args=[code]), (
            listed("visits", number, traveller=official, host=code),
        ))
        for code, number in travels.order_by().values_list("host_country").annotate(Count("pk"))
    )  # fmt: skip


def received(official: int, visit_ids: Collection[int]) -> Ranking:
    """Whose visitors they met without travelling."""
    visits = persons.received_by(Q(official=official), Visit.objects.filter(pk__in=visit_ids))
    known = catalogue.current().countries
    sides = visits.order_by().values_list(
        "guest_country", "guest_organization", "guest_organization__slug", "guest_organization__name"
    )
    return Ranking.of(
        Entry(
            known[code].name if code else native.name("organization", slug or pk, name),
            reverse("country", args=[code]) if code else reverse("organization", args=[pk]),
            (listed("visits", number, receiver=official, guest=code or slug or pk),),
        )
        for code, pk, slug, name, number in sides.annotate(Count("pk"))
    )


def counterparts(official: int, meeting_ids: Collection[int]) -> Ranking:
    """Who took part in the same small meetings for another side."""
    small = list(persons.small(Meeting.objects.filter(pk__in=meeting_ids)).values_list("pk", flat=True))
    taking_part = Participant.objects.filter(meeting__in=small, official__isnull=False).order_by()
    members = Member.objects.filter(delegation__meeting__in=small, official__isnull=False).order_by()
    present: dict[int, set[tuple[int, Any]]] = defaultdict(set)
    for meeting, person, *side in taking_part.values_list(
        "meeting_id", "official_id", "side_country_id", "side_organization_id"
    ).union(
        members.values_list(
            "delegation__meeting_id",
            "official_id",
            "delegation__sender_country_id",
            "delegation__sender_organization_id",
        )
    ):
        present[meeting].add((person, tuple(side)))
    together: dict[int, set[int]] = defaultdict(set)
    across: set[int] = set()
    for meeting, people in present.items():
        mine = {side for person, side in people if person == official}
        for person, side in people:
            together[person].add(meeting)
            if side not in mine:
                across.add(person)
    known = Official.objects.in_bulk(across - {official})
    return Ranking.of(
        Entry(other.name, other.get_absolute_url(), (
            listed("meetings", len(together[pk]), official=official, met=pk),
        ))
        for pk, other in known.items()
    )  # fmt: skip


def topics(official: int, visit_ids: Collection[int], meeting_ids: Collection[int]) -> Ranking:
    """What their visits and meetings were about; a topic counts with its narrower ones."""
    within = MeetingVisit.objects.filter(visit__in=visit_ids, meeting__state=persons.PUBLISHED).order_by()
    of_visits = _by_topic(
        TopicLink.objects.filter(visit__in=visit_ids).order_by().values_list("topic_id", "visit_id"),
        Outcome.objects.filter(visit__in=visit_ids).order_by().values_list("topics", "visit_id"),
        within.values_list("meeting__topic_links__topic_id", "visit_id"),
        within.values_list("meeting__outcomes__topics", "visit_id"),
    )
    of_meetings = _by_topic(
        TopicLink.objects.filter(meeting__in=meeting_ids).order_by().values_list("topic_id", "meeting_id"),
        Outcome.objects.filter(meeting__in=meeting_ids).order_by().values_list("topics", "meeting_id"),
    )
    known = catalogue.current()
    entries = []
    for pk in of_visits.keys() | of_meetings.keys():
        topic, below = known.topics[pk], known.narrower([pk])
        numbers = (
            ("visits", len(set().union(*(of_visits.get(one, ()) for one in below)))),
            ("meetings", len(set().union(*(of_meetings.get(one, ()) for one in below)))),
        )
        entries.append(
            Entry(
                topic.name,
                reverse("topic", args=[topic.slug]),
                tuple(listed(name, count, official=official, topic=topic.slug) for name, count in numbers),
            )
        )
    return Ranking.of(entries)


def _by_topic(first: Any, *others: Any) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for topic, record in first.union(*others):
        if topic is not None:
            found[topic].add(record)
    return found
