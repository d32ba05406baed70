"""Fetching from servers that mean harm: each a clear refusal, in little time and memory."""

import gzip
import ssl
import time
import tracemalloc

import pytest
import trustme

from tests.hostile_server import ARTICLE, answer, misbehave, redirect, serving
from visits import fetching
from visits.fetching import FEED_TYPES, FetchError, check_address, fetch, is_public


@pytest.fixture
def server(settings):
    with serving() as server:
        settings.FETCH_ALLOW = {("127.0.0.1", server.port)}
        misbehave(server)
        yield server


def refusal(*args, **options) -> str:
    with pytest.raises(FetchError) as refused:
        fetch(*args, **options)
    assert refused.value.detail
    return refused.value.code


# which addresses


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "scheme"),
        ("ftp://example.org/", "scheme"),
        ("gopher://example.org/", "scheme"),
        ("example.org/story", "scheme"),
        ("http:///story", "url"),
        ("http://exa mple.org/", "url"),
        ("http://example.org:99999/", "port"),
        ("http://0177.0.0.1/", "url"),
        ("http://me:secret@example.org/", "credentials"),
        ("http://me@example.org/", "credentials"),
        ("http://example.org:22/", "port"),
        ("http://example.org:8080/", "port"),
        ("http://example.org/" + "x" * 2000, "url"),
        ("http://example.org/\r\nX: y", "url"),
    ],
)
def test_an_address_that_is_never_fetched(url, code):
    with pytest.raises(FetchError) as refused:
        check_address(url)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "0.0.0.0", "10.0.0.1",
        "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "168.63.129.16", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "192.0.2.1", "192.88.99.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]",
        "[fe80::1]", "[fc00::1]", "[fec0::1]", "[ff02::1]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[2001::1]",
        "[::127.0.0.1]", "[2001:db8::1]",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused_however_it_is_written(host):
    assert refusal(f"http://{host}/") == "address"


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_addresses(address):
    assert is_public(address)


def test_one_private_address_among_public_ones_is_enough():
    def answers(host, port):
        return ["93.184.215.14", "10.0.0.1"]

    assert refusal("http://story.example/", resolve=answers) == "address"


def test_a_name_is_asked_for_once_and_that_answer_is_connected_to(server):
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    assert fetch(server.url("/", "story.example"), resolve=rebinding).content == ARTICLE
    assert asked == ["story.example"]
    assert f"Host: story.example:{server.port}\r\n" in server.requests[0]


def test_an_answer_that_changes_before_the_redirect_is_looked_at_again(server):
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    server.answers["/there"] = redirect("/here")
    assert refusal(server.url("/there", "story.example"), resolve=lambda host, port: next(answers)) == "address"
    assert server.paths == ["/there"]


def test_the_port_is_allowed_for_its_address_alone(server):
    assert refusal(server.url("/", "story.example"), resolve=lambda host, port: ["93.184.215.14"]) == "port"


def test_a_name_that_nobody_knows():
    def unknown(host, port):
        raise OSError("no such name")

    assert refusal("http://story.example/", resolve=unknown) == "name"


def test_a_name_server_that_is_silent_is_not_waited_for():
    began = time.monotonic()
    assert refusal("http://story.example/", seconds=0.3, resolve=lambda *place: time.sleep(1) or []) == "name"
    assert time.monotonic() - began < 5


# where it leads


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/to-file", "scheme"),
        ("/to-gopher", "scheme"),
        ("/to-loopback", "address"),
        ("/to-metadata", "address"),
        ("/to-credentials", "credentials"),
        ("/to-port", "port"),
        ("/to-nothing", "url"),
    ],
)
def test_a_redirect_is_as_hostile_as_an_address(server, path, code):
    assert refusal(server.url(path)) == code


def test_redirects_end(server):
    assert refusal(server.url("/loop")) == "redirects"
    assert len(server.requests) == fetching.MAX_REDIRECTS + 1


def test_an_honest_redirect_is_followed(server):
    found = fetch(server.url("/on"))
    assert (found.url, found.content) == (server.url("/?q=%D0%BD%D0%B0"), b"plain")
    assert (found.type, found.charset) == ("text/plain", "koi8-r")


# what comes


@pytest.mark.parametrize("path", ["/drip", "/drip-of-headers", "/silent"])
def test_a_slow_server_is_left_when_the_time_is_over(server, path):
    began = time.monotonic()
    assert refusal(server.url(path), seconds=0.4) == "too-slow"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("path", ["/endless", "/gzip-bomb", "/deflate-bomb", "/bare-bomb", "/says-large"])
def test_a_body_that_is_too_large_is_left_on_the_way(server, path):
    tracemalloc.start()
    assert refusal(server.url(path), most=2**20) == "too-large"
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 2**20


@pytest.mark.parametrize("path", ["/twice-packed", "/brotli-bomb"])
def test_what_is_packed_otherwise_than_asked_is_not_unpacked(server, path):
    assert refusal(server.url(path)) == "coding"


@pytest.mark.parametrize(
    "path", ["/too-short", "/negative", "/huge-header", "/no-http", "/nothing", "/half-packed", "/no-gzip"]
)
def test_a_broken_answer_is_none(server, path):
    assert refusal(server.url(path)) == "broken-answer"


@pytest.mark.parametrize("path", ["/packed", "/deflated", "/bare"])
def test_a_packed_body_is_unpacked(server, path):
    assert fetch(server.url(path)).content == ARTICLE


def test_many_members_of_gzip_are_no_way_round(server):
    server.answers["/many"] = answer(gzip.compress(b"a") + gzip.compress(bytes(2**20)), Content_Encoding="gzip")
    assert fetch(server.url("/many"), most=100_000).content == b"a"


def test_a_picture_is_no_article(server):
    assert refusal(server.url("/image")) == "content-type"


def test_a_busy_server_says_when_to_come_back(server):
    with pytest.raises(FetchError) as refused:
        fetch(server.url("/busy"))
    assert (refused.value.code, refused.value.passing, refused.value.wait) == ("status", True, 120)


def test_what_is_gone_is_gone(server):
    assert refusal(server.url("/gone")) == "gone"


def test_nobody_at_the_port(settings):
    with serving() as server:
        port = server.port
    settings.FETCH_ALLOW = {("127.0.0.1", port)}
    assert refusal(f"http://127.0.0.1:{port}/") == "no-answer"


# what is sent


def test_a_request_has_our_name_and_nothing_of_ours_else(server, settings, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    server.answers["/sets"] = redirect("/").replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b\r\n\r\n")
    fetch(server.url("/sets"))
    assert f"User-Agent: {settings.FETCH_USER_AGENT}\r\n" in server.requests[1]
    assert not any(word in server.requests[1].lower() for word in ("cookie", "authorization", "referer"))


def test_what_did_not_change_is_not_sent_again(server):
    server.answers["/feed"] = answer(b"<rss/>", kind="application/rss+xml", ETag='"1"')
    assert fetch(server.url("/feed"), FEED_TYPES).etag == '"1"'
    server.answers["/feed"] = answer(b"", "304 Not Modified", ETag='"1"')
    again = fetch(server.url("/feed"), FEED_TYPES, etag='"1"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")
    assert (again.unchanged, again.content) == (True, b"")
    assert 'If-None-Match: "1"\r\nIf-Modified-Since: Mon, 01 Jan 2024' in server.requests[1]


# TLS


@pytest.fixture
def authority(tmp_path, monkeypatch):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


@pytest.mark.parametrize(("name", "works"), [("story.example", True), ("other.example", False)])
def test_the_certificate_is_that_of_the_host_name(authority, settings, name, works):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    with serving(context) as server:
        settings.FETCH_ALLOW = {("127.0.0.1", server.port)}
        server.answers["/"] = answer()
        url = server.url("/", "story.example", "https")
        if works:
            assert fetch(url, resolve=lambda *place: ["127.0.0.1"]).content == ARTICLE
        else:
            assert refusal(url, resolve=lambda *place: ["127.0.0.1"]) == "certificate"


def test_a_certificate_that_nobody_vouches_for(settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("story.example").configure_cert(context)
    with serving(context) as server:
        settings.FETCH_ALLOW = {("127.0.0.1", server.port)}
        url = server.url("/", "story.example", "https")
        assert refusal(url, resolve=lambda *place: ["127.0.0.1"]) == "certificate"
