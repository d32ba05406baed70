"""Who held what in some days: by tenures, and by what published records say of these days."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from visits import dates, sightings
from visits.models import Official, Post, Tenure


@dataclass(frozen=True)
class Held:
    """A post of an official, or an official in a post; `words` say when, `sure` that the dates leave nothing open."""

    name: str
    url: str
    words: str
    sure: bool
    by_tenure: bool


def in_these_days(column: str, ids: Sequence[int], window: tuple[date, date]) -> dict[int, list[Held]]:
    """Of these ids of `official` or `post` the other side: tenures first, then what is only seen."""
    model: Any = Post if column == "official" else Official
    other = "post" if column == "official" else "official"
    tenures = Tenure.objects.public().held(*window).filter(**{f"{column}__in": ids}).order_by("start", "pk")
    tenures = tenures.select_related("post__country" if other == "post" else "official")
    found: dict[int, list[Held]] = defaultdict(list)
    known: set[tuple[int, int]] = set()
    for tenure in tenures:
        owner, counterpart = getattr(tenure, f"{column}_id"), getattr(tenure, other)
        known.add((owner, counterpart.pk))
        sure = dates.surely_overlap(tenure.start, tenure.end, *window)
        found[owner].append(Held(str(counterpart), counterpart.get_absolute_url(), tenure.dates, sure, True))
    seen = [
        (owner, there, one)
        for one in sightings.seen(column, ids, during=window)
        for owner, there in [(getattr(one, column), getattr(one, other))]
        if (owner, there) not in known
    ]
    named = model.objects.select_related("country").in_bulk({there for _owner, there, _one in seen})
    for owner, there, one in seen:
        found[owner].append(Held(str(named[there]), named[there].get_absolute_url(), one.words, True, False))
    return found
