"""Nothing lost: the travels of presidents and secretaries."""

import pytest
from django.db import transaction
from django.db.models import Count

from visits import loads, reference
from visits.models import Citation, Official, Trip, Visit, VisitPlace

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(shared_data, django_db_setup, django_db_blocker):
    """The real travels, loaded once for all tests, then taken away; `test_real_together` has them beside the others."""
    with django_db_blocker.unblock(), transaction.atomic():
        reference.load()
        yield loads.load_paths([shared_data / "data" / "hsg-travels"]), shared_data
        transaction.set_rollback(True)


def legs():
    return Visit.objects.filter(external_ids__dataset__slug="hsg-travels")


def nonzero(run):
    return {name: value for name, value in run.counts.items() if value}


def test_every_record_arrives(loaded):
    assert nonzero(loaded[0]) == {"read": 4271, "created": 4271}


def test_every_label_place_and_day_is_kept(loaded):
    rows = Citation.objects.filter(visit__in=legs()).values_list("row", flat=True)
    assert len({row["country@id"] for row in rows}) == 177
    assert legs().aggregate(n=Count("host_as_printed", distinct=True))["n"] == 197
    assert legs().filter(places=None).count() == 54
    assert sum((visit.latest - visit.earliest).days + 1 for visit in legs()) == 11057


def test_every_leg_has_its_traveller(loaded):
    travellers = Official.objects.filter(member_rows__delegation__visit__in=legs()).distinct()
    assert travellers.count() == 55
    assert legs().filter(delegations__members__official=None).count() == 0


def test_most_places_are_cities_also_of_countries_that_are_no_more(loaded):
    places = VisitPlace.objects.filter(visit__in=legs())
    assert (places.count(), places.filter(city=None).count()) == (4890, 299)
    moscow = places.filter(as_printed="Moscow", visit__host_country="SUHH")
    assert set(moscow.values_list("city__name", "city__country")) == {("Moscow", "RU")}


def test_trips_and_company_are_linked(loaded):
    assert (Trip.objects.count(), legs().exclude(accompanies=None).count()) == (881, 379)


def test_all_are_published_by_the_trust_in_the_data_set(loaded):
    assert set(legs().values_list("state", flat=True)) == {"published"}


def test_loading_again_creates_and_changes_nothing(loaded):
    run = loads.load_paths([loaded[1] / "data" / "hsg-travels"])
    assert nonzero(run) == {"read": 4271, "unchanged": 4271}
