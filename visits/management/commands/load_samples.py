"""`manage.py load_samples`: a few records from public knowledge, to look at before there is anything else."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from visits import loads
from visits.enums import RunStatus
from visits.models import ImportRun

SAMPLES = Path(__file__).parents[2] / "data" / "samples.jsonl"
_GONE = (RunStatus.UNDONE, RunStatus.FAILED, RunStatus.CANCELLED)


class Command(BaseCommand):
    help = "Load the sample records, published and marked as samples. Does nothing when they are there already."

    def handle(self, *args: Any, **options: Any) -> None:
        before = ImportRun.objects.filter(sample=True).exclude(status__in=_GONE).first()
        if before:
            self._say(f"The sample records are there already: load {before.pk}. Nothing was done.", options)
            return
        run = loads.load_paths([SAMPLES], trust=True, sample=True)
        run.name = SAMPLES.name  # not where it lies on this machine
        run.save(update_fields=["name"])
        self._say(
            f"Load {run.pk}: {run.created} sample records, {run.unchanged} unchanged, {run.changed} changed. "
            f"`manage.py undo_import {run.pk}` takes them back.",
            options,
        )

    def _say(self, text: str, options: dict[str, Any]) -> None:
        if options["verbosity"]:
            self.stdout.write(text)
