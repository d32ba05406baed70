"""Which posts one person holds at a time: by title and rank, as data; what somebody said by hand stays."""

import pytest
from django.core.management import call_command

from tests.world import make_post
from visits import loads, offices
from visits.models import Post
from visits.review import undo


@pytest.mark.parametrize(
    ("title", "rank", "country", "single"),
    [
        ("President", "head-of-state", "TM", True),
        ("President of the United States", "head-of-state", "US", True),
        ("Acting Prime Minister", "head-of-government", "TM", True),
        ("Foreign Minister", "foreign-minister", "JP", True),
        ("Secretary of State", "foreign-minister", "US", True),
        ("Pope", "religious-leader", "VA", True),
        ("Minister", "minister", "TM", False),
        ("Deputy Prime Minister", "deputy-head-of-government", "TM", False),
        ("Ambassador at Large", "ambassador", "US", False),
        ("President-elect", "other", "US", False),
        ("President", "business", None, False),
        ("Captain Regent", "head-of-state", "SM", False),
        ("Junta Member", "head-of-state", "AR", False),
        ("Member of the Presidency", "head-of-state", "BA", False),
    ],
)
def test_a_post_is_held_by_one_as_title_and_rank_say(title, rank, country, single):
    assert offices.is_single(title, rank, country) is single


def test_a_load_makes_posts_that_know_it_and_what_is_derived_later_holds_no_undo_up(world, monkeypatch):
    rows = b"external_id,guest,host,start,head,head_post\nlist:1,JP,FR,2001-05-13,Aiko Sato,Prime Minister\n"
    with monkeypatch.context() as before:
        before.setattr("visits.matching.is_single", lambda *of: False)
        run = loads.run_load(loads.create_run([("visits.csv", rows)], user=None, trust=True).pk)
    assert not Post.objects.get(country="JP").single_holder
    offices.tell_single()
    assert Post.objects.get(country="JP").single_holder
    assert undo.preview(run)["stays"] == []
    undo.undo(run, None)
    loads.run_load(loads.create_run([("visits.csv", rows)], user=None, trust=True).pk)
    assert Post.objects.get(country="JP").single_holder


def test_what_is_there_already_is_told_so_and_what_was_said_by_hand_stays(db):
    one, other = make_post(), make_post("President", rank="head-of-state")
    Post.objects.filter(pk=other.pk).update(locked_fields=["single_holder"])
    call_command("load_reference", verbosity=0)
    assert list(Post.objects.filter(single_holder=True)) == [one]
    assert offices.tell_single() == 0
