"""`ENGINE = "tracker.postgresql"`.

Prepared statements need server-side binding, and that takes one command at a time. django-pghistory and
django-pgtrigger put a command of their own before a statement ("SELECT set_config(...); INSERT ..."):
such a statement, and only such a one, has its parameters merged on this side.

A search of texts is not prepared: whether an index helps depends on the word, so it is planned for each.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import ClientCursor, Cursor

_PUT_BEFORE = ("SELECT set_config('pghistory.", "SELECT set_config('pgtrigger.", "SET LOCAL pgtrigger.")


class PreparingCursor(base.CursorMixin, Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if isinstance(query, str) and query.startswith(_PUT_BEFORE):
            merged = ClientCursor(self.connection).mogrify(query, params)
            return super().execute(merged, None, prepare=False)
        if isinstance(query, str) and "to_tsquery(" in query:
            options["prepare"] = False
        return super().execute(query, params, **options)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if params.get("cursor_factory") is base.ServerBindingCursor:
            params["cursor_factory"] = PreparingCursor
        return params
