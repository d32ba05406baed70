"""The Celery application: `celery -A tracker worker`."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_init.connect
def restore_unacknowledged(**_: object) -> None:
    """Give back what a killed worker had taken; otherwise it would wait for the visibility timeout (an hour).

    Only where TRACKER_ONLY_WORKER says that no other worker may be at it right now.
    """
    if not os.environ.get("TRACKER_ONLY_WORKER"):
        return
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        if not hasattr(channel, "unacked_index_key"):
            return
        for tag in channel.client.zrange(channel.unacked_index_key, 0, -1):
            channel.qos.restore_by_tag(tag, client=channel.client)


@signals.worker_ready.connect
def resume_loads(**_: object) -> None:
    """Take up what is nobody's at once, instead of with the next tick of beat."""
    app.send_task("visits.tasks.resume_loads")
