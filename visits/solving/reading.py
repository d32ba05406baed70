"""What the tables say of visits and meetings without a year."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from visits import dates, enums
from visits.models import Citation, Meeting, MeetingVisit, Member, Official, Participant, Post, Tenure, Visit
from visits.names import slug

from .derivation import Case, Cited, Claim, Solution, Span, Words, solve
from .stay import bound, stay_of, widest

# One office a country, whatever its title: President and Chairman, Foreign Minister and Minister of Foreign Affairs.
_ONE_OFFICE = {enums.Rank.HEAD_OF_STATE, enums.Rank.HEAD_OF_GOVERNMENT, enums.Rank.FOREIGN_MINISTER}
_TAKEN_PLACE = {enums.Status.COMPLETED, enums.Status.ONGOING}
_SOURCE = ("source", "source__title", "source__publisher", "source__url")
Person = tuple[int | None, int | None]  # official, post


def of_visits(ids: Iterable[int], *, public: bool = False) -> dict[int, Solution]:
    """What can be said of the years of these visits, by their id; a constant number of queries.

    `public`: from published meetings alone.
    """
    return _solved(_visit_cases(ids, public=public))


def of_meetings(ids: Iterable[int], *, public: bool = False) -> dict[int, Solution]:
    """As `of_visits`; a meeting has the year of the visit that it lies in."""
    rows = Meeting.objects.filter(pk__in=list(ids), date__startswith="XXXX").order_by()
    cases: dict[int, Case] = {}
    for pk, day, status in rows.values_list("pk", "date", "status"):
        if stay := stay_of(day):
            cases[pk] = Case(stay, taken_place=status in _TAKEN_PLACE)
    if not cases:
        return {}
    people = _people_of_meetings({pk: {pk} for pk in cases})
    _claim_tenures(people, cases)
    _read_words("meeting", cases)
    links = MeetingVisit.objects.filter(meeting__in=cases).order_by("position", "pk")
    if public:
        links = links.filter(visit__state=enums.State.PUBLISHED)
    links = links.select_related("visit__guest_country", "visit__guest_organization", "visit__host_country")
    lying = [(link.meeting_id, link.visit) for link in links]
    within = _visit_cases([visit.pk for _pk, visit in lying], public=public)
    for pk, visit in lying:
        if visit.earliest and visit.latest:
            text = _("it lies in the visit “%(title)s”") % {"title": visit}
            cases[pk].claims.append(_of_record("visit", text, visit))
        elif visit.pk in within and not within[visit.pk].stay.over_new_year:
            whole = within[visit.pk]
            mine = {(claim.kind, claim.text) for claim in cases[pk].claims}
            cases[pk].claims += [
                replace(claim, stay=whole.stay)
                for claim in whole.claims
                if claim.kind != "meeting" and (claim.kind, claim.text) not in mine
            ]
            cases[pk].words += whole.words if whole.stay.first == cases[pk].stay.first else ()
    return _solved(cases)


def _solved(cases: dict[int, Case]) -> dict[int, Solution]:
    today = timezone.localdate()
    found = {pk: solve(case, today) for pk, case in cases.items()}
    return {pk: solution for pk, solution in found.items() if solution}


def _visit_cases(ids: Iterable[int], *, public: bool) -> dict[int, Case]:
    rows = Visit.objects.filter(pk__in=list(ids), start__startswith="XXXX").order_by()
    cases: dict[int, Case] = {}
    for pk, start, end, status in rows.values_list("pk", "start", "end", "status"):
        if stay := stay_of(start, end):
            cases[pk] = Case(stay, taken_place=status in _TAKEN_PLACE)
    if not cases:
        return {}
    links = MeetingVisit.objects.filter(visit__in=cases).order_by("position", "pk").select_related("meeting")
    if public:
        links = links.filter(meeting__state=enums.State.PUBLISHED)
    meetings: dict[int, set[int]] = defaultdict(set)
    for link in links:
        meetings[link.meeting_id].add(link.visit_id)
        if link.meeting.earliest and link.meeting.latest:
            text = _("the meeting “%(title)s” lies in it") % {"title": link.meeting}
            cases[link.visit_id].claims.append(_of_record("meeting", text, link.meeting))
    people: dict[int, list[Person]] = defaultdict(list)
    own = Member.objects.filter(delegation__visit__in=cases).order_by("-head", "position", "pk")
    for pk, *person in own.values_list("delegation__visit", "official", "post"):
        people[pk].append((person[0], person[1]))
    for pk, found in _people_of_meetings(meetings).items():
        people[pk] += found
    _claim_tenures(people, cases)
    _read_words("visit", cases)
    return cases


def _people_of_meetings(owners: dict[int, set[int]]) -> dict[int, list[Person]]:
    """Who took part in these meetings, by the owners of each meeting."""
    found: dict[int, list[Person]] = defaultdict(list)
    if not owners:
        return found
    took_part = Participant.objects.filter(meeting__in=owners).order_by("position", "pk")
    rows: list[Any] = list(took_part.values_list("meeting", "official", "post", "member__official", "member__post"))
    sent = Member.objects.filter(delegation__meeting__in=owners).order_by("-head", "position", "pk")
    rows += [(*row, None, None) for row in sent.values_list("delegation__meeting", "official", "post")]
    for meeting, official, post, linked, its_post in rows:
        for owner in owners[meeting]:
            found[owner].append((official or linked, post or its_post))
    return found


def _of_record(kind: str, text: str, record: Visit | Meeting) -> Claim:
    span = Span(str(record.dates), record.earliest, record.latest)
    return Claim(kind, text.replace("%", "%%") + ", %(spans)s", (span,), record.get_absolute_url())


def _claim_tenures(people: dict[int, list[Person]], cases: dict[int, Case]) -> None:
    """What is known of when these people held these posts, as claims."""
    pairs = {(official, post) for found in people.values() for official, post in found if official and post}
    claims = dict(_claims(pairs)) if pairs else {}
    for pk, found in people.items():
        cases[pk].claims += dict.fromkeys(claims[person] for person in found if person in claims)


def _claims(pairs: set[tuple[int, int]]) -> Iterator[tuple[Person, Claim]]:
    officials, posts = {official for official, _post in pairs}, {post for _official, post in pairs}
    names = dict(Official.objects.filter(pk__in=officials).values_list("pk", "name"))
    offices = {post.pk: post for post in Post.objects.filter(pk__in=posts).select_related("country")}
    tenures: dict[int, list[Tenure]] = defaultdict(list)
    for tenure in Tenure.objects.filter(official__in=officials).select_related("post").order_by("start", "pk"):
        tenures[tenure.official_id].append(tenure)
    sources = _sources_of([tenure.pk for found in tenures.values() for tenure in found])
    for official, pk in sorted(pairs):
        post, who = offices[pk], names[official]
        held = [tenure for tenure in tenures[official] if _same_office(tenure.post, post)]
        what = {"who": who, "post": post}
        text = (_("%(who)s was %(post)s,") % what).replace("%", "%%") + " %(spans)s"
        unknown = _("when %(who)s was %(post)s is not known") % what
        spans = tuple(
            Span(_since(one), *widest(one.start, one.end), tenure=one.pk, sources=sources.get(one.pk, ()))
            for one in held
        )
        url = reverse("official", args=[f"{official}-{slug(who)}"])
        yield (official, pk), Claim("tenure", text, spans, url) if spans else Claim("untold", unknown, url=url)


def _same_office(one: Any, other: Any) -> bool:
    if one.pk == other.pk:
        return True
    known = other.rank in _ONE_OFFICE and other.country_id
    return bool(known and one.rank == other.rank and one.country_id == other.country_id)


def _since(tenure: Tenure) -> str:
    if tenure.start and tenure.end:
        return _("from %(start)s to %(end)s") % {
            "start": dates.display(tenure.start),
            "end": dates.display(tenure.end),
        }
    if tenure.start:
        return _("since %(start)s") % {"start": dates.display(tenure.start, after=True)}
    if tenure.end:
        return _("until %(end)s") % {"end": dates.display(tenure.end, after=True)}
    return _("(from when to when is not stated)")


def _sources_of(tenures: list[int]) -> dict[int, tuple[Cited, ...]]:
    found: dict[int, dict[Cited, None]] = defaultdict(dict)
    rows = Citation.objects.filter(tenure__in=tenures).order_by("pk")
    for tenure, *source in rows.values_list("tenure", *_SOURCE):
        found[tenure][_cited(*source)] = None
    return {tenure: tuple(sources) for tenure, sources in found.items()}


def _cited(pk: int, title: str, publisher: str, url: str) -> Cited:
    return Cited(pk, ", ".join(filter(None, (title, publisher))) or url or _("source %(id)s") % {"id": pk})


def _read_words(kind: str, cases: dict[int, Case]) -> None:
    """What the sources say of the day itself."""
    fields = Q(field__in=["start", "date", "dates"]) & ~Q(exact="")
    rows = Citation.objects.filter(fields, **{f"{kind}__in": cases}).order_by("pk")
    for pk, before, exact, behind, published, *source in rows.values_list(
        kind, "prefix", "exact", "suffix", "source__published", *_SOURCE
    ):
        text = f"{before[-40:]}{exact}{behind[:40]}"
        cases[pk].words.append(Words(text, _cited(*source), bound(published, 1)))
