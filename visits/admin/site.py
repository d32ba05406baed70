"""The editors' desk: Django's admin with our start page, menu and autocompletes."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from visits import access

from .acceptance import acceptance_page
from .start import start_context

# Heading, then (words, icon, model) of the lists below it.
MENU: tuple[tuple[Any, tuple[tuple[Any, str, str], ...]], ...] = (
    (
        _("Records"),
        (
            (_("Visits"), "flight_takeoff", "visit"),
            (_("Meetings"), "handshake", "meeting"),
            (_("Outcomes"), "task_alt", "outcome"),
            (_("Trips"), "route", "trip"),
        ),
    ),
    (
        _("Loads and review"),
        (
            (_("To review"), "rate_review", "candidate"),
            (_("Doubts"), "help", "doubt"),
            (_("May be one"), "merge", "suggestion"),
            (_("Loads"), "upload_file", "importrun"),
            (_("Feeds"), "rss_feed", "feed"),
            (_("Stories of feeds"), "newspaper", "feedentry"),
            (_("Sources"), "article", "source"),
            (_("Judgements"), "gavel", "judgement"),
        ),
    ),
    (
        _("People and places"),
        (
            (_("Officials"), "person", "official"),
            (_("Posts"), "badge", "post"),
            (_("Tenures"), "event_seat", "tenure"),
            (_("Organizations"), "account_balance", "organization"),
            (_("Countries"), "public", "country"),
            (_("Cities"), "location_city", "city"),
        ),
    ),
    (
        _("Subjects"),
        (
            (_("Topics"), "account_tree", "topic"),
            (_("Dialogues"), "forum", "dialogue"),
        ),
    ),
)


class BestMatchFirst(AutocompleteJsonView):
    """Options with what tells two of the same name apart, such as the country."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        label = getattr(self.model_admin, "option_label", str)
        return super().serialize_result(obj, to_field_name) | {"text": label(obj)}


class DeskSite(UnfoldAdminSite):
    site_header = _("Visit tracker")
    site_title = _("Visit tracker")
    index_title = _("Editors’ desk")
    enable_nav_sidebar = True

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return BestMatchFirst.as_view(admin_site=self)(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**(extra_context or {}), **start_context(request.user)})

    def get_urls(self) -> list[Any]:
        page = self.admin_view(lambda request: acceptance_page(request, self))
        return [path("acceptance/", page, name="acceptance"), *super().get_urls()]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """What the user may see, by purpose; accounts for those who manage them."""
        menu = [*MENU, (_("Access"), ((_("API tokens"), "key", "apitoken"),))]
        groups = [self._group(request, title, items, "visits") for title, items in menu]
        accounts = ((_("People"), "group", "user"), (_("Groups"), "groups", "group"))
        groups.append(self._group(request, _("Accounts"), accounts, "auth"))
        if request.user.has_perm(access.SEE_JUDGEMENTS):
            groups[1]["items"].append(self._page(request, _("Acceptance"), "fact_check", "acceptance"))
        return [group for group in groups if group["items"]]

    def _page(self, request: HttpRequest, words: Any, icon: str, name: str) -> dict[str, Any]:
        link = reverse(f"{self.name}:{name}")
        active = request.path.startswith(link)
        return {"title": words, "icon": icon, "link": link, "active": active, "has_permission": True}

    def _group(self, request: HttpRequest, title: Any, items: Any, app: str) -> dict[str, Any]:
        entries = []
        for words, icon, model in items:
            if request.user.has_perm(f"{app}.view_{model}"):
                link = reverse(f"{self.name}:{app}_{model}_changelist")
                active = request.path.startswith(link)
                entries.append({"title": words, "icon": icon, "link": link, "active": active, "has_permission": True})
        return {"title": title, "items": entries, "separator": True}
