"""Organizations, officials, posts and tenures."""

from datetime import date

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from visits import dates, enums, native
from visits.names import MAX_NAME, slug

from .bases import (
    Earliest,
    EdtfField,
    Fold,
    Latest,
    Named,
    OtherName,
    Record,
    edtf_order,
    name_forms,
    trigram_index,
    with_history,
)
from .places import Country


def _seen_in_public(column: str, *also: models.QuerySet) -> Exists:
    """Whether a published visit or meeting has a member or participant with this official or post; or `also`.

    One EXISTS over a union: of several joined by OR PostgreSQL hashes all members there are, for a page of fifty rows.
    """
    member, participant = apps.get_model("visits", "Member"), apps.get_model("visits", "Participant")
    mine = {column: OuterRef("pk")}
    published = enums.State.PUBLISHED
    first, *others = (
        rows.order_by().values("pk")
        for rows in (
            member.objects.filter(delegation__visit__state=published, **mine),
            member.objects.filter(delegation__meeting__state=published, **mine),
            participant.objects.filter(meeting__state=published, **mine),
            *also,
        )
    )
    return Exists(first.union(*others, all=True))


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def public(self) -> "OrganizationQuerySet":
        """Reference data, and what a published record reaches."""
        reached = Q(is_reference=True)
        published = enums.State.PUBLISHED
        for model, column, state in (
            ("Visit", "guest_organization", "state"),
            ("Visit", "host_organization", "state"),
            ("Delegation", "sender_organization", "visit__state"),
            ("Delegation", "sender_organization", "meeting__state"),
            ("Participant", "side_organization", "meeting__state"),
            ("Member", "post__organization", "delegation__visit__state"),
            ("Member", "post__organization", "delegation__meeting__state"),
            ("Participant", "post__organization", "meeting__state"),
            ("Citation", "attributed_organization", "visit__state"),
        ):
            rows = apps.get_model("visits", model).objects.filter(**{column: OuterRef("pk"), state: published})
            reached |= Q(Exists(rows))
        return self.filter(reached)


@with_history("forms")
class Organization(Named, Record):
    """A ministry, parliament, company or international body; can be guest, host or sender."""

    slug = models.SlugField(max_length=80, unique=True, null=True, blank=True, help_text="of reference data: eu, un")
    name = models.CharField(max_length=MAX_NAME)
    key = models.CharField(max_length=2 * MAX_NAME, editable=False)
    forms = name_forms("key")
    short_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=15, choices=enums.OrganizationKind, default=enums.OrganizationKind.OTHER)
    country = models.ForeignKey(Country, models.PROTECT, null=True, blank=True, related_name="organizations")
    is_reference = models.BooleanField(default=False, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("key", "country", name="organization_once", nulls_distinct=False),
        ]
        indexes = [trigram_index("organization_forms_trgm")]

    def __str__(self) -> str:
        return native.name("organization", self.slug or self.pk, self.name)

    def get_absolute_url(self) -> str:
        return reverse("organization", args=[f"{self.pk}-{slug(self.name)}"])


class OrganizationName(OtherName):
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="other_names")

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint("organization", "text", "language", name="organization_name_once"),
            models.UniqueConstraint(
                "organization", "language", condition=Q(primary=True), name="organization_name_one_primary"
            ),
        ]
        indexes = [trigram_index("organization_name_forms_trgm")]


class PersonQuerySet(models.QuerySet):
    """Shared by officials and posts: both are public where a published record reaches them."""

    column = ""

    def public(self):
        return self.filter(_seen_in_public(self.column))


class OfficialQuerySet(PersonQuerySet):
    column = "official"


class PostQuerySet(PersonQuerySet):
    column = "post"

    def public(self):
        """Also the posts that public officials held: their pages name them."""
        held = Tenure.objects.filter(post=OuterRef("pk"), official__in=Official.objects.public().values("pk"))
        return self.filter(_seen_in_public(self.column, held))


@with_history("forms")
class Post(Named, Record):
    """An office; its holders are tenures."""

    NAME = "title"

    title = models.CharField(max_length=MAX_NAME)
    key = models.CharField(max_length=2 * MAX_NAME, editable=False)
    forms = name_forms("key")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="posts")
    country = models.ForeignKey(Country, models.PROTECT, null=True, blank=True, related_name="posts")
    rank = models.CharField(max_length=30, choices=enums.Rank, default=enums.Rank.OTHER)
    single_holder = models.BooleanField(default=False, help_text="held by one person at a time")

    objects = PostQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint("key", "country", "organization", name="post_once", nulls_distinct=False),
        ]
        indexes = [trigram_index("post_forms_trgm"), models.Index(Fold("title"), "id", name="post_by_title")]

    def __str__(self) -> str:
        named = self.country is not None and self.country.name not in self.title
        return f"{self.title}, {self.country}" if named else self.title

    def get_absolute_url(self) -> str:
        return reverse("post", args=[f"{self.pk}-{slug(self.title)}"])


@with_history("forms")
class Official(Named, Record):
    """A person."""

    name = models.CharField(max_length=MAX_NAME, help_text="the name to show")
    key = models.CharField(max_length=2 * MAX_NAME, editable=False)
    forms = name_forms("key")
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="officials", db_index=False
    )
    wikidata = models.CharField(max_length=20, blank=True, help_text="Wikidata id: Q...")
    notes = models.TextField(blank=True, help_text="for editors; not public")

    objects = OfficialQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("wikidata", condition=~Q(wikidata=""), name="official_wikidata_once"),
            models.CheckConstraint(condition=Q(wikidata__regex=r"^(Q[1-9][0-9]*)?$"), name="official_wikidata_id"),
        ]
        indexes = [
            trigram_index("official_forms_trgm"),
            models.Index("country", "key", name="official_country_key"),
            models.Index("country", "name", name="official_country_name"),
            models.Index(Fold("name"), "id", name="official_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("official", args=[f"{self.pk}-{slug(self.name)}"])


@with_history("forms")
class OfficialName(OtherName):
    official = models.ForeignKey(Official, models.CASCADE, related_name="other_names")

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint("official", "text", "language", name="official_name_once"),
            models.UniqueConstraint(
                "official", "language", condition=Q(primary=True), name="official_name_one_primary"
            ),
            edtf_order("official_name_order"),
        ]
        indexes = [trigram_index("official_name_forms_trgm")]


class TenureQuerySet(models.QuerySet["Tenure"]):
    def public(self) -> "TenureQuerySet":
        """Those of public officials."""
        return self.filter(Exists(Official.objects.public().filter(pk=OuterRef("official"))))

    def held(self, first: date, last: date) -> "TenureQuerySet":
        """Overlap with these days; an end or a start that is empty or has no year is open."""
        starts, ends = Earliest("start"), Latest("end")
        return self.alias(first_day=starts, last_day=ends).filter(
            Q(first_day__isnull=True) | Q(first_day__lte=last), Q(last_day__isnull=True) | Q(last_day__gte=first)
        )


@with_history()
class Tenure(Record):
    """An official held a post from .. to."""

    official = models.ForeignKey(Official, models.CASCADE, related_name="tenures")
    post = models.ForeignKey(Post, models.CASCADE, related_name="tenures")
    start = EdtfField()
    end = EdtfField()

    objects = TenureQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ["start", "pk"]
        constraints = [
            models.UniqueConstraint("official", "post", "start", name="tenure_once"),
            edtf_order("tenure_order"),
        ]

    def __str__(self) -> str:
        return f"{self.official} – {self.post}"

    @property
    def dates(self) -> str:
        """In words; empty where neither end is known."""
        if self.start and not self.end:
            return dates.since(self.start)
        return dates.display_range(self.start, self.end)
