"""Celery tasks: ids in, fetch, delegate. Called through `transaction.on_commit`; commands call the same functions."""

from celery import shared_task

from . import loads


@shared_task
def run_import(run_id: int) -> None:
    """Do a queued load, or go on with one whose worker was killed."""
    loads.run_load(run_id)


@shared_task
def expire_previews() -> None:
    """Every night: dry runs that nobody applied let go of their files and rows."""
    loads.expire()
