"""Dates are as precise as their source."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits import dates

years = st.integers(1, 9999)
days = st.dates(date(1, 1, 1), date(9999, 12, 31))


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2024-01-22", date(2024, 1, 22), date(2024, 1, 22)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("196X", date(1960, 1, 1), date(1969, 12, 31)),
        ("19XX", date(1900, 1, 1), date(1999, 12, 31)),
        ("2024-01~", date(2024, 1, 1), date(2024, 1, 31)),
        ("XXXX-01-22", None, None),
        ("", None, None),
    ],
)
def test_bounds(text, earliest, latest):
    assert dates.bounds(text) == (earliest, latest)


@pytest.mark.parametrize(
    "text",
    [
        "2024-13",
        "2024-02-30",
        "2023-02-29",
        "22.01.2024",
        "1/2/2024",
        "XXXX",
        "196X-05",
        "2024-1-2",
        "0000",
        "2024-01-22T10",
    ],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(dates.DateError):
        dates.parse(text)


def test_the_29th_of_february_needs_no_year():
    assert str(dates.parse("XXXX-02-29")) == "XXXX-02-29"


@given(days)
def test_a_day_is_its_own_bounds(day):
    assert dates.bounds(day.isoformat()) == (day, day)


@given(years, st.integers(1, 12))
def test_a_month_ends_where_the_next_begins(year, month):
    _, latest = dates.bounds(f"{year:04d}-{month:02d}")
    assert latest == date.max or (latest + timedelta(days=1)).day == 1


@given(days, days)
def test_an_end_before_its_start_is_refused_and_no_other(start, end):
    if end < start:
        with pytest.raises(dates.DateError):
            dates.check_order(start.isoformat(), end.isoformat())
    else:
        dates.check_order(start.isoformat(), end.isoformat())


@given(days, days)
def test_without_a_year_no_order_is_refused(start, end):
    dates.check_order(f"XXXX{start.isoformat()[4:]}", end.isoformat())


@given(st.text(max_size=15))
def test_reading_gives_back_what_it_read_or_refuses(text):
    with contextlib.suppress(dates.DateError):
        assert str(dates.parse(text)) == text


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2024-01-22", "2024-01-23", "22–23 January 2024"),
        ("1961-04-30", "1961-05-02", "30 April – 2 May 1961"),
        ("2023-12-31", "2024-01-02", "31 December 2023 – 2 January 2024"),
        ("2024-01-22", "", "22 January 2024"),
        ("2024-01", "", "January 2024"),
        ("2024", "2025", "2024 – 2025"),
        ("XXXX-01-22", "XXXX-01-23", "22–23 January, year unknown"),
        ("196X", "", "1960s"),
        ("2024~", "", "about 2024"),
        ("2024?", "", "2024 (uncertain)"),
        ("", "2024", "until 2024"),
    ],
)
def test_ranges_in_words(start, end, words):
    assert dates.display_range(start, end) == words


def test_days_are_counted_with_both_ends():
    assert dates.inclusive_days("2024-01-22", "2024-01-23") == 2
    assert dates.inclusive_days("2024-01", "2024-01-23") is None
