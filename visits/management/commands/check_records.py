"""`manage.py check_records`: what is odd about the records, brought up to date; open doubts by code."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from visits import checks


class Command(BaseCommand):
    help = "Do all checks anew: new doubts come, mended ones go, settled ones stay settled."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print {code: open doubts} as one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = checks.recompute()
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        for code, count in counts.items():
            self.stdout.write(f"{count:7,}  {checks.words_for(code)} ({code})")
