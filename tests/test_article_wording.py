"""The many ways of saying that somebody visits: one sentence of our own for each wording of the lexicon."""

import pytest

from tests.article_texts import counterparts, head, only_visit, read, route, routes
from visits.imports import article_file
from visits.imports.article import Document, story
from visits.imports.article.extractor import language_of, source_of
from visits.imports.article.gazetteer import gazetteer
from visits.imports.article.llm.reading import Checked
from visits.imports.article.llm.shape import Answer
from visits.imports.article.sentences import tokens

MINISTRY = "Norwegian Ministry of Foreign Affairs"
BERG = "Norwegian Prime Minister Ola Berg"
БЕРГ = "Премьер-министр Норвегии Ула Берг"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"{BERG}'s planned visit to Chile has been postponed.", "postponed"),
        (f"{BERG}'s trip to Chile was called off.", "cancelled"),
        (f"{BERG} will make his first overseas trip next week to Chile.", "planned"),
        (f"{BERG} embarked on a long tour of Chile.", "ongoing"),
        (f"{BERG} on Sunday continued his visit in Chile.", "ongoing"),
        (f"{BERG} is heading to Chile.", "planned"),
        (f"{BERG} has accepted an invitation to visit Chile. He accepted the invitation to visit Chile.", "planned"),
        (f"{BERG} accepted Chile's kind invitation to visit the country.", "planned"),
        (f"{BERG} left Sunday for talks with bankers and others in Chile.", "planned"),
        (f"{BERG} will attend the Ocean Forum in Santiago.", "planned"),
        (f"{BERG} is attending the Santiago Ocean Conference.", "ongoing"),
        (f"During a White House visit Thursday, {BERG} gave a speech.", "completed"),
        ("Chilean President Luis Vega will welcome Norwegian Prime Minister Ola Berg to the palace.", "planned"),
        ("Chilean President Luis Vega received a delegation led by Norwegian Minister Kari Lund.", "completed"),
        ("Norwegian business delegation to tour Chile in May.", "planned"),
        (f"{BERG} will be visiting Chile.", "planned"),
        (f"{BERG} will travel on Monday to Chile.", "planned"),
        (f"A guest was {BERG}, who attended the Santiago Ocean Summit.", "completed"),
        (f"{BERG} left home. His tour will also include Chile.", "planned"),
        (f"{BERG} had meetings in Chile with President Luis Vega.", "unknown"),
        ("В Чили запланированы переговоры премьер-министра Норвегии Улы Берга с горняками.", "unknown"),
        ("Премьер-министр Норвегии Ула Берг и президент Перу Хосе Диас проводят встречу в Чили.", "unknown"),
        ("Визит премьер-министра Норвегии Улы Берга в Чили отложен.", "postponed"),
        ("Поездка премьер-министра Норвегии Улы Берга в Чили отменена.", "cancelled"),
        (f"{БЕРГ} прибыл в Чили.", "ongoing"),
        (f"{БЕРГ} посетит завод удобрений в Чили.", "planned"),
        ("Начался официальный визит премьер-министра Норвегии Улы Берга в Чили.", "ongoing"),
        ("Завершился визит премьер-министра Норвегии Улы Берга в Чили.", "completed"),
        ("Визит премьер-министра Норвегии Улы Берга в Чили завершился.", "completed"),
        ("Начался визит Улы Берга, главы МИД Норвегии, в Чили.", "ongoing"),
    ],
)  # fmt: skip
def test_each_wording_of_a_visit(text: str, status: str) -> None:
    visit = only_visit(text)
    host = "US" if "White House" in text else "CL"
    assert (route(visit), visit.status.value) == (("NO", host), status)


def test_of_several_travellers_the_first_is_the_head_and_the_rest_travel_along() -> None:
    visit = only_visit(
        "Norwegian Foreign Minister Kari Lund, Trade Minister Nils Dahl and their colleagues Ann Birmingham and "
        "Tor Moe will visit Chile."
    )
    members = [(m.name_as_printed, m.head) for m in visit.delegations[0].members]
    assert members == [("Kari Lund", True), ("Nils Dahl", False), ("Ann Birmingham", False), ("Tor Moe", False)]


def test_two_officials_of_two_countries_are_no_party() -> None:
    text = "Norwegian Minister Kari Lund and Peruvian Minister Jose Diaz will visit Chile."
    assert all(len(visit.delegations[0].members) == 1 for visit in read(text).visits)


def test_somebodys_envoy_is_not_that_somebody() -> None:
    text = "Chilean President Luis Vega received Norwegian Prime Minister Ola Berg's special envoy."
    assert read(text).visits == []
    assert read("Norwegian Prime Minister Ola Berg's wife visited Chile.").visits == []


def test_an_offices_own_release_may_name_nobody() -> None:
    first = only_visit("Today I will travel to Chile. I will meet miners.", publisher=MINISTRY)
    assert (route(first), first.status.value) == (("NO", "CL"), "planned")
    third = only_visit("The Minister opened a school. He held talks in Santiago on trade.", publisher=MINISTRY)
    assert (route(third), third.delegations[0].members) == (("NO", "CL"), [])
    assert read("“I will travel to Chile,” said a trader.", publisher="Oslo Post").visits == []


def test_who_leads_a_delegation_may_stand_in_another_sentence() -> None:
    text = "Norwegian economic delegation to visit Chile\n\nThe delegation, to be led by Governor Kari Lund, is large."
    assert head(only_visit(text)).name_as_printed == "Kari Lund"


def test_a_tour_goes_on_and_each_stop_keeps_its_own_days() -> None:
    text = (
        "Norwegian Foreign Minister Kari Lund will visit Chile on 4-5 March 2020, and on 6 March 2020 she will visit "
        "Peru. Lund goes on to Brazil."
    )
    found = {visit.host.country: (visit.start, visit.end) for visit in read(text).visits}
    assert found == {"CL": ("2020-03-04", "2020-03-05"), "PE": ("2020-03-06", ""), "BR": ("", "")}


@pytest.mark.parametrize(
    "text",
    [
        "Norwegian Foreign Minister Kari Lund will visit three coastal countries: Chile, Peru and Brazil.",
        "Министр иностранных дел Норвегии Кари Лунд посетит страны континента - Чили, Перу и Бразилию.",
        "Министр иностранных дел Норвегии Кари Лунд посетит Чили (3-4 марта), затем Перу, после чего Бразилию.",
    ],
)
def test_a_tour_of_countries_is_a_visit_to_each(text: str) -> None:
    assert set(routes(read(text))) >= {("NO", "CL"), ("NO", "PE")}


def test_the_days_may_stand_in_a_sentence_of_their_own() -> None:
    english = only_visit(f"{BERG} will visit Chile. The visit will take place on 3 March 2020.")
    russian = only_visit(f"{БЕРГ} впервые посетит Чили. Визит состоится 3 марта 2020 года.")
    assert (english.start, russian.start) == ("2020-03-03", "2020-03-03")


@pytest.mark.parametrize(
    "text",
    [
        "Norwegian Prime Minister Ola Berg has no plans to visit Chile.",
        "Norwegian Prime Minister Ola Berg will not visit Chile.",
        "Премьер-министр Норвегии Ула Берг не планирует визит в Чили.",
        "Журналисты спросили, намереваются ли власти готовить визит премьер-министра Норвегии Улы Берга в Чили.",
    ],
)
def test_a_visit_that_is_not_planned_is_none(text: str) -> None:
    assert read(text).visits == []


def test_a_headlines_comma_stands_for_and() -> None:
    text = f"Berg, King of Peru meet in Santiago\n\n{BERG} arrived in Santiago, Chile, on Monday."
    assert head(only_visit(text)).official.country == "NO"  # type: ignore[union-attr]


def test_the_leader_of_a_country_is_nobody_whose_country_is_open() -> None:
    text = "Prime Minister Ola Berg will visit Chile. Talks with Chile's leader will last an hour."
    assert route(only_visit(text, publisher=MINISTRY)) == ("NO", "CL")


def test_the_top_diplomat_is_the_secretary_of_state() -> None:
    text = (
        "US Secretary of State Ann Berg cancelled a trip to Norway. The top US diplomat was to meet Chancellor Ola Moe "
        "and Minister of Foreign Affairs Kari Lund."
    )
    assert [p.name_as_printed for p in counterparts(only_visit(text))] == ["Ola Moe", "Kari Lund"]


def test_a_secretary_of_state_for_something_is_no_american() -> None:
    text = f"{BERG} visited Chile. He met the Secretary of State for Mines, Olga Ruiz."
    assert counterparts(only_visit(text))[0].side.country == "CL"


def test_a_house_is_no_person() -> None:
    text = f"{BERG} visited Chile. He met Ana Lillo at Istana Bella Vista and landed at the VIP Complex."
    assert [p.name_as_printed for p in counterparts(only_visit(text))] == ["Ana Lillo"]


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("премьер-министру Чили Андресу Сото", "Андрес Сото"),
        ("главой МИД Чили Андресом Сото", "Андрес Сото"),
        ("главы МИД Чили Андреса Сото", "Андрес Сото"),
    ],
)
def test_a_russian_name_stands_in_the_nominative(printed: str, name: str) -> None:
    visit = only_visit(f"{БЕРГ} посетил Чили. Берг встретился с {printed} и вручил подарок.")
    assert counterparts(visit)[0].official.name == name  # type: ignore[union-attr]


def test_two_russian_names_in_two_cases_are_two_people() -> None:
    visit = only_visit(f"{БЕРГ} посетил Чили. На встрече с главой МИД Чили Андресом Сото Ула Берг был весел.")
    assert [p.name_as_printed for p in counterparts(visit)] == ["Андресом Сото"]


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "Ha Noi", "VN"),
        ("en", "Port Vila", "VU"),
        ("ru", "Мбабане", "SZ"),
        ("ru", "в Коломбо", "LK"),
        ("ru", "глава МИД РБ", "BY"),
        ("ru", "Сенат РК", "KZ"),
    ],
)
def test_capitals_and_short_names_are_known(language: str, text: str, code: str) -> None:
    assert [place.code for place in gazetteer(language).find_places(tokens(text, 0, len(text)))] == [code]


@pytest.mark.parametrize(
    ("sentence", "topics"),
    [
        ("The meeting was to review the progress of joint mining.", ["joint mining"]),
        ("Migration and deep-sea fishing are set to be high on the agenda.", ["Migration and deep-sea fishing"]),
        ("They discussed copper exports, the ministry stated.", ["copper exports"]),
    ],
)  # fmt: skip
def test_what_was_talked_about(sentence: str, topics: list[str]) -> None:
    visit = only_visit(f"{BERG} visited Chile and met President Luis Vega. {sentence}")
    assert [topic.as_printed for topic in visit.topics] == topics


def test_russian_adjectives_that_share_a_noun_are_one_topic() -> None:
    text = f"{БЕРГ} посетил Чили. Стороны обсудили развитие торгового, научного и культурного обмена, волнующие всех."
    assert [t.as_printed for t in only_visit(text).topics] == ["развитие торгового, научного и культурного обмена"]


@pytest.mark.parametrize(
    ("sentence", "kind", "modality"),
    [
        ("Both signed a cooperation programme for two years.", "agreement", "signed"),
        ("A letter of intent on mining was signed.", "agreement", "signed"),
        ("Vega extended an invitation to the Norwegian side to come again.", "invitation", "proposed"),
    ],
)
def test_what_came_of_it_is_no_firmer_than_its_words(sentence: str, kind: str, modality: str) -> None:
    visit = only_visit(f"{BERG} visited Chile and met President Luis Vega. {sentence}")
    assert [(o.kind.value, o.modality.value) for o in visit.outcomes] == [(kind, modality)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The minister of the north said that he was in the town for talks with the miners and the owners. " * 6, "en"),
        ("Министр сообщил, что стороны обсудили новые договоры и эти вопросы решены были быстро. " * 6, "ru"),
        ("Міністр повідомив, що сторони обговорили нові угоди, а також питання безпеки в регіоні. " * 6, "uk"),
        ("Министърът каза, че страните са обсъдили новите договори и въпросите на сигурността. " * 6, "bg"),
        ("A miniszter elmondta, hogy a felek megvitatták az új szerződéseket és a biztonság kérdéseit. " * 6, "hu"),
        ("De minister zei in Den Haag dat de partijen de nieuwe verdragen in de regio bespraken. " * 6, "nl"),
    ],
)
def test_a_glance_tells_english_and_russian_and_mistakes_no_neighbour_for_them(text: str, language: str) -> None:
    assert language_of(Document(text)) == language


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Norwegian Prime Minister Ola Be\u200brg visited Chile.", "Berg"),
        ("Norwegian Prime Minister Ola Bеrg visited Chile.", "Bеrg"),  # its e is Cyrillic
        ("Премьер-министр Норвегии Ула Бepг посетил Чили.", "Бepг"),  # its e and p are Latin
    ],
)
def test_a_disguised_name_means_nobody_and_says_why(text: str, word: str) -> None:
    visit = only_visit(text)
    assert (head(visit).official, [word in why for why in article_file.disguises(visit)]) == (None, [True])


def test_a_plain_name_is_no_disguise() -> None:
    assert article_file.disguises(only_visit(f"{БЕРГ} посетил Чили.")) == []


def test_a_model_cannot_lift_a_disguise() -> None:
    text = "Norwegian Prime Minister Ola Be\u200brg visited Chile."
    document = Document(text)
    said = {"quote": "Norwegian Prime Minister"}
    answer = {
        "guest": said | {"value": "NO"},
        "host": {"value": "CL", "quote": "visited Chile"},
        "head": {"name": "Ola Be\u200brg", "post": None, "quote": "Prime Minister Ola Be\u200brg visited"},
        **dict.fromkeys(("start", "end", "kind", "status")),
        **{name: [] for name in ("members", "cities", "meetings", "topics", "outcomes")},
    }
    checked = Checked(story.read(document, "en", text), source_of(document, "en", text), "test")
    (visit,) = checked.visits(Answer.model_validate({"visits": [answer]}))
    assert head(visit).official is None


def test_the_day_of_the_news_is_no_day_of_the_stay() -> None:
    text = f"{BERG} will visit Chile, the palace said on Wednesday."
    assert only_visit(text, published="2020-03-05").start == ""


def test_a_name_that_holds_a_city_is_no_place() -> None:
    text = f"{BERG} arrived in Chile and was welcomed by Norwegian Ambassador to Chile Jose Milan."
    assert routes(read(text)) == [("NO", "CL")]


def test_the_head_of_a_diplomatic_service_is_the_foreign_minister() -> None:
    text = "Министр иностранных дел Норвегии Кари Лунд отдыхает. Глава норвежского дипведомства посетит Чили."
    assert head(only_visit(text)).name_as_printed == "Кари Лунд"


def test_whom_an_unnamed_author_will_meet_is_not_the_author() -> None:
    text = "I will visit Chile to meet Vice President Luis Vega and Secretary of State Rosa Diaz."
    (visit,) = read(text, publisher=MINISTRY).visits
    assert (route(visit), visit.delegations[0].members) == (("NO", "CL"), [])
