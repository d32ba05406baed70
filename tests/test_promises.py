"""The promise ledger, and the pages of topics and dialogues: what was promised, what became of it, who talks."""

from collections import Counter
from datetime import date

import pytest
from django.urls import reverse

from tests.world import make_dialogue, make_meeting, make_topic, make_visit
from visits.models import Outcome, TopicLink
from visits.pages import talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger():
    """Six promises of a visit in 2019: open, overdue twice, open for long, fulfilled by a later visit, dropped."""
    visit, later = make_visit(start="2019-05-01"), make_visit(start="2021-03-02", title="The summit")
    other = make_visit("UZ", "US", start="2018")

    def promise(title, **values):
        return Outcome.objects.create(visit=values.pop("visit", visit), title=title, kind="plan", **values)

    promise("Roadmap")
    promise("Summit late", due="2020")
    promise("Session later", due="2999-05")
    promise("Summit held", life="fulfilled", fulfilled_by_visit=later)
    promise("Fund", life="dropped")
    promise("Elsewhere", visit=other, due="2020-02")
    return later


def shown(client, address):
    return [row["title"] for row in client.get(address).context["rows"]]


def test_the_ledger_counts_what_stands_how(client, ledger):
    standings = client.get("/outcomes/?country=JP").context["ledger"]
    assert [(one.label, one.number, one.url) for one in standings] == [
        ("open", 3, "/outcomes/?country=JP&life=open"),
        ("of these overdue", 1, "/outcomes/?country=JP&overdue=true"),
        ("fulfilled", 1, "/outcomes/?country=JP&life=fulfilled"),
        ("dropped", 1, "/outcomes/?country=JP&life=dropped"),
    ]


def test_the_counts_lead_to_as_many_records(client, ledger):
    standings = client.get("/outcomes/?life=dropped").context["ledger"]
    assert [len(shown(client, one.url)) for one in standings] == [one.number for one in standings] == [4, 2, 1, 1]
    assert [one.label for one in standings if one.is_on] == ["dropped"]


def test_the_ledger_is_read_by_what_is_due_soonest(client, ledger):
    assert shown(client, "/outcomes/?ordering=due&life=open") == [
        "Elsewhere", "Summit late", "Session later", "Roadmap",
    ]  # fmt: skip


def test_page_feed_and_api_have_the_same_overdue_outcomes(client, ledger):
    query = "overdue=true&ordering=due"
    api = [row["title"] for row in client.get(f"/api/v1/outcomes/?{query}").json()["results"]]
    feed = client.get(f"/outcomes.atom?{query}").content.decode()
    assert shown(client, f"/outcomes/?{query}") == api == ["Elsewhere", "Summit late"]
    assert [title in feed for title in (*api, "Roadmap")] == [True, True, False]


def test_an_outcome_says_when_it_was_promised_and_what_fulfilled_it(client, ledger):
    row = next(row for row in client.get("/outcomes/").context["rows"] if row["title"] == "Summit held")
    assert (row["date"], row["fulfilled_by"]["title"], row["overdue"]) == ("2019-05-01", "The summit", False)


def test_an_editor_who_names_the_record_that_fulfilled_it_has_fulfilled_it(client, admin, ledger):
    client.force_login(admin)
    outcome = Outcome.objects.get(title="Roadmap")
    address = reverse("admin:visits_outcome_change", args=[outcome.pk])
    form = client.get(address).context["adminform"].form
    answers = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answers |= {"topics": [], "fulfilled_by_visit": ledger.pk}
    answers |= {"citations-TOTAL_FORMS": "0", "citations-INITIAL_FORMS": "0"}
    response = client.post(address, answers)
    assert response.status_code == 302, response.context["errors"]
    outcome.refresh_from_db()
    assert (outcome.life, outcome.fulfilled_by_visit) == ("fulfilled", ledger)
    assert set(outcome.locked_fields) == {"life", "fulfilled_by_visit"}


def test_a_dialogue_shows_its_sessions_with_what_each_promised(client, db):
    first = make_visit(start="2019-05-01", dialogue="the-dialogue", outcomes=["Next session"], title="First session")
    second = make_meeting(date="2021-02", title="Second session", dialogue="the-dialogue")
    Outcome.objects.create(visit=make_visit(), title="A summit", dialogue=make_dialogue("the-dialogue"))
    context = client.get("/dialogues/the-dialogue/").context
    assert [(one.title, one.url, [str(outcome) for outcome in one.outcomes]) for one in context["sessions"]] == [
        ("Second session", second.get_absolute_url(), []),
        ("First session", first.get_absolute_url(), ["Next session"]),
    ]
    assert [str(one) for one in context["outcomes"]] == ["A summit"]


class TestTopics:
    def test_a_topic_says_since_when_and_how_firmly(self, client):
        visit = make_visit(start="2019-05-01", topics=["hydrogen"])
        TopicLink.objects.create(visit=visit, topic=make_topic("hydrogen"), modality="signed")
        make_meeting(date="2021", topics=["hydrogen"])
        make_visit(start="XXXX-01-02", topics=["hydrogen"])
        make_visit(start="2001", topics=["hydrogen"], state="draft")
        found = client.get("/topics/hydrogen/").context["talk"]
        assert found.since == date(2019, 5, 1)
        assert [(one.words, [(bar.modality, bar.number) for bar in one.bars]) for one in found.periods] == [
            ("2021", [("discussed", 1)]),
            ("2019", [("discussed", 1), ("signed", 1)]),
            ("", [("discussed", 1)]),
        ]

    def test_who_talks_about_it_leads_to_as_many_records(self, client):
        make_visit("TM", "JP", topics=["hydrogen"])
        make_visit("TM", "TM", topics=["hydrogen"])
        make_meeting(topics=["hydrogen"], participants=[("Ken Mori", "JP"), ("Ai Mori", "JP"), ("Aina", "UZ")])
        talkers = client.get("/topics/hydrogen/").context["talk"].talkers
        assert [(one.name, one.visits, one.meetings) for one in talkers] == [
            ("Japan", 1, 1), ("Turkmenistan", 2, 0), ("Uzbekistan", 0, 1),
        ]  # fmt: skip
        assert [(len(shown(client, one.visits_url)), len(shown(client, one.meetings_url))) for one in talkers] == [
            (one.visits, one.meetings) for one in talkers
        ]


def test_a_long_time_is_counted_by_decades():
    periods = talk.periods_of({1961: Counter(signed=1), 1969: Counter(agreed=1), 2024: Counter(signed=4)}, "trade")
    assert [(one.words, one.total, [bar.width for bar in one.bars]) for one in periods] == [
        ("2020–2029", 4, [100.0]), ("1960–1969", 2, [25.0, 25.0]),
    ]  # fmt: skip
