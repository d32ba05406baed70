"""A news story all the way: loaded, reviewed, published, read; every fact opens its sentence."""

import html

import pytest
from django.core.management import call_command
from django.urls import reverse

from tests.world import make_user
from visits import loads, reference, solving, states
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


@pytest.fixture
def among_samples(shared_data):
    """The story, accepted and published where the samples know the tenures of its three officials."""
    reference.load()
    call_command("load_samples", verbosity=0)
    loads.load_paths([shared_data / "articles" / "seed.txt"])
    candidate = Candidate.objects.get(state="pending")
    person = make_user("reviewer", is_superuser=True)
    decide.accept(candidate, person)
    candidate.refresh_from_db()
    return states.publish(candidate.visit, person) or candidate.visit


def test_misspelt_names_and_posts_reach_those_whom_they_mean(among_samples):
    met = [person for meeting in among_samples.meetings.order_by("pk") for person in meeting.participants.all()]
    assert [(person.name_as_printed, person.official.name, person.post.title) for person in met] == [
        ("Yoshimashi Hayashi", "Yoshimasa Hayashi", "Chief Cabinet Secretary"),
        ("Ken Saito", "Ken Saito", "Minister of Economy, Trade and Industry"),
    ]


def test_the_year_of_the_story_comes_out_of_the_tenures(client, among_samples):
    solution = solving.of_visits([among_samples.pk], public=True)[among_samples.pk]
    assert [(line.text, line.leaves) for line in solution.lines] == [
        ("Rashid Meredov was Foreign Minister, Turkmenistan, since July 2001", "2002 or later"),
        (
            "Yoshimasa Hayashi was Chief Cabinet Secretary, Japan, from 14 December 2023 to 21 October 2025",
            "2024 or 2025",
        ),
        (
            "Ken Saito was Minister of Economy, Trade and Industry, Japan, from 14 December 2023 to 1 October 2024",
            "2024",
        ),
    ]
    assert all(line.sources for line in solution.lines)
    page = " ".join(client.get(among_samples.get_absolute_url()).content.decode().split())
    assert "It was probably <strong>2024</strong>, because:" in page
    assert [line.text for line in solution.lines if line.text not in page] == []
    among_samples.refresh_from_db()
    assert among_samples.start == "XXXX-01-22"


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
