"""The brief of a pair: two pages of paper. Each sentence is made from one record and leads to it and to its quote.

Nothing is guessed: a sentence says what its record holds and leaves out what that does not. The first page says what
happened, the second shows the evidence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    DateField,
    F,
    IntegerField,
    Model,
    Q,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from visits import catalogue, dates, enums
from visits.filters import FilterError, VisitFilter
from visits.filters.encounters import meetings_of_both
from visits.filters.persons import met_in_public, small
from visits.filters.values import Party
from visits.lookup import IsOneOf, among
from visits.models import Meeting, Outcome, TopicLink, Visit
from visits.models.events import DAWN
from visits.wording import in_words

from . import encounters, visit
from .citable import citable, of_page
from .evidence import Evidence, Note, evidence_of

VISITS, MEETINGS, TOPICS, PROMISES = 6, 5, 8, 9  # sentences that fit on the first page
RECENT = 100  # records in which the topics are looked for first
Days = dict[int, date | None]  # of records by their ids


@dataclass(frozen=True)
class Side:
    name: str
    code: str
    party: Party


@dataclass
class Sentence:
    """`text` is the sentence; `url` and `source` lead to its record, `notes` to the quote."""

    text: str
    url: str
    source: str
    notes: list[Note] = field(default_factory=list)
    is_record: bool = True


@dataclass
class Part:
    """A heading with its sentences, and where all of its records are when there are more."""

    title: str
    sentences: list[Sentence]
    more: str = ""
    url: str = ""


@require_safe
def brief_page(request: HttpRequest, pair: str) -> HttpResponse:
    one, other = _sides(pair)
    if pair != (canonical := f"{one.code}-{other.code}"):
        return HttpResponsePermanentRedirect(reverse("pair-brief", args=[canonical]))
    there, back = _way(one, other), _way(other, one)
    visits, both = there.days | back.days, _meetings_of_both(one, other)
    within: Days = dict(met_in_public().filter(among(visits, "visit")).values_list("meeting", "meeting__earliest"))
    meetings = small(Meeting.objects.filter(among(both.keys() - within)))
    met = list(meetings.select_related("venue_country", "city").newest_first()[:MEETINGS])  # type: ignore[attr-defined]
    prefetch_related_objects(met, *encounters.meeting_parts())
    links, promised = _links(visits, both | within), _promises(visits, both | within)
    evidence = _evidence([*there.latest, *back.latest], met, links, promised)
    parts = [
        Part(_("How often"), [_count(there), _count(back)]),
        _of_visits(there, evidence),
        _of_visits(back, evidence),
        _of_meetings(met, (one, other), evidence),
        Part(_("What they talked about"), [_talk(link, evidence) for link in links]),
        _of_promises(promised, evidence),
    ]
    names = {"one": one.name, "other": other.name}
    reference = of_page(request, f"brief-{pair}", _("%(one)s and %(other)s: a brief") % names, request.path)
    context = {
        "section": "countries",
        "one": one,
        "other": other,
        "parts": [part for part in parts if part.sentences],
        "notes": _referred_to(parts),
        "pair": pair,
        "list": _list("visits", pair=pair),
        "reference": reference,
        "linked_data": {"@context": "https://schema.org", "@type": "Report", "name": reference.title},
    }
    return citable(request, "pages/brief.html", context)


def _sides(pair: str) -> tuple[Side, Side]:
    try:
        filters = VisitFilter.open(QueryDict(urlencode({"pair": pair})))
    except FilterError:
        raise Http404 from None
    (found,) = filters.chosen("pair")
    one, other = (_side(party, filters.known) for party in found)
    if one == other:
        raise Http404
    return one, other


def _side(party: Party, known: catalogue.Catalogue) -> Side:
    if party.country:
        return Side(known.countries[party.country].name, party.country, party)
    entry = known.organizations.get(party.organization or 0)
    if not entry or not entry.slug:
        raise Http404
    return Side(entry.name, entry.slug, party)


def _list(kind: str, **query: str) -> str:
    return f"{reverse(kind)}?{urlencode(query)}"


@dataclass
class Way:
    """The visits of one side to the other: the days of all, the newest first, and the latest to tell of."""

    guest: Side
    host: Side
    days: Days
    latest: list[Visit]

    @property
    def years(self) -> list[int]:
        return [day.year for day in self.days.values() if day]

    @property
    def url(self) -> str:
        return _list("visits", guest=self.guest.code, host=self.host.code)


def _way(guest: Side, host: Side) -> Way:
    visits: Any = VisitFilter.open(QueryDict(urlencode({"guest": guest.code, "host": host.code}))).digests
    days: Days = dict(visits.newest_first().values_list("pk", "earliest"))
    latest = Visit.objects.filter(pk__in=list(days)[:VISITS]).newest_first()
    shown = list(latest.select_related(*visit.SIDES))
    prefetch_related_objects(shown, "places__city", "delegations__members__official", "delegations__members__post")
    return Way(guest, host, days, shown)


def _meetings_of_both(one: Side, other: Side) -> Days:
    """Conferences of many too: what is told of meetings leaves these out, as in their halls nobody meets everybody."""
    both = meetings_of_both(one.party, other.party).first_of(Meeting.objects.published())
    return dict(both.values_list("pk", "earliest"))


def _between(visits: Iterable[int], meetings: Iterable[int]) -> Q:
    """What belongs to a visit of the pair, or to a published meeting in one or of both."""
    return Q(among(visits, "visit")) | Q(among(meetings, "meeting"))


def _links(visits: Days, meetings: Days) -> list[TopicLink]:
    """The latest mention of each topic, the latest first; the newest records have topics enough, mostly."""
    days = sorted((day or DAWN for known in (visits, meetings) for day in known.values()), reverse=True)
    day = Coalesce("visit__earliest", "meeting__earliest", Value(DAWN), output_field=DateField())
    sides = ("visit__guest_country", "visit__guest_organization", "visit__host_country", "meeting")
    links: list[TopicLink] = []
    for since in [*days[RECENT : RECENT + 1], DAWN]:
        recent = ([pk for pk, begun in known.items() if (begun or DAWN) >= since] for known in (visits, meetings))
        mine = TopicLink.objects.filter(_between(*recent), topic__isnull=False).annotate(day=day)
        latest = mine.order_by("topic_id", "-day", "-pk").distinct("topic_id").values("pk")
        found = TopicLink.objects.filter(pk__in=latest).annotate(day=day)
        links = list(found.select_related("topic", *sides).order_by("-day", "-pk")[:TOPICS])
        if len(links) == TOPICS:
            break
    return links


def _promises(visits: Days, meetings: Days) -> list[Outcome]:
    """What is open, the soonest due first, then what was fulfilled or dropped, the newest first."""
    standing = Case(When(life=enums.OutcomeLife.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    order = (standing, F("due_latest").asc(nulls_last=True), "-pk")
    first = ArraySubquery(Outcome.objects.filter(_between(visits, meetings)).order_by(*order).values("pk")[:PROMISES])
    sides = ("visit__guest_country", "visit__guest_organization", "visit__host_country", "meeting")
    found = encounters.outcomes().filter(IsOneOf(F("pk"), first)).select_related(*sides)
    return list(found.order_by(*order))


def _evidence(
    visits: Sequence[Visit], meetings: Sequence[Meeting], links: Sequence[TopicLink], promised: Sequence[Outcome]
) -> Evidence:
    """The evidence of all that the sentences say; one query."""
    heads = [head for one in visits for head in _heads(one)]
    return evidence_of(
        {
            "visit": visits,
            "member": heads,
            "meeting": meetings,
            "participant": [person for one in meetings for person in one.participants.all()],
            "topic_link": links,
            "outcome": promised,
        }
    )


# the sentences


def _count(way: Way) -> Sentence:
    number = len(way.days)
    names = {"guest": in_words(way.guest.name), "host": in_words(way.host.name), "number": number}
    words = ngettext(
        "%(number)d visit of %(guest)s to %(host)s is recorded",
        "%(number)d visits of %(guest)s to %(host)s are recorded",
        number,
    )
    text = words % names if number else _("No visit of %(guest)s to %(host)s is recorded") % names
    if way.years and way.years[-1] != way.years[0]:
        text += _(", the first of %(first)d, the latest of %(last)d") % {
            "first": way.years[-1],
            "last": way.years[0],
        }
    return Sentence(f"{text}.", way.url, _("the list"), is_record=False)


def _of_visits(way: Way, evidence: Evidence) -> Part:
    title = _("%(guest)s in %(host)s") % {"guest": way.guest.name, "host": way.host.name}
    part = Part(title, [_visit(one, evidence) for one in way.latest])
    if len(way.days) > VISITS:
        part.more, part.url = _("The latest %d; all of them") % VISITS, way.url
    return part


def _heads(one: Visit) -> list[Any]:
    return [member for delegation in one.delegations.all() for member in delegation.members.all() if member.head]


def _visit(one: Visit, evidence: Evidence) -> Sentence:
    heads = _heads(one)
    who = _listed(_person(head) for head in heads) or in_words(str(one.guest))
    places = _listed(str(place) for place in one.places.all())
    host = in_words(str(one.host_country))
    where = f"{host} ({places})" if places else host
    values = {"dates": one.dates or _("Date not stated"), "who": who, "where": where}
    text = _visited(one.status) % values
    if one.kind != enums.VisitKind.UNKNOWN:
        text += f" ({one.get_kind_display().lower()})"
    notes = sorted(evidence.marks(one), key=lambda note: _TELLING.get(note.citation.field, len(_TELLING)))
    return _sentence(text, one, [*notes[:1], *(note for head in heads for note in evidence.marks(head)), *notes[1:]])


# The fields of a visit that a sentence tells of, those first that tell most.
_TELLING = {name: place for place, name in enumerate(("", "start", "title", "host", "guest", "summary", "kind", "end"))}


def _visited(status: str) -> str:
    """How a visit is told; what did not take place, or not yet, is not told as if it had."""
    match status:
        case enums.Status.PLANNED:
            return _("%(dates)s: %(who)s is to visit %(where)s")
        case enums.Status.CANCELLED:
            return _("%(dates)s: a visit of %(who)s to %(where)s was cancelled")
        case enums.Status.POSTPONED:
            return _("%(dates)s: a visit of %(who)s to %(where)s was postponed")
    return _("%(dates)s: %(who)s visited %(where)s")


def _code(side: encounters.Side) -> str | None:
    return getattr(side, "code", None) or getattr(side, "slug", None)


def _person(person: Any) -> str:
    name = encounters.person_name(person)
    post = person.post.title if person.post else person.post_as_printed
    return f"{name} ({post})" if post and post != name else name


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(text for text in texts if text))


def _of_meetings(shown: list[Meeting], sides: tuple[Side, Side], evidence: Evidence) -> Part:
    return Part(_("Met elsewhere, or spoke by wire"), [_meeting(one, sides, evidence) for one in shown])


def _meeting(one: Meeting, sides: tuple[Side, Side], evidence: Evidence) -> Sentence:
    codes = {side.code for side in sides}
    mine = [group for group in encounters.attendance(one) if _code(group.side) in codes]
    people = [_person(person) for group in mine for person in group.people]
    who = _listed(people[:4]) + (_(" and others") if len(people) > 4 else "")
    values = {"dates": one.dates or _("Date not stated"), "who": who or str(one)}
    match one.format:
        case enums.MeetingFormat.PHONE:
            text = _("%(dates)s: by phone, %(who)s") % values
        case enums.MeetingFormat.VIDEO:
            text = _("%(dates)s: by video, %(who)s") % values
        case _other:
            text = _("%(dates)s: a meeting of %(who)s") % values
    place = _listed([one.city.name if one.city else one.place_as_printed, str(one.venue_country or "")])
    notes = evidence.marks(one) + [note for person in one.participants.all() for note in evidence.marks(person)]
    return _sentence(f"{text}, {place}" if place else text, one, notes)


def _talk(link: TopicLink, evidence: Evidence) -> Sentence:
    record: Any = link.visit or link.meeting
    topic = str(link.topic) if link.topic else link.as_printed
    values = {"topic": capfirst(topic), "firm": link.get_modality_display().lower(), "dates": record.dates}
    text = _("%(topic)s: %(firm)s, %(dates)s") % values if record.dates else f"{capfirst(topic)}: {values['firm']}"
    return _sentence(text, record, evidence.marks(link))


def _of_promises(shown: list[Outcome], evidence: Evidence) -> Part:
    part = Part(_("What was promised"), [_promise(one, evidence) for one in shown])
    if len(shown) == PROMISES:
        part.more, part.url = _("What is open comes first; the whole ledger"), reverse("outcomes")
    return part


def _promise(one: Outcome, evidence: Evidence) -> Sentence:
    record: Any = one.visit or one.meeting
    stands = _("overdue") if one.is_overdue(timezone.now().date()) else one.get_life_display().lower()
    facts = [one.get_modality_display(), record.dates, f"{one.title} ({one.get_kind_display().lower()})"]
    text = "{} {}: {}".format(*facts) if record.dates else f"{facts[0]}: {facts[2]}"
    if one.due:
        text += _(", due %(date)s") % {"date": dates.display(one.due)}
    text += f"; {stands}"
    by: Any = one.fulfilled_by_visit or one.fulfilled_by_meeting
    if by and getattr(one, "fulfilled_in_public", False):
        text += _(" by %(record)s, %(dates)s") % {"record": by, "dates": by.dates}
    return _sentence(text, one, evidence.marks(one))


def _sentence(text: str, record: Model, notes: list[Note]) -> Sentence:
    kind = str(record._meta.verbose_name)
    unique = list({id(note): note for note in notes}.values())[:2]
    return Sentence(f"{capfirst(text)}.", record.get_absolute_url(), f"{kind} {record.pk}", unique)  # type: ignore[attr-defined]


def _referred_to(parts: list[Part]) -> list[Note]:
    """The notes in the order in which the sentences name them, numbered anew."""
    found = {id(note): note for part in parts for sentence in part.sentences for note in sentence.notes}
    for number, note in enumerate(found.values(), 1):
        note.number = number
    return list(found.values())
