"""Readers sign in by a link that is sent to their address: opening it confirms the address, and there is no password.

Whoever asks for a link gets the same answer, whether the address is known or not. Links are made of the site's own
address, hold a signed id, live for half an hour and work once. Readers are no users of the desk.
"""

import ipaddress
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from . import letters
from .models import Reader, SignInLink

LIFE = timedelta(minutes=30)
KEPT = timedelta(days=1)
PER_HOUR_TO, PER_HOUR_FROM = 5, 20  # links to one address, from one place of the network
_SALT = "visits.readers.sign-in"


class TooMany(Exception):
    """So many links were asked for from one place that this one has to wait."""


class BrokenLink(Exception):
    """The link is damaged, too old, or was used."""


def ask(email: str, path: str = "", place: str | None = None, language: str = "en") -> SignInLink | None:
    """Take down that somebody wants a link; None where nothing is to be sent, which nobody is told. TooMany."""
    email, place = email.strip().lower(), _network(place)
    recent = SignInLink.objects.filter(created_at__gt=timezone.now() - timedelta(hours=1))
    if place and recent.filter(asked_from=place).count() >= PER_HOUR_FROM:
        raise TooMany
    known = settings.SIGN_UP or Reader.objects.filter(email=email).exists()
    # What is not to be sent is counted as well: who asks for addresses that are not known is as soon at the limit.
    may_send = known and recent.filter(email=email).count() < PER_HOUR_TO
    link = SignInLink.objects.create(
        email=email,
        next=local(path),
        asked_from=place,
        language=language,
        tries=0 if may_send else letters.TRIES,
    )
    return link if may_send else None


def send_link(pk: int) -> bool:
    return letters.send(SignInLink.objects.all(), pk, _letter)


def links_to_send() -> list[int]:
    fresh = SignInLink.objects.filter(created_at__gt=timezone.now() - LIFE)
    return list(letters.waiting(fresh).values_list("pk", flat=True))


def _letter(link: SignInLink) -> EmailMultiAlternatives:
    url = letters.site() + reverse("enter", args=[token_of(link)])
    context = {"url": url, "minutes": int(LIFE.total_seconds() // 60)}
    return letters.write("sign_in", link.language, context, link.email, f"sign-in-{link.pk}")


def token_of(link: SignInLink) -> str:
    return signing.dumps(link.pk, salt=_SALT)


def link_of(token: str) -> SignInLink:
    """The link that a token is of, while it can be used; BrokenLink."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=LIFE)
    except signing.BadSignature:
        raise BrokenLink from None
    link = SignInLink.objects.filter(pk=pk, used_at__isnull=True).first()
    if link is None:
        raise BrokenLink
    return link


def enter(token: str) -> tuple[Reader, str]:
    """Use a link: the reader whom it confirms, and the path to go on to; BrokenLink."""
    link = link_of(token)
    with transaction.atomic():
        if not SignInLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=timezone.now()):
            raise BrokenLink
        if settings.SIGN_UP:
            reader = Reader.objects.get_or_create(email=link.email, defaults={"language": link.language})[0]
        elif (known := Reader.objects.filter(email=link.email).first()) is None:
            raise BrokenLink
        else:
            reader = known
    return reader, link.next


def leave_for_good(reader: Reader) -> None:
    """Delete the account, with all that hangs on it."""
    with transaction.atomic():
        SignInLink.objects.filter(email=reader.email).delete()
        reader.delete()


def forget_links() -> None:
    """Every night: links of more than a day ago, with the addresses that asked for them."""
    SignInLink.objects.filter(created_at__lt=timezone.now() - KEPT).delete()


def local(path: str) -> str:
    """A path of this site, or nothing."""
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_ours and len(path) <= 2000 and path.isprintable() else ""


def _network(place: str | None) -> str | None:
    """An address as it is counted: of IPv6 the network of a household, not one of its endless addresses."""
    try:
        address = ipaddress.ip_address(place or "")
    except ValueError:
        return None
    if address.version == 6:
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
