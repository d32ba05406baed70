"""`manage.py extract_article`: reads files, says what it found, writes nothing."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

TEXT = "Norwegian Prime Minister Ola Berg visited Chile. The sides proposed to create a forum of ports."


def run(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("extract_article", str(path), *options, stdout=out, no_color=True)
    return out.getvalue()


def test_a_folder_gives_one_line_of_json_for_each_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"id": "story-b", "text": "Nothing happened."}), encoding="utf-8")
    lines = [json.loads(line) for line in run(tmp_path, "--json").splitlines()]
    assert [(line["id"], len(line["visits"])) for line in lines] == [("a", 1), ("story-b", 0)]


def test_the_flat_shape_of_a_visit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (visit,) = json.loads(run(tmp_path / "a.txt", "--json"))["visits"]
    assert visit == {
        "visiting_country": "NO",
        "host_country": "CL",
        "cities": [],
        "kind": "unknown",
        "status": "completed",
        "start": None,
        "end": None,
        "head": {"name": "Ola Berg", "post": "Norwegian Prime Minister", "country": "NO"},
        "delegation_members": [],
        "meetings": [],
        "topics": [],
        "outcomes": [{"kind": "proposal", "text": "create a forum of ports"}],
        "frameworks": [],
        "sources_cited": [],
    }


def test_the_report_shows_each_value_with_its_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    report = run(tmp_path / "a.txt")
    assert "NO to CL, no date, unknown, completed" in report
    assert "/delegations/0/members/0 name_as_printed: “Ola Berg” [25-33," in report


def test_labels_beside_the_text_are_not_looked_at(tmp_path: Path) -> None:
    plain, labelled = {"id": "a", "text": TEXT}, {"id": "a", "text": TEXT, "gold": {"visits": []}, "lang": "fr"}
    (tmp_path / "plain.json").write_text(json.dumps(plain), encoding="utf-8")
    (tmp_path / "labelled.json").write_text(json.dumps(labelled), encoding="utf-8")
    assert run(tmp_path / "plain.json", "--json") == run(tmp_path / "labelled.json", "--json")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b"{", "is no JSON"),
        ("a.json", b"[]", 'has no "text"'),
        ("a.txt", b"\xff\xfe\x00", "is no UTF-8 text"),
    ],
)
def test_what_is_no_text_is_said(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=message):
        run(tmp_path / name)


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "absent.txt")
