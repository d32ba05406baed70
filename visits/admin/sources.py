"""Sources: a document's address and text, or a data set and its trust."""

import hashlib
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import access
from visits.models import Source

from .base import DeskAdmin
from .forms import DeskForm


class SourceForm(DeskForm):
    upload = forms.FileField(
        label=gettext_lazy("Text file"),
        required=False,
        help_text=gettext_lazy("A UTF-8 text whose content becomes the text of the source."),
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        upload = cleaned.get("upload")
        if upload is not None and "text" in self.fields:
            try:
                cleaned["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("upload", _("It is no UTF-8 text: save it as UTF-8."))
        if cleaned.get("text") and "\x00" in cleaned["text"]:
            self.add_error("text", _("It holds NUL characters: it is no text."))
        if cleaned.get("text") is not None:
            cleaned["text"] = cleaned["text"].replace("\r\n", "\n") or None
        cleaned["slug"] = cleaned.get("slug") or None
        return cleaned


@admin.register(Source)
class SourceAdmin(DeskAdmin):
    form = SourceForm
    list_display = ("__str__", "publisher", "language", "published", "kind", "trusted", "free_to_show")
    list_filter = ("kind", "trusted", "free_to_show", "language")
    search_fields = ("title",)
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("title", "publisher", "url", ("language", "published"), "free_to_show")}),
        (gettext_lazy("Text"), {"fields": ("upload", "text")}),
        (gettext_lazy("Data set"), {"classes": ("collapse",), "fields": ("kind", "slug", "trusted")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.defer("raw") if "/change/" in request.path else rows.defer("raw", "text")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A cited text stays as it is; trust is given by those who may."""
        fixed = () if request.user.has_perm(access.TRUST) else ("trusted",)
        cited = obj is not None and obj.citations.exclude(exact="").exists()
        return (*fixed, "text") if cited else fixed

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sets = super().get_fieldsets(request, obj)
        if "text" not in self.get_readonly_fields(request, obj):
            return sets
        return tuple((title, {**of, "fields": ("text",)} if "upload" in of["fields"] else of) for title, of in sets)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        for word in search_term.split():
            queryset = queryset.filter(
                Q(title__icontains=word) | Q(publisher__icontains=word) | Q(url__icontains=word) | Q(slug=word)
            )
        return queryset, False

    def option_label(self, obj: Source) -> str:
        return ", ".join(filter(None, (str(obj), obj.publisher, obj.published)))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if obj.text and not obj.sha256:
            obj.sha256 = hashlib.sha256(obj.text.encode()).hexdigest()
        obj.retrieved_at = obj.retrieved_at or timezone.now()
        super().save_model(request, obj, form, change)
