"""What a model may answer: visits, every value with the words that carry it. Its JSON Schema goes with the question."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from visits import enums

MAX_VISITS = 10
_MAX_ITEMS = 40

Quote = Annotated[str, Field(max_length=1000, description="words of the article, copied exactly")]
Short = Annotated[str, Field(max_length=300)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Said(_Shape):
    """A value, and the words of the article that carry it."""

    value: Short
    quote: Quote


class SaidKind(_Shape):
    value: enums.VisitKind
    quote: Quote


class SaidStatus(_Shape):
    value: enums.Status
    quote: Quote


class SaidPerson(_Shape):
    name: Annotated[str, Field(max_length=300, description="as the article prints it, without title or post")]
    post: Annotated[str | None, Field(max_length=300, description="as the article prints it")]
    quote: Quote


class SaidMeeting(_Shape):
    counterparts: Annotated[list[SaidPerson], Field(max_length=_MAX_ITEMS, description="of the host's side")]
    date: Said | None
    quote: Quote


class SaidTopic(_Shape):
    phrase: Annotated[str, Field(max_length=300, description="a noun phrase of the article, copied exactly")]
    modality: enums.Modality
    quote: Quote


class SaidOutcome(_Shape):
    kind: enums.OutcomeKind
    phrase: Annotated[str, Field(max_length=300, description="what came of it, copied exactly")]
    modality: enums.Modality
    quote: Quote


class SaidVisit(_Shape):
    guest: Annotated[Said, Field(description="who travelled: ISO 3166-1 alpha-2 code, or EU or UN")]
    host: Annotated[Said, Field(description="where to: ISO 3166-1 alpha-2 code, or EU or UN")]
    head: SaidPerson | None
    members: Annotated[list[SaidPerson], Field(max_length=_MAX_ITEMS, description="who travelled along, by name")]
    start: Annotated[Said | None, Field(description="EDTF, e.g. 2024-01-22; XXXX-01-22 without a year")]
    end: Said | None
    kind: SaidKind | None
    status: SaidStatus | None
    cities: Annotated[list[Said], Field(max_length=_MAX_ITEMS, description="cities of the host that were visited")]
    meetings: Annotated[list[SaidMeeting], Field(max_length=_MAX_ITEMS)]
    topics: Annotated[list[SaidTopic], Field(max_length=_MAX_ITEMS)]
    outcomes: Annotated[list[SaidOutcome], Field(max_length=_MAX_ITEMS)]


class Answer(_Shape):
    visits: Annotated[list[SaidVisit], Field(max_length=MAX_VISITS)]


_OURS_TO_CHECK = ("maxLength", "maxItems", "title")  # not every endpoint knows them in a strict schema


def schema() -> dict[str, Any]:
    """The JSON Schema of an Answer, as strict endpoints want it: every member required, no other allowed."""
    plain: dict[str, Any] = _plain(Answer.model_json_schema())
    return plain


def _plain(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = node if names else {key: value for key, value in node.items() if key not in _OURS_TO_CHECK}
    return {key: _plain(value, names=key in ("properties", "$defs") and not names) for key, value in kept.items()}
