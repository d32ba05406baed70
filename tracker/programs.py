"""One long-running program of `make run`: its log, its restarts, its end."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tracker.embedded.processes import die_with_parent, stop_process

_RESTARTS = 5
_WITHIN = 60.0  # seconds


class KeepsDying(Exception):
    """A program was restarted so often that something is wrong with it."""


@dataclass
class Program:
    name: str
    command: list[str]
    folder: Path
    log: Path
    patience: float  # seconds between asking it to stop and killing it
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    process: subprocess.Popen[bytes] | None = None
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=_RESTARTS))

    def start(self) -> None:
        self.starts.append(time.monotonic())
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C must reach the supervisor alone, which stops things in order.
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def restart(self) -> None:
        """Start it again, once nothing of its last life is left; raise KeepsDying at the fifth time a minute."""
        self._kill_children()
        if len(self.starts) == _RESTARTS and time.monotonic() - self.starts[0] < _WITHIN:
            raise KeepsDying(f"{self.name} keeps ending; the end of {self.log}:\n{self.last_words()}")
        self.start()

    def stop(self) -> None:
        if self.process is None:
            return
        stop_process(self.process, signal.SIGTERM, self.patience)
        self._kill_children()
        self.process = None

    def last_words(self, lines: int = 12) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _kill_children(self) -> None:
        """What is left of its session: a killed Celery worker leaves a child that goes on with its task."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
