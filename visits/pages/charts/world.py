"""The shapes of countries and the places of their capitals, as the package `countryinfo` ships them.

Drawn in the Equal Earth projection on a sheet of WIDTH units. Former countries and those without a shape are not here.
"""

from collections.abc import Iterator
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Any

from countryinfo import CountryInfo

WIDTH, HEIGHT = 1000, 487
SHOWN_HEIGHT = 440  # Antarctica is left out
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_HALF_WIDTH, _HALF_HEIGHT = 2.7066, 1.3173  # of the projection, in its own units
Point = tuple[float, float]


def project(longitude: float, latitude: float) -> Point:
    """Where a place is on the sheet."""
    angle = asin(sqrt(3) / 2 * sin(radians(latitude)))
    two, six = angle**2, angle**6
    x = 2 * sqrt(3) * radians(longitude) * cos(angle)
    x /= 3 * (9 * _A[3] * two * six + 7 * _A[2] * six + 3 * _A[1] * two + _A[0])
    y = angle * (_A[0] + _A[1] * two + six * (_A[2] + _A[3] * two))
    return (
        round(WIDTH / 2 * (1 + x / _HALF_WIDTH), 1),
        round(HEIGHT / 2 * (1 - y / _HALF_HEIGHT), 1),
    )


@lru_cache(maxsize=1)
def shapes() -> dict[str, str]:
    """The outline of each country as the path of an SVG, by its code; Antarctica is left out."""
    return {
        code: path
        for code, info in _all()
        if code != "AQ" and (path := "".join(map(_path, _rings(info.get("geoJSON") or {}))))
    }


@lru_cache(maxsize=1)
def points() -> dict[str, Point]:
    """The place of each country's capital, else of its middle, by its code."""
    found = {}
    for code, info in _all():
        place = info.get("capital_latlng") or info.get("latlng") or []
        if place and isinstance(place[0], list):  # several capitals
            place = place[0]
        if len(place) == 2:
            found[code] = project(float(place[1]), float(place[0]))
    return found


def _all() -> Iterator[tuple[str, dict[str, Any]]]:
    for info in CountryInfo.all().values():
        code = (info.get("ISO") or {}).get("alpha2")
        if code:
            yield code, dict(info)


def _rings(shape: dict[str, Any]) -> Iterator[list[list[float]]]:
    for feature in shape.get("features", ()):
        geometry = feature["geometry"]
        parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        for part in parts:
            yield from part


def _path(ring: list[list[float]]) -> str:
    """A closed line from place to place; steps are written relative, which is shorter."""
    places = [project(longitude, latitude) for longitude, latitude, *_height in ring]
    (x, y), *rest = places
    steps = [f"M{x:g} {y:g}"]
    for to_x, to_y in rest:
        dx, dy = round(to_x - x, 1), round(to_y - y, 1)
        if dx or dy:
            steps.append(f"l{dx:g} {dy:g}")
            x, y = to_x, to_y
    return "".join(steps) + "z" if len(steps) > 2 else ""
