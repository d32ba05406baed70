"""The supervisor of `make run`: `python -m tracker.run`.

Starts PostgreSQL, Valkey, the web server, a Celery worker and beat; restarts what dies; stops beat, worker,
web, queue and database in that order on Ctrl-C, SIGTERM or SIGHUP.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from tracker.embedded import valkey
from tracker.embedded.postgres import Cluster
from tracker.embedded.processes import die_with_parent, wait_until
from tracker.embedded.sharing import ClusterUse
from tracker.programs import KeepsDying, Program
from tracker.state import CHECKOUT, state_folder

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK_EVERY = 0.3  # seconds
_START_SECONDS = 60


class Stopped(Exception):
    """Somebody asked the supervisor to stop."""


class Supervisor:
    def __init__(self, state: Path, port: int) -> None:
        self.state = state
        self.port = port
        self.stopping = False
        self.cluster_use: ClusterUse | None = None
        self.logs = state / "logs"
        self.logs.mkdir(exist_ok=True)
        self.broker = self._program("valkey", [], patience=10)
        self.programs = self._own_programs()

    # what runs

    def _program(self, name: str, command: list[str], patience: float, **extra: str) -> Program:
        environment = os.environ | {"PORT": str(self.port), "DJANGO_SETTINGS_MODULE": "tracker.settings"} | extra
        log = self.logs / f"{name}.log"
        return Program(name, command, CHECKOUT, log, patience, environment=environment)

    def _own_programs(self) -> dict[str, Program]:
        def module(*words: str) -> list[str]:
            return [sys.executable, "-m", *words]

        celery = module("celery", "-A", "tracker")
        web = module("gunicorn", "-c", "python:tracker.gunicorn", "tracker.wsgi")
        worker = [*celery, "worker", "-c", "2", "-l", "INFO", "--without-gossip", "--without-mingle"]
        beat = [*celery, "beat", "-l", "INFO", "--pidfile="]
        return {
            "web": self._program("web", web, patience=15),
            "worker": self._program("worker", worker, patience=25, TRACKER_ONLY_WORKER="1"),
            "beat": self._program("beat", beat, patience=10),
        }

    # life

    def run(self) -> None:
        for sig in _STOP_SIGNALS:
            signal.signal(sig, self._ask_to_stop)
        try:
            self._start_database()
            self._start_broker()
            self._prepare()
            self._start_programs()
            self._watch()
        except Stopped:
            return
        finally:
            self._stop_all()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _go_on(self) -> None:
        if self.stopping:
            raise Stopped

    def _start_database(self) -> None:
        if "DATABASE_URL" in os.environ:
            return
        self.cluster_use = ClusterUse(Cluster(self.state))
        self.cluster_use.acquire()
        self._go_on()

    def _start_broker(self) -> None:
        if "CELERY_BROKER_URL" in os.environ:
            return
        self.broker.command = valkey.command(self.state)
        self.broker.start()
        if not wait_until(lambda: valkey.answers(self.state) or self.broker.died(), _START_SECONDS):
            raise KeepsDying(f"Valkey does not answer:\n{self.broker.last_words()}")
        self._go_on()

    def _prepare(self) -> None:
        """Migrations, reference data and, the first time, samples and the first user; in one process."""
        preparation = subprocess.Popen(
            [sys.executable, "-m", "tracker.preparation"],
            cwd=CHECKOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        wait_until(lambda: preparation.poll() is not None or self.stopping, float("inf"))
        if self.stopping:
            preparation.terminate()
            preparation.wait()
        self._go_on()
        if preparation.returncode:
            raise SystemExit("The database could not be prepared; see above.")

    def _start_programs(self) -> None:
        for program in self.programs.values():
            program.start()
        end = time.monotonic() + _START_SECONDS
        while not self._healthy():
            self._look_after_all()
            if time.monotonic() > end:
                raise KeepsDying(f"The web server does not answer; it said:\n{self.programs['web'].last_words()}")
            time.sleep(_LOOK_EVERY)
        say(f"The tracker is at http://127.0.0.1:{self.port}/ (logs: {self.logs}; Ctrl-C stops it)")

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY)
            self._look_after_all()

    def _look_after_all(self) -> None:
        self._go_on()
        if self.cluster_use and self.cluster_use.cluster.pid() is None:
            say("PostgreSQL ended; starting it again")
            self.cluster_use.ensure()
        for program in (self.broker, *self.programs.values()):
            if program.died():
                say(f"{program.name} ended; starting it again")
                program.restart()

    def _stop_all(self) -> None:
        say("Stopping")
        for program in (self.programs["beat"], self.programs["worker"], self.programs["web"], self.broker):
            program.stop()
        if self.cluster_use:
            self.cluster_use.release()


def say(line: str) -> None:
    print(line, flush=True)


def wanted_port() -> int:
    """PORT, free to listen on; otherwise say so at once instead of after the database is up."""
    given = os.environ.get("PORT", "8000")
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise SystemExit(f"PORT={given} is no port number.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(given)))
        except OSError as problem:
            raise SystemExit(f"Port {given} can't be used ({problem.strerror}): try PORT=8001 make run.") from None
    return int(given)


def hold_run_lock(state: Path) -> IO[str]:
    lock = (state / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit("The tracker already runs with this state folder.") from None
    return lock


def main() -> None:
    state = state_folder()
    with hold_run_lock(state):
        try:
            Supervisor(state, wanted_port()).run()
        except KeepsDying as problem:
            raise SystemExit(str(problem)) from None


if __name__ == "__main__":
    main()
