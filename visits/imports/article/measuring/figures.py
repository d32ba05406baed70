"""From marks to figures: precision, recall and F1 by field, and of all fields together."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .scoring import SCORED, SHOWN, Mark, Verdict


@dataclass(slots=True)
class Figures:
    """How many values are right, too many (or wrong), and missing (or wrong)."""

    right: int = 0
    extra: int = 0
    missing: int = 0

    def add(self, verdict: Verdict) -> None:
        self.right += verdict is Verdict.RIGHT
        self.extra += verdict in (Verdict.WRONG, Verdict.EXTRA)
        self.missing += verdict in (Verdict.WRONG, Verdict.MISSED)

    @property
    def precision(self) -> float:
        """The share of what was said that is right; of nothing said, all is right if nothing was to say."""
        said = self.right + self.extra
        return self.right / said if said else float(not self.missing)

    @property
    def recall(self) -> float:
        expected = self.right + self.missing
        return self.right / expected if expected else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def as_dict(self) -> dict[str, Any]:
        shares = {name: round(getattr(self, name), 4) for name in ("precision", "recall", "f1")}
        return {**shares, **asdict(self)}


def by_field(marks: Iterable[Mark]) -> dict[str, Figures]:
    """The figures of each field, and "all": of the scored fields together."""
    found = {name: Figures() for name in (*SCORED, *SHOWN, "all")}
    for mark in marks:
        found[mark.field].add(mark.verdict)
        if mark.field in SCORED:
            found["all"].add(mark.verdict)
    return found
