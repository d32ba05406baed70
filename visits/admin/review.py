"""The review desk: what loads propose, one candidate at a time, beside the text that it was read from."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from visits import access
from visits.enums import CandidateState
from visits.models import Candidate, Judgement
from visits.review import decide

from .base import ReadOnlyAdmin, tell
from .proposal_view import layout


@admin.register(Candidate)
class CandidateAdmin(ReadOnlyAdmin):
    list_display = ("what", "action", "state_label", "first_reason", "doubt_count", "run_name")
    list_select_related = ("run", "source")
    list_filter = ("state", "type", "action")
    ordering = ("pk",)
    search_fields = ("file",)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return (queryset.filter(file__icontains=search_term) if search_term else queryset), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("raw", "source__text", "source__raw")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Without a choice of state: those that wait."""
        if not request.GET and "text/html" in request.headers.get("Accept", "text/html"):
            return HttpResponseRedirect(f"{request.path}?state__exact={CandidateState.PENDING}")
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/accept/", wrap(self.accept_view), name="visits_candidate_accept"),
            path("<int:pk>/reject/", wrap(self.reject_view), name="visits_candidate_reject"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The text on one side, the proposed record on the other, doubts on top."""
        rows = Candidate.objects.select_related("run", "source", "visit", "meeting", "official", "tenure")
        candidate = rows.filter(pk=object_id).first() if object_id.isdecimal() else None
        if candidate is None:
            raise Http404
        if not self.has_view_permission(request, candidate):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Review: %(what)s") % {"what": self.what(candidate)},
            "opts": self.opts,
            "candidate": candidate,
            "layout": layout(candidate),
            "may_decide": request.user.has_perm(access.DECIDE) and candidate.state == CandidateState.PENDING,
            "target_url": self._target_url(candidate),
            "target": candidate.target,
            "judgements": candidate.judgements.select_related("user"),
            "next_url": self._next_url(candidate),
            "waiting": Candidate.objects.filter(state=CandidateState.PENDING).count(),
        }
        return TemplateResponse(request, "admin/desk/review.html", context)

    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        candidate = self._to_decide(request, pk)
        try:
            decide.accept(candidate, request.user, request.POST.get("reason", ""))
        except decide.DecisionRefused as refused:
            tell(request, refused)
            return HttpResponseRedirect(reverse("admin:visits_candidate_change", args=[pk]))
        candidate.refresh_from_db()
        words = _("Accepted: <a href='{}'>{}</a> is now in review.")
        if candidate.type in {"official", "tenure"}:
            words = _("Accepted: <a href='{}'>{}</a>.")
        messages.success(request, format_html(words, self._target_url(candidate), candidate.target))
        return HttpResponseRedirect(reverse("admin:visits_candidate_change", args=[pk]))

    def reject_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        candidate = self._to_decide(request, pk)
        try:
            decide.reject(candidate, request.user, request.POST.get("reason", ""))
        except decide.DecisionRefused as refused:
            tell(request, refused)
        else:
            messages.success(request, _("Rejected. The same input does not come back."))
        return HttpResponseRedirect(self._next_url(candidate) or reverse("admin:visits_candidate_changelist"))

    def _to_decide(self, request: HttpRequest, pk: int) -> Candidate:
        if request.method != "POST" or not request.user.has_perm(access.DECIDE):
            raise PermissionDenied
        candidate = Candidate.objects.filter(pk=pk).first()
        if candidate is None:
            raise Http404
        return candidate

    def _next_url(self, candidate: Candidate) -> str:
        waiting = Candidate.objects.filter(state=CandidateState.PENDING).exclude(pk=candidate.pk).order_by("pk")
        follower = waiting.filter(pk__gt=candidate.pk).first() or waiting.first()
        return reverse("admin:visits_candidate_change", args=[follower.pk]) if follower else ""

    def _target_url(self, candidate: Candidate) -> str:
        target = candidate.target
        return reverse(f"admin:visits_{candidate.type}_change", args=[target.pk]) if target else ""

    @display(description=gettext_lazy("what"))
    def what(self, obj: Candidate) -> str:
        record = obj.record or {}
        if obj.type == "visit" and record:
            sides = [_side(record.get(role, {})) for role in ("guest", "host")]
            return " → ".join(filter(None, sides)) + (f", {record['start']}" if record.get("start") else "")
        title = record.get("title") or record.get("name") or (obj.source and str(obj.source)) or obj.file
        return str(title or _("Candidate %(id)s") % {"id": obj.pk})

    @display(
        description=gettext_lazy("state"),
        ordering="state",
        label={
            CandidateState.PENDING.label: "warning",
            CandidateState.ACCEPTED.label: "success",
            CandidateState.REJECTED.label: "danger",
        },
    )
    def state_label(self, obj: Candidate) -> str:
        return str(obj.get_state_display())

    @display(description=gettext_lazy("why"))
    def first_reason(self, obj: Candidate) -> str:
        return str(obj.reasons[0].get("reason", "")) if obj.reasons else ""

    @display(description=gettext_lazy("doubts"))
    def doubt_count(self, obj: Candidate) -> int:
        return len(obj.doubts)

    @display(description=gettext_lazy("load"))
    def run_name(self, obj: Candidate) -> str:
        return str(obj.run)


def _side(side: dict[str, Any]) -> str:
    organization = side.get("organization") or {}
    return str(side.get("as_printed") or side.get("country") or organization.get("name") or "")


@admin.register(Judgement)
class JudgementAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "user", "rule", "reason", "candidate_link")
    list_select_related = ("user",)
    list_filter = ("kind",)
    search_fields = ("reason",)
    ordering = ("-pk",)
    fields = ("kind", "created_at", "user", "rule", "reason", "detail")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return (queryset.filter(reason__icontains=search_term) if search_term else queryset), False

    @display(description=gettext_lazy("candidate"))
    def candidate_link(self, obj: Judgement) -> str:
        if not obj.candidate_id:
            return "–"
        return format_html(
            "<a href='{}'>{}</a>", reverse("admin:visits_candidate_change", args=[obj.candidate_id]), obj.candidate_id
        )
