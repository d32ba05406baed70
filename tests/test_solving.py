"""The year of a day without a year: what tenures leave of it, and that the true year is never lost."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.world import (
    add_external_id,
    make_counterpart,
    make_delegation,
    make_meeting,
    make_official,
    make_post,
    make_undated_visit,
    make_visit,
)
from visits import solving
from visits.models import Member
from visits.solving import Case, Claim, Span, Words, solve, stay_of, weekday_in, widest

TODAY = date(2026, 1, 1)


def claim(*tenures: tuple[str, str]) -> Claim:
    return Claim("tenure", "held %(spans)s", tuple(Span(f"{a}/{b}", *widest(a, b)) for a, b in tenures))


def years(start: str, *claims: Claim, end: str = "", **known: object) -> tuple[int, ...] | None:
    solution = solve(Case(stay_of(start, end), list(claims), **known), TODAY)
    return solution and solution.years


# the solver alone


def test_the_years_in_which_all_held_their_posts():
    assert years(
        "XXXX-01-22", claim(("2001-07", "")), claim(("2023-12-14", "2025-10-21")), claim(("", "2024-10-01"))
    ) == (2024,)


def test_several_years_stay_several():
    assert years("XXXX-01-22", claim(("2023-12-14", "2025-10-21"))) == (2024, 2025)


def test_tenures_that_never_met_leave_no_year():
    assert years("XXXX-01-22", claim(("2001", "2003")), claim(("2010", "2012"))) == ()


@pytest.mark.parametrize("dates", [("", ""), ("XXXX-05", "XXXX-03"), ("2030", "2020"), ("nonsense", "2020-13")])
def test_a_tenure_that_says_nothing_narrows_nothing(dates):
    assert years("XXXX-01-22", claim(dates)) is None


def test_two_tenures_of_one_post_are_both_meant():
    assert years("XXXX-06-01", claim(("2006-09-26", "2007-09-26"), ("2012-12-26", "2013-09-16"))) == (2007, 2013)


def test_an_uncertain_bound_is_wider_by_a_year():
    assert years("XXXX-06-01", claim(("2012~", "2013?"))) == (2011, 2012, 2013, 2014)


def test_a_stay_over_new_year_begins_in_the_year_before():
    assert years("XXXX-12-30", claim(("2020-01-01", "2020-01-02")), end="XXXX-01-02") == (2019,)


def test_29_february_comes_in_leap_years():
    assert years("XXXX-02-29", claim(("2021", "2030"))) == (2024, 2028)


def test_what_has_taken_place_is_not_after_its_source_nor_in_the_future():
    words = Words("", solving.Cited(1, "A paper"), date(2024, 1, 25))
    held = claim(("2023", ""))
    assert years("XXXX-01-22", held, taken_place=True) == (2023, 2024, 2025)
    assert years("XXXX-01-22", held, taken_place=True, words=[words]) == (2023, 2024)
    assert years("XXXX-01-22", claim(("2023", "2027")), words=[words]) == (2023, 2024, 2025, 2026, 2027)


def test_a_weekday_narrows_as_a_line_of_its_own():
    words = Words("on Monday, 22 January", solving.Cited(1, "A paper"), None)
    solution = solve(Case(stay_of("XXXX-01-22"), [claim(("2020", "2026"))], [words]), TODAY)
    assert (solution.years, [line.kind for line in solution.lines]) == ((2024,), ["tenure", "weekday"])


@pytest.mark.parametrize(
    ("text", "weekday"),
    [
        ("on Monday, 22 January", 0),
        ("on Monday, January 22nd", 0),
        ("22 January (Monday)", 0),
        ("в понедельник, 22 января", 0),
        ("Monday to Tuesday, January 22-23", None),
        ("On Monday he told of 22 January", None),
        ("Sunday 21 January", None),
        ("Monday 22, Tuesday 22", None),
        ("", None),
    ],
)
def test_a_weekday_counts_beside_its_day_alone(text, weekday):
    assert weekday_in(text, stay_of("XXXX-01-22")) == weekday


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([2024], "2024"),
        ([2024, 2025], "2024 or 2025"),
        (range(2020, 2026), "2020 to 2025"),
        (range(2002, 9999), "2002 or later"),
        (range(1, 1951), "1950 or earlier"),
        (range(1, 9999), "any year"),
        ([], "no year"),
        ([1904, *range(1908, 1945, 4)], "11 years between 1904 and 1944"),
    ],
)
def test_years_in_words(found, words):
    assert solving.years_in_words(list(found)) == words


DAYS = st.dates(date(1850, 1, 1), date(2090, 12, 31))


def coarser(day: date, precision: int) -> str:
    """The day as a source may give it: exact, its month, its year, its decade, or not at all."""
    iso = day.isoformat()
    return [iso, iso[:7], iso[:4], f"{iso[:3]}X", ""][precision]


@st.composite
def tenures(draw: st.DrawFn, first: date, last: date) -> tuple[str, str]:
    """A tenure that began by the last day of a stay and ended at its first or later, with bounds of any precision."""
    start = last - timedelta(days=draw(st.integers(0, 20_000)))
    end = max(start, first) + timedelta(days=draw(st.integers(0, 20_000)))
    return coarser(start, draw(st.integers(0, 4))), coarser(end, draw(st.integers(0, 4)))


@given(data=st.data(), first=DAYS, length=st.integers(0, 20), precision=st.integers(0, 1))
def test_the_true_year_is_never_lost(data, first, length, precision):
    last = first + timedelta(days=length)
    start, end = (f"XXXX{day.isoformat()[4 : 10 - 3 * precision]}" for day in (first, last))
    stay = stay_of(start, end)
    assume(stay.over_new_year == (last.year > first.year))
    held = [data.draw(tenures(first, last)) for _ in range(data.draw(st.integers(1, 4)))]
    weekday = f"{first:%A}, {first.day} {first:%B}"
    words = [Words(weekday, solving.Cited(1, "A paper"), last + timedelta(days=data.draw(st.integers(0, 900))))]
    taken_place = last <= TODAY
    case = Case(stay, [claim(one) for one in held], words, taken_place=taken_place)
    solution = solve(case, TODAY)
    assert solution is None or first.year in solution.years


# from the tables


@pytest.fixture
def visit(db):
    return make_undated_visit()


def test_members_and_those_whom_they_met_count_with_their_sources(visit):
    solution = solving.of_visits([visit.pk])[visit.pk]
    assert (solution.only, solution.start, solution.end) == (2024, "2024-01-22", "2024-01-23")
    assert solution.derivation == (
        "Aina Orazowa was Foreign Minister, Turkmenistan, since July 2001: 2002 or later\n"
        "Ken Mori was Minister of Trade, Japan, from December 2023 to October 2024: 2024 [Cabinet formed, A newspaper]"
    )


def test_one_office_under_two_titles(visit):
    Member.objects.update(post=make_post("Minister of Foreign Affairs"))
    assert solving.of_visits([visit.pk])[visit.pk].only == 2024


def test_without_tenures_the_year_stays_unknown(visit):
    visit.meetings.all().delete()
    Member.objects.update(post=make_post("Envoy", rank="other"))
    assert solving.of_visits([visit.pk]) == {}


def test_who_has_no_tenure_is_said_and_narrows_nothing(visit):
    make_counterpart(visit, "Jun Abe", "Minister of Justice")
    solution = solving.of_visits([visit.pk])[visit.pk]
    assert (solution.only, solution.lines[-1].text) == (
        2024,
        "when Jun Abe was Minister of Justice, Japan is not known",
    )


def test_a_dated_record_has_nothing_to_solve(visit, django_assert_num_queries):
    dated = make_visit(head="Aina Orazowa")
    with django_assert_num_queries(1):  # those without a year
        assert solving.of_visits([dated.pk]) == {}


def test_a_dated_meeting_gives_the_year_of_its_visit(visit):
    make_meeting("2024-01-23", visits=[visit], title="Talks")
    lines = solving.of_visits([visit.pk])[visit.pk].lines
    assert [line.text for line in lines if line.kind == "meeting"] == [
        "the meeting “Talks” lies in it, 23 January 2024"
    ]


def test_a_meeting_has_the_year_of_the_visit_that_it_lies_in(visit):
    talks = make_meeting("XXXX-01-22", visits=[visit], title="Talks")
    dinner = make_meeting("XXXX-03-02", visits=[make_visit(start="2019-03-01", end="2019-03-04", title="Tour")])
    found = solving.of_meetings([talks.pk, dinner.pk])
    assert {pk: solution.only for pk, solution in found.items()} == {talks.pk: 2024, dinner.pk: 2019}


def test_the_public_derivation_knows_published_meetings_alone(visit):
    visit.meetings.update(state="draft")
    assert solving.of_visits([visit.pk], public=True)[visit.pk].bounded is False


@pytest.mark.parametrize("more", [0, 2])
def test_the_number_of_queries_is_constant(visit, django_assert_num_queries, more):
    visits = [visit]
    for _ in range(more):
        visits.append(make_visit(start="XXXX-01-22"))
        make_delegation(visits[-1], head="Aina Orazowa")
    ids = [one.pk for one in visits]
    # visits, meetings, members, participants, members of meetings, officials, posts, tenures, their sources, quotes
    with django_assert_num_queries(10):
        assert len(solving.of_visits(ids)) == 1 + more


# the faces


def shown(client, record) -> str:
    return " ".join(client.get(record.get_absolute_url()).content.decode().split())


def test_the_page_says_the_year_and_why(client, visit):
    page = shown(client, visit)
    assert "It was probably <strong>2024</strong>, because:" in page
    assert "from December 2023 to October 2024" in page
    assert "Cabinet formed, A newspaper" in page


def test_the_page_says_which_years_remain(client, visit):
    visit.meetings.get().participants.all().delete()
    official = make_official("Aina Orazowa")
    official.tenures.update(end="2003")
    assert "It may have been <strong>2002 or 2003</strong>" in shown(client, visit)


def test_the_page_keeps_a_contradiction_to_the_editors(client, visit):
    make_official("Aina Orazowa").tenures.update(end="2003")
    assert 'id="year"' not in shown(client, visit)


def test_the_api_carries_the_proposal(client, visit):
    solved = client.get(f"/api/v1/visits/{visit.pk}/").json()["solved"]
    assert solved["years"] == [2024]
    assert [(line["kind"], line["leaves"], len(line["tenures"])) for line in solved["lines"]] == [
        ("tenure", "2002 or later", 1),
        ("tenure", "2024", 1),
    ]
    assert [source["title"] for line in solved["lines"] for source in line["sources"]] == [
        "Cabinet formed, A newspaper"
    ]


def test_the_api_says_nothing_of_it_where_the_year_is_known(client, visit):
    dated = make_visit()
    add_external_id(dated, "hsg-visits:1")
    assert "solved" not in client.get(f"/api/v1/visits/{dated.pk}/").json()
