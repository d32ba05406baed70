"""An OpenAI-compatible endpoint on this machine that answers as a test tells it to, well or badly."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from visits.imports.article.llm.endpoint import Endpoint

KEY = "sk-test-of-ours-1234567890"
Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Each request is kept in `server.asked`; `server.behaviours` answer one after the other, the last for ever."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.question = json.loads(self.rfile.read(length))
        self.server.asked.append({"path": self.path, "key": self.headers["Authorization"], "body": self.question})
        behaviours = self.server.behaviours
        behaviour = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        try:
            behaviour(self)
        except OSError:
            self.close_connection = True  # the client had enough

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, behaviours: list[Behaviour]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours, self.asked = behaviours, list[dict[str, Any]]()
        self.ended = threading.Event()

    def endpoint(self, **changes: Any) -> Endpoint:
        given = {
            "url": f"http://127.0.0.1:{self.server_address[1]}/v1",
            "model": "small",
            "key": KEY,
            "price_in": Decimal(1),
            "price_out": Decimal(10),
            "ceiling": Decimal(1),
            "timeout": 5.0,
            "pause": 0.01,
        }
        return Endpoint(**{**given, **changes})


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[Server]:
    server = Server(list(behaviours))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


# behaviours


def says(content: Any, usage: Any = None, finish: str = "stop") -> Behaviour:
    """A chat completion with this content (JSON, unless it is a string)."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    body = {
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200} if usage is None else usage,
    }
    return lambda handler: handler.answer(200, json.dumps(body).encode())


def raw(body: bytes, status: int = 200, **headers: str) -> Behaviour:
    return lambda handler: handler.answer(status, body, **headers)


def hangs(handler: Handler) -> None:
    handler.server.ended.wait(20)


def drips(handler: Handler) -> None:
    """One byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.server.ended.wait(0.05):
        handler.wfile.write(b" ")


def drips_headers(handler: Handler) -> None:
    """One header after the other, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.ended.wait(0.05):
        handler.wfile.write(b"X-More: yes\r\n")


def floods(handler: Handler) -> None:
    """100 MB of an answer."""
    size = 100 * 2**20
    handler.send_response(200)
    handler.send_header("Content-Length", str(size))
    handler.end_headers()
    piece = b"[" * 2**16
    for _ in range(size // len(piece)):
        handler.wfile.write(piece)


def hangs_up(handler: Handler) -> None:
    handler.close_connection = True


def redirects(handler: Handler) -> None:
    handler.answer(307, b"", Location="http://127.0.0.1:1/stolen")


def slowly(behaviour: Behaviour, seconds: float) -> Behaviour:
    def answer(handler: Handler) -> None:
        time.sleep(seconds)
        behaviour(handler)

    return answer
