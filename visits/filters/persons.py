"""Who took part: persons by official, post and printed name, one and the same row of a record for all of them."""

from typing import Any

from django.db.models import Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from visits import enums, names
from visits.catalogue import Catalogue
from visits.models import Meeting, MeetingVisit, Member, Official, Participant, Post

from . import values
from .base import AnyOf, ListFilter, Union

PUBLISHED = enums.State.PUBLISHED
SMALL = 30  # persons who are named in a meeting in which people meet each other


def met_in_public() -> QuerySet[MeetingVisit]:
    return MeetingVisit.objects.filter(meeting__state=PUBLISHED)


def travels_of(who: Q) -> Union:
    """Visits in whose delegations somebody travelled."""
    found = Union()
    found.add(Member.objects.filter(who, delegation__visit__isnull=False), "delegation__visit_id")
    return found


def visits_of(who: Q) -> Union:
    """Visits in whose delegations or published meetings somebody is."""
    found = travels_of(who)
    for part in meetings_of(who).parts:
        found.add(met_in_public().filter(meeting__in=part), "visit_id")
    return found


def received_by(who: Q, visits: QuerySet[Any]) -> QuerySet[Any]:
    """Those of these visits in whose meetings somebody is who did not travel."""
    travelled = Member.objects.filter(who, delegation__visit__isnull=False).order_by().values("delegation__visit_id")
    return visits_of(who).of(visits).exclude(pk__in=travelled)


def meetings_of(who: Q) -> Union:
    """Meetings in which somebody took part, or a member of their own delegations."""
    found = Union()
    found.add(Participant.objects.filter(who), "meeting_id")
    found.add(Member.objects.filter(who, delegation__meeting__isnull=False), "delegation__meeting_id")
    return found


def small(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Those that name at most SMALL persons: in the hall of a conference nobody meets everybody."""
    named = _number(Participant.objects.filter(meeting=OuterRef("pk"))) + _number(
        Member.objects.filter(delegation__meeting=OuterRef("pk"))
    )
    return meetings.alias(named=named).filter(named__lte=SMALL)


def _number(rows: QuerySet[Any]) -> Subquery:
    count = Func("pk", function="count", output_field=IntegerField())
    return Subquery(rows.order_by().values(number=count))


def _printed(text: str, known: Catalogue) -> values.Known:
    cleaned = names.clean(text)
    if len(cleaned) > names.MAX_NAME:
        raise values.UnknownValue(_("A name has at most %(length)s characters.") % {"length": names.MAX_NAME})
    return values.Known(cleaned, f"“{cleaned}”")


class PersonsFilter(ListFilter):
    """The filters of who took part; with several of them one and the same person has to fit all."""

    official = AnyOf(
        values.record(Official.objects.public), _("Person"), method="with_person", help_text="The id of an official."
    )
    post = AnyOf(
        values.record(Post.objects.public), _("Post"), method="with_person",
        help_text="The id of a post that a person is named with; with `official`, of that person.",
    )  # fmt: skip
    printed = AnyOf(
        _printed, _("Name as printed"), method="with_person",
        help_text="A person's name just as a source prints it; with `official` or `post`, of that person.",
    )  # fmt: skip

    def with_person(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        columns = {"official": "official", "post": "post", "printed": "name_as_printed"}
        chosen = {name: keys for name in columns if (keys := self.chosen(name))}
        if name != next(iter(chosen), ""):
            return queryset
        return self.with_persons(queryset, Q(**{f"{columns[one]}__in": keys for one, keys in chosen.items()}))

    def with_persons(self, queryset: QuerySet[Any], who: Q) -> QuerySet[Any]:
        raise NotImplementedError(type(self))
