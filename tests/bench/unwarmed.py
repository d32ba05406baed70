"""The tracker's settings for a server that is asked at once: nothing is read into memory beside its first requests."""

from tracker.settings import *  # noqa: F403

WARM: list[str] = []
