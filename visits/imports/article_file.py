"""Articles in files: plain text, HTML, or JSON with a `text`. Each visit that is told of is one row."""

import json
from collections.abc import Iterator
from pathlib import Path

import trafilatura

from visits import names, record

from .article import Document
from .article.choice import configured
from .reading import InputFile, InputRow, UnreadableInput, shown

MAX_ARTICLE_BYTES = 5 * 2**20
_TITLE_CHARACTERS = 250


class ArticleReader:
    name = "article"
    label = "article (text, HTML, or JSON with a text)"
    suffixes: tuple[str, ...] = (".txt", ".md", ".html", ".htm")

    def recognises(self, name: str, head: bytes) -> bool:
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
        if name.lower().endswith(".json"):
            return start.startswith(b"{") and b'"text"' in head
        if start.startswith((b"<!doctype html", b"<html")):
            return True
        about = Path(name).name.upper().startswith(("LICENSE", "README", "SOURCE"))  # of a data set in a folder below
        return name.lower().endswith(self.suffixes) and not about

    def check(self, file: InputFile) -> None:
        _document(file)

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row for each visit, or one without a record when the text tells of none."""
        document, content = _document(file)
        extraction = configured().extract(document)
        raw = {
            "title": document.title,
            "publisher": document.publisher,
            "url": document.url,
            "published": document.published,
            "sha256": file.sha256,
        }
        doubts = [("not-read" if note.startswith("not read") else "note", note) for note in extraction.notes]
        if not extraction.visits:
            source = record.SourceRef(
                title=names.clean(document.title)[:1000],
                publisher=names.clean(document.publisher)[:1000],
                language=extraction.language,
                text=extraction.text,
            )
            yield InputRow(
                file.name,
                1,
                raw,
                doubts=doubts or [("no-visit", "The text tells of no visit.")],
                content=content,
                document=source,
            )
        for part, visit in enumerate(extraction.visits):
            row = InputRow(file.name, part + 1, raw, doubts=list(doubts), part=part, content=content)
            row.record = visit
            yield row


def _document(file: InputFile) -> tuple[Document, bytes]:
    """The text to read, and the bytes that it came from."""
    if file.size > MAX_ARTICLE_BYTES:
        limit = MAX_ARTICLE_BYTES // 2**20
        raise UnreadableInput(file.name, "too-large", f"An article has at most {limit} MB: this is no article.")
    with file.open() as stream:
        content = stream.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableInput(
            file.name,
            "encoding",
            "It is no UTF-8 text: save it as UTF-8.",
            value=shown(content[error.start :][:20].hex()),
        ) from error
    if "\x00" in text:
        raise UnreadableInput(file.name, "binary", "It holds NUL characters: it is no text.")
    document = _parsed(file.name, text)
    if not document.text.strip():
        raise UnreadableInput(file.name, "no-text", "It holds no text to read.")
    return document, content


def _parsed(name: str, text: str) -> Document:
    start = text.lstrip()[:200].lower()
    if start.startswith("{") and name.lower().endswith(".json"):
        return _from_json(name, text)
    if start.startswith(("<!doctype html", "<html")) or name.lower().endswith((".html", ".htm")):
        return _from_html(text)
    first = text.strip().split("\n", 1)[0].strip()
    return Document(text, title=first if len(first) <= _TITLE_CHARACTERS else "")


def _from_json(name: str, text: str) -> Document:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableInput(name, "json", f"It is no JSON: {error}.") from error
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        raise UnreadableInput(name, "json", "It has no “text”.", field="text")
    known = {key: data[key] for key in ("title", "published", "publisher", "url") if isinstance(data.get(key), str)}
    return Document(data["text"], **known)


def _from_html(text: str) -> Document:
    """The story of a page, without its menus and scripts; nothing of the page is run or fetched."""
    page = trafilatura.bare_extraction(text, with_metadata=True, include_comments=False, include_tables=False)
    found = {} if page is None else page if isinstance(page, dict) else page.as_dict()
    return Document(
        found.get("text") or "",
        title=found.get("title") or "",
        publisher=found.get("sitename") or "",
        published=found.get("date") or "",
        url=found.get("url") or "",
    )
