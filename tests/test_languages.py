"""Pages in the language of their reader, what machines read in English; nothing of one reader reaches another."""

import re

import pytest
from django.utils import translation
from lxml import html

from tests.world import make_country, make_visit
from tracker import messages
from visits import catalogue, dates, loads, native
from visits.models import CountryName
from visits.retold import retold
from visits.wording import NOUNS, words_of

RUSSIAN = {"headers": {"Accept-Language": "ru"}}


@pytest.fixture
def russian():
    with translation.override("ru"):
        yield


# who reads what


@pytest.mark.parametrize(
    ("asked", "cookie", "language"),
    [("ru", "", "ru"), ("de, en;q=0.5", "", "en"), ("fr", "", "en"), ("ru", "en", "en"), ("en", "ru", "ru")],
)
def test_a_page_is_in_the_language_of_its_reader(client, db, asked, cookie, language):
    if cookie:
        client.cookies["language"] = cookie
    answer = client.get("/visits/", headers={"Accept-Language": asked})
    assert (html.fromstring(answer.content).get("lang"), answer["Content-Language"]) == (language, language)
    assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))


def test_two_readers_in_turn_each_get_their_own(client, world):
    def headings(language):
        page = html.fromstring(client.get("/countries/JP/", headers={"Accept-Language": language}).content)
        return page.xpath("//h1")[0].text_content(), page.xpath("//title")[0].text_content()

    first, second = headings("ru"), headings("en")
    assert (headings("ru"), headings("en")) == (first, second)
    assert (first[0], second[0]) == ("Япония", "Japan")


def test_the_index_of_the_search_speaks_to_each_reader(client, world):
    def read(language):
        return shown(client.get("/search/?q=Japan", headers={"Accept-Language": language}).content)

    found = {language: read(language) for language in ("ru", "en")}
    assert {language: ("Восточная Азия" in text, "Eastern Asia" in text) for language, text in found.items()} == {
        "ru": (True, False),
        "en": (False, True),
    }


def test_a_choice_is_kept_and_leads_back(client, db):
    page = "http://testserver/visits/?guest=TM"
    answer = client.post("/language/", {"language": "ru"}, headers={"Referer": page, "Accept": "text/html"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert client.get("/visits/")["Content-Language"] == "ru"


def test_a_choice_leads_to_no_other_site(client, db):
    answer = client.post("/language/", {"language": "ru", "next": "https://example.org/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    "address",
    ["/api/v1/visits/?count=true", "/api/v1/visits/?x=1", "/api/v1/stats/?by=host", "/visits.csv", "/visits.jsonl",
     "/countries.csv", "/visits.atom", "/visits/matrix.csv", "/templates/visits.csv"],
)  # fmt: skip
def test_what_machines_read_is_english_whoever_asks(client, world, address):
    def read(language):
        answer = client.get(address, headers={"Accept-Language": language})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, re.sub(rb"<updated>.*?</updated>", b"", body), answer["Content-Language"]

    assert read("ru") == read("en")


def test_an_address_is_the_same_in_every_language(client, db, russian):
    visit = make_visit("TM", "JP", title="")
    assert (str(visit), visit.get_absolute_url()) == (
        "Туркменистан → Япония",
        f"/visits/{visit.pk}-turkmenistan-to-japan/",
    )
    assert client.get(visit.get_absolute_url(), **RUSSIAN).status_code == 200


# nothing stays English

PAGES = [
    "/", "/visits/", "/visits/?view=matrix", "/visits/?view=timeline", "/visits/?view=map", "/visits/?view=network",
    "/visits/?guest=TM&region=eastern-asia&from=2015&to=2024&undated=true", "/visits/narrow/", "/visits/?x=1",
    "/meetings/", "/officials/?valid_on=2024", "/posts/", "/organizations/", "/countries/", "/countries/JP/",
    "/countries/compare/?country=JP&country=TM", "/relations/JP-TM/", "/relations/JP-TM/brief/", "/topics/",
    "/topics/energy/", "/outcomes/", "/dialogues/", "/search/?q=japan", "/search/", "/api/", "/nothing/",
]  # fmt: skip
DESK = ["/admin/", "/admin/visits/visit/", "/admin/visits/visit/add/", "/admin/visits/candidate/",
        "/admin/visits/importrun/load/", "/admin/visits/doubt/", "/admin/visits/feed/add/"]  # fmt: skip


DATA = {"Foreign minister", "In review", "According to"}  # what records of the small world say


def english_words() -> list[str]:
    """Messages of several words that say something of their own."""
    catalogue_ = messages.read(messages.catalogues()["ru"])
    found = []
    for message in catalogue_:
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        worth = (
            one for one in ids if one and " " in one.strip() and one.isascii() and "%" not in one and one not in DATA
        )
        found += [one for one in worth if one not in str(message.string)]
    return found


def shown(content: bytes) -> str:
    page = html.fromstring(content)
    for hidden in page.xpath("//script|//style|//pre|//body//*[@lang='en']"):
        hidden.drop_tree()
    names = ("title", "aria-label", "placeholder", "data-label", "alt")
    return "\n".join([page.text_content(), *(text for name in names for text in page.xpath(f"//@{name}"))])


def left_over(content: bytes) -> list[str]:
    text = shown(content)
    return [one for one in english_words() if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text)]


def test_no_english_word_of_ours_stands_on_a_russian_page(client, world):
    found = {address: left_over(client.get(address, **RUSSIAN).content) for address in PAGES}
    visit = client.get(f"/visits/{world.story.pk}/", follow=True, **RUSSIAN)
    found["visit"] = left_over(visit.content)
    assert {address: words for address, words in found.items() if words} == {}


def test_no_english_word_of_ours_stands_on_the_russian_desk(client, world, admin):
    client.force_login(admin)
    found = {address: left_over(client.get(address, follow=True, **RUSSIAN).content) for address in DESK}
    assert {address: words for address, words in found.items() if words} == {}


# grammar


@pytest.mark.parametrize(
    ("number", "noun"), [(1, "визит"), (2, "визита"), (5, "визитов"), (11, "визитов"), (21, "визит"), (112, "визитов")]
)
def test_a_number_has_its_form_of_the_noun(russian, number, noun):
    assert NOUNS["visits"](number) == noun


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2024-01-22", "2024-01-23", "22–23 января 2024"),
        ("1961-04-30", "1961-05-02", "30 апреля – 2 мая 1961"),
        ("2024-01", "", "январь 2024"),
        ("XXXX-01-22", "", "22 января, год неизвестен"),
        ("2024-05~", "", "около мая 2024"),
        ("", "2024-03", "до марта 2024"),
        ("201X", "", "2010-е"),
    ],
)
def test_a_month_stands_in_its_case(russian, start, end, words):
    assert dates.display_range(start, end) == words


def test_names_stay_as_they_are_in_the_words_of_a_list(russian, world, rf):
    from visits.filters import VisitFilter

    filters = VisitFilter.open(rf.get("/?guest=TM&region=eastern-asia&from=2015&to=2024").GET)
    words = words_of(filters, NOUNS["visits"](412))
    assert words == "визитов · гость: Туркменистан · куда: Восточная Азия, 2015 – 2024"


# names and their order


def test_a_list_is_in_the_order_of_the_names_that_it_shows(client, world):
    make_country("SUHH")
    names, address = [], "/countries/?page_size=3"
    while address:
        page = client.get(address, **RUSSIAN)
        names += [row["name"] for row in page.context["rows"]]
        address = page.context["next"]
    assert names == sorted(names, key=native.in_order)
    assert {"Советский Союз", "Туркменистан", "Япония"} <= set(names)


def test_a_page_of_a_list_has_one_address_in_every_language(client, world):
    address = client.get("/countries/?page_size=2", **RUSSIAN).context["next"]
    assert client.get(address).status_code == client.get(address, **RUSSIAN).status_code == 200


def test_yo_comes_after_ye():
    assert sorted(["Жук", "ёлка", "Ель", "Ежи", "Дом"], key=native.in_order) == ["Дом", "Ежи", "Ель", "ёлка", "Жук"]


def test_the_name_that_an_editor_chose_is_shown(client, world):
    other = {"text": "Туркмения", "key": "turkmeniya", "language": "ru", "primary": True}
    CountryName.objects.create(country=make_country("TM"), **other)
    page = html.fromstring(client.get("/countries/TM/", **RUSSIAN).content)
    assert page.xpath("//h1")[0].text_content() == "Туркмения"
    assert catalogue.current().countries["TM"].own == "Turkmenistan"


# what is kept is said again


def test_a_kept_sentence_is_said_in_the_language_of_its_reader(russian):
    assert retold("Its data set is trusted.") == "Её набор данных – доверенный."
    assert retold("Japan is both the guest and the host.") == "Japan – и гость, и принимающая сторона."
    assert retold("Orazowa: the same name; one surname, but another first name") == (
        "Orazowa: то же имя; фамилия одна, но другое имя"
    )
    assert retold("Somebody's own words, kept as they are.") == "Somebody's own words, kept as they are."


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("Write one of visit, meeting.", "Напишите одно из: visit, meeting."),
        ("It must be 1 or more.", "Это должно быть не меньше 1."),
        ("“Unknown” is no month: write the date as 2024-01-22.", "«Unknown» – не месяц: напишите дату как 2024-01-22."),
        ("Visit 12, line 5: <host> is missing.", "Визит 12, строка 5: нет <host>."),
        ("Line 7: elements lie more than 4 deep.", "Строка 7: элементы вложены глубже 4 уровней."),
        (
            "It is refused with row 3: It is missing: give it a value.",
            "Не принято вместе со строкой 3: Значения нет: впишите его.",
        ),
        (
            "“gest” is no known column: did you mean “guest”? (in the sheet “visits”, row 1)",
            "«gest» – неизвестный столбец: имелось в виду «guest»? (лист «visits», строка 1)",
        ),
        ("It is no text but a picture.", "Это не текст, а изображение."),
    ],
)
def test_a_problem_of_a_load_is_said_with_its_parts(russian, detail, said):
    assert retold(detail) == said


def test_what_is_quoted_stays_as_it_was_typed(russian):
    assert retold("“Japan: Foreign minister” names more than two dates.") == (
        "«Japan: Foreign minister»: больше двух дат."
    )


def test_a_load_keeps_its_problems_in_english_and_shows_them_to_an_editor(client, admin, russian):
    make_country("TM")
    run = loads.create_run([("visits.csv", b"guest,host,start\nTM,Zzzzzz,2024-01-22\n")], user=None)
    (problem,) = loads.run_load(run.pk).problems.all()
    assert problem.detail == "“Zzzzzz” is no country that is known: write a code such as JP, or its name."
    client.force_login(admin)
    page = client.get(f"/admin/visits/importrun/{run.pk}/change/", **RUSSIAN).content.decode()
    assert "«Zzzzzz» – неизвестная страна" in page


def test_permissions_are_said_in_the_language_of_who_gives_them(client, admin):
    client.force_login(admin)

    def labels(language):
        page = client.get("/admin/auth/group/add/", headers={"Accept-Language": language})
        return {text.strip() for text in html.fromstring(page.content.decode()).xpath("//option/text()")}

    assert {
        "Дипломатические визиты | визит | Может изменять: визит",
        "Дипломатические визиты | загрузка | Может отменить загрузку",
    } <= labels("ru")
    assert "Diplomatic visits | visit | Can change visit" in labels("en")


# the catalogue


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('msgid "One day"\nmsgstr ""', "not translated"),
        ('#, fuzzy\nmsgid "One day"\nmsgstr "Один день"', "marked as fuzzy"),
        ('msgid "Other"\nmsgstr "Другое"', "not in the catalogue"),
        ('msgid "One day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "День"\nmsgstr[1] "Дни"\nmsgstr[2] "%(n)s дней"', ""),
        ('msgid "One day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s день"\nmsgstr[1] "%(n)s дня"', "not translated"),
    ],
)
def test_what_is_not_complete_is_named(tmp_path, entry, why):
    path = tmp_path / "ru" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n{entry}\n')
    wanted = messages.Catalog(charset="utf-8")
    wanted.add(("One day", "%(n)s days") if "plural" in entry else "One day")
    found = {fault.why for fault in messages.faults("ru", messages.read(path), wanted)}
    assert (why in found) if why else any("other placeholders" in one for one in found)
