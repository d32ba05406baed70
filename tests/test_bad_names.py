"""Names that read like others without being them: refused with field and value, in every way in; never a crash."""

import json
from io import BytesIO

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.world import make_country, make_official, make_user, make_visit
from visits import access, loads, names, search
from visits.models import Candidate, ImportProblem, Official, OfficialName, Visit

pytestmark = pytest.mark.django_db

HIDDEN = "Rashid Mere\u200bdov"
MIXED = "Rashid Mеredov"  # its first e is Cyrillic
EMOJI = "Rashid 😀 Meredov"
LONG = "a" * 10_000
BAD = pytest.mark.parametrize("name", [HIDDEN, MIXED, EMOJI, "Rashid \u202evoderem\u202c", "𝐑𝐚𝐬𝐡𝐢𝐝 𝐌𝐞𝐫𝐞𝐝𝐨𝐯"])


@pytest.fixture(autouse=True)
def known():
    """Somebody of the name that all of these read like."""
    make_country("JP")
    return make_official("Rashid Meredov", "TM")


def load(content, name="list.csv", **options):
    run = loads.create_run(
        [(name, content if isinstance(content, bytes) else content.encode())], user=None, trust=True, **options
    )
    return loads.run_load(run.pk)


def problems():
    return list(ImportProblem.objects.values_list("field", "value", "detail"))


def officials():
    return list(Official.objects.values_list("name", flat=True))


@BAD
def test_a_table_of_officials(name):
    assert load(f"name,country,other_names\n{name},TM,\n").rejected == 1
    assert problems() == [("name", name, names.disguise(name))]
    assert officials() == ["Rashid Meredov"]


@BAD
def test_another_name_in_a_table(name):
    assert load(f"name,country,other_names\nAina Orazowa,TM,{name}\n").rejected == 1
    assert [(field, detail) for field, _value, detail in problems()] == [("other_names", names.disguise(name))]


@BAD
def test_a_table_of_visits(name):
    assert load(f"guest,host,start,head,head_post\nTM,JP,2024-01-22,{name},Minister\n").rejected == 1
    assert [detail for _field, _value, detail in problems()] == [names.disguise(name)]
    assert (officials(), Visit.objects.count()) == (["Rashid Meredov"], 0)


@BAD
def test_a_workbook(name):
    book, content = Workbook(), BytesIO()
    for row in (["name", "country"], [name, "TM"]):
        book.active.append(row)
    book.active.title = "officials"
    book.save(content)
    assert load(content.getvalue(), "list.xlsx").rejected == 1
    assert [(value, detail) for _field, value, detail in problems()] == [(name, names.disguise(name))]


@BAD
@pytest.mark.parametrize("escaped", [True, False])
def test_json_lines(name, escaped):
    person = {"as_printed": name, "name_as_printed": name, "official": {"name": name, "country": "TM"}}
    visit = {"type": "visit", "guest": {"country": "TM"}, "host": {"country": "JP"}, "start": "2024-01-22"}
    visit |= {"delegations": [{"sender": {"country": "TM"}, "members": [person]}]}
    lines = [{"type": "official", "name": name, "country": "TM"}, visit]
    assert load("\n".join(json.dumps(line, ensure_ascii=escaped) for line in lines), "list.jsonl").rejected == 2
    assert problems() == [
        ("name", name, names.disguise(name)),
        ("delegations.0.members.0.official.name", name, names.disguise(name)),
    ]
    assert officials() == ["Rashid Meredov"]


@BAD
def test_a_delegation_list(name):
    header = "Group_Type,Delegation,Honorific,Person_Name,Job_Title,Division,Affiliation,Year,Meeting,Location"
    row = f"Parties,Turkmenistan,Mr,{name},NA,NA,NA,1991,INC 1,Geneva,TKM"
    assert load(f"{header},Delegation_ISO\n{row}\n", "lists.csv").rejected == 1
    assert problems() == [("Person_Name", name, names.disguise(name))]


@BAD
def test_a_list_of_visits_in_xml(name):
    visit = (
        "<visit><id>1</id><start-date>1990-01-01</start-date><end-date>1990-01-02</end-date>"
        f'<visitor>Foreign Minister {name}</visitor><from id="japan">Japan</from><description/></visit>'
    )
    content = f'<?xml version="1.0" encoding="UTF-8"?><visits>{visit}</visits>'
    make_country("US")
    run = load(content, "1990.xml")
    assert (run.rejected, [detail for _f, _v, detail in problems()]) == (1, [names.disguise(name)])


@pytest.mark.parametrize("name", [HIDDEN, MIXED])
def test_an_article_keeps_the_print_and_means_nobody(name):
    text = f"Turkmen Foreign Minister {name} visited Japan on 22 January 2024."
    load(text, "story.txt")
    assert officials() == ["Rashid Meredov"]
    assert not Official.objects.filter(member_rows__isnull=False).exists()
    doubts = [doubt for candidate in Candidate.objects.all() for doubt in candidate.doubts]
    assert [doubt["reason"] for doubt in doubts if doubt["code"] == "disguised-name"] == [names.disguise(name)]


def test_an_article_without_disguise_has_no_such_doubt():
    load("Turkmen Foreign Minister Rashid Meredov visited Japan on 22 January 2024.", "story.txt")
    assert "disguised-name" not in {doubt["code"] for c in Candidate.objects.all() for doubt in c.doubts}


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("", "Write the name."),
        ("\u200b", "Write the name."),
        ("...", "It has no letter: write the name."),
        (LONG, "It is longer than 300 characters: shorten it."),
    ],
)
def test_empty_and_endless_names(name, detail):
    assert load(f"name,country,other_names\n{name},TM,\n").rejected == 1
    ((field, value, told),) = problems()
    assert (field, told) == ("name", detail)
    assert value == (names.clean(name) if len(name) <= 200 else name[:199] + "…")


def test_marks_at_the_edges_of_words_are_cleaned(known):
    load("name,country,other_names\n\u200f\u202aRashid Meredov\u202c\ufeff,TM,\n")
    assert set(officials()) == {"Rashid Meredov"}


@settings(max_examples=30)
@given(st.text("Rаa \u200b\u200f\u00ad😀", max_size=8))
def test_what_is_loaded_reads_as_it_was_written_or_is_refused(text):
    text = text.strip() + "Q"
    before = set(officials())
    run = load(f"name,country,other_names\n{text},TM,\n")
    if not run.rejected:
        assert set(officials()) - before <= {names.clean(text)}
    assert bool(run.rejected) == bool(names.flaw(text))


class TestDesk:
    @pytest.fixture
    def desk(self, client):
        access.ensure_groups()
        client.force_login(make_user("elena", group="Editor", is_staff=True))
        return client

    @pytest.fixture
    def form(self):
        parts = ("other_names", "tenures", "citations")
        empty = {f"{part}-{name}_FORMS": "0" for part in parts for name in ("TOTAL", "INITIAL")}
        return empty | {"name": "Aina Orazowa", "country": "TM"}

    def errors(self, response):
        formset = response.context["inline_admin_formsets"][0].formset
        return dict(response.context["adminform"].form.errors), [dict(errors) for errors in formset.errors if errors]

    @BAD
    def test_a_new_official(self, desk, form, name):
        response = desk.post(reverse("admin:visits_official_add"), form | {"name": name})
        assert self.errors(response) == ({"name": [names.disguise(name)]}, [])

    @pytest.mark.parametrize("name", ["\u200b", "...", "12", "😀"])
    def test_a_name_without_a_letter(self, desk, form, name):
        response = desk.post(reverse("admin:visits_official_add"), form | {"name": name})
        assert self.errors(response) == ({"name": [names.flaw(name)]}, [])

    @BAD
    def test_another_name(self, desk, form, name):
        form |= {"other_names-TOTAL_FORMS": "1", "other_names-0-text": name, "other_names-0-kind": "spelling"}
        assert self.errors(desk.post(reverse("admin:visits_official_add"), form)) == (
            {},
            [{"text": [names.disguise(name)]}],
        )

    def test_an_endless_name(self, desk, form):
        (error,) = self.errors(desk.post(reverse("admin:visits_official_add"), form | {"name": LONG}))[0]["name"]
        assert error == "Ensure this value has at most 300 characters (it has 10000)."

    def test_marks_at_the_edge_are_cleaned_and_the_script_is_told(self, desk, form):
        form |= {"name": "\u200eAina  Orazowa", "other_names-TOTAL_FORMS": "1", "other_names-0-kind": "spelling"}
        desk.post(reverse("admin:visits_official_add"), form | {"other_names-0-text": "\u200fΑίνα"})
        assert Official.objects.filter(name="Aina Orazowa", key="aina orazowa").count() == 1
        assert list(OfficialName.objects.values_list("text", "script", "language")) == [("Αίνα", "Grek", "el")]

    @pytest.mark.parametrize("term", [HIDDEN, MIXED, EMOJI, LONG, "\u202e", "a\x00b", "%", "\\", " ", "(" * 300])
    def test_no_term_breaks_lists_and_autocompletes(self, desk, term):
        address = reverse("admin:autocomplete")
        field = {"app_label": "visits", "model_name": "tenure", "field_name": "official"}
        assert desk.get(address, field | {"term": term}).status_code == 200
        for model in ("official", "country", "organization", "delegation", "outcome", "trip"):
            assert desk.get(reverse(f"admin:visits_{model}_changelist"), {"q": term}).status_code == 200


@pytest.mark.parametrize("text", [HIDDEN, MIXED, EMOJI, LONG, "\u202e", "a\x00b", "%", "\\", "", "(" * 300])
def test_no_text_breaks_the_search(client, text):
    make_visit(head="Aina Orazowa")
    assert isinstance(search.search(text).groups, dict)
    assert client.get("/search/", {"q": text}).status_code == 200
    assert client.get("/officials/", {"q": text}, follow=True).status_code in {200, 400}
    assert client.get("/api/v1/officials/", {"q": text}).status_code in {200, 400}


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_no_random_text_breaks_the_search(text):
    search.search(text)
