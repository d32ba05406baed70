"""Sources, the ids that data sets give, and citations: how we know."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from visits import enums
from visits.names import MAX_NAME

from .bases import EdtfField, Record, Vector, exactly_one, made_by_run, with_history
from .events import Delegation, Meeting, Member, Participant, Visit
from .people import Official, Organization, Tenure
from .subjects import DialogueLink, Outcome, TopicLink

# Data sets whose records are accepted and published by rule from the start; the admin can change it.
TRUSTED_FROM_THE_START = frozenset({"hsg-visits", "hsg-travels", "hsg-presidents", "unfccc"})


class SourceQuerySet(models.QuerySet["Source"]):
    def public(self) -> "SourceQuerySet":
        """Only what a published record cites: one way after the other, until one is found."""
        mine, published, people = (
            Citation.objects.filter(source=OuterRef("pk")),
            enums.State.PUBLISHED,
            Official.objects,
        )
        first, *others = (mine.filter(**{f"{path}__state": published}).order_by().values("pk") for path in TO_RECORD)
        for path in ("tenure__official", "official"):
            others.append(mine.filter(**{f"{path}__in": people.public().values("pk")}).order_by().values("pk"))
        return self.filter(Exists(first.union(*others, all=True)))


SEARCHED = 200_000  # characters of a text: a vector has room for their words, whatever they are
_WORDS = f"""
    INSERT INTO visits_sourcewords (source, words) VALUES (NEW.id, to_tsvector('simple', visits_fold(
        NEW.title || ' ' || NEW.publisher || ' ' || left(coalesce(NEW.text, ''), {SEARCHED}))))
    ON CONFLICT (source) DO UPDATE SET words = EXCLUDED.words; RETURN NULL;
"""  # noqa: S608 (all of it is ours)


@with_history("raw", "text")
class Source(Record):
    """A document, or a data set (which has a slug and a trust). The text is immutable once cited."""

    kind = models.CharField(max_length=10, choices=enums.SourceKind, default=enums.SourceKind.DOCUMENT)
    slug = models.SlugField(max_length=80, unique=True, null=True, blank=True, help_text="of a data set")
    trusted = models.BooleanField(default=False, help_text="accepted and published by rule")
    title = models.CharField(max_length=1000, blank=True)
    publisher = models.CharField(max_length=MAX_NAME, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    language = models.CharField(max_length=20, blank=True, help_text="BCP 47")
    published = EdtfField()
    retrieved_at = models.DateTimeField(null=True, blank=True)
    raw = models.BinaryField(null=True, editable=False)
    text = models.TextField(null=True, blank=True, help_text="extracted; positions of citations refer to it")
    sha256 = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    free_to_show = models.BooleanField(default=False, help_text="its licence lets us show the whole text")
    sample = models.BooleanField(default=False, editable=False, help_text="came with the sample records")

    objects = SourceQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="dataset", slug__isnull=False) | Q(kind="document", slug__isnull=True, trusted=False),
                name="source_dataset_has_slug",
            ),
        ]
        triggers = [
            *Record.Meta.triggers,
            pgtrigger.Trigger(
                name="text_immutable_once_cited",
                operation=pgtrigger.UpdateOf("text"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__text__df=pgtrigger.F("new__text")),
                func=(
                    "IF EXISTS (SELECT 1 FROM visits_citation WHERE source_id = OLD.id AND exact <> '') THEN "
                    "RAISE EXCEPTION 'the text of source % is cited and cannot change', OLD.id "
                    "USING ERRCODE = 'check_violation', CONSTRAINT = 'source_text_immutable'; "
                    "END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Trigger(
                name="words",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("title", "publisher", "text"),
                when=pgtrigger.After,
                func=_WORDS,
            ),
            pgtrigger.Trigger(
                name="words_gone",
                operation=pgtrigger.Delete,
                when=pgtrigger.After,
                func="DELETE FROM visits_sourcewords WHERE source = OLD.id; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.url or self.slug or _("Source %(id)s") % {"id": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.pk])


class ExternalId(models.Model):
    """The id that a data set gives a record: `hsg-visits:2138`."""

    dataset = models.ForeignKey(Source, models.PROTECT, related_name="external_ids")
    value = models.CharField(max_length=200)
    visit = models.ForeignKey(Visit, models.CASCADE, null=True, blank=True, related_name="external_ids")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="external_ids")
    official = models.ForeignKey(Official, models.CASCADE, null=True, blank=True, related_name="external_ids")
    tenure = models.ForeignKey(Tenure, models.CASCADE, null=True, blank=True, related_name="external_ids")

    class Meta:
        constraints = [
            models.UniqueConstraint("dataset", "value", name="external_id_once_per_dataset"),
            exactly_one("external_id_one_record", "visit", "meeting", "official", "tenure"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset.slug}:{self.value}"


TARGETS = {
    "visit": Visit,
    "delegation": Delegation,
    "member": Member,
    "meeting": Meeting,
    "participant": Participant,
    "topic_link": TopicLink,
    "dialogue_link": DialogueLink,
    "outcome": Outcome,
    "tenure": Tenure,
    "official": Official,
}


# From a citation to the visit or meeting that it belongs to.
TO_RECORD = (
    "visit",
    "meeting",
    "delegation__visit",
    "delegation__meeting",
    "member__delegation__visit",
    "member__delegation__meeting",
    "participant__meeting",
    "topic_link__visit",
    "topic_link__meeting",
    "dialogue_link__visit",
    "dialogue_link__meeting",
    "outcome__visit",
    "outcome__meeting",
)


# The state of the record that a cited part belongs to.
_STATES = {
    "visit": ("state", "state"),
    "meeting": ("state", "state"),
    "participant": ("meeting__state", "meeting__state"),
    **dict.fromkeys(("delegation", "topic_link", "dialogue_link", "outcome"), ("visit__state", "meeting__state")),
    "member": ("delegation__visit__state", "delegation__meeting__state"),
}


class CitationQuerySet(models.QuerySet["Citation"]):
    def public(self) -> "CitationQuerySet":
        """Citations of published visits and meetings and of what belongs to them, and of public tenures."""
        published, reached = enums.State.PUBLISHED, Q()
        for path in TO_RECORD:
            reached |= Q(**{f"{path}__state": published})
        for official in ("tenure__official", "official"):  # asked of each: not all who are public are looked up first
            reached |= Q(Exists(Official.objects.public().filter(pk=OuterRef(official))))
        return self.filter(reached)

    def public_of_few(self) -> "CitationQuerySet":
        """The same of a few rows: each looks up what it belongs to, so that nothing is joined or hashed whole."""
        found, reached = self, Q()
        for name, paths in _STATES.items():
            states = TARGETS[name]._default_manager.filter(pk=OuterRef(name)).annotate(found=Coalesce(*paths))
            found = found.alias(**{f"state_of_{name}": Subquery(states.values("found")[:1])})
            reached |= Q(**{f"state_of_{name}": enums.State.PUBLISHED})
        for name in ("official", "tenure"):
            public = TARGETS[name]._default_manager.public().filter(pk=OuterRef(name)).values("pk")  # type: ignore[attr-defined]
            found = found.alias(**{f"public_{name}": Subquery(public[:1])})
            reached |= Q(**{f"public_{name}__isnull": False})
        return found.filter(reached)


def _target(model: type[models.Model]) -> models.ForeignKey:
    return models.ForeignKey(model, models.CASCADE, null=True, blank=True, related_name="citations", db_index=False)


@with_history("text_vector", "row", "columns")
class Citation(models.Model):
    """The evidence of one record, or of one field of it: a quote and its position (W3C Web Annotation), or a row."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="citations", db_index=False)
    visit = _target(Visit)
    delegation = _target(Delegation)
    member = _target(Member)
    meeting = _target(Meeting)
    participant = _target(Participant)
    topic_link = _target(TopicLink)
    dialogue_link = _target(DialogueLink)
    outcome = _target(Outcome)
    tenure = _target(Tenure)
    official = _target(Official)
    field = models.CharField(max_length=40, blank=True, help_text="empty: the whole record")
    exact = models.TextField(blank=True, help_text="the words that carry the value, verbatim")
    prefix = models.CharField(max_length=200, blank=True)
    suffix = models.CharField(max_length=200, blank=True)
    start = models.PositiveIntegerField(null=True, blank=True, help_text="Unicode code points")
    end = models.PositiveIntegerField(null=True, blank=True)
    attributed_to = models.CharField(max_length=1000, blank=True, help_text="the party that the text itself credits")
    attributed_organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="attributed_citations"
    )
    external_id = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    row = models.JSONField(null=True, blank=True, help_text="of a table: the row as printed, column by column")
    columns = models.JSONField(null=True, blank=True, help_text="field -> column it was read from")
    rule = models.CharField(max_length=100, blank=True, help_text="the rule or model that found it")
    confidence = models.FloatField(null=True, blank=True, help_text="0 to 1, of the reader")
    created_by_run = made_by_run()
    text_vector = models.GeneratedField(expression=Vector("exact"), output_field=SearchVectorField(), db_persist=True)

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            exactly_one("citation_one_record", *TARGETS),
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__lt=F("end")),
                name="citation_span",
            ),
            models.CheckConstraint(condition=~Q(exact="") | Q(row__isnull=False), name="citation_has_a_quote_or_a_row"),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__range=(0, 1)), name="citation_confidence"
            ),
        ]
        indexes = [
            *(
                models.Index(fields=[name], name=f"citation_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in TARGETS
            ),
            models.Index(fields=["source", "start", "id"], name="citation_in_source"),
            GinIndex(fields=["text_vector"], name="citation_text"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="quote_is_in_its_text",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("source_id", "exact", "start", "end"),
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(new__exact=""),
                declare=[("source_text", "text")],
                func=(
                    "SELECT text INTO source_text FROM visits_source WHERE id = NEW.source_id; "
                    'IF source_text IS NOT NULL AND (NEW.start IS NULL OR NEW."end" IS NULL OR '
                    'substr(source_text, NEW.start + 1, NEW."end" - NEW.start) IS DISTINCT FROM NEW.exact) THEN '
                    "RAISE EXCEPTION 'the quote is not in the text of source % at its position', NEW.source_id "
                    "USING ERRCODE = 'check_violation', CONSTRAINT = 'citation_quote_in_text'; "
                    "END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.exact[:80] or self.external_id

    @property
    def checked(self) -> bool:
        """Whether the database has compared the quote with the text."""
        return self.start is not None and self.source.text is not None
