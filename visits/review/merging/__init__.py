"""Two records become one, and two again: officials, organizations, posts, topics.

`rules` says what becomes of each column and each reference, `planning` makes of them the steps of one merge,
`steps` takes a step and takes it back, `deeds` does both with locks and judgements, `words` tells it to a person.
"""

from .deeds import (
    MergeRefused,
    call_different,
    done,
    into,
    merge,
    rehearse_unmerge,
    take_back_different,
    unmerge,
)
from .rules import KINDS
from .words import preview

__all__ = [
    "KINDS",
    "MergeRefused",
    "call_different",
    "done",
    "into",
    "merge",
    "preview",
    "rehearse_unmerge",
    "take_back_different",
    "unmerge",
]
