import pytest
from django.contrib.auth import authenticate, get_user_model

from tracker import preparation

pytestmark = pytest.mark.django_db


def test_the_first_user_gets_a_password_that_is_shown_once(capsys, monkeypatch):
    monkeypatch.delenv("TRACKER_ADMIN_PASSWORD", raising=False)
    assert preparation.is_first_start()
    preparation.create_admin()
    line = capsys.readouterr().out
    shown = line.split("password ")[1].split()[0]
    assert line == f"Sign in at /admin/ as admin, password {shown} (shown this once)\n"
    assert authenticate(username="admin", password=shown) == get_user_model().objects.get()
    assert not preparation.is_first_start()


def test_a_given_password_is_taken_and_not_shown(capsys, monkeypatch):
    monkeypatch.setenv("TRACKER_ADMIN_PASSWORD", "a given phrase")
    preparation.create_admin()
    assert "a given phrase" not in capsys.readouterr().out
    assert authenticate(username="admin", password="a given phrase") is not None
