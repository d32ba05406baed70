"""`ENGINE = "tracker.postgresql"`.

Prepared statements need server-side binding, and that takes one command at a time. django-pghistory and
django-pgtrigger put a command of their own before a statement ("SELECT set_config(...); INSERT ..."):
such a statement, and only such a one, has its parameters merged on this side.

A search of texts is not prepared: whether an index helps depends on the word, so it is planned for each.
"""

import select
from typing import Any

import orjson
from django.db.backends.postgresql import base
from psycopg import ClientCursor, Cursor
from psycopg.adapt import Loader

_PUT_BEFORE = ("SELECT set_config('pghistory.", "SELECT set_config('pgtrigger.", "SET LOCAL pgtrigger.")


class PreparingCursor(base.CursorMixin, Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if isinstance(query, str) and query.startswith(_PUT_BEFORE):
            merged = ClientCursor(self.connection).mogrify(query, params)
            return super().execute(merged, None, prepare=False)
        if isinstance(query, str) and "to_tsquery(" in query:
            options["prepare"] = False
        return super().execute(query, params, **options)


class JsonLoader(Loader):
    def load(self, data: Any) -> Any:
        return orjson.loads(data)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if params.get("cursor_factory") is base.ServerBindingCursor:
            params["cursor_factory"] = PreparingCursor
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.adapters.register_loader("json", JsonLoader)  # of `json`; `jsonb` columns are Django's to read
        return connection

    def is_usable(self) -> bool:
        """Before each request: a server that went away has closed the socket, which needs no question to be seen."""
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or _something_waits(self.connection.pgconn.socket):
            return bool(super().is_usable())
        return True


def _something_waits(socket: int) -> bool:
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))
