"""Topics, outcomes, dialogues and the credited party: never firmer than the words."""

import pytest

from tests.article_texts import cited, counterparts, only_visit
from visits import enums
from visits.record import Outcome, VisitData

VISIT = "Norwegian Prime Minister Ola Berg visited Chile. {sentence}"


def told(sentence: str) -> VisitData:
    return only_visit(VISIT.format(sentence=sentence))


def outcome(sentence: str) -> Outcome:
    (only,) = told(sentence).outcomes
    return only


@pytest.mark.parametrize(
    ("sentence", "kind", "modality"),
    [
        ("The two sides signed a memorandum of understanding on fisheries.", "memorandum", "signed"),
        ("The ministers signed an agreement on air traffic.", "agreement", "signed"),
        ("The leaders issued a joint statement on the ocean.", "joint-statement", "agreed"),
        ("The two leaders agreed to deepen cooperation in mining.", "agreement", "agreed"),
        ("A proposal was made to hold a forum of ports.", "plan", "proposed"),
        ("Chile proposed to create a joint fund for whaling research.", "plan", "proposed"),
        ("The idea is to create a common platform for shipping.", "plan", "proposed"),
        ("The organization of a summit of Arctic states was discussed.", "plan", "discussed"),
        ("They touched upon the topic of developing a Roadmap on shipping.", "plan", "discussed"),
        ("Berg invited President Luis Vega to visit Norway.", "invitation", "proposed"),
    ],
)
def test_an_outcome_is_as_firm_as_its_trigger(sentence: str, kind: str, modality: str) -> None:
    found = outcome(sentence)
    assert (found.kind.value, found.modality.value) == (kind, modality)


def test_what_was_talked_about_is_no_outcome() -> None:
    assert told("They discussed trade in salmon and the protection of whales.").outcomes == []


def test_an_older_deal_is_no_outcome_of_this_visit() -> None:
    assert told("Last year the two countries signed an agreement on air traffic.").outcomes == []


def test_an_outcome_ends_with_its_own_words() -> None:
    found = told("They signed a memorandum of understanding on ports and agreed to open a school of shipping.").outcomes
    assert [o.title for o in found] == ["memorandum of understanding on ports", "open a school of shipping"]


@pytest.mark.parametrize(
    ("sentence", "phrases"),
    [
        ("They discussed deep-sea mining, the price of cod and ships.", ["deep-sea mining", "price of cod and ships"]),
        ("They discussed the price of salmon and the safety of ships.", ["price of salmon", "safety of ships"]),
        ("Deep-sea mining was also discussed.", ["Deep-sea mining"]),
        ("The topic of developing trade in salmon, which grew fast, was touched upon.", ["trade in salmon"]),
        ("They discussed relations between Norway and Chile.", ["relations between Norway and Chile"]),
        ("They discussed important issues.", []),
    ],
)  # fmt: skip
def test_topics_are_the_phrases_of_the_text(sentence: str, phrases: list[str]) -> None:
    assert list(dict.fromkeys(topic.as_printed for topic in told(sentence).topics)) == phrases


def test_a_topic_known_to_the_tree_is_linked_and_another_is_not_guessed() -> None:
    visit = told("They discussed hydrogen energy and the song of whales.")
    assert [(t.as_printed, bool(t.topic)) for t in visit.topics] == [
        ("hydrogen energy", True),
        ("song of whales", False),
    ]


def test_topics_are_discussed_unless_the_text_says_more() -> None:
    assert {t.modality for t in told("They discussed hydrogen energy.").topics} == {enums.Modality.DISCUSSED}


def test_a_standing_dialogue_is_known_by_any_of_its_names_and_linked_once() -> None:
    visit = told("They spoke of the Central Asia plus Japan Dialogue. The Central Asia + Japan Dialogue meets again.")
    assert [link.dialogue for link in visit.dialogues] == ["central-asia-japan"]


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("Berg attended the Central Asia + Japan Dialogue.", "session"),
        ("They discussed the next Central Asia + Japan Dialogue.", "about"),
    ],
)
def test_taking_part_in_a_dialogue_is_a_session_of_it(sentence: str, role: str) -> None:
    assert [link.role.value for link in told(sentence).dialogues] == [role]


def test_an_outcome_knows_the_dialogue_that_its_words_name() -> None:
    found = outcome("A proposal was made to hold a session of the Central Asia + Japan Dialogue.")
    assert found.dialogue == "central-asia-japan"


def test_the_party_that_the_text_credits_is_kept() -> None:
    visit = told("According to the Ministry of Foreign Affairs of Norway, they discussed hydrogen energy.")
    assert cited(visit, "/topics/0", "topic").attributed_to == "Ministry of Foreign Affairs of Norway"


def test_a_call_during_a_visit_is_a_meeting_by_phone() -> None:
    visit = told("Berg also had a telephone conversation and held talks with President Luis Vega.")
    assert [meeting.format for meeting in visit.meetings] == [enums.MeetingFormat.PHONE]
    assert counterparts(visit)[0].name_as_printed == "Luis Vega"


def test_russian_outcomes_and_topics() -> None:
    text = "Министр Норвегии Ула Берг посетил Чили. Стороны обсудили добычу меди. Подписан меморандум о рыбе."
    visit = only_visit(text)
    assert [topic.as_printed for topic in visit.topics] == ["добычу меди"]
    assert [(o.kind.value, o.modality.value) for o in visit.outcomes] == [("memorandum", "signed")]
