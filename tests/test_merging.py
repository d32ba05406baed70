"""Two records become one and two again: what moves, who stays, what is refused, what a load makes of it."""

import threading
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tests.test_loads import load, visit
from tests.world import (
    add_external_id,
    cite,
    make_country,
    make_dialogue,
    make_meeting,
    make_official,
    make_organization,
    make_post,
    make_source,
    make_tenure,
    make_topic,
    make_user,
    make_visit,
)
from visits import edit, history, reference
from visits.models import (
    Doubt,
    Official,
    OfficialName,
    Organization,
    Post,
    RetiredId,
    Suggestion,
    Tenure,
    Topic,
    TopicLink,
    Visit,
)
from visits.review import merging, undo
from visits.review.merging import MergeRefused, rules

pytestmark = pytest.mark.django_db

# What a merge leaves behind on purpose, or what tells when.
_NOT_COMPARED = {"changed_at"}
_LEFT_OUT = {"judgement", "suggestion", "mark", "digestchange"}


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, history and judgements aside."""
    found = {}
    for model in apps.get_app_config("visits").get_models(include_auto_created=True):
        name = str(model._meta.model_name)
        if name not in _LEFT_OUT and not hasattr(model, "pgh_tracked_model"):
            columns = [one.attname for one in model._meta.concrete_fields if one.name not in _NOT_COMPARED]
            found[name] = list(model._default_manager.order_by("pk").values(*columns))
    return found


@pytest.fixture
def user(db):
    return make_user("elena")


@pytest.fixture
def pair(db):
    """One person under two spellings, each with everything that can hang on an official."""
    people = [make_official("Rashid Meredov", wikidata="Q1"), make_official("Raşit Meredow")]
    source = make_source("Rashid Meredov, or Raşit Meredow, came.")
    for number, one in enumerate(people):
        make_visit(start=f"202{number}-01-22", head=one.name)
        make_meeting(f"202{number}-01-22", participants=[(one.name, "TM")])
        make_tenure(one, make_post(), "2001")
        make_tenure(one, make_post("Deputy Prime Minister", rank="deputy-head-of-government"), f"200{number}")
        add_external_id(one, f"people:{number}")
        cite(one, source, one.name)
        cite(one.tenures.get(post=make_post()), source, one.name)
        Doubt.objects.create(code="odd", reason="odd", official=one)
        OfficialName.objects.create(official=one, text="Рашид Мередов", key="rashid meredov", language="ru")
        OfficialName.objects.create(official=one, text=f"R. M. {number}", key="r m", language="en", primary=True)
    return people


# what a merge does


def test_the_older_id_stays_in_whatever_order_they_are_given(pair, user):
    first, second = pair
    merging.merge(second, first, user)
    assert list(Official.objects.values_list("pk", "name")) == [(first.pk, "Rashid Meredov")]
    assert RetiredId.objects.get(kind="official").merged_into == first.pk
    assert RetiredId.objects.get(kind="official").record_id == second.pk


def test_everything_that_named_the_other_names_the_one_that_stays(pair, user):
    kept = pair[0]
    merging.merge(*pair, user)
    counts = {one.name: one.model._default_manager.filter(**{one.column: kept}).count() for one in references(Official)}
    assert counts == {
        "officialname.official": 4,
        "tenure.official": 3,
        "member.official": 2,
        "participant.official": 2,
        "externalid.official": 2,
        "citation.official": 2,
        "candidate.official": 0,
        "doubt.official": 2,
    }


def references(model):
    return rules.references(model)


def test_a_tenure_that_both_have_becomes_one_with_the_evidence_of_both(pair, user):
    merging.merge(*pair, user)
    tenure = Tenure.objects.get(post=make_post())
    assert tenure.citations.count() == 2
    assert RetiredId.objects.get(kind="tenure").merged_into == tenure.pk


def test_of_two_primary_names_in_a_language_the_older_record_s_stays_primary(pair, user):
    merging.merge(*pair, user)
    names = OfficialName.objects.filter(language="en").values_list("text", "primary")
    assert set(names) == {("R. M. 0", True), ("R. M. 1", False)}


def test_an_empty_field_is_filled_and_a_person_s_edit_outranks_the_older_record(user):
    first, second = make_official("Ada Lind"), make_official("Ada Berg", wikidata="Q42")
    edit.apply(second, {"name": "Ada Lind-Berg"}, user=user)
    merging.merge(first, second, user)
    first.refresh_from_db()
    assert (first.name, first.key, first.wikidata) == ("Ada Lind-Berg", "ada lind berg", "Q42")
    assert first.locked_fields == ["name"]
    assert [one.text for one in first.other_names.all()] == ["Ada Lind"]


def test_merging_ministries_merges_their_equal_posts_and_their_tenures(user):
    ministries = [make_organization("mfa", "MFA"), make_organization("mofa", "Ministry of Foreign Affairs")]
    holder = make_official("Ada Lind")
    for one in ministries:
        post = Post.objects.create(title="Minister", key="minister", organization=one)
        make_tenure(holder, post, "2001")
        make_dialogue("forum").organizations.add(one)
    before = everything()
    judgement = merging.merge(*ministries, user)
    assert (Organization.objects.count(), Post.objects.count(), Tenure.objects.count()) == (1, 1, 1)
    assert make_dialogue("forum").organizations.count() == 1
    merging.unmerge(judgement, user)
    assert everything() == before


@pytest.mark.parametrize("older_is_above", [True, False])
def test_a_topic_merged_with_one_above_or_below_it_makes_no_circle(user, older_is_above):
    slugs = ["energy", "gas", "pipelines"] if older_is_above else ["pipelines", "gas", "energy"]
    topics = [Topic.objects.create(slug=slug, name=slug) for slug in slugs]
    energy, gas, pipelines = topics if older_is_above else reversed(topics)
    gas.parent, pipelines.parent = energy, gas
    gas.save(), pipelines.save()
    before = everything()
    judgement = merging.merge(energy, pipelines, user)
    kept = topics[0]
    kept.refresh_from_db(), gas.refresh_from_db()
    assert (kept.parent, gas.parent) == (None, kept)
    merging.unmerge(judgement, user)
    assert everything() == before


def test_the_preview_is_what_is_done(pair, user):
    shown = merging.preview(*pair)
    assert shown["kept"] == pair[0]
    assert dict(shown["moves"])["Places in delegations"] == 1
    assert [(one["field"], one["stays"]) for one in shown["fields"]] == [("Name", "Rashid Meredov"), ("Wikidata", "Q1")]
    assert len(shown["meets"]) == 3
    assert shown["adds"] == ["Raşit Meredow"]
    assert Official.objects.count() == 2


def test_a_merge_stands_in_the_history_of_the_one_that_stays(pair, user):
    merging.merge(*pair, user, "one spelling is Turkmen")
    entry = history.of(pair[0])[0]
    assert (entry.who, entry.reason) == (
        "elena",
        "Raşit Meredow merged into Rashid Meredov: one spelling is Turkmen",
    )


# taking it back


def test_taken_back_everything_is_as_before(pair, user):
    before = everything()
    judgement = merging.merge(*pair, user)
    merging.unmerge(judgement, user)
    assert everything() == before
    assert RetiredId.objects.count() == 0


def test_later_edits_that_contradict_nothing_stay(pair, user):
    kept, dropped = pair
    judgement = merging.merge(*pair, user)
    kept.refresh_from_db()
    edit.apply(kept, {"notes": "A note."}, user=user)
    late = make_visit(start="2030", head="Rashid Meredov")
    done = merging.unmerge(judgement, user)
    kept.refresh_from_db()
    assert (kept.notes, done.detail["stays"]) == ("A note.", [])
    assert late.delegations.get().members.get().official == kept
    assert Official.objects.get(pk=dropped.pk).member_rows.count() == 1


def test_what_a_later_edit_contradicts_stays_and_is_named(pair, user):
    kept, _dropped = pair
    third = make_official("Somebody Else")
    judgement = merging.merge(*pair, user)
    member = kept.member_rows.order_by("pk").last()
    edit.apply(member, {"official": third}, user=user)
    done = merging.unmerge(judgement, user)
    member.refresh_from_db()
    assert member.official == third
    assert [(one["type"], one["why"]) for one in done.detail["stays"]] == [("visit", "Official was changed since")]
    assert merging.done() == []


def test_a_field_that_was_filled_and_edited_since_stays_as_edited_and_locked(user):
    first, second = make_official("Ada Lind"), make_official("Ada Berg", wikidata="Q42")
    Official.objects.filter(pk=second.pk).update(locked_fields=["wikidata"])
    judgement = merging.merge(first, second, user)
    first.refresh_from_db()
    edit.apply(first, {"wikidata": "Q43"}, user=user)
    done = merging.unmerge(judgement, user)
    first.refresh_from_db()
    assert (first.wikidata, first.locked_fields) == ("Q43", ["wikidata"])
    assert [one["why"] for one in done.detail["stays"]] == ["Wikidata was changed since"]


def test_the_rehearsal_says_the_same_and_does_nothing(pair, user):
    judgement = merging.merge(*pair, user)
    merged = everything()
    said = merging.rehearse_unmerge(judgement)
    assert everything() == merged
    done = merging.unmerge(judgement, user).detail
    assert {name: said[name] for name in ("back", "gone", "stays")} == {
        name: done[name] for name in ("back", "gone", "stays")
    }


# chains


def three(*wikidata: str) -> list[Official]:
    people = [make_official(f"Ada {name}", wikidata=wiki) for name, wiki in zip("ABC", wikidata, strict=True)]
    for one in people:
        make_visit(head=one.name)
    return people


def test_a_chain_is_taken_back_the_last_first(client, user):
    one, two, three_ = three("", "", "Q3")
    states = [everything()]
    first = merging.merge(two, three_, user)
    states.append(everything())
    second = merging.merge(one, two, user)
    with pytest.raises(MergeRefused, match="was itself merged into Ada A later"):
        merging.unmerge(first, user)
    answer = client.get(f"/officials/{three_.pk}/")
    assert (answer.status_code, answer.url) == (301, one.get_absolute_url())
    merging.unmerge(second, user)
    assert everything() == states[1]
    merging.unmerge(first, user)
    assert everything() == states[0]


def test_two_merged_into_one_are_taken_out_in_any_order(user):
    one, two, three_ = three("", "Q2", "")
    before = everything()
    first, second = merging.merge(one, two, user), merging.merge(one, three_, user)
    merging.unmerge(first, user)
    merging.unmerge(second, user)
    assert everything() == before


def test_what_a_later_merge_builds_on_is_named(user):
    one, two, three_ = three("", "", "")
    for person in (two, three_):
        OfficialName.objects.create(official=person, text="Ada", key="ada")
    first = merging.merge(one, two, user)
    merging.merge(one, three_, user)
    with pytest.raises(MergeRefused, match="Ada C was merged into Ada A later, which builds on this"):
        merging.unmerge(first, user)


# refusals


def test_what_cannot_be_merged_is_said(pair, user):
    first, second = pair
    with pytest.raises(MergeRefused, match="one record already"):
        merging.merge(first, first, user)
    with pytest.raises(MergeRefused, match="Only two officials"):
        merging.merge(first, make_post(), user)
    judgement = merging.merge(first, second, user)
    with pytest.raises(MergeRefused, match=f"has been merged already, into number {first.pk}"):
        merging.merge(first, second, user)
    merging.unmerge(judgement, user)
    with pytest.raises(MergeRefused, match="taken back already"):
        merging.unmerge(judgement, user)


def test_what_has_come_in_its_place_is_refused_in_words(user):
    posts = [make_post("Minister"), make_post("Foreign Minister")]
    judgement = merging.merge(*posts, user)
    make_post("Foreign Minister")
    with pytest.raises(MergeRefused, match="contradicts what is there by now"):
        merging.unmerge(judgement, user)
    assert Post.objects.count() == 2


def test_never_the_same_is_kept_through_merges_and_can_be_taken_back(pair, user):
    first, second = pair
    Suggestion.objects.create(kind="official", first=first.pk, second=second.pk, score=0.9)
    judgement = merging.call_different(second, first, user)
    assert judgement.detail["ids"] == [first.pk, second.pk]
    assert not Suggestion.objects.exists()
    third = make_official("R. Meredov")
    merging.merge(second, third, user)
    with pytest.raises(MergeRefused, match=r"elena said on .* that they are never the same"):
        merging.merge(first, second, user)
    merging.take_back_different(judgement, user)
    merging.merge(first, second, user)
    assert Official.objects.get() == first


@pytest.mark.django_db(transaction=True)
def test_overlapping_merges_at_once_are_done_one_after_the_other():
    people = [make_official(f"Ada {name}") for name in "ABCD"]
    for one in people:
        make_visit(head=one.name)
    pairs = [(0, 1), (1, 2), (2, 3), (3, 0)]
    refused: list[str] = []

    def work(one: int, other: int) -> None:
        try:
            merging.merge(people[one], people[other], None)
        except MergeRefused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=ends) for ends in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = Official.objects.count()
    assert left == 4 - len(merging.done())
    assert len(merging.done()) + len(refused) == 4
    assert sum(one.member_rows.count() for one in Official.objects.all()) == 4


# loads


def test_loading_the_same_file_after_a_merge_changes_nothing(user):
    for code in ("TM", "JP"):
        make_country(code)
    records = [
        {"type": "official", "name": "Rashid Meredov", "country": "TM", "external_ids": ["people:1"]},
        {"type": "official", "name": "Rasit Meredow", "country": "TM", "external_ids": ["people:2"], "wikidata": "Q1"},
        {"type": "official", "name": "R. Meredowyc", "country": "TM", "uid": "00000000-0000-4000-8000-000000000001"},
        visit(1, "Rashid Meredov"),
        visit(2, "Rasit Meredow"),
    ]
    assert load(*records).created == 5
    people = list(Official.objects.order_by("pk"))
    merging.merge(people[0], people[1], user)
    merging.merge(people[0], people[2], user)
    before = everything()
    again = load(*records)
    assert (again.unchanged, again.read) == (5, 5)
    after = everything()
    assert {name: rows for name, rows in after.items() if name != "importrun"} == {
        name: rows for name, rows in before.items() if name != "importrun"
    }


def test_a_name_that_meant_the_dropped_one_means_the_one_that_stays(user):
    for code in ("TM", "JP"):
        make_country(code)
    load(visit(1, "Aina Orazowa"), visit(2, "Bahar Atayeva"))
    first, second = Official.objects.order_by("pk")
    merging.merge(first, second, user)
    load(visit(3, "Bahar Atayeva"))
    assert Official.objects.get().member_rows.count() == 3


def test_posts_organizations_and_topics_are_known_by_what_the_dropped_ones_were_called(user):
    for code in ("TM", "JP"):
        make_country(code)
    make_topic("hydrogen"), make_topic("trade")
    posts = [make_post("Foreign Minister"), make_post("Minister of Foreign Affairs")]
    merging.merge(*posts, user)
    merging.merge(Topic.objects.get(slug="hydrogen"), Topic.objects.get(slug="trade"), user)
    post = {"title": "Minister of Foreign Affairs", "country": "TM"}
    item = visit(1, "Aina Orazowa", topics=[{"topic": "trade"}])
    item["delegations"][0]["members"][0]["post"] = post
    load(item)
    assert [one.member_rows.count() for one in Post.objects.all()] == [1]
    assert TopicLink.objects.get().topic.slug == "hydrogen"


def test_reference_data_that_was_merged_away_does_not_come_again(user):
    reference.load()
    topics = list(Topic.objects.order_by("pk")[:2])
    bodies = list(Organization.objects.order_by("pk")[:2])
    merging.merge(*topics, user)
    merging.merge(*bodies, user)
    before = Topic.objects.count(), Organization.objects.count()
    reference.load()
    assert (Topic.objects.count(), Organization.objects.count()) == before


# the undo of a load


def test_the_undo_of_a_load_leaves_what_a_merge_relies_on(user):
    for code in ("TM", "JP"):
        make_country(code)
    first = load(visit(1, "Aina Orazowa"))
    second = load(visit(2, "Bahar Atayeva"))
    merging.merge(*Official.objects.all(), user)
    stays = undo.preview(first)["stays"]
    assert [(one["title"], one["why"]) for one in stays if one["type"] == "official"] == [
        ("Aina Orazowa", "Bahar Atayeva was merged into it")
    ]
    undo.undo(second)
    undo.undo(first)
    assert (Official.objects.get().name, Visit.objects.count()) == ("Aina Orazowa", 0)
    load(visit(1, "Aina Orazowa"))
    load(visit(2, "Bahar Atayeva"))
    assert Official.objects.get().member_rows.count() == 2


def test_an_undo_that_puts_back_who_was_merged_away_puts_back_who_stands_for_them(user):
    for code in ("TM", "JP"):
        make_country(code)
    first = make_official("Aina Orazowa")
    load(visit(1, "Bahar Atayeva"))
    third = make_official("Someone Else")
    changed = visit(1, "Bahar Atayeva")
    changed["delegations"][0]["members"][0]["official"] = {"uid": str(third.uid), "name": "Someone Else"}
    again = load(changed)
    member = third.member_rows.get()
    merging.merge(first, Official.objects.get(name="Bahar Atayeva"), user)
    undo.undo(again)
    member.refresh_from_db()
    assert member.official == first


# faces


def test_pages_redirect_and_the_api_says_where_to(client, user, world):
    kept, dropped = make_official("Aina Orazowa"), make_official("Ken Mori", "JP")
    old = dropped.get_absolute_url()
    merging.merge(kept, dropped, user)
    assert (client.get(old).status_code, client.get(old).url) == (301, kept.get_absolute_url())
    body = client.get(f"/api/v1/officials/{dropped.pk}/").json()
    assert (body["status"], body["merged_into"]) == (410, kept.pk)
    assert client.get(f"/visits/?official={dropped.pk}").status_code == 200
    topics = Topic.objects.get(slug="hydrogen"), Topic.objects.get(slug="green-hydrogen")
    merging.merge(*topics, user)
    answer = client.get("/topics/green-hydrogen/")
    assert (answer.status_code, answer.url) == (301, "/topics/hydrogen/")
    assert client.get("/api/v1/visits/?topic=green-hydrogen").status_code == 200
    assert client.get("/api/v1/topics/green-hydrogen/").json()["url"].endswith("/api/v1/topics/hydrogen/")
