"""What is killed in the middle of a load loses and doubles nothing: the short form of `make kill`."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kill import parts, place, rounds
from tests.kill.client import Load
from tests.kill.generated import files
from tests.running import Run, environment, start
from tracker.embedded.processes import wait_until
from tracker.embedded.sharing import shared_cluster
from tracker.state import CHECKOUT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("killed")]

NUMBER = 6000  # six batches: the last part is killed while one is left
EACH = ("worker", "PostgreSQL", "Valkey", "web server")  # the last one blinds the user who looks how far it is
SECONDS = 120


@dataclass
class Tracker:
    place: place.Place
    run: Run
    wanted: rounds.Unkilled


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracker]:
    """A tracker that runs, and what the made-up list comes to in another database where nothing dies."""
    path = tmp_path_factory.mktemp("list") / "list.jsonl"
    path.write_bytes(files(0, NUMBER)[0][1])
    with place.temporary() as here:
        with shared_cluster(here.cluster):
            here.fresh("unkilled")
            here.manage("import_visits", "--trust", str(path), database="unkilled")
            counts = {name: here.loads("unkilled")[0][name] for name in rounds.COUNTS}
            wanted = rounds.Unkilled(0, counts, here.export("unkilled"), here.rows("unkilled"))
        run = start(here.state, 120)
        yield Tracker(here, run, wanted)
        run.stop(signal.SIGINT)
        assert wait_until(lambda: run.programs() == [], 10), "something outlives the tracker"


def test_each_part_is_killed_once_in_one_load(tracker: Tracker):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    rng = random.Random(seed)
    tracker.place.fresh()
    load = Load(tracker.run.port, tracker.place.token, files(0, NUMBER))
    thread = load.start()
    for number, part in enumerate(EACH):
        behind = NUMBER * number // len(EACH)
        assert wait_until(lambda behind=behind: load.ended or load.row.get("read", -1) >= behind, SECONDS), load
        time.sleep(rng.uniform(0, 0.5))
        assert wait_until(lambda part=part: parts.kill(tracker.run, part, rng), 20), part
        assert not load.ended, "too late: it was done before"
    thread.join(SECONDS)
    assert wait_until(tracker.run.healthy, 60)
    assert rounds.faults(tracker.place, load, tracker.wanted) == [], tracker.run.output


def test_two_overlapping_loads_at_once_make_no_doubles(tracker: Tracker):
    tracker.place.fresh()
    halves = (files(0, NUMBER * 2 // 3), files(NUMBER // 3, NUMBER))
    loads = [Load(tracker.run.port, tracker.place.token, half) for half in halves]
    for thread in [load.start() for load in loads]:
        thread.join(SECONDS)
    assert [load.row["status"] for load in loads] == ["done", "done"]
    assert sum(load.row["created"] for load in loads) == NUMBER
    assert [load.row["created"] + load.row["unchanged"] for load in loads] == [load.row["read"] for load in loads]
    assert tracker.place.rows() == tracker.wanted.rows
    assert tracker.place.export() == tracker.wanted.export


def test_a_command_that_was_killed_says_so_and_run_again_brings_the_rest(tracker: Tracker, tmp_path: Path):
    tracker.place.fresh()
    path = tmp_path / "list.jsonl"
    path.write_bytes(files(0, NUMBER)[0][1])
    command = [sys.executable, "manage.py", "import_visits", "--trust", str(path)]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment(tracker.place.state))
    assert wait_until(lambda: any(row["read"] for row in tracker.place.loads()), SECONDS)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert wait_until(lambda: tracker.place.loads()[0]["status"] == "failed", SECONDS)
    assert "load the same files again" in str(tracker.place.loads()[0]["message"])
    tracker.place.manage("import_visits", "--trust", str(path))
    assert tracker.place.rows() == tracker.wanted.rows
    assert tracker.place.export() == tracker.wanted.export
