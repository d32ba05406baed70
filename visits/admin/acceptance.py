"""How much of what the reader of articles proposes is accepted as read: by month, field and rule."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import access
from visits.imports.article.llm import ledger
from visits.review import corrections

_RULES_SHOWN = 60
_FIELDS: dict[str, Any] = {
    "guest": gettext_lazy("Guest"),
    "host": gettext_lazy("Host"),
    "start": gettext_lazy("First day"),
    "end": gettext_lazy("Last day"),
    "kind": gettext_lazy("Kind"),
    "status": gettext_lazy("Status"),
    "places": gettext_lazy("Cities"),
    "head": gettext_lazy("Head of the delegation"),
    "members.name": gettext_lazy("Members: names"),
    "members.post": gettext_lazy("Members: posts"),
    "participants.name": gettext_lazy("Participants: names"),
    "participants.post": gettext_lazy("Participants: posts"),
    "meetings.date": gettext_lazy("Meetings: days"),
    "topics": gettext_lazy("Topics"),
    "topics.modality": gettext_lazy("Topics: modality"),
    "outcomes": gettext_lazy("Outcomes"),
    "outcomes.modality": gettext_lazy("Outcomes: modality"),
    "dialogues": gettext_lazy("Dialogues"),
}


def acceptance_page(request: HttpRequest, site: Any) -> HttpResponse:
    """The tables, of the month that `?month=2026-11` names or of all."""
    if not request.user.has_perm(access.SEE_JUDGEMENTS):
        raise PermissionDenied
    month = _month(request.GET.get("month", ""))
    found = corrections.acceptance(month)
    context = {
        **site.each_context(request),
        "title": _("Acceptance of what articles gave"),
        "month": month,
        "found": found,
        "fields": _in_words(found.fields),
        "rules": found.rules[:_RULES_SHOWN],
        "rules_left_out": max(0, len(found.rules) - _RULES_SHOWN),
        "model": _model(),
    }
    return TemplateResponse(request, "admin/desk/acceptance.html", context)


def _in_words(fields: list[corrections.Tally]) -> list[corrections.Tally]:
    """The fields in the order of a record, under the names that the desk gives them."""
    order = list(_FIELDS)
    known = sorted(fields, key=lambda one: order.index(one.what) if one.what in _FIELDS else len(order))
    return [replace(one, what=_FIELDS.get(one.what, one.what)) for one in known]


def _month(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return timezone.make_aware(datetime.strptime(text, "%Y-%m"))  # noqa: DTZ007 - made aware here
    except ValueError as error:
        raise Http404 from error


def _model() -> dict[str, Any] | None:
    """What the language model has cost today; None where there is none."""
    chosen = settings.ARTICLE_LLM
    return {"name": chosen["model"], "spent": ledger.spent_today(), "ceiling": chosen["ceiling"]} if chosen else None
