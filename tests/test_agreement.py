"""How far the officials that loads found agree with labels made by hand, in pairs of mentions."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.world import make_meeting
from visits import agreement, loads, reference
from visits.models import Official, Visit

LABELS = Path(__file__).parent / "labels" / "hsg-visits.csv"


def rows(*people):
    """A table of visits of Japan to France in following years, one head each."""
    lines = [f"list:{n},JP,FR,{2000 + n}-05-13,{name},Prime Minister" for n, name in enumerate(people, start=1)]
    return "\n".join(["external_id,guest,host,start,head,head_post", *lines]).encode()


def labels(path, *lines):
    path.write_text("\n".join(["external_id,position,person_id", *lines]))
    return path


def report(*args):
    out = io.StringIO()
    call_command("match_report", *map(str, args), stdout=out)
    return out.getvalue()


@pytest.fixture
def loaded(world):
    content = rows("Aiko Sato", "Aiko Sato", "Aiko Mori", "Aiko Mori")
    loads.run_load(loads.create_run([("visits.csv", content)], user=None, trust=True).pk)


def test_pairs_of_mentions_are_counted(loaded, tmp_path):
    gold = labels(tmp_path / "gold.csv", "list:1,1,a", "list:2,1,a", "list:3,1,b", "list:4,1,b")
    found = json.loads(report(gold, "--json"))
    assert found["pairs"] == {"labelled": 2, "found": 2, "both": 2}
    assert (found["precision"], found["recall"], found["f1"]) == (1.0, 1.0, 1.0)


def test_a_wrong_split_and_a_wrong_merge_are_named(loaded, tmp_path):
    gold = labels(tmp_path / "gold.csv", "list:1,1,a", "list:2,1,b", "list:3,1,b", "list:4,1,b")
    found = json.loads(report(gold, "--json"))
    assert found["pairs"] == {"labelled": 3, "found": 2, "both": 1}
    merged = Official.objects.get(name="Aiko Sato").pk
    assert found["wrong_merges"] == [{"official": str(merged), "people": ["Aiko Sato, Prime Minister"] * 2}]
    assert found["wrong_splits"] == [
        {"person": "b", "officials": ["Aiko Mori, Prime Minister", "Aiko Sato, Prime Minister"]}
    ]


def test_labels_of_what_is_not_there_are_named_and_do_not_count(loaded, tmp_path):
    gold = labels(tmp_path / "gold.csv", "list:1,1,a", "list:9,1,a", "list:1,2,a")
    found = json.loads(report(gold, "--json"))
    assert found["missing"] == [{"external_id": "list:1", "position": 2}, {"external_id": "list:9", "position": 1}]
    assert found["pairs"]["labelled"] == 0


def test_a_position_that_is_absent_is_the_first(loaded, tmp_path):
    gold = tmp_path / "gold.csv"
    gold.write_text("external_id,person_id\nlist:1,a\nlist:2,a\n")
    assert json.loads(report(gold, "--json"))["pairs"]["both"] == 1


def test_the_participants_of_its_meetings_follow_the_members_of_a_visit(loaded, tmp_path):
    visit = Visit.objects.get(external_ids__value="1")
    meeting = make_meeting("2001-05-13", visits=[visit])
    sato = Official.objects.get(name="Aiko Sato")
    meeting.participants.create(official=sato, side_country_id="JP", name_as_printed="Sato")
    gold = labels(tmp_path / "gold.csv", "list:1,1,a")
    more = labels(tmp_path / "more.csv", "list:1,2,a", "list:3,1,a")
    found = json.loads(report(gold, more, "--json"))
    assert (found["mentions"], found["pairs"]) == (3, {"labelled": 3, "found": 1, "both": 1})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("list:1,0,a", "row 2, position: “0”"),
        ("list:1,one,a", "row 2, position: “one”"),
        ("list:1,1,", "row 2: external_id and person_id"),
        ("list:1,1,a\nlist:1,1,b", "row 3, external_id: “list:1” is labelled twice"),
    ],
)
def test_wrong_labels_are_refused_by_row_and_value(tmp_path, line, words):
    with pytest.raises(CommandError, match=words):
        report(labels(tmp_path / "gold.csv", line))


@pytest.mark.django_db
def test_leaders_who_visited_are_told_apart(shared_data):
    """The floors are promises; what was reached when this was written is in docs/measurements.md."""
    reference.load()
    loads.load_paths([shared_data / "data" / "hsg-visits"])
    found = agreement.compare(agreement.read_labels(LABELS))
    assert found.missing == []
    assert found.precision >= 0.99, found.merges
    assert found.f1 >= 0.99, found.splits
    assert found.unresolved <= 30
