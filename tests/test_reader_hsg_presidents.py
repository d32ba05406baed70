"""The list of presidents as tenures: nothing lost, linked to the travellers, what is wrong is named."""

import pytest

from tests.world import make_country
from visits import loads, reference
from visits.imports.hsg_presidents import HsgPresidentsReader
from visits.imports.reading import InputFile
from visits.imports.registry import guess, open_inputs, reader_named
from visits.models import Tenure

GOOD = """<president n="7"><id>lee-ann</id><name>Ann  Lee</name><birth-year>1900</birth-year>
  <took-office-date>1975-03-01</took-office-date><left-office-date>1979-03</left-office-date></president>"""


def file_of(*presidents: str) -> InputFile:
    return InputFile.of("some.xml", f"<presidents>{''.join(presidents)}</presidents>".encode())


def problems(president: str):
    (row,) = HsgPresidentsReader().read(file_of(president))
    return [(problem.field, problem.code) for problem in row.problems]


def test_a_president_is_a_tenure_with_its_row():
    (row,) = HsgPresidentsReader().read(file_of(GOOD))
    tenure = row.record
    assert (tenure.external_ids, tenure.start, tenure.end) == (["hsg-presidents:7"], "1975-03-01", "1979-03")
    assert (tenure.official.name, tenure.post.title) == ("Ann Lee", "President of the United States")
    assert (tenure.citations[0].row["birth-year"], tenure.citations[0].columns["start"]) == ("1900", "took-office-date")


def test_an_end_may_be_empty_only_in_office():
    still = GOOD.replace("<left-office-date>1979-03<", '<left-office-date still-in-office="true"><')
    assert (problems(still), problems(GOOD.replace("1979-03<", "<"))) == ([], [("left-office-date", "missing")])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('n="7"', "", ("@n", "missing")),
        ('n="7"', 'n="VII"', ("@n", "wrong-id")),
        ("Ann  Lee", " ", ("name", "missing")),
        ("1975-03-01", "1975-13-01", ("took-office-date", "wrong-date")),
        ("</id>", "</id><id>other</id>", ("id", "repeated")),
        ("1979-03<", "1969-03<", ("", "value-error")),
    ],
)
def test_what_is_wrong_is_named(old, new, expected):
    assert problems(GOOD.replace(old, new)) == [expected]


def test_in_a_folder_it_is_skipped_and_says_why(tmp_path):
    (tmp_path / "list.xml").write_bytes(file_of(GOOD).content)
    (tmp_path / "visits.csv").write_text("guest,host,start\nTM,JP,2024\n")
    taken, skipped = open_inputs([tmp_path])
    assert ([reader.name for _, reader in taken], [one.detail for one in skipped]) == (
        ["csv"],
        [HsgPresidentsReader.alone],
    )
    named, _ = open_inputs([tmp_path / "list.xml"])
    asked, _ = open_inputs([tmp_path], reader_named("hsg-presidents"))
    assert [reader.name for _, reader in (*named, *asked)] == ["hsg-presidents"] * 2
    assert guess(file_of(GOOD)).name == "hsg-presidents"


@pytest.mark.django_db
def test_the_real_list_gives_every_term_and_loads_once(shared_data):
    reference.load()
    make_country("US")
    path = shared_data / "data" / "hsg-travels" / "presidents" / "presidents.xml"
    counts = [{key: n for key, n in loads.load_paths([path]).counts.items() if n} for _ in range(2)]
    assert counts == [{"read": 47, "created": 47}, {"read": 47, "unchanged": 47}]
    assert Tenure.objects.values("official").distinct().count() == 45
    assert list(Tenure.objects.filter(end="").values_list("official__name", "start")) == [
        ("Donald J. Trump", "2025-01-20")
    ]
