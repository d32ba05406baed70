"""Loads that nobody works on: whose worker, database or queue was killed, or whose task was never sent.

Whoever does a load holds an advisory lock on it; the database lets go of it when the connection dies. So a load that
is queued or running and whose lock is free is nobody's: with its files it is done again, without them (the command
`import_visits` keeps none) it is told to have broken off. One that is queued and has a message waits for a person to
confirm its columns, and goes on waiting.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .enums import RunStatus
from .models import ImportRun

LOST = (InterfaceError, OperationalError)  # the database did not answer, or ended the connection
GOING = (RunStatus.QUEUED, RunStatus.RUNNING)
RUN_LOCK = 7_302_614
_JUST_MADE = timedelta(seconds=5)  # who makes a load may still be on the way to its lock, or to the queue


@contextmanager
def alone(run_id: int) -> Iterator[bool]:
    """Whether this connection alone does the run; the database lets go when the connection dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [RUN_LOCK, run_id])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            with suppress(*LOST), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [RUN_LOCK, run_id])


def find() -> list[int]:
    """Ids of loads to do again, oldest first; those that cannot be are told to have broken off."""
    found = []
    going = ImportRun.objects.filter(status__in=GOING, created_at__lt=timezone.now() - _JUST_MADE)
    waits = Q(status=RunStatus.QUEUED) & ~Q(message="")  # for somebody who confirms its columns
    for run in going.exclude(waits).order_by("pk"):
        with alone(run.pk) as is_alone:
            if not is_alone:
                continue
            if run.files.exists():
                found.append(run.pk)
            else:
                break_off(run.pk, _("It was ended before it was done."))
    return found


def break_off(run_id: int, why: str) -> None:
    """The run has failed half way, unless it came to its end meanwhile; what it brought so far stays."""
    advice = {
        True: _("It was a dry run: nothing was written."),
        False: _("What it brought so far stays; load the same files again, and the rest comes."),
    }
    for dry_run, words in advice.items():
        going = ImportRun.objects.filter(pk=run_id, status__in=GOING, dry_run=dry_run)
        going.update(status=RunStatus.FAILED, message=f"{why} {words}", finished_at=timezone.now())
