"""What is counted, and by what: one rule and one or two groupings over the visits that a list's filters give.

Numbers come from the columns that the process holds (`held`), so that they cost the same for ten visits and a
million. The sentence of the rule goes wherever its numbers go.
"""

from .counting import Counted, Group, Groups, by_country, count, groups, listed, number, sentence
from .groupings import GROUPINGS, Grouping
from .held import warm
from .narrowing import FACETS, Choice, Facet, facets
from .rules import RULES, Rule
from .subject import Spoken, spoken_of
from .traffic import Flow, flows

__all__ = [
    "FACETS", "GROUPINGS", "RULES", "Choice", "Counted", "Facet", "Flow", "Group", "Grouping", "Groups", "Rule",
    "Spoken", "by_country", "count", "facets", "flows", "groups", "listed", "number", "sentence", "spoken_of", "warm",
]  # fmt: skip
