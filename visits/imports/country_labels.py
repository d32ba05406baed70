"""The country or organization that a cell names: a code, a slug, or any name in the reference data.

Where a name was of several countries, the day decides; what stays open is an error that names the choices.
"""

import json
import re
from collections import defaultdict
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop as _
from rapidfuzz import fuzz, process

from visits import dates, names

FOLDER = Path(__file__).parents[1] / "data" / "reference"
Span = tuple[str | None, str | None]


_UNKNOWN = _("“%(label)s” is no country that is known: write a code such as JP, or its name.")
_PERHAPS = _("“%(label)s” is no country that is known: write a code such as JP, or its name. Did you mean %(name)s?")


class LabelError(ValueError):
    """The label names no country, or several; the message says which to write."""


@cache
def _countries() -> dict[str, dict[str, Any]]:
    return {item["code"]: item for item in json.loads((FOLDER / "countries.json").read_text("utf-8"))["items"]}


@cache
def codes_by_alpha3() -> dict[str, str]:
    """Three letters of ISO 3166 -> the code."""
    return {item["alpha3"]: code for code, item in _countries().items() if item["alpha3"]}


@cache
def codes_by_demonym() -> dict[str, str]:
    """“Kenyan” -> KE; only words for the people of one country of today."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, item in _countries().items():
        if not item["valid_to"]:
            for word in item["demonyms"]:
                found[word].add(code)
    return {word: next(iter(codes)) for word, codes in found.items() if len(codes) == 1}


@cache
def country_of_city(name: str) -> str | None:
    """The one country that has a city of this name, or None; “Washington DC” is Washington."""
    found = _city_countries().get(names.search_key(re.sub(r",? D\.?C\.?$", "", name)), set())
    return next(iter(found)) if len(found) == 1 else None


@cache
def _city_countries() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for item in json.loads((FOLDER / "cities.json").read_text("utf-8"))["items"]:
        for text in (item["name"], *(name["text"] for name in item["names"])):
            found[names.search_key(text)].add(item["country"])
    return found


@cache
def _labels() -> dict[str, list[tuple[str, Span]]]:
    """Search key of a name -> (code, from..to of that name)."""
    found: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    for code, item in _countries().items():
        whole: Span = (item["valid_from"], item["valid_to"])
        for text in (item["name"], item["official_name"], item["alpha3"]):
            if text:
                found[names.search_key(text)].append((code, whole))
        for name in item["names"]:
            span = (name["from"] or item["valid_from"], name["to"] or item["valid_to"])
            found[names.search_key(name["text"])].append((code, span))
    return dict(found)


@cache
def _organizations() -> dict[str, str]:
    """Slug or search key of an international body's name -> its slug."""
    found: dict[str, str] = {}
    for item in json.loads((FOLDER / "organizations.json").read_text("utf-8"))["items"]:
        texts = [item["name"], item.get("short_name") or "", *(name["text"] for name in item["names"])]
        for key in [item["slug"], *(names.search_key(text) for text in texts if text)]:
            found.setdefault(key, item["slug"])
    return found


@lru_cache(maxsize=20_000)
def country_of(label: str, start: str = "") -> str:
    """The code that a label means for a visit that begins at `start` (EDTF); LabelError otherwise."""
    label = names.clean(label)
    if label in _countries():
        return label
    if label.upper() in _countries() and len(label) in {2, 4}:
        return label.upper()
    spans = _labels().get(names.search_key(label), [])
    codes = sorted({code for code, _ in spans})
    if len(codes) > 1 and (day := dates.bounds(start)[0]):
        then = sorted({code for code, span in spans if _holds(span, day)})
        codes = then or codes
    if len(codes) > 1:
        choices = " or ".join(f"{code} ({_countries()[code]['name']})" for code in codes)
        raise LabelError(
            _("“%(label)s” may mean several countries: write %(choices)s.") % {"label": label, "choices": choices}
        )
    if not codes:
        near = process.extractOne(names.search_key(label[:100]), _labels().keys(), scorer=fuzz.ratio, score_cutoff=70)
        if not near:
            raise LabelError(_UNKNOWN % {"label": label})
        meant = _countries()[_labels()[near[0]][0][0]]["name"]
        raise LabelError(_PERHAPS % {"label": label, "name": meant})
    return codes[0]


@lru_cache(maxsize=20_000)
def organization_of(label: str) -> str | None:
    """The slug of a known international body (`eu`, `un`), by its slug or name; None otherwise.

    A country's code is never one: AU is Australia, not the African Union.
    """
    if label in _countries():
        return None
    return _organizations().get(label.casefold()) or _organizations().get(names.search_key(label))


def is_state(code: str) -> bool:
    """Whether it has a head of state and a government of its own; territories are ruled from elsewhere."""
    return code in _countries() and _countries()[code]["kind"] != "territory"


def is_code(label: str) -> bool:
    """Whether the label is itself a code, not words that a source prints."""
    return label in _countries() or (len(label) in {2, 3, 4} and label.isupper() and label.isascii())


@lru_cache(maxsize=20_000)
def existed(code: str, start: str) -> bool:
    """Whether the country existed on the day, as far as both are known."""
    item, day = _countries().get(code), dates.bounds(start)[0]
    return not item or not day or _holds((item["valid_from"], item["valid_to"]), day)


def _holds(span: Span, day: date) -> bool:
    return (span[0] or "") <= day.isoformat() <= (span[1] or "9999")
