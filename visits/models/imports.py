"""Loads and what they propose: runs, their problems, candidates, judgements, doubts, retired ids."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from visits import enums
from visits.retold import retold

from .bases import exactly_one
from .events import Meeting, Member, Participant, Visit
from .people import Official, Tenure

COUNTS = ("created", "changed", "unchanged", "duplicates", "review", "rejected")


class ImportRun(models.Model):
    """One load. `read` is the sum of the other counts; a finished run keeps its report for ever."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    format = models.CharField(max_length=20, blank=True, help_text="empty: guessed, file by file")
    name = models.CharField(max_length=500, blank=True, help_text="of the file or folder")
    sha256 = models.CharField(max_length=64, blank=True)
    dry_run = models.BooleanField(default=False)
    trust = models.BooleanField(default=False)
    columns = models.JSONField(default=dict, blank=True, help_text="{heading: column}, empty column: left out")
    date_order = models.CharField(max_length=3, choices=enums.DateOrder, blank=True, help_text="how 1/2/2024 is read")
    preview = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="applied", help_text="the dry run it applies"
    )
    sample = models.BooleanField(default=False, editable=False)
    feed = models.ForeignKey("visits.Feed", models.SET_NULL, null=True, blank=True, editable=False, related_name="runs")
    status = models.CharField(max_length=10, choices=enums.RunStatus, default=enums.RunStatus.QUEUED)
    message = models.TextField(blank=True, help_text="why it failed")
    total = models.PositiveIntegerField(null=True, blank=True, help_text="input records, if known")
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    review = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    skipped_files = ArrayField(models.TextField(), default=list, blank=True)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        permissions = [
            ("trust_importrun", "Can have what a load brings published without review"),
            ("undo_importrun", "Can undo a load"),
        ]

    def __str__(self) -> str:
        return _("Load %(id)s: %(name)s") % {"id": self.pk, "name": self.name}

    def get_absolute_url(self) -> str:
        return reverse("api:imports-detail", args=[self.pk])

    @property
    def counts(self) -> dict[str, int]:
        return {"read": self.read, **{name: getattr(self, name) for name in COUNTS}}


class ImportFile(models.Model):
    """The bytes of a file that was uploaded or fetched: kept until the run is done, wherever the worker lives."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="files")
    name = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(help_text="empty: still to be fetched from the address in `origin`")
    origin = models.JSONField(
        default=dict, blank=True, help_text="of what comes from an address: url, retrieved_at, ..."
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ImportProblem(models.Model):
    """What was wrong with one field of one row, and the row itself, to mend and load again."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="problems")
    file = models.CharField(max_length=500, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    field = models.CharField(max_length=200, blank=True)
    value = models.TextField(blank=True)
    code = models.CharField(max_length=60)
    detail = models.TextField()
    raw = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.file}:{self.row} {self.field}: {self.detail}"


class PreviewRow(models.Model):
    """What a dry run found that one input record would do. Kept as long as the run's files are."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="preview_rows")
    file = models.CharField(max_length=500, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=enums.Verdict)
    type = models.CharField(max_length=10, choices=enums.RecordType, blank=True)
    title = models.TextField(blank=True, help_text="the record in a few words")
    record_id = models.BigIntegerField(null=True, blank=True, help_text="of the record that is there already")
    added = models.JSONField(default=dict, blank=True, help_text="of a new record: {field: value}")
    difference = models.JSONField(default=list, blank=True, help_text="[{path, before, after, conflict}]")
    doubts = models.JSONField(default=list, blank=True, help_text="[{code, reason}]")
    problems = models.JSONField(default=list, blank=True, help_text="[{field, value, code, detail}]")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["run", "verdict", "id"], name="preview_by_verdict"),
            models.Index(fields=["run", "id"], name="preview_doubtful", condition=~Q(doubts=[])),
        ]

    def __str__(self) -> str:
        return f"{self.file}:{self.row} {self.get_verdict_display()}"


class ColumnChoice(models.Model):
    """Which column a sender meant by a heading; the next file with that heading is read in the same way."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    table = models.CharField(max_length=10, choices=enums.RecordType)
    heading = models.CharField(max_length=200, help_text="normalised as for searching")
    column = models.CharField(max_length=40, blank=True, help_text="empty: left out")

    class Meta:
        constraints = [models.UniqueConstraint("user", "table", "heading", name="column_choice_once")]

    def __str__(self) -> str:
        return f"{self.heading}: {self.column}"


class Candidate(models.Model):
    """One record that a run proposes to add or change, as a difference computed before anything is written."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="candidates")
    file = models.CharField(max_length=500, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    type = models.CharField(max_length=10, choices=enums.RecordType, default=enums.RecordType.VISIT)
    key = models.UUIDField(db_index=True, help_text="uid of the record that it is or would be")
    fingerprint = models.CharField(max_length=64, help_text="sha256 of the parsed input")
    action = models.CharField(max_length=10, choices=enums.Action)
    state = models.CharField(max_length=10, choices=enums.CandidateState, default=enums.CandidateState.PENDING)
    raw = models.JSONField(default=list, help_text="the input rows, verbatim")
    record = models.JSONField(default=dict, help_text="the parsed VisitRecord")
    matches = models.JSONField(default=list, help_text="what each reference matched, with reasons")
    difference = models.JSONField(default=list, help_text="[{path, before, after, conflict}]")
    doubts = models.JSONField(default=list, help_text="[{code, reason}]")
    reasons = models.JSONField(default=list, help_text="why it was accepted by rule, or waits")
    source = models.ForeignKey("visits.Source", models.PROTECT, null=True, blank=True, related_name="candidates")
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, blank=True, related_name="candidates")
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, blank=True, related_name="candidates")
    official = models.ForeignKey(Official, models.SET_NULL, null=True, blank=True, related_name="candidates")
    tenure = models.ForeignKey(Tenure, models.SET_NULL, null=True, blank=True, related_name="candidates")
    turn = models.DateTimeField(
        default=timezone.now, editable=False, help_text="when it came, a day earlier for each point of its worth"
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,  # the constraint has one
        help_text="who is at it",
    )
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        permissions = [("decide_candidate", "Can accept and reject what a load proposes")]
        indexes = [
            models.Index(fields=["state", "id"], name="candidate_queue"),
            models.Index(fields=["turn", "id"], name="candidate_turn", condition=Q(state="pending")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["claimed_by"], name="candidate_one_for_each_editor"),
            models.CheckConstraint(
                condition=Q(claimed_by=None) | Q(claimed_until__isnull=False, state="pending"),
                name="candidate_claim_ends_and_waits",
            ),
            models.UniqueConstraint(
                "key", "fingerprint", condition=Q(state__in=["pending", "rejected"]), name="candidate_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.type}: {self.file} {self.row or ''}".strip()

    @property
    def target(self) -> models.Model | None:
        return getattr(self, self.type)


class Judgement(models.Model):
    """A decision by a person, or by a rule where `user` is null. Append-only."""

    kind = models.CharField(max_length=10, choices=enums.JudgementKind)
    candidate = models.ForeignKey(Candidate, models.PROTECT, null=True, blank=True, related_name="judgements")
    run = models.ForeignKey(ImportRun, models.PROTECT, null=True, blank=True, related_name="judgements")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.CharField(max_length=100, blank=True)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["kind", "id"], name="judgement_by_kind"),
            models.Index(fields=["created_at"], name="judgement_by_a_person", condition=Q(user__isnull=False)),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d}"


class Doubt(models.Model):
    """What a check finds odd; settled by mending the record or by a judgement."""

    code = models.CharField(max_length=60)
    reason = models.TextField()
    mark = models.CharField(max_length=64, blank=True, help_text="of the facts it rests on; empty: a load said so")
    others = models.JSONField(default=list, blank=True, help_text="records that it is about too: visit:12")
    visit = models.ForeignKey(Visit, models.CASCADE, null=True, blank=True, related_name="doubts")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="doubts")
    member = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, related_name="doubts")
    participant = models.ForeignKey(Participant, models.CASCADE, null=True, blank=True, related_name="doubts")
    official = models.ForeignKey(Official, models.CASCADE, null=True, blank=True, related_name="doubts")
    tenure = models.ForeignKey(Tenure, models.CASCADE, null=True, blank=True, related_name="doubts")
    judgement = models.ForeignKey(Judgement, models.PROTECT, null=True, blank=True, related_name="settled")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    TARGETS = ("visit", "meeting", "member", "participant", "official", "tenure")

    class Meta:
        ordering = ["pk"]
        constraints = [
            exactly_one("doubt_one_record", "visit", "meeting", "member", "participant", "official", "tenure"),
            models.UniqueConstraint("code", "mark", condition=~Q(mark=""), name="doubt_once"),
        ]
        indexes = [models.Index(fields=["code", "id"], name="doubt_open", condition=Q(judgement=None))]

    def __str__(self) -> str:
        return retold(self.reason)

    @property
    def record(self) -> models.Model:
        """What it is about."""
        found: models.Model = next(getattr(self, name) for name in self.TARGETS if getattr(self, f"{name}_id"))
        return found


class RetiredId(models.Model):
    """A record that is gone: its id answers 410, or leads to the one it was merged into; its uid can come back."""

    kind = models.CharField(max_length=20, help_text="model name in lower case")
    record_id = models.BigIntegerField()
    uid = models.UUIDField()
    merged_into = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", "record_id", name="retired_id_once"),
            models.UniqueConstraint("kind", "uid", name="retired_uid_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"


class Suggestion(models.Model):
    """Two records that may be one; worked out anew from time to time, see `visits.review.suggestions`."""

    kind = models.CharField(max_length=20, help_text="model name in lower case")
    first = models.BigIntegerField(help_text="the older id")
    second = models.BigIntegerField()
    score = models.FloatField(help_text="from 0 to 1: how much speaks for it")
    reasons = models.JSONField(default=list, blank=True, help_text="[{speaks: for | against, reason}]")
    put_off_at = models.DateTimeField(null=True, blank=True, help_text="somebody said: later")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = [F("put_off_at").asc(nulls_first=True), "-score", "pk"]
        constraints = [
            models.UniqueConstraint("kind", "first", "second", name="suggestion_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="suggestion_older_first"),
        ]
        indexes = [
            models.Index(
                "kind", F("put_off_at").asc(nulls_first=True), F("score").desc(), "id", name="suggestion_queue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first} = {self.second}?"
