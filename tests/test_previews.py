"""A dry run says what the real one does: the same report, the same differences, row by row. And what becomes of it."""

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_loads import LISTS, visit
from tests.world import make_country, make_user
from visits import loads, reference, tasks
from visits.enums import Action, Verdict
from visits.imports import runs
from visits.mapping import KINDS
from visits.mapping.words import referred
from visits.models import Candidate, ImportFile, ImportRun, PreviewRow, Visit
from visits.record import uid_for
from visits.review import undo

pytestmark = pytest.mark.django_db
SAMPLES = Path(loads.__file__).parent / "data" / "samples.jsonl"


@pytest.fixture(autouse=True)
def countries(request):
    if "reference_data" not in request.fixturenames and "real" not in request.fixturenames:
        for code in ("TM", "JP", "UZ", "US", "CH"):
            make_country(code)


@pytest.fixture
def reference_data(db):
    reference.load()


def lines(*records):
    return [("list.jsonl", "\n".join(map(json.dumps, records)).encode())]


def queue(files, **options):
    return loads.create_run(files, **{"user": None, "trust": True, "dry_run": True} | options)


def load(*records, **options):
    return loads.run_load(queue(lines(*records), **options).pk)


# the same as the real one


def highest():
    """The highest id of each table: rows above it are made by the load, and have other ids in each."""
    models = {kind.model for kind in KINDS.values()}
    models |= {referred(kind, column) for kind in KINDS.values() for column in kind.columns} - {None}
    ids = {model: model._default_manager.order_by("-pk").values_list("pk", flat=True).first() for model in models}
    return {model: pk or 0 for model, pk in ids.items() if not isinstance(pk, str)}


def normal(difference, before):
    """A difference without names, and without the ids of what the load itself made."""
    return [_normal(entry, before) for entry in difference]


def _normal(entry, before):
    kind = KINDS[entry["model"]]

    def lasting(model, pk):
        return pk if isinstance(pk, str) or pk is None or pk <= before[model] else None

    def value(name, given):
        column = name if name in kind.columns else f"{name}_id"
        model = referred(kind, column)
        if model is None or given is None:
            return given
        pk = given["id"] if isinstance(given, dict) else given
        return None if isinstance(pk, str) and pk.startswith("new ") else lasting(model, pk)

    plain = entry | {"id": lasting(kind.model, entry["id"])}
    if "added" in entry:
        return plain | {"added": {name: value(name, given) for name, given in entry["added"].items()}}
    return plain | {name: value(entry["field"], entry[name]) for name in ("before", "after")}


def reported(run):
    return {name: value for name, value in loads.report(run).items() if name != "run"}


def assert_the_same(run):
    """Does a queued dry run, applies it, and compares all that the two say."""
    before = highest()
    tracker = {model: model._default_manager.count() for model in before}
    dry = loads.run_load(run.pk)
    assert (dry.status, dry.message) == ("done", "")
    assert {model: model._default_manager.count() for model in before} == tracker
    foreseen = [
        (one.file, one.row, one.type, one.verdict, one.record_id, one.doubts, normal(one.difference, before))
        for one in dry.preview_rows.filter(verdict__in=[Verdict.ADDED, Verdict.CHANGED])
    ]
    counts = loads.previews.counts(dry)
    real = loads.run_load(loads.apply(dry, None).pk)
    assert reported(real) == reported(dry)
    done = []
    for one in real.candidates.exclude(action=Action.NOTHING):
        is_new = one.action == Action.CREATE
        pk = one.target.pk if one.target and one.target.pk <= before[type(one.target)] else None
        verdict = Verdict.ADDED if is_new else Verdict.CHANGED
        difference = normal(one.difference, before)
        done.append((one.file, one.row, one.type, verdict, None if is_new else pk, one.doubts, difference))
    assert foreseen == done
    nothing = real.candidates.filter(action=Action.NOTHING).count()
    assert (len(done), nothing) == (counts["added"] + counts["changed"], counts["nothing"])
    return real


def named(number):
    return str(uid_for("visit", f"desk-list:{number}"))


OFFICIAL = {"type": "official", "name": "Aina Orazowa", "country": "TM"}
MEETING = {
    "uid": str(uid_for("meeting", "one")),
    "title": "Talks",
    "date": "2024-01-22",
    "participants": [
        {"name_as_printed": "Ken Mori", "official": {"name": "Ken Mori", "country": "JP"}, "side": {"country": "JP"}}
    ],
}
TENURE = {
    "type": "tenure",
    "official": {"name": "Aina Orazowa", "country": "TM"},
    "post": {"title": "Foreign Minister", "country": "TM"},
    "start": "2020",
}
INVITATION = {"title": "Come again", "kind": "invitation", "fulfilled_by": named(2)}
PLAIN = visit() | {"external_ids": [], "citations": []}
INPUTS = {
    "officials, then those who name them": [OFFICIAL, TENURE, visit(1), visit(2), OFFICIAL | {"wikidata": "Q42"}],
    "one record twice, with changes": [visit(1), visit(1, end="2024-01-24"), visit(1), visit(1, end="2024-01-24")],
    "a row that repeats another": [PLAIN, PLAIN, visit(2)],
    "links forward": [visit(1, accompanies=named(2)), visit(2, outcomes=[INVITATION]), visit(3, outcomes=[INVITATION])],
    "a link to nobody": [visit(1, accompanies=named(9))],
    "a visit that accompanies itself": [visit(1, accompanies=named(1)), visit(2)],
    "one meeting in two visits": [visit(1, meetings=[MEETING]), visit(2, meetings=[MEETING | {"title": "Long talks"}])],
    "people who may be several": [visit(1), visit(2, head="Aina Orazova"), visit(3, head="Orazowa")],
    "rejected rows": [visit(1), visit(2, start="soon"), visit(3, guest={"country": "QQ"}), {"type": "none"}],
}
CSV = "guest,host,start,end,head\nTM,JP,2024-01-22,2024-01-23,Aina Orazowa\nTM,JP,2024-02-30,,\nUZ,JP,2024-03,,Bo Kim\n"
LEADERS = """<visits><visit><id>7</id><start-date>1995-03-01</start-date><end-date>1995-03-04</end-date>
<visitor>President Ann Lee</visitor><from id="japan">Japan</from><description>State visit.</description></visit>
</visits>"""
TRAVELS = """<trips><trip role="president" who="lee-ann"><id>7</id><role>president</role><name>Ann Lee</name>
<start-date>1995-03-01</start-date><end-date>1995-03-04</end-date><country id="japan">Japan</country>
<locale>Tokyo</locale><remarks>State visit.</remarks></trip></trips>"""
FILES = {
    "csv": [("visits.csv", CSV.encode())],
    "delegation lists": [("lists.csv", LISTS.encode())],
    "leaders": [("leaders.xml", LEADERS.encode())],
    "travels": [("travels.xml", TRAVELS.encode())],
    "articles": [
        ("one.txt", b"ASHGABAT, 3 May 2024. Japanese Foreign Minister Ken Mori visited Turkmenistan."),
        ("none.txt", b"The weather was fine in the mountains, and nobody went anywhere at all this week."),
    ],
    "samples": [("samples.jsonl", SAMPLES.read_bytes())],
}


@pytest.mark.parametrize("trust", [True, False], ids=["trusted", "to review"])
@pytest.mark.parametrize("records", INPUTS.values(), ids=INPUTS)
def test_a_dry_run_says_what_the_real_one_does(records, trust, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 2)
    assert_the_same(queue(lines(*records), trust=trust))


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
def test_it_does_so_for_every_kind_of_file(files, reference_data):
    run = assert_the_same(queue(files))
    assert run.created + run.changed + run.rejected > 0


def test_it_does_so_over_what_is_there_already():
    load(visit(1), visit(2), visit(3), OFFICIAL, dry_run=False)
    Visit.objects.filter(external_ids__value="2").update(end="2024-01-25", locked_fields=["end"])
    load(visit(4), dry_run=False, trust=False)
    changed = [visit(number, end="2024-01-24", meetings=[MEETING]) for number in (1, 2)]
    run = assert_the_same(queue(lines(*changed, visit(3), visit(4), visit(5, head="Ken Mori"))))
    assert {name: value for name, value in run.counts.items() if value} == {
        "read": 5,
        "changed": 1,
        "review": 1,
        "unchanged": 2,
        "created": 1,
    }


def test_it_does_so_for_edited_cells():
    load(visit(1), visit(2), dry_run=False)
    uids = Visit.objects.order_by("pk").values_list("uid", flat=True)
    rows = [f"{uid},TM,JP,2024-01-22,2024-01-24,They talked.\n" for uid in (*uids, uids[0])]
    text = "uid,guest,host,start,end,summary\n" + "".join(rows)
    assert assert_the_same(queue([("edited.csv", text.encode())], format="csv")).changed == 2


_heads = st.sampled_from(["Aina Orazowa", "Aina Orazova", "Orazowa", "A. Orazowa", "Ken Mori"])
_visits = st.builds(
    lambda number, head, end, companion, meets, summary: (
        visit(number, head, end=end, summary=summary)
        | ({"accompanies": named(companion)} if companion else {})
        | ({"meetings": [MEETING | {"summary": summary}]} if meets else {})
    ),
    st.integers(1, 4),
    _heads,
    st.sampled_from(["2024-01-23", "2024-01-24", "", "2023-01-01"]),
    st.sampled_from([0, 0, 1, 2, 5]),
    st.booleans(),
    st.sampled_from(["", "They talked.", "They talked long."]),
)
_officials = st.builds(lambda name: OFFICIAL | {"name": name}, _heads)
_records = st.lists(st.one_of(_visits, _visits, _officials, st.just(TENURE), st.just(PLAIN)), min_size=1, max_size=7)


@given(_records, _records, st.booleans(), st.integers(1, 4))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_it_does_so_whatever_comes(earlier, records, trust, chunk):
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "CHUNK", chunk)
        load(*earlier, dry_run=False)
        assert_the_same(queue(lines(*records), trust=trust))
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hsg-visits", "hsg-travels", "unfccc-precops"])
def test_it_does_so_for_the_real_data(name, shared_data, reference_data):
    folder = shared_data / "data" / name
    found, _skipped = loads.open_inputs([folder])
    assert_the_same(queue([(file.name, file.open().read()) for file, _reader in found], trust=False))


# row by row


def test_what_one_row_brings_the_next_one_finds():
    run = load(visit(1), visit(2), visit(1, end="2024-01-24"))
    assert [(row["verdict"], row["title"]) for row in loads.preview(run).rows] == [
        ("added", "Turkmenistan to Japan, 22–23 January 2024, Aina Orazowa"),
        ("added", "Turkmenistan to Japan, 22–23 January 2024, Aina Orazowa"),
        ("changed", "Turkmenistan to Japan, 22–24 January 2024, Aina Orazowa"),
    ]


def test_a_new_record_shows_its_main_fields_in_words():
    run = load(visit(kind="state", meetings=[MEETING], summary="They talked."))
    assert loads.preview(run).rows[0]["added"] == {
        "guest": "Turkmenistan",
        "host": "Japan",
        "start": "22 January 2024",
        "end": "23 January 2024",
        "kind": "State visit",
        "summary": "They talked.",
        "delegations": ["Turkmenistan, Aina Orazowa, Foreign Minister"],
        "meetings": ["Talks, 22 January 2024"],
    }


def test_a_difference_has_names_beside_ids():
    load(visit(1), visit(2, head="Ken Mori"), dry_run=False)
    row = Visit.objects.get(external_ids__value="1")
    (change,) = loads.preview(load(visit(1, host={"country": "UZ", "as_printed": "Japan"}))).rows[0]["difference"]
    assert change == {
        "path": "",
        "model": "visit",
        "id": row.pk,
        "field": "host_country",
        "before": {"id": "JP", "name": "Japan"},
        "after": {"id": "UZ", "name": "Uzbekistan"},
        "conflict": False,
    }


def test_every_verdict_is_counted():
    load(visit(1), visit(2), dry_run=False)
    run = load(visit(1), visit(2, summary="Long."), visit(3), PLAIN, PLAIN, visit(4, head="Berdiew"), {"type": "none"})
    assert loads.preview(run).counts == {
        "added": 3,
        "changed": 1,
        "unchanged": 1,
        "duplicate": 1,
        "nothing": 0,
        "wrong": 1,
        "doubtful": 1,
    }


def test_a_wrong_row_shows_its_problems():
    row = loads.preview(load(visit(1, start="soon")), verdict="wrong").rows[0]
    assert [(problem["field"], problem["value"]) for problem in row["problems"]] == [("start", "soon")]


def test_rows_are_walked_by_their_ids(django_assert_num_queries):
    run = load(*(visit(number) for number in range(1, 6)), {"type": "none"})
    first = loads.preview(run, verdict="added", size=3)
    with django_assert_num_queries(3):  # rows, counts of verdicts, how many are doubtful
        rest = loads.preview(run, verdict="added", after=first.after, size=3)
    assert [row["row"] for row in first.rows + rest.rows] == [1, 2, 3, 4, 5]
    assert (rest.after, loads.preview(run, doubtful=True).rows) == (None, [])


def test_text_that_no_database_takes_is_replaced():
    run = loads.run_load(queue([("list.jsonl", b'{"type":"visit","title":"a\\u0000b","guest":{},"host":{}}')]).pk)
    assert loads.preview(run).counts["wrong"] == 1


# until it is applied


def test_an_applied_run_has_the_options_of_its_preview():
    user = make_user("sender")
    run = load(visit(), trust=False, date_order="dmy")
    real = loads.apply(run, user)
    options = (real.preview, real.user, real.trust, real.date_order, real.name, real.dry_run)
    assert options == (run, user, False, "dmy", "list.jsonl", False)


def test_a_preview_is_applied_once_and_only_when_it_is_done():
    run = queue(lines(visit()))
    with pytest.raises(loads.ApplyRefused, match="not done"):
        loads.apply(run, None)
    loads.run_load(run.pk)
    real = loads.apply(run, None)
    with pytest.raises(loads.ApplyRefused, match=f"by load {real.pk}"):
        loads.apply(run, None)
    with pytest.raises(loads.ApplyRefused, match="no dry run"):
        loads.apply(real, None)


def test_a_load_that_is_done_keeps_no_files_and_no_rows():
    run = load(visit())
    loads.run_load(loads.apply(run, None).pk)
    assert (ImportFile.objects.count(), PreviewRow.objects.count()) == (0, 0)


def test_a_preview_that_nobody_applies_expires():
    old, new = load(visit(1)), load(visit(2))
    ImportRun.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=8))
    tasks.expire_previews()
    assert set(ImportFile.objects.values_list("run", flat=True)) == {new.pk}
    assert set(PreviewRow.objects.values_list("run", flat=True)) == {new.pk}
    with pytest.raises(loads.ApplyRefused, match="kept no longer"):
        loads.apply(old, None)


def test_an_upload_that_nobody_confirms_expires():
    run = loads.create_run([("visits.csv", b"guest,host\nJP,FR\n")], user=None, dry_run=True)
    ImportRun.objects.filter(pk=run.pk).update(
        message="Confirm its columns.", created_at=timezone.now() - timedelta(days=8)
    )
    tasks.expire_previews()
    assert ImportRun.objects.get(pk=run.pk).status == "cancelled"


# cancelled, killed, in the way


@pytest.fixture
def one_by_one(monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 1)


def cancel_behind_two(run):
    if run.read == 2:
        loads.cancel(run)


def test_a_cancelled_dry_run_says_what_it_read_and_keeps_no_files(one_by_one):
    run = queue(lines(visit(1), visit(2), visit(3)))
    run = loads.run_load(run.pk, progress=cancel_behind_two)
    assert (run.status, run.read, run.preview_rows.count(), Visit.objects.count()) == ("cancelled", 2, 2, 0)
    assert not run.files.exists()


def test_a_cancel_is_heard_in_the_middle_of_a_batch(one_by_one, monkeypatch):
    run, propose = queue(lines(visit(1), visit(2)), dry_run=False), runs.propose_batch

    def cancel_meanwhile(batch, matcher):
        loads.cancel(run)
        return propose(batch, matcher)

    monkeypatch.setattr(runs, "propose_batch", cancel_meanwhile)
    run = loads.run_load(run.pk)
    assert (run.status, run.created) == ("cancelled", 1)


def test_what_a_cancelled_load_did_can_be_taken_back(one_by_one):
    run = queue(lines(visit(1), visit(2), visit(3)), dry_run=False)
    run = loads.run_load(run.pk, progress=cancel_behind_two)
    assert (loads.report(run)["created"], Visit.objects.count()) == (2, 2)
    undo.undo(run)
    assert Visit.objects.count() == 0


def test_a_killed_dry_run_starts_again_from_nothing(one_by_one):
    run = queue(lines(visit(1), visit(2), visit(3, start="soon")))

    def kill(run):
        if run.read == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loads.run_load(run.pk, progress=kill)
    assert (Visit.objects.count(), Candidate.objects.count(), PreviewRow.objects.count()) == (0, 0, 0)
    run = loads.run_load(run.pk)
    assert (run.read, run.created, run.rejected, run.preview_rows.count()) == (3, 2, 1, 3)


@pytest.mark.django_db(transaction=True)
def test_its_progress_is_seen_while_it_reads(one_by_one):
    seen = []

    def look(run):
        beside = connection.copy()
        with beside.cursor() as cursor:
            cursor.execute("SELECT status, read FROM visits_importrun WHERE id = %s", [run.pk])
            seen.append(cursor.fetchone())
        beside.close()

    run = loads.run_load(queue(lines(visit(1), visit(2))).pk, progress=look)
    assert (seen, run.total) == ([("running", 1), ("running", 2)], 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("does", ["edits", "undoes"])
def test_nobody_waits_for_its_end(does, one_by_one):
    earlier = load(visit(1), visit(2), dry_run=False)
    reads: list[int] = []

    def act():
        if does == "edits":
            Visit.objects.filter(external_ids__value="1").update(summary="Mine.")
        else:
            undo.undo(earlier)
        connection.close()

    person = threading.Thread(target=act)

    def act_once(run):
        reads.append(run.read)
        if len(reads) == 1:
            person.start()
            person.join(0.5)  # for what the dry run holds

    run = loads.run_load(queue(lines(visit(1, end="2024-01-24"), visit(2), visit(3))).pk, progress=act_once)
    person.join(10)
    assert (reads, run.read) == ([1, 1, 2, 3], 3)
    expected = {"edits": {"Mine.", ""}, "undoes": set()}
    assert set(Visit.objects.values_list("summary", flat=True)) == expected[does]


# what a sender says of tables


def test_a_senders_columns_are_remembered():
    user = make_user("sender")
    loads.remember(user, "visit", {"Who came?": "guest", "Remarks": ""})
    loads.remember(user, "visit", {"who  CAME": "head"})
    assert loads.remembered(user, "visit") == {"who came": "head", "remarks": ""}
    assert (loads.remembered(user, "official"), loads.remembered(make_user("other"), "visit")) == ({}, {})


def test_the_columns_of_an_upload_are_remembered():
    user = make_user("sender")
    text = b"Who came,host,start\nTM,JP,2024-01-22\n"
    run = queue([("visits.csv", text)], format="csv", user=user, columns={"Who came": "guest"})
    assert (run.columns, loads.remembered(user, "visit")) == ({"Who came": "guest"}, {"who came": "guest"})
    assert loads.run_load(run.pk).created == 1
