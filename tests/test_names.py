"""Names are compared by keys that do not see case, marks, order or script."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits import names


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Raşit Meredow", "rasit meredow"),
        ("Côte d’Ivoire", "cote divoire"),
        ("Рашид Мередов", "rashid meredov"),
        ("  A\u00a0B \n C ", "a b c"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_search_keys(text, key):
    assert names.search_key(text) == key


def test_printed_text_keeps_its_words_and_loses_its_line_wraps():
    assert names.clean("Met with\n            President\u00a0Truman \u202e") == "Met with President Truman"


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once(text):
    assert names.clean(names.clean(text)) == names.clean(text)


@given(st.text(max_size=200))
def test_clean_text_has_nothing_invisible(text):
    assert not {unicodedata.category(c) for c in names.clean(text)} & {"Cc", "Cf", "Cs"}


@given(st.text(max_size=100))
def test_keys_are_plain_words(text):
    key = names.search_key(text)
    assert key == " ".join(key.split()) == key.casefold()
    assert key.isascii()


@given(st.permutations(["Kishida", "Fumio", "Taro"]))
def test_the_order_of_words_does_not_matter(words):
    assert names.name_key(" ".join(words)) == "fumio kishida taro"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("John A. Smith", "John Smith"),
        ("Dr. Ada Lovelace", "Ada Lovelace"),
        ("Surangel Whipps, Jr.", "Surangel Whipps"),
        ("Benigno Aquino, 3rd", "Benigno Aquino"),
    ],
)
def test_honorifics_initials_and_suffixes_are_left_out(one, other):
    assert names.name_key(one) == names.name_key(other)


def test_a_slug_is_never_empty_and_ends_with_a_word():
    assert names.slug("!!!") == "record"
    assert names.slug("Turkmenistan to Japan: prospects", 20) == "turkmenistan-to"


def test_a_word_of_two_scripts_is_seen():
    assert names.has_mixed_scripts("Mеredov")  # the first e is Cyrillic
    assert not names.has_mixed_scripts("Мередов")
