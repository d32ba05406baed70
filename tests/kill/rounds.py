"""One load with one kill in the middle, compared with the same load without."""

import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.kill import parts
from tests.kill.client import Files, Load
from tests.kill.place import Place
from tests.running import Run
from tracker.embedded.processes import wait_until

_LONGEST = 300.0  # seconds from a kill to the end of the load
_SEEN_BY_THEN = 0.6  # seconds until the user has looked once more: what was in before the kill is no going on
_RECORDS = tuple(
    f"visits_{name}"
    for name in ("visit", "meeting", "delegation", "member", "participant", "externalid", "source", "citation", "trip")
)
_LINKS = {"official", "post", "accompanies"}
COUNTS = ("read", "created", "changed", "unchanged", "duplicates", "review", "rejected")


@dataclass
class Unkilled:
    """What the load comes to when nothing dies."""

    seconds: float
    counts: dict[str, Any]
    export: bytes
    rows: dict[str, int]


@dataclass
class Killed:
    """What came of a kill."""

    part: str
    moment: float  # seconds after the upload began
    read: int | None = None  # records that were in, as its user saw; None: not accepted yet
    healthy: float = 0.0  # seconds until /healthz answered 200 again
    goes_on: float = 0.0  # seconds until the load was seen to go on, or to be done
    loads: int = 0  # more than one: the upload's answer was lost, and it was sent again
    refusals: int = 0  # requests that were refused or not answered
    faults: list[str] = field(default_factory=list)


def unkilled(place: Place, run: Run, files: Files) -> Unkilled:
    place.fresh()
    began = time.monotonic()
    load = Load(run.port, place.token, files)
    load.start().join(_LONGEST)
    assert load.row.get("status") == "done", (load.row, load.refusals)
    return Unkilled(time.monotonic() - began, _counts(load.row), place.export(), place.rows())


def killed(place: Place, run: Run, files: Files, wanted: Unkilled, part: str, rng: random.Random) -> Killed:
    """Load into the database as it was prepared, kill one process of `part` at a random moment, see what comes."""
    place.fresh()
    outcome = Killed(part, round(rng.uniform(0, 0.95) * wanted.seconds, 2))
    load = Load(run.port, place.token, files)
    thread = load.start()
    time.sleep(outcome.moment)
    strike(run, load, outcome, rng)
    thread.join(max(1.0, _LONGEST))
    load.give_up = True
    outcome.refusals = len(load.refusals)
    outcome.faults += faults(place, load, wanted)
    outcome.loads = len(place.loads())
    return outcome


def strike(run: Run, load: Load, outcome: Killed, rng: random.Random) -> None:
    """Kill, and measure how long it takes until all is well again and until the load goes on."""
    outcome.read = load.row.get("read")
    if not wait_until(lambda: parts.kill(run, outcome.part, rng), 5):
        outcome.faults.append(f"there is no {outcome.part} to kill")
    dead = time.monotonic()
    time.sleep(_SEEN_BY_THEN)
    before = (load.row.get("read"), load.row.get("status"))
    wait_until(run.healthy, 120, step=0.1)
    outcome.healthy = time.monotonic() - dead
    wait_until(lambda: _moved(load, before) or load.ended, _LONGEST, step=0.05)
    outcome.goes_on = max(0.0, max(load.read_at, load.looked_at if load.ended else 0.0) - dead)


def overlapping(place: Place, run: Run, files: Files, wanted: Unkilled) -> list[str]:
    """Two loads at once, each of two thirds of the files: what is lost or double beside the one load of all.

    Their batches alternate, so that other spellings come first: which one names an official, and which surnames find
    their person, may differ. The records with all that is printed in them may not.
    """
    place.fresh()
    third = len(files) // 3
    loads = [Load(run.port, place.token, some) for some in (files[: 2 * third], files[third:])]
    for thread in [load.start() for load in loads]:
        thread.join(_LONGEST)
    found = [f"its user waits or failed: {load.row}" for load in loads if load.row.get("status") != "done"]
    refused = sorted({what for load in loads for what in load.refusals})
    found += [f"refused: {refused}"] if refused else []
    if sum(int(str(row["created"])) for row in place.loads()) != wanted.counts["created"]:
        found.append("created other than expected")
    rows = place.rows()
    differ = {name: (rows[name], wanted.rows[name]) for name in _RECORDS if rows[name] != wanted.rows[name]}
    found += [f"rows (now, expected): {differ}"] if differ else []
    return found + (["what is printed differs"] if printed(place.export()) != printed(wanted.export) else [])


def printed(export: bytes) -> Counter[str]:
    """The visits and meetings of an export, without whom and which leg they were found to mean."""
    records = [one for one in map(json.loads, export.splitlines()) if one["type"] in {"visit", "meeting"}]
    return Counter(json.dumps(_without_links(one), sort_keys=True) for one in records)


def _without_links(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_links(part) for name, part in value.items() if name not in _LINKS}
    return sorted(map(_without_links, value), key=json.dumps) if isinstance(value, list) else value


def _moved(load: Load, before: tuple[Any, Any]) -> bool:
    return (load.row.get("read"), load.row.get("status")) != before


def faults(place: Place, load: Load, wanted: Unkilled) -> list[str]:
    """What differs from the load in which nothing died; nothing is what everybody hopes for."""
    loads = place.loads()
    found = [f"load {row['id']} is {row['status']}: {row['message']}" for row in loads if row["status"] != "done"]
    if not load.ended:
        found.append(f"its user still waits: {load.row}")
    if load.row and load.row["id"] not in [row["id"] for row in loads]:
        found.append(f"load {load.row['id']} was accepted and is lost")
    if len(loads) == 1 and _counts(loads[0]) != wanted.counts:
        found.append(f"counts {_counts(loads[0])}, not {wanted.counts}")
    return found + differences(place, wanted)


def differences(place: Place, wanted: Unkilled) -> list[str]:
    """Where records, rows or the export differ from what one load of all brings."""
    found = []
    if sum(int(str(row["created"])) for row in place.loads()) != wanted.counts["created"]:
        found.append("created other than expected")
    rows = place.rows()
    differ = {name: (number, wanted.rows[name]) for name, number in rows.items() if number != wanted.rows[name]}
    if differ:
        found.append(f"rows (now, expected): {differ}")
    if place.export() != wanted.export:
        found.append("the export differs")
    return found


def _counts(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in COUNTS}
