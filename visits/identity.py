"""What records refer to, and the uids by which two trackers that load the same file agree on it."""

import uuid
from functools import cache, lru_cache
from typing import Any, get_args

from django.db.models import Model

from . import names, record
from .models import Official, Post, Source, Trip


def official_uid(ref: record.OfficialRef) -> uuid.UUID:
    return _official_uid(ref.name, ref.country or "")


@lru_cache(maxsize=50_000)
def _official_uid(name: str, country: str) -> uuid.UUID:
    return record.uid_for("official", country, names.name_key(name))


def post_uid(ref: record.PostRef) -> uuid.UUID:
    place = str(ref.organization.slug or key_of(ref.organization.name)) if ref.organization else ""
    return _post_uid(ref.title, place, ref.country or "")


@lru_cache(maxsize=50_000)
def _post_uid(title: str, place: str, country: str) -> uuid.UUID:
    return record.uid_for("post", country, place, key_of(title))


@lru_cache(maxsize=50_000)
def key_of(text: str) -> str:
    return names.search_key(text)


def trip_uid(ref: record.TripRef) -> uuid.UUID:
    return ref.uid or record.uid_for("trip", ref.title)


def source_uid(ref: record.SourceRef) -> uuid.UUID:
    """A text under an address is a document of its own: what stands there later is another, and both are kept."""
    if ref.url and ref.text and not ref.slug:
        return record.uid_for("source", ref.url, ref.text)
    return record.uid_for("source", ref.slug or ref.url or ref.text or f"{ref.publisher}\x1f{ref.title}")


def collect(shape: record._Shape, countries: set[str | None], uids: dict[type[Model], set[uuid.UUID]]) -> None:
    """The countries of the people, and the uids, that a record and everything in it refers to."""
    if isinstance(shape, record.OfficialRef):
        countries.add(shape.country)
        uids[Official].add(shape.uid or official_uid(shape))
    elif isinstance(shape, record.PostRef):
        countries.add(shape.country)
        uids[Post].add(shape.uid or post_uid(shape))
    elif isinstance(shape, record.TripRef):
        uids[Trip].add(trip_uid(shape))
    elif isinstance(shape, record.SourceRef):
        uids[Source].add(shape.uid or source_uid(shape))
    for name in _nested(shape.__class__):
        value = getattr(shape, name)
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                collect(item, countries, uids)


@cache
def _nested(shape: type[record._Shape]) -> tuple[str, ...]:
    """The fields of a shape that hold other shapes."""
    return tuple(name for name, field in shape.model_fields.items() if _is_shape(field.annotation))


def _is_shape(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, record._Shape):
        return True
    return any(map(_is_shape, get_args(annotation)))
