"""The review desk: what loads propose, one candidate at a time, beside the text that it was read from.

Who opens what waits claims it (`visits.review.queue`). What an editor makes of it travels in the form alone, until it
is accepted in one transaction; each step in between gives the form back as it was sent.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError
from unfold.decorators import display

from visits import access, record
from visits.enums import CandidateState
from visits.mapping import Proposal
from visits.models import Candidate, Judgement
from visits.retold import retold
from visits.review import decide, drafts, queue, worth
from visits.review.drafts import Draft, Finished
from visits.review.fields import Words

from . import known_visit
from .base import ReadOnlyAdmin, tell
from .proposal_view import layout, text_side
from .units import adds_of, form_of

_RELATED = ("run", "source", "visit", "meeting", "official", "tenure", "claimed_by")


@admin.register(Candidate)
class CandidateAdmin(ReadOnlyAdmin):
    list_display = ("what", "action", "state_label", "worth", "at_it", "first_reason", "doubt_count", "run_name")
    list_select_related = ("run", "source", "claimed_by")
    list_filter = ("state", "type", "action")
    search_fields = ("file",)
    change_list_template = "admin/desk/queue.html"
    begins_filtered = True
    when_empty = gettext_lazy(
        "Nothing waits. What articles and loads propose comes here, to be read beside its source."
    )

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return (queryset.filter(file__icontains=search_term) if search_term else queryset), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).annotate(is_claimed=queue.CLAIMED)
        return rows.defer("raw", "source__text", "source__raw")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What waits by its turn."""
        waits = request.GET.get("state__exact") == CandidateState.PENDING
        return ("turn", "pk") if waits else ("pk",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Without a choice of state: those that wait."""
        if not request.GET and "text/html" in request.headers.get("Accept", "text/html"):
            return HttpResponseRedirect(f"{request.path}?state__exact={CandidateState.PENDING}")
        more = {
            "progress": queue.progress(request.user),
            "rules": worth.RULES,
            "may_decide": request.user.has_perm(access.DECIDE),
        }
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        steps = ("accept", "reject", "draft", "hold", "leave")
        own = [path("next/", wrap(self.next_view), name="visits_candidate_next")]
        own += known_visit.urls(self.admin_site)
        own += [
            path(f"<int:pk>/{step}/", wrap(getattr(self, f"{step}_view")), name=f"visits_candidate_{step}")
            for step in steps
        ]
        return [*own, *super().get_urls()]

    # one candidate

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The text on one side, the proposed record on the other, doubts on top."""
        pk = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.user.has_perm(access.DECIDE) and "prefetch" not in request.headers.get("Sec-Purpose", ""):
            queue.take(Candidate(pk=pk), request.user)
        candidate = self._candidate(pk)
        draft = Draft(taken=drafts.sure_enough(candidate.record or {}))
        return self._desk(request, candidate, draft, Finished(candidate.record or {}), Words())

    def _desk(
        self,
        request: HttpRequest,
        candidate: Candidate,
        draft: Draft,
        finished: Finished,
        words: Words,
        asked: dict[str, str] | None = None,
    ) -> HttpResponse:
        """`asked` are the names of officials that are looked for, by path."""
        other = queue.other_at(candidate, request.user)
        waits = candidate.state == CandidateState.PENDING
        may_decide = request.user.has_perm(access.DECIDE) and waits and other is None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Review: %(what)s") % {"what": self.what(candidate)},
            "opts": self.opts,
            "candidate": candidate,
            "what": self.what(candidate),
            "other": other,
            "waits": waits,
            "may_decide": may_decide,
            **known_visit.context_of(candidate),
            "target_url": self._target_url(candidate),
            "target": candidate.target,
            "judgements": candidate.judgements.select_related("user"),
            "progress": queue.progress(request.user) if waits else None,
            "worth": worth.reasons(candidate) if waits else [],
            "points": worth.points(candidate) if waits else 0,
            "form": None,
            "layout": None,
            "faults": {},
        }
        if may_decide and candidate.record and _fits_a_form(finished.open):
            context |= self._form(candidate, draft, finished, words, asked or {}, _least(request))
        else:
            context["layout"] = layout(candidate)
        name = "review_work" if _by_htmx(request) else "review"
        status = 422 if finished.faults and not _by_htmx(request) else 200
        return TemplateResponse(request, f"admin/desk/{name}.html", context, status=status)

    def _form(
        self, candidate: Candidate, draft: Draft, finished: Finished, words: Words, asked: dict[str, str], least: float
    ) -> dict[str, Any]:
        proposal = _proposal(candidate, finished.open, draft)
        marks, segments, quotes = text_side(candidate, finished.open)
        present = proposal.plan.root.id if proposal and proposal.plan.present else None
        shown = form_of(finished.open, draft, candidate.record, proposal, marks, words, asked, finished.faults)
        doubts = [(one, reason) for one in shown for reason in one.doubts]
        in_doubts = {reason for _one, reason in doubts}
        return {
            "form": shown,
            "segments": segments,
            "quotes": quotes,
            "draft": draft,
            "least": round(100 * least),
            "adds": adds_of(finished.open),
            "words": words,
            "faults": finished.faults,
            "open_doubts": doubts,
            "doubts": [said for one in candidate.doubts if (said := retold(one["reason"])) not in in_doubts],
            "attributed_to": sorted({mark.attributed_to for mark in marks if mark.attributed_to}),
            "added": [change for change in proposal.difference() if "added" in change] if proposal and present else [],
        }

    # steps

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Claim the next one that nobody is at, behind the one that is passed over."""
        self._may_decide(request)
        behind = request.POST.get("behind", "")
        passed = Candidate.objects.filter(pk=int(behind)).first() if behind.isdecimal() and len(behind) < 19 else None
        return self._to_next(request, passed)

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form as it was sent, a step further: a part added, an official looked for, values taken by confidence."""
        self._may_decide(request)
        candidate = self._candidate(pk)
        if not queue.take(candidate, request.user):
            return self._gone(request, candidate)
        draft, step = _draft_of(request), request.POST.get("step", "")
        words, asked = Words(), {}
        what, _colon, where = step.partition(":")
        finished = self._finish(candidate, draft, words)
        if what == "add":
            parent, _slash, name = where.rpartition("/")
            added = drafts.next_path(candidate.record, parent, name, draft.added)
            if added:
                draft.added.append(added)
                (draft.taken or set()).add(added)
                finished = self._finish(candidate, draft, words)
        elif what == "least":
            draft.taken = drafts.sure_enough(finished.open, _least(request)) | set(draft.added)
            finished = self._finish(candidate, draft, words)
        elif what == "find":
            asked[where] = request.POST.get(f"q:{where}", "").strip()
        return self._desk(request, candidate, draft, finished, words, asked)

    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write what is taken, with what was mended; then the next one."""
        self._may_decide(request)
        candidate = self._candidate(pk)
        reason, item = request.POST.get("reason", "")[:500], None
        draft, finished, words = Draft(), None, Words()
        if "draft" in request.POST and candidate.state == CandidateState.PENDING and candidate.record:
            draft = _draft_of(request)
            finished = self._finish(candidate, draft, words)
            if finished.item is None:
                return self._desk(request, candidate, draft, finished, words)
            item = finished.item if finished.item != candidate.record else None
        try:
            decide.accept(candidate, request.user, reason, item=item)
        except decide.DecisionRefused as refused:
            fresh = self._candidate(pk)
            if finished and fresh.state == CandidateState.PENDING and queue.other_at(fresh, request.user) is None:
                finished.faults[""] = str(refused)
                return self._desk(request, fresh, draft, finished, words)
            return self._gone(request, fresh, refused)
        candidate = self._candidate(pk)
        told = _("Accepted: <a href='{}'>{}</a> is now in review.")
        if candidate.type in {"official", "tenure"}:
            told = _("Accepted: <a href='{}'>{}</a>.")
        messages.success(request, format_html(told, self._target_url(candidate), candidate.target))
        return self._to_next(request, candidate)

    def reject_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._may_decide(request)
        candidate = self._candidate(pk)
        try:
            decide.reject(candidate, request.user, request.POST.get("reason", "")[:500])
        except decide.DecisionRefused as refused:
            return self._gone(request, candidate, refused)
        messages.success(request, _("Rejected. The same input does not come back."))
        return self._to_next(request, candidate)

    def hold_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page of somebody who is at it renews the claim; 409 says that somebody else has it."""
        self._may_decide(request)
        held = queue.take(self._candidate(pk), request.user)
        return HttpResponse(status=204 if held else 409)

    def leave_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._may_decide(request)
        queue.release(request.user, self._candidate(pk))
        return HttpResponseRedirect(reverse("admin:visits_candidate_changelist"))

    # what the views share

    def _may_decide(self, request: HttpRequest) -> None:
        if request.method != "POST" or not request.user.has_perm(access.DECIDE):
            raise PermissionDenied

    def _candidate(self, pk: int) -> Candidate:
        rows = Candidate.objects.select_related(*_RELATED).defer("source__raw").annotate(is_claimed=queue.CLAIMED)
        candidate = rows.filter(pk=pk).first()
        if candidate is None:
            raise Http404
        return candidate

    def _finish(self, candidate: Candidate, draft: Draft, words: Words) -> Finished:
        text = (candidate.source.text if candidate.source else "") or ""
        return drafts.finish(candidate.record or {}, draft, text, words)

    def _gone(self, request: HttpRequest, candidate: Candidate, refused: Exception | None = None) -> HttpResponse:
        """Somebody else decided it, or is at it."""
        if refused is None:
            refused = decide.DecisionRefused(_("Somebody else is at this one, or has decided it."))
        tell(request, refused)
        answer = HttpResponseRedirect(reverse("admin:visits_candidate_change", args=[candidate.pk]))
        return HttpResponse(headers={"HX-Redirect": answer.url}) if _by_htmx(request) else answer

    def _to_next(self, request: HttpRequest, behind: Candidate | None) -> HttpResponse:
        following = queue.take_next(request.user, behind)
        if following is None:
            messages.info(request, _("Nothing else waits."))
            return HttpResponseRedirect(reverse("admin:visits_candidate_changelist"))
        return HttpResponseRedirect(reverse("admin:visits_candidate_change", args=[following.pk]))

    def _target_url(self, candidate: Candidate) -> str:
        target = candidate.target
        return reverse(f"admin:visits_{candidate.type}_change", args=[target.pk]) if target else ""

    # columns

    @display(description=gettext_lazy("what"))
    def what(self, obj: Candidate) -> str:
        data = obj.record or {}
        if obj.type == "visit" and data:
            sides = [_side(data.get(role, {})) for role in ("guest", "host")]
            return " → ".join(filter(None, sides)) + (f", {data['start']}" if data.get("start") else "")
        title = data.get("title") or data.get("name") or (obj.source and str(obj.source)) or obj.file
        return str(title or _("Candidate %(id)s") % {"id": obj.pk})

    @display(
        description=gettext_lazy("state"),
        ordering="state",
        label={
            CandidateState.PENDING: "warning",
            CandidateState.ACCEPTED: "success",
            CandidateState.REJECTED: "danger",
        },
    )
    def state_label(self, obj: Candidate) -> tuple[str, str]:
        return obj.state, obj.get_state_display()

    @display(description=gettext_lazy("worth"))
    def worth(self, obj: Candidate) -> str:
        return str(worth.points(obj)) if obj.state == CandidateState.PENDING else ""

    @display(description=gettext_lazy("who is at it"))
    def at_it(self, obj: Any) -> str:
        return str(obj.claimed_by) if obj.is_claimed else ""

    @display(description=gettext_lazy("why"))
    def first_reason(self, obj: Candidate) -> str:
        return retold(str(obj.reasons[0].get("reason", ""))) if obj.reasons else ""

    @display(description=gettext_lazy("doubts"))
    def doubt_count(self, obj: Candidate) -> int:
        return len(obj.doubts)

    @display(description=gettext_lazy("load"))
    def run_name(self, obj: Candidate) -> str:
        return Truncator(obj.run).chars(60)


def _side(side: dict[str, Any]) -> str:
    organization = side.get("organization") or {}
    return str(side.get("as_printed") or side.get("country") or organization.get("name") or "")


def _by_htmx(request: Any) -> bool:
    return bool(request.htmx)


def _fits_a_form(item: dict[str, Any]) -> bool:
    """A list of hundreds of people is accepted or rejected as a whole."""
    return drafts.form_size(item) <= drafts.MOST_FIELDS


def _draft_of(request: HttpRequest) -> Draft:
    return drafts.from_form(request.POST.dict(), request.POST.getlist("take"), request.POST.getlist("added"))


def _least(request: HttpRequest) -> float:
    try:
        return min(max(float(request.POST.get("least", "")) / 100, 0.0), 1.0)
    except ValueError:
        return drafts.LEAST


def _proposal(candidate: Candidate, item: dict[str, Any], draft: Draft) -> Proposal | None:
    """The record as it is typed by now, matched; else as it was proposed; None where that is no record either."""
    for data in (drafts.without_blanks(item, draft), candidate.record):
        try:
            record.parse(data)
        except ValidationError:
            continue
        asked = Candidate(key=candidate.key, record=data)
        return decide.proposal_of(asked)
    return None


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
