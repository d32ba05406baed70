import select

import pytest
from django.db import connection


@pytest.mark.django_db
def test_statements_are_prepared_on_the_server():
    with connection.cursor() as cursor:
        for number in range(8):
            cursor.execute("SELECT %s::int + 7110", [number])
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%7110'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_statement_with_history_context_before_it_is_executed_in_one_go():
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', %s, true); SELECT %s::text || '%%'", ["x", "y"])
        cursor.nextset()
        assert cursor.fetchone() == ("y%",)


@pytest.mark.django_db
def test_a_connection_whose_server_went_away_is_not_used_again():
    other = connection.copy()
    other.ensure_connection()
    try:
        assert other.is_usable()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [other.connection.info.backend_pid])
        assert select.select([other.connection.pgconn.socket], [], [], 10)[0]
        assert not other.is_usable()
    finally:
        other.close()
