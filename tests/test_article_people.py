"""The grammar of posts and names, in English and Russian."""

import pytest

from tests.article_texts import counterparts, head, names_and_posts, only_visit
from visits import enums

VISIT = "Norwegian Prime Minister Ola Berg visited Chile. {sentence}"


def met(sentence: str) -> list[tuple[str, str]]:
    return names_and_posts(counterparts(only_visit(VISIT.format(sentence=sentence))))


@pytest.mark.parametrize(
    ("sentence", "name", "post"),
    [
        ("Berg met Foreign Minister Diego Rivas.", "Diego Rivas", "Foreign Minister"),
        (
            "He met with Ana Lillo, the Minister of Energy, Mining and Industry of Chile.",
            "Ana Lillo",
            "Minister of Energy, Mining and Industry of Chile",
        ),
        (
            "He met Minister for Law and Human Rights Pedro Soto.",
            "Pedro Soto",
            "Minister for Law and Human Rights",
        ),
        (
            "He met with Special Presidential Representative on Climate Issues Marta Vidal.",
            "Marta Vidal",
            "Special Presidential Representative on Climate Issues",
        ),
        (
            "He met with Secretary General of the Chilean Chamber of Deputies Juan de la Cruz.",
            "Juan de la Cruz",
            "Secretary General of the Chilean Chamber of Deputies",
        ),
        ("He met with his Chilean counterpart Carla Mena.", "Carla Mena", "Chilean counterpart"),
        (
            "He held talks with Mr. Luis ARAYA, Minister of Health of Chile.",
            "Luis ARAYA",
            "Minister of Health of Chile",
        ),
        ("He met with the President of Andes Airlines Rosa Pinto.", "Rosa Pinto", "President of Andes Airlines"),
    ],
)
def test_a_post_and_a_name_are_told_apart(sentence: str, name: str, post: str) -> None:
    assert met(sentence) == [(name, post)]


def test_a_list_of_counterparts_is_read_to_its_end() -> None:
    sentence = "He met President Luis Vega, Speaker of the Parliament Eva Rojas and Foreign Minister Diego Rivas."
    assert met(sentence) == [
        ("Luis Vega", "President"),
        ("Eva Rojas", "Speaker of the Parliament"),
        ("Diego Rivas", "Foreign Minister"),
    ]


def test_a_surname_alone_means_the_person_named_before() -> None:
    visit = only_visit(VISIT.format(sentence="Berg also met President Luis Vega."))
    assert head(visit).name_as_printed == "Ola Berg"
    assert names_and_posts(counterparts(visit)) == [("Luis Vega", "President")]


def test_a_title_alone_means_the_person_who_holds_it() -> None:
    visit = only_visit(
        "Deputy Foreign Minister of Norway Kari Lund spoke to the press. The Deputy Minister will visit Peru."
    )
    assert head(visit).name_as_printed == "Kari Lund"


def test_a_counterpart_without_a_country_belongs_to_the_host() -> None:
    visit = only_visit(VISIT.format(sentence="He met Foreign Minister Diego Rivas."))
    assert counterparts(visit)[0].side.country == "CL"


def test_the_official_is_named_without_capitals_and_the_post_without_the_country() -> None:
    visit = only_visit("Norwegian Prime Minister Ola BERG visited Chile.")
    member = head(visit)
    assert member.official is not None
    assert member.post is not None
    assert (member.name_as_printed, member.official.name, member.official.uid) == ("Ola BERG", "Ola Berg", None)
    assert (member.post.title, member.post.rank, member.post.country) == (
        "Prime Minister",
        enums.Rank.HEAD_OF_GOVERNMENT,
        "NO",
    )


def test_who_travels_along_is_a_member() -> None:
    visit = only_visit(
        "Norwegian Prime Minister Ola Berg, accompanied by Finance Minister Nils Dahl, will visit Chile."
    )
    assert [(m.name_as_printed, m.head) for m in visit.delegations[0].members] == [
        ("Ola Berg", True),
        ("Nils Dahl", False),
    ]


def test_a_minister_who_writes_i_is_the_head() -> None:
    text = (
        "MINISTER FOR FOREIGN AFFAIRS\n\nThe Hon Kate Moss MP\n\nVISIT TO FIJI\n\n"
        "In my visit to Fiji I met Prime Minister Jone Vula. I thanked Fiji for its support."
    )
    visit = only_visit(text, publisher="Australian Government")
    assert (head(visit).name_as_printed, head(visit).post_as_printed) == ("Kate Moss", "MINISTER FOR FOREIGN AFFAIRS")


def test_a_russian_name_is_given_in_the_nominative_and_kept_as_printed() -> None:
    text = (
        "Министр энергетики Норвегии Кари Лунд посетила Токио. "
        "Она провела переговоры с министром торговли Японии Кендзи Аокидом."
    )
    person = counterparts(only_visit(text))[0]
    assert person.official is not None
    assert (person.name_as_printed, person.post_as_printed) == ("Кендзи Аокидом", "министром торговли Японии")
    assert person.side.country == "JP"


def test_a_russian_post_in_the_instrumental_undoes_the_name() -> None:
    text = (
        "Президент Сербии Милан Петрович прибыл с официальным визитом в Минск, "
        "где встретится с Президентом Беларуси Иваном Козловым."
    )
    visit = only_visit(text)
    person = counterparts(visit)[0]
    assert person.official is not None
    assert (person.name_as_printed, person.official.name) == ("Иваном Козловым", "Иван Козлов")
    assert head(visit).name_as_printed == "Милан Петрович"
