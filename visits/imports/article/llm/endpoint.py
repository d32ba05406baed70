"""The way to an OpenAI-compatible endpoint: one question, one answer, within limits of time, size and tries.

The operator names the endpoint, so it may be on this machine. Nothing that it says is shown: of an error only its
number, of an answer only what is checked. The key is in one header and nowhere else.
"""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
import orjson

MAX_ANSWER_BYTES = 2 * 2**20
MAX_TOKENS_OUT = 6_000
TRIES = 3
_LONGEST_PAUSE = 20.0  # seconds
_AGAIN = {408, 409, 425, 429, 500, 502, 503, 504, 529}
_PER = Decimal(1_000_000)
log = logging.getLogger(__name__)
# At INFO it would log every request.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Endpoint:
    """Where a model is asked, what that costs, and how long we wait. Prices are of a million tokens."""

    url: str
    model: str
    key: str = field(repr=False)
    price_in: Decimal
    price_out: Decimal
    ceiling: Decimal
    timeout: float = 60.0
    characters: int = 20_000
    pause: float = 1.0  # before the second try; doubled for each further one

    def cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        return (tokens_in * self.price_in + tokens_out * self.price_out) / _PER

    def most(self, request: dict[str, Any]) -> tuple[int, int]:
        """The most tokens that a request can take: a token has a byte at least."""
        return len(orjson.dumps(request)), int(request["max_tokens"])


@dataclass(frozen=True, slots=True)
class Reply:
    """The content of an answer, and the tokens that the endpoint counted, if it did."""

    content: str
    tokens_in: int | None
    tokens_out: int | None


class NoAnswer(Exception):
    """The endpoint gave no answer; the message says why in a few words of ours.

    `charged`: it may cost all the same, so it is not asked `again`.
    """

    def __init__(self, why: str, *, charged: bool = False, again: bool = False, pause: float = 0.0) -> None:
        super().__init__(why)
        self.charged, self.again, self.pause = charged, again, pause


class Nonsense(Exception):
    """The endpoint answered, but with nothing that can be used."""


def ask(endpoint: Endpoint, request: dict[str, Any]) -> Reply:
    """Ask, and ask again where that may help; NoAnswer or Nonsense."""
    for number in range(TRIES):
        try:
            return _ask_once(endpoint, request)
        except NoAnswer as error:
            log.warning("language model: try %s of %s: %s", number + 1, TRIES, error)
            if not error.again or number + 1 == TRIES:
                raise
            time.sleep(min(_LONGEST_PAUSE, max(error.pause, endpoint.pause * 2**number)))
    raise AssertionError


def _ask_once(endpoint: Endpoint, request: dict[str, Any]) -> Reply:
    try:
        # In a thread of its own: the caller's may have an event loop already.
        with ThreadPoolExecutor(max_workers=1) as alone:
            raw = alone.submit(lambda: asyncio.run(_exchange(endpoint, request))).result()
        return _reply(raw)
    except httpx.ConnectError:
        raise NoAnswer("it could not be reached", again=True) from None
    except (TimeoutError, httpx.TimeoutException):
        raise NoAnswer(f"it did not answer within {endpoint.timeout:g} seconds", charged=True) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer(f"the connection broke ({type(error).__name__})", charged=True) from None


async def _exchange(endpoint: Endpoint, request: dict[str, Any]) -> bytes:
    """The bytes of the answer. Asynchronous for its clock: one that drips header by header ends in time, too."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    async with (
        asyncio.timeout(endpoint.timeout),
        httpx.AsyncClient(timeout=endpoint.timeout, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", f"{endpoint.url}/chat/completions", json=request, headers=headers) as response,
    ):
        _expect_success(response)
        return await _read(response)


def _expect_success(response: httpx.Response) -> None:
    if response.status_code == 200:
        return
    pause = response.headers.get("retry-after", "")
    raise NoAnswer(
        f"it answered with the error {response.status_code}",
        again=response.status_code in _AGAIN,
        pause=float(pause) if pause.isascii() and pause.isdecimal() and len(pause) < 6 else 0.0,
    )


async def _read(response: httpx.Response) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise Nonsense("its answer is compressed, which it was not asked for")
    raw = bytearray()
    async for chunk in response.aiter_raw():
        raw += chunk
        if len(raw) > MAX_ANSWER_BYTES:
            raise Nonsense(f"its answer is larger than {MAX_ANSWER_BYTES:,} bytes")
    return bytes(raw)


def _reply(raw: bytes) -> Reply:
    try:
        answer = orjson.loads(raw)
        choice = answer["choices"][0]
        content = choice["message"]["content"]
        ended = choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError):
        raise Nonsense("its answer is no chat completion") from None
    if ended == "length":
        raise Nonsense("its answer was cut off")
    if not isinstance(content, str) or not content.strip():
        raise Nonsense("it declined to answer")
    usage = answer.get("usage")
    counts = [usage.get(name) if isinstance(usage, dict) else None for name in ("prompt_tokens", "completion_tokens")]
    tokens = [one if type(one) is int and 0 <= one < 10**8 else None for one in counts]
    return Reply(content, *tokens)
