"""The same visits by django-import-export: one resource for each table, lookups by foreign key widgets.

`plain` has the library's defaults, `bulk` its `use_bulk` without differences, `cached` also its cached lookups. They
write visits, delegations, heads and topics; the uids of the rows and of whom they name are worked out before the
clock starts.
"""

import csv
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tablib
from import_export.fields import Field
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource
from import_export.widgets import CachedForeignKeyWidget, ForeignKeyWidget, Widget

from visits import models
from visits.identity import official_uid, post_uid
from visits.record import OfficialRef, PostRef, uid_for

WAYS = ("plain", "bulk", "cached")


class Uid(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return uuid.UUID(value)


def tables(path: Path) -> dict[str, tablib.Dataset]:
    """The rows of each table, from the file."""
    columns = {
        "visit": ["uid", "guest_country", "host_country", "start", "end", "kind", "summary", "state"],
        "delegation": ["uid", "visit", "sender_country"],
        "member": ["delegation", "official", "post", "as_printed", "name_as_printed", "post_as_printed", "head"],
        "topiclink": ["visit", "topic", "as_printed", "position"],
    }
    found = {name: tablib.Dataset(headers=headers) for name, headers in columns.items()}
    for name, values in _rows(path):
        found[name].append(values)
    return found


def _rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    with path.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            visit = str(uid_for("visit", row["external_id"]))
            delegation = str(uid_for(visit, "delegation"))
            official = str(official_uid(OfficialRef(name=row["head"], country=row["guest"])))
            post = str(post_uid(PostRef(title=row["head_post"], country=row["guest"])))
            dated = [row["start"], row["end"], row["kind"], row["summary"]]
            yield "visit", [visit, row["guest"], row["host"], *dated, "published"]
            yield "delegation", [delegation, visit, row["guest"]]
            printed = [f"{row['head']}, {row['head_post']}", row["head"], row["head_post"]]
            yield "member", [delegation, official, post, *printed, "1"]
            for number, topic in enumerate(row["topics"].split("; ")):
                yield "topiclink", [visit, topic, topic, str(number)]


def resources(way: str) -> dict[str, type[ModelResource]]:
    return {
        "visit": _resource(way, models.Visit, ("uid",), guest_country="code", host_country="code"),
        "delegation": _resource(way, models.Delegation, ("uid",), visit="uid", sender_country="code"),
        "member": _resource(way, models.Member, ("delegation", "head"), delegation="uid", official="uid", post="uid"),
        "topiclink": _resource(way, models.TopicLink, ("visit", "topic"), visit="uid", topic="slug"),
    }


def _resource(way: str, model: Any, known_by: tuple[str, ...], **lookups: str) -> type[ModelResource]:
    widget = CachedForeignKeyWidget if way == "cached" else ForeignKeyWidget
    options: dict[str, Any] = {"model": model, "import_id_fields": known_by}
    if way != "plain":
        options |= {"use_bulk": True, "batch_size": 1000, "skip_diff": True}
    if way == "cached":  # it caches rows that are known by one column; others are taken for new
        options |= {"instance_loader_class": CachedInstanceLoader} if len(known_by) == 1 else {}
        options |= {"force_init_instance": len(known_by) > 1}
    fields: dict[str, Any] = {
        name: Field(attribute=name, column_name=name, widget=widget(model._meta.get_field(name).related_model, key))
        for name, key in lookups.items()
    }
    if "uid" in known_by:
        fields["uid"] = Field(attribute="uid", column_name="uid", widget=Uid())
    return type(f"{way}{model.__name__}", (ModelResource,), {**fields, "Meta": type("Meta", (), options)})


def load(way: str, datasets: dict[str, tablib.Dataset]) -> None:
    for name, resource in resources(way).items():
        resource().import_data(datasets[name], raise_errors=True, use_transactions=True)
