"""Celery tasks: ids in, fetch, delegate. Called through `transaction.on_commit`; commands call the same functions."""

import logging
from functools import partial
from typing import Any

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError as QueueError

from . import alerts, changes, checks, feeds, loads, readers, unattended
from .models import DigestChange, ImportRun
from .review import suggestions

_TRIES = 20
_LONGEST_WAIT = 5  # seconds
log = logging.getLogger(__name__)


def hand_over(run: ImportRun) -> None:
    """Have a worker do a queued load, once it is in the database.

    A queue that does not answer, or a server that dies before it has sent the task, loses nothing: `resume_loads`.
    """
    transaction.on_commit(partial(_send, run.pk))


def _send(run_id: int) -> None:
    try:
        run_import.delay(run_id)
    except QueueError as problem:
        log.warning("The queue does not answer; load %s begins when it does: %s", run_id, problem)


@shared_task(bind=True, max_retries=_TRIES)
def run_import(self: Any, run_id: int) -> None:
    """Do a queued load, or go on with one whose worker was killed; again when the database ended the connection."""
    try:
        run = loads.run_load(run_id)
    except unattended.LOST as problem:
        if self.request.retries >= _TRIES:
            unattended.break_off(run_id, f"{problem}.")
            raise
        raise self.retry(exc=problem, countdown=min(2**self.request.retries, _LONGEST_WAIT)) from problem
    if not run.dry_run:
        look_for_doubles()


def look_for_doubles() -> bool:
    """Have a worker find anew which records may be one; whether the queue answers."""
    try:
        suggest_merges.delay()
    except QueueError as problem:
        log.warning("The queue does not answer; doubles are looked for at night: %s", problem)
        return False
    return True


@shared_task
def suggest_merges() -> None:
    """Every night, after each load, and when an editor asks: which records may be one."""
    suggestions.refresh()


@shared_task
def resume_loads() -> None:
    """Every few seconds: send the loads to the workers that none of them is doing.

    It comes behind what is queued, so that a load that just waits for its turn is sent once more at most.
    """
    for run_id in unattended.find():
        run_import.delay(run_id)


@shared_task
def read_feeds() -> None:
    """Every few seconds: say what came of feeds' entries, load those that were fetched, ask the hosts that are due."""
    feeds.settle()
    for run in feeds.gather():
        hand_over(run)
    for host in feeds.due_hosts():
        ask_host.apply_async((host,), expires=60)


@shared_task(soft_time_limit=180)
def ask_host(host: str) -> None:
    """Poll the feeds and fetch the stories of one host that are due; two at a time do not."""
    feeds.take_turn(host)


@shared_task
def gather_changes() -> None:
    """Every few seconds: what was written comes into the feed of changes."""
    changes.gather_all()


def post_soon(task: Any, pk: int) -> None:
    """Have a worker send a letter; while the queue does not answer, `send_letters` finds it later."""
    try:
        task.delay(pk)
    except QueueError as problem:
        log.warning("The queue does not answer; a letter is sent when it does: %s", problem)


@shared_task
def send_link(link_id: int) -> None:
    """The link that a reader asked for to sign in."""
    readers.send_link(link_id)


@shared_task
def send_alerts(frequency: str) -> None:
    """Every minute, day or week: look through what changed, put what is due into e-mails, send what waits."""
    changes.gather_all()
    alerts.look_through_all()
    for mailing_id in alerts.gather_due(frequency):
        post_soon(send_mailing, mailing_id)


@shared_task
def send_mailing(mailing_id: int) -> None:
    """One e-mail of a saved search."""
    alerts.send(mailing_id)


@shared_task
def send_letters() -> None:
    """Every minute: links that no worker sent yet, because the queue or the mail server did not answer."""
    for link_id in readers.links_to_send():
        readers.send_link(link_id)


@shared_task
def forget_letters() -> None:
    """Every night: links of yesterday, and alerts of long ago."""
    readers.forget_links()
    alerts.forget()


@shared_task
def expire_previews() -> None:
    """Every night: dry runs that nobody applied let go of their files and rows."""
    loads.expire()


@shared_task
def check_records() -> dict[str, int]:
    """Every hour: the doubts follow the records."""
    return checks.recompute()


@shared_task
def forget_digest_changes() -> None:
    """Now and then: who still needed them reads all digests anew."""
    DigestChange.objects.forget()
