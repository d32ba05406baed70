"""How good the article reader is on labelled texts: scores, misses, reliability of its confidences, speed, memory.

Speed is by the time of the processor, so that other work on the machine does not change it.
"""

import json
import resource
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from visits.imports.article import Document, choice
from visits.imports.article.inputs import UnreadableText
from visits.imports.article.measuring import figures, labels, reliability
from visits.imports.article.measuring.scoring import SHOWN, Mark, Verdict, marks
from visits.imports.article.predictions import flat_visit

_BAD = (Verdict.WRONG, Verdict.EXTRA, Verdict.MISSED)


@dataclass(frozen=True, slots=True)
class _Text:
    name: str
    language: str
    marks: list[Mark]
    claims: list[reliability.Claim]
    is_clean: bool | None  # of a text about no visit


class Command(BaseCommand):
    help = "Score the article reader on a folder of labelled texts (as export_gold writes them)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="JSON files with id, lang, text, published, publisher, gold")
        parser.add_argument("--json", action="store_true", help="the report as JSON")
        parser.add_argument("--reader", choices=choice.NAMES, help="another reader than the configured one")
        parser.add_argument("--no-misses", action="store_true", help="the figures alone")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reader = choice.named(options["reader"]) if options["reader"] else choice.configured()
            labelled = labels.read(options["folder"])
        except (choice.NotConfigured, UnreadableText) as error:
            raise CommandError(str(error), returncode=2) from error
        reader.extract(Document(labelled[0].document.text))  # word lists and models are loaded once, and not counted
        texts, seconds = [], 0.0
        for one in labelled:
            began = time.process_time()
            extraction = reader.extract(one.document)
            seconds += time.process_time() - began
            found = marks(one.gold, [flat_visit(visit) for visit in extraction.visits])
            said = reliability.claims(extraction.visits, found)
            texts.append(_Text(one.name, one.language or extraction.language, found, said, _is_clean(one.gold, found)))
        speed = {"seconds": round(seconds, 2), "texts_per_second": round(len(texts) / max(seconds, 0.001), 1)}
        report = {**_report(texts), "speed": speed | {"megabytes": _megabytes()}}
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._print(report, misses=not options["no_misses"])

    # in words

    def _print(self, report: dict[str, Any], *, misses: bool) -> None:
        if misses:
            for name, lines in report["misses"].items():
                self.stdout.write(self.style.MIGRATE_HEADING(name))
                for line in lines:
                    self.stdout.write(f"  {line}")
        for language, found in report["languages"].items():
            clean = "{clean} of {texts}".format(**found["no_visit"])
            title = f"\n{language}: {found['texts']} texts; kept clean of those about no visit: {clean}"
            self.stdout.write(self.style.MIGRATE_HEADING(title))
            self.stdout.write(
                f"{'field':30}{'precision':>10}{'recall':>8}{'F1':>7}{'right':>7}{'extra':>7}{'missing':>9}"
            )
            for name, one in found["fields"].items():
                shown = f"({name})" if name in SHOWN else name
                shares = f"{one['precision']:10.3f}{one['recall']:8.3f}{one['f1']:7.3f}"
                self.stdout.write(f"{shown:30}{shares}{one['right']:7}{one['extra']:7}{one['missing']:9}")
        self.stdout.write("(in brackets: shown, not in “all”)")
        self._table("\nconfidence", report["reliability"]["bins"], "confidence")
        self._table("\nrule", report["reliability"]["rules"], "rule")
        self.stdout.write(
            "\n{texts_per_second} texts a second of one core, {megabytes} MB at most".format(**report["speed"])
        )

    def _table(self, heading: str, rows: list[dict[str, Any]], key: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"{heading:49}{'said':>7}{'right':>7}{'share':>8}{'claimed':>9}"))
        for row in rows:
            self.stdout.write(
                f"{row[key]!s:48.48}{row['said']:7}{row['right']:7}{row['share']:8.2f}{row['claimed']:9.2f}"
            )


def _is_clean(gold: dict[str, Any], found: list[Mark]) -> bool | None:
    if gold.get("is_visit") or gold.get("ambiguous"):
        return None
    return not any(mark.field == "is_visit" for mark in found)


def _report(texts: list[_Text]) -> dict[str, Any]:
    languages = {"all": texts}
    for text in sorted(texts, key=lambda one: one.language):
        languages.setdefault(text.language, []).append(text)
    said = [claim for text in texts for claim in text.claims]
    bins = [{"confidence": tenth, **_share(one)} for tenth, one in reliability.by_confidence(said)]
    rules = [{"rule": rule, **_share(one)} for rule, one in reliability.by_rule(said)]
    bad = {text.name: [str(mark) for mark in text.marks if mark.verdict in _BAD] for text in texts}
    return {
        "languages": {language: _scores(some) for language, some in languages.items()},
        "reliability": {"bins": bins, "rules": rules},
        "misses": {name: lines for name, lines in bad.items() if lines},
    }


def _scores(texts: list[_Text]) -> dict[str, Any]:
    fields = figures.by_field(mark for text in texts for mark in text.marks)
    clean = [text.is_clean for text in texts if text.is_clean is not None]
    return {
        "texts": len(texts),
        "no_visit": {"texts": len(clean), "clean": sum(clean)},
        "fields": {name: one.as_dict() for name, one in fields.items()},
    }


def _share(one: reliability.Share) -> dict[str, Any]:
    return {"said": one.said, "right": one.right, "share": round(one.share, 3), "claimed": round(one.claimed, 3)}


def _megabytes() -> int:
    """The most memory that this process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
