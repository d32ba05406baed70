"""Countries, cities, topics, dialogues: what records refer to."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from visits.models import City, CityName, Country, CountryName, Dialogue, DialogueName, Topic, TopicName

from .base import DeskAdmin, DeskTabular
from .forms import DeskForm
from .people import NAME_FIELDS


class CountryNameInline(DeskTabular):
    model = CountryName
    fields = NAME_FIELDS
    verbose_name_plural = _("other names")


class CityNameInline(DeskTabular):
    model = CityName
    fields = NAME_FIELDS
    verbose_name_plural = _("other names")


class TopicNameInline(DeskTabular):
    model = TopicName
    fields = ("text", "language", "kind", "primary")
    verbose_name_plural = _("synonyms")


class DialogueNameInline(DeskTabular):
    model = DialogueName
    fields = ("text", "language", "kind", "primary")
    verbose_name_plural = _("other names")


@admin.register(Country)
class CountryAdmin(DeskAdmin):
    short_column = "code"
    list_display = ("name", "code", "alpha3", "kind", "region", "valid_from", "valid_to")
    list_select_related = ("region",)
    list_filter = ("kind", "region")
    search_fields = ("name",)
    autocomplete_fields = ("successors",)
    fields = (
        "code", "alpha3", "name", "official_name", "kind", "valid_from", "valid_to", "successors", "region",
        "demonyms",
    )  # fmt: skip
    inlines = (CountryNameInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def option_label(self, obj: Country) -> str:
        return f"{obj.name} ({obj.code})"


@admin.register(City)
class CityAdmin(DeskAdmin):
    list_display = ("name", "country", "capital", "latitude", "longitude")
    list_select_related = ("country",)
    list_filter = ("capital",)
    search_fields = ("name",)
    autocomplete_fields = ("country",)
    fields = ("name", "country", "capital", "latitude", "longitude")
    inlines = (CityNameInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("country")

    def option_label(self, obj: City) -> str:
        return f"{obj.name}, {obj.country}"


class TopicForm(DeskForm):
    def clean_parent(self) -> Topic | None:
        """A tree has no circles."""
        parent: Topic | None = self.cleaned_data["parent"]
        above, seen = parent, set[int]()
        while above and above.pk not in seen:
            if above.pk == self.instance.pk:
                raise forms.ValidationError(_("A topic cannot lie below itself."), code="circle")
            seen.add(above.pk)
            above = above.parent
        return parent


@admin.register(Topic)
class TopicAdmin(DeskAdmin):
    form = TopicForm
    list_display = ("name", "parent", "slug")
    list_select_related = ("parent",)
    search_fields = ("name",)
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "parent")
    inlines = (TopicNameInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("parent")

    def option_label(self, obj: Topic) -> str:
        return f"{obj.parent} › {obj.name}" if obj.parent else obj.name


@admin.register(Dialogue)
class DialogueAdmin(DeskAdmin):
    list_display = ("name", "since", "slug")
    search_fields = ("name",)
    autocomplete_fields = ("countries", "organizations")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "since", "url", "countries", "organizations")
    inlines = (DialogueNameInline,)
