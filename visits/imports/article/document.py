"""What goes into a reader of articles, and what comes out."""

from dataclasses import dataclass, field
from typing import Protocol

from visits.record import VisitData


@dataclass(frozen=True, slots=True)
class Document:
    """A text to read. `published` is an EDTF date or empty; `language` None means: find out."""

    text: str
    title: str = ""
    language: str | None = None
    published: str = ""
    publisher: str = ""
    url: str = ""


@dataclass(slots=True)
class Extraction:
    """What a reader found. `text` is exactly the text that the offsets of all citations refer to."""

    language: str
    text: str
    visits: list[VisitData] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Extractor(Protocol):
    """Reads one document. Never raises for what a text says: what it cannot read, it says in `notes`."""

    def extract(self, document: Document) -> Extraction: ...
