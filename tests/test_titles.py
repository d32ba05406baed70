"""Printed visitors into persons: posts, names, ranks; what is printed is never lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits import names
from visits.enums import Rank
from visits.imports.hsg_visits import HsgVisitsReader
from visits.imports.reading import InputFile
from visits.imports.titles import parse_visitors, rank_of

ONE_PERSON = {
    # a post and a name
    "Prime Minister Gordon Brown": ("Prime Minister", "Gordon Brown"),
    "President Park": ("President", "Park"),
    "President-elect Diaz Ordaz": ("President-elect", "Diaz Ordaz"),
    "Shah Mohammad Reza Pahlavi": ("Shah", "Mohammad Reza Pahlavi"),
    "Governor General Massey": ("Governor General", "Massey"),
    "Governor General Earl of Athlone": ("Governor General", "Earl of Athlone"),
    "President of the Council of Ministers Hussain Mohammad Ershad": (
        "President of the Council of Ministers",
        "Hussain Mohammad Ershad",
    ),
    "Chairman of the Presidency Bakir Izetbegovic": ("Chairman of the Presidency", "Bakir Izetbegovic"),
    "Acting Prime Minister Sirik Matak": ("Acting Prime Minister", "Sirik Matak"),
    "Deputy Foreign Minister Ri": ("Deputy Foreign Minister", "Ri"),
    "Speaker of the House of Representatives Nancy Pelosi": (
        "Speaker of the House of Representatives",
        "Nancy Pelosi",
    ),
    # a name that looks like a title
    "Prime Minister Mackenzie King": ("Prime Minister", "Mackenzie King"),
    "Prime Minister Shah Mahmud": ("Prime Minister", "Shah Mahmud"),
    "Prime Minister Marshall": ("Prime Minister", "Marshall"),
    # joint posts
    "Premier and Prince Sihanouk": ("Premier and Prince", "Sihanouk"),
    "Premier & Prince Sihanouk": ("Premier and Prince", "Sihanouk"),
    "Prime Minister-Prince Norodom Kantol": ("Prime Minister-Prince", "Norodom Kantol"),
    "Prime Minister and Minister of Defence Holt": ("Prime Minister and Minister of Defence", "Holt"),
    "Deputy Prime Minister and Foreign Minister Ann Lee": ("Deputy Prime Minister and Foreign Minister", "Ann Lee"),
    "Minister of Foreign Affairs, Defence and Trade Ann Lee": (
        "Minister of Foreign Affairs, Defence and Trade",
        "Ann Lee",
    ),
    "Foreign and Defence Minister Ann Lee": ("Foreign and Defence Minister", "Ann Lee"),
    # names with a comma
    "President Benigno S. Aquino, 3rd": ("President", "Benigno S. Aquino, 3rd"),
    "President Surangel Whipps, Jr": ("President", "Surangel Whipps, Jr"),
    "Ann Lee, Minister of Energy": ("Minister of Energy", "Ann Lee"),
    # misprints
    "Presidetn Medvedev": ("President", "Medvedev"),
    "Prime Minster Adrian Nastase": ("Prime Minister", "Adrian Nastase"),
    "Prime Ministere Silvio Berlusconi": ("Prime Minister", "Silvio Berlusconi"),
    "Prime MinisterHaidar al- Abadi": ("Prime Minister", "Haidar al-Abadi"),
    "President- designate Roberto E. Viola": ("President-designate", "Roberto E. Viola"),
    "President-Elect Carlos Salinas de Gortari": ("President-elect", "Carlos Salinas de Gortari"),
    # forms of address
    "President Dr. Hilda C. Heine": ("President", "Hilda C. Heine"),
    "President Archbishop Makarios III": ("President", "Makarios III"),
    "Regent Prince Abdul Ilah": ("Regent", "Abdul Ilah"),
    "Prime Minister Sheikh Hasina": ("Prime Minister", "Sheikh Hasina"),
    # no title, no post
    "Valdas Adamkus": ("", "Valdas Adamkus"),
    "Sheikh Nasser Sabah Al-Ahmed Al-Sabah": ("", "Sheikh Nasser Sabah Al-Ahmed Al-Sabah"),
    "President": ("President", ""),
}

SEVERAL = {
    "King Abdullah and Crown Prince Hussein": [("King", "Abdullah"), ("Crown Prince", "Hussein")],
    "Queen Elizabeth II and Prince Philip": [("Queen", "Elizabeth II"), ("Prince", "Philip")],
    "President Anwar Sadat, Prime Minister Mustafa Khalil": [
        ("President", "Anwar Sadat"),
        ("Prime Minister", "Mustafa Khalil"),
    ],
    "President Ali, Foreign Minister Bo and Defence Minister Cy": [
        ("President", "Ali"),
        ("Foreign Minister", "Bo"),
        ("Defence Minister", "Cy"),
    ],
    "President Surangel Whipps, Jr., Minister Ann Lee": [
        ("President", "Surangel Whipps, Jr."),
        ("Minister", "Ann Lee"),
    ],
    "Presidents Lech Kaczynski and Vaclav Klaus": [("President", "Lech Kaczynski"), ("President", "Vaclav Klaus")],
    "Crown Prince Akihito; Princess Michiko": [("Crown Prince", "Akihito"), ("Princess", "Michiko")],
    "President Park and Mrs. Park": [("President", "Park"), ("", "")],
    "President and Mrs. Mubarak": [("President", "Mubarak"), ("", "")],
    "Ann Lee and Bo Ek": [("", "Ann Lee"), ("", "Bo Ek")],
    "": [],
}

RANKS = {
    "President": Rank.HEAD_OF_STATE,
    "Interim President": Rank.HEAD_OF_STATE,
    "Vice President": Rank.DEPUTY_HEAD_OF_GOVERNMENT,
    "President-elect": Rank.OTHER,
    "Former President": Rank.OTHER,
    "President of the Council of Ministers": Rank.HEAD_OF_GOVERNMENT,
    "Premier and Prince": Rank.HEAD_OF_GOVERNMENT,
    "Deputy Prime Minister and Foreign Minister": Rank.DEPUTY_HEAD_OF_GOVERNMENT,
    "Foreign and Defence Minister": Rank.FOREIGN_MINISTER,
    "Minister of Energy": Rank.MINISTER,
    "Assistant Foreign Minister": Rank.DEPUTY_MINISTER,
    "Crown Prince": Rank.MONARCH_FAMILY,
    "": Rank.OTHER,
}


@pytest.mark.parametrize(("printed", "expected"), ONE_PERSON.items())
def test_a_string_of_one_person_is_a_post_and_a_name(printed: str, expected: tuple[str, str]) -> None:
    assert [(person.post, person.name) for person in parse_visitors(printed)] == [expected]


@pytest.mark.parametrize(("printed", "expected"), SEVERAL.items())
def test_joined_persons_are_told_apart(printed: str, expected: list[tuple[str, str]]) -> None:
    assert [(person.post, person.name) for person in parse_visitors(printed)] == expected


@pytest.mark.parametrize(("title", "rank"), RANKS.items())
def test_a_title_has_the_rank_of_its_words(title: str, rank: Rank) -> None:
    assert rank_of(title) == rank


def test_a_country_and_a_list_of_leaders_decide_what_a_title_means() -> None:
    ranks = [
        rank_of("Secretary of State", "US"),
        rank_of("Secretary of State", "VA"),
        rank_of("Chairman"),
        rank_of("Chairman", among_leaders=True),
    ]
    assert ranks == [Rank.FOREIGN_MINISTER, Rank.HEAD_OF_GOVERNMENT, Rank.OTHER, Rank.HEAD_OF_STATE]


def test_the_print_stays_beside_what_it_was_mended_to() -> None:
    (person,) = parse_visitors("Presidetn  Medvedev")
    assert (person.as_printed, person.post_as_printed, person.name_as_printed) == (
        "Presidetn Medvedev",
        "Presidetn",
        "Medvedev",
    )


@given(st.text(max_size=200))
def test_any_text_is_parsed_without_loss_of_words(text: str) -> None:
    cleaned = names.clean(text)
    persons = parse_visitors(text)
    rest = cleaned
    for person in persons:
        before, found, rest = rest.partition(person.as_printed)
        assert found
        assert set(before.casefold()) <= set(" ,;&and")
    assert set(rest) <= set(" ,;")


def test_an_endless_string_is_not_parsed() -> None:
    assert [person.name for person in parse_visitors("President A and " * 100_000)] == [""]


def test_all_real_visitors_keep_their_words(shared_data: Path) -> None:
    """1,533 strings; only four name no post, and the parts with their joints give the print again."""
    printed, without_post = set(), set()
    for path in sorted((shared_data / "data" / "hsg-visits" / "data").glob("*.xml")):
        printed |= {names.clean(row.raw["visitor"]) for row in HsgVisitsReader().read(InputFile.at(path))}
    for text in printed:
        persons = parse_visitors(text)
        assert text in {joint.join(person.as_printed for person in persons) for joint in (" and ", ", ")}
        assert all(person.name for person in persons)
        without_post |= {person.as_printed for person in persons if not person.post}
    assert len(printed) == 1533
    assert without_post == {
        "Jose Luis Rodriguez Zapatero",
        "Sheikh Haya Rashed al-Khalifa",
        "Sheikh Nasser Sabah Al-Ahmed Al-Sabah",
        "Valdas Adamkus",
    }
