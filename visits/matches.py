"""What matching answers: the record that a reference means, or the row that it brings with it."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model


@dataclass(eq=False)
class Planned:
    """A row that a record brings with it; written when the record is. Two with one uid are one."""

    model: type[Model]
    uid: uuid.UUID
    values: dict[str, Any]
    id: int | None = None

    def __repr__(self) -> str:
        return f"new {self.model._meta.verbose_name} {self.values.get('name') or self.values.get('title')}"


Reference = int | str | Planned | None
Newcomer = tuple[int, uuid.UUID | None, str | None, list[str]]  # id, uid, country, name and other names
Appearance = tuple[int, int | None, int | None, int | None, str]  # official, post, first and last year, as printed
Spelling = tuple[int, str]  # official, a name of theirs that is new


@dataclass
class Match:
    """What one reference was matched to. `reference` is None for none and for ambiguous.

    `spelling` is the name as written, where it is a new one of a known official. `likely` are the officials whom an
    ambiguous name may mean, each with its line in `reasons`.
    """

    path: str
    printed: str
    answer: str
    reference: Reference = None
    reasons: list[str] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)
    spelling: str = ""
    likely: list[Reference] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """What a candidate keeps; ids only of what already exists."""
        return {
            "path": self.path,
            "printed": self.printed,
            "answer": self.answer,
            "id": self.reference.id if isinstance(self.reference, Planned) else self.reference,
            "reasons": self.reasons,
            "candidates": self.candidates,
        }
