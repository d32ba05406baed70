"""All pages of the desk: importing them registers them (see `tracker.desk`)."""

from . import accounts, events, loading, parts, people, reference, review, sources

__all__ = ["accounts", "events", "loading", "parts", "people", "reference", "review", "sources"]
