"""The processes of a running tracker that may be killed, by what they are."""

import os
import random
import signal

from tests.running import Run, children, command_line
from tracker.embedded.postgres import Cluster

PARTS = (
    "worker",
    "worker child",
    "web server",
    "web worker",
    "PostgreSQL",
    "PostgreSQL backend",
    "Valkey",
)


def kill(run: Run, part: str, rng: random.Random) -> bool:
    """SIGKILL to one process of that part; False when there is none at this moment."""
    found = pids(run, part)
    if not found:
        return False
    os.kill(rng.choice(found), signal.SIGKILL)
    return True


def pids(run: Run, part: str) -> list[int]:
    """The processes of a part, in the order of their ids."""
    match part:
        case "worker":
            return _main(run, b"worker")
        case "web server":
            return _main(run, b"gunicorn")
        case "Valkey":
            return _main(run, b"valkey-server")
        case "worker child" | "web worker":
            above = pids(run, "worker" if part == "worker child" else "web server")
            return sorted(child for pid in above for child in children(pid))
        case "PostgreSQL" | "PostgreSQL backend":
            postmaster = Cluster(run.state).pid()
            above = [postmaster] if postmaster else []
            return above if part == "PostgreSQL" else sorted(child for pid in above for child in _backends(pid))
    raise ValueError(part)


def _main(run: Run, word: bytes) -> list[int]:
    return [pid for pid in children(run.process.pid) if word in command_line(pid)]


def _backends(postmaster: int) -> list[int]:
    """Processes that serve a connection to the tracker's database, not the server's own helpers."""
    return [child for child in children(postmaster) if b"tracker tracker" in command_line(child)]
