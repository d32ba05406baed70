"""The combinations of values that visits have in some columns, and how many have each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .chosen import Chosen, Places
from .rules import Units

_FEW = 4_000_000  # combinations that are counted in an array of all that could be


class Combinations:
    """`codes` names of each visit its own, by a number below `many`; not every number need be there.

    The numbers are those of any other visits in the same columns too, unless they `are_sparse`.
    """

    def __init__(self, visits: Chosen, places: Places, names: Sequence[str]) -> None:
        self.columns = [visits.column(name) for name in names]
        first, *others = self.columns
        self.codes, self.many = first.codes[places].astype(np.int64), len(first.values)
        for column in others:
            self.codes = self.codes * len(column.values) + column.codes[places]
            self.many *= len(column.values)
        self._sparse: NDArray[np.int64] | None = None
        self.are_sparse = self.many > max(_FEW, len(visits.columns))
        if self.are_sparse:
            self._sparse, self.codes = np.unique(self.codes, return_inverse=True)
            self.many = len(self._sparse)

    def numbers(self, weights: NDArray[Any] | None = None) -> NDArray[np.int64]:
        """How many visits have each, or what they weigh."""
        return np.bincount(self.codes, weights, self.many).astype(np.int64, copy=False)

    @property
    def there(self) -> NDArray[np.intp]:
        """Those that some visit has."""
        return np.flatnonzero(self.numbers())

    def values(self, codes: NDArray[Any]) -> list[tuple[Any, ...]]:
        """What these stand for."""
        rest, found = codes if self._sparse is None else self._sparse[codes], []
        for column in reversed(self.columns):
            rest, own = np.divmod(rest, len(column.values))
            found.append([column.values[one] for one in own.tolist()])
        return list(zip(*reversed(found), strict=True))


def measured(visits: Chosen, units: Units, names: Sequence[str]) -> list[tuple[tuple[Any, ...], int]]:
    """The combinations, with what the units of their visits come to."""
    found = Combinations(visits, units.places, names)
    if units.shared is None:
        there, numbers = found.there, found.numbers(units.weights)
        numbers = numbers[there]
    else:
        there, numbers = np.unique(np.unique((found.codes, units.shared), axis=1)[0], return_counts=True)
    return list(zip(found.values(there), numbers.tolist(), strict=True))
