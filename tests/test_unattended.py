"""Loads that nobody works on are found; those that somebody does, or that wait for a person, are left alone."""

from datetime import timedelta

import pytest
from celery import Celery
from django.db import connection
from django.utils import timezone

from tests.test_loads import load
from tracker.embedded import valkey
from tracker.embedded.processes import wait_until
from visits import loads, tasks, unattended
from visits.models import ImportRun

pytestmark = pytest.mark.django_db


def queued(seconds: int = 60, **fields) -> ImportRun:
    run = loads.create_run([("list.jsonl", b'{"type": "visit"}')], user=None)
    made = timezone.now() - timedelta(seconds=seconds)
    ImportRun.objects.filter(pk=run.pk).update(created_at=made, **fields)
    return ImportRun.objects.get(pk=run.pk)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_a_load_that_nobody_does_is_found(status):
    run = queued(status=status)
    assert unattended.find() == [run.pk]


def test_one_that_was_just_made_is_on_its_way():
    queued(seconds=1)
    assert unattended.find() == []


def test_one_that_waits_for_a_person_waits():
    queued(message="It waits until its columns are confirmed.")
    assert unattended.find() == []


@pytest.mark.parametrize("status", ["done", "failed", "cancelled", "undone"])
def test_one_that_is_over_is_over(status):
    queued(status=status)
    assert unattended.find() == []


@pytest.mark.django_db(transaction=True)
def test_one_that_another_connection_does_is_left_to_it():
    run = queued(status="running")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [unattended.RUN_LOCK, run.pk])
        assert unattended.find() == []
    finally:
        other.close()
    assert wait_until(lambda: unattended.find() == [run.pk], 5)


@pytest.mark.parametrize(
    ("dry_run", "advice"),
    [
        (False, "What it brought so far stays; load the same files again, and the rest comes."),
        (True, "It was a dry run: nothing was written."),
    ],
)
def test_one_whose_files_are_not_kept_is_told_to_have_broken_off(dry_run, advice):
    run = queued(status="running", dry_run=dry_run)
    run.files.all().delete()
    assert unattended.find() == []
    run.refresh_from_db()
    assert (run.status, run.message) == ("failed", f"It was ended before it was done. {advice}")
    assert run.finished_at


def test_breaking_off_leaves_what_came_to_its_end():
    run = load({"type": "visit"})
    unattended.break_off(run.pk, "The disk is full.")
    run.refresh_from_db()
    assert (run.status, run.message) == ("done", "")


def test_a_queue_that_does_not_answer_refuses_no_upload(
    django_capture_on_commit_callbacks, caplog, monkeypatch, tmp_path
):
    monkeypatch.setenv("CELERY_BROKER_URL", valkey.broker_url(tmp_path))
    nobody_there = Celery(set_as_current=False)
    monkeypatch.setattr(tasks.run_import.__class__, "_app", nobody_there)
    run = queued()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.hand_over(run)
    assert "The queue does not answer" in caplog.text
    assert unattended.find() == [run.pk]
