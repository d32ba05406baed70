"""A news story all the way: loaded, reviewed, published, read; every fact opens its sentence."""

import html

import pytest
from django.urls import reverse

from tests.world import make_user
from visits import loads, reference, states
from visits.models import Candidate, Citation, Source
from visits.review import decide

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate(shared_data):
    reference.load()
    loads.load_paths([shared_data / "articles" / "seed.txt"])
    return Candidate.objects.get()


@pytest.fixture
def visit(candidate):
    person = make_user("reviewer", is_superuser=True)
    decide.accept(candidate, person)
    candidate.refresh_from_db()
    return states.publish(candidate.visit, person) or candidate.visit


def test_a_story_waits_for_an_editor(candidate):
    assert (candidate.state, candidate.action, candidate.visit) == ("pending", "create", None)


def test_who_went_where_when_and_whom_they_met(candidate, visit):
    assert (visit.guest_country_id, visit.host_country_id) == ("TM", "JP")
    assert (visit.start, visit.end, visit.status) == ("XXXX-01-22", "XXXX-01-23", "completed")
    head = visit.delegations.get().members.get(head=True)
    assert (head.official.name, head.post.rank) == ("Rashid Meredov", "foreign-minister")
    met = [person for meeting in visit.meetings.all() for person in meeting.participants.all()]
    assert [person.side_country_id for person in met] == ["JP", "JP"]
    assert all(person.name_as_printed and person.post_as_printed for person in met)


def test_nothing_is_stronger_than_proposed(visit):
    assert set(visit.outcomes.values_list("modality", flat=True)) <= {"discussed", "proposed"}
    assert visit.outcomes.count() == 5
    assert set(visit.topic_links.values_list("modality", flat=True)) <= {"discussed", "proposed"}


def test_the_ministry_is_credited(visit):
    credited = set(Citation.objects.exclude(attributed_to="").values_list("attributed_to", flat=True))
    assert credited == {"Ministry of Foreign Affairs of Turkmenistan"}


def test_the_public_reads_it_with_every_sentence(client, visit):
    page = html.unescape(client.get(visit.get_absolute_url()).content.decode())
    shown = " ".join(page.split())
    quotes = set(Citation.objects.values_list("exact", flat=True))
    missing = [quote for quote in quotes if " ".join(quote.split())[:40] not in shown]
    assert missing == []


def test_its_source_is_not_public_before_it_is_cited_in_public(client, candidate):
    source = Source.objects.exclude(text=None).get()
    assert client.get(reverse("source", args=[source.pk])).status_code == 404
