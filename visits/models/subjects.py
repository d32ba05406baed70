"""What it was about and what came of it: topics, dialogues, outcomes."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from visits import enums, native
from visits.names import MAX_NAME

from .bases import (
    EdtfField,
    Fold,
    Latest,
    Named,
    OtherName,
    Record,
    Vector,
    exactly_one,
    locks,
    name_forms,
    trigram_index,
    with_history,
)
from .events import Meeting, Visit
from .people import Organization
from .places import Country


@with_history("forms")
class Topic(Named, Record):
    """A cooperation topic in a tree (energy > hydrogen)."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=MAX_NAME)
    forms = name_forms(Fold("name"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="narrower")

    class Meta(Record.Meta):
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="topic_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return native.name("topic", self.slug, self.name)

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])


class TopicName(OtherName):
    """A synonym."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="other_names")

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint("topic", "text", "language", name="topic_name_once"),
            models.UniqueConstraint("topic", "language", condition=Q(primary=True), name="topic_name_one_primary"),
        ]
        indexes = [trigram_index("topic_name_forms_trgm")]


@with_history()
class TopicLink(models.Model):
    """A topic of a visit or meeting, with its modality; as printed where the tree has no such topic."""

    visit = models.ForeignKey(Visit, models.CASCADE, null=True, blank=True, related_name="topic_links")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="topic_links")
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="links")
    as_printed = models.CharField(max_length=1000, blank=True)
    modality = models.CharField(max_length=10, choices=enums.Modality, default=enums.Modality.DISCUSSED)
    position = models.PositiveIntegerField(default=0)
    locked_fields = locks()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            exactly_one("topic_link_one_parent", "visit", "meeting"),
            models.CheckConstraint(condition=Q(topic__isnull=False) | ~Q(as_printed=""), name="topic_link_named"),
        ]
        indexes = [
            models.Index("topic", "meeting", name="topic_link_of_meeting", condition=Q(meeting__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.as_printed or str(self.topic)


@with_history("forms")
class Dialogue(Named, Record):
    """A standing framework and its members."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=MAX_NAME)
    forms = name_forms(Fold("name"))
    since = EdtfField()
    url = models.URLField(max_length=2000, blank=True)
    countries = models.ManyToManyField(Country, related_name="dialogues", blank=True)
    organizations = models.ManyToManyField(Organization, related_name="dialogues", blank=True)

    class Meta(Record.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return native.name("dialogue", self.slug, self.name)

    def get_absolute_url(self) -> str:
        return reverse("dialogue", args=[self.slug])


class DialogueName(OtherName):
    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="other_names")

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint("dialogue", "text", "language", name="dialogue_name_once"),
            models.UniqueConstraint(
                "dialogue", "language", condition=Q(primary=True), name="dialogue_name_one_primary"
            ),
        ]
        indexes = [trigram_index("dialogue_name_forms_trgm")]


@with_history()
class DialogueLink(models.Model):
    visit = models.ForeignKey(Visit, models.CASCADE, null=True, blank=True, related_name="dialogue_links")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="dialogue_links")
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, null=True, blank=True, related_name="links")
    as_printed = models.CharField(max_length=1000, blank=True)
    role = models.CharField(max_length=10, choices=enums.DialogueRole, default=enums.DialogueRole.ABOUT)
    position = models.PositiveIntegerField(default=0)
    locked_fields = locks()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            exactly_one("dialogue_link_one_parent", "visit", "meeting"),
            models.CheckConstraint(condition=Q(dialogue__isnull=False) | ~Q(as_printed=""), name="dialogue_link_named"),
        ]

    def __str__(self) -> str:
        return str(self.dialogue or self.as_printed)


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def public(self) -> "OutcomeQuerySet":
        """All but those of visits and meetings that are not published: these are few, and an index knows them."""
        hidden = ~Q(state=enums.State.PUBLISHED)
        visits, meetings = (model.objects.filter(hidden).order_by().values("pk") for model in (Visit, Meeting))
        return self.exclude(visit__in=visits).exclude(meeting__in=meetings)

    def overdue(self, today: date) -> "OutcomeQuerySet":
        return self.filter(life=enums.OutcomeLife.OPEN, due_latest__lt=today)


@with_history("due_latest")
class Outcome(Record):
    """What came of a visit or meeting, and what became of that."""

    visit = models.ForeignKey(Visit, models.CASCADE, null=True, blank=True, related_name="outcomes")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="outcomes")
    kind = models.CharField(max_length=20, choices=enums.OutcomeKind, default=enums.OutcomeKind.OTHER)
    modality = models.CharField(max_length=10, choices=enums.Modality, default=enums.Modality.DISCUSSED)
    title = models.CharField(max_length=1000)
    due = EdtfField()
    due_latest = models.GeneratedField(expression=Latest("due"), output_field=models.DateField(), db_persist=True)
    life = models.CharField(max_length=10, choices=enums.OutcomeLife, default=enums.OutcomeLife.OPEN)
    fulfilled_by_visit = models.ForeignKey(Visit, models.SET_NULL, null=True, blank=True, related_name="fulfils")
    fulfilled_by_meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, blank=True, related_name="fulfils")
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, null=True, blank=True, related_name="outcomes")
    topics = models.ManyToManyField(Topic, related_name="outcomes", blank=True)
    position = models.PositiveIntegerField(default=0)

    objects = OutcomeQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ["position", "pk"]
        constraints = [
            exactly_one("outcome_one_parent", "visit", "meeting"),
            models.CheckConstraint(
                condition=Q(life="fulfilled") | Q(fulfilled_by_visit__isnull=True, fulfilled_by_meeting__isnull=True),
                name="outcome_fulfilled_by_means_fulfilled",
            ),
        ]
        indexes = [
            models.Index(F("due_latest"), F("id").desc(), name="outcome_open_due", condition=Q(life="open")),
            GinIndex(Vector("title"), name="outcome_words"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("outcome", args=[self.pk])

    def is_overdue(self, today: date) -> bool:
        return self.life == enums.OutcomeLife.OPEN and bool(self.due_latest and self.due_latest < today)
