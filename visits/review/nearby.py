"""Visits that are there already and may be the one that is proposed: the same two sides, near in time."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from visits import dates
from visits.models import Visit

_NEAR = timedelta(days=3)
_MOST = 5


def visits_near(item: dict[str, Any], but: int | None = None) -> list[tuple[Visit, str]]:
    """Each with what speaks for it; of a proposed visit between two countries."""
    guest, host = (item.get(role, {}).get("country") for role in ("guest", "host"))
    start = item.get("start", "")
    if item.get("type") != "visit" or not (guest and host and start):
        return []
    first, last = dates.bounds(start)[0], dates.bounds(item.get("end") or start)[1]
    when = Q(start=start)
    if first and last:
        when |= Q(earliest__lte=last + _NEAR, latest__gte=first - _NEAR)
    rows = Visit.objects.filter(when, guest_country=guest, host_country=host).exclude(pk=but or 0)
    found = rows.select_related("guest_country", "guest_organization", "host_country").order_by("-earliest", "pk")
    return [(visit, _same(visit, start)) for visit in found[:_MOST]]


def _same(visit: Visit, start: str) -> str:
    return (
        _("the same countries, the same first day") if visit.start == start else _("the same countries, near in time")
    )
