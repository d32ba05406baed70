"""What is odd though possible: one registry of checks, whose findings are doubts. A check never blocks anything.

registry   CHECKS: code, words, advice and query of each; a new check is one entry there
queries    the queries, as SQL
recompute  brings the doubts up to what the checks find now
settle     a person says that a record is right as it is
"""

from .counts import open_by_code
from .recompute import recompute
from .registry import CHECKS, Check, Finding, advice_on, words_for
from .settle import NoReason, settle

__all__ = ["CHECKS", "Check", "Finding", "NoReason", "advice_on", "open_by_code", "recompute", "settle", "words_for"]
