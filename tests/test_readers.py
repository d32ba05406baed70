"""Signing in by a link: nobody learns who is known, a link works once, and nothing happens by opening it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tests.coming_back import ADDRESS, ask, link_of, make_search, send_links, sign_in
from tests.world import make_user
from visits import letters, readers
from visits.models import Reader, SavedSearch, SignInLink

pytestmark = pytest.mark.django_db


def test_the_link_confirms_the_address_and_leads_on(client):
    answer = ask(client, " Ada@Example.org", "/saved/new/?of=visits&guest=TM")
    assert (answer.status_code, Reader.objects.count(), len(mail.outbox)) == (200, 0, 0)
    send_links()
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    link = link_of(message)
    assert "ada@example.org" in client.get(link).content.decode()
    assert Reader.objects.count() == 0  # opened, as a program that looks through mail does it
    assert client.post(link).headers["Location"] == "/saved/new/?of=visits&guest=TM"
    assert Reader.objects.get().email == ADDRESS
    assert client.get("/saved/").status_code == 200


def test_a_link_works_once(client):
    ask(client)
    send_links()
    link = link_of(mail.outbox[0])
    client.post(link)
    assert [client.get(link).status_code, client.post(link).status_code] == [410, 410]


def test_a_link_of_half_an_hour_ago_does_not_work(client, time_machine):
    ask(client)
    send_links()
    time_machine.move_to(timezone.now() + readers.LIFE + timedelta(seconds=1))
    assert client.post(link_of(mail.outbox[0])).status_code == 410


@pytest.mark.parametrize("token", ["x", "MQ:1abc:def", "%00", "MQ"])
def test_a_link_that_nobody_was_sent_does_not_work(client, token):
    assert client.post(f"/account/enter/{token}/").status_code == 410


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(client, settings):
    Reader.objects.create(email="known@example.org")
    settings.SIGN_UP = False
    pages = {
        ask(client, email).content.decode().replace(email, "").partition("<main")[2]
        for email in ("known@example.org", "other@example.org")
    }
    assert len(pages) == 1
    send_links()
    assert [message.to for message in mail.outbox] == [["known@example.org"]]


def test_who_signs_up_while_that_is_off_after_the_link_was_sent_does_not_come_in(client, settings):
    ask(client)
    send_links()
    settings.SIGN_UP = False
    assert client.post(link_of(mail.outbox[0])).status_code == 410


def test_links_are_made_of_the_site_s_address_never_of_the_request_s(client, settings):
    settings.SITE_URL = "https://visits.example"
    ask(client, host="evil.example", x_forwarded_host="evil.example")
    send_links()
    assert "https://visits.example/account/enter/" in mail.outbox[0].body
    assert "evil" not in str(mail.outbox[0].message())


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "x"]
)
def test_one_is_led_on_within_the_site_alone(client, path):
    ask(client, path=path)
    send_links()
    assert client.post(link_of(mail.outbox[0])).headers["Location"] == "/saved/"


def test_to_one_address_go_five_links_an_hour_and_the_answer_does_not_say_so(client):
    assert {ask(client).status_code for _ in range(readers.PER_HOUR_TO + 2)} == {200}
    send_links()
    assert len(mail.outbox) == readers.PER_HOUR_TO


def test_from_one_place_come_twenty_an_hour(client):
    statuses = [ask(client, f"reader{number}@example.org").status_code for number in range(readers.PER_HOUR_FROM + 1)]
    assert statuses == [200] * readers.PER_HOUR_FROM + [429]


@pytest.mark.parametrize(
    ("place", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("nonsense", None),
        (None, None),
    ],
)
def test_a_household_is_one_place(place, counted):
    assert readers._network(place) == counted


def test_a_proxy_that_is_not_believed_changes_nothing(client):
    ask(client, x_forwarded_for="198.51.100.7")
    assert SignInLink.objects.get().asked_from == "127.0.0.1"


def test_a_proxy_that_is_believed_names_who_asks(client, settings):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    ask(client, x_forwarded_for="203.0.113.1, 198.51.100.7")
    assert SignInLink.objects.get().asked_from == "198.51.100.7"


def test_what_is_no_address_is_said_at_the_field(client):
    answer = ask(client, "ada")
    assert (answer.status_code, SignInLink.objects.count()) == (400, 0)
    assert 'aria-invalid="true"' in answer.content.decode()


def test_the_forms_want_their_token(db):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    sign_in(client)
    for path in ("/account/leave/", "/account/delete/", "/saved/new/?of=visits", "/saved/1/delete/"):
        assert client.post(path).status_code == 403


def test_signing_in_gives_the_session_another_key(client):
    before = client.session
    before["x"] = 1
    before.save()
    ask(client)
    send_links()
    client.post(link_of(mail.outbox[0]))
    assert client.session.session_key != before.session_key


def test_signing_out(client):
    sign_in(client)
    assert client.post("/account/leave/").headers["Location"] == "/"
    assert client.get("/saved/").headers["Location"] == "/account/?next=%2Fsaved%2F"
    assert client.get("/account/leave/").status_code == 405


def test_a_reader_who_signs_out_stays_at_the_desk_and_is_nobody_there_otherwise(client):
    client.force_login(make_user("elena", is_staff=True))
    sign_in(client)
    client.post("/account/leave/")
    assert client.get("/admin/").status_code == 200
    client.logout()
    sign_in(client)
    assert client.get("/admin/").status_code == 302


def test_deleting_the_account_deletes_all_of_it(client):
    sign_in(client)
    make_search()
    ask(client)
    assert client.get("/account/delete/").status_code == 200
    client.post("/account/delete/")
    left = [model.objects.count() for model in (Reader, SavedSearch, SignInLink)]
    assert (left, client.get("/saved/").status_code) == ([0, 0, 0], 302)


def test_a_mail_server_that_does_not_answer_is_tried_again(client, monkeypatch, time_machine):
    ask(client)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", lambda _self: (_ for _ in ()).throw(OSError))
        send_links()
    assert (len(mail.outbox), readers.links_to_send()) == (0, [])
    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    send_links()
    send_links()
    assert len(mail.outbox) == 1


def test_links_are_forgotten_after_a_day(client, time_machine):
    ask(client)
    readers.forget_links()
    assert SignInLink.objects.count() == 1
    SignInLink.objects.update(created_at=timezone.now() - readers.KEPT)
    readers.forget_links()
    assert SignInLink.objects.count() == 0


def test_pages_with_a_secret_in_their_address_tell_nobody(client):
    ask(client)
    send_links()
    answer = client.get(link_of(mail.outbox[0]))
    assert (answer.headers["Referrer-Policy"], "no-store" in answer.headers["Cache-Control"]) == ("same-origin", True)


def test_a_letter_is_text_and_html_in_one_language(client):
    client.post("/account/", {"email": ADDRESS}, headers={"accept-language": "ru"})
    assert SignInLink.objects.get().language == "ru"
    send_links()
    message = mail.outbox[0].message()
    assert [part.get_content_type() for part in message.get_payload()] == ["text/plain", "text/html"]
    assert message["Message-ID"] == f"<sign-in-{SignInLink.objects.get().pk}@127.0.0.1>"
    assert letters.site() == "http://127.0.0.1:8000"
