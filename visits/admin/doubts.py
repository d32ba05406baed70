"""Doubts: what checks and loads find odd, and the two ways out: mend it, or say that it is right."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from visits import access, checks
from visits.models import Doubt, Meeting, Official, Post, Tenure, Visit

from .base import ReadOnlyAdmin, tell

OPEN = "judgement__isempty=1"
_OTHERS = {"visit": Visit, "meeting": Meeting, "official": Official, "post": Post, "tenure": Tenure}
_SIDES = ("guest_country", "guest_organization", "host_country")
_WORDS = {
    "visit": gettext_lazy("visit"), "meeting": gettext_lazy("meeting"), "official": gettext_lazy("official"),
    "post": gettext_lazy("post"), "tenure": gettext_lazy("tenure"),
}  # fmt: skip


class CodeFilter(admin.SimpleListFilter):
    title = gettext_lazy("what is odd")
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = checks.open_by_code()
        chosen = request.GET.get("code", "")
        if chosen and chosen not in {one["code"] for one in found}:
            found.append({"code": chosen, "words": checks.words_for(chosen), "count": 0})
        return [(one["code"], f"{one['words']} ({one['count']:,})") for one in found]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Doubt]) -> QuerySet[Doubt]:
        return queryset.filter(code=self.value()) if self.value() else queryset


@admin.register(Doubt)
class DoubtAdmin(ReadOnlyAdmin):
    list_display = ("said", "what", "about", "others_line", "is_settled")
    list_select_related = (
        *(f"{path}{side}" for path in ("visit__", "member__delegation__visit__") for side in _SIDES),
        "meeting", "official", "member__official", "member__delegation__meeting", "participant__official",
        "participant__meeting", "tenure__official", "tenure__post__country",
    )  # fmt: skip
    list_filter = (CodeFilter, ("judgement", admin.EmptyFieldListFilter))
    search_fields = ("reason",)
    ordering = ("-pk",)
    fields = ("said", "what", "about", "others_line", "created_at", "verdict")
    readonly_fields = fields
    change_form_template = "admin/desk/doubt.html"
    change_list_template = "admin/desk/doubts.html"
    begins_filtered = True
    when_empty = gettext_lazy("No doubt is open. Loads note what they were not sure of, and checks run every hour.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.list_select_related, "judgement__user")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return (queryset.filter(reason__icontains=search_term) if search_term else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Without a choice: those that are open."""
        if not request.GET and "text/html" in request.headers.get("Accept", "text/html"):
            return HttpResponseRedirect(f"{request.path}?{OPEN}")
        may_settle = request.user.has_perm("visits.change_doubt")
        return super().changelist_view(request, {**(extra_context or {}), "may_settle": may_settle})

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/settle/", wrap(self.settle_view), name="visits_doubt_settle"),
            path("check/", wrap(self.check_view), name="visits_doubt_check"),
            *super().get_urls(),
        ]

    def settle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that the record is right as it is, and why; on to the next doubt of the kind."""
        _must_settle(request)
        doubt = Doubt.objects.filter(pk=pk, judgement=None).first()
        if doubt is None:
            raise Http404
        try:
            checks.settle(doubt, request.user, request.POST.get("reason", ""))
        except checks.NoReason as error:
            tell(request, error)
            return HttpResponseRedirect(reverse("admin:visits_doubt_change", args=[pk]))
        messages.success(request, _("The doubt is settled."))
        return HttpResponseRedirect(f"{reverse('admin:visits_doubt_changelist')}?{OPEN}&code={doubt.code}")

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """Do all checks now, instead of waiting for the next hour."""
        _must_settle(request)
        counts = checks.recompute()
        messages.success(
            request, _("All checks are done: %(count)s doubts are open.") % {"count": sum(counts.values())}
        )
        return HttpResponseRedirect(f"{reverse('admin:visits_doubt_changelist')}?{OPEN}")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        doubt = self.get_object(request, object_id)
        extra: dict[str, Any] = {}
        if isinstance(doubt, Doubt):
            extra = {
                "may_settle": doubt.judgement_id is None and request.user.has_perm("visits.change_doubt"),
                "advice": checks.advice_on(doubt.code),
                "to_mend": [_link(owner_of(doubt)), *(_link(other) for other in _read_others(doubt))],
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    @display(description=gettext_lazy("reason"))
    def said(self, obj: Doubt) -> str:
        return str(obj)

    @display(description=gettext_lazy("what is odd"), ordering="code")
    def what(self, obj: Doubt) -> str:
        return checks.words_for(obj.code)

    @display(description=gettext_lazy("about"))
    def about(self, obj: Doubt) -> str:
        owner = owner_of(obj)
        person = f"{obj.record}, " if owner is not obj.record else ""
        return format_html("<span>{}<a href='{}'>{}</a></span>", person, _link(owner)["url"], owner)

    @display(description=gettext_lazy("and"), empty_value="–")
    def others_line(self, obj: Doubt) -> str | None:
        links = [(_address(kind, pk), _WORDS[kind], pk) for kind, pk in _others(obj)]
        words = format_html_join(", ", "<a href='{}'>{} {}</a>", links)
        return format_html("<span>{}</span>", words) if links else None

    @display(description=gettext_lazy("settled"), boolean=True)
    def is_settled(self, obj: Doubt) -> bool:
        return obj.judgement_id is not None

    @display(description=gettext_lazy("settled"), empty_value="–")
    def verdict(self, obj: Doubt) -> str:
        if obj.judgement is None:
            return ""
        return f"{obj.judgement.user or ''}, {obj.judgement.created_at:%Y-%m-%d}: {obj.judgement.reason}"


def _must_settle(request: HttpRequest) -> None:
    if request.method != "POST" or not request.user.has_perm("visits.change_doubt"):
        raise PermissionDenied


def owner_of(doubt: Doubt) -> Any:
    """The visit or meeting that a doubt about one of its people belongs to, else what it is about."""
    return next(iter(access.roots(doubt.record)), doubt.record)


def _others(doubt: Doubt) -> list[tuple[str, int]]:
    pairs = (str(other).partition(":") for other in doubt.others)
    return [(kind, int(pk)) for kind, _colon, pk in pairs if kind in _OTHERS and pk.isdecimal()]


def _read_others(doubt: Doubt) -> list[Any]:
    found = (_OTHERS[kind]._default_manager.filter(pk=pk).first() for kind, pk in _others(doubt))
    return [one for one in found if one]


def _address(kind: str, pk: int) -> str:
    return reverse(f"admin:visits_{kind}_change", args=[pk])


def _link(record: Any) -> dict[str, Any]:
    kind = str(record._meta.model_name)
    day = getattr(record, "dates", "")
    words = f"{record}, {day}" if day else str(record)
    return {"url": _address(kind, record.pk), "kind": _WORDS.get(kind, kind), "words": words}
