"""Taking a load back: the fields that it changed go back, unless somebody changed them since; by command and API."""

import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command

from tests.undoing import by_hand, exported, left, load, meeting, staying, take_back, uid, visit
from tests.world import make_country, make_user, make_visit
from visits import access, edit
from visits.models import (
    Candidate,
    Citation,
    Judgement,
    Official,
    Visit,
    VisitPlace,
)
from visits.review import decide, undo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def countries():
    return {code: make_country(code) for code in ("TM", "JP", "UZ", "US")}


# what a run changed goes back


def test_changed_fields_go_back_with_what_was_added():
    load(visit())
    before = exported()
    change = visit(end="2024-01-24", summary="They talked.", places=[{"as_printed": "Nara"}], meetings=[meeting()])
    change["delegations"][0]["members"].append({"as_printed": "Ann Lee", "name_as_printed": "Ann Lee"})
    run = load(change)
    pk = Visit.objects.get().pk
    preview = undo.preview(run)
    assert preview["goes_back"] == [
        {"type": "visit", "id": pk, "title": "Turkmenistan to Japan", "part": "", "field": field} | values
        for field, values in (
            ("end", {"before": "2024-01-23", "after": "2024-01-24"}),
            ("summary", {"before": "", "after": "They talked."}),
        )
    ]
    assert preview["counts"]["goes"] == {"meeting": 1, "visitplace": 1, "member": 1}
    take_back(run)
    assert exported() == before


def test_a_field_that_a_person_changed_since_stays_and_the_others_go_back():
    load(visit())
    run = load(visit(end="2024-01-24", summary="They talked."))
    edit.apply(Visit.objects.get(), {"summary": "They argued."}, user=make_user("ed"))
    assert staying(run) == ["Summary was changed since"]
    take_back(run)
    assert Visit.objects.values_list("end", "summary").get() == ("2024-01-23", "They argued.")


def test_a_field_that_a_later_load_changed_stays_until_that_load_goes():
    load(visit())
    second = load(visit(summary="They met."))
    third = load(visit(summary="They talked."))
    assert staying(second) == [f"Summary was changed since by load {third.pk}"]
    take_back(second)
    assert Visit.objects.get().summary == "They talked."
    take_back(third)
    assert Visit.objects.get().summary == "They met."
    take_back(second)
    assert Visit.objects.get().summary == ""


def test_an_end_stays_when_somebody_moved_the_start():
    load(visit())
    run = load(visit(end="2024-01-25"))
    edit.apply(Visit.objects.get(), {"start": "2024-01-24"}, user=make_user("ed"))
    take_back(run)
    assert Visit.objects.values_list("start", "end").get() == ("2024-01-24", "2024-01-25")


def test_what_a_person_wrote_comes_back_when_they_had_let_the_load_override_it():
    load(visit())
    edit.apply(Visit.objects.get(), {"end": "2024-01-25"}, user=make_user("ed"))
    run = load(visit(end="2024-01-24"))
    decide.accept(Candidate.objects.get(run=run), make_user("al"))
    take_back(run)
    assert Visit.objects.get().end == "2024-01-25"


def test_a_row_that_a_person_edited_stays_in_a_record_of_somebody_else():
    load(visit())
    run = load(visit(places=[{"as_printed": "Nara"}, {"as_printed": "Kobe"}]))
    with by_hand():
        VisitPlace.objects.filter(as_printed="Nara").update(as_printed="Nara, Japan")
    assert staying(run) == ["visit place: somebody edited it"]
    take_back(run)
    assert [place.as_printed for place in VisitPlace.objects.all()] == ["Nara, Japan"]


def test_the_clean_part_of_what_conflicts_goes_back():
    load(visit())
    edit.apply(Visit.objects.get(), {"end": "2024-01-25"}, user=make_user("ed"))
    before = exported()
    run = load(visit(end="2024-01-24", summary="They talked."))
    assert (Candidate.objects.get(run=run).state, Visit.objects.get().summary) == ("pending", "They talked.")
    take_back(run)
    assert exported() == before


def test_ids_and_rows_of_a_data_set_go_back():
    load(visit())
    before = exported()
    change = visit(citations=[{"external_id": "1", "row": {"id": "1", "who": "A. Orazowa"}}])
    change["external_ids"].append("desk-list:1b")
    run = load(change)
    assert Citation.objects.get().row["who"] == "A. Orazowa"
    take_back(run)
    assert exported() == before


def test_an_id_that_was_there_before_the_load_stays():
    make_visit("TM", "JP", external_id="desk-list:1", head="Aina Orazowa")
    before = exported()
    run = load(visit(summary="They talked."))
    assert run.changed == 1
    take_back(run)
    assert exported() == before


def test_a_link_to_what_a_load_brought_goes_with_it():
    load(visit(1, accompanies=uid("visit 2")))
    before = exported()
    run = load(visit(2))
    assert Visit.objects.get(uid=uid("visit 1")).accompanies is not None
    take_back(run)
    assert exported() == before


def test_a_link_that_a_later_load_set_holds_nobody():
    first = load(visit(1, accompanies=uid("visit 2"), head="Bahar Atayeva"))
    load(visit(2))
    take_back(first)
    assert [str(one.uid) for one in Visit.objects.all()] == [uid("visit 2")]


def test_a_changed_official_goes_back():
    person = {"type": "official", "uid": uid("aina"), "name": "Aina Orazowa", "country": "TM"}
    load(person)
    before = list(Official.objects.values("name", "key", "wikidata", "other_names__text"))
    run = load(person | {"wikidata": "Q42", "other_names": [{"text": "Айна Оразова"}]})
    assert Official.objects.get().other_names.count() == 1
    take_back(run)
    assert list(Official.objects.values("name", "key", "wikidata", "other_names__text")) == before


# by command and API


def undo_import(*args):
    """(exit code, what it printed)."""
    out = io.StringIO()
    try:
        call_command("undo_import", *map(str, args), stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_what_would_happen_and_asks_for_nothing():
    load(visit())
    run = load(visit(end="2024-01-24", places=[{"as_printed": "Nara"}]))
    pk, place = Visit.objects.get().pk, VisitPlace.objects.get().pk
    code, text = undo_import(run.pk, "--dry-run")
    assert (code, text.splitlines()) == (
        0,
        [
            f"Dry run: load {run.pk} is not taken back.",
            "Would be deleted: 1 visitplace. Would be put back: 1 fields. Stays: 0.",
            f"  - visitplace {place}: Nara",
            f"  < visit {pk}, end: 2024-01-24 -> 2024-01-23",
        ],
    )
    assert Visit.objects.get().end == "2024-01-24"


def test_the_command_takes_back_and_names_what_stays():
    run = load(visit(1), visit(2))
    one = Visit.objects.get(uid=uid("visit 1"))
    edit.apply(one, {"summary": "Mine."}, user=make_user("ed"))
    code, text = undo_import(run.pk, "--reason", "the wrong file")
    assert (code, text.splitlines()[1]) == (1, "Deleted: 1 visit. Put back: 0 fields. Stays: 4.")
    assert f"  = visit {one.pk} stays (Turkmenistan to Japan): somebody edited it" in text.splitlines()
    assert Judgement.objects.get(kind="undo").reason == "the wrong file"


def test_the_command_reports_in_json():
    run = load(visit())
    said = json.loads(undo_import(run.pk, "--dry-run", "--json")[1])
    done = json.loads(undo_import(run.pk, "--json")[1])
    assert said == done | {"dry_run": True}
    assert done["counts"]["goes"] == {"visit": 1, "official": 1, "post": 1, "source": 1}


@pytest.mark.parametrize("run", [99_999, "taken back"])
def test_the_command_refuses_with_its_own_exit_code(run):
    if run == "taken back":
        run = load(visit()).pk
        undo_import(run)
    with pytest.raises(CommandError) as refused:
        undo_import(run)
    assert refused.value.returncode == 2


def asked(client, user, run, method="get"):
    headers = {"Authorization": f"Token {access.create_token(user, uuid.uuid4().hex)}"}
    return getattr(client, method)(f"/api/v1/imports/{run.pk}/undo/", headers=headers)


def test_a_script_looks_first_and_takes_back_then(client):
    user = make_user("ed", "undo_importrun")
    run = load(visit(), user=user)
    said = asked(client, user, run).json()
    assert said["goes"]["visit"] == [[Visit.objects.get().pk, "Turkmenistan to Japan"]]
    assert asked(client, user, run, "post").json() == said
    assert (left(), Judgement.objects.get(kind="undo").user) == ({}, user)
    again = asked(client, user, run, "post")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "not-to-undo")


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_undo_gets_no_answer(client, method):
    user = make_user("al", "add_importrun")
    run = load(visit(), user=user)
    assert asked(client, user, run, method).status_code == 403
    assert asked(client, make_user("bo", "undo_importrun"), run, method).status_code == 404
    assert Visit.objects.count() == 1
