"""Lists as Atom (RFC 4287): the first hundred of the list's own order, which is the newest first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import citing, paging
from .entries import Entry, entry_of, read

KINDS = ("visits", "meetings", "outcomes")
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
SIZE = 100
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # when an empty feed changed


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=_NEVER)


def atom_bytes(
    kind: str, queryset: QuerySet[Any], order: paging.Order, reference: citing.Reference, site: str, address: str
) -> bytes:
    """The feed of a list; `address` is the feed's own. It says when the list holds more than the feed."""
    page = paging.page(queryset, order, read(kind), size=SIZE)
    entries = [entry_of(kind, row) for row in page.rows]
    about = _("All of the list.")
    if page.next:
        about = _("The newest %(number)d; the list holds more: %(url)s") % {"number": SIZE, "url": reference.url}
    return feed_of(entries, citing.one_line(reference.title), about, reference.url, site, address)


def feed_of(entries: Sequence[Entry], title: str, about: str, link: str, site: str, address: str) -> bytes:
    feed = _Feed(
        title=title,
        link=link,
        description="",
        subtitle=about,
        feed_url=address,
        author_name=str(citing.SITE),
        author_link=site,
        language=get_language(),
    )
    for entry in entries:
        feed.add_item(
            title=entry.title,
            link=site.rstrip("/") + entry.url,
            description=format_html_join("", "<p>{}</p>", ((line,) for line in entry.lines)),
            unique_id=f"urn:uuid:{entry.uid}",
            updateddate=entry.changed,
            categories=entry.tags,
        )
    return feed.writeString("utf-8").encode()
