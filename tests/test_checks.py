"""The checks: what is odd is listed once, goes when it is mended, stays away when somebody says that it is right."""

from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.world import (
    make_city,
    make_country,
    make_delegation,
    make_meeting,
    make_official,
    make_post,
    make_tenure,
    make_undated_visit,
    make_visit,
)
from visits import checks, loads, reference, tasks
from visits.models import City, Country, Doubt, ExternalId, Judgement, Member, Participant, Post, Tenure, VisitPlace

pytestmark = pytest.mark.django_db


def found() -> list[tuple[str, str]]:
    """What the checks find now: (code, what it is about)."""
    checks.recompute()
    doubts = Doubt.objects.filter(judgement=None).order_by("code", "pk")
    return [(doubt.code, str(doubt.record)) for doubt in doubts]


def reasons() -> list[str]:
    checks.recompute()
    return list(Doubt.objects.order_by("pk").values_list("reason", flat=True))


def make_stay(place: str, start: str, end: str = "", host: str = "JP", head: str = "Aina Orazowa"):
    return make_visit(host=host, start=start, end=end, head=head, place=place)


TOKYO, PARIS, KYOTO = (35.68, 139.69), (48.86, 2.35), (35.01, 135.77)


@pytest.fixture
def cities():
    for name, country, (north, east) in (("Tokyo", "JP", TOKYO), ("Paris", "FR", PARIS), ("Kyoto", "JP", KYOTO)):
        City.objects.filter(pk=make_city(name, country).pk).update(latitude=north, longitude=east)


# each check


def test_a_post_not_held_on_that_date():
    make_visit(start="2020-05-01", head="Aina Orazowa")
    make_tenure(make_official("Aina Orazowa"), make_post(), "2021", "2024-06")
    assert reasons() == ["Aina Orazowa as Foreign Minister, 1 May 2020; but held that post 2021 – June 2024."]


@pytest.mark.parametrize(
    ("start", "end"),
    [("2020-05-01", ""), ("", "2020-05-01"), ("2020", "2020"), ("2020-05", ""), ("2021~", ""), ("", "2019?"), ("", ""),
     ("XXXX-05", "XXXX-03")],
)  # fmt: skip
def test_a_post_that_may_have_been_held_is_no_doubt(start, end):
    make_visit(start="2020-05-01", head="Aina Orazowa")
    make_tenure(make_official("Aina Orazowa"), make_post(), start, end)
    assert found() == []


def test_who_came_with_the_visit_is_asked_once():
    visit = make_visit(start="2020-05-01", head="Aina Orazowa")
    meeting = make_meeting("2020-05-01", visits=[visit], participants=[("Aina Orazowa", "TM")])
    meeting.participants.update(post=make_post())
    make_tenure(make_official("Aina Orazowa"), make_post(), "2021")
    assert found() == [("post-not-held", "Aina Orazowa")]
    assert Doubt.objects.get().member.delegation.visit == visit


def test_another_tenure_of_the_same_office_counts():
    make_visit(start="2020-05-01", head="Aina Orazowa")
    make_tenure(make_official("Aina Orazowa"), make_post(), "2021")
    make_tenure(make_official("Aina Orazowa"), make_post("Minister of Foreign Affairs"), "2018", "2021")
    assert found() == []


def test_a_post_that_somebody_else_held_then():
    make_visit(start="2020-05-01", head="Aina Orazowa")
    make_tenure(make_official("Merdan Gurbanow"), make_post(), "2019", "2021")
    assert reasons() == [
        "Aina Orazowa as Foreign Minister, 1 May 2020; but then that post was held by Merdan Gurbanow (2019 – 2021)."
    ]


def test_a_post_for_several_is_held_by_several():
    make_visit(start="2020-05-01", head="Aina Orazowa", post="Minister", rank="minister")
    make_tenure(make_official("Merdan Gurbanow"), make_post("Minister", rank="minister"), "2019", "2021")
    assert found() == []


def test_no_year_possible():
    make_undated_visit()
    make_official("Aina Orazowa").tenures.update(end="2003")
    assert found() == [("no-year-possible", "Turkmenistan to Japan")]
    assert Doubt.objects.get().reason.startswith("No year fits all of it: Aina Orazowa was Foreign Minister")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((("2024-01-20", "2024-01-25"), ("2024-01-22", "")), 1),  # in the midst of it
        ((("2024-01-20", "2024-01-25"), ("2024-01-24", "2024-01-26")), 1),  # two days
        ((("2024-01-22", ""), ("2024-01-22", "")), 1),  # too far for one day
        ((("2024-01-20", "2024-01-22"), ("2024-01-22", "2024-01-23")), 0),  # one leaves and arrives
        ((("2024-01-20", "2024-01-22"), ("2024-01", "")), 0),  # which day is not known
        ((("XXXX-01-22", ""), ("2024-01-22", "")), 0),
    ],
)
def test_two_distant_cities_on_one_day(cities, days, expected):
    for place, host, (start, end) in zip(("Tokyo", "Paris"), ("JP", "FR"), days, strict=True):
        make_stay(place, start, end, host)
    assert [code for code, _record in found()] == ["distant-cities"] * expected


def test_a_city_nearby_is_no_doubt(cities):
    make_stay("Tokyo", "2024-01-20", "2024-01-25")
    talks = make_meeting("2024-01-22", participants=[("Aina Orazowa", "TM")], city=make_city("Kyoto", "JP"))
    assert found() == []
    talks.city = make_city("Paris", "FR")
    talks.save()
    assert [code for code, _record in found()] == ["distant-cities"]


@pytest.mark.parametrize(
    ("day", "start", "end", "expected"),
    [
        ("2024-01-24", "2024-01-22", "2024-01-23", 1),
        ("2024-01-24", "2024-01", "", 0),
        ("2024", "2024-01-22", "", 0),
        ("XXXX-01-24", "XXXX-01-22", "XXXX-01-23", 1),
        ("XXXX-01-22", "XXXX-01-22", "", 0),
        ("XXXX-01-01", "XXXX-12-30", "XXXX-01-02", 0),
        ("", "2024-01-22", "", 0),
    ],
)
def test_a_meeting_outside_its_visit(day, start, end, expected):
    make_meeting(day, visits=[make_visit(start=start, end=end)], title="Talks")
    assert found() == [("outside-its-visit", "Talks")] * expected


def test_a_visit_of_a_country_to_itself():
    make_visit("JP", "JP", title="Home")
    make_visit("JP", "JP", host_organization=make_visit("un").guest_organization)
    assert found() == [("visit-to-itself", "Home")]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("2010", "2020"), ("2015", "2025"), 1),
        (("2010-01-01", "2020-05-01"), ("2020-05-01", "2025"), 0),  # the day of the handover
        (("2010", "2020"), ("2020", ""), 0),  # some day of 2020
        (("2010", ""), ("2015", "2025"), 0),  # nobody says that the first went on
        (("", ""), ("2015", "2025"), 0),
        (("2024-12", "2024"), ("XXXX-05", "XXXX-03"), 0),
    ],
)
def test_overlapping_tenures_of_a_post_for_one(first, second, expected):
    make_tenure(make_official("Aina Orazowa"), make_post(), *first)
    make_tenure(make_official("Merdan Gurbanow"), make_post(), *second)
    assert [code for code, _record in found()] == ["overlapping-tenures"] * expected


def test_a_post_is_for_one_when_it_says_so():
    for name in ("Aina Orazowa", "Merdan Gurbanow"):
        make_tenure(make_official(name), make_post("Minister", rank="minister"), "2010", "2020")
    assert found() == []
    Post.objects.update(single_holder=True)
    assert [code for code, _record in found()] == ["overlapping-tenures"]


def test_an_official_with_two_countries():
    visit = make_visit(head="Aina Orazowa")
    make_meeting(participants=[("Aina Orazowa", "TM")])
    assert found() == []
    Participant.objects.update(side_country=make_country("FR"))
    assert reasons() == ["Aina Orazowa stands for several countries: France, Turkmenistan."]
    assert visit.doubts.count() == 0


def test_a_country_and_its_successors_are_one():
    make_visit("SUHH", "FR", "1989", head="Eduard Amosov")
    Country.objects.get(code="SUHH").successors.add(make_country("RU"))
    Member.objects.update(post=make_post(country="RU"))
    assert found() == []


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, 1),
        ({"place": "Kyoto"}, 0),  # two legs of one tour
        ({"start": "2024-01-23"}, 0),
        ({"head": "Merdan Gurbanow"}, 0),
        ({"guest": "UZ"}, 0),
    ],
)
def test_two_rows_of_one_list_that_look_the_same(other, expected):
    same = {"head": "Aina Orazowa", "place": "Tokyo"}
    make_visit(**same, external_id="list:1")
    make_visit(**same | other, external_id="list:2")
    assert [code for code, _record in found()] == ["likely-double"] * expected


def test_one_visit_from_two_sources():
    make_visit(start="2024-01-22", end="2024-01-23", head="Aina Orazowa", external_id="list:1")
    second = make_visit(start="2024-01", head="Aina Orazowa", title="The same")
    assert found() == [("likely-double", str(second))]


def test_withdrawn_and_cancelled_records_are_left_alone(cities):
    make_visit("JP", "JP", state="withdrawn")
    make_stay("Tokyo", "2024-01-20", "2024-01-25")
    make_stay("Paris", "2024-01-22", host="FR")
    VisitPlace.objects.get(as_printed="Paris").visit.__class__.objects.filter(host_country="FR").update(
        status="postponed"
    )
    assert found() == []


# how doubts come and go


def test_a_doubt_is_listed_once_and_goes_when_it_is_mended():
    visit = make_visit("JP", "JP")
    assert found() == found() == [("visit-to-itself", str(visit))]
    visit.guest_country = make_country("TM")
    visit.save()
    assert found() == []


def test_what_is_right_does_not_come_back_unless_the_facts_change(editor):
    visit = make_visit("JP", "JP")
    found()
    judgement = checks.settle(Doubt.objects.get(), editor, "  A visit to the embassy ")
    assert (judgement.kind, judgement.reason, found()) == ("settle", "A visit to the embassy", [])
    visit.guest_country = visit.host_country = make_country("FR")
    visit.save()
    assert found() == [("visit-to-itself", str(visit))]


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_is_settled_with_a_reason(editor, reason):
    make_visit("JP", "JP")
    found()
    with pytest.raises(checks.NoReason):
        checks.settle(Doubt.objects.get(), editor, reason)
    assert Judgement.objects.count() == 0


def test_a_check_takes_over_what_a_load_said_of_the_same(editor):
    pair = [make_visit(head="Aina Orazowa", place="Tokyo", external_id=f"list:{n}") for n in (1, 2)]
    for visit in pair:
        Doubt.objects.create(code="likely-double", reason="The same traveller", visit=visit)
    assert found() == [("likely-double", str(pair[1]))]


def test_what_was_settled_of_a_load_stays_settled(editor):
    pair = [make_visit(head="Aina Orazowa", place="Tokyo", external_id=f"list:{n}") for n in (1, 2)]
    checks.settle(Doubt.objects.create(code="likely-double", reason="Same", visit=pair[0]), editor, "two trips")
    assert found() == []


def test_the_doubt_about_a_person_goes_when_the_official_is_linked():
    member = Member.objects.create(delegation=make_delegation(make_visit()), as_printed="A. Orazowa")
    Doubt.objects.create(code="ambiguous-person", reason="It may be two", member=member)
    assert found() == [("ambiguous-person", "A. Orazowa")]
    Member.objects.update(official=make_official("Aina Orazowa"))
    assert found() == []


def test_nothing_is_written_when_nothing_changed(django_assert_max_num_queries):
    make_visit("JP", "JP")
    found()
    before = list(Doubt.objects.values())
    checks.recompute()
    assert list(Doubt.objects.values()) == before


def test_tenures_of_any_kind_break_no_check():
    for start in ("", "2020", "XXXX-05", "2020-12?", "201X", "0001", "9999-12-31~"):
        for end in ("", "2020", "XXXX-03", "9999", "202X%"):
            who = make_official(f"Person {start} {end}")
            with suppress(IntegrityError), transaction.atomic():  # an end before the start is refused
                Tenure.objects.create(official=who, post=make_post(), start=start, end=end)
    visit = make_undated_visit()
    make_delegation(visit, head="Person 9999-12-31~ 9999")
    checks.recompute()


def test_each_check_has_a_code_of_its_own_with_words_and_advice():
    codes = [check.code for check in checks.CHECKS]
    assert len(set(codes)) == len(codes)
    assert [code for code in codes if checks.words_for(code) == code or not checks.advice_on(code)] == []


def test_the_command_and_the_task_count_by_code():
    make_visit("JP", "JP")
    out = StringIO()
    call_command("check_records", stdout=out)
    assert "      1  Visit of a country to itself (visit-to-itself)" in out.getvalue().splitlines()
    assert tasks.check_records()["visit-to-itself"] == 1


# the desk


def test_the_list_shows_open_doubts_by_code(client, editor, django_user_model):
    editor.is_superuser = True
    editor.save()
    client.force_login(editor)
    make_visit("JP", "JP", title="Home")
    checks.recompute()
    page = client.get(reverse("admin:visits_doubt_changelist"), follow=True).content.decode()
    assert "Japan is both the guest and the host." in page
    assert "Visit of a country to itself (1)" in page
    assert "Visit of a country to itself</a> <span" in client.get(reverse("admin:index")).content.decode()
    other = client.get(reverse("admin:visits_doubt_changelist"), {"code": "two-countries"}).content.decode()
    assert "Japan is both the guest and the host." not in other


def test_a_doubt_leads_to_its_records_and_is_settled_there(client, admin):
    client.force_login(admin)
    pair = [make_visit(head="Aina Orazowa", place="Tokyo", external_id=f"list:{n}") for n in (1, 2)]
    checks.recompute()
    doubt = Doubt.objects.get()
    page = client.get(reverse("admin:visits_doubt_change", args=[doubt.pk])).content.decode()
    assert [reverse("admin:visits_visit_change", args=[one.pk]) in page for one in pair] == [True, True]
    client.post(reverse("admin:visits_doubt_settle", args=[doubt.pk]), {"reason": "two"})
    assert Judgement.objects.get().reason == "two"


def test_the_desk_checks_again_at_once(client, admin):
    client.force_login(admin)
    make_visit("JP", "JP")
    client.post(reverse("admin:visits_doubt_check"))
    assert Doubt.objects.get().code == "visit-to-itself"


def test_a_public_page_says_nothing_of_doubts(client):
    visit = make_visit("JP", "JP")
    checks.recompute()
    assert "both the guest and the host" not in client.get(visit.get_absolute_url()).content.decode()


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_of_doubts_has_a_constant_number_of_queries(client, admin, django_assert_num_queries, more):
    client.force_login(admin)
    for number in range(1 + more):
        make_visit("JP", "JP", title=f"Home {number}")
        make_visit(start=f"20{number}0", head="Aina Orazowa")
    make_tenure(make_official("Aina Orazowa"), make_post(), "1950", "1951")
    checks.recompute()
    url = reverse("admin:visits_doubt_changelist") + "?judgement__isempty=1"
    client.get(url)
    # session, user, counts by code, the count of the list, its rows
    with django_assert_num_queries(5):
        client.get(url)


def test_the_real_lists_hold_the_known_doubles(shared_data):
    reference.load()
    loads.load_paths([shared_data / "data" / "hsg-travels" / "secretary-travels" / "blinken-antony-j.xml"])
    checks.recompute()
    doubles = Doubt.objects.filter(code="likely-double").order_by("visit__start")
    assert [sorted(_ids(doubt)) for doubt in doubles] == [["3992", "4019"], ["3993", "4020"]]


def _ids(doubt: Doubt) -> list[str]:
    visits = [doubt.visit_id, *(int(other.partition(":")[2]) for other in doubt.others)]
    return list(ExternalId.objects.filter(visit__in=visits).values_list("value", flat=True))
