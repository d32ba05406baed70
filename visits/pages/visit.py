"""The page of one visit: who, where, when, whom they met, about what, what came of it, how we know."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from visits import dates, rows, solving
from visits.models import ExternalId, Meeting, MeetingVisit, Visit, VisitPlace

from . import accounts, changed, encounters
from .citable import citable, of_record
from .evidence import Evidence, evidence_of
from .permanent import record_page
from .structured import Describer

SIDES = ("guest_country", "guest_organization", "host_country", "host_organization")


def published() -> QuerySet[Visit]:
    visits: QuerySet[Visit] = Visit.objects.published().select_related(*SIDES, "trip", "accompanies")
    return visits


@record_page(published)
def visit_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    meetings, title = meetings_of(visit), heading(visit)
    stops: list[dict[str, Any]] = [
        {
            "meeting": meeting,
            "heading": encounters.meeting_heading(meeting, visit.guest),
            "attendance": encounters.attendance(meeting),
        }
        for meeting in meetings
    ]
    found = evidence(visit, meetings)
    only = rows.Only(Visit.objects.published, "pk", visit.pk)
    row = rows.VISITS.one(only, ["evidenced", "corroboration"]) or {}
    context = {
        "section": "visits",
        "visit": visit,
        "title": title,
        "reference": of_record(request, visit, f"{title}, {visit.dates}" if visit.dates else title),
        "description": visit.summary or visit.get_kind_display(),
        "linked_data": Describer(request).visit(visit, title, [(one["meeting"], one["heading"]) for one in stops]),
        "pair": f"{visit.guest_country_id}-{visit.host_country_id}",
        "places": list(visit.places.all()),
        "delegations": list(visit.delegations.all()),
        "stops": stops,
        "evidence": found,
        "accounts": accounts.accounts_of(visit, meetings, found, row["corroboration"]["origins"]),
        "days": dates.inclusive_days(visit.start, visit.end),
        "external_ids": list(visit.external_ids.all()),
        "share": row["evidenced"],
        "related": related(visit),
        "history": changed.history_of(visit),
        "solved": solving.of_visits([visit.pk], public=True).get(visit.pk)
        if visit.start and not visit.earliest
        else None,
    }
    return citable(request, "pages/visit.html", context)


def heading(visit: Visit) -> str:
    return visit.title or _("%(guest)s to %(host)s") % {"guest": visit.guest, "host": visit.host_country}


def meetings_of(visit: Visit) -> list[Meeting]:
    """The published meetings by their days; loads the parts of the visit and of its meetings."""
    _load(visit)
    order = MeetingVisit.objects.filter(visit=visit, meeting__in=Meeting.objects.published()).order_by("position", "pk")
    links = list(order.select_related("meeting__venue_country", "meeting__city"))
    meetings = _by_day([link.meeting for link in links])
    prefetch_related_objects(meetings, *encounters.meeting_parts())
    return meetings


def _by_day(meetings: list[Meeting]) -> list[Meeting]:
    """One whose day is not known stays behind the one that it stood behind."""
    keys, reached = {}, date.min
    for meeting in meetings:
        reached = keys[meeting.pk] = meeting.earliest or reached
    return sorted(meetings, key=lambda meeting: keys[meeting.pk])


def _load(visit: Visit) -> None:
    ids = ExternalId.objects.select_related("dataset").defer("dataset__raw", "dataset__text")
    prefetch_related_objects(
        [visit],
        Prefetch("places", VisitPlace.objects.select_related("city")),
        Prefetch("delegations", encounters.delegations()),
        Prefetch("external_ids", ids),
        *encounters.subjects(),
    )


def evidence(visit: Visit, meetings: list[Meeting]) -> Evidence:
    own = list(visit.delegations.all())
    mine: dict[str, list[Any]] = {
        "visit": [visit],
        "delegation": own,
        "member": [member for delegation in own for member in delegation.members.all()],
        "topic_link": list(visit.topic_links.all()),
        "dialogue_link": list(visit.dialogue_links.all()),
        "outcome": list(visit.outcomes.all()),
    }
    return evidence_of(encounters.joined([mine, *map(encounters.nested_records, meetings)]))


def related(visit: Visit) -> dict[str, list[Visit]]:
    """Other published visits: of the same trip, the one that it accompanies, those that accompany it."""
    near = published().order_by("trip_position", "pk")
    trip = list(near.filter(trip=visit.trip_id).exclude(pk=visit.pk)) if visit.trip_id else []
    leader = list(near.filter(pk=visit.accompanies_id)) if visit.accompanies_id else []
    return {"trip": trip, "accompanies": leader, "accompanied_by": list(near.filter(accompanies=visit.pk))}
