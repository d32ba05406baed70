"""`manage.py undo_import RUN`: take a load back."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from visits.models import ImportRun
from visits.review import undo

REFUSED = 2
STAYS = 1
_SHOWN = 10


class Command(BaseCommand):
    help = (
        "Take back what a load created and changed; what people or later loads rely on stays and is named. "
        "Exit 1: something stays; 2: it cannot be taken back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, take nothing back")
        parser.add_argument("--reason", default="", help="why, for the history")
        parser.add_argument("--json", action="store_true", help="print the report alone, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        run = ImportRun.objects.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no load {options['run']}.", returncode=REFUSED)
        try:
            report = undo.rehearse(run) if options["dry_run"] else undo.report(undo.undo(run, reason=options["reason"]))
        except undo.UndoRefused as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        if options["json"]:
            self.stdout.write(json.dumps({"run": run.pk, "dry_run": options["dry_run"], **report}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_in_words(run, report, options["dry_run"])))
        if report["counts"]["stays"]:
            sys.exit(STAYS)


def _in_words(run: ImportRun, report: dict[str, Any], dry_run: bool) -> Iterator[str]:
    """The counts, and the first of each."""
    counts = report["counts"]
    goes = ", ".join(f"{number:,} {kind}" for kind, number in counts["goes"].items()) or "nothing"
    back, stays = (f"{counts[name]:,}" for name in ("goes_back", "stays"))
    if dry_run:
        yield f"Dry run: load {run.pk} is not taken back."
        yield f"Would be deleted: {goes}. Would be put back: {back} fields. Stays: {stays}."
    else:
        yield f"Load {run.pk} is taken back."
        yield f"Deleted: {goes}. Put back: {back} fields. Stays: {stays}."
    for kind, rows in report["goes"].items():
        yield from _first((f"{kind} {pk}: {title}" for pk, title in rows), "-", counts["goes"][kind])
    changes = (
        f"{one['type']} {one['id']}, {one['part'] + ' ' if one['part'] else ''}{one['field']}: "
        f"{one['after'] or '(empty)'} -> {one['before'] or '(empty)'}"
        for one in report["goes_back"]
    )
    yield from _first(changes, "<", counts["goes_back"])
    named = (f"{one['type']} {one['id']} stays ({one['title']}): {one['why']}" for one in report["stays"])
    yield from _first(named, "=", counts["stays"])


def _first(lines: Iterator[str], sign: str, number: int) -> Iterator[str]:
    for _place, line in zip(range(_SHOWN), lines, strict=False):
        yield f"  {sign} {line}"
    if number > _SHOWN:
        yield f"  {sign} … {number - _SHOWN:,} more"
