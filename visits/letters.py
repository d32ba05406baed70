"""E-mails: each is a row that is sent once, as plain text and as simple HTML.

Whoever sends one holds its row until the mail server took it: two workers never send the same, and what a killed one
held is free at once. Between the server's answer and our commit lies the one moment in which a kill sends a letter a
second time; both copies then have the same Message-ID.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone, translation

from .models.readers import Letter

TRIES = 12  # the last one some 29 hours after the first
_LONGEST_WAIT = timedelta(hours=12)
log = logging.getLogger(__name__)


def site() -> str:
    """The address of this site, without the slash at its end: never what a request says it is."""
    return str(settings.SITE_URL).rstrip("/")


def write(
    template: str, language: str, context: dict[str, Any], to: str, key: str, headers: dict[str, str] | None = None
) -> EmailMultiAlternatives:
    """A letter of the templates `mail/TEMPLATE.subject`, `.txt` and `.html`; `key` makes its Message-ID."""
    with translation.override(language):
        everything = {**context, "site": site(), "language": language}
        subject, text, html = (
            render_to_string(f"mail/{template}.{form}", everything) for form in ("subject.txt", "txt", "html")
        )
    message = EmailMultiAlternatives(
        " ".join(subject.split()),
        text,
        to=[to],
        headers={
            "Message-ID": f"<{key}@{urlsplit(site()).hostname}>",
            "Auto-Submitted": "auto-generated",
            **(headers or {}),
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def waiting(letters: QuerySet[Any]) -> QuerySet[Any]:
    """Those that are to be sent now."""
    return letters.filter(
        Q(try_after__isnull=True) | Q(try_after__lte=timezone.now()), sent_at__isnull=True, tries__lt=TRIES
    ).order_by("pk")


def send(letters: QuerySet[Any], pk: int, written: Callable[[Any], EmailMultiAlternatives | None]) -> bool:
    """Send a letter that waits, unless another worker is at it; whether it is sent. `written` may say: nothing to."""
    with transaction.atomic():
        letter: Letter | None = waiting(letters).select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
        if letter is None:
            return False
        try:
            if message := written(letter):
                message.send()
        except (OSError, SMTPException) as problem:
            _put_off(letter, problem)
            return False
        type(letter)._default_manager.filter(pk=letter.pk).update(sent_at=Now(), tries=F("tries") + 1)
    return True


def _put_off(letter: Letter, problem: Exception) -> None:
    wait = min(timedelta(minutes=2**letter.tries), _LONGEST_WAIT)
    values: dict[str, Any] = {"tries": F("tries") + 1, "try_after": timezone.now() + wait}
    if hasattr(letter, "detail"):
        values["detail"] = f"{type(problem).__name__}: {problem}"[:500]
    type(letter)._default_manager.filter(pk=letter.pk).update(**values)
    log.warning("A letter (%s %s) could not be sent: %s", type(letter).__name__, letter.pk, problem)
