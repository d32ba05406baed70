"""The places of one leg, from the line that the Office of the Historian prints for them.

“Paris, Normandy” are two places, “Mexico, D.F.” and “Birch Grove, Sussex” one. A comma parts places only where at
least one of them is a city of the country that is known (of a former country: a city of a country that followed it);
what stays unsure is one place as printed. Joined with a comma, the places are the printed line again.
"""

import json
import re
from functools import cache, lru_cache
from pathlib import Path

from visits import names

_FOLDER = Path(__file__).parents[1] / "data" / "reference"
# What stands behind a comma and says where the place before it lies.
_WHEREABOUTS = {"d f", "west indies", "sussex", "quebec"}
_JOINT = re.compile(r"([;,])(?![^(]*\))")


@lru_cache(maxsize=20_000)
def places_of(locale: str, country: str) -> tuple[str, ...]:
    """The printed places of a white-space-normalised line, in order; none of an empty one."""
    parts: list[str] = []
    joint = ""
    for index, text in enumerate(_JOINT.split(locale)):
        if index % 2:
            joint = text
        elif joint == "," and parts and names.search_key(text) in _WHEREABOUTS:
            parts[-1] += f", {text.strip()}"
        else:
            parts.append(text.strip())
    parts = [part for part in parts if part]
    if ";" in locale or len(parts) < 2 or any(_is_city(part, country) for part in parts):
        return tuple(parts)
    return (locale,)


def _is_city(text: str, country: str) -> bool:
    return names.search_key(re.sub(r"\(.*?\)", "", text)) in _cities(country)


@cache
def _cities(country: str) -> frozenset[str]:
    """Search keys of the cities of a country, or of those that followed it."""
    lands, found = [country], set()
    for land in lands:
        lands += _successors().get(land, [])
        found |= _cities_of_today().get(land, set())
    return frozenset(found)


@cache
def _successors() -> dict[str, list[str]]:
    items = json.loads((_FOLDER / "countries.json").read_text("utf-8"))["items"]
    return {item["code"]: item["successors"] for item in items if item.get("successors")}


@cache
def _cities_of_today() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for item in json.loads((_FOLDER / "cities.json").read_text("utf-8"))["items"]:
        texts = [item["name"], *(name["text"] for name in item["names"])]
        found.setdefault(item["country"], set()).update(map(names.search_key, texts))
    return found
