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
