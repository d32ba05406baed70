"""One document from the network, from an address that somebody typed or a page named: all of it is hostile.

`fetch` takes http and https only. It resolves a name itself, refuses it unless every answer is an ordinary public
address, and connects to just those answers, so that a second, other answer of the name server is never asked for;
after each redirect it does so anew. Time, size (also of what is unpacked), kind and number of redirects are limited.
No cookies, no credentials, no proxy, nothing is run.
"""

import ipaddress
import queue
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpcore
import httpx
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

MAX_URL = 2000
MAX_REDIRECTS = 5
MAX_BYTES = 20 * 2**20  # of a body, as it comes and unpacked
TOTAL_SECONDS = 30.0
CONNECT_SECONDS = 6.0
READ_SECONDS = 10.0
_PIECE = 2**16
_TRIED_ADDRESSES = 3
_LONGEST_WAIT = 7 * 86_400  # of a Retry-After that is believed
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9.])?|\[?[0-9a-f:.]+\]?", re.IGNORECASE)
_REDIRECTS = {301, 302, 303, 307, 308}
_PASSING = {408, 425, 429, 500, 502, 503, 504}

ARTICLE_TYPES = frozenset(
    {"text/html", "application/xhtml+xml", "text/plain", "text/markdown", "application/pdf", "application/json"}
)
FEED_TYPES = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml"),
        *("text/html", "application/xhtml+xml", "text/plain"),  # how many servers call their feeds
    }
)

# What `ipaddress` takes for ordinary addresses and is not: relays into IPv4, the host's own agent at a large provider.
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.88.99.0/24", "168.63.129.16/32", "2001::/32", "fec0::/10", "::/96")))
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Iterable[str]]


class FetchError(Exception):
    """Nothing was fetched. `code` for a script, the message for a person; `passing` when it may work later."""

    def __init__(self, code: str, detail: str, *, passing: bool = False, wait: int | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.passing = code, detail, passing
        self.wait = wait  # seconds that the server asks to wait


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came. `url` is the last address after redirects; `unchanged` says that the server has nothing newer."""

    url: str
    content: bytes = field(repr=False)
    type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False
    retrieved_at: datetime = field(default_factory=timezone.now)


def check_address(url: str) -> httpx.URL:
    """The address taken apart; FetchError when it is none that is fetched, whatever its name resolves to."""
    if len(url) > MAX_URL:
        raise FetchError("url", _("An address has at most %(most)s characters.") % {"most": MAX_URL})
    try:
        address = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError("url", _("It is no address: %(why)s.") % {"why": error}) from error
    if address.scheme not in {"http", "https"}:
        raise FetchError("scheme", _("Only addresses that begin with http:// or https:// are fetched."))
    if not _HOST.fullmatch(address.raw_host.decode()):
        raise FetchError("url", _("It is no address: it names no host."))
    if address.userinfo:
        raise FetchError("credentials", _("An address with a user name or password is not fetched."))
    if _port(address) not in settings.FETCH_PORTS and not _is_allowed_port(_port(address)):
        raise FetchError("port", _("Port %(port)s is not fetched from.") % {"port": _port(address)})
    return address.copy_with(fragment=None)


def fetch(
    url: str,
    types: frozenset[str] = ARTICLE_TYPES,
    *,
    etag: str = "",
    last_modified: str = "",
    most: int = MAX_BYTES,
    seconds: float = TOTAL_SECONDS,
    resolve: Resolve | None = None,
) -> Fetched:
    """What is at an address, or FetchError. With `etag` or `last_modified` only when it changed since."""
    clock = _Clock(seconds)
    address = check_address(url)
    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    for _hop in range(MAX_REDIRECTS + 1):
        found = _ask(address, known, types, most, clock, resolve or _system_addresses)
        if isinstance(found, Fetched):
            return found
        address = check_address(found)
    raise FetchError("redirects", _("It leads on more than %(most)s times.") % {"most": MAX_REDIRECTS})


def _ask(
    address: httpx.URL,
    known: Mapping[str, str],
    types: frozenset[str],
    most: int,
    clock: "_Clock",
    resolve: Resolve,
) -> Fetched | str:
    """The answer of one server, or where it says to go on."""
    headers = {
        "Host": address.netloc.decode(),
        "User-Agent": settings.FETCH_USER_AGENT,
        "Accept": ", ".join(sorted(types)) + ", */*;q=0.1",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
        **{name: value for name, value in known.items() if value},
    }
    target = httpcore.URL(
        scheme=address.scheme, host=address.raw_host, port=_port(address), target=address.raw_path or b"/"
    )
    limits = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": READ_SECONDS}
    try:
        with (
            httpcore.ConnectionPool(network_backend=_Guarded(clock, resolve), http2=False) as pool,
            pool.stream("GET", target, headers=list(headers.items()), extensions={"timeout": limits}) as answer,
        ):
            return _answer(address, answer, types, most)
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise FetchError("too-slow", _("The server is too slow."), passing=True) from error
    except httpcore.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error) or "certificate" in str(error):
            why = _("Its certificate is not valid: %(why)s.") % {"why": str(error)[:200]}
            raise FetchError("certificate", why, passing=True) from error
        raise FetchError("no-answer", _("The server cannot be reached."), passing=True) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, zlib.error) as error:
        why = _("The server's answer is broken: %(why)s.") % {"why": str(error)[:200].rstrip(".")}
        raise FetchError("broken-answer", why, passing=True) from error


def _answer(address: httpx.URL, answer: httpcore.Response, types: frozenset[str], most: int) -> Fetched | str:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
    if answer.status in _REDIRECTS and headers.get("location"):
        return _onward(address, headers["location"])
    known: dict[str, Any] = {
        "etag": headers.get("etag", "")[:500],
        "last_modified": headers.get("last-modified", "")[:100],
    }
    known = {name: value if value.isprintable() else "" for name, value in known.items()}
    if answer.status == 304:
        return Fetched(str(address), b"", unchanged=True, **known)
    if answer.status != 200:
        words = _("The server answers %(status)s.") % {"status": answer.status}
        if answer.status == 410:
            raise FetchError("gone", _("It is gone for good (410)."))
        wait = _seconds_to_wait(headers.get("retry-after", ""))
        raise FetchError("status", words, passing=answer.status in _PASSING, wait=wait)
    kind, charset = _content_type(headers.get("content-type", ""))
    if kind and kind not in types:
        raise FetchError("content-type", _("It is %(kind)s, which is not read.") % {"kind": kind[:100]})
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    content = b"".join(_limited(_unpacked(answer, headers.get("content-encoding", ""), most), most))
    return Fetched(str(address), content, kind, charset, **known)


def _onward(address: httpx.URL, location: str) -> str:
    """Where a redirect leads; many servers write UTF-8 where only ASCII is allowed."""
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    try:
        return str(address.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError("url", _("It leads on to what is no address.")) from error


def _content_type(header: str) -> tuple[str, str]:
    """The media type and the charset that a Content-Type names, both in lower case."""
    kind, *parts = header.lower().split(";")
    pairs = (part.partition("=") for part in parts)
    charset = next((value for name, _sign, value in pairs if name.strip() == "charset"), "")
    return kind.strip(), charset.strip(" \"'")[:40]


def _seconds_to_wait(header: str) -> int | None:
    """A Retry-After in seconds, given as such or as a date."""
    if header.isdecimal():
        return min(int(header[:9]), _LONGEST_WAIT)
    with suppress(ValueError, TypeError):
        then = parsedate_to_datetime(header)
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
        return max(0, min(int((then - timezone.now()).total_seconds()), _LONGEST_WAIT))
    return None


# the body


def _unpacked(answer: httpcore.Response, coding: str, most: int) -> Iterator[bytes]:
    """The body in pieces that are never larger than _PIECE; packed only as it was asked for."""
    chunks = _limited(answer.iter_stream(), most)
    coding = coding.strip().lower()
    if coding in {"", "identity"}:
        yield from chunks
        return
    if coding not in {"gzip", "x-gzip", "deflate"}:
        raise FetchError(
            "coding", _("It is packed as “%(coding)s”, which was not asked for.") % {"coding": coding[:40]}
        )
    unpacker = None
    for chunk in filter(None, chunks):
        if unpacker is None:
            # what servers call deflate comes with a zlib header or bare
            bits = 31 if "gzip" in coding else zlib.MAX_WBITS if chunk[0] & 0x0F == 8 else -zlib.MAX_WBITS
            unpacker = zlib.decompressobj(bits)
        while chunk and not unpacker.eof:
            yield unpacker.decompress(chunk, _PIECE)
            chunk = unpacker.unconsumed_tail
    if unpacker is None or not unpacker.eof:
        raise FetchError("broken-answer", _("The server's answer ends in its middle."), passing=True)


def _limited(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > most:
            raise _too_large(most)
        yield piece


def _too_large(most: int) -> FetchError:
    return FetchError("too-large", _("It is larger than %(most)s MB.") % {"most": f"{most / 2**20:g}"})


# addresses and time


def is_public(text: str) -> bool:
    """Whether an IP address is an ordinary one of the public network, and no way round to one that is not."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped or address.sixtofour:
            return False
        if address in _TRANSLATED:  # how a network of IPv6 alone reaches the rest
            return is_public(str(ipaddress.IPv4Address(address.packed[-4:])))
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local)
        and not any(address in network for network in _SPECIAL if network.version == address.version)
    )


def _port(address: httpx.URL) -> int:
    return address.port or {"http": 80, "https": 443}[address.scheme]


def _is_allowed_port(port: int) -> bool:
    return any(one == port for _address, one in settings.FETCH_ALLOW)


def _system_addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_kind, place in found))


class _Clock:
    """How much time is left for the whole."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left if at_most is None else min(left, at_most)


class _Guarded(httpcore.NetworkBackend):
    """Connects to what a name resolved to, once looked at, and to nothing else; ends when the time is over."""

    def __init__(self, clock: _Clock, resolve: Resolve) -> None:
        self._clock, self._resolve = clock, resolve
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        problem: Exception | None = None
        for address in self._checked(host, port)[:_TRIED_ADDRESSES]:
            try:
                stream = self._backend.connect_tcp(address, port, self._clock.left(timeout), None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return _Timed(stream, self._clock)
        raise problem or httpcore.ConnectError("no address")

    def _checked(self, host: str, port: int) -> list[str]:
        addresses = self._resolved(host.strip("[]"), port)
        for address in addresses:
            if (address, port) not in settings.FETCH_ALLOW:
                if not is_public(address):
                    words = _("“%(host)s” is at %(address)s, which is no public address.")
                    raise FetchError("address", words % {"host": host[:200], "address": address})
                if port not in settings.FETCH_PORTS:
                    raise FetchError("port", _("Port %(port)s is not fetched from.") % {"port": port})
        return addresses

    def _resolved(self, host: str, port: int) -> list[str]:
        """The addresses of a name; a name server that does not answer is not waited for."""
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(list(self._resolve(host, port)))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=look_up, daemon=True).start()
        try:
            found = answers.get(timeout=self._clock.left(READ_SECONDS))
        except queue.Empty:
            raise FetchError("name", _("The name server is too slow."), passing=True) from None
        if isinstance(found, Exception) or not found:
            words = _("There is no host “%(host)s”.") % {"host": host[:200]}
            raise FetchError("name", words, passing=True)
        return found


class _Timed(httpcore.NetworkStream):
    """A connection on which no single read or write goes past the end of the whole."""

    def __init__(self, stream: httpcore.NetworkStream, clock: _Clock) -> None:
        self._stream, self._clock = stream, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._clock.left(timeout))
        return _Timed(stream, self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
