"""The queue keeps what it was given, whatever happens to the worker."""

import os
import signal
from pathlib import Path

import pytest

from tests.worker_tasks import note
from tracker.embedded.processes import wait_until
from tracker.programs import Program

pytestmark = pytest.mark.django_db(transaction=True)


def says(path: Path, *lines: str) -> bool:
    return path.exists() and path.read_text().splitlines() == list(lines)


def test_a_task_reaches_the_worker(live_worker: Program, tmp_path: Path):
    note.delay(str(tmp_path / "log"), "x")
    assert wait_until(lambda: says(tmp_path / "log", "began x", "done x"), 20)


def test_a_task_whose_worker_was_killed_is_done_by_the_next_one(live_worker: Program, tmp_path: Path):
    log = tmp_path / "log"
    note.delay(str(log), "x", seconds=1)
    assert wait_until(lambda: says(log, "began x"), 20)
    assert live_worker.process
    os.killpg(live_worker.process.pid, signal.SIGKILL)
    live_worker.process.wait()
    live_worker.restart()
    assert wait_until(lambda: says(log, "began x", "began x", "done x"), 30)
