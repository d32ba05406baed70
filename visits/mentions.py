"""Where people are named: what the tables say of officials, and of those who are known as printed alone."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import ExtractYear

from .likeness import is_full
from .models import Member, Participant, Tenure
from .models.bases import Earliest, Latest
from .namesakes import is_regal

Unknown = tuple[str | None, str]  # country that somebody stands for, their name as printed


def is_firm(printed: str, title: str = "") -> bool:
    """Whether it is more than a surname alone."""
    return not printed or is_regal(title) or is_full(printed)


def appearances(officials: QuerySet[Any]) -> Iterator[tuple[int, str, str, int | None, int | None, str]]:
    """(official, rank, title, first and last year, name as printed) from delegations, meetings and tenures."""
    for model, day in ((Member, "delegation__visit__earliest"), (Participant, "meeting__earliest")):
        rows = model._default_manager.filter(official__in=officials).order_by()
        seen = rows.annotate(year=ExtractYear(day)).values_list(
            "official", "post__rank", "post__title", "year", "name_as_printed"
        )
        for official, rank, title, year, printed in seen.distinct():
            yield official, rank, title, year, year, printed
    tenures = Tenure.objects.filter(official__in=officials).annotate(
        first=ExtractYear(Earliest("start")), last=ExtractYear(Latest("end"))
    )
    for row in tenures.values_list("official", "post__rank", "post__title", "first", "last"):
        yield *row, ""


def as_printed(countries: Collection[str | None]) -> Iterator[Unknown]:
    """Who stands for these countries, and is known as printed alone."""
    for model, side in ((Member, "delegation__sender_country"), (Participant, "side_country")):
        rows = model._default_manager.filter(official=None, **{f"{side}__in": [c for c in countries if c]})
        yield from rows.exclude(name_as_printed="").order_by().values_list(side, "name_as_printed").distinct()
