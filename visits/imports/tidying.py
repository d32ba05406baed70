"""Garbage is collected between the batches of a load, not in the middle of one: that took half of its time.

A batch makes hundreds of thousands of objects, and almost all of them go with it.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# After so many batches also what outlived one is looked through, and everything: a million rows stay below 1 GB.
_THOROUGH, _ALL = 20, 100


class Broom:
    def __init__(self) -> None:
        self._batches = 0

    def sweep(self) -> None:
        """Behind a batch, once nothing refers to it."""
        self._batches += 1
        gc.collect(2 if self._batches % _ALL == 0 else 1 if self._batches % _THOROUGH == 0 else 0)


@contextmanager
def tidy_between_batches() -> Iterator[Broom]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield Broom()
    finally:
        if was_on:
            gc.enable()
