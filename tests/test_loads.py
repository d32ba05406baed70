"""A load from start to end: what is created, what waits, what is refused, and that it can be repeated."""

import json

import pytest

from tests.world import make_country, make_user
from visits import loads, record
from visits.imports.reading import UnreadableInput
from visits.models import Candidate, Doubt, ImportRun, Judgement, Official, Visit
from visits.review import decide

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def countries():
    return {code: make_country(code) for code in ("TM", "JP", "UZ", "US")}


def visit(number=1, head="Aina Orazowa", **fields):
    member = {"as_printed": f"Foreign Minister {head}", "name_as_printed": head, "head": True}
    member |= {"official": {"name": head, "country": "TM"}, "post": {"title": "Foreign Minister", "country": "TM"}}
    return {
        "type": "visit",
        "external_ids": [f"desk-list:{number}"],
        "guest": {"country": "TM", "as_printed": "Turkmenistan"},
        "host": {"country": "JP", "as_printed": "Japan"},
        "start": "2024-01-22",
        "end": "2024-01-23",
        "delegations": [{"sender": {"country": "TM"}, "members": [member]}],
        "sources": [{"kind": "dataset", "slug": "desk-list", "title": "Our list"}],
        "citations": [{"external_id": str(number), "row": {"id": str(number), "who": head}}],
    } | fields


def load(*records, trust=True, user=None, **options):
    lines = "\n".join(json.dumps(item) for item in records).encode()
    run = loads.create_run([("list.jsonl", lines)], user=user, trust=trust, **options)
    return loads.run_load(run.pk)


def counts(run):
    return {name: value for name, value in run.counts.items() if value}


def test_a_trusted_load_creates_and_publishes():
    run = load(visit(1), visit(2))
    assert counts(run) == {"read": 2, "created": 2}
    assert list(Visit.objects.values_list("state", "guest_country", "start")) == [("published", "TM", "2024-01-22")] * 2


def test_what_is_not_trusted_waits_for_an_editor():
    run = load(visit(), trust=False)
    assert counts(run) == {"read": 1, "review": 1}
    assert (Visit.objects.count(), Official.objects.count(), Candidate.objects.get().state) == (0, 0, "pending")


def test_loading_again_changes_nothing():
    load(visit(1), visit(2))
    before = list(Visit.objects.values_list("pk", "uid", "changed_at"))
    assert counts(load(visit(1), visit(2))) == {"read": 2, "unchanged": 2}
    assert list(Visit.objects.values_list("pk", "uid", "changed_at")) == before
    assert Candidate.objects.count() == 2


def test_what_waits_and_comes_again_is_no_second_candidate():
    load(visit(), trust=False)
    assert counts(load(visit(), trust=False)) == {"read": 1, "unchanged": 1}
    assert Candidate.objects.count() == 1


def test_a_dry_run_reports_the_same_and_writes_nothing():
    run = load(visit(1), visit(2), dry_run=True)
    assert counts(run) == {"read": 2, "created": 2}
    assert (Visit.objects.count(), Candidate.objects.count(), Official.objects.count()) == (0, 0, 0)


def test_a_row_that_repeats_an_earlier_one_is_a_duplicate():
    plain = visit() | {"external_ids": []}
    assert counts(load(plain, plain)) == {"read": 2, "created": 1, "duplicates": 1}


def test_a_bad_row_stops_no_other_and_is_named():
    run = load(visit(1), visit(2, start="yesterday"), visit(3, guest={"country": "QQ"}))
    assert counts(run) == {"read": 3, "created": 1, "rejected": 2}
    errors = loads.report(run)["errors"]
    assert [(error["file"], error["row"], error["field"], error["value"]) for error in errors] == [
        ("list.jsonl", 2, "start", "yesterday"),
        ("list.jsonl", 3, "guest.country", "QQ"),
    ]


LISTS = """Group_Type,Delegation,Honorific,Person_Name,Job_Title,Year,Meeting,Location,Delegation_ISO
Parties,Japan,Mr,Ann Lee,NA,1991,INC 1,Geneva,JPN
Parties,Japan,Mr,Ann Lee,NA,1991,INC 1,Geneva,JPN
Parties,Uzbekistan,Ms,Bo Kim,NA,1991,INC 1,Geneva,UZB
Parties,Uzbekistan,Ms,NA,NA,1991,INC 1,Geneva,UZB
"""


def test_a_record_of_many_rows_counts_as_so_many():
    make_country("CH")
    create = {"read": 4, "created": 2, "duplicates": 1, "rejected": 1}
    for expected in (create, {"read": 4, "unchanged": 2, "duplicates": 1, "rejected": 1}):
        run = loads.run_load(loads.create_run([("lists.csv", LISTS.encode())], user=None).pk)
        assert counts(run) == expected
    assert [row["Person_Name"] for row in Candidate.objects.get().raw] == ["Ann Lee", "Bo Kim"]


def test_a_changed_row_changes_just_what_changed():
    load(visit())
    run = load(visit(end="2024-01-24"))
    assert counts(run) == {"read": 1, "changed": 1}
    assert Visit.objects.get().end == "2024-01-24"
    difference = Candidate.objects.get(run=run).difference
    assert [(entry["field"], entry["before"], entry["after"]) for entry in difference] == [
        ("end", "2024-01-23", "2024-01-24")
    ]


def test_missing_data_erases_nothing():
    load(visit(summary="They talked."))
    assert counts(load(visit(summary=""))) == {"read": 1, "unchanged": 1}
    assert Visit.objects.get().summary == "They talked."


def test_a_persons_edit_outranks_the_feed():
    load(visit())
    Visit.objects.update(end="2024-01-25", locked_fields=["end"])
    run = load(visit(end="2024-01-24", summary="They talked."))
    row = Visit.objects.get()
    assert (row.end, row.summary) == ("2024-01-25", "They talked.")
    assert counts(run) == {"read": 1, "review": 1}
    assert Candidate.objects.get(run=run).state == "pending"


def test_an_editor_may_accept_what_conflicts():
    load(visit())
    Visit.objects.update(end="2024-01-25", locked_fields=["end"])
    run = load(visit(end="2024-01-24"))
    decide.accept(Candidate.objects.get(run=run), make_user("ed"))
    assert Visit.objects.get().end == "2024-01-24"


def test_an_accepted_candidate_goes_to_review():
    load(visit(), trust=False)
    judgement = decide.accept(Candidate.objects.get(), make_user("ed"), "looks right")
    assert (Visit.objects.get().state, judgement.reason) == ("in-review", "looks right")


def test_a_candidate_is_decided_once():
    load(visit(), trust=False)
    candidate = Candidate.objects.get()
    decide.reject(candidate, make_user("ed"), "a rumour")
    with pytest.raises(decide.DecisionRefused):
        decide.accept(candidate, make_user("al"))
    assert Visit.objects.count() == 0


def test_what_was_rejected_does_not_come_back():
    load(visit(), trust=False)
    decide.reject(Candidate.objects.get(), make_user("ed"))
    assert counts(load(visit(), trust=False)) == {"read": 1, "unchanged": 1}


def test_a_surname_alone_stays_as_printed_with_a_doubt():
    load(visit(head="Orazowa"))
    member = Visit.objects.get().delegations.get().members.get()
    assert (member.official, member.name_as_printed) == (None, "Orazowa")
    assert Doubt.objects.get().member == member


def test_a_name_spelt_otherwise_waits_for_an_editor():
    other = visit(2, head="Yoshimashi Hayashi")
    other["delegations"][0]["members"][0]["post"] = {"title": "Secretary", "rank": "senior-official"}
    load(visit(1, head="Yoshimasa Hayashi"), other)
    assert Official.objects.count() == 1
    assert Doubt.objects.get().code == "ambiguous-person"


def test_judgements_are_kept_for_ever():
    load(visit())
    with pytest.raises(Exception, match="append_only"):
        Judgement.objects.update(reason="other")


def test_an_empty_file_is_refused_by_name():
    with pytest.raises(UnreadableInput, match="The file is empty"):
        loads.create_run([("list.csv", b"")], user=None)


def test_a_cancelled_run_does_not_begin():
    run = loads.create_run([("list.jsonl", json.dumps(visit()).encode())], user=None)
    loads.cancel(run)
    assert loads.run_load(run.pk).status == "cancelled"
    assert Visit.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_a_queued_load(live_worker):
    from tests.world import make_country
    from tracker.embedded.processes import wait_until
    from visits import tasks

    for code in ("TM", "JP"):
        make_country(code)
    run = loads.create_run([("list.jsonl", json.dumps(visit()).encode())], user=None, trust=True)
    tasks.run_import.delay(run.pk)
    assert wait_until(lambda: ImportRun.objects.get(pk=run.pk).status == "done", 30)
    assert Visit.objects.count() == 1


def test_a_killed_load_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr("visits.imports.runs.CHUNK", 2)
    lines = "\n".join(json.dumps(visit(number)) for number in range(1, 6)).encode()
    run = loads.create_run([("list.jsonl", lines)], user=None, trust=True)

    def kill(run):
        if run.read == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loads.run_load(run.pk, progress=kill)
    assert counts(loads.run_load(run.pk)) == {"read": 5, "created": 5}
    assert record.uid_for("visit", "desk-list:5") == Visit.objects.get(external_ids__value="5").uid


def test_every_file_of_an_upload_that_cannot_be_read_is_named():
    with pytest.raises(UnreadableInput) as refused:
        loads.create_run([("a.bin", b"\0\1"), ("b.csv", b""), ("c.csv", b"guest,host\nJP,FR\n")], user=None)
    assert [(one.file, one.code) for one in refused.value.as_problems()] == [
        ("a.bin", "unknown-format"),
        ("b.csv", "empty-file"),
    ]
