"""Made-up tables of visits and of their meetings, of any length: the same number gives the same rows.

Countries come as unevenly as in life (a few take part in most visits), heads are 20,000 people each of whom belongs
to one country for eight years, each visit has one to three topics, a source of its own and an external id.
"""

import csv
import datetime
import json
import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from tracker.state import CHECKOUT

HEADS = 20_000
FIRST_DAY = datetime.date(1995, 1, 1)
DAYS = 30 * 365
IN_OFFICE = 8 * 365
POSTS = (
    "President", "Prime Minister", "Minister of Foreign Affairs", "Minister of Energy", "Minister of Defence",
    "Minister of Trade", "Minister of Finance", "Deputy Minister of Foreign Affairs", "Ambassador",
    "Special Envoy", "Speaker of the Parliament",
)  # fmt: skip
_KINDS = ("state", "official", "working", "private", "informal")
_TOPICS = (
    "trade", "energy", "climate", "agriculture", "transport", "security", "defence", "culture", "health",
    "hydrogen", "coal", "aviation", "arms-control", "biodiversity", "climate-finance", "carbon-credits",
)  # fmt: skip
_STARTS = ("A", "Be", "Da", "E", "Fa", "Go", "Ha", "I", "Ka", "La", "Ma", "Ni", "O", "Pe", "Ra", "Sa", "Te", "Vi")
_MIDDLES = ("bor", "dem", "fen", "gal", "hir", "jun", "kel", "lom", "mar", "nis", "pol", "ran", "sel", "tor", "vin")
_ENDS = ("a", "ado", "en", "eva", "i", "im", "ko", "na", "o", "ov", "s", "ski", "u", "yev", "z")


class Head(NamedTuple):
    name: str
    post: str
    first_day: datetime.date


class World:
    """The countries and people that the rows are made of."""

    def __init__(self, countries: list[str], heads: int = HEADS) -> None:
        chance = random.Random(1)
        self.countries = countries
        self.weights = list(accumulate(1000 / (8 + rank) for rank in range(len(countries))))
        self.people: dict[str, list[Head]] = {code: [] for code in countries}
        taken: set[tuple[str, ...]] = set()
        for number in range(heads):
            # each country has somebody; the rest fall where most visits come from
            code = countries[number] if number < len(countries) else self.one(chance)
            name = _name(chance)
            while (key := (code, *sorted(name.split()))) in taken:
                name = _name(chance)
            taken.add(key)
            first_day = FIRST_DAY + datetime.timedelta(days=chance.randrange(DAYS - IN_OFFICE))
            self.people[code].append(Head(name, chance.choice(POSTS), first_day))

    def one(self, chance: random.Random) -> str:
        return chance.choices(self.countries, cum_weights=self.weights)[0]

    def visit(self, number: int) -> dict[str, str]:
        """The row of one visit, by column."""
        chance = random.Random(number)
        guest, host = self.one(chance), self.one(chance)
        while host == guest:
            host = self.one(chance)
        head = chance.choice(self.people[guest])
        first = head.first_day + datetime.timedelta(days=chance.randrange(IN_OFFICE))
        last = first + datetime.timedelta(days=chance.randrange(4))
        topics = chance.sample(_TOPICS, chance.randint(1, 3))
        return {
            "external_id": f"generated:{number}",
            "guest": guest,
            "host": host,
            "start": first.isoformat(),
            "end": last.isoformat(),
            "kind": chance.choice(_KINDS),
            "head": head.name,
            "head_post": head.post,
            "topics": "; ".join(topics),
            "summary": f"Talks about {' and '.join(topics)}; number {number} of its kind.",
            "source_url": f"https://example.org/news/{number}",
            "source_title": f"{head.post} {head.name} arrives",
            "source_published": first.isoformat(),
        }

    def meeting(self, number: int) -> dict[str, str]:
        """The row of the meeting on the visit with this number."""
        visit, chance = self.visit(number), random.Random(-number - 1)
        host = chance.choice(self.people[visit["host"]])
        return {
            "external_id": f"generated-meetings:{number}",
            "visit": visit["external_id"],
            "date": visit["start"],
            "venue_country": visit["host"],
            "title": f"Talks on {visit['topics']}",
            "participants": "; ".join(
                " | ".join(parts)
                for parts in (
                    (visit["head"], visit["head_post"], visit["guest"]),
                    (host.name, host.post, visit["host"]),
                )
            ),
            "topics": visit["topics"],
            "source_url": visit["source_url"],
        }


def _name(chance: random.Random) -> str:
    first = chance.choice(_STARTS) + chance.choice(_MIDDLES) + chance.choice(_ENDS)
    last = chance.choice(_STARTS) + chance.choice(_MIDDLES) + chance.choice(_MIDDLES) + chance.choice(_ENDS)
    return f"{first} {last}"


def write(path: Path, rows: Iterator[dict[str, str]]) -> Path:
    """A CSV file of these rows, row by row."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        first = next(rows)
        table = csv.DictWriter(stream, list(first))
        table.writeheader()
        table.writerow(first)
        table.writerows(rows)
    return path


def world() -> World:
    """The same world in every run: today's countries of the reference data, by code."""
    countries = json.loads((CHECKOUT / "visits/data/reference/countries.json").read_text("utf-8"))["items"]
    codes = (item["code"] for item in countries if len(item["code"]) == 2 and not item["valid_to"])
    return World(sorted(codes, key=lambda code: random.Random(code).random()))
