"""Whatever a file holds, a reader answers with rows or refuses it by name; never anything else, and the same twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import GOOD, mutated, outcome, seeded
from visits.imports.reading import InputFile
from visits.imports.registry import READERS, guess


def test_every_reader_is_tried_with_a_good_file_of_its_own() -> None:
    assert {name: guess(InputFile.of(*file)).name for name, file in GOOD.items()} == {name: name for name in READERS}
    assert {outcome(reader, *file) for reader, file in GOOD.items()} == {"rows"}


@pytest.mark.parametrize("reader", GOOD)
@given(seed=st.integers(0, 10**9))
@settings(max_examples=200)
def test_a_spoilt_file_gives_rows_or_a_refusal(reader: str, seed: int) -> None:
    name, content = mutated(reader, seeded(reader, seed))
    assert outcome(reader, name, content) in {"rows", "rejected", "refused"}


FOUND = [("csv", 633), ("csv", 8206), ("hsg-travels", 8498)]


@pytest.mark.parametrize(("reader", "seed"), FOUND)
def test_a_file_that_once_broke_a_reader_does_so_no_more(reader: str, seed: int) -> None:
    name, content = mutated(reader, seeded(reader, seed))
    assert outcome(reader, name, content) in {"rows", "rejected", "refused"}
