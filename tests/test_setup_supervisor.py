"""`make run` itself, in a state folder of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Run, children, command_line, start
from tracker.embedded.postgres import Cluster
from tracker.embedded.processes import wait_until
from tracker.programs import KeepsDying, Program
from tracker.state import CHECKOUT

pytestmark = pytest.mark.xdist_group("supervisor")  # one first start for all


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tracker-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(Cluster(folder).folder, ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture
def run(state: Path) -> Iterator[Run]:
    started = start(state, 120)
    yield started
    if started.process.poll() is None:
        started.stop(signal.SIGTERM)


@pytest.mark.slow
def test_it_starts_stops_and_starts_again_with_nothing_left_in_between(state: Path):
    first = start(state, 120)
    assert re.search(r"Sign in at /admin/ as admin, password \S{16} \(shown this once\)", first.output)
    first.stop(signal.SIGINT)
    assert (first.process.returncode, first.programs()) == (0, [])

    second = start(state, 60)
    assert "password" not in second.output
    second.stop(signal.SIGHUP)
    assert (second.process.returncode, second.programs()) == (0, [])


@pytest.mark.slow
def test_what_is_killed_comes_back(run: Run):
    postgres = Cluster(run.state).pid()
    assert postgres
    os.kill(postgres, signal.SIGKILL)
    assert wait_until(lambda: "PostgreSQL ended" in run.output and run.healthy(), 60), run.output
    for name, words in (("valkey", b"valkey-server"), ("web", b"gunicorn"), ("worker", b"worker")):
        main = next(pid for pid in children(run.process.pid) if words in command_line(pid))
        os.kill(main, signal.SIGKILL)
        said = f"{name} ended; starting it again"
        assert wait_until(lambda said=said: said in run.output and run.healthy(), 60), run.output


@pytest.mark.slow
def test_nothing_outlives_a_supervisor_that_was_killed(run: Run):
    run.process.kill()
    run.process.wait()
    assert wait_until(lambda: run.programs() == [], 40)


@pytest.mark.slow
def test_commands_work_beside_it_and_a_second_one_is_refused(run: Run):
    environment = os.environ | {"TRACKER_STATE": str(run.state), "DJANGO_SETTINGS_MODULE": "tracker.settings"}
    environment.pop("DATABASE_URL")
    count = "from django.contrib.auth.models import User; print(User.objects.count())"
    shell = [sys.executable, "manage.py", "shell", "-v0", "-c", count]
    result = subprocess.run(shell, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True)
    assert result.stdout == "1\n"
    second = [sys.executable, "-m", "tracker.run"]
    refused = subprocess.run(second, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stderr) == (1, "The tracker already runs with this state folder.\n")
    assert run.healthy()


def test_a_program_that_keeps_ending_is_given_up(tmp_path: Path):
    program = Program("talker", ["sh", "-c", "echo why"], tmp_path, tmp_path / "log", patience=1)
    program.start()
    with pytest.raises(KeepsDying, match="why"):
        restart_often(program)


def restart_often(program: Program) -> None:
    for _ in range(10):
        assert program.process
        program.process.wait()
        program.restart()


def test_a_program_that_does_not_listen_is_killed_with_its_children(tmp_path: Path):
    script = "trap '' TERM; (trap '' TERM; sleep 300) & echo $! > child; wait; sleep 300"
    program = Program("deaf", ["sh", "-c", script], tmp_path, tmp_path / "log", patience=0.5)
    program.start()
    assert wait_until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text() != "", 10)
    child = int((tmp_path / "child").read_text())
    program.stop()
    assert wait_until(lambda: b"sleep" not in command_line(child) if Path(f"/proc/{child}").exists() else True, 5)
