"""The pages of the review desk: what they show, what each step gives back, and what comes of it. Without JavaScript."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from tests.test_corrections import STORY, load
from tests.world import make_country, make_official, make_user, make_visit
from visits import access
from visits.models import Candidate, Judgement, Official, ReadValue, Visit
from visits.review import drafts, queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def elena(db):
    access.ensure_groups()
    for code in ("NO", "CL", "TM", "JP"):
        make_country(code)
    return make_user("elena", group="Editor", is_staff=True)


@pytest.fixture
def desk(client: Client, elena) -> Client:
    client.force_login(elena)
    return client


@pytest.fixture
def other(elena) -> Client:
    client = Client()
    client.force_login(make_user("rashid", group="Editor", is_staff=True))
    return client


def url(candidate: Candidate, step: str = "change") -> str:
    return reverse(f"admin:visits_candidate_{step}", args=[candidate.pk])


def page(desk: Client, candidate: Candidate) -> Any:
    answer = desk.get(url(candidate))
    assert answer.status_code == 200
    return html.fromstring(answer.content)


def sent(tree: Any, **changes: Any) -> dict[str, Any]:
    """What a browser without JavaScript sends of the form; None leaves a name out, `take` minus what is dropped."""
    (form,) = tree.xpath('//form[@id="desk-form"]')
    data: dict[str, Any] = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value)
    dropped = changes.pop("drop", ())
    data["take"] = [one for one in data.get("take", ()) if one not in dropped]
    return {**data, **changes}


def unit(tree: Any, name: str) -> Any:
    (found,) = tree.xpath(f'//*[@data-unit="{name}"]')
    return found


def words(element: Any) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


# the page


def test_a_field_and_its_words_name_each_other_by_number(desk):
    tree = page(desk, load())
    (number,) = unit(tree, ":start").get("data-marks").split()
    (mark,) = [one for one in tree.xpath("//mark") if number in one.get("data-marks").split()]
    assert mark.text == "4 March 2024"
    assert mark.xpath("a/@href") == [f"#fact-{number}"]
    assert tree.xpath(f'//*[@id="fact-{number}"]/@href') == [f"#mark-{number}"]


def test_what_the_reader_was_not_sure_of_is_not_taken(desk):
    candidate = load(STORY.replace("green hydrogen", "a bridge of glass"))
    tree = page(desk, candidate)
    sure = {one.get("data-unit"): int(one.get("data-sure")) for one in tree.xpath("//*[@data-sure]")}
    ticks = {one.get("value"): one.get("checked") is not None for one in tree.xpath('//input[@name="take"]')}
    assert {name: ticks[name] for name in sure} == {name: value >= 50 for name, value in sure.items()}
    assert min(sure.values()) < 50 <= max(sure.values())


def test_doubts_are_on_top_and_lead_to_the_person(desk):
    make_visit("NO", "CL", "2014-05-01", head="Ola Berg", rank="head-of-government", post="Prime Minister")
    make_visit("NO", "CL", "2014-06-01", head="Ole Berg", rank="head-of-government", post="Prime Minister")
    tree = page(desk, load(STORY.replace("Ola Berg", "Berg")))
    (link,) = tree.xpath('//ul[@class="desk-doubts"]/li/a')
    assert link.get("href") == "#unit-delegations-0-members-0"
    choices = [words(one) for one in unit(tree, "/delegations/0/members/0").xpath(".//fieldset//label")]
    assert [re.sub(r" same country.*", "", one) for one in choices[:3]] == [
        "1 decide later: it stays as printed, with a doubt", "2 Ola Berg, Country NO", "3 Ole Berg, Country NO"
    ]  # fmt: skip
    assert [one.split(" ", 1)[1] for one in choices[3:5]] == ["somebody new", "leave as printed"]


def test_a_known_visit_that_it_may_tell_of_is_shown_with_its_reasons(desk):
    known = make_visit("NO", "CL", "2024-03-04", head="Ola Berg", rank="head-of-government", post="Prime Minister")
    tree = page(desk, load())
    (section,) = tree.xpath('//section[@aria-labelledby="account-title"]')
    assert section.xpath(".//strong/a/@href") == [reverse("admin:visits_visit_change", args=[known.pk])]


def test_a_list_that_is_too_long_for_a_form_is_decided_as_a_whole(desk, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_FIELDS", 50)
    candidate = load()
    tree = page(desk, candidate)
    assert tree.xpath("//*[@data-unit]") == []
    desk.post(url(candidate, "accept"), sent(tree))
    assert Visit.objects.get().start == "2024-03-04"


def test_the_queue_says_its_order_and_how_far_it_is(desk):
    load()
    text = desk.get(reverse("admin:visits_candidate_changelist"), {"state__exact": "pending"}).content.decode()
    assert "0 of 1 done today, 0 by you." in text
    assert "a head of state or government: 20" in text


# settling


def test_what_is_taken_is_written_in_one_step_and_the_next_comes_up(desk):
    candidate, following = load(), load(STORY.replace("Berg", "Dahl"), "b.txt")
    tree = page(desk, candidate)
    dropped = [one.get("data-unit") for one in tree.xpath('//*[starts-with(@data-unit, "/outcomes/")]')]
    answer = desk.post(url(candidate, "accept"), sent(tree, drop=dropped, **{"f::start": "2024-03-05"}))
    assert answer.url == url(following)
    visit = Visit.objects.get()
    assert (visit.start, visit.state, visit.outcomes.count()) == ("2024-03-05", "in-review", 0)
    fates = dict(ReadValue.objects.filter(field__in=("start", "outcomes", "host")).values_list("field", "fate"))
    assert fates == {"start": "mended", "outcomes": "removed", "host": "kept"}
    following.refresh_from_db()
    assert following.claimed_by.username == "elena"


def test_an_untouched_form_keeps_the_record_as_it_was_read(desk):
    candidate = load(STORY)
    before = candidate.record
    tree = page(desk, candidate)
    everything = [one.get("value") for one in tree.xpath('//input[@name="take"]')]
    desk.post(url(candidate, "accept"), sent(tree) | {"take": everything})
    candidate.refresh_from_db()
    assert (candidate.record, Judgement.objects.get().detail) == (before, {})


def test_one_of_those_who_may_be_meant_is_chosen(desk):
    make_visit("NO", "CL", "2014-05-01", head="Ola Berg", rank="head-of-government", post="Prime Minister")
    make_visit("NO", "CL", "2014-06-01", head="Ole Berg", rank="head-of-government", post="Prime Minister")
    ole, candidate = Official.objects.get(name="Ole Berg"), load(STORY.replace("Ola Berg", "Berg"))
    desk.post(url(candidate, "accept"), sent(page(desk, candidate), **{"who:/delegations/0/members/0": str(ole.pk)}))
    member = Visit.objects.get(start="2024-03-04").delegations.get().members.get()
    assert (member.official, member.name_as_printed, member.doubts.count()) == (ole, "Berg", 0)


def test_what_cannot_be_is_told_at_its_field_and_nothing_is_lost(desk):
    candidate = load()
    typed = {"f::start": "the fourth", "f:/topics/0:as_printed": "tides", "reason": ""}
    answer = desk.post(url(candidate, "accept"), sent(page(desk, candidate), drop=["/outcomes/0"], **typed))
    tree = html.fromstring(answer.content)
    (field,) = tree.xpath('//input[@name="f::start"]')
    assert (answer.status_code, field.get("value"), field.get("aria-invalid")) == (422, "the fourth", "true")
    assert words(tree.xpath(f'//*[@id="{field.get("aria-describedby")}"]')[0]) != ""
    assert tree.xpath('//input[@name="f:/topics/0:as_printed"]/@value') == ["tides"]
    assert tree.xpath('//input[@name="take"][@value="/outcomes/0"]/@checked') == []
    assert Visit.objects.count() == 0


def test_what_the_rule_book_refuses_is_told_beside_the_form(desk):
    candidate = load()
    typed = {"f:/delegations/0/members/0:official": "Ola​Berg 🎉"}
    answer = desk.post(url(candidate, "accept"), sent(page(desk, candidate), **typed))
    assert (answer.status_code, Visit.objects.count()) == (422, 0)
    assert html.fromstring(answer.content).xpath('//*[@role="alert"]//li')


# the steps in between, without JavaScript


def step(desk: Client, candidate: Candidate, tree: Any, name: str, **changes: Any) -> Any:
    answer = desk.post(url(candidate, "draft"), sent(tree, step=name, **changes))
    assert answer.status_code == 200
    return html.fromstring(answer.content)


def test_a_part_is_added_typed_and_cited(desk):
    candidate = load()
    tree = step(desk, candidate, page(desk, candidate), "add:/topics", **{"f::end": "2024-03-05"})
    (new,) = tree.xpath('//input[@name="added"]/@value')
    typed = {f"f:{new}:as_printed": "ports", f"quote:{new}:topic": "forum of ports"}
    desk.post(url(candidate, "accept"), sent(tree, **typed))
    visit = Visit.objects.get()
    link = visit.topic_links.get(as_printed="ports")
    assert (visit.end, link.citations.get().exact) == ("2024-03-05", "forum of ports")


def test_an_official_is_looked_for_and_taken(desk):
    lund = make_official("Kari Lund", "NO")
    candidate = load()
    path = "/delegations/0/members/0"
    tree = step(desk, candidate, page(desk, candidate), f"find:{path}", **{f"q:{path}": "lund"})
    (choice,) = [one for one in unit(tree, path).xpath(".//fieldset//label") if "Kari Lund" in words(one)]
    value = choice.xpath("input/@value")[0]
    again = step(desk, candidate, tree, "look", **{f"who:{path}": value})
    assert unit(again, path).xpath(".//input[@type='radio'][@checked]/@value") == [str(lund.pk)]
    desk.post(url(candidate, "accept"), sent(again))
    assert Visit.objects.get().delegations.get().members.get().official == lund


def test_values_are_taken_by_their_confidence(desk):
    candidate = load()
    taken = {}
    for least in ("0", "85"):
        tree = step(desk, candidate, page(desk, candidate), "least", least=least)
        taken[least] = {
            int(one.getparent().getparent().get("data-sure", 100))
            for one in tree.xpath("//input[@name='take'][@checked]")
        }
        assert tree.xpath('//input[@name="least"]/@value') == [least]
    assert min(taken["0"]) < 85 <= min(taken["85"])


def test_a_step_by_htmx_gives_the_work_alone(desk):
    candidate = load()
    answer = desk.post(
        url(candidate, "draft"), sent(page(desk, candidate), step="look"), headers={"HX-Request": "true"}
    )
    assert answer.content.strip().startswith(b'<div id="desk-work">')


# who is at it


def test_who_opens_one_has_it_and_others_are_told(desk, other):
    candidate = load()
    page(desk, candidate)
    tree = page(other, candidate)
    assert "elena is at it until" in words(tree)
    assert tree.xpath("//*[@data-unit]") == []
    assert "elena" in other.get(reverse("admin:visits_candidate_changelist") + "?state__exact=pending").content.decode()
    other.post(url(candidate, "accept"), {"reason": ""})
    assert Visit.objects.count() == 0


def test_a_look_ahead_of_a_browser_claims_nothing(desk):
    candidate = load()
    desk.get(url(candidate), headers={"Sec-Purpose": "prefetch"})
    candidate.refresh_from_db()
    assert candidate.claimed_by is None


def test_what_is_left_is_free_and_what_is_held_stays(desk, other):
    candidate = load()
    page(desk, candidate)
    assert desk.post(url(candidate, "hold")).status_code == 204
    assert other.post(url(candidate, "hold")).status_code == 409
    assert desk.post(url(candidate, "leave")).status_code == 302
    assert other.post(reverse("admin:visits_candidate_next")).url == url(candidate)
    assert desk.post(reverse("admin:visits_candidate_next")).url == reverse("admin:visits_candidate_changelist")


def test_a_step_of_somebody_who_has_lost_it_leads_to_who_has_it(desk, other):
    candidate = load()
    tree = page(desk, candidate)
    queue.release(candidate.__class__.objects.get(pk=candidate.pk).claimed_by)
    page(other, candidate)
    answer = desk.post(url(candidate, "draft"), sent(tree, step="look"), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == url(candidate)


@pytest.mark.parametrize("name", ["accept", "reject", "draft", "hold", "leave"])
def test_only_editors_decide_and_no_step_is_a_link(client, elena, name):
    candidate = load()
    client.force_login(make_user("rita", group="Reviewer", is_staff=True))
    assert client.post(url(candidate, name)).status_code == 403
    client.force_login(elena)
    assert client.get(url(candidate, name)).status_code == 403


def test_a_reviewer_reads_and_claims_nothing(client, elena):
    candidate = load()
    client.force_login(make_user("rita", group="Reviewer", is_staff=True))
    assert page(client, candidate).xpath("//*[@data-unit] | //form[@id='desk-form']") == []
    candidate.refresh_from_db()
    assert candidate.claimed_by is None


# queries


def queries(desk: Client, where: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert desk.get(where).status_code == 200
    return len(found)


def told(topics: int) -> Candidate:
    """A candidate with as many topics, people met and outcomes."""
    phrases = ["They discussed green hydrogen.", "They discussed solar energy.", "They discussed wind power."]
    people = [
        "Luis Vega, the President of Chile",
        "Eva Soto, the Minister of Ports of Chile",
        "Juan Rey, the Minister of Trade of Chile",
    ]
    met = " ".join(f"He met with {one}." for one in people[:topics])
    return load(
        f"Norwegian Prime Minister Ola Berg visited Chile on 4 March 2024.\n\n{met} {' '.join(phrases[:topics])}",
        f"{topics}.txt",
    )


def test_a_page_takes_as_many_queries_with_one_value_as_with_three(desk):
    counts = {}
    for number in (1, 3):
        candidate = told(number)
        page(desk, candidate)
        counts[number] = queries(desk, url(candidate))
    # session, user, permissions (2); the claim in a savepoint (6); the candidate; codes of countries; progress (2);
    # matching (24); known visits that it may tell of, with what was judged of them (3); names of countries, topics and
    # dialogues (3), then judgements
    assert counts == {1: 45, 3: 45}


def test_the_queue_takes_as_many_queries_with_one_as_with_three(desk):
    where = reverse("admin:visits_candidate_changelist") + "?state__exact=pending"
    load()
    desk.get(where)
    counts = [queries(desk, where)]
    for number in range(2):
        load(STORY.replace("Berg", f"Berg{'ab' * (number + 1)}"), f"{number}.txt")
    counts.append(queries(desk, where))
    # session, user, its permissions and its groups', progress (2), count, rows
    assert counts == [8, 8]
