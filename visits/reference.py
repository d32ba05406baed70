"""Reference data: from the files in `visits/data/reference` to the tables.

Loading again changes nothing; what an editor changed (locked fields) stays. A new entry is a line in a file.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import models, transaction

from . import enums, merged, names, scripts
from .models import (
    City,
    CityName,
    Country,
    CountryName,
    Dialogue,
    DialogueName,
    Organization,
    OrganizationName,
    Region,
    Topic,
    TopicName,
)
from .record import uid_for

FOLDER = Path(__file__).parent / "data" / "reference"
Item = dict[str, Any]


def read(name: str) -> list[Item]:
    """The items of one reference file."""
    items: list[Item] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["items"]
    return items


@transaction.atomic
def load() -> dict[str, int]:
    """Bring the tables up to the files; how many rows of each kind were added or changed."""
    counts = {"regions": _regions(), "countries": _countries(), "organizations": _organizations()}
    return counts | {"cities": _cities(), "topics": _topics(), "dialogues": _dialogues()}


def _bring_up(model: type[models.Model], key: str, wanted: Iterable[Item]) -> int:
    """Add rows that are absent by `key`, change what differs and is not locked; the number of both."""
    present = {getattr(row, key): row for row in model._default_manager.all()}
    gone = _merged(model) if key == "slug" else {}
    added, changed, fields = [], [], set[str]()
    for values in wanted:
        row = present.get(values[key])
        if row is None and values[key] in gone:
            continue
        if row is None:
            added.append(model(**values))
            continue
        locked = getattr(row, "locked_fields", [])
        differing = [
            name
            for name, value in values.items()
            if name not in locked and getattr(row, name) != value and name != "uid"
        ]
        for name in differing:
            setattr(row, name, values[name])
        if differing:
            changed.append(row)
            fields.update(differing)
    model._default_manager.bulk_create(added)
    if changed:
        model._default_manager.bulk_update(changed, sorted(fields))
    return len(added) + len(changed)


def _add_names(model: type[models.Model], owner: str, wanted: Iterable[tuple[Any, Item]], locked: set[Any]) -> int:
    """Add names that are absent; owners whose `other_names` somebody edited are left alone."""
    present = set(model._default_manager.values_list(owner, "text", "language", "start"))
    added = []
    for owner_key, name in wanted:
        text = names.clean(name["text"])
        start = name.get("from") or ""
        if owner_key in locked or (owner_key, text, name.get("language") or "", start) in present:
            continue
        present.add((owner_key, text, name.get("language") or "", start))
        added.append(
            model(
                **{f"{owner}_id": owner_key},
                text=text,
                key=names.search_key(text),
                kind=name.get("kind") or enums.NameKind.SYNONYM,
                language=name.get("language") or "",
                script=scripts.script_of(text),
                start=start,
                end=name.get("to") or "",
            )
        )
    model._default_manager.bulk_create(added)
    return len(added)


def _merged(model: type[models.Model]) -> dict[str, int]:
    """slug -> id of what stands for it, of records that somebody merged away: they do not come again."""
    return merged.by_slug(model) if model in {Organization, Topic} else {}


def _by_slug(model: type[models.Model]) -> dict[str, int]:
    return _merged(model) | dict(model._default_manager.filter(slug__isnull=False).values_list("slug", "pk"))


def _locked_names(model: type[models.Model]) -> set[Any]:
    return set(model._default_manager.filter(locked_fields__contains=["other_names"]).values_list("pk", flat=True))


def _regions() -> int:
    wanted = ({"code": item["code"], "name": item["name"], "parent_id": item["parent"]} for item in read("regions"))
    return _bring_up(Region, "code", wanted)


def _countries() -> int:
    items = read("countries")
    wanted = (
        {
            "code": item["code"],
            "alpha3": item["alpha3"] or "",
            "name": item["name"],
            "official_name": item["official_name"] or "",
            "kind": item["kind"],
            "valid_from": item["valid_from"] or "",
            "valid_to": item["valid_to"] or "",
            "region_id": item["region"],
            "demonyms": item["demonyms"],
        }
        for item in items
    )
    count = _bring_up(Country, "code", wanted)
    through = Country.successors.through
    present = set(through.objects.values_list("from_country_id", "to_country_id"))
    links = [
        through(from_country_id=item["code"], to_country_id=code)
        for item in items
        for code in item["successors"]
        if (item["code"], code) not in present
    ]
    through.objects.bulk_create(links)
    listed = ((item["code"], name) for item in items for name in item["names"])
    return count + len(links) + _add_names(CountryName, "country", listed, _locked_names(Country))


def _organizations() -> int:
    items = read("organizations")
    wanted = (
        {
            "uid": uid_for("organization", item["slug"]),
            "slug": item["slug"],
            "name": item["name"],
            "key": names.search_key(item["name"]),
            "short_name": item.get("short_name") or "",
            "kind": item["kind"],
            "country_id": item.get("country"),
            "is_reference": True,
        }
        for item in items
    )
    count = _bring_up(Organization, "slug", wanted)
    ids = _by_slug(Organization)
    listed = ((ids[item["slug"]], name) for item in items for name in item["names"])
    return count + _add_names(OrganizationName, "organization", listed, _locked_names(Organization))


def _cities() -> int:
    items = read("cities")
    wanted = [
        {
            "uid": uid_for("city", item["country"], names.search_key(item["name"])),
            "name": item["name"],
            "key": names.search_key(item["name"]),
            "country_id": item["country"],
            "capital": item["capital"],
            "latitude": item["lat"],
            "longitude": item["lon"],
            "is_reference": True,
        }
        for item in items
    ]
    count = _bring_up(City, "uid", wanted)
    ids = dict(City.objects.values_list("uid", "pk"))
    listed = (
        (ids[row["uid"]], name) for row, item in zip(wanted, items, strict=True) for name in item.get("names", [])
    )
    return count + _add_names(CityName, "city", listed, _locked_names(City))


def _topics() -> int:
    items = read("topics")
    wanted = ({"uid": uid_for("topic", i["slug"]), "slug": i["slug"], "name": i["name"]} for i in items)
    count = _bring_up(Topic, "slug", wanted)
    ids = _by_slug(Topic)
    parents = ({"slug": item["slug"], "parent_id": ids.get(item["parent"])} for item in items)
    count += _bring_up(Topic, "slug", parents)
    listed = (
        (ids[item["slug"]], name)
        for item in items
        for name in [*({"text": text, "language": "en"} for text in item["synonyms"]), *item.get("names", [])]
    )
    return count + _add_names(TopicName, "topic", listed, _locked_names(Topic))


def _dialogues() -> int:
    items = read("dialogues")
    wanted = (
        {
            "uid": uid_for("dialogue", item["slug"]),
            "slug": item["slug"],
            "name": item["name"],
            "since": item.get("since") or "",
            "url": item.get("url") or "",
        }
        for item in items
    )
    count = _bring_up(Dialogue, "slug", wanted)
    ids = dict(Dialogue.objects.values_list("slug", "pk"))
    locked = set(Dialogue.objects.filter(locked_fields__contains=["members"]).values_list("pk", flat=True))
    codes = set(Country.objects.values_list("code", flat=True))
    bodies = _by_slug(Organization)
    countries, organizations = Dialogue.countries.through, Dialogue.organizations.through
    members = [
        (ids[item["slug"]], member) for item in items for member in item["members"] if ids[item["slug"]] not in locked
    ]
    at = set(countries.objects.values_list("dialogue_id", "country_id"))
    new = [(d, m) for d, m in members if m in codes and (d, m) not in at]
    countries.objects.bulk_create([countries(dialogue_id=d, country_id=m) for d, m in new])
    of = set(organizations.objects.values_list("dialogue_id", "organization_id"))
    joined = [(d, bodies[m]) for d, m in members if m in bodies and (d, bodies[m]) not in of]
    organizations.objects.bulk_create([organizations(dialogue_id=d, organization_id=m) for d, m in joined])
    listed = ((ids[item["slug"]], name) for item in items for name in item["names"])
    return count + len(new) + len(joined) + _add_names(DialogueName, "dialogue", listed, _locked_names(Dialogue))
