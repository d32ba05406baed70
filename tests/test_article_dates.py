"""Dates of a stay: ranges, years that are or are not known, weekdays, lengths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.article_texts import cited, only_visit, read
from visits import dates
from visits.imports.article.dates_in_text import DateReader, Reckoning


def stay(days: str, *, published: str = "") -> tuple[str, str]:
    visit = only_visit(f"Norwegian Prime Minister Ola Berg visited Chile {days}.", published=published)
    return visit.start, visit.end


@pytest.mark.parametrize(
    ("days", "published", "expected"),
    [
        ("from March 4th to 6th", "", ("XXXX-03-04", "XXXX-03-06")),
        ("from March 4th to 6th", "2019-03-09", ("2019-03-04", "2019-03-06")),
        ("on 4-6 March 2018", "2019-03-09", ("2018-03-04", "2018-03-06")),
        ("from April 29 to May 2, 2020", "", ("2020-04-29", "2020-05-02")),
        ("from 30 April to 2 May 2020", "", ("2020-04-30", "2020-05-02")),
        ("on March 4", "", ("XXXX-03-04", "")),
        ("on Monday", "2024-05-15", ("2024-05-13", "")),
        ("on Monday", "", ("", "")),
        ("on December 30", "2024-01-02", ("2023-12-30", "")),
        ("in the spring", "2024-05-15", ("", "")),
    ],
)
def test_the_stay_is_as_precise_as_the_text(days: str, published: str, expected: tuple[str, str]) -> None:
    assert stay(days, published=published) == expected


def test_a_weekday_ahead_is_reckoned_forward() -> None:
    visit = only_visit("Norwegian Prime Minister Ola Berg will visit Chile on Monday.", published="2024-05-15")
    assert visit.start == "2024-05-20"


def test_a_three_day_visit_has_an_end() -> None:
    text = "Norwegian Prime Minister Ola Berg arrived in Chile on 4 March 2020 on a three-day official visit."
    assert (only_visit(text).start, only_visit(text).end) == ("2020-03-04", "2020-03-06")


def test_the_dateline_is_no_date_of_the_visit() -> None:
    visit = only_visit(
        "OSLO, March 4 (NTB) - Prime Minister Ola Berg will visit Chile next month.", published="2020-03-04"
    )
    assert (visit.guest.country, visit.start) == ("NO", "")


def test_an_impossible_day_is_no_date() -> None:
    assert stay("on February 30") == ("", "")


def test_the_date_is_cited_by_its_own_words() -> None:
    visit = only_visit("Norwegian Prime Minister Ola Berg visited Chile from March 4th to 6th.")
    assert cited(visit, "", "end").exact == "March 4th to 6th"


def test_an_end_before_its_start_is_not_believed() -> None:
    extraction = read("Norwegian Prime Minister Ola Berg visited Chile from March 9 to 4, 2020.")
    assert all(visit.start <= (visit.end or visit.start) for visit in extraction.visits)


@given(st.text(alphabet="0123456789 -–,.MaryApilJuneстмярд", max_size=60))
def test_whatever_is_read_as_a_date_is_one(text: str) -> None:
    for language in ("en", "ru"):
        for when in DateReader(language, Reckoning()).find(text, 0, len(text)):
            dates.parse(when.start)
            dates.parse(when.end)
            assert text[when.first : when.last].strip()
