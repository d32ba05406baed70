"""Saved searches: what they find, by e-mail and as a feed, each once."""

import threading
from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from lxml import etree

from tests.coming_back import ADDRESS, ask, link_of, make_search, send_links, sign_in, told, unsent, work
from tests.world import make_country, make_meeting, make_topic, make_user, make_visit
from visits import alerts, changes, letters, states
from visits.alerts import mailings
from visits.models import Alert, Change, Mailing, Outcome, Reader, SavedSearch, Topic, TopicLink, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def countries(db):
    for code in ("TM", "JP", "UZ"):
        make_country(code)
    make_topic("hydrogen")


def test_sign_up_save_hear_of_it_once_and_stop(client):
    ask(client, path="/saved/new/?of=visits&guest=TM")
    send_links()
    page = client.post(link_of(mail.outbox[0])).headers["Location"]
    assert "Visits by Turkmenistan" in client.get(page).content.decode()
    saved = client.post(page, {"name": "Out of Ashgabat", "frequency": "at-once", "changed_too": "on"})
    assert saved.headers["Location"] == "/saved/"
    visit = make_visit(state="draft", title="Minister in Tokyo")
    make_visit("UZ", "JP")
    assert work() == []
    states.publish(visit, make_user("elena"))
    (message,) = work()
    assert (message.to, message.subject) == ([ADDRESS], "Out of Ashgabat: 1 record")
    assert "1 record is new or changed: visits by Turkmenistan" in message.body
    assert f"http://127.0.0.1:8000/visits/{visit.pk}-minister-in-tokyo/" in message.body
    assert work() == []
    stop = message.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    client.post("/account/leave/")
    client.get(stop)
    assert SavedSearch.objects.get().frequency == "at-once"  # opened, and no more
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    Visit.objects.filter(pk=visit.pk).update(summary="They talked.")
    assert (SavedSearch.objects.get().frequency, work()) == ("off", [])


# what a search finds


def test_only_what_fits_and_is_public_is_found():
    search = make_search("guest=TM&topic=hydrogen")
    fits = make_visit(topics=["hydrogen"])
    make_visit(topics=["trade"])
    make_visit("UZ", topics=["hydrogen"])
    make_visit(state="draft", topics=["hydrogen"])
    work()
    assert told(search) == [fits.pk]


def test_what_was_there_before_it_was_saved_is_no_news():
    make_visit()
    search = make_search()
    work()
    assert told(search) == []


def test_what_comes_to_fit_by_a_change_is_found():
    visit = make_visit()
    search = make_search("topic=hydrogen")
    TopicLink.objects.create(visit=visit, topic=make_topic("hydrogen"))
    (message,) = work()
    assert (told(search), "(changed)" in message.body) == ([visit.pk], True)


def test_changes_can_be_left_out():
    visit = make_visit()
    search = make_search(changed_too=False)
    Visit.objects.update(summary="They talked.")
    new = make_visit()
    work()
    assert told(search) == [new.pk] != [visit.pk]


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("meetings", lambda: make_meeting(title="Talks on industry", participants=[("Ken Mori", "JP")])),
        ("outcomes", lambda: make_visit(outcomes=["A summit"]).outcomes.get()),
    ],
)
def test_meetings_and_outcomes_are_found_too(kind, make):
    search = make_search(kind=kind)
    record = make()
    (message,) = work()
    assert (told(search), str(record) in message.body) == ([record.pk], True)


def test_a_change_is_found_once_however_often_one_looks(monkeypatch):
    search = make_search()
    make_visit()
    work()
    SavedSearch.objects.update(seen=0)
    assert (work(), Alert.objects.count()) == ([], 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(search=search, change=Change.objects.get(kind="visit"))


def test_many_changes_are_looked_through_in_steps(monkeypatch):
    monkeypatch.setattr("visits.alerts.found._AT_ONCE", 2)
    search = make_search("guest=TM")
    visits = [make_visit().pk for _ in range(5)]
    (message,) = work()
    assert (told(search), message.subject) == (visits, "My search: 5 records")


def test_the_queries_of_looking_do_not_grow(django_assert_num_queries):
    search = make_search("guest=TM")
    for number in (1, 3):
        for _ in range(number):
            make_visit()
        changes.gather_all()
        with django_assert_num_queries(14):
            alerts.look(search.pk)


# filters that are no longer understood


def test_a_filter_that_is_no_more_is_told_once_and_goes_on_when_mended():
    topic = Topic.objects.get(slug="hydrogen")
    search = make_search("topic=hydrogen")
    Topic.objects.filter(pk=topic.pk).update(slug="h2")
    visit = make_visit(topics=["h2"])
    (message,) = work()
    assert (message.subject, "hydrogen" in message.body) == ("My search: this search finds nothing any more", True)
    assert work() == []
    assert SavedSearch.objects.get(pk=search.pk).problem
    Topic.objects.filter(pk=topic.pk).update(slug="hydrogen")
    (message,) = work()
    assert (told(search), SavedSearch.objects.get().problem, str(visit.pk) in message.body) == ([visit.pk], "", True)


def test_a_search_that_is_broken_is_shown_to_its_owner(client):
    sign_in(client)
    make_search("topic=hydrogen")
    Topic.objects.filter(slug="hydrogen").update(slug="h2")
    make_visit()
    work()
    page = client.get("/saved/")
    assert "“hydrogen” is not known here" in page.content.decode()


# when it is told


NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "same", "next_one"),
    [("daily", timedelta(hours=11), timedelta(hours=12)), ("weekly", timedelta(days=1), timedelta(days=2))],
)
def test_a_day_and_a_week_have_one_e_mail(frequency, same, next_one):
    make_search(frequency=frequency)
    make_visit()
    assert len(work(frequency, NOON)) == 1
    make_visit()
    assert work(frequency, NOON + same) == []
    (message,) = work(frequency, NOON + next_one)
    assert message.subject == "My search: 1 record"


def test_who_hears_daily_hears_nothing_at_once():
    make_search(frequency="daily")
    make_visit()
    assert (work("at-once"), work("weekly")) == ([], [])


def test_an_e_mail_names_twenty_and_says_how_many_more():
    make_search()
    for _ in range(mailings.SHOWN + 3):
        make_visit()
    (message,) = work()
    assert (message.subject, "… and 3 more." in message.body) == ("My search: 23 records", True)
    assert message.body.count("* Turkmenistan to Japan") == mailings.SHOWN


def test_what_was_taken_away_meanwhile_is_not_told():
    make_search()
    visit = make_visit(title="A mistake")
    changes.gather_all()
    alerts.look_through_all()
    states.withdraw(visit, make_user("elena"))
    assert (work(), unsent()) == ([], 0)


def test_several_changes_of_one_record_are_one_line():
    make_search()
    visit = make_visit(title="Minister in Tokyo")
    changes.gather_all()
    Visit.objects.filter(pk=visit.pk).update(summary="They talked.")
    (message,) = work()
    assert (message.subject, message.body.count("Minister in Tokyo")) == ("My search: 1 record", 1)


def test_no_name_reaches_the_head_of_an_e_mail_as_a_line():
    make_search()
    SavedSearch.objects.update(name="One\r\nBcc: all@example.org")
    make_visit()
    (message,) = work()
    assert message.subject == "One Bcc: all@example.org: 1 record"


def test_what_a_record_says_is_text_in_the_html(client):
    make_search()
    make_visit(title="<b>Bold</b> & more")
    (message,) = work()
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; more" in message.alternatives[0][0]
    assert "* <b>Bold</b> & more" in message.body


# sent once


def fail(monkeypatch, error):
    def send(_self):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", send)


def test_a_worker_that_is_killed_before_the_server_took_it_leaves_it_to_the_next(monkeypatch):
    make_search()
    make_visit()
    with monkeypatch.context() as patch:
        fail(patch, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            work()
    assert (len(mail.outbox), unsent()) == (0, 1)
    assert (len(work()), len(work())) == (1, 0)


def test_a_server_that_does_not_answer_is_tried_again_later_and_not_for_ever(monkeypatch, time_machine):
    make_search()
    make_visit()
    with monkeypatch.context() as patch:
        fail(patch, SMTPServerDisconnected("gone"))
        assert work() == []
        assert "gone" in Mailing.objects.get().detail
        assert work() == []
        assert Mailing.objects.get().tries == 1
        for day in range(1, letters.TRIES + 4):
            time_machine.move_to(NOON + timedelta(days=365 + day))
            work()
    assert Mailing.objects.get().tries == letters.TRIES


def test_the_same_e_mail_has_the_same_id_when_it_comes_again():
    make_search()
    make_visit()
    (message,) = work()
    Mailing.objects.update(sent_at=None)  # as if the worker was killed between the server's answer and the commit
    (again,) = work()
    assert message.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_e_mail(monkeypatch):
    make_search()
    make_visit()
    changes.gather_all()
    alerts.look_through_all()
    (pk,) = alerts.gather_due("at-once")
    sending, may_end = threading.Event(), threading.Event()
    real = mail.EmailMultiAlternatives.send

    def slow(self):
        sending.set()
        may_end.wait(20)
        return real(self)

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", slow)
    sent = []

    def work_beside():
        sent.append(alerts.send(pk))
        connection.close()

    other = threading.Thread(target=work_beside)
    other.start()
    assert sending.wait(20)
    assert alerts.send(pk) is False
    may_end.set()
    other.join()
    assert (sent, len(mail.outbox), alerts.send(pk)) == ([True], 1, False)


# the pages


def test_a_list_offers_to_be_saved_with_its_filters(client):
    for path, link in (
        ("/visits/?guest=TM&view=table&page_size=20&utm_source=x", "/saved/new/?guest=TM&amp;view=table"),
        ("/outcomes/?life=open", "/saved/new/?life=open&amp;of=outcomes"),
    ):
        assert link in client.get(path).content.decode()
    assert "/saved/new/" not in client.get("/officials/").content.decode()


def test_what_is_saved_are_the_filters_alone(client):
    sign_in(client)
    path = "/saved/new/?of=visits&ordering=id&view=map&guest=TM&utm_source=x&rule=day&guest=UZ"
    client.post(path, {"name": "Mine", "frequency": "weekly"})
    search = SavedSearch.objects.get()
    assert (search.query, search.frequency, search.changed_too) == ("guest=TM&guest=UZ", "weekly", False)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/saved/new/", 404),
        ("/saved/new/?of=officials", 404),
        ("/saved/new/?of=visits&guest=Nowhere", 400),
        ("/saved/new/?of=visits&colour=red", 400),
        ("/saved/new/?of=visits&q=" + "long" * 2000, 400),
    ],
)
def test_what_cannot_be_saved_says_so(client, path, status):
    sign_in(client)
    assert client.get(path).status_code == status


def test_a_search_without_a_name_or_a_frequency_is_not_saved(client):
    sign_in(client)
    answer = client.post("/saved/new/?of=visits", {"name": "  ", "frequency": "hourly"})
    assert (answer.status_code, SavedSearch.objects.count()) == (400, 0)


def test_a_search_is_renamed_and_deleted(client):
    sign_in(client)
    search = make_search("guest=TM")
    client.post(f"/saved/{search.pk}/", {"name": "Another", "frequency": "off"})
    assert "Another" in client.get("/saved/").content.decode()
    client.post(f"/saved/{search.pk}/delete/")
    assert SavedSearch.objects.count() == 0


def test_who_wants_e_mails_again_hears_of_what_is_new_from_then_on(client):
    sign_in(client)
    search = make_search(frequency="off")
    make_visit(title="Meanwhile")
    work()
    client.post(f"/saved/{search.pk}/", {"name": "My search", "frequency": "at-once"})
    assert work() == []
    make_visit(title="From then on")
    (message,) = work()
    assert [title for title in ("Meanwhile", "From then on") if title in message.body] == ["From then on"]


def test_nobody_reaches_another_s_search(client):
    search = make_search()
    sign_in(client, "other@example.org")
    assert client.get(f"/saved/{search.pk}/").status_code == 404
    for path in ("", "delete/", "feed/"):
        assert client.post(f"/saved/{search.pk}/{path}", {"name": "Mine", "frequency": "off"}).status_code == 404
    assert SavedSearch.objects.get().name == "My search"


def test_one_can_have_a_hundred(client, monkeypatch):
    monkeypatch.setattr("visits.alerts.saved.MOST", 1)
    reader = sign_in(client)
    make_search()
    answer = client.post("/saved/new/?of=visits", {"name": "Two", "frequency": "off"})
    assert (answer.status_code, reader.searches.count()) == (400, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_of_the_page_do_not_grow(client, django_assert_num_queries, number):
    sign_in(client)
    for _ in range(number):
        make_search("guest=TM")
    client.get("/saved/")
    with django_assert_num_queries(4):  # session, reader, whether reference data changed, searches
        client.get("/saved/")


# the private feed


def feed(client, search):
    answer = client.get(alerts.feed_path(search))
    names = {"a": "http://www.w3.org/2005/Atom"}
    return answer, etree.fromstring(answer.content).xpath("//a:entry/a:title/text()", namespaces=names)


def test_the_feed_has_the_newest_whatever_is_mailed(client):
    search = make_search("guest=TM", frequency="off")
    make_visit(title="First")
    work()
    make_visit(title="Second")
    gone = make_visit(title="Third")
    work()
    states.withdraw(gone, make_user("elena"))
    answer, titles = feed(client, search)
    assert (titles, answer.headers["Content-Type"]) == (["Second", "First"], "application/atom+xml; charset=utf-8")
    again = client.get(alerts.feed_path(search), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_address_of_a_feed_is_not_guessed_and_can_be_renewed(client):
    sign_in(client)
    search = make_search()
    path = alerts.feed_path(search)
    client.post(f"/saved/{search.pk}/feed/")
    search.refresh_from_db()
    wrong = path.replace(path[-10:-5], "00000")
    assert [client.get(one).status_code for one in (path, wrong, alerts.feed_path(search))] == [404, 404, 200]


def test_the_key_of_one_thing_opens_no_other(client):
    one, other = make_search(), make_search("guest=TM")
    feed_key = alerts.feed_path(one).rpartition("-")[2].removesuffix(".atom")
    stop_key = alerts.stop_path(one).rstrip("/").rpartition("-")[2]
    for path in (
        f"/saved/feeds/{other.pk}-{feed_key}.atom", f"/saved/feeds/{one.pk}-{stop_key}.atom",
        f"/saved/stop/{other.pk}-{stop_key}/", f"/saved/stop/{one.pk}-{feed_key}/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404


# staff, and what is forgotten


def test_staff_see_searches_without_their_addresses_or_owners(client):
    search = make_search("guest=TM")
    client.force_login(make_user("elena", "view_savedsearch", is_staff=True))
    for path in ("/admin/visits/savedsearch/", f"/admin/visits/savedsearch/{search.pk}/change/"):
        page = client.get(path).content.decode()
        assert "guest=TM" in page or "visits by Turkmenistan" in page
        assert [secret for secret in (ADDRESS, alerts.feed_path(search)) if secret in page] == []
    assert client.post(f"/admin/visits/savedsearch/{search.pk}/change/", {"name": "x"}).status_code == 403


def test_alerts_of_long_ago_are_forgotten_once_they_were_mailed():
    make_search()
    make_visit()
    work()
    waiting = make_search(frequency="daily")
    make_visit()
    changes.gather_all()
    alerts.look_through_all()
    Change.objects.update(at=datetime.now(UTC) - timedelta(days=91))
    alerts.forget()
    assert [alert.search for alert in Alert.objects.filter(mailing=None)].count(waiting) == 1
    assert Alert.objects.filter(mailing__sent_at__isnull=False).count() == 0


def test_an_address_is_kept_in_lower_case_once():
    Reader.objects.create(email="ada@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reader.objects.create(email="Ada@example.org")
    assert Outcome.objects.count() == 0
