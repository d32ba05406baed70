"""Officials, posts, tenures, organizations."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from visits.models import Official, OfficialName, Organization, OrganizationName, Post, Tenure

from .base import DeskAdmin, DeskTabular
from .citations import CitationInline

NAME_FIELDS = ("text", "kind", "language", "script", "primary", "start", "end")


class OfficialNameInline(DeskTabular):
    model = OfficialName
    fields = NAME_FIELDS
    verbose_name_plural = _("other names")


class OrganizationNameInline(DeskTabular):
    model = OrganizationName
    fields = NAME_FIELDS
    verbose_name_plural = _("other names")


class TenuresOfOfficial(DeskTabular):
    model = Tenure
    fields = ("post", "start", "end")
    autocomplete_fields = ("post",)
    fk_name = "official"


class TenuresOfPost(DeskTabular):
    model = Tenure
    fields = ("official", "start", "end")
    autocomplete_fields = ("official",)
    fk_name = "post"


@admin.register(Official)
class OfficialAdmin(DeskAdmin):
    list_display = ("name", "country", "wikidata", "changed_at")
    list_select_related = ("country",)
    list_filter = ("tenures__post__rank",)
    search_fields = ("name",)
    autocomplete_fields = ("country",)
    fields = ("name", "country", "wikidata", "notes")
    inlines = (OfficialNameInline, TenuresOfOfficial, CitationInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("country")

    def option_label(self, obj: Official) -> str:
        return f"{obj.name} ({obj.country})" if obj.country else obj.name


@admin.register(Post)
class PostAdmin(DeskAdmin):
    name_column = "title"
    list_display = ("title", "country", "organization", "rank")
    list_select_related = ("country", "organization")
    list_filter = ("rank",)
    search_fields = ("title",)
    autocomplete_fields = ("country", "organization")
    fields = ("title", "rank", "country", "organization", "single_holder")
    inlines = (TenuresOfPost,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("country", "organization")

    def option_label(self, obj: Post) -> str:
        where = [str(part) for part in (obj.organization, obj.country) if part]
        return f"{obj.title} ({', '.join(where)})" if where else obj.title


@admin.register(Tenure)
class TenureAdmin(DeskAdmin):
    list_display = ("official", "post", "start", "end")
    list_select_related = ("official", "post__country")
    search_fields = ("official__name",)
    autocomplete_fields = ("official", "post")
    fields = ("official", "post", "start", "end")
    inlines = (CitationInline,)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        if not search_term:
            return queryset, False
        people = OfficialAdmin(Official, self.admin_site).get_search_results(
            request, Official.objects.all(), search_term
        )[0]
        return queryset.filter(official__in=people.order_by().values("pk")), False


@admin.register(Organization)
class OrganizationAdmin(DeskAdmin):
    short_column = "short_name"
    list_display = ("name", "short_name", "kind", "country", "slug")
    list_select_related = ("country",)
    list_filter = ("kind",)
    search_fields = ("name",)
    autocomplete_fields = ("country",)
    fields = ("name", "short_name", "kind", "country", "slug")
    inlines = (OrganizationNameInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("country")

    def option_label(self, obj: Organization) -> str:
        return f"{obj.name} ({obj.country})" if obj.country else obj.name
