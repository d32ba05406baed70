"""Articles by their address: at the desk, through the API, by command; kept as they were fetched."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from tests.hostile_server import answer, misbehave, serving
from tests.world import make_country, make_user
from visits import access, loads
from visits.imports.reading import UnreadableInput
from visits.models import Candidate, ImportRun, Source

pytestmark = pytest.mark.django_db

TEXT = (
    "The foreign minister of Turkmenistan, Rashid Meredov, visited Japan on 22 January 2024. He met the prime minister."
)
IMPORTS = "/api/v1/imports/"


@pytest.fixture
def server(settings):
    for code in ("TM", "JP"):
        make_country(code)
    with serving() as server:
        settings.FETCH_ALLOW = {("127.0.0.1", server.port)}
        misbehave(server)
        server.answers["/story"] = answer(f"<html><body><p>{TEXT}</p></body></html>".encode())
        yield server


def run_of(*urls: str, **options) -> ImportRun:
    return loads.run_load(loads.create_run([], user=None, addresses=urls, **options).pk)


def test_the_source_keeps_where_when_and_what(server):
    run = run_of(server.url("/story"))
    assert (run.status, run.read, run.review) == ("done", 1, 1)
    source = Source.objects.get()
    assert (source.url, source.text) == (server.url("/story"), TEXT)
    assert bytes(source.raw) == f"<html><body><p>{TEXT}</p></body></html>".encode()
    assert (len(source.sha256), source.retrieved_at >= run.created_at.replace(microsecond=0)) == (64, True)


def test_the_address_is_the_one_it_led_to(server):
    server.answers["/old"] = answer(b"", "301 Moved", Location="/story#part")
    run_of(server.url("/old"))
    assert Source.objects.get().url == server.url("/story")


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("/says-large", "too-large", "larger than 20 MB"),
        ("/to-metadata", "address", "no public address"),
        ("/to-file", "scheme", "http:// or https://"),
        ("/image", "content-type", "image/png"),
        ("/absent", "status", "The server answers 404."),
        ("/busy", "status", "The server answers 503. It may work later: try again."),
        ("/empty", "empty-file", "The file is empty."),
    ],
)
def test_what_cannot_be_fetched_fails_with_its_reason(server, path, code, words):
    server.answers["/empty"] = answer(b"")
    run = run_of(server.url(path))
    problem = run.problems.get()
    assert (run.status, problem.file, problem.code, words in problem.detail) == ("failed", server.url(path), code, True)
    assert Source.objects.count() == 0


def test_one_bad_address_stops_no_file(server):
    run = loads.create_run([("a.txt", TEXT.encode())], user=None, addresses=[server.url("/absent")])
    run = loads.run_load(run.pk)
    assert (run.status, run.review, run.rejected) == ("done", 1, 1)


def test_a_load_that_goes_on_does_not_ask_again(server, monkeypatch):
    run = loads.create_run([], user=None, addresses=[server.url("/story")])

    class Killed(BaseException):
        pass

    def kill(*args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(loads, "_perform", kill)
        with pytest.raises(Killed):
            loads.run_load(run.pk)
    assert loads.run_load(run.pk).status == "done"
    assert server.paths == ["/story"]


def test_a_preview_and_what_applies_it_read_the_same_bytes(server):
    run = run_of(server.url("/story"), dry_run=True)
    assert (run.review, Candidate.objects.count()) == (1, 0)
    real = loads.run_load(loads.apply(run, None).pk)
    assert (real.review, Candidate.objects.count(), server.paths) == (1, 1, ["/story"])


def test_another_text_at_the_same_address_is_another_source(server):
    run_of(server.url("/story"))
    later = TEXT.replace("He met", "There he met")
    server.answers["/story"] = answer(f"<html><body><p>{later}</p></body></html>".encode())
    assert run_of(server.url("/story")).rejected == 0
    assert sorted(Source.objects.values_list("text", flat=True)) == sorted([TEXT, later])
    assert Candidate.objects.values("key").distinct().count() == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://a:b@c.example/", "http://c.example:22/", "nonsense"])
def test_an_address_that_is_never_fetched_makes_no_load(server, url):
    with pytest.raises(UnreadableInput) as refused:
        loads.create_run([], user=None, addresses=[url])
    assert (refused.value.field, refused.value.value) == ("url", url)
    assert ImportRun.objects.count() == 0


# the faces


def test_the_command_takes_an_address(server, capsys):
    call_command("import_visits", server.url("/story"), "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["read"], report["review"], report["errors"]) == (1, 1, [])


def test_the_command_says_why_an_address_is_refused(server, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("import_visits", "http://127.0.0.2/story", "--json")
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (ended.value.code, error["code"], error["field"]) == (2, "address", "url")


@pytest.mark.parametrize("form", [True, False])
def test_the_api_takes_an_address(client, server, queue, form):
    user = make_user("loader", "add_importrun")
    headers = {"Authorization": f"Token {access.create_token(user, 'test')}"}
    body = {"url": server.url("/story"), "dry_run": "true" if form else True}
    sent = (body,) if form else (json.dumps(body), "application/json")
    answered = client.post(IMPORTS, *sent, headers=headers)
    assert (answered.status_code, answered.json()["name"]) == (202, server.url("/story"))
    assert (ImportRun.objects.get().dry_run, server.requests) == (True, [])


def test_the_api_names_what_is_wrong_with_an_address(client, server):
    user = make_user("loader", "add_importrun")
    headers = {"Authorization": f"Token {access.create_token(user, 'test')}"}
    answered = client.post(IMPORTS, '{"url": "http://a.example:22/"}', "application/json", headers=headers)
    (error,) = answered.json()["errors"]
    found = (answered.status_code, error["field"], error["value"], error["code"])
    assert found == (400, "url", "http://a.example:22/", "port")


def test_the_desk_takes_an_address_and_leaves_the_fetching_to_the_worker(client, server, queue):
    access.ensure_groups()
    client.force_login(make_user("elena", group="Editor", is_staff=True))
    page = client.get(reverse("admin:visits_importrun_load") + "?url=https://a.example/1")
    assert 'value="https://a.example/1"' in page.content.decode()
    answered = client.post(reverse("admin:visits_importrun_load"), {"url": server.url("/story"), "then": "preview"})
    run = ImportRun.objects.get()
    assert (answered.url, server.requests) == (reverse("admin:visits_importrun_change", args=[run.pk]), [])
    assert client.get(answered.url).status_code == 200
    assert loads.run_load(run.pk).status == "done"
