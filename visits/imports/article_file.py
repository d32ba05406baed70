"""Articles in files: plain text, HTML, PDF, or JSON with a `text`. Each visit that is told of is one row."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from visits import names
from visits.record import VisitData

from .article.choice import configured
from .article.extractor import source_of
from .article.sides import disguise_at
from .article_text import MAX_ARTICLE_BYTES, Article, article_of
from .pdf_text import MAX_PDF_BYTES
from .reading import InputFile, InputRow

_MOST = max(MAX_ARTICLE_BYTES, MAX_PDF_BYTES)


class ArticleReader:
    name = "article"
    label: Any = gettext_lazy("article (text, HTML, PDF, or JSON with a text)")
    suffixes: tuple[str, ...] = (".txt", ".md", ".html", ".htm", ".xhtml", ".pdf")

    def recognises(self, name: str, head: bytes) -> bool:
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
        if name.lower().endswith(".json"):
            return start.startswith(b"{") and b'"text"' in head
        if start.startswith((b"<!doctype html", b"<html", b"%pdf-")):
            return True
        about = Path(name).name.upper().startswith(("LICENSE", "README", "SOURCE"))  # of a data set in a folder below
        return name.lower().endswith(self.suffixes) and not about

    def check(self, file: InputFile) -> None:
        _article(file)

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row for each visit, or one without a record when the text tells of none."""
        article, content = _article(file)
        document = article.document
        extraction = configured().extract(document)
        raw = {
            "title": document.title,
            "publisher": document.publisher,
            "url": document.url,
            "published": document.published,
            "sha256": file.sha256,
        }
        if article.encoding not in {"", "utf-8"}:
            raw["encoding"] = article.encoding
        doubts = [("not-read" if note.startswith("not read") else "note", note) for note in extraction.notes]
        doubts = [*article.remarks, *doubts]
        retrieved = file.origin.get("retrieved_at", "")
        if not extraction.visits:
            clean = replace(document, title=names.clean(document.title), publisher=names.clean(document.publisher))
            yield InputRow(
                file.name,
                1,
                raw,
                doubts=doubts or [("no-visit", _("The text tells of no visit."))],
                content=content,
                retrieved_at=retrieved,
                document=source_of(clean, extraction.language, extraction.text),
            )
        for part, visit in enumerate(extraction.visits):
            own = [("disguised-name", why) for why in disguises(visit)]
            row = InputRow(file.name, part + 1, raw, doubts=[*own, *doubts], part=part, content=content)
            row.retrieved_at = retrieved
            row.record = visit
            yield row


def disguises(visit: VisitData) -> list[str]:
    """Of each name in a record that is not what it looks like, why."""
    text = visit.sources[0].text or ""
    named = [c for c in visit.citations if c.field == "name_as_printed" and c.start is not None and c.end is not None]
    found = (disguise_at(text, citation.start or 0, citation.end or 0) for citation in named)
    return list(dict.fromkeys(filter(None, found)))


def _article(file: InputFile) -> tuple[Article, bytes]:
    """What is read, and the bytes that it came from."""
    with file.open() as stream:
        content = stream.read(_MOST + 1)
    return article_of(file.name, content, file.origin), content
