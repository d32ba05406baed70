"""The page of one post: its holders in order, where their time leaves a gap or overlaps, who is seen in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from visits import dates, rows, sightings
from visits.models import Meeting, Official, Post, Tenure, Visit

from .citable import citable, of_record
from .evidence import evidence_of
from .official import first_known
from .permanent import record_page
from .strips import Scale, Strip, scale_of
from .structured import Describer

SHOWN, HOLDERS = 25, 50


@dataclass
class Holder:
    """One official in the post: tenures, where records name them in it, under which titles."""

    official: Official
    tenures: list[Tenure]
    seen: sightings.Seen | None
    printed: list[sightings.Printed]
    strip: Strip | None


@dataclass(frozen=True)
class Turn:
    """Between two tenures that follow each other: days without a holder, or a time with both."""

    before: Tenure
    after: Tenure
    gap: bool
    words: str


def posts() -> QuerySet[Post]:
    return Post.objects.public().select_related("country", "organization")


@record_page(posts)
def post_page(request: HttpRequest, post: Post) -> HttpResponse:
    tenures = list(post.tenures.public().select_related("official").order_by(F("start"), "pk"))
    said = sightings.said_of("post", post.pk, SHOWN)
    holders, scale = _holders(post, said, tenures)
    context = {
        "section": "officials",
        "post": post,
        "reference": of_record(request, post, str(post)),
        "linked_data": Describer(request).post(post),
        "holders": holders,
        "people": len({one.official_id for one in tenures} | {one.official for one in said.seen}),
        "scale": scale,
        "turns": list(turns(tenures)),
        "evidence": evidence_of({"tenure": tenures}),
        "visit_count": said.visits,
        "meeting_count": said.meetings,
        "visits": rows.visit_table(Visit.objects.filter(pk__in=said.newest_visits).newest_first()),
        "meetings": rows.meeting_table(Meeting.objects.filter(pk__in=said.newest_meetings).newest_first()),
    }
    return citable(request, "pages/post.html", context)


def _holders(post: Post, said: sightings.Said, tenures: list[Tenure]) -> tuple[list[Holder], Scale | None]:
    """Who has a tenure, and of those seen in the post the most often seen, in the order of the first date known."""
    dated = {tenure.official_id for tenure in tenures}
    often = sorted(said.seen, key=lambda one: (one.official not in dated, -one.visits - one.meetings))
    without = len(dated.difference(one.official for one in said.seen))
    seen = {one.official: one for one in often[: max(HOLDERS, len(dated)) - without]}
    scale = scale_of(tenures, [month for one in seen.values() for month in one.months], timezone.now().date())
    people = {tenure.official_id: tenure.official for tenure in tenures}
    people |= Official.objects.in_bulk(seen.keys() - people.keys())
    found = []
    for pk, official in people.items():
        held, named = [one for one in tenures if one.official_id == pk], seen.get(pk)
        strip = scale.strip(held, named.months if named else ()) if scale else None
        found.append(Holder(official, held, named, said.other_titles(pk, post.title), strip))
    return sorted(found, key=lambda one: first_known(one.tenures, one.seen)), scale


def turns(tenures: list[Tenure]) -> Iterator[Turn]:
    """Gaps and overlaps that are sure however partial dates are read; the day of a handover is neither."""
    dated = sorted(
        (one for one in tenures if dates.bounds(one.start)[0]), key=lambda one: (dates.bounds(one.start), one.pk)
    )
    latest: Tenure | None = None
    for tenure in dated:
        if latest:
            yield from _turn(latest, tenure)
        if not latest or _last(tenure) >= _last(latest):
            latest = tenure


def _turn(before: Tenure, after: Tenure) -> Iterator[Turn]:
    first, begun = dates.bounds(after.start)
    ended, last = dates.bounds(before.end)
    if first and last and first - last > timedelta(days=1):
        yield Turn(before, after, True, _days(last + timedelta(days=1), first - timedelta(days=1)))
    elif before.official_id != after.official_id and begun and (not before.end or (ended and ended > begun)):
        yield Turn(before, after, False, _days(begun, min(ended or date.max, dates.bounds(after.end)[0] or date.max)))


def _last(tenure: Tenure) -> date:
    return dates.bounds(tenure.end)[1] or date.max


def _days(first: date, last: date) -> str:
    if last == date.max:
        return dates.since(first.isoformat())
    return dates.display_range(first.isoformat(), last.isoformat())
