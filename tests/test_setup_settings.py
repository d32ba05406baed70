import stat
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.base import Origin
from django.test import Client

from tests.undefined_variables import UndefinedVariable
from tracker import environment
from tracker.state import CHECKOUT


def test_the_secret_key_is_made_once_and_kept_for_its_owner(tmp_path: Path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = environment.secret_key(tmp_path)
    assert len(first) > 50
    assert environment.secret_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_database_url_becomes_an_entry_with_its_options():
    entry = environment.database("postgresql://ann:s%40crit@db.example:5433/visits?sslmode=require")
    given = {key: entry[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert given == {
        "NAME": "visits",
        "USER": "ann",
        "PASSWORD": "s@crit",
        "HOST": "db.example",
        "PORT": "5433",
    }
    assert entry["OPTIONS"]["sslmode"] == "require"


def policy(response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.django_db
def test_pages_may_load_nothing_from_elsewhere_and_run_no_inline_code(client: Client):
    assert policy(client.get("/healthz")) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.django_db
def test_only_the_admin_has_a_wider_policy(client: Client):
    response = client.get("/admin/login/")
    assert policy(response)["script-src"] == "'self' 'unsafe-eval' 'unsafe-inline'"


def test_a_variable_that_nobody_gave_fails_in_our_templates():
    ours = Template("{{ nobody }}", origin=Origin(name=str(CHECKOUT / "templates" / "page.html")))
    with pytest.raises(UndefinedVariable):
        ours.render(Context())


def test_a_variable_that_nobody_gave_is_empty_in_other_templates():
    other = Template("a{{ nobody }}b", origin=Origin(name="/elsewhere/page.html"))
    assert other.render(Context()) == "ab"


def test_places_are_addresses_with_ports(monkeypatch):
    monkeypatch.setenv("PLACES", "10.1.2.3:8080, [fd00:0::1]:80")
    assert environment.places("PLACES") == {("10.1.2.3", 8080), ("fd00::1", 80)}


@pytest.mark.parametrize("wrong", ["10.1.2.3", "10.1.2.3:http", "intranet:80", ":80"])
def test_a_place_that_is_none_is_named(monkeypatch, wrong):
    monkeypatch.setenv("PLACES", wrong)
    with pytest.raises(ValueError, match=f"PLACES holds addresses with ports, .* not “{wrong}”"):
        environment.places("PLACES")
