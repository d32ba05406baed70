"""Taking a load back: what goes, what goes back, and what stays because somebody edited or relies on it."""

import json
import uuid

import pytest

from tests.undoing import by_hand, exported, left, load, meeting, staying, take_back, uid, visit
from tests.world import cite, make_country, make_meeting, make_official, make_source, make_tenure, make_user, make_visit
from visits import edit, loads, states
from visits.models import (
    Candidate,
    Citation,
    Doubt,
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
    Visit,
    VisitPlace,
)
from visits.review import decide, undo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def countries():
    return {code: make_country(code) for code in ("TM", "JP", "UZ", "US")}


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
