"""One PostgreSQL cluster in the state folder: its places, its birth, its start and stop.

Who may stop it is decided in `sharing`: several programs use one cluster at the same time.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg

from tracker.embedded.account import Account, database_account
from tracker.embedded.binaries import postgres_programs
from tracker.embedded.processes import die_with_parent, runs, wait_until
from tracker.state import NAME, short_hash

MAJOR = 18
ROLE = DATABASE = "tracker"
_LONGEST_SOCKET = 100  # bytes; the kernel's limit is 107 with the name of the lock file
_SETTINGS = """\
listen_addresses = ''
unix_socket_permissions = 0700
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 100
jit = off
"""
# What is read again stays in memory; lists of thousands are sorted there; a disk without arms finds all as fast.
_FOR_SPEED = ("shared_buffers=512MB", "work_mem=16MB", "random_page_cost=1.1")


class Cluster:
    """The cluster of one state folder.

    `durable=False` is for tests: it trades safety after a power cut for speed.
    """

    def __init__(self, state: Path, *, durable: bool = True) -> None:
        self.state = state.resolve()
        self.durable = durable

    # places

    @cached_property
    def account(self) -> Account:
        return database_account(self._wanted_folder / f"data{MAJOR}")

    @property
    def _wanted_folder(self) -> Path:
        return self.state / "postgres"

    @cached_property
    def folder(self) -> Path:
        """Under the state folder; elsewhere when root's state folder is closed to the database's user."""
        if not self.account.is_other or self.account.can_reach(self.state):
            return self._wanted_folder
        return Path("/var/lib") / f"{NAME}-{short_hash(self.state)}"

    @property
    def data(self) -> Path:
        return self.folder / f"data{MAJOR}"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @cached_property
    def socket_folder(self) -> Path:
        """Beside the data, or in a short place when that path is too long for a socket."""
        beside = self.folder / f"s{MAJOR}"
        if len(os.fsencode(beside / ".s.PGSQL.5432.lock")) <= _LONGEST_SOCKET:
            return beside
        tag = f"{NAME}-{self.account.uid}-{short_hash(self.state)}"
        runtime = Path(f"/run/user/{os.geteuid()}")
        usable = runtime.is_dir() and os.access(runtime, os.W_OK) and self.account.can_reach(runtime)
        return (runtime if usable else Path(tempfile.gettempdir())) / tag

    @cached_property
    def programs(self) -> Path:
        return postgres_programs(self.account, self.folder / "programs")

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self.socket_folder), safe='')}"

    # life

    def pid(self) -> int | None:
        """The postmaster of this data folder, if it lives (a crash leaves its pid file, and pids are reused)."""
        try:
            pid = int(self._pid_file.read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if runs(pid, b"-D", os.fsencode(self.data)) else None

    @property
    def _pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=3):
                return True
        except psycopg.OperationalError:
            return False

    def prepare(self) -> None:
        """Make the folders and, the first time, the cluster itself; forget a server that is gone.

        Only for one program at a time, when `pid` has none.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.account.is_other:
            self.folder.chmod(0o755)
        for private in (self.data, self.socket_folder):
            self.account.make_private_folder(private)
        self._pid_file.unlink(missing_ok=True)
        if (self.data / "PG_VERSION").exists():
            return
        for leftover in self.data.iterdir():  # of an initdb that was cut short
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        self._initdb()

    def _initdb(self) -> None:
        # No ICU in the wheel: the builtin provider sorts by code point, names sort by their normalised key.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command = [str(self.programs / "initdb"), "-D", str(self.data), "-U", ROLE, "-A", "trust", "-E", "UTF8"]
        result = subprocess.run(
            [*command, "-k", *locale, *([] if self.durable else ["--no-sync"])],
            env=self._environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **self.account.popen_options(),
        )
        if result.returncode:
            raise SystemExit(f"initdb failed:\n{result.stdout}{result.stderr}")
        with (self.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(_SETTINGS)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server as a child that stops fast when this process is gone."""
        options = ["-c", f"unix_socket_directories={self.socket_folder}"]
        for setting in _FOR_SPEED:
            options += ["-c", setting]
        if not self.durable:
            options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        with self.log.open("ab") as log:
            if self.account.is_other:
                os.chown(self.log, self.account.uid, self.account.gid)
            # A session of its own: Ctrl-C in the terminal must not reach it before web and worker are down.
            return subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.data), *options],
                env=self._environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
                **self.account.popen_options(),
            )

    def create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')

    def stop(self, seconds: float = 30) -> None:
        """Fast shutdown; after `seconds` an immediate one."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        if not wait_until(lambda: self.pid() != pid, seconds):
            os.kill(pid, signal.SIGQUIT)

    def last_words(self, lines: int = 15) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    @staticmethod
    def _environment() -> dict[str, str]:
        dropped = ("PG", "LC_", "LANG")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
        return kept | {"LC_ALL": "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8", "HOME": "/"}
