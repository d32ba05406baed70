"""How long a process of the tracker takes until it can work, and its smallest answers."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench import Figure
from tracker.state import CHECKOUT

_SETUP = "import django; django.setup()"
_URLS = f"{_SETUP}; from django.urls import get_resolver; get_resolver().url_patterns"


def measure() -> Iterator[Figure]:
    bare = _seconds("import django")
    yield Figure("import settings, models and tasks", f"{_seconds(_SETUP):.2f} s", f"import django alone {bare:.2f} s")
    yield Figure("the same, and all views", f"{_seconds(_URLS):.2f} s")
    for page in ("/", "/visits/"):
        yield _answer(page)


def _seconds(code: str, times: int = 5) -> float:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tracker.settings"}
    return min(_once(code, environment) for _ in range(times))


def _once(code: str, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, env=environment, check=True)
    return time.perf_counter() - began


def _answer(page: str, times: int = 100) -> Figure:
    """Middle and 95th percentile of `page`, in process, with the database's connection open."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
    import django

    django.setup()
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    assert client.get(page).status_code == 200
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        client.get(page)
        taken.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(taken, n=20)
    return Figure(f"GET {page}", f"{statistics.median(taken):.1f} ms", f"p95 {cuts[-1]:.1f} ms")
