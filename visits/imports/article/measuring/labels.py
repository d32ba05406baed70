"""Labelled texts on disk: the reader sees the document, the scorer the label."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from visits.imports.article.document import Document
from visits.imports.article.inputs import UnreadableText, document_at


@dataclass(frozen=True, slots=True)
class Labelled:
    name: str
    language: str
    document: Document
    gold: dict[str, Any]


def read(folder: Path) -> list[Labelled]:
    """The labelled texts of a folder in the order of their names; UnreadableText where one is none."""
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files:
        raise UnreadableText(f"{folder} is no folder with .json files")
    return [_labelled(file) for file in files]


def _labelled(file: Path) -> Labelled:
    name, document = document_at(file)
    data = json.loads(file.read_text(encoding="utf-8-sig"))
    gold = data.get("gold")
    visits = gold.get("visits") if isinstance(gold, dict) else None
    if not isinstance(gold, dict) or not isinstance(visits, list) or not all(isinstance(one, dict) for one in visits):
        raise UnreadableText(f'{file} has no "gold" with a list of "visits"')
    return Labelled(name, str(data.get("lang") or ""), document, gold)
