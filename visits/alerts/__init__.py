"""Saved searches and what they find in the feed of changes: alerts, once each, by e-mail and as a private feed.

`saved` keeps the filters of a list, `found` looks through the changes behind what a search has seen, `mailings`
gathers alerts into e-mails and sends them, `private` makes the addresses that need no sign-in.
"""

from .found import forget, look, look_through_all
from .mailings import gather_due, pass_over, send
from .private import feed_of, feed_path, of_feed, of_stop, stop, stop_path
from .saved import MOST, BrokenSearch, filters_of, kept_query, list_path, save, words

__all__ = [
    "MOST",
    "BrokenSearch",
    "feed_of",
    "feed_path",
    "filters_of",
    "forget",
    "gather_due",
    "kept_query",
    "list_path",
    "look",
    "look_through_all",
    "of_feed",
    "of_stop",
    "pass_over",
    "save",
    "send",
    "stop",
    "stop_path",
    "words",
]
