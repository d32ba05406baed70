"""The desk's queue of what may be one: the list, a pair, the decision, the way back."""

import pytest
from django.urls import reverse

from tests.world import make_official, make_organization, make_post, make_topic, make_visit
from visits import merged, tasks
from visits.models import Judgement, Official, Suggestion
from visits.review import merging, suggestions

pytestmark = pytest.mark.django_db

QUEUE = "admin:visits_suggestion_changelist"


@pytest.fixture
def people(db):
    """Three pairs that may be one, the likest first, and somebody else."""
    spellings = [("Rashid Meredov", "Rasit Meredow"), ("Aina Orazowa", "Aina Orazova"), ("Ken Mori", "Kenn Mori")]
    for names in spellings:
        for year, name in enumerate(names, 2020):
            make_visit(start=f"{year}-01-22", head=name)
    make_visit(head="Somebody Else")
    return [[make_official(name) for name in names] for names in spellings]


@pytest.fixture
def queue(people):
    suggestions.refresh()
    return list(Suggestion.objects.filter(kind="official"))


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def pair_url(one, other):
    return reverse("admin:visits_suggestion_pair", args=["official", one.pk, other.pk])


def decide(desk, pair, decision, **more):
    page = desk.get(pair_url(*pair))
    return desk.post(pair_url(*pair), {"decision": decision, "seen": page.context["seen"], **more})


# what is suggested


def test_the_pairs_that_are_likest_come_first_and_strangers_do_not(queue, people):
    assert {(one.first, one.second) for one in queue} == {(a.pk, b.pk) for a, b in people}
    assert [one.score for one in queue] == sorted((one.score for one in queue), reverse=True)


def test_each_suggestion_says_why(queue, people):
    reasons = {one["reason"]: one["speaks"] for one in queue[-1].reasons}
    assert reasons["names differ in 3 letters: Rashid Meredov / Rasit Meredow"] == "for"
    assert reasons["close in time: 2020 and 2021"] == "for"


def test_two_in_one_delegation_are_hardly_one(people):
    make_visit(head="Rashid Meredov", members=["Rasit Meredow"])
    suggestions.refresh()
    pair = people[0]
    assert not Suggestion.objects.filter(first=pair[0].pk).exists()
    weighed = suggestions.weigh("official", {(pair[0].pk, pair[1].pk): 0.6})
    against = [one["reason"] for one in weighed[pair[0].pk, pair[1].pk].reasons if one["speaks"] == "against"]
    assert against == ["both are in one delegation or meeting: Rasit Meredow"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Abdullah II", "Abdullah III"), ("George H. W. Bush", "George W. Bush"), ("Raul Castro", "Fidel Castro")],
)
def test_numbers_initials_and_first_names_tell_people_apart(one, other):
    make_official(one), make_official(other)
    suggestions.refresh()
    found = Suggestion.objects.first()
    assert found is None or found.score < 0.5


def test_organizations_posts_and_topics_are_suggested_too(db):
    make_organization("mfa", "Ministry of Foreign Affairs"), make_organization("mofa", "Ministry of Foreign Affair")
    make_post("Minister of Defense"), make_post("Defense Minister")
    make_topic("critical-minerals"), make_topic("critical-mineral")
    assert suggestions.refresh() == {"official": 0, "organization": 1, "post": 1, "topic": 1}


def test_what_was_put_off_stays_last_when_pairs_are_found_anew(queue):
    suggestions.put_off(queue[0])
    tasks.suggest_merges()
    again = list(Suggestion.objects.filter(kind="official").values_list("first", flat=True))
    assert again == [queue[1].first, queue[2].first, queue[0].first]


def test_never_the_same_is_not_suggested_again_until_it_is_taken_back(queue, people, editor):
    judgement = merging.call_different(*people[0], editor)
    suggestions.refresh()
    assert Suggestion.objects.count() == 2
    merging.take_back_different(judgement, editor)
    suggestions.refresh()
    assert Suggestion.objects.count() == 3


# pages


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_takes_a_fixed_number_of_queries(desk, queue, number, django_assert_num_queries):
    Suggestion.objects.filter(pk__in=[one.pk for one in queue[number:]]).delete()
    with django_assert_num_queries(11):
        # session, user, permissions of user and of groups; four counts; count and rows of the page; both officials
        desk.get(reverse(QUEUE))


@pytest.mark.parametrize("visits", [1, 3])
def test_a_pair_takes_a_fixed_number_of_queries(desk, people, queue, visits, django_assert_num_queries):
    for year in range(2022, 2021 + visits):
        make_visit(start=f"{year}", head="Rashid Meredov")
    with django_assert_num_queries(27):
        # session, user, two of permissions; both records; the preview: both again, what was judged different, their
        # rows, what names them, names and tenures; of both sides names, tenures, ids of data sets, delegations and
        # meetings; of what is weighed likeness, records, names, appearances, side by side twice, countries, open
        # doubts; the suggestion, how many wait
        desk.get(pair_url(*people[0]))


def test_a_pair_shows_both_sides_with_the_words_of_the_source(desk, people):
    text = desk.get(pair_url(*people[0])).content.decode()
    assert all(words in text for words in ("Foreign Minister Rashid Meredov", "Foreign Minister Rasit Meredow"))
    assert "A merge would make it Rashid Meredov" in text


def test_each_decision_leads_to_the_next_pair(desk, people, queue):
    first, second, third = queue
    pair = [Official.objects.get(pk=pk) for pk in (first.first, first.second)]
    answer = decide(desk, pair, "merge", reason="one spelling")
    assert answer.url == reverse("admin:visits_suggestion_pair", args=["official", second.first, second.second])
    pair = [Official.objects.get(pk=pk) for pk in (second.first, second.second)]
    assert decide(desk, pair, "later").url == reverse(
        "admin:visits_suggestion_pair", args=["official", third.first, third.second]
    )
    pair = [Official.objects.get(pk=pk) for pk in (third.first, third.second)]
    assert decide(desk, pair, "different").url == reverse(
        "admin:visits_suggestion_pair", args=["official", second.first, second.second]
    )
    kinds = Judgement.objects.values_list("kind", "reason", "user__username")
    assert list(kinds) == [("merge", "one spelling", "editor"), ("different", "", "editor")]


def test_what_changed_since_it_was_seen_is_looked_at_again(desk, people, queue):
    seen = desk.get(pair_url(*people[0])).context["seen"]
    make_visit(start="2029", head="Rasit Meredow")
    desk.post(pair_url(*people[0]), {"decision": "merge", "seen": seen})
    assert Official.objects.filter(pk=people[0][1].pk).exists()


def test_a_pair_of_which_one_was_merged_meanwhile_leads_to_the_queue(desk, people, queue, editor):
    merging.merge(*people[0], editor)
    assert desk.get(pair_url(*people[0])).url == f"{reverse(QUEUE)}?kind=official"


def test_the_desk_s_page_of_what_was_merged_away_leads_to_what_stays(desk, people, editor):
    merging.merge(*people[0], editor)
    kept, dropped = (reverse("admin:visits_official_change", args=[one.pk]) for one in people[0])
    assert desk.get(dropped).url == kept


def test_from_a_record_s_page_to_the_one_to_merge_it_with(desk, people):
    one, other = people[0]
    form = desk.get(reverse("admin:visits_official_change", args=[one.pk])).content.decode()
    address = reverse("admin:visits_suggestion_with", args=["official", one.pk])
    assert address in form
    found = desk.get(address, {"q": "meredow"}).content.decode()
    assert pair_url(one, other) in found
    assert decide(desk, (one, other), "merge").url == reverse("admin:visits_official_change", args=[one.pk])


@pytest.mark.parametrize("make", [make_organization, make_post, make_topic])
def test_every_kind_that_can_be_merged_has_its_pair_page(desk, make):
    one, other = make("first-one"), make("second-one")
    kind = one._meta.model_name
    address = reverse("admin:visits_suggestion_pair", args=[kind, one.pk, other.pk])
    page = desk.get(address)
    desk.post(address, {"decision": "merge", "seen": page.context["seen"]})
    assert list(type(one).objects.values_list("pk", flat=True)) == [one.pk]


def test_a_merge_is_taken_apart_from_the_list_of_merges(desk, people, editor):
    kept, dropped = people[0]
    judgement = merging.merge(kept, dropped, editor)
    address = reverse("admin:visits_suggestion_unmerge", args=[judgement.pk])
    assert address in desk.get(reverse("admin:visits_suggestion_merges")).content.decode()
    assert "Member" in desk.get(address).content.decode()
    answer = desk.post(address, {"reason": "two people"})
    assert answer.url == reverse("admin:visits_official_change", args=[dropped.pk])
    assert merging.done() == []
    assert "taken back already" in desk.get(address).content.decode()


def test_never_the_same_is_taken_back_from_the_list(desk, people, editor):
    judgement = merging.call_different(*people[0], editor)
    desk.post(reverse("admin:visits_suggestion_same", args=[judgement.pk]))
    assert merged.different(Official) == {}


# who may


@pytest.mark.parametrize(("cast", "sees"), [("outsider", 302), ("contributor", 200), ("reviewer", 200)])
def test_only_those_who_change_and_delete_such_records_decide(client, request, people, editor, cast, sees):
    judgement = merging.call_different(*people[1], editor)
    client.force_login(request.getfixturevalue(cast))
    assert client.get(pair_url(*people[0])).status_code == sees
    for decision in ("merge", "different", "later"):
        assert client.post(pair_url(*people[0]), {"decision": decision}).status_code in {302, 403}
    client.post(reverse("admin:visits_suggestion_same", args=[judgement.pk]))
    client.post(reverse("admin:visits_suggestion_refresh"))
    assert list(Judgement.objects.values_list("pk", flat=True)) == [judgement.pk]
    assert Official.objects.count() == 7
