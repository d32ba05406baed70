"""A solved year is taken by an editor, with the derivation as its reason, never by itself."""

import pytest
from django.urls import reverse

from tests.world import make_meeting, make_official, make_undated_visit
from visits import dating, history
from visits.models import Citation


@pytest.fixture
def visit(db):
    return make_undated_visit()


def test_nothing_is_stored_by_itself(client, visit):
    client.get(visit.get_absolute_url())
    visit.refresh_from_db()
    assert (visit.start, visit.earliest) == ("XXXX-01-22", None)


def test_taking_it_dates_the_visit_and_its_meetings_and_keeps_why(visit, editor):
    talks = make_meeting("XXXX-01-23", visits=[visit])
    other = make_meeting("XXXX-05-01", visits=[visit])
    dating.take(visit, 2024, user=editor, reason="As the list of cabinets says")
    for record in (visit, talks, other):
        record.refresh_from_db()
    assert (visit.start, visit.end, talks.date, other.date) == ("2024-01-22", "2024-01-23", "2024-01-23", "XXXX-05-01")
    assert {"start", "end"} <= set(visit.locked_fields)
    reason = next(entry.reason for entry in history.of(visit) if entry.reason)
    assert reason.startswith("As the list of cabinets says\nYear solved: 2024\nAina Orazowa was Foreign Minister")


def test_the_evidence_of_the_tenures_is_evidence_of_the_day(visit, editor):
    dating.take(visit, 2024, user=editor)
    taken = Citation.objects.get(visit=visit)
    assert (taken.field, taken.exact, taken.rule) == ("start", "Mori becomes minister", "solved-from-tenures")


def test_a_year_that_is_not_the_only_one_any_more_is_refused(visit, editor):
    make_official("Ken Mori", "JP").tenures.update(end="2026")
    with pytest.raises(dating.NotSolved, match="2024, 2025 or 2026"):
        dating.take(visit, 2024, user=editor)


def test_the_desk_proposes_it_and_a_click_takes_it(client, visit, editor):
    client.force_login(editor)
    form = client.get(reverse("admin:visits_visit_change", args=[visit.pk])).content.decode()
    assert "The year is probably 2024" in form
    client.post(reverse("admin:visits_visit_year", args=[visit.pk]), {"year": "2024"})
    visit.refresh_from_db()
    assert visit.start == "2024-01-22"


@pytest.mark.parametrize("year", ["", "x", "２０２４", "99999", "2023"])
def test_a_strange_year_changes_nothing(client, visit, editor, year):
    client.force_login(editor)
    client.post(reverse("admin:visits_visit_year", args=[visit.pk]), {"year": year})
    visit.refresh_from_db()
    assert visit.start == "XXXX-01-22"


def test_who_may_not_edit_may_not_take_it(client, visit, reviewer):
    client.force_login(reviewer)
    assert client.post(reverse("admin:visits_visit_year", args=[visit.pk]), {"year": "2024"}).status_code == 403
