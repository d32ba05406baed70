"""Loads: choose files or paste a text, look at the preview, apply it, watch it go, read the report, take it back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from visits import access, loads, mending, tasks
from visits.enums import CandidateState, RunStatus
from visits.fetching import MAX_URL, FetchError, check_address
from visits.imports.reading import UnreadableInput
from visits.imports.registry import READERS
from visits.models import ImportRun
from visits.retold import retold
from visits.review import undo

from .base import ReadOnlyAdmin, tell
from .columns import ColumnsForm, format_of, holds_tables, settle, uploaded_tables, waits
from .preview import preview_page
from .undoing import undo_context

_PROBLEMS_SHOWN = 500
_GOING = {RunStatus.QUEUED, RunStatus.RUNNING}
_AT_ONCE = "load"  # the other button previews
_COUNTS: dict[str, Any] = {
    "read": gettext_lazy("Rows read"),
    "created": gettext_lazy("Added"),
    "changed": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("Unchanged"),
    "duplicates": gettext_lazy("Duplicates"),
    "review": gettext_lazy("To review"),
    "rejected": gettext_lazy("Rejected"),
}


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
        help_text=gettext_lazy("Tables, JSON Lines, data sets, articles as text, HTML or PDF; several at once."),
    )
    url = forms.CharField(
        label=gettext_lazy("Or the address of an article"),
        required=False,
        max_length=MAX_URL,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "url", "placeholder": "https://"}),
        help_text=gettext_lazy("It is fetched from there, and kept as it was that day."),
    )
    text = forms.CharField(
        label=gettext_lazy("Or the text of an article"),
        required=False,
        max_length=500_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 10}),
        help_text=gettext_lazy("What is read from an article waits for review in any case."),
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False, widget=UnfoldAdminSelectWidget)
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
        given = (cleaned.get(name) for name in ("uploads", "url", "text"))
        if not self.errors and not any(one.strip() if isinstance(one, str) else one for one in given):
            raise forms.ValidationError(_("Choose a file, give an address, or paste a text."), code="nothing")
        return cleaned

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if url:
            try:
                check_address(url)
            except FetchError as refused:
                raise forms.ValidationError(retold(refused.detail), code=refused.code) from refused
        return url

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
    when_empty = gettext_lazy("No load yet: begin with “Load files or an article”, and look at its preview first.")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return (queryset.filter(name__icontains=search_term) if search_term else queryset), False

    def get_urls(self) -> list[Any]:
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"visits_importrun_{name}")
            for name, view in (
                ("columns", self.columns_view),
                ("progress", self.progress_view),
                ("cancel", self.cancel_view),
                ("preview", self.preview_view),
                ("apply", self.apply_view),
                ("discard", self.discard_view),
                ("rejected", self.rejected_view),
                ("undo", self.undo_view),
            )
        ]
        load = path("load/", self.admin_site.admin_view(self.load_view), name="visits_importrun_load")
        return [load, *own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        extra = {"may_load": request.user.has_perm(access.LOAD), **(extra_context or {})}
        return super().changelist_view(request, extra)

    # from the files to the start

    def load_view(self, request: HttpRequest) -> HttpResponse:
        """The form, and the start of a preview or of a load."""
        self._need(request, access.LOAD)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        given = {"url": request.GET.get("url", "")[:MAX_URL]}
        form = LoadForm(*sent, initial=given, may_trust=request.user.has_perm(access.TRUST))
        if form.is_valid():
            try:
                return self._started(request, form)
            except UnreadableInput as error:
                form.add_error(None, [f"{one.file}: {retold(one.detail)}" for one in error.as_problems()])
        return self._page(request, "load", {"title": _("Load files or an article"), "form": form})

    @transaction.atomic
    def _started(self, request: HttpRequest, form: LoadForm) -> HttpResponse:
        inputs = form.inputs()
        run = loads.create_run(
            inputs,
            user=request.user,
            format=format_of(inputs, form.cleaned_data["format"]),
            dry_run=request.POST.get("then") != _AT_ONCE,
            trust=form.cleaned_data.get("trust", False),
            addresses=filter(None, [form.cleaned_data["url"]]),
        )
        if not settle(run, request.user, uploaded_tables(run)):
            return _to("columns", run.pk)
        if run.columns:
            messages.info(request, _("The columns are read as you chose last time."))
        return self._queued(run)

    def columns_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What each heading is read as. A preview that was made already is made again from the same files."""
        run = self._run(request, pk)
        self._need(request, access.LOAD)
        tables = uploaded_tables(run) if _may_have_columns(run) else []
        if not tables:
            messages.warning(request, _("There are no columns to choose: load the file again."))
            return _to("change", pk)
        form = ColumnsForm(request.POST or None, run=run, user=request.user, tables=tables)
        if form.is_valid():
            return self._told(request, run, form)
        return self._page(request, "columns", {"title": _("Confirm columns: %s") % run.name, "run": run, "form": form})

    @transaction.atomic
    def _told(self, request: HttpRequest, run: ImportRun, form: ColumnsForm) -> HttpResponse:
        form.remember()
        columns, date_order = form.answers()
        if run.status != RunStatus.QUEUED:
            run = loads.read_again(run, request.user)
        run.columns, run.date_order, run.message = columns, date_order, ""
        run.save(update_fields=["columns", "date_order", "message"])
        return self._queued(run)

    def _queued(self, run: ImportRun) -> HttpResponse:
        tasks.hand_over(run)
        return _to("change", run.pk)

    # the preview

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What each row would do, before anything is written."""
        run = self._run(request, pk)
        if not run.preview_rows.exists():
            return HttpResponseRedirect(f"{_url('change', pk)}?report=1")
        is_open = run.status == RunStatus.DONE and run.files.exists()
        may_load = request.user.has_perm(access.LOAD)
        context = {
            **self._around(request),
            "title": _("Preview: %s") % run.name,
            "applied": ImportRun.objects.filter(preview=run).first(),
            "may_apply": is_open and may_load,
            "may_trust": request.user.has_perm(access.TRUST),
            "mend_url": _mend_url(run),
            "may_read_again": is_open and may_load and holds_tables(run),
            "may_discard": may_load and is_open,
        }
        return preview_page(request, run, context)

    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The load of what was previewed."""
        run = self._posted(request, pk, access.LOAD)
        trust = request.user.has_perm(access.TRUST) and "trust" in request.POST
        try:
            with transaction.atomic():
                return self._queued(loads.apply(run, request.user, trust=trust))
        except loads.ApplyRefused as refused:
            tell(request, refused)
            return _to("preview", pk)

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A preview that nobody wants: its rows and files go, its report stays."""
        run = self._posted(request, pk, access.LOAD)
        try:
            loads.discard(run)
        except loads.ApplyRefused as refused:
            tell(request, refused)
            return _to("change", pk)
        messages.success(request, _("The preview is thrown away. Nothing was written."))
        return HttpResponseRedirect(reverse("admin:visits_importrun_changelist"))

    def rejected_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The rejected rows as a file to mend and load again."""
        file = mending.rejected(self._run(request, pk))
        if file is None:
            messages.warning(request, _("It rejected no rows that can be mended in a file."))
            return HttpResponseRedirect(f"{_url('change', pk)}?report=1")
        answer = StreamingHttpResponse(file.content, content_type=file.media_type)
        answer.headers["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
        return answer

    # how far it is, and what came of it

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far a load is; its report when it is done; of a dry run its preview."""
        run = self._run(request, object_id)
        if "report" not in request.GET and _has_preview(run):
            return _to("preview", run.pk)
        return self._page(request, "run", {**self._about(request, run), "title": str(run)})

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The moving part of the page alone; when a preview is there, the page goes on to it."""
        run = self._run(request, pk)
        if _has_preview(run):
            return HttpResponse(headers={"HX-Redirect": _url("preview", pk)})
        context = {**self._about(request, run), "opts": self.opts}
        return TemplateResponse(request, "admin/desk/run_progress.html", context)

    def _about(self, request: HttpRequest, run: ImportRun) -> dict[str, Any]:
        problems = list(run.problems.all()[: _PROBLEMS_SHOWN + 1])
        is_going = run.status in _GOING and not waits(run)
        may_load = request.user.has_perm(access.LOAD)
        is_over = run.status not in _GOING and not run.dry_run
        return {
            "run": run,
            "is_going": is_going,
            "percent": min(100, round(100 * run.read / run.total)) if run.total else None,
            "counts": [(label, run.counts[name]) for name, label in _COUNTS.items()],
            "differences": _differences(run) if run.status == RunStatus.DONE else [],
            "problems": problems[:_PROBLEMS_SHOWN],
            "more_problems": len(problems) > _PROBLEMS_SHOWN,
            "waiting": run.candidates.filter(state=CandidateState.PENDING).count(),
            "has_preview": run.dry_run and run.preview_rows.exists(),
            "may_choose_columns": may_load and _may_have_columns(run) and holds_tables(run),
            "mend_url": _mend_url(run),
            "may_cancel": run.status in _GOING and may_load,
            "may_undo": is_over and run.status != RunStatus.UNDONE and request.user.has_perm(access.UNDO),
        }

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._posted(request, pk, access.LOAD)
        loads.cancel(run, request.user)
        messages.info(request, _("The load stops behind the records that it is at."))
        return _to("change", pk)

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What an undo would take back and what it leaves; then the undo."""
        run = self._run(request, pk)
        self._need(request, access.UNDO)
        if request.method == "POST":
            try:
                judgement = undo.undo(run, request.user, request.POST.get("reason", ""))
            except undo.UndoRefused as refused:
                tell(request, refused)
            else:
                stays = len(judgement.detail.get("stays", ()))
                messages.success(request, _("The load is taken back; %(stays)s records stay.") % {"stays": stays})
            return _to("change", pk)
        return self._page(request, "undo", {**undo_context(run), "title": _("Take back: %(run)s") % {"run": run}})

    # what the views share

    def _around(self, request: HttpRequest) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts}

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        return TemplateResponse(request, f"admin/desk/{name}.html", {**self._around(request), **context})

    @staticmethod
    def _need(request: HttpRequest, permission: str) -> None:
        if not request.user.has_perm(permission):
            raise PermissionDenied

    def _posted(self, request: HttpRequest, pk: int, permission: str) -> ImportRun:
        """The run of a form that was sent by somebody who may."""
        run = self._run(request, pk)
        if request.method != "POST":
            raise PermissionDenied
        self._need(request, permission)
        return run

    def _run(self, request: HttpRequest, pk: Any) -> ImportRun:
        if not self.has_view_permission(request):
            raise PermissionDenied
        runs = ImportRun.objects.select_related("user", "preview")
        run = runs.filter(pk=pk).first() if str(pk).isdecimal() else None
        if run is None:
            raise Http404
        return run

    @display(
        description=gettext_lazy("status"),
        ordering="status",
        label={
            RunStatus.DONE: "success",
            RunStatus.FAILED: "danger",
            RunStatus.RUNNING: "info",
            RunStatus.UNDONE: "warning",
        },
    )
    def status_label(self, obj: ImportRun) -> tuple[str, str]:
        return obj.status, obj.get_status_display()


def _url(name: str, pk: int) -> str:
    return reverse(f"admin:visits_importrun_{name}", args=[pk])


def _to(name: str, pk: int) -> HttpResponse:
    return HttpResponseRedirect(_url(name, pk))


def _has_preview(run: ImportRun) -> bool:
    """Whether a dry run has ended and its rows can be looked through."""
    return run.dry_run and run.status not in _GOING and run.preview_rows.exists()


def _may_have_columns(run: ImportRun) -> bool:
    """Whether its files are there and are not being read: before the start, after a failure, or behind a preview."""
    is_still = waits(run) or run.status == RunStatus.FAILED or (run.dry_run and run.status == RunStatus.DONE)
    return is_still and run.files.exists()


def _differences(run: ImportRun) -> list[tuple[str, int, int]]:
    """Where a load came to other counts than its preview: (count, in the preview, now)."""
    before, now = run.preview.counts if run.preview else run.counts, run.counts
    return [(label, before[name], now[name]) for name, label in _COUNTS.items() if before[name] != now[name]]


def _mend_url(run: ImportRun) -> str:
    """Where its rejected rows are to be had; empty while it is going, and when there are none."""
    has_rows = run.status not in _GOING and run.rejected and run.problems.filter(raw__isnull=False).exists()
    return _url("rejected", run.pk) if has_rows else ""
