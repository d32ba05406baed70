"""Who sees and does what at the desk: every page as every group, and what each group may not do."""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from tests.world import make_city, make_dialogue, make_organization, make_user
from visits import access
from visits.models import (
    ApiToken,
    Candidate,
    Country,
    Delegation,
    Dialogue,
    Doubt,
    Feed,
    FeedEntry,
    ImportRun,
    Judgement,
    Meeting,
    Official,
    Organization,
    Outcome,
    Post,
    Reader,
    SavedSearch,
    Source,
    Tenure,
    Topic,
    Trip,
    Visit,
)

pytestmark = pytest.mark.django_db

GROUPS = ("Contributor", "Editor", "Reviewer")
DESK_MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label == "visits"), key=lambda m: m._meta.model_name
)


@pytest.fixture
def everything(world):
    """One row at least of each table that the desk shows."""
    make_city("Tokyo", "JP")
    make_dialogue("c5", members=["TM"])
    make_organization("eu")
    Trip.objects.create(title="A tour")
    run = ImportRun.objects.create(name="a.csv", status="done")
    candidate = Candidate.objects.create(run=run, key=world.story.uid, fingerprint="x", action="create")
    feed = Feed.objects.create(name="News", url="http://a.example/feed", host="a.example")
    FeedEntry.objects.create(feed=feed, guid="1", url="http://a.example/1", host="a.example", title="Japan")
    Doubt.objects.create(code="likely-double", reason="Two alike", visit=world.story)
    SavedSearch.objects.create(reader=Reader.objects.create(email="ada@example.org"), name="Japan", kind="visits")
    Judgement.objects.create(kind="reject", candidate=candidate, run=run)
    return world


@pytest.fixture
def sign_in(client):
    access.ensure_groups()

    def enter(group):
        user = make_user(group.lower(), group=group, is_staff=True)
        client.force_login(user)
        return client

    return enter


def pages_of(model):
    """The list, the form for a new row, and a row's form, history and deletion."""
    name = f"admin:visits_{model._meta.model_name}"
    yield "list", reverse(f"{name}_changelist")
    yield "search", reverse(f"{name}_changelist") + "?q=japan"
    yield "add", reverse(f"{name}_add")
    row = model.objects.order_by("pk").first()
    if row is not None:
        for page in ("change", "history", "delete"):
            yield page, reverse(f"{name}_{page}", args=[row.pk])


ENTERED = {Visit, Meeting, Delegation, Outcome, Trip}
PEOPLE = {Official, Post, Tenure, Organization, Source}
REFERENCE = {Country, Topic, Dialogue, Feed}


def may(group, model, page):
    """What the groups may do, said once more in other words than in `visits.access`."""
    if model is ApiToken:
        return group != "Contributor"
    if page in {"list", "search", "change", "history"}:
        return True
    entered = model in ENTERED and group != "Reviewer"
    named = model in PEOPLE or model._meta.model_name == "city"
    if page == "add":
        return entered or (named and group != "Reviewer") or (model in REFERENCE and group == "Editor")
    # deletion: the first visit and the first meeting are published, and what is published is withdrawn first
    if model in {Visit, Meeting}:
        return False
    if group == "Contributor":
        return model is Trip
    return group == "Editor" and (entered or named or model in REFERENCE)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("model", DESK_MODELS, ids=lambda model: model._meta.model_name)
def test_every_page_as_every_group(everything, sign_in, group, model):
    client = sign_in(group)
    answers = {page: client.get(url, follow=True).status_code for page, url in pages_of(model)}
    assert answers == {page: 200 if may(group, model, page) else 403 for page in answers}


@pytest.mark.parametrize("model", DESK_MODELS, ids=lambda model: model._meta.model_name)
def test_strangers_are_asked_to_log_in(everything, client, model):
    for _page, url in pages_of(model):
        answer = client.get(url)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("admin:login"))


@pytest.mark.parametrize("group", GROUPS)
def test_the_start_page_as_every_group(everything, sign_in, group):
    assert sign_in(group).get(reverse("admin:index")).status_code == 200


def test_the_start_page_without_any_group(everything, client):
    client.force_login(make_user("newcomer", is_staff=True))
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("model", DESK_MODELS, ids=lambda model: model._meta.model_name)
def test_lists_take_a_constant_number_of_queries(everything, sign_in, model, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in("Editor")
    url = reverse(f"admin:visits_{model._meta.model_name}_changelist") + "?all="
    client.get(url)
    counts = []
    for _times in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
        _double(model)
    assert counts[0] == counts[1]


def _double(model):
    """One more row of each table that can be copied as it is."""
    from tests.world import make_meeting, make_official, make_visit

    make_visit("US", "FR", head="Another Person", topics=["trade"], outcomes=["A plan"])
    make_meeting(participants=[("Third Person", "FR")])
    make_official("Fourth Person", "FR")


CONTRIBUTOR_REFUSED = [
    ("a published visit", lambda world: reverse("admin:visits_visit_change", args=[world.story.pk])),
    ("a visit in review", lambda world: reverse("admin:visits_visit_change", args=[world.hidden[1].pk])),
    ("a published meeting", lambda world: reverse("admin:visits_meeting_change", args=[world.meeting.pk])),
    (
        "a delegation of a published visit",
        lambda world: reverse("admin:visits_delegation_change", args=[world.story.delegations.get().pk]),
    ),
    (
        "an outcome of a published visit",
        lambda world: reverse("admin:visits_outcome_change", args=[world.story.outcomes.get().pk]),
    ),
    ("an official", lambda world: reverse("admin:visits_official_change", args=[Official.objects.first().pk])),
]


@pytest.mark.parametrize(("what", "url"), CONTRIBUTOR_REFUSED, ids=[what for what, _ in CONTRIBUTOR_REFUSED])
def test_a_contributor_cannot_change(everything, sign_in, what, url):
    assert sign_in("Contributor").post(url(everything), {"reason": "try"}).status_code == 403


STEPS = ("submit", "send_back", "publish", "withdraw")


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("step", STEPS)
def test_who_may_take_which_step(everything, sign_in, group, step):
    visit = everything.hidden[0]
    url = reverse("admin:visits_visit_step", args=[visit.pk, step])
    allowed = group in {"Contributor", "Editor"} if step == "submit" else group == "Reviewer"
    assert sign_in(group).post(url).status_code == (302 if allowed else 403)


def test_a_step_is_no_link(everything, sign_in):
    url = reverse("admin:visits_visit_step", args=[everything.hidden[0].pk, "publish"])
    assert sign_in("Reviewer").get(url).status_code == 405


def test_an_unknown_step_is_not_found(everything, sign_in):
    url = reverse("admin:visits_visit_step", args=[everything.hidden[0].pk, "burn"])
    assert sign_in("Reviewer").post(url).status_code == 404


WORK = [
    ("visits_importrun_load", "get", lambda world: [], {"Editor", "Reviewer"}),
    ("visits_importrun_cancel", "post", lambda world: [ImportRun.objects.get().pk], {"Editor", "Reviewer"}),
    ("visits_importrun_undo", "get", lambda world: [ImportRun.objects.get().pk], {"Editor"}),
    ("visits_importrun_progress", "get", lambda world: [ImportRun.objects.get().pk], set(GROUPS)),
    ("visits_candidate_accept", "post", lambda world: [Candidate.objects.get().pk], {"Editor"}),
    ("visits_candidate_reject", "post", lambda world: [Candidate.objects.get().pk], {"Editor"}),
    ("visits_doubt_settle", "post", lambda world: [Doubt.objects.get().pk], {"Editor"}),
]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(("name", "method", "args", "allowed"), WORK, ids=[name for name, *_ in WORK])
def test_who_may_load_decide_and_undo(everything, sign_in, group, name, method, args, allowed):
    answer = getattr(sign_in(group), method)(reverse(f"admin:{name}", args=args(everything)))
    assert (answer.status_code == 403) == (group not in allowed)


def test_the_trust_of_a_load_is_offered_to_reviewers_alone(everything, sign_in):
    url = reverse("admin:visits_importrun_load")
    offered = {group: b'name="trust"' in sign_in(group).get(url).content for group in ("Editor", "Reviewer")}
    assert offered == {"Editor": False, "Reviewer": True}


def test_everybody_sees_their_own_tokens_alone(everything, sign_in):
    other = make_user("other")
    token = ApiToken.objects.create(user=other, name="theirs", digest="x")
    client = sign_in("Editor")
    assert b"theirs" not in client.get(reverse("admin:visits_apitoken_changelist")).content
    assert client.get(reverse("admin:visits_apitoken_delete", args=[token.pk])).status_code == 302


def test_groups_that_an_administrator_changed_stay_so():
    from django.contrib.auth.models import Group

    access.ensure_groups()
    Group.objects.get(name="Reviewer").permissions.clear()
    access.ensure_groups()
    assert Group.objects.get(name="Reviewer").permissions.count() == 0


def test_every_permission_of_the_groups_exists():
    from django.contrib.auth.models import Permission

    known = set(Permission.objects.filter(content_type__app_label="visits").values_list("codename", flat=True))
    assert {name for names in access.GROUPS.values() for name in names} - known == set()


def test_no_desk_page_has_a_name_that_does_not_lead_anywhere():
    for model in DESK_MODELS:
        try:
            reverse(f"admin:visits_{model._meta.model_name}_changelist")
        except NoReverseMatch:
            pytest.fail(f"{model} has no list")
