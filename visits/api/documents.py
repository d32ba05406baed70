"""The shapes of the answers, for the OpenAPI document. A test holds every row of `visits.rows` against them.

A resource has no required members, because `?fields=` leaves out what nobody asked for.
"""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from visits import enums

Edtf = Annotated[str, Field(description="EDTF (ISO 8601-2) date, or empty", examples=["2024-01-22", "XXXX-01-22"])]
Path = Annotated[str, Field(description="absolute path of the page")]
Day = date | None
Rank = enums.Rank | None


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _optional(schema: dict[str, Any]) -> None:
    schema.pop("required", None)


class Resource(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra=_optional)


class OrganizationReference(Part):
    id: int
    slug: str | None
    name: str
    url: Path


class CountryReference(Part):
    code: str
    name: str
    url: Path


class Side(Part):
    """A country or an organization; `as_printed` is the source's own label."""

    code: str | None
    name: str
    organization: OrganizationReference | None
    as_printed: str


class Person(Part):
    id: int | None = Field(description="of the official, once that is certain")
    name: str
    post: str
    rank: Rank
    as_printed: str
    url: Path | None


class Member(Person):
    head: bool


class Participant(Person):
    side: Side


class RecordReference(Part):
    id: int
    title: str
    url: Path


class FulfilledBy(RecordReference):
    type: str


class DelegationReference(Part):
    id: int
    uid: uuid.UUID
    sender: Side
    head: Person | None
    members: int | list[Member]


class TopicReference(Part):
    slug: str
    name: str
    url: Path


class TopicLink(Part):
    slug: str | None
    name: str
    as_printed: str
    modality: enums.Modality
    url: Path | None


class DialogueReference(Part):
    slug: str
    name: str
    url: Path


class DialogueLink(Part):
    slug: str | None
    name: str
    as_printed: str
    role: enums.DialogueRole
    url: Path | None


class Place(Part):
    city: str | None
    country: str | None
    as_printed: str


class Trip(Part):
    id: int
    title: str
    position: int | None


class OtherName(Part):
    text: str
    kind: enums.NameKind
    language: str
    script: str
    start: Edtf
    end: Edtf


class OfficialReference(Part):
    id: int
    name: str
    url: Path


class PostReference(Part):
    id: int
    title: str
    rank: enums.Rank
    country: str | None
    url: Path


class Tenure(Resource):
    id: int
    uid: uuid.UUID
    external_ids: list[str]
    official: OfficialReference
    post: PostReference
    start: Edtf
    end: Edtf
    changed: datetime


class Outcome(Resource):
    id: int
    uid: uuid.UUID
    url: Path
    title: str
    kind: enums.OutcomeKind
    modality: enums.Modality
    date: Edtf | None = Field(description="when it was promised: when its visit began, or the date of its meeting")
    due: Edtf
    due_latest: Day
    life: enums.OutcomeLife
    overdue: bool
    visit: RecordReference | None
    meeting: RecordReference | None
    fulfilled_by: FulfilledBy | None
    dialogue: DialogueReference | None
    topics: list[TopicReference]
    changed: datetime


class SolvedLine(Part):
    """One step of a derivation."""

    kind: str = Field(
        description="tenure, untold (when the post was held is not known), visit, meeting, calendar, weekday, "
        "published, past"
    )
    text: str
    leaves: str = Field(description="the years that this line leaves by itself, in words")
    url: Path | None = Field(description="of the official, visit or meeting that it is about")
    tenures: list[int]
    sources: list[RecordReference]


class Solved(Part):
    """The years that a day without a year can mean, and why. One year is a proposal: nothing of it is stored."""

    years: list[int]
    lines: list[SolvedLine]


class Target(Part):
    type: str
    id: int


class Citation(Resource):
    """A quote with its position, or the row of a data set; the words cut to 200 characters where not free to show."""

    id: int
    target: Target
    field: str
    visit: int | None
    meeting: int | None
    source: RecordReference
    prefix: str
    exact: str
    suffix: str
    start: int | None
    end: int | None
    checked: bool = Field(description="whether the quote was compared with the text of the source")
    attributed_to: str
    attributed_organization: OrganizationReference | None
    external_id: str
    row: dict[str, Any] | None
    columns: dict[str, Any] | None
    rule: str
    confidence: float | None


class Delegation(Resource):
    id: int
    uid: uuid.UUID
    sender: Side
    head: Person | None
    members: int | list[Member] = Field(description="how many; with `expand=members` the members")
    visit: RecordReference | None
    meeting: RecordReference | None


class Meeting(Resource):
    id: int
    uid: uuid.UUID
    url: Path
    external_ids: list[str]
    title: str
    date: Edtf
    earliest: Day
    latest: Day
    format: enums.MeetingFormat
    status: enums.Status
    venue: CountryReference | None
    place: Place | None
    visits: int | list[RecordReference]
    participants: int | list[Participant]
    delegations: int | list[DelegationReference]
    topics: list[TopicLink]
    dialogues: list[DialogueLink]
    outcomes: int | list[Outcome]
    citations: list[Citation] = Field(default_factory=list, description="with `expand=citations` alone")
    solved: Solved | None = Field(
        None, description="where the sources give no year: what tenures leave of it; in a list with `expand=solved`"
    )
    summary: str
    evidenced: float | None = Field(description="share of its facts that have evidence, 0 to 1")
    changed: datetime


class Corroboration(Part):
    origins: int = Field(description="independent origins of its evidence: copies of one text are one")
    sides: enums.Told | None = Field(description="for whom these speak; null: for neither, or a third party tells too")


class Visit(Resource):
    id: int
    uid: uuid.UUID
    url: Path
    external_ids: list[str] = Field(examples=[["hsg-visits:2138"]])
    title: str
    start: Edtf
    end: Edtf
    earliest: Day
    latest: Day
    kind: enums.VisitKind
    kind_as_printed: str
    status: enums.Status
    host: Side
    guest: Side
    delegations: list[DelegationReference]
    places: list[Place]
    topics: list[TopicLink]
    dialogues: list[DialogueLink]
    meetings: int | list[Meeting] = Field(description="how many; with `expand=meetings` the meetings")
    outcomes: int | list[Outcome] = Field(description="how many; with `expand=outcomes` the outcomes")
    citations: list[Citation] = Field(default_factory=list, description="with `expand=citations` alone")
    solved: Solved | None = Field(
        None, description="where the sources give no year: what tenures leave of it; in a list with `expand=solved`"
    )
    summary: str
    trip: Trip | None
    accompanies: int | None = Field(description="the visit of the person who was accompanied")
    evidenced: float | None = Field(description="share of its facts that have evidence, 0 to 1")
    corroboration: Corroboration
    changed: datetime


class _Seen(Part):
    """In how many visits and meetings, and from when to when; no tenure is made of it."""

    visits: int
    meetings: int
    first: Edtf
    last: Edtf


class SeenInPost(_Seen):
    post: PostReference


class SeenOfficial(_Seen):
    official: OfficialReference


class Official(Resource):
    id: int
    uid: uuid.UUID
    url: Path
    external_ids: list[str]
    name: str
    other_names: list[OtherName]
    country: CountryReference | None
    wikidata: str
    tenures: list[Tenure] = Field(default_factory=list, description="with `expand=tenures` alone")
    seen: list[SeenInPost] = Field(
        default_factory=list, description="with `expand=seen` alone: the posts that published records name them in"
    )
    changed: datetime


class Post(Resource):
    id: int
    uid: uuid.UUID
    url: Path
    title: str
    rank: enums.Rank
    country: CountryReference | None
    organization: OrganizationReference | None
    single_holder: bool
    tenures: list[Tenure] = Field(default_factory=list, description="with `expand=tenures` alone")
    seen: list[SeenOfficial] = Field(
        default_factory=list, description="with `expand=seen` alone: whom published records name in this post"
    )
    changed: datetime


class Region(Part):
    code: str = Field(description="UN M49")
    name: str


class Country(Resource):
    code: str = Field(description="ISO 3166-1 alpha-2; former countries ISO 3166-3")
    alpha3: str
    url: Path
    name: str
    official_name: str
    other_names: list[OtherName]
    kind: enums.CountryKind
    valid_from: Edtf
    valid_to: Edtf
    region: Region | None
    successors: list[str]
    demonyms: list[str]


class Organization(Resource):
    id: int
    uid: uuid.UUID
    url: Path
    slug: str | None
    name: str
    short_name: str
    other_names: list[OtherName]
    kind: enums.OrganizationKind
    country: CountryReference | None
    changed: datetime


class Topic(Resource):
    id: int
    uid: uuid.UUID
    slug: str
    url: Path
    name: str
    other_names: list[OtherName]
    parent: TopicReference | None
    narrower: list[TopicReference]
    changed: datetime


class Dialogue(Resource):
    id: int
    uid: uuid.UUID
    slug: str
    url: Path
    name: str
    other_names: list[OtherName]
    since: Edtf
    website: str
    countries: list[CountryReference]
    organizations: list[OrganizationReference]
    changed: datetime


class Source(Resource):
    id: int
    uid: uuid.UUID
    url: Path
    kind: enums.SourceKind
    slug: str | None
    title: str
    publisher: str
    original: str = Field(description="where the source itself is")
    language: str
    published: Edtf
    retrieved: datetime | None
    sha256: str
    free_to_show: bool
    sample: bool
    text: str | None = Field(None, description="with `expand=text`; null unless it is free to show")
    changed: datetime


# errors


class FieldError(Part):
    row: int | None
    field: str
    value: str
    code: str
    detail: str
    nearest: list[str] = Field(default_factory=list, description="values that may have been meant")
    url: str | None = Field(None, description="the list without it")


class Problem(Part):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]
    merged_into: int | None = Field(None, description="the record that this one was merged into")
    url: str | None = Field(None, description="where that record is")
