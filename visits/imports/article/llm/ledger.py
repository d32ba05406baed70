"""What language models were asked, what it cost, and what they answered: kept in the database.

Written through a connection of its own: a dry run is rolled back, its bill is not. A question that was answered
before is not paid again, and a preview and the load that follows it read the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from visits.enums import ModelCallState

_LOCK = 7_302_619
_FAILURES = 3
_REST = 300  # seconds
_TODAY = "date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"


class NotAsked(Exception):
    """The model must not be asked now; the message says why."""


@dataclass(frozen=True, slots=True)
class Bill:
    tokens_in: int
    tokens_out: int
    cost: Decimal


@contextmanager
def _beside() -> Iterator[BaseDatabaseWrapper]:
    other = connection.copy()
    try:
        yield other
    except DatabaseError:
        raise NotAsked("its costs cannot be counted, because the database does not answer") from None
    finally:
        other.close()


def known_answer(request: str) -> str | None:
    """What the same question was answered with before."""
    sql = "SELECT answer FROM visits_modelcall WHERE request = %s AND state = %s ORDER BY id DESC LIMIT 1"
    with _beside() as other, other.cursor() as cursor:
        cursor.execute(sql, [request, ModelCallState.ANSWERED])
        row = cursor.fetchone()
    return row[0] if row else None


def begin(request: str, model: str, most: Bill, ceiling: Decimal) -> int:
    """Set the most that a question can cost aside, and name the call; NotAsked when the day's ceiling would be passed,
    or the model has just failed several times in a row."""
    with _beside() as other:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])  # one after the other: each sees the sum
            _expect_health(cursor)
            cursor.execute(f"SELECT coalesce(sum(cost), 0) FROM visits_modelcall WHERE created_at >= {_TODAY}")  # noqa: S608
            (spent,) = cursor.fetchone()
            if most.cost and spent + most.cost > ceiling:
                raise NotAsked(f"the day's ceiling of {ceiling:f} leaves no room ({spent:.4f} is spent or set aside)")
            cursor.execute(
                "INSERT INTO visits_modelcall (request, model, state, tokens_in, tokens_out, cost, answer, detail) "
                "VALUES (%s, %s, %s, %s, %s, %s, '', '') RETURNING id",
                [request, model, ModelCallState.ASKED, most.tokens_in, most.tokens_out, most.cost],
            )
            (call,) = cursor.fetchone()
        other.commit()
    return int(call)


def _expect_health(cursor: Any) -> None:
    cursor.execute(
        "SELECT state, extract(epoch FROM now() - created_at) FROM visits_modelcall WHERE state <> %s "
        "ORDER BY id DESC LIMIT %s",
        [ModelCallState.ASKED, _FAILURES],
    )
    last = cursor.fetchall()
    failed = len(last) == _FAILURES and all(state == ModelCallState.FAILED for state, _age in last)
    if failed and last[0][1] < _REST:
        raise NotAsked(f"it failed {_FAILURES} times in a row and rests for {_REST // 60} minutes")


def end(call: int, state: ModelCallState, bill: Bill | None, *, answer: str = "", detail: str = "") -> None:
    """How a call ended, and what it cost; without a bill it stays at what was set aside."""
    sql = "UPDATE visits_modelcall SET state = %s, answer = %s, detail = %s"
    values: list[Any] = [state, answer, detail[:500]]
    if bill is not None:
        sql += ", tokens_in = %s, tokens_out = %s, cost = %s"
        values += [bill.tokens_in, bill.tokens_out, bill.cost]
    with _beside() as other, other.cursor() as cursor:
        cursor.execute(f"{sql} WHERE id = %s", [*values, call])


def spent_today() -> Decimal:
    """What today's calls cost or have set aside."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(sum(cost), 0) FROM visits_modelcall WHERE created_at >= {_TODAY}")  # noqa: S608
        return Decimal(cursor.fetchone()[0])
