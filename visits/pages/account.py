"""Signing in by a link that comes by e-mail, signing out, deleting the account. Readers are no users of the desk."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from visits import readers, tasks
from visits.models import Reader

_KEY = "reader"  # in the session
View = Callable[..., HttpResponse]


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "off", "spellcheck": "false"}),
    )


def reader_of(request: HttpRequest) -> Reader | None:
    pk = request.session.get(_KEY)
    return Reader.objects.filter(pk=pk).first() if pk is not None else None


def for_readers(view: View) -> View:
    """A page of a reader's own: whoever is not signed in is asked to, and comes back to it."""

    @never_cache
    @csrf_protect
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reader = reader_of(request)
        if reader is None:
            back = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("saved")
            return HttpResponseRedirect(f"{reverse('account')}?{urlencode({'next': back})}")
        return view(request, reader, *args, **kwargs)

    return page


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def account_page(request: HttpRequest) -> HttpResponse:
    """Asks for an address, or shows whose account this is."""
    path = readers.local(request.POST.get("next", "") or request.GET.get("next", ""))
    context: dict[str, Any] = {"section": "", "next": path, "sign_up": settings.SIGN_UP, "in_log": _letters_in_log()}
    if reader := reader_of(request):
        return render(request, "pages/account.html", {**context, "reader": reader})
    form = EmailForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 200 if request.method != "POST" else 400
        return render(request, "pages/sign_in.html", {**context, "form": form}, status=status)
    email = form.cleaned_data["email"]
    try:
        with transaction.atomic():
            if link := readers.ask(email, path, _place(request), get_language() or "en"):
                transaction.on_commit(partial(tasks.post_soon, tasks.send_link, link.pk))
    except readers.TooMany:
        return render(request, "pages/sign_in.html", {**context, "form": form, "too_many": True}, status=429)
    return render(request, "pages/link_sent.html", {**context, "email": email, "life": readers.LIFE})


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def enter_page(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the e-mail. Opening it does nothing by itself: programs that look through mail open links too."""
    try:
        if request.method != "POST":
            context = {"section": "", "email": readers.link_of(token).email}
            return _private(render(request, "pages/enter.html", context))
        reader, path = readers.enter(token)
    except readers.BrokenLink:
        return _private(render(request, "pages/enter.html", {"section": "", "email": ""}, status=410))
    request.session.cycle_key()
    request.session[_KEY] = reader.pk
    return redirect(path or "saved")


@never_cache
@csrf_protect
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    _forget(request)
    return redirect("home")


@for_readers
@require_http_methods(["GET", "HEAD", "POST"])
def delete_page(request: HttpRequest, reader: Reader) -> HttpResponse:
    if request.method == "POST":
        readers.leave_for_good(reader)
        _forget(request)
        return render(request, "pages/account_deleted.html", {"section": ""})
    return render(request, "pages/account_delete.html", {"section": "", "reader": reader})


def _forget(request: HttpRequest) -> None:
    """End the reader's session; somebody who is signed in to the desk stays there."""
    if request.user.is_authenticated:
        request.session.pop(_KEY, None)
    else:
        request.session.flush()


def _private(response: HttpResponse) -> HttpResponse:
    """Nobody else is told of an address that holds a secret.

    With `no-referrer` its form would be refused: browsers then send `Origin: null`.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _place(request: HttpRequest) -> str | None:
    """Who asks, as the proxies in front say it, as many of them as are believed."""
    proxies = settings.REST_FRAMEWORK["NUM_PROXIES"]
    forwarded = request.headers.get("X-Forwarded-For", "")
    if not proxies or not forwarded:
        return str(request.META.get("REMOTE_ADDR", "")) or None
    hops = forwarded.split(",")
    return hops[-min(proxies, len(hops))].strip()


def _letters_in_log() -> bool:
    """Whether there is no mail server, and e-mails are written to the log."""
    return str(settings.EMAIL_BACKEND).endswith("console.EmailBackend")
