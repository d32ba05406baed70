"""Read an article and say which visits it tells of. Writes no records; the rules need no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from visits import dates
from visits.imports.article import Extraction
from visits.imports.article.choice import configured
from visits.imports.article.inputs import UnreadableText, documents
from visits.imports.article.predictions import code_of, flat_visit
from visits.record import Citation, VisitData


class Command(BaseCommand):
    help = "Read articles (a .txt or .json file, or a folder of them) and show the visits that they tell of."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a .txt file, a .json file with “text”, or a folder of them")
        parser.add_argument("--json", action="store_true", help="one line of JSON for each text")

    def handle(self, *args: Any, **options: Any) -> None:
        extractor = configured()
        try:
            for name, document in documents(options["path"]):
                extraction = extractor.extract(document)
                if options["json"]:
                    line = {"id": name, "visits": [flat_visit(visit) for visit in extraction.visits]}
                    self.stdout.write(json.dumps(line, ensure_ascii=False))
                else:
                    self._report(name, extraction)
        except UnreadableText as error:
            raise CommandError(str(error), returncode=2) from error

    def _report(self, name: str, extraction: Extraction) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"{name} ({extraction.language})"))
        for note in extraction.notes:
            self.stdout.write(f"  {note}")
        for number, visit in enumerate(extraction.visits, 1):
            self._visit(number, visit)

    def _visit(self, number: int, visit: VisitData) -> None:
        days = dates.display_range(visit.start, visit.end) or "no date"
        title = f"  {number}. {code_of(visit.guest)} to {code_of(visit.host)}, {days}, {visit.kind}, {visit.status}"
        self.stdout.write(self.style.SUCCESS(title))
        for citation in visit.citations:
            self.stdout.write(f"     {self._evidence(citation)}")

    def _evidence(self, citation: Citation) -> str:
        where = f"{citation.target or '/'} {citation.field}".strip()
        party = f", according to {citation.attributed_to}" if citation.attributed_to else ""
        quote = " ".join(citation.exact.split())
        return f"{where}: “{quote}” [{citation.start}-{citation.end}, {citation.rule}, {citation.confidence}{party}]"
