"""The embedded database: shared by programs that come and go, started again after a crash."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tracker.embedded import valkey
from tracker.embedded.postgres import Cluster
from tracker.embedded.processes import runs, wait_until
from tracker.embedded.sharing import ClusterUse, shared_cluster
from tracker.state import CHECKOUT, state_folder


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A state folder that the database's user may enter, unlike pytest's own temporary folders."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(Cluster(folder).folder, ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture
def cluster(state: Path) -> Cluster:
    return Cluster(state, durable=False)


def hold(state: Path) -> subprocess.Popen[str]:
    """Another program that uses the cluster until it is told otherwise."""
    code = (
        "import sys; from pathlib import Path;"
        "from tracker.embedded.postgres import Cluster;"
        "from tracker.embedded.sharing import shared_cluster\n"
        "with shared_cluster(Cluster(Path(sys.argv[1]), durable=False)): print('up', flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(state)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    return process


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)


def test_the_first_user_starts_it_and_the_last_one_stops_it(cluster: Cluster):
    with shared_cluster(cluster) as use:
        assert use.started
        with shared_cluster(cluster) as second:
            assert not second.started
        assert cluster.answers()
    assert cluster.pid() is None


def test_it_goes_on_under_a_program_when_the_one_that_started_it_leaves(cluster: Cluster, state: Path):
    starter = hold(state)
    with shared_cluster(cluster) as use:
        assert not use.started
        leave(starter)
        assert cluster.answers()
    assert cluster.pid() is None


def test_it_stops_when_its_last_user_is_killed(cluster: Cluster, state: Path):
    user = hold(state)
    user.kill()
    user.communicate()
    assert wait_until(lambda: cluster.pid() is None, 15)


def test_it_is_started_again_after_it_was_killed(cluster: Cluster):
    with shared_cluster(cluster) as use:
        pid = cluster.pid()
        assert pid
        os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: cluster.pid() is None, 10)
        assert use.ensure()
        assert cluster.answers()


def test_it_does_not_outlive_its_keeper(cluster: Cluster):
    with shared_cluster(cluster):
        pid = cluster.pid()
        keeper = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        os.kill(keeper, signal.SIGKILL)
        assert wait_until(lambda: cluster.pid() is None, 15)


def test_a_pid_that_now_belongs_to_another_program_is_not_taken_for_the_server(cluster: Cluster):
    cluster.prepare()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert cluster.pid() is None
    with shared_cluster(cluster) as use:
        assert use.started


def test_a_zombie_is_not_running():
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    assert wait_until(lambda: not runs(process.pid), 10)
    process.wait()


def test_the_names_of_the_extensions_that_the_tracker_needs_are_there(cluster: Cluster):
    with shared_cluster(cluster), psycopg.connect(cluster.url()) as connection:
        found = connection.execute(
            "SELECT name FROM pg_available_extensions"
            " WHERE name IN ('pg_trgm', 'unaccent', 'btree_gist', 'ltree', 'fuzzystrmatch') ORDER BY name"
        ).fetchall()
    assert found == [("btree_gist",), ("fuzzystrmatch",), ("ltree",), ("pg_trgm",), ("unaccent",)]


def test_sockets_of_a_deep_state_folder_lie_in_a_short_place(tmp_path: Path):
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 5)
    assert len(os.fsencode(Cluster(deep).socket_folder)) < 90
    assert len(os.fsencode(valkey.socket_path(deep))) < 107


def test_state_lies_where_the_environment_says(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("TRACKER_STATE", str(tmp_path / "here"))
    state_folder.cache_clear()
    try:
        assert state_folder() == tmp_path / "here"
    finally:
        state_folder.cache_clear()


def test_releasing_twice_is_harmless(cluster: Cluster):
    use = ClusterUse(cluster)
    use.acquire()
    use.release()
    use.release()
    assert cluster.pid() is None
