"""The first page: what this is, what is new, what is to come, what is still open."""

from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from visits import enums, rows
from visits.models import Meeting, Official, Outcome, Visit
from visits.wording import NOUNS

from . import changed
from .counting import capped_count

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
    figures = [(name, query, capped_count(queryset)) for name, query, queryset in held]
    context = {
        "section": "",
        "figures": [
            (_open(count.number) if query else NOUNS[name](count.number), name, query, count)
            for name, query, count in figures
        ],
        "latest": rows.visit_rows(published.exclude(_coming()).newest_first()[:LATEST]),
        "coming": rows.visit_rows(published.filter(_coming()).order_by("earliest", "pk")[:COMING]),
        "outcomes": rows.outcome_rows(_due_first(outcomes)[:OPEN]),
        "changed": changed.newest(CHANGED),
    }
    return render(request, "pages/home.html", context)


def _open(number: int) -> str:
    return ngettext("open outcome", "open outcomes", number)


def _coming() -> Q:
    """Planned, or under way, or with its first day still ahead."""
    ahead = Q(status__in=[enums.Status.PLANNED, enums.Status.ONGOING]) & ~Q(latest__lt=timezone.now().date())
    return ahead | Q(earliest__gt=timezone.now().date())


def _due_first(outcomes: QuerySet[Outcome]) -> QuerySet[Outcome]:
    """Those with a due date, the nearest first, then the newest."""
    dated = Case(When(due_latest__isnull=False, then=Value(0)), default=Value(1), output_field=IntegerField())
    return outcomes.order_by(dated, "due_latest", "-pk")
