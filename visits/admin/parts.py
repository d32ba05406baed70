"""Delegations, outcomes and trips: what belongs to visits and meetings, on pages of its own."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from visits.models import Delegation, Outcome, Trip

from .base import DeskAdmin
from .citations import CitationInline
from .events import MemberInline
from .forms import DelegationPageForm, OutcomeForm


@admin.register(Delegation)
class DelegationAdmin(DeskAdmin):
    form = DelegationPageForm
    list_display = ("__str__", "visit", "meeting")
    list_select_related = ("sender_country", "sender_organization", "meeting", "visit__guest_country",
                           "visit__guest_organization", "visit__host_country")  # fmt: skip
    search_fields = ("sender_as_printed",)
    ordering = ("-pk",)
    autocomplete_fields = ("sender_country", "sender_organization", "visit", "meeting")
    fields = (("visit", "meeting"), ("sender_country", "sender_organization"), "sender_as_printed")
    inlines = (MemberInline, CitationInline)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("visit", "meeting") if obj else ()

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        for word in search_term.split():
            queryset = queryset.filter(
                Q(sender_as_printed__icontains=word)
                | Q(sender_country__name__unaccent__icontains=word)
                | Q(sender_organization__name__unaccent__icontains=word)
            )
        return queryset, False


@admin.register(Outcome)
class OutcomeAdmin(DeskAdmin):
    form = OutcomeForm
    list_display = ("title", "kind", "modality", "due", "life")
    list_filter = ("kind", "modality", "life")
    search_fields = ("title",)
    ordering = ("-pk",)
    autocomplete_fields = ("visit", "meeting", "fulfilled_by_visit", "fulfilled_by_meeting", "dialogue", "topics")
    fields = (
        "title", ("kind", "modality"), ("due", "life"), ("visit", "meeting"),
        ("fulfilled_by_visit", "fulfilled_by_meeting"), "dialogue", "topics",
    )  # fmt: skip
    inlines = (CitationInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("visit", "meeting") if obj else ()

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return (queryset.filter(title__icontains=search_term) if search_term else queryset), False


@admin.register(Trip)
class TripAdmin(DeskAdmin):
    list_display = ("__str__", "visit_count")
    search_fields = ("title",)
    ordering = ("-pk",)
    fields = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(visit_count=Count("visits"))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return (queryset.filter(title__icontains=search_term) if search_term else queryset), False

    @display(description=gettext_lazy("visits"), ordering="visit_count")
    def visit_count(self, obj: Any) -> int:
        return int(obj.visit_count)
