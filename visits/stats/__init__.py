"""What is counted, and by what: one rule and one or two groupings over the visits that a list's filters give.

`count(filters, ["guest", "year"], "stop")` asks the database once for the whole and once for the groups;
`facets(filters)` asks once for all facets. The sentence of the rule goes wherever its numbers go.
"""

from .counting import Counted, Group, count, groups, listed
from .groupings import GROUPINGS, Grouping
from .narrowing import FACETS, Choice, Facet, facets
from .rules import RULES, Rule, sentence
from .traffic import Flow, flows

__all__ = [
    "FACETS", "GROUPINGS", "RULES", "Choice", "Counted", "Facet", "Flow", "Group", "Grouping", "Rule", "count",
    "facets", "flows", "groups", "listed", "sentence",
]  # fmt: skip
