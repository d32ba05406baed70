"""The shapes of the answers of the search, for the OpenAPI document."""

from pydantic import Field

from .documents import Part, Path


class Hit(Part):
    kind: str
    id: int | str = Field(description="its id; of a country its code, of a topic or dialogue its slug")
    title: str
    snippet: str = Field(description="the words that were found stand between « and »")
    note: str = Field(description="what or where it is, in words")
    when: str = Field(description="its dates, in words")
    url: Path


class FoundKind(Part):
    kind: str
    count: int
    more: bool = Field(description="whether there are more than `count`, which were not counted")
    url: Path = Field(description="the page with the best fifty of this kind")


class Meant(Part):
    kind: str = Field(description="`pairs`, `lists`, or the kind of a record")
    title: str
    note: str
    url: Path


class SearchResults(Part):
    query: str
    meant: list[Meant] = Field(description="pages that are just what was asked for")
    nearly: bool = Field(description="no name is written so; the names found are like it")
    kinds: list[FoundKind]
    results: list[Hit]


class TextPart(Part):
    text: str
    hit: bool = Field(description="whether this is what was typed")


class Suggestion(Part):
    kind: str
    label: str = Field(description="the kind in words")
    title: str
    parts: list[TextPart] = Field(description="the title in pieces")
    note: str
    url: Path


class Suggestions(Part):
    query: str
    message: str = Field(description="how many there are, in words, to be read aloud")
    url: Path = Field(description="the page that searches texts too")
    suggestions: list[Suggestion]
