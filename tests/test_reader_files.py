"""Files and folders: which reader is for what, what is skipped, and what is refused by name."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.world import make_country
from visits.imports import reading
from visits.imports.reading import InputFile, InputRow, Problem, UnreadableInput, build
from visits.imports.registry import READERS, open_inputs, reader_named
from visits.record import VisitData

TABLE = "guest,host\nKE,FI\n"


def test_a_folder_is_walked_in_order_and_strangers_are_skipped_by_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name, text in {
        "b/z.csv": TABLE,
        "a.csv": TABLE,
        "README.md": "Read me",
        "b/README.md": "Read me",
        "empty.csv": "",
        ".hidden.csv": TABLE,
    }.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    files, skipped = open_inputs([tmp_path])
    assert [(file.name, reader.name) for file, reader in files] == [
        ("a.csv", "csv"),
        ("b/z.csv", "csv"),
        ("empty.csv", "unreadable empty.csv"),
    ]
    assert [file.name for file in skipped] == ["README.md", "b/README.md", "link.csv"]


def test_a_named_file_goes_to_the_reader_of_its_suffix_which_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text("gest,host\nKE,FI\n")
    ((file, reader),), _ = open_inputs([path])
    with pytest.raises(UnreadableInput, match="did you mean “guest”"):
        reader.check(file)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("absent.csv", None, "unreadable"), ("empty.csv", b"", "empty-file"), ("a.bin", b"\0\1", "unknown-format")],
)
def test_a_named_file_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableInput) as refused:
        open_inputs([tmp_path / name])
    assert (refused.value.file, refused.value.code) == (name, code)


def test_a_folder_without_anything_to_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Read me")
    with pytest.raises(UnreadableInput, match=r"README\.md"):
        open_inputs([tmp_path])


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 10)
    with pytest.raises(UnreadableInput) as refused:
        InputFile.of("big.csv", b"x" * 11)
    assert refused.value.code == "too-large"


def test_a_folder_with_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visits.imports.registry.MAX_FILES", 2)
    for number in range(3):
        (tmp_path / f"{number}.csv").write_text(TABLE)
    with pytest.raises(UnreadableInput, match="more than 2 files"):
        open_inputs([tmp_path])


def test_a_file_on_disk_and_in_memory_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    on_disk, in_memory = InputFile.at(path), InputFile.of("a.csv", TABLE.encode())
    assert (on_disk.sha256, on_disk.size, on_disk.head()) == (in_memory.sha256, in_memory.size, in_memory.head())


def test_an_unknown_reader_names_those_there_are() -> None:
    with pytest.raises(UnreadableInput, match="hsg-visits, hsg-travels, "):
        reader_named("xls")


def test_every_reader_goes_by_its_name() -> None:
    assert {name: reader.name for name, reader in READERS.items()} == {name: name for name in READERS}


def test_a_problem_shows_its_value_cut() -> None:
    problem = Problem("a.csv", 2, "title", reading.shown("x" * 300), "too-long", "Shorten it.")
    assert problem.as_dict() == {
        "file": "a.csv",
        "row": 2,
        "field": "title",
        "value": "x" * 199 + "…",
        "code": "too-long",
        "detail": "Shorten it.",
        "severity": "error",
    }


class PipeReader:
    """A format that nobody has: `KE>FI`, one visit a line."""

    name = "pipe"
    label = "Pipes"
    suffixes = (".pipe",)

    def recognises(self, name: str, head: bytes) -> bool:
        return name.endswith(".pipe")

    def check(self, file: InputFile) -> None:
        file.head().decode()

    def read(self, file: InputFile) -> Iterator[InputRow]:
        for number, line in enumerate(file.head().decode().splitlines(), start=1):
            row = InputRow(file.name, number, {"line": line})
            guest, _, host = line.partition(">")
            build(row, lambda sides=(guest, host): VisitData(guest={"country": sides[0]}, host={"country": sides[1]}))
            yield row


@pytest.mark.django_db
def test_a_reader_is_one_module_and_one_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setitem(READERS, PipeReader.name, PipeReader())
    for code in ("KE", "FI"):
        make_country(code)
    (tmp_path / "a.pipe").write_text("KE>FI\nFI>Kenya\n")
    with pytest.raises(SystemExit) as ended:
        call_command("import_visits", str(tmp_path), "--trust", "--json")
    report = json.loads(capsys.readouterr().out)
    assert (ended.value.code, report["read"], report["created"], report["rejected"]) == (1, 2, 1, 1)
    assert [(error["file"], error["row"], error["field"]) for error in report["errors"]] == [
        ("a.pipe", 2, "host.country")
    ]
