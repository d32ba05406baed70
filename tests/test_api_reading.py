"""Reading by script: lists, pages, details, errors, and that the documented shapes are the real ones."""

import gzip
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.test_rows import full
from tests.world import make_country, make_visit
from visits import catalogue, rows
from visits.api.access import VisitorThrottle
from visits.api.resources import RESOURCES
from visits.models import Country, RetiredId, Visit

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/"


def get(client, path, **headers):
    return client.get(ROOT + path, headers=headers)


def problem_of(response):
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.json()


def key_of(resource, row):
    return row[resource.key]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("visits/?page_size=2", {}),
        ("visits/?fields=id", {"accept-encoding": "gzip", "accept-language": "ru"}),
        ("visits/?host=JP&count=true", {"accept": "text/html"}),
        ("visits/?nothing=1", {}),
        ("visits/0/", {}),
        ("visits/0/", {"authorization": "Token unknown"}),
        ("visits/", {"host": "elsewhere.example"}),
        ("topics/hydrogen/", {"cookie": "language=ru"}),
        ("countries/jp/?utm_source=a", {}),
    ],
)
@pytest.mark.parametrize("method", ["get", "head"])
def test_reads_have_the_same_answers_and_headers_as_by_the_whole_way(world, settings, method, path, headers):
    answers = []
    for way in (settings.MIDDLEWARE, [one for one in settings.MIDDLEWARE if one != "visits.api.reads.ReadsMiddleware"]):
        settings.MIDDLEWARE = way
        response = getattr(Client(), method)(ROOT + path, headers=headers)
        found = dict(response.headers)
        found["Content-Security-Policy"] = set(found["Content-Security-Policy"].split("; "))
        found["Vary"] = set(found.get("Vary", "").split(", ")) - {"Cookie", ""}  # no answer depends on the session
        body = response.content
        if found.get("Content-Encoding") == "gzip":  # with a random name
            body = gzip.decompress(body) if body else b""
            del found["Content-Length"]
        answers.append((response.status_code, body, found, dict(response.cookies)))
    assert answers[0] == answers[1]


# lists


def test_a_list_has_rows_and_its_neighbours(client, world):
    body = get(client, "visits/?page_size=2").json()
    assert list(body) == ["next", "previous", "results"]
    assert body["previous"] is None
    assert body["results"] == rows.visit_rows(Visit.objects.filter(pk__in=[world.story.pk, world.from_organization.pk])
        .newest_first())  # fmt: skip


def test_links_lead_through_the_whole_list_and_back(client, world):
    url, seen = ROOT + "visits/?page_size=3&fields=id", []
    while url:
        response = client.get(url)
        seen += [row["id"] for row in response.json()["results"]]
        last, url = url, response.json()["next"]
    assert seen == [world.story.pk, world.from_organization.pk, world.thin.pk, world.without_year.pk]
    assert response.headers["Link"] == f'<{response.json()["previous"]}>; rel="previous"'
    assert [row["id"] for row in client.get(response.json()["previous"]).json()["results"]] == seen[:3]
    assert "cursor=" in last


def test_a_count_and_what_has_no_year_can_be_asked_for(client, world):
    body = get(client, "visits/?count=true&from=2000").json()
    assert (body["count"], body["undated_left_out"]) == (2, 1)


def test_fields_and_expand_choose_what_is_shown(client, world):
    (row,) = get(client, "visits/?external_id=hsg-visits:2138&fields=id,title&fields=meetings&expand=outcomes").json()[
        "results"
    ]
    assert list(row) == ["id", "title", "meetings", "outcomes"]
    assert (row["meetings"], row["outcomes"][0]["title"]) == (1, "Summit of leaders")


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.name)
def test_a_list_takes_the_same_queries_for_any_number_of_rows(client, number, resource):
    full(number)
    catalogue.current()
    with CaptureQueriesContext(connection) as captured:
        get(client, f"{resource.name}/")
    assert len(captured) == 2  # the rows, the version of the reference data


# details


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.name)
def test_a_detail_is_the_row_of_the_list(client, world, resource):
    row = get(client, f"{resource.name}/").json()["results"][0]
    assert get(client, f"{resource.name}/{key_of(resource, row)}/").json() == row


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.name)
def test_every_row_has_the_documented_shape(client, world, resource):
    expand = "&".join(f"expand={name}" for name in resource.shape.expansions)
    found = get(client, f"{resource.name}/?{expand}").json()["results"]
    for row in found:
        resource.document.model_validate_json(json.dumps(row), strict=True)
    assert found


def test_an_unchanged_detail_is_not_sent_again(client, world):
    path = f"visits/{world.story.pk}/"
    tag = get(client, path).headers["ETag"]
    again = get(client, path, if_none_match=tag)
    assert (again.status_code, again.content) == (304, b"")
    Visit.objects.filter(pk=world.story.pk).update(summary="Changed.")
    assert get(client, path, if_none_match=tag).status_code == 200


def test_codes_are_read_in_any_case(client, world):
    assert get(client, "countries/tm/").json()["code"] == "TM"


# what is not there


@pytest.mark.parametrize("index", [0, 1])
def test_what_was_never_published_is_not_found(client, world, index):
    response = get(client, f"visits/{world.hidden[index].pk}/")
    assert (response.status_code, problem_of(response)["title"]) == (404, "Not Found")


def test_what_was_withdrawn_is_gone(client, world):
    assert get(client, f"visits/{world.hidden[2].pk}/").status_code == 410


def test_a_merged_record_names_the_other(client, world):
    other = make_visit()
    RetiredId.objects.create(kind="visit", record_id=10**6, uid=other.uid, merged_into=world.story.pk)
    RetiredId.objects.create(kind="visit", record_id=10**6 + 1, uid=world.thin.uid, merged_into=10**6)
    body = problem_of(get(client, f"visits/{10**6 + 1}/"))
    assert (body["status"], body["merged_into"], body["url"]) == (
        410,
        world.story.pk,
        f"http://testserver/api/v1/visits/{world.story.pk}/",
    )


def test_a_deleted_record_is_gone(client, world):
    RetiredId.objects.create(kind="official", record_id=10**6, uid=world.thin.uid)
    assert get(client, f"officials/{10**6}/").status_code == 410


@pytest.mark.parametrize(
    "path",
    ["visits/x/", "visits/99999999999999999999/", "visits/0/", "nothing/", "topics/%00/", "countries/%00/", "x" * 99],
)
def test_nothing_there_is_a_404(client, world, path):
    assert problem_of(get(client, path))["status"] == 404


def test_a_missing_slash_is_added(client, world):
    response = get(client, "visits?guest=TM")
    assert (response.status_code, response.headers["Location"]) == (301, "/api/v1/visits/?guest=TM")


# errors


def test_an_unknown_filter_is_named(client, world):
    response = get(client, "visits/?gest=TM")
    body = problem_of(response)
    assert (response.status_code, body["type"], body["status"]) == (400, "about:blank", 400)
    assert body["errors"] == [
        {
            "row": None,
            "field": "gest",
            "value": "TM",
            "code": "unknown-filter",
            "detail": "There is no filter “gest”.",
            "nearest": ["guest"],
            "url": "/api/v1/visits/",
        }
    ]


@pytest.mark.parametrize(
    "query", ["cursor=abc", "fields=colour", "fields=", "expand=colour", "count=maybe", "guest=XX"]
)
def test_a_wrong_value_is_named(client, world, query):
    response = get(client, f"visits/?{query}")
    assert (response.status_code, problem_of(response)["errors"][0]["field"]) == (400, query.partition("=")[0])


def test_a_detail_has_no_filters(client, world):
    assert get(client, f"visits/{world.story.pk}/?guest=TM").status_code == 400


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_reading_is_all_that_a_list_allows(client, world, method):
    response = getattr(client, method)(ROOT + "visits/")
    assert (response.status_code, problem_of(response)["status"]) == (405, 405)


def test_what_a_reader_does_not_take_is_not_acceptable(client, world):
    assert problem_of(get(client, "visits/", accept="text/html"))["status"] == 406


def test_a_wrong_token_is_refused_with_a_challenge(client, world):
    response = get(client, "visits/", authorization="Token nonsense")
    assert (problem_of(response)["status"], response.headers["WWW-Authenticate"]) == (401, "Token")


def test_too_many_requests_are_told_when_to_come_back(client, world, monkeypatch):
    monkeypatch.setattr(VisitorThrottle, "rate", "2/minute", raising=False)
    statuses = [get(client, "topics/", x_forwarded_for=f"10.0.0.{index}").status_code for index in range(2)]
    response = get(client, "topics/")
    assert (statuses, problem_of(response)["status"]) == ([200, 200], 429)
    assert int(response.headers["Retry-After"]) <= 60


# search, root, documentation


def test_the_search_finds_by_kind(client, world):
    answer = get(client, "search/?q=orazowa").json()
    official = answer["results"][0]
    assert official == {
        "kind": "officials", "id": official["id"], "title": "Aina Orazowa", "snippet": "", "note": "Turkmenistan",
        "when": "", "url": f"/officials/{official['id']}-aina-orazowa/",
    }  # fmt: skip
    assert answer["kinds"][0] == {
        "kind": "officials", "count": 1, "more": False, "url": "/search/?q=orazowa&kind=officials",
    }  # fmt: skip
    assert (answer["meant"], answer["nearly"]) == ([], False)


def test_the_search_says_what_is_meant_and_may_be_of_some_kinds(client, world):
    answer = get(client, "search/?q=turkmenistan japan&kind=visits&kind=meetings").json()
    assert answer["meant"][0] == {
        "kind": "pairs", "title": "Turkmenistan – Japan", "note": "all between the two", "url": "/relations/TM-JP/",
    }  # fmt: skip
    assert {hit["kind"] for hit in answer["results"]} <= {"visits", "meetings"}


def test_suggestions_are_grouped_and_kept_for_a_minute(client, world):
    response = get(client, "suggest/?q=oraz")
    (one,) = response.json()["suggestions"]
    assert one | {"url": ""} == {
        "kind": "officials", "label": "Officials", "title": "Aina Orazowa", "note": "Turkmenistan", "url": "",
        "parts": [{"text": "Aina ", "hit": False}, {"text": "Orazowa", "hit": True}],
    }  # fmt: skip
    assert (response.json()["message"], response.json()["url"]) == ("1 suggestion", "/search/?q=oraz")
    assert (response["Cache-Control"], response["Vary"]) == (
        "private, max-age=60",
        "Accept-Language, Cookie, Accept-Encoding",
    )
    again = get(client, "suggest/?q=oraz", **{"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("query", ["search/?q=a&kind=visitors", "suggest/", "suggest/?q=a&kind=visits"])
def test_a_search_refuses_what_it_does_not_know(client, world, query):
    assert problem_of(get(client, query))["status"] == 400


@pytest.mark.parametrize("query", ["", "?q=", "?q=%00", "?p=x", "?q=" + "a" * 201])
def test_a_search_needs_words(client, world, query):
    assert problem_of(get(client, f"search/{query}"))["status"] == 400


def test_the_root_says_where_everything_is(client, world):
    for url in get(client, "").json().values():
        assert client.get(url, headers={"Accept": "*/*"}).status_code in {200, 400, 401}


def test_the_documentation_links_to_what_is_there(client, world):
    make_country("TM")
    text = client.get(reverse("api:documentation")).content.decode()
    assert all(f"/api/v1/{resource.name}/" in text for resource in RESOURCES)
    assert Country.objects.filter(code="TM").exists()
