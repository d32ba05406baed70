"""A small HTTP server that does what servers should not, on a port of its own."""

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache

BOMB = 20 * 2**20
ARTICLE = b"<!doctype html><html><body><p>The minister of Turkmenistan visited Japan.</p></body></html>"


def answer(
    body: bytes = ARTICLE, status: str = "200 OK", kind: str = "text/html", length: int | None = None, **headers: str
) -> bytes:
    lines = {"Content-Type": kind, "Content-Length": str(len(body) if length is None else length)}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def redirect(to: str) -> bytes:
    return answer(b"", "302 Found", Location=to)


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@dataclass
class Server:
    """Answers by path with bytes, or with a function that gets the connection; remembers what was asked."""

    port: int
    answers: dict[str, bytes | Callable[[socket.socket], None]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [request.split()[1] for request in self.requests]

    def drip(self, connection: socket.socket, start: bytes, piece: bytes, pause: float = 0.05) -> None:
        connection.sendall(start)
        while not self.stopped.is_set():
            connection.sendall(piece)
            time.sleep(pause)

    def serve(self, connection: socket.socket, context: ssl.SSLContext | None) -> None:
        with suppress(OSError), connection:
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            asked = b""
            while b"\r\n\r\n" not in asked:
                if not (more := connection.recv(65536)):
                    return
                asked += more
            self.requests.append(asked.decode("latin-1"))
            found = self.answers.get(self.paths[-1], answer(b"no", "404 Not Found"))
            if callable(found):
                found(connection)
            else:
                connection.sendall(found)


@contextmanager
def serving(context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Server]:
    with socket.create_server((host, 0)) as listener:
        server = Server(listener.getsockname()[1])

        def run() -> None:
            while not server.stopped.is_set():
                with suppress(OSError):
                    connection, _peer = listener.accept()
                    threading.Thread(target=server.serve, args=(connection, context), daemon=True).start()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield server
        server.stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(2)


@cache
def bombs() -> tuple[bytes, bytes, bytes]:
    """20 MB of nothing as gzip, deflate and bare deflate."""
    data = bytes(BOMB)
    return gzip.compress(data), zlib.compress(data), bare_deflate(data)


def misbehave(server: Server) -> None:
    """The ways in which a server can do harm."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    packed, deflated, bare = bombs()
    server.answers |= {
        "/": answer(),
        "/drip": lambda peer: server.drip(peer, head + b"\r\n", b"<p>", 0.05),
        "/drip-of-headers": lambda peer: server.drip(peer, head, b"X-A: b\r\n", 0.05),
        "/silent": lambda peer: server.stopped.wait(5),
        "/endless": lambda peer: server.drip(peer, head + b"\r\n", b"x" * 2**16, 0),
        "/gzip-bomb": answer(packed, Content_Encoding="gzip"),
        "/deflate-bomb": answer(deflated, Content_Encoding="deflate"),
        "/bare-bomb": answer(bare, Content_Encoding="deflate"),
        "/twice-packed": answer(gzip.compress(packed), Content_Encoding="gzip, gzip"),
        "/brotli-bomb": answer(b"\x5b\xff\xff\x9f\x00" * 9, Content_Encoding="br"),
        "/packed": answer(gzip.compress(ARTICLE), Content_Encoding="gzip"),
        "/deflated": answer(zlib.compress(ARTICLE), Content_Encoding="deflate"),
        "/bare": answer(bare_deflate(ARTICLE), Content_Encoding="deflate"),
        "/half-packed": answer(gzip.compress(ARTICLE)[:-12], Content_Encoding="gzip"),
        "/no-gzip": answer(ARTICLE, Content_Encoding="gzip"),
        "/says-large": answer(b"x", length=10**12),
        "/too-short": answer(ARTICLE, length=len(ARTICLE) + 100),
        "/negative": answer(ARTICLE, length=-5),
        "/huge-header": answer(ARTICLE, X_Long="x" * 200_000),
        "/no-http": b"SSH-2.0-OpenSSH_9.9\r\n",
        "/nothing": b"",
        "/image": answer(b"\x89PNG", kind="image/png"),
        "/loop": redirect("/loop"),
        "/to-file": redirect("file:///etc/passwd"),
        "/to-gopher": redirect("gopher://127.0.0.1:70/1"),
        "/to-loopback": redirect("http://127.0.0.2/"),
        "/to-metadata": redirect("http://169.254.169.254/latest/meta-data/"),
        "/to-credentials": redirect("http://me:secret@127.0.0.1/"),
        "/to-port": redirect("http://93.184.215.14:22/"),
        "/to-nothing": redirect("http://[::1"),
        "/on": redirect("/?q=на#top"),
        "/?q=%D0%BD%D0%B0": answer(b"plain", kind='text/plain; Charset="KOI8-R"'),
        "/busy": answer(b"", "503 Busy", Retry_After="120"),
        "/gone": answer(b"", "410 Gone"),
    }
