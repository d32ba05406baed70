"""The page of one organization."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from visits import rows
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
    visits = Visit.objects.published().filter(
        Q(guest_organization=organization)
        | Q(host_organization=organization)
        | Q(pk__in=sent.filter(visit__isnull=False).values("visit"))
    )
    sided = Participant.objects.filter(side_organization=organization)
    meetings = Meeting.objects.published().filter(
        Q(pk__in=sided.values("meeting")) | Q(pk__in=sent.filter(meeting__isnull=False).values("meeting"))
    )
    names = list(organization.other_names.exclude(text=organization.name))
    context = {
        "section": "organizations",
        "organization": organization,
        "reference": of_record(request, organization, str(organization)),
        "linked_data": Describer(request).organization(organization, [one.text for one in names]),
        "names": names,
        "posts": list(Post.objects.public().filter(organization=organization)[:SHOWN]),
        "visits": rows.visit_rows(visits.newest_first()[:SHOWN]),
        "meetings": rows.meeting_rows(meetings.newest_first()[:SHOWN]),
    }
    return citable(request, "pages/organization.html", context)
