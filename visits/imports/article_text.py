"""Bytes to an article: which encoding, which format; plain text, HTML, JSON with a `text`, PDF. Nothing is run.

Whatever is no text is refused with what it is; an encoding that nobody stated is told with the article.
"""

import codecs
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import trafilatura
from charset_normalizer import from_bytes
from django.utils.translation import gettext_noop as _

from . import pdf_text
from .article import Document
from .reading import UnreadableInput, shown

MAX_ARTICLE_BYTES = 5 * 2**20
MAX_ELEMENTS = 50_000  # of a page; each takes time
_TITLE_CHARACTERS = 250
_SAMPLE = 2**16
_LEAST = 40  # bytes from which an encoding can be told
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What is told from letters alone; where one stands for another, the usual one.
_GUESSED = (
    *("utf_16_le", "utf_16_be", "cp1252", "cp1251", "koi8_r", "koi8_u", "iso8859_5", "mac_cyrillic", "cp866"),
    *("cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "iso8859_2", "iso8859_9"),
    *("cp932", "euc_jp", "iso2022_jp", "gb18030", "big5", "cp949"),
)
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined", "mbcs", "oem"}
_DECLARED = re.compile(rb"""(?:charset\s*=\s*["']?|encoding\s*=\s*["'])\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*|<!--.{0,2000}?-->\s*){0,3}<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[a-zA-Z]")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_BINARY = {
    b"PK\x03\x04": _("a zipped file (perhaps a Word or OpenDocument file): save it as text, HTML or PDF"),
    b"\xd0\xcf\x11\xe0": _("an old Office file: save it as text, HTML or PDF"),
    b"{\\rtf": _("an RTF file: save it as text, HTML or PDF"),
    b"\x1f\x8b": _("a compressed file: unpack it first"),
    b"BZh": _("a compressed file: unpack it first"),
    b"\xfd7zXZ": _("a compressed file: unpack it first"),
    b"7z\xbc\xaf": _("a compressed file: unpack it first"),
    b"\x89PNG": _("a picture"),
    b"\xff\xd8\xff": _("a picture"),
    b"GIF8": _("a picture"),
    b"RIFF": _("a picture or a recording"),
    b"ID3": _("a recording"),
    b"OggS": _("a recording"),
    b"\x7fELF": _("a program"),
    b"MZ\x90": _("a program"),
    b"SQLite format": _("a database"),
}


@dataclass(frozen=True, slots=True)
class Article:
    """A document, and what has to be said about how it was read: (code, reason) pairs."""

    document: Document
    encoding: str = ""
    remarks: list[tuple[str, str]] = field(default_factory=list)


def article_of(name: str, content: bytes, origin: Mapping[str, str] | None = None) -> Article:
    """The article in these bytes; UnreadableInput says what they are instead.

    `origin` is what is known of where they come from: url, type and charset as its server says, and title, publisher,
    published as a feed says. The address that was fetched counts, not one that the page gives itself.
    """
    origin = origin or {}
    if content.startswith(b"%PDF") or origin.get("type") == "application/pdf":
        return Article(_placed(_from_pdf(name, content), origin), "PDF")
    if len(content) > MAX_ARTICLE_BYTES:
        limit = MAX_ARTICLE_BYTES // 2**20
        raise UnreadableInput(
            name, "too-large", _("An article has at most %(limit)s MB: this is no article.") % {"limit": limit}
        )
    text, encoding, remarks = decoded(name, content, origin.get("charset", ""))
    document = _parsed(name, text, origin.get("type", ""))
    if not document.text.strip():
        raise UnreadableInput(name, "no-text", _("It holds no text to read."))
    return Article(_placed(document, origin), encoding, remarks)


def decoded(name: str, content: bytes, charset: str = "") -> tuple[str, str, list[tuple[str, str]]]:
    """Text, its encoding, and a remark where that was not stated."""
    for signature, what in _BINARY.items():
        if content.startswith(signature):
            raise UnreadableInput(name, "binary", _("It is no text but %(what)s.") % {"what": what})
    encoding, remarks = _encoding(name, content, charset)
    text = content.decode(encoding).removeprefix("\ufeff")
    if "\x00" in text:
        raise UnreadableInput(name, "binary", _("It holds NUL characters: it is no text."))
    if len(_CONTROL.findall(text[:_SAMPLE])) > len(text[:_SAMPLE]) // 100:
        raise UnreadableInput(name, "binary", _("It holds control characters: it is no text."))
    return text, encoding, remarks


# What `pdf_text` says, which is a program of its own.
_OF_PDFS = (
    _("It takes too much time or memory to read."),
    _("It is locked with a password."),
    _("It is no whole PDF, or one that cannot be read: %(why)s."),
    _("It is no whole PDF: %(why)s."),
    _("It holds no text: it is perhaps a scan."),
)
_TOLD = _("Its encoding is not stated: it was read as %(encoding)s, by its letters.")
_SAID_AND_TOLD = _(
    "Its encoding is not stated (it says that it is %(said)s, which it is not): it was read as %(encoding)s, by its "
    "letters."
)
_UNTOLD = _("It is no UTF-8 text, and its encoding cannot be told: save it as UTF-8.")
_SAID_UNTOLD = _(
    "It is no UTF-8 text, and its encoding cannot be told (it says that it is %(said)s, which it is not): save it as "
    "UTF-8."
)


def _encoding(name: str, content: bytes, charset: str) -> tuple[str, list[tuple[str, str]]]:
    """By its first bytes, as UTF-8, as stated by the server or the page, as its letters tell; else UnreadableInput."""
    for mark, encoding in _BOMS.items():
        if content.startswith(mark) and _decodes(content, encoding):
            return encoding, []
    if b"\x00" not in content and _decodes(content, "utf-8"):
        return "utf-8", []
    stated = [charset, *(one.decode("ascii") for one in _DECLARED.findall(content[:2048]))]
    for one in filter(None, stated):
        if (encoding := _known(one)) and _decodes(content, encoding):
            return encoding, []
    said = ", ".join(filter(None, stated))
    if (encoding := _guessed(content)) and _decodes(content, encoding):
        words = (_SAID_AND_TOLD if said else _TOLD) % {"said": said, "encoding": encoding}
        return encoding, [("encoding", words)]
    if b"\x00" in content:
        raise UnreadableInput(name, "binary", _("It holds NUL characters: it is no text."))
    place = _first_fault(content)
    raise UnreadableInput(
        name,
        "encoding",
        (_SAID_UNTOLD if said else _UNTOLD) % {"said": said},
        value=shown(content[place : place + 20].hex()),
    )


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def _known(charset: str) -> str:
    """The codec of a stated charset, as browsers take it; empty when it is none of texts."""
    with suppress(LookupError, ValueError):
        name = codecs.lookup(charset).name
        if name.replace("_", "-") not in _NO_CHARSETS:
            return {"iso8859-1": "cp1252", "ascii": "cp1252", "shift_jis": "cp932", "gb2312": "gb18030"}.get(name, name)
    return ""


def _guessed(content: bytes) -> str:
    if len(content) < _LEAST:
        return ""
    best = from_bytes(content[:_SAMPLE], cp_isolation=list(_GUESSED)).best()
    if best is None or best.chaos > 0.1 or (best.coherence < 0.2 and not best.multi_byte_usage):
        return ""
    same = {best.encoding, *best.could_be_from_charset}
    return codecs.lookup(next((one for one in _GUESSED if one in same), best.encoding)).name


def _first_fault(content: bytes) -> int:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _placed(document: Document, origin: Mapping[str, str]) -> Document:
    """With what is known from outside; of the address the fetched one alone."""
    url = origin.get("url", "")
    return Document(
        document.text,
        title=document.title or origin.get("title", ""),
        language=document.language,
        published=origin.get("published") or document.published,
        publisher=document.publisher or origin.get("publisher", ""),
        url=url or document.url,
    )


def _parsed(name: str, text: str, kind: str) -> Document:
    name = name.lower()
    if (text.lstrip().startswith("{") and name.endswith(".json")) or kind == "application/json":
        return _from_json(name, text)
    if _HTML.match(text[:4096]) or name.endswith((".html", ".htm")) or kind in {"text/html", "application/xhtml+xml"}:
        return _from_html(name, text)
    first = text.strip().split("\n", 1)[0].strip()
    return Document(text, title=first if len(first) <= _TITLE_CHARACTERS else "")


def _from_json(name: str, text: str) -> Document:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableInput(name, "json", _("It is no JSON: %(why)s.") % {"why": error}) from error
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        raise UnreadableInput(name, "json", _("It has no “text”."), field="text")
    known = {key: data[key] for key in ("title", "published", "publisher", "url") if isinstance(data.get(key), str)}
    return Document(data["text"], **known)


def _from_html(name: str, text: str) -> Document:
    """The story of a page, without its menus and scripts; nothing of the page is run or fetched."""
    if len(_TAG.findall(text)) > MAX_ELEMENTS:
        raise UnreadableInput(
            name,
            "too-large",
            _("The page has more than %(most)s elements: this is no article.") % {"most": f"{MAX_ELEMENTS:,}"},
        )
    text = re.sub(r"^\s*<\?xml[^>]*>", "", text)  # it states the encoding that the text had
    page = trafilatura.bare_extraction(text, with_metadata=True, include_comments=False, include_tables=False)
    found = {} if page is None else page if isinstance(page, dict) else page.as_dict()
    return Document(
        found.get("text") or "",
        title=found.get("title") or "",
        publisher=found.get("sitename") or "",
        published=found.get("date") or "",
        url=found.get("url") or "",
    )


def _from_pdf(name: str, content: bytes) -> Document:
    if len(content) > pdf_text.MAX_PDF_BYTES:
        limit = pdf_text.MAX_PDF_BYTES // 2**20
        raise UnreadableInput(name, "too-large", _("A PDF has at most %(limit)s MB: save its text.") % {"limit": limit})
    if not content.startswith(b"%PDF"):
        raise UnreadableInput(name, "pdf", _("It is said to be a PDF, and is none."))
    try:
        found = pdf_text.text_of(content)
    except pdf_text.NoText as problem:
        raise UnreadableInput(
            name, "pdf", _("No text can be read from this PDF. %(why)s") % {"why": problem}
        ) from problem
    lines = found["text"].split("\n", 1)[0].strip()
    return Document(found["text"], title=found["title"] or (lines if len(lines) <= _TITLE_CHARACTERS else ""))
