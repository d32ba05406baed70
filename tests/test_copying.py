"""Rows by COPY: as INSERT would write them."""

import pghistory
import pytest
from django.db import DataError, IntegrityError, transaction

from visits.models import Candidate, Citation, ImportRun, Official, Source, TopicLink, Visit
from visits.models.copying import copy_objects, copy_rows
from visits.record import uid_for

pytestmark = pytest.mark.django_db
AWKWARD = 'a\tb\\N\n"c", \\. — é'


def official(name, **values):
    return {"uid": uid_for("test", name), "name": name, "key": name.casefold(), **values}


def test_rows_get_ids_in_order_and_defaults_for_what_they_do_not_name():
    ids = copy_rows(Official, [official("One", wikidata="Q1"), official("Two")])
    rows = Official.objects.filter(pk__in=ids).order_by("pk")
    assert list(rows.values_list("pk", "name", "wikidata", "locked_fields", "country")) == [
        (ids[0], "One", "Q1", [], None), (ids[1], "Two", "", [], None),
    ]  # fmt: skip
    assert rows[0].created_at is not None


def test_a_row_keeps_the_id_that_it_has():
    assert copy_rows(Official, [official("One", id=7_000_000), official("Two")])[0] == 7_000_000


def test_awkward_text_arrives_as_it_is_also_within_json():
    source = Source.objects.create(title=AWKWARD)
    person = Official.objects.create(**official("One"))
    (pk,) = copy_rows(Citation, [{"source_id": source.pk, "official_id": person.pk, "row": {AWKWARD: AWKWARD}}])
    (number,) = copy_rows(Official, [official(AWKWARD)])
    assert Citation.objects.get(pk=pk).row == {AWKWARD: AWKWARD}
    assert Official.objects.get(pk=number).name == AWKWARD


def test_nothing_makes_no_rows():
    assert copy_rows(Official, []) == []


def test_errors_are_those_of_django():
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(Official, [official("One"), official("One")])
    with pytest.raises(DataError), transaction.atomic():
        copy_rows(Official, [official("x" * 301)])


def test_history_knows_who_copied_and_why():
    with pghistory.context(run=5, reason="load"):
        ids = copy_rows(Official, [official("One"), official("Two")])
    events = Official.events.rel.related_model.objects.filter(pgh_obj__in=ids).order_by("pgh_id")
    assert list(events.values_list("name", "pgh_label", "pgh_context__metadata")) == [
        ("One", "insert", {"run": 5, "reason": "load"}), ("Two", "insert", {"run": 5, "reason": "load"}),
    ]  # fmt: skip


def test_objects_get_their_ids():
    run = ImportRun.objects.create()
    made = [Candidate(run=run, key=uid_for("test", str(n)), action="create", raw=[{"n": str(n)}]) for n in range(2)]
    copy_objects(made)
    assert list(Candidate.objects.order_by("pk").values_list("pk", "raw")) == [(one.pk, one.raw) for one in made]


def test_the_database_fills_its_own_columns(world):
    (pk,) = copy_rows(
        Visit,
        [{"uid": uid_for("test", "visit"), "start": "2024-01", "guest_country_id": "TM", "host_country_id": "JP"}],
    )
    visit = Visit.objects.get(pk=pk)
    assert (str(visit.earliest), str(visit.latest), visit.state) == ("2024-01-01", "2024-01-31", "draft")
    assert copy_rows(TopicLink, [{"visit_id": pk, "as_printed": "gas"}])
