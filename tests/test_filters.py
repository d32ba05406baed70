"""The filters of the lists: what each finds, and that nothing unknown is silently ignored."""

import itertools
from functools import partial

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from tests.world import (
    add_external_id,
    cite,
    make_delegation,
    make_dialogue,
    make_meeting,
    make_official,
    make_organization,
    make_source,
    make_topic,
    make_visit,
)
from visits import catalogue, paging
from visits.filters import FILTERS, FilterError, MeetingFilter, OfficialFilter, OutcomeFilter, VisitFilter, base
from visits.models import Citation, ImportRun, Member, Official
from visits.pages.counting import count_of
from visits.rows import SHAPES

pytestmark = pytest.mark.django_db


def found(query, filters=VisitFilter):
    """The records; and the list finds the same ones by their digests."""
    opened = filters.open(QueryDict(query), "/visits/")
    assert {one.pk for one in opened.qs} == {one.pk for one in opened.digests}
    return set(opened.qs)


def refusal(query, filters=VisitFilter, **options):
    with pytest.raises(FilterError) as refused:
        filters.open(QueryDict(query), "/visits/", **options)
    return refused.value.problems


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "story thin from_organization without_year"),
        ("guest=TM", "story without_year"),
        ("guest=tkm", "story without_year"),
        ("guest=eu", "from_organization"),
        ("guest=EU&guest=US", "from_organization thin"),
        ("host=JP&guest=US", ""),
        ("country=UZ", "from_organization"),
        ("country=eu&country=FR", "from_organization thin"),
        ("pair=JP-TM", "story without_year"),
        ("pair=eu-UZ", "from_organization"),
        ("region=143", "story without_year from_organization"),
        ("region=northern-america", "thin"),
        ("region=asia", "story without_year from_organization"),
        ("post_rank=foreign-minister", "story"),
        ("post_rank=minister", ""),
        ("topic=energy", "story"),
        ("topic=green-hydrogen", "story"),
        ("topic=trade", "from_organization"),
        ("topic=hydrogen&modality=signed", ""),
        ("modality=proposed", "story"),
        ("dialogue=central-asia-japan", "story"),
        ("kind=state&kind=summit", "thin from_organization"),
        ("status=completed", "story"),
        ("from=2024", "story"),
        ("to=1961-06", "thin"),
        ("from=2023-06-30&to=2024-01-22", "story from_organization"),
        ("from=2024&undated=true", "story without_year"),
        ("dataset=hsg-visits", "story"),
        ("external_id=hsg-travels:12", "thin"),
        ("external_id=hsg-visits:12", ""),
        ("utm_source=letter", "story thin from_organization without_year"),
        ("q=hydrogen", "story"),
        ("q=orazowa japan", "story"),
        ("q=Orazowa+France", ""),
        ("q=francé", "thin"),
        ("q=european", "from_organization"),
        ("q=mori", "story"),
        ("q=proposed", "story"),
        ("q=b", ""),
        ("q=eu", ""),
    ],
)
def test_a_filter_of_visits_finds(world, query, names):
    assert found(query) == {getattr(world, name) for name in names.split()}


def test_a_person_is_found_as_member_and_as_participant(world):
    guest, host = (Official.objects.get(name=name) for name in ("Aina Orazowa", "Ken Mori"))
    assert [found(f"official={one.pk}") for one in (guest, host)] == [{world.story}, {world.story}]


def test_an_organization_is_found_by_its_slug_or_its_id_once_it_is_public(world):
    body = make_organization("water-board", kind="other")
    assert [problem.field for query in ("guest=water-board", f"guest={body.pk}") for problem in refusal(query)] == [
        "guest",
        "guest",
    ]
    visit = make_visit("water-board", "UZ")
    assert [found(query) for query in ("guest=water-board", f"guest={body.pk}")] == [{visit}, {visit}]


def test_a_source_leads_to_what_it_evidences(world):
    assert found(f"source={world.source.pk}") == {world.story}


def test_a_load_leads_to_what_it_made(world):
    run = ImportRun.objects.create(name="secret.csv")
    visit = make_visit(created_by_run=run)
    filters = VisitFilter.open(QueryDict(f"run={run.pk}"))
    assert (set(filters.qs), filters.chips()[0].text) == ({visit}, str(run.pk))


def test_a_hidden_meeting_leads_nobody_to_its_visit():
    visit = make_visit()
    make_meeting(state="draft", visits=[visit], topics=["trade"], participants=[("Ken Mori", "JP")])
    other = make_visit("JP", "US", head="Ken Mori")
    official = Official.objects.get(name="Ken Mori")
    assert [found(query) for query in ("topic=trade", f"official={official.pk}")] == [set(), {other}]


def test_a_printed_name_is_found_where_nobody_was_recognised():
    visit = make_visit()
    make_delegation(visit).members.create(as_printed="Chancellor Ōtto von Beispiel")
    assert found("q=otto beispiel") == {visit}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("country=JP", ["Talks on industry"]),
        ("venue=US", ["Foreign ministers by video"]),
        ("format=video", ["Foreign ministers by video"]),
        ("alone=true", ["Foreign ministers by video"]),
        ("alone=false", ["Talks on industry"]),
        ("topic=energy", ["Talks on industry"]),
        ("q=industry mori", ["Talks on industry"]),
        ("to=2023", ["Foreign ministers by video"]),
    ],
)
def test_a_filter_of_meetings_finds(world, query, titles):
    assert [meeting.title for meeting in found(query, MeetingFilter)] == titles


def test_officials_are_found_by_another_name_and_by_rank(world):
    make_official("Aina Orazowa", other_names=["Айна Оразова"])
    assert [str(one) for one in found("q=оразова&rank=foreign-minister", OfficialFilter)] == ["Aina Orazowa"]


def test_outcomes_are_found_by_the_sides_of_their_visit(world):
    assert [str(one) for one in found("country=JP&overdue=false", OutcomeFilter)] == ["Summit of leaders"]


# errors


def test_an_unknown_filter_is_named_with_what_is_near_it(world):
    (problem,) = refusal("gest=TM&host=JP&page_size=10")
    assert (problem.field, problem.value, problem.code, problem.nearest[0], problem.url) == (
        "gest",
        "TM",
        "unknown-filter",
        "guest",
        "/visits/?host=JP&page_size=10",
    )


def test_an_unknown_value_is_named_with_what_is_near_it(world):
    (problem,) = refusal("guest=TM&guest=Japon")
    assert (problem.field, problem.value, problem.nearest[0], problem.url) == (
        "guest",
        "Japon",
        "JP",
        "/visits/?guest=TM",
    )


@pytest.mark.parametrize(
    "query",
    [
        "guest=XX", "pair=TM", "region=atlantis", "official=1", "official=abc", "topic=cheese", "dialogue=none",
        "kind=visit", "status=done", "modality=maybe", "from=yesterday", "from=XXXX-01-22", "undated=perhaps",
        "source=1", "run=99999", "dataset=none", "external_id=2138", "ordering=title", "page_size=501", "page_size=0",
        "official=99999999999999999999", "from=2024&from=2025", "q=" + "a" * 201, "guest=%00", "post_rank=%25s",
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused(world, query):
    (problem,) = refusal(query)
    assert problem.field == query.partition("=")[0]


def test_all_problems_are_named_at_once(world):
    assert [problem.field for problem in refusal("colour=red&kind=visit&guest=XX")] == ["colour", "guest", "kind"]


def test_the_caller_may_read_more_parameters_itself(world):
    assert VisitFilter.open(QueryDict("view=map"), also=["view"]).order == "-start"


@pytest.mark.parametrize("word", ["'", "\\", "a'b", "½", "foo:*", "|", "ŉa", "%", "_", "日本", "()", "&!"])
def test_no_word_breaks_the_search(world, word):
    query = QueryDict(mutable=True)
    query["q"] = word
    for name in ("visits", "meetings", "officials", "sources", "citations", "topics"):
        list(FILTERS[name].open(query).qs)


# chips and what is left out


def test_chips_say_what_is_on_and_how_to_take_it_off(world):
    filters = VisitFilter.open(QueryDict("guest=TM&guest=US&kind=state&page_size=5&cursor=x"), "/v/", also=["cursor"])
    assert [(chip.label, chip.text, chip.url) for chip in filters.chips()] == [
        ("Guest", "Turkmenistan", "/v/?guest=US&kind=state&page_size=5"),
        ("Guest", "United States", "/v/?guest=TM&kind=state&page_size=5"),
        ("Kind", "State visit", "/v/?guest=TM&guest=US&page_size=5"),
    ]


@pytest.mark.parametrize(
    ("query", "number"), [("from=2000", 1), ("from=2000&undated=true", 0), ("guest=TM", 0), ("to=2000&guest=US", 0)]
)
def test_the_number_without_a_year_that_dates_leave_out_can_be_asked(world, query, number):
    assert VisitFilter.open(QueryDict(query)).left_out() == number


# every list


@pytest.mark.parametrize("name", FILTERS)
def test_a_list_shows_nothing_hidden(world, name):
    hidden = {(type(one), one.pk) for one in world.hidden}
    shown = {(type(one), one.pk) for one in FILTERS[name].open(QueryDict()).qs}
    assert hidden & shown == set()


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_has_a_label_and_a_help_text_or_choices(name):
    assert [key for key, one in FILTERS[name].base_filters.items() if not (one.help_text or one.choices)] == []


def test_a_filtered_list_is_one_query_when_the_reference_data_are_known(world):
    catalogue.current()
    with CaptureQueriesContext(connection) as captured:
        list(VisitFilter.open(QueryDict("guest=TM&host=JP&topic=energy&kind=official&region=143")).qs)
    assert len(captured) == 2  # the version of the reference data, the visits


def test_topics_of_outcomes_count(world):
    outcome = make_visit(outcomes=["A plan"]).outcomes.get()
    outcome.topics.add(make_topic("trade"))
    assert found("topic=trade&modality=proposed") == {outcome.visit}


def test_a_modality_is_that_of_the_topic():
    """And of meetings, unless they are hidden."""
    one = make_visit(topics=["trade"])
    one.topic_links.update(modality="signed")
    other = make_visit(topics=["trade"], outcomes=["A plan"])
    other.outcomes.get().topics.add(make_topic("energy"))
    meeting = make_meeting(visits=[other], topics=["water"])
    meeting.topic_links.update(modality="signed")
    assert found("modality=signed") == {one, other}
    assert found("modality=signed&topic=trade") == {one}
    assert found("modality=signed&modality=discussed&topic=trade") == {one, other}
    assert found("modality=proposed&topic=energy") == {other}
    assert found("modality=proposed&topic=trade") == set()
    type(meeting).objects.update(state="draft")
    assert found("modality=signed") == {one}


def test_multilateral_is_a_summit_or_its_host_or_a_session_of_more_than_two():
    summit, plain = make_visit(kind="summit"), make_visit()
    hosted = make_visit(host_organization=make_organization("un", kind="international"))
    about, session, met = make_visit(), make_visit(), make_visit()
    dialogue = make_dialogue("c3", members=["TM", "JP", "UZ"])
    two = make_dialogue("c2", members=["TM", "JP"])
    about.dialogue_links.create(dialogue=dialogue)
    session.dialogue_links.create(dialogue=dialogue, role="session")
    make_meeting(visits=[met]).dialogue_links.create(dialogue=dialogue, role="session")
    plain.dialogue_links.create(dialogue=two, role="session")
    assert found("multilateral=true") == {summit, hosted, session, met}
    assert found("multilateral=false") == {plain, about}
    assert found("dialogue=c3") == {about, session, met}


def test_a_citation_of_a_part_leads_to_the_whole():
    visit = make_visit(topics=["trade"])
    citation = cite(visit.topic_links.get(), make_source("On trade."), "trade")
    add_external_id(visit, "hsg-visits:1")
    assert Citation.objects.get() == citation
    assert found(f"source={citation.source_id}") == {visit}


@pytest.mark.parametrize("cheap", [0, 1_000_000])
def test_a_word_of_a_quote_leads_to_what_it_is_cited_for(monkeypatch, cheap):
    monkeypatch.setattr(base, "CHEAP", cheap)
    visit, meeting = (
        make_visit(topics=["trade"], head="A B"),
        make_meeting(topics=["water"], participants=[("C D", "JP")]),
    )
    cite(visit.topic_links.get(), make_source("Of zebras."), "zebras")
    cite(Member.objects.get(), make_source("Of lions."), "lions")
    cite(meeting.topic_links.get(), make_source("Of tigers."), "tigers")
    cite(meeting.participants.get(), make_source("Of bears."), "bears")
    quoted = {VisitFilter: ["zebras", "lions", "zebras lions"], MeetingFilter: ["tigers", "bears"]}
    for filters, owner in ((VisitFilter, visit), (MeetingFilter, meeting)):
        for word in itertools.chain.from_iterable(quoted.values()):
            wanted = {owner} if word in quoted[filters] else set()
            monkeypatch.setattr(base, "MANY", 50_000)
            assert found(f"q={word}", filters) == wanted
            monkeypatch.setattr(base, "MANY", 0)
            rows, fits = filters.open(QueryDict(f"q={word}")).walk
            assert (found(f"q={word}", filters), len(rows.filter(fits))) == (wanted, len(wanted))


WORDS = ("hydrogen", "orazowa japan", "mori", "trade minister", "nothing")


def listed(filters, text, order, size=1):
    """All pages of a list, one after the other, and back again."""
    ids, cursor = [], ""
    while cursor is not None:
        opened = filters.open(QueryDict(f"q={text}"))
        read = partial(SHAPES[filters.owner + "s"].read, fields=["id"])
        page = paging.page(opened.digests, order, read, cursor=cursor, size=size, count=True, walk=opened.walk)
        assert page.count == opened.qs.count()
        ids += [row["id"] for row in page.rows]
        cursor, last = page.next, page
    if last.previous:
        back = paging.page(opened.digests, order, read, cursor=last.previous, size=size, walk=opened.walk)
        assert [row["id"] for row in back.rows] == ids[-2:-1]
    return ids


@pytest.mark.parametrize("filters", [VisitFilter, MeetingFilter])
def test_words_find_the_same_by_ids_and_by_asking_row_after_row(world, monkeypatch, filters):
    make_visit("FR", "JP", "1999", summary="Hydrogen, and trade with the minister.")
    make_meeting(visits=[world.story], date="2024-01-23", summary="Hydrogen in Japan.")
    monkeypatch.setattr(paging, "NEAR", 2)
    orders = (paging.NEWEST, paging.BY_ID)
    for text in WORDS:
        monkeypatch.setattr(base, "MANY", 25_000)
        by_ids = [listed(filters, text, order) for order in orders]
        everything = set(filters.open(QueryDict(f"q={text}")).qs.values_list("pk", flat=True))
        assert [set(ids) for ids in by_ids] == [everything] * 2
        monkeypatch.setattr(base, "MANY", 0)
        for cheap in (0, 1_000_000):
            monkeypatch.setattr(base, "CHEAP", cheap)
            assert [listed(filters, text, order) for order in orders] == by_ids
        opened = filters.open(QueryDict(f"q={text}"))
        assert set(opened.digests.values_list("pk", flat=True)) == everything
        assert opened.walk is None or count_of(opened).number <= len(everything)


def test_what_has_no_year_is_counted_also_where_many_have_the_word(world, monkeypatch):
    query = QueryDict("q=turkmenistan&from=2024")
    few = VisitFilter.open(query).left_out()
    monkeypatch.setattr(base, "MANY", 0)
    assert (VisitFilter.open(query).left_out(), few) == (1, 1)


def test_names_are_listed_page_after_page_with_the_best_first():
    for name in ("Mori Aoki", "Mori", "Ken Mori", "Mori Ito"):
        make_visit(head=name)
    ids, cursor = [], ""
    while cursor is not None:
        opened = OfficialFilter.open(QueryDict("q=mori"))
        page = paging.page(
            opened.digests, paging.BEST, SHAPES["officials"].read, cursor=cursor, size=1, leading=opened.leading
        )
        ids, cursor = ids + [row["id"] for row in page.rows], page.next
    assert ids == [one.pk for one in opened.qs]
    assert len(ids) == 4
