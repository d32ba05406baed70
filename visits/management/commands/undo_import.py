"""`manage.py undo_import RUN`: take a load back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from visits.models import ImportRun
from visits.review import undo


class Command(BaseCommand):
    help = "Take back what a load created and changed; what people or later loads rely on stays and is named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        run = ImportRun.objects.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no load {options['run']}.")
        try:
            judgement = undo.undo(run)
        except undo.UndoRefused as error:
            raise CommandError(str(error)) from error
        detail = judgement.detail
        gone = ", ".join(f"{count} {kind}" for kind, count in detail["deleted"].items()) or "nothing"
        self.stdout.write(f"Load {run.pk} is taken back. Deleted: {gone}. Put back: {detail['put_back']} fields.")
        for one in detail["stays"]:
            self.stdout.write(f"  {one['type']} {one['id']} stays: {one['why']}")
