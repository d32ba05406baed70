"""How many doubts are open, by what is odd."""

from typing import Any

from django.db.models import Count

from visits.models import Doubt

from .registry import words_for


def open_by_code() -> list[dict[str, Any]]:
    """Code, its words and the count of each, the most first."""
    doubts = Doubt.objects.filter(judgement=None).order_by()
    counts = doubts.values_list("code").annotate(count=Count("pk")).order_by("-count", "code")
    return [{"code": code, "words": words_for(code), "count": count} for code, count in counts]
