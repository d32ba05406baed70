"""Settled stories as labelled texts, so that an installation can measure its reader on its own stories."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from visits.imports.article.measuring import settled


class Command(BaseCommand):
    help = "Write the stories that editors settled into a folder, one JSON file each, for extraction_report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a new or empty folder")
        parser.add_argument(
            "--all-texts",
            action="store_true",
            help="also texts that are not free to show: to measure with here, not to be passed on",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["path"]
        chosen = settled.sources()
        left_out = 0 if options["all_texts"] else settled.count(free=False)
        if not options["all_texts"]:
            chosen = chosen.filter(free_to_show=True)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise CommandError(f"{folder} is not empty: name a new folder", returncode=2)
            written = 0
            for story in settled.stories(chosen):
                text = json.dumps(story, ensure_ascii=False, indent=1)
                (folder / f"{story['id']}.json").write_text(text + "\n", encoding="utf-8")
                written += 1
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}", returncode=2) from error
        self.stdout.write(f"{written} settled stories written to {folder}")
        if left_out:
            self.stdout.write(f"{left_out} left out, whose texts are not free to show (--all-texts takes them too)")
