"""Which of ours is which of theirs: pairs with the greatest sum of likeness, each item in one pair at most."""

from collections.abc import Callable, Sequence
from typing import TypeVar

_A = TypeVar("_A")
_B = TypeVar("_B")
_LEAST = 1e-9


def pairs(left: Sequence[_A], right: Sequence[_B], likeness: Callable[[_A, _B], float]) -> list[tuple[int, int]]:
    """(index, index) of the best pairing; items that are alike in nothing are in no pair."""
    gains = [[likeness(one, other) for other in right] for one in left]
    partner: dict[int, int] = {}  # of the right side
    while path := _improvement(gains, partner):
        partner |= {other: one for one, other in path}
    return sorted((one, other) for other, one in partner.items())


def _improvement(gains: list[list[float]], partner: dict[int, int]) -> list[tuple[int, int]]:
    """The pairs to change so that one more item is paired and the sum grows most; none when it cannot grow."""
    taken = {one: other for other, one in partner.items()}
    best = {one: 0.0 for one in range(len(gains)) if one not in taken}  # gain on the way to an item of the left
    reached: dict[int, tuple[float, int]] = {}  # item of the right: gain, and the item of the left before it
    for _round in range(len(gains) + 1):
        changed = False
        for one, so_far in list(best.items()):
            for other, gain in enumerate(gains[one]):
                known = reached[other][0] if other in reached else float("-inf")
                if gain > 0 and taken.get(one) != other and so_far + gain > known + _LEAST:
                    reached[other] = so_far + gain, one
                    changed = True
                    if other in partner:
                        best[partner[other]] = so_far + gain - gains[partner[other]][other]
        if not changed:
            break
    gain, last = max(
        ((gain, other) for other, (gain, _one) in reached.items() if other not in partner), default=(0, -1)
    )
    path: list[tuple[int, int]] = []
    while gain > _LEAST and last >= 0:
        one = reached[last][1]
        path.append((one, last))
        last = taken.get(one, -1)
    return path
