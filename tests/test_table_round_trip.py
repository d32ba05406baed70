"""A table that was exported, edited in a spreadsheet and loaded is an update of just what was edited."""

import csv
import io
import json
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.varied import UID, export, load, make_varied
from visits import loads
from visits.imports.respelled import armed, is_same
from visits.imports.tables import TABLES
from visits.models import Citation, Source, Visit
from visits.review import decide, undo

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def varied(django_db_setup, django_db_blocker):
    """The varied records, loaded once for all tests of this module, then taken away."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_varied()
        yield
        transaction.set_rollback(True)


def rows_of(table):
    return list(csv.DictReader(io.StringIO(export("--format", "csv", "--table", table).lstrip("\ufeff"), newline="")))


def as_csv(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_xlsx(rows, change=lambda column, value: value):
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([change(column, value) for column, value in row.items()])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def records():
    return {line["uid"]: line for line in map(json.loads, export().splitlines())}


def outcome_of(run):
    return {"changed": run.changed, "unchanged": run.unchanged, "created": run.created, "rejected": run.rejected,
            "review": run.review}  # fmt: skip


def nothing_but(unchanged, changed=0):
    return {"changed": changed, "unchanged": unchanged, "created": 0, "rejected": 0, "review": 0}


def edit(table, uid, **cells):
    rows = rows_of(table)
    row = next(row for row in rows if row["uid"] == uid)
    row.update(cells)
    return rows


class TestUnedited:
    @pytest.mark.parametrize("table", TABLES)
    def test_a_table_that_nobody_edited_changes_nothing(self, varied, table):
        before, rows = export(), rows_of(table)
        run = load(f"{table}.csv", as_csv(rows))
        assert outcome_of(run) == nothing_but(len(rows)), loads.report(run)
        assert (export(), run.candidates.count(), run.problems.count()) == (before, 0, 0)

    @pytest.mark.parametrize("table", TABLES)
    def test_a_workbook_saved_with_dates_typed_anew_changes_nothing(self, varied, table):
        def retyped(column, value):
            is_day = column in {"start", "end", "date"} and len(value) == 10 and value[:4].isdigit()
            return datetime.fromisoformat(value) if is_day else value

        before, rows = export(), rows_of(table)
        run = load(f"{table}.xlsx", as_xlsx(rows, retyped))
        assert outcome_of(run) == nothing_but(len(rows)), loads.report(run)
        assert export() == before

    @pytest.mark.parametrize(
        ("column", "cell", "written"),
        [
            ("start", "2024-01-22", "22/01/2024"),
            ("start", "2024-01-22", "1/22/2024"),
            ("start", "2024-01-22", "1/22/24"),
            ("start", "2024-01-22", "22.01.2024"),
            ("start", "2024-01-22", "2024-01-22 00:00:00"),
            ("start", "2024-01-22", "22-Jan-24"),
            ("start", "2024-01-22", "45313"),
            ("start", "2025-03", "Mar-25"),
            ("start", "2025-03", "2025-03-01"),
            ("trip_position", "2", "2.0"),
            ("title", "'=Minister of Energy in Japan", "=Minister of Energy in Japan"),
            ("guest", "TM", " TM  "),
            ("external_id", "list:1; other-list:a\\;b", "other-list:a\\;b;list:1"),
        ],
    )
    def test_what_a_spreadsheet_writes_otherwise_is_no_edit(self, varied, column, cell, written):
        before, rows = export(), rows_of("visits")
        row = next(row for row in rows if row[column] == cell)
        row[column] = written
        run = load("visits.csv", as_csv(rows))
        assert (outcome_of(run), export()) == (nothing_but(len(rows)), before), loads.report(run)

    def test_a_blank_cell_erases_nothing(self, varied):
        before = export()
        rows = [{name: cell if name in {"uid", "guest", "host"} else "" for name, cell in row.items()}
                for row in rows_of("visits")]  # fmt: skip
        assert outcome_of(load("visits.csv", as_csv(rows))) == nothing_but(len(rows))
        assert export() == before

    def test_columns_may_be_left_out(self, varied):
        rows = [{name: row[name] for name in ("host", "uid", "guest", "status")} for row in rows_of("visits")]
        rows[0]["status"] = "cancelled"
        assert outcome_of(load("visits.csv", as_csv(rows))) == nothing_but(len(rows) - 1, 1)

    def test_the_number_of_queries_does_not_grow(self, varied, django_assert_max_num_queries):
        rows = rows_of("visits")
        load("visits.csv", as_csv(rows))
        with django_assert_max_num_queries(200) as one:
            load("visits.csv", as_csv(rows[:1]))
        with django_assert_max_num_queries(len(one) + 12):  # of lists that the first row does not have
            load("visits.csv", as_csv(rows))


STORY, LATER, ALONE, OFFICIAL, TENURE = UID(3), UID(5), UID(6), UID(1), UID(2)
# table, record, column, what is written, the paths that differ afterwards with their new values
EDITS = [
    ("visits", STORY, "title", "Ada Lind in Japan", {"/title": "Ada Lind in Japan"}),
    ("visits", STORY, "start", "2024-01-21", {"/start": "2024-01-21"}),
    ("visits", STORY, "start", "21 January 2024", {"/start": "2024-01-21"}),
    ("visits", STORY, "end", "2024-01-24", {"/end": "2024-01-24"}),
    ("visits", STORY, "kind", "working", {"/kind": "working"}),
    ("visits", STORY, "kind_as_printed", "working visit", {"/kind_as_printed": "working visit"}),
    ("visits", STORY, "status", "cancelled", {"/status": "cancelled"}),
    ("visits", STORY, "guest", "UZ", {"/guest/country": "UZ"}),
    ("visits", STORY, "guest", "eu", {"/guest/country": None, "/guest/organization/slug": "eu"}),
    ("visits", UID(7), "guest", "TM", {"/guest/country": "TM", "/guest/organization": None}),
    ("visits", UID(7), "guest_as_printed", "the Union", {"/guest/as_printed": "the Union"}),
    ("visits", STORY, "guest_organization", "Parliament",
     {"/guest/country": None, "/guest/organization/name": "Parliament"}),
    ("visits", STORY, "host", "FR", {"/host/country": "FR"}),
    ("visits", STORY, "host_organization", "Ministry of Trade", {"/host/organization/name": "Ministry of Trade"}),
    ("visits", STORY, "host_as_printed", "Nippon", {"/host/as_printed": "Nippon"}),
    ("visits", STORY, "head", "Ada B. Lind", {"/delegations/0/members/0/name_as_printed": "Ada B. Lind"}),
    ("visits", STORY, "head_post", "First Minister",
     {"/delegations/0/members/0/post_as_printed": "First Minister"}),
    ("visits", STORY, "head_as_printed", "Minister A. Lind",
     {"/delegations/0/members/0/as_printed": "Minister A. Lind"}),
    ("visits", STORY, "head_is", "Ken Mori", {"/delegations/0/members/0/official/name": "Ken Mori"}),
    ("visits", STORY, "head_office", "First Minister", {"/delegations/0/members/0/post/title": "First Minister"}),
    ("visits", LATER, "sender", "FR",
     {"/delegations/0/sender/organization/country": "FR"}),
    ("visits", LATER, "sender_organization", "Parliament", {"/delegations/0/sender/organization/name": "Parliament"}),
    ("visits", LATER, "sender_as_printed", "the Ministry", {"/delegations/0/sender/as_printed": "the Ministry"}),
    ("visits", LATER, "trip", "Asia again", {"/trip/title": "Asia again"}),
    ("visits", LATER, "trip_position", "7", {"/trip/position": 7}),
    ("visits", LATER, "accompanies", UID(7), {"/accompanies": UID(7)}),
    ("visits", STORY, "summary", "Short.", {"/summary": "Short."}),
    ("visits", LATER, "external_id", "list:99", {"/external_ids": ["list:99"]}),
    ("meetings", ALONE, "title", "Video call", {"/title": "Video call"}),
    ("meetings", ALONE, "date", "2024-05-07", {"/date": "2024-05-07"}),
    ("meetings", ALONE, "format", "phone", {"/format": "phone"}),
    ("meetings", ALONE, "status", "planned", {"/status": "planned"}),
    ("meetings", ALONE, "country", "FR", {"/venue_country": "FR"}),
    ("meetings", ALONE, "place_as_printed", "the Grand Hotel", {"/place/as_printed": "the Grand Hotel"}),
    ("meetings", ALONE, "city", "Boston", {"/place/city": "Boston"}),
    ("meetings", ALONE, "summary", "By phone.", {"/summary": "By phone."}),
    ("officials", OFFICIAL, "name", "Ada L. Lind", {"/name": "Ada L. Lind"}),
    ("officials", OFFICIAL, "country", "UZ", {"/country": "UZ"}),
    ("officials", OFFICIAL, "wikidata", "Q43", {"/wikidata": "Q43"}),
    ("tenures", TENURE, "start", "2022-02-01", {"/start": "2022-02-01"}),
    ("tenures", TENURE, "end", "2024-07", {"/end": "2024-07"}),
    ("tenures", TENURE, "post", "First Minister", {"/post/title": "First Minister"}),
    ("tenures", TENURE, "organization", "Cabinet", {"/post/organization/name": "Cabinet", "/post/country": "TM"}),
    ("tenures", TENURE, "official", "Merdan Orazow", {"/official/name": "Merdan Orazow"}),
]  # fmt: skip
# column of several entries: what is written behind its cell, where the new entry stands
ADDED = [
    ("visits", STORY, "external_id", "; list:77", "/external_ids", "list:77"),
    ("visits", STORY, "cities", "; Osaka", "/places", {"as_printed": "Osaka", "city": "Osaka", "country": "JP"}),
    ("visits", STORY, "topics", "; signed: energy", "/topics", {"topic": "energy", "modality": "signed"}),
    ("visits", STORY, "dialogues", "; session: Third forum", "/dialogues",
     {"as_printed": "Third forum", "role": "session"}),
    ("visits", STORY, "outcomes", "; plan: agreed: Next session [2026]", "/outcomes",
     {"kind": "plan", "modality": "agreed", "title": "Next session", "due": "2026"}),
    ("visits", STORY, "members", "; Guljan Ata | Adviser", "/delegations/0/members",
     {"name_as_printed": "Guljan Ata", "post_as_printed": "Adviser"}),
    ("visits", STORY, "members", "; Anne Roux | Adviser | from=eu", "/delegations/1/members",
     {"name_as_printed": "Anne Roux", "post_as_printed": "Adviser"}),
    ("visits", UID(7), "topics", "hydrogen", "/topics", {"topic": "hydrogen"}),
    ("meetings", ALONE, "participants", "; Anne Roux | Adviser | FR", "/participants",
     {"name_as_printed": "Anne Roux", "side": {"country": "FR"}}),
    ("meetings", ALONE, "members", "; Aziz Komil | Adviser | from=UZ", "/delegations/0/members",
     {"name_as_printed": "Aziz Komil"}),
    ("meetings", ALONE, "topics", "; trade", "/topics", {"topic": "trade"}),
    ("meetings", ALONE, "dialogues", "central-asia-japan", "/dialogues", {"dialogue": "central-asia-japan"}),
    ("meetings", ALONE, "outcomes", "invitation: To Tokyo", "/outcomes", {"kind": "invitation", "title": "To Tokyo"}),
    ("meetings", ALONE, "external_id", "; list:m7", "/external_ids", "list:m7"),
    ("officials", OFFICIAL, "other_names", "; Adah Lind", "/other_names", {"text": "Adah Lind"}),
    ("officials", OFFICIAL, "external_id", "; people:2", "/external_ids", "people:2"),
    ("tenures", TENURE, "external_id", "tenures:2", "/external_ids", "tenures:2"),
]  # fmt: skip
# column of several entries: an entry as it stands, as it is written, what differs afterwards
CHANGED = [
    ("visits", STORY, "topics", "agreed: hydrogen", "signed: hydrogen", {"/topics/0/modality": "signed"}),
    ("visits", STORY, "dialogues", "session: central-asia-japan", "central-asia-japan", {"/dialogues/0/role": None}),
    ("visits", STORY, "outcomes", "agreement: signed: ", "declaration: agreed: ",
     {"/outcomes/1/kind": "declaration", "/outcomes/1/modality": "agreed"}),
    ("visits", STORY, "outcomes", "Agreement \\[no. 3\\]", "Agreement no. 4", {"/outcomes/1/title": "Agreement no. 4"}),
    ("visits", STORY, "members", "Merdan Orazow | Deputy", "Merdan Orazow | First Deputy",
     {"/delegations/0/members/1/post_as_printed": "First Deputy Minister: Energy | Water"}),
    ("visits", STORY, "cities", "Tokyo", "Tokyo | as=Edo", {"/places/0/as_printed": "Edo"}),
    ("meetings", ALONE, "participants", "Ken Mori | Minister of Industry", "Ken Mori | Prime Minister",
     {"/participants/1/post_as_printed": "Prime Minister"}),
    ("meetings", ALONE, "participants", "label=the Turkmen side", "label=Ashgabat",
     {"/participants/0/side/as_printed": "Ashgabat"}),
    ("officials", OFFICIAL, "other_names", "Ада Линд | spelling | ru", "Ада Линд | official | ru",
     {"/other_names/1/kind": "official"}),
]  # fmt: skip


def at(record, path):
    for part in path.strip("/").split("/"):
        if record is None:
            return None
        record = record[int(part)] if part.isdigit() else record.get(part)
    return record


def leaves(value, path=""):
    """JSON Pointer -> value of everything in a record, uids of what is named aside."""
    if isinstance(value, dict):
        return {found: one for name, part in value.items() for found, one in leaves(part, f"{path}/{name}").items()}
    if isinstance(value, list):
        parts = enumerate(value)
        return {found: one for place, part in parts for found, one in leaves(part, f"{path}/{place}").items()}
    return {path: value}


def differing(before, after):
    one, other = leaves(before), leaves(after)
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def covered(paths, expected):
    """Paths that lie in none of the expected ones."""
    parents = {path.rpartition("/")[0] for path in expected if path.endswith(("/name", "/title", "/slug", "/country"))}
    return {path for path in paths if not path.startswith((*expected, *(f"{parent}/" for parent in parents if parent)))}


class TestOneCell:
    @pytest.mark.parametrize(("table", "uid", "column", "cell", "expected"), EDITS)
    def test_an_edited_cell_changes_its_field_and_nothing_else(self, varied, table, uid, column, cell, expected):
        before = records()
        rows = edit(table, uid, **{column: cell})
        run = load(f"{table}.csv", as_csv(rows))
        assert outcome_of(run) == nothing_but(len(rows) - 1, 1), loads.report(run)
        after = records()
        assert {path: at(after[uid], path) for path in expected} == expected
        assert covered(differing(before[uid], after[uid]), expected) == set()
        others = {other for other in before if other != uid and before[other] != after.get(other)}
        assert table == "officials" or others == set()  # what names an official shows the new name
        assert outcome_of(load(f"{table}.csv", as_csv(rows_of(table)))) == nothing_but(len(rows))

    @pytest.mark.parametrize(("table", "uid", "column", "behind", "path", "entry"), ADDED)
    def test_an_entry_is_added_at_the_end(self, varied, table, uid, column, behind, path, entry):
        before = records()
        rows = rows_of(table)
        row = next(row for row in rows if row["uid"] == uid)
        row[column] = f"{row[column]}{behind}".lstrip("; ")
        run = load(f"{table}.csv", as_csv(rows))
        assert outcome_of(run) == nothing_but(len(rows) - 1, 1), loads.report(run)
        after = records()
        there, now = at(before[uid], path) or [], at(after[uid], path)
        added = [one for one in now if one not in there]
        assert (len(added), [one for one in now if one in there]) == (1, there)
        assert added[0] == entry or {name: added[0].get(name) for name in entry} == entry
        assert covered(differing(before[uid], after[uid]), {path}) == set()

    @pytest.mark.parametrize(("table", "uid", "column", "old", "new", "expected"), CHANGED)
    def test_an_entry_is_changed_in_its_place(self, varied, table, uid, column, old, new, expected):
        before = records()
        rows = rows_of(table)
        row = next(row for row in rows if row["uid"] == uid)
        assert old in row[column]
        row[column] = row[column].replace(old, new, 1)
        run = load(f"{table}.csv", as_csv(rows))
        assert (outcome_of(run), run.problems.count()) == (nothing_but(len(rows) - 1, 1), 0), loads.report(run)
        after = records()
        assert {path: at(after[uid], path) for path in expected} == expected
        people = {f"{path.rpartition('/')[0]}/post" for path in expected if path.endswith("post_as_printed")}
        cities = {f"{path.rpartition('/')[0]}/city" for path in expected if path.startswith("/places")}
        assert covered(differing(before[uid], after[uid]), expected.keys() | people | cities) == set()

    def test_each_column_is_edited_in_one_of_these_tests(self):
        tested = {(one[0], one[2]) for one in (*EDITS, *ADDED, *CHANGED)}
        wanted = {(name, column) for name, table in TABLES.items() for column in table.by_name}
        sources = {(name, column) for name, column in wanted if column.startswith("source_") or column == "quote"}
        aside = {(name, "uid") for name in TABLES} | {
            ("tenures", "official_country"), ("tenures", "country"), ("tenures", "rank"), ("meetings", "visits"),
        }  # fmt: skip
        assert wanted - tested - sources - aside == set()


class TestEvidence:
    def test_a_quote_is_added_as_evidence(self, varied):
        rows = edit("visits", LATER, quote="She came again.", source_url="https://example.org/3", source_title="Third")
        run = load("visits.csv", as_csv(rows))
        assert outcome_of(run) == nothing_but(len(rows) - 1, 1)
        cited = Citation.objects.get(visit__uid=LATER)
        assert (cited.exact, cited.source.url, cited.row) == ("She came again.", "https://example.org/3", None)

    def test_a_source_of_other_records_is_not_renamed(self, varied):
        before = export()
        rows = edit("visits", STORY, source_title="Renamed")
        run = load("visits.csv", as_csv(rows))
        assert (outcome_of(run), export()) == (nothing_but(len(rows)), before)
        assert [one.code for one in run.problems.all()] == ["not-changed"]

    def test_an_edited_cell_cites_nothing(self, varied):
        citations, sources = Citation.objects.count(), Source.objects.count()
        load("visits.csv", as_csv(edit("visits", STORY, status="cancelled")))
        assert (Citation.objects.count(), Source.objects.count()) == (citations, sources)


class TestRefusals:
    def test_an_entry_that_was_taken_out_stays_and_is_named(self, varied):
        before = export()
        rows = rows_of("visits")
        row = next(row for row in rows if row["uid"] == STORY)
        row["topics"] = "trade"
        run = load("visits.csv", as_csv(rows))
        assert (outcome_of(run), export()) == (nothing_but(len(rows)), before)
        assert [(one.field, one.code) for one in run.problems.all()] == [("topics", "not-removed")] * 2

    def test_a_wrong_edit_rejects_its_row_alone(self, varied):
        rows = edit("visits", STORY, status="fine")
        run = load("visits.csv", as_csv(rows))
        assert (run.rejected, run.unchanged) == (1, len(rows) - 1)
        assert [(one.field, one.value, one.code) for one in run.problems.all()] == [("status", "fine", "unknown-value")]

    def test_an_id_of_another_record_is_refused(self, varied):
        rows = edit("visits", LATER, external_id="list:1")
        run = load("visits.csv", as_csv(rows))
        assert [(one.field, one.code) for one in run.problems.all()] == [("external_id", "id-taken")]
        assert run.rejected == 1

    def test_an_edit_waits_for_an_editor_without_trust_and_leaves_the_rest_alone(self, varied, reviewer):
        rows = edit("visits", STORY, status="cancelled", head_is="Ken Mori")
        run = load("visits.csv", as_csv(rows), trust=False)
        assert (run.review, run.unchanged) == (1, len(rows) - 1)
        Visit.objects.filter(uid=STORY).update(title="Changed meanwhile")
        decide.accept(run.candidates.get(), reviewer)
        visit = Visit.objects.get(uid=STORY)
        assert (visit.title, visit.status) == ("Changed meanwhile", "cancelled")
        head = visit.delegations.order_by("position")[0].members.get(head=True)
        assert (head.official.name, head.name_as_printed) == ("Ken Mori", "Ada Lind")

    def test_an_edit_can_be_taken_back(self, varied):
        before = export()
        run = load("visits.csv", as_csv(edit("visits", STORY, status="cancelled", head="Ada B. Lind", guest="UZ")))
        assert export() != before
        undo.undo(run, None)
        assert export() == before


class TestOwnLists:
    """A list that an editor keeps, without uids: the same id later is an update."""

    LIST = "external_id,guest,host,start,head,topics\r\nlist:9,Turkmenistan,Japan,22 Jan 2024,President Ken Mori,{}\r\n"

    def test_the_same_list_again_changes_nothing(self, varied):
        load("list.csv", self.LIST.format("hydrogen").encode())
        before = export()
        run = load("list.csv", self.LIST.format("hydrogen").encode())
        assert (outcome_of(run), export()) == (nothing_but(1), before)

    def test_its_edited_cell_is_an_update_and_its_row_is_cited_anew(self, varied):
        load("list.csv", self.LIST.format("hydrogen").encode())
        run = load("list.csv", self.LIST.format("hydrogen; trade").encode())
        assert outcome_of(run) == nothing_but(0, 1)
        visit = Visit.objects.get(external_ids__value="9")
        assert (visit.topic_links.count(), visit.citations.get().row["topics"]) == (2, "hydrogen; trade")


class TestRecordsThatAreEdits:
    def test_an_edit_of_a_record_that_is_not_there_is_refused(self, varied):
        line = {"type": "official", "edit": True, "uid": UID(99), "name": "Nobody Here"}
        run = load("edit.jsonl", json.dumps(line).encode())
        assert (run.rejected, [one.code for one in run.problems.all()]) == (1, ["unknown-record"])

    def test_an_edit_of_a_record_that_went_meanwhile_is_not_accepted(self, varied, reviewer):
        run = load("visits.csv", as_csv(edit("visits", UID(8), status="cancelled")), trust=False)
        Visit.objects.get(uid=UID(8)).delete()
        with pytest.raises(decide.DecisionRefused, match="gone"):
            decide.accept(run.candidates.get(), reviewer)


def test_a_cell_that_no_spreadsheet_holds_is_cut_and_is_no_edit(varied):
    people = "; ".join(f"Person {number} {'x' * 40} | Adviser" for number in range(700))
    load("visits.csv", as_csv(edit("visits", LATER, members=people)))
    rows, before = rows_of("visits"), export()
    cut = next(row["members"] for row in rows if row["uid"] == LATER)
    assert (len(cut) <= 30_000, cut.endswith("; …")) == (True, True)
    run = load("again.csv", as_csv(rows))
    assert (outcome_of(run), export()) == (nothing_but(len(rows)), before)
    run = load("more.csv", as_csv(edit("visits", LATER, members=f"Someone Else | Adviser; {cut}")))
    assert (outcome_of(run), run.problems.count()) == (nothing_but(len(rows) - 1, 1), 0)


@given(st.dates(date(1900, 3, 1), date(2090, 1, 1)), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%b-%Y"]))
def test_a_day_typed_anew_is_the_same_day(day, form):
    assert is_same(day.strftime(form), day.isoformat(), is_date=True)
    assert is_same(f"{day.isoformat()} 00:00:00", day.isoformat(), is_date=True)
    assert not is_same(f"{(day + timedelta(days=40)).isoformat()} 00:00:00", day.isoformat(), is_date=True)


@given(st.text())
def test_what_is_armed_is_disarmed(text):
    assert is_same(armed(text), text)
