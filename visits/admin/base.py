"""What every list and page of the desk shares: permissions, hand edits through `visits.edit`, history."""

from typing import Any

import pghistory
from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet, URLField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from visits import access, edit, history, lookup, merged
from visits.review import merging

from .forms import DeskForm, DeskFormSet


class Uncounted(Paginator):
    """Whether there is one more page, it knows by one more row."""

    def page(self, number: int | str) -> Any:
        number = max(int(number), 1)
        first = (number - 1) * self.per_page
        rows = list(self.object_list[first : first + self.per_page + 1])
        self.count = first + len(rows)
        return Page(rows[: self.per_page], number, self)


class RecordPermissions:
    """Editors change every record, contributors what belongs to drafts (see `visits.access`)."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)  # type: ignore[misc]
        return allowed and (obj is None or access.may_edit(request.user, obj))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        parts = (request,) if isinstance(self, ModelAdmin) else (request, obj)
        allowed = super().has_add_permission(*parts)  # type: ignore[misc]
        return allowed and (obj is None or access.may_edit(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return allowed and (obj is None or access.may_edit(request.user, obj))


class DeskAdmin(RecordPermissions, ModelAdmin):
    """A table of the tracker in the admin; every write is a hand edit."""

    form = DeskForm
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    change_form_template = "admin/desk/change_form.html"
    compressed_fields = False
    warn_unsaved_form = True
    view_on_site = False  # a page that the public does not see yet is no page
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
    name_column = "name"
    short_column = ""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By name in any spelling, the best first; also by a whole code or short name."""
        if not search_term.strip():
            return queryset, False
        code = Q(**{f"{self.short_column}__iexact": search_term.strip()}) if self.short_column else None
        return lookup.found(queryset, search_term, self.name_column, code), False

    def get_paginator(self, request: HttpRequest, queryset: Any, per_page: int, *rest: Any, **more: Any) -> Paginator:
        """For an autocomplete one that does not count: of a common word there are thousands."""
        if request.path == reverse("admin:autocomplete"):
            return Uncounted(queryset, per_page)
        return super().get_paginator(request, queryset, per_page, *rest, **more)

    def option_label(self, obj: Any) -> str:
        """What an autocomplete shows for the row."""
        return str(obj)

    # writing

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return super().change_view(request, *args, **kwargs)
        with edit.one_moment():
            return super().change_view(request, *args, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        with pghistory.context(user=request.user.pk, reason=request.POST.get("reason", "")):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: Any) -> None:
        changed = set(form.changed_data) - {"seen", "reason"}
        if changed or not change:
            edit.save(obj, changed if change else None)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        with edit.deed(request.user, request.POST.get("reason", "")):
            edit.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        with edit.deed(request.user):
            for row in queryset:
                edit.remove(row)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """With the way to merge the record, for those who may."""
        record, kind = kwargs.get("obj"), str(self.opts.model_name)
        if record is not None and kind in merging.KINDS and access.may_merge(request.user, self.model):
            context["merge_url"] = reverse("admin:visits_suggestion_with", args=[kind, record.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """The address of a record that was merged away leads to the one that stands for it."""
        may_be = str(self.opts.model_name) in merging.KINDS and object_id.isdecimal() and len(object_id) < 19
        if heir := merged.heir(self.model, int(object_id)) if may_be else None:
            messages.info(request, _("This record was merged into another: here it is."))
            return HttpResponseRedirect(reverse(self._url("change"), args=[heir]))
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    # history

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, when and why, with the record's parts."""
        record = self.get_object(request, object_id)
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(record)s") % {"record": record},
            "entries": history.of(record),
            "merges": merging.into(record),
            "opts": self.opts,
            "object": record,
            "back": reverse(self._url("change"), args=[quote(record.pk)]),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/desk/history.html", context)

    def _url(self, name: str) -> str:
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{name}"

    # Django's own log of the admin would be a second, poorer history.

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None: ...

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None: ...

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None: ...


class ReadOnlyAdmin(DeskAdmin):
    """What nobody edits by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class DeskTabular(RecordPermissions, TabularInline):
    formset = DeskFormSet
    hide_title = True
    extra = 0
    extra_when_new = 0

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Empty rows: a new record's form shows where the usual parts go."""
        return self.extra if obj is not None and obj.pk else self.extra_when_new

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A field in a table has its name in the column's head alone: say it at the field too."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            widget = getattr(field.widget, "widget", field.widget)  # inside the links to add and change
            widget.attrs["aria-label"] = str(field.label)
        return field


class DeskStacked(RecordPermissions, StackedInline):
    formset = DeskFormSet
    extra = 0


def tell(request: HttpRequest, error: Exception) -> None:
    """Show why something was refused."""
    messages.error(request, str(error))
