"""How long WSGI programs take to answer: in this process, one request after the other, several programs in turns."""

import io
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

Program = Callable[..., Iterable[bytes]]


class Times(NamedTuple):
    """Milliseconds."""

    p50: float
    p95: float

    def __str__(self) -> str:
        return f"{self.p50:.1f} ms"


def ask(program: Program, address: str) -> bytes:
    """The body of a 200, wherever it is."""
    path, _question, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": unquote(path), "QUERY_STRING": query,
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(), "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    status: list[Any] = []
    answer: Any = program(environ, lambda found, headers, *more: status.extend((found, dict(headers))))
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    if status[0].startswith("30") and (there := status[1]["Location"]) != address:
        return ask(program, there.removeprefix("http://localhost"))
    assert status[0].startswith("200"), (address, status, body[:300])
    return body


def in_turns(works: Mapping[str, Callable[[], object]], times: int, warm: int = 8) -> dict[str, Times]:
    """Each work so many times, one after the other, so that what else the machine does falls on all of them."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(-warm, times):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            if turn >= 0:
                taken[name].append((time.perf_counter() - began) * 1000)
    return {name: of(found) for name, found in taken.items()}


def of(taken: list[float]) -> Times:
    cuts = statistics.quantiles(taken, n=20) if len(taken) > 1 else taken
    return Times(statistics.median(taken), cuts[-1])
