"""Pages that can be cited: their reference, its files at `?cite=bib`, what search engines read of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from visits.citing import FORMATS, Reference
from visits.filters import FilterError, ListFilter, Problem
from visits.paging import url_with

from .errors import unknown_filter

_BY_ID = frozenset({"visit", "meeting", "official", "post", "organization", "outcome", "source"})
_NOT_OF_THE_LIST = ("cursor", "page_size", "cite")


@dataclass(frozen=True)
class CiteLink:
    label: Any
    media_type: str
    url: str


def of_record(request: HttpRequest, record: Model, title: str) -> Reference:
    """A record is cited by the address that lasts: of those with an id, the id alone."""
    kind = str(record._meta.model_name)
    path = reverse(kind, args=[record.pk]) if kind in _BY_ID else record.get_absolute_url()  # type: ignore[attr-defined]
    changed = getattr(record, "changed_at", None)
    name = record.pk if kind in _BY_ID or kind == "country" else getattr(record, "slug", record.pk)
    return Reference(
        key=f"{kind}-{name}",
        title=title,
        url=request.build_absolute_uri(path),
        changed=changed.date() if changed else _today(),
        accessed=_today(),
        uid=str(getattr(record, "uid", "")),
    )


def of_page(request: HttpRequest, key: str, title: str, path: str) -> Reference:
    """A page that is made of many records, as it is today."""
    return Reference(
        key=key, title=title, url=request.build_absolute_uri(path), changed=_today(), accessed=_today(), is_list=True
    )


def of_list(request: HttpRequest, title: str, filters: ListFilter, said: str = "") -> Reference:
    """A list is cited with the filters that are on, in words and in the address, as it is today; `said` is how many."""
    chips = filters.chips()
    words = "; ".join(f"{chip.label}: {chip.text}" for chip in chips)
    query = QueryDict(mutable=True)
    for name in sorted(filters.data):
        if name not in _NOT_OF_THE_LIST and not name.startswith("utm_"):
            query.setlist(name, sorted(dict.fromkeys(filters.data.getlist(name))))
    path = f"{filters.path.rpartition('.')[0]}/" if "." in filters.path else filters.path  # of a file: its list
    key = "-".join([path.strip("/"), *(chip.value for chip in chips)])[:80]
    named = f"{title} ({words})" if words else title
    return of_page(request, key, f"{named}: {said}" if said else named, url_with(path, query))


def citable(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page with its reference, or that reference as the file that `?cite=` asks for."""
    reference: Reference = context["reference"]
    asked = request.GET.get("cite")
    if asked is None:
        return render(request, template, {**context, "cite_links": _links(request)})
    if asked not in FORMATS:
        problem = Problem("cite", asked[:200], "unknown-value", _("A citation has no such format."), tuple(FORMATS))
        return unknown_filter(request, FilterError([problem]))
    form = FORMATS[asked]
    response = HttpResponse(form.write(reference), content_type=f"{form.media_type}; charset=utf-8")
    disposition = "inline" if asked == "txt" else "attachment"
    response["Content-Disposition"] = f'{disposition}; filename="citation.{asked}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _links(request: HttpRequest) -> list[CiteLink]:
    return [
        CiteLink(one.label, one.media_type, url_with(request.path, request.GET, cite=name, cursor=None))
        for name, one in FORMATS.items()
    ]


def _today() -> date:
    return timezone.now().date()
