"""The page of one meeting."""

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from visits import rows, solving
from visits.models import ExternalId, Meeting

from . import encounters, visit
from .evidence import evidence_of
from .permanent import record_page


def published() -> QuerySet[Meeting]:
    meetings: QuerySet[Meeting] = Meeting.objects.published().select_related("venue_country", "city")
    return meetings


@record_page(published)
def meeting_page(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    ids = ExternalId.objects.select_related("dataset").defer("dataset__raw", "dataset__text")
    within = Prefetch("visits", visit.published().order_by("its_meetings__position", "pk"), to_attr="public_visits")
    prefetch_related_objects([meeting], *encounters.meeting_parts(), Prefetch("external_ids", ids), within)
    context = {
        "section": "meetings",
        "meeting": meeting,
        "title": encounters.meeting_heading(meeting),
        "attendance": encounters.attendance(meeting),
        "evidence": evidence_of(encounters.nested_records(meeting)),
        "share": rows.meeting_rows(published().filter(pk=meeting.pk), fields=["evidenced"])[0]["evidenced"],
        "external_ids": list(meeting.external_ids.all()),
        "solved": solving.of_meetings([meeting.pk], public=True).get(meeting.pk)
        if meeting.date and not meeting.earliest
        else None,
    }
    return render(request, "pages/meeting.html", context)
