"""On the review page of a story: the known visit that it tells of, fact by fact, and whose account it is.

A module and a template of their own (`admin/desk/account.html`): the review page includes them with `context_of`, and
`urls` has the three answers (yes, that one; no, another; accept with values that contradict).
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from visits import access
from visits.models import Candidate, Visit
from visits.review import accounts, decide

from .base import tell
from .proposal_view import label_of, part_of


def context_of(candidate: Candidate) -> dict[str, Any]:
    """What the template shows; nothing where the candidate was matched to no visit."""
    found = accounts.comparison(candidate)
    if found is None:
        return {"account": None}
    lines = [{"what": _what(line), "line": line} for line in found.lines]
    return {"account": found, "account_lines": lines, "account_counts": _counts(found)}


def _what(line: accounts.Line) -> str:
    """Which fact it is: where it stands, and the field."""
    return " · ".join(filter(None, (part_of(line.path), label_of(line.field) if line.field else "")))


def _counts(found: accounts.Comparison) -> str:
    words = {
        accounts.AGREES: _("%(number)s agree"),
        accounts.ADDS: _("%(number)s add"),
        accounts.CONTRADICTS: _("%(number)s contradict"),
    }
    return ", ".join(words[name] % {"number": found.counts[name]} for name in words if found.counts.get(name))


def urls(site: admin.AdminSite) -> list[Any]:
    """The steps of the block, to stand before the other addresses of candidates."""
    steps: dict[str, Callable[..., HttpResponse]] = {"same": same_view, "other": other_view, "take": take_view}
    return [
        path(f"<int:pk>/{name}/", site.admin_view(view), name=f"visits_candidate_{name}")
        for name, view in steps.items()
    ]


def same_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes, that one: the number of the visit comes with the button, or is typed."""
    candidate = _to_decide(request, pk)
    number = request.POST.get("visit", "").strip()
    visit = Visit.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if visit is None:
        messages.error(request, _("There is no visit “%(number)s”.") % {"number": number[:40]})
        return _back(candidate)
    return _answered(
        request,
        candidate,
        lambda reason: accounts.say_same(candidate, visit, request.user, reason),
        _("It is another account of “%(visit)s”: below stands the difference.") % {"visit": visit},
    )


def other_view(request: HttpRequest, pk: int) -> HttpResponse:
    candidate = _to_decide(request, pk)
    return _answered(
        request,
        candidate,
        lambda reason: accounts.say_other(candidate, request.user, reason),
        _("It tells of another visit. It will not be asked again."),
    )


def take_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, with the chosen values in place of those that they contradict."""
    candidate = _to_decide(request, pk)
    chosen = request.POST.getlist("value")
    return _answered(
        request,
        candidate,
        lambda reason: decide.accept(candidate, request.user, reason, take=chosen),
        _("Accepted."),
    )


def _answered(request: HttpRequest, candidate: Candidate, answer: Callable[[str], Any], words: str) -> HttpResponse:
    try:
        answer(request.POST.get("reason", "")[:500])
    except decide.DecisionRefused as refused:
        tell(request, refused)
    else:
        messages.success(request, words)
    return _back(candidate)


def _back(candidate: Candidate) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:visits_candidate_change", args=[candidate.pk]))


def _to_decide(request: HttpRequest, pk: int) -> Candidate:
    if request.method != "POST" or not request.user.has_perm(access.DECIDE):
        raise PermissionDenied
    candidate = Candidate.objects.filter(pk=pk).first()
    if candidate is None:
        raise Http404
    return candidate
