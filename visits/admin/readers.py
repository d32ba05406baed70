"""The searches that readers saved: to look at alone. Whose they are, an administrator sees."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from visits import alerts
from visits.models import SavedSearch

from .base import ReadOnlyAdmin


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "query", "frequency", "problem", "created_at")
    list_filter = ("kind", "frequency")
    search_fields = ("name",)
    ordering = ("-pk",)
    fields = ("name", "kind", "filters", "frequency", "changed_too", "problem", "created_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("reader").defer("feed_version")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.list_display, "reader") if request.user.is_superuser else self.list_display

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        if not search_term.strip():
            return queryset, False
        found = Q(name__icontains=search_term.strip())
        if request.user.is_superuser:
            found |= Q(reader__email__icontains=search_term.strip())
        return queryset.filter(found), False

    @display(description=gettext_lazy("filters"))
    def filters(self, search: Any) -> str:
        try:
            return alerts.words(search.kind, alerts.filters_of(search.kind, search.query))
        except alerts.BrokenSearch:
            return str(search.query)
