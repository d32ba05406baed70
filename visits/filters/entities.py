"""The filters of officials, posts, organizations, countries, topics, outcomes, dialogues, sources and citations."""

from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from visits import dates, enums, lookup, sightings
from visits.models import (
    Citation,
    Country,
    Dialogue,
    Digest,
    Meeting,
    Official,
    Organization,
    Outcome,
    Post,
    Source,
    Tenure,
    Topic,
    Visit,
)
from visits.models.evidence import TARGETS

from . import texts, values
from .base import AnyOf, Common, ListFilter, Union, only, sorting
from .encounters import meetings_with, on_side

WORDS = "Words in its names."
CODE = "A country's code: TM, TKM, SUHH."
HELD_ON = _(
    "A day, month or year as EDTF: what may have been held on at least one day of it. First and last day count; a "
    "date that is known to the month or year counts with all its days; a start or end that is empty or has no year is "
    "open."
)
VALID_ON = format_lazy("{} {}", HELD_ON, _("Also what a published visit or meeting of that time names somebody in."))


class NamedFilter(ListFilter):
    """A list that is searched by name, in any spelling; then the best come first unless an order is asked for."""

    column = "name"
    codes: tuple[str, ...] = ()

    q = only(values.words, _("Name"), method="with_words", help_text=WORDS)

    @property
    def order(self) -> str:
        return "best" if self.one("q") and not self.one("ordering") else super().order

    def with_words(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        text = self.one("q")
        exact = [Q(**{f"{code}__iexact": text}) for code in self.codes]
        queryset, self.leading = lookup.ranked(queryset, text, self.column, reduce(or_, exact) if exact else None)
        return queryset


class TitledFilter(ListFilter):
    """A list that is searched by words in these columns."""

    columns: tuple[str, ...] = ("title",)

    q = only(values.words, _("Name"), method="with_words", help_text=WORDS)

    def with_words(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return texts.with_words(queryset, self.one("q"), *self.columns)


class HoldersFilter(NamedFilter):
    """What the lists of officials and posts share: who held what, also on a date."""

    valid_on = only(values.moment, _("On the date"), method="on_date", example="2013-05", help_text=VALID_ON)

    @property
    def window(self) -> tuple[date, date] | None:
        """The days of `valid_on`."""
        first, last = dates.bounds(self.one("valid_on", ""))
        return (first, last) if first and last else None

    def on_date(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return queryset


class OfficialFilter(HoldersFilter):
    country = AnyOf(values.country, _("Country"), column="country", help_text=CODE)
    rank = AnyOf(
        values.choice(enums.Rank), _("Rank"), method="in_post", choices=enums.Rank.choices, help_text="Of a post held."
    )
    post = AnyOf(values.record(Post.objects.public), _("Post"), method="in_post", help_text="The id of a post held.")

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Official.objects.public()

    def on_date(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return self._holding(queryset) if self.window else queryset

    def in_post(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return queryset if self.window or not value else self._holding(queryset)

    def _holding(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Officials who hold such a post by a tenure, or are named with it in a published record; in these days."""
        which, found = self._posts(), Union()
        tenures = Tenure.objects.filter(**which)
        found.add(tenures.held(*self.window) if self.window else tenures, "official_id")
        for people in sightings.rows_of(self.window, **which):
            found.add(people, "official_id")
        return found.of(queryset)

    def _posts(self) -> dict[str, Any]:
        """The conditions of `post` and `rank`; both have to fit one and the same post."""
        chosen = {"post__in": self.chosen("post"), "post__rank__in": self.chosen("rank")}
        return {path: keys for path, keys in chosen.items() if keys}


class PostFilter(HoldersFilter):
    column = "title"

    ordering = sorting("title")
    country = AnyOf(values.country, _("Country"), column="country", help_text=CODE)
    organization = AnyOf(
        values.record(Organization.objects.public), _("Organization"), column="organization",
        help_text="The id of an organization.",
    )  # fmt: skip
    rank = AnyOf(values.choice(enums.Rank), _("Rank"), column="rank", choices=enums.Rank.choices)

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Post.objects.public()

    def on_date(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        if not self.window:
            return queryset
        found = Union()
        found.add(Tenure.objects.public().held(*self.window), "post_id")
        for people in sightings.rows_of(self.window):
            found.add(people, "post_id")
        return found.of(queryset)


class TenureFilter(ListFilter):
    ordering = sorting("-id", "id")
    official = AnyOf(
        values.record(Official.objects.public), _("Person"), column="official", help_text="The id of an official."
    )
    post = AnyOf(values.record(Post.objects.public), _("Post"), column="post", help_text="The id of a post.")
    country = AnyOf(values.country, _("Country"), column="post__country", help_text="Of the post: TM, TKM, SUHH.")
    rank = AnyOf(
        values.choice(enums.Rank), _("Rank"), column="post__rank", choices=enums.Rank.choices, help_text="Of the post."
    )
    valid_on = only(values.moment, _("On the date"), method="on_date", example="2013-05", help_text=HELD_ON)

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Tenure.objects.public()

    def on_date(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        first, last = dates.bounds(self.one("valid_on", ""))
        return queryset.held(first, last) if first and last else queryset  # type: ignore[attr-defined]


class CountryFilter(NamedFilter):
    codes = ("code", "alpha3")

    region = AnyOf(
        values.region, _("Region"), method="in_region", example="central-asia",
        help_text="A UN M49 region: its code (143) or its name (central-asia).",
    )  # fmt: skip
    kind = AnyOf(values.choice(enums.CountryKind), _("Kind"), column="kind", choices=enums.CountryKind.choices)

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Country.objects.all()

    def in_region(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        codes = {code for region in self.chosen("region") for code in self.known.countries_of(region)}
        return queryset.filter(pk__in=sorted(codes))


class OrganizationFilter(NamedFilter):
    codes = ("short_name",)

    country = AnyOf(values.country, _("Country"), column="country", help_text=CODE)
    kind = AnyOf(
        values.choice(enums.OrganizationKind), _("Kind"), column="kind", choices=enums.OrganizationKind.choices
    )

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Organization.objects.public()


class TopicFilter(NamedFilter):
    parent = AnyOf(values.topic, _("Broader topic"), column="parent", help_text="The slug of the topic above.")

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Topic.objects.all()


class DialogueFilter(NamedFilter):
    country = AnyOf(values.country, _("Member"), method="with_member", help_text="The code of a member country.")

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Dialogue.objects.all()

    def with_member(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        found = Union()
        found.add(Dialogue.objects.filter(countries__in=self.chosen("country")), "pk")
        return found.of(queryset)


class OutcomeFilter(TitledFilter):
    ordering = sorting("-id", "id", "due")
    kind = AnyOf(values.choice(enums.OutcomeKind), _("Kind"), column="kind", choices=enums.OutcomeKind.choices)
    modality = AnyOf(values.choice(enums.Modality), _("How firm"), column="modality", choices=enums.Modality.choices)
    life = AnyOf(values.choice(enums.OutcomeLife), _("Life"), column="life", choices=enums.OutcomeLife.choices)
    overdue = only(
        values.yes_or_no, _("Overdue"), method="by_overdue", choices=[("true", _("yes")), ("false", _("no"))],
        help_text="Open although its due date has passed.",
    )  # fmt: skip
    country = AnyOf(values.party, _("Country"), method="by_country", help_text="On a side of its visit or meeting.")
    topic = AnyOf(values.topic, _("Topic"), method="about", help_text="A topic's slug; narrower topics are included.")
    dialogue = AnyOf(values.dialogue, _("Dialogue"), column="dialogue", help_text="A dialogue's slug.")
    visit = AnyOf(values.record(Visit.objects.published), _("Visit"), column="visit", help_text="The id of a visit.")
    meeting = AnyOf(
        values.record(Meeting.objects.published), _("Meeting"), column="meeting", help_text="The id of a meeting."
    )

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Outcome.objects.public()

    def by_overdue(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        late = Q(life=enums.OutcomeLife.OPEN, due_latest__isnull=False, due_latest__lt=timezone.now().date())
        return queryset.filter(late if self.one("overdue") else ~late)

    def by_country(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return self._of_sides.of(queryset)

    @cached_property
    def _of_sides(self) -> Common:
        """Asked once for the page, its number and the ledger."""
        parties, found = self.chosen("country"), Union()
        for side in ("guest", "host"):  # each by an index that has the ids
            visits = Digest.objects.filter(on_side(side, parties))
            found.add(Outcome.objects.filter(visit__in=visits.order_by().values("pk")), "pk")
        for part in meetings_with(parties).parts:
            found.add(Outcome.objects.filter(meeting__in=part), "pk")
        return Common(found)

    def about(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        found = Union()
        found.add(Outcome.objects.filter(topics__in=self.known.narrower(self.chosen("topic"))), "pk")
        return found.of(queryset)


class SourceFilter(TitledFilter):
    columns = ("title", "publisher", "url")

    ordering = sorting("-id", "id")
    kind = AnyOf(values.choice(enums.SourceKind), _("Kind"), column="kind", choices=enums.SourceKind.choices)
    dataset = AnyOf(values.dataset, _("Data set"), column="slug", help_text="A data set's slug.")
    language = AnyOf(values.words, _("Language"), column="language", help_text="BCP 47: en, ru.")

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Source.objects.public()


class CitationFilter(ListFilter):
    ordering = sorting("-id", "id")
    q = only(values.words, _("Words"), method="with_words", help_text="Words of the quote.")
    source = AnyOf(values.record(Source.objects.public), _("Source"), column="source", help_text="The id of a source.")
    visit = AnyOf(
        values.record(Visit.objects.published), _("Visit"), column="visit",
        help_text="The id of a visit that is cited itself.",
    )  # fmt: skip
    meeting = AnyOf(
        values.record(Meeting.objects.published), _("Meeting"), column="meeting",
        help_text="The id of a meeting that is cited itself.",
    )  # fmt: skip
    target = AnyOf(
        values.one_of(*TARGETS), _("Cited record"), method="of_kind", choices=[(name, name) for name in TARGETS],
        help_text="What kind of record is cited.",
    )  # fmt: skip

    @classmethod
    def public(cls) -> QuerySet[Any]:
        return Citation.objects.public()

    def with_words(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        for word in texts.words_of(self.one("q")):
            queryset = queryset.filter(text_vector=texts.beginning(word))
        return queryset

    def of_kind(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        found = Q()
        for kind in self.chosen("target"):
            found |= Q(**{f"{kind}__isnull": False})
        return queryset.filter(found)
