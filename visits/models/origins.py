"""What is worked out of the sources: their words, which texts are copies of one, on how many origins a visit rests.

All name their row by its id alone: they are made anew from it, so nothing has to ask them before it goes.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from visits import enums


class SourceWords(models.Model):
    """The words of a source's title, publisher and text, kept by triggers of the source.

    Beside it, not a column of it: a column would be read with every source.
    """

    source = models.BigIntegerField(primary_key=True, help_text="its id")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="source_words")]

    def __str__(self) -> str:
        return f"source {self.source}"


class TextPrint(models.Model):
    """By what copies of a source's text are found: the smallest hashes of its runs of words (`visits.origins`)."""

    source = models.BigIntegerField(primary_key=True, help_text="its id")
    origin = models.BigIntegerField(db_index=True, help_text="the oldest source among the copies: the same for all")
    sketch = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [GinIndex(fields=["sketch"], name="text_print_sketch")]

    def __str__(self) -> str:
        return f"source {self.source}: origin {self.origin}"


class Corroboration(models.Model):
    """On how many independent origins a visit rests, and for whom these speak. Without a row: one, for neither side."""

    visit = models.BigIntegerField(primary_key=True, help_text="its id")
    origins = models.PositiveIntegerField(db_index=True)
    sides = models.CharField(max_length=10, choices=enums.Told, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sides"], name="corroboration_sides", condition=~models.Q(sides=""))]

    def __str__(self) -> str:
        return f"visit {self.visit}: {self.origins} {self.sides}".strip()
