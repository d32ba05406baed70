"""What a host's robots.txt lets a poller ask for. An editor who gives one address by hand needs no leave.

Its text is fetched like everything else, guarded and limited, and kept for a while for each host. As RFC 9309 has it:
no such file, or one that is none, forbids nothing; a host that does not answer is left alone until it does.
"""

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from .fetching import Fetched, FetchError, fetch

MAX_ROBOTS = 512 * 1024
LONGEST_DELAY = 600  # of a Crawl-delay that is heeded, in seconds
_KEPT = 3_600  # seconds
_KEPT_UNANSWERED = 300
_SECONDS = 10
_TYPES = frozenset({"text/plain"})
_UNREACHABLE = "unreachable"


def leave(url: str) -> int:
    """The seconds that the host wants between two requests; FetchError when it forbids the address."""
    rules = _rules(url)
    if not rules.can_fetch(_agent(), url):
        raise FetchError("robots", _("The robots.txt of its host forbids machines to fetch it."))
    return min(int(rules.crawl_delay(_agent()) or 0), LONGEST_DELAY)


def _agent() -> str:
    return str(settings.FETCH_USER_AGENT).split("/")[0]


def _rules(url: str) -> RobotFileParser:
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    state, text = cache.get(f"robots:{origin}") or _asked(origin)
    if state == _UNREACHABLE:
        raise FetchError("robots-unread", _("The robots.txt of its host cannot be read now."), passing=True)
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    return rules


def _asked(origin: str) -> tuple[str, str]:
    """("", the file's text), kept for the next question."""
    found, kept = ("", ""), _KEPT
    try:
        answer = fetch(f"{origin}/robots.txt", _TYPES, most=MAX_ROBOTS, seconds=_SECONDS)
        found = ("", _text(answer))
    except FetchError as problem:
        if problem.passing:
            found, kept = (_UNREACHABLE, ""), max(_KEPT_UNANSWERED, min(problem.wait or 0, _KEPT))
    cache.set(f"robots:{origin}", found, kept)
    return found


def _text(answer: Fetched) -> str:
    return answer.content.decode("utf-8-sig", errors="replace").replace("\x00", "")
