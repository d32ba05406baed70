"""Reference data comes again and again; what an editor changed stays."""

import pytest

from visits import reference
from visits.models import Country, CountryName, Topic

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        reference.load()
        yield
        transaction.set_rollback(True)


def test_loading_again_changes_nothing(loaded):
    assert set(reference.load().values()) == {0}


def test_what_an_editor_changed_stays(loaded):
    Country.objects.filter(code="TR").update(name="Turkey", locked_fields=["name"])
    reference.load()
    assert Country.objects.get(code="TR").name == "Turkey"


def test_what_nobody_locked_is_brought_up_to_date(loaded):
    Country.objects.filter(code="JP").update(name="Nippon")
    reference.load()
    assert Country.objects.get(code="JP").name == "Japan"


def test_a_name_that_an_editor_took_away_does_not_come_back(loaded):
    CountryName.objects.filter(country="AE", text="UAE").delete()
    Country.objects.filter(code="AE").update(locked_fields=["other_names"])
    reference.load()
    assert not CountryName.objects.filter(country="AE", text="UAE").exists()


def test_narrower_topics_hang_on_their_parents(loaded):
    assert Topic.objects.get(slug="hydrogen").parent.slug
