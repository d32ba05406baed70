"""Who comes back: readers with an address that they confirmed, their saved searches, and what these found.

A reader is no user of the desk: no password, no permission, nothing but an address and searches.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from visits import enums, names

from .changes import Change


class Reader(models.Model):
    """Somebody who opened the link that was sent to this address."""

    email = models.EmailField(unique=True, help_text="in lower case")
    language = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=models.functions.Lower("email")) & ~Q(email=""), name="reader_email_lower"
            ),
        ]

    def __str__(self) -> str:
        return self.email


class Letter(models.Model):
    """An e-mail that is sent once: until `sent_at` is set, workers try, one at a time."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    try_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class SignInLink(Letter):
    """A link that was asked for, to sign in by. Its secret is its signature; here is only that it was used."""

    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    next = models.CharField(max_length=2000, blank=True, help_text="path to go on to")
    asked_from = models.GenericIPAddressField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["email", "created_at"], name="sign_in_by_email"),
            models.Index(fields=["asked_from", "created_at"], name="sign_in_by_place"),
            models.Index(fields=["created_at"], name="sign_in_waiting", condition=Q(sent_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.email


class SavedSearch(models.Model):
    """A list with its filters, under a name, and how often its owner hears of what is new in it."""

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="searches")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(max_length=10, choices=enums.SearchKind)
    query = models.TextField(blank=True, help_text="the filters, as in the address of the list")
    frequency = models.CharField(_("by e-mail"), max_length=10, choices=enums.Frequency, default=enums.Frequency.DAILY)
    changed_too = models.BooleanField(_("also when a record that it finds is changed"), default=True)
    feed_version = models.PositiveIntegerField(default=1, help_text="raised: the feed has a new address")
    seen = models.BigIntegerField(default=0, help_text="so far its changes were looked through")
    problem = models.TextField(blank=True, help_text="why it finds nothing any more")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "saved searches"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = names.clean(self.name)
        if not self.name:
            raise ValidationError({"name": _("Give it a name.")})


class Mailing(Letter):
    """One e-mail of a search: for one day, one week, or up to one change."""

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="mailings")
    period = models.CharField(max_length=40, help_text="2026-01-31, 2026-W05, change 4812, or broken 2026-01-31")
    detail = models.TextField(blank=True, help_text="why it could not be sent")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("search", "period", name="mailing_once")]
        indexes = [models.Index(fields=["id"], name="mailing_waiting", condition=Q(sent_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.search} {self.period}"


class Alert(models.Model):
    """A change that a search found: once, and in one e-mail at most."""

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="alerts")
    change = models.ForeignKey(Change, models.CASCADE, related_name="+")
    mailing = models.ForeignKey(Mailing, models.SET_NULL, null=True, blank=True, related_name="alerts")

    class Meta:
        ordering = ["-change_id"]
        constraints = [models.UniqueConstraint("search", "change", name="alert_once")]
        indexes = [models.Index(fields=["search"], name="alert_unsent", condition=Q(mailing__isnull=True))]

    def __str__(self) -> str:
        return f"{self.search}: {self.change_id}"
