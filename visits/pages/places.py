"""The list of countries and the page of one."""

from collections import defaultdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from visits import rows, stats
from visits.models import Country, Dialogue, Meeting, Official, Visit
from visits.paging import url_with

from . import ruled
from .charts.both import sheet_of
from .citable import citable, of_record
from .comparing import traffic_of
from .errors import refuses_unknown
from .structured import Describer

SHOWN = 12


@require_safe
@refuses_unknown
def country_page(request: HttpRequest, code: str) -> HttpResponse:
    country = _country(code)
    if country.code != code:
        return HttpResponsePermanentRedirect(url_with(country.get_absolute_url(), request.GET))
    published = Visit.objects.published()
    out, received = published.by_guest(country.code), published.by_host(country.code)
    counting = ruled.counting(request, country=country.code)
    traffic = traffic_of(counting, [country.code])[country.code]
    names = _names(country)
    context = {
        "section": "countries",
        "country": country,
        "reference": of_record(request, country, str(country)),
        "linked_data": Describer(request).country(country, [one.text for one in names]),
        "names": names,
        "successors": list(country.successors.all()),
        "predecessors": list(country.predecessors.all()),
        "traffic": traffic,
        "years": traffic.years(),
        "counting": counting,
        "switches": ruled.switches(counting.filters, request, counting.rule),
        "compared": counting.at(reverse("compare"), country=country.code),
        "all_partners": counting.at(reverse("visits"), country=country.code, view="network"),
        "partners": traffic.partners(counting.filters.known.countries)[:SHOWN],
        "topics": stats.groups(counting.filters, ["topic"], counting.rule).among(bool)[:SHOWN],
        "visits_out": rows.visit_table(out.newest_first()[:SHOWN]),
        "visits_in": rows.visit_table(received.newest_first()[:SHOWN]),
        "meetings": rows.meeting_table(
            Meeting.objects.published().filter(venue_country=country).newest_first()[:SHOWN]
        ),
        "dialogues": list(Dialogue.objects.filter(countries=country)),
        "officials": list(Official.objects.public().filter(country=country)[:SHOWN]),
    }
    return citable(request, "pages/country.html", context)


@require_safe
@refuses_unknown
def country_chart(request: HttpRequest, code: str, file_format: str) -> HttpResponse:
    """What was made and received by year, to take away; of the visits that the filters give."""
    country = _country(code)
    query = request.GET.copy()
    query["country"] = country.code
    counting = ruled.counting_of(request, query)
    years = traffic_of(counting, [country.code])[country.code].years()
    return sheet_of(years, counting.titled(str(country)), [counting.sentence]).answer(country.code, file_format)


def _country(code: str) -> Country:
    found = Country.objects.select_related("region").filter(code__iexact=code).first()
    if not found:
        raise Http404
    return found


def _names(country: Country) -> list[Any]:
    """Other names once each, without the one that is shown; labels of data sets are no names."""
    by_text: dict[str, Any] = defaultdict(lambda: None)
    for name in country.other_names.exclude(kind="label"):
        if name.text not in (country.name, country.official_name) and not by_text[name.text]:
            by_text[name.text] = name
    return list(by_text.values())
