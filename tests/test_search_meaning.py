"""What a text means as a whole, and what is suggested while it is typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import add_external_id, make_country, make_dialogue, make_official, make_topic, make_visit
from visits.models import Country, Official
from visits.search import plain, search
from visits.search.suggesting import suggest


@pytest.fixture
def world_of_names(db):
    for code in ("TM", "JP", "UZ", "US", "SUHH"):
        make_country(code)
    Country.objects.filter(code="JP").update(demonyms=["Japanese"])
    make_topic("green-hydrogen")
    make_dialogue("forum", "Energy Forum")
    make_visit("TM", "JP", head="Aina Orazowa")


def meant(text):
    return [one.url for one in search(text).meant]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("Japan", ["/countries/JP/", "/visits/?host=JP", "/visits/?guest=JP"]),
        ("jp", ["/countries/JP/", "/visits/?host=JP", "/visits/?guest=JP"]),
        ("JPN", ["/countries/JP/", "/visits/?host=JP", "/visits/?guest=JP"]),
        ("Soviet Union", ["/countries/SUHH/", "/visits/?host=SUHH", "/visits/?guest=SUHH"]),
        ("hydrogen", ["/topics/hydrogen/", "/visits/?topic=hydrogen"]),
        ("energy forum", ["/dialogues/forum/", "/visits/?dialogue=forum"]),
        ("Turkmenistan Japan", ["/relations/TM-JP/"]),
        ("TM-JP", ["/relations/TM-JP/"]),
        ("tm jp", ["/relations/TM-JP/"]),
        ("Japan – Soviet Union", ["/relations/JP-SUHH/"]),
        ("1961", ["/visits/?year=1961"]),
        ("1961-1963", ["/visits/?from=1961&to=1963"]),
        ("visits to Japan since 2015", ["/visits/?host=JP&from=2015"]),
        ("US visits 1950s", ["/visits/?country=US&from=1950&to=1959"]),
        ("since Japan 1961", ["/visits/?country=JP&year=1961"]),
        ("visits 1961 Japan", ["/visits/?country=JP&year=1961"]),
        ("visits to Japan in 1961", ["/visits/?host=JP&year=1961"]),
        ("Japanese visits 1961", ["/visits/?country=JP&year=1961"]),
        ("визиты 1961", ["/visits/?year=1961"]),
        ("state visits by Japan", ["/visits/?guest=JP&kind=state"]),
        ("Japan to Turkmenistan 2015", ["/relations/JP-TM/", "/visits/?guest=JP&host=TM&year=2015"]),
        ("visits Turkmenistan Japan", ["/relations/TM-JP/", "/visits/?pair=TM-JP"]),
        ("meetings Japan 1961", ["/meetings/?country=JP&from=1961&to=1961"]),
        ("green hydrogen Japan", ["/visits/?country=JP&topic=green-hydrogen"]),
        ("Central Asia 2015", ["/visits/?region=central-asia&year=2015"]),
        ("forum Japan", ["/visits/?q=forum&country=JP"]),
        ("hydrogen ammonia", ["/visits/?q=ammonia&topic=hydrogen"]),
        ("us", ["/countries/US/", "/visits/?host=US", "/visits/?guest=US"]),
        ("talks with us", []),
        ('"Japan" 1961', []),
        ("Japan -1961", []),
        ("nothing of this", []),
    ],
)
def test_a_text_means(world_of_names, text, urls):
    assert meant(text) == urls


def test_words_of_a_person_are_a_filter_by_the_person(world_of_names):
    official = make_official("Aina Orazowa")
    assert meant("Orazowa Japan 1961") == [
        f"/visits/?official={official.pk}&country=JP&year=1961",
        official.get_absolute_url(),
    ]


def test_a_small_code_may_be_a_part_of_a_name(world_of_names):
    make_visit("DE", "JP", head="Charles de Gaulle")
    person = Official.objects.get(name="Charles de Gaulle").get_absolute_url()
    assert (meant("de gaulle"), meant("de jp")) == ([person], ["/relations/DE-JP/"])


def test_a_list_that_is_meant_answers(client, world_of_names):
    for text in ("Japan to Turkmenistan 2015", "Central Asia 2015", "state visits by Japan", "hydrogen ammonia"):
        assert [client.get(url).status_code for url in meant(text) if url.startswith("/visits/")] == [200]


def test_a_record_by_its_ids(db):
    visit, hidden = make_visit(title="Talks"), make_visit(state="draft")
    for one, number in ((visit, 1), (hidden, 2)):
        add_external_id(one, f"hsg-visits:{number}")
    url = visit.get_absolute_url()
    typed = ["hsg-visits:1", str(visit.uid), str(visit.pk), f"visit {visit.pk}", f"visits/{visit.pk}-talks/"]
    assert [meant(text) for text in typed] == [[url]] * len(typed)
    typed = [
        "hsg-visits:2",
        str(hidden.uid),
        str(hidden.pk),
        "hsg-visits:3",
        "nothing:1",
        "9" * 18,
        f"official {visit.pk}",
    ]
    assert [meant(text) for text in typed] == [[]] * len(typed)


def test_what_is_understood_is_not_searched_for_word_by_word(world_of_names):
    assert search("visits 1961 Japan").groups == {}


# suggestions


def suggested(text):
    return [(one.kind, plain(one.title)) for one in suggest(text)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("turk", [("countries", "Turkmenistan")]),
        ("oraz", [("officials", "Aina Orazowa")]),
        ("foreign", [("posts", "Foreign Minister")]),
        ("hydro", [("topics", "Hydrogen"), ("topics", "Green hydrogen")]),
        ("ener", [("topics", "Energy"), ("dialogues", "Energy Forum")]),
        ("turkmenistan ja", [("pairs", "Turkmenistan – Japan")]),
        ("turkmenistan japan", [("pairs", "Turkmenistan – Japan")]),
        ("japan 1961", [("lists", "Visits: Japan, 1961")]),
        ("t", []),
        ("", []),
        ('"turk', []),
        ("nothing", []),
    ],
)
def test_suggestions(world_of_names, typed, expected):
    assert suggested(typed) == expected


def test_nobody_is_suggested_whom_no_public_record_names(db):
    make_visit(head="Aina Orazowa", state="draft")
    assert suggested("oraz") == []


def test_few_of_each_kind_are_suggested(db):
    for number in range(9):
        make_visit(head=f"Aina {number}")
    assert len(suggest("aina")) == 4


@pytest.mark.parametrize("number", [1, 3])
def test_suggestions_take_three_queries(db, django_assert_num_queries, number):
    for one in range(number):
        make_visit(head=f"Aina {one}", post=f"Aide {one}")
        make_topic(f"aid-{one}")
    suggest("ai")
    with django_assert_num_queries(3):  # did the reference data change, names, who is public
        assert len(suggest("ai")) == 3 * number


@pytest.mark.django_db
@settings(max_examples=50)
@given(st.text(alphabet='aJ16 -"–/:→№ŉ\u0301日x%\\\x00', max_size=25))
def test_no_text_breaks_it(text):
    search(text)
    suggest(text)


def test_a_reader_of_russian_sees_russian_names_and_may_type_either(client, world_of_names):
    for typed in ("Япон", "japa"):
        answer = client.get("/api/v1/suggest/", {"q": typed}, headers={"Accept-Language": "ru"})
        first = answer.json()["suggestions"][0]
        assert (first["title"], answer["Content-Language"]) == ("Япония", "ru")
