"""The sessions of a dialogue in order, each with what it promised and what became of that."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from visits.models import Outcome
from visits.rows import Row


@dataclass
class Session:
    """A visit or meeting that is a session of the dialogue."""

    title: str
    url: str
    start: str
    end: str
    outcomes: list[Outcome] = field(default_factory=list)


def sessions_of(visits: list[Row], meetings: list[Row], promised: QuerySet[Outcome]) -> tuple[list[Session], set[int]]:
    """Sessions, the newest first, what has no year last; and the ids of the outcomes that they promised."""
    found: dict[tuple[str, int], tuple[str, Session]] = {}
    for row in visits:
        session = Session(row["title"], row["url"], row["start"], row["end"])
        found["visit", row["id"]] = row["earliest"] or "", session
    for row in meetings:
        found["meeting", row["id"]] = row["earliest"] or "", Session(row["title"], row["url"], row["date"], "")
    mine = Q(visit__in=[row["id"] for row in visits]) | Q(meeting__in=[row["id"] for row in meetings])
    ids = set()
    for outcome in promised.filter(mine):
        key = ("visit", outcome.visit_id) if outcome.visit_id else ("meeting", outcome.meeting_id)
        found[key][1].outcomes.append(outcome)  # type: ignore[index]
        ids.add(outcome.pk)
    in_order = sorted(found.values(), key=lambda one: one[0], reverse=True)
    return [session for _earliest, session in in_order], ids
