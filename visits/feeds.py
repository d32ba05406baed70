"""Feeds: looked at when it is time, each new story fetched, read by the article reader, kept with what came of it.

Work goes by host: one request at a time to each, with a gap, and none before the time that the host asks for. The
steps are `take_turn` (poll feeds, fetch entries), `gather` (fetched entries become a load like any other, without
trust) and `settle` (what came of them). Each leaves the database as the next one needs it, so that whoever is killed
is just followed by another. Nothing is published here.
"""

import hashlib
import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import MD5
from django.utils import timezone
from django.utils.translation import gettext as _

from . import articles, robots, unattended
from .enums import Action, CandidateState, EntryState, FeedStatus, RunStatus
from .fetching import ARTICLE_TYPES, FEED_TYPES, Fetched, FetchError, check_address, fetch
from .imports.feed_file import MAX_FEED_BYTES, Listing, Named, listing_of
from .imports.reading import UnreadableInput, file_name
from .models import Candidate, Feed, FeedEntry, FeedHost, ImportFile, ImportProblem, ImportRun, Source

HOST_LOCK = 7_302_615
TURN_SECONDS = 20
_LOOK_SECONDS = 15  # of a web process
_RESTS_AFTER = 8  # failures in a row
_LONGEST = timedelta(days=1)  # between two looks at a feed that fails
_ATTEMPTS = 4  # to fetch an entry
_FIRST_RETRY = timedelta(minutes=10)  # four times as long after each attempt
_LOAD_ENTRIES = 50  # of one load
_LOAD_WAIT = timedelta(minutes=10)  # so long a fetched entry waits for others of its feed
_HOPELESS = {"gone", "address", "scheme", "credentials", "port", "url", "robots"}  # no later look will help
_KILLED = timedelta(minutes=2)  # until what broke off in its middle is tried again
log = logging.getLogger(__name__)
_GOING = (RunStatus.QUEUED, RunStatus.RUNNING)


# a feed by hand


def begin(feed: Feed) -> None:
    """Have a feed that is new, changed or at rest looked at with the next tick, as if for the first time."""
    feed.host = check_address(feed.url).host
    feed.status, feed.message, feed.failures, feed.etag, feed.last_modified = FeedStatus.NEW, "", 0, "", ""
    feed.next_at = timezone.now()


@dataclass(frozen=True)
class Look:
    """What a feed would give now, and which of it is known."""

    listing: Listing
    entries: list[tuple[Named, bool]]

    @property
    def new(self) -> int:
        return sum(not known for _entry, known in self.entries)


def look(feed: Feed) -> Look:
    """What would be taken, and nothing kept; FetchError or UnreadableInput says why nothing would."""
    listing = _listing(feed, fetch(feed.url, FEED_TYPES, most=MAX_FEED_BYTES, seconds=_LOOK_SECONDS))
    known = _known_addresses([entry.url for entry in listing.entries])
    return Look(listing, [(entry, entry.url in known) for entry in listing.entries])


@transaction.atomic
def read_again(entries: QuerySet[FeedEntry]) -> int:
    """Have entries read once more, from the bytes that were kept, else fetched anew; how many."""
    over = (EntryState.NOTHING, EntryState.ERROR, EntryState.KNOWN, EntryState.VISIT)
    chosen = list(entries.filter(state__in=over).select_for_update())
    kept = {
        sha256: bytes(raw or b"")
        for sha256, raw in Source.objects.filter(
            sha256__in=[entry.sha256 for entry in chosen if entry.sha256], raw__isnull=False
        ).values_list("sha256", "raw")
    }
    for entry in chosen:
        entry.content = kept.get(entry.sha256)
        entry.state = EntryState.FETCHED if entry.content else EntryState.NEW
        entry.attempts, entry.next_at = 0, timezone.now()
    FeedEntry.objects.bulk_update(chosen, ["content", "state", "attempts", "next_at"])
    return len(chosen)


def file_of(entry: FeedEntry) -> str:
    """What its load calls an entry."""
    return file_name(entry.file)


# what is due


def due_hosts() -> list[str]:
    """The hosts to which there is something to ask, and that may be asked."""
    now = timezone.now()
    feeds = Feed.objects.filter(active=True, next_at__lte=now).values_list("host", flat=True)
    entries = _to_fetch().filter(next_at__lte=now).values_list("host", flat=True)
    busy = FeedHost.objects.filter(free_at__gt=now).values_list("name", flat=True)
    return sorted({*feeds, *entries} - {*busy})


def _to_fetch() -> QuerySet[FeedEntry]:
    return FeedEntry.objects.filter(state=EntryState.NEW, feed__active=True)


def take_turn(host: str, seconds: float = TURN_SECONDS) -> int:
    """Ask a host what is due, one request after the other, for so long; how many requests. One at a time asks."""
    asked, end = 0, time.monotonic() + seconds
    with _alone(host) as is_alone:
        while is_alone and time.monotonic() < end and _is_free(host) and (work := _next(host)):
            wait = _tried(work)
            asked += 1
            free_at = timezone.now() + timedelta(seconds=max(settings.FEED_GAP, wait))
            FeedHost.objects.update_or_create(name=host, defaults={"free_at": free_at})
    return asked


def _tried(work: Feed | FeedEntry) -> int:
    """Poll or fetch, so that neither a fault of ours nor a kill in the middle makes it be asked without end."""
    work.next_at = timezone.now() + _KILLED
    if isinstance(work, FeedEntry):
        work.attempts += 1
        work.save(update_fields=["next_at", "attempts"])
    else:
        work.failures += 1
        work.save(update_fields=["next_at", "failures"])
    try:
        return _poll(work) if isinstance(work, Feed) else _fetch(work)
    except unattended.LOST:
        raise
    except Exception as error:
        log.exception("%s cannot be read", work)
        why = _("An error of ours: %(error)s.") % {"error": type(error).__name__}
        if isinstance(work, Feed):
            _fails(work, why, False, 0)
        else:
            work.state, work.note = EntryState.ERROR, why
            work.save(update_fields=["state", "note"])
        return 0


def _next(host: str) -> Feed | FeedEntry | None:
    now = timezone.now()
    feed = Feed.objects.filter(host=host, active=True, next_at__lte=now).order_by("next_at").first()
    return feed or _to_fetch().filter(host=host, next_at__lte=now).select_related("feed").order_by("pk").first()


def _is_free(host: str) -> bool:
    """Whether the gap is over; a short one is waited for."""
    free_at = FeedHost.objects.filter(name=host).values_list("free_at", flat=True).first()
    left = (free_at - timezone.now()).total_seconds() if free_at else 0
    if left > settings.FEED_GAP:
        return False
    time.sleep(max(0, left))
    return True


@contextmanager
def _alone(host: str) -> Iterator[bool]:
    """Whether this connection alone asks the host; the database lets go when the connection dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [HOST_LOCK, host])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            with suppress(*unattended.LOST), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [HOST_LOCK, host])


# feeds


def _poll(feed: Feed) -> int:
    """Look at a feed; the seconds that its host asks to be left alone."""
    try:
        if feed.failures > _RESTS_AFTER:
            raise FetchError("broke-off", _("It broke off %(times)s times.") % {"times": _RESTS_AFTER})
        gap = robots.leave(feed.url)
        found = fetch(feed.url, FEED_TYPES, etag=feed.etag, last_modified=feed.last_modified, most=MAX_FEED_BYTES)
        listing = None if found.unchanged else _listing(feed, found)
    except FetchError as problem:
        _fails(feed, problem.detail, problem.code in _HOPELESS, problem.wait or 0)
        return problem.wait or 0
    except UnreadableInput as problem:
        _fails(feed, problem.detail, False, 0)
        return 0
    with transaction.atomic():
        if listing:
            _note(feed, listing.entries)
        now = timezone.now()
        feed.status, feed.message, feed.failures = FeedStatus.WELL, "", 0
        feed.polled_at, feed.next_at = now, now + timedelta(minutes=feed.every)
        if listing:
            feed.etag, feed.last_modified = found.etag, found.last_modified
        _save(feed, "etag", "last_modified")
    return gap


def _listing(feed: Feed, found: Fetched) -> Listing:
    return listing_of(found.content, found.url, feed.kind, links=feed.links, charset=found.charset)


def _fails(feed: Feed, why: str, hopeless: bool, wait: int) -> None:
    """Later and later; after so many times, or when no later look can help, the feed is left at rest."""
    now = timezone.now()
    feed.message, feed.polled_at = why, now
    pause = min(timedelta(minutes=feed.every) * 2 ** (feed.failures - 1), max(_LONGEST, timedelta(minutes=feed.every)))
    rests = hopeless or feed.failures >= _RESTS_AFTER
    feed.status = FeedStatus.RESTING if rests else FeedStatus.FAILING
    feed.next_at = None if rests else now + max(pause, timedelta(seconds=wait))
    _save(feed)


def _save(feed: Feed, *more: str) -> None:
    """What a look changes, unless somebody changed the feed's address meanwhile: then it is looked at anew."""
    names = ("status", "message", "failures", "polled_at", "next_at", *more)
    Feed.objects.filter(pk=feed.pk, url=feed.url).update(**{name: getattr(feed, name) for name in names})


def _note(feed: Feed, entries: Sequence[Named]) -> None:
    """Keep what is new; what another feed or a load brought already is kept as such and not read again."""
    before = set(feed.entries.filter(guid__in=[entry.guid for entry in entries]).values_list("guid", flat=True))
    new = [entry for entry in entries if entry.guid not in before]
    known = _known_addresses([entry.url for entry in new])
    FeedEntry.objects.bulk_create(
        [
            FeedEntry(
                feed=feed,
                guid=entry.guid,
                url=entry.url,
                host=httpx.URL(entry.url).host,
                title=entry.title,
                published=entry.published,
                **_at_first(entry, known),
            )
            for entry in reversed(new)  # the oldest has the lowest id
        ],
        ignore_conflicts=True,
    )


def _at_first(entry: Named, known: Collection[str]) -> dict[str, str]:
    if entry.url in known:
        return {"state": EntryState.KNOWN, "note": _("Its address was read before.")}
    try:
        check_address(entry.url)
    except FetchError as refused:
        return {"state": EntryState.ERROR, "note": refused.detail}
    return {}


def _known_addresses(urls: Sequence[str]) -> set[str]:
    digests = [hashlib.md5(url.encode(), usedforsecurity=False).hexdigest() for url in urls]
    entries = FeedEntry.objects.alias(digest=MD5("url")).filter(digest__in=digests).exclude(state=EntryState.ERROR)
    sources = Source.objects.filter(url__in=urls, text__isnull=False)
    return {*entries.values_list("url", flat=True), *sources.values_list("url", flat=True)}


# entries


def _fetch(entry: FeedEntry) -> int:
    """The bytes of a story; the seconds that its host asks to be left alone."""
    try:
        if entry.attempts > _ATTEMPTS:
            raise FetchError("broke-off", _("It broke off %(times)s times.") % {"times": _ATTEMPTS})
        gap = robots.leave(entry.url)
        found = fetch(entry.url, ARTICLE_TYPES)
    except FetchError as problem:
        entry.note = problem.detail
        if problem.passing and entry.attempts < _ATTEMPTS:
            pause = max(_FIRST_RETRY * 4 ** (entry.attempts - 1), timedelta(seconds=problem.wait or 0))
            entry.next_at = timezone.now() + pause
        else:
            entry.state = EntryState.ERROR
        entry.save(update_fields=["note", "state", "next_at"])
        return problem.wait or 0
    entry.fetched_at, entry.note = found.retrieved_at, ""
    entry.sha256 = hashlib.sha256(found.content).hexdigest()
    if twin := _twin(entry):
        entry.state, entry.note = EntryState.KNOWN, _("It has the same bytes as “%(other)s”.") % {"other": twin}
    else:
        entry.state, entry.content = EntryState.FETCHED, found.content
        told = {"title": entry.title, "published": entry.published, "publisher": entry.feed.publisher}
        entry.origin = {name: value for name, value in told.items() if value} | articles.origin_of(found)
    entry.save(update_fields=["note", "state", "fetched_at", "sha256", "content", "origin"])
    return gap


def _twin(entry: FeedEntry) -> FeedEntry | Source | None:
    """Another entry, or a source, that was made of the same bytes."""
    others = FeedEntry.objects.filter(sha256=entry.sha256).exclude(pk=entry.pk).exclude(state=EntryState.ERROR)
    return others.defer("content").first() or Source.objects.filter(sha256=entry.sha256).defer("raw", "text").first()


# from entries to a load, and what came of it


def gather() -> list[ImportRun]:
    """Queued loads of what was fetched: of each feed, once nothing more of it is to come soon."""
    soon = timezone.now() + _LOAD_WAIT
    fetched = FeedEntry.objects.filter(state=EntryState.FETCHED)
    waiting: dict[int, list[datetime | None]] = defaultdict(list)
    for feed, at in fetched.values_list("feed", "fetched_at"):
        waiting[feed].append(at)
    coming = set(_to_fetch().filter(next_at__lte=soon, feed__in=waiting).values_list("feed", flat=True))
    runs = []
    for feed_id, times in waiting.items():
        oldest = min((at for at in times if at), default=None)
        is_late = oldest is not None and oldest < timezone.now() - _LOAD_WAIT
        if feed_id not in coming or is_late or len(times) >= _LOAD_ENTRIES:
            runs.append(_load_of(feed_id))
    return [run for run in runs if run]


@transaction.atomic
def _load_of(feed_id: int) -> ImportRun | None:
    feed = Feed.objects.get(pk=feed_id)
    entries = list(
        feed.entries.filter(state=EntryState.FETCHED).order_by("pk").select_for_update(skip_locked=True)[:_LOAD_ENTRIES]
    )
    if not entries:
        return None
    run = ImportRun.objects.create(name=f"{feed} ({len(entries)})", format="article", feed=feed)
    ImportFile.objects.bulk_create(
        [
            ImportFile(
                run=run,
                name=file_of(entry),
                sha256=entry.sha256,
                content=bytes(entry.content or b""),
                origin={"url": entry.url} | entry.origin,
            )
            for entry in entries
        ]
    )
    for entry in entries:
        entry.state, entry.run, entry.content = EntryState.READING, run, None
    FeedEntry.objects.bulk_update(entries, ["state", "run", "content"])
    return run


def settle() -> int:
    """Say of the entries whose load is over what came of them; how many."""
    entries = FeedEntry.objects.filter(state=EntryState.READING).exclude(run__status__in=_GOING)
    by_run: dict[ImportRun | None, list[FeedEntry]] = defaultdict(list)
    for entry in entries.select_related("run").defer("content"):
        by_run[entry.run].append(entry)
    for run, its in by_run.items():
        _settle(run, its)
    return sum(map(len, by_run.values()))


@transaction.atomic
def _settle(run: ImportRun | None, entries: Iterable[FeedEntry]) -> None:
    found: dict[str, list[Candidate]] = defaultdict(list)
    problems: dict[str, str] = {}
    if run:
        for candidate in run.candidates.only("file", "action", "doubts", "run"):
            found[candidate.file].append(candidate)
        for file, detail in ImportProblem.objects.filter(run=run).values_list("file", "detail"):
            problems.setdefault(file, detail)
    entries = list(entries)
    for entry in entries:
        name = file_of(entry)
        if run is None:
            entry.state = EntryState.NEW
        elif found[name]:
            _say(entry, found[name])
        elif name in problems:
            entry.state, entry.note = EntryState.ERROR, problems[name]
        elif run.status != RunStatus.DONE:
            entry.state, entry.note = EntryState.ERROR, run.message or str(run.get_status_display())
        elif entry.note:
            entry.state = EntryState.NOTHING  # read again, and nothing else was found
        else:
            entry.state, entry.note = EntryState.KNOWN, _("All that it tells is known.")
    FeedEntry.objects.bulk_update(entries, ["state", "note"])


def _say(entry: FeedEntry, candidates: Sequence[Candidate]) -> None:
    if any(candidate.action != Action.NOTHING for candidate in candidates):
        entry.state, entry.note = EntryState.VISIT, ""
        aside = Candidate.objects.filter(state=CandidateState.ASIDE, file=candidates[0].file, run__feed=entry.feed_id)
        aside.update(state=CandidateState.UNDONE)
    else:
        entry.state = EntryState.NOTHING
        entry.note = "; ".join(doubt["reason"] for candidate in candidates for doubt in candidate.doubts)
