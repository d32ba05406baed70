"""What an editor makes of a proposed record: typed, taken, dropped, chosen, cited; and the record that comes of it."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import make_country, make_dialogue, make_official, make_organization, make_topic
from visits import record
from visits.review import drafts
from visits.review.drafts import Draft, from_form
from visits.review.fields import FIELDS, LISTS, Words

pytestmark = pytest.mark.django_db

TEXT = "Ola Berg of Norway visited Chile on 4 March 2024. With Luis Vega he spoke of wind, ports, wind and sun."


def cited(target: str, field: str, exact: str, confidence: float | None = 0.8) -> dict[str, Any]:
    start = TEXT.index(exact)
    said = {} if confidence is None else {"confidence": confidence}
    return {
        "target": target, "field": field, "exact": exact, "start": start, "end": start + len(exact), "rule": "r", **said
    }  # fmt: skip


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"name_as_printed": name, "official": {"name": name, "country": "NO"}, **more}


def story() -> dict[str, Any]:
    data = {
        "type": "visit",
        "guest": {"country": "NO", "as_printed": "Norway"},
        "host": {"country": "CL"},
        "start": "2024-03-04",
        "kind": "working",
        "kind_as_printed": "working visit",
        "sources": [{"title": "A story", "text": TEXT}],
        "delegations": [
            {"sender": {"country": "NO", "as_printed": "Norway"}, "members": [person("Ola Berg", head=True)]}
        ],
        "topics": [{"as_printed": "wind"}, {"as_printed": "ports"}, {"as_printed": "sun"}],
        "meetings": [
            {
                "participants": [
                    {**person("Luis Vega"), "side": {"country": "CL"}},
                    {**person("Ola Berg"), "side": {"country": "NO"}},
                ]
            }
        ],
        "citations": [
            cited("", "guest", "Norway", 0.85),
            cited("", "start", "4 March 2024", 0.9),
            cited("", "kind", "visited", 0.3),
            cited("/delegations/0/members/0", "name_as_printed", "Ola Berg", 0.7),
            cited("/topics/0", "topic", "wind", 0.4),
            cited("/topics/1", "topic", "ports", 0.8),
            cited("/topics/1", "modality", "spoke", 0.8),
            cited("/topics/2", "topic", "sun", 0.5),
            cited("/meetings/0/participants/0", "name_as_printed", "Luis Vega", 0.85),
        ],
    }
    return record.dump(record.parse(data))


@pytest.fixture(autouse=True)
def places(db):
    for code in ("NO", "CL", "JP"):
        make_country(code)


def finish(draft: Draft, data: dict[str, Any] | None = None) -> drafts.Finished:
    return drafts.finish(story() if data is None else data, draft, TEXT, Words())


def form(taken: set[str] | None = None, added: tuple[str, ...] = (), **texts: str) -> Draft:
    """A posted form that says: all that was proposed, but for these."""
    draft = from_form(texts, taken if taken is not None else {one.id for one in drafts.units(story())}, added)
    draft.taken |= set(added)  # type: ignore[operator]
    return draft


# taken and dropped


def test_a_form_that_was_not_touched_gives_the_record_as_proposed():
    assert finish(form()).item == story()


def test_what_its_reader_said_with_less_is_not_taken_and_what_is_needed_always_is():
    all_units = {one.id for one in drafts.units(story())}
    assert all_units - drafts.sure_enough(story()) == {":kind", "/topics/0"}
    assert {":guest", ":host", "/delegations/0", "/meetings/0"} <= drafts.sure_enough(story(), 1.0)


def test_what_is_dropped_goes_with_its_evidence_and_the_rest_keeps_its_own():
    taken = {one.id for one in drafts.units(story())} - {":kind", "/topics/0", "/meetings/0/participants/1"}
    item = finish(form(taken)).item
    assert [topic["as_printed"] for topic in item["topics"]] == ["ports", "sun"]
    assert "kind" not in item
    assert "kind_as_printed" not in item
    assert [one["official"]["name"] for one in item["meetings"][0]["participants"]] == ["Luis Vega"]
    assert [(one.get("target", ""), one["field"], one["exact"]) for one in item["citations"]] == [
        ("", "guest", "Norway"),
        ("", "start", "4 March 2024"),
        ("/delegations/0/members/0", "name_as_printed", "Ola Berg"),
        ("/topics/0", "topic", "ports"),
        ("/topics/0", "modality", "spoke"),
        ("/topics/1", "topic", "sun"),
        ("/meetings/0/participants/0", "name_as_printed", "Luis Vega"),
    ]


def told(item: dict[str, Any]) -> dict[str, Any]:
    """Each citation's words with what they point at."""
    return {one["exact"]: drafts.part_at(item, one.get("target", "")) for one in item["citations"] if one.get("target")}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_dropped_the_rest_points_at_what_it_pointed_at(data):
    ids = sorted(one.id for one in drafts.units(story()) if not one.needed)
    dropped = data.draw(st.sets(st.sampled_from(ids)))
    item = drafts.finish(story(), Draft(taken=set(ids) - dropped), TEXT, _WORDS[0]).item
    before, after = told(story()), told(item)
    for words, part in after.items():
        bare = [name for name in part if name not in LISTS.get("meetings", ())]
        assert {name: before[words][name] for name in bare} == {name: part[name] for name in bare}
    gone = {words for words in before if words not in after}
    owners = {one["exact"]: one["target"] for one in story()["citations"] if one.get("target")}
    assert gone == {words for words, path in owners.items() if any(f"{path}/".startswith(f"{one}/") for one in dropped)}


_WORDS: list[Words] = []


@pytest.fixture(autouse=True)
def words_once(places):
    _WORDS[:] = [Words()]


# typed


@pytest.mark.parametrize(
    ("address", "typed", "part", "field", "value"),
    [
        (":start", "2024-03", "", "start", "2024-03"),
        (":end", "2024-03-05", "", "end", "2024-03-05"),
        (":status", "completed", "", "status", "completed"),
        (":host", "Japan", "", "host", {"country": "JP"}),
        (":host", "JP", "", "host", {"country": "JP"}),
        ("/topics/1:as_printed", "harbours", "/topics/1", "as_printed", "harbours"),
        ("/topics/1:topic", "Hydrogen", "/topics/1", "topic", "hydrogen"),
        ("/topics/1:modality", "agreed", "/topics/1", "modality", "agreed"),
        ("/meetings/0:date", "2024-03-04", "/meetings/0", "date", "2024-03-04"),
        (
            "/delegations/0/members/0:post",
            "Prime Minister",
            "/delegations/0/members/0",
            "post",
            {"title": "Prime Minister", "country": "NO"},
        ),
    ],
)
def test_what_is_typed_is_written(address, typed, part, field, value):
    make_topic("hydrogen")
    found = finish(form(**{f"f:{address}": typed}))
    assert found.faults == {}
    assert drafts.part_at(found.item, part)[field] == value


@pytest.mark.parametrize(
    ("address", "typed", "words"),
    [
        (":start", "the fourth", "the fourth"),
        (":end", "2024-03-01", "It ends"),
        (":host", "Atlantis", "No country and no organization is called “Atlantis”."),
        (":guest", "", "This is needed."),
        (":status", "sunny", "Choose one of the list."),
        ("/topics/1:topic", "alchemy", "No topic is called “alchemy”."),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_comes_of_it(address, typed, words):
    found = finish(form(**{f"f:{address}": typed}))
    assert found.item is None
    assert len(found.faults) == 1
    assert words in next(iter(found.faults.values()))


def test_another_guest_sends_the_delegation():
    item = finish(form(**{"f::guest": "Japan"})).item
    assert item["guest"]["country"] == item["delegations"][0]["sender"]["country"] == "JP"


def test_an_organization_can_be_a_side():
    make_organization("eu")
    item = finish(form(**{"f::guest": "European Union"})).item
    assert item["guest"] == {"organization": {"name": "European Union"}, "as_printed": "Norway"}


def test_a_delegation_has_one_head_the_last_that_was_chosen():
    data = story()
    data["delegations"][0]["members"].append(person("Kari Lund"))
    taken = {one.id for one in drafts.units(data)}
    draft = from_form({"f:/delegations/0/members/1:head": "on", "f:/delegations/0/members/0:head": "on"}, taken, ())
    members = finish(draft, data).item["delegations"][0]["members"]
    assert [bool(one.get("head")) for one in members] == [False, True]


def test_a_value_that_is_typed_anew_is_its_readers_no_longer_and_keeps_its_words():
    (one,) = [c for c in finish(form(**{"f::start": "2024-03-05"})).item["citations"] if c.get("field") == "start"]
    assert (one["exact"], "rule" in one, "confidence" in one) == ("4 March 2024", False, False)


def test_a_value_that_is_taken_away_takes_its_words_along():
    item = finish(form(**{"f::start": ""})).item
    assert "start" not in item
    assert [one["field"] for one in item["citations"] if not one.get("target")] == ["guest", "kind"]


def test_a_mended_name_is_the_officials_name_too():
    item = finish(form(**{"f:/delegations/0/members/0:name_as_printed": "Ola Bergh"})).item
    member = item["delegations"][0]["members"][0]
    assert (member["name_as_printed"], member["official"]["name"]) == ("Ola Bergh", "Ola Bergh")


# cited


def test_words_that_the_editor_chose_take_the_place_of_the_readers():
    quote = {"quote:/topics/0:topic": "wind", "at:/topics/0:topic": "95"}
    (one,) = [c for c in finish(form(**quote)).item["citations"] if c.get("target") == "/topics/0"]
    assert (one["exact"], one["start"], one.get("rule")) == ("wind", TEXT.rindex("wind"), None)
    assert TEXT.startswith(one["prefix"] + one["exact"] + one["suffix"], one["start"] - len(one["prefix"]))


def test_words_that_are_not_in_the_text_are_refused():
    found = finish(form(**{"quote:/topics/0:topic": "tides"}))
    assert found.item is None
    assert list(found.faults) == ["/topics/0:topic"]


# who it is


def test_who_somebody_is_holds_for_all_of_the_name():
    berg = make_official("Ola Berg-Hansen", "NO")
    item = finish(form(**{"who:/delegations/0/members/0": str(berg.pk)})).item
    both = (item["delegations"][0]["members"][0], item["meetings"][0]["participants"][1])
    assert [one["official"] for one in both] == [{"uid": str(berg.uid), "name": "Ola Berg", "country": "NO"}] * 2
    assert "uid" not in item["meetings"][0]["participants"][0]["official"]


def test_somebody_new_has_a_uid_that_nobody_has_and_one_left_as_printed_has_no_official():
    found = finish(form(**{"who:/delegations/0/members/0": "new", "who:/meetings/0/participants/0": "printed"})).item
    first, second = found["delegations"][0]["members"][0], found["meetings"][0]["participants"][1]
    assert first["official"]["uid"] == second["official"]["uid"]
    assert "official" not in found["meetings"][0]["participants"][0]


@pytest.mark.parametrize("choice", ["999999", "9" * 30, "nobody"])
def test_an_official_who_is_not_there_is_refused(choice):
    found = finish(form(**{"who:/delegations/0/members/0": choice}))
    assert (found.item, list(found.faults)) == (None, ["/delegations/0/members/0:official"])


# added


def test_parts_are_added_and_an_empty_one_is_none():
    make_dialogue("ports-forum", "Forum of Ports")
    added = ("/topics/3", "/dialogues/0", "/outcomes/0", "/meetings/0/participants/2", "/delegations/0/members/1")
    typed = {
        "f:/topics/3:as_printed": "tides", "f:/dialogues/0:dialogue": "forum of ports",
        "f:/meetings/0/participants/2:name_as_printed": "Eva Soto",
        "f:/delegations/0/members/1:name_as_printed": "Kari Lund",
    }  # fmt: skip
    item = finish(form(None, added, **typed)).item
    assert item["topics"][3] == {"as_printed": "tides"}
    assert item["dialogues"] == [{"dialogue": "ports-forum"}]
    assert "outcomes" not in item
    new = item["meetings"][0]["participants"][2]
    assert (new["official"], new["side"]) == ({"name": "Eva Soto", "country": "CL"}, {"country": "CL"})
    assert item["delegations"][0]["members"][1]["official"] == {"name": "Kari Lund", "country": "NO"}


@pytest.mark.parametrize(
    "path", ["/topics/9", "/spells/0", "/topics/0/topics/0", "/meetings/7/participants/0", "//", "/a/b"]
)
def test_what_is_no_place_for_a_part_is_left_alone(path):
    assert finish(form(None, (path,), **{f"f:{path}:as_printed": "x"})).item == story()


def test_the_next_place_of_a_list():
    assert drafts.next_path(story(), "", "topics", ["/topics/3"]) == "/topics/4"
    assert drafts.next_path(story(), "/meetings/0", "participants", []) == "/meetings/0/participants/2"
    assert drafts.next_path(story(), "", "spells", []) is None
    assert drafts.next_path(story(), "/topics/0", "topics", []) is None


def test_members_of_a_record_without_a_delegation_are_sent_by_its_guest():
    data = story()
    del data["delegations"]
    data["citations"] = []
    draft = from_form(
        {"f:/delegations/0/members/0:name_as_printed": "Kari Lund"}, {":start"}, ["/delegations/0/members/0"]
    )
    draft.taken.add("/delegations/0/members/0")
    (delegation,) = finish(draft, data).item["delegations"]
    assert (delegation["sender"], delegation["members"][0]["name_as_printed"]) == (data["guest"], "Kari Lund")


# completeness


def test_every_part_of_a_record_has_its_fields():
    assert {name for lists in LISTS.values() for name in lists} <= FIELDS.keys()
    assert {"visit", "meeting", "official", "tenure"} <= FIELDS.keys()


def test_nothing_is_changed_in_place():
    data = story()
    before = copy.deepcopy(data)
    finish(form(**{"f::start": "2024-03-05", "who:/delegations/0/members/0": "new"}), data)
    assert data == before
