"""Single writes by script: who may, what is locked, what is refused, and that nobody's change is lost."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
    use_after_free,
)

from tests.test_api_schema import open_connection  # noqa: F401 - a fixture
from tests.world import make_organization, make_user
from tracker.wsgi import application
from visits import access, history
from visits.models import Official, Outcome, RetiredId, Visit

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/"


@pytest.fixture
def editor(db):
    return make_user("editor", group="Editor")


def token(user):
    return {"Authorization": f"Token {access.create_token(user, f'test {user.api_tokens.count()}')}"}


def patch(client, user, path, body, **headers):
    body = body if isinstance(body, bytes) else json.dumps(body)
    return client.patch(ROOT + path, body, content_type="application/json", headers=token(user) | headers)


def faults_of(response):
    assert response.headers["Content-Type"] == "application/problem+json"
    return [(one["field"], one["value"], one["code"]) for one in response.json()["errors"]]


def test_a_change_is_a_hand_edit(client, world, editor):
    path = f"visits/{world.story.pk}/"
    response = patch(client, editor, path, {"summary": "They argued.", "reason": "As the ministry says."})
    world.story.refresh_from_db()
    entry = history.of(world.story)[0]
    assert (response.status_code, response.json()["summary"]) == (200, "They argued.")
    assert (world.story.locked_fields, str(entry.who), entry.reason) == (["summary"], "editor", "As the ministry says.")


def test_what_is_answered_is_what_is_read_afterwards(client, world, editor):
    written = patch(client, editor, f"visits/{world.story.pk}/?fields=id,end", {"end": "2024-01-24"})
    read = client.get(f"{ROOT}visits/{world.story.pk}/?fields=id,end")
    assert (written.content, written["ETag"]) == (read.content, read["ETag"])


def test_sides_are_named_by_code_or_slug(client, world, editor):
    make_organization("eu")
    body = {"guest": {"code": None, "organization": "eu", "as_printed": "the EU"}}
    guest = patch(client, editor, f"visits/{world.thin.pk}/", body).json()["guest"]
    assert (guest["code"], guest["organization"]["slug"], guest["as_printed"]) == (None, "eu", "the EU")


def test_who_names_the_record_has_fulfilled_an_outcome(client, world, editor):
    outcome = Outcome.objects.get(visit=world.story)
    body = patch(
        client, editor, f"outcomes/{outcome.pk}/", {"fulfilled_by": {"type": "meeting", "id": world.alone.pk}}
    ).json()
    assert (body["life"], body["fulfilled_by"]["id"]) == ("fulfilled", world.alone.pk)


# two at one record


def test_a_change_to_what_was_read_is_taken(client, world, editor):
    seen = client.get(f"{ROOT}visits/{world.story.pk}/", headers={"Accept-Encoding": "gzip"})["ETag"]
    assert seen.startswith("W/")
    response = patch(client, editor, f"visits/{world.story.pk}/", {"summary": "New."}, **{"If-Match": seen})
    assert response.status_code == 200


def test_a_change_to_what_was_changed_meanwhile_is_refused(client, world, editor):
    seen = client.get(f"{ROOT}visits/{world.story.pk}/")["ETag"]
    patch(client, editor, f"visits/{world.story.pk}/", {"summary": "First."})
    late = patch(client, editor, f"visits/{world.story.pk}/", {"summary": "Second."}, **{"If-Match": seen})
    world.story.refresh_from_db()
    assert (late.status_code, world.story.summary) == (412, "First.")


@pytest.mark.parametrize(("given", "status"), [("*", 200), ("unquoted", 412), ("", 412)])
def test_what_is_no_etag_is_of_another_state(client, world, editor, given, status):
    response = patch(client, editor, f"visits/{world.story.pk}/", {"summary": "New."}, **{"If-Match": given})
    assert response.status_code == status


# who may


def test_without_a_token_nothing_is_written(client, world):
    response = client.patch(f"{ROOT}visits/{world.story.pk}/", "{}", content_type="application/json")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token")


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_contributors_change_drafts_alone(client, world, contributor, method):
    way = getattr(client, method)
    response = way(f"{ROOT}visits/{world.story.pk}/", "{}", content_type="application/json", headers=token(contributor))
    assert response.status_code == 403


def test_what_is_not_public_is_not_there(client, world, editor):
    hidden = next(one for one in world.hidden if isinstance(one, Visit))
    assert patch(client, editor, f"visits/{hidden.pk}/", {"summary": "x"}).status_code in {404, 410}


@pytest.mark.parametrize("path", ["countries/JP/", "citations/1/", "delegations/1/"])
def test_what_cannot_be_written_says_so(client, world, editor, path):
    assert patch(client, editor, path, {}).status_code == 405


# what is refused


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"id": 7}, ("id", "7", "extra-forbidden")),
        ({"start": "soon"}, ("start", "soon", "invalid-date")),
        ({"end": "1999"}, ("", "", "end-before-start")),
        ({"kind": "picnic"}, ("kind", "picnic", "enum")),
        ({"title": None}, ("title", "None", "string-type")),
        ({"title": "a\x00b"}, ("title", "a\x00b", "string-pattern-mismatch")),
        ({"title": "x" * 1001}, ("title", "x" * 200, "max_length")),
        ({"host": {"code": "JPX"}}, ("host.code", "JPX", "unknown-value")),
        ({"host": {"code": None}}, ("host.code", "None", "null")),
        ({"guest": {"organization": "TM"}}, ("guest.organization", "TM", "unknown-value")),
        ({"guest": {"name": "Japan"}}, ("guest.name", "Japan", "extra-forbidden")),
        ([], ("", "", "model-type")),
        (b"{", ("", "", "invalid-json")),
        (b"[" * 5000, ("", "", "invalid-json")),
    ],
)
def test_a_fault_names_member_and_value(client, world, editor, body, fault):
    response = patch(client, editor, f"visits/{world.story.pk}/", body)
    assert (response.status_code, faults_of(response)) == (400, [fault])


def test_of_several_members_none_is_written_where_one_is_wrong(client, world, editor):
    patch(client, editor, f"visits/{world.story.pk}/", {"summary": "New.", "start": "soon"})
    assert Visit.objects.get(pk=world.story.pk).summary == world.story.summary


def test_a_large_body_is_refused(client, world, editor):
    response = patch(client, editor, f"visits/{world.story.pk}/", {"summary": "x" * 1_000_001})
    assert response.status_code == 413


# taking away


def test_a_deleted_record_is_gone(client, world, editor):
    path = f"{ROOT}visits/{world.thin.pk}/"
    response = client.delete(path + "?reason=Twice", headers=token(editor))
    assert (response.status_code, client.get(path).status_code) == (204, 410)
    assert RetiredId.objects.filter(kind="visit", record_id=world.thin.pk).exists()


def test_what_others_rely_on_stays(client, world, editor):
    official = Official.objects.get(name="Aina Orazowa")
    response = client.delete(f"{ROOT}officials/{official.pk}/", headers=token(editor))
    assert (response.status_code, faults_of(response)) == (409, [("", "", "relied-on")])


# the document


schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)


@schema.include(method="PATCH").parametrize()
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
def test_the_server_does_what_the_document_says(case, world, editor, open_connection):  # noqa: F811
    case.call_and_validate(
        headers={"Accept-Encoding": "identity"} | token(editor),
        excluded_checks=[positive_data_acceptance, negative_data_rejection, unsupported_method, use_after_free],
    )
