"""VisitRecord to rows and back: `read` builds the wanted rows, `compare` finds the difference to what is there,
`write` brings it in with bulk statements, `to_records` is the way out. All work on trees of `Node`."""

from .difference import Change, Plan, compare, take
from .incoming import identity, read
from .known_visits import is_story
from .outgoing import to_records
from .proposal import Proposal, fingerprint, propose
from .spellings import spellings_of, write_spellings
from .tree import KINDS, Node, fetch
from .writing import link_later, write, write_alone, write_planned

__all__ = [
    "KINDS",
    "Change",
    "Node",
    "Plan",
    "Proposal",
    "compare",
    "fetch",
    "fingerprint",
    "identity",
    "is_story",
    "link_later",
    "propose",
    "read",
    "spellings_of",
    "take",
    "to_records",
    "write",
    "write_alone",
    "write_planned",
    "write_spellings",
]
