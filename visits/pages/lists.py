"""The lists: a page of rows with its filters, and the same rows as files."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page, require_safe

from visits import atom, calendars, exports, native, paging, spreadsheets, stats
from visits.filters import FILTERS, FilterError, ListFilter, VisitFilter
from visits.rows import SHAPES, meeting_table, visit_table
from visits.wording import NOUNS, words_of

from . import holding, ledger, looking, saved
from .citable import citable, of_list
from .controls import form_of
from .counting import Count, count_of, recent_count
from .errors import unknown_filter
from .structured import Describer

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": spreadsheets.MEDIA_TYPE,
    "jsonl": "application/x-ndjson",
    "ics": calendars.MEDIA_TYPE,
    "atom": atom.MEDIA_TYPE,
}
_FORMAT_NAMES = {"csv": "CSV", "xlsx": "XLSX", "jsonl": "JSON Lines", "ics": "iCalendar", "atom": "Atom"}
_OFFERED = {"ics": calendars.KINDS, "atom": atom.KINDS}  # the other formats are there for every list
_BY_DAY = (paging.NEWEST, paging.OLDEST, paging.LATEST_ID, paging.BY_ID)


@dataclass(frozen=True)
class ListPage:
    """One list: its words, and the orders that it can be read in."""

    title: Any
    about: Any
    orders: tuple[paging.Order, ...]

    def order(self, filters: ListFilter) -> paging.Order:
        return next(order for order in self.orders if order.name == filters.order)


LISTS = {
    "visits": ListPage(_("Visits"), _("One stay of one guest at one host."), _BY_DAY),
    "meetings": ListPage(_("Meetings"), _("Encounters, within visits and by themselves; calls too."), _BY_DAY),
    "officials": ListPage(
        _("Officials"), _("Everybody who appears in a published record."), (paging.BY_NAME, paging.BEST)
    ),
    "posts": ListPage(_("Posts"), _("The offices that officials hold."), (paging.BY_TITLE, paging.BEST)),
    "organizations": ListPage(
        _("Organizations"),
        _("Ministries, parliaments, companies, international bodies."),
        (paging.BY_NAME, paging.BEST),
    ),
    "countries": ListPage(
        _("Countries"), _("Those of today, and former ones."), (paging.COUNTRIES_BY_NAME, paging.COUNTRIES_BEST)
    ),
    "topics": ListPage(
        _("Topics"), _("What cooperation is about, and what each topic belongs to."), (paging.BY_NAME, paging.BEST)
    ),
    "outcomes": ListPage(
        _("Outcomes"),
        _("What was proposed, agreed or signed, and what became of it."),
        (paging.LATEST_ID, paging.BY_ID, paging.BY_DUE),
    ),
    "dialogues": ListPage(_("Dialogues"), _("Standing frameworks and their members."), (paging.BY_NAME, paging.BEST)),
}


@require_safe
def list_page(request: HttpRequest, name: str) -> HttpResponse:
    if any(not value.strip() for values in request.GET.lists() for value in values[1]):
        return HttpResponseRedirect(_without_empty(request))
    try:
        filters = FILTERS[name].open(request.GET, request.path, also=["cursor", "cite", *_looks(name)])
        view, rule = looking.asked(request) if _looks(name) else ("table", "")
        page = _page(request, name, filters) if view == "table" else paging.Page([], None, None)
    except (FilterError, paging.BrokenCursor) as error:
        return unknown_filter(request, error)
    count = _count(name, filters, page, request.GET.get("cursor"))
    look = None if view == "table" else looking.look_at(filters, view, rule)
    said = look.number if look else count.words(NOUNS[name](count.number))
    reference = of_list(request, str(LISTS[name].title), filters, said)
    files = files_of(request, name)
    context = {
        "section": name,
        "name": name,
        "title": LISTS[name].title,
        "about": LISTS[name].about,
        "form": form_of(name, filters, _looks(name)),
        "chips": filters.chips(),
        "words": words_of(filters, NOUNS[name](count.number)),
        "narrow": paging.url_with(reverse("narrow"), request.GET, cursor=None, cite=None) if _looks(name) else "",
        "view": view,
        "look": look,
        "switches": looking.switches(filters, request, view, rule) if _looks(name) else {},
        "chart_files": [] if view == "table" else looking.files(request, view),
        "rows": _with_holders(name, _with_counts(name, page.rows), filters),
        "date": filters.one("valid_on") if "valid_on" in filters.filters else None,
        "count": count,
        "left_out": getattr(filters, "left_out", int)(),
        "with_undated": paging.url_with(request.path, request.GET, undated="true", cursor=None),
        "next": page.next and paging.url_with(request.path, request.GET, cursor=page.next),
        "previous": page.previous and paging.url_with(request.path, request.GET, cursor=page.previous),
        "files": files,
        "save": saved.save_path(request, name),
        "ledger": ledger.standings(filters) if name == "outcomes" else [],
        "reference": reference,
        "linked_data": Describer(request).listing(reference, files),
    }
    return citable(request, "pages/list.html", context)


def files_of(request: HttpRequest, name: str) -> list[dict[str, str]]:
    """The files of a list as it is filtered now: name, media type, address."""
    return [
        {"name": _FORMAT_NAMES[form], "type": media.partition(";")[0], "address": address(request, name, form)}
        for form, media in FORMATS.items()
        if name in _OFFERED.get(form, LISTS)
    ]


@require_safe
@conditional_page
def list_file(request: HttpRequest, name: str, file_format: str) -> HttpResponse | StreamingHttpResponse:
    """The whole list that the filters give, streamed; a feed of its newest, which has an ETag."""
    if name not in _OFFERED.get(file_format, LISTS):
        raise Http404
    try:
        filters = FILTERS[name].open(request.GET, request.path)
    except FilterError as error:
        return unknown_filter(request, error)
    order = LISTS[name].order(filters)
    site = request.build_absolute_uri("/")
    reference = of_list(request, str(LISTS[name].title), filters)
    lines: Any
    if file_format == "atom":
        address = request.build_absolute_uri()
        feed = atom.atom_bytes(name, filters.qs, order, reference, site, address)
        return HttpResponse(feed, content_type=atom.MEDIA_TYPE)
    if file_format == "ics":
        lines = calendars.ics_bytes(name, filters.qs, order, reference, site)
    elif file_format == "csv":
        lines = exports.csv_lines(name, filters.qs, order, site)
    elif file_format == "xlsx":
        lines = spreadsheets.xlsx_bytes(name, exports.value_rows(name, filters.qs, order, site))
    else:
        lines = exports.json_lines(name, filters.qs, order)
    response = StreamingHttpResponse(lines, content_type=FORMATS[file_format])
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    return response


def _looks(name: str) -> tuple[str, ...]:
    """What an address says beside filters of how to look at a list: visits can be drawn."""
    return looking.PARAMETERS if name == "visits" else ()


def _page(request: HttpRequest, name: str, filters: ListFilter) -> paging.Page:
    order, cursor = _shown_order(name, LISTS[name].order(filters), filters), request.GET.get("cursor", "")
    read = {"visits": visit_table, "meetings": meeting_table}.get(name, SHAPES[name].read)
    return paging.page(
        filters.digests, order, read, cursor=cursor, size=filters.size, walk=filters.walk, leading=filters.leading
    )


def _count(name: str, filters: ListFilter, page: paging.Page, cursor: str | None) -> Count:
    if isinstance(filters, VisitFilter) and not filters.walk and (number := stats.number(filters)) is not None:
        return Count(number, False)
    if filters.is_narrowed:
        return count_of(filters, None if cursor else page.near)
    return recent_count(name, filters.digests)


def _shown_order(name: str, order: paging.Order, filters: ListFilter) -> paging.Order:
    """By name, as its reader sees names; the lists of records that have names in several languages."""
    known = filters.known
    entries: Any = {"countries": known.countries, "topics": known.topics, "dialogues": known.dialogues}.get(name)
    if native.is_own() or entries is None or order.name != "name":
        return order
    return paging.ByShownName.of(order, sorted(entries, key=lambda key: native.in_order(entries[key].name)))


def _without_empty(request: HttpRequest) -> str:
    """The address without the controls that were left empty."""
    kept = [(name, value) for name, values in request.GET.lists() for value in values if value.strip()]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def address(request: HttpRequest, name: str, file_format: str) -> str:
    """The file of a list as it is filtered now."""
    path = f"{request.path.rstrip('/')}.{file_format}"
    return paging.url_with(path, request.GET, cursor=None, page_size=None, cite=None, **dict.fromkeys(_looks(name)))


def _with_counts(name: str, rows: list[paging.Row]) -> list[paging.Row]:
    """Countries also show how many visits they made and received."""
    if name != "countries":
        return rows
    every = VisitFilter.open(QueryDict(), reverse("visits"))
    made, received = (stats.by_country(every, side) for side in ("guest", "host"))
    return [{**row, "visits_out": made.get(row["code"], 0), "visits_in": received.get(row["code"], 0)} for row in rows]


def _with_holders(name: str, rows: list[paging.Row], filters: ListFilter) -> list[paging.Row]:
    """On a date, officials show what they held, posts who held them."""
    window = getattr(filters, "window", None)
    if not window or not rows:
        return rows
    found = holding.in_these_days("official" if name == "officials" else "post", [row["id"] for row in rows], window)
    return [{**row, "on_date": found[row["id"]]} for row in rows]
