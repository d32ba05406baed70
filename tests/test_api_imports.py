"""Loading by script: who may, what comes back, and that a worker does it."""

import json
import time

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from tests.world import make_country, make_user
from visits import access, loads
from visits.models import ApiToken, ImportProblem, ImportRun, Visit

IMPORTS = "/api/v1/imports/"
RECORD = {
    "type": "visit",
    "start": "2024-03-01",
    "guest": {"country": "TM", "as_printed": "Turkmenistan"},
    "host": {"country": "JP", "as_printed": "Japan"},
    "external_ids": ["our-list:1"],
    "sources": [{"kind": "dataset", "slug": "our-list", "title": "Our list"}],
    "citations": [{"source": 0, "external_id": "1", "row": {"id": "1"}}],
}


@pytest.fixture
def loader(db):
    return make_user("loader", "add_importrun")


@pytest.fixture
def truster(db):
    return make_user("truster", "add_importrun", "trust_importrun")


def token(user):
    return {"Authorization": f"Token {access.create_token(user, 'test')}"}


def post(client, user, data=RECORD, query="", content_type="application/json"):
    body = data if isinstance(data, str | bytes) else json.dumps(data)
    return client.post(IMPORTS + query, body, content_type=content_type, headers=token(user))


def problem_of(response):
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.json()


# loading


def test_a_load_is_accepted_with_its_address(client, loader):
    response = post(client, loader)
    run = ImportRun.objects.get()
    assert (response.status_code, response.headers["Location"]) == (202, f"http://testserver{IMPORTS}{run.pk}/")


def test_the_address_of_a_load_says_what_came_of_it(client, truster):
    make_country("TM"), make_country("JP")
    url = post(client, truster, query="?trust=true").json()["url"]
    loads.run_load(ImportRun.objects.get().pk)
    body = client.get(url, headers={"Authorization": token_of(truster)}).json()
    assert [body[name] for name in ("status", "read", "created", "rejected", "problems")] == ["done", 1, 1, 0, 0]
    assert client.get("/api/v1/visits/?external_id=our-list:1").json()["results"][0]["start"] == "2024-03-01"


def token_of(user):
    return f"Bearer {access.create_token(user, 'again')}"


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/jsonl"])
def test_json_lines_are_read(client, loader, content_type):
    response = post(client, loader, json.dumps(RECORD) + "\n", content_type=content_type)
    assert (response.status_code, response.json()["name"]) == (202, "upload.jsonl")


def test_files_come_in_a_form_with_their_options(client, loader):
    file = SimpleUploadedFile("visits.jsonl", json.dumps(RECORD).encode())
    response = client.post(IMPORTS, {"file": file, "dry_run": "true", "format": "jsonl"}, headers=token(loader))
    body = response.json()
    assert (response.status_code, body["name"], body["dry_run"], body["format"]) == (202, "visits.jsonl", True, "jsonl")


def test_problems_are_paged(client, loader):
    run_id = post(client, loader).json()["id"]
    for row in range(3):
        ImportProblem.objects.create(
            run_id=run_id, file="f", row=row + 1, field="start", value="x", code="c", detail="d"
        )
    headers = {"Authorization": token_of(loader)}
    page = client.get(f"{IMPORTS}{run_id}/problems/?page_size=2", headers=headers).json()
    rest = client.get(page["next"], headers=headers).json()
    assert [one["row"] for one in page["results"] + rest["results"]] == [1, 2, 3]
    assert page["results"][0] == {"file": "f", "row": 1, "field": "start", "value": "x", "code": "c", "detail": "d"}


def test_a_queued_load_can_be_cancelled(client, loader):
    url = post(client, loader).json()["url"]
    response = client.post(f"{url}cancel/", headers={"Authorization": token_of(loader)})
    assert (response.status_code, response.json()["status"]) == (202, "cancelled")


# dry runs


def rehearsed(client, user, *records, query="?dry_run=true"):
    """The address of a dry run that is done."""
    lines = "\n".join(map(json.dumps, records))
    url = post(client, user, lines, query, content_type="application/jsonl").json()["url"]
    loads.run_load(ImportRun.objects.latest("pk").pk)
    return url


def test_a_dry_run_says_what_each_record_would_do(client, loader):
    make_country("TM"), make_country("JP")
    url = rehearsed(client, loader, RECORD, RECORD | {"external_ids": ["our-list:2"], "start": "soon"})
    body = client.get(f"{url}rows/", headers={"Authorization": token_of(loader)}).json()
    assert body["counts"] == dict.fromkeys(("changed", "doubtful", "duplicate", "nothing", "unchanged"), 0) | {
        "added": 1,
        "wrong": 1,
    }
    assert body["results"][0] == {
        "file": "upload.jsonl",
        "row": 1,
        "verdict": "added",
        "type": "visit",
        "title": "Turkmenistan to Japan, 1 March 2024",
        "record_id": None,
        "added": {"guest": "Turkmenistan", "host": "Japan", "start": "1 March 2024"},
        "difference": [],
        "doubts": [],
        "problems": [],
    }


def test_rows_of_a_dry_run_are_filtered_and_paged(client, loader):
    make_country("TM"), make_country("JP")
    more = [RECORD | {"external_ids": [f"our-list:{number}"]} for number in (2, 3)]
    headers = {"Authorization": token_of(loader)}
    url = rehearsed(client, loader, RECORD, *more, {"type": "visit"})
    page = client.get(f"{url}rows/?verdict=added&page_size=2", headers=headers).json()
    rest = client.get(page["next"], headers=headers).json()
    assert [row["row"] for row in page["results"] + rest["results"]] == [1, 2, 3]
    assert client.get(f"{url}rows/?doubtful=true", headers=headers).json()["results"] == []
    assert problem_of(client.get(f"{url}rows/?verdict=odd", headers=headers))["errors"][0]["field"] == "verdict"


def test_a_dry_run_is_applied_once(client, truster):
    make_country("TM"), make_country("JP")
    url = rehearsed(client, truster, RECORD, query="?dry_run=true&trust=true")
    headers = {"Authorization": token_of(truster)}
    answer = client.post(f"{url}apply/", headers=headers)
    real = answer.json()
    assert (answer.status_code, real["status"], real["dry_run"], real["trust"]) == (202, "queued", False, True)
    assert client.get(url, headers=headers).json()["applied"] == real["id"]
    again = problem_of(client.post(f"{url}apply/", headers=headers))
    assert (again["status"], again["errors"][0]["code"]) == (409, "applied-already")


def test_applying_what_was_trusted_needs_that_permission(client, loader):
    run = ImportRun.objects.create(user=loader, dry_run=True, trust=True, status="done")
    assert problem_of(client.post(f"{IMPORTS}{run.pk}/apply/", headers=token(loader)))["status"] == 403


def test_what_is_said_of_a_table_is_kept_with_its_load(client, loader):
    query = "?date_order=dmy&columns=%7B%22Remarks%22%3A%20%22%22%7D"
    body = post(client, loader, query=query).json()
    assert (body["date_order"], body["columns"]) == ("dmy", {"Remarks": ""})


# refusals


@pytest.mark.parametrize(
    ("data", "query", "content_type", "status", "code"),
    [
        ("", "", "application/json", 400, "no-file"),
        ("nonsense", "?format=none", "application/json", 400, "unknown-reader"),
        (RECORD, "?dry_run=perhaps", "application/json", 400, "unknown-value"),
        (RECORD, "?colour=red", "application/json", 400, "unknown-filter"),
        (RECORD, "?columns=1", "application/json", 400, "unknown-value"),
        (RECORD, "?date_order=ymd", "application/json", 400, "unknown-value"),
    ],
)
def test_a_wrong_load_is_refused(client, loader, data, query, content_type, status, code):
    response = post(client, loader, data, query, content_type)
    assert (response.status_code, problem_of(response)["errors"][0]["code"]) == (status, code)
    assert not ImportRun.objects.exists()


def test_another_kind_of_body_is_not_taken(client, loader):
    assert problem_of(post(client, loader, "<a/>", content_type="application/xml"))["status"] == 415


def test_a_stranger_is_asked_for_a_token(client, db):
    for response in (client.get(IMPORTS), client.post(IMPORTS, "{}", content_type="application/json")):
        assert (problem_of(response)["status"], response.headers["WWW-Authenticate"]) == (401, "Token")


def test_loading_needs_its_permission(client, outsider):
    assert problem_of(post(client, outsider))["status"] == 403


def test_trust_needs_its_permission(client, loader):
    assert problem_of(post(client, loader, query="?trust=true"))["status"] == 403


def test_a_token_of_somebody_who_left_is_not_known(client, loader):
    headers = token(loader)
    User.objects.filter(pk=loader.pk).update(is_active=False)
    assert client.get(IMPORTS, headers=headers).status_code == 401


def test_a_session_cannot_load_without_its_csrf_token(loader):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(loader)
    assert client.post(IMPORTS, "{}", content_type="application/json").status_code == 403


# whose loads


def test_one_sees_ones_own_loads_alone(client, loader, outsider, admin):
    mine = ImportRun.objects.create(user=loader, name="mine.csv")
    other = ImportRun.objects.create(user=admin, name="other.csv")
    seen = {}
    for user in (loader, outsider, admin):
        headers = token(user)
        listed = [one["id"] for one in client.get(IMPORTS, headers=headers).json()["results"]]
        statuses = [client.get(f"{IMPORTS}{run.pk}/", headers=headers).status_code for run in (mine, other)]
        seen[user.username] = (listed, statuses)
    assert seen == {
        "loader": ([mine.pk], [200, 404]),
        "outsider": ([], [404, 404]),
        "admin": ([other.pk, mine.pk], [200, 200]),
    }


# tokens


def test_a_token_is_printed_once_and_stored_as_a_hash(loader, capsys):
    call_command("create_token", "loader", "laptop")
    printed = capsys.readouterr().out.strip()
    stored = ApiToken.objects.get()
    assert (stored.name, stored.digest) == ("laptop", access.digest_of(printed))


@pytest.mark.parametrize("arguments", [("nobody", "laptop"), ("loader", "old")])
def test_a_token_needs_a_user_and_a_new_name(loader, arguments):
    access.create_token(loader, "old")
    with pytest.raises(CommandError):
        call_command("create_token", *arguments)


def test_a_token_remembers_when_it_was_used(client, loader):
    client.get(IMPORTS, headers=token(loader))
    assert ApiToken.objects.get().last_used_at is not None


# the worker


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_the_load(client, live_worker):
    user = make_user("loader", "add_importrun", "trust_importrun")
    make_country("TM"), make_country("JP")
    url = post(client, user, query="?trust=true").json()["url"]
    headers, deadline = {"Authorization": token_of(user)}, time.monotonic() + 30
    while client.get(url, headers=headers).json()["status"] != "done" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert client.get(url, headers=headers).json()["created"] == 1
    assert Visit.objects.published().count() == 1
