"""The page of one organization."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from visits import rows
from visits.filters.base import Union
from visits.models import Delegation, Meeting, Organization, Participant, Post, Visit

from .citable import citable, of_record
from .permanent import record_page
from .structured import Describer

SHOWN = 25


def organizations() -> QuerySet[Organization]:
    return Organization.objects.public().select_related("country")


@record_page(organizations)
def organization_page(request: HttpRequest, organization: Organization) -> HttpResponse:
    sent = Delegation.objects.filter(sender_organization=organization)
    sided = Participant.objects.filter(side_organization=organization)
    visited, met = Union(), Union()
    for side in ("guest_organization", "host_organization"):
        visited.add(Visit.objects.filter(**{side: organization}), "pk")
    visited.add(sent.filter(visit__isnull=False), "visit")
    met.add(sided, "meeting")
    met.add(sent.filter(meeting__isnull=False), "meeting")
    visits: Any = visited.of(Visit.objects.published())
    meetings: Any = met.of(Meeting.objects.published())
    names = list(organization.other_names.exclude(text=organization.name))
    context = {
        "section": "organizations",
        "organization": organization,
        "reference": of_record(request, organization, str(organization)),
        "linked_data": Describer(request).organization(organization, [one.text for one in names]),
        "names": names,
        "posts": list(Post.objects.public().filter(organization=organization)[:SHOWN]),
        "visits": rows.visit_table(visits.newest_first()[:SHOWN]),
        "meetings": rows.meeting_table(meetings.newest_first()[:SHOWN]),
    }
    return citable(request, "pages/organization.html", context)
