"""What stands on an official's page as a ranking: countries, counterparts, topics, each number with its list."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from visits import catalogue, native, paging
from visits.filters import persons
from visits.lookup import among
from visits.models import Meeting, Member, Official, Outcome, Participant, TopicLink, Visit

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
    def of(
        cls, numbers: Mapping[Any, int], named: Callable[[Any], str], made: Callable[[Any, str], Entry]
    ) -> "Ranking":
        """`made` is asked for those alone that are shown."""
        names = {key: named(key) for key in numbers}
        found = sorted(numbers, key=lambda key: (-numbers[key], native.in_order(names[key])))
        return cls([made(key, names[key]) for key in found[:SHOWN]], max(len(found) - SHOWN, 0))


def listed(name: str, count: int, **filters: Any) -> Number:
    """A number that leads to its list."""
    return Number(count, paging.url_with(reverse(name), {key: str(value) for key, value in filters.items()}))


def visited(official: int, visit_ids: Collection[int]) -> Ranking:
    """The countries that they travelled to."""
    travels = persons.travels_of(Q(official=official)).of(Visit.objects.filter(among(visit_ids)))
    known = catalogue.current().countries
    numbers: dict[str, int] = dict(travels.order_by().values_list("host_country").annotate(Count("pk")))
    return Ranking.of(numbers, lambda code: known[code].name, lambda code, name: Entry(
        name, reverse("country", args=[code]), (listed("visits", numbers[code], traveller=official, host=code),),
    ))  # fmt: skip


def received(official: int, visit_ids: Collection[int]) -> Ranking:
    """Whose visitors they met without travelling."""
    visits = persons.received_by(Q(official=official), Visit.objects.filter(among(visit_ids)))
    known = catalogue.current().countries
    sides = visits.order_by().values_list(
        "guest_country", "guest_organization", "guest_organization__slug", "guest_organization__name"
    )
    numbers = {tuple(side): number for *side, number in sides.annotate(Count("pk"))}

    def named(side: tuple[Any, ...]) -> str:
        code, pk, slug, name = side
        return known[code].name if code else native.name("organization", slug or pk, name)

    def made(side: tuple[Any, ...], name: str) -> Entry:
        code, pk, slug, _name = side
        url = reverse("country", args=[code]) if code else reverse("organization", args=[pk])
        return Entry(name, url, (listed("visits", numbers[side], receiver=official, guest=code or slug or pk),))

    return Ranking.of(numbers, named, made)


def counterparts(official: int, meeting_ids: Collection[int]) -> Ranking:
    """Who took part in the same small meetings for another side."""
    small = list(persons.small(Meeting.objects.filter(among(meeting_ids))).values_list("pk", flat=True))
    taking_part = Participant.objects.filter(among(small, "meeting"), official__isnull=False).order_by()
    members = Member.objects.filter(among(small, "delegation__meeting"), official__isnull=False).order_by()
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
    numbers = {pk: len(together[pk]) for pk in known}
    return Ranking.of(numbers, lambda pk: known[pk].name, lambda pk, name: Entry(
        name, known[pk].get_absolute_url(), (listed("meetings", numbers[pk], official=official, met=pk),),
    ))  # fmt: skip


def topics(official: int, visit_ids: Collection[int], meeting_ids: Collection[int]) -> Ranking:
    """What their visits and meetings were about; a topic counts with its narrower ones."""
    within = persons.met_in_public().filter(among(visit_ids, "visit")).order_by()
    of_visits = _by_topic(
        TopicLink.objects.filter(among(visit_ids, "visit")).order_by().values_list("topic_id", "visit_id"),
        Outcome.objects.filter(among(visit_ids, "visit")).order_by().values_list("topics", "visit_id"),
        within.values_list("meeting__topic_links__topic_id", "visit_id"),
        within.values_list("meeting__outcomes__topics", "visit_id"),
    )
    of_meetings = _by_topic(
        TopicLink.objects.filter(among(meeting_ids, "meeting")).order_by().values_list("topic_id", "meeting_id"),
        Outcome.objects.filter(among(meeting_ids, "meeting")).order_by().values_list("topics", "meeting_id"),
    )
    known = catalogue.current()
    counted = {
        pk: tuple(
            len(set().union(*(found.get(one, ()) for one in known.narrower([pk]))))
            for found in (of_visits, of_meetings)
        )
        for pk in of_visits.keys() | of_meetings.keys()
    }

    def made(pk: int, name: str) -> Entry:
        slug, both = known.topics[pk].slug, zip(("visits", "meetings"), counted[pk], strict=True)
        lists = tuple(listed(kind, number, official=official, topic=slug) for kind, number in both)
        return Entry(name, reverse("topic", args=[slug]), lists)

    return Ranking.of({pk: sum(both) for pk, both in counted.items()}, lambda pk: known.topics[pk].name, made)


def _by_topic(first: Any, *others: Any) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for topic, record in first.union(*others):
        if topic is not None:
            found[topic].add(record)
    return found
