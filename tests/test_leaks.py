"""Nothing unpublished leaks: every address that there is, asked by everybody.

A new address is included by itself: what an address needs (ids, slugs, codes, formats) is filled in with all that
the database has, the hidden records first.
"""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.world import SECRET, hide_everywhere
from visits.api.resources import RESOURCES
from visits.filters import FILTERS
from visits.models import Dialogue, ImportRun, Organization, Topic
from visits.pages.lists import FORMATS
from visits.reconciling import KINDS, PROPERTIES

ASKED = SECRET[:-2].lower()
ROLES = ("anonymous", "outsider", "contributor", "editor", "reviewer")
NOT_PUBLIC = ("admin", "import")  # the editors' own rooms; loads have their own test


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and arguments of every named address."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            if not inner.startswith("admin"):
                yield from patterns(one, inner)
        elif isinstance(one, URLPattern) and one.name:
            yield space + one.name, tuple(one.pattern.regex.groupindex)


def named() -> list[tuple[str, tuple[str, ...]]]:
    return [one for one in dict.fromkeys(patterns(get_resolver())) if not any(word in one[0] for word in NOT_PUBLIC)]


def values(argument: str, name: str) -> list[str]:
    """All that an argument of this name can be."""
    if argument == "name":
        return list(FILTERS)
    if "format" in argument:
        return list(FORMATS)
    if argument == "entity":
        models = {kind: apps.get_model("visits", kind) for kind in KINDS}
        return [f"{kind}-{pk}" for kind, model in models.items() for pk in model.objects.values_list("pk", flat=True)]
    words = name.removeprefix("api:").removesuffix("-detail")
    models = [model for model in apps.get_app_config("visits").get_models() if hasattr(model, "get_absolute_url")]
    about = [model for model in models if words.startswith(str(model._meta.model_name)[:-1])] or models
    keys = [str(pk) for model in about for pk in model._default_manager.values_list("pk", flat=True)]
    for model in {Topic, Dialogue, Organization} & set(about):
        keys += [str(slug) for slug in model._default_manager.values_list("slug", flat=True) if slug]
    return list(dict.fromkeys(keys))


def addresses() -> Iterator[str]:
    for name, arguments in named():
        choices: list[dict[str, str]] = [{}]
        for argument in arguments:
            choices = [chosen | {argument: value} for chosen in choices for value in values(argument, name)]
        for chosen in choices:
            try:
                yield reverse(name, kwargs=chosen)
            except NoReverseMatch:
                continue


def questions(path: str) -> Iterator[str]:
    """An address and what can be asked of it."""
    yield path
    list_name = path.strip("/").split("/")[-1].split(".")[0]
    if list_name in FILTERS:
        yield f"{path}?q={ASKED}"
        yield f"{path}?page_size=500"
        yield f"{path}?run={ImportRun.objects.get().pk}"
        yield f"{path}?dataset={ASKED}"
        official, source = hidden_ids()
        yield f"{path}?official={official}"
        yield f"{path}?source={source}"
    if path.endswith(("search/", "/v1/suggest/")):
        yield f"{path}?q={ASKED}"
    if path.endswith("/suggest/entity/"):
        yield f"{path}?prefix={ASKED}"
    if path.endswith("/flyout/"):
        yield from (f"{path}?id={entity}" for entity in values("entity", ""))
    if path.endswith("/reconcile/"):
        yield f"{path}?queries={quote(json.dumps({'q': {'query': ASKED}}))}"
        wishes = [{"id": name} for name in PROPERTIES]
        yield f"{path}?extend={quote(json.dumps({'ids': values('entity', '')[:150], 'properties': wishes}))}"
    if path.startswith("/api/v1/") and (resource := next((one for one in RESOURCES if f"/{one.name}/" in path), None)):
        yield f"{path}?{'&'.join(f'expand={name}' for name in resource.shape.expansions)}"


def hidden_ids() -> list[int]:
    official, source = apps.get_model("visits", "Official"), apps.get_model("visits", "Source")
    return [
        official._default_manager.filter(name__startswith=SECRET).values_list("pk", flat=True)[0],
        source._default_manager.filter(title__startswith=SECRET).values_list("pk", flat=True)[0],
    ]


def body_of(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{dict(response.headers)} {content.decode('utf-8', 'replace')}"


@pytest.fixture
def secrets(world):
    hide_everywhere(world)
    return world


@pytest.mark.parametrize("role", ROLES)
def test_no_address_shows_anybody_what_is_hidden(client, secrets, role, request):
    client.raise_request_exception = False
    if role != "anonymous":
        client.force_login(request.getfixturevalue(role))
    leaks = set()
    for path in addresses():
        for url in questions(path) if role == "anonymous" else [path]:
            response = client.get(url)
            if SECRET.lower() in body_of(response).lower().replace(url.lower(), ""):
                leaks.add(url)
    assert leaks == set()


def test_the_walk_meets_every_face(secrets):
    found = list(addresses())
    visit = secrets.hidden[-2].pk
    assert {f"/api/v1/visits/{visit}/", "/visits.csv", "/search/", "/api/v1/search/", "/", "/api/reconcile/"} - set(
        found
    ) == set()
    assert [path for path in found if path.startswith(f"/visits/{visit}")] != []


def test_the_word_is_there_to_be_found(secrets):
    assert [record.state for record in secrets.hidden[-2:]] == ["withdrawn", "withdrawn"]
    assert all(SECRET in record.title for record in secrets.hidden[-2:])
