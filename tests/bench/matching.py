"""Matching of printed names among 100,000 officials: time for 1,000 mentions, and what they came to."""

import random
import time
from collections import Counter
from collections.abc import Iterator

from . import Figure
from .generated import World

OFFICIALS, MENTIONS = 100_000, 1_000


def measure() -> Iterator[Figure]:
    from visits.imports.titles import rank_of
    from visits.namesakes import Pool, who_is

    known = World([f"C{number}" for number in range(200)], OFFICIALS)
    pools = {code: Pool() for code in known.countries}
    begin = time.perf_counter()
    for code, heads in known.people.items():
        for head in heads:
            one = pools[code].add(head, head.name)
            pools[code].see(one, rank_of(head.post).value, head.first_day.year, head.first_day.year + 8)
    built = time.perf_counter() - begin
    chance = random.Random(3)
    asked = []
    for _ in range(MENTIONS):
        code = known.one(chance)
        head = chance.choice(known.people[code])
        asked.append((code, _misprinted(head.name, chance), rank_of(head.post).value, head.first_day.year + 1))
    begin = time.perf_counter()
    answers = Counter(who_is(name, rank, year, pools[code]).word for code, name, rank, year in asked)
    seconds = time.perf_counter() - begin
    words = ", ".join(f"{number} {word}" for word, number in sorted(answers.items()))
    yield Figure(f"{OFFICIALS:,} officials into memory", f"{built:.1f} s")
    yield Figure(f"{MENTIONS:,} printed names, half of them misprinted, among them", f"{1000 * seconds:,.0f} ms", words)


def _misprinted(name: str, chance: random.Random) -> str:
    """The name, or the name with two of its letters in the other order."""
    if chance.random() < 0.5:
        return name
    at = chance.randrange(1, len(name) - 1)
    return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]
