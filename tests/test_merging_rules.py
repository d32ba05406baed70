"""The merger has decided about every column, reference and constraint: a new one fails here until it has."""

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model

from visits.review.merging import rules

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", rules.COLUMNS, ids=lambda model: model.__name__)
def test_the_merger_has_decided_about_every_column(model: type[Model]):
    assert set(rules.COLUMNS[model]) == {column.name for column in model._meta.concrete_fields}


@pytest.mark.parametrize("model", rules.REFERENCES, ids=lambda model: model.__name__)
def test_the_merger_has_decided_about_every_reference(model: type[Model]):
    columns = {
        f"{other._meta.model_name}.{column.name}"
        for other in apps.get_app_config("visits").get_models(include_auto_created=True)
        if not hasattr(other, "pgh_tracked_model")
        for column in other._meta.concrete_fields
        if isinstance(column, ForeignKey) and column.related_model is model
    }
    assert rules.REFERENCES[model] == columns == {one.name for one in rules.references(model)}


def test_the_merger_has_decided_about_every_constraint_that_moving_rows_may_meet():
    met = {
        unique.name
        for model in rules.REFERENCES
        for reference_ in rules.references(model)
        for unique in rules.uniqueness(reference_)
    }
    assert met == set(rules.COLLISIONS)


def test_what_is_merged_as_a_consequence_has_its_rules_too():
    merged = {
        reference_.model
        for model in rules.REFERENCES
        for reference_ in rules.references(model)
        for unique in rules.uniqueness(reference_)
        if rules.COLLISIONS[unique.name] is rules.Collision.MERGES
    }
    assert merged <= set(rules.COLUMNS) == set(rules.REFERENCES)
