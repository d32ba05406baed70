"""`make kill [KILLS=20] [SEED=...]`: the two lists of the Office of the Historian, one kill in each load.

TRACKER_DATA names the folder with `data/hsg-visits` and `data/hsg-travels`. Prints a table; exit 1 when anything
was lost, doubled or left behind.
"""

import argparse
import os
import random
import shutil
import signal
import sys
from pathlib import Path

from tests.kill import parts, place, rounds
from tests.kill.client import Files
from tests.running import start
from tracker.embedded.processes import wait_until

SETS = ("hsg-visits/data", "hsg-travels/president-travels", "hsg-travels/secretary-travels")
ROW = "| {part} | {moment:.1f} s | {read} | {healthy:.1f} s | {goes_on:.1f} s | {outcome} |"


def real_files(folder: Path) -> Files:
    """All files of both lists, 7,535 records."""
    paths = [path for name in SETS for path in sorted((folder / "data" / name).glob("*.xml"))]
    if not paths:
        sys.exit("TRACKER_DATA names no folder with data/hsg-visits and data/hsg-travels.")
    return [(path.name, path.read_bytes()) for path in paths]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make kill")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--part", choices=parts.PARTS, help="this one alone")
    options = parser.parse_args()
    files = real_files(Path(os.environ.get("TRACKER_DATA", "")))
    with place.temporary() as here:
        run = start(here.state, 120)
        try:
            bad = play(here, run, files, options)
            run.stop(signal.SIGINT)
            if not wait_until(lambda: run.programs() == [], 10):
                bad += 1
                print(f"left behind: {run.programs()}")
        finally:
            if run.process.poll() is None:
                run.stop(signal.SIGTERM)
            keep = os.environ.get("TRACKER_KILL_LOGS")
            if keep:
                shutil.copytree(here.state / "logs", keep, dirs_exist_ok=True)
                shutil.copy(here.state / "output", keep)
    print(f"{options.kills} kills, {bad} with a fault, seed {options.seed}")
    return 1 if bad else 0


def play(here: place.Place, run: rounds.Run, files: Files, options: argparse.Namespace) -> int:
    """All rounds, a line each; how many had a fault."""
    rng = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    wanted = rounds.unkilled(here, run, files)
    size = f"{wanted.counts['read']:,} records in {wanted.seconds:.0f} s, {len(wanted.export):,} bytes exported"
    print(f"{size}\n\n| killed | at | records in | answers again | goes on | outcome |\n|---|---|---|---|---|---|")
    bad = 0
    for number in range(options.kills):
        part = options.part or parts.PARTS[number % len(parts.PARTS)]
        outcome = rounds.killed(here, run, files, wanted, part, rng)
        bad += bool(outcome.faults)
        said = "; ".join(outcome.faults) or "same bytes" + (", sent again" if outcome.loads > 1 else "")
        read = "not accepted yet" if outcome.read is None else f"{outcome.read:,}"
        print(ROW.format(**{**vars(outcome), "read": read, "outcome": said}), flush=True)
    found = rounds.overlapping(here, run, files, wanted)
    print(f"\ntwo overlapping loads at once: {'; '.join(found) or 'nothing lost or double'}", flush=True)
    return bad + bool(found)


if __name__ == "__main__":
    sys.exit(main())
