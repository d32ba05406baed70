"""`manage.py export_visits [--format jsonl|csv] [--table T] [--package PATH] [guest=TM ...]`: what is published."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from visits import datapackage, exports, paging
from visits.filters import FILTERS, FilterError


class Command(BaseCommand):
    help = (
        "Write what is published to standard output: JSON Lines of records (with the meetings that stand alone, "
        "officials and tenures) in the order of their uids, or CSV of one table, which can be edited and loaded. "
        "Filters leave just visits (or what --table names). --package writes all of it as a Data Package."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")
        parser.add_argument("--table", choices=list(exports.TABLES), default="", help="visits, if filters are given")
        parser.add_argument("--package", metavar="PATH", help="a folder (made, or empty) or a .zip file to write")
        parser.add_argument("filters", nargs="*", metavar="NAME=VALUE", help="as in the address of /visits/: guest=TM")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["package"]:
            self._package(Path(options["package"]), options)
            return
        table, pairs = options["table"] or "visits", _pairs(options["filters"])
        if table == "tenures" and pairs:
            raise CommandError("Tenures have no filters.")
        if options["format"] == "csv":
            self._csv(table, pairs)
            return
        everything = not (pairs or options["table"])
        for queryset in datapackage.everything() if everything else [_filtered(table, pairs)]:
            for line in exports.lines_by_uid(queryset):
                self.stdout.write(line.decode(), ending="")

    def _csv(self, table: str, pairs: list[tuple[str, str]]) -> None:
        if table == "tenures":
            lines = exports.csv_text(exports.table_values(table, datapackage.tables()[table]))
        else:
            lines = exports.csv_lines(table, _filtered(table, pairs), paging.BY_ID)
        for text in lines:
            self.stdout.write(text, ending="")

    def _package(self, path: Path, options: dict[str, Any]) -> None:
        if options["filters"] or options["table"]:
            raise CommandError("A package holds everything that is published: leave filters and --table out.")
        try:
            datapackage.write(path)
        except FileExistsError as error:
            raise CommandError(f"{error.filename} is there already: name a new folder or file.") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error


def _pairs(filters: list[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in filters:
        name, equals, value = text.partition("=")
        if not equals:
            raise CommandError(f"{text}: write a filter as name=value, for example guest=TM.")
        pairs.append((name, value))
    return pairs


def _filtered(table: str, pairs: list[tuple[str, str]]) -> Any:
    if table == "tenures":
        return datapackage.tables()[table]
    try:
        return FILTERS[table].open(QueryDict(urlencode(pairs))).qs
    except FilterError as error:
        raise CommandError(str(error)) from error
