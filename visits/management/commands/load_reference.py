"""`manage.py load_reference`: countries, topics, dialogues and the like, from the files that come with the tracker."""

from typing import Any

from django.core.management.base import BaseCommand

from visits import offices, reference


class Command(BaseCommand):
    help = "Load or bring up to date the reference data. What editors changed stays."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = reference.load()
        counts["posts"] = offices.tell_single()
        changed = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
        self.stdout.write(f"Reference data: {changed}" if changed else "Reference data: up to date")
