"""The counting rules: what counts as one, in SQL and in the sentence that is printed beside its numbers."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits.enums import CountingRule
from visits.filters import VisitFilter

# Of the visits that are counted, as the statements below know them. `exact`: both ends are known to the day.
COLUMNS = (
    "guest_country", "guest_organization", "host_country", "kind", "status", "year", "exact", "topics", "ranks",
    "sources",
)  # fmt: skip
NAMES = ", ".join(COLUMNS)


@dataclass(frozen=True)
class Rule:
    """`units` gives (visit, unit, weight) of the chosen visits; `measure` adds them up within a group."""

    name: CountingRule
    sentence: Any
    units: str
    measure: str = "count(*)"


RULES = {
    rule.name.value: rule
    for rule in (
        Rule(
            CountingRule.VISIT,
            gettext_lazy("Counted are visits: one stay of one guest at one host counts once."),
            "SELECT id AS visit, id AS unit, 1 AS weight FROM chosen",
        ),
        Rule(
            CountingRule.STOP,
            gettext_lazy(
                "Counted are country stops: visits of one guest to one host whose days overlap or follow each other "
                "count once, with the first of them; visits not known to the day each count."
            ),
            """
            SELECT id AS visit, id AS unit, 1 AS weight
            FROM (
                SELECT id, exact, earliest,
                       max(latest) FILTER (WHERE exact) OVER (
                           PARTITION BY guest_country, guest_organization, host_country
                           ORDER BY earliest, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                       ) AS reached
                FROM chosen
            ) AS walked
            WHERE NOT exact OR reached IS NULL OR earliest > reached + 1
            """,
        ),
        Rule(
            CountingRule.MEETING,
            gettext_lazy(
                "Counted are the meetings within these visits: a meeting within several of them counts once in each "
                "group and once in all."
            ),
            """
            SELECT link.visit_id AS visit, link.meeting_id AS unit, 1 AS weight
            FROM visits_meetingvisit AS link
            JOIN chosen ON chosen.id = link.visit_id
            JOIN visits_meeting AS meeting ON meeting.id = link.meeting_id AND meeting.state = 'published'
            """,
            "count(DISTINCT unit)",
        ),
        Rule(
            CountingRule.DAY,
            gettext_lazy(
                "Counted are days of visits, the first and the last included, in the year of the first; visits not "
                "known to the day are left out."
            ),
            "SELECT id AS visit, id AS unit, latest - earliest + 1 AS weight FROM chosen WHERE exact",
            "coalesce(sum(weight), 0)",
        ),
    )
}


def sentence(rule: str, filters: VisitFilter) -> str:
    """What is counted, and whether multilateral visits are among it."""
    asked = filters.one("multilateral")
    if asked is None:
        which = _("Summits, conferences and other multilateral visits are counted in.")
    elif asked:
        which = _("Only multilateral visits are counted: summits, conferences, sessions of dialogues of more than two.")
    else:
        which = _("Multilateral visits (summits, conferences, sessions of dialogues of more than two) are left out.")
    return f"{RULES[rule].sentence} {which}"
