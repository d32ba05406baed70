"""The first page: what this is, what is new, what is to come, what is still open."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from visits import enums, rows
from visits.models import Digest, Meeting, Official, Outcome, Visit
from visits.models.events import DUSK
from visits.wording import NOUNS

from . import changed
from .counting import capped_count, recent_count

LATEST, COMING, OPEN, CHANGED = 8, 6, 8, 8


@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    published = Visit.objects.published()
    outcomes = Outcome.objects.public().filter(life=enums.OutcomeLife.OPEN)
    held: list[tuple[str, str, QuerySet[Any]]] = [
        ("visits", "", published),
        ("meetings", "", Meeting.objects.published()),
        ("officials", "", Official.objects.public()),
        ("outcomes", "life=open", outcomes),
    ]
    figures = [
        (
            name,
            query,
            capped_count(queryset) if name in ("visits", "meetings") else recent_count(name + query, queryset),
        )
        for name, query, queryset in held
    ]
    context = {
        "section": "",
        "figures": [
            (_open(count.number) if query else NOUNS[name](count.number), name, query, count)
            for name, query, count in figures
        ],
        "latest": rows.visit_table(published.exclude(_coming()).newest_first()[:LATEST]),
        "coming": rows.visit_table(published.filter(_coming()).order_by("earliest", "pk")[:COMING]),
        "outcomes": rows.outcome_rows(outcomes.order_by("due_latest", "-pk")[:OPEN]),
        "changed": changed.newest(CHANGED),
    }
    return render(request, "pages/home.html", context)


def _open(number: int) -> str:
    return ngettext("open outcome", "open outcomes", number)


def _coming() -> Q:
    """Planned, or under way, or with its first day still ahead."""
    return Q(pk__in=_ahead())


def _ahead() -> QuerySet[Any]:
    """By their digests, as few of all visits are: of these an index knows the status and the day."""
    today = timezone.now().date()
    planned = Digest.objects.filter(status__in=[enums.Status.PLANNED, enums.Status.ONGOING]).exclude(latest__lt=today)
    later: QuerySet[Digest] = Digest.objects.begun(today, DUSK).filter(earliest__gt=today)
    return planned.order_by().values("pk").union(later.order_by().values("pk"))
