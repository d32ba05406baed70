"""The Data Package: what is in it, that it is valid, that it loads again."""

import hashlib
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command
from frictionless import Package

from tests.test_export_command import empty_the_tracker
from tests.varied import export, make_varied
from tests.world import make_dataset, make_visit
from visits import datapackage, loads
from visits.imports.tables import TABLES
from visits.models import Citation

pytestmark = pytest.mark.django_db
FILES = ["datapackage.json", "meetings.csv", "officials.csv", "records.jsonl", "tenures.csv", "visits.csv"]


@pytest.fixture
def folder(tmp_path):
    make_varied()
    call_command("export_visits", "--package", str(tmp_path / "package"))
    return tmp_path / "package"


def descriptor(folder):
    return json.loads((folder / "datapackage.json").read_text("utf-8"))


def test_it_holds_all_records_and_a_table_of_each_kind(folder):
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert (folder / "records.jsonl").read_text("utf-8") == export()
    assert [one["rows"] for one in descriptor(folder)["resources"]] == [len(export().splitlines()), 6, 1, 4, 2]


def test_it_keeps_to_the_standard(folder):
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.flatten(["title", "message"]) == []
    assert [task.stats["rows"] for task in report.tasks[1:]] == [6, 1, 4, 2]


def test_each_file_is_described_as_it_is(folder):
    for resource in descriptor(folder)["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")


def test_each_column_is_described(folder):
    for resource in descriptor(folder)["resources"][1:]:
        fields = resource["schema"]["fields"]
        header = (folder / resource["path"]).read_bytes().split(b"\r\n", 1)[0].decode().split(",")
        assert [field["name"] for field in fields] == header == list(TABLES[resource["name"]].by_name)
        assert all(field["description"] for field in fields)


def test_data_sets_are_named_with_their_licences(tmp_path):
    visit = make_visit(external_id="hsg-visits:1")
    Citation.objects.create(visit=visit, source=make_dataset("hsg-visits"), row={"a": "b"})
    datapackage.write(tmp_path / "package")
    found = descriptor(tmp_path / "package")
    licence = datapackage.LICENCES["hsg-visits"]
    assert found["sources"] == [
        {"title": "hsg-visits", "path": "https://example.org/hsg-visits", "licenses": [licence]},
    ]
    assert found["licenses"] == [licence]


def test_the_same_records_are_the_same_bytes(folder, tmp_path):
    datapackage.write(tmp_path / "again")
    datapackage.write(tmp_path / "one.zip")
    datapackage.write(tmp_path / "two.zip")
    assert [(folder / name).read_bytes() for name in FILES] == [
        (tmp_path / "again" / name).read_bytes() for name in FILES
    ]
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert [(name, archive.read(name)) for name in archive.namelist()] == [
            (name, (folder / name).read_bytes()) for name in FILES
        ]


def test_it_loads_into_an_empty_tracker_once(folder, tmp_path):
    lines = len(export().splitlines())
    empty_the_tracker()
    run = loads.load_paths([folder], trust=True)
    assert (run.created, run.read, run.skipped_files) == (
        lines,
        lines,
        [name for name in FILES if name != "records.jsonl"],
    )
    datapackage.write(tmp_path / "again")
    assert [(folder / name).read_bytes() for name in FILES] == [
        (tmp_path / "again" / name).read_bytes() for name in FILES
    ]


def test_a_file_of_records_that_is_not_the_described_one_is_refused(folder):
    with (folder / "records.jsonl").open("ab") as stream:
        stream.write(b"\n")
    with pytest.raises(loads.UnreadableInput, match="describes"):
        loads.load_paths([folder], trust=True)


@pytest.mark.parametrize("text", ["[1]", '{"resources": [{"name": "records"}]}', '{"resources": 3}', "{"])
def test_a_folder_with_another_datapackage_json_is_read_like_any_folder(folder, text):
    (folder / "datapackage.json").write_text(text)
    assert loads.load_paths([folder], trust=True).skipped_files == ["datapackage.json"]


def test_what_is_there_is_not_overwritten(folder):
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_visits", "--package", str(folder))
