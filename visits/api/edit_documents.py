"""What a single write may say: of each record the members that are one value (a JSON merge patch, RFC 7396)."""

from typing import Annotated

from pydantic import Field

from visits import enums

from .documents import Part

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Edtf = Annotated[Text, Field(description="EDTF (ISO 8601-2) date, or empty", examples=["2024-01-22", "XXXX-01-22"])]
Code = Annotated[Text | None, Field(description="a country's code: TM, TKM, SUHH")]
Body = Annotated[Text | int | None, Field(description="an organization's slug or id")]
Slug = Text | None
MAX_REASON = 500


class Patch(Part):
    """What is not named stays. Lists (members, topics, other names) are edited at the desk, or loaded."""

    reason: Annotated[Text, Field(max_length=MAX_REASON, description="kept in the history, beside who wrote")] = ""


class SidePatch(Part):
    code: Code = None
    organization: Body = None
    as_printed: Text = ""


class VisitPatch(Patch):
    title: Text = ""
    start: Edtf = ""
    end: Edtf = ""
    kind: enums.VisitKind = enums.VisitKind.UNKNOWN
    kind_as_printed: Text = ""
    status: enums.Status = enums.Status.UNKNOWN
    guest: SidePatch = SidePatch()
    host: SidePatch = SidePatch()
    summary: Text = ""


class MeetingPatch(Patch):
    title: Text = ""
    date: Edtf = ""
    format: enums.MeetingFormat = enums.MeetingFormat.UNKNOWN
    status: enums.Status = enums.Status.UNKNOWN
    venue: Code = None
    summary: Text = ""


class OfficialPatch(Patch):
    name: Text = ""
    country: Code = None
    wikidata: Text = ""


class PostPatch(Patch):
    title: Text = ""
    rank: enums.Rank = enums.Rank.OTHER
    country: Code = None
    organization: Body = None
    single_holder: bool = False


class TenurePatch(Patch):
    start: Edtf = ""
    end: Edtf = ""


class OrganizationPatch(Patch):
    name: Text = ""
    short_name: Text = ""
    kind: enums.OrganizationKind = enums.OrganizationKind.OTHER
    country: Code = None


class TopicPatch(Patch):
    name: Text = ""
    parent: Slug = None


class DialoguePatch(Patch):
    name: Text = ""
    since: Edtf = ""
    website: Text = ""


class RecordPatch(Part):
    """A visit or a meeting."""

    type: Annotated[str, Field(pattern="^(visit|meeting)$")]
    id: int


class OutcomePatch(Patch):
    title: Text = ""
    kind: enums.OutcomeKind = enums.OutcomeKind.OTHER
    modality: enums.Modality = enums.Modality.DISCUSSED
    due: Edtf = ""
    life: enums.OutcomeLife = enums.OutcomeLife.OPEN
    fulfilled_by: Annotated[RecordPatch | None, Field(description="whoever names it has fulfilled the outcome")] = None
    dialogue: Slug = None


class SourcePatch(Patch):
    title: Text = ""
    publisher: Text = ""
    original: Text = ""
    language: Text = ""
    published: Edtf = ""
    free_to_show: bool = False
