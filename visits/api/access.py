"""Who asks: API tokens, and how often one may ask."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from visits.access import digest_of
from visits.models import ApiToken

_WORDS = (b"token", b"bearer")
_USED = timedelta(minutes=1)  # `last_used_at` is written at most this often


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token ...` or `Bearer ...`; the database knows only the token's hash."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() not in _WORDS:
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("Write the token behind the word Token, with one space.")
        digest = digest_of(parts[1].decode("latin-1"))
        token = ApiToken.objects.select_related("user").filter(digest=digest, user__is_active=True).first()
        if token is None:
            raise AuthenticationFailed("This token is not known.")
        now = timezone.now()
        unused = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USED)
        ApiToken.objects.filter(unused, pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class TokenDocument(OpenApiAuthenticationExtension):
    """How the OpenAPI document speaks of a token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "Authorization: Bearer TOKEN"}


class VisitorThrottle(AnonRateThrottle):
    """Requests of one address."""

    scope = "visitor"


class UserThrottle(UserRateThrottle):
    """Requests of one user with a token; others are counted by address."""

    scope = "user"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return super().get_cache_key(request, view) if request.user.is_authenticated else None


class LoadThrottle(UserRateThrottle):
    """Loads that one user starts."""

    scope = "load"

    def allow_request(self, request: Request, view: Any) -> bool:
        return request.method != "POST" or super().allow_request(request, view)
