"""Programs behind gunicorn as it runs in production, with one worker: asked by one reader who keeps the connection."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tracker.state import CHECKOUT


@contextmanager
def served(application: str) -> Iterator["Reader"]:
    """Asks for an address; gives the body."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "WEB_CONCURRENCY": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "tests.bench.unwarmed"
    command = [sys.executable, "-m", "gunicorn", "-c", "python:tracker.gunicorn", "--log-level", "error", application]
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment) as server:
        try:
            yield Reader(port)
        finally:
            server.terminate()


class Reader:
    """Keeps its connection, and opens another where the server has closed it meanwhile."""

    def __init__(self, port: int) -> None:
        self.port, self.connection = port, _connected(port)

    def __call__(self, address: str) -> bytes:
        try:
            return _ask(self.connection, address)
        except ConnectionError:
            self.connection.close()
            self.connection = _connected(self.port)
            return _ask(self.connection, address)


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + 60
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=60)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _ask(connection: socket.socket, address: str) -> bytes:
    connection.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    found = b""
    while b"\r\n\r\n" not in found:
        found += _more(connection)
    head, body = found.split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 200"), (address, found[:300])
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += _more(connection)
    return body


def _more(connection: socket.socket) -> bytes:
    if not (found := connection.recv(1 << 20)):
        raise ConnectionError("The server closed the connection.")
    return found
