"""Counting: each rule, each grouping, links that have just what was counted, and facets that are never empty."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import cite, make_dialogue, make_meeting, make_organization, make_source, make_visit
from visits import paging, stats
from visits.filters import VisitFilter, base
from visits.models import Official, Visit
from visits.stats.chosen import chosen

pytestmark = pytest.mark.django_db


def filters(query=""):
    return VisitFilter.open(QueryDict(query), "/visits/", also=("view", "rule", "cursor"))


def counted(query, by, rule="visit"):
    """{keys: number}; of one grouping its key alone."""
    groups = stats.count(filters(query), by, rule).groups
    return {one.keys if len(by) > 1 else one.keys[0]: one.number for one in groups}


def total(query, rule):
    return stats.count(filters(query), [], rule).total


# rules


def test_a_visit_counts_once(world):
    assert (total("", "visit"), total("guest=TM", "visit")) == (4, 2)


@pytest.mark.parametrize(
    ("second", "stops"),
    [
        (("US", "FR", "1961-06-02", "1961-06-04"), 1),  # overlaps
        (("US", "FR", "1961-06-03", "1961-06-04"), 1),  # follows on the next day
        (("US", "FR", "1961-06-04", "1961-06-05"), 2),  # a day between
        (("US", "DE", "1961-06-02", "1961-06-04"), 2),  # another host
        (("GB", "FR", "1961-06-02", "1961-06-04"), 2),  # another guest
        (("US", "FR", "1961", ""), 2),  # not known to the day
    ],
)
def test_visits_that_follow_each_other_are_one_country_stop(second, stops):
    make_visit("US", "FR", "1961-05-31", "1961-06-02")
    make_visit(*second)
    assert total("", "stop") == stops


def test_a_stop_that_a_long_visit_spans_is_no_new_one():
    make_visit("US", "FR", "1961-05-01", "1961-05-31")
    make_visit("US", "FR", "1961-05-02", "1961-05-03")
    make_visit("US", "FR", "1961-05-20", "1961-05-21")
    assert total("", "stop") == 1


def test_a_meeting_within_two_visits_is_one_meeting_in_each_of_their_groups():
    visits = [make_visit("TM", "JP"), make_visit("UZ", "JP")]
    make_meeting(visits=visits)
    make_meeting(visits=visits, state="draft")
    assert (total("", "meeting"), counted("", ["guest"], "meeting")) == (1, {"TM": 1, "UZ": 1})


def test_days_are_counted_with_the_first_and_the_last(world):
    found = stats.count(filters(), ["year"], "day")
    assert {one.keys[0]: one.number for one in found.groups} == {"2024": 2, "1961": 3}
    assert (found.total, found.visits, found.skipped) == (5, 4, 2)


def test_every_rule_says_what_it_counts_and_whether_conferences_are_in():
    said = {stats.sentence(rule, filters(query)) for rule in stats.RULES for query in ("", "multilateral=false")}
    assert len(said) == 2 * len(stats.RULES)


# multilateral or not


def test_summits_international_hosts_and_sessions_of_larger_dialogues_are_multilateral():
    two, many = make_dialogue("central-asia-japan"), make_dialogue("group-of-three")
    many.countries.set([make_visit(code, "FR", state="draft").guest_country for code in ("JP", "UZ", "TM")])
    two.countries.clear()
    ways = {
        "summit": make_visit("TM", "JP", kind="summit"),
        "body": make_visit("TM", "US", host_organization=make_organization("un", kind="international")),
        "session": make_visit("UZ", "JP", dialogue="group-of-three"),
        "of two": make_visit("UZ", "US", dialogue="central-asia-japan"),
        "plain": make_visit("UZ", "FR"),
    }
    meeting = make_visit("TM", "FR")
    make_meeting(visits=[meeting], dialogue="group-of-three")
    assert set(filters("multilateral=true").qs) == {ways["summit"], ways["body"], ways["session"], meeting}
    assert set(filters("multilateral=false").qs) == {ways["of two"], ways["plain"]}


# groupings


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        (["year"], {"2024": 1, "1961": 1, "2023": 1, "unknown": 1}),
        (["guest"], {"TM": 2, "US": 1, "eu": 1}),
        (["host"], {"JP": 2, "FR": 1, "UZ": 1}),
        (["guest", "host"], {("TM", "JP"): 2, ("US", "FR"): 1, ("eu", "UZ"): 1}),
        (["rank"], {"foreign-minister": 1, None: 3}),
        (["precision"], {"day": 2, "part": 2}),
        (["kind"], {"official": 1, "state": 1, "summit": 1, "unknown": 1}),
        (["status"], {"completed": 1, "unknown": 3}),
        (["topic"], {"energy": 1, "hydrogen": 1, "green-hydrogen": 1, "trade": 1, None: 2}),
    ],
)
def test_visits_are_counted_by(world, by, groups):
    assert counted("", by) == groups


@pytest.mark.parametrize("by", [name for name, one in stats.GROUPINGS.items() if one.filter])
def test_the_list_of_a_group_has_just_its_visits(world, by):
    cite(world.thin, make_source(title="Another"), "state visit")
    found = [one for one in stats.count(filters(), [by]).groups if one.keys != (None,)]
    assert found != []
    assert [one.visits for one in found] == [filters(one.url.partition("?")[2]).qs.count() for one in found]


def test_a_group_that_no_filters_can_say_has_no_list(world):
    groups = stats.count(filters("topic=hydrogen"), ["topic"]).groups
    assert {one.url for one in groups} == {None}


def test_groups_add_up_by_one_of_their_keys(world):
    groups = stats.groups(filters(), ["guest", "host"])
    assert groups.sums(0) == [("TM", 2), ("US", 1), ("eu", 1)]
    assert groups.sums(1) == [("JP", 2), ("FR", 1), ("UZ", 1)]
    assert [one.keys for one in groups.among(lambda guest: guest != "TM", "FR".__eq__)] == [("US", "FR")]


def test_how_precise_a_date_is_has_no_list(world):
    assert {one.url for one in stats.count(filters(), ["year", "precision"]).groups} == {None}


def test_a_decade_is_no_year():
    make_visit(start="201X")
    assert (counted("", ["year"]), filters("year=2010").qs.count(), filters("year=unknown").qs.count()) == (
        {"unknown": 1}, 0, 1,
    )  # fmt: skip


def test_what_nothing_fits_is_counted_too(world):
    found = stats.count(filters("guest=FR&host=UZ"), ["year"])
    assert (found.total, found.visits, list(found.groups)) == (0, 0, [])


def test_drafts_are_not_counted(world):
    assert stats.count(filters(), []).total == Visit.objects.published().count()


ONE = st.tuples(
    st.sampled_from(["TM", "JP", "US"]), st.sampled_from(["FR", "UZ"]),
    st.dates(date(2020, 1, 1), date(2020, 1, 20)),
    st.integers(0, 4),
)  # fmt: skip


@settings(max_examples=25)
@given(st.lists(ONE, max_size=6))
def test_stops_are_runs_of_days(made):
    """As many stops as there are unbroken runs of days of each guest at each host."""
    Visit.objects.all().delete()
    days: dict[tuple[str, str], set] = {}
    for guest, host, first, length in made:
        last = first + timedelta(days=length)
        make_visit(guest, host, first.isoformat(), last.isoformat())
        days.setdefault((guest, host), set()).update(first + timedelta(days=n) for n in range(length + 1))
    runs = sum(day - timedelta(days=1) not in there for there in days.values() for day in there)
    assert total("", "stop") == runs


# facets


def choices(query, name):
    found = {facet.name: facet for facet in stats.facets(filters(query))}
    return {one.key: (one.number, one.on, one.url) for one in found[name].choices} if name in found else {}


@pytest.mark.parametrize("query", ["", "guest=TM", "topic=energy&host=JP", "region=asia&year=2024", "q=hydrogen"])
def test_no_choice_leads_to_another_number_than_it_says(world, query):
    cite(world.thin, make_source(title="Another"), "state visit")
    found = [one for facet in stats.facets(filters(query)) for one in facet.choices if not one.on]
    assert [one.number for one in found] == [filters(one.url.partition("?")[2]).qs.count() for one in found]
    assert all(one.number for one in found)


def test_a_facet_that_is_on_offers_its_other_choices_and_the_way_out(world):
    assert choices("guest=TM&view=map&cursor=x", "guest") == {
        "TM": (2, True, "/visits/?view=map"),
        "US": (1, False, "/visits/?view=map&guest=US"),
        "eu": (1, False, "/visits/?view=map&guest=eu"),
    }


def test_a_facet_with_one_choice_alone_is_not_shown(world):
    assert "host" not in {facet.name for facet in stats.facets(filters("guest=TM"))}


def test_of_many_choices_the_smaller_ones_are_a_number(world, monkeypatch):
    monkeypatch.setattr("visits.stats.narrowing.SHOWN", 1)
    monkeypatch.setattr("visits.stats.narrowing.MORE", 1)
    guests = next(one for one in stats.facets(filters("")) if one.name == "guest")
    assert (guests.choices[0].key, len(guests.choices), guests.left_out, guests.others) == ("TM", 2, 1, 2)
    assert {type(one.left_out) for one in stats.facets(filters(""))} == {int}  # a template counts with nothing else


def test_of_very_many_visits_that_the_database_has_to_find_numbers_are_at_least(world, monkeypatch):
    monkeypatch.setattr("visits.stats.chosen.LIMIT", 1)
    make_visit("US", "FR", "2001", head="Ken Mori")
    everybody = urlencode([("official", pk) for pk in Official.objects.public().values_list("pk", flat=True)])
    assert {facet.at_least for facet in stats.facets(filters(everybody))} == {True}
    assert {facet.at_least for facet in stats.facets(filters("from=1900"))} == {False}
    assert stats.count(filters(everybody), []).sentence.endswith("Only the newest visit of these is counted.")


@pytest.mark.parametrize("near", [2, 4, 2_500])
@pytest.mark.parametrize("query", ["q=turkmenistan", "q=hydrogen+japan", "q=orazowa&host=JP", "q=nothing"])
def test_a_word_that_many_have_is_counted_as_it_is_listed(world, monkeypatch, query, near):
    monkeypatch.setattr(base, "MANY", 0)
    monkeypatch.setattr(paging, "NEAR", near)
    visits = chosen(filters(query))
    places, more = visits.places()
    assert (sorted(visits.columns.visit[places]), more) == (sorted(one.pk for one in filters(query).qs), False)


def test_of_a_word_that_very_many_have_the_newest_are_counted(world, monkeypatch):
    monkeypatch.setattr(base, "MANY", 0)
    monkeypatch.setattr(paging, "NEAR", 2)
    monkeypatch.setattr(paging, "ENOUGH", 1)
    newest = [one.pk for one in Visit.objects.published().newest_first()[:2]]
    visits = chosen(filters("q=turkmenistan"))
    places, more = visits.places()
    found = set(filters("q=turkmenistan").qs.values_list("pk", flat=True))
    assert (set(visits.columns.visit[places]), more) == (found & set(newest), True)


QUERIES = st.fixed_dictionaries({}, optional={
    "guest": st.sampled_from(["TM", "US", "eu"]), "host": st.sampled_from(["JP", "UZ", "un"]),
    "country": st.sampled_from(["TM", "JP", "eu"]), "pair": st.sampled_from(["TM-JP", "eu-UZ"]),
    "region": st.sampled_from(["asia", "central-asia", "western-europe"]), "year": st.sampled_from(["1961", "unknown"]),
    "post_rank": st.just("foreign-minister"), "kind": st.sampled_from(["state", "official", "unknown"]),
    "status": st.sampled_from(["completed", "unknown"]), "topic": st.sampled_from(["energy", "trade"]),
    "modality": st.sampled_from(["proposed", "discussed"]), "from": st.sampled_from(["1961", "2024-01-23"]),
    "to": st.sampled_from(["1961-06", "2024"]), "undated": st.just("true"), "q": st.just("turkmenistan"),
    "multilateral": st.sampled_from(["true", "false"]), "dialogue": st.just("central-asia-japan"),
    "corroboration": st.sampled_from(["single", "several"]),
})  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUERIES)
def test_what_is_counted_is_what_is_listed(world, query):
    """The columns and the database mean the same by every filter."""
    make_organization("un", kind="international")
    opened = filters(urlencode(query))
    visits = chosen(opened)
    places, more = visits.places()
    assert (sorted(visits.columns.visit[places]), more) == (sorted(one.pk for one in opened.qs), False)


@pytest.mark.parametrize("count", [1, 3])
def test_counting_takes_a_constant_number_of_queries(django_assert_num_queries, count):
    for number in range(count):
        host = ("JP", "UZ", "FR")[number]
        made = make_visit("TM", host, f"202{number}", head=f"Head {number}", topics=["hydrogen"])
        cite(made, make_source(f"Source {number}"), f"Source {number}")
    opened = filters("guest=TM")
    opened.known  # noqa: B018
    with django_assert_num_queries(1):  # what changed since
        stats.count(opened, ["guest", "topic"], "stop")
    with django_assert_num_queries(1):  # the titles of sources
        stats.facets(opened)


# API


def test_the_api_counts(client, world):
    body = client.get("/api/v1/stats/?by=guest,host&rule=day&from=1900&host=JP").json()
    assert body == {
        "rule": "day",
        "sentence": stats.sentence("day", filters()),
        "by": ["guest", "host"],
        "total": 2,
        "visits": 1,
        "skipped": 0,
        "undated_left_out": 1,
        "cut": False,
        "groups": [
            {
                "keys": {"guest": "TM", "host": "JP"},
                "labels": {"guest": "Turkmenistan", "host": "Japan"},
                "number": 2,
                "visits": 1,
                "url": "/visits/?from=1900&guest=TM&host=JP",
            }
        ],
    }


@pytest.mark.parametrize("query", ["by=colour", "by=guest,host,year", "rule=hour", "gest=TM", "cursor=x"])
def test_the_api_refuses_what_it_does_not_know(client, world, query):
    assert client.get(f"/api/v1/stats/?{query}").status_code == 400
