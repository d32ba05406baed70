"""The brief of a pair: sentences made from records, each with the way to its record and its quote."""

import pytest

from tests.world import cite, make_meeting, make_source, make_visit
from visits.models import Outcome

pytestmark = pytest.mark.django_db


def sentences(client, pair="TM-JP"):
    parts = client.get(f"/relations/{pair}/brief/").context["parts"]
    return {part.title: [one.text for one in part.sentences] for part in parts}


def test_the_brief_tells_what_the_records_hold(client, world):
    told = sentences(client)
    assert told["How often"] == [
        "2 visits of Turkmenistan to Japan are recorded.",
        "No visit of Japan to Turkmenistan is recorded.",
    ]
    assert told["Turkmenistan in Japan"] == [
        "22–23 January 2024: Aina Orazowa (Foreign Minister) visited Japan (Tokyo) (official visit).",
        "22–23 January, year unknown: Turkmenistan visited Japan.",
    ]
    assert told["What was promised"] == ["Proposed 22–23 January 2024: Summit of leaders (plan); open."]


def test_every_sentence_leads_to_its_record_and_its_quote(client, world):
    page = client.get("/relations/TM-JP/brief/")
    found = [one for part in page.context["parts"] for one in part.sentences]
    assert [client.get(one.url).status_code for one in found] == [200] * len(found)
    visit = page.context["parts"][1].sentences[0]
    assert visit.url == world.story.get_absolute_url()
    assert "22 January 2024" in [note.quote.words for note in visit.notes]
    numbers = [note.number for note in page.context["notes"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(f'id="note-{number}"' in page.content.decode() for number in numbers)


def test_what_did_not_take_place_is_not_told_as_if_it_had(client):
    make_visit(start="2024-05", status="cancelled")
    make_visit("JP", "TM", start="2999-05", status="planned")
    told = sentences(client)
    assert told["Turkmenistan in Japan"] == ["May 2024: a visit of Turkmenistan to Japan was cancelled."]
    assert told["Japan in Turkmenistan"] == ["May 2999: Japan is to visit Turkmenistan."]


def test_a_meeting_in_a_third_country_names_the_people_of_both_alone(client):
    people = [("Ken Mori", "JP"), ("Aina Orazowa", "TM"), ("Jean Blanc", "FR")]
    meeting = make_meeting("2024-03-04", venue="FR", participants=people)
    cite(meeting, make_source("They met on 4 March 2024."), "4 March 2024", "date")
    inside = make_visit()
    make_meeting("2024-01-22", visits=[inside], participants=people[:2])
    assert sentences(client)["Met elsewhere, or spoke by wire"] == [
        "4 March 2024: a meeting of Ken Mori, Aina Orazowa, France."
    ]


def test_open_promises_come_first_and_say_that_they_are_overdue(client):
    later = make_visit(start="2021-03-02", title="The summit")
    visit = make_visit(start="2019-05-01")
    for title, values in {
        "Held": {"life": "fulfilled", "fulfilled_by_visit": later},
        "Roadmap": {},
        "Late": {"due": "2020", "modality": "agreed"},
    }.items():
        Outcome.objects.create(visit=visit, title=title, kind="plan", **values)
    assert sentences(client)["What was promised"] == [
        "Agreed 1 May 2019: Late (plan), due 2020; overdue.",
        "Discussed 1 May 2019: Roadmap (plan); open.",
        "Discussed 1 May 2019: Held (plan); fulfilled by The summit, 2 March 2021.",
    ]


def test_a_draft_is_in_no_brief(client):
    make_visit(start="2024-05", state="draft", title="A draft", topics=["hydrogen"], outcomes=["A plan"])
    assert sentences(client) == {
        "How often": [
            "No visit of Turkmenistan to Japan is recorded.",
            "No visit of Japan to Turkmenistan is recorded.",
        ]
    }


@pytest.mark.parametrize("pair", ["TM", "TM-TM", "TM-QQQ", "x"])
def test_no_brief_of_no_pair(client, world, pair):
    assert client.get(f"/relations/{pair}/brief/").status_code == 404


def test_another_spelling_of_the_pair_leads_to_the_one_address(client, world):
    assert client.get("/relations/tkm-jpn/brief/")["Location"] == "/relations/TM-JP/brief/"


@pytest.mark.parametrize("count", [1, 3])
def test_the_brief_has_a_constant_number_of_queries(client, django_assert_num_queries, count):
    for number in range(count):
        make_visit(
            start=f"202{number}", head=f"Head {number}", post=f"Post {number}", place="Tokyo",
            topics=["hydrogen"], outcomes=["A plan"],
        )  # fmt: skip
        make_visit("JP", "TM", start=f"202{number}", head=f"Other {number}", place="Ashgabat")
        make_meeting(participants=[(f"Ken {number}", "JP"), (f"Aina {number}", "TM")], venue="US")
    client.get("/relations/TM-JP/brief/")
    with django_assert_num_queries(30):
        client.get("/relations/TM-JP/brief/")


@pytest.mark.parametrize("shown", [1, 8])
def test_topics_are_the_latest_however_many_records_are_looked_at_first(client, monkeypatch, shown):
    monkeypatch.setattr("visits.pages.brief.TOPICS", shown)
    for start, topic in (("2020", "trade"), ("2021", "hydrogen"), ("2022", "trade")):
        make_visit(start=start, topics=[topic])
    told = []
    for recent in (0, 1, 100):
        monkeypatch.setattr("visits.pages.brief.RECENT", recent)
        told.append(sentences(client)["What they talked about"])
    assert told == [["Trade: discussed, 2022.", "Hydrogen: discussed, 2021."][:shown]] * 3
