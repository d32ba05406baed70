from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"

    def ready(self) -> None:
        """Have tasks go to our queue from every process: web, worker, commands."""
        import tracker.celery  # noqa: F401
