"""E-mails of saved searches: which are due, what they say, sent once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone, translation

from visits import letters
from visits.enums import ChangeAction, Frequency
from visits.models import Alert, Mailing, SavedSearch

from .private import stop_path
from .recent import entries_of, still_public
from .saved import BrokenSearch, filters_of, list_path, words

SHOWN = 20  # records in one e-mail
_BROKEN = "broken "


@dataclass(frozen=True)
class Line:
    """One record of an e-mail."""

    title: str
    url: str
    lines: tuple[str, ...]
    is_new: bool


def due(frequency: str) -> list[int]:
    """The searches of this frequency that have alerts which are in no e-mail yet."""
    found = SavedSearch.objects.filter(frequency=frequency, alerts__mailing__isnull=True, alerts__isnull=False)
    return list(found.order_by("pk").values_list("pk", flat=True).distinct())


def gather_due(frequency: str, now: datetime | None = None) -> list[int]:
    """Put what is due into e-mails; the ids of all that wait to be sent, of whatever frequency."""
    for pk in due(frequency):
        _gather(pk, frequency, now or timezone.now())
    return list(letters.waiting(Mailing.objects.all()).values_list("pk", flat=True))


def _gather(pk: int, frequency: str, now: datetime) -> None:
    """One e-mail for one time: a second one of the same day, week or change the database refuses."""
    with transaction.atomic():
        search = SavedSearch.objects.select_for_update().filter(pk=pk, frequency=frequency).first()
        alerts = Alert.objects.filter(search=pk, mailing__isnull=True)
        newest = alerts.order_by("-change_id").values_list("change_id", flat=True).first()
        if search is None or newest is None:
            return
        period = _period(frequency, newest, now)
        mailing, is_new = Mailing.objects.get_or_create(search=search, period=period)
        if is_new:
            alerts.update(mailing=mailing)


def _period(frequency: str, newest: int, now: datetime) -> str:
    match frequency:
        case Frequency.DAILY:
            return f"{now:%Y-%m-%d}"
        case Frequency.WEEKLY:
            return f"{now:%G-W%V}"
    return f"change {newest}"


def pass_over(search: SavedSearch) -> None:
    """Whoever wants e-mails again gets what is new from now on, not all that the feed had meanwhile."""
    with transaction.atomic():
        alerts = Alert.objects.filter(search=search, mailing__isnull=True)
        newest = alerts.order_by("-change_id").values_list("change_id", flat=True).first()
        if newest is not None:
            period = f"passed over {newest}"
            passed, _new = Mailing.objects.get_or_create(
                search=search, period=period, defaults={"sent_at": timezone.now()}
            )
            alerts.update(mailing=passed)


def send(pk: int) -> bool:
    """Send an e-mail that waits; whether this did."""
    return letters.send(Mailing.objects.select_related("search__reader"), pk, _letter)


def _letter(mailing: Mailing) -> EmailMultiAlternatives | None:
    """None where there is nothing to say: all was taken away meanwhile, or the owner wants no e-mail any more."""
    search = mailing.search
    language, is_broken = search.reader.language, mailing.period.startswith(_BROKEN)
    if search.frequency == Frequency.OFF and not is_broken:
        return None
    with translation.override(language):
        context: dict[str, Any] = {"search": search, "stop": stop_path(search)}
        try:
            filters = filters_of(search.kind, search.query)
        except BrokenSearch as problem:
            context |= {"problem": str(problem)}
            if not is_broken:
                return None
        else:
            if is_broken:
                return None
            lines, number = _found(mailing)
            if not lines:
                return None
            context |= {
                "words": words(search.kind, filters),
                "list_path": list_path(search.kind, search.query),
                "lines": lines,
                "number": number,
                "more": number - len(lines),
            }
        return letters.write(
            "broken" if is_broken else "alert",
            language,
            context,
            search.reader.email,
            f"alert-{mailing.pk}-{search.pk}",
            {
                "List-Unsubscribe": f"<{letters.site()}{stop_path(search)}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )


def _found(mailing: Mailing) -> tuple[list[Line], int]:
    """The newest records of an e-mail that are still public, each once, and how many there are in all."""
    actions: dict[int, str] = {}
    alerts = Alert.objects.filter(mailing=mailing).order_by("-change_id")
    for record, action in alerts.values_list("change__record", "change__action"):
        is_new = ChangeAction.CREATED in (action, actions.get(record))
        actions[record] = ChangeAction.CREATED if is_new else action
    kind = mailing.search.kind
    there = still_public(kind, actions)
    order = [record for record in actions if record in there]
    entries = entries_of(kind, order[:SHOWN])
    lines = [
        Line(entry.title, letters.site() + entry.url, entry.lines, actions[record] == ChangeAction.CREATED)
        for record in order[:SHOWN]
        if (entry := entries.get(record))
    ]
    return lines, len(order)
