"""What is known of a record, for a person who compares two: names, posts, where it is seen and how it was printed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import Count, F, Model, Prefetch, Window, prefetch_related_objects
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

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


def sides(records: Sequence[Any]) -> list[Side]:
    """Of records of one kind; the number of queries is the same however much is known of them."""
    found = {record.pk: Side(record) for record in records}
    match records[0]:
        case models.Official():
            _officials(found, records)
        case models.Post():
            _posts(found, records)
        case models.Organization():
            for record in records:
                _organization(found[record.pk], record)
        case models.Topic():
            for record in records:
                _topic(found[record.pk], record)
    return list(found.values())


_VISIT = ("visit__guest_country", "visit__guest_organization", "visit__host_country")


def _named(found: dict[int, Side], column: str) -> None:
    """In delegations and meetings; one query for each, whosever they are."""
    near = ("delegation__visit", "delegation__meeting__venue_country")
    people: tuple[tuple[type[Any], str, list[str]], ...] = (
        (models.Member, "delegation__visit__earliest", [*near, *(f"delegation__{name}" for name in _VISIT)]),
        (models.Participant, "meeting__earliest", ["meeting__venue_country"]),
    )
    for model, day, related in people:
        rows = model.objects.filter(**{f"{column}__in": list(found)}).select_related("official", *related)
        latest = (F(day).desc(nulls_last=True), F("pk").desc())
        rows = rows.annotate(
            place=Window(RowNumber(), partition_by=column, order_by=latest),
            in_all=Window(Count("pk"), partition_by=column),
        )
        seen = defaultdict(list)
        for one in rows.filter(place__lte=SHOWN).order_by("place"):
            seen[getattr(one, f"{column}_id")].append(one)
        for pk, shown in seen.items():
            found[pk].seen_count += shown[0].in_all
            found[pk].see(_place(_where(one), _printed(one)) for one in shown)


def _where(one: Any) -> Any:
    return one.meeting if isinstance(one, models.Participant) else one.delegation.visit or one.delegation.meeting


def _printed(one: Any) -> str:
    return str(one.as_printed or ", ".join(filter(None, (one.name_as_printed, one.post_as_printed))))


def _place(record: Any, printed: str) -> Seen:
    title = str(record)
    if isinstance(record, models.Meeting) and not record.title and record.venue_country:
        title = _("Meeting in %(country)s") % {"country": record.venue_country}
    return Seen(str(record._meta.model_name), record.pk, title, record.dates, printed, record.earliest)


def _officials(found: dict[int, Side], officials: Sequence[models.Official]) -> None:
    prefetch_related_objects(
        officials,
        "other_names",
        Prefetch("tenures", models.Tenure.objects.select_related("post__country")),
        Prefetch("external_ids", models.ExternalId.objects.select_related("dataset").order_by("pk")),
    )
    for one in officials:
        found[one.pk].names = [name.text for name in one.other_names.all()]
        found[one.pk].posts = [(str(held.post), _span(held)) for held in one.tenures.all()]
        found[one.pk].external_ids = [str(known) for known in one.external_ids.all()[:SHOWN]]
    _named(found, "official")


def _posts(found: dict[int, Side], posts: Sequence[models.Post]) -> None:
    prefetch_related_objects(posts, Prefetch("tenures", models.Tenure.objects.select_related("official")))
    for one in posts:
        found[one.pk].posts = [(str(held.official), _span(held)) for held in one.tenures.all()[:SHOWN]]
    _named(found, "post")


def _span(held: models.Tenure) -> str:
    return dates.display_range(held.start, held.end)


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
