"""What a merge decides about each column of a record and each reference to it; a test asks for all of them."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models import ForeignKey, ManyToManyRel, Model, UniqueConstraint

from visits import models


class Column(Enum):
    """What becomes of a column of the record that stays."""

    OWN = "it keeps its own"
    CHOOSE = "its own, unless that is empty or a person wrote the other's alone"
    NAME = "as CHOOSE; the other name becomes a further name"
    FOLLOWS = "it follows the name"
    EITHER = "yes where one says yes"
    JOIN = "both texts"
    LOCKS = "the union"
    PARENT = "as CHOOSE, but never itself or what was below it"


class Collision(Enum):
    """What becomes of a row that would be there twice."""

    GOES = "it goes, the other says the same"
    MERGES = "the two are merged as well"
    YIELDS = "it is the primary one no more"


_RECORD = {
    "id": Column.OWN,
    "uid": Column.OWN,
    "locked_fields": Column.LOCKS,
    "created_by_run": Column.OWN,
    "created_at": Column.OWN,
    "changed_at": Column.OWN,
}
COLUMNS: dict[type[Model], dict[str, Column]] = {
    models.Official: {
        "name": Column.NAME,
        "forms": Column.FOLLOWS,
        "key": Column.FOLLOWS,
        "country": Column.CHOOSE,
        "wikidata": Column.CHOOSE,
        "notes": Column.JOIN,
        **_RECORD,
    },
    models.Organization: {
        "name": Column.NAME,
        "forms": Column.FOLLOWS,
        "key": Column.FOLLOWS,
        "slug": Column.CHOOSE,
        "short_name": Column.CHOOSE,
        "kind": Column.CHOOSE,
        "country": Column.CHOOSE,
        "is_reference": Column.EITHER,
        **_RECORD,
    },
    models.Post: {
        "title": Column.NAME,
        "forms": Column.FOLLOWS,
        "key": Column.FOLLOWS,
        "organization": Column.CHOOSE,
        "country": Column.CHOOSE,
        "rank": Column.CHOOSE,
        "single_holder": Column.EITHER,
        **_RECORD,
    },
    models.Topic: {
        "slug": Column.OWN,
        "name": Column.NAME,
        "forms": Column.FOLLOWS,
        "parent": Column.PARENT,
        **_RECORD,
    },
    # Not merged by itself, but with its official or post.
    models.Tenure: {
        "official": Column.OWN,
        "post": Column.OWN,
        "start": Column.OWN,
        "end": Column.CHOOSE,
        **_RECORD,
    },
}
KINDS: dict[str, type[Model]] = {
    str(model._meta.model_name): model for model in (models.Official, models.Organization, models.Post, models.Topic)
}
# Values that say nothing.
EMPTY = (None, "", "unknown", "other")

# The columns of other tables that name such a record; all move to the one that stays.
REFERENCES: dict[type[Model], set[str]] = {
    models.Official: {
        "member.official", "participant.official", "tenure.official", "officialname.official", "externalid.official",
        "citation.official", "doubt.official", "candidate.official",
    },
    models.Organization: {
        "visit.guest_organization", "visit.host_organization", "delegation.sender_organization",
        "participant.side_organization", "post.organization", "organizationname.organization",
        "citation.attributed_organization", "dialogue_organizations.organization",
    },
    models.Post: {"member.post", "participant.post", "tenure.post"},
    models.Topic: {"topiclink.topic", "topicname.topic", "topic.parent", "outcome_topics.topic"},
    models.Tenure: {"externalid.tenure", "citation.tenure", "doubt.tenure", "candidate.tenure"},
}  # fmt: skip
# The constraints that moving rows may meet.
COLLISIONS: dict[str, Collision] = {
    "official_name_once": Collision.GOES,
    "official_name_one_primary": Collision.YIELDS,
    "organization_name_once": Collision.GOES,
    "organization_name_one_primary": Collision.YIELDS,
    "topic_name_once": Collision.GOES,
    "topic_name_one_primary": Collision.YIELDS,
    "tenure_once": Collision.MERGES,
    "post_once": Collision.MERGES,
    "dialogue_organizations": Collision.GOES,
    "outcome_topics": Collision.GOES,
}


@dataclass(frozen=True)
class Reference:
    """A foreign key to a record that is merged."""

    model: type[Model]
    column: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.model_name}.{self.column}"

    @property
    def attname(self) -> str:
        return str(self.model._meta.get_field(self.column).attname)  # type: ignore[union-attr]


def references(model: type[Model]) -> list[Reference]:
    """All columns that name such a record, from the tables themselves; those of many-to-many tables too."""
    found = []
    for relation in model._meta.related_objects:
        if isinstance(relation, ManyToManyRel):
            through: Any = relation.through
            columns = [one for one in through._meta.concrete_fields if one.is_relation and one.related_model is model]
            found += [Reference(through, column.name) for column in columns]
        elif not hasattr(relation.related_model, "pgh_tracked_model"):
            found.append(Reference(relation.related_model, relation.field.name))
    return found


@dataclass(frozen=True)
class Uniqueness:
    """Rows of one record are told apart by `columns` (those with `flag` set alone, if there is a flag)."""

    name: str
    columns: tuple[str, ...]
    flag: str = ""


def uniqueness(reference: Reference) -> list[Uniqueness]:
    """What must not be there twice once the rows of two records are those of one."""
    found = []
    meta = reference.model._meta
    for constraint in meta.constraints:
        fields = _fields(constraint) if isinstance(constraint, UniqueConstraint) else ()
        if reference.column in fields:
            condition = getattr(constraint, "condition", None)
            flag = condition.children[0][0] if condition is not None else ""
            others = tuple(name for name in fields if name != reference.column)
            found.append(Uniqueness(constraint.name, others, flag))
    for together in meta.unique_together:
        if reference.column in together:
            others = tuple(name for name in together if name != reference.column)
            found.append(Uniqueness(str(meta.model_name), others))
    return found


def _fields(constraint: UniqueConstraint) -> tuple[str, ...]:
    return tuple(constraint.fields) or tuple(getattr(one, "name", "") for one in constraint.expressions)


def foreign_keys(model: type[Model]) -> list[ForeignKey]:
    return [column for column in model._meta.concrete_fields if isinstance(column, ForeignKey)]
