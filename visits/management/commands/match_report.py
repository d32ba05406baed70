"""`manage.py match_report GOLD.csv...`: how far the officials that loads found agree with labels made by hand."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from visits import agreement

_SHOWN = 40


class Command(BaseCommand):
    help = "Precision, recall and F1 over pairs of mentions, wrong merges and wrong splits; writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "gold", type=Path, nargs="+", help="CSV with external_id, position (from 1, may be absent), person_id"
        )
        parser.add_argument("--json", action="store_true", help="print the report as one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = agreement.compare(agreement.read_labels(*options["gold"]))
        except agreement.UnreadableLabels as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(result.as_dict(), ensure_ascii=False))
            return
        self.stdout.write(
            f"{result.mentions:,} labelled mentions, {len(result.missing):,} of them not in the tracker, "
            f"{result.unresolved:,} as printed, without an official\n"
            f"pairs: {result.labelled:,} labelled, {result.found:,} found, {result.both:,} both\n"
            f"precision {result.precision:.4f}  recall {result.recall:.4f}  F1 {result.f1:.4f}"
        )
        self._list("wrong merges", "official", result.merges)
        self._list("wrong splits", "person", result.splits)

    def _list(self, title: str, what: str, groups: list[tuple[str, list[str]]]) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"{len(groups)} {title}"))
        for one, texts in groups[:_SHOWN]:
            self.stdout.write(f"  {what} {one}: {' | '.join(texts)}")
        if len(groups) > _SHOWN:
            self.stdout.write(f"  and {len(groups) - _SHOWN} more (all with --json)")
