"""The filters of visits, meetings and delegations."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.fields.array import ArrayOverlap  # type: ignore[attr-defined]
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from visits import dates, enums
from visits.models import (
    Citation,
    Corroboration,
    Delegation,
    Dialogue,
    DialogueLink,
    Digest,
    Meeting,
    MeetingVisit,
    Member,
    Official,
    Organization,
    Outcome,
    Participant,
    Source,
    TopicLink,
    Visit,
)
from visits.models.digests import Elements
from visits.models.events import DAWN

from . import texts, values
from .base import AnyOf, Common, ListFilter, Union, only, sorting
from .persons import SMALL, PersonsFilter, meetings_of, met_in_public, received_by, small, travels_of, visits_of

PUBLISHED = enums.State.PUBLISHED
EITHER = _("Country (guest or host)")
KNOWN_YEAR = r"^[0-9]{4}"  # of an EDTF date


class EncounterFilter(PersonsFilter):
    """What the lists of visits and of meetings share."""

    owner = ""

    ordering = sorting("-start", "start", "-id", "id")
    q = only(values.words, _("Words"), method="with_words", help_text="Words in titles, names, countries and quotes.")
    topic = AnyOf(values.topic, _("Topic"), method="about", help_text="A topic's slug; narrower topics are included.")
    modality = AnyOf(
        values.choice(enums.Modality), _("How firm"), method="firm_as", choices=enums.Modality.choices,
        help_text="Of a topic or an outcome; with `topic`, of that topic.",
    )  # fmt: skip
    dialogue = AnyOf(values.dialogue, _("Dialogue"), method="of_dialogue", help_text="A dialogue's slug.")
    status = AnyOf(values.choice(enums.Status), _("Status"), column="status", choices=enums.Status.choices)
    from_ = only(
        values.moment,
        _("From"),
        help_text="EDTF date with a year: what ends on or after its first day.",
        example="2024",
    )
    to = only(
        values.moment,
        _("To"),
        help_text="EDTF date with a year: what begins on or before its last day.",
        example="2024-06",
    )
    undated = only(
        values.yes_or_no, _("Without a year too"), choices=[("true", _("yes"))],
        help_text="With `from` or `to`: also what has no year.",
    )  # fmt: skip
    source = AnyOf(
        values.record(Source.objects.public), _("Source"), method="cited_by", help_text="The id of a source."
    )
    run = AnyOf(values.run, _("Load"), method="made_by", help_text="The id of an import.")
    dataset = AnyOf(values.dataset, _("Data set"), method="in_dataset", help_text="A data set's slug.")
    external_id = AnyOf(
        values.external_id, _("External id"), method="with_external_id", example="hsg-visits:2138",
        help_text="The id that a data set gives: `hsg-visits:2138`.",
    )  # fmt: skip

    @property
    def is_dated(self) -> bool:
        return bool(self.chosen("from") or self.chosen("to"))

    def left_out(self) -> int:
        """How many records without a year `from` and `to` leave out."""
        if not self.is_dated or self.one("undated"):
            return 0
        rows = super().filter_queryset(self.whole).begun(None, DAWN).filter(earliest__isnull=True)
        return int(rows.filter(self._of_many).count())

    @property
    def whole(self) -> QuerySet[Any]:
        """Where records are counted."""
        return self.queryset.all()

    @cached_property
    def digests(self) -> QuerySet[Any]:
        """What is listed and counted: of visits their digests."""
        return self.filter_queryset(self.whole) if self.form.is_valid() else self.whole.none()

    @cached_property
    def walk(self) -> tuple[QuerySet[Any], Q] | None:
        return (self._dated(super().filter_queryset(self.whole)), self._of_many) if self._of_many else None

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = super().filter_queryset(queryset)
        return self._dated(reduce(lambda rows, word: word.of(rows), self._many, found))

    @property
    def _many(self) -> list[Common]:
        return [word for word in self.words if word.ids is None]

    @property
    def _of_many(self) -> Q:
        """What to ask of a row where many have a word."""
        return reduce(and_, (word.fits for word in self._many), Q())

    def with_words(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Words that few have; for those that many have see `walk`."""
        return reduce(lambda rows, word: word.of(rows), (word for word in self.words if word.ids is not None), queryset)

    @cached_property
    def words(self) -> list[Common]:
        """Who has each of the words."""
        return [Common(self.having(word)) for word in texts.words_of(self.one("q", ""))]

    def having(self, word: str) -> Union:
        raise NotImplementedError(type(self))

    def _dated(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.is_dated:
            first, last = (dates.bounds(self.one(name, "")) for name in ("from", "to"))
            queryset = queryset.during(  # type: ignore[attr-defined]
                first[0], last[1], undated=bool(self.one("undated"))
            )
        return queryset

    def own(self, found: Union, linked: QuerySet[Any]) -> None:
        """The records that these links belong to; of a visit also those of its published meetings."""
        found.add(linked.filter(**{f"{self.owner}__isnull": False}), f"{self.owner}_id")
        if self.owner == "visit":
            met = linked.filter(meeting__isnull=False).order_by().values("meeting_id")
            found.add(met_in_public().filter(meeting__in=met), "visit_id")

    def about(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        topics = self.known.narrower(self.chosen("topic"))
        modalities = self.chosen("modality")
        if queryset.model is Digest:
            if not modalities:
                return queryset.filter(has_one("topics", sorted(topics)))
            firm_topics = [f"{topic}.{modality}" for topic in sorted(topics) for modality in sorted(modalities)]
            return queryset.filter(has_one("modalities", firm_topics))
        firm = Q(modality__in=modalities) if modalities else Q()
        found = Union()
        self.own(found, TopicLink.objects.filter(firm, topic__in=topics))
        self.own(found, Outcome.objects.filter(firm, topics__in=topics))
        return (found.of if self.owner == "visit" else found.first_of)(queryset)

    def firm_as(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        if self.chosen("topic"):
            return queryset
        if queryset.model is Digest:
            return queryset.filter(has_one("modalities", self.chosen("modality")))
        found = Union()
        for model in (TopicLink, Outcome):
            self.own(found, model.objects.filter(modality__in=self.chosen("modality")))
        return found.of(queryset)

    def of_dialogue(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        if queryset.model is Digest:
            return queryset.filter(has_one("dialogues", self.chosen("dialogue")))
        found = Union()
        self.own(found, DialogueLink.objects.filter(dialogue__in=self.chosen("dialogue")))
        return found.of(queryset)

    def cited_by(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        if queryset.model is Digest:
            return queryset.filter(has_one("sources", self.chosen("source")))
        found = Union()
        texts.add_cited(found, self.owner, Citation.objects.filter(source__in=self.chosen("source")))
        return found.of(queryset)

    def made_by(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        runs, found = self.chosen("run"), Union()
        records = self.queryset.model._default_manager
        found.add(records.filter(created_by_run__in=runs), "pk")
        found.add(records.filter(candidates__run__in=runs, candidates__state="accepted"), "pk")
        return found.of(queryset)

    def in_dataset(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        if queryset.model is Digest:
            named = Source.objects.filter(slug__in=self.chosen("dataset"))
            return queryset.filter(has_one("datasets", named.values_list("pk", flat=True)))
        found = Union()
        records = self.queryset.model._default_manager
        found.add(records.filter(external_ids__dataset__slug__in=self.chosen("dataset")), "pk")
        return found.of(queryset)

    def with_external_id(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        found = Union()
        for slug, text in self.chosen("external_id"):
            ids = Q(external_ids__dataset__slug=slug, external_ids__value=text)
            found.add(self.queryset.model._default_manager.filter(ids), "pk")
        return found.of(queryset)


def on_side(role: str, parties: list[values.Party]) -> Q:
    """Whether a side (`guest`, `host`, `sender`) is one of these."""
    countries = [party.country for party in parties if party.country]
    bodies = [party.organization for party in parties if party.organization]
    found = Q(**{f"{role}_country__in": countries}) if countries else Q()
    return found | Q(**{f"{role}_organization__in": bodies}) if bodies else found


def meetings_with(parties: list[values.Party]) -> Union:
    """Meetings in which one of these took part, or sent a delegation to."""
    found = Union()
    found.add(Participant.objects.filter(on_side("side", parties)), "meeting_id")
    sent = Delegation.objects.filter(on_side("sender", parties), meeting__isnull=False)
    found.add(sent, "meeting_id")
    return found


def meetings_of_both(one: values.Party, other: values.Party) -> Union:
    """Meetings in which each of the two took part, or sent a delegation to."""
    found, there = Union(), meetings_with([other]).ids
    for rows, (column,) in meetings_with([one]).branches:
        found.add(rows.filter(**{f"{column}__in": there}), column)
    return found


def has_one(name: str, elements: Iterable[Any]) -> ArrayOverlap:
    """Digests with one of these elements in a set."""
    return ArrayOverlap(Elements(name), [str(one) for one in elements])


def international_bodies() -> QuerySet[Organization, int]:
    """Ids of the organizations whose visitors come to something multilateral."""
    return Organization.objects.filter(kind=enums.OrganizationKind.INTERNATIONAL).values_list("pk", flat=True)


def larger_dialogues() -> QuerySet[Dialogue, int]:
    """Ids of dialogues of more than two."""
    members = Count("countries", distinct=True) + Count("organizations", distinct=True)
    return Dialogue.objects.order_by().annotate(members=members).filter(members__gt=2).values_list("pk", flat=True)


_ATTESTED = {
    enums.Corroborated.NONE: Q(origins=0),
    enums.Corroborated.SINGLE: ~Q(origins=1),
    enums.Corroborated.SEVERAL: Q(origins__gt=1),
    enums.Corroborated.ONE_SIDED: Q(sides__in=[enums.Told.GUEST, enums.Told.HOST]),
    enums.Corroborated.BOTH_SIDES: Q(sides=enums.Told.BOTH),
}


def attested(kind: str) -> tuple[QuerySet[Corroboration, int], bool]:
    """Ids of the visits that are attested so; or of all others: one origin have most, without a row too."""
    which = _ATTESTED[enums.Corroborated(kind)]
    visits = Corroboration.objects.order_by().filter(which).values_list("visit", flat=True)
    return visits, kind == enums.Corroborated.SINGLE


def any_of(queryset: QuerySet[Any], *conditions: Q) -> QuerySet[Any]:
    """Visits that fit one of these: a union of index scans where they are listed, one scan where they are counted."""
    if queryset.model is Digest:
        return queryset.filter(reduce(or_, conditions))
    found = Union()
    for condition in conditions:
        found.add(Visit.objects.filter(condition), "pk")
    return found.of(queryset)


class VisitFilter(EncounterFilter):
    """The filters of `/visits/` and `/api/v1/visits/`."""

    owner = "visit"

    guest = AnyOf(
        values.party, _("Guest"), method="by_guest", example="TM",
        help_text="A country's code (TM, TKM, SUHH) or an organization's slug (eu).",
    )  # fmt: skip
    host = AnyOf(
        values.party, _("Host"), method="by_host", example="JP",
        help_text="A country's code (JP, JPN) or an organization's slug (un).",
    )  # fmt: skip
    country = AnyOf(values.party, EITHER, method="by_either", help_text="Guest or host: a code or a slug.")
    pair = AnyOf(values.pair, _("Pair"), method="by_pair", example="TM-JP", help_text="Two sides, in both directions.")
    region = AnyOf(
        values.region, _("Region"), method="in_region", example="central-asia",
        help_text="Guest or host in a UN M49 region: its code (143) or its name (central-asia).",
    )  # fmt: skip
    post_rank = AnyOf(
        values.choice(enums.Rank), _("Rank of the head"), method="led_by", choices=enums.Rank.choices,
        help_text="The rank of the post of a head of delegation.",
    )  # fmt: skip
    traveller = AnyOf(
        values.record(Official.objects.public), _("Traveller"), method="travelled",
        help_text="The id of an official in a delegation of the visit.",
    )  # fmt: skip
    receiver = AnyOf(
        values.record(Official.objects.public), _("Received by"), method="received",
        help_text="The id of an official who took part in a meeting of the visit without travelling for it.",
    )  # fmt: skip
    kind = AnyOf(values.choice(enums.VisitKind), _("Kind"), column="kind", choices=enums.VisitKind.choices)
    year = AnyOf(
        values.year, _("Year"), method="begun_in", example="1961",
        help_text="The year in which it begins (1961), or `unknown`.",
    )  # fmt: skip
    multilateral = only(
        values.yes_or_no, _("Multilateral"), method="is_multilateral", choices=[("true", _("yes")), ("false", _("no"))],
        help_text="Whether it is a summit or conference, is hosted by an international body, or holds a session of a "
        "dialogue of more than two.",
    )  # fmt: skip
    corroboration = AnyOf(
        values.choice(enums.Corroborated), _("How well attested"), method="attested",
        choices=enums.Corroborated.choices,
        help_text="By how many independent origins (copies of one text are one), and whether by one side alone.",
    )  # fmt: skip

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Visit.objects.published()

    @property
    def whole(self) -> QuerySet[Any]:
        return Digest.objects.all()

    def begun_in(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """By the first day; what is known to the decade alone has no year."""
        years, known = self.chosen("year"), Q(start__regex=KNOWN_YEAR)
        if None not in years:  # in the words of the index by day too, which a list walks
            first, last = (dates.bounds(f"{year:04d}")[0] for year in (min(years), max(years)))
            queryset = queryset.begun(first, date(last.year, 12, 31))  # type: ignore[attr-defined,union-attr]
        if queryset.model is Digest:
            inside = Q(year__in=[f"{year:04d}" for year in years if year is not None])
            if None not in years:
                return queryset.filter(inside)
            few = Union()  # at the end of the list, which has not to be walked for them
            few.add(Digest.objects.filter(inside | Q(year=None)), "pk")
            return few.first_of(queryset)
        found = ~known if None in years else Q(pk__in=[])
        for year in years:
            if year is not None:
                first, last = dates.bounds(f"{year:04d}")
                found |= known & Q(earliest__gte=first, earliest__lte=last)
        return queryset.filter(found)

    def is_multilateral(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        hosts, many = international_bodies(), larger_dialogues()
        summit, hosted = Q(kind=enums.VisitKind.SUMMIT), Q(host_organization__in=hosts)
        if queryset.model is Digest:
            found = (
                summit
                | Q(host_organization__in=list(hosts))
                | Q(has_one("dialogues", [f"{one}.session" for one in many]))
            )
            return queryset.filter(found if self.one("multilateral") else ~found)
        several = Union()
        several.add(Visit.objects.filter(summit), "pk")
        several.add(Visit.objects.filter(hosted), "pk")
        self.own(several, DialogueLink.objects.filter(role=enums.DialogueRole.SESSION, dialogue__in=many))
        if self.one("multilateral"):
            return several.of(queryset)
        return queryset.exclude(pk__in=several.of(Visit.objects.order_by()).values("pk"))

    def having(self, word: str) -> Union:
        return texts.visits_with(word, self.known)

    def by_guest(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return queryset.filter(on_side("guest", self.chosen("guest")))

    def by_host(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return queryset.filter(on_side("host", self.chosen("host")))

    def by_either(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return any_of(queryset, *(on_side(role, self.chosen("country")) for role in ("guest", "host")))

    def by_pair(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        ways = [way for one, other in self.chosen("pair") for way in ((one, other), (other, one))]
        return any_of(queryset, *(on_side("guest", [guest]) & on_side("host", [host]) for guest, host in ways))

    def in_region(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        codes = {code for region in self.chosen("region") for code in self.known.countries_of(region)}
        return any_of(queryset, *(Q(**{f"{role}_country__in": sorted(codes)}) for role in ("guest", "host")))

    def led_by(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        if queryset.model is Digest:
            return queryset.filter(has_one("ranks", self.chosen("post_rank")))
        heads = Member.objects.filter(head=True, delegation__visit__isnull=False)
        found = Union()
        found.add(heads.filter(post__rank__in=self.chosen("post_rank")), "delegation__visit_id")
        return found.of(queryset)

    def attested(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        found = Q()
        for kind in self.chosen("corroboration"):
            visits, others = attested(kind)
            found |= ~Q(pk__in=visits) if others else Q(pk__in=visits)
        return queryset.filter(found)

    def with_persons(self, queryset: QuerySet[Any], who: Q) -> QuerySet[Any]:
        return visits_of(who).of(queryset)

    def travelled(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return travels_of(Q(official__in=self.chosen("traveller"))).of(queryset)

    def received(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return received_by(Q(official__in=self.chosen("receiver")), queryset)


class MeetingFilter(EncounterFilter):
    """The filters of `/meetings/` and `/api/v1/meetings/`."""

    owner = "meeting"

    country = AnyOf(
        values.party,
        _("Country"),
        method="by_side",
        help_text="On a side or as a delegation's sender: a code or a slug.",
    )
    pair = AnyOf(
        values.pair, _("Pair"), method="by_pair", example="TM-JP",
        help_text=f"Two sides that both took part; meetings of at most {SMALL} named persons.",
    )  # fmt: skip
    venue = AnyOf(values.country, _("Held in"), column="venue_country", help_text="A country's code.")
    format = AnyOf(
        values.choice(enums.MeetingFormat), _("Format"), column="format", choices=enums.MeetingFormat.choices
    )
    visit = AnyOf(
        values.record(Visit.objects.published), _("Visit"), method="within", help_text="The id of a visit it lies in."
    )
    met = AnyOf(
        values.record(Official.objects.public), _("With"), method="with_other",
        help_text=f"The id of one more person who took part; meetings of at most {SMALL} named persons.",
    )  # fmt: skip
    alone = only(
        values.yes_or_no, _("Stands alone"), method="stands_alone", choices=[("true", _("yes")), ("false", _("no"))],
        help_text="Whether it lies in no visit.",
    )  # fmt: skip

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Meeting.objects.published()

    def having(self, word: str) -> Union:
        return texts.meetings_with(word, self.known)

    def by_side(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return meetings_with(self.chosen("country")).of(queryset)

    def by_pair(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        found = Union()
        for one, other in self.chosen("pair"):
            found.branches += meetings_of_both(one, other).branches
        return small(found.first_of(queryset))

    def within(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        found = Union()
        found.add(MeetingVisit.objects.filter(visit__in=self.chosen("visit")), "meeting_id")
        return found.of(queryset)

    def stands_alone(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        within = Q(pk__in=MeetingVisit.objects.filter(visit__state=PUBLISHED).order_by().values("meeting_id"))
        return queryset.filter(~within if self.one("alone") else within)

    def with_persons(self, queryset: QuerySet[Any], who: Q) -> QuerySet[Any]:
        return meetings_of(who).of(queryset)

    def with_other(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return meetings_of(Q(official__in=self.chosen("met"))).of(small(queryset))


class DelegationFilter(ListFilter):
    ordering = sorting("-id", "id")
    visit = AnyOf(values.record(Visit.objects.published), _("Visit"), column="visit", help_text="The id of a visit.")
    meeting = AnyOf(
        values.record(Meeting.objects.published), _("Meeting"), column="meeting", help_text="The id of a meeting."
    )
    sender = AnyOf(values.party, _("Sender"), method="sent_by", help_text="A country's code or an organization's slug.")
    official = AnyOf(
        values.record(Official.objects.public), _("Person"), method="with_official", help_text="The id of a member."
    )

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Delegation.objects.filter(Q(visit__state=PUBLISHED) | Q(meeting__state=PUBLISHED))

    def sent_by(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return queryset.filter(on_side("sender", self.chosen("sender")))

    def with_official(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        found = Union()
        found.add(Member.objects.filter(official__in=self.chosen("official")), "delegation_id")
        return found.of(queryset)
