"""`manage.py import_visits PATH...`: load files and folders."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from visits import loads, mending, unattended
from visits.enums import DateOrder
from visits.imports.reading import UnreadableInput
from visits.imports.registry import READERS
from visits.imports.tables import TABLES
from visits.models import ImportRun

UNREADABLE = 2
REJECTED = 1
_LOST = "The database ended the connection. Load the same again: what came so far stays, and the rest comes."


class Command(BaseCommand):
    help = (
        "Load visits and other records from files and folders, articles also by their address. "
        "Exit 1: rows were rejected; 2: nothing could be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, or http(s) address of an article")
        parser.add_argument("--format", default="", choices=["", *READERS], metavar="F", help=", ".join(READERS))
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, write no record")
        parser.add_argument("--trust", action="store_true", help="accept and publish without an editor")
        parser.add_argument(
            "--date-order",
            default="",
            choices=["", *DateOrder.values],
            metavar="O",
            help="how 1/2/2024 is read: dmy or mdy",
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            type=_column,
            metavar="HEADING=COLUMN",
            help="read the column with this heading as COLUMN; HEADING= leaves it out; may be repeated",
        )
        parser.add_argument(
            "--rejected", type=Path, metavar="FILE", help="write the rejected rows with their problems there, to mend"
        )
        parser.add_argument("--json", action="store_true", help="print the report alone, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        shows_bar = not options["json"] and sys.stderr.isatty()
        with tqdm(unit=" records", disable=not shows_bar) as bar:
            try:
                run = loads.load_paths(
                    options["paths"],
                    format=options["format"],
                    dry_run=options["dry_run"],
                    trust=options["trust"],
                    columns=dict(options["column"]),
                    date_order=options["date_order"],
                    progress=lambda run: _show(bar, run),
                )
            except UnreadableInput as error:
                self._refuse(error, options["json"])
            except unattended.LOST as error:
                raise CommandError(f"{_LOST} {error}") from error
        report = loads.report(run)
        self.stdout.write(json.dumps(report, ensure_ascii=False) if options["json"] else _in_words(run, report))
        if options["rejected"]:
            self._write_rejected(run, options["rejected"])
        if report["rejected"]:
            sys.exit(REJECTED)

    def _write_rejected(self, run: ImportRun, path: Path) -> None:
        if (file := mending.rejected(run)) is None:
            return
        try:
            with path.open("wb") as target:
                target.writelines(file.content)
        except OSError as error:
            raise CommandError(f"The rejected rows cannot be written to {path}: {error.strerror}.") from error
        if path.suffix != Path(file.name).suffix:
            self.stderr.write(f"{path} holds what is called {file.name}: load it under such a name.")

    def _refuse(self, error: UnreadableInput, as_json: bool) -> None:
        problems = [problem.as_dict() for problem in error.as_problems()]
        if as_json:
            counts = dict.fromkeys(("read", "created", "changed", "unchanged", "duplicates", "review", "rejected"), 0)
            self.stdout.write(json.dumps({"run": None, **counts, "skipped_files": [], "errors": problems}))
        else:
            lines = [f"{one['file']}: {one['detail']}" for one in problems]
            self.stderr.write("\n".join(["Nothing was loaded. " + lines[0], *lines[1:]]))
        sys.exit(UNREADABLE)


def _show(bar: tqdm, run: ImportRun) -> None:
    """How far it is; a dry run that gave way to an editor goes back."""
    bar.total = run.total
    bar.n = run.read
    bar.refresh()


def _column(text: str) -> tuple[str, str]:
    """(heading, column) of an option; a heading may hold the sign itself."""
    heading, sign, column = text.rpartition("=")
    known = {name for table in TABLES.values() for name in table.by_name}
    if not sign or not heading.strip() or (column and column.strip() not in known):
        raise ArgumentTypeError(f"“{text}”: write HEADING=COLUMN with one of {', '.join(sorted(known))}.")
    return heading, column.strip()


def _in_words(run: ImportRun, report: dict[str, Any]) -> str:
    """The report for a person: the counts, what waits, and each problem on its line."""
    lines = [f"Dry run of {run.name}: nothing was written." if run.dry_run else f"Load {run.pk} of {run.name}"]
    lines += [f"  {name:<11}{report[name]:>8,}" for name in run.counts]
    lines += [f"  skipped: {name}" for name in report["skipped_files"]]
    lines += [
        f"  {error['file']}, row {error['row']}, {error['field'] or 'the row'}: {error['detail']} ({error['value']})"
        for error in report["errors"]
    ]
    if report["review"]:
        lines.append("What needs review waits in the admin under Candidates.")
    return "\n".join(lines)
