"""Host's and guest's read-outs side by side: on the visit's page, and on the review page of a story."""

import pytest
from django.urls import reverse

from tests import stories
from tests.stories import GUEST, HOST, OTHER_HEAD, THIRD, WIRE, accepted, proposed
from tests.world import make_user
from visits import access, enums
from visits.models import Visit
from visits.pages.accounts import accounts_of
from visits.pages.visit import evidence, meetings_of

pytestmark = pytest.mark.django_db

LONGER = HOST.replace("4-5 March 2024", "4-6 March 2024")


@pytest.fixture
def elena(db):
    access.ensure_groups()
    stories.make_places()
    return make_user("elena", group="Editor", is_staff=True)


def published(*texts: str, user) -> Visit:
    for text in texts:
        visit = accepted(text, user).visit
    visit.state = enums.State.PUBLISHED
    visit.save()
    visit.meetings.update(state=enums.State.PUBLISHED)
    return visit


def standings(visit: Visit) -> dict[str, str]:
    meetings = meetings_of(visit)
    found = accounts_of(visit, meetings, evidence(visit, meetings), 1)
    return {one.label: one.standing_label for one in (*found.people, *found.topics)}


# the page of a visit


def test_each_person_and_topic_says_which_side_tells_of_it(elena):
    assert standings(published(GUEST, HOST, user=elena)) == {
        "Ola Berg": "both",
        "Luis Vega": "both",
        "Hydrogen": "both",
        "Oceans": "guest only",
        "Education": "host only",
    }


def test_a_third_party_is_neither(elena):
    visit = published(GUEST, THIRD, user=elena)
    assert standings(visit)["Trade"] == "neither"
    meetings = meetings_of(visit)
    found = accounts_of(visit, meetings, evidence(visit, meetings), 2)
    assert found.one_sided == 2  # of hydrogen and oceans the third party says nothing, of the people it does


def test_who_a_text_credits_comes_before_its_publisher(elena):
    assert set(standings(published(WIRE, user=elena)).values()) == {"guest only"}


def test_where_no_side_speaks_there_is_no_table(elena, client):
    visit = published(THIRD, user=elena)
    page = client.get(visit.get_absolute_url()).content.decode()
    assert standings(visit) == {}
    assert "rests on 1 origin." in page
    assert "accounts-table" not in page


def test_the_page_names_origins_copies_and_sides(elena, client):
    visit = published(GUEST, WIRE, stories.COPY, HOST, user=elena)
    page = " ".join(client.get(visit.get_absolute_url()).content.decode().split())
    assert "This visit rests on 3 independent origins. 2 texts are copies of one and count once:" in page
    assert "Guest: Norway" in page
    assert page.count("host only") == 1


@pytest.mark.parametrize("more", [(), (THIRD, WIRE)])
def test_the_page_costs_the_same_for_two_and_for_four_accounts(elena, client, django_assert_num_queries, more):
    visit = published(GUEST, HOST, *more, user=elena)
    client.get(visit.get_absolute_url())
    with django_assert_num_queries(21):
        client.get(visit.get_absolute_url())


# the review page of a story


@pytest.fixture
def desk(elena, client):
    client.force_login(elena)
    return client


def post(desk, candidate, step, **data):
    answer = desk.post(reverse(f"admin:visits_candidate_{step}", args=[candidate.pk]), data, follow=True)
    candidate.refresh_from_db()
    return " ".join(answer.content.decode().split())


def page_of(desk, candidate) -> str:
    answer = desk.get(reverse("admin:visits_candidate_change", args=[candidate.pk]))
    return " ".join(answer.content.decode().split())


def test_the_review_page_shows_the_difference_and_whose_account_it_is(desk, elena):
    accepted(GUEST, elena)
    page = page_of(desk, proposed(HOST))
    assert "Another account of a known visit" in page
    assert "the head in common (Ola Berg)" in page
    assert "This story speaks for: host." in page
    for verdict, number in (("agrees", 9), ("adds", 3), ("contradicts", 0)):
        assert page.count(f'<span class="desk-badge">{verdict}</span>') == number


def test_a_value_that_contradicts_is_taken_on_the_page(desk, elena):
    visit = accepted(GUEST, elena).visit
    candidate = proposed(LONGER)
    assert 'name="value" value=":end"' in page_of(desk, candidate)
    post(desk, candidate, "take", value=[":end"])
    visit.refresh_from_db()
    assert (visit.end, candidate.state) == ("2024-03-06", "accepted")


def test_yes_and_no_are_said_on_the_page(desk, elena):
    visit = accepted(GUEST, elena).visit
    candidate = proposed(OTHER_HEAD)
    assert "It may tell of a known visit" in page_of(desk, candidate)
    assert "another account of" in post(desk, candidate, "same", visit=visit.pk)
    assert candidate.visit == visit
    assert "It tells of another visit" in post(desk, candidate, "other")
    assert (candidate.visit, candidate.action) == (None, "create")


def test_a_visit_that_is_not_there_is_named(desk, elena):
    accepted(GUEST, elena)
    assert "There is no visit “999999”" in post(desk, proposed(OTHER_HEAD), "same", visit=999999)


def test_who_may_not_decide_says_nothing(client, elena):
    accepted(GUEST, elena)
    candidate = proposed(HOST)
    client.force_login(make_user("rita", group="Reviewer", is_staff=True))
    for step in ("same", "other", "take"):
        assert client.post(reverse(f"admin:visits_candidate_{step}", args=[candidate.pk])).status_code == 403
