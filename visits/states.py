"""How visits and meetings reach the public: one function per transition, and no other way to change `state`.

    submit      draft                          -> in review
    send_back   in review                      -> draft
    publish     draft, in review, withdrawn    -> published
    withdraw    published                      -> withdrawn

A meeting that lies in one visit only goes with that visit wherever the same step is open to it; one that
stands alone or lies in several visits takes its own steps. A meeting that was withdrawn by itself comes back
by itself, or together with a visit that comes back. Who may take a step, `visits.access` says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pghistory
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from visits.enums import State
from visits.models import Meeting, MeetingVisit, Visit


class TransitionRefused(Exception):
    """The record is not in a state from which this step leads; the message is for a person."""


@dataclass(frozen=True)
class Step:
    name: str
    origins: frozenset[State]
    goal: State


SUBMIT = Step("submit", frozenset({State.DRAFT}), State.IN_REVIEW)
SEND_BACK = Step("send_back", frozenset({State.IN_REVIEW}), State.DRAFT)
PUBLISH = Step("publish", frozenset({State.DRAFT, State.IN_REVIEW, State.WITHDRAWN}), State.PUBLISHED)
WITHDRAW = Step("withdraw", frozenset({State.PUBLISHED}), State.WITHDRAWN)
STEPS = (SUBMIT, SEND_BACK, PUBLISH, WITHDRAW)


def submit(record: Visit | Meeting, user: Any, reason: str = "") -> None:
    """Hand a draft to the reviewers. Raises TransitionRefused."""
    _take(SUBMIT, record, user, reason)


def send_back(record: Visit | Meeting, user: Any, reason: str = "") -> None:
    """Give a record in review back to its author. Raises TransitionRefused."""
    _take(SEND_BACK, record, user, reason)


def publish(record: Visit | Meeting, user: Any, reason: str = "") -> None:
    """Show the record to everybody. Raises TransitionRefused."""
    _take(PUBLISH, record, user, reason)


def withdraw(record: Visit | Meeting, user: Any, reason: str = "") -> None:
    """Take the record away from the public; its address answers 410. Raises TransitionRefused."""
    _take(WITHDRAW, record, user, reason)


def publish_by_rule(ids: Iterable[int], *, model: type[Visit] | type[Meeting] = Visit, rule: str = "trusted") -> int:
    """Publish what a trusted load wrote, in two statements; how many visits (or meetings) were published.

    What is published already is left; what a person withdrew stays withdrawn.
    """
    with transaction.atomic(), pghistory.context(rule=rule):
        waiting = model.objects.filter(pk__in=list(ids), state__in=(State.DRAFT, State.IN_REVIEW))
        published = list(waiting.select_for_update().order_by("pk").values_list("pk", flat=True))
        model.objects.filter(pk__in=published).update(state=State.PUBLISHED)
        if model is Visit:
            _followers(PUBLISH, published, came_back=False).update(state=State.PUBLISHED)
    return len(published)


def open_steps(record: Visit | Meeting) -> list[Step]:
    """The steps that lead on from the record's state."""
    return [step for step in STEPS if record.state in step.origins]


def _take(step: Step, record: Visit | Meeting, user: Any, reason: str) -> None:
    with transaction.atomic(), pghistory.context(user=getattr(user, "pk", None), reason=reason):
        now = _locked(record)
        if now.state not in step.origins:
            raise TransitionRefused(_refusal(step, State(now.state)))
        type(record).objects.filter(pk=record.pk).update(state=step.goal)
        if isinstance(record, Visit):
            _followers(step, [record.pk], came_back=now.state == State.WITHDRAWN).update(state=step.goal)
    record.state = step.goal


def _locked(record: Visit | Meeting) -> Visit | Meeting:
    rows: QuerySet[Any] = type(record).objects.select_for_update()
    now = rows.filter(pk=record.pk).only("pk", "state").first()
    if now is None:
        raise TransitionRefused(_("This record has been deleted meanwhile."))
    return now


def _followers(step: Step, visits: list[int], came_back: bool) -> QuerySet[Meeting]:
    """Meetings that lie in one of these visits, in no other, and in a state that the step leads from."""
    linked = MeetingVisit.objects.filter(visit__in=visits).values("meeting")
    of_visits = MeetingVisit.objects.filter(meeting__in=linked).values("meeting").order_by()
    alone = of_visits.annotate(visits=Count("pk")).filter(visits=1).values("meeting")
    origins = step.origins if came_back else step.origins - {State.WITHDRAWN}
    return Meeting.objects.filter(pk__in=alone, state__in=origins)


def _refusal(step: Step, state: State) -> str:
    return {
        SUBMIT.name: _("Only a draft can be submitted; this record is: %(state)s."),
        SEND_BACK.name: _("Only a record in review can be sent back; this one is: %(state)s."),
        PUBLISH.name: _("This record is public already (%(state)s)."),
        WITHDRAW.name: _("Only a published record can be withdrawn; this one is: %(state)s."),
    }[step.name] % {"state": state.label.lower()}
