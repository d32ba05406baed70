"""A second story about a known visit proposes more citations and the difference to it, and never a second visit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests import stories
from tests.stories import GUEST, HOST, OTHER_HEAD, THIRD, accepted, load, proposed
from tests.world import make_user, make_visit
from visits import dates, edit, loads, mapping, record
from visits.mapping import accounts as rules
from visits.matching import Matcher
from visits.models import Candidate, Citation, Judgement, Member, TopicLink, Visit
from visits.review import accounts, decide, undo

pytestmark = pytest.mark.django_db

LONGER = HOST.replace("4-5 March 2024", "4-6 March 2024")


@pytest.fixture
def elena(db):
    stories.make_places()
    return make_user("elena", is_staff=True)


@pytest.fixture
def known(elena) -> Visit:
    visit = accepted(GUEST, elena).visit
    assert visit is not None
    return visit


def said(candidate: Candidate) -> dict[str, str]:
    """What a waiting story says of the visit's own fields and of its topics."""
    found = accounts.comparison(candidate)
    assert found is not None
    lines = [line for line in found.lines if line.path.startswith("/topics") or not line.path]
    return {line.field or line.told: line.verdict for line in lines}


def content(visit: Visit) -> list:
    """All that the visit and its parts hold, and its evidence."""
    rows = [list(Visit.objects.values_list("pk", "start", "end", "kind", "status", "summary"))]
    rows += [sorted(model.objects.values_list("pk")) for model in (Member, TopicLink, Citation)]
    return rows


# proposing


def test_a_second_story_is_compared_with_the_visit_that_is_known(known):
    candidate = proposed(HOST)
    assert (candidate.action, candidate.visit, candidate.state) == ("change", known, "pending")
    assert candidate.key != known.uid
    (fit,) = accounts.comparison(candidate).fits
    assert fit["reasons"] == [
        "the same guest and host",
        "days that agree (4–5 March 2024)",
        "the head in common (Ola Berg)",
        "a counterpart in common (Luis Vega)",
    ]
    assert said(candidate) == {
        "start": "agrees",
        "end": "agrees",
        "status": "agrees",
        "guest_country": "agrees",
        "host_country": "agrees",
        "Hydrogen": "agrees",
        "Education": "adds",
    }
    assert Visit.objects.count() == 1


def test_accepted_it_gives_second_citations_and_what_it_adds(known, elena):
    candidate = accepted(HOST, elena)
    assert Visit.objects.get() == candidate.visit == known
    assert known.citations.filter(field="start").count() == 2
    topics = {link.topic.slug: link.citations.filter(field="topic").count() for link in known.topic_links.all()}
    assert topics == {"hydrogen": 2, "oceans": 1, "education": 1}
    assert Member.objects.get().citations.filter(field="head").count() == 2
    assert known.meetings.get().participants.get().citations.filter(field="name_as_printed").count() == 2


@pytest.mark.parametrize("when", ["waiting", "accepted", "rejected"])
def test_loading_it_again_changes_nothing(known, elena, when):
    candidate = proposed(HOST)
    if when == "accepted":
        decide.accept(candidate, elena)
    elif when == "rejected":
        decide.reject(candidate, elena)
    before = content(known)
    for text in (HOST, GUEST):
        assert load(text).unchanged == 1
    assert content(known) == before


def test_undo_takes_back_its_citations_and_additions_alone(known, elena):
    before = content(known)
    run = accepted(HOST, elena).run
    assert content(known) != before
    undo.undo(run, elena)
    assert content(known) == before
    assert proposed(HOST).visit == known


def test_the_first_load_stays_while_the_second_rests_on_it(known, elena):
    accepted(HOST, elena)
    undo.undo(Candidate.objects.order_by("pk")[0].run, elena)
    assert Visit.objects.filter(pk=known.pk).exists()


def test_a_first_load_that_is_taken_back_leaves_the_second_story_a_visit_of_its_own(known, elena):
    candidate = proposed(HOST)
    undo.undo(Candidate.objects.order_by("pk")[0].run, elena)
    candidate.refresh_from_db()
    assert (candidate.action, candidate.visit) == ("create", None)
    decide.accept(candidate, elena)
    assert Visit.objects.get().topic_links.count() == 2


def test_two_topics_in_one_phrase_stay_two(known, elena):
    accepted(HOST, elena)
    found = said(proposed(HOST.replace("in Santiago", "in the capital")))
    assert (found["Hydrogen"], found["Education"]) == ("agrees", "agrees")


# contradictions, locks, what is missing


def test_what_contradicts_waits_and_is_no_evidence(known, elena):
    candidate = proposed(LONGER)
    assert said(candidate)["end"] == "contradicts"
    decide.accept(candidate, elena)
    known.refresh_from_db()
    assert (known.end, known.citations.filter(field="end").count()) == ("2024-03-05", 1)
    assert known.citations.filter(field="start").count() == 2


def test_an_editor_may_take_a_value_that_contradicts(known, elena):
    candidate = proposed(LONGER)
    (line,) = [line for line in accounts.comparison(candidate).lines if line.verdict == "contradicts"]
    assert (line.known, line.told, line.quotes) == ("5 March 2024", "6 March 2024", ["4-6 March 2024"])
    decide.accept(candidate, elena, take=[line.name])
    known.refresh_from_db()
    assert (known.end, known.citations.filter(field="end").count()) == ("2024-03-06", 2)


def test_a_field_that_was_edited_by_hand_stays(known, elena):
    edit.apply(known, {"end": ""}, user=elena)
    candidate = proposed(HOST)
    (line,) = [line for line in accounts.comparison(candidate).lines if line.field == "end"]
    assert (line.verdict, line.locked) == ("adds", True)
    decide.accept(candidate, elena)
    known.refresh_from_db()
    assert known.end == ""
    assert known.citations.filter(field="end").count() == 1  # of the first story


def test_what_a_story_does_not_say_erases_nothing(known, elena):
    candidate = accepted(THIRD, elena)
    known.refresh_from_db()
    assert (candidate.visit, known.end) == (known, "2024-03-05")
    assert {link.topic.slug for link in known.topic_links.all()} == {"hydrogen", "oceans", "trade"}


def test_a_trusted_load_adds_and_leaves_contradictions_to_an_editor(known):
    candidate = load(LONGER, trust=True).candidates.get()
    known.refresh_from_db()
    assert (candidate.state, candidate.reasons[0]["rule"]) == ("pending", "contradiction")
    assert (known.end, known.citations.filter(field="start").count()) == ("2024-03-05", 2)


# which visit


def test_without_people_in_common_it_is_asked_and_not_accepted(known, elena):
    candidate = proposed(OTHER_HEAD)
    assert (candidate.action, [one["code"] for one in candidate.doubts]) == ("create", ["known-visit"])
    with pytest.raises(decide.DecisionRefused, match="Say first which visit it tells of"):
        decide.accept(candidate, elena)


def test_no_another_visit_is_kept_and_never_asked_again(known, elena):
    candidate = proposed(OTHER_HEAD)
    accounts.say_other(candidate, elena, "another minister")
    candidate.refresh_from_db()
    assert (candidate.action, candidate.doubts, candidate.state) == ("create", [], "pending")
    assert load(OTHER_HEAD).unchanged == 1
    decide.accept(candidate, elena)
    assert Visit.objects.count() == 2
    undo.undo(candidate.run, elena)
    assert proposed(OTHER_HEAD).doubts == []


def test_no_another_visit_may_be_said_of_a_certain_one(known, elena):
    candidate = proposed(HOST)
    accounts.say_other(candidate, elena)
    decide.accept(candidate, elena)
    assert Visit.objects.count() == 2
    judgement = Judgement.objects.get(kind="different")
    assert (judgement.user, judgement.candidate, judgement.detail) == (elena, candidate, {"account": [known.pk]})


def test_yes_that_one_makes_it_an_account_of_it(known, elena):
    candidate = proposed(OTHER_HEAD)
    accounts.say_same(candidate, known, elena)
    candidate.refresh_from_db()
    assert (candidate.action, candidate.visit, candidate.doubts) == ("change", known, [])
    decide.accept(candidate, elena)
    assert Visit.objects.count() == 1
    assert [member.display_name for member in Member.objects.filter(head=True)] == ["Ola Berg"]
    assert {line["field"] for line in candidate.difference if line.get("conflict")} == {"head"}


def test_two_visits_that_fit_are_a_question(known, elena):
    twin = make_visit("NO", "CL", "2024-03-04", "2024-03-05")
    Member.objects.create(delegation=_delegation(twin), head=True, name_as_printed="Ola Berg")
    candidate = proposed(HOST)
    assert [one["certain"] for one in accounts.comparison(candidate).fits] == [True, True]
    assert (candidate.action, candidate.visit) == ("create", None)
    accounts.say_same(candidate, twin, elena)
    candidate.refresh_from_db()
    assert candidate.visit == twin


def _delegation(visit):
    return visit.delegations.create(sender_country=visit.guest_country)


def test_a_day_without_a_year_fits_by_its_people(known):
    candidate = proposed(THIRD, published="")
    assert candidate.record["start"] == "XXXX-03-04"
    assert candidate.visit == known
    assert said(candidate)["start"] == "agrees"


def test_a_story_of_another_year_is_another_visit(known):
    assert proposed(THIRD, published="2019-03-06").visit is None


def test_stories_that_wait_are_compared_anew_when_the_first_is_accepted(elena):
    first, second = proposed(GUEST), proposed(HOST)
    assert second.action == "create"
    decide.accept(first, elena)
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.action, second.visit) == ("change", first.visit)


def test_stories_of_one_trusted_load_become_one_visit(elena):
    files = [(f"{number}.txt", text.encode()) for number, text in enumerate((GUEST, HOST))]
    run = loads.run_load(loads.create_run(files, user=elena, trust=True).pk)
    assert (run.created, run.changed) == (1, 1)
    assert Visit.objects.get().citations.filter(field="start").count() == 2


def test_a_row_with_an_id_of_its_own_stays_a_record_of_its_own(known, elena):
    table = b"external_id,guest,host,start,end,head\nlist:1,NO,CL,2024-03-04,2024-03-05,Ola Berg\n"
    run = loads.run_load(loads.create_run([("visits.csv", table)], user=elena).pk)
    assert run.candidates.get().action == "create"


def test_comparing_costs_the_same_whatever_is_said(known, django_assert_num_queries):
    candidates = proposed(HOST), proposed(THIRD)
    for candidate in candidates:
        with django_assert_num_queries(69):
            accounts.comparison(candidate)


def test_matching_costs_the_same_for_one_and_for_three_stories(elena):
    stories_of = {}
    for code in ("NO", "SE", "FI"):
        visit = make_visit(code, "CL", "2024-03-04", head=f"Head {code}")
        member = {"name_as_printed": f"Head {code}", "head": True}
        item = record.VisitData(
            guest={"country": code}, host={"country": "CL"}, start="2024-03-04", sources=[{"text": f"Of {code}."}],
            delegations=[{"sender": {"country": code}, "members": [member]}],
        )  # fmt: skip
        stories_of[mapping.identity(item)] = item, visit
    counts = []
    for some in (list(stories_of)[:1], list(stories_of)):
        with CaptureQueriesContext(connection) as queries:
            found = mapping.propose([(stories_of[key][0], key, []) for key in some], Matcher())
        assert [one.account.visit for one in found] == [stories_of[key][1].pk for key in some]
        counts.append(len(queries))
    assert counts[0] == counts[1]


# the rules alone

DAYS = st.dates(min_value=dates.date(1900, 1, 1), max_value=dates.date(2099, 12, 28))


@given(DAYS)
def test_a_less_precise_date_agrees_and_a_more_precise_one_adds(day):
    exact = day.isoformat()
    for vague in (exact[:7], exact[:4], exact[:3] + "X", "XXXX" + exact[4:], "XXXX" + exact[4:7]):
        assert rules.verdict("start", vague, exact) == "agrees"
        assert rules.verdict("start", exact, vague) == "adds"


@given(DAYS, DAYS)
def test_two_exact_days_agree_only_if_they_are_one(day, other):
    expected = "agrees" if day == other else "contradicts"
    assert rules.verdict("date", day.isoformat(), other.isoformat()) == expected


@given(DAYS, st.integers(0, 20), DAYS, st.integers(0, 20))
def test_whether_days_fit_does_not_depend_on_which_is_known(first, length, second, other_length):
    one = first.isoformat(), (first + dates.date.resolution * length).isoformat()
    other = second.isoformat(), (second + dates.date.resolution * other_length).isoformat()
    assert rules.days_fit(one, other, "") == rules.days_fit(other, one, "")
    assert rules.days_fit(one, one, "") == "same"
