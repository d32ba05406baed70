"""The tables that people fill in: what their columns hold, templates and data dictionaries to download."""

from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from visits.imports.tables import TABLES
from visits.imports.tables.template import dictionary_csv, template_csv, template_xlsx

# In the order of what people look for; a workbook has them in the order in which they are read.
ABOUT = {
    "visits": _("One row, one stay of one guest at one host."),
    "meetings": _("One row, one meeting, by itself or in the visits that it names."),
    "officials": _("One row, one person with other spellings of the name."),
    "tenures": _("One row says that one person held one post from .. to."),
}
LABELS = {"visits": _("Visits"), "meetings": _("Meetings"), "officials": _("Officials"), "tenures": _("Tenures")}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
def templates_page(request: HttpRequest) -> HttpResponse:
    tables = [(TABLES[name], LABELS[name], about) for name, about in ABOUT.items()]
    return render(request, "pages/templates.html", {"section": "", "tables": tables})


@require_safe
def template_file(request: HttpRequest, name: str, file_format: str) -> HttpResponse:
    """`visits.csv`, `visits.xlsx`, ..., `all-tables.xlsx`, `data-dictionary.csv`."""
    content = _content(name, file_format)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=TYPES[file_format])
    suffix = "-template" if name in TABLES else ""
    response["Content-Disposition"] = f'attachment; filename="{name}{suffix}.{file_format}"'
    return response


@cache
def _content(name: str, file_format: str) -> bytes | None:
    # A spreadsheet takes a CSV for UTF-8 when it begins with a byte-order mark.
    match name, file_format:
        case ("all-tables", "xlsx"):
            return template_xlsx()
        case ("data-dictionary", "csv"):
            return dictionary_csv(TABLES.values()).encode("utf-8-sig")
        case (_, "csv") if name in TABLES:
            return template_csv(TABLES[name]).encode("utf-8-sig")
        case (_, "xlsx") if name in TABLES:
            return template_xlsx([TABLES[name]])
    return None
