"""Nothing lost: the visits of foreign leaders to the United States, as the Office of the Historian lists them."""

import pytest
from django.db.models import Count

from visits import loads, names, reference
from visits.models import Citation, ExternalId, ImportRun, Member, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(shared_data, django_db_setup, django_db_blocker):
    """The real visits, loaded once for all tests of this module, then taken away."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        reference.load()
        yield loads.load_paths([shared_data / "data" / "hsg-visits"]).pk, shared_data
        transaction.set_rollback(True)


def test_every_record_arrives(loaded):
    run = ImportRun.objects.get(pk=loaded[0])
    assert {name: value for name, value in run.counts.items() if value} == {"read": 3264, "created": 3264}


def test_every_id_label_visitor_and_day_is_kept(loaded):
    visits = Visit.objects.all()
    rows = Citation.objects.values_list("row", flat=True)
    assert ExternalId.objects.filter(dataset__slug="hsg-visits").count() == 3264
    assert len({row["from@id"] for row in rows}) == 203
    assert visits.aggregate(n=Count("guest_as_printed", distinct=True))["n"] == 235
    assert len({names.clean(row["visitor"]) for row in rows}) == 1533
    assert visits.filter(summary="").count() == 6
    assert sum((visit.latest - visit.earliest).days + 1 for visit in visits) == 9108


def test_all_are_published_by_the_trust_in_the_data_set(loaded):
    assert set(Visit.objects.values_list("state", flat=True)) == {"published"}


def test_label_and_date_pick_the_country(loaded):
    soviet = Visit.objects.filter(guest_as_printed="U.S.S.R.")
    assert set(soviet.values_list("guest_country", flat=True)) == {"SUHH"}
    assert Visit.objects.filter(guest_as_printed="Hawaii").first().guest_country_id == "x-hawaii"


def test_every_delegation_has_one_head(loaded):
    assert Member.objects.filter(head=True).count() == 3264


def test_loading_again_creates_and_changes_nothing(loaded):
    run = loads.load_paths([loaded[1] / "data" / "hsg-visits"])
    assert {name: value for name, value in run.counts.items() if value} == {"read": 3264, "unchanged": 3264}
