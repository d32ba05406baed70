"""VisitRecord to rows and back: `read` builds the wanted rows, `compare` finds the difference to what is there,
`write` brings it in with bulk statements, `to_records` is the way out. All work on trees of `Node`."""

from .difference import Change, Plan, compare
from .incoming import identity, read
from .outgoing import to_records
from .tree import KINDS, Node, fetch
from .writing import write

__all__ = ["KINDS", "Change", "Node", "Plan", "compare", "fetch", "identity", "read", "to_records", "write"]
