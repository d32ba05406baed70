"""`python -m tests.bench.contenders NAME FILE`: load a file in one way; prints seconds, CPU seconds, memory."""

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

_PAGES = 100  # clock ticks a second, of /proc


def main(name: str, path: Path) -> None:
    django.setup()
    from django.db import connection

    work = _work(name, path)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    server, client, began = _cpu_of(backend), time.process_time(), time.perf_counter()
    work()
    took, client, server = time.perf_counter() - began, time.process_time() - client, _cpu_of(backend) - server
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM visits_visit), (SELECT count(*) FROM visits_member WHERE official_id > 0), "
            "(SELECT count(*) FROM visits_topiclink), (SELECT count(*) FROM visits_visitevent)"
        )
        rows = cursor.fetchone()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": took, "client": client, "server": server, "megabytes": megabytes, "rows": rows}))


def _work(name: str, path: Path) -> Callable[[], object]:
    from tests.bench import import_export_way, sql_way
    from visits import loads, models

    if name in import_export_way.WAYS:
        datasets = import_export_way.tables(path)
        return lambda: import_export_way.load(name, datasets)
    if name == "tracker":
        return lambda: loads.load_paths([path], trust=True)
    from django.db import connection

    run = models.ImportRun.objects.create(name=path.name)
    header = path.open(encoding="utf-8").readline().strip().split(",")
    parameters = {
        "run": run.pk,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "columns": json.dumps({name: name for name in header}),
    }
    connection.ensure_connection()
    return lambda: sql_way.load(connection.connection, path, parameters, everything=name == "sql-everything")


def _cpu_of(process: int) -> float:
    """Seconds that a process of this machine has worked."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _PAGES


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
