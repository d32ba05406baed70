"""Feeds: what is looked at for news, tried before it is saved, and the stories that it brought."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet, URLField
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from visits import access, feeds
from visits.enums import EntryState, FeedStatus
from visits.fetching import FetchError, check_address
from visits.imports.reading import UnreadableInput
from visits.models import Feed, FeedEntry
from visits.retold import retold

_ANEW = {"url", "kind", "links", "active"}  # whoever changes one of these wants to see it looked at


class FeedForm(forms.ModelForm):
    def clean_url(self) -> str:
        try:
            return str(check_address(self.cleaned_data["url"]))
        except FetchError as refused:
            raise forms.ValidationError(retold(refused.detail), code=refused.code) from refused


@admin.register(Feed)
class FeedAdmin(ModelAdmin):
    form = FeedForm
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    change_form_template = "admin/desk/feed_form.html"
    list_display = (
        "name", "status_label", "why", "last_look", "next_look", "new_count", "visit_count", "aside_count",
        "error_count",
    )  # fmt: skip
    list_filter = ("status", "kind", "active")
    search_fields = ("name", "url", "publisher")
    ordering = ("name", "pk")
    list_per_page = 50
    show_full_result_count = False
    actions = ("look_now",)
    when_empty = gettext_lazy("No feed yet: add the address of one, and its stories wait for you to review.")
    fieldsets = ((None, {"fields": (("name", "publisher"), "url", ("kind", "links"), ("every", "active"))}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return Feed.objects.counted()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form; with “Try it now” what the feed would give as it stands in the form, and nothing saved."""
        feed = self.get_object(request, object_id) if object_id else None
        may = self.has_change_permission(request, feed) if object_id else self.has_add_permission(request)
        if request.method == "POST" and "_try" in request.POST and may and (feed or not object_id):
            form = self.get_form(request, feed)(request.POST, instance=feed)
            if form.is_valid():
                return self._tried(request, form, object_id)
        extra = {"feed": feed, "entries_url": _entries_url(feed) if feed else "", **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, extra)

    def _tried(self, request: HttpRequest, form: Any, object_id: str | None) -> HttpResponse:
        feed = form.save(commit=False)
        look, problem = None, ""
        try:
            look = feeds.look(feed)
        except (FetchError, UnreadableInput) as refused:
            problem = retold(refused.detail)
        typed = {name: value for name, value in request.POST.items() if not name.startswith(("_", "csrf"))}
        add = f"{reverse('admin:visits_feed_add')}?{urlencode(typed)}"
        context = {
            **self.admin_site.each_context(request),
            "title": _("Try: %(feed)s") % {"feed": feed},
            "opts": self.opts,
            "feed": feed,
            "look": look,
            "problem": problem,
            "typed": typed,
            "back_url": reverse("admin:visits_feed_change", args=[object_id]) if object_id else add,
            "may_load": request.user.has_perm(access.LOAD),
        }
        return TemplateResponse(request, "admin/desk/feed_try.html", context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A feed goes with its stories, which nobody deletes by themselves; what was read of them stays."""
        listed, counts, needed, protected = super().get_deleted_objects(objs, request)
        return listed, counts, needed - {FeedEntry._meta.verbose_name}, protected

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if not change:
            obj.user = request.user
        if not change or _ANEW & set(form.changed_data):
            feeds.begin(obj)
        super().save_model(request, obj, form, change)

    @admin.action(description=gettext_lazy("Look now"), permissions=["change"])
    def look_now(self, request: HttpRequest, queryset: QuerySet) -> None:
        chosen = list(Feed.objects.filter(pk__in=queryset.values("pk"), active=True))
        for feed in chosen:
            feeds.begin(feed)
            feed.save()
        words = ngettext(
            "%(count)s feed is looked at within a minute.",
            "%(count)s feeds are looked at within a minute.",
            len(chosen),
        )
        messages.success(request, words % {"count": len(chosen)})

    @display(
        description=gettext_lazy("status"),
        ordering="status",
        label={
            FeedStatus.WELL: "success",
            FeedStatus.FAILING: "warning",
            FeedStatus.RESTING: "danger",
        },
    )
    def status_label(self, obj: Feed) -> tuple[str, str]:
        return (obj.status, obj.get_status_display()) if obj.active else ("", _("Off"))

    @display(description=gettext_lazy("why"))
    def why(self, obj: Feed) -> str:
        return retold(obj.message)

    @display(description=gettext_lazy("last look"), ordering="polled_at")
    def last_look(self, obj: Feed) -> str:
        return _short(obj.polled_at)

    @display(description=gettext_lazy("next look"), ordering="next_at")
    def next_look(self, obj: Feed) -> str:
        return _short(obj.next_at if obj.active else None)

    @display(description=gettext_lazy("new"))
    def new_count(self, obj: Any) -> Any:
        return obj.new_count

    @display(description=gettext_lazy("visits"))
    def visit_count(self, obj: Any) -> Any:
        return _count(obj, EntryState.VISIT, obj.visits_count)

    @display(description=gettext_lazy("not visits"))
    def aside_count(self, obj: Any) -> Any:
        return _count(obj, EntryState.NOTHING, obj.aside_count)

    @display(description=gettext_lazy("errors"))
    def error_count(self, obj: Any) -> Any:
        return _count(obj, EntryState.ERROR, obj.errors_count)


def _short(moment: datetime | None) -> str:
    return date_format(moment, "j E, H:i") if moment else "–"


def _entries_url(feed: Feed, state: str = "") -> str:
    wanted = {"feed__id__exact": feed.pk} | ({"state__exact": state} if state else {})
    return f"{reverse('admin:visits_feedentry_changelist')}?{urlencode(wanted)}"


def _count(feed: Feed, state: str, count: int) -> Any:
    return format_html("<a href='{}'>{}</a>", _entries_url(feed, state), count) if count else 0


@admin.register(FeedEntry)
class FeedEntryAdmin(ModelAdmin):
    list_display = ("title_or_url", "feed", "state_label", "note", "published", "fetched_at")
    list_filter = ("state", "feed")
    search_fields = ("title", "url")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("read_again",)
    fields = ("title", "address", "feed", "state", "note", "published", "seen_at", "fetched_at", "load", "proposals")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("feed", "run").defer("content", "origin")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_read_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(access.READ_AGAIN)

    @admin.action(description=gettext_lazy("Read again"), permissions=["read_again"])
    def read_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = feeds.read_again(FeedEntry.objects.filter(pk__in=queryset.values("pk")))
        words = ngettext("%(count)s story is read again.", "%(count)s stories are read again.", count)
        messages.success(request, words % {"count": count})

    @display(description=gettext_lazy("story"), ordering="title")
    def title_or_url(self, obj: FeedEntry) -> str:
        return str(obj)

    @display(
        description=gettext_lazy("state"),
        ordering="state",
        label={EntryState.VISIT: "success", EntryState.ERROR: "danger", EntryState.NOTHING: "info"},
    )
    def state_label(self, obj: FeedEntry) -> tuple[str, str]:
        return obj.state, obj.get_state_display()

    @display(description=gettext_lazy("address"))
    def address(self, obj: FeedEntry) -> Any:
        return format_html("<a href='{0}' rel='noreferrer noopener'>{0}</a>", obj.url)

    @display(description=gettext_lazy("load"))
    def load(self, obj: FeedEntry) -> Any:
        if obj.run is None:
            return "–"
        return format_html("<a href='{}'>{}</a>", reverse("admin:visits_importrun_change", args=[obj.run_id]), obj.run)

    @display(description=gettext_lazy("what it proposes"))
    def proposals(self, obj: FeedEntry) -> Any:
        links = self._links(obj)
        return format_html("{}" * len(links), *links) if links else "–"

    def _links(self, obj: Any) -> list[Any]:
        """To its candidates; a page asks for a field several times."""
        if not hasattr(obj, "candidate_links"):
            found = obj.run.candidates.filter(file=feeds.file_of(obj)).defer("raw", "record") if obj.run else ()
            obj.candidate_links = [
                format_html("<a href='{}'>{}</a> ", reverse("admin:visits_candidate_change", args=[one.pk]), one)
                for one in found
            ]
        return obj.candidate_links
