"""Posts in time: tenures with partial dates, who is seen in a post, who held what on a date."""

import re
from datetime import date

import pytest
from django.http import QueryDict

from tests.world import make_meeting, make_official, make_post, make_tenure, make_visit
from visits import dates, sightings
from visits.filters import OfficialFilter, PostFilter, TenureFilter
from visits.models import Member, Participant, Tenure
from visits.pages.post import turns

pytestmark = pytest.mark.django_db


def found(filters, query):
    return list(filters.open(QueryDict(query), "/").qs.order_by("pk"))


def public_official(name="Aina Orazowa", **values):
    """An official who is public, by a visit without a post and without a year."""
    official = make_official(name, **values)
    visit = make_visit(start="", members=[name])
    assert visit.delegations.get().members.get().official == official
    return official


# who held what on a date


@pytest.mark.parametrize(
    ("start", "end", "asked", "held", "sure"),
    [
        ("2021-01-20", "2025-01-20", "2021-01-20", True, True),
        ("2021-01-20", "2025-01-20", "2025-01-20", True, True),
        ("2021-01-20", "2025-01-20", "2025-01-21", False, False),
        ("2021-01-20", "2025-01-20", "2021-01", True, True),
        ("2021-01-20", "2025-01-20", "2020", False, False),
        ("2021", "2024-06", "2021-03-01", True, False),
        ("2021", "2024-06", "2024-06-30", True, False),
        ("2021", "2024-06", "2022", True, True),
        ("2021", "2024-06", "2024-07-01", False, False),
        ("2021", "", "2999", True, True),
        ("", "2024", "1900-01-01", True, False),
        ("", "", "2000", True, False),
        ("2021", "XXXX-06", "2022", True, False),
        ("201X", "2020", "2015-05", True, False),
    ],
)
def test_a_date_is_asked_for_as_precisely_as_it_is_known(start, end, asked, held, sure):
    make_tenure(public_official(), make_post(), start, end)
    assert bool(found(TenureFilter, f"valid_on={asked}")) is held
    assert [official.name for official in found(OfficialFilter, f"valid_on={asked}")] == ["Aina Orazowa"] * held
    assert [post.title for post in found(PostFilter, f"valid_on={asked}")] == ["Foreign Minister"] * held
    assert dates.surely_overlap(start, end, *dates.bounds(asked)) is sure


def test_who_is_named_with_a_post_in_these_days_is_found_without_a_tenure():
    make_visit(start="2013-05-07", end="2013-05-09", head="Ken Mori", guest="JP")
    make_meeting("2013-06", participants=[("Aina Orazowa", "TM")])
    Participant.objects.update(post=make_post("Envoy"))
    days = {"2013-05-09": ["Ken Mori"], "2013-06-30": ["Aina Orazowa"]}
    assert {day: [one.name for one in found(OfficialFilter, f"valid_on={day}")] for day in days} == days
    assert [post.title for post in found(PostFilter, "valid_on=2013")] == ["Foreign Minister", "Envoy"]
    assert (found(OfficialFilter, "valid_on=2013-05-10"), Tenure.objects.count()) == ([], 0)


def test_a_hidden_visit_shows_nobody_in_a_post():
    official = public_official()
    make_visit(start="2013-05-07", head="Aina Orazowa", state="draft")
    assert (found(OfficialFilter, "valid_on=2013"), sightings.seen("official", [official.pk])) == ([], [])


def test_post_and_rank_are_asked_for_on_that_date():
    official = public_official()
    make_tenure(official, make_post("Envoy", rank="ambassador"), "2010", "2012")
    make_tenure(official, make_post(), "2013", "2015")
    asked = ("rank=ambassador", "rank=ambassador&valid_on=2011", "rank=ambassador&valid_on=2014")
    assert [len(found(OfficialFilter, query)) for query in asked] == [1, 1, 0]


def test_tenures_are_filtered_by_official_post_country_and_rank():
    aina, ken = public_official(), public_official("Ken Mori", country="TM")
    first, second = make_tenure(aina, make_post(), "2010"), make_tenure(ken, make_post("Envoy", "JP", "ambassador"))
    asked = (f"official={aina.pk}", f"post={second.post_id}", "country=JP", "rank=foreign-minister")
    assert [found(TenureFilter, query) for query in asked] == [[first], [second], [second], [first]]


# what records say


def test_visits_and_meetings_are_counted_once_in_each_post():
    visit = make_visit(start="2013-05", head="Aina Orazowa")
    member = Member.objects.get()
    for day in ("2013-05-08", "2013-05-09"):
        make_meeting(day, visits=[visit], participants=[("Aina Orazowa", "TM")])
    Participant.objects.update(post=member.post)
    (seen,) = sightings.said_of("official", member.official_id).seen
    assert (seen.visits, seen.meetings, seen.first, seen.last) == (1, 2, "2013-05-08", "2013-05-09")
    assert seen.months == [date(2013, 5, 1)]


def test_titles_and_names_as_printed_are_counted():
    for title in ("Presidetn", "President", "President"):
        make_visit(head="Aina Orazowa", post="President")
        Member.objects.filter(pk=Member.objects.latest("pk").pk).update(post_as_printed=title)
    official = make_official("Aina Orazowa")
    said = sightings.said_of("official", official.pk)
    titles = said.titles[make_post("President").pk]
    assert [(one.text, one.visits) for one in titles] == [("President", 2), ("Presidetn", 1)]
    assert [tuple(one) for one in said.names] == [("Aina Orazowa", 3, 0)]
    assert sightings.said_of("post", make_post("President").pk).titles == {official.pk: titles}


# the pages


def busy_official():
    """Travels, receives, meets others and talks, under two spellings."""
    for start in ("2013-05-07", "2014", "XXXX-03-01"):
        make_visit(start=start, head="Aina Orazowa", topics=["hydrogen"], outcomes=["A plan"])
    received = make_visit("JP", "TM", "2015-02", topics=["trade"])
    people = [("Ken Mori", "JP"), ("Aina Orazowa", "TM"), ("Merdan Gurbanow", "TM")]
    make_meeting("2015-02-01", visits=[received], participants=people, topics=["green-hydrogen"])
    make_meeting("2016", venue="FR", participants=people, topics=["trade"])
    make_meeting("2017", participants=[*people, *((f"Delegate {number}", "JP") for number in range(30))])
    Member.objects.filter(pk=Member.objects.earliest("pk").pk).update(name_as_printed="Aina Orasova & Co")
    official = make_official("Aina Orazowa")
    make_tenure(official, make_post(), "2013", "")
    make_tenure(official, make_post("Envoy", rank="ambassador"), "2010-03", "2012-12-31")
    return official


def names_of(ranking):
    return [(entry.name, *(number.count for number in entry.numbers)) for entry in ranking.entries]


def test_the_page_of_an_official_says_where_whom_and_about_what(client):
    page = client.get(busy_official().get_absolute_url()).context
    assert [(one.post.title, len(one.tenures), bool(one.seen)) for one in page["holdings"]] == [
        ("Envoy", 1, False),
        ("Foreign Minister", 1, True),
    ]
    assert names_of(page["visited"]) == [("Japan", 3)]
    assert names_of(page["received"]) == [("Japan", 1)]
    assert names_of(page["counterparts"]) == [("Ken Mori", 2)]
    assert names_of(page["topics"]) == [("Hydrogen", 4, 1), ("Green hydrogen", 1, 1), ("Trade", 1, 1)]


LINKED = re.compile(r'<a href="(/(?:visits|meetings|officials)/\?[^"]+)">(?:<strong>)?\s*([0-9,]+)\s*<')


@pytest.mark.parametrize("kind", ["official", "post"])
def test_every_number_leads_to_just_these_records(client, kind):
    official = busy_official()
    record = official if kind == "official" else make_post()
    links = LINKED.findall(client.get(record.get_absolute_url()).content.decode())
    wrong = []
    for address, number in links:
        listed = client.get(address.replace("&amp;", "&")).context["count"].number
        if listed != int(number.replace(",", "")):
            wrong.append((address, number, listed))
    assert (len(links), wrong) == ({"official": 14, "post": 4}[kind], [])


def test_a_tenure_without_dates_says_so_and_one_with_a_month_is_pale_where_it_may_be(client):
    official = busy_official()
    page = client.get(official.get_absolute_url())
    text = page.content.decode()
    assert ("March 2010 – 31 December 2012" in text, "since 2013" in text) == (True, True)
    pale, solid = page.context["holdings"][0].strip.bars
    assert (pale.sure, solid.sure, pale.x < solid.x) == (False, True, True)


def tenures_of(*spans):
    post = make_post()
    made = [make_tenure(make_official(f"Holder {n}"), post, *span) for n, span in enumerate(spans)]
    return [(turn.gap, turn.words, turn.after.official.name) for turn in turns(made)]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([("2000-01-01", "2004-01-20"), ("2004-01-20", "2008-01-20")], []),
        ([("2000-01-01", "2004-01-19"), ("2004-01-20", "2008-01-20")], []),
        ([("2000-01-01", "2004-01-10"), ("2004-01-20", "")], [(True, "11–19 January 2004", "Holder 1")]),
        ([("2000", "2004"), ("2004", "2008")], []),
        ([("2000", "2004"), ("2005", "2008")], []),
        ([("2000", "2004"), ("2006", "2008")], [(True, "1 January – 31 December 2005", "Holder 1")]),
        ([("2000", "2005-03-01"), ("2004-02-01", "2008")], [(False, "1 February 2004 – 1 March 2005", "Holder 1")]),
        ([("2000", ""), ("2004-02-01", "")], [(False, "since 1 February 2004", "Holder 1")]),
        ([("2000", "2010"), ("2002", "2003"), ("2012", "")], [
            (False, "31 December 2002 – 1 January 2003", "Holder 1"),
            (True, "1 January – 31 December 2011", "Holder 2"),
        ]),
        ([("", "2004"), ("2010", "")], []),
    ],
)  # fmt: skip
def test_gaps_and_overlaps_are_named_where_they_are_sure(spans, expected):
    assert tenures_of(*spans) == expected


def test_the_page_of_a_post_has_its_holders_in_order_and_those_that_are_seen(client):
    for name, start in (("Ken Mori", "2004-01-20"), ("Aina Orazowa", "2000")):
        make_tenure(public_official(name), make_post(), start)
    make_visit(start="2002-03", head="Merdan Gurbanow")
    hidden = make_official("Hidden Holder")
    make_tenure(hidden, make_post(), "1990")
    page = client.get(make_post().get_absolute_url())
    assert [one.official.name for one in page.context["holders"]] == ["Aina Orazowa", "Merdan Gurbanow", "Ken Mori"]
    assert "Hidden" not in page.content.decode()


def test_of_many_in_a_post_those_with_dates_and_the_most_often_named_are_shown(client, monkeypatch):
    monkeypatch.setattr("visits.pages.post.HOLDERS", 2)
    make_tenure(public_official("Ken Mori"), make_post(), "2004-01-20")
    for start, name in (("2002-03", "Merdan Gurbanow"), ("2010", "Aman Durdyew"), ("2011", "Aman Durdyew")):
        make_visit(start=start, head=name)
    page = client.get(make_post().get_absolute_url())
    assert [one.official.name for one in page.context["holders"]] == ["Ken Mori", "Aman Durdyew"]
    assert "Shown are 2 of 3" in page.content.decode()


def test_a_list_on_a_date_says_how_it_is_known(client):
    make_tenure(public_official(), make_post(), "", "2014")
    make_visit(start="2013-05-07", head="Ken Mori", guest="JP", post="Industry Minister")
    text = " ".join(client.get("/officials/?valid_on=2013-05").content.decode().split())
    assert "In post, May 2013" in text
    assert ("may have held until 2014" in text, "seen 7 May 2013" in text) == (True, True)
    assert "Aina Orazowa</a> <span" in client.get("/posts/?valid_on=2013-05").content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "expected"), [("officials", 7), ("posts", 7)])
def test_a_list_on_a_date_has_a_constant_number_of_queries(client, django_assert_num_queries, name, expected, count):
    for number in range(count):
        make_visit(head=f"Head {number}", post=f"Post {number}")
        make_tenure(make_official(f"Head {number}"), make_post(f"Held {number}"), "2020")
    client.get(f"/{name}/?valid_on=2024")
    with django_assert_num_queries(expected):
        client.get(f"/{name}/?valid_on=2024")
