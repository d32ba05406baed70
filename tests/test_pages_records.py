"""The pages of single records."""

import pytest
from django.urls import reverse

from visits.models import Outcome

pytestmark = pytest.mark.django_db

LISTS = ("visits", "meetings", "officials", "posts", "organizations", "countries", "topics", "outcomes", "dialogues")


@pytest.mark.parametrize("name", ["home", "search", *LISTS])
def test_a_page_answers(client, world, name):
    assert client.get(reverse(name)).status_code == 200


def test_a_search_answers(client, world):
    assert client.get("/search/?q=orazova tokyo").status_code == 200


def test_every_record_of_the_world_has_its_page(client, world):
    member = world.story.delegations.get().members.get(head=True)
    link = world.meeting.topic_links.get()
    records = [
        world.story, world.thin, world.from_organization, world.without_year, world.meeting, world.alone,
        member.official, member.post, world.from_organization.guest_organization, world.story.host_country,
        link.topic, link.topic.parent, Outcome.objects.get(), world.story.dialogue_links.get().dialogue, world.source,
    ]  # fmt: skip
    assert {record.get_absolute_url(): client.get(record.get_absolute_url()).status_code for record in records} == {
        record.get_absolute_url(): 200 for record in records
    }
