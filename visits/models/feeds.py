"""Feeds and pages that are looked at for news, what stood in them, and when a host may be asked again."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from visits import enums
from visits.names import MAX_NAME

LEAST_MINUTES, MOST_MINUTES = 15, 10_080


class FeedQuerySet(models.QuerySet["Feed"]):
    def counted(self) -> "FeedQuerySet":
        """With what came of the entries: `new`, `visits`, `aside`, `errors`."""
        states = {
            "new": (enums.EntryState.NEW, enums.EntryState.FETCHED, enums.EntryState.READING),
            "visits": (enums.EntryState.VISIT,),
            "aside": (enums.EntryState.NOTHING,),
            "errors": (enums.EntryState.ERROR,),
        }
        return self.annotate(
            **{f"{name}_count": Count("entries", filter=Q(entries__state__in=group)) for name, group in states.items()}
        )


class Feed(models.Model):
    """An RSS or Atom feed, or a page whose links are looked at. Nothing that comes by it is trusted."""

    name = models.CharField(max_length=200)
    url = models.URLField(max_length=2000, unique=True, verbose_name="address")
    kind = models.CharField(max_length=10, choices=enums.FeedKind, default=enums.FeedKind.FEED)
    links = models.CharField(
        max_length=200, blank=True, help_text="of a page: what the address of a story contains, such as /news/"
    )
    publisher = models.CharField(
        max_length=MAX_NAME, blank=True, help_text="whose stories these are, where they do not say so"
    )
    every = models.PositiveIntegerField(
        default=60,
        validators=[MinValueValidator(LEAST_MINUTES), MaxValueValidator(MOST_MINUTES)],
        verbose_name="every ... minutes",
    )
    active = models.BooleanField(default=True)
    status = models.CharField(max_length=10, choices=enums.FeedStatus, default=enums.FeedStatus.NEW, editable=False)
    message = models.TextField(blank=True, editable=False, help_text="why it was not read the last time")
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="in a row")
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    host = models.CharField(max_length=255, editable=False, db_index=True)
    polled_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True, help_text="empty: at rest")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(every__range=(LEAST_MINUTES, MOST_MINUTES)),
                name="feed_is_not_asked_too_often",
                violation_error_message=format_lazy(
                    gettext_lazy("From {least} minutes to {most} (a week)."), least=LEAST_MINUTES, most=MOST_MINUTES
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.url


class FeedEntry(models.Model):
    """One story that a feed or page named. `content` are its bytes between being fetched and being read."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="entries")
    guid = models.CharField(max_length=2000, help_text="as the feed gives it, else the address")
    url = models.CharField(max_length=2000)
    host = models.CharField(max_length=255)
    title = models.CharField(max_length=1000, blank=True)
    published = models.CharField(max_length=12, blank=True, help_text="EDTF, as the feed says")
    state = models.CharField(max_length=10, choices=enums.EntryState, default=enums.EntryState.NEW)
    note = models.TextField(blank=True, help_text="what the reader says of it, or why it was not read")
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now(), help_text="not fetched before")
    seen_at = models.DateTimeField(db_default=Now())
    fetched_at = models.DateTimeField(null=True, blank=True)
    content = models.BinaryField(null=True, editable=False)
    origin = models.JSONField(default=dict, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    run = models.ForeignKey("visits.ImportRun", models.SET_NULL, null=True, blank=True, related_name="entries")

    class Meta:
        ordering = ["-pk"]
        verbose_name = "story of a feed"
        verbose_name_plural = "stories of feeds"
        constraints = [models.UniqueConstraint("feed", models.functions.MD5("guid"), name="feed_entry_once")]
        indexes = [
            models.Index(fields=["state", "next_at"], name="feed_entry_queue"),
            models.Index(models.functions.MD5("url"), name="feed_entry_address"),
        ]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def file(self) -> str:
        """What a load calls it; one entry has one name for ever."""
        return f"{self.pk} {self.title}".strip()[:200] or self.url[:200]


class FeedHost(models.Model):
    """When a host may be asked again."""

    name = models.CharField(max_length=255, primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
