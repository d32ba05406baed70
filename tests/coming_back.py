"""Readers and their searches, for the tests of both."""

import re
from typing import Any

from django.core import mail

from visits import alerts, changes, readers
from visits.models import Alert, Mailing, Reader, SavedSearch

ADDRESS = "ada@example.org"


def sign_in(client: Any, email: str = ADDRESS) -> Reader:
    """As the link does it, without the e-mail."""
    reader = Reader.objects.get_or_create(email=email)[0]
    session = client.session
    session["reader"] = reader.pk
    session.save()
    return reader


def ask(client: Any, email: str = ADDRESS, path: str = "", **headers: str) -> Any:
    return client.post("/account/", {"email": email, "next": path}, headers=headers)


def send_links() -> None:
    for pk in readers.links_to_send():
        readers.send_link(pk)


def link_of(message: Any) -> str:
    """The path of the first link in an e-mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", message.body)
    assert found, message.body
    return found[1]


def make_search(query: str = "", kind: str = "visits", frequency: str = "at-once", **values: Any) -> SavedSearch:
    reader = Reader.objects.get_or_create(email=ADDRESS)[0]
    changes.gather_all()
    search = SavedSearch(reader=reader, name="My search", kind=kind, query=query, frequency=frequency, **values)
    assert alerts.save(search)
    return search


def work(frequency: str = "at-once", now: Any = None) -> list[Any]:
    """What the workers do at one time; the e-mails that came of it."""
    before = len(mail.outbox)
    changes.gather_all()
    alerts.look_through_all()
    for pk in alerts.gather_due(frequency, now):
        alerts.send(pk)
    return mail.outbox[before:]


def told(search: SavedSearch) -> list[int]:
    """The records of a search's alerts."""
    return list(Alert.objects.filter(search=search).order_by("pk").values_list("change__record", flat=True))


def unsent() -> int:
    return Mailing.objects.filter(sent_at__isnull=True).count()
