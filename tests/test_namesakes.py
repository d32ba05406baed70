"""Who is meant by a printed name: one, nobody, or more than one, and why."""

import pytest

from visits.namesakes import Pool, is_regal, standing, who_is

PRESIDENT, PREMIER, MINISTER = "head-of-state", "head-of-government", "minister"


def known(*spellings, rank=PRESIDENT, years=(2000, 2008), title=""):
    return spellings, rank, years, title


def pool_of(*people):
    pool = Pool()
    for spellings, rank, years, title in people:
        one = pool.add(spellings[0], spellings[0])
        for name in spellings:
            pool.call(one, name)
        pool.see(one, rank, *years, regal=is_regal(title))
    return pool


def ask(name, *people, rank=PRESIDENT, year=2005, title="", final=False):
    answer = who_is(name, rank, year, pool_of(*people), regal=is_regal(title), final=final)
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
        ("Binyamin Netanyahu", "Benjamin Netanyahu"),
        ("Benyamin Netanyahu", "Binyamin Netanyahu"),
        ("Benigno S. Aquino, 3rd", "Benigno Aquino 3rd"),
        ("Surangel Whipps, Jr", "Surangel Samuel Whipps, Jr."),
        ("Abdelfattah Said Elsisi", "Abdel Fattah al-Sisi"),
        ("Yousuf Gillani", "Yusuf Raza Gilani"),
        ("Geidar Aliyev", "Heydar Aliyev"),
        ("Mahathir Mohamed", "Mahathir bin Muhammad"),
        ("Nawaz Sharif", "Mohammed Nawaz Sharif"),
        ("Juan Hernando Hernandez", "Juan Orlando Hernandez"),
        ("Hamad Bin Essa al-Khalifa", "Hamad bin Isa al-Khalifa"),
        ("Ermando Emilio Guebuza", "Armando Guebuza"),
        ("Thomas Boni Yayi", "Boni Yayi"),
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
        ("Khalifa bin Hamad al-Thani", "Hamad bin Khalifa al-Thani"),
        ("Hamad bin Jassim al-Thani", "Hamad bin Khalifa al-Thani"),
        ("Bashar al-Assad", "Hafez al-Assad"),
        ("Ilham Aliyev", "Heydar Aliyev"),
        ("Kim Jong Un", "Kim Jong Il"),
        ("Khaleda Zia", "Ziaur Rahman"),
        ("Helmut Kohl", "Helmut Schmidt"),
        ("Joseph Arthur Ankrah", "Kwame Nkrumah"),
    ],
)
def test_relatives_and_numbered_kings_are_others(printed, name):
    assert ask(printed, known(name, years=(1994, 1998)), final=True) == ("none", None)


def test_father_and_son_of_one_name_are_told_apart_by_initials_and_by_who_came_between():
    father = known("George H. W. Bush", years=(1989, 1993))
    between = known("Bill Clinton", years=(1994, 2000))
    assert ask("George W. Bush", father, between, year=2003) == ("ambiguous", None)


def test_a_like_name_in_another_office_is_left_to_an_editor():
    assert ask("Yoshimashi Hayashi", known("Yoshimasa Hayashi"), rank=MINISTER) == ("ambiguous", None)


@pytest.mark.parametrize("rank", [MINISTER, "foreign-minister", "other", ""])
def test_the_same_name_in_a_changed_office_is_the_same_person(rank):
    assert ask("Hamid Karzai", known("Hamid Karzai", rank=rank), year=2010) == ("one", "Hamid Karzai")


def test_a_president_elect_is_seen_as_the_president():
    assert standing("other", "President-elect") == PRESIDENT
    assert standing("other", "Chancellor- elect") == PREMIER
    assert standing("other", "Delegate") == "other"


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


def test_a_surname_between_father_and_son_is_ambiguous():
    father, son = known("Heydar Aliyev", years=(1994, 2002)), known("Ilham Aliyev", years=(2004, 2016))
    assert ask("Aliyev", father, son, year=2003) == ("ambiguous", None)


@pytest.mark.parametrize(("year", "word"), [(1996, "ambiguous"), (1998, "one"), (2005, "one"), (2014, "ambiguous")])
def test_a_surname_long_before_or_behind_all_that_is_known_of_its_holder_may_be_a_parents_or_a_childs(year, word):
    """Between two years in which more than a surname is printed nobody else comes in."""
    assert ask("Kareva", known("Dalia Kareva", years=(2001, 2001)), year=2001 + 5)[0] == "ambiguous"
    pool = pool_of(known("Dalia Kareva", years=(2001, 2001)))
    pool.see(pool.people[0], PRESIDENT, 2009, 2009)
    assert who_is("Kareva", PRESIDENT, year, pool).word == word


def test_a_surname_holds_on_from_year_to_year():
    pool = pool_of(known("Dalia Kareva", years=(2001, 2001)))
    pool.see(pool.people[0], PRESIDENT, 2004, 2004, firm=False)
    assert who_is("Kareva", PRESIDENT, 2007, pool).word == "one"


def test_a_surname_in_a_post_of_its_own_is_somebody_by_itself_at_the_end():
    other = known("Tzipi Livni", rank=MINISTER, years=(2013, 2013))
    asked = ("Livni", "foreign-minister", 2009, pool_of(other))
    assert who_is(*asked, final=True).word == "ambiguous"
    assert who_is(*asked, final=True, by_surname=True).word == "none"
    head = pool_of(known("Giulio Andreotti", rank=PREMIER, years=(1973, 1978)))
    assert who_is("Andreotti", PRESIDENT, 1985, head, final=True, by_surname=True).word == "ambiguous"


@pytest.mark.parametrize(
    ("printed", "spellings"),
    [
        ("Hamad bin Jassim al-Thani", ("Hamad bin Khalifa al-Thani", "Hamad al-Thani")),
        ("Khalifa bin Hamad al-Thani", ("Hamad bin Khalifa al-Thani", "Hamad Khalifa al-Thani")),
        ("Mohammed VI", ("Mohammed V", "Mohammed")),
    ],
)
def test_whom_one_name_tells_apart_is_not_meant_by_a_shorter_name_of_theirs(printed, spellings):
    assert ask(printed, known(*spellings), final=True) == ("none", None)


@pytest.mark.parametrize(("year", "word"), [(1997, "one"), (1990, "ambiguous")])
def test_an_heir_becomes_the_monarch(year, word):
    king = known("Abdullah bin Abdulaziz", years=(2000, 2008), title="King")
    heir = standing("monarch-family", "Crown Prince")
    assert ask("Abdullah", king, rank=heir, year=year, title="Crown Prince")[0] == word
    assert standing("monarch-family", "Deputy Crown Prince") == "monarch-family"


def test_a_surname_in_an_office_of_many_is_ambiguous():
    assert ask("Lovelace", known("Ada Lovelace", rank=MINISTER), rank=MINISTER) == ("ambiguous", None)


def test_a_surname_that_nobody_has_is_nobody():
    assert ask("Quirino", known("Park Geun-hye")) == ("none", None)


def test_a_surname_with_an_article_is_a_surname():
    assert ask("de Gaulle", known("Charles de Gaulle")) == ("one", "Charles de Gaulle")


@pytest.mark.parametrize(
    ("printed", "name", "who"),
    [
        ("Baudouin I", "Baudouin", ("one", "Baudouin")),
        ("Rainier", "Rainier III", ("one", "Rainier III")),
        ("Bhumibol Adulyadej", "Bhumibol", ("one", "Bhumibol")),
        ("Abdullah II bin Al-Hussein", "Abdullah II", ("one", "Abdullah II")),
        ("Abdullah II bin Al-Hussein", "Hussein", ("none", None)),
        ("Mohammed VI", "Mohammed V", ("none", None)),
        ("Salman bin Abdulaziz", "Abdullah bin Abdulaziz", ("none", None)),
    ],
)
def test_monarchs_go_by_the_name_of_their_reign(printed, name, who):
    assert ask(printed, known(name, title="King"), title="King", final=True) == who


def test_a_kings_name_is_no_surname():
    assert ask("Jean", known("Jean-Claude Juncker", rank=PREMIER), title="Grand Duke") == ("none", None)


def test_a_misprint_waits_until_the_same_holder_is_seen_again():
    """Dalia or Galia: two of a family, or one misprinted? Who is in the post before and after tells."""
    before, after = (2012, 2012), (2016, 2016)
    pool = pool_of(known("Dalia Kareva", years=before))
    assert who_is("Tamara Kareva", PRESIDENT, 2013, pool).word == "ambiguous"
    assert who_is("Tamara Kareva", PRESIDENT, 2013, pool, final=True).word == "none"
    pool.see(pool.people[0], PRESIDENT, *after)
    assert who_is("Tamara Kareva", PRESIDENT, 2013, pool).word == "one"


def test_the_same_name_in_the_same_post_of_the_country_that_followed_is_one_person():
    pool = Pool()
    pool.beside.append(pool_of(known("Vaclav Havel", years=(1990, 1992))))
    assert who_is("Vaclav Havel", PRESIDENT, 1993, pool).who.name == "Vaclav Havel"
    assert who_is("Vaclav Havel", MINISTER, 1993, pool).word == "none"


def test_who_is_never_the_same_is_not_taken_for_the_other():
    pool = pool_of(known("Binyamin Netanyahu"), known("Benjamin Netanyahu", years=(1950, 1955)))
    assert who_is("Benjamin Netanyahu", PRESIDENT, 2005, pool).who.name == "Binyamin Netanyahu"
    pool.different.add(frozenset(("Binyamin Netanyahu", "Benjamin Netanyahu")))
    assert who_is("Benjamin Netanyahu", PRESIDENT, 2005, pool).word == "ambiguous"


def test_a_full_name_that_nobody_could_have_for_so_long_is_a_new_one():
    old = known("Bjarni Benediktsson", years=(1963, 1970))
    assert ask("Bjarni Benediktsson", old, year=2024) == ("ambiguous", None)
    assert ask("Bjarni Benediktsson", old, year=2024, final=True) == ("none", None)


def test_any_of_the_other_names_will_do():
    assert ask("Raşit Meredow", known("Rashid Meredov", "Рашид Мередов", "Raşit Meredow")) == ("one", "Rashid Meredov")


def test_every_answer_has_a_reason():
    for name in ("Ada Lovelace", "Lovelace", "Nobody Known", ""):
        assert who_is(name, MINISTER, None, pool_of(known("Ada Lovelace"))).reasons


def test_reasons_are_lines_to_read():
    answer = who_is("Dmitriy Medvedev", PRESIDENT, 2010, pool_of(known("Dmitri Medvedev")))
    assert answer.reasons == ["same country, same post, names differ in their spelling, 2 years apart: Dmitri Medvedev"]


def test_what_is_noted_after_begin_is_taken_back():
    pool = pool_of(known("Dmitri Medvedev"))
    pool.begin()
    pool.call(pool.people[0], "Dima Medvedev")
    pool.see(pool.add(2, "Vladimir Putin"), PRESIDENT, 2001, 2001, regal=True)
    pool.restore()
    assert [one.name for one in pool.people] == ["Dmitri Medvedev"]
    assert pool.named("Dima Medvedev") == pool.named("Vladimir Putin") == []
