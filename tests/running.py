"""`make run` itself in the background, for tests: in a state folder and on a port of its own."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tracker.embedded.processes import wait_until
from tracker.state import CHECKOUT

_DROPPED = ("DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE", "TRACKER_ADMIN_PASSWORD")


@dataclass
class Run:
    """A `make run` in the background."""

    state: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        return (self.state / "output").read_text()

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def programs(self) -> list[int]:
        """All processes whose environment or command line names the state folder, the server's own included."""
        return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if self._belongs(pid)]

    def _belongs(self, pid: int) -> bool:
        wanted = os.fsencode(self.state)
        try:
            process = Path(f"/proc/{pid}")
            return wanted in (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            return False

    def stop(self, sig: signal.Signals) -> None:
        self.process.send_signal(sig)
        self.process.wait(60)


def environment(state: Path, **more: str) -> dict[str, str]:
    """What a program of the tracker in `state` sees."""
    kept = {key: value for key, value in os.environ.items() if key not in _DROPPED}
    return kept | {"TRACKER_STATE": str(state), "DJANGO_SETTINGS_MODULE": "tracker.settings"} | more


def start(state: Path, seconds: float) -> Run:
    """A tracker that answers; AssertionError with what it said when it does not within `seconds`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (state / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tracker.run"],
            cwd=CHECKOUT,
            env=environment(state, PORT=str(port), TRACKER_SAMPLES="0"),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    run = Run(state, port, process)
    assert wait_until(lambda: run.healthy() or process.poll() is not None, seconds, step=0.1), run.output
    assert process.poll() is None, run.output
    return run


def children(pid: int) -> list[int]:
    """The children of a process, of all its threads; none when it is gone."""
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, file.read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
