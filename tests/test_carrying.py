"""What a load carries from batch to batch is what it would read again."""

import pytest
from django.db import transaction

from visits import enums, mapping, record
from visits.mapping.carrying import Carried
from visits.matching import Matcher
from visits.models import ImportRun, Member, Official
from visits.review import decide

pytestmark = pytest.mark.django_db


def visit(number, name, title="Prime Minister", year=2001, rank="head-of-government", meeting=None):
    person = {
        "as_printed": f"{title} {name}", "name_as_printed": name, "official": {"name": name, "country": "TM"},
        "post": {"title": title, "rank": rank, "country": "TM"},
    }  # fmt: skip
    meetings = [{"date": meeting, "participants": [person | {"side": {"country": "TM"}}]}] if meeting else []
    return record.parse({
        "type": "visit", "external_ids": [f"test:{number}"], "guest": {"country": "TM"}, "host": {"country": "JP"},
        "start": f"{year}-05-01", "delegations": [{"sender": {"country": "TM"}, "members": [person | {"head": True}]}],
        "meetings": meetings,
    })  # fmt: skip


def load(carried, *items):
    """One batch, as a load does it; the matcher that it was matched with."""
    with transaction.atomic():
        matcher = carried.take()
        proposals = mapping.propose([(item, mapping.identity(item), []) for item in items], matcher)
        decide.write(proposals, run=ImportRun.objects.create(), state=enums.State.PUBLISHED)
        carried.keep(matcher, proposals)
    return matcher


def spans(ranks):
    return sorted((rank, sorted(years)) for rank, years in ranks.items())


def knowledge(matcher):
    people = {
        country: sorted(
            (
                one.reference,
                one.name,
                sorted(one.spellings),
                spans(one.ranks),
                spans(one.firm),
                one.reigns,
            )
            for one in pool.people
        )
        for country, pool in matcher._people.items()
    }
    waiting = {country: sorted(pool.waiting) for country, pool in matcher._people.items()}
    return people, waiting, matcher._posts, matcher._people_by_uid


def read_again(matcher):
    fresh = Matcher()
    fresh._read_people(set(matcher._people))
    return knowledge(fresh)


def test_people_offices_and_years_are_those_of_the_tables(world):
    carried = Carried()
    load(carried, visit(1, "Amina Odhiambo"), visit(2, "Peter Mwangi", "President", rank="head-of-state"))
    load(carried, visit(3, "Amina Odhiambo", year=2004, meeting="2005-01"), visit(4, "Grace Njeri", meeting="XXXX-03"))
    matcher = load(carried, visit(5, "Amina Odhiambo", "President", 2009, "head-of-state"))
    assert carried.take() is matcher
    assert knowledge(matcher) == read_again(matcher)


def test_a_spelling_that_was_kept_is_known(world):
    carried = Carried()
    load(carried, visit(1, "Amina Odhiambo"))
    matcher = load(carried, visit(2, "Amina Odhiamboh", year=2002))
    assert Official.objects.filter(name__startswith="Amina").count() == 1
    assert knowledge(matcher) == read_again(matcher)


def test_officials_and_tenures_that_come_as_records_are_known(world):
    carried = Carried()
    matcher = load(carried, visit(1, "Amina Odhiambo"))
    official = {"type": "official", "name": "Peter Mwangi", "country": "TM", "other_names": [{"text": "Petro Mwangi"}]}
    load(carried, record.parse(official))
    tenure = {
        "official": {"name": "Peter Mwangi", "country": "TM"},
        "post": {"title": "Prime Minister", "country": "TM"},
    }
    load(carried, record.parse({"type": "tenure", **tenure, "start": "1999", "end": "2003-04"}))
    assert carried.take() is matcher
    assert knowledge(matcher) == read_again(matcher)


def test_what_somebody_else_writes_between_two_batches_is_read(world):
    carried = Carried()
    matcher = load(carried, visit(1, "Amina Odhiambo"))
    Official.objects.filter(name="Amina Odhiambo").update(name="Amina Otieno")
    assert carried.take() is not matcher


def test_a_batch_that_changes_what_was_there_is_not_carried_on(world):
    carried = Carried()
    matcher = load(carried, visit(1, "Amina Odhiambo"))
    load(carried, visit(1, "Amina Odhiambo", year=2003))
    assert carried.take() is not matcher


def test_what_waits_for_an_editor_is_not_known(world):
    carried = Carried()
    matcher = carried.take()
    item = visit(1, "Amina Odhiambo")
    mapping.propose([(item, mapping.identity(item), [])], matcher)
    carried.keep(matcher, [])
    assert knowledge(matcher) == read_again(matcher)
    load(carried, visit(2, "Amina Odhiambo"))
    assert Member.objects.filter(official__name="Amina Odhiambo", post__title="Prime Minister").count() == 1


def test_a_full_name_that_stayed_as_printed_makes_its_surname_wait_in_later_batches_too(world):
    carried = Carried()
    load(carried, visit(1, "Amina Odhiambo", "Minister", 1980, "minister"))
    matcher = load(carried, visit(2, "Aminah Odhiambo", "Minister", 2001, "minister"))
    assert [one.waiting for one in matcher._people.values() if one.waiting]
    assert knowledge(matcher) == read_again(matcher)
