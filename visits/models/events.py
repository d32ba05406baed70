"""Visits, trips, meetings, and who took part."""

from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.urls import reverse
from django.utils.translation import gettext as _

from visits import dates, enums
from visits.names import MAX_NAME, slug

from .bases import Earliest, EdtfField, Latest, Record, Vector, edtf_order, exactly_one, locks, with_history
from .people import Official, Organization, Post
from .places import City, Country

DAWN = date(1, 1, 1)
DUSK = date(9999, 12, 31)
# Lists run newest first or oldest first by (day, id); a record without a year sorts last in both.
NEWEST_FIRST = Coalesce("earliest", Value(DAWN, output_field=models.DateField()))
OLDEST_FIRST = Coalesce("earliest", Value(DUSK, output_field=models.DateField()))


class DatedQuerySet(models.QuerySet):
    """What visits and meetings share: state and time."""

    def published(self):
        return self.filter(state=enums.State.PUBLISHED)

    def during(self, first: date | None, last: date | None, undated: bool = False):
        """Overlap with first..last (either may be open); records without a year only if asked for."""
        inside = Q(earliest__isnull=False)
        if first:
            inside &= Q(latest__gte=first)
        if last:
            inside &= Q(earliest__lte=last)
        rows = self.begun(None, last) if last else self
        return rows.filter(inside | Q(earliest__isnull=True)) if undated else rows.filter(inside)

    def begun(self, first: date | None, last: date):
        """Whose first day may lie there, in the words of the index by day; if `first` is open, without a year too."""
        rows = self.filter(LessThanOrEqual(NEWEST_FIRST, last))
        return rows.filter(GreaterThanOrEqual(NEWEST_FIRST, first)) if first else rows

    def newest_first(self):
        return self.order_by(NEWEST_FIRST.desc(), F("pk").desc())


class VisitQuerySet(DatedQuerySet):
    def by_guest(self, country: str):
        return self.filter(guest_country=country)

    def by_host(self, country: str):
        return self.filter(host_country=country)

    def involving(self, countries: Iterable[str]):
        """Either side, as a union of two index scans instead of an OR."""
        codes = list(countries)
        ids = self.model._default_manager.filter(guest_country__in=codes).order_by().values("pk")
        return self.filter(
            pk__in=ids.union(self.model._default_manager.filter(host_country__in=codes).order_by().values("pk"))
        )

    def between(self, one: str, other: str):
        """Visits of a pair, in both directions."""
        there = self.model._default_manager.filter(guest_country=one, host_country=other).order_by().values("pk")
        back = self.model._default_manager.filter(guest_country=other, host_country=one).order_by().values("pk")
        return self.filter(pk__in=there.union(back))


@with_history()
class Trip(Record):
    """Orders the visits of one tour."""

    title = models.CharField(max_length=1000, blank=True)

    class Meta(Record.Meta):
        pass

    def __str__(self) -> str:
        return self.title or _("Trip %(id)s") % {"id": self.pk}


@with_history("earliest", "latest", "text_vector")
class Visit(Record):
    """One stay of one guest at one host."""

    state = models.CharField(max_length=10, choices=enums.State, default=enums.State.DRAFT, editable=False)
    title = models.CharField(max_length=1000, blank=True, help_text="empty: made from guest and host")
    start = EdtfField(help_text="EDTF: 2024-01-22, 2024-01, 2024, XXXX-01-22")
    end = EdtfField(help_text="EDTF; empty: as the start")
    earliest = models.GeneratedField(expression=Earliest("start"), output_field=models.DateField(), db_persist=True)
    latest = models.GeneratedField(
        expression=Latest(Coalesce(models.functions.NullIf("end", Value("")), "start")),
        output_field=models.DateField(),
        db_persist=True,
    )
    kind = models.CharField(max_length=10, choices=enums.VisitKind, default=enums.VisitKind.UNKNOWN)
    kind_as_printed = models.CharField(max_length=1000, blank=True)
    status = models.CharField(max_length=10, choices=enums.Status, default=enums.Status.UNKNOWN)
    guest_country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="visits_out", db_index=False
    )
    guest_organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="visits_out"
    )
    guest_as_printed = models.CharField(max_length=1000, blank=True)
    host_country = models.ForeignKey(Country, models.PROTECT, related_name="visits_in", db_index=False)
    host_organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="visits_in")
    host_as_printed = models.CharField(max_length=1000, blank=True)
    summary = models.TextField(blank=True)
    trip = models.ForeignKey(Trip, models.SET_NULL, null=True, blank=True, related_name="visits")
    trip_position = models.PositiveIntegerField(null=True, blank=True)
    accompanies = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="accompanied_by")
    text_vector = models.GeneratedField(
        expression=Vector("title", "summary", "guest_as_printed", "host_as_printed"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = VisitQuerySet.as_manager()

    class Meta(Record.Meta):
        permissions = [
            ("publish_visit", "Can publish, withdraw and send back visits and meetings"),
            ("edit_any_visit", "Can edit visits and meetings that are no drafts"),
        ]
        constraints = [
            exactly_one("visit_one_guest", "guest_country", "guest_organization"),
            edtf_order("visit_order"),
            models.CheckConstraint(condition=~Q(accompanies=F("id")), name="visit_accompanies_another"),
        ]
        indexes = [
            models.Index(NEWEST_FIRST.desc(), F("id").desc(), name="visit_newest", condition=Q(state="published")),
            models.Index(OLDEST_FIRST, F("id"), name="visit_oldest", condition=Q(state="published")),
            models.Index(F("guest_country"), NEWEST_FIRST.desc(), F("id").desc(), name="visit_guest"),
            models.Index(F("host_country"), NEWEST_FIRST.desc(), F("id").desc(), name="visit_host"),
            GinIndex(fields=["text_vector"], name="visit_text"),
            models.Index("id", name="visit_hidden", condition=~Q(state="published")),
        ]

    def __str__(self) -> str:
        return self.title or _("%(guest)s to %(host)s") % {"guest": self.guest, "host": self.host_country}

    @property
    def own_title(self) -> str:
        """What stands for a title in the address: the same whoever reads it."""
        return f"{self.guest.name} to {self.host_country.name}"

    @property
    def guest(self) -> Country | Organization:
        return self.guest_country or self.guest_organization  # type: ignore[return-value]

    @property
    def dates(self) -> str:
        return dates.display_range(self.start, self.end)

    def get_absolute_url(self) -> str:
        return reverse("visit", args=[f"{self.pk}-{slug(self.title or self.own_title)}"])


@with_history()
class VisitPlace(models.Model):
    """A place of a visit as printed, and the city where that is certain."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="places")
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, related_name="visit_places")
    as_printed = models.CharField(max_length=1000, blank=True)
    position = models.PositiveIntegerField(default=0)
    locked_fields = locks()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(city__isnull=False) | ~Q(as_printed=""), name="visit_place_named"),
        ]

    def __str__(self) -> str:
        return self.city.name if self.city else self.as_printed


class MeetingQuerySet(DatedQuerySet):
    pass


@with_history("earliest", "latest", "text_vector")
class Meeting(Record):
    """An encounter; stands alone or lies in one or several visits."""

    state = models.CharField(max_length=10, choices=enums.State, default=enums.State.DRAFT, editable=False)
    title = models.CharField(max_length=1000, blank=True)
    date = EdtfField(help_text="EDTF: 2024-01-22, 2024-01, 2024, XXXX-01-22")
    earliest = models.GeneratedField(expression=Earliest("date"), output_field=models.DateField(), db_persist=True)
    latest = models.GeneratedField(expression=Latest("date"), output_field=models.DateField(), db_persist=True)
    format = models.CharField(max_length=10, choices=enums.MeetingFormat, default=enums.MeetingFormat.UNKNOWN)
    status = models.CharField(max_length=10, choices=enums.Status, default=enums.Status.UNKNOWN)
    venue_country = models.ForeignKey(Country, models.PROTECT, null=True, blank=True, related_name="meetings_held")
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, related_name="meetings")
    place_as_printed = models.CharField(max_length=1000, blank=True)
    summary = models.TextField(blank=True)
    visits = models.ManyToManyField(Visit, through="MeetingVisit", related_name="meetings", blank=True)
    text_vector = models.GeneratedField(
        expression=Vector("title", "summary", "place_as_printed"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = MeetingQuerySet.as_manager()

    class Meta(Record.Meta):
        indexes = [
            models.Index(NEWEST_FIRST.desc(), F("id").desc(), name="meeting_newest", condition=Q(state="published")),
            models.Index(OLDEST_FIRST, F("id"), name="meeting_oldest", condition=Q(state="published")),
            GinIndex(fields=["text_vector"], name="meeting_text"),
            models.Index("id", name="meeting_hidden", condition=~Q(state="published")),
        ]

    def __str__(self) -> str:
        return self.title or _("Meeting %(id)s") % {"id": self.pk}

    @property
    def dates(self) -> str:
        return dates.display(self.date)

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[f"{self.pk}-{slug(self.title or 'meeting')}"])


@with_history()
class MeetingVisit(models.Model):
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="in_visits")
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="its_meetings")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint("meeting", "visit", name="meeting_in_visit_once")]

    def __str__(self) -> str:
        return _("%(meeting)s in %(visit)s") % {"meeting": self.meeting, "visit": self.visit}


@with_history()
class Delegation(Record):
    """Who travelled for one side; belongs to a visit or directly to a meeting."""

    visit = models.ForeignKey(Visit, models.CASCADE, null=True, blank=True, related_name="delegations")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="delegations")
    sender_country = models.ForeignKey(Country, models.PROTECT, null=True, blank=True, related_name="delegations_sent")
    sender_organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="delegations_sent"
    )
    sender_as_printed = models.CharField(max_length=1000, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta(Record.Meta):
        ordering = ["position", "pk"]
        constraints = [
            exactly_one("delegation_one_parent", "visit", "meeting"),
            exactly_one("delegation_one_sender", "sender_country", "sender_organization"),
        ]

    def __str__(self) -> str:
        return _("Delegation of %(sender)s") % {"sender": self.sender}

    @property
    def sender(self) -> Country | Organization:
        return self.sender_country or self.sender_organization  # type: ignore[return-value]


PRINTED = Vector("as_printed", "name_as_printed", "post_as_printed")  # the words of a person as printed


class Person(models.Model):
    """Somebody as printed, beside the official and the post that the text means."""

    official = models.ForeignKey(Official, models.PROTECT, null=True, blank=True, related_name="%(class)s_rows")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="%(class)s_rows")
    as_printed = models.CharField(max_length=1000, blank=True)
    name_as_printed = models.CharField(max_length=MAX_NAME, blank=True)
    post_as_printed = models.CharField(max_length=1000, blank=True)
    position = models.PositiveIntegerField(default=0)
    locked_fields = locks()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.official.name if self.official else self.name_as_printed or self.as_printed


@with_history()
class Member(Person):
    delegation = models.ForeignKey(Delegation, models.CASCADE, related_name="members")
    head = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "pk"]
        indexes = [GinIndex(PRINTED, name="member_printed")]
        constraints = [
            models.UniqueConstraint("delegation", condition=Q(head=True), name="delegation_one_head"),
            models.CheckConstraint(
                condition=Q(official__isnull=False) | ~Q(as_printed="", name_as_printed="", post_as_printed=""),
                name="member_named",
            ),
        ]


@with_history()
class Participant(Person):
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="participants")
    side_country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="participants", db_index=False
    )
    side_organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="participants"
    )
    side_as_printed = models.CharField(max_length=1000, blank=True)
    member = models.ForeignKey(
        Member,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="took_part",
        help_text="of a visit's delegation",
    )

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            GinIndex(PRINTED, name="participant_printed"),
            models.Index(fields=["side_country", "meeting"], name="participant_side"),
        ]
        constraints = [
            exactly_one("participant_one_side", "side_country", "side_organization"),
            models.CheckConstraint(
                condition=Q(official__isnull=False)
                | Q(member__isnull=False)
                | ~Q(as_printed="", name_as_printed="", post_as_printed=""),
                name="participant_named",
            ),
        ]

    @property
    def side(self) -> Country | Organization:
        return self.side_country or self.side_organization  # type: ignore[return-value]


NAMED = 3  # so many names are the title of a meeting that has none
_NAMES = ("official__name", "name_as_printed", "post_as_printed")


def who_met(meeting: str = "pk") -> ArraySubquery:
    """Names of the first who took part in a meeting without a title; `meeting` is the outer row's column of its id."""
    present = Participant.objects.filter(meeting=OuterRef(meeting), meeting__title="").order_by("position", "pk")
    columns = [f"{through}{name}" for name in _NAMES for through in ("", "member__")]
    name = Coalesce(*(NullIf(column, Value("")) for column in columns))
    return ArraySubquery(present.values(name=name)[: NAMED + 1])


def title_of_meeting(title: str, who: Iterable[str | None], pk: int) -> str:
    """The title; without one the names of the first three of `who_met`, or its number."""
    present = [name for name in who if name]
    names = ", ".join(present[:NAMED]) + " …" * (len(present) > NAMED)
    return title or names or _("Meeting %(id)s") % {"id": pk}
