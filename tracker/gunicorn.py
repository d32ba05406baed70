"""The web server's settings: `gunicorn -c python:tracker.gunicorn tracker.wsgi`.

Threads, so that a streamed export does not hold up the pages.
"""

import gc
import os
import threading
from typing import Any

bind = f"{os.environ.get('TRACKER_BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 10
keepalive = 5
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """What is loaded now stays for ever: keep the collector from walking through it in the middle of requests."""
    threading.Thread(target=_warm, daemon=True).start()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _warm() -> None:
    from django.conf import settings
    from django.utils.module_loading import import_string

    for path in settings.WARM:
        import_string(path)()
