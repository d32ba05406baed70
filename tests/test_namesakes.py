"""Who is meant by a printed name: one, nobody, or more than one, and why."""

import pytest

from visits.namesakes import Pool, who_is

PRESIDENT, MINISTER = "head-of-state", "minister"


def known(*spellings, rank=PRESIDENT, years=(2000, 2008)):
    return spellings, rank, years


def pool_of(*people):
    pool = Pool()
    for spellings, rank, years in people:
        one = pool.add(spellings[0], spellings[0])
        for name in spellings:
            pool.call(one, name)
        one.seen(rank, *years)
    return pool


def ask(name, *pool, rank=PRESIDENT, year=2005):
    answer = who_is(name, rank, year, pool_of(*pool))
    return answer.word, answer.who.name if answer.who else None


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Fumio Kishida", "Kishida Fumio"),
        ("Tô Lâm", "To Lam"),
        ("Dmitriy Medvedev", "Dmitri Medvedev"),
        ("Volodymyr Zelenskyy", "Volodymyr Zelensky"),
        ("Jose Maria Aznar", "Jose Aznar"),
        ("Nouri al-Maliki", "Nuri al-Maliki"),
    ],
)
def test_one_person_under_another_spelling(printed, name):
    assert ask(printed, known(name)) == ("one", name)


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("George VI", "George V"),
        ("Imata Kabua", "Amata Kabua"),
        ("Salman bin Hamad al-Khalifa", "Hamad bin Isa al-Khalifa"),
        ("Bashar al-Assad", "Hafez al-Assad"),
    ],
)
def test_relatives_and_numbered_kings_are_others(printed, name):
    assert ask(printed, known(name)) == ("none", None)


def test_a_like_name_in_another_office_is_left_to_an_editor():
    assert ask("Yoshimashi Hayashi", known("Yoshimasa Hayashi"), rank=MINISTER) == ("ambiguous", None)


def test_the_same_name_a_generation_apart_is_left_to_an_editor():
    assert ask("Konstantinos Karamanlis", known("Konstantinos Karamanlis", years=(1974, 1978))) == ("ambiguous", None)


def test_two_of_the_same_name_are_ambiguous():
    assert ask("Ada Lovelace", known("Ada Lovelace"), known("Ada Lovelace")) == ("ambiguous", None)


def test_a_surname_means_the_one_in_that_office_at_that_time():
    father, daughter = known("Park Chung Hee", years=(1963, 1979)), known("Park Geun-hye", years=(2013, 2017))
    assert ask("Park", father, daughter, year=2014) == ("one", "Park Geun-hye")
    assert ask("Park", father, daughter, year=1965) == ("one", "Park Chung Hee")
    assert ask("Park", father, daughter, year=1995) == ("ambiguous", None)
    assert ask("Park", father, daughter, year=None) == ("ambiguous", None)


def test_a_surname_that_nobody_has_is_nobody():
    assert ask("Quirino", known("Park Geun-hye")) == ("none", None)


def test_any_of_the_other_names_will_do():
    assert ask("Raşit Meredow", known("Rashid Meredov", "Рашид Мередов", "Raşit Meredow")) == ("one", "Rashid Meredov")


def test_every_answer_has_a_reason():
    for name in ("Ada Lovelace", "Lovelace", "Nobody Known", ""):
        assert who_is(name, MINISTER, None, pool_of(known("Ada Lovelace"))).reasons
