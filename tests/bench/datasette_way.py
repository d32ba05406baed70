"""Datasette over the same visits in SQLite: a table with foreign keys to guests, hosts and heads."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

_TABLES = """
CREATE TABLE country (code TEXT PRIMARY KEY, name TEXT);
CREATE TABLE official (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE visit (
    id INTEGER PRIMARY KEY, start TEXT, "end" TEXT, title TEXT, guest TEXT REFERENCES country (code),
    host TEXT REFERENCES country (code), head INTEGER REFERENCES official (id), kind TEXT, status TEXT, topics TEXT
);
"""
_VISITS = """
    SELECT v.id, v.start, v."end", v.title, v.guest_country_id, v.host_country_id,
           (SELECT m.official_id FROM visits_delegation AS d
            JOIN visits_member AS m ON m.delegation_id = d.id AND m.head
            WHERE d.visit_id = v.id LIMIT 1),
           v.kind, v.status,
           (SELECT string_agg(t.name, ', ') FROM visits_topiclink AS l JOIN visits_topic AS t ON t.id = l.topic_id
            WHERE l.visit_id = v.id)
    FROM visits_visit AS v
"""


def copy(path: Path) -> Path:
    """The visits of the tracker's database in a file of SQLite."""
    from django.db import connection

    with sqlite3.connect(path) as target, connection.cursor() as cursor:
        target.executescript(_TABLES)
        for table, query in (
            ("country", "SELECT code, name FROM visits_country"),
            ("official", "SELECT id, name FROM visits_official"),
            ("visit", _VISITS),
        ):
            cursor.execute(query)
            places = ", ".join("?" * len(cursor.description))
            while rows := cursor.fetchmany(20_000):
                target.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
        target.execute("CREATE INDEX visit_start ON visit (start)")
    return path


def ask_datasette(path: Path) -> Callable[[], bytes]:
    """Asks for the table in process, as its own tests do."""
    from datasette.app import Datasette

    found = Datasette([str(path)], settings={"default_page_size": 50, "num_sql_threads": 1})
    loop = asyncio.new_event_loop()
    address = f"/{path.stem}/visit?_sort_desc=start"

    async def once() -> bytes:
        response = await found.client.get(address)
        assert response.status_code == 200, response.text[:300]
        return response.content

    return lambda: loop.run_until_complete(once())
