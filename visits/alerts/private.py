"""Addresses of a saved search that need no sign-in: its feed, and the page that stops its e-mails.

They end in a keyed hash of the search's id, so that nobody guesses one and nothing secret is stored. A feed with a new
address has another version in its hash.
"""

from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from visits import atom, citing, letters
from visits.enums import Frequency
from visits.models import Alert, SavedSearch

from .recent import entries_of

SIZE = 100  # entries of a feed


def _hash(purpose: str, *parts: int) -> str:
    text = "-".join(map(str, parts))
    return salted_hmac(f"visits.alerts.{purpose}", text, algorithm="sha256").hexdigest()[:40]


def feed_path(search: SavedSearch) -> str:
    return reverse("saved-feed", args=[search.pk, _hash("feed", search.pk, search.feed_version)])


def stop_path(search: SavedSearch) -> str:
    return reverse("saved-stop", args=[search.pk, _hash("stop", search.pk)])


def of_feed(pk: int, key: str) -> SavedSearch | None:
    """The search of a feed's address, if that is right."""
    search = SavedSearch.objects.select_related("reader").filter(pk=pk).first()
    if search and constant_time_compare(key, _hash("feed", search.pk, search.feed_version)):
        return search
    return None


def of_stop(pk: int, key: str) -> SavedSearch | None:
    """The search that an e-mail's link stops, if that is right."""
    if not constant_time_compare(key, _hash("stop", pk)):
        return None
    return SavedSearch.objects.select_related("reader").filter(pk=pk).first()


def stop(search: SavedSearch) -> None:
    """No e-mail any more; the feed goes on."""
    SavedSearch.objects.filter(pk=search.pk).update(frequency=Frequency.OFF)


def feed_of(search: SavedSearch, words: str, link: str) -> bytes:
    """The newest alerts of a search as Atom, each record once, whatever its owner hears by e-mail."""
    alerts = Alert.objects.filter(search=search).order_by("-change_id")
    newest: dict[int, datetime] = {}
    for record, at in alerts.values_list("change__record", "change__at")[: 2 * SIZE]:
        newest.setdefault(record, at)
    ids = list(newest)[:SIZE]
    found = entries_of(search.kind, ids)
    entries = [replace(found[pk], changed=newest[pk]) for pk in ids if pk in found]
    about = words if not search.problem else _("This search finds nothing any more: %(why)s") % {"why": search.problem}
    site = letters.site()
    return atom.feed_of(entries, citing.one_line(search.name), about, site + link, site + "/", site + feed_path(search))
