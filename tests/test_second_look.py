"""At the end of a load people who stayed as printed are matched anew; and every spelling is kept."""

import pytest

from visits import enums, loads
from visits.models import Candidate, Doubt, ImportRun, Judgement, Member, Official, OfficialName, PreviewRow
from visits.review import undo

pytestmark = pytest.mark.django_db


def rows(*people, start=2000, first=1):
    """Visits of Japan to France in following years: head, or head and post."""
    lines = []
    for number, person in enumerate(people, start=first):
        name, _, post = person.partition("/")
        lines.append(f"list:{number},JP,FR,{start + number}-05-13,{name},{post or 'Prime Minister'}")
    return "\n".join(["external_id,guest,host,start,head,head_post", *lines]).encode()


def load(*people, dry_run=False, **where):
    run = loads.create_run([("visits.csv", rows(*people, **where))], user=None, trust=True, dry_run=dry_run)
    return loads.run_load(run.pk)


def heads():
    """Who each visit's head was found to be, in the order of years."""
    listed = Member.objects.filter(delegation__visit__external_ids__dataset__slug="list")
    members = listed.order_by("delegation__visit__start").select_related("official")
    return [member.official.name if member.official else None for member in members]


def open_doubts():
    return Doubt.objects.filter(judgement=None, code__endswith="-person", member__isnull=False).count()


def test_a_surname_is_resolved_by_the_full_name_that_comes_behind_it(world):
    load("Takeda", "Aiko Takeda")
    assert heads() == ["Aiko Takeda", "Aiko Takeda"]
    assert Member.objects.filter(name_as_printed="Takeda").count() == 1
    assert open_doubts() == 0


def test_what_was_resolved_is_a_judgement_with_its_reason(world):
    load("Takeda", "Aiko Takeda")
    judgement = Judgement.objects.get(kind=enums.JudgementKind.MATCH)
    assert judgement.rule == "second look"
    assert judgement.reason == "same country, same post, a surname alone, a year apart: Aiko Takeda"
    candidate = Candidate.objects.get(row=2)
    assert candidate.doubts == []
    assert [match["answer"] for match in candidate.matches] == ["one"]


def test_surnames_of_one_post_without_any_full_name_are_one_official(world):
    load("Takeda", "Takeda", "Honda")
    assert heads() == ["Takeda", "Takeda", "Honda"]
    assert Official.objects.filter(name="Takeda").count() == 1


def test_a_surname_in_a_post_that_many_hold_stays_as_printed(world):
    load("Takeda/Member of Parliament", "Takeda/Member of Parliament")
    assert heads() == [None, None]
    assert open_doubts() == 2


def test_a_surname_of_two_people_stays_ambiguous(world):
    load("Aiko Takeda", "Ken Takeda", "Takeda")
    assert heads() == ["Aiko Takeda", "Ken Takeda", None]
    assert open_doubts() == 1


def test_an_official_known_by_a_surname_gets_the_full_name(world):
    load("Takeda", "Takeda")
    load("Aiko Takeda", first=3)
    assert heads() == ["Aiko Takeda"] * 3
    names = OfficialName.objects.filter(official__name="Aiko Takeda")
    assert list(names.values_list("text", "kind")) == [("Takeda", enums.NameKind.SPELLING)]


def test_a_later_load_resolves_what_an_earlier_one_left_and_its_undo_opens_the_doubt_again(world):
    load("Aiko Takeda", "Ken Takeda", "Takeda")
    assert (heads(), open_doubts()) == (["Aiko Takeda", "Ken Takeda", None], 1)
    Member.objects.filter(official__name="Ken Takeda").update(official=Official.objects.get(name="Aiko Takeda"))
    later = load("Emi Honda", first=8)
    assert (heads(), open_doubts()) == (["Aiko Takeda"] * 3 + ["Emi Honda"], 0)
    undo.undo(later)
    assert (heads(), open_doubts()) == (["Aiko Takeda", "Aiko Takeda", None], 1)


def test_an_undo_of_all_leaves_nobody(world):
    before = Official.objects.count(), OfficialName.objects.count()
    run = load("Takeda", "Aiko Takeda", "Aiko K. Takeda", "Aiko Tomoko Takeda")
    assert OfficialName.objects.filter(text="Aiko Tomoko Takeda").exists()
    undo.undo(run)
    assert (Official.objects.count(), OfficialName.objects.count()) == before


def test_loading_again_changes_nothing(world):
    people = ("Takeda", "Aiko Takeda", "Aika Takeda", "Honda", "Honda")
    load(*people)
    before = heads(), OfficialName.objects.count(), Judgement.objects.count()
    run = load(*people)
    assert {name: number for name, number in run.counts.items() if number} == {"read": 5, "unchanged": 5}
    assert (heads(), OfficialName.objects.count(), Judgement.objects.count()) == before


def test_a_dry_run_says_the_same_and_writes_nobody(world):
    people = ("Takeda", "Aiko Takeda", "Takeda/Member of Parliament")
    dry = load(*people, dry_run=True)
    said = list(PreviewRow.objects.filter(run=dry).order_by("pk").values_list("doubts", flat=True))
    assert not Official.objects.filter(name__contains="Takeda").exists()
    real = load(*people)
    assert said == list(Candidate.objects.filter(run=real).order_by("row").values_list("doubts", flat=True))
    assert [len(doubts) for doubts in said] == [0, 0, 1]
    assert ImportRun.objects.get(pk=dry.pk).counts == real.counts


def test_a_person_who_was_unlinked_by_hand_is_left_alone(world):
    load("Takeda/Member of Parliament")
    member = Member.objects.get(name_as_printed="Takeda")
    Member.objects.filter(pk=member.pk).update(locked_fields=["official"])
    load("Aiko Takeda/Member of Parliament", first=2)
    member.refresh_from_db()
    assert member.official is None


def test_a_new_spelling_is_kept_as_a_name_once(world):
    load("Dmitri Takeda", "Dmitriy Takeda", "Dmitriy Takeda")
    kept = OfficialName.objects.filter(official__name__contains="Takeda").values_list("official__name", "text")
    assert list(kept) == [("Dmitri Takeda", "Dmitriy Takeda")]
    load("Dmitriy Takeda", first=4)
    assert kept.count() == 1


def test_names_that_somebody_decided_about_get_no_spelling(world):
    load("Dmitri Takeda")
    Official.objects.filter(name="Dmitri Takeda").update(locked_fields=["other_names"])
    load("Dmitriy Takeda", first=2)
    assert not OfficialName.objects.filter(official__name__contains="Takeda").exists()


def test_two_of_whom_it_was_judged_that_they_are_never_the_same_stay_two(world):
    load("Aiko Takeda", "Tomoko Takeda")
    one, two = Official.objects.filter(name__endswith="Takeda").values_list("pk", flat=True)
    two_years = load("Aiko Takeda", "Tomoko Takeda", "Aiko Takeda", first=3)
    assert two_years.created == 3
    Judgement.objects.create(
        kind=enums.JudgementKind.DIFFERENT, detail={"kind": "official", "ids": [one, two]}, reason="sisters"
    )
    load("Tomoko Takeda", "Aiko Takeda", first=6)
    aiko, tomoko = "Aiko Takeda", "Tomoko Takeda"
    assert heads() == [aiko, tomoko, aiko, tomoko, aiko, tomoko, aiko]


def test_the_second_of_one_name_has_an_id_of_his_own(world):
    load("Ken Takeda", start=1950)
    load("Ken Takeda", first=2, start=2010)
    assert heads() == ["Ken Takeda", "Ken Takeda"]
    assert Official.objects.filter(name="Ken Takeda").count() == 2


@pytest.mark.parametrize("name", ["Ма\u200bria Takeda\u202e", "M" * 299, "😀 Takeda", "Aikо Takeda"])
def test_strange_names_are_no_crash_and_nobody_elses(world, name):
    load("Aiko Takeda")
    load(name, first=2)
    assert heads()[0] == "Aiko Takeda"
