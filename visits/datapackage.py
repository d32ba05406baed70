"""Everything that is published as a Data Package (https://datapackage.org, version 2): files and what is in them.

`records.jsonl` holds all of it and can be loaded into another tracker; the tables hold what a table can. Nothing in it
says when or where it was written: the same records are the same bytes.
"""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices

from . import enums, exports
from .imports.package_folder import DESCRIPTOR, RECORDS
from .imports.tables import TABLES, Column
from .models import Citation, ExternalId, Meeting, MeetingVisit, Official, OfficialName, Source, Tenure, Visit

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_CC0 = {"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}
_CC_BY = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
LICENCES = {"hsg-visits": _CC0, "hsg-travels": _CC0, "unfccc": _CC_BY}  # data set -> the licence it comes with
_VOCABULARIES: dict[tuple[str, str], type[TextChoices]] = {
    ("visits", "kind"): enums.VisitKind,
    ("visits", "status"): enums.Status,
    ("meetings", "status"): enums.Status,
    ("meetings", "format"): enums.MeetingFormat,
    ("tenures", "rank"): enums.Rank,
}
_FORMATS = {"uid": "uuid", "source_url": "uri"}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def everything() -> list[QuerySet[Any]]:
    """What records of visits do not say about the people in them, all visits, and the meetings that stand alone."""
    people = Official.objects.public()
    said = (
        Exists(OfficialName.objects.filter(official=OuterRef("pk")))
        | Exists(Citation.objects.filter(official=OuterRef("pk")))
        | Exists(ExternalId.objects.filter(official=OuterRef("pk")))
    )
    named = people.filter(said | ~Q(wikidata=""))
    inside = MeetingVisit.objects.filter(meeting=OuterRef("pk"), visit__state=enums.State.PUBLISHED)
    alone = Meeting.objects.published().exclude(Exists(inside))
    return [named, tables()["tenures"], Visit.objects.published(), alone]


def tables() -> dict[str, QuerySet[Any]]:
    """What stands in each table."""
    people = Official.objects.public()
    return {
        "officials": people,
        "tenures": Tenure.objects.filter(official__in=people.values("pk")),
        "visits": Visit.objects.published(),
        "meetings": Meeting.objects.published(),
    }


def write(path: Path) -> None:
    """Write the package: a folder, or a file where the name ends with .zip. FileExistsError when something is there."""
    if path.exists() and (path.suffix == ".zip" or not path.is_dir() or any(path.iterdir())):
        raise FileExistsError(17, "it is there already", str(path))
    if path.suffix != ".zip":
        path.mkdir(parents=True, exist_ok=True)
        _fill(path)
        return
    with TemporaryDirectory() as folder:
        _fill(Path(folder))
        _zip(Path(folder), path)


def _fill(folder: Path) -> None:
    lines = (line for queryset in everything() for line in exports.lines_by_uid(queryset))
    resources = [_records_resource(folder, lines)]
    for name, queryset in tables().items():
        lines = (text.encode() for text in exports.csv_text(exports.table_values(name, queryset)))
        resources.append(_table_resource(folder, name, lines))
    text = json.dumps(_descriptor(resources), indent=2, ensure_ascii=False)
    (folder / DESCRIPTOR).write_text(text + "\n", "utf-8", newline="\n")


def _descriptor(resources: list[dict[str, Any]]) -> dict[str, Any]:
    sources = _sources()
    licences = {one["name"]: one for source in sources for one in source.get("licenses", [])}
    return {
        "$schema": PROFILE,
        "name": "diplomatic-visits",
        "title": "Diplomatic visits and meetings",
        "description": (
            "Visits, meetings, officials and tenures, each fact with the source it comes from. `records` holds all of "
            "it; the tables hold what fits into a table. Dates are EDTF (ISO 8601-2), as precise as their source. "
            "What comes from a data set keeps the licence of that data set."
        ),
        **({"licenses": list(licences.values())} if licences else {}),
        **({"sources": sources} if sources else {}),
        "resources": resources,
    }


def _sources() -> list[dict[str, Any]]:
    """The data sets that published records come from."""
    datasets = Source.objects.public().filter(kind=enums.SourceKind.DATASET).order_by("slug")
    found = []
    for slug, title, url in datasets.values_list("slug", "title", "url"):
        source: dict[str, Any] = {"title": title or slug}
        if url:
            source["path"] = url
        if licence := LICENCES.get(slug or ""):
            source["licenses"] = [licence]
        found.append(source)
    return found


def _records_resource(folder: Path, lines: Iterable[bytes]) -> dict[str, Any]:
    return {
        "name": RECORDS,
        "title": "All records",
        "description": "One record a line: visits with their meetings, meetings alone, officials, tenures; JSON Lines.",
        **_file(folder / f"{RECORDS}.jsonl", lines, "jsonl", "application/jsonl"),
    }


def _table_resource(folder: Path, name: str, lines: Iterable[bytes]) -> dict[str, Any]:
    file = _file(folder / f"{name}.csv", lines, "csv", "text/csv", header=1)
    fields = [_field(name, column) for column in TABLES[name].columns]
    schema = {"fields": fields, "primaryKey": ["uid"], "missingValues": [""]}
    return {"name": name, "type": "table", "title": TABLES[name].label, **file, "schema": schema}


def _field(table: str, column: Column) -> dict[str, Any]:
    """The column for Table Schema; several entries in a cell are text."""
    field: dict[str, Any] = {"name": column.name, "type": "string", "description": column.holds}
    if column.name == "trip_position":
        field["type"] = "integer"
    if form := _FORMATS.get(column.name):
        field["format"] = form
    constraints: dict[str, Any] = {"required": True, "unique": True} if column.name == "uid" else {}
    if words := _VOCABULARIES.get((table, column.name)):
        constraints["enum"] = list(words.values)
    return {**field, "constraints": constraints} if constraints else field


def _file(path: Path, lines: Iterable[bytes], form: str, media: str, header: int = 0) -> dict[str, Any]:
    """Write a file; what a resource says of it."""
    digest, size, count = hashlib.sha256(), 0, 0
    with path.open("wb") as stream:
        for line in lines:
            stream.write(line)
            digest.update(line)
            size += len(line)
            count += 1
    return {
        "path": path.name,
        "format": form,
        "mediatype": media,
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest.hexdigest()}",
        "rows": count - header,
    }


def _zip(folder: Path, target: Path) -> None:
    """The files of a folder in one archive, which says of no file when it was made."""
    with target.open("xb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _in_order(folder):
            entry = zipfile.ZipInfo(path.name, _LONG_AGO)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as place:
                shutil.copyfileobj(source, place)


def _in_order(folder: Path) -> Iterator[Path]:
    """The descriptor first."""
    yield folder / DESCRIPTOR
    yield from sorted(path for path in folder.iterdir() if path.name != DESCRIPTOR)
