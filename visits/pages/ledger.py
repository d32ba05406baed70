"""The promise ledger: how many of the outcomes that a filter gives are open, overdue, fulfilled, dropped."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from visits import enums
from visits.filters import FILTERS, ListFilter
from visits.paging import url_with


@dataclass(frozen=True)
class Standing:
    """One line of the ledger and the list of what stands so; `is_on` where the list shows it now."""

    label: str
    number: int
    url: str
    is_on: bool


def standings(filters: ListFilter) -> list[Standing]:
    """What became of the outcomes that the filters give, `life` and `overdue` aside; one query."""
    query = filters.data.copy()
    for name in ("life", "overdue", "cursor", "cite"):
        query.pop(name, None)
    late = Q(life=enums.OutcomeLife.OPEN, due_latest__lt=timezone.now().date())
    wanted: list[tuple[str, str, dict[str, str], Q]] = [
        ("open", _("open"), {"life": "open"}, Q(life=enums.OutcomeLife.OPEN)),
        ("overdue", _("of these overdue"), {"overdue": "true"}, late),
        ("fulfilled", _("fulfilled"), {"life": "fulfilled"}, Q(life=enums.OutcomeLife.FULFILLED)),
        ("dropped", _("dropped"), {"life": "dropped"}, Q(life=enums.OutcomeLife.DROPPED)),
    ]
    on = {name: filters.data[name] for name in ("life", "overdue") if filters.data.get(name)}
    whole = FILTERS["outcomes"].open(query, filters.path) if on else filters
    counted: dict[str, Any] = whole.qs.order_by().aggregate(
        **{name: Count("pk", filter=which) for name, _label, _changes, which in wanted}
    )
    return [
        Standing(label, counted[name], url_with(filters.path, query, **changes), on == changes)
        for name, label, changes, _which in wanted
    ]
