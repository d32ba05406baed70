"""Loads: choose files or paste a text, watch it go, read the report, take it back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from visits import access, loads, tasks
from visits.enums import CandidateState, RunStatus
from visits.imports.reading import UnreadableInput
from visits.imports.registry import READERS
from visits.models import ImportRun
from visits.review import undo

from .base import ReadOnlyAdmin, tell

_PROBLEMS_SHOWN = 500
_GOING = {RunStatus.QUEUED, RunStatus.RUNNING}


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several uploaded files; a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [file for file in (data or []) if file] if isinstance(data, list | tuple) else [data] if data else []
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class LoadForm(forms.Form):
    uploads = ManyFilesField(
        label=gettext_lazy("Files"),
        required=False,
        widget=ManyFilesInput(attrs={"multiple": True, "class": "desk-files"}),
        help_text=gettext_lazy("Tables, JSON Lines, data sets, articles as text or HTML; several at once."),
    )
    text = forms.CharField(
        label=gettext_lazy("Or the text of an article"),
        required=False,
        max_length=500_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 10}),
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False, widget=UnfoldAdminSelectWidget)
    dry_run = forms.BooleanField(
        label=gettext_lazy("Dry run"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=gettext_lazy("Report what would happen; write nothing."),
    )
    trust = forms.BooleanField(
        label=gettext_lazy("Trust"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=gettext_lazy("Publish what is clean without review."),
    )

    def __init__(self, *args: Any, may_trust: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = [(name, getattr(reader, "label", name)) for name, reader in READERS.items()]
        self.fields["format"].choices = [("", _("Guess it from the file")), *readers]  # type: ignore[attr-defined]
        if not may_trust:
            del self.fields["trust"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("uploads") and not (cleaned.get("text") or "").strip():
            raise forms.ValidationError(_("Choose a file, or paste a text."), code="nothing")
        return cleaned

    def inputs(self) -> list[tuple[str, bytes]]:
        """Name and bytes of each input."""
        given = [(file.name, file.read()) for file in self.cleaned_data["uploads"]]
        if text := (self.cleaned_data.get("text") or "").strip():
            given.append((_pasted_name(text), text.encode()))
        return given


def _pasted_name(text: str) -> str:
    first = " ".join(text.split("\n", 1)[0].split())[:60].strip(" .")
    return f"{first or 'article'}.txt".replace("/", "-")


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "status_label", "user", "created_at", "read", "created", "changed", "review", "rejected")
    list_select_related = ("user",)
    list_filter = ("status", "format", "dry_run", "sample")
    search_fields = ("name",)
    ordering = ("-pk",)
    change_list_template = "admin/desk/runs.html"

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return (queryset.filter(name__icontains=search_term) if search_term else queryset), False

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("load/", wrap(self.load_view), name="visits_importrun_load"),
            path("<int:pk>/progress/", wrap(self.progress_view), name="visits_importrun_progress"),
            path("<int:pk>/cancel/", wrap(self.cancel_view), name="visits_importrun_cancel"),
            path("<int:pk>/undo/", wrap(self.undo_view), name="visits_importrun_undo"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        extra = {"may_load": request.user.has_perm(access.LOAD), **(extra_context or {})}
        return super().changelist_view(request, extra)

    def load_view(self, request: HttpRequest) -> HttpResponse:
        """The form, and the start of a load."""
        if not request.user.has_perm(access.LOAD):
            raise PermissionDenied
        may_trust = request.user.has_perm(access.TRUST)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = LoadForm(*sent, may_trust=may_trust)
        if form.is_valid():
            try:
                return HttpResponseRedirect(reverse("admin:visits_importrun_change", args=[self._start(request, form)]))
            except UnreadableInput as error:
                form.add_error(None, str(error))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Load files or an article"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/desk/load.html", context)

    def _start(self, request: HttpRequest, form: LoadForm) -> int:
        with transaction.atomic():
            run = loads.create_run(
                form.inputs(),
                user=request.user,
                format=form.cleaned_data["format"],
                dry_run=form.cleaned_data["dry_run"],
                trust=form.cleaned_data.get("trust", False),
            )
            transaction.on_commit(lambda: tasks.run_import.delay(run.pk))
        return run.pk

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far a load is; its report when it is done."""
        run = self._run(request, object_id)
        context = {**self.admin_site.each_context(request), **self._about(request, run), "title": str(run)}
        return TemplateResponse(request, "admin/desk/run.html", context)

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The moving part of the page alone."""
        return TemplateResponse(request, "admin/desk/run_progress.html", self._about(request, self._run(request, pk)))

    def _about(self, request: HttpRequest, run: ImportRun) -> dict[str, Any]:
        problems = list(run.problems.all()[: _PROBLEMS_SHOWN + 1])
        return {
            "run": run,
            "opts": self.opts,
            "is_going": run.status in _GOING,
            "percent": min(100, round(100 * run.read / run.total)) if run.total else None,
            "counts": run.counts,
            "problems": problems[:_PROBLEMS_SHOWN],
            "more_problems": len(problems) > _PROBLEMS_SHOWN,
            "waiting": run.candidates.filter(state=CandidateState.PENDING).count(),
            "may_cancel": run.status in _GOING and request.user.has_perm(access.LOAD),
            "may_undo": run.status not in {*_GOING, RunStatus.UNDONE} and request.user.has_perm(access.UNDO),
        }

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._run(request, pk)
        if request.method != "POST" or not request.user.has_perm(access.LOAD):
            raise PermissionDenied
        loads.cancel(run, request.user)
        messages.info(request, _("The load stops behind the records that it is at."))
        return HttpResponseRedirect(reverse("admin:visits_importrun_change", args=[pk]))

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What an undo would take back and what it leaves; then the undo."""
        run = self._run(request, pk)
        if not request.user.has_perm(access.UNDO):
            raise PermissionDenied
        if request.method == "POST":
            try:
                judgement = undo.undo(run, request.user, request.POST.get("reason", ""))
            except undo.UndoRefused as refused:
                tell(request, refused)
            else:
                stays = len(judgement.detail.get("stays", ()))
                messages.success(request, _("The load is taken back; %(stays)s records stay.") % {"stays": stays})
            return HttpResponseRedirect(reverse("admin:visits_importrun_change", args=[pk]))
        preview = undo.preview(run)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take back: %(run)s") % {"run": run},
            "opts": self.opts,
            "run": run,
            "goes": [(kind, len(ids)) for kind, ids in preview["goes"].items()],
            "goes_back": len(preview["goes_back"]),
            "stays": [
                {**one, "url": reverse(f"admin:visits_{one['type']}_change", args=[one["id"]])}
                for one in preview["stays"][:200]
            ],
            "stays_count": len(preview["stays"]),
        }
        return TemplateResponse(request, "admin/desk/undo.html", context)

    def _run(self, request: HttpRequest, pk: Any) -> ImportRun:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = ImportRun.objects.select_related("user").filter(pk=pk).first() if str(pk).isdecimal() else None
        if run is None:
            raise Http404
        return run

    @display(
        description=gettext_lazy("status"),
        ordering="status",
        label={
            RunStatus.DONE.label: "success",
            RunStatus.FAILED.label: "danger",
            RunStatus.RUNNING.label: "info",
            RunStatus.UNDONE.label: "warning",
        },
    )
    def status_label(self, obj: ImportRun) -> str:
        return str(obj.get_status_display())
