"""Garbage is collected between batches."""

import gc
import weakref

from visits.imports.tidying import tidy_between_batches


class Row:
    def __init__(self):
        self.itself = self


def test_what_a_batch_leaves_goes_with_the_sweep_behind_it():
    with tidy_between_batches() as broom:
        row = weakref.ref(Row())
        assert row() is not None
        broom.sweep()
        assert row() is None


def test_the_collector_is_on_again_afterwards():
    with tidy_between_batches():
        assert not gc.isenabled()
    assert gc.isenabled()
