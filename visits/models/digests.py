"""What is counted of visits, in narrow rows: a tenth of the pages that the visits themselves take."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Max
from django.utils import timezone

from .events import NEWEST_FIRST, OLDEST_FIRST, Visit, VisitQuerySet


class Elements(models.Func):
    """A set as an array."""

    template = "string_to_array(%(expressions)s, ' ')"
    output_field = ArrayField(models.TextField())


class DigestChangeQuerySet(models.QuerySet["DigestChange"]):
    def forget(self) -> None:
        """All of more than a day ago but for the newest: whoever holds older digests reads them anew."""
        newest = self.aggregate(newest=Max("pk"))["newest"]
        self.filter(at__lt=timezone.now() - timedelta(days=1)).exclude(pk=newest).delete()


def _is_body(side: str) -> models.Q:
    return models.Q(**{f"{side}_organization__isnull": False})


class Digest(models.Model):
    """A published visit as facets and charts count it. Triggers of the tables it is made from keep it right.

    `topics`, `ranks` and `sources` are sets as text: ids or ranks in order with spaces between; equal sets are
    counted once and taken apart then. Topics are those of the visit, its published meetings and their outcomes;
    ranks those of its heads; sources those that any part of the visit cites. By the sets below them lists are only
    filtered: how firm topics and outcomes are (`signed`, and of the topic 12 `12.signed`), dialogues (`7`, and of a
    session `7.session`), data sets that give the visit an id.
    """

    visit = models.BigIntegerField(primary_key=True, help_text="its id")
    guest_country = models.CharField(max_length=42, null=True)
    guest_organization = models.BigIntegerField(null=True)
    host_country = models.CharField(max_length=42)
    host_organization = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=10)
    status = models.CharField(max_length=10)
    earliest = models.DateField(null=True)
    latest = models.DateField(null=True)
    year = models.CharField(max_length=4, null=True, help_text="in which it begins")
    exact = models.BooleanField(help_text="whether both ends are known to the day")
    topics = models.TextField(db_default="")
    ranks = models.TextField(db_default="")
    sources = models.TextField(db_default="")
    modalities = models.TextField("modality", db_default="")
    dialogues = models.TextField(db_default="")
    datasets = models.TextField("dataset", db_default="")

    objects = VisitQuerySet.as_manager()
    stands_for = Visit  # whose rows a list of digests shows

    class Meta:
        indexes = [
            models.Index(OLDEST_FIRST, F("visit"), name="digest_oldest"),
            GinIndex(Elements("sources"), name="digest_sources"),
            models.Index(fields=["guest_country", "host_country"], include=["visit"], name="digest_guest"),
            models.Index(fields=["host_country", "guest_country"], include=["visit"], name="digest_host"),
            GinIndex(Elements("topics"), name="digest_topics"),
            GinIndex(Elements("modalities"), name="digest_modalities"),
            GinIndex(Elements("dialogues"), name="digest_dialogues"),
            GinIndex(Elements("datasets"), name="digest_datasets"),
            *(
                models.Index(f"{side}_organization", name=f"digest_{side}_body", condition=_is_body(side))
                for side in ("guest", "host")
            ),
            models.Index("status", "kind", name="digest_status"),
            models.Index("kind", name="digest_kind"),
            models.Index("year", name="digest_year"),
            models.Index(NEWEST_FIRST.desc(), F("visit").desc(), name="digest_newest"),
        ]

    def __str__(self) -> str:
        return f"visit {self.visit}"


class DigestChange(models.Model):
    """The visits whose digests one statement made, changed or removed; written by a trigger of the digests."""

    xid = models.BigIntegerField(help_text="the number of its transaction")
    visits = ArrayField(models.BigIntegerField())
    at = models.DateTimeField(help_text="when its transaction began")

    objects = DigestChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("xid", name="digest_change")]

    def __str__(self) -> str:
        return f"digests of {self.at:%Y-%m-%d %H:%M}"
