"""Nothing lost when the three data sets are loaded together, each of them first once."""

import pytest
from django.db import transaction
from django.db.models import Count

from visits import loads, names, reference
from visits.models import Citation, Delegation, Meeting, Official, Trip, Visit, VisitPlace

pytestmark = pytest.mark.django_db

SETS = ("hsg-travels", "hsg-visits", "unfccc-precops")
ROTATIONS = [SETS[turn:] + SETS[:turn] for turn in range(3)]


@pytest.mark.parametrize("order", ROTATIONS, ids=" ".join)
def test_the_three_data_sets_arrive_whole_in_any_order(order, shared_data):
    with transaction.atomic():
        reference.load()
        run = loads.load_paths([shared_data / "data" / name for name in order])
        counts = {name: number for name, number in run.counts.items() if number}
        assert counts == {"read": 15365, "created": 15115, "duplicates": 250}
        assert (visits(), travels(), lists()) == (
            {"records": 3264, "ids": 203, "labels": 235, "visitors": 1533, "days": 9108, "empty": 6},
            {"records": 4271, "ids": 177, "labels": 197, "locales": 829, "days": 11057, "travellers": 55}
            | {"places": 4890, "cities": CITIES, "no place": 54, "trips": 881, "accompany": 379},
            {"meetings": 11, "delegations": 2299, "senders": 645, "delegates": 7580},
        )
        transaction.set_rollback(True)


CITIES = 4591


def days(records):
    return sum((record.latest - record.earliest).days + 1 for record in records)


def of(dataset):
    records = Visit.objects.filter(external_ids__dataset__slug=dataset)
    return records, list(Citation.objects.filter(visit__in=records).values_list("row", flat=True))


def visits():
    records, rows = of("hsg-visits")
    return {
        "records": records.count(),
        "ids": len({row["from@id"] for row in rows}),
        "labels": records.aggregate(n=Count("guest_as_printed", distinct=True))["n"],
        "visitors": len({names.clean(row["visitor"]) for row in rows}),
        "days": days(records),
        "empty": records.filter(summary="").count(),
    }


def travels():
    records, rows = of("hsg-travels")
    places = VisitPlace.objects.filter(visit__in=records)
    return {
        "records": records.count(),
        "ids": len({row["country@id"] for row in rows}),
        "labels": records.aggregate(n=Count("host_as_printed", distinct=True))["n"],
        "locales": len({names.clean(row["locale"]) for row in rows} - {""}),
        "days": days(records),
        "travellers": Official.objects.filter(member_rows__delegation__visit__in=records).distinct().count(),
        "places": places.count(),
        "cities": places.exclude(city=None).count(),
        "no place": records.filter(places=None).count(),
        "trips": Trip.objects.count(),
        "accompany": records.exclude(accompanies=None).count(),
    }


def lists():
    meetings = Meeting.objects.filter(external_ids__dataset__slug="unfccc")
    delegations = Delegation.objects.filter(meeting__in=meetings)
    return {
        "meetings": meetings.count(),
        "delegations": delegations.count(),
        "senders": delegations.values("sender_as_printed").distinct().count(),
        "delegates": delegations.aggregate(n=Count("members"))["n"],
    }
