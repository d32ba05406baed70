"""What the database itself refuses, and that its dates are the code's dates."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visits import dates
from visits.models import (
    Citation,
    Country,
    Delegation,
    Meeting,
    Member,
    Official,
    Participant,
    Post,
    Source,
    Tenure,
    Visit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def turkmenistan():
    return Country.objects.get_or_create(code="TM", defaults={"name": "Turkmenistan"})[0]


@pytest.fixture
def japan():
    return Country.objects.get_or_create(code="JP", defaults={"name": "Japan"})[0]


@pytest.fixture
def visit(turkmenistan, japan):
    return Visit.objects.create(guest_country=turkmenistan, host_country=japan, start="2024-01-22", end="2024-01-23")


def refuses(constraint, action):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        action()


def test_bounds_are_stored_beside_the_dates(visit):
    assert (visit.earliest, visit.latest) == (date(2024, 1, 22), date(2024, 1, 23))


def test_a_day_without_a_year_has_no_bounds(turkmenistan, japan):
    visit = Visit.objects.create(guest_country=turkmenistan, host_country=japan, start="XXXX-01-22", end="XXXX-01-23")
    assert (visit.earliest, visit.latest) == (None, None)


edtf = st.builds(
    lambda year, month, day, mark: "-".join([year, *[part for part in (month, day if month else None) if part]]) + mark,
    st.one_of(st.integers(1, 9999).map("{:04d}".format), st.integers(1, 999).map("{:03d}X".format), st.just("XXXX")),
    st.one_of(st.none(), st.integers(1, 12).map("{:02d}".format)),
    st.one_of(st.none(), st.integers(1, 28).map("{:02d}".format)),
    st.sampled_from(["", "?", "~", "%"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(edtf)
def test_the_database_reads_dates_as_the_code_does(text):
    try:
        expected = dates.bounds(text)
    except dates.DateError:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT visits_edtf_earliest(%s), visits_edtf_latest(%s)", [text, text])
        assert cursor.fetchone() == expected


def test_an_end_before_its_start_is_refused(visit):
    visit.end = "2024-01-21"
    refuses("visit_order", visit.save)


def test_an_end_that_may_be_later_is_kept(visit):
    visit.start, visit.end = "2024-05", "XXXX-01-02"
    visit.save()


def test_a_visit_has_one_guest(japan):
    refuses("visit_one_guest", lambda: Visit.objects.create(host_country=japan))


def test_a_delegation_has_one_parent(visit, turkmenistan):
    meeting = Meeting.objects.create()
    refuses("delegation_one_parent", lambda: Delegation.objects.create(sender_country=turkmenistan))
    refuses(
        "delegation_one_parent",
        lambda: Delegation.objects.create(visit=visit, meeting=meeting, sender_country=turkmenistan),
    )


def test_a_participant_is_on_a_side():
    meeting = Meeting.objects.create()
    refuses("participant_one_side", lambda: Participant.objects.create(meeting=meeting, as_printed="Somebody"))


def test_two_primary_names_in_one_language_are_refused():
    official = Official.objects.create(name="Ada Lovelace", key="ada lovelace")
    official.other_names.create(text="Ada King", key="ada king", language="en", primary=True)
    refuses(
        "official_name_one_primary",
        lambda: official.other_names.create(text="Ada Byron", key="ada byron", language="en", primary=True),
    )


def test_a_quote_must_be_in_its_text(visit):
    source = Source.objects.create(text="The minister arrived — on Monday.")
    Citation.objects.create(source=source, visit=visit, exact="on Monday", start=23, end=32)
    refuses(
        "quote is not in the text",
        lambda: Citation.objects.create(source=source, visit=visit, exact="on Tuesday", start=23, end=33),
    )
    refuses("quote is not in the text", lambda: Citation.objects.create(source=source, visit=visit, exact="on Monday"))


def test_a_quote_stands_where_the_source_holds_no_text(visit):
    source = Source.objects.create(url="https://example.org/a")
    assert not Citation.objects.create(source=source, visit=visit, exact="on Monday").checked


def test_a_cited_text_cannot_change(visit):
    source = Source.objects.create(text="It rained.")
    Citation.objects.create(source=source, visit=visit, exact="rained", start=3, end=9)
    source.text = "It snowed."
    refuses("is cited and cannot change", source.save)


def test_a_citation_points_at_one_record(visit):
    source = Source.objects.create()
    refuses("citation_one_record", lambda: Citation.objects.create(source=source, exact="words"))


def test_history_sees_bulk_changes(visit):
    Visit.objects.filter(pk=visit.pk).update(kind="state")
    assert list(visit.events.order_by("pgh_id").values_list("pgh_label", "kind")) == [
        ("insert", "unknown"),
        ("update", "state"),
    ]


def test_a_post_is_public_where_a_public_official_held_it(visit):
    person = Official.objects.create(name="Ada Lovelace", key="ada lovelace")
    post = Post.objects.create(title="Minister", key="minister")
    Tenure.objects.create(official=person, post=post, start="2020")
    assert list(Post.objects.public()) == []
    delegation = Delegation.objects.create(visit=visit, sender_country=visit.guest_country)
    Member.objects.create(delegation=delegation, official=person)
    Visit.objects.update(state="published")
    assert list(Post.objects.public()) == [post]
