# ruff: noqa: S608 - the statement is made of our own words
"""The columns as they are now: held by the process, and brought up to date by what changed since.

Triggers write down which digests each statement changed (`visits_digestchange`), with the number of its transaction.
Transactions end out of order, so what is asked for is all from the oldest one that had not ended when the columns
were last up to date, but for what they have already. What this transaction has not committed is not held.
"""

import threading
import time
from dataclasses import dataclass

from django.db import connection

from .columns import ROW, Columns, read

MOST = 20_000  # changed visits; of more all are read anew
_LONGEST = 12 * 3600.0  # seconds; changes are forgotten a day later


@dataclass(frozen=True)
class _Held:
    """`horizon`: transactions below it had ended. `applied`: ids of changes from above it. `anchor`: the newest id."""

    columns: Columns
    horizon: int
    applied: list[int]
    anchor: int | None
    at: float


_lock = threading.Lock()
_held: dict[str, _Held] = {}  # by database

_XMIN = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_SINCE = f"""
    SELECT * FROM (
    WITH fresh AS MATERIALIZED (
        SELECT id, xid, visits FROM visits_digestchange WHERE xid >= coalesce(%(horizon)s::bigint, {_XMIN})
    ),
    changed AS (
        SELECT DISTINCT unnest(visits) AS changed FROM fresh WHERE id <> ALL(%(applied)s::bigint[]) LIMIT {MOST + 1}
    ),
    now AS (
        SELECT {_XMIN} AS horizon, ARRAY(SELECT id FROM fresh WHERE xid >= {_XMIN}) AS applied,
            (SELECT max(id) FROM visits_digestchange) AS anchor, pg_current_xact_id_if_assigned() IS NULL AS ended,
            %(applied)s::bigint[] <@ ARRAY(SELECT id FROM fresh) AND (
                %(anchor)s::bigint IS NULL OR EXISTS (SELECT FROM visits_digestchange WHERE id = %(anchor)s)
            ) AS whole
    )
    SELECT horizon, CASE WHEN row_number() OVER () = 1 THEN applied END, anchor, ended, whole, changed, {", ".join(ROW)}
    FROM now LEFT JOIN changed ON true LEFT JOIN visits_digest ON visit = changed
    ) AS found
"""


def current() -> Columns:
    """One query where they are held already."""
    name = str(connection.settings_dict["NAME"])
    with _lock:
        held = _held.get(name)
        if held and time.monotonic() - held.at < _LONGEST:
            held, ended = _brought_up(held)
            if held:
                if ended:
                    _held[name] = held
                return held.columns
        held, ended = _read()
        if ended:
            _held[name] = held
        return held.columns


def _brought_up(held: _Held) -> tuple[_Held | None, bool]:
    """With what changed; None where that cannot be told or is too much. Whether all of it is committed."""
    rows = _since(held.horizon, held.applied, held.anchor)
    horizon, applied, anchor, ended, whole, *_row = rows[0]
    changed = [row[5] for row in rows if row[5] is not None]
    if not whole or len(changed) > MOST:
        return None, False
    columns = held.columns
    if changed:
        columns = columns.changed(changed, [row[6:] for row in rows if row[6] is not None])
    return _Held(columns, horizon, applied, anchor, time.monotonic()), ended


def _read() -> tuple[_Held, bool]:
    """All anew: what is committed between the two queries is asked for again the next time."""
    horizon, applied, anchor, ended, *_row = _since(None, [], None)[0]
    return _Held(read(), horizon, applied, anchor, time.monotonic()), ended


def _since(horizon: int | None, applied: list[int], anchor: int | None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, {"horizon": horizon, "applied": applied, "anchor": anchor})
        return list(cursor.fetchall())


def warm() -> None:
    """So that the first reader does not wait for it."""
    try:
        current()
    finally:
        connection.close()
