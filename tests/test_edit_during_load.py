"""An editor saves what a load changes at the same time: both come to an end, and nobody sees an error."""

import json
import threading

import pytest
from django.db import connection

from tests.test_admin_records import change_url, form_of
from tests.test_loads import visit
from tests.world import make_country, make_user
from visits import loads
from visits.models import Visit

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = 30
AT_MOST = 29


def load(end: str) -> loads.ImportRun:
    lines = "\n".join(json.dumps(visit(number, end=end)) for number in range(NUMBER)).encode()
    return loads.run_load(loads.create_run([("list.jsonl", lines)], user=None, trust=True).pk)


def test_nobody_sees_an_error(client):
    for code in ("TM", "JP"):
        make_country(code)
    client.force_login(make_user("elena", is_staff=True, is_superuser=True))
    load("2024-01-23")
    done, enough = [], threading.Event()

    def change_often():
        try:
            while not enough.wait(0.7) and len(done) < AT_MOST:
                done.append(load(f"2024-02-{1 + len(done):02}").status)
        finally:
            connection.close()

    loading = threading.Thread(target=change_often)
    loading.start()
    answers, saved = set(), 0
    page = change_url(Visit.objects.order_by("-pk")[0])
    while loading.is_alive() and (saved < 3 or len(done) < 3):
        answer = client.post(page, form_of(client, page) | {"summary": f"They talked, {saved}."})
        answers.add(answer.status_code)
        saved += answer.status_code == 302
    enough.set()
    loading.join()
    assert set(done) == {"done"}
    assert answers <= {200, 302}  # saved, or told that somebody changed it meanwhile
    row = Visit.objects.get(locked_fields=["summary"])  # what the load changed was not taken for the editor's
    assert (saved >= 3, row.summary, row.end) == (True, f"They talked, {saved - 1}.", f"2024-02-{len(done):02}")
