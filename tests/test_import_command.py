"""The commands of a load: what they print, and how they end."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.world import make_country
from visits.models import ImportRun, Visit

pytestmark = pytest.mark.django_db

GOOD = "guest,host,start,end,head\nTM,JP,2024-01-22,2024-01-23,Aina Orazowa\n"


@pytest.fixture(autouse=True)
def countries():
    make_country("TM")
    make_country("JP")


def run_import(*args):
    """The report that the command prints, and its exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("import_visits", *map(str, args), "--json", stdout=out)
    except SystemExit as end:
        code = end.code
    return json.loads(out.getvalue()), code


def test_a_clean_load_ends_with_0(tmp_path):
    file = tmp_path / "visits.csv"
    file.write_text(GOOD)
    report, code = run_import(file, "--trust")
    assert code == 0
    assert report == {
        "run": ImportRun.objects.get().pk,
        "read": 1,
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "duplicates": 0,
        "review": 0,
        "rejected": 0,
        "skipped_files": [],
        "errors": [],
    }


def test_rejected_rows_end_with_1_and_are_named(tmp_path):
    file = tmp_path / "visits.csv"
    file.write_text(GOOD + "TM,JP,2024-02-30,,Aina Orazowa\n")
    report, code = run_import(file, "--trust")
    assert (code, report["created"], report["rejected"]) == (1, 1, 1)
    (error,) = report["errors"]
    assert (error["file"], error["row"], error["field"], error["value"]) == ("visits.csv", 3, "start", "2024-02-30")


def test_what_cannot_be_read_ends_with_2(tmp_path):
    report, code = run_import(tmp_path / "absent.csv")
    assert (code, report["read"], report["errors"][0]["file"]) == (2, 0, "absent.csv")
    assert ImportRun.objects.count() == 0


def test_a_folder_skips_and_names_what_no_reader_knows(tmp_path):
    (tmp_path / "visits.csv").write_text(GOOD)
    (tmp_path / "README.md").write_text("About this list.")
    report, code = run_import(tmp_path, "--trust")
    assert (code, report["created"], report["skipped_files"]) == (0, 1, ["README.md"])


def test_a_report_for_people_names_the_mend(tmp_path):
    file = tmp_path / "visits.csv"
    file.write_text(GOOD.replace("2024-01-22", "soon"))
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("import_visits", str(file), stdout=out)
    assert "visits.csv, row 2, start:" in out.getvalue()


def test_a_load_is_taken_back_by_its_number(tmp_path):
    file = tmp_path / "visits.csv"
    file.write_text(GOOD)
    run, _code = run_import(file, "--trust")
    out = io.StringIO()
    call_command("undo_import", str(run["run"]), stdout=out)
    assert "Deleted: 1 visit" in out.getvalue()
    assert Visit.objects.count() == 0


def test_an_unknown_load_cannot_be_taken_back():
    with pytest.raises(CommandError, match="There is no load 99"):
        call_command("undo_import", "99")


def test_the_command_says_what_headings_and_dates_mean(tmp_path):
    file = tmp_path / "visits.csv"
    file.write_text("Who came,host,start,Mood\nTM,JP,1/2/2024,good\n")
    report, code = run_import(file, "--trust", "--column", "Who came=guest", "--column", "Mood=", "--date-order", "mdy")
    assert (code, report["created"], Visit.objects.get().start) == (0, 1, "2024-01-02")


def test_a_column_that_does_not_exist_is_no_option():
    with pytest.raises(CommandError, match="HEADING=COLUMN with one of"):
        call_command("import_visits", "visits.csv", "--column", "Who came=gest")
