"""The words of the reconciliation API (version 0.2 of the W3C community group): what is asked and what is answered.

Requests are read by these shapes too: whatever they refuse becomes errors that name the place and the value.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, RootModel, TypeAdapter, ValidationError

from visits import names
from visits.reconciling import KINDS, PROPERTIES, Question, Wanted, Wish

from . import problems
from .documents import Part

MOST_QUERIES = 50
MOST_IDS = 200
LONGEST = 1_000_000  # characters of a parameter
_MOST_ERRORS = 20
_MOST_VALUES = 50
_LONGEST_VALUE = 1000
_DEFAULT_LIMIT = 10

T = TypeVar("T")


# what is asked


class QueryProperty(Part):
    """What stands beside a cell: `v` is a text, a number, an entity {id, name}, or a list of these."""

    pid: str = Field(max_length=100)
    v: Any


class Query(Part):
    """One cell. `type_strict` is read, and means nothing: a candidate always has one of the types."""

    query: Annotated[str, Field(max_length=names.MAX_NAME)] | None = None
    type: str | Annotated[list[str], Field(max_length=20)] | None = None
    limit: Annotated[int, Field(ge=1)] | None = None
    properties: Annotated[list[QueryProperty], Field(max_length=20)] | None = None
    type_strict: Literal["any", "all", "should"] | None = None


class Settings(BaseModel):
    """How the values of a property are chosen."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=0)] | Literal[""] = Field(0, description="the most values; 0: all")
    language: str = Field("", max_length=20, description="of other names: a BCP 47 language")


class ExtensionProperty(Part):
    id: str = Field(max_length=100)
    settings: Settings = Settings()


class ExtensionQuery(Part):
    ids: list[str]
    properties: list[ExtensionProperty] = Field(max_length=50)


_BATCH = TypeAdapter(dict[str, Query])
_EXTENSION = TypeAdapter(ExtensionQuery)


# what is answered


class TypeReference(Part):
    id: str
    name: str


class TypeDescription(TypeReference):
    description: str


class PropertyReference(Part):
    id: str
    name: str


class Template(Part):
    url: str = Field(description="with {{id}} where the id goes")


class Preview(Template):
    width: int
    height: int


class Service(Part):
    service_url: str
    service_path: str


class EntityService(Service):
    flyout_service_url: str
    flyout_service_path: str = Field(description="with ${id} where the id goes")


class Suggest(Part):
    entity: EntityService
    property: Service
    type: Service


class Setting(Part):
    name: str
    label: str
    type: Literal["number", "text"]
    default: int | str
    help_text: str


class Extend(Part):
    propose_properties: Service
    property_settings: list[Setting]


class Manifest(Part):
    """What the service can do."""

    versions: list[str]
    name: str
    identifierSpace: str
    schemaSpace: str
    defaultTypes: list[TypeReference]
    documentation: str
    logo: str
    view: Template
    preview: Preview
    suggest: Suggest
    extend: Extend
    batchSize: int
    standardizedScore: bool


class Feature(Part):
    id: str = Field(description="name, or a property of the query")
    value: bool | float


class ResultCandidate(Part):
    id: str
    name: str
    description: str
    type: list[TypeReference]
    score: float = Field(ge=0, le=100)
    match: bool = Field(description="certain: nobody else can be meant")
    features: list[Feature]


class Result(Part):
    result: list[ResultCandidate]


class ResultBatch(RootModel[dict[str, Result]]):
    """A result for each query, under its key."""


class EntityValue(Part):
    id: str
    name: str


class TextValue(Part):
    str: str


class NumberValue(Part):
    int: int


class Meta(Part):
    id: str
    name: str
    type: TypeReference | None = None


class ExtensionResult(Part):
    """The values of each property for each id."""

    meta: list[Meta]
    rows: dict[str, dict[str, list[EntityValue | TextValue | NumberValue]]]


class ServiceAnswer(RootModel[Manifest | ExtensionResult | ResultBatch]):
    """The manifest, the results of `queries`, or those of `extend`."""


class SuggestedEntity(Part):
    id: str
    name: str
    description: str
    notable: list[TypeReference]


class SuggestedEntities(Part):
    result: list[SuggestedEntity]


class SuggestedTypes(Part):
    result: list[TypeDescription]


class SuggestedProperties(Part):
    result: list[PropertyReference]


class Proposal(Part):
    type: str | None = None
    limit: int | None = None
    properties: list[PropertyReference]


class Flyout(Part):
    id: str
    html: str


# reading


def questions_of(text: str) -> dict[str, Question]:
    """The questions of a batch; Invalid, TooLarge."""
    batch = _parsed("queries", text)
    if isinstance(batch, dict) and len(batch) > MOST_QUERIES:
        raise problems.TooLarge(f"These are {len(batch)} queries: send {MOST_QUERIES} at most at once.")
    queries = _validated(_BATCH, batch, "queries")
    faults: list[dict[str, Any]] = []
    found = {key: _question(query, f"queries.{key}", faults) for key, query in queries.items()}
    _raise(faults)
    return found


def extension_of(text: str) -> tuple[list[str], list[Wish]]:
    """Ids and properties of a data extension; Invalid, TooLarge."""
    read = _parsed("extend", text)
    ids = read.get("ids") if isinstance(read, dict) else None
    if isinstance(ids, list) and len(ids) > MOST_IDS:
        raise problems.TooLarge(f"These are {len(ids)} ids: send {MOST_IDS} at most at once.")
    query = _validated(_EXTENSION, read, "extend")
    faults = [
        _unknown(f"extend.properties.{index}.id", one.id, "property", PROPERTIES)
        for index, one in enumerate(query.properties)
        if one.id not in PROPERTIES
    ]
    _raise(faults)
    wishes = [Wish(one.id, int(one.settings.limit or 0), one.settings.language) for one in query.properties]
    return query.ids, wishes


def kinds_of(types: Iterable[str], field: str) -> tuple[str, ...]:
    """These types, each once; Invalid where there is no such type."""
    found = tuple(dict.fromkeys(types))
    _raise([_unknown(field, one, "type", KINDS) for one in found if one not in KINDS])
    return found


def number_of(text: str, field: str, highest: int) -> int:
    """A number of a query string from 0 to a highest; Invalid."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= highest):
        detail = f"“{text[:80]}” is no number from 0 to {highest}."
        raise problems.Invalid([problems.error(field, text[:200], "invalid-number", detail)], detail)
    return int(text)


def too_long(field: str, text: str, longest: int) -> problems.Invalid:
    detail = f"These are {len(text)} characters: write {longest} at most."
    return problems.Invalid([problems.error(field, text[:200], "string-too-long", detail)], detail)


def _parsed(field: str, text: str) -> Any:
    if len(text) > LONGEST:
        raise problems.TooLarge(f"“{field}” has {len(text)} characters: send {LONGEST} at most.")
    try:
        return orjson.loads(text)
    except (ValueError, RecursionError) as error:
        detail = f"“{field}” is no JSON: {error}."
        raise problems.Invalid([problems.error(field, text[:200], "invalid-json", detail)], detail) from None


def _validated(adapter: TypeAdapter[T], value: Any, field: str) -> T:
    try:
        return adapter.validate_python(value)
    except ValidationError as failure:
        faults = [
            problems.error(
                ".".join([field, *map(str, one["loc"])]),
                _shown(one["input"]),
                one["type"].replace("_", "-"),
                one["msg"],
            )
            for one in failure.errors(include_url=False, include_context=False)
        ]
        raise problems.Invalid(faults[:_MOST_ERRORS], "The request is not valid.") from None


def _question(query: Query, field: str, faults: list[dict[str, Any]]) -> Question:
    types = [query.type] if isinstance(query.type, str) else query.type or []
    faults += [_unknown(f"{field}.type", one, "type", KINDS) for one in types if one not in KINDS]
    text = query.query or ""
    if not text.strip() and not query.properties:
        faults.append(problems.error(f"{field}.query", text, "empty", "Write a name, or a property."))
    kinds = tuple(dict.fromkeys(types))
    if query.type_strict == "all" and len(kinds) > 1:
        detail = "Nothing has more than one type: leave out type_strict, or ask for one type."
        faults.append(problems.error(f"{field}.type_strict", "all", "nothing-has-all", detail))
    beside: dict[str, Wanted] = {}
    for index, one in enumerate(query.properties or ()):
        place = f"{field}.properties.{index}"
        if one.pid not in _COMPARED:
            faults.append(_unknown(f"{place}.pid", one.pid, "property to compare", _COMPARED))
            continue
        wanted = beside.setdefault(one.pid, Wanted())
        values = one.v if isinstance(one.v, list) else [one.v]
        if len(values) > _MOST_VALUES or not all(_add(wanted, value) for value in values):
            detail = f"A value is a text of {_LONGEST_VALUE} characters at most, a number, true, false, or an entity "
            detail += f"with its id; or a list of up to {_MOST_VALUES} of these."
            faults.append(problems.error(f"{place}.v", _shown(one.v), "invalid-value", detail))
    return Question(text, kinds, query.limit or _DEFAULT_LIMIT, beside)


_COMPARED = {
    one.id: one.name for kind in KINDS.values() for one in kind.properties.values() if one.agrees is not None
}  # fmt: skip


def _add(wanted: Wanted, value: Any) -> bool:
    """Take a value in; whether it is one."""
    if isinstance(value, dict):
        entity, name = value.get("id"), value.get("name", "")
        if not (isinstance(entity, str) and isinstance(name, str | None) and len(entity) <= _LONGEST_VALUE):
            return False
        wanted.ids.append(entity)
        return True
    if not isinstance(value, str | int | float) or len(str(value)) > _LONGEST_VALUE:
        return False
    wanted.texts.append(str(value))
    return True


def _unknown(field: str, value: str, what: str, known: Mapping[str, Any]) -> dict[str, Any]:
    detail = f"There is no {what} “{value[:80]}”: use one of {', '.join(known)}."
    return problems.error(field, value[:200], "unknown-value", detail, nearest=list(known))


def _shown(value: Any) -> str:
    """Of a value that was refused; of lists and objects nothing, which may be deep."""
    return "" if isinstance(value, dict | list) else str(value)[:200]


def _raise(faults: list[dict[str, Any]]) -> None:
    if faults:
        raise problems.Invalid(faults[:_MOST_ERRORS], "The request is not valid.")
