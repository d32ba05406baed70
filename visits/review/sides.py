"""What is known of a record, for a person who compares two: names, posts, where it is seen and how it was printed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import F, Model, QuerySet

from visits import dates, models

SHOWN = 8  # of each list


@dataclass
class Seen:
    """One place where a record is named: in which visit or meeting, when, and the words there."""

    type: str
    id: int
    title: str
    dates: str
    printed: str
    earliest: Any = None


@dataclass
class Side:
    record: Model
    names: list[str] = field(default_factory=list)
    posts: list[tuple[str, str]] = field(default_factory=list)  # (what, when)
    external_ids: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    seen_count: int = 0

    def see(self, places: Iterable[Seen]) -> None:
        """The latest first, those without a year last."""
        self.seen += places
        self.seen.sort(key=lambda one: (one.earliest is not None, str(one.earliest or ""), one.id), reverse=True)
        del self.seen[SHOWN:]


def side(record: Any) -> Side:
    """The number of queries is the same for every record of a kind."""
    found = Side(record)
    match record:
        case models.Official():
            _official(found, record)
        case models.Post():
            _post(found, record)
        case models.Organization():
            _organization(found, record)
        case models.Topic():
            _topic(found, record)
    return found


_VISIT = ("visit__guest_country", "visit__guest_organization", "visit__host_country")


def _in_delegations(found: Side, rows: QuerySet[models.Member]) -> None:
    found.seen_count += rows.count()
    near = ("delegation__visit", "delegation__meeting")
    sides = [f"delegation__{name}" for name in _VISIT]
    shown = rows.select_related("official", *near, *sides).order_by(
        F("delegation__visit__earliest").desc(nulls_last=True), "-pk"
    )
    found.see(_place(one.delegation.visit or one.delegation.meeting, _printed(one)) for one in shown[:SHOWN])


def _in_meetings(found: Side, rows: QuerySet[models.Participant]) -> None:
    found.seen_count += rows.count()
    shown = rows.select_related("official", "meeting").order_by(F("meeting__earliest").desc(nulls_last=True), "-pk")
    found.see(_place(one.meeting, _printed(one)) for one in shown[:SHOWN])


def _printed(one: Any) -> str:
    return str(one.as_printed or ", ".join(filter(None, (one.name_as_printed, one.post_as_printed))))


def _place(record: Any, printed: str) -> Seen:
    return Seen(str(record._meta.model_name), record.pk, str(record), record.dates, printed, record.earliest)


def _official(found: Side, official: models.Official) -> None:
    found.names = [one.text for one in official.other_names.all()]
    held = official.tenures.select_related("post__country")
    found.posts = [(str(one.post), dates.display_range(one.start, one.end)) for one in held]
    ids = official.external_ids.select_related("dataset").order_by("pk")
    found.external_ids = [str(one) for one in ids[:SHOWN]]
    _in_delegations(found, models.Member.objects.filter(official=official))
    _in_meetings(found, models.Participant.objects.filter(official=official))


def _post(found: Side, post: models.Post) -> None:
    held = post.tenures.select_related("official")
    found.posts = [(str(one.official), dates.display_range(one.start, one.end)) for one in held[:SHOWN]]
    _in_delegations(found, models.Member.objects.filter(post=post))
    _in_meetings(found, models.Participant.objects.filter(post=post))


def _organization(found: Side, body: models.Organization) -> None:
    found.names = [one.text for one in body.other_names.all()]
    found.posts = [(str(one), "") for one in body.posts.select_related("country")[:SHOWN]]
    near = ("guest_country", "guest_organization", "host_country")
    for role in ("guest", "host"):
        rows = models.Visit.objects.filter(**{f"{role}_organization": body}).select_related(*near)
        found.seen_count += rows.count()
        shown = rows.order_by(F("earliest").desc(nulls_last=True), "-pk")[:SHOWN]
        found.see(_place(one, getattr(one, f"{role}_as_printed")) for one in shown)
    sent = models.Delegation.objects.filter(sender_organization=body)
    found.seen_count += sent.count()
    shown_sent = sent.select_related("visit", "meeting", *_VISIT).order_by("-pk")[:SHOWN]
    found.see(_place(one.visit or one.meeting, one.sender_as_printed) for one in shown_sent)


def _topic(found: Side, topic: models.Topic) -> None:
    found.names = [one.text for one in topic.other_names.all()]
    found.posts = [(str(one), "") for one in islice(topic.narrower.all(), SHOWN)]
    links = models.TopicLink.objects.filter(topic=topic)
    found.seen_count = links.count()
    shown = links.select_related("visit", "meeting", *_VISIT).order_by("-pk")[:SHOWN]
    found.see(_place(one.visit or one.meeting, one.as_printed) for one in shown)
