"""What searches find: the records of their list that were published or changed, and fit their filters now."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from visits import changes
from visits.enums import ChangeAction
from visits.models import Alert, Change, Mailing, SavedSearch

from .saved import BrokenSearch, filters_of

_AT_ONCE = 5_000  # changes
_KINDS = {name: kind for kind, name in changes.KINDS.items()}
KEPT = timedelta(days=90)


def look_through_all() -> int:
    """Look through what is new for every search that has not seen it; how many alerts there are of it."""
    newest = changes.newest()
    behind = SavedSearch.objects.filter(seen__lt=newest).order_by("pk").values_list("pk", flat=True)
    return sum(look(pk) for pk in behind)


def look(pk: int) -> int:
    """Look through what one search has not seen, some thousand changes at a time; how many alerts there are of it."""
    return sum(_steps(pk))


def _steps(pk: int) -> Iterator[int]:
    while True:
        with transaction.atomic():
            # Two workers never look for one search at a time; what the search has seen moves with what it found.
            search = SavedSearch.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            found = _step(search) if search else None
        if found is None:
            return
        yield found


def _step(search: SavedSearch) -> int | None:
    """None when there is nothing more to look at."""
    newest = changes.newest()
    kind = _KINDS[search.kind]
    news = list(changes.behind(search.seen, kinds=[kind]).filter(pk__lte=newest)[:_AT_ONCE])
    if not news:
        if search.seen != newest:
            SavedSearch.objects.filter(pk=search.pk).update(seen=newest)
        return None
    try:
        filters = filters_of(search.kind, search.query)
    except BrokenSearch as problem:
        _tell(search, str(problem))
        return None
    latest = {change.record: change for change in news if _counts(search, change)}
    fits = set(filters.qs.order_by().filter(pk__in=list(latest)).values_list("pk", flat=True))
    alerts = [Alert(search=search, change=change) for record, change in latest.items() if record in fits]
    Alert.objects.bulk_create(alerts, ignore_conflicts=True, batch_size=1000)
    SavedSearch.objects.filter(pk=search.pk).update(seen=news[-1].pk, problem="")
    return len(alerts)


def _counts(search: SavedSearch, change: Change) -> bool:
    return change.action == ChangeAction.CREATED or (search.changed_too and change.action == ChangeAction.CHANGED)


def _tell(search: SavedSearch, problem: str) -> None:
    """The owner hears of it, once for each problem; what the search has not seen waits until it is mended."""
    if search.problem == problem:
        return
    SavedSearch.objects.filter(pk=search.pk).update(problem=problem)
    period = f"broken {timezone.now():%Y-%m-%d}"
    Mailing.objects.bulk_create([Mailing(search=search, period=period)], ignore_conflicts=True)


def forget() -> None:
    """Every night: alerts of long ago that were mailed, or never will be."""
    old = Alert.objects.filter(change__at__lt=timezone.now() - KEPT)
    old.filter(mailing__sent_at__isnull=False).delete()
    old.filter(mailing__isnull=True, search__frequency="off").delete()
