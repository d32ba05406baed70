"""The shapes of the answers about loads, for the OpenAPI document."""

from datetime import datetime
from typing import Any

from pydantic import Field

from visits import enums

from .documents import Part


class Run(Part):
    """One load. `read` is the sum of the counts that follow it."""

    id: int
    url: str
    status: enums.RunStatus
    name: str
    format: str
    dry_run: bool
    trust: bool
    columns: dict[str, str] = Field(description="of a table: {heading: column}, an empty column: left out")
    date_order: str = Field(description="of a table: dmy, mdy or empty")
    preview: int | None = Field(description="the dry run that it applies")
    applied: int | None = Field(description="of a dry run: the load that applied it")
    total: int | None = Field(description="input rows, where they could be counted beforehand")
    read: int
    created: int
    changed: int
    unchanged: int
    duplicates: int
    review: int
    rejected: int
    skipped_files: list[str]
    message: str
    problems: int = Field(description="how many; they are at `problems_url`")
    problems_url: str
    rows_url: str | None = Field(description="of a dry run: what it says of each record")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunProblem(Part):
    file: str
    row: int | None
    field: str
    value: str
    code: str
    detail: str


class Doubt(Part):
    code: str
    reason: str


class RowProblem(Part):
    field: str
    value: str
    code: str
    detail: str
    severity: str


class Change(Part):
    """A changed field with `before` and `after`, or a nested row with what is `added`; a reference is {id, name}."""

    path: str = Field(description="JSON Pointer into the record")
    model: str
    id: int | None = Field(description="of the row that is there already")
    field: str | None = None
    before: Any = None
    after: Any = None
    added: dict[str, Any] | None = None
    conflict: bool = Field(description="somebody edited it by hand: an editor decides")


class PreviewRow(Part):
    """What a load would do with one input record."""

    file: str
    row: int | None
    verdict: enums.Verdict
    type: str = Field(description="of the record; empty where nothing could be read")
    title: str
    record_id: int | None = Field(description="of the record that is there already")
    added: dict[str, Any] = Field(description="of a new record: its main fields in words")
    difference: list[Change]
    doubts: list[Doubt]
    problems: list[RowProblem]
