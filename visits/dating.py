"""A solved year is taken by an editor: record, meetings and evidence in one hand edit that keeps the derivation."""

from typing import Any

from django.utils.translation import gettext as _

from visits.retold import kept

from . import access, edit, solving
from .models import Citation, Meeting, Visit
from .solving import Solution

RULE = "solved-from-tenures"  # of the citations that are taken over from tenures
_COPIED = (
    "source_id", "exact", "prefix", "suffix", "start", "end", "attributed_to", "attributed_organization_id",
    "external_id", "file_sha256", "row", "columns", "confidence",
)  # fmt: skip


class NotSolved(Exception):
    """The year that was offered is not the only one any more; the message is for a person."""


def proposal(record: Visit | Meeting) -> Solution | None:
    """What tenures say of the year of this record, also those that the public does not see."""
    if record.earliest or not (record.start if isinstance(record, Visit) else record.date):
        return None
    solve = solving.of_visits if isinstance(record, Visit) else solving.of_meetings
    return solve([record.pk]).get(record.pk)


def take(record: Visit | Meeting, year: int, *, user: Any, reason: str = "", seen: str = "") -> Solution:
    """Store the year that was proposed. NotSolved when it is not what tenures leave now; as `edit.apply` otherwise."""
    with kept():
        solution = proposal(record)
        noted = _("Year solved: %(year)s") % {"year": year}
    if solution is None or solution.only != year:
        found = proposal(record)
        left = found.words if found else _("nothing is known")
        raise NotSolved(_("The tenures say something else by now: %(years)s.") % {"years": left})
    why = "\n".join(filter(None, (reason, noted, solution.derivation)))
    day = "start" if isinstance(record, Visit) else "date"
    with edit.deed(user, why):
        if isinstance(record, Visit):
            values = {"start": solution.start, "end": solution.end if record.end else ""}
            edit.apply(record, values, user=user, reason=why, seen=seen)
            _date_meetings(record, solution, user, why)
        else:
            edit.apply(record, {"date": solution.start}, user=user, reason=why, seen=seen)
        _cite(record, day, solution)
    return solution


def _date_meetings(visit: Visit, solution: Solution, user: Any, why: str) -> None:
    """The meetings of the visit that have a day of it, without a year too."""
    for meeting in visit.meetings.filter(date__startswith="XXXX").order_by("pk"):
        stay = solving.stay_of(meeting.date)
        if stay is None or not access.may_edit(user, meeting):
            continue
        dated = [stay.dated(year) for year in _years(solution) if _lies_in(stay, year, solution)]
        if len(dated) == 1:
            edit.apply(meeting, {"date": dated[0]}, user=user, reason=why)


def _years(solution: Solution) -> range:
    year = solution.only or 0
    return range(year, year + 1 + solution.stay.over_new_year)


def _lies_in(stay: solving.Stay, year: int, solution: Solution) -> bool:
    first, last = solution.stay.days(solution.only or 0)
    day, until = stay.days(year)
    return first <= day and until <= last


def _cite(record: Visit | Meeting, day: str, solution: Solution) -> None:
    """The sources of the tenures are evidence of the day now."""
    target = {f"{record._meta.model_name}_id": record.pk}
    tenures = [tenure for line in solution.lines for tenure in line.tenures]
    for citation in Citation.objects.filter(tenure__in=tenures).order_by("pk"):
        copied = {name: getattr(citation, name) for name in _COPIED}
        edit.save(Citation(field=day, rule=RULE, **copied, **target))
