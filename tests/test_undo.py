"""Taking a load back: what goes, what goes back, and what stays because somebody edited or relies on it."""

import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command

from tests.world import cite, make_country, make_meeting, make_official, make_source, make_tenure, make_user, make_visit
from visits import access, edit, loads, record, states
from visits.models import (
    Candidate,
    Citation,
    Doubt,
    ExternalId,
    ImportRun,
    Judgement,
    Meeting,
    MeetingVisit,
    Member,
    Official,
    OfficialName,
    Outcome,
    Participant,
    Post,
    RetiredId,
    Source,
    Tenure,
    Trip,
    Visit,
    VisitPlace,
)
from visits.review import decide, undo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def countries():
    return {code: make_country(code) for code in ("TM", "JP", "UZ", "US")}


def uid(name):
    return str(record.uid_for("test", name))


def visit(number=1, head="Aina Orazowa", dataset="desk-list", **fields):
    member = {"as_printed": f"Foreign Minister {head}", "name_as_printed": head, "head": True}
    member |= {"official": {"name": head, "country": "TM"}, "post": {"title": "Foreign Minister", "country": "TM"}}
    return {
        "type": "visit",
        "uid": uid(f"visit {number}"),
        "external_ids": [f"{dataset}:{number}"],
        "guest": {"country": "TM", "as_printed": "Turkmenistan"},
        "host": {"country": "JP", "as_printed": "Japan"},
        "start": "2024-01-22",
        "end": "2024-01-23",
        "delegations": [{"sender": {"country": "TM"}, "members": [member]}],
        "sources": [{"kind": "dataset", "slug": dataset, "title": "Our list"}],
        "citations": [{"external_id": str(number), "row": {"id": str(number), "who": head}}],
    } | fields


def meeting(number=1, **fields):
    return {"uid": uid(f"meeting {number}"), "title": f"Talks {number}", "date": "2024-01-22"} | fields


def load(*records, trust=True, user=None):
    lines = "\n".join(json.dumps(item) for item in records).encode()
    run = loads.create_run([("list.jsonl", lines)], user=user, trust=trust)
    return loads.run_load(run.pk)


def by_hand():
    """In one transaction of a test, a statement without a context would be taken for one of the load before it."""
    return edit.deed(None, "by hand")


def take_back(run, user=None):
    """Undo; what the preview said is what the undo says and did."""
    said = undo.preview(run)
    judgement = undo.undo(run, user)
    assert (judgement.detail["deleted"], judgement.detail["stays"]) == (said["counts"]["goes"], said["stays"])
    for kind, rows in said["goes"].items():
        model = next(one for one in ALL if one._meta.model_name == kind)
        assert not model.objects.filter(pk__in=[pk for pk, _title in rows]).exists()
    for one in said["stays"]:
        model = next(one_ for one_ in ALL if one_._meta.model_name == one["type"])
        assert model.objects.filter(pk=one["id"]).exists()
    return judgement


ALL = (
    Visit, Meeting, Official, Post, Tenure, Trip, Source, Citation, ExternalId, Member, Participant, OfficialName,
    Outcome, VisitPlace, MeetingVisit,
)  # fmt: skip


def left():
    return {model.__name__: model.objects.count() for model in ALL if model.objects.exists()}


def staying(run, kind="visit"):
    """Why each record of a kind stays."""
    return [one["why"] for one in undo.preview(run)["stays"] if one["type"] == kind]


def exported():
    out = io.StringIO()
    call_command("export_visits", stdout=out)
    return out.getvalue()


# what goes


def test_what_a_run_created_goes_and_loading_again_revives_its_ids():
    def ids():
        return [sorted(model.objects.values_list("pk", "uid")) for model in (Visit, Meeting, Official, Post, Source)]

    run = load(visit(1, meetings=[meeting()]), visit(2))
    before = ids()
    take_back(run)
    assert left() == {}
    load(visit(1, meetings=[meeting()]), visit(2))
    assert (ids(), RetiredId.objects.count()) == (before, 0)


def test_a_preview_names_what_goes_and_counts_it():
    run = load(visit(1), visit(2))
    one, two = Visit.objects.order_by("pk").values_list("pk", flat=True)
    preview = undo.preview(run, limit=1)
    assert preview["goes"]["visit"] == [(one, "Turkmenistan to Japan")]
    assert preview["counts"] == {
        "goes": {"visit": 2, "official": 1, "post": 1, "source": 1},
        "goes_back": 0,
        "stays": 0,
    }
    assert [pk for pk, _title in undo.preview(run)["goes"]["visit"]] == [one, two]


def test_a_preview_writes_nothing():
    run = load(visit())
    before = exported()
    undo.preview(run)
    assert (exported(), ImportRun.objects.get().status, Judgement.objects.filter(kind="undo").count()) == (
        before,
        "done",
        0,
    )


def test_what_waits_for_an_editor_waits_no_more():
    run = load(visit(), trust=False)
    take_back(run)
    assert (Candidate.objects.get().state, left()) == ("undone", {})


def test_what_an_editor_accepted_and_a_reviewer_published_goes():
    run = load(visit(meetings=[meeting()]), trust=False)
    decide.accept(Candidate.objects.get(), make_user("ed"))
    states.publish(Visit.objects.get(), make_user("re"))
    take_back(run)
    assert left() == {}


def test_the_deletion_of_a_published_record_stands_in_its_history():
    run = load(visit())
    pk = Visit.objects.get().pk
    undo.undo(run, make_user("ed"), "the wrong file")
    last = Visit.events.rel.related_model.objects.filter(pgh_obj_id=pk).latest("pgh_id")
    assert (last.pgh_label, last.pgh_context.metadata["reason"]) == ("delete", "the wrong file")


def test_a_load_of_nothing_new_takes_nothing_back():
    load(visit())
    before = exported()
    take_back(load(visit()))
    assert exported() == before


def test_an_open_doubt_about_a_record_goes_with_it():
    run = load(visit(head="Orazowa"))
    assert Doubt.objects.count() == 1
    take_back(run)
    assert (left(), Doubt.objects.count()) == ({}, 0)


def test_a_record_that_a_person_deleted_stays_deleted_when_it_is_loaded_again():
    run = load(visit(1), visit(2))
    edit.remove(Visit.objects.get(uid=uid("visit 1")))
    take_back(run)
    load(visit(1), visit(2))
    assert [str(one.uid) for one in Visit.objects.all()] == [uid("visit 2")]


# what a person edited stays


def test_an_edited_visit_stays_with_all_that_it_names():
    run = load(visit(1), visit(2, head="Bahar Atayeva"))
    one = Visit.objects.get(uid=uid("visit 1"))
    edit.apply(one, {"summary": "Mine."}, user=make_user("ed"))
    detail = take_back(run).detail
    head = Official.objects.get(name="Aina Orazowa")
    post, source = Post.objects.get(), Source.objects.get()
    because = {"type": "visit", "id": one.pk, "title": "Turkmenistan to Japan"}
    assert detail["stays"] == [
        {**because, "why": "somebody edited it", "because": None},
        *(
            {"type": kind, "id": row.pk, "title": str(row), "why": f"visit {one.pk} relies on it", "because": because}
            for kind, row in (("official", head), ("post", post), ("source", source))
        ),
    ]
    assert detail["deleted"] == {"visit": 1, "official": 1}
    assert Visit.objects.get().delegations.get().members.get().official == head


def test_what_stays_is_not_loaded_anew():
    run = load(visit(1), visit(2))
    edit.apply(Visit.objects.get(uid=uid("visit 1")), {"summary": "Mine."}, user=make_user("ed"))
    take_back(run)
    again = load(visit(1), visit(2))
    assert (again.created, again.unchanged, again.review) == (1, 1, 0)


def edit_member(one):
    member = Member.objects.get(delegation__visit=one)
    edit.apply(member, {"post_as_printed": "Minister"}, user=make_user("ed"))


def edit_by_a_statement(one):
    Visit.objects.filter(pk=one.pk).update(summary="Mine.")


def remove_member(one):
    edit.remove(Member.objects.get(delegation__visit=one))


@pytest.mark.parametrize("change", [edit_member, edit_by_a_statement, remove_member])
def test_a_visit_stays_when_any_row_of_it_was_edited(change):
    run = load(visit())
    with by_hand():
        change(Visit.objects.get())
    assert staying(run) == ["somebody edited it"]
    take_back(run)
    assert Visit.objects.count() == 1


def add_place(one):
    VisitPlace.objects.create(visit=one, as_printed="Nara")


def add_citation(one):
    cite(one, make_source("They came."), "They came.")


def add_outcome(one):
    Outcome.objects.create(visit=one, title="A plan")


@pytest.mark.parametrize(
    ("change", "what"), [(add_place, "visit place"), (add_citation, "citation"), (add_outcome, "outcome")]
)
def test_a_visit_stays_when_somebody_added_a_row_to_it(change, what):
    run = load(visit())
    with by_hand():
        change(Visit.objects.get())
    assert staying(run) == [f"somebody added to it: {what}"]
    take_back(run)
    assert Visit.objects.count() == 1


def test_a_visit_stays_when_its_meeting_was_edited():
    run = load(visit(meetings=[meeting()]))
    talks = Meeting.objects.get()
    edit.apply(talks, {"title": "Talks on hydrogen"}, user=make_user("ed"))
    assert staying(run, "meeting") == ["somebody edited it"]
    assert staying(run) == [f"meeting {talks.pk} relies on it"]
    take_back(run)
    assert MeetingVisit.objects.count() == 1


def test_a_visit_stays_with_its_meetings():
    run = load(visit(meetings=[meeting()]))
    edit.apply(Visit.objects.get(), {"summary": "Mine."}, user=make_user("ed"))
    take_back(run)
    assert (Meeting.objects.count(), MeetingVisit.objects.count()) == (1, 1)


def test_a_visit_stays_when_somebody_settled_a_doubt_about_it():
    run = load(visit(head="Orazowa"))
    judgement = Judgement.objects.create(kind="settle", user=make_user("ed"))
    Doubt.objects.update(judgement=judgement)
    assert staying(run) == ["somebody settled a doubt about it"]
    take_back(run)
    assert Doubt.objects.count() == 1


# what somebody relies on stays, and the reason names the record


def relied(kind, make):
    """The record of a kind that stays, and because of what, when `make` made something by hand of the run's visit."""
    run = load(visit(meetings=[meeting()], trip={"title": "A tour", "position": 1}))
    with by_hand():
        made = make(Visit.objects.get())
    stays = [one for one in undo.preview(run)["stays"] if one["type"] == kind]
    take_back(run)
    because = stays[0]["because"]
    assert [one["why"] for one in stays] == [f"{because['type']} {because['id']} relies on it"]
    assert because["title"] == str(made)
    return because["type"], because["id"], made


def test_a_visit_that_another_accompanies_stays():
    kind, pk, made = relied("visit", lambda one: make_visit("US", "JP", accompanies=one))
    assert (kind, pk) == ("visit", made.pk)


def test_a_visit_that_fulfilled_an_outcome_stays():
    def make(one):
        other = make_visit("UZ", "JP")
        Outcome.objects.create(visit=other, title="A visit", life="fulfilled", fulfilled_by_visit=one)
        return other

    kind, pk, made = relied("visit", make)
    assert (kind, pk) == ("visit", made.pk)


def test_a_trip_of_another_visit_stays():
    kind, pk, made = relied("trip", lambda one: make_visit("TM", "UZ", trip=one.trip))
    assert (kind, pk, Visit.objects.count()) == ("visit", made.pk, 1)


def test_a_visit_that_holds_a_meeting_made_by_hand_stays():
    run = load(visit())
    with by_hand():
        talks = make_meeting(visits=[Visit.objects.get()], title="Dinner")
    assert staying(run) == [f"meeting {talks.pk} was put in it"]
    take_back(run)
    assert MeetingVisit.objects.count() == 1


def test_a_meeting_that_was_put_in_another_visit_stays_without_the_runs_visit():
    run = load(visit(meetings=[meeting()]))
    with by_hand():
        other = make_visit("US", "JP")
        MeetingVisit.objects.create(meeting=Meeting.objects.get(), visit=other)
    assert staying(run, "meeting") == [f"visit {other.pk} has it"]
    take_back(run)
    assert list(Meeting.objects.values_list("in_visits__visit", flat=True)) == [other.pk]


def test_an_official_whom_a_person_named_stays():
    def make(one):
        other = make_visit("TM", "UZ")
        delegation = other.delegations.create(sender_country_id="TM")
        delegation.members.create(official=Official.objects.get(), as_printed="Orazowa")
        return other

    kind, pk, made = relied("official", make)
    assert (kind, pk) == ("visit", made.pk)


def test_an_official_with_a_tenure_made_by_hand_stays():
    kind, pk, made = relied("official", lambda one: make_tenure(Official.objects.get(), Post.objects.get(), "2021"))
    assert (kind, pk) == ("tenure", made.pk)


def test_an_official_with_a_name_added_by_hand_stays():
    run = load(visit())
    with by_hand():
        OfficialName.objects.create(official=Official.objects.get(), text="Айна Оразова", key="айна оразова")
    assert staying(run, "official") == ["somebody added to it: official name"]
    take_back(run)
    assert left() == {"Official": 1, "OfficialName": 1}


def test_a_participant_who_is_a_member_of_the_runs_delegation_keeps_it():
    def make(one):
        talks = make_meeting(title="Dinner")
        Participant.objects.create(meeting=talks, member=Member.objects.get(), side_country_id="TM")
        return talks

    kind, pk, made = relied("visit", make)
    assert (kind, pk) == ("meeting", made.pk)


def test_a_source_that_somebody_cited_stays():
    run = load(visit())
    with by_hand():
        other = make_visit("US", "JP")
    Citation.objects.create(visit=other, source=Source.objects.get(), row={"id": "7"})
    assert staying(run, "source") == [f"visit {other.pk} relies on it"]
    take_back(run)
    assert Source.objects.count() == 1


# what a later load changed or relies on


def test_an_official_whom_a_later_load_names_stays():
    run = load(visit(1))
    later = load(visit(2, dataset="other-list"))
    other = Visit.objects.get(created_by_run=later)
    assert staying(run, "official") == [f"visit {other.pk} relies on it"]
    take_back(run)
    assert list(Visit.objects.all()) == [other]
    assert other.delegations.get().members.get().official.name == "Aina Orazowa"


def test_what_a_later_load_changed_stays_and_can_go_after_that_load_went():
    first = load(visit())
    later = load(visit(end="2024-01-24"))
    assert staying(first) == [f"load {later.pk} changed it later"]
    take_back(first)
    take_back(later)
    assert Visit.objects.get().end == "2024-01-23"
    take_back(first)
    assert left() == {}


def test_loads_are_taken_back_from_the_last_to_the_first():
    first = load(visit())
    later = load(visit(end="2024-01-24", summary="They talked."))
    take_back(later)
    assert Visit.objects.values_list("end", "summary").get() == ("2024-01-23", "")
    take_back(first)
    assert left() == {}


def test_a_meeting_that_a_later_load_put_in_its_visit_stays_with_that_visit():
    first = load(visit(1, meetings=[meeting()]))
    load(visit(2, dataset="other-list", meetings=[meeting()]))
    take_back(first)
    assert [str(one.uid) for one in Visit.objects.all()] == [uid("visit 2")]
    assert Meeting.objects.get().visits.get().pk == Visit.objects.get().pk


def test_links_to_a_meeting_go_with_the_load_that_made_them():
    load(visit(1, meetings=[meeting()]))
    before = exported()
    take_back(load(visit(2, dataset="other-list", meetings=[meeting()])))
    assert exported() == before


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


# when


def test_a_run_is_taken_back_once():
    run = load(visit())
    undo.undo(run)
    with pytest.raises(undo.UndoRefused, match="taken back already"):
        undo.undo(run)


def test_a_run_that_goes_on_is_not_taken_back():
    run = loads.create_run([("list.jsonl", json.dumps(visit()).encode())], user=None)
    with pytest.raises(undo.UndoRefused, match="still running"):
        undo.undo(run)


def test_a_dry_run_has_nothing_to_take_back():
    run = loads.create_run([("list.jsonl", json.dumps(visit()).encode())], user=None, dry_run=True)
    loads.run_load(run.pk)
    with pytest.raises(undo.UndoRefused, match="dry run"):
        undo.undo(run)


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_a_run_that_broke_off_can_be_taken_back(status):
    run = load(visit())
    ImportRun.objects.update(status=status)
    take_back(run)
    assert left() == {}


def test_an_undo_is_a_judgement():
    user = make_user("ed")
    undo.undo(load(visit()), user, "the wrong file")
    judgement = Judgement.objects.get(kind="undo")
    assert (judgement.user, judgement.reason, judgement.detail["put_back"]) == (user, "the wrong file", 0)
    assert judgement.detail["deleted"] == {"visit": 1, "official": 1, "post": 1, "source": 1}


def test_an_undo_asks_a_fixed_number_of_questions(django_assert_max_num_queries):
    asked = []
    for numbers in (range(1, 3), range(10, 40)):
        run = load(*(visit(number, meetings=[meeting(number)]) for number in numbers))
        with django_assert_max_num_queries(400) as queries:
            undo.undo(run)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_load_beside_other_records_leaves_them_as_they_were(world):
    before = exported()
    take_back(load(visit(1), visit(2, meetings=[meeting()]), visit(3, head=str(uuid.uuid4()))))
    assert exported() == before


def test_a_load_again_after_an_undo_exports_the_same():
    records = visit(1, meetings=[meeting()]), visit(2), {"type": "official", "name": "Bo Kim", "country": "UZ"}
    run = load(*records)
    before = exported()
    take_back(run)
    load(*records)
    assert exported() == before


def test_somebody_elses_official_is_named_by_nobody_afterwards():
    own = make_official("Aina Orazowa")
    take_back(load(visit()))
    assert left() == {"Official": 1}
    assert Official.objects.get() == own


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
