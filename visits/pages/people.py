"""Pages of one official, one post, one organization."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from visits import rows
from visits.models import Delegation, Meeting, Member, Official, Organization, Participant, Post, Visit

from .evidence import evidence_of
from .permanent import record_page

SHOWN = 25


def officials() -> QuerySet[Official]:
    return Official.objects.public().select_related("country")


@record_page(officials)
def official_page(request: HttpRequest, official: Official) -> HttpResponse:
    tenures = list(
        official.tenures.select_related("post__country")
        .annotate(post_is_public=Exists(Post.objects.public().filter(pk=OuterRef("post"))))
        .order_by(F("start").desc(), "-pk")
    )
    context = {
        "section": "officials",
        "official": official,
        "names": list(official.other_names.exclude(text=official.name)),
        "tenures": tenures,
        "evidence": evidence_of({"official": [official], "tenure": tenures}),
        **_seen(official=official.pk),
    }
    return render(request, "pages/official.html", context)


def posts() -> QuerySet[Post]:
    return Post.objects.public().select_related("country", "organization")


@record_page(posts)
def post_page(request: HttpRequest, post: Post) -> HttpResponse:
    public = Official.objects.public().filter(pk=OuterRef("official"))
    tenures = post.tenures.select_related("official").filter(Exists(public)).order_by(F("start").desc(), "-pk")
    context = {"section": "officials", "post": post, "tenures": list(tenures), **_seen(post=post.pk)}
    return render(request, "pages/post.html", context)


def _seen(**who: int) -> dict[str, Any]:
    """The newest visits and meetings in which an official or a post appears."""
    members = Member.objects.filter(**who)
    participants = Participant.objects.filter(**who)
    visits = Visit.objects.published().filter(
        pk__in=members.filter(delegation__visit__isnull=False).values("delegation__visit")
    )
    in_meetings = members.filter(delegation__meeting__isnull=False).values("delegation__meeting")
    meetings = Meeting.objects.published().filter(Q(pk__in=participants.values("meeting")) | Q(pk__in=in_meetings))
    return {
        "visits": rows.visit_rows(visits.newest_first()[:SHOWN]),
        "meetings": rows.meeting_rows(meetings.newest_first()[:SHOWN]),
    }


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
    context = {
        "section": "organizations",
        "organization": organization,
        "names": list(organization.other_names.exclude(text=organization.name)),
        "posts": list(Post.objects.public().filter(organization=organization)[:SHOWN]),
        "visits": rows.visit_rows(visits.newest_first()[:SHOWN]),
        "meetings": rows.meeting_rows(meetings.newest_first()[:SHOWN]),
    }
    return render(request, "pages/organization.html", context)
