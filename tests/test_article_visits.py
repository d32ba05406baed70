"""Which sentences tell of a visit, by whom and where; and which tell of none."""

import pytest

from tests.article_texts import counterparts, head, only_visit, read, route, routes
from visits import enums


@pytest.mark.parametrize(
    ("text", "expected", "status"),
    [
        ("Norwegian Prime Minister Ola Berg visited Chile.", ("NO", "CL"), "completed"),
        ("Norwegian Prime Minister Ola Berg will travel to Chile and meet miners.", ("NO", "CL"), "planned"),
        ("Norwegian Prime Minister Ola Berg arrived in Santiago for talks.", ("NO", "CL"), "ongoing"),
        ("Norwegian Prime Minister Ola Berg is visiting Chile.", ("NO", "CL"), "ongoing"),
        ("Norwegian Prime Minister Ola Berg has cancelled a visit to Chile.", ("NO", "CL"), "cancelled"),
        ("Norway's prime minister Ola Berg postponed his trip to Chile.", ("NO", "CL"), "postponed"),
        ("President Luis Vega of Chile received Norwegian minister Kari Lund in Santiago.", ("NO", "CL"), "completed"),
        ("A delegation of Norway headed by Minister Kari Lund paid a visit to Chile.", ("NO", "CL"), "completed"),
        ("Премьер-министр Норвегии Ула Берг посетил Чили.", ("NO", "CL"), "completed"),
        ("Премьер-министр Норвегии Ула Берг посетит Чили.", ("NO", "CL"), "planned"),
        ("Премьер-министр Норвегии Ула Берг находится с визитом в Чили.", ("NO", "CL"), "ongoing"),
        ("Премьер-министр Норвегии Ула Берг отложил визит в Чили.", ("NO", "CL"), "postponed"),
    ],
)  # fmt: skip
def test_a_visit_is_found_with_its_status(text: str, expected: tuple[str, str], status: str) -> None:
    visit = only_visit(text)
    assert (route(visit), visit.status.value) == (expected, status)


def test_a_meeting_abroad_is_a_visit_of_the_one_who_came() -> None:
    visit = only_visit("Norwegian Foreign Minister Kari Lund met Chilean Foreign Minister Diego Rivas in Santiago.")
    assert (route(visit), head(visit).name_as_printed) == (("NO", "CL"), "Kari Lund")
    assert counterparts(visit)[0].name_as_printed == "Diego Rivas"


def test_a_meeting_in_a_third_country_keeps_the_counterparts_own_side() -> None:
    text = "Norwegian Foreign Minister Kari Lund held talks with Chilean Foreign Minister Diego Rivas in Geneva."
    visit = only_visit(text)
    assert (route(visit), counterparts(visit)[0].side.country) == (("NO", "CH"), "CL")


def test_a_tour_is_one_visit_for_each_country() -> None:
    text = (
        "Norwegian Foreign Minister Kari Lund will visit Chile, Peru and Brazil from March 4 to 9, 2020. "
        "In Lima, Lund will meet Foreign Minister Jose Diaz."
    )
    extraction = read(text)
    assert routes(extraction) == [("NO", "CL"), ("NO", "PE"), ("NO", "BR")]
    assert {visit.end for visit in extraction.visits} == {"2020-03-09"}
    assert [[p.name_as_printed for p in counterparts(visit)] for visit in extraction.visits] == [[], ["Jose Diaz"], []]


def test_counterparts_of_a_tour_belong_to_their_own_stop() -> None:
    text = (
        "Norwegian Foreign Minister Kari Lund left Norway for a trip to Chile and Peru. She will meet Chilean "
        "President Luis Vega in Santiago and Peruvian President Jose Diaz in Lima."
    )
    extraction = read(text)
    assert [[p.name_as_printed for p in counterparts(v)] for v in extraction.visits] == [["Luis Vega"], ["Jose Diaz"]]


def test_a_ministrys_own_release_need_not_name_its_country() -> None:
    visit = only_visit(
        "Deputy Foreign Minister Kari Lund will visit Chile.", publisher="Norwegian Ministry of Foreign Affairs"
    )
    assert route(visit) == ("NO", "CL")


def test_without_any_word_of_the_guest_nothing_is_guessed() -> None:
    assert read("Foreign Minister Kari Lund will visit Chile.").visits == []


def test_a_home_trip_is_no_visit() -> None:
    assert read("Norwegian Prime Minister Ola Berg visited Bergen and Norway's north.").visits == []


@pytest.mark.parametrize(
    "text",
    [
        "Norwegian Prime Minister Ola Berg spoke by phone with Chilean President Luis Vega on Friday.",
        "Phone call with President Luis Vega\n\nPrime Minister Ola Berg of Norway thanked Chile for its visit to Oslo.",
        "Norwegian Prime Minister Ola Berg congratulates the new president of Chile Luis Vega.",
        "Chilean President Luis Vega received the newly appointed Ambassador of Norway Kari Lund in Santiago.",
        "Kari Lund is a journalist who visited Chile many times. Prior to joining the paper she lived in Peru.",
        "Норвежский посол рассказал в Сантьяго о выставке.",
        "Состоялся телефонный разговор Президента Чили Луиса Веги с Премьер-министром Норвегии Улой Бергом.",
    ],
)
def test_calls_messages_ambassadors_and_biographies_are_no_visits(text: str) -> None:
    assert read(text).visits == []


def test_the_biography_of_the_author_adds_no_visit() -> None:
    text = (
        "Norwegian Prime Minister Ola Berg visited Chile.\n\n"
        "Nils Dahl is a journalist specialising in Latin America. He has worked for papers in Peru and visited Brazil."
    )
    assert routes(read(text)) == [("NO", "CL")]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("a state visit", "state"),
        ("an official visit", "official"),
        ("a working visit", "working"),
        ("a visit", "unknown"),
    ],
)
def test_the_kind_is_what_the_text_calls_it(words: str, kind: str) -> None:
    assert only_visit(f"Norwegian Prime Minister Ola Berg paid {words} to Chile.").kind.value == kind


def test_attending_a_summit_is_a_visit_of_that_kind() -> None:
    text = "Norwegian Prime Minister Ola Berg arrived in Santiago on Monday. He will attend the Ocean Summit."
    assert only_visit(text).kind is enums.VisitKind.SUMMIT


def test_a_head_without_a_name_is_known_by_the_post() -> None:
    visit = only_visit("The President of Norway will visit Chile in May.")
    assert (head(visit).name_as_printed, head(visit).post_as_printed) == ("", "President of Norway")
    assert head(visit).official is None


def test_the_city_of_a_meeting_is_its_place() -> None:
    visit = only_visit("Norwegian Foreign Minister Kari Lund met Chilean Foreign Minister Diego Rivas in Santiago.")
    assert [meeting.place and meeting.place.city for meeting in visit.meetings] == ["Santiago"]


def test_the_cities_of_the_host_are_places() -> None:
    visit = only_visit("Norwegian Prime Minister Ola Berg arrived in Santiago from London.")
    assert [(place.as_printed, place.country) for place in visit.places] == [("Santiago", "CL")]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "Le ministre norvégien des Affaires étrangères se trouve actuellement au Chili pour une visite.",
            "not read: French",
        ),
        ("", "not read: no words"),
        ("12345 %%%", "not read: no words"),
        ("The weather in the north was cold this week, and the harvest was late.", "no visit found"),
    ],
)
def test_what_is_not_read_is_said(text: str, note: str) -> None:
    extraction = read(text)
    assert (extraction.visits, extraction.notes) == ([], [note])


def test_an_organization_can_be_the_host() -> None:
    visit = only_visit("Norwegian Prime Minister Ola Berg visited the European Union for talks.")
    assert visit.host.country is None
    assert visit.host.organization is not None
    assert visit.host.organization.slug == "eu"
