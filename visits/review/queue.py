"""Whose turn it is: what waits for an editor in its order, and who is at it, so that no two get the same.

A claim is on the candidate's own row: who, and until when. It ends when it is decided, given back, or not renewed. An
editor has one at a time (a constraint): who goes on to another lets go of the first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now, TruncDay

from visits.enums import CandidateState, JudgementKind
from visits.models import Candidate, Judgement

LEASE = timedelta(minutes=10)  # the page of an editor who is at it renews it
CLAIMED = Q(claimed_by__isnull=False, claimed_until__gt=Now())


def waiting() -> QuerySet[Candidate]:
    """What waits, the next one first; what was set aside is no part of it."""
    return Candidate.objects.filter(state=CandidateState.PENDING).order_by("turn", "pk")


@transaction.atomic
def take_next(user: Any, behind: Candidate | None = None) -> Candidate | None:
    """Claim the first that nobody is at; `behind` one that is passed over, the following, else the first again.

    A row that another is just claiming is skipped; one that was claimed meanwhile is looked at again by the database
    before it is given out, because the claim is on that row.
    """
    _one_by_one(user)
    _let_go(user)
    free = waiting().exclude(CLAIMED).select_for_update(skip_locked=True, of=("self",))
    chosen = None
    if behind is not None:
        free = free.exclude(pk=behind.pk)
        later = Q(turn__gt=behind.turn) | Q(turn=behind.turn, pk__gt=behind.pk)
        chosen = free.filter(later).first()
    chosen = chosen or free.first()
    if chosen is not None:
        _claim(chosen.pk, user)
    return chosen


@transaction.atomic
def take(candidate: Candidate, user: Any) -> bool:
    """Claim this one, or renew the claim, if it waits and nobody else is at it. Only then is another let go of."""
    _one_by_one(user)
    free = waiting().filter(Q(claimed_by=user) | ~CLAIMED, pk=candidate.pk)
    if free.select_for_update(of=("self",)).first() is None:
        return False
    _let_go(user, but=candidate.pk)
    return _claim(candidate.pk, user)


def release(user: Any, candidate: Candidate | None = None) -> bool:
    """Give back what they have, or this one alone."""
    mine = Candidate.objects.filter(claimed_by=user, **({"pk": candidate.pk} if candidate else {}))
    return bool(mine.update(claimed_by=None, claimed_until=None))


def other_at(candidate: Any, user: Any) -> Any:
    """Who else is at a candidate that was read with `is_claimed=CLAIMED`; None where nobody is."""
    return candidate.claimed_by if candidate.is_claimed and candidate.claimed_by_id != user.pk else None


def _one_by_one(user: Any) -> None:
    """Two windows of one editor take turns: each lets go of what the other took."""
    get_user_model()._default_manager.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def _let_go(user: Any, but: int | None = None) -> None:
    Candidate.objects.filter(claimed_by=user).exclude(pk=but or 0).update(claimed_by=None, claimed_until=None)


def _claim(pk: int, user: Any) -> bool:
    return bool(Candidate.objects.filter(pk=pk).update(claimed_by=user, claimed_until=Now() + LEASE))


# how far it is


@dataclass(frozen=True, slots=True)
class Progress:
    waiting: int
    taken: int  # of those that wait: others are at them
    done: int  # since a moment, by anybody
    mine: int

    @property
    def all(self) -> int:
        return self.waiting + self.done


def progress(user: Any, since: datetime | None = None) -> Progress:
    """How many wait, and how many were decided by people since a moment: since midnight, where none is given."""
    counts = waiting().order_by().aggregate(all=Count("pk"), taken=Count("pk", filter=CLAIMED & ~Q(claimed_by=user)))
    decided = Judgement.objects.filter(
        kind__in=(JudgementKind.ACCEPT, JudgementKind.REJECT), user__isnull=False, candidate__isnull=False
    ).filter(created_at__gte=since if since is not None else TruncDay(Now()))
    done = decided.order_by().aggregate(all=Count("pk"), mine=Count("pk", filter=Q(user=user)))
    return Progress(counts["all"], counts["taken"], done["all"], done["mine"])
