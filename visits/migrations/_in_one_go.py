"""A quicker way through a long migration.

Django renders all related models again after each operation; for some 150 constraints, indexes and triggers
that is most of the time of a first start. They need the final models only, so these are rendered once.
"""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import AddConstraint, AddIndex
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

_NEEDS_NO_STEPS = (AddConstraint, AddIndex, AddTrigger)


class InOneGo(Operation):
    """Operations that change no columns, as one."""

    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered again when a model is asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"{len(self.operations)} constraints, indexes and triggers"


def constraints_in_one_go(operations: Sequence[Operation]) -> list[Operation]:
    """Tables and columns step by step, then their constraints, indexes and triggers together."""
    steps = [operation for operation in operations if not isinstance(operation, _NEEDS_NO_STEPS)]
    together = [operation for operation in operations if isinstance(operation, _NEEDS_NO_STEPS)]
    return [*steps, InOneGo(together)]
