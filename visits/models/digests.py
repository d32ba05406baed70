"""What is counted of visits, in narrow rows: a tenth of the pages that the visits themselves take."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connections, models
from django.db.models import F

from .events import NEWEST_FIRST, OLDEST_FIRST, Visit, VisitQuerySet


class Elements(models.Func):
    """A set as an array."""

    template = "string_to_array(%(expressions)s, ' ')"
    output_field = ArrayField(models.TextField())


class TallyQuerySet(models.QuerySet["Tally"]):
    def compact(self) -> None:
        with connections[self.db].cursor() as cursor:
            cursor.execute("SELECT visits_tally_compact()")


class Digest(models.Model):
    """A published visit as facets and charts count it. Triggers of the tables it is made from keep it right.

    `topics`, `ranks` and `sources` are sets as text: ids or ranks in order with spaces between; equal sets are
    counted once and taken apart then. Topics are those of the visit, its published meetings and their outcomes;
    ranks those of its heads; sources those that any part of the visit cites.
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

    objects = VisitQuerySet.as_manager()
    stands_for = Visit  # whose rows a list of digests shows

    class Meta:
        indexes = [
            models.Index(OLDEST_FIRST, F("visit"), name="digest_oldest"),
            GinIndex(Elements("sources"), name="digest_sources"),
            models.Index("guest_country", "host_country", name="digest_guest"),
            models.Index("host_country", "guest_country", name="digest_host"),
            GinIndex(Elements("topics"), name="digest_topics"),
            models.Index("status", "kind", name="digest_status"),
            models.Index("kind", name="digest_kind"),
            models.Index("year", name="digest_year"),
            models.Index(NEWEST_FIRST.desc(), F("visit").desc(), name="digest_newest"),
        ]

    def __str__(self) -> str:
        return f"visit {self.visit}"


class Tally(models.Model):
    """How many digests are alike in the columns of one part; the others are empty.

    Triggers of the digests add a row for each difference, so that writers do not wait for each other: the sum is the
    number. `Tally.objects.compact()` makes one row of those that can be added up.
    """

    part = models.CharField(max_length=10)
    guest_country = models.CharField(max_length=42, null=True)
    guest_organization = models.BigIntegerField(null=True)
    host_country = models.CharField(max_length=42, null=True)
    kind = models.CharField(max_length=10, null=True)
    status = models.CharField(max_length=10, null=True)
    year = models.CharField(max_length=4, null=True)
    exact = models.BooleanField(null=True)
    topics = models.TextField(null=True)
    ranks = models.TextField(null=True)
    sources = models.TextField(null=True)
    number = models.BigIntegerField()

    objects = TallyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.part}: {self.number}"
