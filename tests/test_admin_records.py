"""Entering and changing records at the desk: locks, two editors at once, evidence, heads, steps, history."""

from typing import Any

import pytest
from django.urls import reverse
from lxml import html

from tests.world import cite, make_country, make_official, make_post, make_source, make_topic, make_user, make_visit
from visits import access
from visits.models import Citation, Meeting, Member, Official, RetiredId, Source, Visit
from visits.review.quotes import find_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    access.ensure_groups()
    client.force_login(make_user("elena", group="Editor", is_staff=True))
    return client


@pytest.fixture
def visit(db):
    return make_visit(state="draft", head="Aina Orazowa", members=["Merdan Gurbanow"], topics=["hydrogen"])


def form_of(client, url: str) -> dict[str, Any]:
    """What a browser would send from the form of a page, untouched."""
    page = html.fromstring(client.get(url).content)
    form = next(form for form in page.forms if str(form.get("id", "")).endswith("_form"))
    return {name: value for name, value in form.form_values() if "__prefix__" not in name}


def change_url(record) -> str:
    return reverse(f"admin:visits_{record._meta.model_name}_change", args=[record.pk])


# saving


def test_an_untouched_form_changes_and_locks_nothing(desk, visit):
    before = visit.events.count()
    assert desk.post(change_url(visit), form_of(desk, change_url(visit))).status_code == 302
    visit.refresh_from_db()
    assert (visit.locked_fields, visit.events.count(), Member.objects.filter(locked_fields=[]).count()) == (
        [],
        before,
        2,
    )


def test_what_the_editor_changed_is_locked_in_its_row(desk, visit):
    data = form_of(desk, change_url(visit)) | {"kind": "state", "delegations-0-members-1-post_as_printed": "Envoy"}
    desk.post(change_url(visit), data | {"reason": "the programme"})
    visit.refresh_from_db()
    envoy = Member.objects.get(post_as_printed="Envoy")
    assert (visit.locked_fields, envoy.locked_fields) == (["kind"], ["post_as_printed"])
    assert visit.events.order_by("pgh_id").last().pgh_context.metadata["reason"] == "the programme"


def test_a_removed_member_locks_the_list(desk, visit):
    data = form_of(desk, change_url(visit)) | {"delegations-0-members-1-DELETE": "on"}
    desk.post(change_url(visit), data)
    assert (Member.objects.count(), visit.delegations.get().locked_fields) == (1, ["members"])


def test_the_head_can_change_in_one_save(desk, visit):
    data = form_of(desk, change_url(visit))
    data.pop("delegations-0-members-0-head")
    assert desk.post(change_url(visit), data | {"delegations-0-members-1-head": "on"}).status_code == 302
    assert Member.objects.get(head=True).official.name == "Merdan Gurbanow"


def test_two_heads_are_refused(desk, visit):
    data = form_of(desk, change_url(visit)) | {"delegations-0-members-1-head": "on"}
    assert "one head" in desk.post(change_url(visit), data).content.decode()
    assert Member.objects.filter(head=True).count() == 1


def test_a_guest_is_a_country_or_an_organization(desk, visit):
    data = form_of(desk, change_url(visit)) | {"guest_country": ""}
    assert "Choose a country or an organization." in desk.post(change_url(visit), data).content.decode()


def test_a_wrong_date_is_named(desk, visit):
    data = form_of(desk, change_url(visit)) | {"start": "22.1.2024"}
    assert "is no date" in desk.post(change_url(visit), data).content.decode()


def test_an_end_before_the_start_is_named(desk, visit):
    data = form_of(desk, change_url(visit)) | {"end": "2023-01-01"}
    assert "It ends before it starts." in desk.post(change_url(visit), data).content.decode()


def test_a_name_gets_its_key(desk):
    url = reverse("admin:visits_official_add")
    data = form_of(desk, url) | {"name": "Raşit Meredow", "other_names-TOTAL_FORMS": "1"}
    data |= {"other_names-0-text": "Рашид Мередов", "other_names-0-kind": "spelling", "other_names-0-language": "ru"}
    assert desk.post(url, data).status_code == 302
    official = Official.objects.get()
    assert (official.key, official.other_names.get().key) == ("rasit meredow", "rashid meredov")


def test_a_deleted_record_keeps_its_id(desk, visit):
    desk.post(reverse("admin:visits_visit_delete", args=[visit.pk]), {"post": "yes"})
    assert RetiredId.objects.filter(kind="visit", record_id=visit.pk).exists()


# two editors


def test_a_second_editor_is_told_what_the_first_changed(desk, client, visit):
    url = change_url(visit)
    first, second = form_of(desk, url), form_of(desk, url)
    desk.post(url, first | {"kind": "state", "reason": "seen on the programme"})
    answer = desk.post(url, second | {"summary": "My own words"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Somebody changed this record after you opened it" in text
    assert all(words in text for words in ("elena", "State visit", "seen on the programme", "My own words"))
    visit.refresh_from_db()
    assert (visit.kind, visit.summary) == ("state", "")


def test_told_once_the_second_editor_may_save(desk, visit):
    url = change_url(visit)
    first, second = form_of(desk, url), form_of(desk, url) | {"summary": "My own words"}
    desk.post(url, first | {"kind": "state"})
    page = html.fromstring(desk.post(url, second).content)
    seen = page.xpath("//input[@name='seen']/@value")[0]
    assert desk.post(url, second | {"seen": seen}).status_code == 302
    assert Visit.objects.get(pk=visit.pk).summary == "My own words"


def test_a_change_in_a_part_is_told_too(desk, visit):
    data = form_of(desk, change_url(visit))
    Member.objects.filter(head=True).update(post_as_printed="Prime Minister")
    assert "Prime Minister" in desk.post(change_url(visit), data | {"kind": "state"}).content.decode()


def test_a_form_without_a_mark_is_not_trusted(desk, visit):
    data = form_of(desk, change_url(visit)) | {"seen": "", "kind": "state"}
    assert desk.post(change_url(visit), data).status_code == 200


# evidence


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("She came on Monday.", "on Monday", (9, 18, 1)),
        ("She came\non  Monday.", "came on Monday", (4, 19, 1)),
        ("on and on", "on", (0, 2, 2)),
        ("Ёлка — 🎄 here", "here", (9, 13, 1)),
        ("She came.", "he left", None),
        ("She came.", "  ", None),
    ],
)
def test_a_quote_is_found_by_its_words(text, quote, expected):
    place = find_quote(text, quote)
    assert (place and (place.start, place.end, place.times)) == expected


def cite_by_form(desk, visit, source, quote, supports=""):
    data = form_of(desk, change_url(visit)) | {
        "citations-TOTAL_FORMS": "1",
        "citations-0-source": str(source.pk),
        "citations-0-exact": quote,
        "citations-0-supports": supports or f"visit.{visit.pk}",
    }
    return desk.post(change_url(visit), data, follow=True)


def test_the_place_of_a_quote_is_kept(desk, visit):
    source = make_source("Aina Orazowa came to Tokyo on 22 January 2024.")
    cite_by_form(desk, visit, source, "22 January 2024", f"visit.{visit.pk}:start")
    citation = Citation.objects.get()
    assert (citation.visit, citation.field, citation.start, citation.end) == (visit, "start", 30, 45)
    assert citation.checked


def test_a_part_of_the_record_is_evidenced(desk, visit):
    member = Member.objects.get(head=True)
    cite_by_form(desk, visit, make_source("Aina Orazowa came."), "Aina Orazowa", f"member.{member.pk}")
    citation = Citation.objects.get()
    assert (citation.member, citation.visit) == (member, None)


def test_a_quote_that_occurs_twice_says_so(desk, visit):
    answer = cite_by_form(desk, visit, make_source("Tokyo, again Tokyo."), "Tokyo")
    assert "stands 2 times" in answer.content.decode()
    assert Citation.objects.get().start == 0


def test_a_source_without_a_text_takes_any_quote(desk, visit):
    cite_by_form(desk, visit, make_source(None), "Aina Orazowa came.")
    assert not Citation.objects.get().checked


def test_citations_of_parts_stay_where_they_point(desk, visit):
    member = Member.objects.get(head=True)
    cite(member, make_source("Aina Orazowa came."), "Aina Orazowa")
    desk.post(change_url(visit), form_of(desk, change_url(visit)) | {"kind": "state", "citations-0-attributed_to": "X"})
    citation = Citation.objects.get()
    assert (citation.member, citation.visit, citation.attributed_to) == (member, None, "X")


def test_evidence_for_somebody_elses_part_is_refused(desk, visit):
    other = make_visit(head="Other Person", state="draft")
    foreign = other.delegations.get().members.get()
    answer = cite_by_form(desk, visit, make_source("Words."), "Words", f"member.{foreign.pk}")
    assert (Citation.objects.count(), b"Select a valid choice" in answer.content) == (0, True)


def test_a_cited_text_is_not_offered_for_editing(desk, visit):
    source = make_source("Tokyo.")
    cite(visit, source, "Tokyo")
    assert "text" not in form_of(desk, change_url(source))


def test_an_uploaded_text_becomes_the_text(desk, tmp_path):
    url = reverse("admin:visits_source_add")
    file = tmp_path / "story.txt"
    file.write_text("Айна Оразова прибыла.", encoding="utf-8")
    with file.open("rb") as upload:
        desk.post(url, form_of(desk, url) | {"title": "A story", "upload": upload})
    source = Source.objects.get()
    assert (source.text, len(source.sha256)) == ("Айна Оразова прибыла.", 64)


# meetings


def test_a_meeting_added_from_a_visit_lies_in_it_and_comes_back(desk, visit):
    url = reverse("admin:visits_meeting_add") + f"?visit={visit.pk}"
    data = form_of(desk, url)
    head = Member.objects.get(head=True)
    data |= {"title": "Talks", "participants-TOTAL_FORMS": "1", "participants-0-member": str(head.pk)}
    answer = desk.post(url, data)
    meeting = Meeting.objects.get()
    person = meeting.participants.get()
    assert (answer.status_code, answer.url) == (302, change_url(visit))
    assert (list(meeting.visits.all()), meeting.date, meeting.venue_country_id) == ([visit], "2024-01-22", "JP")
    assert (person.official, person.side_country_id) == (head.official, "TM")


def test_a_participant_is_on_a_side(desk):
    url = reverse("admin:visits_meeting_add")
    someone = make_official("Ken Mori", "JP")
    data = form_of(desk, url) | {"participants-0-official": str(someone.pk), "title": "Talks"}
    assert "Choose a country or an organization." in desk.post(url, data).content.decode()


# steps and history


def test_save_and_submit(desk, visit):
    desk.post(change_url(visit), form_of(desk, change_url(visit)) | {"_submit": "1", "kind": "state"})
    visit.refresh_from_db()
    assert (visit.state, visit.kind) == ("in-review", "state")


def test_an_editor_cannot_publish_by_the_form(desk, visit):
    desk.post(change_url(visit), form_of(desk, change_url(visit)) | {"_publish": "1"})
    visit.refresh_from_db()
    assert visit.state == "draft"


def test_a_published_record_stays_published_when_an_editor_changes_it(desk):
    visit = make_visit()
    desk.post(change_url(visit), form_of(desk, change_url(visit)) | {"kind": "state"})
    visit.refresh_from_db()
    assert (visit.state, visit.kind) == ("published", "state")


def test_the_history_page_tells_who_what_and_why(desk, visit):
    desk.post(change_url(visit), form_of(desk, change_url(visit)) | {"kind": "state", "reason": "the programme"})
    text = desk.get(reverse("admin:visits_visit_history", args=[visit.pk])).content.decode()
    assert all(words in text for words in ("elena", "the programme", "Kind not stated", "State visit"))


# topics


def test_a_topic_does_not_lie_below_itself(desk):
    below = make_topic("green-hydrogen")
    above = below.parent.parent
    answer = desk.post(change_url(above), form_of(desk, change_url(above)) | {"parent": str(below.pk)})
    assert "A topic cannot lie below itself." in answer.content.decode()


# autocompletes


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("meredow", ["Raşit Meredow (Turkmenistan)", "Meredowa Gül (Turkmenistan)"]),
        ("Мередов", ["Raşit Meredow (Turkmenistan)", "Meredowa Gül (Turkmenistan)"]),
        ("rasit meredow", ["Raşit Meredow (Turkmenistan)"]),
        ("meredov rashid", ["Raşit Meredow (Turkmenistan)"]),
        ("rashit meredof", ["Raşit Meredow (Turkmenistan)"]),
        ("nobody", []),
    ],
)
def test_officials_are_offered_by_any_of_their_names(desk, typed, expected):
    make_country("TM")
    make_official("Raşit Meredow", "TM", other_names=["Rashid Meredov", "Рашид Мередов"])
    make_official("Meredowa Gül", "TM")
    query = {"term": typed, "app_label": "visits", "model_name": "member", "field_name": "official"}
    offered = desk.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [option["text"] for option in offered] == expected


def test_a_country_is_offered_by_its_code_first(desk):
    for code in ("JP", "TM", "US"):
        make_country(code)
    query = {"term": "tm", "app_label": "visits", "model_name": "visit", "field_name": "guest_country"}
    assert desk.get(reverse("admin:autocomplete"), query).json()["results"][0]["id"] == "TM"


# posts held


@pytest.mark.parametrize("where", ["official", "post"])
def test_a_tenure_is_entered_at_the_official_and_at_the_post(desk, where):
    official, post = make_official("Aina Orazowa"), make_post()
    url = change_url({"official": official, "post": post}[where])
    other = {"official": {"tenures-0-post": post.pk}, "post": {"tenures-0-official": official.pk}}[where]
    data = form_of(desk, url) | {"tenures-TOTAL_FORMS": "1", **other, "tenures-0-start": "2021", "tenures-0-end": ""}
    assert desk.post(url, data).status_code == 302
    tenure = official.tenures.get()
    assert (tenure.post, tenure.dates, tenure.locked_fields) == (post, "since 2021", ["start"])


def test_a_tenure_that_ends_before_it_starts_is_refused_at_the_post(desk):
    official, post = make_official("Aina Orazowa"), make_post()
    data = form_of(desk, change_url(post)) | {
        "tenures-TOTAL_FORMS": "1", "tenures-0-official": official.pk, "tenures-0-start": "2021-05",
        "tenures-0-end": "2020",
    }  # fmt: skip
    page = desk.post(change_url(post), data)
    assert (page.status_code, "It ends before it starts." in page.content.decode(), official.tenures.count()) == (
        200,
        True,
        0,
    )
