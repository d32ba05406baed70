"""The year of a day without a year, from who held which post: the years that remain, and why, line by line.

A year remains when every named person may have held the named post on a day of the stay. What is not known (a bound
of a tenure, a day, a person's tenures) widens the years and never narrows them. Nothing is stored here: one year left
is a proposal, none left a contradiction.
"""

from .derivation import Case, Cited, Claim, Line, Solution, Span, Words, solve, weekday_in
from .reading import of_meetings, of_visits
from .stay import YEARS, Stay, stay_of, widest, years_in_words

__all__ = [
    "YEARS",
    "Case",
    "Cited",
    "Claim",
    "Line",
    "Solution",
    "Span",
    "Stay",
    "Words",
    "of_meetings",
    "of_visits",
    "solve",
    "stay_of",
    "weekday_in",
    "widest",
    "years_in_words",
]
