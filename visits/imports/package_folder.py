"""Folders that are Data Packages (https://datapackage.org): the one file of theirs that holds all records.

A package holds its records once as JSON Lines and again as tables for people; loading reads them once.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DESCRIPTOR = "datapackage.json"
RECORDS = "records"  # the resource that holds them
_MAX_DESCRIPTOR = 2**20


@dataclass(frozen=True, slots=True)
class RecordsFile:
    """The name of the file in its folder, and its sha256 as the package says it (or empty)."""

    name: str
    sha256: str


def records_file(folder: Path) -> RecordsFile | None:
    """The file of records that the folder's descriptor names; None where it has no descriptor, or names none."""
    path = folder / DESCRIPTOR
    if path.is_symlink() or not path.is_file():
        return None
    try:
        with path.open("rb") as stream:
            data = json.loads(stream.read(_MAX_DESCRIPTOR))
    except (OSError, ValueError, RecursionError):
        return None
    for resource in _resources(data):
        if resource.get("name") == RECORDS and isinstance(resource.get("path"), str):
            kind, _, digest = str(resource.get("hash", "")).partition(":")
            return RecordsFile(resource["path"], digest if kind == "sha256" else "")
    return None


def _resources(data: Any) -> list[dict[str, Any]]:
    found = data.get("resources") if isinstance(data, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
