"""The page of one meeting."""

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from visits import rows, solving
from visits.models import ExternalId, Meeting

from . import encounters, visit
from .citable import citable, of_record
from .evidence import evidence_of
from .permanent import record_page
from .structured import Describer


def published() -> QuerySet[Meeting]:
    meetings: QuerySet[Meeting] = Meeting.objects.published().select_related("venue_country", "city")
    return meetings


@record_page(published)
def meeting_page(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    ids = ExternalId.objects.select_related("dataset").defer("dataset__raw", "dataset__text")
    within = Prefetch("visits", visit.published().order_by("its_meetings__position", "pk"), to_attr="public_visits")
    prefetch_related_objects([meeting], *encounters.meeting_parts(), Prefetch("external_ids", ids), within)
    title, attendance = encounters.meeting_heading(meeting), encounters.roll(encounters.attendance(meeting))
    context = {
        "section": "meetings",
        "meeting": meeting,
        "title": title,
        "reference": of_record(request, meeting, f"{title}, {meeting.dates}" if meeting.date else title),
        "description": meeting.summary or meeting.get_format_display(),
        "linked_data": Describer(request).meeting(meeting, title, attendance),
        "attendance": attendance,
        "is_roll": len(attendance) > encounters.MANY,
        "present": sum(len(group.people) for group in attendance),
        "evidence": evidence_of(encounters.nested_records(meeting)),
        "share": (rows.MEETINGS.one(rows.Only(Meeting.objects.published, "pk", meeting.pk), ["evidenced"]) or {})[
            "evidenced"
        ],
        "external_ids": list(meeting.external_ids.all()),
        "solved": solving.of_meetings([meeting.pk], public=True).get(meeting.pk)
        if meeting.date and not meeting.earliest
        else None,
    }
    return citable(request, "pages/meeting.html", context)
