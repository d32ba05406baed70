"""All pages of the desk: importing them registers them (see `tracker.desk`)."""

from . import accounts, doubts, events, feeds, loading, merging, parts, people, readers, reference, review, sources

__all__ = [
    "accounts",
    "doubts",
    "events",
    "feeds",
    "loading",
    "merging",
    "parts",
    "people",
    "readers",
    "reference",
    "review",
    "sources",
]
