"""VisitRecord: the one interchange shape.

Every reader and the article extractor yield it, the API takes it in bulk, the JSON Lines export writes it. It
carries no database ids: records and entities have a `uid` given once; references carry the uid, if known, beside
the text as printed. `json_schema()` is what we publish.
"""

import uuid
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from . import dates, enums, names

NAMESPACE = uuid.UUID("8f2b6c1e-4f6d-5a58-9a3c-5d1f0f7f3c21")
MAX_TEXT = 20_000


def uid_for(*key: str) -> uuid.UUID:
    """The uid that a record or entity with this identity has, here and in every other tracker."""
    return uuid.uuid5(NAMESPACE, "\x1f".join(key))


def _edtf(text: str) -> str:
    return str(dates.parse(text)) if text else ""


def _cleaned(text: str) -> str:
    if "\x00" in text:
        raise ValueError("it holds a NUL character")
    return names.clean(text)


Edtf = Annotated[str, AfterValidator(_edtf), Field(max_length=12, description="EDTF date, or empty")]
Line = Annotated[str, Field(max_length=1000), AfterValidator(_cleaned)]
Name = Annotated[str, Field(max_length=names.MAX_NAME), AfterValidator(_cleaned)]
Prose = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_cleaned)]
CountryCode = Annotated[str, Field(pattern=r"^(?:[A-Z]{2}|[A-Z]{4}|x-[a-z0-9-]{2,40})$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
ExternalId = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*:\S.{0,199}$", description="data set:id")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=False)


class OrganizationRef(_Shape):
    """An organization: by uid or slug if known, else by its printed name (and country)."""

    uid: uuid.UUID | None = None
    slug: Slug | None = None
    name: Name = ""
    kind: enums.OrganizationKind = enums.OrganizationKind.OTHER
    country: CountryCode | None = None


class Side(_Shape):
    """A country or an organization as guest, host, sender or side; `as_printed` is the source's own label."""

    country: CountryCode | None = None
    organization: OrganizationRef | None = None
    as_printed: Line = ""


class OfficialRef(_Shape):
    uid: uuid.UUID | None = None
    name: Name = ""
    country: CountryCode | None = None
    wikidata: Annotated[str, Field(pattern=r"^(?:Q[1-9]\d*)?$")] = ""


class PostRef(_Shape):
    uid: uuid.UUID | None = None
    title: Name = ""
    rank: enums.Rank = enums.Rank.OTHER
    organization: OrganizationRef | None = None
    country: CountryCode | None = None


class Person(_Shape):
    """Somebody in a delegation or a meeting: as printed, beside whom and which office it means."""

    as_printed: Line = Field("", description="the whole string, e.g. “President Park”")
    name_as_printed: Name = ""
    post_as_printed: Line = ""
    official: OfficialRef | None = None
    post: PostRef | None = None


class Member(Person):
    head: bool = False


class Participant(Person):
    side: Side = Field(default_factory=Side)


class Delegation(_Shape):
    uid: uuid.UUID | None = None
    sender: Side = Field(default_factory=Side)
    members: list[Member] = Field(default_factory=list, max_length=5000)

    @model_validator(mode="after")
    def _one_head(self) -> "Delegation":
        if sum(member.head for member in self.members) > 1:
            raise ValueError("a delegation has one head at most")
        return self


class Place(_Shape):
    """A place as printed, and the city (by name and country) where that is certain."""

    as_printed: Line = ""
    city: Name = ""
    country: CountryCode | None = None


class TopicLink(_Shape):
    topic: Slug | None = None
    as_printed: Line = ""
    modality: enums.Modality = enums.Modality.DISCUSSED


class DialogueLink(_Shape):
    dialogue: Slug | None = None
    as_printed: Line = ""
    role: enums.DialogueRole = enums.DialogueRole.ABOUT


class Outcome(_Shape):
    uid: uuid.UUID | None = None
    kind: enums.OutcomeKind = enums.OutcomeKind.OTHER
    modality: enums.Modality = enums.Modality.DISCUSSED
    title: Line
    due: Edtf = ""
    life: enums.OutcomeLife = enums.OutcomeLife.OPEN
    fulfilled_by: uuid.UUID | None = Field(None, description="uid of the visit or meeting that fulfilled it")
    dialogue: Slug | None = None


class SourceRef(_Shape):
    """A document or a data set. `text` is left out of exports where it is not free to show."""

    uid: uuid.UUID | None = None
    kind: enums.SourceKind = enums.SourceKind.DOCUMENT
    slug: Slug | None = Field(None, description="of a data set")
    title: Line = ""
    publisher: Line = ""
    url: Annotated[str, Field(max_length=2000, pattern=r"^(?:https?://[^\s<>\"]+)?$")] = ""
    language: Annotated[str, Field(pattern=r"^(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)?$")] = ""
    published: Edtf = ""
    text: Annotated[str, Field(max_length=5_000_000)] = ""
    free_to_show: bool = False


class Citation(_Shape):
    """What a fact rests on. `target` is a JSON Pointer (RFC 6901) into this record, "" for the record itself."""

    target: Annotated[str, Field(pattern=r"^(?:/[a-z_]+(?:/\d+)?)*$")] = ""
    field: Annotated[str, Field(pattern=r"^[a-z_]*$")] = Field("", description="a field of the target, or the whole")
    source: int = Field(0, ge=0, description="index in `sources`")
    exact: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    prefix: Annotated[str, Field(max_length=200)] = ""
    suffix: Annotated[str, Field(max_length=200)] = ""
    start: int | None = Field(None, ge=0, description="Unicode code points from the start of the source's text")
    end: int | None = Field(None, ge=0)
    attributed_to: Line = Field("", description="the party that the text itself credits")
    external_id: Annotated[str, Field(max_length=200)] = ""
    file_sha256: Annotated[str, Field(pattern=r"^(?:[0-9a-f]{64})?$")] = ""
    row: dict[str, str] = Field(default_factory=dict, description="the row as printed, column by column")
    columns: dict[str, str] = Field(default_factory=dict, description="which column each field was read from")
    rule: Annotated[str, Field(max_length=100)] = Field("", description="the rule or model that found it")
    confidence: float | None = Field(None, ge=0, le=1)


class _Record(_Shape):
    uid: uuid.UUID | None = None
    external_ids: list[ExternalId] = Field(default_factory=list)
    sources: list[SourceRef] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    edit: bool = Field(
        False,
        description="an edit of the record with this uid: head, sides and who a person is replace what is there",
    )

    @model_validator(mode="after")
    def _citations_have_sources(self) -> "_Record":
        for citation in self.citations:
            if citation.source >= len(self.sources):
                raise ValueError(f"a citation names source {citation.source}, there are {len(self.sources)}")
        return self


class Meeting(_Shape):
    """A meeting inside a visit."""

    uid: uuid.UUID | None = None
    title: Line = ""
    date: Edtf = ""
    format: enums.MeetingFormat = enums.MeetingFormat.UNKNOWN
    status: enums.Status = enums.Status.UNKNOWN
    venue_country: CountryCode | None = None
    place: Place | None = None
    summary: Prose = ""
    participants: list[Participant] = Field(default_factory=list)
    delegations: list[Delegation] = Field(default_factory=list, max_length=5000)
    topics: list[TopicLink] = Field(default_factory=list)
    dialogues: list[DialogueLink] = Field(default_factory=list)
    outcomes: list[Outcome] = Field(default_factory=list)


class MeetingRecord(_Record, Meeting):
    """A meeting that stands alone, or lies in the visits it names."""

    type: Literal["meeting"] = "meeting"
    visits: list[uuid.UUID] = Field(default_factory=list)


class TripRef(_Shape):
    uid: uuid.UUID | None = None
    title: Line = ""
    position: int | None = Field(None, ge=1)


class VisitData(_Record):
    """One stay of one guest at one host."""

    type: Literal["visit"] = "visit"
    title: Line = ""
    start: Edtf = ""
    end: Edtf = ""
    kind: enums.VisitKind = enums.VisitKind.UNKNOWN
    kind_as_printed: Line = ""
    status: enums.Status = enums.Status.UNKNOWN
    guest: Side
    host: Side
    places: list[Place] = Field(default_factory=list)
    summary: Prose = ""
    delegations: list[Delegation] = Field(default_factory=list)
    topics: list[TopicLink] = Field(default_factory=list)
    dialogues: list[DialogueLink] = Field(default_factory=list)
    outcomes: list[Outcome] = Field(default_factory=list)
    meetings: list[Meeting] = Field(default_factory=list)
    trip: TripRef | None = None
    accompanies: uuid.UUID | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "VisitData":
        dates.check_order(self.start, self.end)
        return self


class OtherName(_Shape):
    text: Name
    kind: enums.NameKind = enums.NameKind.SPELLING
    language: Annotated[str, Field(max_length=20)] = ""
    script: Annotated[str, Field(pattern=r"^(?:[A-Z][a-z]{3})?$")] = Field("", description="ISO 15924")
    start: Edtf = ""
    end: Edtf = ""


class OfficialRecord(_Record):
    type: Literal["official"] = "official"
    name: Name
    other_names: list[OtherName] = Field(default_factory=list)
    country: CountryCode | None = None
    wikidata: Annotated[str, Field(pattern=r"^(?:Q[1-9]\d*)?$")] = ""


class TenureRecord(_Record):
    type: Literal["tenure"] = "tenure"
    official: OfficialRef
    post: PostRef
    start: Edtf = ""
    end: Edtf = ""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "TenureRecord":
        dates.check_order(self.start, self.end)
        return self


VisitRecord = Annotated[VisitData | MeetingRecord | OfficialRecord | TenureRecord, Field(discriminator="type")]
_adapter: TypeAdapter[VisitData | MeetingRecord | OfficialRecord | TenureRecord] = TypeAdapter(VisitRecord)


def parse(data: Any) -> VisitData | MeetingRecord | OfficialRecord | TenureRecord:
    """A record from JSON data; pydantic.ValidationError names each wrong field."""
    return _adapter.validate_python(data)


def dump(record: _Record) -> dict[str, Any]:
    """JSON data without what is empty, `type` first: the shape of one exported line."""
    data = record.model_dump(mode="json", exclude_defaults=True)
    return {"type": record.type, **data}  # type: ignore[attr-defined]


def json_schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12) of one VisitRecord."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "VisitRecord",
        **_adapter.json_schema(),
    }
