"""Loads and the review desk: from a pasted text or a file to a record, and back again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.world import make_country, make_source, make_user, make_visit
from visits import access, loads
from visits.admin.proposal_view import layout
from visits.models import Candidate, Doubt, ImportRun, Judgement, Visit

pytestmark = pytest.mark.django_db

CSV = "guest,host,start,end,kind\nTM,JP,2024-01-22,2024-01-23,official\nTM,Atlantis,2024-02-01,,state\n"


@pytest.fixture
def desk(client):
    access.ensure_groups()
    for code in ("TM", "JP"):
        make_country(code)
    client.force_login(make_user("elena", group="Editor", is_staff=True))
    return client


@pytest.fixture
def run(desk):
    """A load of one good and one bad row, done."""
    run = loads.create_run([("visits.csv", CSV.encode())], user=None)
    return loads.run_load(run.pk)


def page(client, name, *args):
    return client.get(reverse(f"admin:{name}", args=args)).content.decode()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("visits_candidate_changelist", "Nothing waits."),
        ("visits_doubt_changelist", "No doubt is open."),
        ("visits_importrun_changelist", "begin with “Load files or an article”"),
        ("visits_feed_changelist", "add the address of one"),
        ("visits_visit_changelist", "add the first"),
    ],
)
def test_an_empty_list_says_what_to_do(desk, name, words):
    assert words in desk.get(reverse(f"admin:{name}"), follow=True).content.decode()


def test_a_list_that_filters_empty_offers_to_take_them_off(desk):
    text = desk.get(reverse("admin:visits_feed_changelist"), {"q": "xqzj"}).content.decode()
    assert ("take filters off" in text, '<a href="?">' in text) == (True, True)


# loads


def test_a_pasted_text_is_queued_once_it_is_stored(desk, queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        text = "The minister of Turkmenistan visited Japan. They spoke."
        answer = desk.post(reverse("admin:visits_importrun_load"), {"text": text, "format": ""})
    run = ImportRun.objects.get()
    assert (answer.url, len(callbacks)) == (reverse("admin:visits_importrun_change", args=[run.pk]), 1)
    assert run.name == "The minister of Turkmenistan visited Japan. They spoke.txt"


def test_several_files_are_one_load(desk, queue):
    files = [SimpleUploadedFile(name, CSV.encode()) for name in ("a.csv", "b.csv")]
    desk.post(reverse("admin:visits_importrun_load"), {"uploads": files, "then": "load"})
    run = ImportRun.objects.get()
    assert (run.name, run.dry_run, run.user.username) == ("a.csv, b.csv", False, "elena")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Choose a file, give an address, or paste a text."),
        ({"url": "ftp://a.example/"}, "Only addresses that begin with http:// or https:// are fetched."),
        ({"uploads": SimpleUploadedFile("x.bin", b"\x00\x01\x02")}, "No reader knows this file"),
        ({"text": "words", "format": "punch-cards"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_loaded_is_said_at_once(desk, given, words):
    answer = desk.post(reverse("admin:visits_importrun_load"), given)
    assert words in answer.content.decode()
    assert ImportRun.objects.count() == 0


def test_trust_that_was_not_given_is_not_taken(desk, queue):
    desk.post(reverse("admin:visits_importrun_load"), {"text": "Some words.", "trust": "on"})
    assert not ImportRun.objects.get().trust


def test_the_report_names_each_problem(desk, run):
    text = page(desk, "visits_importrun_change", run.pk)
    assert all(words in text for words in ("visits.csv", "Atlantis", "Review 1"))


def test_a_running_load_is_asked_again_and_a_done_one_is_not(desk, run):
    assert "hx-get" not in page(desk, "visits_importrun_progress", run.pk)
    ImportRun.objects.update(status="running", read=50, total=100)
    text = page(desk, "visits_importrun_progress", run.pk)
    assert "hx-get" in text
    assert 'value="50"' in text


def test_a_load_is_cancelled(desk):
    run = loads.create_run([("visits.csv", CSV.encode())], user=None)
    desk.post(reverse("admin:visits_importrun_cancel", args=[run.pk]))
    run.refresh_from_db()
    assert run.status == "cancelled"


def test_an_undo_says_what_goes_before_it_goes(desk, run):
    desk.post(reverse("admin:visits_candidate_accept", args=[run.candidates.get().pk]))
    assert "Visits: 1" in page(desk, "visits_importrun_undo", run.pk)
    assert Visit.objects.count() == 1
    desk.post(reverse("admin:visits_importrun_undo", args=[run.pk]), {"reason": "the wrong file"})
    assert Visit.objects.count() == 0
    assert Judgement.objects.get(kind="undo").reason == "the wrong file"


# review


def test_the_queue_shows_what_waits(desk, run):
    answer = desk.get(reverse("admin:visits_candidate_changelist"), follow=True)
    assert answer.redirect_chain[0][0].endswith("?state__exact=pending")
    assert "Turkmenistan" in answer.content.decode() or "TM" in answer.content.decode()


def test_accepting_makes_a_record_in_review(desk, run):
    candidate = run.candidates.get()
    answer = desk.post(reverse("admin:visits_candidate_accept", args=[candidate.pk]), {"reason": "right"}, follow=True)
    visit = Visit.objects.get()
    assert (visit.state, visit.start) == ("in-review", "2024-01-22")
    assert reverse("admin:visits_visit_change", args=[visit.pk]) in answer.content.decode()
    judgement = candidate.judgements.get()
    assert (judgement.kind, judgement.user.username, judgement.reason) == ("accept", "elena", "right")


def test_rejecting_leads_to_the_next(desk, run):
    first = run.candidates.get()
    other = Candidate.objects.create(run=run, key=make_visit().uid, fingerprint="y", action="create")
    answer = desk.post(reverse("admin:visits_candidate_reject", args=[first.pk]), {"reason": "a double"})
    first.refresh_from_db()
    assert (first.state, answer.url) == ("rejected", reverse("admin:visits_candidate_change", args=[other.pk]))


def test_a_second_decision_is_refused_and_told(desk, run):
    candidate = run.candidates.get()
    desk.post(reverse("admin:visits_candidate_accept", args=[candidate.pk]))
    answer = desk.post(reverse("admin:visits_candidate_accept", args=[candidate.pk]), follow=True)
    assert "Somebody decided this already" in answer.content.decode()
    assert Visit.objects.count() == 1


TEXT = "Aina Orazowa came to Tokyo on 22 January 2024."


def candidate_with_marks(run):
    record = {
        "type": "visit",
        "guest": {"country": "TM"},
        "host": {"country": "JP"},
        "start": "2024-01-22",
        "delegations": [{"sender": {"country": "TM"}, "members": [{"name_as_printed": "Aina Orazowa", "head": True}]}],
        "sources": [{"title": "A story"}],
        "citations": [
            {"field": "start", "exact": "22 January 2024", "start": 30, "end": 45, "rule": "dates", "confidence": 0.9},
            {"target": "/delegations/0/members/0", "exact": "Aina Orazowa", "start": 0, "end": 12},
            {"target": "", "exact": "Aina Orazowa came to Tokyo", "start": 0, "end": 26},
            {"target": "", "exact": "not at this place", "start": 3, "end": 9},
        ],
    }
    source = make_source(TEXT)
    return Candidate.objects.create(
        run=run,
        key=source.uid,
        fingerprint="z",
        action="create",
        source=source,
        record=record,
        matches=[{"path": "/delegations/0/members/0", "printed": "Aina Orazowa", "answer": "none", "reasons": ["new"]}],
        doubts=[{"code": "year", "reason": "The year is a guess"}],
    )


def test_the_segments_are_the_text(desk, run):
    laid_out = layout(candidate_with_marks(run))
    assert "".join(segment.text for segment in laid_out.segments) == TEXT
    marked = [(segment.text, [mark.number for mark in segment.marks]) for segment in laid_out.segments if segment.marks]
    assert marked == [("Aina Orazowa", [2, 3]), (" came to Tokyo", [3]), ("22 January 2024", [1])]
    assert [number for segment in laid_out.segments for number in segment.anchors] == [2, 3, 1]


def test_every_mark_is_linked_both_ways(desk, run):
    text = page(desk, "visits_candidate_change", candidate_with_marks(run).pk)
    for number in (1, 2, 3):
        assert text.count(f'id="mark-{number}"') == text.count(f'id="fact-{number}"') == 1
        assert f'href="#mark-{number}"' in text
        assert f'href="#fact-{number}"' in text


def test_a_quote_that_is_not_at_its_place_is_shown_apart(desk, run):
    assert [mark.number for mark in layout(candidate_with_marks(run)).quotes] == [4]


def test_doubts_matches_and_names_are_shown(desk, run):
    text = page(desk, "visits_candidate_change", candidate_with_marks(run).pk)
    assert all(words in text for words in ("The year is a guess", "new", "Turkmenistan", "Japan"))


def test_a_text_is_shown_as_text(desk, run):
    candidate = candidate_with_marks(run)
    candidate.record = {"type": "visit", "title": "<script>alert(1)</script>"}
    candidate.save()
    assert "<script>alert(1)" not in page(desk, "visits_candidate_change", candidate.pk)


# doubts


def test_a_doubt_is_settled_with_a_reason(desk):
    doubt = Doubt.objects.create(code="likely-double", reason="Two alike", visit=make_visit())
    desk.post(reverse("admin:visits_doubt_settle", args=[doubt.pk]), {"reason": "two visits indeed"})
    doubt.refresh_from_db()
    assert (doubt.judgement.kind, doubt.judgement.reason) == ("settle", "two visits indeed")


# tokens


def test_a_token_is_shown_once_and_stored_as_its_hash(desk):
    answer = desk.post(reverse("admin:visits_apitoken_add"), {"name": "notebook"}, follow=True)
    token = next(word for word in answer.content.decode().split() if word.startswith("visits_") and len(word) > 40)
    stored = access.ApiToken.objects.get()
    assert (stored.digest, stored.user.username) == (access.digest_of(token.split("<")[0]), "elena")
    assert token.split("<")[0] not in desk.get(reverse("admin:visits_apitoken_changelist")).content.decode()
