"""The page of one official: posts in time, names as printed, where they went, whom they met, about what."""

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from visits import rows, sightings
from visits.filters import persons
from visits.lookup import among
from visits.models import Meeting, Official, Post, Tenure, Visit

from . import rankings
from .citable import citable, of_record
from .evidence import evidence_of
from .permanent import record_page
from .strips import Scale, Strip, scale_of
from .structured import Describer

SHOWN = 25


@dataclass
class Holding:
    """One post of the official: tenures, where records name them in it, under which titles."""

    post: Post
    tenures: list[Tenure]
    seen: sightings.Seen | None
    printed: list[sightings.Printed]
    strip: Strip | None


def officials() -> QuerySet[Official]:
    return Official.objects.public().select_related("country")


@record_page(officials)
def official_page(request: HttpRequest, official: Official) -> HttpResponse:
    me = Q(official=official.pk)
    visit_ids = list(persons.visits_of(me).of(Visit.objects.published()).values_list("pk", flat=True))
    meeting_ids = list(persons.meetings_of(me).of(Meeting.objects.published()).values_list("pk", flat=True))
    tenures = list(official.tenures.select_related("post__country").order_by(F("start"), "pk"))
    said = sightings.said_of("official", official.pk)
    holdings, scale = _holdings(said, tenures)
    names = list(official.other_names.exclude(text=official.name))
    context = {
        "section": "officials",
        "official": official,
        "reference": of_record(request, official, official.name),
        "linked_data": Describer(request).official(
            official, [one.text for one in names], [one.post for one in holdings]
        ),
        "names": names,
        "visit_count": len(visit_ids),
        "meeting_count": len(meeting_ids),
        "holdings": holdings,
        "scale": scale,
        "evidence": evidence_of({"official": [official], "tenure": tenures}),
        "printed": said.names,
        "visited": rankings.visited(official.pk, visit_ids),
        "received": rankings.received(official.pk, visit_ids),
        "counterparts": rankings.counterparts(official.pk, meeting_ids),
        "most": persons.SMALL,
        "topics": rankings.topics(official.pk, visit_ids, meeting_ids),
        "visits": rows.visit_table(Visit.objects.filter(among(visit_ids)).newest_first()[:SHOWN]),
        "meetings": rows.meeting_table(Meeting.objects.filter(among(meeting_ids)).newest_first()[:SHOWN]),
    }
    return citable(request, "pages/official.html", context)


def _holdings(said: sightings.Said, tenures: list[Tenure]) -> tuple[list[Holding], Scale | None]:
    """The posts in the order in which they were first held or seen."""
    seen = {one.post: one for one in said.seen}
    scale = scale_of(tenures, [month for one in seen.values() for month in one.months], timezone.now().date())
    posts = {tenure.post_id: tenure.post for tenure in tenures}
    posts |= Post.objects.select_related("country").in_bulk(seen.keys() - posts.keys())
    found = []
    for pk, post in posts.items():
        held, named = [one for one in tenures if one.post_id == pk], seen.get(pk)
        strip = scale.strip(held, named.months if named else ()) if scale else None
        found.append(Holding(post, held, named, said.other_titles(pk, post.title), strip))
    return sorted(found, key=lambda one: first_known(one.tenures, one.seen)), scale


def first_known(tenures: list[Tenure], seen: sightings.Seen | None) -> str:
    """What a post or a holder is sorted by: the first date that is known, as text; without any it comes last."""
    known = [text for text in (*(one.start for one in tenures), seen.first if seen else "") if text]
    return min(known, default="Z")
