"""The preview at the desk: columns confirmed, rows by what would become of them, applied or thrown away."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.world import make_country, make_user, make_visit
from visits import access, loads
from visits.admin.preview import compared
from visits.models import ColumnChoice, ImportProblem, ImportRun, PreviewRow, Visit

pytestmark = pytest.mark.django_db

ODD = "Visitor nation,Host nation,start,Mood\nTM,JP,2024-01-22,sunny\nTM,Atlantis,2024-02-01,grey\n"
PLAIN = "guest,host,start\nTM,JP,2024-01-22\nTM,Atlantis,2024-02-01\n"


@pytest.fixture
def desk(client):
    access.ensure_groups()
    for code in ("TM", "JP"):
        make_country(code)
    client.force_login(make_user("elena", group="Editor", is_staff=True))
    return client


def url(name, *args):
    return reverse(f"admin:visits_importrun_{name}", args=args)


def upload(client, text, name="visits.csv", **fields):
    """The answer to an upload, and its run."""
    file = SimpleUploadedFile(name, text.encode())
    answer = client.post(url("load"), {"uploads": file, **fields})
    return answer, ImportRun.objects.latest("pk")


def page(client, name, *args, **params):
    return client.get(url(name, *args), params).content.decode()


def confirm(client, run, **chosen):
    """Send the columns as they are preselected, but for those chosen."""
    form = client.get(url("columns", run.pk)).context["form"]
    data = {name: form[name].initial or "" for name in form.fields}
    for group in form.groups:
        for row in group["rows"]:
            data[row["field"].name] = chosen.get(row["heading"].text, data[row["field"].name])
    data["date_order"] = chosen.get("date_order", data["date_order"])
    return client.post(url("columns", run.pk), data)


def previewed(text=PLAIN, **options):
    """A dry run that is done."""
    return loads.run_load(loads.create_run([("visits.csv", text.encode())], user=None, dry_run=True, **options).pk)


def make_rows(run, verdict, number=1, **values):
    return PreviewRow.objects.bulk_create(
        PreviewRow(
            run=run, file="a.csv", row=place, verdict=verdict, type="visit", title=f"{verdict} {place}", **values
        )
        for place in range(2, number + 2)
    )


# columns


def test_known_headings_go_straight_to_the_preview(desk, queue):
    answer, run = upload(desk, PLAIN)
    assert (answer.url, run.dry_run, run.message) == (url("change", run.pk), True, "")


def test_unknown_headings_are_asked_about_before_anything_is_read(desk, queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        answer, run = upload(desk, ODD)
    assert (answer.url, run.status, callbacks) == (url("columns", run.pk), "queued", [])
    rows = desk.get(answer.url).context["form"].groups[0]["rows"]
    assert [(row["heading"].text, row["heading"].examples, row["how"]) for row in rows] == [
        ("Visitor nation", ("TM",), rows[0]["how"]),
        ("Host nation", ("JP", "Atlantis"), rows[1]["how"]),
        ("start", ("2024-01-22", "2024-02-01"), "known"),
        ("Mood", ("sunny", "grey"), rows[3]["how"]),
    ]


def test_a_suggestion_is_marked_as_one(desk, queue):
    _answer, run = upload(desk, "guest,host,strat\nTM,JP,2024\n")
    text = page(desk, "columns", run.pk)
    assert text.count("a suggestion: check it") == 1


def test_columns_that_every_row_needs_are_named(desk, queue):
    _answer, run = upload(desk, "guest,Where to\nTM,JP\n")
    answer = confirm(desk, run, **{"Where to": "-"})
    assert "choose the heading that is host" in answer.content.decode()


def test_one_column_is_chosen_once(desk, queue):
    _answer, run = upload(desk, ODD)
    answer = confirm(desk, run, **{"Visitor nation": "guest", "Host nation": "guest", "Mood": "-"})
    assert "is read as this already" in answer.content.decode()


def test_what_was_confirmed_is_read_and_remembered(desk, queue, django_capture_on_commit_callbacks):
    _answer, run = upload(desk, ODD)
    with django_capture_on_commit_callbacks() as callbacks:
        answer = confirm(desk, run, **{"Visitor nation": "guest", "Host nation": "host", "Mood": "-"})
    assert (answer.url, len(callbacks)) == (url("change", run.pk), 1)
    run = loads.run_load(run.pk)
    assert (run.read, run.rejected, run.message) == (2, 1, "")
    assert dict(ColumnChoice.objects.values_list("heading", "column")) == {
        "visitor nation": "guest",
        "host nation": "host",
        "mood": "",
    }


def test_a_remembered_table_is_not_asked_about_again(desk, queue):
    _answer, first = upload(desk, ODD)
    confirm(desk, first, **{"Visitor nation": "guest", "Host nation": "host", "Mood": "-"})
    answer, run = upload(desk, ODD)
    assert (answer.url, run.columns) == (
        url("change", run.pk),
        {"Visitor nation": "guest", "Host nation": "host", "Mood": ""},
    )


def test_what_another_person_chose_is_not_remembered(desk, client, queue):
    _answer, first = upload(desk, ODD)
    confirm(desk, first, **{"Visitor nation": "guest", "Host nation": "host", "Mood": "-"})
    client.force_login(make_user("omar", group="Editor", is_staff=True))
    answer, run = upload(client, ODD)
    assert answer.url == url("columns", run.pk)


def test_dates_of_three_numbers_ask_for_their_order(desk, queue):
    answer, run = upload(desk, "guest,host,start\nTM,JP,1/2/2024\n")
    assert answer.url == url("columns", run.pk)
    confirm(desk, run, date_order="dmy")
    assert loads.run_load(run.pk).created + loads.run_load(run.pk).review == 1
    assert run.preview_rows.get().added["start"] == "1 February 2024"


def test_a_preview_is_made_again_with_other_columns(desk, queue):
    run = previewed("guest,host,start\nTM,JP,1/2/2024\n")
    assert run.rejected == 1
    answer = confirm(desk, run, date_order="mdy")
    again = ImportRun.objects.latest("pk")
    assert answer.url == url("change", again.pk)
    assert (loads.run_load(again.pk).rejected, run.preview_rows.count(), run.files.count()) == (0, 0, 0)


def test_an_upload_that_waits_for_its_columns_says_so_and_is_not_asked_again_every_second(desk, queue):
    _answer, run = upload(desk, ODD)
    text = page(desk, "progress", run.pk)
    assert "It waits until its columns are confirmed" in text
    assert "hx-get" not in text


# the preview


def test_a_dry_run_leads_to_its_preview(desk):
    run = previewed()
    assert desk.get(url("change", run.pk)).url == url("preview", run.pk)
    assert desk.get(url("progress", run.pk)).headers["HX-Redirect"] == url("preview", run.pk)


def test_rows_are_shown_with_what_is_wrong(desk):
    text = page(desk, "preview", previewed().pk)
    assert all(words in text for words in ("Turkmenistan to Japan", "row 3", "host", "Atlantis"))


def test_tabs_count_and_filter(desk):
    run = previewed()
    answer = desk.get(url("preview", run.pk), {"show": "wrong"})
    assert [(tab["name"], tab["number"]) for tab in answer.context["tabs"]] == [("", 2), ("added", 1), ("wrong", 1)]
    assert [one.row["row"] for one in answer.context["rows"]] == [3]


def test_a_change_stands_before_and_after(desk):
    loaded = "external_id,guest,host,start,summary\nour-list:1,TM,JP,2024,They spoke about gas.\n"
    loads.run_load(loads.create_run([("v.csv", loaded.encode())], user=None, trust=True).pk)
    run = previewed(loaded.replace("gas", "hydrogen"))
    text = page(desk, "preview", run.pk, show="changed")
    assert "They spoke about <del>gas</del>." in text
    assert "They spoke about <ins>hydrogen</ins>." in text
    assert reverse("admin:visits_visit_change", args=[Visit.objects.get().pk]) in text


def test_what_a_record_would_get_is_named(desk):
    run = ImportRun.objects.create(dry_run=True, status="done")
    added = {"official": {"id": 5, "name": "Ken Mori"}, "head": True, "as_printed": "Minister Ken Mori"}
    make_rows(run, "changed", difference=[{"path": "/delegations/0/members/1", "added": added, "conflict": True}])
    row = desk.get(url("preview", run.pk)).context["rows"][0]
    assert [(one.label, one.words, one.conflict) for one in row.additions] == [
        ("Delegation 1, member 2", "Ken Mori, Minister Ken Mori", True)
    ]


def test_doubts_have_a_tab_of_their_own(desk):
    run = ImportRun.objects.create(dry_run=True, status="done")
    make_rows(run, "added", doubts=[{"code": "odd", "reason": "Two days after it ended"}])
    make_rows(run, "added")
    answer = desk.get(url("preview", run.pk), {"show": "doubtful"})
    assert len(answer.context["rows"]) == 1
    assert "Two days after it ended" in answer.content.decode()


def test_words_find_titles(desk):
    run = ImportRun.objects.create(dry_run=True, status="done")
    make_rows(run, "added", 12)
    answer = desk.get(url("preview", run.pk), {"q": "ADDED 12"})
    assert [one.row["row"] for one in answer.context["rows"]] == [12]


def test_pages_are_walked_by_cursor(desk):
    run = ImportRun.objects.create(dry_run=True, status="done")
    make_rows(run, "added", 60)
    first = desk.get(url("preview", run.pk)).context
    second = desk.get(first["next_url"]).context
    assert [len(one["rows"]) for one in (first, second)] == [50, 10]
    assert desk.get(second["previous_url"]).context["rows"][0].row["row"] == 2


@pytest.mark.parametrize("params", [{"show": "purple"}, {"cursor": "broken"}])
def test_an_address_that_makes_no_sense_leads_to_the_first_page(desk, params):
    run = previewed()
    assert desk.get(url("preview", run.pk), params).url == url("preview", run.pk)


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(desk, number, django_assert_num_queries):
    run = ImportRun.objects.create(dry_run=True, status="done")
    difference = [{"path": "", "field": "summary", "before": "a", "after": "b"}]
    make_rows(run, "changed", number, record_id=1, difference=difference)
    page(desk, "preview", run.pk)
    # session, user, their permissions (2); the run, whether it has rows, files; whether it was applied;
    # the rows, their counts, the doubtful ones, problems of files
    with django_assert_num_queries(12):
        page(desk, "preview", run.pk)


def test_the_words_that_differ_are_marked():
    before, after = compared("Talks about gas and trade", "Talks about hydrogen and trade")
    assert [(piece.text, piece.mark) for piece in before] == [("Talks about ", ""), ("gas", "gone"), (" and trade", "")]
    assert [piece.text for piece in after if piece.mark == "new"] == ["hydrogen"]


def test_values_with_little_in_common_are_marked_whole():
    before, after = compared("2024-01-22", "May")
    assert [(piece.text, piece.mark) for piece in (*before, *after)] == [("2024-01-22", "gone"), ("May", "new")]


def test_a_row_is_shown_as_text(desk):
    run = ImportRun.objects.create(dry_run=True, status="done")
    make_rows(run, "wrong", problems=[{"field": "a", "value": "<script>x", "code": "odd", "detail": "<b>no"}])
    text = page(desk, "preview", run.pk)
    assert "<script>x" not in text
    assert "<b>no" not in text


# applied or thrown away


def test_applying_loads_what_was_previewed(desk, queue, django_capture_on_commit_callbacks):
    run = previewed()
    with django_capture_on_commit_callbacks() as callbacks:
        answer = desk.post(url("apply", run.pk))
    real = ImportRun.objects.latest("pk")
    assert (answer.url, real.preview, real.dry_run, len(callbacks)) == (url("change", real.pk), run, False, 1)
    text = page(desk, "change", loads.run_load(real.pk).pk)
    assert "its preview" in text
    assert "differently" not in text


def test_what_came_out_differently_is_said(desk, queue):
    run = previewed()
    desk.post(url("apply", run.pk))
    real = ImportRun.objects.latest("pk")
    ImportRun.objects.filter(pk=run.pk).update(rejected=0, read=1)
    text = page(desk, "change", loads.run_load(real.pk).pk)
    assert "It came out differently from its preview" in text
    assert "Rejected: 1 instead of 0" in text


def test_a_preview_is_applied_once(desk, queue):
    run = previewed()
    desk.post(url("apply", run.pk))
    answer = desk.post(url("apply", run.pk), follow=True)
    assert "This was applied already" in answer.content.decode()
    assert ImportRun.objects.count() == 2


def test_rejected_rows_are_a_file_to_mend(desk):
    run = previewed()
    assert url("rejected", run.pk) in page(desk, "preview", run.pk)
    answer = desk.get(url("rejected", run.pk))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="visits-rejected.csv"'
    header, row = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert (header, row.split(",")[:3]) == ("guest,host,start,problem", ["TM", "Atlantis", "2024-02-01"])


def test_a_load_without_rejected_rows_offers_no_file(desk):
    run = previewed("guest,host\nTM,JP\n")
    assert url("rejected", run.pk) not in page(desk, "preview", run.pk)
    assert desk.get(url("rejected", run.pk)).status_code == 302


def test_trust_that_was_not_given_is_not_taken_when_applying(desk, queue):
    run = previewed()
    desk.post(url("apply", run.pk), {"trust": "1"})
    assert not ImportRun.objects.latest("pk").trust


def test_a_preview_is_thrown_away(desk):
    run = previewed()
    desk.post(url("discard", run.pk))
    assert (run.preview_rows.count(), run.files.count(), Visit.objects.count()) == (0, 0, 0)
    assert "visits.csv" in page(desk, "change", run.pk)


@pytest.mark.parametrize("name", ["apply", "discard", "columns"])
def test_who_may_not_load_may_not_decide_about_a_preview(desk, client, name):
    run = previewed()
    client.force_login(make_user("cora", group="Contributor", is_staff=True))
    assert client.post(url(name, run.pk)).status_code == 403
    assert run.preview_rows.count() == 2


# taking back


def test_an_undo_shows_what_goes_back_from_what_to_what(desk):
    loaded = "external_id,guest,host,start,summary\nour-list:1,TM,JP,2024,They spoke about gas.\n"
    for text in (loaded, loaded.replace("gas", "hydrogen")):
        run = loads.run_load(loads.create_run([("v.csv", text.encode())], user=None, trust=True).pk)
    text = page(desk, "undo", run.pk)
    assert "They spoke about <del>hydrogen</del>." in text
    assert "They spoke about <ins>gas</ins>." in text


def test_an_undo_links_what_stays_and_says_why(desk):
    run = loads.run_load(loads.create_run([("v.csv", PLAIN.encode())], user=None, trust=True).pk)
    visit = Visit.objects.get()
    Visit.objects.update(summary="Mine.", locked_fields=["summary"])
    text = page(desk, "undo", run.pk)
    assert reverse("admin:visits_visit_change", args=[visit.pk]) in text
    assert "somebody edited" in text


def test_a_problem_of_a_whole_file_stands_above_the_rows(desk):
    run = previewed()
    ImportProblem.objects.create(run=run, file="b.xml", row=0, code="broken", detail="It ends in the middle.")
    assert "It ends in the middle." in page(desk, "preview", run.pk)


def test_a_preview_of_a_visit_that_is_there_leads_to_it(desk):
    visit = make_visit()
    run = ImportRun.objects.create(dry_run=True, status="done")
    make_rows(run, "unchanged", record_id=visit.pk)
    assert reverse("admin:visits_visit_change", args=[visit.pk]) in page(desk, "preview", run.pk)
