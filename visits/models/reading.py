"""What the article reader was worth: each value that editors decided about, and what language models cost."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from visits import enums

from .imports import Judgement


class ReadValue(models.Model):
    """One value that a reader proposed, or left out, and what a person made of it. Append-only."""

    judgement = models.ForeignKey(Judgement, models.PROTECT, related_name="read_values")
    field = models.CharField(max_length=40, help_text="of the record: start, members.name, topics, ...")
    fate = models.CharField(max_length=10, choices=enums.Fate)
    rule = models.CharField(max_length=100, blank=True, help_text="the rule or model that found it")
    confidence = models.FloatField(null=True, blank=True, help_text="what the reader said, 0 to 1")

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.field}: {self.get_fate_display()}"


class ModelCall(models.Model):
    """One question to a language model: what it cost, and what it answered. What it can cost at most is set aside."""

    request = models.CharField(max_length=64, help_text="sha256 of the question")
    model = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=enums.ModelCallState)
    tokens_in = models.PositiveIntegerField()
    tokens_out = models.PositiveIntegerField()
    cost = models.DecimalField(max_digits=18, decimal_places=8)
    answer = models.TextField(blank=True)
    detail = models.TextField(blank=True, help_text="why there is no answer")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["request"], name="model_call_request", condition=models.Q(state="answered")),
            models.Index(fields=["created_at"], name="model_call_day"),
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.get_state_display()}"
