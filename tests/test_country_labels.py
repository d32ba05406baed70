"""A code in a cell is a country before it is the abbreviation of an international body."""

import pytest

from visits.imports import country_labels


@pytest.mark.parametrize("code", ["AS", "AU", "EC", "ES"])
def test_the_code_of_a_country_is_no_organization(code):
    assert (country_labels.organization_of(code), country_labels.country_of(code)) == (None, code)


@pytest.mark.parametrize(("text", "slug"), [("EU", "eu"), ("au", "african-union"), ("African Union", "african-union")])
def test_an_abbreviation_that_no_country_has_as_its_code_is_a_body(text, slug):
    assert country_labels.organization_of(text) == slug
