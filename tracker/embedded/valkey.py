"""The embedded queue: where its socket is and how its server is started."""

import os
import tempfile
from pathlib import Path
from urllib.parse import quote

from tracker.embedded.binaries import valkey_server
from tracker.state import NAME, short_hash

_LONGEST_SOCKET = 100  # bytes; the kernel's limit is 107


def socket_path(state: Path) -> Path:
    """In the state folder, or in a short place when that path is too long for a socket."""
    beside = state / "valkey" / "socket"
    if len(os.fsencode(beside)) <= _LONGEST_SOCKET:
        return beside
    return Path(tempfile.gettempdir()) / f"{NAME}-{os.geteuid()}-{short_hash(state)}" / "socket"


def broker_url(state: Path) -> str:
    return f"redis+socket://{quote(str(socket_path(state)))}"


def command(state: Path) -> list[str]:
    """The server's command line; every accepted message is on disk before long (append-only file)."""
    folder = state / "valkey"
    socket = socket_path(state)
    for private in (folder, socket.parent):
        private.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return [str(valkey_server()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def answers(state: Path) -> bool:
    """Whether the server replies on its socket."""
    import redis

    try:
        return bool(redis.Redis(unix_socket_path=str(socket_path(state)), socket_timeout=2).ping())
    except (redis.RedisError, OSError):
        return False
