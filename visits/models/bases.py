"""What the tables share: the EDTF column, identity, locks, names, and the constraints that several tables need."""

import uuid
from collections.abc import Callable
from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from visits import dates, enums, names
from visits.names import MAX_NAME


def validate_edtf(text: str) -> None:
    try:
        dates.parse(text)
    except dates.DateError as error:
        raise ValidationError(str(error), code="invalid-date") from error


class EdtfField(models.CharField):
    """An EDTF date (see `visits.dates`), or empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_edtf]


class Earliest(models.Func):
    """The first day that an EDTF text can mean; SQL twin of `PartialDate.earliest`."""

    function = "visits_edtf_earliest"
    output_field = models.DateField()


class Latest(models.Func):
    function = "visits_edtf_latest"
    output_field = models.DateField()


class Fold(models.Func):
    """Lower-case text without accents, by an immutable function, so that indexes can use it."""

    function = "visits_fold"
    output_field = models.TextField()


class Vector(models.Func):
    """A text-search vector of folded text, one configuration for all languages."""

    template = "to_tsvector('simple', visits_fold(%(expressions)s))"
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


class Forms(models.Func):
    """The words of a key, as spelt, as they sound, all as one, and without vowels (see `visits.lookup`)."""

    function = "visits_name_forms"
    output_field = models.TextField()


def name_forms(key: Any) -> models.GeneratedField:
    """The column by which a name is found in any spelling."""
    return models.GeneratedField(expression=Forms(key), output_field=models.TextField(), db_persist=True)


class ExactlyOne(models.CheckConstraint):
    """Forms count the fields themselves: PostgreSQL cannot tell the types of a form's values in num_nonnulls."""

    @property
    def fields(self) -> list[str]:
        counted = self.condition.children[0].lhs  # type: ignore[union-attr]
        return [column.name for column in counted.get_source_expressions()]

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        if set(self.fields) & set(exclude or ()):
            return
        if sum(getattr(instance, model._meta.get_field(name).attname) is not None for name in self.fields) != 1:
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    def deconstruct(self) -> Any:
        """As the plain constraint that it is in the database."""
        return ("django.db.models.CheckConstraint", *super().deconstruct()[1:])


def exactly_one(name: str, *fields: str) -> models.CheckConstraint:
    """A constraint: exactly one of these foreign keys is set."""
    return ExactlyOne(
        name=name,
        condition=Q(
            models.lookups.Exact(models.Func(*fields, function="num_nonnulls", output_field=models.IntegerField()), 1)
        ),
        violation_error_message=format_lazy(
            "{} {}.", gettext_lazy("Exactly one of these is needed:"), ", ".join(fields)
        ),
        violation_error_code="exactly-one",
    )


def edtf_order(name: str) -> models.CheckConstraint:
    """A constraint: no end before the start, where both years are known (an unknown bound passes)."""
    return models.CheckConstraint(
        name=name,
        condition=Q(models.lookups.GreaterThanOrEqual(Latest("end"), Earliest("start")))
        | Q(models.lookups.IsNull(Latest("end"), True))
        | Q(models.lookups.IsNull(Earliest("start"), True)),
        violation_error_message=gettext_lazy("It ends before it starts."),
        violation_error_code="end-before-start",
    )


def trigram_index(name: str, field: str = "forms") -> GinIndex:
    return GinIndex(OpClass(models.F(field), name="gin_trgm_ops"), name=name)


def with_history(*exclude: str) -> Callable[[type[models.Model]], type[models.Model]]:
    """Keep who changed what, when and why, by triggers that also see bulk SQL; without the fields of `exclude`.

    One call for each statement: a trigger for each row took half the time of a load.
    """
    events = pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent()
    return pghistory.track(*events, exclude=list(exclude) or None, level=pghistory.Statement)


def locks() -> ArrayField:
    """The fields of a row that somebody edited by hand: no import changes these."""
    return ArrayField(models.CharField(max_length=60), default=list, blank=True, editable=False)


def made_by_run() -> models.ForeignKey:
    """The run that created the row; None when it was made by hand."""
    return models.ForeignKey(
        "visits.ImportRun", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )


class Record(models.Model):
    """A record or entity: a uid given once, fields locked by hand edits, when it came and last changed."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    locked_fields = locks()
    created_by_run = made_by_run()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True
        triggers = [
            pgtrigger.Trigger(
                name="changed_at",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="NEW.changed_at = now(); RETURN NEW;",
            )
        ]


class Named(models.Model):
    """Something with a name that people type: it is cleaned, or refused with the reason."""

    NAME = "name"

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        text = getattr(self, self.NAME)
        if text and (wrong := names.flaw(text)):  # an empty one is the field's own matter
            raise ValidationError({self.NAME: ValidationError(wrong, code="no-name")})
        setattr(self, self.NAME, names.clean(text))


class OtherName(Named):
    """Another name of something, by language, script, kind and time."""

    NAME = "text"

    text = models.CharField(max_length=MAX_NAME)
    key = models.CharField(max_length=2 * MAX_NAME, editable=False, help_text="names.search_key(text)")
    forms = name_forms("key")
    kind = models.CharField(max_length=10, choices=enums.NameKind, default=enums.NameKind.SPELLING)
    language = models.CharField(max_length=20, blank=True, help_text="BCP 47")
    script = models.CharField(max_length=4, blank=True, help_text="ISO 15924")
    primary = models.BooleanField(default=False, help_text="the name to show in this language")
    start = EdtfField()
    end = EdtfField()

    class Meta(Named.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.text
