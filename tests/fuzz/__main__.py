"""`python -m tests.fuzz MINUTES [SEED]`: mutated files against every reader in turn, and a tally. Exit 1 on a failure.

A file that breaks a reader is written to `var/fuzz/`, with the seed that makes it again.
"""

import os
import sys
import time
from collections import Counter
from pathlib import Path

KEPT = Path("var/fuzz")
SLOW = 5.0  # seconds for a file of a few kilobytes


def main(minutes: float, seed: int) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    import django

    django.setup()
    from tests.fuzz.mutation import GOOD, mutated, outcome, seeded

    tally: dict[str, Counter[str]] = {reader: Counter() for reader in GOOD}
    slowest: dict[str, float] = dict.fromkeys(GOOD, 0.0)
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end:
        for reader in GOOD:
            name, content = mutated(reader, seeded(reader, seed))
            began = time.monotonic()
            try:
                answer = outcome(reader, name, content)
            except Exception as error:
                answer = "FAILED"
                KEPT.mkdir(parents=True, exist_ok=True)
                (KEPT / f"{reader}-{seed}-{name}").write_bytes(content)
                print(f"{reader}, seed {seed}: {type(error).__name__}: {str(error)[:300]}")
            took = time.monotonic() - began
            slowest[reader] = max(slowest[reader], took)
            tally[reader]["FAILED" if took > SLOW else answer] += 1
            if took > SLOW:
                print(f"{reader}, seed {seed}: {took:.1f} s")
        seed += 1
    print("| reader | files | refused whole | some rows rejected | read | failed | slowest |")
    print("|---|---|---|---|---|---|---|")
    for reader, counts in tally.items():
        cells = (counts.total(), *(counts[answer] for answer in ("refused", "rejected", "rows", "FAILED")))
        print(f"| {reader} | {' | '.join(f'{n:,}' for n in cells)} | {slowest[reader] * 1000:.0f} ms |")
    return int(any(counts["FAILED"] for counts in tally.values()))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
