"""Visits, meetings and what belongs to them: entered in the order in which a reader asks for it."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.dataclasses import UnfoldAction
from unfold.decorators import display

from visits import access, dating, edit, states
from visits.enums import State
from visits.models import (
    Delegation,
    DialogueLink,
    Meeting,
    MeetingVisit,
    Member,
    Outcome,
    Participant,
    TopicLink,
    Visit,
    VisitPlace,
)

from .base import DeskAdmin, DeskStacked, DeskTabular, tell
from .citations import CitationInline
from .forms import (
    DelegationForm,
    MemberForm,
    MemberFormSet,
    ParticipantForm,
    VisitForm,
)

# From this many members on, delegations are listed with a page each instead of being nested in the form.
MANY_MEMBERS = 60
STEP_WORDS = {
    "submit": gettext_lazy("Submit for review"),
    "send_back": gettext_lazy("Send back to draft"),
    "publish": gettext_lazy("Publish"),
    "withdraw": gettext_lazy("Withdraw"),
}
STATE_COLOURS = {
    State.DRAFT: "info",
    State.IN_REVIEW: "warning",
    State.PUBLISHED: "success",
    State.WITHDRAWN: "danger",
}


class PlaceInline(DeskTabular):
    model = VisitPlace
    fields = ("city", "as_printed")
    autocomplete_fields = ("city",)
    extra_when_new = 1
    verbose_name = gettext_lazy("place")
    verbose_name_plural = gettext_lazy("Where: places in the order of the stay")


class TopicInline(DeskTabular):
    model = TopicLink
    fields = ("topic", "modality", "as_printed")
    autocomplete_fields = ("topic",)
    extra_when_new = 1
    verbose_name = gettext_lazy("topic")
    verbose_name_plural = gettext_lazy("About what: topics")


class DialogueInline(DeskTabular):
    model = DialogueLink
    fields = ("dialogue", "role", "as_printed")
    autocomplete_fields = ("dialogue",)
    verbose_name = gettext_lazy("dialogue")
    verbose_name_plural = gettext_lazy("Standing dialogues")


class OutcomeInline(DeskTabular):
    model = Outcome
    fields = ("title", "kind", "modality", "due", "life")
    verbose_name_plural = gettext_lazy("What came of it: outcomes")
    show_change_link = True
    fk_name = "visit"


class OutcomeOfMeetingInline(OutcomeInline):
    fk_name = "meeting"


class MemberInline(DeskTabular):
    model = Member
    form = MemberForm
    formset = MemberFormSet
    fields = ("head", "official", "post", "name_as_printed", "post_as_printed")
    autocomplete_fields = ("official", "post")
    extra_when_new = 1


class DelegationInline(DeskStacked):
    model = Delegation
    form = DelegationForm
    fields = (("sender_country", "sender_organization", "sender_as_printed"),)
    autocomplete_fields = ("sender_country", "sender_organization")
    inlines = (MemberInline,)
    verbose_name_plural = gettext_lazy("Who travelled: delegations and their members")
    show_change_link = True

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1 if obj is None and self.parent_model is Visit else 0


class ParticipantInline(DeskTabular):
    model = Participant
    form = ParticipantForm
    fields = (
        "member", "official", "post", "side_country", "side_organization", "name_as_printed", "post_as_printed",
    )  # fmt: skip
    autocomplete_fields = ("official", "post", "side_country", "side_organization")
    extra_when_new = 2
    verbose_name_plural = gettext_lazy("Who met: participants")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A participant may be a member of a delegation of the visits that the meeting lies in."""
        formset = super().get_formset(request, obj, **kwargs)
        members = _members_for(obj, request)
        formset.form.base_fields["member"].queryset = members
        return formset


class InVisitInline(DeskTabular):
    model = MeetingVisit
    fields = ("visit",)
    autocomplete_fields = ("visit",)
    verbose_name = gettext_lazy("visit")
    verbose_name_plural = gettext_lazy("Visits that it is a part of")


def _members_for(meeting: Meeting | None, request: HttpRequest) -> QuerySet[Member]:
    visits = list(meeting.in_visits.values_list("visit_id", flat=True)) if meeting else []
    if meeting is None and (asked := request.GET.get("visit", "")).isdecimal():
        visits = [int(asked)]
    members = Member.objects.filter(delegation__visit__in=visits)
    if meeting:
        members |= Member.objects.filter(took_part__meeting=meeting) | Member.objects.filter(
            delegation__meeting=meeting
        )
    return members.select_related("official", "post").distinct()


class RecordAdmin(DeskAdmin):
    """A visit or a meeting: with its state, and the steps that lead on."""

    change_form_template = "admin/desk/record_form.html"

    def get_urls(self) -> list[Any]:
        step = path(
            "<int:pk>/step/<str:step>/",
            self.admin_site.admin_view(self.step_view),
            name=f"visits_{self.opts.model_name}_step",
        )
        year = path(
            "<int:pk>/year/",
            self.admin_site.admin_view(self.year_view),
            name=f"visits_{self.opts.model_name}_year",
        )
        return [step, year, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return _without_large_delegations(self.inlines, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What the public sees is withdrawn first."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.state != State.PUBLISHED)

    def step_view(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Take one step of `visits.states`; back to the record."""
        record = self.get_object(request, str(pk))
        functions = {name: getattr(states, name) for name in STEP_WORDS}
        if record is None or step not in functions or request.method != "POST":
            return HttpResponse(status=405 if record and step in functions else 404)
        if not access.may_take(request.user, step, record):
            raise PermissionDenied
        self._take(request, record, step)
        return HttpResponseRedirect(reverse(self._url("change"), args=[quote(pk)]))

    def _take(self, request: HttpRequest, record: Visit | Meeting, step: str) -> None:
        try:
            getattr(states, step)(record, request.user, request.POST.get("reason", ""))
        except states.TransitionRefused as refused:
            tell(request, refused)
        else:
            words = _("“%(record)s” is now: %(state)s.")
            messages.success(request, words % {"record": record, "state": State(record.state).label.lower()})

    def year_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the year that tenures leave (see `visits.dating`); back to the record."""
        record = self.get_object(request, str(pk))
        year = request.POST.get("year", "")
        if record is None or request.method != "POST" or not (year.isascii() and year.isdecimal() and len(year) < 5):
            return HttpResponse(status=404 if record is None else 405 if request.method != "POST" else 400)
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        reason, seen = request.POST.get("reason", "")[:500], request.POST.get("seen", "")
        try:
            solution = dating.take(record, int(year), user=request.user, reason=reason, seen=seen)
        except (dating.NotSolved, edit.Stale, ValidationError) as refused:
            tell(request, refused)
        else:
            messages.success(request, _("The date is now: %(date)s.") % {"date": solution.dates})
        return HttpResponseRedirect(reverse(self._url("change"), args=[quote(pk)]))

    # the form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        record = self.get_object(request, object_id) if object_id else None
        extra = {**(extra_context or {}), **self._about(request, record)}
        if record is None:
            extra["actions_submit_line"] = self.get_actions_submit_line(request, "")
        return super().changeform_view(request, object_id, form_url, extra)

    def _about(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """What the page shows beside the form."""
        if record is None:
            return {"record": None, "public_url": "", "steps": [], "doubts": [], "delegations": [], "meetings": [],
                    "solved": None}  # fmt: skip
        steps = [
            {
                "name": step.name,
                "words": STEP_WORDS[step.name],
                "url": reverse(self._url("step"), args=[record.pk, step.name]),
            }
            for step in states.open_steps(record)
            if access.may_take(request.user, step.name, record)
        ]
        return {
            "record": record,
            "steps": steps,
            "public_url": _public_url(record) if record.state == State.PUBLISHED else "",
            "doubts": list(record.doubts.filter(judgement=None)),
            "delegations": _large_delegations(record),
            "meetings": [],
            "may_edit": self.has_change_permission(request, record),
            **self._year(record),
        }

    def _year(self, record: Any) -> dict[str, Any]:
        """What tenures say of its year, and where it is taken."""
        solved = dating.proposal(record)
        if solved is None:
            return {"solved": None}
        seen = edit.seen_now(record) if solved.only else ""
        return {"solved": solved, "solved_seen": seen, "year_url": reverse(self._url("year"), args=[record.pk])}

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """“Save and ...” for the steps that the user may take from the form."""
        record = self.get_object(request, str(object_id)) if object_id else self.model()
        if record is None or not (
            self.has_change_permission(request, record) if object_id else self.has_add_permission(request)
        ):
            return []
        words = {"submit": _("Save and submit for review"), "publish": _("Save and publish")}
        return [
            UnfoldAction(
                action_name=f"_{step.name}",
                method=_nothing,
                description=words[step.name],
                path="",
                attrs={"name": f"_{step.name}"},
            )
            for step in states.open_steps(record)
            if step.name in words and access.may_take(request.user, step.name, record)
        ]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for formset in formsets:
            for note in getattr(formset, "notes", ()):
                messages.info(request, note)
        for step in ("submit", "publish"):
            if f"_{step}" in request.POST and access.may_take(request.user, step, form.instance):
                self._take(request, form.instance, step)

    @display(description=gettext_lazy("state"), label=STATE_COLOURS, ordering="state")
    def state_label(self, obj: Any) -> tuple[str, str]:
        return obj.state, obj.get_state_display()

    @display(description=gettext_lazy("when"), ordering="earliest")
    def when(self, obj: Any) -> str:
        return str(obj.dates)


def _nothing(request: HttpRequest, obj: Model) -> None:
    """The step is taken when all rows are saved: see RecordAdmin.save_related."""


def _public_url(record: Any) -> str:
    try:
        return str(record.get_absolute_url())
    except NoReverseMatch:
        return ""


@admin.register(Visit)
class VisitAdmin(RecordAdmin):
    form = VisitForm
    list_display = ("summary_line", "when", "kind", "state_label", "changed_at")
    list_select_related = ("guest_country", "guest_organization", "host_country")
    list_filter = ("state", "kind", "status")
    search_fields = ("title",)
    ordering = ("-pk",)
    autocomplete_fields = (
        "guest_country", "guest_organization", "host_country", "host_organization", "trip", "accompanies",
    )  # fmt: skip
    inlines = (PlaceInline, DelegationInline, TopicInline, DialogueInline, OutcomeInline, CitationInline)
    fieldsets = (
        (
            gettext_lazy("Who, where, when"),
            {"fields": (
                ("guest_country", "guest_organization"), ("host_country", "host_organization"), ("start", "end"),
                ("kind", "status"), "title", "summary",
            )},
        ),
        (
            gettext_lazy("As printed, and the tour it belongs to"),
            {
                "classes": ("collapse",),
                "fields": (
                    ("guest_as_printed", "host_as_printed"), "kind_as_printed", ("trip", "trip_position"),
                    "accompanies",
                ),
            },
        ),
    )  # fmt: skip

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        for word in search_term.split():
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(guest_country__name__unaccent__icontains=word)
                | Q(guest_organization__name__unaccent__icontains=word)
                | Q(host_country__name__unaccent__icontains=word)
                | Q(start__contains=word)
                | Q(external_ids__value=word)
                | (Q(pk=int(word)) if word.isascii() and word.isdecimal() and len(word) < 10 else Q(pk__in=[]))
            )
        return queryset.distinct(), False

    def option_label(self, obj: Visit) -> str:
        return f"{obj}, {obj.dates or _('no date')}"

    @display(description=gettext_lazy("visit"), ordering="title")
    def summary_line(self, obj: Visit) -> str:
        return str(obj)

    def _about(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        about = super()._about(request, record)
        if record is not None:
            about["meetings"] = [link.meeting for link in record.its_meetings.select_related("meeting")]
        return about


@admin.register(Meeting)
class MeetingAdmin(RecordAdmin):
    list_display = ("name", "when", "format", "place", "state_label")
    list_select_related = ("venue_country", "city")
    list_filter = ("state", "format", "status")
    search_fields = ("title",)
    ordering = ("-pk",)
    autocomplete_fields = ("venue_country", "city")
    inlines = (
        InVisitInline, ParticipantInline, DelegationInline, TopicInline, DialogueInline, OutcomeOfMeetingInline,
        CitationInline,
    )  # fmt: skip
    fieldsets = (
        (
            gettext_lazy("What, when, where"),
            {"fields": (
                "title", ("date", "format"), ("venue_country", "city"), ("status", "place_as_printed"), "summary",
            )},
        ),
    )  # fmt: skip

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        for word in search_term.split():
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(place_as_printed__icontains=word)
                | Q(venue_country__name__unaccent__icontains=word)
                | Q(date__contains=word)
            )
        return queryset, False

    def option_label(self, obj: Meeting) -> str:
        return f"{obj}, {obj.dates or _('no date')}"

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A meeting that is added from a visit's page begins with the visit's day and country."""
        initial = super().get_changeform_initial_data(request)
        initial.pop("visit", None)
        if visit := _asked_visit(request):
            place = visit.places.first()
            initial |= {
                "date": visit.start if visit.end in ("", visit.start) else "",
                "venue_country": visit.host_country_id,
                "city": place.city_id if place else None,
                "format": "in-person",
            }
        return initial

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        visit = None if change else _asked_visit(request)
        if visit and access.may_edit(request.user, visit):
            edit.save(MeetingVisit(meeting=form.instance, visit=visit, position=visit.its_meetings.count()))
        super().save_related(request, form, formsets, change)

    def response_post_save_add(self, request: HttpRequest, obj: Meeting) -> HttpResponse:
        return _back_to_visit(request) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Meeting) -> HttpResponse:
        return _back_to_visit(request) or super().response_post_save_change(request, obj)

    @display(description=gettext_lazy("meeting"), ordering="title")
    def name(self, obj: Meeting) -> str:
        return str(obj)

    @display(description=gettext_lazy("place"))
    def place(self, obj: Meeting) -> str:
        return ", ".join(str(part) for part in (obj.city or obj.place_as_printed, obj.venue_country) if part)

    def _about(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return super()._about(request, record) | {"of_visit": _asked_visit(request)}


def _asked_visit(request: HttpRequest) -> Visit | None:
    asked = request.GET.get("visit", "")
    return Visit.objects.filter(pk=int(asked)).first() if asked.isascii() and asked.isdecimal() else None


def _back_to_visit(request: HttpRequest) -> HttpResponse | None:
    visit = _asked_visit(request)
    return HttpResponseRedirect(reverse("admin:visits_visit_change", args=[visit.pk])) if visit else None


def _is_large(record: Any) -> bool:
    return Member.objects.filter(delegation__in=record.delegations.all()).count() > MANY_MEMBERS


def _without_large_delegations(inlines: Any, record: Any) -> Any:
    if record is None or not _is_large(record):
        return inlines
    return tuple(inline for inline in inlines if inline is not DelegationInline)


def _large_delegations(record: Any) -> list[Delegation]:
    if not _is_large(record):
        return []
    rows = record.delegations.select_related("sender_country", "sender_organization")
    return list(rows.annotate(member_count=Count("members")))
