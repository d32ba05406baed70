import pytest
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db


def test_healthz_answers_200_when_database_and_queue_answer(client: Client, queue: str):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "queue": "ok"})


def test_healthz_names_the_queue_that_is_down(client: Client, settings, monkeypatch, tmp_path):
    from tracker.celery import app

    monkeypatch.setattr(app.conf, "broker_write_url", f"redis+socket://{tmp_path}/nowhere")
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"database": "ok", "queue": "no answer"})


def test_healthz_names_the_database_that_is_down(client: Client, queue: str):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
    connection.connection.close()
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"database": "no answer", "queue": "ok"})
