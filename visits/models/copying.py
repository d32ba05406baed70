"""Many rows into a table by PostgreSQL's COPY: half the time of an INSERT that names each value."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import Field, GeneratedField, JSONField, Model
from django.db.models.fields import NOT_PROVIDED

Row = Mapping[str, Any]
AnyField = Field  # of any types; not subscriptable when it runs


def copy_rows(model: type[Model], rows: Sequence[Row]) -> list[int]:
    """Insert rows (values by column name, `guest_country_id`); answers their ids, in order.

    Ids come from the table's sequence unless a row has one. What no row names gets its default. Constraints and
    triggers hold as for INSERT; the errors are Django's.
    """
    if not rows:
        return []
    quote = connection.ops.quote_name
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    columns = [column for column in _columns(model) if column.name in names or column.default is not NOT_PROVIDED]
    with connection.cursor() as cursor:
        free = iter(_new_ids(cursor, model, sum("id" not in row for row in rows)))
        ids = [row["id"] if "id" in row else next(free) for row in rows]
        into = ", ".join(quote(name) for name in ("id", *(column.name for column in columns)))
        takes = [(column.name, column.default, column.prepare) for column in columns]
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY {quote(model._meta.db_table)} ({into}) FROM STDIN") as copy,
        ):
            for pk, row in zip(ids, rows, strict=True):
                values = [pk]
                for name, default, prepare in takes:
                    value = row[name] if name in row else default() if callable(default) else default
                    values.append(value if value is None or prepare is None else prepare(value))
                copy.write_row(values)
    return ids


def copy_objects(objects: Sequence[Model]) -> None:
    """Insert unsaved objects of one model and give them their ids: `bulk_create` by COPY."""
    if not objects:
        return
    model = type(objects[0])
    names = [column.name for column in _columns(model) if not column.by_database]
    rows = [{name: getattr(one, name) for name in names} for one in objects]
    for one, pk in zip(objects, copy_rows(model, rows), strict=True):
        one.pk = pk
        one._state.adding = False


class _Column:
    """A column that COPY writes: its default in Python, and what makes its text where psycopg alone does not."""

    def __init__(self, field: AnyField) -> None:
        self.name = field.attname
        self.by_database = field.has_db_default()
        self.default: Any = NOT_PROVIDED if self.by_database else _default(field)
        self.prepare: Callable[[Any], Any] | None = _json if isinstance(field, JSONField) else None


def _default(field: AnyField) -> Any:
    if field.has_default():
        return field.default
    return None if field.null else ""


@cache
def _columns(model: type[Model]) -> list[_Column]:
    fields: Iterable[AnyField] = model._meta.concrete_fields
    return [_Column(field) for field in fields if not field.primary_key and not isinstance(field, GeneratedField)]


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _new_ids(cursor: Any, model: type[Model], count: int) -> list[int]:
    """Ids from the sequence. Not a plain SELECT: before anything else django-pghistory says who does this."""
    sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
    cursor.execute(
        f"WITH taken AS (SELECT nextval({sequence}) AS id FROM generate_series(1, %s)) SELECT id FROM taken",  # noqa: S608
        [count],
    )
    return [pk for (pk,) in cursor.fetchall()]
