"""`/api/reconcile/` as OpenRefine 3 and other clients of version 0.2 speak to it, and what it answers to nonsense."""

import json
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests.world import make_country, make_official
from visits import catalogue
from visits.api import exchange
from visits.api.access import VisitorThrottle
from visits.models import CountryName, Official
from visits.reconciling import KINDS

pytestmark = pytest.mark.django_db
ROOT = "/api/reconcile/"
FORM = "application/x-www-form-urlencoded"
PROBLEM = "application/problem+json"


def post(client, **fields):
    """As OpenRefine sends it: a form with JSON in one field."""
    sent = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    return client.post(ROOT, urlencode(sent), content_type=FORM)


def results(client, **queries):
    response = post(client, queries=queries)
    assert response.status_code == 200, response.content
    return {key: one["result"] for key, one in response.json().items()}


def faults(response, status=400):
    assert (response.status_code, response.headers["Content-Type"]) == (status, PROBLEM), response.content
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    body = response.json()
    assert body["status"] == status
    return [(one["field"], one["code"]) for one in body["errors"]]


@pytest.fixture
def manifest(client, db):
    return client.get(ROOT).json()


# the manifest


def test_the_manifest_has_what_the_specification_asks_for(manifest):
    exchange.Manifest.model_validate_json(json.dumps(manifest), strict=True)
    assert {"versions", "name", "identifierSpace", "schemaSpace"} <= set(manifest)
    assert manifest["versions"] == ["0.2"]
    assert [one["id"] for one in manifest["defaultTypes"]] == list(KINDS)


def test_its_templates_lead_somewhere(client, world, manifest):
    entity = f"official-{Official.objects.get(name='Ken Mori').pk}"
    assert client.get(manifest["view"]["url"].replace("{{id}}", entity)).status_code == 302
    assert client.get(manifest["preview"]["url"].replace("{{id}}", entity)).status_code == 200
    flyout = manifest["suggest"]["entity"]
    url = (flyout["flyout_service_url"] + flyout["flyout_service_path"]).replace("${id}", entity)
    assert client.get(url).json()["id"] == entity
    for service in (*manifest["suggest"].values(), manifest["extend"]["propose_properties"]):
        assert client.get(service["service_url"] + service["service_path"]).status_code == 200
    assert client.get(manifest["documentation"]).status_code == 200
    assert client.get(manifest["schemaSpace"]).status_code == 200
    assert client.get(manifest["identifierSpace"] + entity, follow=True).status_code == 200


# queries


def test_a_column_is_reconciled_as_openrefine_does(client, world):
    """The body that OpenRefine 3 sends for three rows with a type and a column with countries."""
    make_official("Aina Orazowa", other_names=["Айна Оразова"])
    beside = [{"pid": "country", "v": "Turkmenistan"}]
    queries = {
        "q0": {"query": "Aina Orazowa", "type": "official", "type_strict": "should", "properties": beside},
        "q1": {"query": "Оразова Айна", "type": "official", "type_strict": "should"},
        "q2": {"query": "Nobody", "type": "official", "type_strict": "should", "limit": 3},
    }
    body = post(client, queries=queries).json()
    exchange.ResultBatch.model_validate_json(json.dumps(body), strict=True)
    pk = Official.objects.get(name="Aina Orazowa").pk
    assert body["q0"] == {
        "result": [
            {
                "id": f"official-{pk}",
                "name": "Aina Orazowa",
                "description": "Turkmenistan · Foreign Minister 2021–2024",
                "type": [{"id": "official", "name": "Official"}],
                "score": 100.0,
                "match": True,
                "features": [{"id": "name", "value": 100.0}, {"id": "country", "value": True}],
            }
        ]
    }
    assert (body["q1"]["result"][0]["id"], body["q1"]["result"][0]["match"]) == (f"official-{pk}", True)
    assert body["q2"] == {"result": []}


def test_a_type_is_guessed_from_sample_rows(client, world):
    """OpenRefine asks for a few cells without a type and counts the types of the best candidates."""
    found = results(client, q0={"query": "Turkmenistan", "limit": 3}, q1={"query": "Japan", "limit": 3})
    assert [ones[0]["type"][0]["id"] for ones in found.values()] == ["country", "country"]


def test_queries_may_come_by_address(client, world):
    response = client.get(ROOT, {"queries": json.dumps({"q0": {"query": "Japan", "type": ["country"]}})})
    assert response.json()["q0"]["result"][0]["id"] == "country-JP"


def test_a_reconciled_cell_is_an_entity_beside_another(client, world):
    beside = [{"pid": "country", "v": {"id": "country-TM", "name": "Turkmenistan"}}]
    found = results(client, q0={"query": "Foreign Minister", "type": "post", "properties": beside})
    assert (found["q0"][0]["name"], found["q0"][0]["match"]) == ("Foreign Minister, Turkmenistan", True)


@pytest.mark.parametrize("value", [["Atlantis", "Turkmenistan"], 12, 1.5, True, [], ["", {"id": "country-TM"}]])
def test_any_value_of_the_specification_is_read(client, world, value):
    properties = [{"pid": "country", "v": value}, {"pid": "date", "v": value}]
    found = results(client, q0={"query": "Aina Orazowa", "properties": properties})
    assert found["q0"][0]["name"] == "Aina Orazowa"


def test_a_time_of_day_is_a_day(client, world):
    properties = [{"pid": "date", "v": "2024-01-22T00:00:00Z"}]
    found = results(client, q0={"query": "Aina Orazowa", "properties": properties})
    assert {"id": "date", "value": True} in found["q0"][0]["features"]


def test_scores_fall_and_a_limit_limits(client, world):
    for code in ("A1", "A2", "A3"):
        make_official("Aina Orasowa", code)
        make_country(code)
    scores = [one["score"] for one in results(client, q0={"query": "Ain Orazowa"})["q0"]]
    assert scores == sorted(scores, reverse=True)
    assert len(results(client, q0={"query": "Turkmenistan Japan", "limit": 1})["q0"]) <= 1


def test_an_empty_batch_has_no_results(client, world):
    assert post(client, queries={}).json() == {}


@pytest.mark.parametrize(
    "text", ["\u200f\u200e", "😀", "—", "a" * 300, "Aina\x00Orazowa", "'; DROP TABLE", "%", "_" * 9, "\\"]
)
def test_a_cell_of_anything_is_a_name_that_nobody_has(client, world, text):
    assert all(not one["match"] for one in results(client, q0={"query": text})["q0"])


@pytest.mark.parametrize("number", [1, 3])
def test_a_request_takes_the_same_queries_for_any_number_of_cells(client, world, number):
    catalogue.current()
    cells = ("Turkmenistan", "Japan", "France")
    batch = {cell: {"query": cell, "type": "country"} for cell in cells[:number]}
    with CaptureQueriesContext(connection) as captured:
        post(client, queries=batch)
    # the version of the reference data, savepoint, thresholds, names, release, ids, countries
    assert len(captured) == 7


# nonsense


def beside(properties):
    return {"q0": {"query": "a", "properties": properties}}


@pytest.mark.parametrize(
    ("queries", "fault"),
    [
        ("{", ("queries", "invalid-json")),
        ("", ("queries", "invalid-json")),
        ("[" * 5000 + "]" * 5000, ("queries", "invalid-json")),
        ('{"q0": {"query": "\\ud800"}}', ("queries", "invalid-json")),
        ("[]", ("queries", "dict-type")),
        ("null", ("queries", "dict-type")),
        ({"q0": "Aina"}, ("queries.q0", "model-type")),
        ({"q0": {}}, ("queries.q0.query", "empty")),
        ({"q0": {"query": " \n"}}, ("queries.q0.query", "empty")),
        ({"q0": {"query": 5}}, ("queries.q0.query", "string-type")),
        ({"q0": {"query": "a" * 10_000}}, ("queries.q0.query", "string-too-long")),
        ({"q0": {"query": "a", "type": "person"}}, ("queries.q0.type", "unknown-value")),
        ({"q0": {"query": "a", "type": ["official", "person"]}}, ("queries.q0.type", "unknown-value")),
        ({"q0": {"query": "a", "limit": 0}}, ("queries.q0.limit", "greater-than-equal")),
        ({"q0": {"query": "a", "limit": 1e400}}, ("queries", "invalid-json")),
        ({"q0": {"query": "a", "limit": "many"}}, ("queries.q0.limit", "int-parsing")),
        ({"q0": {"query": "a", "type_strict": "maybe"}}, ("queries.q0.type_strict", "literal-error")),
        ({"q0": {"query": "a", "colour": "red"}}, ("queries.q0.colour", "extra-forbidden")),
        ({"q0": {"type": ["post", "topic"], "type_strict": "all"}}, ("queries.q0.type_strict", "nothing-has-all")),
        (beside({}), ("queries.q0.properties", "list-type")),
        (beside([{"pid": "country"}]), ("queries.q0.properties.0.v", "missing")),
        (beside([{"pid": "x", "v": "y"}]), ("queries.q0.properties.0.pid", "unknown-value")),
        (beside([{"pid": "url", "v": "y"}]), ("queries.q0.properties.0.pid", "unknown-value")),
        *(
            (beside([{"pid": "country", "v": value}]), ("queries.q0.properties.0.v", "invalid-value"))
            for value in (None, {}, {"id": 5}, [[]], {"id": {"id": {}}}, "a" * 1001, ["a"] * 51)
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_batch_is_named(client, world, queries, fault):
    assert fault in [(field.split(".str")[0], code) for field, code in faults(post(client, queries=queries))]


def test_a_fault_names_its_value_and_what_was_meant(client, world):
    (fault,) = post(client, queries={"q7": {"query": "a", "type": "person"}}).json()["errors"]
    assert fault == {
        "row": None,
        "field": "queries.q7.type",
        "value": "person",
        "code": "unknown-value",
        "detail": "There is no type “person”: use one of official, country, post, organization, topic, dialogue.",
        "nearest": list(KINDS),
    }


def test_a_batch_has_a_size(client, world):
    batch = {str(index): {"query": "Japan"} for index in range(1000)}
    assert faults(post(client, queries=batch), 413) == []
    assert post(client, queries=batch).json()["detail"] == "These are 1000 queries: send 50 at most at once."
    assert len(results(client, **{str(index): {"query": "Japan"} for index in range(50)})) == 50


def test_a_form_has_a_size(client, world):
    assert faults(post(client, queries=" " * 1_000_001), 413) == []
    assert faults(client.post(ROOT, "queries=" + "a" * 3_000_001, content_type=FORM), 413) == []
    assert faults(client.post(ROOT, "a=b&" * 2000, content_type=FORM)) == [("", "too-many-fields")]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, ("queries", "required")),
        ({"query": "Japan"}, ("queries", "required")),
        ({"queries": "{}", "extend": "{}"}, ("extend", "one-at-a-time")),
    ],
)
def test_a_form_has_one_thing_in_it(client, world, fields, fault):
    assert faults(post(client, **fields)) == [fault]


def test_what_is_no_form_is_refused(client, world):
    assert faults(client.post(ROOT, "{}", content_type="application/json"), 415) == []


def test_an_unknown_parameter_is_named(client, world):
    assert faults(client.get(ROOT, {"callback": "jQuery1"})) == [("callback", "unknown-filter")]


# fetching


def test_columns_are_added_as_openrefine_does(client, world):
    """The body that OpenRefine 3 sends to add columns from reconciled values, settings as its form gives them."""
    CountryName.objects.create(country_id="TM", text="Туркмения", key="turkmeniia", language="ru", kind="synonym")
    extension = {
        "ids": ["country-TM", "topic-hydrogen"],
        "properties": [
            {"id": "alpha3"},
            {"id": "broader"},
            {"id": "other_names", "settings": {"limit": "1", "language": "ru"}},
            {"id": "url", "settings": {"limit": "", "language": ""}},
        ],
    }
    body = post(client, extend=extension).json()
    exchange.ExtensionResult.model_validate_json(json.dumps(body), strict=True)
    assert body == {
        "meta": [
            {"id": "alpha3", "name": "ISO 3166-1 alpha-3 code"},
            {"id": "broader", "name": "Broader topic", "type": {"id": "topic", "name": "Topic"}},
            {"id": "other_names", "name": "Other names"},
            {"id": "url", "name": "Page"},
        ],
        "rows": {
            "country-TM": {
                "alpha3": [{"str": "TKM"}],
                "broader": [],
                "other_names": [{"str": "Туркмения"}],
                "url": [{"str": "http://testserver/countries/TM/"}],
            },
            "topic-hydrogen": {
                "alpha3": [],
                "broader": [{"id": "topic-energy", "name": "Energy"}],
                "other_names": [],
                "url": [{"str": "http://testserver/topics/hydrogen/"}],
            },
        },
    }


def test_properties_are_proposed_for_a_type(client, world):
    body = client.get(ROOT + "properties/", {"type": "country", "limit": "2"}).json()
    assert body == {
        "type": "country",
        "limit": 2,
        "properties": [{"id": "name", "name": "Name"}, {"id": "official_name", "name": "Official name"}],
    }
    every = client.get(ROOT + "properties/").json()["properties"]
    wishes = [{"id": one["id"]} for one in every]
    assert post(client, extend={"ids": ["country-TM"], "properties": wishes}).status_code == 200


@pytest.mark.parametrize(
    ("extension", "fault"),
    [
        ("nothing", ("extend", "invalid-json")),
        ([], ("extend", "model-type")),
        ({"ids": []}, ("extend.properties", "missing")),
        ({"ids": [5], "properties": []}, ("extend.ids.0", "string-type")),
        ({"ids": [], "properties": [{"id": "colour"}]}, ("extend.properties.0.id", "unknown-value")),
        (
            {"ids": [], "properties": [{"id": "name", "settings": {"size": 1}}]},
            ("extend.properties.0.settings.size", "extra-forbidden"),
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_extension_is_named(client, world, extension, fault):
    assert faults(post(client, extend=extension)) == [fault]


def test_an_extension_has_a_size(client, world):
    many = {"ids": [f"official-{index}" for index in range(201)], "properties": []}
    assert faults(post(client, extend=many), 413) == []


# suggesting


def test_entities_are_suggested_as_openrefine_asks(client, world):
    """Its widget sends parameters from Freebase's days along."""
    asked = {"prefix": "turk", "type": "country", "type_strict": "should", "mql_filter": "", "lang": "en"}
    body = client.get(ROOT + "suggest/entity/", asked).json()
    exchange.SuggestedEntities.model_validate_json(json.dumps(body), strict=True)
    assert body == {
        "result": [
            {
                "id": "country-TM",
                "name": "Turkmenistan",
                "description": "Country · Central Asia",
                "notable": [{"id": "country", "name": "Country"}],
            }
        ]
    }


def test_types_and_properties_are_suggested(client, world):
    types = client.get(ROOT + "suggest/type/", {"prefix": "off"}).json()["result"]
    assert [(one["id"], one["name"]) for one in types] == [("official", "Official")]
    properties = client.get(ROOT + "suggest/property/", {"prefix": "wiki", "type": "official"}).json()["result"]
    assert properties == [{"id": "wikidata", "name": "Wikidata id"}]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"prefix": "a" * 301}, "prefix"),
        ({"type": "x"}, "type"),
        ({"cursor": "-1"}, "cursor"),
        ({"limit": "51"}, "limit"),
    ],
)
def test_what_is_wrong_with_a_suggestion_is_named(client, world, asked, field):
    assert [name for name, _code in faults(client.get(ROOT + "suggest/entity/", asked))] == [field]


@pytest.mark.parametrize("prefix", ["", " ", "\x00", "😀", "%"])
def test_the_beginning_of_nothing_suggests_nothing(client, world, prefix):
    assert client.get(ROOT + "suggest/entity/", {"prefix": prefix}).json() == {"result": []}


# pages for other programs


def test_a_preview_may_be_framed_and_nothing_else_may(client, world):
    make_official("<b>Bold</b> & Co")
    preview, other = client.get(ROOT + "preview/country-TM/"), client.get(ROOT)
    assert "frame-ancestors *;" in preview.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in preview.headers
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]
    assert other.headers["X-Frame-Options"] == "DENY"


def test_previews_and_flyouts_escape(client, world):
    pk = Official.objects.get(name="Ken Mori").pk
    Official.objects.filter(pk=pk).update(name="<script>alert(1)</script>")
    page = client.get(ROOT + f"preview/official-{pk}/").content.decode()
    html = client.get(ROOT + "flyout/", {"id": f"official-{pk}"}).json()["html"]
    assert ["<script" in text for text in (page, html)] == [False, False]
    assert ["&lt;script&gt;alert(1)" in text for text in (page, html)] == [True, True]


def test_a_view_leads_to_the_page(client, world):
    one = Official.objects.get(name="Ken Mori")
    response = client.get(ROOT + f"view/official-{one.pk}/")
    assert (response.status_code, response.headers["Location"]) == (302, one.get_absolute_url())
    assert client.get(ROOT + "view/topic-hydrogen/").headers["Location"] == "/topics/hydrogen/"


@pytest.mark.parametrize("entity", ["official-0", "official-x", "x", "country-%00", "topic-nothing"])
def test_what_is_not_there_is_a_404(client, world, entity):
    statuses = [client.get(f"{ROOT}{page}/{entity}/").status_code for page in ("view", "preview")]
    assert [*statuses, client.get(ROOT + "flyout/", {"id": entity}).status_code] == [404, 404, 404]


# web pages of others, and how often


def test_every_address_may_be_read_by_other_web_pages(client, world):
    for path in ("", "suggest/entity/", "suggest/type/", "suggest/property/", "properties/", "preview/country-TM/",
                 "view/country-TM/", "flyout/?id=country-TM", "preview/nothing/"):  # fmt: skip
        assert client.get(ROOT + path).headers["Access-Control-Allow-Origin"] == "*"
        assert resolve(ROOT + path.partition("?")[0]).url_name != "nothing"


def test_a_browser_may_ask_beforehand(client, world):
    response = client.options(ROOT, headers={"origin": "https://example.org", "access-control-request-method": "POST"})
    assert (response.status_code, response.content) == (204, b"")
    assert "POST" in response.headers["Access-Control-Allow-Methods"]


def test_too_many_requests_are_told_when_to_come_back(client, world, monkeypatch):
    cache.clear()  # of what other tests asked
    monkeypatch.setattr(VisitorThrottle, "rate", "1/minute", raising=False)
    client.get(ROOT + "suggest/type/")
    response = post(client, queries={})
    assert faults(response, 429) == []
    assert int(response.headers["Retry-After"]) <= 60


def test_it_is_in_the_openapi_document(client, db):
    paths = client.get("/api/v1/schema/").json()["paths"]
    assert sorted(path.removeprefix(ROOT) for path in paths if path.startswith(ROOT)) == [
        "", "flyout/", "properties/", "suggest/entity/", "suggest/property/", "suggest/type/",
    ]  # fmt: skip
    assert list(paths[ROOT]["post"]["requestBody"]["content"]) == [FORM]
