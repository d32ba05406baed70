"""The OpenAPI document says what the server does."""

import json
from io import StringIO

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tracker.wsgi import application
from visits import record
from visits.api.resources import RESOURCES
from visits.filters import FILTERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(client):
    return client.get("/api/v1/schema/").json()


def test_the_document_is_openapi_3_1(document):
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_making_it_gives_no_warning():
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null", stdout=StringIO())


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.name)
def test_every_filter_is_documented(document, resource):
    parameters = document["paths"][f"/api/v1/{resource.name}/"]["get"]["parameters"]
    documented = {parameter["name"] for parameter in parameters}
    ours = {"cursor", "count", "fields"} | ({"expand"} if resource.shape.expansions else set())
    assert documented == set(FILTERS[resource.name].base_filters) | ours


def test_the_schema_of_a_visit_record_is_published(client):
    assert json.loads(client.get("/api/v1/schema/visit-record.json").content) == record.json_schema()


@pytest.fixture
def open_connection():
    """A request over WSGI would close the connection in which the test's records are."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)


@schema.include(method="GET").exclude(path_regex="/imports/").parametrize()
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_the_server_does_what_the_document_says(case, world, open_connection):
    # What a filter knows (countries, topics, ids) lies in the data, so that a well-formed value may be unknown: 400.
    plain = {"Accept-Encoding": "identity"}  # the client over WSGI unpacks nothing
    case.call_and_validate(headers=plain, excluded_checks=[positive_data_acceptance])
