"""The country that an id and a label of the Office of the Historian mean on a day.

`data/reference/hsg-countries.json`: the first rule of the id whose given keys all hold, else the id's code.
"""

import json
from functools import cache
from pathlib import Path

from visits import names

FILE = Path(__file__).parents[1] / "data" / "reference" / "hsg-countries.json"


@cache
def _table() -> tuple[dict[str, str], dict[str, list[dict[str, str | None]]]]:
    data = json.loads(FILE.read_text("utf-8"))
    rules: dict[str, list[dict[str, str | None]]] = {}
    for rule in data["rules"]:
        rules.setdefault(rule["id"], []).append(rule)
    return {item["id"]: item["code"] for item in data["items"]}, rules


def country_of(country_id: str, label: str, day: str, place: str = "") -> str | None:
    """The country code, or None for an id that is not in the table. `day` is an ISO date."""
    codes, rules = _table()
    for rule in rules.get(country_id, []):
        wrong_label = rule["label"] is not None and names.clean(rule["label"]) != label
        wrong_place = rule["place"] is not None and names.clean(rule["place"]) != place
        too_early = rule["from"] is not None and day < rule["from"]
        too_late = rule["to"] is not None and day > rule["to"]
        if not (wrong_label or wrong_place or too_early or too_late):
            return rule["code"]
    return codes.get(country_id)
