"""What a host forbids machines, asked of the host with everything about it hostile."""

import pytest
from django.core.cache import cache

from tests.hostile_server import answer, misbehave, redirect, serving
from visits import robots
from visits.fetching import FetchError


@pytest.fixture
def server(settings):
    cache.clear()
    with serving() as server:
        settings.FETCH_ALLOW = {("127.0.0.1", server.port)}
        yield server
    cache.clear()


def rules(server, *lines: str, **headers: str) -> None:
    server.answers["/robots.txt"] = answer("\n".join(lines).encode(), kind="text/plain", **headers)


def problem(server, path: str = "/story") -> str:
    with pytest.raises(FetchError) as caught:
        robots.leave(server.url(path))
    return caught.value.code


def test_what_is_forbidden_is_not_asked_for_and_the_rest_is(server):
    rules(server, "User-agent: *", "Disallow: /story")
    assert problem(server, "/story?id=1") == "robots"
    assert robots.leave(server.url("/news/1")) == 0
    assert server.paths == ["/robots.txt"]  # asked once for both


def test_our_own_name_goes_before_all_others(server):
    rules(server, "User-agent: *", "Disallow: /", "", "User-agent: DiplomaticVisitTracker", "Disallow: /private")
    assert robots.leave(server.url("/story")) == 0
    assert problem(server, "/private/1") == "robots"


@pytest.mark.parametrize(("said", "heeded"), [("30", 30), ("999999", robots.LONGEST_DELAY), ("soon", 0)])
def test_the_delay_that_a_host_asks_for(server, said, heeded):
    rules(server, "User-agent: *", f"Crawl-delay: {said}")
    assert robots.leave(server.url("/story")) == heeded


@pytest.mark.parametrize(
    "bad",
    [
        answer(b"no", "404 Not Found"),
        answer(b"no", "403 Forbidden"),
        answer(b"<html>Disallow: /</html>", kind="text/html"),
        answer(b"", kind="text/plain"),
        answer(b"\x89PNG\x00\xff\xfe", kind="text/plain"),
        answer(b"x" * (robots.MAX_ROBOTS + 1), kind="text/plain"),
        redirect("http://169.254.169.254/latest/meta-data/"),
        redirect("file:///etc/passwd"),
        redirect("/robots.txt"),
    ],
)
def test_a_file_that_is_none_forbids_nothing(server, bad):
    server.answers["/robots.txt"] = bad
    assert robots.leave(server.url("/story")) == 0


@pytest.mark.parametrize("bad", [answer(b"", "503 Busy", Retry_After="120"), b"", b"SSH-2.0-OpenSSH_9.9\r\n"])
def test_a_host_that_does_not_answer_is_left_alone_for_a_while(server, bad):
    server.answers["/robots.txt"] = bad
    assert [problem(server), problem(server)] == ["robots-unread", "robots-unread"]
    assert server.paths == ["/robots.txt"]


def test_a_bomb_is_not_unpacked(server):
    misbehave(server)
    server.answers["/robots.txt"] = server.answers["/gzip-bomb"].replace(b"text/html", b"text/plain")
    assert robots.leave(server.url("/story")) == 0
