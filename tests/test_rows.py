"""The public shapes: what a row says, and that the number of queries does not depend on the number of rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.world import (
    cite,
    make_delegation,
    make_meeting,
    make_official,
    make_post,
    make_source,
    make_tenure,
    make_visit,
)
from visits import catalogue, rows
from visits.models import (
    Citation,
    Country,
    Delegation,
    Dialogue,
    Meeting,
    Official,
    Organization,
    Outcome,
    Post,
    Source,
    Tenure,
    Topic,
    Visit,
)

pytestmark = pytest.mark.django_db


def one(visit, **options):
    return rows.visit_rows(Visit.objects.filter(pk=visit.pk), **options)[0]


def queries(action):
    catalogue.current()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        action()
    return len(captured)


# visits


def test_a_visit_reads_as_the_design_says(world):
    row = one(world.story)
    head = Official.objects.get(name="Aina Orazowa")
    delegation = world.story.delegations.get()
    turkmenistan = {"code": "TM", "name": "Turkmenistan", "organization": None, "as_printed": ""}
    assert row == {
        "id": world.story.pk,
        "uid": str(world.story.uid),
        "url": f"/visits/{world.story.pk}-foreign-minister-of-turkmenistan-in-japan/",
        "external_ids": ["hsg-visits:2138"],
        "title": "Foreign minister of Turkmenistan in Japan",
        "start": "2024-01-22",
        "end": "2024-01-23",
        "earliest": "2024-01-22",
        "latest": "2024-01-23",
        "kind": "official",
        "kind_as_printed": "",
        "status": "completed",
        "host": {"code": "JP", "name": "Japan", "organization": None, "as_printed": ""},
        "guest": turkmenistan,
        "delegations": [
            {
                "id": delegation.pk,
                "uid": str(delegation.uid),
                "sender": turkmenistan,
                "head": {
                    "id": head.pk,
                    "name": "Aina Orazowa",
                    "post": "Foreign Minister",
                    "rank": "foreign-minister",
                    "as_printed": "Foreign Minister Aina Orazowa",
                    "url": f"/officials/{head.pk}-aina-orazowa/",
                },
                "members": 2,
            }
        ],
        "places": [{"city": "Tokyo", "country": "JP", "as_printed": "Tokyo"}],
        "topics": [
            {
                "slug": "hydrogen",
                "name": "Hydrogen",
                "as_printed": "hydrogen",
                "modality": "discussed",
                "url": "/topics/hydrogen/",
            }
        ],
        "dialogues": [
            {
                "slug": "central-asia-japan",
                "name": "Central Asia Japan",
                "as_printed": "",
                "role": "session",
                "url": "/dialogues/central-asia-japan/",
            }
        ],
        "meetings": 1,
        "outcomes": 1,
        "summary": "Talks about hydrogen.",
        "trip": None,
        "accompanies": None,
        "evidenced": 0.4,
        "corroboration": {"origins": 1, "sides": None},
        "changed": world.story.changed_at.isoformat(),
    }


def test_an_organization_can_be_the_guest(world):
    guest = one(world.from_organization)["guest"]
    organization = Organization.objects.get(slug="eu")
    assert guest == {
        "code": None,
        "name": "European Union",
        "organization": {
            "id": organization.pk,
            "slug": "eu",
            "name": "European Union",
            "url": f"/organizations/{organization.pk}-european-union/",
        },
        "as_printed": "",
    }


def test_a_visit_without_a_title_is_named_for_its_sides(world):
    assert [one(visit)["title"] for visit in (world.thin, world.from_organization)] == [
        "United States to France",
        "European Union to Uzbekistan",
    ]


def test_meetings_that_are_not_published_do_not_count(world):
    make_meeting(state="draft", visits=[world.thin])
    assert one(world.thin)["meetings"] == 0
    assert one(world.thin, expand=["meetings"])["meetings"] == []


def test_an_accompanied_visit_is_named_once_it_is_published(world):
    hidden = world.hidden[0]
    visits = [make_visit(accompanies=other) for other in (hidden, world.thin)]
    assert [one(visit)["accompanies"] for visit in visits] == [None, world.thin.pk]


def test_expanding_gives_lists_instead_of_numbers(world):
    row = one(world.story, expand=["delegations", "meetings", "outcomes", "citations"])
    assert [member["name"] for member in row["delegations"][0]["members"]] == ["Aina Orazowa", "Merdan Gurbanow"]
    assert [meeting["title"] for meeting in row["meetings"]] == ["Talks on industry"]
    assert [person["name"] for person in row["meetings"][0]["participants"]] == ["Ken Mori", "Aina Orazowa"]
    assert [outcome["title"] for outcome in row["outcomes"]] == ["Summit of leaders"]
    assert [citation["exact"] for citation in row["citations"]] == [
        "22 January 2024",
        "Foreign Minister Aina Orazowa",
        "a summit was proposed",
    ]


def test_fields_leave_out_the_rest(world):
    assert one(world.story, fields=["title", "id"]) == {
        "id": world.story.pk,
        "title": "Foreign minister of Turkmenistan in Japan",
    }


@pytest.mark.parametrize("option", ["fields", "expand"])
def test_an_unknown_field_is_refused_by_its_name(world, option):
    with pytest.raises(rows.UnknownPart) as refused:
        one(world.story, **{option: ["colour"]})
    assert (refused.value.parameter, refused.value.value) == (option, "colour")


# evidence


def test_a_row_of_a_data_set_evidences_all_that_was_read_from_it():
    visit = make_visit(head="Aina Orazowa", topics=["trade"])
    Citation.objects.create(source=make_source(), visit=visit, row={"id": "1"}, external_id="1")
    assert one(visit)["evidenced"] == 1.0


def test_a_visit_without_a_citation_has_no_evidence():
    assert one(make_visit(topics=["trade"]))["evidenced"] == 0.0


def test_a_quote_for_the_whole_visit_evidences_its_own_fields_alone():
    visit = make_visit(topics=["trade"])
    cite(visit, make_source("They came."), "came")
    assert one(visit)["evidenced"] == 0.75


def test_a_meeting_counts_its_participants():
    meeting = make_meeting(participants=[("Ken Mori", "JP")])
    cite(meeting, make_source("They met."), "met", "date")
    assert rows.meeting_rows(Meeting.objects.all())[0]["evidenced"] == 0.33


# quotes


def test_a_quote_is_cut_to_200_characters_around_its_words():
    before, words, after = rows.cut_around("a" * 300, "the words", "b" * 300)
    assert len(before + words + after) == 200
    assert (before[:2], words, after[-2:]) == ("…a", "the words", "b…")


def test_a_long_quote_is_cut_itself():
    before, words, after = rows.cut_around("before", "w" * 300, "after")
    assert (before, len(words), words[-1], after) == ("", 200, "…", "")


@pytest.mark.parametrize(("free", "length"), [(False, 200), (True, 300)])
def test_a_whole_quote_is_shown_where_the_source_is_free(free, length):
    visit = make_visit()
    cite(visit, make_source("w" * 300, free_to_show=free), "w" * 300)
    assert len(rows.citation_rows(Citation.objects.all())[0]["exact"]) == length


@pytest.mark.parametrize(("free", "text"), [(False, None), (True, "It rained.")])
def test_a_whole_text_is_shown_where_it_is_free(free, text):
    make_source("It rained.", free_to_show=free)
    assert rows.source_rows(Source.objects.all(), expand=["text"])[0]["text"] == text


def test_a_citation_of_a_member_leads_to_its_visit(world):
    member = world.story.delegations.get().members.get(head=True)
    citation = rows.citation_rows(Citation.objects.filter(member=member))[0]
    assert (citation["target"], citation["visit"], citation["meeting"]) == (
        {"type": "member", "id": member.pk},
        world.story.pk,
        None,
    )


# addresses


@pytest.mark.parametrize(
    "model", [Visit, Meeting, Official, Post, Organization, Country, Topic, Outcome, Dialogue, Source]
)
def test_addresses_are_those_of_the_records(world, model):
    queryset = model.objects.order_by("pk")
    read = rows.SHAPES[f"{model._meta.model_name}s".replace("countrys", "countries")].read
    assert [row["url"] for row in read(queryset)] == [record.get_absolute_url() for record in queryset]


# queries


def full(number):
    for index in range(number):
        day = f"2024-02-{index + 1:02d}"
        visit = make_visit(
            start=day,
            head=f"Head {index}",
            members=["Merdan Gurbanow"],
            topics=["hydrogen"],
            outcomes=["A plan"],
            dialogue=f"dialogue-{index}",
            external_id=f"hsg-visits:{index}",
        )
        meeting = make_meeting(
            day, visits=[visit], participants=[(f"Host {index}", "JP")], topics=["trade"], outcomes=["A plan"]
        )
        make_tenure(make_official(f"Head {index}"), make_post(f"Post {index}"), "2020")
        make_delegation(meeting, "TM", f"Head {index}")
        make_visit("eu", "UZ", day)
        cite(visit, make_source("On a day."), "day", "start")
        cite(meeting, make_source("On a day."), "day", "date")


EXPANDED = [
    # (shape, model, expand, queries: the ids and their rows are the first two)
    ("visits", Visit, [], 2),
    ("visits", Visit, ["delegations"], 5),  # ids of delegations, delegations, members
    ("visits", Visit, ["meetings"], 6),  # links, ids of meetings, meetings, participants
    ("visits", Visit, ["outcomes", "citations"], 6),
    ("meetings", Meeting, [], 2),
    ("meetings", Meeting, ["visits", "participants", "delegations", "outcomes", "citations"], 11),
    ("delegations", Delegation, ["members"], 3),
    ("officials", Official, ["tenures"], 4),
    ("officials", Official, ["seen"], 4),  # what is seen, its posts
    ("posts", Post, ["tenures"], 4),
    ("posts", Post, ["seen"], 4),
    ("tenures", Tenure, [], 2),
    ("countries", Country, [], 2),
    ("organizations", Organization, [], 2),
    ("topics", Topic, [], 2),
    ("outcomes", Outcome, [], 2),
    ("dialogues", Dialogue, [], 2),
    ("sources", Source, ["text"], 3),
    ("citations", Citation, [], 2),
]


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("shape", "model", "expand", "expected"), EXPANDED)
def test_the_number_of_queries_is_constant(number, shape, model, expand, expected):
    full(number)
    assert queries(lambda: rows.SHAPES[shape].read(model.objects.all(), expand=expand)) == expected
