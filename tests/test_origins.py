"""Copies of one text are one origin, in whatever order they come; a visit says on how many it rests, and who tells."""

import random
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import stories
from tests.world import cite, make_source, make_user, make_visit
from visits import edit, origins
from visits.models import Citation, Corroboration, Source, TextPrint
from visits.review import undo

pytestmark = pytest.mark.django_db

WORDS = ("harbour", "glacier", "treaty", "salmon", "bridge", "copper", "winter", "railway", "forum", "lantern", "port")


def story(seed: int, length: int = 160) -> str:
    """A text of its own: the same for the same seed."""
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) + rng.choice(("", "s", "ed", "ing")) for _ in range(length))


def copy_of(text: str, seed: int, keep: float = 1.0, edits: float = 0.05) -> str:
    """With a header of its own, some words changed, and its end cut off."""
    rng = random.Random(seed)
    words = text.split()
    words = [rng.choice(WORDS) if rng.random() < edits else word for word in words[: int(len(words) * keep)]]
    return f"Evening paper number {seed}\nFrom our own desk in town\n\n" + " ".join(words)


def clusters() -> set[frozenset[str]]:
    """The texts' titles by their origin."""
    found: dict[int, set[str]] = {}
    titles = dict(Source.objects.values_list("pk", "title"))
    for pk, origin in origins.origins_of(titles).items():
        found.setdefault(origin, set()).add(titles[pk])
    return {frozenset(same) for same in found.values()}


def rests(visit) -> tuple[int, str]:
    found = Corroboration.objects.filter(visit=visit.pk).values_list("origins", "sides").first()
    return found or (1, "")


# copies


@pytest.mark.parametrize(("keep", "edits"), [(1.0, 0.0), (1.0, 0.08), (0.4, 0.05), (0.6, 0.05)])
def test_a_copy_with_a_header_small_edits_or_a_cut_end_is_one_origin(keep, edits):
    text = story(1)
    assert origins.are_copies(origins.runs_of(text), origins.runs_of(copy_of(text, 2, keep, edits)))


def test_different_stories_of_one_visit_are_no_copies():
    texts = [stories.GUEST, stories.HOST, stories.THIRD, stories.OTHER_HEAD, stories.WIRE]
    runs = [origins.runs_of(text) for text in texts]
    alike = [(i, j) for i in range(5) for j in range(i) if origins.are_copies(runs[i], runs[j])]
    assert alike == []


def test_a_wire_story_and_its_copy_are_one_origin():
    assert origins.are_copies(origins.runs_of(stories.WIRE), origins.runs_of(stories.COPY))


def test_a_digest_of_many_stories_is_a_copy_of_none():
    parts = [story(seed) for seed in range(10, 20)]
    digest = origins.runs_of("\n\n".join(parts))
    assert not any(origins.are_copies(digest, origins.runs_of(part)) for part in parts)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(7)), cuts=st.lists(st.integers(1, 6), max_size=3))
def test_the_clusters_are_the_same_in_any_order_and_in_any_batches(order, cuts):
    Source.objects.all().delete()
    TextPrint.objects.all().delete()
    one, other = story(1), story(2)
    texts = {
        "wire": one,
        "copy": copy_of(one, 3),
        "cut": copy_of(one, 4, keep=0.5),
        "copy of the cut": copy_of(copy_of(one, 4, keep=0.5), 5),
        "another": other,
        "its copy": copy_of(other, 6),
        "alone": story(7),
    }
    ids = [make_source(texts[title], title=title).pk for title in (list(texts)[at] for at in order)]
    start = 0
    for cut in [*sorted(set(cuts)), len(ids)]:
        origins.note_texts(ids[start:cut])
        start = cut
    assert clusters() == {
        frozenset({"wire", "copy", "cut", "copy of the cut"}),
        frozenset({"another", "its copy"}),
        frozenset({"alone"}),
    }


def test_what_was_one_origin_through_a_source_that_is_gone_is_so_no_more():
    whole = story(1, 400)
    halves = " ".join(whole.split()[:200]), " ".join(whole.split()[200:])
    sources = [make_source(text, title=title) for title, text in zip("abc", (halves[0], whole, halves[1]), strict=True)]
    origins.note_texts([source.pk for source in sources])
    assert clusters() == {frozenset("abc")}
    edit.remove(sources[1])
    assert clusters() == {frozenset("a"), frozenset("c")}


def test_noting_a_text_costs_the_same_for_one_and_for_three(django_assert_num_queries):
    ids = [make_source(story(seed), title=str(seed)).pk for seed in range(4)]
    for some in (ids[:1], ids[1:]):
        with django_assert_num_queries(4):  # old prints, texts, new prints, pairs
            origins.note_texts(some)


# a visit's origins


def cited(visit, publisher: str, attributed_to: str = "", text: str | None = None) -> Source:
    source = make_source(text, title=publisher, publisher=publisher)
    words = text.split()[0] if text else "some words"
    edit.save(cite(visit, source, words, "guest", attributed_to=attributed_to))
    return source


@pytest.fixture
def visit(db):
    stories.make_places()
    return make_visit("NO", "CL")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], (0, "")),
        ([("The Daily Comet", "")], (1, "")),
        ([("Ministry of Foreign Affairs of Norway", "")], (1, "guest")),
        ([("Office of the President of Chile", "")], (1, "host")),
        ([("The Daily Comet", "the Norwegian Foreign Ministry")], (1, "guest")),
        ([("Our Wire", "Chilean state news agency")], (1, "")),  # a newsroom is no office
        ([("Norwegian Daily", "")], (1, "")),
        ([("The Daily Comet", "the Foreign Ministry")], (1, "")),  # whose is not said
        ([("The Daily Comet", "the governments of Norway and Chile")], (1, "")),
        ([("The Daily Comet", "the Embassy of Norway in Chile")], (1, "guest")),
        ([("Ministry of Foreign Affairs of Norway", "the Foreign Ministry")], (1, "guest")),  # its own release
        ([("Ministry of Foreign Affairs of Peru", "")], (1, "")),
        ([("Ministry of Foreign Affairs of Norway", ""), ("Government of Chile", "")], (2, "both")),
        ([("Ministry of Foreign Affairs of Norway", ""), ("The Daily Comet", "")], (2, "")),
    ],
)
def test_a_visit_says_on_how_many_origins_it_rests_and_who_tells_of_it(visit, told, expected):
    edit.save(visit, [])
    for publisher, attributed_to in told:
        cited(visit, publisher, attributed_to)
    assert rests(visit) == expected


def test_a_russian_name_counts_in_any_case(visit):
    visit.guest_country.other_names.create(text="Норвегия", key="norvegiia", language="ru")
    cited(visit, "МИД Норвегии")
    assert rests(visit) == (1, "guest")


def test_copies_count_once_and_again_when_one_goes(visit):
    text = story(1)
    sources = [cited(visit, "A", text=text), cited(visit, "B", text=copy_of(text, 2)), cited(visit, "C", text=story(3))]
    origins.note_texts([source.pk for source in sources])
    assert rests(visit) == (2, "")
    edit.remove(Citation.objects.get(source=sources[2]))
    assert rests(visit) == (1, "")


def test_the_command_makes_the_same_anew(visit):
    text = story(1)
    for name, words in (("A", text), ("B", copy_of(text, 2)), ("C", story(3))):
        cite(visit, make_source(words, title=name), words.split()[0])
    empty = make_visit("CL", "NO")
    call_command("rebuild_origins", stdout=StringIO())
    assert (rests(visit), rests(empty)) == ((2, ""), (0, ""))


def test_loads_keep_the_number_and_an_undo_takes_it_back():
    stories.make_places()
    user = make_user("elena")
    visit = stories.accepted(stories.GUEST, user).visit
    assert rests(visit) == (1, "guest")
    stories.accepted(stories.WIRE, user)
    stories.accepted(stories.COPY, user)
    assert rests(visit) == (2, "guest")
    host = stories.accepted(stories.HOST, user)
    assert rests(visit) == (3, "both")
    undo.undo(host.run, user)
    assert rests(visit) == (2, "guest")


def test_recounting_costs_the_same_for_one_and_for_three(django_assert_num_queries, visit):
    visits = [visit, make_visit("NO", "CL"), make_visit("CL", "NO")]
    for one in visits:
        cited(one, "Ministry of Foreign Affairs of Norway")
    for some in (visits[:1], visits):
        with django_assert_num_queries(13):
            origins.recount(one.pk for one in some)


# the filter


def test_the_filter_is_the_same_for_page_api_and_export(client, visit):
    """Of each kind one visit; a visit may be of several kinds."""
    made = {name: make_visit("NO", "CL", title=name) for name in ("none", "single", "several", "guest", "both")}
    for one in made.values():
        edit.save(one, [])
    for name, publishers in (
        ("single", ["The Daily Comet"]),
        ("several", ["The Daily Comet", "The Evening Post"]),
        ("guest", ["Ministry of Foreign Affairs of Norway"]),
        ("both", ["Ministry of Foreign Affairs of Norway", "Government of Chile"]),
    ):
        for publisher in publishers:
            cited(made[name], publisher)
    visit.delete()
    expected = {
        "none": {"none"},
        "single": {"single", "guest"},
        "several": {"several", "both"},
        "one-sided": {"guest"},
        "both-sides": {"both"},
        "none&corroboration=both-sides": {"none", "both"},
    }
    found = {}
    for value in expected:
        answer = client.get(f"/api/v1/visits/?corroboration={value}").json()["results"]
        found[value] = {one["title"] for one in answer}
        lines = client.get(f"/visits.jsonl?corroboration={value}").getvalue().decode().splitlines()
        page = client.get(f"/visits/?corroboration={value}").content.decode()
        assert len(lines) == len(answer)
        assert {name for name in made if f">{name}</a>" in page} == found[value]
    assert found == expected


def test_the_api_says_on_how_many_origins_a_visit_rests(client, visit):
    cited(visit, "Ministry of Foreign Affairs of Norway")
    cited(visit, "Government of Chile")
    answer = client.get(f"/api/v1/visits/{visit.pk}/").json()
    assert answer["corroboration"] == {"origins": 2, "sides": "both"}


def test_an_unknown_kind_is_named(client, db):
    assert client.get("/api/v1/visits/?corroboration=sure").status_code == 400
