"""Countries, their names and regions, and cities."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from visits import enums, native
from visits.names import MAX_NAME

from .bases import EdtfField, Fold, Named, OtherName, Record, edtf_order, locks, name_forms, trigram_index, with_history


class Region(models.Model):
    """A UN M49 region."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return native.name("region", self.code, self.name)


@with_history("forms")
class Country(Named):
    """ISO 3166-1 countries and territories, and former ones (ISO 3166-3, or `x-...`). The code is the key."""

    code = models.CharField(max_length=42, primary_key=True)
    alpha3 = models.CharField(max_length=3, blank=True)
    name = models.CharField(max_length=MAX_NAME)
    forms = name_forms(Fold("name"))
    official_name = models.CharField(max_length=MAX_NAME, blank=True)
    kind = models.CharField(max_length=10, choices=enums.CountryKind, default=enums.CountryKind.COUNTRY)
    valid_from = EdtfField()
    valid_to = EdtfField()
    successors = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="predecessors")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="countries")
    demonyms = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    locked_fields = locks()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return native.name("country", self.code, self.name)

    def get_absolute_url(self) -> str:
        return reverse("country", args=[self.code])


class CountryName(OtherName):
    country = models.ForeignKey(Country, models.CASCADE, related_name="other_names")

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint("country", "text", "language", "start", name="country_name_once"),
            models.UniqueConstraint(
                "country", "language", condition=models.Q(primary=True), name="country_name_one_primary"
            ),
            edtf_order("country_name_order"),
        ]
        indexes = [trigram_index("country_name_forms_trgm")]


@with_history("forms")
class City(Named, Record):
    name = models.CharField(max_length=MAX_NAME)
    key = models.CharField(max_length=2 * MAX_NAME, editable=False, db_index=True)
    forms = name_forms("key")
    country = models.ForeignKey(Country, models.PROTECT, related_name="cities")
    capital = models.BooleanField(default=False)
    latitude = models.FloatField(null=True, blank=True, help_text="degrees north")
    longitude = models.FloatField(null=True, blank=True, help_text="degrees east")
    is_reference = models.BooleanField(default=False, editable=False)

    class Meta(Record.Meta):
        ordering = ["name"]
        verbose_name_plural = "cities"
        constraints = [
            models.UniqueConstraint("country", "name", name="city_once"),
            models.CheckConstraint(
                name="city_coordinates",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CityName(OtherName):
    city = models.ForeignKey(City, models.CASCADE, related_name="other_names")

    class Meta:
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint("city", "text", "language", name="city_name_once"),
            models.UniqueConstraint("city", "language", condition=models.Q(primary=True), name="city_name_one_primary"),
        ]
        indexes = [trigram_index("city_name_forms_trgm")]
