"""Several programs, one cluster: the first user has it started, the last one stops it.

Each user holds a shared lock on `users.lock` for as long as it lives (the kernel drops it even after
kill -9). A keeper process owns the server; a user that finds itself alone when it leaves stops the server,
and the keeper does the same for users that died without a word.
"""

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tracker.embedded.postgres import Cluster
from tracker.embedded.processes import wait_until
from tracker.state import CHECKOUT

_START_SECONDS = 60


class ClusterUse:
    """One program's use of a cluster: `acquire`, `ensure` as often as wanted, `release`."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._users: IO[str] | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        self.started = False  # whether this use found the server down

    def acquire(self) -> None:
        self.cluster.folder.mkdir(parents=True, exist_ok=True)
        self._users = users_lock(self.cluster).open("w")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        self.started = self.ensure()

    def ensure(self) -> bool:
        """Have the server running; True if it had to be started. One program at a time does this."""
        with (self.cluster.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.cluster.pid() is not None and self.cluster.answers():
                return False
            if self.cluster.pid() is None:
                self.cluster.prepare()
            end = time.monotonic() + _START_SECONDS
            while not self._start_once():
                # After kill -9 the old server's children hold its shared memory for a moment.
                if time.monotonic() > end:
                    raise SystemExit(f"PostgreSQL does not start; it said:\n{self.cluster.last_words()}")
                time.sleep(0.3)
            self.cluster.create_database()
            return True

    def _start_once(self) -> bool:
        if self.cluster.pid() is None:
            self._keeper = start_keeper(self.cluster)
        wait_until(lambda: self.cluster.answers() or self._keeper_ended(), _START_SECONDS)
        return self.cluster.answers()

    def _keeper_ended(self) -> bool:
        return self._keeper is not None and self._keeper.poll() is not None

    def release(self) -> None:
        """Leave; stop the server when no other program uses it."""
        if self._users is None:
            return
        if _alone(self._users):
            self.cluster.stop()
            if self._keeper:
                self._keeper.wait()
        self._users.close()
        self._users = None


@contextmanager
def shared_cluster(cluster: Cluster) -> Iterator[ClusterUse]:
    use = ClusterUse(cluster)
    try:
        use.acquire()
        yield use
    finally:
        use.release()


def users_lock(cluster: Cluster) -> Path:
    return cluster.folder / "users.lock"


def start_keeper(cluster: Cluster) -> subprocess.Popen[bytes]:
    durable = "durable" if cluster.durable else "fast"
    return subprocess.Popen(
        [sys.executable, "-m", "tracker.embedded.keeper", str(cluster.state), durable],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _alone(users: IO[str]) -> bool:
    """Whether this is the only user; its own shared lock becomes an exclusive one, or is gone."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
