"""Which of our records does somebody else's table mean? After the W3C community group's reconciliation API.

`asking` answers what a cell may mean and whether that is certain, `extending` gives the values of properties, `kinds`
is the registry of both. All of it is about what the public may see.
"""

from .asking import Candidate, Question, reconcile, suggest
from .entities import Entity, entity_of, heirs, present
from .extending import Wish, extend
from .kinds import KINDS, PROPERTIES, Kind
from .properties import Property, Wanted

__all__ = [
    "KINDS",
    "PROPERTIES",
    "Candidate",
    "Entity",
    "Kind",
    "Property",
    "Question",
    "Wanted",
    "Wish",
    "entity_of",
    "extend",
    "heirs",
    "present",
    "reconcile",
    "suggest",
]
