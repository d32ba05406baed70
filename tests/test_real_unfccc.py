"""Nothing lost: the delegation lists of eleven climate meetings; the unit of the report is one row."""

import pytest
from django.db import transaction

from visits import loads, reference
from visits.models import Candidate, Citation, Delegation, Meeting, Member

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(shared_data, django_db_setup, django_db_blocker):
    """The real lists, loaded once for all tests of this module, then taken away."""
    with django_db_blocker.unblock(), transaction.atomic():
        reference.load()
        yield loads.load_paths([shared_data / "data" / "unfccc-precops"]), shared_data
        transaction.set_rollback(True)


def nonzero(run):
    return {name: value for name, value in run.counts.items() if value}


def test_every_row_arrives_or_is_a_duplicate(loaded):
    assert nonzero(loaded[0]) == {"read": 7830, "created": 7580, "duplicates": 250}
    assert loaded[0].skipped_files == ["LICENSE", "README.md", "SOURCE.txt", "precops.cleaned.translated.csv"]


def test_every_meeting_delegation_sender_and_delegate_is_kept(loaded):
    senders = Delegation.objects.values("sender_as_printed").distinct().count()
    counts = (Meeting.objects.count(), Delegation.objects.count(), senders, Member.objects.count())
    assert counts == (11, 2299, 645, 7580)


def test_every_delegate_cites_the_row_as_printed(loaded):
    cited = Citation.objects.filter(member__isnull=False)
    assert cited.values("member").distinct().count() == cited.count() == 7580
    columns = {len(row) for row in cited.values_list("row", flat=True)}
    assert columns == {21}


def test_the_candidate_holds_all_rows_of_its_meeting(loaded):
    assert sum(len(raw) for raw in Candidate.objects.values_list("raw", flat=True)) == 7580


def test_all_are_published_by_the_trust_in_the_data_set(loaded):
    assert set(Meeting.objects.values_list("state", flat=True)) == {"published"}


def test_years_stay_years(loaded):
    assert set(Meeting.objects.values_list("date", "venue_country")) == {
        ("1991", "US"), ("1991", "CH"), ("1991", "KE"), ("1992", "US"), ("1992", "CH"),
        ("1993", "US"), ("1993", "CH"), ("1994", "CH"), ("1995", "US"),
    }  # fmt: skip


def test_loading_again_creates_and_changes_nothing(loaded):
    run = loads.load_paths([loaded[1] / "data" / "unfccc-precops"])
    assert nonzero(run) == {"read": 7830, "unchanged": 7580, "duplicates": 250}
