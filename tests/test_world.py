"""The small world that other tests stand on says what it promises."""

from visits.models import Meeting, Visit


def test_four_visits_and_two_meetings_are_published(world):
    assert (Visit.objects.published().count(), Meeting.objects.published().count()) == (4, 2)


def test_what_is_hidden_is_not_published(world):
    assert [record.state for record in world.hidden] == ["draft", "in-review", "withdrawn", "draft"]


def test_the_cast_can_do_what_it_is_named_for(outsider, contributor, editor, reviewer, admin):
    may_load = [user.has_perm("visits.add_importrun") for user in (outsider, contributor, editor, reviewer, admin)]
    assert may_load == [False, True, True, True, True]
