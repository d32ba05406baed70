"""The bytes of a feed or of a page with links to the stories that it names. Nothing is fetched here.

feedparser gets a stream, never a text or an address: it would open those.
"""

import html
import io
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import feedparser
import httpx
import lxml.html
from django.utils.translation import gettext_noop as _
from lxml import etree

from visits import names

from .article_text import decoded
from .reading import UnreadableInput

MAX_FEED_BYTES = 4 * 2**20
MAX_ENTRIES = 200  # that are taken at once, the first ones
_MAX_MARKED = 5_000  # entries that are taken apart at all; each takes time
_MAX_ELEMENTS = 100_000
_MAX_REFERENCES = 300_000  # to characters: &amp;
_FEW_WORDS = 4  # a link with fewer is one of a menu
_ENTRY = re.compile(rb"<(?:[a-z]{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ELEMENT = re.compile(rb"<[a-zA-Z]")
_TAG = re.compile(r"<[^<>]{1,500}>")
_PAGE = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_FEEDS = {"application/rss+xml", "application/atom+xml"}


@dataclass(frozen=True, slots=True)
class Named:
    """A story that a feed names. `published` is EDTF or empty."""

    guid: str
    url: str
    title: str = ""
    published: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed or page names; `left_out` entries have no address that can be fetched."""

    title: str
    entries: list[Named] = field(default_factory=list)
    left_out: int = 0


def listing_of(content: bytes, url: str, kind: str, *, links: str = "", charset: str = "") -> Listing:
    """The stories that a feed (or a `page`) at this address names; UnreadableInput when it is none."""
    if len(content) > MAX_FEED_BYTES:
        raise UnreadableInput(
            url, "too-large", _("A feed has at most %(most)s MB.") % {"most": MAX_FEED_BYTES // 2**20}
        )
    marked = len(_ENTRY.findall(content)) > _MAX_MARKED or content.count(b"&") > _MAX_REFERENCES
    if marked or len(_ELEMENT.findall(content)) > _MAX_ELEMENTS:
        raise UnreadableInput(url, "too-large", _("It has more entries than any feed: it is not read."))
    if b"<!ENTITY" in content:
        raise UnreadableInput(url, "entities", _("It defines entities, which no feed needs: it is not read."))
    if kind == "page":
        return _of_page(_tree(content, url, charset), url, links)
    if _PAGE.match(content[:2048]):
        named = ", ".join(_feeds_of(_tree(content, url, charset), url)[:3])
        advice = _("It is a page and no feed. Choose “page with links”.")
        if named:
            advice = _("It is a page and no feed. It names these feeds: %(feeds)s.") % {"feeds": named}
        raise UnreadableInput(url, "no-feed", advice)
    return _of_feed(content, url, charset)


def _of_feed(content: bytes, url: str, charset: str) -> Listing:
    headers = {"content-location": url}
    if charset:
        headers["content-type"] = f"application/xml; charset={charset}"
    parsed: Any = feedparser.parse(io.BytesIO(content), response_headers=headers, sanitize_html=False)
    if not parsed.get("version") and not parsed.entries:
        why = str(parsed.get("bozo_exception", "")).split("\n")[0][:200]
        detail = _("It is no RSS or Atom feed (%(why)s).") % {"why": why} if why else _("It is no RSS or Atom feed.")
        raise UnreadableInput(url, "no-feed", detail)
    found, left_out = [], 0
    for entry in parsed.entries[:MAX_ENTRIES]:
        address = address_at(url, str(entry.get("link", "")))
        if not address:
            left_out += 1
            continue
        guid = names.clean(str(entry.get("id") or ""))[:2000] or address
        title = plain(str(entry.get("title", "")))
        found.append(Named(guid, address, title, _day(entry.get("published_parsed") or entry.get("updated_parsed"))))
    return Listing(plain(str(parsed.feed.get("title", "")))[:200], _once(found), left_out)


def _of_page(tree: Any, url: str, links: str) -> Listing:
    """Links of the same host: those whose address holds `links`, else those that read like a headline."""
    host, found = httpx.URL(url).host, []
    for element in tree.iter("a"):
        address = address_at(url, element.get("href") or "")
        title = names.clean(element.text_content())[:1000]
        if not address or address == url or httpx.URL(address).host != host:
            continue
        if links in address if links else len(title.split()) >= _FEW_WORDS:
            found.append(Named(address, address, title))
    title = names.clean(" ".join(tree.xpath("//title[1]//text()")))[:200]
    return Listing(title, _once(found)[:MAX_ENTRIES])


def _once(entries: list[Named]) -> list[Named]:
    """The first of those with one address; of links with one address the longest title."""
    kept: dict[str, Named] = {}
    for entry in entries:
        before = kept.get(entry.url)
        if before is None or (before.guid == before.url and len(entry.title) > len(before.title)):
            kept[entry.url] = entry
    return list(kept.values())


def _feeds_of(tree: Any, url: str) -> list[str]:
    """The feeds that a page says it has."""
    named = (one for one in tree.iter("link") if (one.get("type") or "").lower() in _FEEDS)
    return list(filter(None, (address_at(url, one.get("href") or "") for one in named)))


def _tree(content: bytes, url: str, charset: str) -> Any:
    text, _encoding, _remarks = decoded(url, content, charset)
    try:
        return lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", text))
    except (etree.ParserError, ValueError) as error:
        raise UnreadableInput(url, "no-page", _("It is no page.")) from error


def address_at(base: str, link: str) -> str:
    """A link as a whole address without its fragment; empty when it is none that could be fetched."""
    link = link.strip()
    if not link:
        return ""
    try:
        address = httpx.URL(base).join(link).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        return ""
    fits = address.scheme in {"http", "https"} and address.host and not address.userinfo
    return str(address) if fits and len(str(address)) <= 2000 else ""


def plain(text: str) -> str:
    """A title without the tags that some feeds put into it, in one line."""
    return names.clean(html.unescape(_TAG.sub(" ", html.unescape(text[:5000]))))[:1000]


def _day(parsed: Any) -> str:
    try:
        return date(parsed.tm_year, parsed.tm_mon, parsed.tm_mday).isoformat() if parsed else ""
    except (ValueError, TypeError, AttributeError):
        return ""
