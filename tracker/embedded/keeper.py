"""The process that owns a shared server: `python -m tracker.embedded.keeper STATE durable|fast`."""

import fcntl
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

from tracker.embedded.postgres import Cluster
from tracker.embedded.processes import stop_process
from tracker.embedded.sharing import users_lock

_LOOK_EVERY = 1.0  # seconds


def keep(cluster: Cluster) -> None:
    """Run the server until it ends by itself or nobody uses it any more."""
    server = cluster.spawn()
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sig, lambda *_: server.send_signal(signal.SIGINT))
    with users_lock(cluster).open("w") as users:
        while not _ended(server):
            if _unused(users):
                stop_process(server, signal.SIGINT, 30)
                return


def _ended(server: subprocess.Popen[bytes]) -> bool:
    try:
        server.wait(_LOOK_EVERY)
    except subprocess.TimeoutExpired:
        return False
    return True


def _unused(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    keep(Cluster(Path(sys.argv[1]), durable=sys.argv[2] == "durable"))
