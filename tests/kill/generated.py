"""A list of visits that is made up: people who travel often, so that later records find what earlier ones brought."""

import json

from tests.kill.client import Files

_FAMILIES = ("Orazow", "Hayashi", "Karimov", "Lindqvist", "Moreau", "Okafor", "Petrenko", "Silva")
_GIVEN = ("Aina", "Boris", "Chiara", "Daud", "Emeka", "Freja", "Goran", "Hana", "Ivo", "Jun", "Kemal")
_COUNTRIES = ("TM", "JP", "UZ", "SE", "FR", "NG", "UA", "BR")


def visit(number: int) -> dict[str, object]:
    """The visit with this number; the same for the same number."""
    family = number % len(_FAMILIES)
    name = f"{_GIVEN[number // 8 % len(_GIVEN)]} {_FAMILIES[family]}"
    guest, host = _COUNTRIES[family], _COUNTRIES[(family + 1 + number // 8 % 7) % len(_COUNTRIES)]
    day = f"{1990 + number // 336}-{1 + number // 28 % 12:02}-{1 + number % 28:02}"
    member = {"as_printed": f"Foreign Minister {name}", "name_as_printed": name, "head": True}
    member |= {"official": {"name": name, "country": guest}, "post": {"title": "Foreign Minister", "country": guest}}
    return {
        "type": "visit",
        "external_ids": [f"made-up:{number}"],
        "guest": {"country": guest, "as_printed": guest},
        "host": {"country": host, "as_printed": host},
        "start": day,
        "end": day,
        "delegations": [{"sender": {"country": guest}, "members": [member]}],
        "sources": [{"kind": "dataset", "slug": "made-up", "title": "Made up"}],
        "citations": [{"external_id": str(number), "row": {"id": str(number), "who": name, "when": day}}],
    }


def files(first: int, last: int) -> Files:
    """The visits from `first` to before `last`, as one file of JSON Lines."""
    lines = "".join(json.dumps(visit(number)) + "\n" for number in range(first, last))
    return [(f"visits-{first}-{last}.jsonl", lines.encode())]
