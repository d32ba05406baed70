"""The queue of records that may be one, the page of a pair, and the merges that were done."""

import hashlib
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from visits import access, merged, tasks
from visits.enums import JudgementKind
from visits.models import Judgement, Suggestion
from visits.review import merging, suggestions
from visits.review.sides import sides

from .base import ReadOnlyAdmin, tell

_SHOWN = 25
_RELATED = {
    "official": ("country",),
    "organization": ("country",),
    "post": ("country", "organization"),
    "topic": ("parent",),
}


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnlyAdmin):
    """`Merge with…` of a record leads here too."""

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("refresh/", wrap(self.refresh_view), name="visits_suggestion_refresh"),
            path("merges/", wrap(self.merges_view), name="visits_suggestion_merges"),
            path("merges/<int:pk>/", wrap(self.unmerge_view), name="visits_suggestion_unmerge"),
            path("different/<int:pk>/", wrap(self.same_view), name="visits_suggestion_same"),
            path("<slug:kind>/<int:pk>/", wrap(self.with_view), name="visits_suggestion_with"),
            path("<slug:kind>/<int:one>/<int:other>/", wrap(self.pair_view), name="visits_suggestion_pair"),
        ]
        return [*own, *super().get_urls()]

    # the queue

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self._need_view(request)
        counts = {kind: Suggestion.objects.filter(kind=kind).count() for kind in merging.KINDS}
        asked = request.GET.get("kind", "")
        kind = asked if asked in counts else next((kind for kind, number in counts.items() if number), "official")
        pages = Paginator(Suggestion.objects.filter(kind=kind), _SHOWN)
        page = pages.get_page(request.GET.get("page"))
        rows = self._titled(kind, list(page.object_list))
        context = {
            "title": _("May be one"),
            "kinds": [
                {"kind": one, "label": _plural(one), "number": number, "here": one == kind}
                for one, number in counts.items()
            ],
            "kind": kind,
            "page": page,
            "rows": rows,
            "first_url": rows[0]["url"] if rows else "",
            "may_refresh": access.may_merge(request.user, merging.KINDS[kind]),
        }
        return self._page(request, "merge_queue", context)

    def _titled(self, kind: str, rows: list[Suggestion]) -> list[dict[str, Any]]:
        """Pairs with the names of both; those of which one is gone by now are left out."""
        there = self._records(kind, {pk for row in rows for pk in (row.first, row.second)})
        return [
            {
                "first": self._label(there[row.first]),
                "second": self._label(there[row.second]),
                "url": _pair_url(kind, row.first, row.second),
                "reasons": row.reasons,
                "score": round(100 * row.score),
                "put_off": row.put_off_at,
            }
            for row in rows
            if row.first in there and row.second in there
        ]

    def refresh_view(self, request: HttpRequest) -> HttpResponse:
        """Have a worker look for pairs anew."""
        if request.method != "POST" or not any(access.may_merge(request.user, one) for one in merging.KINDS.values()):
            raise PermissionDenied
        if tasks.look_for_doubles():
            messages.success(request, _("A worker looks for pairs anew: load this page again in a moment."))
        else:
            messages.error(request, _("The queue of tasks does not answer: pairs are looked for at night."))
        return _to("changelist")

    # a pair

    def pair_view(self, request: HttpRequest, kind: str, one: int, other: int) -> HttpResponse:
        """Both sides, what speaks for and against, what a merge would do; then the decision, and the next pair."""
        self._need_view(request)
        first, second = sorted((one, other))
        records = self._records(kind, {first, second})
        if len(records) != 2:
            if kind in merging.KINDS and merged.heirs(merging.KINDS[kind], {first, second}):
                messages.info(request, _("One of the two has been merged meanwhile."))
                return HttpResponseRedirect(_queue_url(kind))
            raise Http404
        if request.method == "POST":
            return self._decide(request, kind, records[first], records[second])
        return self._pair_page(request, kind, records[first], records[second])

    def _pair_page(self, request: HttpRequest, kind: str, first: Any, second: Any) -> HttpResponse:
        preview, refusal = _preview(first, second)
        pair = (first.pk, second.pk)
        suggested = Suggestion.objects.filter(kind=kind, first=first.pk, second=second.pk).first()
        weighed = suggestions.weigh(kind, {pair: suggestions.likeness_of(kind, *pair)}).get(pair)
        context = {
            "title": _("One or two: %(first)s, %(second)s") % {"first": first, "second": second},
            "kind": kind,
            "queue_url": _queue_url(kind),
            "sides": [
                {"side": one, "label": self._label(one.record), "url": _record_url(one.record), "stays": number == 0}
                for number, one in enumerate(sides((first, second)))
            ],
            "speaking": [one for one in weighed.reasons if one["speaks"] == "for"] if weighed else [],
            "against": [one for one in weighed.reasons if one["speaks"] == "against"] if weighed else [],
            "preview": preview,
            "seen": _mark(preview),
            "refusal": refusal,
            "suggested": suggested,
            "waiting": Suggestion.objects.filter(kind=kind).count(),
            "may_merge": access.may_merge(request.user, type(first)),
        }
        return self._page(request, "merge_pair", context)

    def _decide(self, request: HttpRequest, kind: str, first: Any, second: Any) -> HttpResponse:
        if not access.may_merge(request.user, type(first)):
            raise PermissionDenied
        decision, reason = request.POST.get("decision"), request.POST.get("reason", "")[:500]
        suggested = Suggestion.objects.filter(kind=kind, first=first.pk, second=second.pk).first()
        following = self._next_url(kind, suggested)
        try:
            if decision == "merge":
                if request.POST.get("seen", "") != _mark(_preview(first, second)[0]):
                    messages.warning(request, _("Something changed meanwhile: look at the merge again."))
                    return HttpResponseRedirect(request.path)
                judgement = merging.merge(first, second, request.user, reason)
                undo = reverse("admin:visits_suggestion_unmerge", args=[judgement.pk])
                words = _("{} and {} are one now. <a href='{}'>Take it back</a>")
                messages.success(request, format_html(words, first, second, undo))
            elif decision == "different":
                merging.call_different(first, second, request.user, reason)
                messages.success(request, _("%(first)s and %(second)s: never the same.") % {
                    "first": first, "second": second
                })  # fmt: skip
            elif decision == "later" and suggested:
                suggestions.put_off(suggested)
            else:
                raise PermissionDenied
        except merging.MergeRefused as refused:
            tell(request, refused)
            return HttpResponseRedirect(request.path)
        if suggested is None:
            return HttpResponseRedirect(_record_url(first))
        return HttpResponseRedirect(following)

    def _next_url(self, kind: str, suggested: Suggestion | None) -> str:
        """The pair that comes next; of the kind's queue when there is none."""
        rows = Suggestion.objects.filter(kind=kind).exclude(pk=suggested.pk if suggested else 0)
        for row in rows[:20]:
            if len(self._records(kind, {row.first, row.second})) == 2:
                return _pair_url(kind, row.first, row.second)
        return _queue_url(kind)

    def with_view(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        """Choose the record to merge this one with: what is like it, and what is searched for."""
        self._need_view(request)
        record = self._records(kind, {pk}).get(pk)
        if record is None:
            raise Http404
        model_admin: Any = self.admin_site._registry[type(record)]
        text = request.GET.get("q", "").strip()[:200] or str(getattr(record, model_admin.name_column))
        rows = type(record)._default_manager.select_related(*_RELATED[kind]).exclude(pk=pk)
        found, _again = model_admin.get_search_results(request, rows, text)
        context = {
            "title": _("Merge %(record)s with…") % {"record": self._label(record)},
            "record": record,
            "back": _record_url(record),
            "q": text,
            "found": [{"label": self._label(one), "url": _pair_url(kind, pk, one.pk)} for one in found[:_SHOWN]],
        }
        return self._page(request, "merge_with", context)

    # what was decided

    def merges_view(self, request: HttpRequest) -> HttpResponse:
        """Merges that stand, and pairs that are never the same, newest first, each with the way back."""
        self._need_view(request)
        found = Paginator(merging.done(), _SHOWN).get_page(request.GET.get("page"))
        apart = [one for model in merging.KINDS.values() for one in merged.different(model).values()]
        context = {
            "title": _("Merged records"),
            "page": found,
            "merges": [{"judgement": one, "kind": _singular(one.detail["kind"]), **_ends(one)} for one in found],
            "apart": [
                {"judgement": one, "kind": _singular(one.detail["kind"]), "titles": one.detail["titles"]}
                for one in sorted(apart, key=lambda one: -one.pk)
            ],
            "may_merge": any(access.may_merge(request.user, model) for model in merging.KINDS.values()),
        }
        return self._page(request, "merges", context)

    def unmerge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What taking a merge back would do; then it is done."""
        self._need_view(request)
        judgement = Judgement.objects.filter(pk=pk, kind=JudgementKind.MERGE).select_related("user").first()
        if judgement is None:
            raise Http404
        model = merging.KINDS[judgement.detail["kind"]]
        if request.method == "POST":
            if not access.may_merge(request.user, model):
                raise PermissionDenied
            try:
                done = merging.unmerge(judgement, request.user, request.POST.get("reason", "")[:500])
            except merging.MergeRefused as refused:
                tell(request, refused)
                return _to("unmerge", pk)
            words = {"record": judgement.detail["titles"][1], "stays": done.detail["stays_count"]}
            messages.success(request, _("%(record)s is a record of its own again; %(stays)s things stay.") % words)
            return HttpResponseRedirect(_record_url(model._default_manager.get(pk=judgement.detail["dropped"])))
        detail, refusal = None, ""
        try:
            detail = merging.rehearse_unmerge(judgement)
        except merging.MergeRefused as refused:
            refusal = str(refused)
        context = {
            "title": _("Take apart: %(dropped)s, merged into %(kept)s") % {
                "kept": judgement.detail["titles"][0], "dropped": judgement.detail["titles"][1]
            },
            "judgement": judgement,
            "detail": detail,
            "refusal": refusal,
            "may_merge": access.may_merge(request.user, model),
            **_ends(judgement),
        }  # fmt: skip
        return self._page(request, "unmerge", context)

    def same_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take back that two records are never the same."""
        judgement = Judgement.objects.filter(pk=pk, kind=JudgementKind.DIFFERENT).first()
        if judgement is None:
            raise Http404
        model = merging.KINDS[judgement.detail["kind"]]
        if request.method != "POST" or not access.may_merge(request.user, model):
            raise PermissionDenied
        try:
            merging.take_back_different(judgement, request.user)
        except merging.MergeRefused as refused:
            tell(request, refused)
        else:
            messages.success(request, _("Taken back: they may be one again."))
        return _to("merges")

    # what the views share

    def _need_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _records(self, kind: str, ids: set[int]) -> dict[int, Any]:
        if kind not in merging.KINDS:
            raise Http404
        rows = merging.KINDS[kind]._default_manager.select_related(*_RELATED[kind])
        return rows.in_bulk(list(ids))

    def _label(self, record: Model) -> str:
        model_admin: Any = self.admin_site._registry[type(record)]
        return str(model_admin.option_label(record))

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        around = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/desk/{name}.html", {**around, **context})


def _preview(first: Model, second: Model) -> tuple[dict[str, Any] | None, str]:
    try:
        return merging.preview(first, second), ""
    except merging.MergeRefused as refused:
        return None, str(refused)


def _mark(preview: dict[str, Any] | None) -> str:
    """A mark of what a person saw, to be compared with what would be done."""
    return hashlib.sha256(repr(sorted((preview or {}).items())).encode()).hexdigest()


def _ends(judgement: Judgement) -> dict[str, Any]:
    """What stayed, with its page at the desk if it is there, and what was merged into it."""
    detail = judgement.detail
    kept = merging.KINDS[detail["kind"]]._default_manager.filter(pk=detail["kept"]).first()
    return {
        "kept": detail["titles"][0],
        "dropped": detail["titles"][1],
        "kept_url": _record_url(kept) if kept else "",
    }


def _plural(kind: str) -> str:
    return str(capfirst(str(merging.KINDS[kind]._meta.verbose_name_plural)))


def _singular(kind: str) -> str:
    return str(capfirst(str(merging.KINDS[kind]._meta.verbose_name)))


def _record_url(record: Model) -> str:
    return reverse(f"admin:visits_{record._meta.model_name}_change", args=[record.pk])


def _pair_url(kind: str, one: int, other: int) -> str:
    return reverse("admin:visits_suggestion_pair", args=[kind, *sorted((one, other))])


def _queue_url(kind: str) -> str:
    return f"{reverse('admin:visits_suggestion_changelist')}?kind={kind}"


def _to(name: str, *args: int) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"admin:visits_suggestion_{name}", args=args))
