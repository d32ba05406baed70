"""The pages of single records: addresses, evidence, what stays hidden."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from tests.world import (
    cite,
    make_dataset,
    make_delegation,
    make_dialogue,
    make_meeting,
    make_official,
    make_post,
    make_source,
    make_tenure,
    make_topic,
    make_visit,
)
from visits.models import Citation, Country, MeetingVisit, Outcome, RetiredId, Source, TopicLink, TopicName
from visits.pages import sources

pytestmark = pytest.mark.django_db


def text_of(client, record):
    return client.get(record.get_absolute_url()).content.decode()


def all_records(world):
    member = world.story.delegations.get().members.get(head=True)
    topic = world.meeting.topic_links.get().topic
    return [
        world.story, world.thin, world.from_organization, world.without_year, world.meeting, world.alone,
        member.official, member.post, world.from_organization.guest_organization, world.story.host_country,
        topic, topic.parent, Outcome.objects.get(), world.story.dialogue_links.get().dialogue, world.source,
    ]  # fmt: skip


# addresses


def test_every_record_has_its_page(client, world):
    found = {str(one): client.get(one.get_absolute_url()).status_code for one in all_records(world)}
    assert set(found.values()) == {200}


def test_another_slug_leads_to_the_right_one(client, world):
    response = client.get(f"/visits/{world.story.pk}-old-title/?print=1")
    assert (response.status_code, response["Location"]) == (301, world.story.get_absolute_url() + "?print=1")


def test_an_id_alone_leads_to_the_record(client, world):
    assert client.get(f"/meetings/{world.meeting.pk}/")["Location"] == world.meeting.get_absolute_url()


def test_what_was_never_published_is_not_there_and_what_was_withdrawn_is_gone(client, world):
    found = [client.get(record.get_absolute_url()).status_code for record in world.hidden]
    assert found == [404, 404, 410, 404]


def test_a_deleted_record_is_gone(client, world):
    RetiredId.objects.create(kind="visit", record_id=99_999, uid=world.story.uid)
    assert client.get("/visits/99999-something/").status_code == 410


def test_a_merged_record_leads_to_the_one_it_was_merged_into(client, world):
    RetiredId.objects.create(kind="visit", record_id=99_999, uid=world.thin.uid, merged_into=world.story.pk)
    response = client.get("/visits/99999-something/")
    assert (response.status_code, response["Location"]) == (301, world.story.get_absolute_url())


def test_a_record_merged_into_a_hidden_one_is_gone(client, world):
    RetiredId.objects.create(kind="visit", record_id=99_999, uid=world.thin.uid, merged_into=world.hidden[0].pk)
    assert client.get("/visits/99999-something/").status_code == 410


@pytest.mark.parametrize(
    "path", ["/visits/0/", "/visits/x/", "/visits/999999999999999999/", "/topics/none/", "/nothing"]
)
def test_an_address_of_nothing_is_not_found(client, db, path):
    assert client.get(path).status_code == 404


def test_a_country_code_in_lower_case_leads_to_the_country(client, world):
    response = client.get("/countries/suhh/")
    assert response.status_code == 404
    assert client.get("/countries/tm/")["Location"] == "/countries/TM/"


def test_pages_only_read(client, world):
    assert client.post(world.story.get_absolute_url()).status_code == 405


# evidence


def test_a_fact_opens_its_sentence(client, world):
    page = client.get(world.story.get_absolute_url())
    note = next(note for note in page.context["evidence"].listed if note.citation.field == "start")
    assert tuple(note.quote) == (
        "Foreign Minister Aina Orazowa of Turkmenistan came to Tokyo on ",
        "22 January 2024",
        ".",
    )
    assert f'22–23 January 2024<span class="ref"><a href="#note-{note.number}"' in page.content.decode()


def test_a_note_says_who_says_so_and_whether_it_was_compared(client, world):
    page = client.get(world.story.get_absolute_url())
    citation = Outcome.objects.get().citations.get()
    text = " ".join(page.content.decode().split())
    assert "according to Ministry of Foreign Affairs" in text
    assert f'href="/sources/{world.source.pk}/#citation-{citation.pk}"' in text
    assert '<span class="checked">compared</span>' in text


def test_numbers_of_notes_follow_the_page(client, world):
    page = client.get(world.story.get_absolute_url())
    assert [note.number for note in page.context["evidence"].listed] == [1, 2, 3, 4]


def test_the_same_words_are_one_note(client, world):
    cite(world.story, world.source, "22 January 2024", "end")
    assert len(client.get(world.story.get_absolute_url()).context["evidence"].notes) == 4


def test_a_row_of_a_data_set_stands_behind_each_field_read_from_it(client):
    visit = make_visit(kind="state", head="Aina Orazowa")
    Citation.objects.create(
        visit=visit,
        source=make_dataset("a-data-set"),
        external_id="7",
        row={"note": "kept", "who": "Minister Aina Orazowa", "when": "2024-01-22"},
        columns={"start": "when", "delegations": "who"},
    )
    page = client.get(visit.get_absolute_url())
    note = page.context["evidence"].notes[0]
    assert [(cell["column"], cell["used"]) for cell in note.cells] == [("who", True), ("when", True), ("note", False)]
    text = page.content.decode()
    mark = '<span class="ref"><a href="#note-1" aria-label="Evidence 1">1</a></span>'
    facts = ("Turkmenistan to Japan", "22 January 2024", "Aina Orazowa</a></span>")
    assert [fact for fact in facts if fact + mark not in text] == []


def test_a_quote_that_was_not_compared_says_so(client):
    visit = make_visit()
    cite(visit, make_source(None), "It is said", "guest")
    assert '<span class="unchecked">' in text_of(client, visit)


def test_the_delegation_stands_as_printed_beside_whom_it_means(client):
    visit = make_visit(head="Aina Orazowa")
    visit.delegations.get().members.update(as_printed="Aina Orasova, Secretary of Foreign Things")
    assert "as printed: “Aina Orasova, Secretary of Foreign Things”" in text_of(client, visit)


def test_a_date_without_a_year_says_so(client, world):
    assert "22–23 January, year unknown" in text_of(client, world.without_year)


# sources


def test_a_text_that_is_not_free_is_not_shown(client, world):
    assert "whole-text" not in text_of(client, world.source)


def test_a_text_that_is_free_is_shown_with_its_citations_marked(client, world):
    world.source.free_to_show = True
    world.source.save()
    citation = world.story.citations.get()
    assert f'<span id="citation-{citation.pk}"></span><mark>22 January 2024</mark>' in text_of(client, world.source)


def test_a_source_is_not_public_before_a_published_record_cites_it(client):
    source = make_source("It rained.")
    cite(make_visit(state="draft"), source, "rained")
    assert client.get(source.get_absolute_url()).status_code == 404


def test_a_hidden_citation_of_a_public_source_is_not_shown(client, world):
    source = make_source("It rained. It snowed.")
    cite(world.story, source, "rained")
    cite(world.hidden[0], source, "snowed")
    assert ("rained" in text_of(client, source), "snowed" in text_of(client, source)) == (True, False)


def test_a_row_is_shown_also_where_a_data_set_has_more_than_the_page(client, monkeypatch):
    monkeypatch.setattr(sources, "SHOWN_ROWS", 1)
    dataset = make_dataset("a-data-set")
    for number in ("1", "2", "3"):
        Citation.objects.create(visit=make_visit(), source=dataset, external_id=number, row={"id": number})
    last = Citation.objects.latest("pk")
    page = client.get(f"{dataset.get_absolute_url()}?citation={last.pk}")
    assert [entry.first.external_id for entry in page.context["entries"]] == ["3", "1"]


# what is not public


def test_a_hidden_meeting_is_not_on_the_page_of_its_visit(client, world):
    assert "A draft meeting" not in text_of(client, world.story)


def test_a_hidden_visit_is_not_on_the_page_of_its_meeting(client, world):
    meeting = make_meeting(visits=[world.hidden[0], world.story], title="Talks")
    assert [visit.pk for visit in client.get(meeting.get_absolute_url()).context["meeting"].public_visits] == [
        world.story.pk
    ]


def test_what_fulfilled_an_outcome_is_named_only_where_it_is_public(client, world):
    outcome = Outcome.objects.get()
    outcome.life, outcome.fulfilled_by_visit = "fulfilled", world.hidden[0]
    outcome.save()
    assert "A draft" not in text_of(client, outcome)
    outcome.fulfilled_by_visit = world.thin
    outcome.save()
    assert world.thin.get_absolute_url() in text_of(client, outcome)


def test_pages_keep_the_strict_content_policy(client, world):
    response = client.get(world.story.get_absolute_url())
    assert "script-src 'self'" in response["Content-Security-Policy"]
    text = response.content.decode()
    assert [mark for mark in (" style=", "<style", "onclick", "<script>") if mark in text] == []


# queries

QUERIES = {
    "visit": 22, "meeting": 11, "official": 21, "post": 6, "organization": 6, "country": 13,
    "topic": 11, "outcome": 6, "dialogue": 11, "source": 13, "home": 10, "search": 11,
}  # fmt: skip


def grow(world, number):
    """More of everything that hangs on the story and its meeting, and more that refers to the same things."""
    story, day = world.story, f"1{number} March 2024"
    source = make_source(f"They met on {day} about hydrogen.")
    make_delegation(story, "UZ", f"Envoy {number}", [f"Aide {number}"])
    make_delegation(world.meeting, "UZ", f"Guest {number}")
    for record in (story, world.meeting):
        owner = {record._meta.model_name: record}
        link = TopicLink.objects.create(topic=make_topic("hydrogen"), **owner)
        outcome = Outcome.objects.create(title="A plan", dialogue=make_dialogue("central-asia-japan"), **owner)
        for cited in (record, link, outcome):
            cite(cited, source, day)
    meeting = make_meeting(visits=[story], participants=[("Aina Orazowa", "TM"), (f"Host {number}", "JP")])
    cite(meeting, world.source, "met Industry Minister")
    cite(meeting, source, "about hydrogen")
    envoy = story.delegations.get(members__name_as_printed=f"Envoy {number}")
    parts = envoy, *envoy.members.all(), *meeting.participants.all(), *story.topic_links.all()
    for cited in (*parts, *story.dialogue_links.all(), *story.outcomes.all()):
        cite(cited, world.source, "met Industry Minister")
    make_visit("eu", "JP", head="Aina Orazowa", topics=["hydrogen"], dialogue="central-asia-japan")
    make_visit("TM", "UZ", head="Aina Orazowa", post=f"Office {number}")
    for name, title in (("Aina Orazowa", f"Office {number}"), (f"Envoy {number}", "Foreign Minister")):
        tenure = make_tenure(make_official(name), make_post(title), f"201{number}")
        cite(tenure, source, day)
        cite(tenure, world.source, "met Industry Minister")
    make_visit("TM", "UZ", head=f"Envoy {number}")


def page_of(kind, world):
    member = world.story.delegations.filter(sender_country="TM").get().members.get(head=True)
    if kind in {"home", "search"}:
        return {"home": "/", "search": "/search/?q=hydrogen"}[kind]
    return {
        "visit": world.story, "meeting": world.meeting, "official": member.official, "post": member.post,
        "organization": world.from_organization.guest_organization, "country": world.story.host_country,
        "topic": world.story.topic_links.first().topic, "outcome": Outcome.objects.earliest("pk"),
        "dialogue": world.story.dialogue_links.get().dialogue, "source": world.source,
    }[kind].get_absolute_url()  # fmt: skip


@pytest.mark.parametrize("more", [1, 3])
@pytest.mark.parametrize("kind", QUERIES)
def test_a_page_has_a_constant_number_of_queries(client, django_assert_num_queries, world, kind, more):
    for number in range(more):
        grow(world, number)
    address = page_of(kind, world)
    client.get(address)
    with django_assert_num_queries(QUERIES[kind]):
        client.get(address)


@pytest.mark.parametrize("name", ["home", "search"])
def test_a_page_answers_in_an_empty_tracker(client, db, name):
    assert client.get(reverse(name)).status_code == 200


def test_the_page_of_an_error_needs_no_request():
    assert "Something went wrong on our side" in render_to_string("500.html")


# the order of things


def test_meetings_of_a_visit_stand_by_their_days(client):
    visit = make_visit("TM", "JP", "2024-01-20", "2024-01-24")
    held = (("2024-01-23", "Third"), ("2024-01-21", "First"), ("", "Behind it"), ("2024-01-22", "Second"))
    for place, (date, title) in enumerate(held):
        MeetingVisit.objects.create(meeting=make_meeting(date, title=title), visit=visit, position=place)
    stops = [stop["heading"] for stop in client.get(visit.get_absolute_url()).context["stops"]]
    assert stops == ["First", "Behind it", "Second", "Third"]


def test_a_meeting_of_many_shows_its_sides_folded(client):
    codes = [f"Q{letter}" for letter in "NBCDEFGHIJKLM"]
    for code in codes:
        Country.objects.create(code=code, name=f"Land {code}")
    meeting = make_meeting(participants=[(f"Somebody of {code}", code) for code in codes])
    page = client.get(meeting.get_absolute_url())
    assert [str(one.side) for one in page.context["attendance"]] == sorted(f"Land {code}" for code in codes)
    assert "13 sides, 13 people named" in " ".join(page.content.decode().split())


def test_a_visit_leads_to_all_between_the_two(client):
    assert '<a href="/relations/TM-JP/">' in text_of(client, make_visit("TM", "JP"))


def test_a_country_says_since_when_it_is(client):
    country = make_visit("TM", "JP").guest_country
    Country.objects.filter(pk=country.pk).update(valid_from="1991-10-27")
    assert "since 27 October 1991" in text_of(client, country)


def test_a_source_names_its_language(client, world):
    Source.objects.filter(pk=world.source.pk).update(language="tk")
    assert "· Turkmen" in text_of(client, world.source)


def test_many_other_names_are_folded(client, world):
    topic = make_topic("hydrogen")
    for number in range(12):
        TopicName.objects.create(topic=topic, text=f"synonym {number:02}")
    page = text_of(client, topic)
    assert page.count(">synonym") == 12
    assert "more names" in page
