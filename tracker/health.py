"""`/healthz`: 200 when database and queue answer, else 503 with the one that does not."""

from collections.abc import Callable

from celery import current_app
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

_QUEUE_SECONDS = 2


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _queue() -> None:
    with current_app.connection_for_write(connect_timeout=_QUEUE_SECONDS) as queue:
        queue.ensure_connection(max_retries=0, timeout=_QUEUE_SECONDS)


def _state(check: Callable[[], None]) -> str:
    try:
        check()
    except (DatabaseError, OperationalError, OSError):
        return "no answer"
    return "ok"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    parts = {"database": _state(_database), "queue": _state(_queue)}
    return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)
